"""Satisfaction: CSAT, NPS and CES with the answers behind them, who answered, and where low ratings come from."""

from __future__ import annotations

from evaluation.assessment import Assessment
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.conclusions import joined, promise_kept
from reports.document import Block, Missing, Note, Notes, Section
from reports.evidence import figure_of, has_value, measured, why_absent
from reports.findings import stands_out
from reports.formats import amount, share
from reports.language import Language
from reports.member_pictures import members_picture
from reports.member_tables import members_table
from reports.multiple_pictures import multiples_picture
from reports.names import metric_label
from reports.process_pictures import course_picture
from reports.process_words import process_note
from reports.section import Material
from reports.sections.satisfaction.comments import comments_table
from reports.sections.satisfaction.low_ratings import low_note, sentiment_table, templates_table, topics_table
from reports.sections.satisfaction.scores import READINGS, RESPONSE, answers_picture, scores_table

ORDER = 60
ASKED = ("csat", "nps", "nps_interaction", "ces")
METRICS = (*READINGS, RESPONSE, "dissatisfaction_reasons")
"""Metrics that have their place here, and on no other page."""


def build(material: Material) -> Section | Missing:
    """The scores with their answers, and CSAT by channel, team, topic and template; no page when nobody answered."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Satisfaction")
    shown = tuple(name for name in ASKED if has_value(measured(assessment, name)))
    if not shown:
        absent = next((row for name in ASKED if (row := measured(assessment, name))), None)
        return Missing("satisfaction", kicker, why_absent(absent.reason if absent else None, language))
    main = shown[0]
    notes = _notes(assessment, main, language)
    after = language.gettext(
        "An interval says where the true score lies when these answers are a fair sample of all customers."
    )
    picture = course_picture(assessment, main, "satisfaction-months", language, notes=notes)
    found: dict[str, Block | None] = {
        "months": picture,
        "notes": notes if picture else None,
        "scores": scores_table(assessment, after, language),
        "answers": answers_picture(assessment, language),
        "multiples": multiples_picture(assessment, main, "channel", "satisfaction-multiples", language),
    }
    for dimension in ("channel", "team", "topic"):
        found[dimension] = _members(material, main, dimension)
    if main == "csat":
        found["topic"] = topics_table(assessment, material.files, language) or found["topic"]
        found["templates"] = templates_table(assessment, material.files, language)
        found["comments"] = comments_table(material)
    found["sentiment"] = sentiment_table(assessment, language)
    for other in shown[1:]:
        found[f"{other}_team"] = members_picture(assessment, other, "team", f"{other}-team", language)
    others = tuple(f"{other}_team" for other in shown[1:])
    section = Section(
        id="satisfaction",
        kicker=kicker,
        title=satisfaction_title(assessment, main, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=tuple(name for name in METRICS if has_value(measured(assessment, name))),
    )
    pieces = (
        Beside("months", "notes"),
        Whole("answers"),
        Whole("scores"),
        Whole("multiples"),
        Halves(("channel", "team", "topic", "templates", "sentiment", *others)),
        Whole("comments"),
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


def _notes(assessment: Assessment, metric_id: str, language: Language) -> Notes:
    standing = stands_out(assessment, (*ASKED, RESPONSE), language)
    told = (process_note(assessment, metric_id, language), standing, low_note(assessment, language))
    notes = [note for note in told if note]
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
