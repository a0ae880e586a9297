"""Metrics that no sum gives: their rows leave the engine, and each cell is computed in pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

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

Places = NDArray[np.intp]
"""Places of rows in a frame."""

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
    cases, spans = _Cases.of(rows, definition), rows[_SPAN].to_numpy(dtype=np.int64)
    cells = [
        {"slot": slot, "dimension": dimension, "member": member, "off_scale": 0, **cases.cell(places)}
        for slot, (first, after) in enumerate(timeline.spans_of_periods)
        for dimension, member, places in _groups(rows, np.flatnonzero((spans >= first) & (spans < after)), dimensions)
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


def _groups(rows: pd.DataFrame, inside: Places, dimensions: Sequence[str]) -> Iterator[tuple[str, str, Places]]:
    """Where the rows of the whole, and of each member of each dimension, are; of the rows inside a period."""
    if len(inside):
        yield "all", "all", inside
    for dimension in dimensions:
        columns = [f"{_MEMBER}{part}" for part in parts_of(dimension)]
        for members, own in sorted(rows[columns].take(inside).groupby(columns).indices.items()):
            named = members if isinstance(members, tuple) else (members,)
            yield dimension, " + ".join(str(member) for member in named), inside[own]


@dataclass(frozen=True)
class _Cases:
    """The rows of a metric as columns, so that a cell is taken from them without looking at the others.

    Attributes:
        definition: The metric.
        standings: How each row stands.
        columns: What is computed on.
        cases: Which case each row is of; None when each is one.
    """

    definition: FrameDefinition
    standings: NDArray[np.int64]
    columns: pd.DataFrame
    cases: NDArray[np.int64] | None

    @classmethod
    def of(cls, rows: pd.DataFrame, definition: FrameDefinition) -> _Cases:
        case = definition.case
        codes = None if case is None else pd.factorize(rows[case], use_na_sentinel=True)[0]
        return cls(definition, rows[_STANDING].to_numpy(dtype=np.int64), rows[list(definition.columns)], codes)

    def cell(self, places: Places) -> dict[str, float]:
        """Counts of a cell, and the readings of its decided rows."""
        own = {name: places[self.standings[places] == standing] for name, standing in COUNTED.items()}
        found: Mapping[str, Reading] = {}
        if len(own["n"]):
            found = self.definition.compute(self.columns.take(own["n"]).reset_index(drop=True))
            if set(found) != set(self.definition.statistics):
                declared = f"declared are {self.definition.statistics}"
                raise ValueError(f"{self.definition.metric.id} computes {sorted(found)}, {declared}")
        return {name: self._count(rows) for name, rows in own.items()} | _flat(found)

    def _count(self, places: Places) -> int:
        if self.cases is None:
            return len(places)
        known = self.cases[places]
        return len(np.unique(known[known >= 0]))


def _flat(found: Mapping[str, Reading]) -> dict[str, float]:
    return {
        f"{statistic}__{name}": np.nan if number is None else float(number)
        for statistic, reading in found.items()
        for name, number in asdict(reading).items()
    }
