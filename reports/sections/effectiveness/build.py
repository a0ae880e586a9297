"""Effectiveness, and every further figure that has a value and no page of its own."""

from __future__ import annotations

from dataclasses import replace

from evaluation.assessment import Assessment
from evaluation.metric import Better, Pillar
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.conclusions import joined
from reports.document import Block, Cell, Missing, Note, Notes, Section, Table
from reports.evidence import has_value, measured, value_cell
from reports.figure_tables import figures_table
from reports.findings import stands_out, weak_member
from reports.language import N_, Language
from reports.member_tables import members_table
from reports.multiple_pictures import multiples_picture
from reports.names import inside, member_name, metric_label
from reports.process_pictures import course_picture
from reports.process_words import process_note
from reports.section import Material
from reports.sections.contact_reasons.build import METRICS as CONTACT_REASONS
from reports.sections.quality.build import METRICS as QUALITY
from reports.sections.reputation.build import METRICS as REPUTATION
from reports.sections.satisfaction.build import METRICS as SATISFACTION
from reports.sections.telephone.build import METRICS as TELEPHONE
from reports.sections.workload.build import METRICS as WORKLOAD

ORDER = 55
ELSEWHERE = (
    "sla_attainment",
    "first_response_sla",
    "next_reply_sla",
    "periodic_update_sla",
    "resolution_sla",
    "sla_overdue_now",
    "sla_overdue_time",
    "awaiting_first_response",
    "first_response_time",
    "next_reply_time",
    "first_wait_time",
    "requester_wait_time",
    "first_resolution_time",
    "full_resolution_time",
    *WORKLOAD,
    *CONTACT_REASONS,
    *SATISFACTION,
    *QUALITY,
    *REPUTATION,
    *TELEPHONE,
)
"""Metrics that have a place on another page; so have their companions on the other clock."""
_COMPANIONS = tuple(f"{name}_{clock}" for name in ELSEWHERE for clock in ("business", "calendar"))
LEADING = ("first_contact_resolution", "one_touch_rate", "answered_share", "reopen_rate")
"""The figure of the page: the first of these that was measured."""
GROUPS = {
    N_("Solved at once"): ("first_contact_resolution", "one_touch_rate", "replies_per_solved", "correction_rate"),
    N_("Customers who come back"): ("repeat_contact_share", "repeat_contact_share_same_topic", "reopen_rate"),
    N_("Handed on"): ("transfer_rate", "escalation_rate"),
}
"""Figures that belong together, under their heading; all others come last."""
_OTHERS = N_("Others")


def build(material: Material) -> Section | Missing:
    """The leading figure over time and by channel, then all others in one table; no page when there is nothing."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Effectiveness")
    shown = further_figures(assessment)
    if not shown:
        return Missing("effectiveness", kicker, language.gettext("none of its figures could be measured"))
    leading = next((name for name in LEADING if name in shown), None)
    found: dict[str, Block | None] = {"figures": _figures(assessment, shown, language)}
    if leading:
        notes = _notes(assessment, (leading, *shown), language)
        found["months"] = course_picture(assessment, leading, "effectiveness-months", language, notes=notes)
        found["notes"] = notes if found["months"] else None
        found["multiples"] = multiples_picture(assessment, leading, "channel", "effectiveness-multiples", language)
        heads = {"cases": language.gettext("n"), "value": language.gettext("Value")}
        for dimension in ("channel", "team", "topic"):
            found[dimension] = members_table(material, leading, dimension, **heads)
    section = Section(
        id="effectiveness",
        kicker=kicker,
        title=effectiveness_title(assessment, shown, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=shown,
    )
    pieces = (
        Beside("months", "notes"),
        Whole("figures"),
        Whole("multiples"),
        Halves(("channel", "team", "topic")),
    )
    return arranged(section, pieces, language, spare=("multiples", "team"))


def further_figures(assessment: Assessment) -> tuple[str, ...]:
    """Metrics with a value and no other page: those of the groups first, then the others by pillar."""
    found = [
        name
        for name in assessment.catalogue
        if name not in (*ELSEWHERE, *_COMPANIONS) and has_value(measured(assessment, name))
    ]
    pillars, grouped = list(Pillar), [name for names in GROUPS.values() for name in names]
    others = sorted(
        (name for name in found if name not in grouped),
        key=lambda name: pillars.index(assessment.catalogue[name].pillar),
    )
    return (*(name for name in grouped if name in found), *others)


def _figures(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    """All figures in one table, under the headings of their groups when there is more than one."""
    title, sub = language.gettext("Further figures"), language.gettext("whole service")
    table = figures_table(assessment, shown, language, title=title, sub=sub)
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    groups = [language.gettext(group_of.get(name, _OTHERS)) for name in shown]
    if len(set(groups)) < 2:
        return table
    rows: list[tuple[Cell, ...]] = []
    for group, row, before in zip(groups, table.rows, ["", *groups], strict=False):
        if group != before:
            rows.append((Cell(text=group, is_strong=True), *[Cell()] * (len(row) - 1)))
        rows.append(row)
    return replace(table, title=language.gettext("Figures"), rows=tuple(rows))


def effectiveness_title(assessment: Assessment, shown: tuple[str, ...], language: Language) -> str:
    """The leading figure and the channel clearly below it; how many figures there are when none leads."""
    for name in LEADING:
        found = measured(assessment, name)
        if name in shown and found is not None and found.value is not None:
            metric = assessment.catalogue[name]
            text = value_cell(found, metric, language).text
            first = language.gettext("{label}: {value}", label=metric_label(metric, language), value=text)
            weak = weak_member(assessment, name, "channel") if metric.better is Better.HIGHER else None
            if weak is None or weak.value is None:
                return first
            second = language.gettext(
                "clearly below that: {member}, {share}",
                share=value_cell(weak, metric, language).text,
                member=inside(member_name("channel", weak.member, language)),
            )
            return joined(first, [second], language)
    return language.ngettext("{n} further figure was measured", "{n} further figures were measured", len(shown))


def _notes(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Notes:
    lines = (language.gettext("A quick answer that does not solve the question comes back as a new contact."),)
    told = (process_note(assessment, shown[0], language), stands_out(assessment, shown, language))
    return Notes((*(note for note in told if note), Note(language.gettext("Why it matters"), lines)))
