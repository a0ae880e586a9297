"""Which periods are measured, and in which of them a row lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir

MONTHS = 13
"""Length of the monthly series, so that it holds the same month of last year."""

QUARTERS = 8


def measured_periods(period: Period, also: Sequence[Period] = ()) -> tuple[tuple[Period, ...], ...]:
    """The periods that are measured for `period`, in rows of one kind: months, then periods of its own kind.

    Within a row the periods follow one another without gap or overlap, so an instant lies in at most one of each row.

    Returns:
        The last 13 months ending with the period's last month; then, unless the period is itself a month, the period
        with as many before it as reach the same period last year (for a quarter: eight); then a row of its own for
        each period of `also` that is not among them.

    Example:
        >>> [[p.id for p in row][::6] for row in measured_periods(Period.parse("2026-Q3", zone="UTC"))]
        [['2025-09', '2026-03', '2026-09'], ['2024-Q4', '2026-Q2']]
    """
    last_month = period.months()[-1]
    own = {"month": 0, "quarter": QUARTERS, "half": 3, "year": 2}[period.kind]
    rows = (last_month.series(MONTHS), period.series(own)) if own else (last_month.series(MONTHS),)
    known = {one.id for row in rows for one in row}
    others = {one.id: one for one in also if one.id not in known}
    return (*rows, *((one,) for one in others.values()))


@dataclass(frozen=True)
class Spread:
    """How the spans of a timeline make slots: each slot is a run of spans.

    Attributes:
        spans: How many spans there are.
        runs: For each slot its first span and the one after its last.

    Example:
        >>> quarter = Spread(3, ((0, 1), (1, 2), (2, 3), (0, 3)))
        >>> [layer.tolist() for layer in quarter.layers], quarter.added(np.array([[5, 6, 7]])).tolist()
        ([[0, 1, 2], [3, 3, 3]], [[5, 6, 7, 18]])
    """

    spans: int
    runs: tuple[tuple[int, int], ...]

    @cached_property
    def layers(self) -> tuple[NDArray[np.int64], ...]:
        """The slot of each span, -1 for none, in as many layers as it takes for slots not to overlap within one."""
        layers: list[NDArray[np.int64]] = []
        for slot, (first, after) in enumerate(self.runs):
            free = next((layer for layer in layers if (layer[first:after] < 0).all()), None)
            if free is None:
                free = np.full(self.spans, -1)
                layers.append(free)
            free[first:after] = slot
        return tuple(layers)

    def added(self, values: NDArray[Any]) -> NDArray[Any]:
        """Whole numbers per span, on the second axis, added up to slots."""
        until = np.zeros((values.shape[0], self.spans + 1, *values.shape[2:]), dtype=values.dtype)
        np.cumsum(values, axis=1, out=until[:, 1:])
        first, after = np.array(self.runs).T
        return until[:, after] - until[:, first]

    def least(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The least number of the spans of each slot, on the second axis."""
        return np.stack([values[:, first:after].min(axis=1) for first, after in self.runs], axis=1)


@dataclass(frozen=True)
class Timeline:
    """The measured periods, and the spans between their bounds of which they are made.

    Attributes:
        periods: All measured periods; the number of one is its slot.
        bounds: The instants at which any of them starts or ends, ascending; span `n` lies between bounds `n` and
            `n + 1`.

    Example:
        >>> quarter = Period.parse("2026-Q3", zone="UTC")
        >>> Timeline.of((quarter.months(), (quarter,))).spans_of_periods
        ((0, 1), (1, 2), (2, 3), (0, 3))
    """

    periods: tuple[Period, ...]
    bounds: tuple[datetime, ...]

    @classmethod
    def of(cls, rows: tuple[tuple[Period, ...], ...]) -> Timeline:
        """The timeline of `measured_periods`."""
        periods = tuple(period for row in rows for period in row)
        return cls(periods, tuple(sorted({at for period in periods for at in (period.start, period.end)})))

    @property
    def spans_of_periods(self) -> tuple[tuple[int, int], ...]:
        """For each period its first span and the one after its last."""
        return tuple((self.bounds.index(period.start), self.bounds.index(period.end)) for period in self.periods)

    @property
    def spread(self) -> Spread:
        """How the spans between the bounds make the periods."""
        return Spread(len(self.bounds) - 1, self.spans_of_periods)


def within(at: ir.Value, timeline: Timeline) -> ir.BooleanValue:
    """Whether an instant lies in any span; null for null."""
    return (at >= instant(timeline.bounds[0])) & (at < instant(timeline.bounds[-1]))


def instant(at: datetime) -> ir.Value:
    """A literal instant in UTC, on the columns' own type."""
    import ibis

    return ibis.literal(at, type="timestamp('UTC', 6)")


def bounds_passed(at: ir.Value, bounds: Sequence[datetime], before: int = 0) -> ir.Value:
    """How many of some ascending bounds an instant has passed, found by halving: fewer comparisons than one for each.

    Null has passed them all: who never entered is never there, and who never left is there to the end.
    """
    import ibis

    if not bounds:
        return ibis.literal(before, "int16")
    half = len(bounds) // 2
    earlier = bounds_passed(at, bounds[:half], before)
    later = bounds_passed(at, bounds[half + 1 :], before + half + 1)
    return ibis.ifelse(at < instant(bounds[half]), earlier, later)
