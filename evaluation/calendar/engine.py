"""Working time inside the engine: the same arithmetic as `WorkingCalendar`, as Ibis expressions over whole tables.

G(t), the open microseconds before an instant, becomes a table of equal cells, each wholly open or wholly closed. An
instant finds its cell by one equi-join, a duration is the difference of two. Several calendars live in one table: the
key is the cell's number and the calendar's number in one integer, so that the join stays on a single dense key. The
answers are those of `WorkingCalendar`, exact to the microsecond.

All functions add columns and keep the rows; the order of rows is the engine's. A missing instant, a missing or unknown
calendar name, and an instant outside the given span (widened to whole hours) give null. The look-up tables are
temporary tables on the engine of the table, named after their content; they go with the connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import ibis

from evaluation.calendar.engine_grid import LookUp, grids_of, open_time, real_time
from evaluation.calendar.engine_instants import instant_of, microseconds_of
from evaluation.calendar.timeline import Grid
from evaluation.errors import ConfigError

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.calendar.working_calendar import WorkingCalendar

_PREFIX = "working_time__"
_NUMBER = f"{_PREFIX}calendar"
_WHENEVER = datetime(2020, 1, 1, tzinfo=UTC)  # the span of columns without any instant

Calendars = Mapping[str, "WorkingCalendar"]


def with_open_seconds(
    table: ir.Table,
    calendars: Calendars,
    *,
    pairs: Mapping[str, tuple[str, str]],
    calendar_column: str | None = None,
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> ir.Table:
    """`table` with the open seconds of each pair of instants, negative when the end is before its start.

    Args:
        table: Any expression; its instants are timestamps in UTC (without a zone they are taken as UTC).
        calendars: Calendars by the name that stands in `calendar_column`.
        pairs: The column to add: (column of starts, column of ends). An instant used in several pairs is joined once.
        calendar_column: Column with the name of each row's calendar; None = the one calendar given is everybody's.
        earliest: No instant in the columns is before; an instant that is gives null. Not given = asked of the engine,
            which costs one pass over the columns, at once.
        latest: No instant in the columns is after.

    Returns:
        The table with one float64 column more for each pair.

    Raises:
        ConfigError: No calendar, or several without a `calendar_column`.
        DataError: The span is too long for the calendars' finest time.

    Example:
        >>> from evaluation.calendar import WorkingCalendar
        >>> office = WorkingCalendar.from_config({"hours": {"mon-fri": ["09:00-17:00"]}}, time_zone="UTC")
        >>> tickets = ibis.memtable({"created_at": [datetime(2026, 7, 3, 16, tzinfo=UTC)],
        ...                          "solved_at": [datetime(2026, 7, 6, 9, 30, tzinfo=UTC)]})
        >>> waits = with_open_seconds(tickets, {"office": office}, pairs={"wait": ("created_at", "solved_at")})
        >>> waits.wait.execute().tolist()
        [5400.0]
    """
    columns = list(dict.fromkeys(column for pair in pairs.values() for column in pair))
    span = _span(table, columns, earliest, latest)
    kept = table.columns
    table, _ = _joined(table, calendars, columns, calendar_column, span)
    differences = {
        name: ((_elapsed(table, end) - _elapsed(table, start)) / 1_000_000.0).cast("float64")
        for name, (start, end) in pairs.items()
    }
    return table.mutate(**differences).select(*(name for name in kept if name not in differences), *differences)


def with_added(
    table: ir.Table,
    calendars: Calendars,
    *,
    sums: Mapping[str, tuple[str, str]],
    calendar_column: str | None = None,
    earliest: datetime | None = None,
    latest: datetime | None = None,
    longest_seconds: float | None = None,
) -> ir.Table:
    """`table` with the earliest instants at which open seconds are used up, as `WorkingCalendar.add`.

    Args:
        table: As in `with_open_seconds`.
        calendars: As in `with_open_seconds`.
        sums: The column to add: (column of starts, column of open seconds). Negative seconds give null.
        calendar_column: As in `with_open_seconds`.
        earliest: No start is before.
        latest: No start is after (the instants reached may be).
        longest_seconds: No duration is longer; not given = asked of the engine.

    Returns:
        The table with one column of UTC timestamps more for each sum.

    Raises:
        DataError: A calendar is not open for so long before the year 2200.
    """
    starts = list(dict.fromkeys(start for start, _ in sums.values()))
    first, last = _span(table, starts, earliest, latest)
    if longest_seconds is None:
        longest_seconds = _longest(table, [seconds for _, seconds in sums.values()])
    horizon = max(calendar.add(last, longest_seconds).astimezone(UTC) for calendar in calendars.values())
    kept = table.columns
    table, clock = _joined(table, calendars, starts, calendar_column, (first, max(last, horizon)))
    for name, (start, seconds) in sums.items():
        table = clock.with_reached(table, name, start, seconds)
    return table.select(*(name for name in kept if name not in sums), *sums)


def with_next_opening(
    table: ir.Table,
    calendars: Calendars,
    *,
    instants: Mapping[str, str],
    calendar_column: str | None = None,
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> ir.Table:
    """`table` with each instant moved to the next opening, or itself while open, as `WorkingCalendar.next_opening`.

    Args:
        table: As in `with_open_seconds`.
        calendars: As in `with_open_seconds`.
        instants: The column to add: column of instants.
        calendar_column: As in `with_open_seconds`.
        earliest: As in `with_open_seconds`.
        latest: As in `with_open_seconds`; the openings may be later.

    Raises:
        DataError: A calendar does not open again before the year 2200.
    """
    columns = list(dict.fromkeys(instants.values()))
    first, last = _span(table, columns, earliest, latest)
    horizon = max(calendar.next_opening(last).astimezone(UTC) for calendar in calendars.values())
    kept = table.columns
    table, clock = _joined(table, calendars, columns, calendar_column, (first, max(last, horizon)))
    moved = {name: clock.next_opening(table, column) for name, column in instants.items()}
    return table.mutate(**moved).select(*(name for name in kept if name not in moved), *moved)


def with_is_open(
    table: ir.Table,
    calendars: Calendars,
    *,
    instants: Mapping[str, str],
    calendar_column: str | None = None,
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> ir.Table:
    """`table` with whether each instant is inside hours, as `WorkingCalendar.is_open`; null where it is not known.

    Args:
        table: As in `with_open_seconds`.
        calendars: As in `with_open_seconds`.
        instants: The column to add: column of instants.
        calendar_column: As in `with_open_seconds`.
        earliest: As in `with_open_seconds`.
        latest: As in `with_open_seconds`.
    """
    columns = list(dict.fromkeys(instants.values()))
    span = _span(table, columns, earliest, latest)
    kept = table.columns
    table, _ = _joined(table, calendars, columns, calendar_column, span)
    flags = {name: table[_name(column, "open")] == 1 for name, column in instants.items()}
    return table.mutate(**flags).select(*(name for name in kept if name not in flags), *flags)


@dataclass(frozen=True)
class _Clock:
    """What is needed to write expressions over a table that is joined to the grid.

    Attributes:
        engine: The table's backend.
        grids: The grid of each calendar, in the order of their numbers.
    """

    engine: Any
    grids: tuple[Grid, ...]

    def next_opening(self, table: ir.Table, column: str) -> ir.Value:
        at, opening = table[_name(column, "microseconds")], table[_name(column, "opening")]
        moved = ibis.cases((at < opening, opening), (at >= opening, at), else_=ibis.null("int64"))
        return instant_of(moved, self.engine.name)

    def with_reached(self, table: ir.Table, name: str, start: str, seconds: str) -> ir.Table:
        """The inverse: cells of open time instead of real time, each with how far it is from real time."""
        inverse = open_time(self.grids, self.engine)
        target, wanted, shift = _name(name, "target"), _name(name, "wanted"), _name(name, "shift")
        whole = (table[seconds].cast("float64") * 1_000_000.0 + 0.5).floor().cast("int64")
        table = table.mutate(**{wanted: whole, target: _elapsed(table, start) + whole})
        cell = (table[target] - 1) // inverse.cell
        table = inverse.joined(table, inverse.key(cell, table[_NUMBER]), {shift: "shift"})
        reached = ibis.cases(
            ((table[wanted] == 0) & table[target].notnull(), table[_name(start, "microseconds")]),
            (table[wanted] > 0, table[target] + table[shift]),
            else_=ibis.null("int64"),
        )
        return table.mutate(**{name: instant_of(reached, self.engine.name)})


def _joined(
    table: ir.Table,
    calendars: Calendars,
    columns: Iterable[str],
    calendar_column: str | None,
    span: tuple[datetime, datetime],
) -> tuple[ir.Table, _Clock]:
    """The table with the cell of every instant joined to it."""
    number = _calendar_number(table, list(calendars), calendar_column)
    engine = table.get_backend()
    grids = grids_of(calendars, *span)
    cells = real_time(grids, engine)
    table = table.mutate(**{_NUMBER: number})
    for column in columns:
        table = _with_cell(table, column, cells, engine.name)
    return table, _Clock(engine, grids)


def _with_cell(table: ir.Table, column: str, cells: LookUp, engine: str) -> ir.Table:
    at = _name(column, "microseconds")
    table = table.mutate(**{at: microseconds_of(table[column], engine)})
    names = {_name(column, part): part for part in ("lag", "open", "opening")}
    return cells.joined(table, cells.key(table[at] // cells.cell, table[_NUMBER]), names)


def _elapsed(table: ir.Table, column: str) -> ir.Value:
    return table[_name(column, "lag")] + table[_name(column, "open")] * table[_name(column, "microseconds")]


def _calendar_number(table: ir.Table, names: list[str], column: str | None) -> ir.Value:
    if not names:
        raise ConfigError("there is no calendar to measure by", remedy="define one under `calendars:`")
    if column is None and len(names) > 1:
        raise ConfigError(f"{len(names)} calendars, and no column says which applies", remedy="pass calendar_column")
    if column is None:
        return ibis.literal(0, "int64")
    branches = [(table[column] == name, ibis.literal(number, "int64")) for number, name in enumerate(names)]
    return ibis.cases(*branches, else_=ibis.null("int64"))


def _span(
    table: ir.Table, columns: list[str], earliest: datetime | None, latest: datetime | None
) -> tuple[datetime, datetime]:
    """The given span, completed by the engine's smallest and largest instant."""
    if earliest is None or latest is None:
        bounds = table.aggregate(
            **{f"first_{number}": table[column].min() for number, column in enumerate(columns)},
            **{f"last_{number}": table[column].max() for number, column in enumerate(columns)},
        ).to_pyarrow().to_pylist()[0]  # fmt: skip
        given = [bound for bound in (earliest, latest) if bound is not None]
        known = [_utc(bound) for bound in bounds.values() if bound is not None] + given or [_WHENEVER]
        earliest, latest = earliest or min(known), latest or max(known)
    if latest < earliest:
        raise ConfigError(f"the span from {earliest} to {latest} is empty", remedy="swap earliest and latest")
    return earliest, latest


def _longest(table: ir.Table, columns: list[str]) -> float:
    bounds = table.aggregate(**{f"longest_{number}": table[column].max() for number, column in enumerate(columns)})
    found = bounds.to_pyarrow().to_pylist()[0].values()
    return max([0.0, *(float(bound) for bound in found if bound is not None)])


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _name(column: str, part: str) -> str:
    return f"{_PREFIX}{column}__{part}"
