"""Service level: promises kept and broken, over time, by channel, team and topic; what is overdue now."""

from __future__ import annotations

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from evaluation.metric import Metric
from reports.conclusions import joined, promise_kept
from reports.document import Block, Cell, Column, Missing, Note, Notes, Section, Table
from reports.evidence import (
    by_name,
    count_cell,
    figure_of,
    has_value,
    interval_cell,
    is_small,
    measured,
    members,
    most,
    name_cell,
    right,
    under_table,
    value_cell,
    why_absent,
)
from reports.findings import is_compared, stands_out
from reports.formats import number, share
from reports.language import Language
from reports.names import by_dimension, dimension_name, inside, member_name, metric_label
from reports.pictures import months_picture, shares_picture
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
    blocks: dict[str, Block] = {}
    if picture := months_picture(assessment, METRIC, "on-time-months", language):
        blocks["months"] = picture
    blocks["notes"] = Notes(tuple(_notes(assessment, whole, language)))
    for dimension in ("channel", "team"):
        if picture := shares_picture(assessment, METRIC, dimension, f"on-time-{dimension}", language):
            blocks[dimension] = picture
    if table := _by_kind(assessment, language):
        blocks["kinds"] = table
    if table := _by_member(material, "topic"):
        blocks["topic"] = table
    metrics = (METRIC, *(name for name in (*KINDS, OVERDUE) if has_value(measured(assessment, name))))
    return Section(
        id="service_level",
        kicker=kicker,
        title=service_level_title(assessment, language),
        blocks=blocks,
        metrics=metrics,
    )


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
    weak = _weak_channel(assessment, whole)
    if weak is None or weak.value is None:
        return first
    second = language.gettext(
        "clearly below that: {member}, {share}",
        share=share(weak.value, language),
        member=inside(member_name("channel", weak.member, language)),
    )
    return joined(first, [second], language)


def _weak_channel(assessment: Assessment, whole: Measurement) -> Measurement | None:
    """The channel that is clearly lower: among the findings when the metric was screened for them, else by interval."""
    rows = members(assessment, METRIC, "channel")
    if not is_compared(assessment, METRIC):
        return weakest(rows, whole)
    named = {
        finding.member
        for finding in assessment.findings
        if finding.rule == "member_worse_than_whole"
        and finding.figure.metric.id == METRIC
        and finding.dimension == "channel"
    }
    return weakest(tuple(row for row in rows if row.member in named), whole)


def weakest(rows: tuple[Measurement, ...], whole: Measurement) -> Measurement | None:
    """The lowest member whose whole interval lies below the overall value, when it rests on enough cases; else None."""
    below = [
        row
        for row in rows
        if row.value is not None
        and row.high is not None
        and whole.value is not None
        and row.high < whole.value
        and not is_small(row)
    ]
    return min(below, key=lambda row: (row.value, row.member), default=None)


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
    lines.append(
        language.ngettext(
            "{n} is undecided: neither met nor due yet.", "{n} are undecided: neither met nor due yet.", whole.undecided
        )
    )
    standing = stands_out(assessment, (METRIC, *KINDS), language)
    notes = [*([standing] if standing else []), Note(language.gettext("What was counted"), (" ".join(lines),))]
    overdue = measured(assessment, OVERDUE)
    if overdue is not None and overdue.value is not None:
        late = language.ngettext(
            "{n} open target is past due at the end of the period.",
            "{n} open targets are past due at the end of the period.",
            int(overdue.value),
        )
        notes.append(Note(language.gettext("Overdue now"), (late,)))
    notes.append(
        Note(
            language.gettext("How to read"),
            (language.gettext("A target counts in the month in which it was met or fell due, whichever came first."),),
        )
    )
    return notes


def _by_kind(assessment: Assessment, language: Language) -> Table | None:
    """What was promised: first response, next reply, resolution; None when no kind has a decided target."""
    shown = [name for name in KINDS if has_value(measured(assessment, name))]
    if not shown:
        return None
    heads = [Cell(text=metric_label(assessment.catalogue[name], language)) for name in shown]
    rows = [
        _row(measured(assessment, name), head, assessment.catalogue[name], language)
        for name, head in zip(shown, heads, strict=True)
    ]
    return Table(
        title=language.gettext("What was promised"),
        columns=_columns(language.gettext("Promise"), language),
        rows=tuple(rows),
    )


def _columns(first: str, language: Language) -> tuple[Column, ...]:
    return (
        Column(first, 70),
        right(language.gettext("Decided"), 20),
        right(language.gettext("Undecided"), 24),
        right(language.gettext("On time"), 30),
        right(language.gettext("95% interval"), 30),
    )


def _row(found: Measurement | None, head: Cell, metric: Metric, language: Language) -> tuple[Cell, ...]:
    return (
        head,
        count_cell(found.n if found else None, language),
        count_cell(found.undecided if found else None, language),
        value_cell(found, metric, language),
        interval_cell(found, metric, language),
    )


def _by_member(material: Material, dimension: str) -> Table | None:
    assessment, language = material.assessment, material.language
    rows = members(assessment, METRIC, dimension)
    if len(rows) < 2:  # one member is the whole service, which has its row already
        return None
    metric, shown = assessment.catalogue[METRIC], by_name(most(rows), dimension, language)
    cells = tuple(_row(row, name_cell(dimension, row.member, language), metric, language) for row in shown)
    title = language.gettext(
        "{metric} by {dimension}", metric=metric_label(metric, language), dimension=by_dimension(dimension, language)
    )
    return Table(
        title=title,
        columns=_columns(dimension_name(dimension, language), language),
        rows=cells,
        after=under_table(shown, len(rows), material.files, language, says_undecided=True),
    )
