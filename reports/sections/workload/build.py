"""Workload: what came in, what was solved, what is left."""

from __future__ import annotations

from evaluation.assessment import Assessment
from reports.document import Block, Cell, Column, Missing, Notes, Section, Table
from reports.evidence import count_cell, has_value, measured, months, right, value_cell
from reports.findings import stands_out
from reports.formats import number, period, share
from reports.language import N_, Language
from reports.member_pictures import flow_picture
from reports.names import metric_label, sentence
from reports.section import Material

ORDER = 50
_SHOWN = ("tickets_created", "tickets_solved", "backlog", "clearance_rate")
_PARTS = {
    "age_up_to_1_day": N_("open up to 1 day"),
    "age_2_to_7_days": N_("open 2 to 7 days"),
    "age_8_to_30_days": N_("open 8 to 30 days"),
    "age_over_30_days": N_("open over 30 days"),
    "turn_agent": N_("waiting for an agent"),
    "turn_requester": N_("waiting for the customer"),
    "turn_third_party": N_("waiting for a third party"),
}
"""Parts of the backlog, by age and by whose turn it is."""


def build(material: Material) -> Section | Missing:
    """Created, solved and backlog by month; no page when nothing was created."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Workload")
    created = measured(assessment, "tickets_created")
    if not has_value(created) or not created.value:  # type: ignore[union-attr]
        return Missing("workload", kicker, language.gettext("no tickets were created in the period"))
    shown = tuple(name for name in _SHOWN if measured(assessment, name) is not None)
    blocks: dict[str, Block] = {"months": _months(assessment, shown, language)}
    if picture := flow_picture(assessment, language):
        blocks["flow"] = picture
    if table := _backlog(assessment, language):
        blocks["backlog"] = table
    if standing := stands_out(assessment, shown, language):
        blocks["notes"] = Notes((standing,))
    return Section(
        id="workload", kicker=kicker, title=workload_title(assessment, language), blocks=blocks, metrics=shown
    )


def workload_title(assessment: Assessment, language: Language) -> str:
    """Whether the service kept up with what came in."""
    created, solved = measured(assessment, "tickets_created"), measured(assessment, "tickets_solved")
    if not has_value(solved) or not has_value(created):
        count = int(created.value) if has_value(created) else 0  # type: ignore[union-attr, arg-type]
        return language.ngettext("{n} ticket was created", "{n} tickets were created", count)
    came, left = int(created.value), int(solved.value)  # type: ignore[union-attr, arg-type]
    words = {"created": number(came, language), "solved": number(left, language)}
    if left > came:
        return language.gettext("More was solved than came in: {solved} solved, {created} created", **words)
    if left < came:
        return language.gettext("More came in than was solved: {created} created, {solved} solved", **words)
    return language.gettext("As much was solved as came in: {created} tickets", **words)


def _months(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    metrics = [assessment.catalogue[name] for name in shown]
    columns = [Column(language.gettext("Month"), 174 - 34 * len(metrics))]
    columns += [right(metric_label(metric, language), 34) for metric in metrics]
    rows = []
    for month in months(assessment):
        found = [measured(assessment, metric.id, period_id=month.id) for metric in metrics]
        if any(has_value(row) for row in found):
            name = Cell(text=sentence(period(month.id, language)), is_strong=month in assessment.period.months())
            rows.append(
                (name, *(value_cell(row, metric, language) for row, metric in zip(found, metrics, strict=True)))
            )
    total = [measured(assessment, metric.id) for metric in metrics]
    whole = Cell(text=sentence(period(assessment.period.id, language)), is_strong=True)
    rows.append(
        (whole, *(_strong(value_cell(row, metric, language)) for row, metric in zip(total, metrics, strict=True)))
    )
    return Table(
        title=language.gettext("By month"),
        sub=language.gettext("tickets; the period's own months in bold; the last row is the period"),
        columns=tuple(columns),
        rows=tuple(rows),
    )


def _strong(cell: Cell) -> Cell:
    return Cell(text=cell.text, small=cell.small, is_strong=True)


def _backlog(assessment: Assessment, language: Language) -> Table | None:
    """The backlog at the end of the period by age and by whose turn it is; None when its history is not known."""
    whole = measured(assessment, "backlog")
    if not has_value(whole) or not whole.value:  # type: ignore[union-attr]
        return None
    parts = [(words, measured(assessment, "backlog", statistic=name)) for name, words in _PARTS.items()]
    rows = tuple(
        (
            Cell(text=language.gettext(words)),
            count_cell(int(found.value), language),
            Cell(text=share(found.value / whole.value, language)),
        )  # type: ignore[union-attr, operator]
        for words, found in parts
        if found is not None and found.value is not None
    )
    if not rows:
        return None
    columns = (
        Column(language.gettext("Tickets open at the end of the period"), 110),
        right(language.gettext("Tickets"), 32),
        right(language.gettext("Share"), 32),
    )
    count = int(whole.value)  # type: ignore[union-attr, arg-type]
    title = language.ngettext(
        "{n} ticket was open at the end of the period", "{n} tickets were open at the end of the period", count
    )
    return Table(title=title, columns=columns, rows=rows)
