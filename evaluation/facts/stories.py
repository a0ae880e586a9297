"""What is known of each ticket before its events are played: who opened it, what its source records, where it ends.

A source may record messages and statuses as events, hand over finished facts in the ticket's row, or mix the two.
Whatever the events do not say is taken from the row; whatever neither says stays unknown.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import ibis

from evaluation.errors import DataError
from evaluation.facts.vocabulary import NO_INSTANT, NO_TEXT, instant, later
from evaluation.fields import ACTORS, EVENT_KINDS, STATUSES

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.settings import ReplayOptions
    from evaluation.tables import Tables

_MESSAGES = ("requester_message", "public_reply")
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~…«»„“”‘’–—¡¿·• \t\r\n\u00a0"


def visible_events(given: ir.Table, options: ReplayOptions, cut: datetime) -> ir.Table:
    """The events with what the replay asks of them; `is_visible` is false for those after `cut`.

    A public reply whose actor is the requester is a requester's message. A public reply without an actor kind is taken
    for an agent's. A `merged` event that names its own ticket is the surviving one's, and no end.
    """
    mistaken = (given.kind == "public_reply") & (given.actor_kind == "requester")
    kind = ibis.ifelse(mistaken.fill_null(False), "requester_message", given.kind)
    by_human = given.actor_kind.fill_null("agent") == "agent"
    if options.automatic_authors:
        by_human = by_human & ~given.actor_id.isin(options.automatic_authors).fill_null(False)
    # the texts of others are nulls here: stripping them would be a third of the time that all facts take
    words = ibis.ifelse(kind == "requester_message", given.text, NO_TEXT)
    survives = (given.kind == "merged") & (given.to_value == given.ticket_id)
    return given.filter(~survives.fill_null(False)).select(
        "ticket_id", "at", "actor_kind", "actor_id", "from_value", "to_value",
        kind=kind,
        is_message=kind == "requester_message",
        is_human_reply=(kind == "public_reply") & by_human,
        is_quiet=_needs_no_reply(words, options.no_reply_needed),
        is_visible=given.at <= instant(cut),
    )  # fmt: skip


def _needs_no_reply(text: ir.StringColumn, phrases: list[str]) -> ir.BooleanValue:
    bare = {_bare(phrase) for phrase in phrases}
    if not bare:
        return ibis.literal(False)
    return text.translate(_PUNCTUATION, "").lower().isin(sorted(bare)).fill_null(False)


def _bare(phrase: str) -> str:
    return phrase.translate({ord(mark): None for mark in _PUNCTUATION}).lower()


def refuse_unknown_words(tables: Tables) -> None:
    """Refuse an event kind, actor kind or status that the dictionary lacks.

    Raises:
        DataError: Names the value, its table and column, and one ticket that has it.
    """
    words = [_strangers(tables["tickets"], "tickets", "status_code", STATUSES)]
    if "ticket_events" in tables:
        events = tables["ticket_events"]
        words += [
            _strangers(events, "ticket_events", "kind", EVENT_KINDS),
            _strangers(events, "ticket_events", "actor_kind", ACTORS),
            _strangers(events.filter(events.kind == "status"), "ticket_events", "to_value", STATUSES, or_null=True),
        ]
    found = ibis.union(*words).order_by("place", "word").limit(1).to_pyarrow().to_pylist()
    if found:
        table, column = found[0]["place"].split(".")
        allowed = {"status_code": STATUSES, "to_value": STATUSES, "kind": EVENT_KINDS, "actor_kind": ACTORS}[column]
        raise DataError(
            f"{found[0]['word']!r} is not a known {'status' if allowed is STATUSES else column} "
            f"({found[0]['cases']} times, for example in ticket {found[0]['example']})",
            where=f"{table}.{column}",
            remedy=f"map it to one of: {', '.join(allowed)}",
        )


def _strangers(table: ir.Table, name: str, column: str, known: tuple[str, ...], *, or_null: bool = False) -> ir.Table:
    strange = ~table[column].isin(known)
    strange = strange | table[column].isnull() if or_null else strange
    grouped = table.filter(strange).group_by(word=table[column].fill_null("(nothing)"))
    return grouped.agg(cases=ibis._.count(), example=ibis._.ticket_id.min()).mutate(
        place=ibis.literal(f"{name}.{column}")
    )


def histories(events: ir.Table) -> ir.Table:
    """One row per ticket with events: what kinds it has, who wrote first.

    Everything is about visible events, except `has_status_events`, `has_reply_events` and `has_merge_event`: that a
    later event exists says that the source records such things, so that the ticket's row is not asked.
    """
    seen = events.is_visible
    return events.group_by("ticket_id").agg(
        seen_count=seen.sum().cast("int64"),
        last_event_at=events["at"].max(where=seen),
        first_message_at=events["at"].min(where=seen & events.is_message),
        first_human_reply_at=events["at"].min(where=seen & events.is_human_reply),
        was_created_by_agent=(seen & (events.kind == "created") & (events.actor_kind == "agent")).any(),
        has_status_events=(events.kind == "status").any(),
        has_reply_events=(events.kind == "public_reply").any(),
        has_merge_event=(events.kind == "merged").any(),
        seen_messages=(seen & events.kind.isin(_MESSAGES)).any(),
        seen_statuses=(seen & (events.kind == "status")).any(),
    )


def stories(tables: Tables, history: ir.Table, cut: datetime) -> ir.Table:
    """One row per ticket created by `cut`: its row, cut to what was known then, and its history."""
    given = tables["tickets"].filter(tables["tickets"].created_at <= instant(cut))
    joined = given.left_join(history, "ticket_id").drop("ticket_id_right")
    flags = {
        name: joined[name].fill_null(False)
        for name in ("was_created_by_agent", "has_status_events", "has_reply_events", "has_merge_event",
                     "seen_messages", "seen_statuses")
    }  # fmt: skip
    known = joined.mutate(
        has_events=joined.seen_count.fill_null(0) > 0,
        source=source_of(joined.ticket_id),
        row_first_response_at=_by(joined.first_response_at, cut),
        row_solved_at=_by(joined.solved_at, cut),
        row_closed_at=_by(joined.closed_at, cut),
        **flags,
    )
    return _what_the_row_says(_opening(known))


def _by(at: ir.TimestampColumn, cut: datetime) -> ir.TimestampColumn:
    return ibis.ifelse(at <= instant(cut), at, NO_INSTANT)


def source_of(ticket_id: ir.StringColumn) -> ir.StringColumn:
    """The source that prefixes a key; empty when none does."""
    colon = ticket_id.find(":")
    return ibis.ifelse(colon > 0, ticket_id.substr(0, colon), "")


def _opening(story: ir.Table) -> ir.Table:
    """Who opened the ticket, and whether its opening message is only implied by the row.

    An agent opened it when the source says so, when its created event is an agent's, or when a human's public reply
    stands at or before its creation; but not when a message of the requester stands there first.
    """
    wrote_first = story.first_message_at <= story.created_at
    answered_at_once = story.first_human_reply_at <= story.created_at
    message_first = story.first_message_at <= story.first_human_reply_at
    by_event = story.was_created_by_agent & ~wrote_first.fill_null(False)
    by_reply = answered_at_once.fill_null(False) & ~message_first.fill_null(False)
    opened_by_agent = story.is_proactive | by_event | by_reply
    return story.mutate(
        opened_by_agent=opened_by_agent,
        opening_is_implied=~opened_by_agent & ~wrote_first.fill_null(False),
        agent_opening_at=ibis.ifelse(
            opened_by_agent & ~message_first.fill_null(False), story.first_human_reply_at, NO_INSTANT
        ),
    )


def _what_the_row_says(story: ir.Table) -> ir.Table:
    """Which parts of the ticket's own row are played, because its events do not tell them."""
    asks_status = ~story.has_status_events
    done = story.status_code.isin(("solved", "closed")).fill_null(False)
    deleted = (story.status_code == "deleted").fill_null(False)
    stamped = story.solved_at.notnull() | story.closed_at.notnull()
    last_known = later(later(story.created_at, story.last_event_at), story.row_first_response_at)
    played = story.mutate(
        row_reply_at=ibis.ifelse(story.has_reply_events, NO_INSTANT, story.row_first_response_at),
        row_solved_at=ibis.ifelse(asks_status, story.row_solved_at, NO_INSTANT),
        row_closed_at=ibis.ifelse(asks_status & ~deleted, story.row_closed_at, NO_INSTANT),
        row_is_done=asks_status & done,
        row_status=ibis.ifelse(asks_status & ~(done & stamped), story.status_code, NO_TEXT),
        is_untimed_solve=asks_status & done & ~stamped,
        last_known_at=later(later(last_known, story.row_solved_at), story.row_closed_at),
        row_merged_at=ibis.ifelse(
            story.merged_into_id.notnull() & ~story.has_merge_event,
            ibis.coalesce(story.row_closed_at, story.row_solved_at, last_known),
            NO_INSTANT,
        ),
    )
    return played.select(*_TOLD).rename(channel="channel_code", team="team_id", branch="branch_id")


_TOLD = (
    "ticket_id", "requester_id", "created_at", "channel_code", "team_id", "branch_id", "topic", "priority_code",
    "agent_id", "language", "product", "is_spam", "is_test", "merged_into_id", "first_response_at", "solved_at",
    "closed_at", "status_code",
    "reply_count", "reopen_count", "source", "has_events", "seen_messages", "seen_statuses", "has_status_events",
    "has_merge_event", "opened_by_agent", "opening_is_implied", "agent_opening_at", "row_reply_at", "row_solved_at",
    "row_closed_at", "row_is_done", "row_status", "is_untimed_solve", "last_known_at", "row_merged_at",
)  # fmt: skip


def sources(tables: Tables, story: ir.Table) -> ir.Table:
    """One row per source: whether it records replies and statuses at all, and messages as events.

    Where a source records none, nothing was unanswered or unsolved: it is unknown.
    """
    named = {column: ibis.literal(tables.has("tickets", column)) for column in ("first_response_at", "solved_at")}
    return story.group_by("source").agg(
        sends_messages=story.seen_messages.any(),
        tells_replies=(story.seen_messages | story.first_response_at.notnull()).any()
        | (named["first_response_at"] & ~story.has_events.any()),
        tells_statuses=(
            story.seen_statuses | story.solved_at.notnull() | story.closed_at.notnull() | story.status_code.notnull()
        ).any()
        | (named["solved_at"] & ~story.has_events.any()),
    )
