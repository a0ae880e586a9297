"""Labels of new texts learnt from labelled ones, and how often that is right, tried on texts that were held back.

A wording that carries a label already keeps the one it carries most often; a new wording gets the label of a logistic
regression on weighted words and letter sequences. The trial keeps equal wordings together (stratified by label), so
that the model is judged on wordings that it has not seen, and known wordings are judged on their other cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.text.clustering import SEED, drawn
from evaluation.text.features import Vocabulary
from evaluation.text.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
LARGEST_TRAINING = 10_000
"""Distinct texts that a model is fitted on."""

LARGEST_TRIAL = 3_000
"""Distinct texts on which it is tried."""

COMMON_SHARE = 0.9
"""Words that nearly all texts hold tell nothing; others may, negations for one."""


@dataclass(frozen=True)
class Labelled:
    """Distinct texts with their labels.

    Attributes:
        texts: Distinct folded texts, sorted.
        labels: For each text how many of its cases carry each label.
    """

    texts: tuple[str, ...]
    labels: tuple[Mapping[str, int], ...]

    @classmethod
    def of(cls, cases: Sequence[tuple[str, str]]) -> Labelled:
        """From pairs of a folded text and its label, in any order; texts without words are left out.

        Example:
            >>> Labelled.of([("b", "x"), ("a", "y"), ("b", "x"), ("", "y")])
            Labelled(texts=('a', 'b'), labels=({'y': 1}, {'x': 2}))
        """
        found: dict[str, Counter[str]] = {}
        for (text, label), count in sorted(Counter(cases).items()):
            if text:
                found.setdefault(text, Counter())[label] += count
        return cls(tuple(found), tuple(dict(labels) for labels in found.values()))

    @property
    def commonest(self) -> NDArray[np.str_]:
        """The commonest label of each text; of equally common ones the first in alphabetical order."""
        return np.array([_commonest(labels) for labels in self.labels], dtype=str)

    def part(self, places: NDArray[np.int64]) -> Labelled:
        """Some of the texts."""
        return Labelled(tuple(self.texts[place] for place in places), tuple(self.labels[place] for place in places))


@dataclass(frozen=True)
class Guess:
    """The label of one text.

    Attributes:
        label: The likeliest label.
        sureness: Probability of it by the model, or its share among the cases of a known wording.
        is_known: Whether the wording itself was labelled before.
    """

    label: str
    sureness: float
    is_known: bool


@dataclass(frozen=True)
class Trial:
    """Cases that were held back: what they are, and what would have been said of them.

    Attributes:
        truth: Label of each row.
        said: Label that would have been given.
        sureness: How sure it would have been.
        is_known: Whether the wording was known from other cases, or new to the model.
        cases: Cases that the row stands for.
    """

    truth: NDArray[np.str_]
    said: NDArray[np.str_]
    sureness: NDArray[np.float64]
    is_known: NDArray[np.bool_]
    cases: NDArray[np.int64]

    def right(self, *, is_known: bool, line: float = 0.0, label: str | None = None) -> tuple[int, int]:
        """Cases that were right, and all cases, among known or new wordings at least as sure as `line`.

        Args:
            is_known: Known or new wordings.
            line: Least sureness.
            label: Only cases that truly carry it.
        """
        asked = (self.is_known == is_known) & (self.sureness >= line)
        if label is not None:
            asked &= self.truth == label
        return int(self.cases[asked & (self.truth == self.said)].sum()), int(self.cases[asked].sum())


class Classifier:
    """A fitted model; see the module."""

    def __init__(self, training: Labelled) -> None:
        kept = training.part(drawn(len(training.texts), LARGEST_TRAINING))
        self._known = {
            text: Guess(_commonest(labels), max(labels.values()) / sum(labels.values()), True)
            for text, labels in zip(training.texts, training.labels, strict=True)
        }
        self._vocabulary = Vocabulary.of(kept.texts, common_share=COMMON_SHARE)
        self._model: Any = None  # nothing can be learnt about new wordings
        if self._vocabulary.words and len(set(kept.commonest)) > 1:
            with one_thread():
                self._model = _fitted(self._vocabulary.features(kept.texts), kept)

    def guesses(self, texts: Sequence[str]) -> list[Guess]:
        """The label of each folded text."""
        new = sorted({text for text in texts if text not in self._known})
        found = dict(self._known)
        if new and self._model is None:
            return [found.get(text, Guess("", 0.0, False)) for text in texts]
        if new:
            with one_thread():
                sure = self._model.predict_proba(self._vocabulary.features(new))
            best = sure.argmax(axis=1)
            for row, text in enumerate(new):
                found[text] = Guess(str(self._model.classes_[best[row]]), float(sure[row, best[row]]), False)
        return [found[text] for text in texts]


def tried(training: Labelled) -> Trial:
    """What a model made of four fifths of the wordings says of the rest, and repeated wordings of their own cases.

    A wording with several cases stands twice: its cases as if it were new, and as the known wording that it is.
    """
    part = training.part(drawn(len(training.texts), LARGEST_TRIAL))
    rows: list[tuple[str, str, float, bool, int]] = []
    for guess, labels in zip(_held_back(part), part.labels, strict=True):
        rows += [(label, guess.label, guess.sureness, False, count) for label, count in labels.items()]
        if sum(labels.values()) > 1:
            for label, count in labels.items():
                again = _without(labels, label)
                rows.append((label, again.label, again.sureness, True, count))
    truth, said, sureness, is_known, cases = zip(*rows, strict=True)
    return Trial(
        np.array(truth, dtype=str), np.array(said, dtype=str), np.array(sureness), np.array(is_known, dtype=bool),
        np.array(cases, dtype=np.int64),
    )  # fmt: skip


def _held_back(training: Labelled) -> list[Guess]:
    """The guess of each wording by a model that has not seen it."""
    from sklearn.model_selection import StratifiedKFold

    labels = training.commonest
    guesses: list[Guess] = [Guess("", 0.0, False)] * len(labels)
    if max(Counter(labels.tolist()).values(), default=0) < FOLDS:
        return guesses  # too few wordings to hold any back
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for inside, outside in folds.split(np.zeros(len(labels)), labels):
        model = Classifier(training.part(inside))
        for place, guess in zip(outside, model.guesses([training.texts[place] for place in outside]), strict=True):
            guesses[place] = guess
    return guesses


def _without(labels: Mapping[str, int], label: str) -> Guess:
    """The guess of a known wording for one of its own cases, that case left out."""
    others = {name: count - (name == label) for name, count in labels.items() if count - (name == label) > 0}
    return Guess(_commonest(others), max(others.values()) / sum(others.values()), True)


def _fitted(features: Any, training: Labelled) -> Any:
    from sklearn.linear_model import LogisticRegression

    pairs = [
        (row, label, count) for row, labels in enumerate(training.labels) for label, count in sorted(labels.items())
    ]
    rows, labels, counts = (list(column) for column in zip(*pairs, strict=True))
    weights = np.log1p(np.array(counts, dtype=np.float64)) * _balance(labels)
    model = LogisticRegression(C=10.0, max_iter=100, tol=1e-3)
    return model.fit(features[rows], np.array(labels, dtype=str), sample_weight=weights)


def _balance(labels: Sequence[str]) -> NDArray[np.float64]:
    """Weights that give every label the same say."""
    frequency = Counter(labels)
    return np.array([len(labels) / (len(frequency) * frequency[label]) for label in labels])


def _commonest(labels: Mapping[str, int]) -> str:
    return min(labels, key=lambda label: (-labels[label], label))
