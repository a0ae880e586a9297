"""From rows to sums: one aggregation per case set and dimension, for all its metrics and all periods at once.

Sums are taken over whole thousandths in decimal arithmetic, which is exact, so that neither the order of rows nor the
number of threads changes a digit of the result. Quantiles come from sorted lists: each is sorted once, and gives the
shortest, the median, p90 and the order statistics of their intervals.
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
    from ibis.expr import types as ir

KEYS = ["slot", "dimension", "member"]
"""What identifies a cell: number of the period, dimension, member."""

MILLI, MICRO = 1_000, 1_000_000
"""Amounts are summed in whole thousandths, weights in whole millionths."""

QUANTILES = {"median": 0.5, "p90": 0.9}

ROWS_AT_ONCE = 2_000_000
"""Up to so many rows times dimensions are aggregated by one query; beyond it each dimension has its own."""

_WEIGHTED = {Summary.WEIGHTED_SHARE, Summary.WEIGHTED_MEAN, Summary.NPS}


def aggregate(
    table: ir.Table, cases: CaseSet, definitions: Sequence[Definition], periods: tuple[tuple[Period, ...], ...]
) -> pd.DataFrame:
    """Sums of every metric of one case set, for each cell in which it has rows.

    Args:
        table: The fact table of the set.
        cases: The set.
        definitions: Metrics of that set.
        periods: Rows of periods as `measured_periods` gives them; slots are numbered through.

    Returns:
        One row per cell with `KEYS` and, for each metric, `<id>__n`, `__undecided`, `__left_out`, `__unknown` and what
        its summary needs: `__weight`, `__weight_squares`, `__sum`, `__squares`, `__min` and, for each quantile, its
        value and interval (`__median`, `__median_low`, `__median_high`, …).
    """
    placed = _placed(table, cases, definitions, periods).cache()
    rows = int(placed.count().execute())
    at_once = len(DIMENSIONS) if rows * len(DIMENSIONS) <= ROWS_AT_ONCE else 1
    chunks = [DIMENSIONS[start : start + at_once] for start in range(0, len(DIMENSIONS), at_once)]
    frames = [_aggregate_dimensions(placed, definitions, chunk, len(periods)) for chunk in chunks]
    return pd.concat(frames, ignore_index=True)


def by_dimension(table: ir.Table, dimensions: Sequence[str]) -> ir.Table:
    """The rows once for each dimension, with `dimension` and `member`; null members are `UNASSIGNED`."""
    parts = []
    for dimension in dimensions:
        member = ibis.literal("all") if dimension == "all" else table[dimension].cast("string").fill_null(UNASSIGNED)
        parts.append(table.mutate(dimension=ibis.literal(dimension), member=member).drop(*DIMENSIONS[1:]))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _placed(
    table: ir.Table, cases: CaseSet, definitions: Sequence[Definition], periods: tuple[tuple[Period, ...], ...]
) -> ir.Table:
    """Rows with the slots they lie in, their dimensions, and standing and amount for each metric."""
    anchor = cases.anchor(table)
    columns: dict[str, ir.Value] = {}
    first_slot = 0
    for number, row in enumerate(periods):
        columns[f"slot_{number}"] = slot_of(anchor, row, first_slot)
        first_slot += len(row)
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
    placed = table.select(**columns)
    lies_somewhere = placed.slot_0.notnull()
    for number in range(1, len(periods)):
        lies_somewhere = lies_somewhere | placed[f"slot_{number}"].notnull()
    return placed.filter(lies_somewhere)


def _aggregate_dimensions(
    placed: ir.Table, definitions: Sequence[Definition], dimensions: Sequence[str], rows_of_periods: int
) -> pd.DataFrame:
    slots = [f"slot_{number}" for number in range(rows_of_periods)]
    stacked = [placed.filter(placed[slot].notnull()).mutate(slot=placed[slot]).drop(*slots) for slot in slots]
    long = by_dimension(ibis.union(*stacked) if len(stacked) > 1 else stacked[0], dimensions)
    sums: dict[str, ir.Value] = {}
    for definition in definitions:
        sums |= _sums(long, definition)
    cells = long.group_by(KEYS).aggregate(**sums)
    durations = [definition.metric.id for definition in definitions if definition.summary is Summary.DURATION]
    return with_quantiles(cells, durations) if durations else cells.execute()


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
    if definition.summary in _WEIGHTED:
        return sums | _weighted_sums(metric_id, long.weight, amount, decided)
    return sums | amount_sums(metric_id, amount, decided, listed=definition.summary is Summary.DURATION)


def amount_sums(metric_id: str, amount: ir.Value, decided: ir.Value, *, listed: bool) -> dict[str, ir.Value]:
    """Sum and sum of squares of the decided amounts, exact; and their sorted list when quantiles are wanted."""
    whole = _whole(amount, MILLI)
    sums = {
        f"{metric_id}__sum": whole.sum(where=decided).cast("float64") / MILLI,
        f"{metric_id}__squares": (whole * whole).sum(where=decided).cast("float64") / MILLI**2,
    }
    if listed:
        sums[f"{metric_id}__list"] = amount.collect(where=decided).sort()
    return sums


def _weighted_sums(metric_id: str, weight: ir.Value, amount: ir.Value, decided: ir.Value) -> dict[str, ir.Value]:
    w = _whole(weight, MICRO)
    a = (amount * MILLI).round().cast("decimal(7, 0)")
    return {
        f"{metric_id}__weight": w.sum(where=decided).cast("float64") / MICRO,
        f"{metric_id}__weight_squares": (w * w).sum(where=decided).cast("float64") / MICRO**2,
        f"{metric_id}__sum": (w * a).sum(where=decided).cast("float64") / (MICRO * MILLI),
        f"{metric_id}__squares": (w * a * a).sum(where=decided).cast("float64") / (MICRO * MILLI**2),
    }


def _whole(value: ir.Value, parts: int) -> ir.Value:
    return (value * parts).round().cast("decimal(15, 0)")


def with_quantiles(cells: ir.Table, durations: Sequence[str]) -> pd.DataFrame:
    """The cells with their lists replaced by the shortest, the quantiles and the quantiles' intervals.

    The ranks that are needed depend only on n, so they are worked out here and picked from the lists on the engine: what
    travels is a handful of numbers for each cell.

    Args:
        cells: Table with `KEYS`, `<id>__n` and a sorted `<id>__list` for each metric of `durations`.
        durations: Metric ids.
    """
    cells = cells.cache()
    frame = cells.drop(*(f"{metric_id}__list" for metric_id in durations)).execute()
    if frame.empty:
        return frame.assign(**{f"{metric_id}__{name}": [] for metric_id in durations for name in _quantile_columns()})
    ranks = frame[KEYS].copy()
    for metric_id in durations:
        for name, rank in _ranks(frame[f"{metric_id}__n"].to_numpy()).items():
            ranks[f"{metric_id}__{name}"] = pd.array(np.where(rank > 0, rank, 1) - 1, dtype="int64")
            ranks[f"{metric_id}__{name}__has"] = rank > 0
    joined = cells.select(*KEYS, *(f"{metric_id}__list" for metric_id in durations)).join(ibis.memtable(ranks), KEYS)
    picked = joined.select(
        *KEYS,
        **{
            f"{metric_id}__{name}": ibis.ifelse(
                joined[f"{metric_id}__{name}__has"], joined[f"{metric_id}__list"][joined[f"{metric_id}__{name}"]], None
            )
            for metric_id in durations
            for name in _ranks(np.array([1]))
        },
    ).execute()
    merged = frame.merge(picked, on=KEYS, validate="one_to_one")
    for metric_id in durations:
        merged = _interpolated(merged, metric_id)
    return merged


def _quantile_columns() -> list[str]:
    return ["min", *(f"{name}{side}" for name in QUANTILES for side in ("", "_low", "_high"))]


def _ranks(n: np.ndarray) -> dict[str, np.ndarray]:
    """Ranks (from 1; 0 = none) of every order statistic that is wanted from samples of size n."""
    wanted = {"min": np.minimum(n, 1)}
    for name, fraction in QUANTILES.items():
        position = np.maximum(n - 1, 0) * fraction
        wanted[f"{name}_low"], wanted[f"{name}_high"] = quantile_ranks(n, fraction)
        wanted[f"{name}_floor"] = np.where(n > 0, np.floor(position) + 1, 0).astype(int)
        wanted[f"{name}_ceiling"] = np.where(n > 0, np.ceil(position) + 1, 0).astype(int)
    return wanted


def _interpolated(frame: pd.DataFrame, metric_id: str) -> pd.DataFrame:
    """Quantiles by linear interpolation between the two nearest order statistics (type 7 of Hyndman and Fan 1996)."""
    n = frame[f"{metric_id}__n"].to_numpy(dtype=float)
    for name, fraction in QUANTILES.items():
        position = np.maximum(n - 1, 0) * fraction
        floor = frame.pop(f"{metric_id}__{name}_floor").astype(float)
        ceiling = frame.pop(f"{metric_id}__{name}_ceiling").astype(float)
        frame[f"{metric_id}__{name}"] = floor + (position - np.floor(position)) * (ceiling - floor)
    return frame
