"""The sheet of a worksheet in which cases are marked: one row for each case, one column for each criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from evaluation.audit_worksheet import cell_text
from evaluation.errors import RenderError
from reports.formats import number
from reports.formats import period as period_name
from reports.names import member_name
from reports.untrusted import mask

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from evaluation.audit_population import Case
    from evaluation.audit_sampling import AuditSample
    from evaluation.audit_worksheet import MarkedCriterion, WorksheetPage
    from evaluation.scorecard import Criterion, ScorecardConfig
    from reports.language import Language

HEADER_ROW = 3
"""Row of the headers, counted from 1."""

INK, PAPER, LINE, FIELD, MISSING = "#1F2A37", "#EEF1F5", "#C5CCD6", "#FFFFFF", "#FFF1C2"
_FILLED = ("auditor", "audited_at", "root_cause", "comment")
_MAY_BE_HIDDEN = ("agent", "team", "topic")
_WIDTHS = {"number": 5, "date": 11, "auditor": 16, "audited_at": 12, "root_cause": 24, "comment": 44}
_NARROWEST, _WIDEST, _MARK_WIDTH = 8, 34, 13
_LONGEST_SUBJECT = 120
_LONGEST_TITLE = 32
"""Characters that a message box of a spreadsheet holds in its title."""


def write_marks(
    book: Workbook, page: WorksheetPage, card: ScorecardConfig, sample: AuditSample, cases: Sequence[Case],
    descriptions: Mapping[tuple[str, str], str], language: Language,
) -> None:  # fmt: skip
    """Add the sheet of one scorecard.

    Args:
        book: The workbook.
        page: What is on the sheet.
        card: Its scorecard.
        sample: The draw, for the heading.
        cases: Its rows, in order.
        descriptions: Subjects and recordings by kind and id.
        language: The language of headings, notes and messages.
    """
    sheet = book.add_worksheet(page.name)
    rows = [_texts(case, place, sample, descriptions, language) for place, case in enumerate(cases, start=1)]
    page_columns = _columns(page, has_description=any(row["description"] for row in rows))
    first, last = HEADER_ROW, HEADER_ROW + len(rows) - 1
    _heading(book, sheet, page, sample, language)
    _headers(book, sheet, page, card, page_columns, language)
    _rows(book, sheet, rows, page_columns)
    for place, name in enumerate(page_columns):
        is_empty = name in _MAY_BE_HIDDEN and not any(row[name] for row in rows)
        sheet.set_column(place, place, _width(name, page, rows), None, {"hidden": is_empty})
    _validations(book, sheet, page, page_columns, sample, (first, last), language)
    _missing(book, sheet, page, page_columns, (first, last))
    _set_up(sheet, page_columns, (first, last), sample, page)


def _columns(page: WorksheetPage, *, has_description: bool) -> list[str]:
    """What each column holds, in order; criteria by their place, `0`, `1`, …."""
    before = [name for name in page.columns if name not in _FILLED and (name != "description" or has_description)]
    after = [name for name in page.columns if name in _FILLED]
    return [*before, *map(str, range(len(page.criteria))), *after]


def _texts(
    case: Case, place: int, sample: AuditSample, descriptions: Mapping[tuple[str, str], str], language: Language
) -> dict[str, Any]:
    return {
        "number": place, "case": cell_text(case.id),
        "date": case.at.astimezone(ZoneInfo(sample.period.zone)).date(), "agent": cell_text(case.agent or ""),
        "team": cell_text(case.team or ""), "topic": cell_text(case.topic or ""),
        "channel": member_name("channel", case.channel, language) if case.channel else "",
        "description": _description(case, descriptions),
    }  # fmt: skip


def _description(case: Case, descriptions: Mapping[tuple[str, str], str]) -> str:
    text = cell_text(descriptions.get((case.kind, case.id), ""))
    if case.kind != "tickets":
        return text
    masked = mask(text)
    return masked if len(masked) <= _LONGEST_SUBJECT else f"{masked[: _LONGEST_SUBJECT - 1].rstrip()}…"


def _heading(book: Workbook, sheet: Worksheet, page: WorksheetPage, sample: AuditSample, language: Language) -> None:
    title = language.gettext(
        "{what}, {period}: scorecard {scorecard}, version {version}", what=page.name,
        period=period_name(sample.period.id, language), scorecard=cell_text(page.scorecard), version=page.version,
    )  # fmt: skip
    told = language.gettext("Rows that are begun and not finished are yellow. Point at a header to read its question.")
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14, "font_color": INK}))
    sheet.write_string(1, 0, told, book.add_format({"font_color": INK}))


def _headers(
    book: Workbook, sheet: Worksheet, page: WorksheetPage, card: ScorecardConfig, columns: list[str], language: Language
) -> None:
    look = {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": INK, "font_color": "#FFFFFF",
            "border": 1, "border_color": LINE}  # fmt: skip
    plain, centred = book.add_format(look), book.add_format({**look, "align": "center"})
    sheet.set_row(HEADER_ROW - 1, 48)
    sheet.set_comments_author("")
    for place, name in enumerate(columns):
        if not name.isdigit():
            sheet.write_string(HEADER_ROW - 1, place, page.columns[name], plain)
            continue
        marked, criterion = page.criteria[int(name)], card.criteria[int(name)]
        sheet.write_string(HEADER_ROW - 1, place, marked.label, centred)
        note = "\n".join(_note(marked, criterion, page, language))
        sheet.write_comment(HEADER_ROW - 1, place, note, {"x_scale": 2, "y_scale": 1.6, "font_size": 10})


def _note(marked: MarkedCriterion, criterion: Criterion, page: WorksheetPage, language: Language) -> list[str]:
    """What an auditor must know of a criterion: its question, its marks, what it counts."""
    question = criterion.asks(language.code)
    lowest, highest = _number(marked.lowest, language), _number(marked.highest, language)
    lines = [cell_text(question)] if question else []
    lines.append(language.gettext("Marks from {lowest} to {highest}.", lowest=lowest, highest=highest))
    if marked.may_not_apply:
        lines.append(language.gettext('Where it does not apply: "{words}".', words=page.not_applicable))
    if criterion.weight != 1:
        lines.append(language.gettext("Weight: {weight}.", weight=_number(criterion.weight, language)))
    if criterion.line is not None:
        line = _number(criterion.line, language)
        lines.append(language.gettext("A mark below {line} makes the whole audit 0.", line=line))
    if criterion.bonus:
        lines.append(language.gettext("A bonus: it only adds."))
    return lines


def _number(value: float, language: Language) -> str:
    return number(value, language, 0 if float(value).is_integer() else 2)


def _rows(book: Workbook, sheet: Worksheet, rows: Sequence[Mapping[str, Any]], columns: list[str]) -> None:
    styles = _styles(book)
    for row, texts in enumerate(rows, start=HEADER_ROW):
        for place, name in enumerate(columns):
            style = styles.get(name, styles["mark" if name.isdigit() else "text"])
            value = texts.get(name)
            if value is None:
                sheet.write_blank(row, place, None, style)
            elif isinstance(value, date):
                sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), style)
            elif isinstance(value, int):
                sheet.write_number(row, place, value, style)
            else:
                sheet.write_string(row, place, value, style)


def _styles(book: Workbook) -> dict[str, Format]:
    """Formats by what a column holds; `text` is the locked one, the others but `number` and `date` are to fill in."""
    edge = {"border": 1, "border_color": LINE, "valign": "top", "font_color": INK}
    locked, free = {**edge, "bg_color": PAPER}, {**edge, "bg_color": FIELD, "locked": False}
    return {
        "text": book.add_format(locked),
        "description": book.add_format({**locked, "text_wrap": True}),
        "number": book.add_format({**locked, "align": "right"}),
        "date": book.add_format({**locked, "num_format": "yyyy-mm-dd", "align": "left"}),
        "mark": book.add_format({**free, "align": "center"}),
        "auditor": book.add_format(free),
        "audited_at": book.add_format({**free, "num_format": "yyyy-mm-dd", "align": "left"}),
        "root_cause": book.add_format(free),
        "comment": book.add_format({**free, "text_wrap": True}),
    }


def _width(name: str, page: WorksheetPage, rows: Sequence[Mapping[str, Any]]) -> float:
    if name.isdigit():
        longest = max(map(len, page.criteria[int(name)].label.split()))
        return max(_MARK_WIDTH, min(longest + 2, _WIDEST), len(page.not_applicable) + 1)
    longest = max(len(page.columns[name]), *(len(str(row.get(name, ""))) for row in rows))
    return _WIDTHS.get(name) or min(max(longest + 2, _NARROWEST), _WIDEST)


def _validations(
    book: Workbook, sheet: Worksheet, page: WorksheetPage, columns: list[str], sample: AuditSample,
    rows: tuple[int, int], language: Language,
) -> None:  # fmt: skip
    first, last = rows
    for place, name in enumerate(columns):
        if name.isdigit():
            rule = _mark_rule(page.criteria[int(name)], page, place, language)
        elif name == "audited_at":
            day = sample.period.first_day
            rule = {
                "validate": "date", "criteria": ">=", "value": datetime(day.year, day.month, day.day),
                "error_title": language.gettext("Not a day of an audit"),
                "error_message": language.gettext("Write the day on which you audited, as in 2026-10-05."),
            }  # fmt: skip
        elif name == "root_cause":
            rule = _cause_rule(book, page, language)
        else:
            continue
        told = {"error_title": rule.pop("error_title")[:_LONGEST_TITLE], "ignore_blank": True, "error_type": "stop"}
        if sheet.data_validation(first, place, last, place, {**rule, **told}) != 0:
            raise RenderError(
                f"the drop-down list of column {page.columns.get(name, name)!r} cannot be made",
                where=f"sheet {page.name}", remedy="give its scale fewer marks",
            )  # fmt: skip


def _mark_rule(marked: MarkedCriterion, page: WorksheetPage, place: int, language: Language) -> dict[str, Any]:
    """A list of the marks; on a long scale any number between its ends, or the words for "not applicable"."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    words = [page.not_applicable] if marked.may_not_apply else []
    lowest, highest = _number(marked.lowest, language), _number(marked.highest, language)
    message = language.gettext("Choose a mark from {lowest} to {highest}.", lowest=lowest, highest=highest)
    told = {"error_title": language.gettext("Not a mark"), "error_message": message}
    if marked.marks:
        return {"validate": "list", "source": [*map(str, marked.marks), *words], **told}
    cell = xl_rowcol_to_cell(HEADER_ROW, place)
    between = f"AND(ISNUMBER({cell}),{cell}>={marked.lowest!r},{cell}<={marked.highest!r})"
    either = f'OR({between},{cell}="{words[0]}")' if words else between
    return {"validate": "custom", "value": f"={either}", **told}


def _cause_rule(book: Workbook, page: WorksheetPage, language: Language) -> dict[str, Any]:
    """A list of the causes; from a hidden sheet, because a list inside a rule holds 255 characters and no comma."""
    name = f"list {len(book.worksheets())}"
    hidden = book.add_worksheet(name)
    for row, cause in enumerate(page.root_causes):
        hidden.write_string(row, 0, cause)
    hidden.protect()
    hidden.hide()
    return {
        "validate": "list", "source": f"='{name}'!$A$1:$A${len(page.root_causes)}",
        "error_title": language.gettext("Not in the list"),
        "error_message": language.gettext("Choose a root cause from the list, or describe it in the comment."),
    }  # fmt: skip


def _missing(book: Workbook, sheet: Worksheet, page: WorksheetPage, columns: list[str], rows: tuple[int, int]) -> None:
    """What is still missing of a row that is begun is yellow."""
    from xlsxwriter.utility import xl_col_to_name

    marks = [place for place, name in enumerate(columns) if name.isdigit()]
    needed = [*marks, columns.index("auditor"), columns.index("audited_at")]
    yellow = book.add_format({"bg_color": MISSING})
    start, end, row = xl_col_to_name(marks[0]), xl_col_to_name(marks[-1]), HEADER_ROW + 1
    for place in needed:
        own = f"{xl_col_to_name(place)}{row}"
        rule = f"=AND(COUNTA(${start}{row}:${end}{row})>0,ISBLANK({own}))"
        sheet.conditional_format(
            rows[0], place, rows[1], place, {"type": "formula", "criteria": rule, "format": yellow}
        )


def _set_up(
    sheet: Worksheet, columns: list[str], rows: tuple[int, int], sample: AuditSample, page: WorksheetPage
) -> None:
    sheet.freeze_panes(HEADER_ROW, columns.index("case") + 1)
    sheet.autofilter(HEADER_ROW - 1, 0, rows[1], len(columns) - 1)
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L{sample.period.id}, {sample.draw_id}&R&P / &N")
    sheet.hide_gridlines(2)
