"""The words that tell a group of texts from the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evaluation.text.features import counted
from evaluation.text.words import is_kin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.text.words import Wordings

SHOWN = 3
LEAST_LETTERS = 3

FEWEST_HOLDERS = 5
"""A word is shown when at least so many cases of the group hold it: one person's name is nobody's topic."""

LEAST_LIFT = 2.0
"""How many times more often than elsewhere a word must stand in the group: function words stand everywhere alike."""

FULL_LETTERS = 6
"""Shorter words count less: in most languages the words that bind a sentence are short."""


def typical_words(wordings: Wordings, member: Sequence[int] | NDArray[np.int64], groups: int) -> list[tuple[str, ...]]:
    """The most typical words of each group.

    A word is typical when the cases of the group hold it more often than the other texts do, by the log-likelihood
    ratio (T. Dunning, Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19
    (1993) 61-74): neither rare words nor those that everybody uses come first. There is no list of stop words, which
    would have to be kept for every language: a word must stand in the group twice as often as elsewhere, and short
    words count less. Forms of one word are shown once.

    Args:
        wordings: The texts.
        member: Group of each text; -1 for texts in none.
        groups: Number of groups.

    Returns:
        For each group up to three words as they are written, most typical first.
    """
    words = sorted({word for text in wordings.texts for word in text.split() if len(word) >= LEAST_LETTERS})
    held = counted(wordings.texts, words)
    held.data[:] = 1.0
    cases = held.multiply(np.array(wordings.counts, dtype=np.float64)[:, None]).tocsr()
    place = np.array(member)
    totals = np.asarray(cases.sum(axis=0)).ravel()
    counts = np.array(wordings.counts, dtype=np.float64)
    found = []
    for group in range(groups):
        inside = np.asarray(cases[place == group].sum(axis=0)).ravel()
        own, others = counts[place == group].sum(), counts[place != group].sum()
        typicality = _typicality(inside, totals - inside, own, others)
        found.append(_best(words, inside, typicality, wordings.forms))
    return found


def _typicality(
    inside: NDArray[np.float64], outside: NDArray[np.float64], own: float, others: float
) -> NDArray[np.float64]:
    """Root of the log-likelihood ratio of each word, group against the other texts; 0 where the lift is too small.

    Args:
        inside, outside: Cases in the group and elsewhere that hold each word.
        own, others: All cases in the group and elsewhere.
    """
    share = (inside + outside) / (own + others)
    ratio = np.zeros(len(inside))
    for held, size in ((inside, own), (outside, others)):
        for seen, expected in ((held, size * share), (size - held, size * (1 - share))):
            ratio += 2 * np.where(seen > 0, seen * np.log(np.maximum(seen, 1e-12) / np.maximum(expected, 1e-12)), 0.0)
    is_lifted = inside / own >= LEAST_LIFT * outside / max(others, 1)
    return np.where(is_lifted, np.sqrt(np.maximum(ratio, 0.0)), 0.0)


def _best(
    words: Sequence[str], inside: NDArray[np.float64], typicality: NDArray[np.float64], forms: dict[str, str]
) -> tuple[str, ...]:
    chosen: list[str] = []
    ranked = typicality * np.minimum(1, np.array([len(word) for word in words]) / FULL_LETTERS)
    for number in np.lexsort((np.arange(len(words)), -ranked)):
        if len(chosen) == SHOWN or ranked[number] <= 0:
            break
        word = words[number]
        if inside[number] >= FEWEST_HOLDERS and not any(is_kin(word, other) for other in chosen):
            chosen.append(word)
    return tuple(forms[word] for word in chosen)
