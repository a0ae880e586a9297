"""The grids of several calendars as one table of the engine, and its inverse.

Both tables are looked up by an equi-join that finds exactly one row for every row of the other side: the keys are
dense, and what is not known or not covered has the last key, whose row is null. So an inner join keeps all rows, and
the engine may turn it into an array look-up (DuckDB: twice as fast as an outer join).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from ibis.common.exceptions import TableNotFound

from evaluation.calendar.timeline import HOUR, Grid
from evaluation.calendar.wall_clock import EPOCH
from evaluation.errors import DataError

if TYPE_CHECKING:
    from ibis.expr import types as ir
    from numpy.typing import NDArray

    from evaluation.calendar.working_calendar import WorkingCalendar

_LARGEST_TABLE = 30_000_000
_MICROSECOND = timedelta(microseconds=1)
_NONE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class LookUp:
    """A table of the engine with one row for each key from 0, and a last one of nulls.

    Attributes:
        cell: Microseconds of real (or open) time that a row stands for.
        first: Number of the first cell since 1970 (or since the beginning of the span, for open time).
        count: Cells of each calendar.
        calendars: How many calendars share the table.
        rows: The table: `key` and its values.
    """

    cell: int
    first: int
    count: int
    calendars: int
    rows: ir.Table

    def key(self, cell: ir.Value, calendar: ir.Value) -> ir.Value:
        """The key of a cell of a calendar; of the row of nulls, for every cell that is not here."""
        inside = cell.between(self.first, self.first + self.count - 1)
        inside &= calendar.notnull()
        ordinal = (cell - self.first) * self.calendars + calendar
        return ibis.ifelse(inside, ordinal, self.count * self.calendars)

    def joined(self, table: ir.Table, key: ir.Value, names: Mapping[str, str]) -> ir.Table:
        """`table` with values of the rows that its keys name.

        Args:
            table: Any table.
            key: Its keys.
            names: Column of this table by the name it gets.
        """
        own = f"{next(iter(names))}__key"
        rows = self.rows.select(**{own: self.rows.key}, **{name: self.rows[column] for name, column in names.items()})
        return table.inner_join(rows, key == rows[own]).drop(own)


def grids_of(calendars: Mapping[str, WorkingCalendar], earliest: datetime, latest: datetime) -> tuple[Grid, ...]:
    """The grids of all calendars over one span, on one cell that suits them all.

    Raises:
        DataError: They would be too large.
    """
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


def real_time(grids: Sequence[Grid], engine: Any) -> LookUp:
    """By cells of real time: G(t) is `lag + open * t`; and the next `opening`, in microseconds since 1970."""
    lags, flags, openings = [], [], []
    for grid in grids:
        starts = grid.first + np.arange(len(grid.packed)) * grid.cell
        lags.append(grid.before - grid.is_open * starts)
        flags.append(grid.is_open)
        opening = np.minimum.accumulate(np.where(grid.is_open == 1, starts, np.iinfo(np.int64).max)[::-1])[::-1]
        openings.append(np.where(opening == np.iinfo(np.int64).max, _NONE, opening))
    cell = grids[0].cell
    rows = _table(engine, {"lag": lags, "open": flags, "opening": openings})
    return LookUp(cell, grids[0].first // cell, len(grids[0].packed), len(grids), rows)


def open_time(grids: Sequence[Grid], engine: Any) -> LookUp:
    """The inverse, by cells of open time: real time is open time plus `shift`."""
    cell, count = grids[0].cell, max(1, *(int(grid.is_open.sum()) for grid in grids))
    shifts = []
    for grid in grids:
        open_cells = np.flatnonzero(grid.is_open)
        shift = np.full(count, _NONE)
        shift[: len(open_cells)] = grid.first + (open_cells - np.arange(len(open_cells))) * cell
        shifts.append(shift)
    return LookUp(cell, 0, count, len(grids), _table(engine, {"shift": shifts}))


def _table(engine: Any, columns: Mapping[str, Sequence[NDArray[np.int64]]]) -> ir.Table:
    """Columns of several calendars, cell by cell, behind dense keys and before the row of nulls."""
    import pyarrow as pa

    values = {name: np.append(np.stack(parts, axis=1).ravel(), _NONE) for name, parts in columns.items()}
    keys = np.arange(len(next(iter(values.values()))))
    arrays = {"key": pa.array(keys)} | {name: pa.array(v, mask=v == _NONE) for name, v in values.items()}
    rows = pa.table(arrays)
    if engine.name == "pyspark":  # whose temporary tables are views of queries
        return ibis.memtable(rows)
    digest = hashlib.blake2b(digest_size=10)
    for name, column in values.items():
        digest.update(name.encode() + column.tobytes())
    name = f"working_time_{digest.hexdigest()}"
    # A table, not a view of memory: the engine needs its statistics to choose the array look-up.
    try:
        return engine.table(name)
    except TableNotFound:
        return engine.create_table(name, rows, temp=True)
