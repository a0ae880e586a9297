"""Satisfaction: CSAT, NPS and CES with their intervals, who answered, and where it differs."""

from __future__ import annotations

from evaluation.assessment import Assessment
from reports.conclusions import joined, promise_kept
from reports.document import Block, Cell, Column, Missing, Note, Notes, Section, Table
from reports.evidence import (
    by_name,
    count_cell,
    figure_of,
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
from reports.formats import amount, share
from reports.language import Language
from reports.member_pictures import members_picture
from reports.names import by_dimension, dimension_name, member_name, metric_label
from reports.pictures import months_picture
from reports.section import Material

ORDER = 60
ASKED = ("csat", "nps", "ces")
RESPONSE = "response_rate"


def build(material: Material) -> Section | Missing:
    """The three scores, the response rate, and CSAT by channel, team and topic; no page when nobody answered."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Satisfaction")
    shown = tuple(name for name in ASKED if has_value(measured(assessment, name)))
    if not shown:
        found = next((row for name in ASKED if (row := measured(assessment, name))), None)
        return Missing("satisfaction", kicker, why_absent(found.reason if found else None, language))
    main = shown[0]
    blocks: dict[str, Block] = {}
    if picture := months_picture(assessment, main, "satisfaction-months", language):
        blocks["months"] = picture
        blocks["notes"] = _notes(assessment, language)
    blocks["scores"] = _scores(assessment, shown, language)
    for dimension in ("channel", "team", "topic"):
        if block := _members(material, main, dimension):
            blocks[dimension] = block
    metrics = (*shown, *((RESPONSE,) if has_value(measured(assessment, RESPONSE)) else ()))
    return Section(
        id="satisfaction",
        kicker=kicker,
        title=satisfaction_title(assessment, main, language),
        blocks=blocks,
        metrics=metrics,
    )


def _members(material: Material, metric_id: str, dimension: str) -> Block | None:
    """Channels and teams as a picture when every one of them has enough answers, else as a table; topics as a table."""
    if dimension == "topic":
        return _by_member(material, metric_id, dimension)
    other = "team" if dimension == "channel" else "channel"
    name = f"satisfaction-{dimension}"
    picture = members_picture(material.assessment, metric_id, dimension, name, material.language, beside=(other,))
    return picture or _by_member(material, metric_id, dimension)


def satisfaction_title(assessment: Assessment, metric_id: str, language: Language) -> str:
    """The main score against its target, and how many of those asked have answered."""
    metric, score, figure = (
        assessment.catalogue[metric_id],
        measured(assessment, metric_id),
        figure_of(assessment, metric_id),
    )
    if score is None or score.value is None:
        return metric_label(metric, language)
    kept = promise_kept(figure, language) if figure else ""
    value = kept or amount(score.value, metric.unit, language).text
    first = language.gettext("{label}: {value}", label=metric_label(metric, language), value=value)
    answered = measured(assessment, RESPONSE)
    if answered is None or answered.value is None:
        return joined(first, [language.ngettext("{n} answer", "{n} answers", score.n)], language)
    second = language.gettext("{share} of those asked answered", share=share(answered.value, language))
    return joined(first, [second], language)


def _notes(assessment: Assessment, language: Language) -> Notes:
    lines = [
        language.gettext(
            "An interval says where the true score lies when these answers are a fair sample of all customers."
        )
    ]
    standing = stands_out(assessment, (*ASKED, RESPONSE), language)
    notes = [*([standing] if standing else []), Note(language.gettext("How to read"), tuple(lines))]
    answered = measured(assessment, RESPONSE)
    if answered is None or answered.value is None:
        reason = why_absent(answered.reason if answered else None, language)
        text = language.gettext("How many of those asked have answered: {reason}.", reason=reason)
    else:
        text = language.gettext(
            "{share} of those asked answered; what the others think is not known.",
            share=share(answered.value, language),
        )
    return Notes((*notes, Note(language.gettext("What we cannot see"), (text,))))


def _scores(assessment: Assessment, shown: tuple[str, ...], language: Language) -> Table:
    columns = (
        Column(language.gettext("Score"), 74),
        right(language.gettext("Answers"), 26),
        right(language.gettext("Value"), 40),
        right(language.gettext("95% interval"), 34),
    )
    rows = tuple(_score(assessment, name, language) for name in (*shown, RESPONSE) if measured(assessment, name))
    return Table(
        title=language.gettext("Scores of the period"),
        sub=language.gettext("whole service"),
        columns=columns,
        rows=rows,
    )


def _score(assessment: Assessment, metric_id: str, language: Language) -> tuple[Cell, ...]:
    metric, found = assessment.catalogue[metric_id], measured(assessment, metric_id)
    return (
        Cell(text=metric_label(metric, language)),
        count_cell(found.n if found else None, language),
        value_cell(found, metric, language),
        interval_cell(found, metric, language),
    )


def _by_member(material: Material, metric_id: str, dimension: str) -> Table | None:
    assessment, language = material.assessment, material.language
    rows = members(assessment, metric_id, dimension)
    if len(rows) < 2:  # one member is the whole service, which has its row already
        return None
    metric, shown = assessment.catalogue[metric_id], by_name(most(rows), dimension, language)
    columns = (
        Column(dimension_name(dimension, language), 64),
        right(language.gettext("Answers"), 22),
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
    return Table(
        title=title, columns=columns, rows=cells, after=under_table(shown, len(rows), material.files, language)
    )
