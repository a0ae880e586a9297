"""Service level: promises kept and broken, over time, by channel, team and topic; what is overdue now."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.conclusions import joined, promise_kept
from reports.document import Block, Cell, Column, Missing, Note, Notes, Section, Table
from reports.evidence import (
    count_cell,
    figure_of,
    has_value,
    interval_cell,
    measured,
    right,
    value_cell,
    why_absent,
)
from reports.findings import stands_out, weak_member
from reports.formats import number, share
from reports.language import Language
from reports.member_tables import members_table, with_footnotes
from reports.multiple_pictures import multiples_picture
from reports.names import inside, member_name, metric_label
from reports.pictures import shares_picture
from reports.process_pictures import course_picture
from reports.process_words import process_note
from reports.section import Material

ORDER = 30
METRIC = "sla_attainment"
KINDS = ("first_response_sla", "next_reply_sla", "periodic_update_sla", "resolution_sla")
OVERDUE = "sla_overdue_now"


def build(material: Material) -> Section | Missing:
    """On-time share by month, channel, team and topic; no page when no target was due."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Service level")
    whole = measured(assessment, METRIC)
    if whole is None or (whole.value is None and not whole.undecided):
        return Missing("service_level", kicker, why_absent(whole.reason if whole else None, language))
    notes = Notes(tuple(_notes(assessment, whole, language)))
    counted = language.gettext("A target counts in the month in which it was met or fell due, whichever came first.")
    found: dict[str, Block | None] = {
        "months": course_picture(assessment, METRIC, "on-time-months", language, notes=notes, after=counted),
        "notes": notes,
        "multiples": multiples_picture(assessment, METRIC, "channel", "on-time-multiples", language),
        "channel": shares_picture(assessment, METRIC, "channel", "on-time-channel", language),
        "team": shares_picture(assessment, METRIC, "team", "on-time-team", language),
        "kinds": _by_kind(assessment, language),
        "topic": members_table(
            material, METRIC, "topic", cases=language.gettext("n"), value=language.gettext("On time")
        ),
    }
    metrics = (METRIC, *(name for name in (*KINDS, OVERDUE) if has_value(measured(assessment, name))))
    section = Section(
        id="service_level",
        kicker=kicker,
        title=service_level_title(assessment, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=metrics,
    )
    pieces = (Beside("months", "notes"), Whole("multiples"), Halves(("channel", "team", "kinds", "topic")))
    return arranged(section, pieces, language, spare=("multiples", "channel"))


def service_level_title(assessment: Assessment, language: Language) -> str:
    """The on-time share against its target, and where it is clearly lower than overall."""
    whole = measured(assessment, METRIC)
    if whole is None or whole.value is None:
        return language.gettext("Kept promises cannot be counted yet")
    figure = figure_of(assessment, METRIC)
    kept = promise_kept(figure, language) if figure else ""
    first = (
        language.gettext("On time: {kept}", kept=kept)
        if kept
        else language.gettext("{share} of promises were kept", share=share(whole.value, language))
    )
    weak = weak_member(assessment, METRIC, "channel")
    if weak is None or weak.value is None:
        return first
    second = language.gettext(
        "clearly below that: {member}, {share}",
        share=share(weak.value, language),
        member=inside(member_name("channel", weak.member, language)),
    )
    return joined(first, [second], language)


def _notes(assessment: Assessment, whole: Measurement, language: Language) -> list[Note]:
    lines = []
    if whole.numerator is not None and whole.denominator is not None:
        met, decided = int(whole.numerator), int(whole.denominator)
        lines.append(
            language.ngettext(
                "{met} of {n} decided target met.",
                "{met} of {n} decided targets met.",
                decided,
                met=number(met, language),
            )
        )
        lines.append(language.ngettext("{n} missed.", "{n} missed.", decided - met))
    if whole.undecided:
        lines.append(
            language.ngettext(
                "{n} is undecided: neither met nor due yet.",
                "{n} are undecided: neither met nor due yet.",
                whole.undecided,
            )
        )
    lines += _without_policy(assessment, language)
    told = (process_note(assessment, METRIC, language), stands_out(assessment, (METRIC, *KINDS), language))
    notes = [*(note for note in told if note), Note(language.gettext("What was counted"), (" ".join(lines),))]
    overdue = measured(assessment, OVERDUE)
    if overdue is not None and overdue.value is not None:
        late = language.ngettext(
            "{n} open target is past due at the end of the period.",
            "{n} open targets are past due at the end of the period.",
            int(overdue.value),
        )
        notes.append(Note(language.gettext("Overdue now"), (late,)))
    return notes


def _without_policy(assessment: Assessment, language: Language) -> Iterator[str]:
    """How many of the tickets created in the period no policy covers; nothing when every one is covered."""
    bare, every = (assessment.sizes.get(name, 0) for name in ("without_policy", "tickets"))
    if bare:
        yield language.ngettext(
            "{n} of {all} tickets created in the period ({share}) had no SLA.",
            "{n} of {all} tickets created in the period ({share}) had no SLA.",
            bare,
            all=number(every, language),
            share=share(bare / every, language),
        )


def _by_kind(assessment: Assessment, language: Language) -> Table | None:
    """What was promised: first response, next reply, resolution; None when no kind has a decided target."""
    shown = [name for name in KINDS if has_value(measured(assessment, name))]
    if not shown:
        return None
    columns = (
        Column(language.gettext("Promise"), 35),
        right(language.gettext("n"), 11),
        right(language.gettext("On time"), 16),
        right(language.gettext("95% interval"), 22),
    )
    rows = tuple(_promise(assessment, name, language) for name in shown)
    return with_footnotes(Table(title=language.gettext("What was promised"), columns=columns, rows=rows))


def _promise(assessment: Assessment, metric_id: str, language: Language) -> tuple[Cell, ...]:
    metric, found = assessment.catalogue[metric_id], measured(assessment, metric_id)
    return (
        Cell(text=metric_label(metric, language)),
        count_cell(found.n if found else None, language),
        value_cell(found, metric, language),
        interval_cell(found, metric, language),
    )
