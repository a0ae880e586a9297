"""XLSX workbooks: one sheet, every cell as text, the row as the spreadsheet numbers it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from evaluation.errors import SourceError
from tasks.sources.base import CELLS, EXTRA, ROW
from tasks.sources.file.config import FileSourceConfig
from tasks.sources.file.opening import Member
from tasks.sources.headers import stored_names
from tasks.sources.workbooks import not_a_workbook, refuse_bomb

BATCH = 65_536


def read_spreadsheet(
    member: Member, config: FileSourceConfig
) -> tuple[str, tuple[str, ...], tuple[str, ...], Iterator[pa.RecordBatch]]:
    """Sheet name, headers, notes and batches of a workbook's sheet.

    Raises:
        SourceError: It is no workbook, it is locked or too large, or the sheet is not in it.
    """
    with member.open() as content:
        packed = content.read()
    refuse_bomb(packed, member.name, config.limits.bytes)
    sheet, rows, notes = _sheet(packed, member, config.sheet)
    position = _header_position(rows, config.header_row, member, sheet)
    headers = _trimmed(rows[position])
    if position and any(_cell(value) for row in rows[:position] for value in row):
        notes += ("rows above the header",)
    return sheet, headers, notes, _batches(rows, position + 1, stored_names(headers))


def _sheet(packed: bytes, member: Member, wanted: str | None) -> tuple[str, list[list[Any]], tuple[str, ...]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(packed))
        names = workbook.sheet_names
        name = _choose(names, wanted, member)
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise not_a_workbook(member.name, error) from error
    others = [other for other in names if other != name]
    return name, rows, (f"other sheets: {', '.join(others)}",) if others else ()


def _choose(names: list[str], wanted: str | None, member: Member) -> str:
    if wanted in names:
        return wanted  # type: ignore[return-value]
    if wanted is None and len(names) == 1:
        return names[0]
    found = f"there is no sheet {wanted!r}" if wanted is not None else f"the workbook has {len(names)} sheets"
    raise SourceError(found, where=member.name, remedy=f"set `sheet` to one of: {', '.join(names)}")


def _header_position(rows: list[list[Any]], wanted: int | None, member: Member, sheet: str) -> int:
    filled = [index for index, row in enumerate(rows) if any(_cell(value) for value in row)]
    if wanted is not None and wanted - 1 in filled:
        return wanted - 1
    if wanted is None and filled:
        return filled[0]
    found = f"sheet {sheet!r} is empty" if wanted is None else f"row {wanted} is blank, it cannot be the header"
    raise SourceError(found, where=member.name, remedy="correct `sheet` or `header_row`, or export the file again")


def _trimmed(row: list[Any]) -> tuple[str, ...]:
    headers = [_cell(value) or "" for value in row]
    while headers and not headers[-1].strip():
        headers.pop()
    return tuple(headers)


def _batches(rows: list[list[Any]], first: int, names: list[str]) -> Iterator[pa.RecordBatch]:
    for start in range(first, max(len(rows), first + 1), BATCH):
        yield _batch(rows[start : start + BATCH], start, names)


def _batch(rows: list[list[Any]], before: int, names: list[str]) -> pa.RecordBatch:
    width = len(names)
    columns: list[list[str]] = [[_cell(row[index]) for row in rows] for index in range(width)]
    beyond = [[_cell(value) for value in row[width:]] for row in rows]
    extra = [json.dumps(cells, ensure_ascii=False) if any(cells) else None for cells in beyond]
    counts = [width if note is None else width + len(cells) for note, cells in zip(extra, beyond, strict=True)]
    return pa.record_batch(
        [
            pa.array(np.arange(before + 1, before + 1 + len(rows)), pa.int64()),
            pa.array(counts, pa.int32()),
            pa.array(extra, pa.string()),
            *[pa.array(column, pa.string()) for column in columns],
        ],
        names=[ROW, CELLS, EXTRA, *names],
    )


def _cell(value: Any) -> str:
    """A cell as text: whole numbers without a point, stamps as ISO, spans as h:m:s."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}:{seconds % 60:09.6f}".removesuffix(".000000")
    return str(value)
