"""Responsiveness: how long customers wait for a first answer, for each next one, and for the solution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from evaluation.metric import Clock
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.conclusions import joined
from reports.document import Block, Cell, Column, Missing, Note, Notes, Section, Table
from reports.duration_words import typical_note
from reports.evidence import (
    by_name,
    count_cell,
    has_value,
    interval_cell,
    measured,
    members,
    most,
    rest_of,
    right,
    value_cell,
    why_absent,
)
from reports.findings import stands_out
from reports.formats import ABSENT, duration
from reports.language import Language
from reports.member_tables import by_title, with_footnotes
from reports.names import dimension_name, member_name, metric_label, statistic_name
from reports.process_pictures import course_picture
from reports.process_words import process_note
from reports.section import Material
from reports.sections.responsiveness.open_ones import open_ones
from reports.sections.responsiveness.spread import spread_picture

ORDER = 40
FIRST = "first_response_time"
RESOLUTION = "full_resolution_time"
AWAITING = "awaiting_first_response"
WAITS = (FIRST, "next_reply_time", "first_wait_time", "first_resolution_time", RESOLUTION, "requester_wait_time")


def build(material: Material) -> Section | Missing:
    """First response by month, channel, team and topic; resolution by topic; no page when no wait was measured."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Responsiveness")
    shown = tuple(name for name in WAITS if has_value(measured(assessment, name)))
    if not shown:
        whole = measured(assessment, FIRST)
        return Missing("responsiveness", kicker, why_absent(whole.reason if whole else None, language))
    notes = _notes(assessment, language)
    picture = course_picture(assessment, FIRST, "first-response-months", language, notes=notes)
    found: dict[str, Block | None] = {
        "months": picture,
        "notes": notes if picture else None,
        "waits": _waits(assessment, shown, language),
        "open_ones": open_ones(assessment, language),
        "spread_first": spread_picture(assessment, FIRST, language),
        "spread_resolution": spread_picture(assessment, RESOLUTION, language),
    }
    for dimension in ("channel", "team"):
        found[f"first_{dimension}"] = by_member(material, FIRST, dimension)
    found["topics"] = by_topic(material)
    section = Section(
        id="responsiveness",
        kicker=kicker,
        title=responsiveness_title(assessment, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=(*shown, AWAITING) if has_value(measured(assessment, AWAITING)) else shown,
    )
    pieces = (
        Beside("months", "notes"),
        Whole("waits"),
        Whole("open_ones"),
        Halves(("spread_first", "spread_resolution")),
        Halves(("first_channel", "first_team", "topics")),
    )
    return arranged(section, pieces, language)


def other_clock(assessment: Assessment, metric_id: str) -> str | None:
    """The same wait on the clock that the organisation did not choose, when it was measured."""
    chosen = assessment.catalogue[metric_id].clock
    companions = [f"{metric_id}_{clock.value}" for clock in (Clock.BUSINESS, Clock.CALENDAR) if clock is not chosen]
    return next((name for name in companions if has_value(measured(assessment, name))), None)


def responsiveness_title(assessment: Assessment, language: Language) -> str:
    """How fast half of the first replies come, and how slow the slowest tenth is; one figure when both print alike."""
    half = measured(assessment, FIRST, statistic="median")
    tenth = measured(assessment, FIRST, statistic="p90")
    if half is None or half.value is None:
        solved = measured(assessment, RESOLUTION, statistic="median")
        if solved is None or solved.value is None:
            return language.gettext("Waits could be measured in part only")
        return language.gettext("Half of the tickets are solved within {time}", time=duration(solved.value, language))
    usual = duration(half.value, language)
    first = language.gettext("Half of the first replies come within {time}", time=usual)
    if tenth is None or tenth.value is None:
        return first
    slow = duration(tenth.value, language)
    if slow == usual:  # half of the waits or more are equal: nothing is known to take longer
        return language.gettext("Nine of ten first replies come within {time}", time=slow)
    second = language.gettext("one in ten takes longer than {time}", time=slow)
    return joined(first, [second], language)


def _notes(assessment: Assessment, language: Language) -> Notes:
    whole = measured(assessment, FIRST)
    lines = [
        language.gettext(
            "The median is the wait of the customer in the middle; the mean is pulled up by a few long waits."
        )
    ]
    standing = stands_out(assessment, WAITS, language)
    typical = typical_note(assessment, (FIRST, RESOLUTION), language)
    told = [note for note in (typical, process_note(assessment, FIRST, language), standing) if note]
    notes = [*told, Note(language.gettext("How to read"), tuple(lines)), *_awaiting(assessment, language)]
    if whole is not None and whole.undecided:
        pending = language.ngettext(
            "{n} ticket had no reply yet; it is not in the figures.",
            "{n} tickets had no reply yet; they are not in the figures.",
            whole.undecided,
        )
        notes.append(Note(language.gettext("What we cannot see"), (pending,)))
    return Notes(tuple(notes))


def _awaiting(assessment: Assessment, language: Language) -> Iterator[Note]:
    """How many had no first response at the end of the period, and how many of them were past due, if any."""
    stock, late = measured(assessment, AWAITING), measured(assessment, AWAITING, statistic="past_due")
    if stock is None or late is None or not stock.value or late.value is None:
        return
    waited = language.ngettext(
        "{n} ticket was waiting for its first response at the end of the period.",
        "{n} tickets were waiting for their first response at the end of the period.",
        int(stock.value),
    )
    past_due = language.ngettext("{n} of them was past due.", "{n} of them were past due.", int(late.value))
    told = f"{waited} {past_due}" if late.value else waited
    yield Note(metric_label(assessment.catalogue[AWAITING], language), (told,))


def _waits(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    """Every wait in one row; the other clock is a column, and none when it says the same."""
    others = {name: other_clock(assessment, name) for name in shown}
    differs = any(other and _value(assessment, other) != _value(assessment, name) for name, other in others.items())
    columns = [
        Column(language.gettext("Wait"), 50 if differs else 60),
        right(language.gettext("n"), 16),
        right(statistic_name("median", language), 24),
        right(language.gettext("95% interval of the median"), 38 if differs else 34),
        right(statistic_name("mean", language), 20),
        right(statistic_name("p90", language), 20),
    ]
    if differs:
        columns[1:] = [
            replace(column, width_mm=width) for column, width in zip(columns[1:], (14, 20, 34, 18, 18), strict=True)
        ]
        columns.append(right(_on_other_clock(assessment, others, language), 20))
    rows = []
    for name in shown:
        row = _cells(assessment, name, Cell(text=metric_label(assessment.catalogue[name], language)), language)
        if differs:
            other = others[name]
            metric = assessment.catalogue[name]
            found = measured(assessment, other) if other else None
            row = (*row, Cell(text=value_cell(found, metric, language).text))
        rows.append(row)
    return with_footnotes(
        Table(
            title=language.gettext("All waits of the period"),
            columns=tuple(columns),
            rows=tuple(rows),
        )
    )


def _value(assessment: Assessment, metric_id: str) -> float | None:
    found = measured(assessment, metric_id)
    return found.value if found else None


def _on_other_clock(assessment: Assessment, others: Mapping[str, str | None], language: Language) -> str:
    clock = next(assessment.catalogue[other].clock for other in others.values() if other)
    if clock is Clock.CALENDAR:
        return language.gettext("median round the clock")
    return language.gettext("median in opening hours")


def _cells(assessment: Assessment, metric_id: str, head: Cell, language: Language) -> tuple[Cell, ...]:
    metric = assessment.catalogue[metric_id]
    found: dict[str, Measurement | None] = {
        statistic: measured(assessment, metric_id, statistic=statistic) for statistic in ("median", "mean", "p90")
    }
    half = found["median"]
    count = count_cell(half.n, language) if half else Cell(text=ABSENT)
    quiet = [Cell(text=value_cell(found[name], metric, language).text) for name in ("mean", "p90")]
    return (head, count, value_cell(half, metric, language), interval_cell(half, metric, language), *quiet)


def by_member(material: Material, metric_id: str, dimension: str) -> Table | None:
    """A wait by the members of a dimension: n, median and 90th percentile; None with fewer than two members."""
    assessment, language = material.assessment, material.language
    rows = members(assessment, metric_id, dimension, statistic="median")
    if len(rows) < 2:  # one member is the whole service, which has its row already
        return None
    metric, shown = assessment.catalogue[metric_id], by_name(most(rows), dimension, language)
    tails = {row.member: row for row in members(assessment, metric_id, dimension, statistic="p90")}
    columns = (
        Column(dimension_name(dimension, language), 30),
        right(language.gettext("n"), 11),
        right(statistic_name("median", language), 21),
        right(statistic_name("p90", language), 22),
    )
    cells = tuple(
        (
            Cell(text=member_name(dimension, row.member, language)),
            count_cell(row.n, language),
            value_cell(row, metric, language),
            Cell(text=value_cell(tails.get(row.member), metric, language).text),
        )
        for row in shown
    )
    after = rest_of(len(shown), len(rows), material.files, language)
    return with_footnotes(
        Table(title=by_title(material, metric_id, dimension), columns=columns, rows=cells, after=after)
    )


def by_topic(material: Material) -> Table | None:
    """The median first response and the median resolution of each topic; None with fewer than two topics."""
    assessment, language = material.assessment, material.language
    rows = members(assessment, FIRST, "topic", statistic="median")
    solved = {row.member: row for row in members(assessment, RESOLUTION, "topic", statistic="median")}
    if len(rows) < 2 or not solved:
        return by_member(material, FIRST, "topic")
    shown = by_name(most(rows), "topic", language)
    first, resolution = assessment.catalogue[FIRST], assessment.catalogue[RESOLUTION]
    columns = (
        Column(dimension_name("topic", language), 30),
        right(language.gettext("n"), 11),
        right(language.pgettext("head of a table", "first response"), 21),
        right(language.pgettext("head of a table", "full resolution"), 22),
    )
    cells = tuple(
        (
            Cell(text=member_name("topic", row.member, language)),
            count_cell(row.n, language),
            value_cell(row, first, language),
            value_cell(solved.get(row.member), resolution, language),
        )
        for row in shown
    )
    after = rest_of(len(shown), len(rows), material.files, language)
    return with_footnotes(
        Table(title=language.gettext("Median waits by topic"), columns=columns, rows=cells, after=after)
    )
