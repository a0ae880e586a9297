"""Opening hours are part of all hours: no duration is longer in opening hours than round the clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evaluation.identity import Identity

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts

ID = "clocks_in_order"
OPEN, ALL = "_business_seconds", "_calendar_seconds"
SLACK = 0.001
"""Seconds by which rounding may make the shorter of two equal durations look longer."""


def clocks_in_order(facts: Facts) -> tuple[Identity, ...]:
    """One identity for each fact table with durations on both clocks: every row, every such duration."""
    return tuple(identity for name in facts.expressions for identity in _of_table(name, facts[name]))


def _of_table(name: str, table: ir.Table) -> Iterator[Identity]:
    columns = [column.removesuffix(OPEN) for column in table.columns if column.endswith(OPEN)]
    durations = [column for column in columns if f"{column}{ALL}" in table.columns]
    if not durations:
        return
    counts = {"rows": table.count()} | {column: _is_wrong(table, column).sum() for column in durations}
    found = table.aggregate(**counts).to_pyarrow().to_pylist()[0]
    wrong = next((column for column in durations if found[column]), None)
    checked = int(found["rows"]) * len(durations)
    if wrong is None:
        yield Identity(id=ID, subject=name, holds=True, left=0.0, right=0.0, checked=checked)
        return
    row = table.filter(_is_wrong(table, wrong)).limit(1).to_pyarrow().to_pylist()[0]
    key = next((column for column in row if column.endswith("_id")), "")
    left, right = float(row[f"{wrong}{OPEN}"]), float(row[f"{wrong}{ALL}"])
    detail = (
        f"{wrong} of {row.get(key)} in {name}: {left:.10g} s in opening hours, {right:.10g} s round the clock "
        f"({found[wrong]} such rows)"
    )
    yield Identity(id=ID, subject=name, holds=False, left=left, right=right, checked=checked, detail=detail)


def _is_wrong(table: ir.Table, column: str) -> ir.BooleanValue:
    return (table[f"{column}{OPEN}"] > table[f"{column}{ALL}"] + SLACK).fill_null(False)
