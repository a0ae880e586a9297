"""Sentiment of comments that carry no rating, learnt from the organisation's own rated comments and reviews.

A rated text is positive in the upper half of its scale and negative in the lower half; the exact middle teaches
nothing. The model says what share of the unrated texts would have been rated so; it says little about a single one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.text.classifying import Classifier, Guess, Labelled, Trial, tried

if TYPE_CHECKING:
    from numpy.typing import NDArray

POSITIVE, NEGATIVE = "positive", "negative"

FEWEST_OF_EACH = 50
"""Rated texts of each sentiment below which nothing is learnt."""

LEAST_ACCURACY = 0.70
"""Balanced accuracy (mean of the two shares found) below which nothing is said; guessing gives 0.5."""

LEAST_LOW_END = 0.60
"""Lower end of its 95 % interval below which nothing is said."""


@dataclass(frozen=True)
class Sentiments:
    """Estimated sentiment of texts, or why there is none.

    Attributes:
        labels: `positive` or `negative` for each text, None for one without words; empty when nothing is said.
        positive_found: Share of truly positive texts that are taken for positive.
        negative_found: Share of truly negative texts that are taken for negative.
        accuracy: Share of rated texts that are taken for what they are.
        majority: Accuracy of always saying the commoner sentiment.
        rated: Rated texts that taught, positive and negative.
        reason: `too_few_rated`, `not_accurate`; None when something is said.
    """

    labels: tuple[str | None, ...]
    positive_found: float | None
    negative_found: float | None
    accuracy: float | None
    majority: float | None
    rated: tuple[int, int]
    reason: str | None

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of the two shares found; 0.5 is guessing."""
        if self.positive_found is None or self.negative_found is None:
            return None
        return (self.positive_found + self.negative_found) / 2

    def corrected(self, share: float) -> float:
        """The share of positive texts with the model's known errors taken out, within 0 and 1.

        Source: W. Rogan, B. Gladen, Estimating prevalence from the results of a screening test, American Journal of
        Epidemiology 107 (1978) 71-76.
        """
        if self.positive_found is None or self.negative_found is None:
            return share
        wrongly = 1 - self.negative_found
        return float(min(1.0, max(0.0, (share - wrongly) / (self.positive_found - wrongly))))


def sentiment_of(position: float | None) -> str | None:
    """What a rating says by its position on its scale, 0 to 1.

    Example:
        >>> [sentiment_of(place) for place in (1.0, 0.5, 0.25, None)]
        ['positive', None, 'negative', None]
    """
    if position is None or position != position or position == 0.5:
        return None
    return POSITIVE if position > 0.5 else NEGATIVE


def estimated(rated: Sequence[tuple[str, str]], unrated: Sequence[str]) -> Sentiments:
    """Sentiment of unrated texts.

    Args:
        rated: Folded texts with their sentiment, in any order.
        unrated: Folded texts to read.
    """
    training = Labelled.of(rated)
    counts = {name: sum(labels.get(name, 0) for labels in training.labels) for name in (POSITIVE, NEGATIVE)}
    size = (counts[POSITIVE], counts[NEGATIVE])
    if min(size) < FEWEST_OF_EACH:
        return Sentiments((), None, None, None, None, size, "too_few_rated")
    guesses = Classifier(training).guesses(list(unrated))
    found, errors = _shares_found(tried(training), guesses)
    accuracy = float(np.average(found, weights=size))
    balanced = float(found.mean())
    low_end = balanced - 1.96 * float(np.sqrt((errors**2).sum())) / 2
    is_enough = balanced >= LEAST_ACCURACY and low_end >= LEAST_LOW_END
    labels = tuple(guess.label if text else None for text, guess in zip(unrated, guesses, strict=True))
    return Sentiments(
        labels if is_enough else (), float(found[0]), float(found[1]), accuracy, max(size) / sum(size), size,
        None if is_enough else "not_accurate",
    )  # fmt: skip


def _shares_found(trial: Trial, guesses: Sequence[Guess]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of each sentiment that is found, and its standard error: known and new wordings as they are to be read."""
    known = sum(guess.is_known for guess in guesses) / len(guesses) if guesses else 0.0
    found, errors = np.zeros(2), np.zeros(2)
    for is_known, share in ((True, known), (False, 1 - known)):
        for number, sentiment in enumerate((POSITIVE, NEGATIVE)):
            right, cases = trial.right(is_known=is_known, label=sentiment)
            hit = right / cases if cases else 0.0
            found[number] += share * hit
            errors[number] += share**2 * hit * (1 - hit) / max(cases, 1)
    return found, np.sqrt(errors)
