"""The worksheet of a drawn sample: a workbook in which auditors mark cases, made to be read back without a doubt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evaluation.audit_worksheet import (
    AUDIT_KINDS,
    RECORD_SHEET,
    WorksheetCase,
    WorksheetPage,
    WorksheetRecord,
    cases_of,
    cell_text,
    marked_criteria,
    scorecard_for,
    version_of,
)
from evaluation.errors import ConfigError, RenderError
from reports.formats import period as period_name
from reports.language import pN_
from reports.names import dimension_name
from reports.worksheet_draw import write_draw
from reports.worksheet_guide import write_guide
from reports.worksheet_marks import HEADER_ROW, write_marks

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from evaluation.audit_sampling import AuditSample
    from evaluation.scorecard import ScorecardConfig
    from evaluation.settings import Settings
    from reports.language import Language

_PAGES = {"tickets": pN_("worksheet", "Correspondence"), "calls": pN_("worksheet", "Calls")}
_COLUMNS = {
    "case": {"tickets": pN_("worksheet", "Ticket"), "calls": pN_("worksheet", "Call")},
    "description": {"tickets": pN_("worksheet", "Subject"), "calls": pN_("worksheet", "Recording")},
}
_SHARED_COLUMNS = {
    "number": pN_("worksheet", "No."),
    "date": pN_("worksheet", "Date"),
    "auditor": pN_("worksheet", "Auditor"),
    "audited_at": pN_("worksheet", "Audited on"),
    "root_cause": pN_("worksheet", "Root cause"),
    "comment": pN_("worksheet", "Comment"),
}


def worksheet(
    sample: AuditSample,
    settings: Settings,
    language: Language,
    *,
    auditor: int = 1,
    descriptions: Mapping[tuple[str, str], str] | None = None,
) -> bytes:
    """The workbook in which one auditor marks the cases of a sample; the same input gives the same bytes.

    Args:
        sample: What was drawn.
        settings: The scorecards, of which those in force at the cut apply.
        language: The language of everything that is not the organisation's own words.
        auditor: 1 for the first auditor, who marks all cases; 2 for the second, who marks those drawn for two.
        descriptions: Subject of a ticket or recording of a call by kind and id.

    Raises:
        ConfigError: No scorecard is in force for a kind of case, or it has more criteria than a sheet can hold.
        RenderError: A text does not fit into a cell.
    """
    from xlsxwriter import Workbook

    record = record_of(sample, settings, language, auditor)
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as book:
        _describe(book, sample, language)
        write_guide(book, record, language)
        for kind, page in zip(_kinds(sample, auditor), record.pages, strict=True):
            card = scorecard_for(settings, page.kind, _day_of(sample))
            write_marks(book, page, card, sample, cases_of(sample, auditor, kind), descriptions or {}, language)
        write_draw(book, sample, record, language)
        _write_record(book, record)
        book.worksheets()[1].activate()
    return content.getvalue()


def record_of(sample: AuditSample, settings: Settings, language: Language, auditor: int) -> WorksheetRecord:
    """What the worksheet says of itself.

    Raises:
        ConfigError: No scorecard is in force for a kind of case.
    """
    zone = ZoneInfo(sample.period.zone)
    pages, cases = [], []
    for kind in _kinds(sample, auditor):
        card = scorecard_for(settings, AUDIT_KINDS[kind], _day_of(sample))
        page = _page(kind, card, language)
        pages.append(page)
        cases += [
            WorksheetCase(
                page=page.name, id=case.id, happened_on=case.at.astimezone(zone).date(), agent=case.agent,
                team=case.team, branch=case.branch,
            )
            for case in cases_of(sample, auditor, kind)
        ]  # fmt: skip
    return WorksheetRecord(
        draw=sample.draw_id, digest=sample.digest, period=sample.period.id, zone=sample.period.zone, auditor=auditor,
        pages=tuple(pages), cases=tuple(cases),
    )  # fmt: skip


def _kinds(sample: AuditSample, auditor: int) -> tuple[str, ...]:
    return tuple(kind for kind in sample.kinds if cases_of(sample, auditor, kind))


def _day_of(sample: AuditSample) -> date:
    return sample.cut.astimezone(ZoneInfo(sample.period.zone)).date()


def _page(kind: str, card: ScorecardConfig, language: Language) -> WorksheetPage:
    criteria = marked_criteria(card, language.code)
    if len(criteria) > _MOST_CRITERIA:
        raise ConfigError(
            f"scorecard {card.id!r} has {len(criteria)} criteria, a worksheet holds {_MOST_CRITERIA}",
            where="scorecards", remedy="divide it into several scorecards",
        )  # fmt: skip
    taken = {criterion.label for criterion in criteria}
    columns = {}
    for name in _COLUMN_ORDER:
        if name == "root_cause" and not card.root_causes:
            continue
        label = _header(name, kind, language)
        while label in taken:
            label += "*"
        columns[name] = label
    return WorksheetPage(
        name=language.pgettext("worksheet", _PAGES[kind]), kind=AUDIT_KINDS[kind], scorecard=card.id,
        version=version_of(card), header_row=HEADER_ROW, columns=columns, criteria=criteria,
        not_applicable=language.pgettext("mark", "not applicable"),
        root_causes=tuple(dict.fromkeys(cell_text(cause) for cause in card.root_causes)),
    )  # fmt: skip


def _header(column: str, kind: str, language: Language) -> str:
    if column in _DIMENSIONS:
        return dimension_name(column, language)
    words = _COLUMNS[column][kind] if column in _COLUMNS else _SHARED_COLUMNS[column]
    return language.pgettext("worksheet", words)


_DIMENSIONS = ("agent", "team", "channel", "topic")
_COLUMN_ORDER = ("number", "case", "date", "agent", "team", "channel", "topic", "description", "auditor", "audited_at",
                 "root_cause", "comment")  # fmt: skip
_MOST_CRITERIA = 200


def _describe(book: Workbook, sample: AuditSample, language: Language) -> None:
    """Properties; `created` is the as-of moment, so that two workbooks of one draw are equal byte by byte."""
    title = language.gettext("Audits of {period}", period=period_name(sample.period.id, language))
    book.set_properties(
        {"title": f"{cell_text(sample.organisation)}: {title}", "created": sample.cut.replace(tzinfo=None)}
    )


def _write_record(book: Workbook, record: WorksheetRecord) -> None:
    sheet = book.add_worksheet(RECORD_SHEET)
    for row, line in enumerate(record.lines()):
        if sheet.write_string(row, 0, line) != 0:
            raise RenderError(
                "the worksheet's own record does not fit into a cell", where=f"sheet {RECORD_SHEET!r}, row {row + 1}",
                remedy="give the scorecard fewer criteria, or shorter names",
            )  # fmt: skip
    sheet.protect()
    sheet.hide()
