"""Metrics that no sum gives: their rows leave the engine, and the cells are computed on arrays, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.cells import Cells, Members, joined
from evaluation.metrics.definition import FrameDefinition, Reading, Standing, alike
from evaluation.metrics.placing import Timeline, within
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

Places = NDArray[np.integer]
"""Places of rows in a frame, or numbers of cells."""

_MEMBER, _SPAN, _STANDING = "member of ", "span of the timeline", "standing towards "


def readings(
    tables: Mapping[str, ir.Table],
    definitions: Sequence[FrameDefinition],
    timeline: Timeline,
    members: Members,
    *,
    dimensions: Sequence[str] = DIMENSIONS[1:],
) -> dict[str, Cells]:
    """Counts and readings of metrics, for each cell in which they have cases.

    Args:
        tables: The fact tables.
        definitions: The metrics; those that read the same columns of the same cases are read at once.
        timeline: The periods.
        members: Numbers of members; those that are met get theirs.
        dimensions: Dimensions beside the whole; `first+second` is a pair of them.

    Returns:
        By metric id cells with `n`, `undecided`, `left_out`, `unknown`, `off_scale` (zero) and `<statistic>__<field of
        Reading>` for each statistic; NaN where a statistic is undefined.

    Raises:
        ValueError: A metric computes other statistics than it declares.
    """
    found = {}
    for group in alike(definitions, lambda one: (one.cases, *one.columns.items())):
        rows = _rows(tables[group[0].cases.table], group, timeline)
        for definition in group:
            own = rows[rows[_STANDING + definition.metric.id] != Standing.NO_CASE]
            found[definition.metric.id] = _reading(own, definition, timeline, members, dimensions)
    return found


def _reading(
    rows: pd.DataFrame, definition: FrameDefinition, timeline: Timeline, members: Members, dimensions: Sequence[str]
) -> Cells:
    """Counts and readings of one metric."""
    keys, places, cells = _placed(rows, timeline, members, dimensions)
    number = len(keys["slot"])
    standings = rows[_STANDING + definition.metric.id].to_numpy()[places]
    counts = {
        name: _count(rows, places[standings == own], cells[standings == own], definition.case, number)
        for name, own in COUNTED.items()
    }
    decided = standings == Standing.DECIDED
    found = _computed(rows[list(definition.columns)].take(places[decided]), cells[decided], definition, number)
    return keys | counts | {"off_scale": np.zeros_like(keys["slot"])} | found


def _rows(table: ir.Table, definitions: Sequence[FrameDefinition], timeline: Timeline) -> pd.DataFrame:
    """The rows with their span, members, what is computed on and how they stand; texts as categories in order."""
    cases = definitions[0].cases
    left_out = ibis.literal(Standing.LEFT_OUT.value, "int8")
    members = {name: cases.agent(table) if name == "agent" else table[name] for name in DIMENSIONS[1:]}
    raw = {_STANDING + definition.metric.id: definition.standing(table) for definition in definitions}
    anchor = cases.anchor(table)
    placed = table.filter(within(anchor, timeline)).select(
        **{name: column(table) for name, column in definitions[0].columns.items()},
        **{f"{_MEMBER}{name}": ibis.coalesce(member, UNASSIGNED) for name, member in members.items()},
        **{_SPAN: anchor},
        **{
            name: ibis.ifelse(table.exclusion.notnull() & (own != Standing.NO_CASE), left_out, own)
            for name, own in raw.items()
        },
    )
    rows = placed.to_pyarrow().to_pandas()
    rows[_SPAN] = pd.DatetimeIndex(timeline.bounds).searchsorted(rows[_SPAN], side="right") - 1
    return rows.astype({name: "category" for name, column in placed.schema().items() if column.is_string()})


def _placed(
    rows: pd.DataFrame, timeline: Timeline, members: Members, dimensions: Sequence[str]
) -> tuple[Cells, Places, Places]:
    """The keys of the cells; and every row once for each cell that it lies in, with the cell's number."""
    spans = rows[_SPAN].to_numpy(dtype=np.int64)
    slots = [layer[spans] for layer in timeline.spread.layers]
    keys: list[Cells] = []
    places, cells, known = [], [], 0
    for dimension in ("all", *dimensions):
        codes, names = _members(rows, dimension)
        numbers = members.numbers((dimension, name) for name in names)
        for slot in slots:
            inside = np.flatnonzero(slot >= 0)
            found, own = np.unique(slot[inside] * len(names) + codes[inside], return_inverse=True)
            several = max(len(names), 1)
            keys.append({"slot": found // several, "member": numbers[found % several]})
            places.append(inside)
            cells.append(own + known)
            known += len(found)
    return joined(keys), np.concatenate(places), np.concatenate(cells)


def _members(rows: pd.DataFrame, dimension: str) -> tuple[Places, NDArray[Any]]:
    """The member of each row as a code, and what the codes stand for."""
    if dimension == "all":
        return np.zeros(len(rows), dtype=np.int64), np.array(["all"], dtype=object)
    parts = [rows[f"{_MEMBER}{part}"].cat for part in parts_of(dimension)]
    codes, members = parts[0].codes.to_numpy(dtype=np.int64), parts[0].categories.to_numpy(dtype=object)
    for part in parts[1:]:
        codes = codes * len(part.categories) + part.codes.to_numpy(dtype=np.int64)
        members = np.array([f"{one} + {other}" for one in members for other in part.categories], dtype=object)
    return codes, members


def _count(rows: pd.DataFrame, places: Places, cells: Places, case: str | None, number: int) -> Places:
    """How many rows each cell has, or how many different cases; rows whose case is not known are of none."""
    if case is not None:
        codes = rows[case].cat.codes.to_numpy(dtype=np.int64)[places]
        cells = np.unique(np.column_stack([cells, codes])[codes >= 0], axis=0)[:, 0]
    return np.bincount(cells, minlength=number)


def _computed(rows: pd.DataFrame, cells: Places, definition: FrameDefinition, number: int) -> Cells:
    """The readings of so many cells; NaN for those without decided rows."""
    with_rows, own = np.unique(cells, return_inverse=True)
    found = definition.compute(rows, own) if len(rows) else {}
    if len(rows) and set(found) != set(definition.statistics):
        declared = f"declared are {definition.statistics}"
        raise ValueError(f"{definition.metric.id} computes {sorted(found)}, {declared}")
    fields = [(name, field) for name in definition.statistics for field in Reading.__slots__]
    columns = {f"{name}__{field}": np.full(number, np.nan) for name, field in fields}
    for name, field in fields:
        given = getattr(found.get(name), field, None)
        if given is not None:
            columns[f"{name}__{field}"][with_rows] = given
    return columns
