"""Stocks: what was there at the end of each period, rebuilt from spans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.counting import Job, counted
from evaluation.metrics.definition import Standing, StockDefinition, Summary
from evaluation.metrics.placing import Spread, Timeline, instant
from evaluation.metrics.streaming import rows_of
from evaluation.metrics.summing import axes_of, parts_of
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir


def aggregate_stock(
    table: ir.Table,
    definition: StockDefinition,
    timeline: Timeline,
    cut: datetime,
    *,
    dimensions: Sequence[str] = DIMENSIONS[1:],
) -> pd.DataFrame:
    """Counts, parts and ages of one stock at the end of every period, for each cell in which there is any.

    A row is in the stock when it entered before the period's end and had not left before it: what happens at the very
    end belongs to the next period. Of a period that still runs at `cut` it is the stock at `cut`, and as old as then.

    Returns:
        One row per cell with `slot`, `dimension`, `member`, `n`, `undecided`, `left_out`, `unknown`, `off_scale`, one
        column per part and, for ages, sums and quantiles.
    """
    single = list(dict.fromkeys(part for name in dimensions for part in parts_of(name)))
    present = _in_stock(table, definition, timeline.periods, cut)
    read = rows_of(_numbered(present, definition, single), coded=single)
    axes = axes_of(read, {name: parts_of(name) for name in dimensions})
    ages = definition.summary is Summary.DURATION
    jobs = [Job("slot", "outcome", axes, amount="age_seconds" if ages else None, is_ordered=ages)]
    jobs += [Job("slot", f"part {number}", axes) for number in range(len(definition.parts))]
    whole, *parts = counted(read, jobs, Spread.of_slots(len(timeline.periods)))
    keys = ["slot", "dimension", "member"]
    for name, cells in zip(definition.parts, parts, strict=True):
        whole = whole.merge(cells[[*keys, "n"]].rename(columns={"n": name}), on=keys, how="left")
    return whole.fillna(dict.fromkeys(definition.parts, 0))


def _in_stock(table: ir.Table, definition: StockDefinition, periods: Sequence[Period], cut: datetime) -> ir.Table:
    """A row for each row of the table and each period at whose end it is in stock, with its age then."""
    spans = _stays(table, definition, periods).mutate(
        since=definition.since, left_at=definition.until, born_at=definition.age_from
    )
    spans = spans.filter(_is_there(spans.since, spans.left_at, periods))
    ends = _ends(periods, cut)
    present = spans.join(
        ends, [spans.since < ends.period_end, spans.left_at.isnull() | (spans.left_at >= ends.period_end)]
    )
    return present.mutate(age_seconds=present.seen_at.delta(present.born_at, unit="microsecond") / 1_000_000)


def _stays(table: ir.Table, definition: StockDefinition, periods: Sequence[Period]) -> ir.Table:
    """The rows that can matter: those of whoever is in stock at the end of any period.

    Few stays reach over the end of a period, and what is looked at beside them, to know their age, is dear.
    """
    if definition.age_among is None:
        return table
    there = table.filter(_is_there(definition.since(table), definition.until(table), periods))
    return table.semi_join(there.select(definition.age_among).distinct(), definition.age_among)


def _is_there(since: ir.Value, left_at: ir.Value, periods: Sequence[Period]) -> ir.BooleanValue:
    """Whether a stay reaches over the end of any period; null since is no stay."""
    ends = sorted({period.end for period in periods})
    entered = ibis.cases(*((since < instant(end), number) for number, end in enumerate(ends)), else_=len(ends))
    left = ibis.cases(*((left_at < instant(end), number) for number, end in enumerate(ends)), else_=len(ends))
    return since.notnull() & (entered < left)


def _numbered(present: ir.Table, definition: StockDefinition, dimensions: Sequence[str]) -> ir.Table:
    """What is counted of each row in stock."""
    counts = present.exclusion.isnull()
    no_case, decided, left_out = (
        ibis.literal(standing.value, "int8") for standing in (Standing.NO_CASE, Standing.DECIDED, Standing.LEFT_OUT)
    )
    columns = {name: ibis.coalesce(present[name], UNASSIGNED) for name in dimensions}
    columns |= {"slot": present.slot, "outcome": ibis.ifelse(counts, decided, left_out)}
    for number, condition in enumerate(definition.parts.values()):
        is_part = counts & condition(present).fill_null(False)
        columns[f"part {number}"] = ibis.ifelse(is_part, decided, no_case)
    if definition.summary is Summary.DURATION:
        columns["age_seconds"] = present.age_seconds.cast("float64")
    return present.select(**columns)


def _ends(periods: Sequence[Period], cut: datetime) -> ir.Table:
    ends = [period.end for period in periods]
    frame = pd.DataFrame({"period_end": ends, "seen_at": [min(end, cut) for end in ends]})
    frame["slot"] = frame.index.astype("int16")
    table = ibis.memtable(frame)
    return table.mutate(**{name: table[name].cast("timestamp('UTC', 6)") for name in ("period_end", "seen_at")})
