"""From rows to sums: one aggregation per case set and dimension, for all its metrics and all periods at once.

Sums are taken over whole thousandths in decimal arithmetic, which is exact, so that neither the order of rows nor the
number of threads changes a digit of the result.

Quantiles and their intervals are order statistics, whose ranks depend on n: the engine gathers each cell's amounts in a
list, and numpy sorts the lists. That is exact, the same on every engine, and twice as fast as the engine's own exact
quantiles with the intervals on top; what is in memory at once is one case set (of one dimension, when it is large).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.definition import CaseSet, Definition, Standing, Summary
from evaluation.metrics.placing import slot_of
from evaluation.period import Period
from evaluation.statistics.intervals import quantile_ranks

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr import types as ir

KEYS = ["slot", "dimension", "member"]
"""What identifies a cell: number of the period, dimension, member."""

MILLI, MICRO = 1_000, 1_000_000
"""Amounts are summed in whole thousandths, weights in whole millionths."""

QUANTILES = {"median": 0.5, "p90": 0.9}

ROWS_AT_ONCE = 250_000
"""Up to so many rows all dimensions are aggregated by one query; beyond it each dimension has its own."""

_WEIGHTED = {Summary.WEIGHTED_SHARE, Summary.WEIGHTED_MEAN, Summary.NPS}


def aggregate(
    table: ir.Table,
    cases: CaseSet,
    definitions: Sequence[Definition],
    periods: tuple[tuple[Period, ...], ...],
    *,
    is_large: bool,
) -> pd.DataFrame:
    """Sums of every metric of one case set, for each cell in which it has rows.

    Args:
        table: The fact table of the set.
        cases: The set.
        definitions: Metrics of that set.
        periods: Rows of periods as `measured_periods` gives them; slots are numbered through.
        is_large: Whether the dimensions are to be taken one after another.

    Returns:
        One row per cell with `KEYS` and, for each metric, `<id>__n`, `__undecided`, `__left_out`, `__unknown` and what
        its summary needs: `__weight`, `__weight_squares`, `__sum`, `__squares`, `__min` and, for each quantile, its
        value and interval (`__median`, `__median_low`, `__median_high`, …).
    """
    placed = _placed(table, cases, definitions, periods)
    chunks = [(dimension,) for dimension in DIMENSIONS] if is_large else [DIMENSIONS]
    if is_large:
        placed = placed.cache()
    return pd.concat([_cells(placed, definitions, periods, chunk) for chunk in chunks], ignore_index=True)


def _cells(
    placed: ir.Table,
    definitions: Sequence[Definition],
    periods: tuple[tuple[Period, ...], ...],
    dimensions: Sequence[str],
) -> pd.DataFrame:
    long = by_dimension(placed, len(periods), dimensions)
    sums: dict[str, ir.Value] = {}
    for definition in definitions:
        sums |= _sums(long, definition)
    return collected(long.group_by(KEYS).aggregate(**sums))


def by_dimension(table: ir.Table, rows_of_periods: int, dimensions: Sequence[str]) -> ir.Table:
    """The rows once for each period in which they lie and each dimension.

    One small cross join instead of a union for each dimension: the rows are read once, and the statement stays short.

    Args:
        table: Rows with `slot_0`, `slot_1`, … (number of a period, or null) and the columns of all dimensions.
        rows_of_periods: How many slot columns there are.
        dimensions: Those wanted.

    Returns:
        `KEYS` and the remaining columns; `dimension` is its place in `DIMENSIONS`, null members are `UNASSIGNED`.
    """
    slots = [f"slot_{number}" for number in range(rows_of_periods)]
    wanted = [(row, DIMENSIONS.index(dimension)) for row in range(rows_of_periods) for dimension in dimensions]
    each = table.cross_join(ibis.memtable(pd.DataFrame(wanted, columns=["row_of_periods", "dimension"], dtype="int8")))
    own = [(each.dimension == DIMENSIONS.index(name), ibis.coalesce(each[name], UNASSIGNED)) for name in DIMENSIONS[1:]]
    long = each.mutate(
        slot=ibis.cases(*((each.row_of_periods == row, each[slot]) for row, slot in enumerate(slots))),
        member=ibis.cases((each.dimension == 0, ibis.literal("all")), *own),
    ).drop(*slots, *DIMENSIONS[1:], "row_of_periods")
    return long.filter(long.slot.notnull())


def _placed(
    table: ir.Table, cases: CaseSet, definitions: Sequence[Definition], periods: tuple[tuple[Period, ...], ...]
) -> ir.Table:
    """Rows with the slots they lie in, their dimensions, and standing and amount for each metric."""
    columns = placed_columns(cases.anchor(table), periods)
    for dimension in DIMENSIONS[1:]:
        columns[dimension] = cases.agent(table) if dimension == "agent" else table[dimension]
    excluded = table.exclusion.notnull()
    for definition in definitions:
        raw = definition.standing(table)
        left_out = ibis.literal(Standing.LEFT_OUT.value, "int8")
        columns[f"{definition.metric.id}__standing"] = ibis.ifelse(excluded & (raw != Standing.NO_CASE), left_out, raw)
        if definition.amount is not None:
            columns[f"{definition.metric.id}__amount"] = definition.amount(table).cast("float64")
    if any(definition.summary in _WEIGHTED for definition in definitions):
        columns["weight"] = table.weight.cast("float64")
        columns["is_on_scale"] = table.is_on_scale
    return table.select(**columns)


def placed_columns(anchor: ir.Value, periods: tuple[tuple[Period, ...], ...]) -> dict[str, ir.Value]:
    """Columns `slot_0`, `slot_1`, …: the period of each row of `periods` in which the anchor lies."""
    columns, first_slot = {}, 0
    for number, row in enumerate(periods):
        columns[f"slot_{number}"] = slot_of(anchor, row, first_slot)
        first_slot += len(row)
    return columns


def _sums(long: ir.Table, definition: Definition) -> dict[str, ir.Value]:
    metric_id = definition.metric.id
    standing = long[f"{metric_id}__standing"]
    decided = standing == Standing.DECIDED
    sums = {
        f"{metric_id}__n": decided.sum(),
        f"{metric_id}__undecided": (standing == Standing.UNDECIDED).sum(),
        f"{metric_id}__left_out": (standing == Standing.LEFT_OUT).sum(),
        f"{metric_id}__unknown": (standing == Standing.UNKNOWN).sum(),
    }
    if definition.survey_kind:
        sums[f"{metric_id}__off_scale"] = ((standing == Standing.LEFT_OUT) & ~long.is_on_scale).sum()
    if definition.amount is None:
        return sums
    amount = long[f"{metric_id}__amount"]
    if definition.summary is Summary.SHARE:
        return sums | {f"{metric_id}__sum": (decided & (amount > 0)).sum().cast("float64")}
    if definition.summary in _WEIGHTED:
        return sums | _weighted_sums(metric_id, long.weight, amount, decided)
    return sums | amount_sums(metric_id, amount, decided, listed=definition.summary is Summary.DURATION)


def amount_sums(metric_id: str, amount: ir.Value, decided: ir.Value, *, listed: bool) -> dict[str, ir.Value]:
    """Sum and sum of squares of the decided amounts, exact; and their list when quantiles are wanted."""
    whole = _whole(amount, MILLI)
    sums = {
        f"{metric_id}__sum": whole.sum(where=decided).cast("float64") / MILLI,
        f"{metric_id}__squares": (whole * whole).sum(where=decided).cast("float64") / MILLI**2,
    }
    if listed:
        sums[f"{metric_id}__list"] = amount.collect(where=decided)
    return sums


def _weighted_sums(metric_id: str, weight: ir.Value, amount: ir.Value, decided: ir.Value) -> dict[str, ir.Value]:
    w = _whole(weight, MICRO)
    a = _whole(amount, MILLI)
    return {
        f"{metric_id}__weight": w.sum(where=decided).cast("float64") / MICRO,
        f"{metric_id}__weight_squares": (w * w).sum(where=decided).cast("float64") / MICRO**2,
        f"{metric_id}__sum": (w * a).sum(where=decided).cast("float64") / (MICRO * MILLI),
        f"{metric_id}__squares": (w * a * a).sum(where=decided).cast("float64") / (MICRO * MILLI**2),
    }


def _whole(value: ir.Value, parts: int) -> ir.Value:
    # the widest decimal, because DuckDB multiplies narrower ones in 64 bits and 36 days squared overflow them
    return (value * parts).round().cast("decimal(38, 0)")


def collected(cells: ir.Table, *, top: int = 0) -> pd.DataFrame:
    """The cells as a frame, with each list `<id>__list` replaced by the shortest, the quantiles and their intervals.

    Args:
        cells: One row per cell.
        top: How many of the largest amounts are added up in `<id>__top`; 0 for none.

    Returns:
        `<id>__min`, `<id>__median`, `<id>__median_low`, `<id>__median_high` and the same for p90; NaN where a cell has
        no amounts, or too few for an interval.
    """
    result = cells.to_pyarrow()
    names = pd.Series(DIMENSIONS)
    lists = [name for name in result.column_names if name.endswith("__list")]
    frame = result.drop_columns(lists).to_pandas() if lists else result.to_pandas()
    added = {}
    for name in lists:
        for statistic, values in order_statistics(result[name], top=top).items():
            added[name.removesuffix("list") + statistic] = values
    return frame.assign(dimension=names.take(frame["dimension"]).to_numpy(), **added)


def order_statistics(lists: pa.ChunkedArray, *, top: int = 0) -> dict[str, np.ndarray]:
    """Shortest, quantiles, the bounds of their intervals and the sum of the `top` largest, for each list of a column.

    Quantiles are interpolated linearly between the two nearest order statistics (type 7 of R. Hyndman and Y. Fan,
    Sample quantiles in statistical packages, The American Statistician 50 (1996) 361-365).
    """
    chunk = lists.combine_chunks()
    values = chunk.flatten().to_numpy(zero_copy_only=False).astype(float)
    sizes = chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        values[start : start + size].sort()
    picked = _picked(values, starts, sizes)
    if top:
        until = np.concatenate([[0.0], np.cumsum(values)])
        picked["top"] = until[starts + sizes] - until[starts + sizes - np.minimum(sizes, top)]
    return picked


def _picked(values: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> dict[str, np.ndarray]:
    padded = np.append(values, np.nan)

    def at(rank: np.ndarray) -> np.ndarray:
        """The value of a rank counted from 1; NaN at rank 0."""
        return padded[np.where(rank > 0, starts + rank - 1, len(values))]

    picked = {"min": at(np.minimum(sizes, 1))}
    for name, fraction in QUANTILES.items():
        position = np.maximum(sizes - 1, 0) * fraction
        floor = np.where(sizes > 0, np.floor(position).astype(np.int64) + 1, 0)
        low, high = quantile_ranks(sizes, fraction)
        is_enough = (low > 0) & (high > 0)
        below, above = at(floor), at(np.minimum(floor + 1, sizes))
        picked[name] = below + (position - np.floor(position)) * (above - below)
        picked[f"{name}_low"], picked[f"{name}_high"] = at(low * is_enough), at(high * is_enough)
    return picked
