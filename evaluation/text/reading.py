"""What people wrote, read from the tables: requests of tickets, comments of surveys, reviews."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.vocabulary import NO_TEXT, instant
from evaluation.text.words import LONGEST_TEXT

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.period import Period
    from evaluation.tables import Tables

NEWEST = 20_000
"""Tagged tickets and rated comments that are read to learn from, newest first."""

LEARNING_DAYS = 365
"""How long before the period they may lie: wording and topics change."""


def has_request_text(tables: Tables) -> bool:
    """Whether a source gave subjects or messages."""
    return tables.has("tickets", "subject") or tables.has("ticket_events", "text")


def untagged_count(facts: Facts, period: Period) -> int:
    """Tickets of the period that count and carry no topic."""
    return int(_created(facts, period.start, period.end).filter(ibis._.topic.isnull()).count().execute())


def requests(facts: Facts, tables: Tables, period: Period) -> pd.DataFrame:
    """Tickets with what was asked in them: all untagged ones of the period and the one before, newest tagged ones.

    Returns:
        One row per ticket, in the order of their ids: `ticket_id`, `topic` (null = untagged), `language` as recorded,
        `is_now` (created in the period), `text` (subject and first requester message, or empty).
    """
    earliest = period.start - timedelta(days=LEARNING_DAYS)
    recent = _created(facts, min(earliest, period.previous().start), period.end)
    untagged = recent.filter(recent.topic.isnull(), recent.created_at >= instant(period.previous().start))
    tagged = recent.filter(recent.topic.notnull()).order_by(recent.created_at.desc(), recent.ticket_id).limit(NEWEST)
    chosen = untagged.union(tagged)
    subjects = tables["tickets"].select("ticket_id", "language", subject=_beginning(tables["tickets"].subject))
    joined = chosen.left_join(subjects, "ticket_id").select(*chosen.columns, "language", "subject")
    frame = _with_message(joined, tables, facts).execute().sort_values("ticket_id", ignore_index=True)
    frame["is_now"] = frame["created_at"] >= period.start
    frame["text"] = [_request(*pair) for pair in zip(frame.pop("subject"), frame.pop("message"), strict=True)]
    return frame.drop(columns="created_at")


def opinions(facts: Facts, tables: Tables, period: Period) -> pd.DataFrame:
    """Comments of surveys and texts of reviews up to the period's end, newest first, with their rating if any.

    Returns:
        `source` (survey, review), `is_now` (given in the period), `position` (rating on its scale, 0 lowest to 1
        highest; null = none), `text`. Rated ones that are too many or too old to learn from are left out unless they
        are of the period.
    """
    import pandas as pd

    parts = [part.execute() for part in (_comments(facts, period), _reviews(tables, period)) if part is not None]
    names = ["source", "is_now", "position", "text"]
    if not parts:
        return pd.DataFrame(columns=names)
    frame = pd.concat(parts, ignore_index=True)
    ordered = frame.sort_values(["at", "source", "text", "position"], ascending=[False, True, True, True])
    ordered["is_now"] = ordered["at"] >= period.start
    rank = (~ordered["is_now"]).cumsum()
    return ordered.loc[ordered["is_now"] | (rank <= NEWEST), names].reset_index(drop=True)


def language_of(language: object, text: str) -> str:
    """The language as recorded, without its region; else the script in which the text is written.

    Example:
        >>> language_of("pt-BR", "Onde está?"), language_of(None, "Где мой заказ?"), language_of("", "42")
        ('pt', 'cyrillic', 'unknown')
    """
    if isinstance(language, str) and language.strip():
        return language.strip().lower().replace("_", "-").split("-")[0]
    scripts = Counter(
        unicodedata.name(letter, "unknown").split()[0].lower() for letter in text[:200] if letter.isalpha()
    )
    return min(scripts, key=lambda script: (-scripts[script], script)) if scripts else "unknown"


def names_of_agents(tables: Tables) -> list[str]:
    """Names and identifiers of everybody who works here; none when no source tells them."""
    if "agents" not in tables:
        return []
    agents = tables["agents"].select("agent_id", "name").distinct().execute()
    return sorted({str(name) for column in ("name", "agent_id") for name in agents[column].dropna()})


def _created(facts: Facts, start: object, end: object) -> ir.Table:
    tickets = facts["tickets"]
    return tickets.filter(
        tickets.exclusion.isnull(), tickets.created_at >= instant(start), tickets.created_at < instant(end)
    ).select("ticket_id", "created_at", "topic")


def _with_message(tickets: ir.Table, tables: Tables, facts: Facts) -> ir.Table:
    """With the requester's first message."""
    if not tables.has("ticket_events", "text"):
        return tickets.mutate(message=NO_TEXT)
    events = tables["ticket_events"]
    said = events.filter(
        events.kind == "requester_message", events.text.notnull(), events["at"] <= instant(facts.cut)
    ).semi_join(tickets, "ticket_id")
    said = said.select("ticket_id", "at", message=_beginning(said.text))
    first = ibis.row_number().over(group_by=said.ticket_id, order_by=[said["at"], said.message])
    said = said.mutate(number=first).filter(ibis._.number == 0).select("ticket_id", "message")
    return tickets.left_join(said, "ticket_id").select(*tickets.columns, "message")


def _comments(facts: Facts, period: Period) -> ir.Table | None:
    if "surveys" not in facts:
        return None
    table = facts["surveys"]
    width = table.scale_max - table.scale_min
    given = table.filter(
        table.exclusion.isnull(), table.comment.notnull(), table.answered_at < instant(period.end),
        table.answered_at >= instant(period.start - timedelta(days=LEARNING_DAYS)),
    )  # fmt: skip
    return given.select(
        source=ibis.literal("survey"), at=table.answered_at, text=_beginning(table.comment),
        position=ibis.ifelse(width > 0, (table.score - table.scale_min) / width, ibis.null("float64")),
    )  # fmt: skip


def _reviews(tables: Tables, period: Period) -> ir.Table | None:
    if not tables.has("reviews", "text"):
        return None
    table = tables["reviews"]
    given = table.filter(
        table.text.notnull(), table.posted_at < instant(period.end),
        table.posted_at >= instant(period.start - timedelta(days=LEARNING_DAYS)),
    )  # fmt: skip
    return given.select(
        source=ibis.literal("review"), at=table.posted_at,
        text=_beginning(table.title.fill_null("") + ibis.literal(" ") + table.text),
        position=ibis.ifelse(table.scale_max > 1, (table.rating - 1) / (table.scale_max - 1), ibis.null("float64")),
    )  # fmt: skip


def _beginning(column: ir.StringColumn) -> ir.StringColumn:
    return column.substr(0, LONGEST_TEXT)


def _request(subject: object, message: object) -> str:
    """Subject and message; the subject once when the message begins with it."""
    first = subject.strip() if isinstance(subject, str) else ""
    then = message.strip() if isinstance(message, str) else ""
    return then if then.startswith(first) else f"{first}\n{then}".strip()
