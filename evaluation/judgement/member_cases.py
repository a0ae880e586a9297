"""The cases of the members of a dimension: who handled them, of what kind they are, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.measurement import UNASSIGNED
from evaluation.metric import Clock, Metric
from evaluation.statistics.case_mix import taken_together

SMALLEST_STRATUM = 20
"""In a stratum of fewer cases each case would be a large part of what is expected of itself."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Cases:
    """The decided cases of one metric, as columns.

    Attributes:
        outcomes: What became of each.
        weights: How many respondents each stands for.
        codes: By dimension, the number of each case's member in `members`; -1 for nobody.
        members: By dimension, the members in alphabetical order, `UNASSIGNED` left out.
        kinds: Three strata of each case, the finest first, for `taken_together`.
        requesters: Number of each case's requester; a case of an unknown one has a number of its own.
    """

    outcomes: NDArray[np.float64]
    weights: NDArray[np.float64]
    codes: dict[str, Codes]
    members: dict[str, list[str]]
    kinds: tuple[Codes, ...]
    requesters: Codes

    @classmethod
    def of(cls, frame: pd.DataFrame, metric: Metric, dimensions: Sequence[str]) -> Cases:
        """The cases of a frame of `evaluation.outcomes.outcomes`; those whose amount is not known are left out."""
        known = frame[np.isfinite(frame["outcome"].to_numpy(dtype=float))]
        coded = {name: _coded(known[name]) for name in dimensions}
        return cls(
            outcomes=known["outcome"].to_numpy(dtype=float),
            weights=known["weight"].to_numpy(dtype=float),
            codes={name: codes for name, (codes, _) in coded.items()},
            members={name: names for name, (_, names) in coded.items()},
            kinds=_kinds(known, metric),
            requesters=_requesters(known["requester_id"]),
        )

    def of_members(self, dimension: str) -> tuple[Codes, Codes]:
        """Where the cases of somebody are, and the stratum of each, small ones taken together."""
        places = np.flatnonzero(self.codes[dimension] >= 0)
        return places, taken_together([kind[places] for kind in self.kinds], SMALLEST_STRATUM)

    def requesters_of(self, dimension: str) -> Codes:
        """How many requesters each member has."""
        codes = self.codes[dimension]
        is_known = codes >= 0
        most = int(self.requesters.max(initial=0)) + 1
        pairs = pd.unique(codes[is_known] * most + self.requesters[is_known])
        return np.bincount(pairs // most, minlength=len(self.members[dimension])).astype(np.int64)


def _coded(column: pd.Series) -> tuple[Codes, list[str]]:
    """Numbers of the members in alphabetical order, and their names; -1 where there is none."""
    values = column.cat
    names = [str(name) for name in values.categories]
    kept = sorted(name for name in names if name != UNASSIGNED)
    place = {name: number for number, name in enumerate(kept)}
    numbers = np.array([*(place.get(name, -1) for name in names), -1], dtype=np.int64)
    return numbers[values.codes.to_numpy()], kept


def _kinds(frame: pd.DataFrame, metric: Metric) -> tuple[Codes, ...]:
    """Topic × channel × priority, topic × channel, and what tells most alone: how long things take is told by the
    channel, what people make of them by the topic."""
    topic, channel, priority = (_dense(frame[name]) for name in ("topic", "channel", "priority"))
    pair = topic * _size(channel) + channel
    return pair * _size(priority) + priority, pair, topic if metric.clock is Clock.NONE else channel


def _dense(column: pd.Series) -> Codes:
    """Codes from 0, a missing value included."""
    return column.cat.codes.to_numpy().astype(np.int64) + 1


def _size(codes: Codes) -> int:
    return int(codes.max(initial=0)) + 1


def _requesters(column: pd.Series) -> Codes:
    codes = column.cat.codes.to_numpy().astype(np.int64)
    unknown = codes < 0
    codes[unknown] = _size(codes) + np.arange(int(unknown.sum()))
    return codes
