"""Workload: what came in, what was solved, what is left."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.assessment import Assessment
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.charts.horizontal_bars import Bar, horizontal_bars
from reports.document import Block, Cell, Column, Missing, Note, Notes, Picture, Section, Table
from reports.evidence import has_value, measured, months, right, value_cell
from reports.findings import stands_out
from reports.formats import number, period, share
from reports.language import N_, Language, pN_
from reports.member_pictures import flow_picture
from reports.member_tables import with_footnotes
from reports.multiple_pictures import multiples_picture
from reports.names import metric_label, sentence
from reports.section import Material
from reports.sections.workload.hours import (
    COVERAGE,
    OUTSIDE,
    backlog_notes,
    backlog_picture,
    coverage_note,
    coverage_table,
    hours_picture,
)

ORDER = 50
_SHOWN = ("tickets_created", "tickets_solved", "backlog")
PACE = ("clearance_rate", "load_by_hour")
METRICS = (*_SHOWN, COVERAGE, OUTSIDE, *PACE)
"""Metrics that have their place on this page."""
_AGES = {
    "age_up_to_1_day": N_("up to 1 day"),
    "age_2_to_7_days": N_("2 to 7 days"),
    "age_8_to_30_days": N_("8 to 30 days"),
    "age_over_30_days": N_("over 30 days"),
}
_TURNS = {
    "turn_agent": N_("waiting for an agent"),
    "turn_requester": N_("waiting for the customer"),
    "turn_third_party": N_("waiting for a third party"),
}
_HEADS = {
    "tickets_created": pN_("head of a table", "created"),
    "tickets_solved": pN_("head of a table", "solved"),
    "backlog": pN_("head of a table", "open at the end"),
}


def build(material: Material) -> Section | Missing:
    """Created, solved and backlog by month; no page when nothing was created."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Workload")
    created = measured(assessment, "tickets_created")
    if not has_value(created) or not created.value:  # type: ignore[union-attr]
        return Missing("workload", kicker, language.gettext("no tickets were created in the period"))
    shown = tuple(name for name in _SHOWN if measured(assessment, name) is not None)
    flow = flow_picture(assessment, language)
    pace = tuple(name for name in PACE if has_value(measured(assessment, name)))
    coverage = coverage_table(assessment, language)
    notes = [stands_out(assessment, shown, language), _pace_note(assessment, pace, language)]
    if coverage is None:
        notes.append(coverage_note(assessment, language))
    found: dict[str, Block | None] = {
        "flow": flow,
        "notes": Notes(tuple(note for note in notes if note)) if any(notes) else None,
        "contacts": multiples_picture(assessment, "tickets_created", "topic", "contacts-topic", language)
        or multiples_picture(assessment, "tickets_created", "channel", "contacts-channel", language),
        "months": _months(assessment, shown, language),
        "ages": _backlog(assessment, _AGES, "backlog-ages", language.gettext("Open tickets by age"), language),
        "turns": _backlog(assessment, _TURNS, "backlog-turns", language.gettext("Whose turn it is"), language),
        "hours": hours_picture(assessment, language),
        "days": backlog_picture(assessment, language),
        "staffing": backlog_notes(assessment, language),
        "coverage": coverage,
    }
    section = Section(
        id="workload",
        kicker=kicker,
        title=workload_title(assessment, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=(*shown, *(name for name in (COVERAGE, OUTSIDE) if has_value(measured(assessment, name))), *pace),
    )
    by_hour = (Whole("hours"), Beside("days", "staffing"))
    pieces = (Beside("flow", "notes"), Whole("contacts"), *by_hour, Halves(("months", "ages", "turns", "coverage")))
    return arranged(section, pieces, language, spare=("contacts", "months"))


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


def _pace_note(assessment: Assessment, pace: tuple[str, ...], language: Language) -> Note | None:
    """How fast contacts come in and whether the service keeps up, now and before; None when neither was measured."""
    lines = []
    for name in pace:
        metric, before = (
            assessment.catalogue[name],
            measured(assessment, name, period_id=assessment.period.previous().id),
        )
        words = {
            "label": metric_label(metric, language),
            "value": value_cell(measured(assessment, name), metric, language).text,
        }
        if has_value(before):
            words["before"] = value_cell(before, metric, language).text
            lines.append(language.gettext("{label}: {value}; period before: {before}.", **words))
        else:
            lines.append(language.gettext("{label}: {value}.", **words))
    return Note(language.gettext("Pace"), tuple(lines)) if lines else None


def _months(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    metrics = [assessment.catalogue[name] for name in shown]
    columns = [Column(language.gettext("Month"), 84 - 16 * len(metrics))]
    columns += [right(language.pgettext("head of a table", _HEADS[metric.id]), 16) for metric in metrics]
    rows: list[tuple[Cell, ...]] = []
    for month in months(assessment):
        found = [measured(assessment, metric.id, period_id=month.id) for metric in metrics]
        if rows or any(row is not None and row.value for row in found):  # not the empty months before the first ticket
            name = Cell(text=sentence(period(month.id, language)), is_strong=month in assessment.period.months())
            rows.append(
                (name, *(value_cell(row, metric, language) for row, metric in zip(found, metrics, strict=True)))
            )
    if len(assessment.period.months()) > 1:
        total = [measured(assessment, metric.id) for metric in metrics]
        whole = Cell(text=sentence(period(assessment.period.id, language)), is_strong=True)
        rows.append(
            (whole, *(_strong(value_cell(row, metric, language)) for row, metric in zip(total, metrics, strict=True)))
        )
    table = Table(
        title=language.gettext("By month"),
        sub=language.gettext("tickets; the reported period in bold"),
        columns=tuple(columns),
        rows=tuple(rows),
    )
    return with_footnotes(table)


def _strong(cell: Cell) -> Cell:
    return Cell(text=cell.text, small=cell.small, is_strong=True)


def _backlog(
    assessment: Assessment, parts: Mapping[str, str], name: str, title: str, language: Language
) -> Picture | None:
    """The backlog at the end of the period in parts; None when its history is not known or nothing is open."""
    whole = measured(assessment, "backlog")
    if whole is None or not whole.value:
        return None
    found = [
        (language.gettext(words), measured(assessment, "backlog", statistic=part)) for part, words in parts.items()
    ]
    counted = [(label, row.value) for label, row in found if row is not None and row.value]
    if not counted:
        return None
    bars = [
        Bar(label=label, value=value, text=number(value, language), note=share(value / whole.value, language, 0))
        for label, value in counted
    ]
    told = "; ".join(f"{bar.label}: {bar.text} ({bar.note})" for bar in bars)
    sub = language.ngettext(
        "{n} ticket open at the end of the period", "{n} tickets open at the end of the period", int(whole.value)
    )
    return Picture(title=title, sub=sub, chart=horizontal_bars(bars, name=name, alt=f"{title}. {told}"))
