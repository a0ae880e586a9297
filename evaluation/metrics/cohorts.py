"""Cohorts: who was there when a period began, and who of them still was at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.cells import Cells, Members, cells_of, joined
from evaluation.metrics.counting import Sums
from evaluation.metrics.definition import CohortDefinition, Presence, alike
from evaluation.metrics.placing import Timeline
from evaluation.metrics.streaming import Block, microseconds, rows_of
from evaluation.metrics.summing import Axis, axes_of

if TYPE_CHECKING:
    from ibis.expr import types as ir


def of_same_stays(definitions: Sequence[CohortDefinition]) -> list[list[CohortDefinition]]:
    """The cohorts in groups that look at the same stays: such as who stayed and who left."""
    return alike(definitions, lambda one: (one.table, one.who, one.since, one.until, one.dimensions))


def aggregate_cohorts(
    table: ir.Table, definitions: Sequence[CohortDefinition], timeline: Timeline, cut: datetime, members: Members
) -> list[Cells]:
    """Sums of cohorts for every period, for each cell in which there was anybody.

    Presence is as in a stock: whoever entered before an instant and had not left before it is there; what happens at
    the very start of a period happens in it. Each period has a cohort of its own, so that those of months do not add up
    to the quarter's. A period that still runs at `cut` is looked at as far as it has come.

    Args:
        table: The fact table.
        definitions: Cohorts of the same stays: a group of `of_same_stays`.
        timeline: The periods.
        cut: The as-of moment.
        members: Numbers of members; those that are met get theirs.

    Returns:
        For each cohort cells with `n` (who was there at the start, or at any time), `sum` (of them, who stayed or
        left), `left_out` (quarantined stays that began in the period), `undecided`, `unknown` and `off_scale`, which
        are 0.
    """
    dimensions = definitions[0].dimensions
    query = _asked(table, definitions[0])
    rows = rows_of(query, instants=["since", "until"], coded=dimensions, identities=["who"])
    stays = _Ordered.of({name: rows.column(name) for name in query.columns}, timeline.bounds)
    axes = axes_of(rows, {name: (name,) for name in dimensions})
    runs = enumerate(zip(timeline.periods, timeline.spans_of_periods, strict=True))
    begun = {slot: run for slot, (period, run) in runs if period.start < cut}
    cells = []
    for definition in definitions:
        own = {slot: stays.of_period(definition.presence, start, end) for slot, (start, end) in begun.items()}
        columns = [_counted(own, axis, stays.table, len(timeline.periods)) for axis in axes]
        cells.append(cells_of(axes, joined(columns), members))
    return cells


def _asked(table: ir.Table, definition: CohortDefinition) -> ir.Table:
    """What is asked of each stay."""
    return table.select(
        *definition.dimensions,
        who=definition.who,
        since=definition.since(table),
        until=definition.until(table),
        is_excluded=table.exclusion.notnull(),
    )


Found = dict[str, NDArray[np.int64]]
"""Where some stays are among all, by what they are counted as."""


@dataclass(frozen=True)
class _Ordered:
    """Stays, those of one and the same after one another.

    Attributes:
        table: Whose they are, and their members.
        counts: Which are not excluded.
        since: How many of the timeline's bounds there are up to the instant at which a stay begins.
        until: The same of its end; all of them when it has none.
    """

    table: Block
    counts: NDArray[np.bool_]
    since: NDArray[np.int16]
    until: NDArray[np.int16]

    @classmethod
    def of(cls, table: Block, bounds: Sequence[datetime]) -> _Ordered:
        """From the columns of the query."""
        order = np.lexsort((table["since"], table["who"]))
        ordered = {name: column[order] for name, column in table.items()}
        moments = microseconds(bounds)
        since, until = (
            np.searchsorted(moments, ordered[name], side="right").astype(np.int16) for name in ("since", "until")
        )
        return cls(ordered, ordered["is_excluded"] == 0, since, until)

    def of_period(self, presence: Presence, start: int, end: int) -> Found:
        """The stays that are counted of a period between two bounds, by what they are counted as."""
        began = (self.since > start) & (self.since <= end)
        found = {"left_out": np.flatnonzero(~self.counts & began)}
        if presence is Presence.THERE:
            there = np.flatnonzero(self.counts & (self.since <= end) & (self.until > start))
            who = self.table["who"][there]
            is_last = np.append(who[1:] != who[:-1], True)[: len(there)]
            return found | {"n": there[is_last]}
        first, last = self._there_at(start), self._there_at(end)
        stayed = np.isin(self.table["who"][first], self.table["who"][last])
        return found | {"n": first, "sum": first[stayed if presence is Presence.STAYED else ~stayed]}

    def _there_at(self, bound: int) -> NDArray[np.int64]:
        return np.flatnonzero(self.counts & (self.since <= bound) & (self.until > bound))


def _counted(periods: Mapping[int, Found], axis: Axis, table: Block, slots: int) -> Sums:
    """How many stays each cell of a dimension has, in arrays of members by slots."""
    names = ("n", "sum", "left_out", "undecided", "unknown", "off_scale")
    columns = {name: np.zeros((len(axis.members), slots), dtype=np.int64) for name in names}
    codes = axis.members_of(table)
    for slot, found in periods.items():
        for name, own in found.items():
            columns[name][:, slot] = np.bincount(codes[own], minlength=len(axis.members))
    return columns
