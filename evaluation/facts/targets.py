"""Targets of service-level agreements: when each fell due, and whether it was met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.policies import stands_still, with_promise
from evaluation.facts.running import PLEDGE, measured, pledged, running_time, used_up
from evaluation.facts.segments import with_segment
from evaluation.facts.vocabulary import NO_INSTANT, beside, instant, later

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr import types as ir

    from evaluation.facts.clock import Clock
    from evaluation.facts.describing import Descriptions
    from evaluation.sla import SlaPolicyConfig, TargetName


@dataclass(frozen=True)
class Promises:
    """What targets are made of.

    Attributes:
        policies: In the order in which they are tried.
        zone: The organisation's zone, in which validity is dated.
        clock: The run's clocks.
        described: Topic and priority in time.
        tickets: `tickets.known`.
        customers: The canonical table; None when no source gave it.
    """

    policies: Sequence[SlaPolicyConfig]
    zone: str
    clock: Clock
    described: Descriptions
    tickets: ir.Table
    customers: ir.Table | None = None

    def promises(self, target: TargetName) -> bool:
        """Whether any policy promises a target."""
        return any(target in policy.targets.promised() for policy in self.policies)

    def applied(self, table: ir.Table) -> ir.Table:
        """`table` with the promise in force at `applied_at`, by the topic, priority and segment of that moment."""
        asked = {dimension for policy in self.policies for dimension in policy.where}
        owners = self.tickets.select("ticket_id", "requester_id", "channel", "team", "branch", "language", "product")
        at_apply = table.inner_join(owners, "ticket_id")
        for name in ("topic", "priority"):
            if name in asked:
                at_apply = self.described.at(name, at_apply, "applied_at", name)
        if "segment" in asked:
            at_apply = with_segment(at_apply, self.customers)
        return with_promise(self.policies, at_apply, self.zone).select(
            *table.columns, "number", "policy", "target_seconds", "clock"
        )


def reply_pledges(promises: Promises, waits: ir.Table) -> ir.Table:
    """First and next replies that were owed, one for each wait: the clock runs from the wait to the reply.

    A wait that ended without a reply because the ticket was solved or removed ended then.
    """
    tickets = promises.tickets.select("ticket_id", "tells_replies", "calendar", "unanswered_until", assignee="agent")
    known = waits.inner_join(tickets.filter(tickets.tells_replies), "ticket_id")
    replied = known.replied_at.notnull()
    owed = known.select(
        "ticket_id", "calendar",
        target=ibis.ifelse(known.is_first, "first_response", "next_reply"),
        applied_at=known.waiting_since,
        fulfilled_at=known.replied_at,
        ended_at=ibis.ifelse(replied, NO_INSTANT, known.unanswered_until),
        agent=ibis.ifelse(replied, known.author, known.assignee),
    )  # fmt: skip
    applied = promises.applied(owed)
    return promised(applied.mutate(resumed_at=applied.applied_at, left=applied.target_seconds)).select(*PLEDGE)


def promised(applied: ir.Table) -> ir.Table:
    """Without the targets that the policy in force does not promise; tickets without a policy stay, to be counted."""
    return applied.filter(applied.policy.isnull() | applied.target_seconds.notnull())


def resolution_promises(promises: Promises) -> ir.Table:
    """The promise of a solution that each ticket came under at its creation."""
    tickets = promises.tickets
    opened = tickets.select(
        "ticket_id", "calendar", "is_solved", "unanswered_until", "agent",
        is_decidable=tickets.tells_statuses & ~tickets.is_untimed_solve,
        target=ibis.literal("resolution"),
        applied_at=tickets.created_at,
        fulfilled_at=tickets.solved_at,
    )  # fmt: skip
    return promises.clock.bench.step("resolution", promises.applied(opened))


def running_spans(promises: Promises, owed: ir.Table, spans: ir.Table) -> ir.Table:
    """The states of all tickets as spans measured on the clock of their resolution.

    Each span has `is_paused` (a state that the policy pauses), `runs` (neither paused nor solved), `used` (the seconds
    of its own clock that ran in it) and `used_before` (in earlier spans of the ticket).
    """
    owners = owed.select("ticket_id", "calendar", "number", "clock", "applied_at")
    owned = spans.select("ticket_id", "at", "until", "sequence", "state", "is_open").inner_join(owners, "ticket_id")
    is_paused = owned.is_open & stands_still(promises.policies, owned.number, owned.state)
    bounded = owned.select(
        "ticket_id", "sequence", "calendar", "clock", "until",
        since=later(owned["at"], owned.applied_at),
        ends=owned.until.fill_null(instant(promises.clock.cut)),
        is_paused=is_paused,
        runs=owned.is_open & ~is_paused,
    )  # fmt: skip
    return measured(promises, bounded, "running", ("ticket_id",))


def resolution_pledges(promises: Promises, owed: ir.Table, spans: ir.Table) -> ir.Table:
    """Solutions that were owed: one clock from creation to the last solve, less pauses and the time it was solved.

    The due moment lies in the span in which the promised seconds were used up. While some are left it is when they
    would be, counted from the end of the ticket or from cut; a clock that stands still at cut has none yet.
    """
    table = beside(promised(owed), running_time(spans, ("ticket_id",)), used_up(owed, spans, ("ticket_id",)))
    ended_at = ibis.ifelse(table.is_solved, NO_INSTANT, table.unanswered_until)
    return pledged(promises, table.mutate(stopped_at=table.unanswered_until, ended_at=ended_at))


def paused_seconds(spans: ir.Table) -> ir.Table:
    """One row per ticket that was paused: for how long, in business hours."""
    paused = spans.filter(spans.is_paused)
    return paused.group_by("ticket_id").agg(paused_business_seconds=paused.span_business_seconds.sum())


def first_responses_due(judged: ir.Table) -> ir.Table:
    """One row per ticket that owed a first response: when it fell or falls due, null where none was promised."""
    return judged.filter(judged.target == "first_response").select("ticket_id", first_response_due_at="due_at")


def decided(promises: Promises, pledges: ir.Table) -> ir.Table:
    """The facts of targets: due moment, state, anchor, how far past due.

    Met: fulfilled by the due second. Missed: the due moment passed first, whatever came later. Not applicable: no
    policy, or the ticket ended before the due moment without what was promised. Undecided: none of these at cut.
    `standing` tells missed targets that are still open (`past_due`) from those that ended, and calls undecided ones
    `active`.
    """
    longest = max(promise.within for policy in promises.policies for promise in policy.targets.promised().values())
    targets = promises.clock.with_due(pledges, "due_at", "resumed_at", "left", longest)
    stop = ibis.coalesce(targets.fulfilled_at, targets.ended_at, instant(promises.clock.cut))
    is_open = targets.fulfilled_at.isnull() & targets.ended_at.isnull()
    is_missed = (targets.due_at < stop).fill_null(False) & targets.target_seconds.notnull()
    state = ibis.cases(
        (targets.target_seconds.isnull(), "not_applicable"),
        (is_missed, "missed"),
        (targets.fulfilled_at.notnull(), "met"),
        (targets.ended_at.notnull(), "not_applicable"),
        else_="undecided",
    )
    standing = ibis.cases((is_missed & is_open, "past_due"), (state == "undecided", "active"), else_=state)
    stated = targets.mutate(
        state=state,
        standing=standing,
        decided_at=ibis.ifelse(is_missed, targets.due_at, ibis.coalesce(targets.fulfilled_at, targets.ended_at)),
        late_since=ibis.ifelse(is_missed & is_open, targets.due_at, NO_INSTANT),
        now=instant(promises.clock.cut),
    )
    return promises.clock.with_durations(stated, {"overdue": ("late_since", "now")})
