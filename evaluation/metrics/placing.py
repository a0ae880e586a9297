"""Which periods are measured, and in which of them a row lies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

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


def slot_of(at: ir.Value, periods: tuple[Period, ...], first_slot: int) -> ir.Value:
    """The number of the period in which an instant lies, as a column; null outside all of them.

    The bounds are instants (the reporting zone's midnights in UTC), so nothing depends on the engine's time zone.

    Args:
        at: Column of instants.
        periods: Periods that follow one another, oldest first.
        first_slot: Number of the first of them.
    """
    import ibis

    later = [(at < instant(p.end), ibis.literal(first_slot + number, "int16")) for number, p in enumerate(periods)]
    return ibis.cases((at.isnull(), ibis.null("int16")), (at < instant(periods[0].start), ibis.null("int16")), *later)


def instant(at: datetime) -> ir.Value:
    """A literal instant in UTC, on the columns' own type."""
    import ibis

    return ibis.literal(at, type="timestamp('UTC', 6)")
