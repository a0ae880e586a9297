"""Stocks: what was there at the end of each period, rebuilt from spans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.measurement import DIMENSIONS
from evaluation.metrics.aggregating import KEYS, amount_sums, by_dimension, collected
from evaluation.metrics.definition import StockDefinition, Summary
from evaluation.metrics.placing import Timeline
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir


def aggregate_stock(table: ir.Table, definition: StockDefinition, timeline: Timeline, cut: datetime) -> pd.DataFrame:
    """Counts, parts and ages of one stock at the end of every period, for each cell in which there is any.

    A row is in the stock when it entered before the period's end and had not left before it: what happens at the very
    end belongs to the next period. Of a period that still runs at `cut` it is the stock at `cut`, and as old as then.

    Returns:
        One row per cell with `KEYS`, `<id>__n`, `__undecided`, `__left_out`, `__unknown`, one column per part and, for
        ages, the sums and quantiles of `evaluation.metrics.aggregating`.
    """
    metric_id = definition.metric.id
    long = by_dimension(_in_stock(table, definition, timeline.periods, cut), DIMENSIONS)
    counts = ~long.is_excluded
    sums = {
        f"{metric_id}__n": counts.sum(),
        f"{metric_id}__left_out": long.is_excluded.sum(),
        f"{metric_id}__undecided": ibis.literal(0),
        f"{metric_id}__unknown": ibis.literal(0),
    }
    sums |= {f"{metric_id}__{name}": (counts & long[name].fill_null(False)).sum() for name in definition.parts}
    if definition.summary is Summary.DURATION:
        sums |= amount_sums(metric_id, long.age_seconds, counts, listed=True)
    return collected(long.group_by(KEYS).aggregate(**sums))


def _in_stock(table: ir.Table, definition: StockDefinition, periods: Sequence[Period], cut: datetime) -> ir.Table:
    """A row for each row of the table and each period at whose end it is in stock, with its age then."""
    spans = table.mutate(
        since=definition.since(table),
        left_at=definition.until(table),
        born_at=definition.age_from(table),
        is_excluded=table.exclusion.notnull(),
    )
    spans = spans.filter(spans.since.notnull())
    ends = _ends(periods, cut)
    present = spans.join(
        ends, [spans.since < ends.period_end, spans.left_at.isnull() | (spans.left_at >= ends.period_end)]
    )
    aged = present.mutate(age_seconds=present.seen_at.delta(present.born_at, unit="microsecond") / 1_000_000)
    parts = {name: condition(aged) for name, condition in definition.parts.items()}
    return aged.select("slot", *DIMENSIONS[1:], "is_excluded", "age_seconds", **parts)


def _ends(periods: Sequence[Period], cut: datetime) -> ir.Table:
    ends = [period.end for period in periods]
    frame = pd.DataFrame({"period_end": ends, "seen_at": [min(end, cut) for end in ends]})
    frame["slot"] = frame.index.astype("int16")
    table = ibis.memtable(frame)
    return table.mutate(**{name: table[name].cast("timestamp('UTC', 6)") for name in ("period_end", "seen_at")})
