"""Low ratings: from which topics and answer templates they come, and how unrated comments read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.assessment import Assessment
from evaluation.measurement import UNASSIGNED
from evaluation.metric import Unit
from reports.broken_down import facts_of, rows_of
from reports.document import Cell, Column, Note, Table
from reports.evidence import count_cell, measured, rest_of, right, value_cell
from reports.formats import interval, number, share
from reports.language import Language, pN_
from reports.member_tables import with_footnotes
from reports.names import cleaned, member_name

METRIC = "dissatisfaction_reasons"
MOST_TOPICS, MOST_TEMPLATES = 14, 10
_SOURCES = {
    ("survey", False): pN_("texts", "Survey comments, as rated"),
    ("survey", True): pN_("texts", "Survey comments without a rating, estimated"),
    ("review", False): pN_("texts", "Reviews, as rated"),
    ("review", True): pN_("texts", "Reviews without a rating, estimated"),
}

Row = Mapping[str, Any]


def topics_table(assessment: Assessment, files: tuple[str, ...], language: Language) -> Table | None:
    """Low ratings by topic beside the score; None with fewer than two topics."""
    rows = [row for row in rows_of(assessment, METRIC) if row["by"] == "topic"]
    if len(rows) < 2:
        return None
    shown = rows[:MOST_TOPICS]
    columns = (
        Column(language.gettext("Topic"), 27.5),
        right(language.gettext("Answers"), 12.5),
        right(language.pgettext("survey", "CSAT"), 12.5),
        right(language.pgettext("head of a table", "Low"), 12),
        right(language.gettext("95% interval"), 19.5),
    )
    return with_footnotes(
        Table(
            title=language.gettext("Low ratings by topic"),
            sub=_low(language),
            columns=columns,
            rows=tuple(_topic(row, assessment, language) for row in shown),
            after=rest_of(len(shown), len(rows), files, language),
        )
    )


def templates_table(assessment: Assessment, files: tuple[str, ...], language: Language) -> Table | None:
    """Low ratings by the answer templates sent before; None without any template."""
    rows = [row for row in rows_of(assessment, METRIC) if row["by"] == "template"]
    if not any(row["member"] != UNASSIGNED for row in rows):
        return None
    shown = rows[:MOST_TEMPLATES]
    columns = (
        Column(language.gettext("Answer template"), 36),
        right(language.gettext("Answers"), 14),
        right(language.pgettext("head of a table", "Low"), 14),
        right(language.gettext("95% interval"), 20),
    )
    counted = language.gettext("A rating counts for each template sent before it.")
    rest = rest_of(len(shown), len(rows), files, language)
    return Table(
        title=language.gettext("Low ratings by answer template"),
        sub=_low(language),
        columns=columns,
        rows=tuple(_template(row, language) for row in shown),
        after=" ".join(text for text in (counted, rest) if text),
    )


def low_note(assessment: Assessment, language: Language) -> Note | None:
    """How many ratings are low, and which topics and templates are clearly above that."""
    whole = measured(assessment, METRIC)
    if whole is None or whole.value is None:
        return None
    text = language.gettext("{share} of the ratings are low.", share=share(whole.value, language))
    least = assessment.catalogue[METRIC].minimum_sample
    rows = [row for row in rows_of(assessment, METRIC) if row["n"] >= least and row["member"] != UNASSIGNED]
    above = [_name(row, language) for row in rows if row["share_low"] > whole.value]
    if not rows:
        return Note(language.gettext("Low ratings"), (text,))
    more = (
        language.gettext("Clearly more often: {names}.", names=", ".join(above[:3]))
        if above
        else language.gettext("No topic and no template clearly more often.")
    )
    return Note(language.gettext("Low ratings"), (f"{text} {more}",))


def sentiment_table(assessment: Assessment, language: Language) -> Table | None:
    """Unrated comments and reviews as estimated, beside the rated ones; None when nothing was estimated."""
    rows = rows_of(assessment, "estimated_sentiment")
    sources = {row["source"] for row in rows if row["is_estimated"]}
    pairs = [key for key in _SOURCES if key[0] in sources and _of(rows, key)]
    if not pairs:
        return None
    columns = (
        Column(language.gettext("Texts"), 42),
        right(language.gettext("n"), 12),
        right(language.pgettext("sentiment", "Positive"), 15),
        right(language.pgettext("sentiment", "Negative"), 15),
    )
    return Table(
        title=language.gettext("Comments without a rating"),
        sub=language.gettext("estimated from the words; counts in no score"),
        columns=columns,
        rows=tuple(_sentiment(_of(rows, key), key, language) for key in pairs),
        after=_trust(facts_of(assessment, "estimated_sentiment"), language),
    )


def _low(language: Language) -> str:
    return language.gettext("share in the bottom quarter of the scale; clearest first")


def _topic(row: Row, assessment: Assessment, language: Language) -> tuple[Cell, ...]:
    score = measured(assessment, "csat", dimension="topic", member=str(row["member"]))
    return (
        Cell(text=member_name("topic", str(row["member"]), language)),
        count_cell(int(row["n"]), language),
        value_cell(score, assessment.catalogue["csat"], language),
        *_share_and_interval(row, language),
    )


def _template(row: Row, language: Language) -> tuple[Cell, ...]:
    return (
        Cell(text=_name(row, language)),
        count_cell(int(row["n"]), language),
        *_share_and_interval(row, language),
    )


def _share_and_interval(row: Row, language: Language) -> tuple[Cell, Cell]:
    bounds = interval(row["share_low"], row["share_high"], Unit.SHARE, language)
    return Cell(text=share(row["share"], language)), Cell(text=bounds)


def _name(row: Row, language: Language) -> str:
    member = str(row["member"])
    if row["by"] == "topic":
        return member_name("topic", member, language)
    return language.gettext("Without a template") if member == UNASSIGNED else cleaned(member)


def _of(rows: tuple[Row, ...], key: tuple[str, bool]) -> dict[str, Row]:
    return {str(row["sentiment"]): row for row in rows if (row["source"], bool(row["is_estimated"])) == key}


def _sentiment(found: Mapping[str, Row], key: tuple[str, bool], language: Language) -> tuple[Cell, ...]:
    total = sum(int(row["comments"]) for row in found.values())
    shares = [found.get(word) for word in ("positive", "negative")]
    return (
        Cell(text=language.pgettext("texts", _SOURCES[key])),
        count_cell(total, language),
        *(Cell(text="" if row is None else share(_best(row), language, 0)) for row in shares),
    )


def _best(row: Row) -> float:
    corrected = row["corrected_share"]
    return float(row["share"] if corrected is None else corrected)


def _trust(facts: Mapping[str, float | int | str], language: Language) -> str:
    """How far the estimate can be trusted: accuracy on texts that were held back."""
    if "balanced_accuracy" not in facts:
        return ""
    return language.gettext(
        "Estimate: learnt from {rated} rated texts; {accuracy} right on texts held back, both kinds weighing the same "
        "(guessing: 50%). Its known errors are taken out of the shares.",
        rated=number(int(facts["rated_positive"]) + int(facts["rated_negative"]), language),
        accuracy=share(float(facts["balanced_accuracy"]), language, 0),
    )
