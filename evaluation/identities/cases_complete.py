"""Decided + undecided + excluded = all: every row of a metric's population in the period is counted exactly once.

The rows are counted from the fact tables by one plain filter on the anchor; measuring places them in spans, spreads
them over dimensions and adds spans up to periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evaluation.identity import Identity
from evaluation.measurement import Absent
from evaluation.metrics.definition import Definition, FrameDefinition, Standing, StockDefinition
from evaluation.metrics.placing import instant
from evaluation.metrics.surveys import prepared

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.measurement import Measurements
    from evaluation.metrics.definition import AnyDefinition
    from evaluation.period import Period

ID = "cases_complete"
_UNMEASURED = {Absent.WITHHELD, Absent.NO_SOURCE, Absent.NO_EVENTS, Absent.NO_POLICY}


def cases_complete(
    measurements: Measurements, facts: Facts, definitions: Mapping[str, AnyDefinition], period: Period
) -> tuple[Identity, ...]:
    """One identity for each measured metric over rows, for the reported period and the whole service."""
    counted = _counted(measurements, period)
    measured = {name: definition for name, definition in definitions.items() if name in counted}
    rows: dict[str, int] = {}
    for table_name in facts.expressions:
        table = prepared(facts[table_name], table_name, period, facts.cut)
        own = [one for one in measured.values() if _table_of(one) == table_name]
        cases = [one for one in own if isinstance(one, Definition | FrameDefinition) and _has_one_row(one)]
        for case_id in dict.fromkeys(one.cases.id for one in cases):
            rows |= _rows(table, [one for one in cases if one.cases.id == case_id], period)
        for stock in own:
            if isinstance(stock, StockDefinition):
                rows[stock.metric.id] = _in_stock(table, stock, period)
    return tuple(_identity(name, counted[name], rows[name], period) for name in measured if name in rows)


def _counted(measurements: Measurements, period: Period) -> dict[str, tuple[int, int, int]]:
    """Decided, undecided and excluded of each metric that was measured."""
    frame = measurements.frame
    rows = frame.loc[(frame["period_id"] == period.id) & (frame["dimension"] == "all")].drop_duplicates("metric_id")
    counts = rows[["n", "undecided", "excluded"]].to_numpy(dtype="int64")
    found = {}
    for name, reason, numbers in zip(rows["metric_id"], rows["reason"], counts.tolist(), strict=True):
        if any(numbers) or reason not in _UNMEASURED:
            found[str(name)] = (numbers[0], numbers[1], numbers[2])
    return found


def _table_of(definition: AnyDefinition) -> str | None:
    if isinstance(definition, Definition | FrameDefinition):
        return definition.cases.table
    return definition.table if isinstance(definition, StockDefinition) else None


def _has_one_row(definition: Definition | FrameDefinition) -> bool:
    """Whether each row is a case; an audit has a row for each of its criteria."""
    return isinstance(definition, Definition) or definition.case is None


def _rows(table: ir.Table, definitions: Sequence[Definition | FrameDefinition], period: Period) -> dict[str, int]:
    """Rows of the population of each metric of one case set whose anchor lies in the period."""
    anchor = definitions[0].cases.anchor(table)
    inside = table.filter(anchor >= instant(period.start), anchor < instant(period.end))
    inside = inside.select(**{one.metric.id: one.standing(inside) for one in definitions})
    counts = {name: (inside[name] != Standing.NO_CASE).sum() for name in inside.columns}
    found = inside.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return {name: int(number or 0) for name, number in found.items()}


def _in_stock(table: ir.Table, stock: StockDefinition, period: Period) -> int:
    since, until = stock.since(table), stock.until(table)
    end = instant(period.end)
    return int(table.filter(since < end, until.isnull() | (until >= end)).count().execute())


def _identity(metric_id: str, counted: tuple[int, int, int], rows: int, period: Period) -> Identity:
    decided, undecided, excluded = counted
    holds = decided + undecided + excluded == rows
    detail = f"{metric_id} {period.id}: {decided} decided + {undecided} undecided + {excluded} excluded, of {rows} rows"
    return Identity(
        id=ID, subject=metric_id, holds=holds, left=float(sum(counted)), right=float(rows), checked=1,
        detail="" if holds else detail,
    )  # fmt: skip
