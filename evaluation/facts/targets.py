"""Targets of service-level agreements: when each fell due, and whether it was met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.policies import CHANGING, stands_still, with_promise
from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_INSTANT, NO_NUMBER, NO_TEXT, instant, later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ibis.expr import types as ir

    from evaluation.facts.clock import Clock
    from evaluation.facts.describing import Description
    from evaluation.sla import SlaPolicyConfig

_OF_THE_TICKET = ("calendar", "exclusion", "unanswered_until", "opened_by_agent", *DIMENSION_COLUMNS)


@dataclass(frozen=True)
class Promises:
    """What targets are made of.

    Attributes:
        policies: In the order in which they are tried.
        zone: The organisation's zone, in which validity is dated.
        clock: The run's clocks.
        described: Topic and priority in time.
    """

    policies: Sequence[SlaPolicyConfig]
    zone: str
    clock: Clock
    described: Mapping[str, Description]

    def applied(self, table: ir.Table) -> ir.Table:
        """`table` with the promise in force at `applied_at`, by the topic and priority of that moment."""
        asked = {dimension for policy in self.policies for dimension in policy.where}
        at_apply = table
        for name in CHANGING:
            if name in asked:
                current = at_apply.rename({f"{name}_at_cut": name})
                at_apply = self.described[name].at(current, "applied_at", name)
            else:
                at_apply = at_apply.mutate(**{f"{name}_at_cut": at_apply[name]})
        promised = with_promise(self.policies, at_apply, self.zone)
        return promised.drop(*CHANGING).rename({name: f"{name}_at_cut" for name in CHANGING})


def reply_targets(promises: Promises, waits: ir.Table, tickets: ir.Table) -> ir.Table:
    """Targets of first and next replies, one for each wait: the clock runs from the wait to the reply.

    Met when the reply came by the due second. A wait that ended without a reply because the ticket was solved or
    removed is missed when it was due before, else not applicable.
    """
    known = waits.inner_join(tickets.select("ticket_id", "tells_replies", *_OF_THE_TICKET), "ticket_id")
    known = known.filter(known.tells_replies)
    opened = known.select(
        "ticket_id", *_OF_THE_TICKET,
        target=ibis.ifelse(known.is_first, "first_response", "next_reply"),
        applied_at=known.waiting_since,
        fulfilled_at=known.replied_at,
        author=known.author,
    )  # fmt: skip
    credited = opened.mutate(agent=ibis.ifelse(opened.fulfilled_at.notnull(), opened.author, opened.agent)).drop(
        "author"
    )
    applied = _promised(promises.applied(credited))
    due = promises.clock.with_due(applied, "due_at", "applied_at", "target_seconds")
    ended = ibis.ifelse(due.fulfilled_at.isnull(), due.unanswered_until, NO_INSTANT)
    return due.mutate(ended_at=ended)


def _promised(applied: ir.Table) -> ir.Table:
    """Without the targets that the policy in force does not promise; tickets without a policy stay, to be counted."""
    return applied.filter(applied.policy.isnull() | applied.target_seconds.notnull())


def running_spans(promises: Promises, spans: ir.Table, tickets: ir.Table) -> tuple[ir.Table, ir.Table]:
    """The resolution targets of all tickets, and their states as spans measured on their clock.

    Each span has `is_paused` (a state that the policy pauses), `runs` (neither paused nor solved), the seconds of its
    own clock and `used_before`: those that had run in earlier spans of the ticket.
    """
    opened = tickets.select(
        "ticket_id", "tells_statuses", "is_untimed_solve", "is_solved", "solved_at", "last_solved_at", *_OF_THE_TICKET,
        target=ibis.literal("resolution"), applied_at=tickets.created_at, fulfilled_at=tickets.solved_at,
    )  # fmt: skip
    applied = promises.clock.bench.step("resolution", promises.applied(opened))
    owners = applied.select("ticket_id", "calendar", "number", "clock", "applied_at", "is_solved", "last_solved_at")
    owned = spans.select("ticket_id", "at", "until", "sequence", "state", "is_open").inner_join(owners, "ticket_id")
    cut = instant(promises.clock.cut)
    bounded = owned.mutate(since=later(owned["at"], owned.applied_at), ends=owned.until.fill_null(cut))
    measured = promises.clock.with_durations(bounded, {"span": ("since", "ends")})
    is_paused = measured.is_open & stands_still(promises.policies, measured.number, measured.state)
    paused = measured.mutate(is_paused=is_paused, runs=measured.is_open & ~is_paused)
    own = ibis.ifelse(paused.clock == "calendar", paused.span_calendar_seconds, paused.span_business_seconds)
    used = paused.mutate(used=ibis.ifelse(paused.runs, own, 0.0))
    window = ibis.window(group_by=used.ticket_id, order_by=used.sequence, preceding=None, following=0)
    return applied, promises.clock.bench.step(
        "spans", used.mutate(used_before=used.used.sum().over(window) - used.used)
    )


def resolution_targets(promises: Promises, applied: ir.Table, spans: ir.Table) -> ir.Table:
    """Targets of resolution: one clock from creation to the last solve, less pauses and the time it was solved.

    The due moment lies in the span in which the promised seconds were used up. While some are left it is when they would
    be, counted from the end of the ticket or from cut; a clock that stands still at cut has none yet.
    """
    promised = _promised(applied)
    table = promised.left_join(_running_time(spans), "ticket_id").drop("ticket_id_right")
    table = table.left_join(_used_up(promised, spans), "ticket_id").drop("ticket_id_right")
    left = table.target_seconds - table.used_until.fill_null(table.used_in_all.fill_null(0.0))
    ends = ibis.coalesce(table.used_up_since, table.unanswered_until, instant(promises.clock.cut))
    stands_still = table.used_up_since.isnull() & table.unanswered_until.isnull() & ~table.runs_now.fill_null(False)
    decidable = table.tells_statuses & ~table.is_untimed_solve
    counted = table.mutate(
        policy=ibis.ifelse(decidable, table.policy, NO_TEXT),
        target_seconds=ibis.ifelse(decidable, table.target_seconds, NO_NUMBER),
        resumed_at=ibis.ifelse(decidable & ~stands_still, ends, NO_INSTANT),
        left=left,
        ended_at=ibis.ifelse(table.is_solved, NO_INSTANT, table.unanswered_until),
    )
    return promises.clock.with_due(counted, "due_at", "resumed_at", "left")


def _running_time(spans: ir.Table) -> ir.Table:
    """One row per ticket: the seconds that ran in all, and whether the clock runs at cut."""
    return spans.group_by("ticket_id").agg(
        used_in_all=spans.used.sum(), runs_now=(spans.runs & spans.until.isnull()).any()
    )


def _used_up(promised: ir.Table, spans: ir.Table) -> ir.Table:
    """The span in which the promised seconds ran out, for the tickets in which they did."""
    within = spans.inner_join(promised.select("ticket_id", "target_seconds"), "ticket_id")
    ran_out = (within.used_before <= within.target_seconds) & (within.used_before + within.used > within.target_seconds)
    return within.filter(ran_out).select("ticket_id", used_up_since="since", used_until="used_before")


def decided(clock: Clock, targets: ir.Table) -> ir.Table:
    """The facts of targets: state, anchor, how far past due.

    Met: fulfilled by the due second. Missed: the due moment passed first, whatever came later. Not applicable: no
    policy, or the ticket ended before the due moment without what was promised. Undecided: none of these at cut.
    """
    due, cut = targets.due_at, instant(clock.cut)
    fulfilled, ended = targets.fulfilled_at, targets.ended_at
    stop = ibis.coalesce(fulfilled, ended, cut)
    state = ibis.cases(
        (targets.target_seconds.isnull(), "not_applicable"),
        (due.notnull() & (due < stop), "missed"),
        (fulfilled.notnull(), "met"),
        (ended.notnull(), "not_applicable"),
        else_="undecided",
    )
    stated = targets.mutate(state=state)
    anchor = ibis.cases(
        (stated.state == "missed", stated.due_at),
        (stated.state == "undecided", NO_INSTANT),
        else_=ibis.coalesce(stated.fulfilled_at, stated.ended_at),
    )
    is_open = (stated.state == "missed") & stated.fulfilled_at.isnull() & stated.ended_at.isnull()
    late = stated.mutate(decided_at=anchor, late_since=ibis.ifelse(is_open, stated.due_at, NO_INSTANT), now=cut)
    measured = clock.with_durations(late, {"overdue": ("late_since", "now")})
    columns = ("ticket_id", "policy", "target", "applied_at", "target_seconds", "due_at", "fulfilled_at", "decided_at",
               "state", "overdue_business_seconds", *DIMENSION_COLUMNS, "exclusion")  # fmt: skip
    return measured.select(*columns)
