"""What was read from the words of untagged tickets, and what could be written or taught about what comes again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from evaluation.assessment import Assessment
from reports.broken_down import facts_of, rows_of
from reports.document import Cell, Column, Table
from reports.evidence import count_cell, right
from reports.formats import ABSENT, number, period, share
from reports.language import N_, Language, pN_
from reports.names import cleaned, member_name

MOST_ESTIMATED, MOST_CANDIDATES = 10, 8
HELPS = {
    "article": pN_("what would help", "Article"),
    "template": pN_("what would help", "Template"),
    "training": pN_("what would help", "Training"),
}
_LEFT_OVER = {
    "unclear": N_("Cannot be told from the words"),
    "no_text": N_("Without words"),
}


def estimated_besides(assessment: Assessment, topics: Collection[str]) -> dict[str, int]:
    """By topic, untagged tickets that were taken for one of these topics by their words."""
    return {
        str(row["topic"]): int(row["tickets"])
        for row in rows_of(assessment, "estimated_topics")
        if row["way"] == "own_topic" and row["topic"] in topics
    }


def trust_in(assessment: Assessment, besides: Mapping[str, int], language: Language) -> str:
    """What the column of estimates is and how far it can be trusted; empty when there is none."""
    if not besides:
        return ""
    accuracy = facts_of(assessment, "estimated_topics").get("accuracy")
    text = language.gettext(
        "Estimated besides: tickets without a topic, told by their words; they count in no other figure."
    )
    if accuracy is None:
        return text
    right_ones = language.gettext("When tried, {share} were right.", share=share(float(accuracy), language, 0))
    return f"{text} {right_ones}"


def estimated_table(assessment: Assessment, besides: Collection[str], language: Language) -> Table | None:
    """Topics of the tickets that carry none, each with what it rests on; None when all are told elsewhere or none.

    Args:
        assessment: The evidence.
        besides: Topics whose estimates stand in the table of the recorded ones.
        language: The reader's.
    """
    rows, facts = rows_of(assessment, "estimated_topics"), facts_of(assessment, "estimated_topics")
    rows = tuple(row for row in rows if row["way"] != "own_topic" or row["topic"] not in besides)
    found = [row for row in rows if row["way"] not in _LEFT_OVER]
    if not found:
        return None
    shown = [*found[:MOST_ESTIMATED], *(row for row in rows if row["way"] in _LEFT_OVER)]
    before = period(assessment.period.previous().id, language)
    columns = (
        Column(language.gettext("Topic"), 62),
        Column(language.gettext("What it rests on"), 52),
        right(language.gettext("Tickets"), 18),
        right(language.pgettext("head of a table", "Share"), 18),
        right(before, 24),
    )
    untagged = int(facts.get("untagged", sum(int(row["tickets"]) for row in rows)))
    return Table(
        title=language.gettext("Untagged tickets: topics read from the words"),
        sub=language.ngettext(
            "{n} ticket carries no topic; estimates count in no other figure",
            "{n} tickets carry no topic; estimates count in no other figure",
            untagged,
        ),
        columns=columns,
        rows=tuple(_estimated(row, facts, language) for row in shown),
        after=_more(len(found) - MOST_ESTIMATED, language),
    )


def candidates_table(assessment: Assessment, language: Language) -> Table | None:
    """What customers come back on or rate low, with what would help; None when nothing stands out."""
    rows = rows_of(assessment, "recurring_questions")
    if not rows:
        return None
    columns = (
        Column(language.gettext("What would help"), 24),
        Column(language.gettext("About"), 46),
        Column(language.gettext("Evidence"), 76),
        Column(language.gettext("For whom"), 28),
    )
    return Table(
        title=language.gettext("Worth writing down or teaching"),
        sub=language.gettext(
            "suggestions: what comes back, or is rated low, at least a quarter more often than elsewhere"
        ),
        columns=columns,
        rows=tuple(_candidate(row, language) for row in rows[:MOST_CANDIDATES]),
        after=_more(len(rows) - MOST_CANDIDATES, language),
    )


def _estimated(row: Mapping[str, Any], facts: Mapping[str, Any], language: Language) -> tuple[Cell, ...]:
    return (
        Cell(text=_topic(row, language)),
        Cell(text=_basis(row, facts, language)),
        count_cell(int(row["tickets"]), language),
        Cell(text=share(row["share"], language)),
        count_cell(None if row["previous"] is None else int(row["previous"]), language),
    )


def _topic(row: Mapping[str, Any], language: Language) -> str:
    way = str(row["way"])
    if way in _LEFT_OVER:
        return language.gettext(_LEFT_OVER[way])
    if way == "own_topic":
        return member_name("topic", str(row["topic"]), language)
    return language.gettext("“{words}”", words=cleaned(str(row["words"])))


def _basis(row: Mapping[str, Any], facts: Mapping[str, Any], language: Language) -> str:
    """In words whether the row is an estimate, and how far it can be trusted."""
    if row["way"] == "own_topic":
        accuracy = facts.get("accuracy")
        if accuracy is None:
            return language.gettext("estimated")
        return language.gettext("estimated; {share} right when tried", share=share(float(accuracy), language, 0))
    if row["way"] == "group":
        apart = row["silhouette"]
        if apart is None:
            return language.gettext("estimated, a group of like requests")
        return language.gettext("estimated group; separation {value} of 1", value=number(apart, language, 2))
    return language.gettext("the same words, counted") if row["way"] == "wording" else ABSENT


def _candidate(row: Mapping[str, Any], language: Language) -> tuple[Cell, ...]:
    kind = str(row["kind"])
    return (
        Cell(text=language.pgettext("what would help", HELPS[kind])),
        Cell(text=_about(row, language)),
        Cell(text=_evidence(row, language)),
        Cell(text=_for_whom(row, language)),
    )


def _about(row: Mapping[str, Any], language: Language) -> str:
    name = str(row["name"])
    if row["subject"] == "answer_template":
        return language.gettext("answer template {name}", name=cleaned(name))
    if not row["is_estimated"]:
        return member_name("topic", name, language)
    return language.gettext("{topic} (estimated topic)", topic=member_name("topic", name, language))


def _evidence(row: Mapping[str, Any], language: Language) -> str:
    words = {
        "cases": number(row["cases"], language),
        "share": share(row["share"], language),
        "expected": share(row["expected_share"], language),
    }
    if row["subject"] == "answer_template":
        return language.ngettext(
            "{n} of {cases} ratings low: {share}, its topics explain {expected}",
            "{n} of {cases} ratings low: {share}, its topics explain {expected}",
            int(row["events"]),
            **words,
        )
    return language.ngettext(
        "{n} of {cases} contacts came back: {share}, on other topics {expected}",
        "{n} of {cases} contacts came back: {share}, on other topics {expected}",
        int(row["events"]),
        **words,
    )


def _for_whom(row: Mapping[str, Any], language: Language) -> str:
    """Whom it is for; people are counted, not named."""
    agents = [name for name in str(row["agents"] or "").split(", ") if name]
    if row["kind"] == "training" and agents:
        return language.ngettext("{n} agent", "{n} agents", len(agents))
    return language.gettext("customers") if row["kind"] == "article" else language.gettext("all agents")


def _more(left: int, language: Language) -> str:
    return language.ngettext("{n} more is not shown.", "{n} more are not shown.", left) if left > 0 else ""


def why_nothing_was_read(assessment: Assessment, language: Language) -> str:
    """Why untagged tickets have no estimated topics, when that is worth a sentence; else an empty text."""
    found = assessment.breakdowns.get("estimated_topics")
    if found is None or found.reason != "not_enough":
        return ""
    return language.ngettext(
        "{n} ticket carries no topic, and its words are too few or too varied to tell one.",
        "{n} tickets carry no topic, and their words are too few or too varied to tell them.",
        int(found.facts.get("untagged", 0)),
    )
