"""Groups of texts that speak of the same thing: how many there are, which of them are real, and what they are about.

Texts are weighted words and letter sequences (`features`), brought to a few dimensions (latent semantic analysis:
S. Deerwester et al., Indexing by latent semantic analysis, JASIS 41 (1990) 391-407) and grouped by k-means. The
number of groups and the groups that are listed are decided by stability: a group that does not come back when other
texts are drawn is not there (C. Hennig, Cluster-wise assessment of cluster stability, Computational Statistics & Data
Analysis 52 (2007) 258-271).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.text.describing import typical_words
from evaluation.text.features import Vocabulary
from evaluation.text.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.text.words import Wordings

SEED = 20260701
"""Of every draw; the same texts give the same groups."""

FEWEST_CASES = 100
"""Cases with words below which no groups are looked for."""

FEWEST_TEXTS = 40
"""Distinct texts below which there is nothing to model: wordings that many cases share are taken as they are."""

FEWEST_OF_A_WORDING = 20
"""Cases with the same wording from which, where there are few wordings at all, that wording is a topic."""

LARGEST_FIT = 6_000
"""Distinct texts that a model is fitted on; further ones are assigned to its groups."""

LARGEST_TRIAL = 1_500
"""Distinct texts on which the number of groups is tried."""

NUMBERS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20)
"""Numbers of groups that are tried; more would not be read."""

DIMENSIONS = 25
DRAWS = 8
DRAWN_SHARE = 0.7

NEARLY = 0.92
"""Of two numbers of groups with scores this near, the smaller one is easier to read."""

LEAST_STABILITY = 0.6
"""Mean Jaccard similarity with the best match in a draw, below which a group is not listed (Hennig: 0.6)."""

LEAST_SILHOUETTE = 0.10
"""Mean silhouette of all texts below which nothing is listed: the texts have no groups."""

LEAST_OWN_SILHOUETTE = 0.05
"""Mean silhouette of its texts below which a group is not listed: it is what the others left over."""

LEAST_COVER = 0.4
"""Share of the texts in stable groups below which nothing is listed."""

LEAST_MARGIN = 0.15
"""A text whose nearest group is hardly nearer than the next belongs to neither: 1 - nearest / next distance."""


@dataclass(frozen=True)
class Group:
    """Texts about one thing.

    Attributes:
        words: Its three most typical words, as people write them; most typical first.
        silhouette: Mean silhouette of its texts, -1 to 1; how well it is apart from the others. None for a wording.
        stability: Mean Jaccard similarity with its best match in random draws of the texts, 0 to 1. None for a wording.
    """

    words: tuple[str, ...]
    silhouette: float | None = None
    stability: float | None = None


@dataclass(frozen=True)
class Grouping:
    """Groups of texts, or why there are none.

    Attributes:
        groups: Stable groups, in an order that the texts alone decide.
        member: For each wording the position of its group; -1 for a text that is in none of them.
        distance: For each wording how far it is from the centre of its group; infinite for a text in none.
        number: Groups that k-means made, unstable ones included; 0 when it was not run.
        silhouette: Mean silhouette of all texts; None when it was not run.
        cover: Share of the texts that are in a listed group.
        reason: Why no group is listed: `too_few_texts`, `not_separated`, `not_stable`; None when there are groups.
    """

    groups: tuple[Group, ...]
    member: tuple[int, ...]
    distance: tuple[float, ...]
    number: int
    silhouette: float | None
    cover: float
    reason: str | None

    @property
    def is_of_wordings(self) -> bool:
        """Each group is one wording that many cases share: counted, not estimated."""
        return self.number == 0 and self.reason is None


def grouped(wordings: Wordings) -> Grouping:
    """The groups of wordings; the order of cases and texts does not matter, repeated wordings weigh a little more.

    Runs on one thread from a fixed seed.
    """
    texts = wordings.texts
    if wordings.size < FEWEST_CASES:
        return _none(len(texts), "too_few_texts")
    if len(texts) < FEWEST_TEXTS:
        return _same_wordings(wordings)
    with one_thread():
        return _grouped(wordings)


def _same_wordings(wordings: Wordings) -> Grouping:
    """Wordings that many cases share, such as the choices of a contact form; there is nothing to estimate."""
    often = [place for place, count in enumerate(wordings.counts) if count >= FEWEST_OF_A_WORDING]
    often = sorted(often, key=lambda place: (-wordings.counts[place], place))[: max(NUMBERS)]
    cover = sum(wordings.counts[place] for place in often) / max(wordings.size, 1)
    if len(often) < 2 or cover < LEAST_COVER:
        return _none(len(wordings.texts), "too_few_texts")
    position = {place: number for number, place in enumerate(sorted(often))}
    member = tuple(position.get(place, -1) for place in range(len(wordings.texts)))
    words = typical_words(wordings, member, len(often))
    distance = tuple(0.0 if place >= 0 else np.inf for place in member)
    return Grouping(tuple(Group(shown) for shown in words), member, distance, 0, None, cover, None)


def _grouped(wordings: Wordings) -> Grouping:
    fitted = drawn(len(wordings.texts), LARGEST_FIT)
    vocabulary = Vocabulary.of([wordings.texts[place] for place in fitted])
    features = vocabulary.features([wordings.texts[place] for place in fitted])
    if min(features.shape) < DIMENSIONS // 2:
        return _none(len(wordings.texts), "not_separated")
    points = _points(features, vocabulary, wordings.texts)
    says = np.abs(points).sum(axis=1) > 0
    fitted = fitted[says[fitted]]
    weights = 1 + np.log(np.array(wordings.counts, dtype=np.float64))
    tried = fitted[drawn(len(fitted), LARGEST_TRIAL)]
    trial = chosen_number(points[tried], weights[tried])
    reason = _reason(trial)
    if reason:
        return _none(len(points), reason, trial)
    return _listed(wordings, points, says, fitted, weights, trial)


@dataclass(frozen=True)
class Trial:
    """Groups of a draw of texts with one number of groups.

    Attributes:
        number: Groups made.
        centres: Their centres.
        silhouettes: Mean silhouette of each group.
        stabilities: Mean Jaccard similarity of each group with its best match in random draws.
        sizes: Texts in each group.
    """

    number: int
    centres: NDArray[np.float64]
    silhouettes: NDArray[np.float64]
    stabilities: NDArray[np.float64]
    sizes: NDArray[np.float64]

    @property
    def silhouette(self) -> float:
        """Mean silhouette of all texts."""
        return float(np.average(self.silhouettes, weights=self.sizes))

    @property
    def score(self) -> float:
        """Mean over the texts of silhouette times stability of their group: apart from the others, and there again."""
        return float(np.average(self.silhouettes * self.stabilities, weights=self.sizes))

    @property
    def is_listed(self) -> NDArray[np.bool_]:
        """Groups that come back and are apart from the others."""
        return (self.stabilities >= LEAST_STABILITY) & (self.silhouettes >= LEAST_OWN_SILHOUETTE)

    @property
    def cover(self) -> float:
        """Share of the texts in groups that are listed."""
        return float(self.sizes[self.is_listed].sum() / self.sizes.sum())


def chosen_number(points: NDArray[np.float64], weights: NDArray[np.float64]) -> Trial:
    """The smallest number of groups that is nearly as good as the best one."""
    trials = [tried_number(points, weights, number) for number in NUMBERS if number <= len(points) // 4]
    best = max(trial.score for trial in trials)
    return next(trial for trial in trials if trial.score >= NEARLY * best)


def tried_number(points: NDArray[np.float64], weights: NDArray[np.float64], number: int) -> Trial:
    """Groups of one number, with how well they are apart and how often they come back."""
    from sklearn.metrics import silhouette_samples

    model = _k_means(number, SEED, starts=4).fit(points, sample_weight=weights)
    labels = model.labels_
    sizes = np.bincount(labels, minlength=number).astype(np.float64)
    if np.count_nonzero(sizes) < 2:
        nothing = np.zeros(number)
        return Trial(number, model.cluster_centers_, nothing, nothing, sizes)
    sums = np.bincount(labels, weights=silhouette_samples(points, labels), minlength=number)
    stability = np.mean([_returns(points, weights, labels, number, SEED + draw) for draw in range(DRAWS)], axis=0)
    return Trial(number, model.cluster_centers_, sums / np.maximum(sizes, 1), stability, sizes)


def drawn(size: int, most: int) -> NDArray[np.int64]:
    """Positions of a seeded draw without replacement, in order; all of them when there are no more than `most`."""
    if size <= most:
        return np.arange(size)
    return np.sort(np.random.default_rng(SEED).choice(size, most, replace=False))


def _returns(
    points: NDArray[np.float64], weights: NDArray[np.float64], labels: NDArray[np.int64], number: int, seed: int
) -> NDArray[np.float64]:
    """Jaccard similarity of each group, within a draw of the texts, with the most similar group made of that draw."""
    chosen = np.random.default_rng(seed).permutation(len(points))[: int(DRAWN_SHARE * len(points))]
    again = _k_means(number, seed, starts=2).fit(points[chosen], sample_weight=weights[chosen]).labels_
    both = np.zeros((number, number))
    np.add.at(both, (labels[chosen], again), 1.0)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both
    return (both / np.maximum(either, 1)).max(axis=1)


def _k_means(number: int, seed: int, *, starts: int) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(number, n_init=starts, random_state=seed)


def _points(features: Any, vocabulary: Vocabulary, texts: Sequence[str]) -> NDArray[np.float64]:
    """All texts in the few dimensions that the features of the fitted ones span."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    dimensions = min(DIMENSIONS, min(features.shape) - 1)
    model = TruncatedSVD(dimensions, random_state=SEED, n_iter=4).fit(features)
    return normalize(vocabulary.projected(texts, model.components_))


def _reason(trial: Trial) -> str | None:
    if trial.silhouette < LEAST_SILHOUETTE:
        return "not_separated"
    return "not_stable" if trial.cover < LEAST_COVER else None


def _listed(
    wordings: Wordings, points: NDArray[np.float64], says: NDArray[np.bool_], fitted: NDArray[np.int64],
    weights: NDArray[np.float64], trial: Trial,
) -> Grouping:  # fmt: skip
    """The stable groups of the trial, refined on all fitted texts, with every text assigned or left out."""
    from sklearn.cluster import KMeans

    model = KMeans(trial.number, init=trial.centres, n_init=1).fit(points[fitted], sample_weight=weights[fitted])
    distances = model.transform(points)
    nearest = distances.argmin(axis=1)
    two = np.partition(distances, 1, axis=1)[:, :2]
    clear = says & (1 - two[:, 0] / np.maximum(two[:, 1], 1e-12) >= LEAST_MARGIN)
    listed = np.flatnonzero(trial.is_listed)
    position = np.full(trial.number, -1)
    position[listed] = np.arange(len(listed))
    member = np.where(clear, position[nearest], -1)
    words = typical_words(wordings, member, len(listed))
    groups = tuple(
        Group(shown, float(trial.silhouettes[group]), float(trial.stabilities[group]))
        for shown, group in zip(words, listed, strict=True)
    )
    return Grouping(
        groups, tuple(member.tolist()), tuple(np.where(member >= 0, two[:, 0], np.inf).tolist()), trial.number,
        trial.silhouette, float(np.mean(member >= 0)), None,
    )  # fmt: skip


def _none(size: int, reason: str, trial: Trial | None = None) -> Grouping:
    number, silhouette = (trial.number, trial.silhouette) if trial else (0, None)
    return Grouping((), (-1,) * size, (np.inf,) * size, number, silhouette, 0.0, reason)
