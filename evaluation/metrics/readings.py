"""Metrics that no sum gives: their rows leave the engine, and each cell is computed in pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.definition import FrameDefinition, Reading, Standing
from evaluation.metrics.placing import Timeline, span_of
from evaluation.metrics.summing import parts_of

if TYPE_CHECKING:
    from ibis.expr import types as ir

COUNTED = {
    "n": Standing.DECIDED,
    "undecided": Standing.UNDECIDED,
    "left_out": Standing.LEFT_OUT,
    "unknown": Standing.UNKNOWN,
}
"""Which standing each count of a cell counts."""

_MEMBER, _SPAN, _STANDING = "member of ", "span of the timeline", "standing of the row"


def readings(
    table: ir.Table,
    definition: FrameDefinition,
    timeline: Timeline,
    *,
    dimensions: Sequence[str] = DIMENSIONS[1:],
) -> pd.DataFrame:
    """Counts and readings of one metric, for each cell in which it has cases.

    Args:
        table: The fact table.
        definition: The metric.
        timeline: The periods.
        dimensions: Dimensions beside the whole; `first+second` is a pair of them.

    Returns:
        One row per cell with `slot`, `dimension`, `member`, `n`, `undecided`, `left_out`, `unknown`, `off_scale` (zero)
        and `<statistic>__<field of Reading>` for each statistic; NaN where a statistic is undefined.

    Raises:
        ValueError: The metric computes other statistics than it declares.
    """
    rows = _rows(table, definition, timeline)
    cells = [
        {"slot": slot, "dimension": dimension, "member": member, "off_scale": 0, **_cell(inside, definition)}
        for slot, (first, after) in enumerate(timeline.spans_of_periods)
        for dimension, member, inside in _groups(rows[rows[_SPAN].between(first, after - 1)], dimensions)
    ]
    fields = [f"{statistic}__{name}" for statistic in definition.statistics for name in Reading.__slots__]
    frame = pd.DataFrame(cells, columns=["slot", "dimension", "member", *COUNTED, "off_scale", *fields])
    return frame.astype({"slot": "int64", **dict.fromkeys(COUNTED, "int64"), **dict.fromkeys(fields, "float64")})


def _rows(table: ir.Table, definition: FrameDefinition, timeline: Timeline) -> pd.DataFrame:
    """The cases of the metric with their span, members and what is computed on."""
    cases = definition.cases
    raw = definition.standing(table)
    left_out = ibis.literal(Standing.LEFT_OUT.value, "int8")
    members = {name: cases.agent(table) if name == "agent" else table[name] for name in DIMENSIONS[1:]}
    placed = table.select(
        **{name: column(table) for name, column in definition.columns.items()},
        **{f"{_MEMBER}{name}": ibis.coalesce(member, UNASSIGNED) for name, member in members.items()},
        **{_SPAN: span_of(cases.anchor(table), timeline)},
        **{_STANDING: ibis.ifelse(table.exclusion.notnull() & (raw != Standing.NO_CASE), left_out, raw)},
    )
    return placed.filter(placed[_SPAN].notnull(), placed[_STANDING] != Standing.NO_CASE).execute()


def _groups(rows: pd.DataFrame, dimensions: Sequence[str]) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The rows of the whole and of each member of each dimension."""
    if len(rows):
        yield "all", "all", rows
    for dimension in dimensions:
        columns = [f"{_MEMBER}{part}" for part in parts_of(dimension)]
        for members, inside in rows.groupby(columns, sort=True):
            yield dimension, " + ".join(str(member) for member in members), inside


def _cell(rows: pd.DataFrame, definition: FrameDefinition) -> dict[str, float]:
    """Counts of a cell, and the readings of its decided rows."""
    counts = {name: _cases(rows[rows[_STANDING] == standing], definition.case) for name, standing in COUNTED.items()}
    decided = rows.loc[rows[_STANDING] == Standing.DECIDED, list(definition.columns)].reset_index(drop=True)
    found = definition.compute(decided) if len(decided) else {}
    if len(decided) and set(found) != set(definition.statistics):
        raise ValueError(f"{definition.metric.id} computes {sorted(found)}, declared are {definition.statistics}")
    return counts | _flat(found)


def _cases(rows: pd.DataFrame, case: str | None) -> int:
    return len(rows) if case is None else int(rows[case].nunique())


def _flat(found: Mapping[str, Reading]) -> dict[str, float]:
    return {
        f"{statistic}__{name}": np.nan if number is None else float(number)
        for statistic, reading in found.items()
        for name, number in asdict(reading).items()
    }
