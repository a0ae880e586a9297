"""Satisfaction: CSAT, NPS and CES with their intervals, who answered, and where it differs."""

from __future__ import annotations

from evaluation.assessment import Assessment
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
from reports.findings import stands_out
from reports.formats import amount, share
from reports.language import Language
from reports.member_pictures import members_picture
from reports.member_tables import members_table, with_footnotes
from reports.multiple_pictures import multiples_picture
from reports.names import metric_label
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
        absent = next((row for name in ASKED if (row := measured(assessment, name))), None)
        return Missing("satisfaction", kicker, why_absent(absent.reason if absent else None, language))
    main = shown[0]
    notes = _notes(assessment, language)
    after = language.gettext(
        "An interval says where the true score lies when these answers are a fair sample of all customers."
    )
    picture = months_picture(assessment, main, "satisfaction-months", language, notes=notes)
    found: dict[str, Block | None] = {
        "months": picture,
        "notes": notes if picture else None,
        "scores": _scores(assessment, shown, after, language),
        "multiples": multiples_picture(assessment, main, "channel", "satisfaction-multiples", language),
    }
    for dimension in ("channel", "team", "topic"):
        found[dimension] = _members(material, main, dimension)
    for other in shown[1:]:
        found[f"{other}_team"] = members_picture(assessment, other, "team", f"{other}-team", language)
    others = tuple(f"{other}_team" for other in shown[1:])
    section = Section(
        id="satisfaction",
        kicker=kicker,
        title=satisfaction_title(assessment, main, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=(*shown, *((RESPONSE,) if has_value(measured(assessment, RESPONSE)) else ())),
    )
    pieces = (
        Beside("months", "notes"),
        Whole("scores"),
        Whole("multiples"),
        Halves(("channel", "team", "topic", *others)),
    )
    return arranged(section, pieces, language, spare=("multiples", *others))


def _members(material: Material, metric_id: str, dimension: str) -> Block | None:
    """Channels and teams as a picture when every one of them has enough answers, else as a table; topics as a table."""
    language = material.language
    if dimension != "topic":
        other = "team" if dimension == "channel" else "channel"
        name = f"satisfaction-{dimension}"
        if picture := members_picture(material.assessment, metric_id, dimension, name, language, beside=(other,)):
            return picture
    heads = {"cases": language.gettext("Answers"), "value": language.gettext("Value")}
    return members_table(material, metric_id, dimension, **heads)


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
    standing = stands_out(assessment, (*ASKED, RESPONSE), language)
    notes = [standing] if standing else []
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


def _scores(assessment: Assessment, shown: tuple[str, ...], after: str, language: Language) -> Table:
    columns = (
        Column(language.gettext("Score"), 74),
        right(language.gettext("Answers"), 26),
        right(language.gettext("Value"), 40),
        right(language.gettext("95% interval"), 34),
    )
    rows = tuple(_score(assessment, name, language) for name in (*shown, RESPONSE) if measured(assessment, name))
    return with_footnotes(
        Table(title=language.gettext("Scores of the period"), columns=columns, rows=rows, after=after)
    )


def _score(assessment: Assessment, metric_id: str, language: Language) -> tuple[Cell, ...]:
    metric, found = assessment.catalogue[metric_id], measured(assessment, metric_id)
    return (
        Cell(text=metric_label(metric, language)),
        count_cell(found.n if found else None, language),
        value_cell(found, metric, language),
        interval_cell(found, metric, language),
    )
