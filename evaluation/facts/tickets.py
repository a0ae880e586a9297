"""The facts of tickets: replay and row brought together, one row per ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.describing import IN_ROW
from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import DONE, MERGED, NO_FLAG, NO_INSTANT, NO_TEXT, REMOVED, STATE, beside

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.clock import Clock
    from evaluation.facts.describing import Descriptions
    from evaluation.facts.workbench import Workbench


@dataclass(frozen=True)
class Parts:
    """What the replay says, one row per ticket each.

    Attributes:
        story: `stories.stories`.
        sources: `stories.sources`.
        waits: `waits.waits`.
        replies: `waits.replies_sent`.
        messages: `waits.messages_received`.
        endings: `states.endings`.
        last: `states.last_states`.
        described: Topic, priority and assignee in time.
    """

    story: ir.Table
    sources: ir.Table
    waits: ir.Table
    replies: ir.Table
    messages: ir.Table
    endings: ir.Table
    last: ir.Table
    described: Descriptions


def known(bench: Workbench, parts: Parts, clock: Clock) -> ir.Table:
    """Everything known of each ticket, one row each: durations, ends, credit, dimensions, exclusion."""
    first = parts.waits.filter(parts.waits.is_first).drop("is_first", "turn")
    named = parts.story.left_join(parts.sources, "source").drop("source", "source_right", *IN_ROW.values())
    side_by_side = beside(named, first, parts.replies, parts.messages, parts.endings, parts.last)
    ended = counted(resolved(side_by_side))
    table = bench.step("ended", ended.mutate(calendar=clock.calendar_of(ended)))
    at_solves = [_assigned_at(table, parts, solve) for solve in ("first_solved_at", "solved_at")]
    whole = beside(table, parts.described.at_cut(), *at_solves, _durations(table, clock))
    return credited(whole).mutate(exclusion=excluded(whole))


def _assigned_at(table: ir.Table, parts: Parts, solve: str) -> ir.Table:
    """One row per ticket with that solve: `assigned_<solve>`, the assignee at it."""
    solves = table.filter(table[solve].notnull()).select("ticket_id", solve)
    return parts.described.at("assigned", solves, solve, f"assigned_{solve}").drop(solve)


def replies(clock: Clock, waits: ir.Table, tickets: ir.Table) -> ir.Table:
    """One row per wait that a human reply ended, credited to its author."""
    answered = waits.filter(waits.replied_at.notnull()).inner_join(tickets.select("ticket_id", "calendar"), "ticket_id")
    timed = clock.with_durations(answered, {"wait": ("waiting_since", "replied_at")})
    return timed.rename(agent="author")


def resolved(table: ir.Table) -> ir.Table:
    """With the ends of the ticket: `is_solved`, `first_solved_at`, `solved_at`, `unanswered_until`.

    A ticket whose row only says how often it was reopened has a known first solve only when it was solved once.
    `unanswered_until` is when a message nobody answered stopped waiting, because the ticket was solved or removed.
    """
    is_solved = table.code.isin(DONE)
    row_solves = table.reopen_count + ibis.ifelse(is_solved, 1, 0)
    replayed = table.has_status_events | (table.seen_messages & table.last_solved_at.notnull())
    first_known = (replayed | (row_solves == 1)).fill_null(False) & ~table.is_untimed_solve
    last_known = is_solved & ~table.is_untimed_solve
    return table.mutate(
        is_solved=is_solved,
        is_replayed=replayed,
        first_solved_at=ibis.ifelse(first_known, table.first_solved_at, NO_INSTANT),
        solved_at=ibis.ifelse(last_known, table.last_solved_at, NO_INSTANT),
        unanswered_until=ibis.cases(
            (is_solved, table.last_solved_at), (table.code.isin(REMOVED), table.removed_at), else_=NO_INSTANT
        ),
    )


def credited(table: ir.Table) -> ir.Table:
    """With who is credited for the first and the last resolution, and for the ticket.

    A resolution is the assignee's at that solve; without one, the author's of the last public reply before it; without
    that, the agent's who solved it. The ticket is its last solver's, else its assignee's at cut.
    """
    first = ibis.coalesce(table.assigned_first_solved_at, table.first_replier, table.first_solver)
    last = ibis.coalesce(table.assigned_solved_at, table.replier, table.solver)
    solved_agent = ibis.ifelse(table.is_solved, last, NO_TEXT)
    return table.mutate(
        first_solved_agent=ibis.ifelse(table.first_solved_at.notnull(), first, NO_TEXT),
        solved_agent=solved_agent,
        agent=ibis.coalesce(solved_agent, table.assigned),
    )


def excluded(table: ir.Table) -> ir.StringColumn:
    """The first reason for leaving a ticket out that applies; null for none. Later stages know the others."""
    merged_in_row = table.merged_into_id.notnull() & ~table.has_merge_event
    return ibis.cases(
        (table.is_spam, "spam"),
        (table.is_test, "test"),
        ((table.code == MERGED) | merged_in_row, "merged"),
        (table.code == STATE["deleted"], "deleted"),
        (table.opened_by_agent, "agent_started"),
        else_=NO_TEXT,
    )


def _durations(table: ir.Table, clock: Clock) -> ir.Table:
    """All durations of the ticket on both clocks."""
    stamps = ("created_at", "waiting_since", "asked_at", "replied_at", "first_solved_at", "solved_at")
    timed = clock.with_durations(
        table.select("ticket_id", "calendar", *stamps),
        {
            "first_response": ("waiting_since", "replied_at"),
            "first_wait": ("asked_at", "replied_at"),
            "first_resolution": ("created_at", "first_solved_at"),
            "full_resolution": ("created_at", "solved_at"),
        },
    )
    return timed.drop("calendar", *stamps)


def counted(table: ir.Table) -> ir.Table:
    """With replies, messages, reopens and corrections; null where neither events nor the row say.

    An opening message that is no event counts as a message, unless an event before the first reply stands for it.
    """
    unsaid = table.reply_count.isnull() & table.first_response_at.isnull()
    replayed = table.seen_messages | (table.sends_messages & unsaid)
    stands_for_it = (table.first_message < table.first_answer).fill_null(table.first_message.notnull())
    messages = table.messages.fill_null(0) + ibis.ifelse(table.opening_is_implied & ~stands_for_it, 1, 0)
    reopens = ibis.ifelse(table.is_replayed | replayed, table.reopens.fill_null(0), table.reopen_count)
    tells_corrections = table.seen_statuses & (table.anybodys_reopens.fill_null(0) == 0)
    answered_again = (table.first_answer < table.first_reopen) & (table.first_reopen < table.last_answer)
    return table.mutate(
        reply_count=ibis.ifelse(replayed, table.replies.fill_null(0), table.reply_count),
        requester_message_count=ibis.ifelse(replayed, messages, ibis.null("int64")),
        reopen_count=reopens,
        correction_count=ibis.ifelse(tells_corrections, table.corrections.fill_null(0), ibis.null("int64")),
        answered_again=ibis.ifelse(
            replayed, answered_again.fill_null(False), ibis.ifelse(reopens == 0, ibis.literal(False), NO_FLAG)
        ),
    )


def facts(table: ir.Table) -> ir.Table:
    """The columns that metrics read; policy, pauses and due moments are those of targets, waits those of states."""
    state = ibis.cases(
        (~table.tells_replies, NO_TEXT),
        (table.replied_at.notnull(), "responded"),
        (table.waiting_since.notnull() & table.unanswered_until.isnull(), "pending"),
        else_="not_applicable",
    )
    return table.select(
        "ticket_id", "requester_id", "created_at",
        clock_started_at=table.waiting_since,
        first_response_at=table.replied_at,
        first_response_agent=table.author,
        first_response_due_at=table.first_response_due_at,
        ended_unanswered_at=ibis.ifelse(table.replied_at.isnull(), table.unanswered_until, NO_INSTANT),
        first_response_state=state,
        **{name: table[name] for name in _DURATIONS},
        requester_wait_business_seconds=table.requester_wait_business_seconds.fill_null(0.0),
        requester_wait_calendar_seconds=table.requester_wait_calendar_seconds.fill_null(0.0),
        first_solved_at=table.first_solved_at,
        first_solved_agent=table.first_solved_agent,
        solved_at=table.solved_at,
        solved_agent=table.solved_agent,
        is_solved=table.is_solved,
        reply_count=table.reply_count,
        requester_message_count=table.requester_message_count,
        reopen_count=table.reopen_count,
        correction_count=table.correction_count,
        is_one_touch=table.is_solved & (table.reply_count == 1) & ~table.answered_again,
        has_events=table.has_events,
        policy=table.policy,
        paused_business_seconds=table.paused_business_seconds.fill_null(0.0),
        transfer_count=table.transfer_count,
        was_escalated=table.was_escalated,
        **{name: table[name] for name in (*DIMENSION_COLUMNS, "exclusion")},
    )  # fmt: skip


_DURATIONS = tuple(
    f"{name}_{clock}_seconds"
    for name in ("first_response", "first_wait", "first_resolution", "full_resolution")
    for clock in ("business", "calendar")
)
