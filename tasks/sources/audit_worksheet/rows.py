"""The rows of one sheet of a filled worksheet, compared with what was drawn, and what each cell says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from evaluation.audit_worksheet import cell_text
from evaluation.errors import SourceError

if TYPE_CHECKING:
    from evaluation.audit_worksheet import MarkedCriterion, WorksheetCase, WorksheetPage, WorksheetRecord

_AGAIN = "draw the same worksheet again (its last visible sheet says how) and copy the marks into it"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRow:
    """One row, read.

    Attributes:
        number: As the spreadsheet numbers it.
        case: The case that was drawn for it.
        marks: One for each criterion: a number, the words for "not applicable", or None where nothing stands.
        auditor: Who audited.
        audited_at: The instant at which the day of the audit began, or the moment that was given, ISO in UTC.
        root_cause: Cause of a fault.
        comment: Words.
        as_filled: All that was filled in, as text by header.
        faults: What cannot be, cell by cell.
    """

    number: int
    case: WorksheetCase
    marks: tuple[float | str | None, ...]
    auditor: str | None
    audited_at: str | None
    root_cause: str | None
    comment: str | None
    as_filled: Mapping[str, str]
    faults: tuple[SourceError, ...]

    @property
    def is_begun(self) -> bool:
        """Whether anything was filled in."""
        return bool(self.as_filled)

    @property
    def is_finished(self) -> bool:
        """Whether every criterion, the auditor and the day are there."""
        return None not in (*self.marks, self.auditor, self.audited_at)

    @property
    def content(self) -> tuple[object, ...]:
        """What copies of one worksheet must agree in."""
        return (self.marks, self.auditor, self.audited_at, self.root_cause, self.comment)


@dataclass(slots=True)
class _Sheet:
    """A sheet with its place in messages and the column of each header."""

    page: WorksheetPage
    record: WorksheetRecord
    name: str
    rows: Sequence[Sequence[Any]]
    places: dict[str, int] = field(default_factory=dict)

    def where(self, row: int, header: str | None = None) -> str:
        column = f", column {header!r}" if header is not None else ""
        return f"{self.name}, sheet {self.page.name}, row {row}{column}"

    def cell(self, row: Sequence[Any], header: str) -> Any:
        place = self.places[header]
        value = row[place] if place < len(row) else ""
        return value.strip() if isinstance(value, str) else value


def filled_rows(
    page: WorksheetPage, record: WorksheetRecord, sheets: Mapping[str, Sequence[Sequence[Any]]], name: str
) -> Iterator[FilledRow]:
    """The rows of a sheet, each with its faults.

    Args:
        page: The sheet as it was written.
        record: What the worksheet says of itself.
        sheets: Cells by sheet, as the reader of workbooks hands them over.
        name: Name of the file, for messages.

    Raises:
        SourceError: The sheet, a header or a case that was drawn is gone; a case was changed, added or repeated.
    """
    if page.name not in sheets:
        raise SourceError(
            f"the sheet {page.name!r} is gone", where=name,
            remedy="give it its name back, or take the worksheet as it was written and copy the marks into it",
        )  # fmt: skip
    sheet = _Sheet(page, record, name, sheets[page.name])
    _find_headers(sheet)
    drawn = {cell_text(case.id): case for case in record.cases if case.page == page.name}
    met: dict[str, int] = {}
    for number, row in enumerate(sheet.rows[page.header_row :], start=page.header_row + 1):
        if not any(_text(value) for value in row):
            continue
        yield _read(sheet, number, row, _case(sheet, number, row, drawn, met))
    missing = [case for shown, case in drawn.items() if shown not in met]
    if missing:
        raise SourceError(
            f"{missing[0].id} was drawn and has no row any more"
            + (f" (nor have {len(missing) - 1} others)" if len(missing) > 1 else ""),
            where=f"{name}, sheet {page.name}", remedy=f"nobody chooses what is audited: {_AGAIN}",
        )  # fmt: skip


def _find_headers(sheet: _Sheet) -> None:
    page = sheet.page
    headers = sheet.rows[page.header_row - 1] if len(sheet.rows) >= page.header_row else []
    found = [_text(value) for value in headers]
    for header in (*_READ.intersection(page.columns), *(criterion.label for criterion in page.criteria)):
        label = page.columns.get(header, header)
        if found.count(label) != 1:
            what = "is gone" if label not in found else "stands there twice"
            raise SourceError(
                f"the header {label!r} {what}", where=sheet.where(page.header_row), remedy=f"put it back, or {_AGAIN}"
            )
        sheet.places[label] = found.index(label)


_READ = frozenset({"case", "agent", "auditor", "audited_at", "root_cause", "comment"})


def _case(
    sheet: _Sheet, number: int, row: Sequence[Any], drawn: Mapping[str, WorksheetCase], met: dict[str, int]
) -> WorksheetCase:
    """The case of a row, when the row still is what was written."""
    header = sheet.page.columns["case"]
    shown = cell_text(_text(sheet.cell(row, header)))
    if shown not in drawn:
        found = f"{shown!r} was not drawn" if shown else "the row does not say which case it is about"
        raise SourceError(found, where=sheet.where(number, header), remedy=f"nobody chooses what is audited: {_AGAIN}")
    if shown in met:
        raise SourceError(
            f"{shown!r} stands in row {met[shown]} already", where=sheet.where(number, header),
            remedy="remove the row that was added, or give back the id that was changed",
        )  # fmt: skip
    met[shown] = number
    case, header = drawn[shown], sheet.page.columns["agent"]
    agent = cell_text(_text(sheet.cell(row, header)))
    if agent != cell_text(case.agent or ""):
        raise SourceError(
            f"{shown} was drawn for {case.agent!r}, and the row says {agent!r}", where=sheet.where(number, header),
            remedy="write the agent as it was; who is credited with a case is told by the help desk",
        )  # fmt: skip
    return case


def _read(sheet: _Sheet, number: int, row: Sequence[Any], case: WorksheetCase) -> FilledRow:
    page, faults = sheet.page, list[SourceError]()
    filled = {
        header: _text(sheet.cell(row, header))
        for header in sheet.places
        if header not in (page.columns["case"], page.columns["agent"]) and _text(sheet.cell(row, header))
    }
    marks = tuple(_mark(sheet, number, row, criterion, faults) for criterion in page.criteria)
    audited_at = _audited_at(sheet, number, row, case, faults)
    auditor = filled.get(page.columns["auditor"])
    if None not in marks:
        _refuse_unsigned(sheet, number, filled, faults)
    return FilledRow(
        number=number, case=case, marks=marks, auditor=auditor, audited_at=audited_at,
        root_cause=_root_cause(sheet, number, filled, faults), comment=filled.get(page.columns["comment"]),
        as_filled=filled, faults=tuple(faults),
    )  # fmt: skip


def _mark(
    sheet: _Sheet, number: int, row: Sequence[Any], criterion: MarkedCriterion, faults: list[SourceError]
) -> float | str | None:
    """The mark of a cell; what is none is told and counts as nothing."""
    value, words = sheet.cell(row, criterion.label), sheet.page.not_applicable
    text = _text(value)
    if not text:
        return None
    if criterion.may_not_apply and text.casefold() == words.casefold():
        return words
    mark = _number(value)
    if mark is not None and criterion.lowest <= mark <= criterion.highest and (not criterion.is_whole or mark % 1 == 0):
        return mark
    whole = "a whole number" if criterion.is_whole else "a number"
    allowed = f"{whole} from {criterion.lowest:g} to {criterion.highest:g}"
    faults.append(
        SourceError(
            f"{text!r} is no mark for {criterion.label!r}",
            where=sheet.where(number, criterion.label),
            remedy=f"write {allowed}" + (f", or {words!r}" if criterion.may_not_apply else ""),
        )  # fmt: skip
    )
    return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value.replace(",", ".") if isinstance(value, str) else value)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _audited_at(
    sheet: _Sheet, number: int, row: Sequence[Any], case: WorksheetCase, faults: list[SourceError]
) -> str | None:
    """When the audit was done, in UTC; a day is its first instant in the organisation's zone."""
    header = sheet.page.columns["audited_at"]
    value = sheet.cell(row, header)
    if not _text(value):
        return None
    moment = _moment(value)
    if moment is None:
        fault, remedy = f"{_text(value)!r} is no day", "write the day of the audit as 2026-10-05"
    elif moment.date() < case.happened_on:
        fault = f"{case.id} was audited on {moment.date()}, before it was done on {case.happened_on}"
        remedy = "correct the day of the audit"
    else:
        return moment.replace(tzinfo=ZoneInfo(sheet.record.zone)).astimezone(UTC).isoformat()
    faults.append(SourceError(fault, where=sheet.where(number, header), remedy=remedy))
    return None


def _moment(value: Any) -> datetime | None:
    """The local moment of a cell: a date, a date with a time, or either written out."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo is None else None
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


def _refuse_unsigned(sheet: _Sheet, number: int, filled: Mapping[str, str], faults: list[SourceError]) -> None:
    """All is marked, but nobody says who did it, or when: it would count, and could not be asked about."""
    for name, lacking in (("auditor", "an auditor"), ("audited_at", "the day of the audit")):
        header = sheet.page.columns[name]
        if header not in filled:
            faults.append(
                SourceError(
                    f"every criterion is marked, and {lacking} is missing",
                    where=sheet.where(number, header),
                    remedy="fill in the cell, or empty one of the marks when the audit is not finished",
                )  # fmt: skip
            )


def _root_cause(sheet: _Sheet, number: int, filled: Mapping[str, str], faults: list[SourceError]) -> str | None:
    page = sheet.page
    header = page.columns.get("root_cause")
    cause = filled.get(header) if header is not None else None
    if cause is not None and page.root_causes and cause not in page.root_causes:
        faults.append(
            SourceError(
                f"{cause!r} is none of the scorecard's root causes",
                where=sheet.where(number, header),
                remedy=f"choose one of: {', '.join(page.root_causes)}; or describe it in the comment",
            )  # fmt: skip
        )
    return cause


def _text(value: Any) -> str:
    """A cell as a person reads it; nothing for an empty one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else str(value)
