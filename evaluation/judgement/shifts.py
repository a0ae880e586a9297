"""By how much the typical duration differs: the raw values of a part of the service against those it is compared with.

Medians of waits cannot be subtracted from one another and judged: two samples are compared value by value. The values
are read from the engine once for each metric and period that somebody asks about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.measurement import UNASSIGNED
from evaluation.metrics.definition import AnyDefinition, Definition, Summary
from evaluation.outcomes import outcomes
from evaluation.statistics.shift import Shift, hodges_lehmann
from evaluation.verdict import Against

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.facts.shapes import Facts
    from evaluation.period import Period

Values = NDArray[np.float64]


class Shifts:
    """The Hodges-Lehmann shifts of the durations of one review; nothing is read before it is asked for.

    Args:
        facts: Fact tables.
        definitions: The metrics as chosen, without those that are withheld.
        period: The period under review.
    """

    def __init__(self, facts: Facts, definitions: Mapping[str, AnyDefinition], period: Period) -> None:
        self._facts, self._definitions, self._period = facts, definitions, period
        self._durations: dict[tuple[str, str], _Durations] = {}
        self._found: dict[tuple[str, str, str, str, str], Shift] = {}

    def get(
        self,
        metric_id: str,
        dimension: str = "all",
        member: str = "all",
        *,
        against: Against = Against.BEFORE,
        period: Period | None = None,
    ) -> Shift | None:
        """By how many seconds the cases of a period lie above those that they are compared with.

        Args:
            metric_id: The metric.
            dimension: The dimension of the member, `all` for the whole service.
            member: The member.
            against: The same cases in the period before or in the same period last year, or the rest of the period:
                the cases of all other members; what belongs to nobody is no part of the rest.
            period: The later period; by default the one under review.

        Returns:
            The shift, or None when the metric is no duration of single cases, so that it has no raw values.
        """
        if not self._is_duration(metric_id):
            return None
        now = period or self._period
        key = (metric_id, now.id, dimension, member, against.value)
        if key not in self._found:
            self._found[key] = hodges_lehmann(*self._samples(metric_id, now, dimension, member, against))
        return self._found[key]

    def of_the_whole(self) -> Mapping[str, Shift]:
        """Those of the whole service against the period before that were asked for, by metric id."""
        whole = {
            key[0]: shift
            for key, shift in self._found.items()
            if key[1:] == (self._period.id, "all", "all", Against.BEFORE.value)
        }
        return MappingProxyType({metric_id: whole[metric_id] for metric_id in self._definitions if metric_id in whole})

    def _is_duration(self, metric_id: str) -> bool:
        definition = self._definitions.get(metric_id)
        return isinstance(definition, Definition) and definition.summary is Summary.DURATION

    def _samples(
        self, metric_id: str, now: Period, dimension: str, member: str, against: Against
    ) -> tuple[Values, Values]:
        if against is Against.REST:
            return self._of(metric_id, now).split(dimension, member)
        before = now.previous() if against is Against.BEFORE else now.same_last_year()
        return self._of(metric_id, now).values(dimension, member), self._of(metric_id, before).values(dimension, member)

    def _of(self, metric_id: str, period: Period) -> _Durations:
        """The durations of a period; the one before is read along with it, because it is nearly always asked for."""
        if (metric_id, period.id) not in self._durations:
            definition = self._definitions[metric_id]
            if not isinstance(definition, Definition):
                raise TypeError(f"{metric_id} is no duration")
            both = [one for one in (period, period.previous()) if (metric_id, one.id) not in self._durations]
            frame = outcomes(self._facts, definition, both, reported=self._period, columns=DIMENSION_COLUMNS)
            legs = frame
            if definition.for_agents is not None:
                legs = outcomes(self._facts, definition, both, by_agent=True, reported=self._period, columns=("agent",))
            for one in both:
                self._durations[metric_id, one.id] = _Durations.of(frame, legs, one.id)
        return self._durations[metric_id, period.id]


@dataclass(frozen=True)
class _Durations:
    """The decided cases of one metric in one period, and those by which its agents are measured, the shortest first."""

    cases: pd.DataFrame
    legs: pd.DataFrame
    members: dict[str, dict[str, Values]] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: pd.DataFrame, legs: pd.DataFrame, period_id: str) -> _Durations:
        own, of_agents = (
            frame[(frame["period_id"] == period_id) & frame["outcome"].notna()].sort_values("outcome")
            for frame in (cases, legs)
        )
        return cls(own, of_agents)

    def values(self, dimension: str, member: str) -> Values:
        """Of a member, or of all, in ascending order."""
        if dimension == "all":
            return np.asarray(self.cases["outcome"].to_numpy(dtype=float))
        if dimension not in self.members:
            self.members[dimension] = _by_member(self.legs if dimension == "agent" else self.cases, dimension)
        return self.members[dimension].get(member, np.zeros(0))

    def split(self, dimension: str, member: str) -> tuple[Values, Values]:
        """Of a member, and of all the others."""
        own = self.values(dimension, member)
        others = [
            values for name, values in self.members[dimension].items() if name not in (member, UNASSIGNED)
        ]  # fmt: skip
        return own, np.concatenate([np.zeros(0), *others])


def _by_member(frame: pd.DataFrame, dimension: str) -> dict[str, Values]:
    """The values of each member, in the order of the rows."""
    column, values = frame[dimension].cat, frame["outcome"].to_numpy(dtype=float)
    codes = column.codes.to_numpy()
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(column.categories)))
    return dict(zip(column.categories, np.split(values[order], ends[:-1]), strict=True)) if len(ends) else {}
