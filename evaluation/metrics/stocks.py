"""Stocks: what was there at the end of each period, rebuilt from spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.cells import Cells, Members, looked_up
from evaluation.metrics.counting import Job, counted
from evaluation.metrics.definition import Expression, Standing, StockDefinition, Summary
from evaluation.metrics.placing import Spread, Timeline, instant
from evaluation.metrics.streaming import rows_of
from evaluation.metrics.summing import axes_of, parts_of
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir


def together(definitions: Sequence[StockDefinition]) -> list[list[StockDefinition]]:
    """The stocks in groups that look at the same rows, each as long: such as how many are overdue and for how long."""
    groups: dict[tuple[object, ...], list[StockDefinition]] = {}
    for one in definitions:
        groups.setdefault((one.table, one.since, one.until, one.age_from, one.age_among), []).append(one)
    return list(groups.values())


def aggregate_stocks(
    table: ir.Table,
    definitions: Sequence[StockDefinition],
    timeline: Timeline,
    cut: datetime,
    members: Members,
    *,
    dimensions: Sequence[str] = DIMENSIONS[1:],
) -> list[Cells]:
    """Counts, parts and ages of stocks at the end of every period, for each cell in which there is any.

    A row is in the stock when it entered before the period's end and had not left before it: what happens at the very
    end belongs to the next period. Of a period that still runs at `cut` it is the stock at `cut`, and as old as then.

    Args:
        table: The fact table.
        definitions: Stocks of the same rows: a group of `together`.
        timeline: The periods.
        cut: The as-of moment.
        members: Numbers of members; those that are met get theirs.
        dimensions: Dimensions beside the whole; `first+second` is a pair of them.

    Returns:
        For each stock cells with `n`, `undecided`, `left_out`, `unknown`, `off_scale`, one column per part and, for
        ages, sums and quantiles.
    """
    single = list(dict.fromkeys(part for name in dimensions for part in parts_of(name)))
    conditions = {name: condition for one in definitions for name, condition in one.parts.items()}
    ages = any(one.summary is Summary.DURATION for one in definitions)
    present = _in_stock(table, definitions[0], timeline.periods, cut)
    read = rows_of(_numbered(present, conditions, single, ages=ages), coded=single)
    axes = axes_of(read, {name: parts_of(name) for name in dimensions})
    aged = [one.summary is Summary.DURATION for one in definitions]
    jobs = [Job("slot", "outcome", axes, amount="age_seconds" if own else None, is_ordered=own) for own in aged]
    jobs += [Job("slot", f"part {number}", axes) for number in range(len(conditions))]
    counts = counted(read, jobs, Spread.of_slots(len(timeline.periods)), members)
    parts = dict(zip(conditions, counts[len(definitions) :], strict=True))
    return [_with_parts(cells, {name: parts[name] for name in one.parts})
            for one, cells in zip(definitions, counts, strict=False)]  # fmt: skip


def _with_parts(whole: Cells, parts: Mapping[str, Cells]) -> Cells:
    return whole | {name: looked_up(cells, "n", whole) for name, cells in parts.items()}


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
    left = ibis.ifelse(left_at.isnull(), ibis.literal(len(ends), "int16"), _passed(left_at, ends))
    return since.notnull() & (_passed(since, ends) < left)


def _passed(at: ir.Value, ends: Sequence[datetime], before: int = 0) -> ir.Value:
    """How many of the ends an instant has passed, found by halving: fewer comparisons than one for each."""
    if not ends:
        return ibis.literal(before, "int16")
    half = len(ends) // 2
    earlier, later = _passed(at, ends[:half], before), _passed(at, ends[half + 1 :], before + half + 1)
    return ibis.ifelse(at < instant(ends[half]), earlier, later)


def _numbered(present: ir.Table, parts: Mapping[str, Expression], dimensions: Sequence[str], *, ages: bool) -> ir.Table:
    """What is counted of each row in stock."""
    counts = present.exclusion.isnull()
    no_case, decided, left_out = (
        ibis.literal(standing.value, "int8") for standing in (Standing.NO_CASE, Standing.DECIDED, Standing.LEFT_OUT)
    )
    columns = {name: ibis.coalesce(present[name], UNASSIGNED) for name in dimensions}
    columns |= {"slot": present.slot, "outcome": ibis.ifelse(counts, decided, left_out)}
    for number, condition in enumerate(parts.values()):
        is_part = counts & condition(present).fill_null(False)
        columns[f"part {number}"] = ibis.ifelse(is_part, decided, no_case)
    if ages:
        columns["age_seconds"] = present.age_seconds.cast("float64")
    return present.select(**columns)


def _ends(periods: Sequence[Period], cut: datetime) -> ir.Table:
    ends = [period.end for period in periods]
    frame = pd.DataFrame({"period_end": ends, "seen_at": [min(end, cut) for end in ends]})
    frame["slot"] = frame.index.astype("int16")
    table = ibis.memtable(frame)
    return table.mutate(**{name: table[name].cast("timestamp('UTC', 6)") for name in ("period_end", "seen_at")})
