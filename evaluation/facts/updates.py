"""Periodic updates: from each public human reply to the one after it, while the ticket is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.facts.policies import stands_still
from evaluation.facts.running import measured, pledged, running_time, used_up
from evaluation.facts.targets import promised
from evaluation.facts.vocabulary import NO_INSTANT, in_order, instant, later
from evaluation.facts.waits import sittings

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.targets import Promises

_CLOCK = ("ticket_id", "turn")


def update_pledges(promises: Promises, played: ir.Table, spans: ir.Table, sitting_minutes: float) -> ir.Table:
    """Updates that were owed, one for each reply: the clock runs from it to the next one.

    The clock stands still in the policy's pauses and while the ticket is solved. An update whose clock never ran was
    not owed. A reply that goes on with its author's sitting is no update of its own: when it came in time it only
    starts the clock again.
    """
    bench = promises.clock.bench
    owed = bench.step("updates", promises.applied(_between_replies(promises, played, sitting_minutes)))
    running = _running_spans(promises, owed, spans)
    clocks = promised(owed).left_join(running_time(running, _CLOCK), list(_CLOCK)).drop("ticket_id_right", "turn_right")
    table = clocks.left_join(used_up(owed, running, _CLOCK), list(_CLOCK)).drop("ticket_id_right", "turn_right")
    ran = table.ran.fill_null(False)
    continued_in_time = table.continues & table.used_up_since.isnull()
    return pledged(promises, table.filter(ran & ~continued_in_time))


def _between_replies(promises: Promises, played: ir.Table, sitting_minutes: float) -> ir.Table:
    """One row per public reply of tickets whose replies are events, with the reply after it."""
    replies = sittings(played, sitting_minutes)
    order = in_order(replies)
    followed = replies.mutate(
        next_at=replies["at"].lead().over(order),
        next_author=replies.actor_id.lead().over(order),
        continues=(~replies.begins).lead().over(order),
    )
    tickets = promises.tickets.select(
        "ticket_id", "calendar", "created_at", "unanswered_until", "row_reply_at", assignee="agent",
        is_decidable=promises.tickets.tells_statuses & ~promises.tickets.is_untimed_solve,
    )  # fmt: skip
    known = followed.inner_join(tickets.filter(tickets.row_reply_at.isnull()), "ticket_id")
    is_fulfilled = known.next_at.notnull()
    since = later(known["at"], known.created_at)
    ended_at = ibis.ifelse(
        is_fulfilled | known.unanswered_until.isnull(), NO_INSTANT, later(known.unanswered_until, since)
    )
    return known.select(
        "ticket_id", "turn", "calendar", "is_decidable",
        target=ibis.literal("periodic_update"),
        continues=known.continues.fill_null(False),
        applied_at=since,
        fulfilled_at=ibis.ifelse(is_fulfilled, later(known.next_at, since), NO_INSTANT),
        ended_at=ended_at,
        stopped_at=ibis.ifelse(is_fulfilled, later(known.next_at, since), ended_at),
        agent=ibis.ifelse(is_fulfilled, known.next_author, known.assignee),
    )  # fmt: skip


def _running_spans(promises: Promises, owed: ir.Table, spans: ir.Table) -> ir.Table:
    """The states of the tickets between two replies, measured on the clock of the update."""
    states = spans.select("ticket_id", "at", "until", "sequence", "state", "is_open")
    clocks = owed.select("ticket_id", "turn", "calendar", "number", "clock", "applied_at", "stopped_at")
    owned = states.inner_join(clocks, "ticket_id")
    cut = instant(promises.clock.cut)
    overlapping = owned.filter(
        (owned.until.isnull() | (owned.until > owned.applied_at))
        & (owned.stopped_at.isnull() | (owned["at"] < owned.stopped_at))
    )
    ends, stop = overlapping.until.fill_null(cut), overlapping.stopped_at.fill_null(cut)
    is_paused = overlapping.is_open & stands_still(promises.policies, overlapping.number, overlapping.state)
    bounded = overlapping.select(
        "ticket_id", "turn", "sequence", "calendar", "clock",
        until=ibis.ifelse(overlapping.stopped_at.isnull(), overlapping.until, stop),
        since=later(overlapping["at"], overlapping.applied_at),
        ends=ibis.ifelse(ends < stop, ends, stop),
        is_paused=is_paused,
        runs=overlapping.is_open & ~is_paused,
    )  # fmt: skip
    return measured(promises, bounded, "updates_running", _CLOCK)
