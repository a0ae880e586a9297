"""Responsiveness: how long customers wait for a first answer, for each next one, and for the solution."""

from __future__ import annotations

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from evaluation.metric import Clock
from reports.conclusions import joined
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
    why_absent,
)
from reports.findings import stands_out
from reports.formats import ABSENT, duration
from reports.language import Language
from reports.names import by_dimension, dimension_name, member_name, metric_label, statistic_name
from reports.pictures import months_picture
from reports.section import Material

ORDER = 40
FIRST = "first_response_time"
RESOLUTION = "full_resolution_time"
WAITS = (FIRST, "next_reply_time", "requester_wait_time", "first_resolution_time", RESOLUTION)


def build(material: Material) -> Section | Missing:
    """First response by month, channel, team and topic; resolution by topic; no page when no wait was measured."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Responsiveness")
    shown = tuple(name for name in with_other_clock(assessment) if has_value(measured(assessment, name)))
    if not shown:
        whole = measured(assessment, FIRST)
        return Missing("responsiveness", kicker, why_absent(whole.reason if whole else None, language))
    blocks: dict[str, Block] = {}
    if picture := months_picture(assessment, FIRST, "first-response-months", language):
        blocks["months"] = picture
        blocks["notes"] = _notes(assessment, language)
    blocks["waits"] = _waits(assessment, shown, language)
    for dimension in ("channel", "team", "topic"):
        if table := by_member(material, FIRST, dimension):
            blocks[f"first_{dimension}"] = table
    if table := by_member(material, RESOLUTION, "topic"):
        blocks["resolution_topic"] = table
    return Section(
        id="responsiveness",
        kicker=kicker,
        title=responsiveness_title(assessment, language),
        blocks=blocks,
        metrics=tuple(name for name in shown if name in WAITS),
    )


def with_other_clock(assessment: Assessment) -> tuple[str, ...]:
    """The waits, each followed by its companion on the clock that the organisation did not choose."""
    found: list[str] = []
    for name in WAITS:
        if name in assessment.catalogue:
            chosen = assessment.catalogue[name].clock
            companions = [f"{name}_{clock.value}" for clock in (Clock.BUSINESS, Clock.CALENDAR) if clock is not chosen]
            found += [name, *(other for other in companions if other in assessment.catalogue)]
    return tuple(found)


def responsiveness_title(assessment: Assessment, language: Language) -> str:
    """How fast half of the first replies come, and how slow the slowest tenth is."""
    half = measured(assessment, FIRST, statistic="median")
    tenth = measured(assessment, FIRST, statistic="p90")
    if half is None or half.value is None:
        solved = measured(assessment, RESOLUTION, statistic="median")
        if solved is None or solved.value is None:
            return language.gettext("Waits could be measured in part only")
        return language.gettext("Half of the tickets are solved within {time}", time=duration(solved.value, language))
    first = language.gettext("Half of the first replies come within {time}", time=duration(half.value, language))
    if tenth is None or tenth.value is None:
        return first
    second = language.gettext("one in ten takes longer than {time}", time=duration(tenth.value, language))
    return joined(first, [second], language)


def _notes(assessment: Assessment, language: Language) -> Notes:
    whole = measured(assessment, FIRST)
    lines = [
        language.gettext(
            "The median is the wait of the customer in the middle; the mean is pulled up by a few long waits."
        )
    ]
    standing = stands_out(assessment, WAITS, language)
    notes = [*([standing] if standing else []), Note(language.gettext("How to read"), tuple(lines))]
    if whole is not None and whole.undecided:
        pending = language.ngettext(
            "{n} ticket had no reply yet; it is not in the figures.",
            "{n} tickets had no reply yet; they are not in the figures.",
            whole.undecided,
        )
        notes.append(Note(language.gettext("What we cannot see"), (pending,)))
    return Notes(tuple(notes))


def _columns(first: str, language: Language) -> tuple[Column, ...]:
    return (
        Column(first, 48),
        right(language.gettext("n"), 16),
        right(statistic_name("median", language), 26),
        right(language.gettext("95% interval of the median"), 40),
        right(statistic_name("mean", language), 22),
        right(statistic_name("p90", language), 22),
    )


def _cells(
    assessment: Assessment, metric_id: str, head: Cell, dimension: str, member: str, language: Language
) -> tuple[Cell, ...]:
    metric = assessment.catalogue[metric_id]
    found: dict[str, Measurement | None] = {
        statistic: measured(assessment, metric_id, statistic=statistic, dimension=dimension, member=member)
        for statistic in ("median", "mean", "p90")
    }
    half = found["median"]
    count = count_cell(half.n, language) if half else Cell(text=ABSENT)
    quiet = [Cell(text=value_cell(found[name], metric, language).text) for name in ("mean", "p90")]
    return (head, count, value_cell(half, metric, language), interval_cell(half, metric, language), *quiet)


def _waits(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    rows = tuple(
        _cells(assessment, name, Cell(text=metric_label(assessment.catalogue[name], language)), "all", "all", language)
        for name in shown
    )
    return Table(
        title=language.gettext("All waits of the period"),
        sub=language.gettext("whole service"),
        columns=_columns(language.gettext("Wait"), language),
        rows=rows,
    )


def by_member(material: Material, metric_id: str, dimension: str) -> Table | None:
    """A wait by the members of a dimension: n, median with interval, mean, 90th percentile; None without members."""
    assessment, language = material.assessment, material.language
    rows = members(assessment, metric_id, dimension, statistic="median")
    if len(rows) < 2:  # one member is the whole service, which has its row already
        return None
    shown = by_name(most(rows), dimension, language)
    cells = tuple(
        _cells(
            assessment,
            metric_id,
            Cell(text=member_name(dimension, row.member, language)),
            dimension,
            row.member,
            language,
        )
        for row in shown
    )
    title = language.gettext(
        "{metric} by {dimension}",
        metric=metric_label(assessment.catalogue[metric_id], language),
        dimension=by_dimension(dimension, language),
    )
    return Table(
        title=title,
        columns=_columns(dimension_name(dimension, language), language),
        rows=cells,
        after=under_table(shown, len(rows), material.files, language),
    )
