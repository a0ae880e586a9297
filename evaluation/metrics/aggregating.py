"""From rows to sums: one query for each fact table, then one pass over its rows for all metrics and dimensions.

The engine evaluates the definitions; numpy adds up. Counts and sums are made span by span and put together to periods,
so that each row is read once however many periods hold it; order statistics are of the rows of the whole period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import ibis
import numpy as np
from ibis.expr import operations as ops

from evaluation.measurement import DIMENSIONS
from evaluation.metrics.cells import Cells, Members
from evaluation.metrics.counting import OFF_SCALE, SUCCESS, Job, counted
from evaluation.metrics.definition import Definition, Expression, Standing, Summary
from evaluation.metrics.naming import MANY_ROWS
from evaluation.metrics.placing import Timeline, within
from evaluation.metrics.streaming import Block, Rows, rows_of
from evaluation.metrics.summing import axes_of, parts_of

if TYPE_CHECKING:
    from ibis.expr import types as ir

BYTES_AT_ONCE = 1_800_000_000
"""So much memory may the rows of one query take; beyond it the metrics of a table are taken in several queries."""

WEIGHTED = {Summary.WEIGHTED_SHARE, Summary.WEIGHTED_MEAN, Summary.NPS}
"""Summaries in which a case may stand for several: their fact table has `weight`."""


ORDERED = {Summary.DURATION, Summary.QUANTILE}
"""Summaries with quantiles."""


def aggregate(
    table: ir.Table,
    definitions: Sequence[Definition],
    timeline: Timeline,
    members: Members,
    *,
    dimensions: Sequence[str] = DIMENSIONS[1:],
    rows: int = 0,
) -> list[Cells]:
    """Sums of metrics of one fact table, for each cell in which they have cases.

    Args:
        table: The fact table.
        definitions: Metrics on it, of any case sets.
        timeline: The periods.
        members: Numbers of members; those that are met get theirs.
        dimensions: Dimensions beside the whole; `first+second` is a pair of them.
        rows: How many rows the table has, which decides how many metrics are taken at once, and how names are read.

    Returns:
        For each metric cells with `n`, `undecided`, `left_out`, `unknown`, `off_scale` and what its summary needs:
        `weight`, `weight_squares`, `sum`, `squares`, `min`, `shortest` (among those that compete for it) and each
        quantile with its interval (`median`, `median_low`, …).
    """
    found: list[Cells] = []
    for group in _groups(definitions, rows):
        plan = _Plan(table, group, tuple(dimensions))
        read = rows_of(
            plan.query(timeline),
            bounds=timeline.bounds,
            stamps=plan.stamps,
            coded=[*plan.names],
            named=plan.stored_names() if rows >= MANY_ROWS else None,
            then=plan.decided,
        )
        found += counted(read, plan.jobs(read), timeline.spread, members)
    return found


def _groups(definitions: Sequence[Definition], rows: int) -> Iterator[Sequence[Definition]]:
    """The metrics in runs whose rows fit into memory together."""
    group: list[Definition] = []
    used = 0
    for definition in definitions:
        own = rows * (1 if definition.amount is None or definition.summary is Summary.SHARE else 12)
        if group and used + own > BYTES_AT_ONCE:
            yield group
            group, used = [], 0
        group.append(definition)
        used += own + (rows * 16 if len(group) == 1 else 0)
    if group:
        yield group


class _Plan:
    """What one query asks for the metrics of a fact table, and where in its rows each of them is."""

    def __init__(self, table: ir.Table, definitions: Sequence[Definition], dimensions: tuple[str, ...]) -> None:
        self.table, self.definitions, self.dimensions = table, definitions, dimensions
        self.anchors = list(dict.fromkeys(definition.cases.anchor for definition in definitions))
        self.stamps = [f"span {number}" for number in range(len(self.anchors))]
        self.agents = list(dict.fromkeys(definition.cases.agent for definition in definitions))
        single = dict.fromkeys(part for name in dimensions for part in parts_of(name))
        credited = {f"agent {number}": agent(table) for number, agent in enumerate(self.agents)}
        self.names: dict[str, ir.Value] = {name: table[name] for name in single if name != "agent"}
        self.names |= credited if "agent" in single else {}

    def query(self, timeline: Timeline) -> ir.Table:
        """The rows that lie in any span, with what each metric says of them."""
        columns = {f"span {number}": anchor(self.table) for number, anchor in enumerate(self.anchors)}
        columns |= self.names | {_IS_EXCLUDED: self.table.exclusion.notnull()}
        for number, definition in enumerate(self.definitions):
            columns[f"outcome {number}"] = _told(self.table, definition)
            if _is_added(definition) and definition.amount is not None:
                columns[f"amount {number}"] = as_number(definition.amount(self.table))
        if any(definition.summary in WEIGHTED for definition in self.definitions):
            columns["weight"] = self.table.weight.cast("float64")
        placed = self.table.select(**columns)
        return placed.filter(ibis.or_(*(within(placed[name], timeline) for name in self.stamps)))

    def stored_names(self) -> ir.Table:
        """The names that are stored: what is worked out for each row has no dictionary."""
        stored = {name: own for name, own in self.names.items() if isinstance(own.op(), ops.Field)}
        return self.table.select(**stored)

    def decided(self, block: Block) -> None:
        """Make outcomes of what was told of each row."""
        excluded = np.flatnonzero(block.pop(_IS_EXCLUDED))
        for number in range(len(self.definitions)):
            told = block[f"outcome {number}"]
            block[f"outcome {number}"] = found = OUTCOMES.take(told)
            found[excluded] = OUTCOMES.take(told[excluded] + _EXCLUDED)

    def jobs(self, rows: Rows) -> list[Job]:
        """Where in the rows each metric is."""
        return [self._job(number, rows) for number in range(len(self.definitions))]

    def _job(self, number: int, rows: Rows) -> Job:
        definition = self.definitions[number]
        agent = f"agent {self.agents.index(definition.cases.agent)}"
        columns = {
            name: tuple(agent if part == "agent" else part for part in parts_of(name)) for name in self.dimensions
        }
        return Job(
            span=f"span {self.anchors.index(definition.cases.anchor)}",
            outcome=f"outcome {number}",
            amount=f"amount {number}" if _is_added(definition) else None,
            weight="weight" if definition.summary in WEIGHTED else None,
            is_ordered=definition.summary in ORDERED,
            has_shortest=definition.shortest_among is not None,
            is_share=definition.summary is Summary.SHARE,
            axes=axes_of(rows, columns),
            metric_id=definition.metric.id,
        )


def outcome(table: ir.Table, definition: Definition) -> ir.Value:
    """How each row stands towards a metric, with `OFF_SCALE` and `SUCCESS` told apart; excluded rows are left out."""
    raw = definition.standing(table)
    left_out = ibis.literal(Standing.LEFT_OUT.value, "int8")
    standing = ibis.ifelse(table.exclusion.notnull() & (raw != Standing.NO_CASE), left_out, raw)
    if definition.survey_kind:
        off = (standing == Standing.LEFT_OUT) & ~definition.is_on_scale(table)
        standing = ibis.ifelse(off, ibis.literal(OFF_SCALE, "int8"), standing)
    succeeds = _succeeds(definition)
    if succeeds is None:
        return standing.cast("int8")
    success = (standing == Standing.DECIDED) & succeeds(table).fill_null(False)
    return ibis.ifelse(success, ibis.literal(SUCCESS, "int8"), standing).cast("int8")


def _succeeds(definition: Definition) -> Expression | None:
    """Which decided cases are successes, or compete for the shortest; None when it does not matter."""
    if definition.summary is Summary.SHARE and definition.amount is not None:
        amount = definition.amount
        return lambda rows: amount(rows) if amount(rows).type().is_boolean() else amount(rows) > 0
    return definition.shortest_among


_EXCLUDED, _SUCCEEDS, _OFF_SCALE = 8, 16, 32
"""Added to a standing, so that the engine evaluates it once and `OUTCOMES` says what follows."""

_IS_EXCLUDED = "is excluded"
"""The column that says which rows are."""


def _told(table: ir.Table, definition: Definition) -> ir.Value:
    """What `outcome` rests on beside the exclusion, as one small number."""
    told = definition.standing(table)
    succeeds = _succeeds(definition)
    if succeeds is not None:
        told += _if(succeeds(table).fill_null(False), _SUCCEEDS)
    if definition.survey_kind:
        told += _if(~definition.is_on_scale(table), _OFF_SCALE)
    return told.cast("int8")


def _if(condition: ir.Value, number: int) -> ir.Value:
    # PostgreSQL makes whole numbers of conditions, but no small ones
    return condition.cast("int32") * ibis.literal(number, "int32")


def _outcome_of(told: int) -> int:
    """The `outcome` of what was told."""
    standing = Standing(min(told % _EXCLUDED, Standing.UNKNOWN))
    if told & _EXCLUDED and standing is not Standing.NO_CASE:
        standing = Standing.LEFT_OUT
    if told & _OFF_SCALE and standing is Standing.LEFT_OUT:
        return OFF_SCALE
    return SUCCESS if told & _SUCCEEDS and standing is Standing.DECIDED else standing


OUTCOMES = np.array([_outcome_of(told) for told in range(2 * _OFF_SCALE)], dtype=np.uint8)
"""The outcome of each number that the engine tells."""


def as_number(amount: ir.Value) -> ir.Value:
    """An amount as a fraction; true is one."""
    if amount.type().is_boolean():
        amount = amount.ifelse(1, 0)
    return amount.cast("float64")


def _is_added(definition: Definition) -> bool:
    return definition.amount is not None and definition.summary is not Summary.SHARE
