"""Effectiveness, and every further figure that has a value and no page of its own."""

from __future__ import annotations

from evaluation.assessment import Assessment
from evaluation.metric import Pillar
from reports.document import Cell, Column, Missing, Section, Table
from reports.evidence import count_cell, has_value, interval_cell, measured, right, value_cell
from reports.language import Language
from reports.names import metric_label
from reports.section import Material

ORDER = 55
ELSEWHERE = (
    "sla_attainment",
    "first_response_sla",
    "next_reply_sla",
    "resolution_sla",
    "sla_overdue_now",
    "sla_overdue_time",
    "first_response_time",
    "next_reply_time",
    "requester_wait_time",
    "first_resolution_time",
    "full_resolution_time",
    "tickets_created",
    "tickets_solved",
    "backlog",
    "clearance_rate",
    "csat",
    "nps",
    "ces",
    "response_rate",
)
"""Metrics that have a place on another page; so have their companions on the other clock."""
_COMPANIONS = tuple(f"{name}_{clock}" for name in ELSEWHERE for clock in ("business", "calendar"))


def build(material: Material) -> Section | Missing:
    """One table with the period, the one before and the year before; no page when there is nothing."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Effectiveness")
    shown = tuple(
        name
        for name in assessment.catalogue
        if name not in (*ELSEWHERE, *_COMPANIONS) and has_value(measured(assessment, name))
    )
    if not shown:
        return Missing("effectiveness", kicker, language.gettext("none of its figures could be measured"))
    return Section(
        id="effectiveness",
        kicker=kicker,
        title=effectiveness_title(assessment, shown, language),
        blocks={"figures": _table(assessment, shown, language)},
        metrics=shown,
    )


def effectiveness_title(assessment: Assessment, shown: tuple[str, ...], language: Language) -> str:
    """How much is solved at the first contact when that is known; else how many figures there are."""
    for name in ("first_contact_resolution", "one_touch_rate"):
        found = measured(assessment, name)
        if name in shown and found is not None and found.value is not None:
            text = value_cell(found, assessment.catalogue[name], language).text
            return language.gettext(
                "{label}: {value}", label=metric_label(assessment.catalogue[name], language), value=text
            )
    return language.ngettext("{n} further figure was measured", "{n} further figures were measured", len(shown))


def _table(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    columns = (
        Column(language.gettext("Figure"), 64),
        right(language.gettext("Period"), 26),
        right(language.gettext("95% interval"), 30),
        right(language.gettext("n"), 14),
        right(language.gettext("Period before"), 20),
        right(language.gettext("Year before"), 20),
    )
    ordered = sorted(shown, key=lambda name: list(Pillar).index(assessment.catalogue[name].pillar))
    return Table(
        title=language.gettext("Further figures"),
        sub=language.gettext("whole service"),
        columns=columns,
        rows=tuple(_row(assessment, name, language) for name in ordered),
    )


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
