"""Tables of several figures of the whole service: now with interval and number of cases, and before."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.assessment import Assessment
from reports.document import Cell, Column, Table
from reports.evidence import count_cell, interval_cell, measured, right, value_cell
from reports.language import Language
from reports.member_tables import with_footnotes
from reports.names import metric_label


def figures_table(
    assessment: Assessment,
    metric_ids: Iterable[str],
    language: Language,
    *,
    title: str,
    sub: str = "",
    head: str = "",
    cases: str = "",
    after: str = "",
) -> Table:
    """One row for each metric, in the order given, across the page.

    Args:
        assessment: The evidence.
        metric_ids: The metrics.
        language: The reader's.
        title: The table's title.
        sub: What stands under the title.
        head: Heading of the names; by default "Figure".
        cases: Heading of the numbers of cases; by default "n".
        after: What stands under the table.
    """
    columns = (
        Column(head or language.gettext("Figure"), 60),
        right(language.gettext("Period"), 26),
        right(language.gettext("95% interval"), 28),
        right(cases or language.gettext("n"), 18),
        right(language.gettext("Period before"), 21),
        right(language.gettext("Year before"), 21),
    )
    rows = tuple(_row(assessment, name, language) for name in metric_ids)
    return with_footnotes(Table(title=title, sub=sub, columns=columns, rows=rows, after=after))


def _row(assessment: Assessment, metric_id: str, language: Language) -> tuple[Cell, ...]:
    metric, now = assessment.catalogue[metric_id], measured(assessment, metric_id)
    before = [
        measured(assessment, metric_id, period_id=period.id)
        for period in (assessment.period.previous(), assessment.period.same_last_year())
    ]
    return (
        Cell(text=metric_label(metric, language)),
        value_cell(now, metric, language),
        interval_cell(now, metric, language),
        count_cell(now.n if now else None, language),
        *(Cell(text=value_cell(row, metric, language).text) for row in before),
    )
