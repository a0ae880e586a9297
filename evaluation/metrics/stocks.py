"""Stocks: what was there at the end of each period, rebuilt from spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import numpy as np

from evaluation.measurement import DIMENSIONS
from evaluation.metrics.cells import Cells, Members, cells_of, joined
from evaluation.metrics.counting import Job, Sums, counted
from evaluation.metrics.definition import Expression, Standing, StockDefinition, Summary, alike
from evaluation.metrics.placing import Spread, Timeline, bounds_passed
from evaluation.metrics.streaming import ROWS_IN_BLOCK, Block, Rows, microseconds, rows_of
from evaluation.metrics.summing import Axis, axes_of, parts_of

if TYPE_CHECKING:
    from ibis.expr import types as ir


def together(definitions: Sequence[StockDefinition]) -> list[list[StockDefinition]]:
    """The stocks in groups that look at the same rows, each as long: such as how many are overdue and for how long."""
    return alike(definitions, lambda one: (one.table, one.since, one.until, one.age_from, one.age_among, one.unknown))


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
    parts = {name: condition for one in definitions for name, condition in one.parts.items()}
    ends = sorted({period.end for period in timeline.periods})
    query = _asked(table, definitions[0], parts, single, ends)
    stays = rows_of(
        query,
        instants=["since", "until", "born"],
        coded=single,
        identities=["whose"] if definitions[0].age_among else [],
    )
    present = _at_each_end({name: stays.column(name) for name in query.columns}, ends, cut)
    rows = Rows(_in_blocks(present), stays.members)
    axes = axes_of(rows, {name: parts_of(name) for name in dimensions})
    places = [ends.index(period.end) for period in timeline.periods]
    spread = Spread(len(ends), tuple((place, place + 1) for place in places))
    aged = Job("end", "outcome", axes, amount="age_seconds", is_ordered=True, metric_id=definitions[0].metric.id)
    return [
        counted(rows, [aged], spread, members)[0]
        if one.summary is Summary.DURATION
        else cells_of(axes, joined([_sizes(present, one, axis, spread) for axis in axes]), members)
        for one in definitions
    ]


def _asked(
    table: ir.Table,
    definition: StockDefinition,
    parts: Mapping[str, Expression],
    dimensions: Sequence[str],
    ends: Sequence[datetime],
) -> ir.Table:
    """What is asked of each row that is in stock at any end, and of the others whose ages are one with its own."""
    since, until = definition.since(table), definition.until(table)
    # who never entered is not there at any end either, but that is told sooner
    rows = table.filter(since.notnull(), bounds_passed(since, ends) < bounds_passed(until, ends))
    whose = {}
    if definition.age_among is not None:
        rows = table.semi_join(rows.select(definition.age_among).distinct(), definition.age_among)
        whose["whose"] = rows[definition.age_among]
    is_unknown = ibis.literal(False) if definition.unknown is None else definition.unknown(rows)
    return rows.select(
        *dimensions,
        **whose,
        since=definition.since(rows),
        until=definition.until(rows),
        born=definition.age_from(rows),
        outcome=ibis.cases(
            (rows.exclusion.notnull(), ibis.literal(Standing.LEFT_OUT.value, "int8")),
            (is_unknown, ibis.literal(Standing.UNKNOWN.value, "int8")),
            else_=ibis.literal(Standing.DECIDED.value, "int8"),
        ),
        **{name: condition(rows).fill_null(False) for name, condition in parts.items()},
    )


def _at_each_end(stays: Block, ends: Sequence[datetime], cut: datetime) -> Block:
    """A row for each row and each end at which it is in stock, with the number of the `end` and its age then."""
    born = stays["born"]
    if "whose" in stays:
        oldest = np.full(int(stays["whose"].max(initial=-1)) + 1, np.iinfo(np.int64).max)
        np.minimum.at(oldest, stays["whose"], born)
        born = oldest[stays["whose"]]
    first, after = (np.searchsorted(microseconds(ends), stays[name], side="right") for name in ("since", "until"))
    times = np.maximum(after - first, 0)
    row = np.repeat(np.arange(len(times)), times)
    end = np.arange(len(row)) - (np.cumsum(times) - times - first)[row]
    seen = microseconds([min(each, cut) for each in ends])
    return {name: column[row] for name, column in stays.items()} | {
        "end": end,
        "age_seconds": (seen[end] - born[row]) / 1_000_000,
    }


def _in_blocks(rows: Block) -> list[Block]:
    """The same rows in blocks of the size in which rows leave the engine."""
    starts = range(0, len(rows["end"]), ROWS_IN_BLOCK)
    return [{name: column[start : start + ROWS_IN_BLOCK] for name, column in rows.items()} for start in starts]


def _sizes(present: Block, definition: StockDefinition, axis: Axis, spread: Spread) -> Sums:
    """How large a stock is on one axis, and each of its parts: arrays of members by slots."""
    outcome, age = present["outcome"], present["age_seconds"]
    counts = outcome == Standing.DECIDED
    sets = {"n": counts, "left_out": outcome == Standing.LEFT_OUT, "unknown": outcome == Standing.UNKNOWN}
    sets |= {name: counts & (age > above) & (age <= up_to) for name, (above, up_to) in definition.ages.items()}
    sets |= {name: counts & (present[name] > 0) for name in definition.parts}
    shape = (len(axis.members), spread.spans + 1)
    cells = axis.cells(present, "end", spread.spans)
    numbers = {name: np.bincount(cells[own], minlength=shape[0] * shape[1]) for name, own in sets.items()}
    columns = {name: spread.added(own.reshape(shape)[:, :-1]) for name, own in numbers.items()}
    return columns | dict.fromkeys(("undecided", "off_scale"), 0 * columns["n"])
