"""Effectiveness, and every further figure that has a value and no page of its own."""

from __future__ import annotations

from evaluation.assessment import Assessment
from evaluation.metric import Pillar
from reports.document import Block, Cell, Column, Missing, Note, Notes, Section, Table
from reports.evidence import (
    by_name,
    count_cell,
    has_value,
    interval_cell,
    measured,
    members,
    most,
    right,
    under_table,
    value_cell,
)
from reports.findings import stands_out
from reports.language import Language
from reports.names import by_dimension, dimension_name, member_name, metric_label
from reports.pictures import months_picture
from reports.section import Material

ORDER = 55
ELSEWHERE = (
    "sla_attainment",
    "first_response_sla",
    "next_reply_sla",
    "periodic_update_sla",
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
LEADING = ("first_contact_resolution", "one_touch_rate", "answered_share", "reopen_rate")
"""The figure of the page: the first of these that was measured."""


def build(material: Material) -> Section | Missing:
    """The leading figure over time and by channel, then all others in one table; no page when there is nothing."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Effectiveness")
    shown = further_figures(assessment)
    if not shown:
        return Missing("effectiveness", kicker, language.gettext("none of its figures could be measured"))
    blocks: dict[str, Block] = {}
    leading = next((name for name in LEADING if name in shown), None)
    if leading and (picture := months_picture(assessment, leading, "effectiveness-months", language)):
        blocks["months"] = picture
        blocks["notes"] = _notes(assessment, (leading, *shown), language)
    blocks["figures"] = _table(assessment, shown, language)
    if leading:
        for dimension in ("channel", "topic"):
            if table := _by_member(material, leading, dimension):
                blocks[dimension] = table
    return Section(
        id="effectiveness",
        kicker=kicker,
        title=effectiveness_title(assessment, shown, language),
        blocks=blocks,
        metrics=shown,
    )


def further_figures(assessment: Assessment) -> tuple[str, ...]:
    """Metrics with a value and no other page, by pillar."""
    found = [
        name
        for name in assessment.catalogue
        if name not in (*ELSEWHERE, *_COMPANIONS) and has_value(measured(assessment, name))
    ]
    pillars = list(Pillar)
    return tuple(sorted(found, key=lambda name: pillars.index(assessment.catalogue[name].pillar)))


def effectiveness_title(assessment: Assessment, shown: tuple[str, ...], language: Language) -> str:
    """The leading figure when there is one; else how many figures there are."""
    for name in LEADING:
        found = measured(assessment, name)
        if name in shown and found is not None and found.value is not None:
            text = value_cell(found, assessment.catalogue[name], language).text
            return language.gettext(
                "{label}: {value}", label=metric_label(assessment.catalogue[name], language), value=text
            )
    return language.ngettext("{n} further figure was measured", "{n} further figures were measured", len(shown))


def _notes(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Notes:
    lines = (language.gettext("A quick answer that does not solve the question comes back as a new contact."),)
    standing = stands_out(assessment, shown, language)
    return Notes((*([standing] if standing else []), Note(language.gettext("Why it matters"), lines)))


def _table(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    columns = (
        Column(language.gettext("Figure"), 60),
        right(language.gettext("Period"), 26),
        right(language.gettext("95% interval"), 28),
        right(language.gettext("n"), 18),
        right(language.gettext("Period before"), 21),
        right(language.gettext("Year before"), 21),
    )
    return Table(
        title=language.gettext("Further figures"),
        sub=language.gettext("whole service"),
        columns=columns,
        rows=tuple(_row(assessment, name, language) for name in shown),
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


def _by_member(material: Material, metric_id: str, dimension: str) -> Table | None:
    assessment, language = material.assessment, material.language
    rows = members(assessment, metric_id, dimension)
    if len(rows) < 2:  # one member is the whole service, which has its row already
        return None
    metric, shown = assessment.catalogue[metric_id], by_name(most(rows), dimension, language)
    columns = (
        Column(dimension_name(dimension, language), 64),
        right(language.gettext("n"), 22),
        right(language.gettext("Value"), 44),
        right(language.gettext("95% interval"), 44),
    )
    cells = tuple(
        (
            Cell(text=member_name(dimension, row.member, language)),
            count_cell(row.n, language),
            value_cell(row, metric, language),
            interval_cell(row, metric, language),
        )
        for row in shown
    )
    title = language.gettext(
        "{metric} by {dimension}", metric=metric_label(metric, language), dimension=by_dimension(dimension, language)
    )
    after = under_table(shown, len(rows), material.files, language)
    return Table(title=title, columns=columns, rows=cells, after=after)
