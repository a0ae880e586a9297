"""From rows to sums: one aggregation per case set and dimension, for all its metrics and all periods at once.

Sums are taken over whole thousandths in decimal arithmetic, which is exact, so that neither the order of rows nor the
number of threads changes a digit of the result.

Quantiles and their intervals are order statistics, whose ranks depend on n: the engine gathers each cell's amounts in a
list, and numpy sorts the lists. That is exact, the same on every engine, and twice as fast as the engine's own exact
quantiles with the intervals on top; what is in memory at once is one case set (of one dimension, when it is large).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.definition import CaseSet, Definition, Standing, Summary
from evaluation.metrics.ordering import Lists
from evaluation.metrics.placing import Timeline, span_of

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr import types as ir

KEYS = ["slot", "dimension", "member"]
"""What identifies a cell: number of the period, dimension, member."""

MILLI, MICRO = 1_000, 1_000_000
"""Amounts are summed in whole thousandths, weights in whole millionths."""

ROWS_AT_ONCE = 250_000
"""Up to so many rows all dimensions are aggregated by one query; beyond it each dimension has its own."""

_WEIGHTED = {Summary.WEIGHTED_SHARE, Summary.WEIGHTED_MEAN, Summary.NPS}


def aggregate(
    table: ir.Table, cases: CaseSet, definitions: Sequence[Definition], timeline: Timeline, *, is_large: bool
) -> pd.DataFrame:
    """Sums of every metric of one case set, for each cell in which it has rows.

    The engine sums over the spans between the bounds of all periods, so that each row is read once for each dimension
    however many periods hold it; periods, and the whole, are put together from those sums.

    Args:
        table: The fact table of the set.
        cases: The set.
        definitions: Metrics of that set.
        timeline: The periods.
        is_large: Whether the dimensions are to be taken one after another.

    Returns:
        One row per cell with `KEYS` and, for each metric, `<id>__n`, `__undecided`, `__left_out`, `__unknown` and what
        its summary needs: `__weight`, `__weight_squares`, `__sum`, `__squares`, `__min`, `__shortest` (among those
        that compete for it) and, for each quantile, its value and interval (`__median`, `__median_low`, …).
    """
    placed = _placed(table, cases, definitions, timeline)
    placed = placed.filter(placed.slot.notnull())
    members = DIMENSIONS[1:]
    if is_large:
        placed = placed.cache()
    chunks = [(dimension,) for dimension in members] if is_large else [members]
    frames = []
    for chunk in chunks:
        long = by_dimension(placed, chunk)
        sums = {name: value for definition in definitions for name, value in _sums(long, definition).items()}
        spans = long.group_by(KEYS).aggregate(**sums).to_pyarrow()
        frames.append(in_periods(spans, timeline, with_whole=members[0] in chunk))
    return pd.concat(frames, ignore_index=True)


def by_dimension(table: ir.Table, dimensions: Sequence[str]) -> ir.Table:
    """The rows once for each dimension.

    One small cross join instead of a union for each dimension: the rows are read once, and the statement stays short.

    Args:
        table: Rows with the columns of all dimensions.
        dimensions: Those wanted.

    Returns:
        The other columns with `dimension` (its place in `DIMENSIONS`) and `member` (`UNASSIGNED` for null).
    """
    wanted = [DIMENSIONS.index(dimension) for dimension in dimensions]
    each = table.cross_join(ibis.memtable(pd.DataFrame({"dimension": wanted}, dtype="int8")))
    own = [(each.dimension == DIMENSIONS.index(name), ibis.coalesce(each[name], UNASSIGNED)) for name in DIMENSIONS[1:]]
    return each.mutate(member=ibis.cases((each.dimension == 0, ibis.literal("all")), *own)).drop(*DIMENSIONS[1:])


def _placed(table: ir.Table, cases: CaseSet, definitions: Sequence[Definition], timeline: Timeline) -> ir.Table:
    """Rows with the span they lie in, their dimensions, and standing and amount for each metric."""
    columns = {"slot": span_of(cases.anchor(table), timeline)}
    for dimension in DIMENSIONS[1:]:
        columns[dimension] = cases.agent(table) if dimension == "agent" else table[dimension]
    excluded = table.exclusion.notnull()
    for definition in definitions:
        raw = definition.standing(table)
        left_out = ibis.literal(Standing.LEFT_OUT.value, "int8")
        columns[f"{definition.metric.id}__standing"] = ibis.ifelse(excluded & (raw != Standing.NO_CASE), left_out, raw)
        if definition.amount is not None:
            columns[f"{definition.metric.id}__amount"] = definition.amount(table).cast("float64")
        if definition.shortest_among is not None:
            columns[f"{definition.metric.id}__competes"] = definition.shortest_among(table).fill_null(False)
    if any(definition.summary in _WEIGHTED for definition in definitions):
        columns["weight"] = table.weight.cast("float64")
        columns["is_on_scale"] = table.is_on_scale
    return table.select(**columns)


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
    if definition.shortest_among is not None:
        sums[f"{metric_id}__shortest"] = amount.min(where=decided & long[f"{metric_id}__competes"])
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
    """
    result = cells.to_pyarrow()
    listed = {name: Lists.of(result[name]) for name in result.column_names if name.endswith("__list")}
    frame = result.drop_columns(list(listed)).to_pandas()
    return _described(frame.assign(dimension=_named(frame["dimension"])), listed, top)


def in_periods(spans: pa.Table, timeline: Timeline, *, with_whole: bool) -> pd.DataFrame:
    """Sums and lists over spans of the timeline, added up to periods.

    Args:
        spans: One row per span, dimension and member; `slot` is the number of the span.
        timeline: Which spans make a period.
        with_whole: Whether the members of the first dimension are also added up to the dimension `all`.
    """
    columns = [name for name in spans.column_names if name not in KEYS and not name.endswith("__list")]
    frame = spans.select([*KEYS, *columns]).to_pandas()
    if frame.empty:
        listed = {name: Lists.of(spans[name]) for name in spans.column_names if name.endswith("__list")}
        return _described(frame, listed, 0)
    # in an order of their own, so that sums of fractions do not depend on the engine's order of groups
    in_order = frame.sort_values(KEYS)
    groups = in_order.groupby(["dimension", "member"], sort=True).ngroup().to_numpy()
    rows, cells = _spread(in_order["slot"].to_numpy(), groups, timeline)
    if with_whole:
        first = (in_order["dimension"] == in_order["dimension"].min()).to_numpy()[rows]
        rows, cells = np.concatenate([rows, rows[first]]), np.concatenate([cells, cells[first] // _GROUPS * _GROUPS])
    by_cell = np.argsort(cells, kind="stable")
    rows, cells = rows[by_cell], cells[by_cell]
    firsts = np.flatnonzero(np.diff(cells, prepend=-1))
    sums = {name: _over_spans(name, in_order[name], rows, firsts) for name in columns}
    own = in_order.index.to_numpy()[rows]
    listed = {
        name: Lists.of(spans[name]).put_together(own, firsts) for name in spans.column_names if name.endswith("__list")
    }
    keys = in_order.loc[own[firsts], ["dimension", "member"]].reset_index(drop=True)
    is_whole = cells[firsts] % _GROUPS == 0
    keys["dimension"] = np.where(is_whole, "all", _named(keys["dimension"]))
    keys["member"] = keys["member"].where(~is_whole, "all")
    return _described(keys.assign(slot=cells[firsts] // _GROUPS, **sums), listed, 0)


def _over_spans(name: str, column: pd.Series, rows: NDArray[np.int64], firsts: NDArray[np.int64]) -> NDArray[Any]:
    """A sum of each cell, or its shortest, from those of its spans; the engine's sum of no amounts is null."""
    if name.endswith("__shortest"):
        return np.fmin.reduceat(column.to_numpy(dtype=float)[rows], firsts)
    return np.add.reduceat(column.fillna(0).to_numpy()[rows], firsts)


_GROUPS = 1 << 40
"""Room for groups in the number of a cell: period times `_GROUPS`, plus the group; group 0 is the whole."""


def _spread(
    spans: NDArray[np.int64], groups: NDArray[np.int64], timeline: Timeline
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each row once for each period that holds its span, with the number of its cell."""
    rows, cells = [], []
    for number, (first, after) in enumerate(timeline.spans_of_periods):
        inside = np.flatnonzero((spans >= first) & (spans < after))
        rows.append(inside)
        cells.append(number * _GROUPS + 1 + groups[inside])
    return np.concatenate(rows), np.concatenate(cells)


def _named(dimensions: pd.Series) -> NDArray[np.object_]:
    return np.array(DIMENSIONS, dtype=object)[dimensions.to_numpy(dtype=int)]


def _described(frame: pd.DataFrame, listed: Mapping[str, Lists], top: int) -> pd.DataFrame:
    """With the order statistics of the lists."""
    added = {}
    for name, lists in listed.items():
        for statistic, values in lists.order_statistics(top=top).items():
            added[name.removesuffix("list") + statistic] = values
    return frame.assign(**added)
