"""Texts as numbers: weighted words beside the letter sequences of words, which inflected forms have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

GRAM_SIZES = (3, 4, 5)
"""Letters of the sequences within words, the word's own ends marked."""

COMMON_SHARE = 0.35
"""A word in more than this share of the texts is a function word of the language or a greeting: it tells no topic."""

LARGEST_VOCABULARY = 30_000
_AT_ONCE = 4_000


@dataclass(frozen=True)
class Vocabulary:
    """The words of texts and what each weighs.

    Attributes:
        words: Words, sorted.
        word_weights: Inverse document frequency of each word; 0 for words that are too common to tell anything.
        gram_of_word: Incidence of letter sequences in words, words by sequences.
        gram_weights: Inverse document frequency of each sequence.
    """

    words: tuple[str, ...]
    word_weights: NDArray[np.float64]
    gram_of_word: csr_matrix
    gram_weights: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Sequence[str], *, least_texts: int = 2, common_share: float = COMMON_SHARE) -> Vocabulary:
        """The vocabulary of folded texts.

        Args:
            texts: Folded texts (`words.folded`).
            least_texts: A word or sequence in fewer texts is left out.
            common_share: A word or sequence in a larger share of the texts weighs nothing.
        """
        words = _frequent_words(texts, least_texts)
        counts = counted(texts, words)
        incidence = _incidence(words)
        holds = (counts > 0).astype(np.float64)
        gram_holds = ((holds @ incidence) > 0).astype(np.float64)
        enough = np.asarray(gram_holds.sum(axis=0)).ravel() >= least_texts
        return cls(
            words, _weights(holds, common_share), incidence[:, enough], _weights(gram_holds[:, enough], common_share)
        )

    def features(self, texts: Sequence[str]) -> csr_matrix:
        """Texts by words and letter sequences; each half of a row has length 1, an unknown text is all zero."""
        from scipy.sparse import csr_matrix, hstack

        return csr_matrix(hstack(self._halves(texts)))

    def projected(self, texts: Sequence[str], axes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The features of texts on some axes, as many texts at a time as a processor holds at hand.

        Args:
            texts: Folded texts.
            axes: Axes by features.

        Returns:
            Texts by axes.
        """
        found = np.zeros((len(texts), len(axes)))
        width = len(self.words)
        for start in range(0, len(texts), _AT_ONCE):
            words, grams = self._halves(texts[start : start + _AT_ONCE])
            found[start : start + _AT_ONCE] = words @ axes[:, :width].T + grams @ axes[:, width:].T
        return found

    def _halves(self, texts: Sequence[str]) -> list[csr_matrix]:
        """Weighted words, and weighted letter sequences."""
        counts = counted(texts, self.words)
        grams = counts @ self.gram_of_word
        return [_normed(counts, self.word_weights), _normed(grams, self.gram_weights)]


def counted(texts: Sequence[str], words: Sequence[str]) -> csr_matrix:
    """How often each text holds each word."""
    from scipy.sparse import csr_matrix

    place = {word: number for number, word in enumerate(words)}
    of_text = [text.split() for text in texts]
    sizes = np.fromiter(map(len, of_text), dtype=np.int64, count=len(texts))
    every = chain.from_iterable(of_text)
    columns = np.fromiter((place.get(word, -1) for word in every), dtype=np.int64, count=int(sizes.sum()))
    known = np.append(0, np.cumsum(columns >= 0))
    columns = columns[columns >= 0]
    ends = known[np.append(0, np.cumsum(sizes))]
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(texts), len(words)))
    matrix.sum_duplicates()
    return matrix


def _frequent_words(texts: Sequence[str], least_texts: int) -> tuple[str, ...]:
    frequency: dict[str, int] = {}
    for text in texts:
        for word in set(text.split()):
            frequency[word] = frequency.get(word, 0) + 1
    kept = [word for word, count in frequency.items() if count >= least_texts]
    kept.sort(key=lambda word: (-frequency[word], word))
    return tuple(sorted(kept[:LARGEST_VOCABULARY]))


def _incidence(words: Sequence[str]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    place: dict[str, int] = {}
    rows, columns = [], []
    for row, word in enumerate(words):
        for gram in _grams(word):
            rows.append(row)
            columns.append(place.setdefault(gram, len(place)))
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(words), len(place)))


def _grams(word: str) -> Iterator[str]:
    marked = f" {word} "
    seen = set()
    for size in GRAM_SIZES:
        for start in range(len(marked) - size + 1):
            gram = marked[start : start + size]
            if gram not in seen:
                seen.add(gram)
                yield gram


def _weights(holds: csr_matrix, common_share: float) -> NDArray[np.float64]:
    """Inverse document frequency, smoothed; nothing for what is in too many texts."""
    frequency = np.asarray(holds.sum(axis=0)).ravel()
    weights = np.log((1 + holds.shape[0]) / (1 + frequency)) + 1
    return np.where(frequency > common_share * holds.shape[0], 0.0, weights)


def _normed(counts: csr_matrix, weights: NDArray[np.float64]) -> csr_matrix:
    from sklearn.preprocessing import normalize

    if not counts.shape[1]:
        return counts
    damped = counts.copy()
    damped.data = (1 + np.log(damped.data)) * weights[damped.indices]
    return normalize(damped, copy=False)
