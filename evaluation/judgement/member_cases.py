"""The cases of the members of a dimension: who handled them, of what kind they are, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.measurement import UNASSIGNED
from evaluation.metrics.definition import Definition, Summary
from evaluation.statistics.case_mix import CaseMix, case_mix, main_effects, taken_together

SMALLEST_STRATUM = 20
"""In a stratum of fewer cases each case would be a large part of what is expected of itself."""
SHORTEST_SECONDS = 1.0
"""A duration of zero seconds has no logarithm; it counts as one second."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Cases:
    """The decided cases of one metric, as columns.

    Attributes:
        outcomes: What is averaged of each: 0 or 1, the logarithm of seconds, points.
        weights: How many respondents each stands for.
        codes: By dimension, the number of each case's member in `members`; -1 for nobody.
        members: By dimension, the members in alphabetical order, `UNASSIGNED` left out.
        topic, channel, priority: What kind of case each is, whole numbers from 0.
        requesters: Number of each case's requester; a case of an unknown one has a number of its own.
    """

    outcomes: NDArray[np.float64]
    weights: NDArray[np.float64]
    codes: dict[str, Codes]
    members: dict[str, list[str]]
    topic: Codes
    channel: Codes
    priority: Codes
    requesters: Codes

    @classmethod
    def of(cls, frame: pd.DataFrame, definition: Definition, dimensions: Sequence[str]) -> Cases:
        """The cases of a frame of `evaluation.outcomes.outcomes`; those whose amount is not known are left out."""
        known = frame[np.isfinite(frame["outcome"].to_numpy(dtype=float))]
        coded = {name: _coded(known[name]) for name in dimensions}
        return cls(
            outcomes=_averaged(known["outcome"].to_numpy(dtype=float), definition.summary),
            weights=known["weight"].to_numpy(dtype=float),
            codes={name: codes for name, (codes, _) in coded.items()},
            members={name: names for name, (_, names) in coded.items()},
            topic=_dense(known["topic"]),
            channel=_dense(known["channel"]),
            priority=_dense(known["priority"]),
            requesters=_requesters(known["requester_id"]),
        )

    def mix(self, dimension: str) -> CaseMix:
        """The cases of the members, by member and stratum: topic × channel × priority.

        Small strata are taken together without priority first, then with others that lead to expect the same.
        """
        places = np.flatnonzero(self.codes[dimension] >= 0)
        topic, channel, priority = (codes[places] for codes in (self.topic, self.channel, self.priority))
        outcomes, weights = self.outcomes[places], self.weights[places]
        pair = topic * _size(channel) + channel
        members = self.codes[dimension][places]
        difficulty = main_effects((topic, channel), outcomes, weights, apart=members)
        strata = taken_together((pair * _size(priority) + priority, pair), SMALLEST_STRATUM, difficulty)
        return case_mix(members, strata, outcomes, count=len(self.members[dimension]), weights=weights)

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


def _averaged(values: NDArray[np.float64], summary: Summary) -> NDArray[np.float64]:
    if summary is Summary.DURATION:
        return np.asarray(np.log(np.maximum(values, SHORTEST_SECONDS)), dtype=np.float64)
    return values * 100.0 if summary is Summary.NPS else values


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
