"""Working time inside the engine: the same arithmetic as `WorkingCalendar`, as Ibis expressions over whole tables.

G(t), the open microseconds before an instant, becomes a table of equal cells `(cell, before, open)`, each cell wholly
open or wholly closed. An instant finds its cell by one equi-join, a duration is the difference of two. Several
calendars live in one table: the key is the cell's number and the calendar's number in one integer, so that the join
stays on a single dense key. The answers are those of `WorkingCalendar`, exact to the microsecond.

All functions add columns and keep the rows; the order of rows is the engine's. A missing instant, a missing or unknown
calendar name, and an instant outside the given span give null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from evaluation.calendar.engine_instants import instant_of, microseconds_of
from evaluation.calendar.timeline import HOUR, Grid
from evaluation.calendar.wall_clock import EPOCH
from evaluation.errors import ConfigError, DataError

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.calendar.working_calendar import WorkingCalendar

_LARGEST_TABLE = 30_000_000
_MICROSECOND = timedelta(microseconds=1)
_PREFIX = "working_time__"
_NUMBER = f"{_PREFIX}calendar"

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
    table, clock = _joined(table, calendars, columns, calendar_column, span)
    differences = {
        name: ((clock.elapsed(table, end) - clock.elapsed(table, start)) / 1_000_000.0).cast("float64")
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
        cell: Length of a cell in microseconds.
        backend: Name of the engine.
        grids: The grid of each calendar, in the order of their numbers.
    """

    cell: int
    backend: str
    grids: tuple[Grid, ...]

    def elapsed(self, table: ir.Table, column: str) -> ir.Value:
        since = table[_name(column, "microseconds")] - table[_name(column, "cell")] * self.cell
        return table[_name(column, "before")] + table[_name(column, "open")] * since

    def next_opening(self, table: ir.Table, column: str) -> ir.Value:
        at, opening = table[_name(column, "microseconds")], table[_name(column, "opening")]
        moved = ibis.cases((at < opening, opening), (at >= opening, at), else_=ibis.null("int64"))
        return instant_of(moved, self.backend)

    def with_reached(self, table: ir.Table, name: str, start: str, seconds: str) -> ir.Table:
        """The inverse: cells of open time instead of real time, each with how far it is from real time."""
        inverse, cell = _inverse_table(self.grids)
        wanted = (table[seconds].cast("float64") * 1_000_000.0 + 0.5).floor().cast("int64")
        target = _name(name, "target")
        shift = _name(name, "shift")
        table = table.mutate(**{target: self.elapsed(table, start) + wanted, _name(name, "wanted"): wanted})
        key = ((table[target] - 1) // cell) * len(self.grids) + table[_NUMBER]
        inverse = inverse.rename({_name(name, "key"): "key", shift: "shift"})
        table = table.left_join(inverse, key == inverse[_name(name, "key")])
        at = table[_name(start, "microseconds")]
        reached = ibis.cases(
            ((table[_name(name, "wanted")] == 0) & table[target].notnull(), at),
            (table[_name(name, "wanted")] > 0, table[target] + table[shift]),
            else_=ibis.null("int64"),
        )
        return table.mutate(**{name: instant_of(reached, self.backend)})


def _joined(
    table: ir.Table,
    calendars: Calendars,
    columns: Iterable[str],
    calendar_column: str | None,
    span: tuple[datetime, datetime],
) -> tuple[ir.Table, _Clock]:
    """The table with the cell of every instant joined to it."""
    backend = _backend_name(table)
    grids = _grids(calendars, *span)
    grid = _grid_table(grids)
    cell = grids[0].cell
    table = table.mutate(**{_NUMBER: _calendar_number(table, list(calendars), calendar_column)})
    for column in columns:
        at, number = _name(column, "microseconds"), _name(column, "cell")
        table = table.mutate(**{at: microseconds_of(table[column], backend)})
        table = table.mutate(**{number: table[at] // cell})
        names = {_name(column, part): part for part in ("key", "before", "open", "opening")}
        cells = grid.rename(names)
        key = table[number] * len(grids) + table[_NUMBER]
        table = table.left_join(cells, key == cells[_name(column, "key")])
    return table, _Clock(cell, backend, grids)


def _calendar_number(table: ir.Table, names: list[str], column: str | None) -> ir.Value:
    if not names:
        raise ConfigError("there is no calendar to measure by", remedy="define one under `calendars:`")
    if column is None:
        if len(names) > 1:
            raise ConfigError(
                f"{len(names)} calendars, and no column says which applies", remedy="pass calendar_column"
            )
        return ibis.literal(0, "int64")
    branches = [(table[column] == name, ibis.literal(number, "int64")) for number, name in enumerate(names)]
    return ibis.cases(*branches, else_=ibis.null("int64"))


def _grids(calendars: Calendars, earliest: datetime, latest: datetime) -> tuple[Grid, ...]:
    """The grids of all calendars over the span, on one cell that suits them all."""
    first, last = ((at.astimezone(UTC) - EPOCH) // _MICROSECOND for at in (earliest, latest))
    timelines = [calendar.timeline(earliest, latest).within(first, last + 1) for calendar in calendars.values()]
    cell = int(np.gcd.reduce([timeline.cell() for timeline in timelines] or [HOUR]))
    if (last - first) // cell * len(timelines) > _LARGEST_TABLE:
        raise DataError(
            f"{len(timelines)} calendars from {earliest.date()} to {latest.date()} with times every "
            f"{cell // 1_000_000} seconds make too large a table",
            remedy="check for a stray date far away, or pass earliest and latest",
        )
    return tuple(Grid.of(timeline, cell) for timeline in timelines)


def _grid_table(grids: tuple[Grid, ...]) -> ir.Table:
    parts = []
    for number, grid in enumerate(grids):
        cells = grid.first // grid.cell + np.arange(len(grid.packed))
        is_open = grid.packed & 1
        starts = np.where(is_open == 1, cells * grid.cell, np.iinfo(np.int64).max)
        opening = np.minimum.accumulate(starts[::-1])[::-1]
        parts.append((cells * len(grids) + number, grid.packed >> 1, is_open, opening))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return _memtable(dict(zip(("key", "before", "open", "opening"), columns, strict=True)))


def _inverse_table(grids: tuple[Grid, ...]) -> tuple[ir.Table, int]:
    """Cells of open time: in each, real time is open time plus `shift`; and their length."""
    cell = grids[0].cell
    keys, shifts = [], []
    for number, grid in enumerate(grids):
        open_cells = np.flatnonzero(grid.packed & 1)
        keys.append(np.arange(len(open_cells)) * len(grids) + number)
        shifts.append(grid.first + (open_cells - np.arange(len(open_cells))) * cell)
    return _memtable({"key": np.concatenate(keys), "shift": np.concatenate(shifts)}), cell


def _memtable(columns: dict[str, Any]) -> ir.Table:
    import pyarrow as pa

    return ibis.memtable(pa.table(columns), schema=dict.fromkeys(columns, "int64"))


def _span(
    table: ir.Table, columns: list[str], earliest: datetime | None, latest: datetime | None
) -> tuple[datetime, datetime]:
    """The given span, completed by the engine's smallest and largest instant."""
    if earliest is None or latest is None:
        bounds = table.aggregate(
            **{f"first_{number}": table[column].min() for number, column in enumerate(columns)},
            **{f"last_{number}": table[column].max() for number, column in enumerate(columns)},
        ).to_pyarrow().to_pylist()[0]  # fmt: skip
        # an empty table bounds nothing: the given end alone is a span
        known = [_utc(bound) for bound in bounds.values() if bound is not None] or [earliest or latest or EPOCH]
        earliest, latest = earliest or min(known), latest or max(known)
    if latest < earliest:
        raise ConfigError(f"the span from {earliest} to {latest} is empty", remedy="swap earliest and latest")
    return earliest, latest


def _longest(table: ir.Table, columns: list[str]) -> float:
    bounds = table.aggregate(**{f"longest_{number}": table[column].max() for number, column in enumerate(columns)})
    return max(
        (float(bound) for bound in bounds.to_pyarrow().to_pylist()[0].values() if bound is not None), default=0.0
    )


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _name(column: str, part: str) -> str:
    return f"{_PREFIX}{column}__{part}"


def _backend_name(table: ir.Table) -> str:
    return str(table.get_backend().name)
