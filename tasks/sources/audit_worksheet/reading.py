"""Reading filled worksheets: each says which cases it holds; each row is finished, not finished or not begun."""

from __future__ import annotations

import glob
import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import SourceError
from tasks.sources.audit_worksheet.config import COLUMNS, STATE, AuditWorksheetConfig
from tasks.sources.base import ROW, Part

if TYPE_CHECKING:
    import pyarrow as pa

    from evaluation.audit_worksheet import WorksheetPage, WorksheetRecord
    from tasks.sources.audit_worksheet.rows import FilledRow

AS_FILLED = "as_filled"
"""Column of an unfinished row that keeps what was filled in, as JSON."""


def read_worksheets(config: AuditWorksheetConfig, root: Path) -> Iterator[Part]:
    """Open the worksheets one after the other; each sheet of cases is a part.

    A part has one record for each criterion of a finished row, and one for each other row.

    Raises:
        SourceError: A file is no worksheet of this project, its cases are not those that were drawn, or a cell holds
            what cannot be: names file, sheet, row, column and value.
    """
    from tasks.sources.audit_worksheet.copies import Copies

    copies = Copies()
    for path in _files(config, root):
        name = Path(os.path.relpath(path, root)).as_posix()
        yield from _parts(path, name, config, copies)


def _files(config: AuditWorksheetConfig, root: Path) -> list[Path]:
    """Worksheets that the patterns find, each once; what office programs leave beside an open file is none."""
    found: dict[Path, None] = {}
    for pattern in config.files:
        matches = [Path(match) for match in sorted(glob.glob(str(root / pattern), recursive=True))]
        found.update((path, None) for path in matches if path.is_file() and not path.name.startswith(("~$", ".~lock")))
    return list(found)


def _parts(path: Path, name: str, config: AuditWorksheetConfig, copies: Any) -> Iterator[Part]:
    from tasks.sources.audit_worksheet.rows import filled_rows

    packed, sheets, record = _open(path, name, config)
    digest = hashlib.sha256(packed).hexdigest()
    pages = [(page, list(filled_rows(page, record, sheets, name))) for page in record.pages]
    faults = [fault for _, rows in pages for row in rows for fault in row.faults]
    if faults:
        raise _with_count(faults)
    for page, rows in pages:
        states = [copies.note(row, record, page, name) for row in rows]
        yield Part(
            name=f"{name}, sheet {page.name}", size=len(packed), sha256=digest, place="row", headers=_HEADERS,
            found={"format": "audit worksheet", "draw": record.draw, "auditor": str(record.auditor)},
            batches=(_batch(page, record, rows, states) for _ in range(1)),
        )  # fmt: skip


def _open(
    path: Path, name: str, config: AuditWorksheetConfig
) -> tuple[bytes, dict[str, list[list[Any]]], WorksheetRecord]:
    """The bytes of a workbook, its sheets and what it says of itself."""
    from python_calamine import CalamineError, CalamineWorkbook

    from evaluation.audit_worksheet import RECORD_SHEET, WorksheetRecord
    from tasks.sources.workbooks import not_a_workbook, refuse_bomb

    try:
        packed = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{name} cannot be read: {error.strerror}", where=name, remedy="check its rights and the disk"
        ) from error
    refuse_bomb(packed, name, config.limits.bytes)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(packed))
        sheets = {one: book.get_sheet_by_name(one).to_python(skip_empty_area=False) for one in book.sheet_names}
    except (CalamineError, ValueError, OSError) as error:
        raise not_a_workbook(name, error) from error
    if RECORD_SHEET not in sheets:
        raise SourceError(
            f"{name} is no audit worksheet: it has no sheet {RECORD_SHEET!r}", where=name,
            remedy="name only files that `service-review sample` wrote, saved as XLSX with all their sheets",
        )  # fmt: skip
    try:
        record = WorksheetRecord.from_lines([str(row[0]) for row in sheets[RECORD_SHEET] if row and row[0] != ""])
    except ValueError as error:
        raise SourceError(
            f"what the worksheet says of itself cannot be relied upon: {error}",
            where=f"{name}, sheet {RECORD_SHEET!r}",
            remedy="draw the same worksheet again (its last visible sheet says how) and copy the marks into it",
        ) from error  # fmt: skip
    return packed, sheets, record


def _with_count(faults: Sequence[SourceError]) -> SourceError:
    """The first fault, and how many more there are."""
    first, more = faults[0], len(faults) - 1
    found = f"{first.found} (and {more} more in this worksheet)" if more else first.found
    return SourceError(found, where=first.where, remedy=first.remedy)


_HEADERS = (*STATE, *COLUMNS, AS_FILLED)


def _batch(
    page: WorksheetPage, record: WorksheetRecord, rows: Sequence[FilledRow], are_copies: Sequence[bool]
) -> pa.RecordBatch:
    import pyarrow as pa

    places, records = [], []
    for row, is_copy in zip(rows, are_copies, strict=True):
        for one in _records(page, record, row, is_copy):
            places.append(row.number)
            records.append(one)
    columns = [pa.array([one.get(name) for one in records], pa.string()) for name in _HEADERS]
    return pa.record_batch([pa.array(places, pa.int64()), *columns], names=[ROW, *_HEADERS])


def _records(
    page: WorksheetPage, record: WorksheetRecord, row: FilledRow, is_copy: bool
) -> Iterator[dict[str, str | None]]:
    state = {"is_begun": _word(row.is_begun), "is_finished": _word(row.is_finished), "is_copy": _word(is_copy)}
    if not row.is_finished:
        yield {**state, "audit_id": _audit_id(record, row), AS_FILLED: json.dumps(row.as_filled, ensure_ascii=False)}
        return
    shared = {
        "audit_id": _audit_id(record, row), "kind": page.kind, "scorecard_id": page.scorecard,
        "scorecard_version": page.version, "audited_at": row.audited_at,
        "ticket_id" if page.kind == "correspondence" else "call_id": row.case.id, "agent_id": row.case.agent,
        "team_id": row.case.team, "branch_id": row.case.branch, "auditor_id": row.auditor,
        "is_calibration": str(record.auditor == 2).lower(), "is_blind": str(record.auditor == 2).lower(),
        "root_cause": row.root_cause, "comment": row.comment,
    }  # fmt: skip
    for criterion, mark in zip(page.criteria, row.marks, strict=True):
        applies = isinstance(mark, float)
        own = {"criterion_id": criterion.id, "is_not_applicable": str(not applies).lower()}
        yield {**state, **shared, **own, "mark": f"{mark:.15g}" if applies else None}


def _audit_id(record: WorksheetRecord, row: FilledRow) -> str:
    return f"{record.draw}-{record.auditor}-{row.case.id}"


def _word(holds: bool) -> str:
    return "yes" if holds else "no"
