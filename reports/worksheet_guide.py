"""The first sheet of a worksheet: how to fill it in, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.language import N_

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from evaluation.audit_worksheet import WorksheetRecord
    from reports.language import Language

_STEPS = (
    N_("Look up each ticket or call by its id. Nobody chose these cases: they were drawn, as the last sheet says."),
    N_("Give every criterion a mark from its list. Point at a header to read the question behind it."),
    N_("Choose “{words}” where a criterion does not apply to the case."),
    N_("Write your name or id as auditor, always in the same way, and the day on which you audited."),
    N_("A row counts when every criterion, the auditor and the day are filled in. What is still missing of a row that "
       "is begun is yellow."),
    N_("Work from top to bottom: the rows are in rounds, one case of everybody after the other, so that whoever stops "
       "early leaves a balanced sample."),
    N_("A case that cannot be audited keeps its row without marks; say why in the comment. It is counted, and no other "
       "takes its place."),
    N_("Save the file as XLSX under its name and in its folder. Numbers, sheets, columns and rows stay as they are; "
       "the next run reads the marks and says in which cell something is wrong."),
)  # fmt: skip
_SECOND = N_("This worksheet is for the second auditor. Mark the cases without looking at the first auditor's marks: "
             "what counts is how far two people agree who did not talk.")  # fmt: skip


def write_guide(book: Workbook, record: WorksheetRecord, language: Language) -> None:
    """Add the sheet that says how to fill in the others.

    Args:
        book: The workbook.
        record: What the worksheet is.
        language: The language of the lines.
    """
    sheet = book.add_worksheet(language.pgettext("worksheet", "How to fill in"))
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 96)
    sheet.write_string(0, 0, language.gettext("How to fill in"), book.add_format({"bold": True, "font_size": 14}))
    numbered = book.add_format({"valign": "top", "align": "right"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    steps = [language.gettext(step, words=record.pages[0].not_applicable) for step in _STEPS]
    steps = [language.gettext(_SECOND), *steps] if record.auditor == 2 else steps
    for row, step in enumerate(steps, start=2):
        sheet.write_string(row, 0, f"{row - 1}.", numbered)
        sheet.write_string(row, 1, step, wrapped)
        sheet.set_row(row, 15 * (1 + len(step) // 100))
    sheet.protect()
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
