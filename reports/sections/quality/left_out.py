"""Audits that count in no score, and why."""

from __future__ import annotations

from evaluation.assessment import Assessment
from reports.document import Cell, Column, Table
from reports.evidence import count_cell, right
from reports.language import N_, Language
from reports.names import cleaned
from reports.wording import said

REASONS = {
    "unknown_scorecard": N_("the scorecard is not known"),
    "unknown_version": N_("the version of the scorecard is not known"),
    "unknown_criterion": N_("a criterion is not in the scorecard"),
    "off_scale": N_("a mark is outside its scale"),
    "unmarked": N_("a criterion is not marked"),
    "calibration": N_("done to calibrate auditors"),
    "nothing_applied": N_("no criterion applied"),
    "spam": N_("its ticket is spam"),
    "test": N_("its ticket is a test"),
}


def left_out_count(assessment: Assessment) -> int:
    """How many audits of the period count in no score."""
    found = assessment.breakdowns.get("audits_left_out")
    return 0 if found is None or found.reason is not None else int(found.frame["audits"].sum())


def left_out_table(assessment: Assessment, language: Language) -> Table | None:
    """The reasons with their number of audits and one of them, the commonest first; None when nothing is left out."""
    if not left_out_count(assessment):
        return None
    frame = assessment.breakdowns["audits_left_out"].frame
    grouped = frame.groupby("reason").agg(audits=("audits", "sum"), example=("example", "min")).reset_index()
    ordered = grouped.sort_values(["audits", "reason"], ascending=[False, True])
    rows = tuple(
        (
            Cell(text=said(REASONS, str(row.reason), language)),
            count_cell(int(row.audits), language),
            Cell(text=cleaned(str(row.example))),
        )
        for row in ordered.itertuples()
    )
    columns = (
        Column(language.gettext("Why"), 44),
        right(language.gettext("Audits"), 14),
        right(language.gettext("For example"), 26),
    )
    return Table(title=language.gettext("Audits that count in no score"), columns=columns, rows=rows)
