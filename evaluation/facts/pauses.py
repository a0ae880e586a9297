"""Pauses of the clock of resolution, with what casts doubt on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.facts.vocabulary import NO_INSTANT, NO_NUMBER, first_that_holds, label_of

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.targets import Promises

GRACE_SECONDS = 60
"""A help desk may take so long to resume a clock by itself after the requester wrote."""

_SPAN = ("ticket_id", "sequence")


def pauses(promises: Promises, owed: ir.Table, running: ir.Table, played: ir.Table) -> ir.Table:
    """One row per pause: who set it, how much of the promise was left, whether the requester wrote meanwhile.

    Going from one pausing status straight to another begins a row but no new pause, so that is never a last-minute one.
    """
    order = ibis.window(group_by=running.ticket_id, order_by=running.sequence)
    goes_on = running.is_paused.lag().over(order) & (running.ends.lag().over(order) == running.since)
    paused = running.mutate(goes_on=goes_on.fill_null(False)).filter(running.is_paused)
    promised = owed.select("ticket_id", "number", "policy", "target_seconds", assignee="agent")
    setter = played.select(*_SPAN, "state", "actor_kind", "actor_id")
    known = paused.inner_join(promised, "ticket_id").inner_join(setter, list(_SPAN))
    told = known.left_join(_first_messages(paused, played), list(_SPAN))
    left = told.target_seconds - told.used_before
    late = first_that_holds(
        [(told.number == number, policy.late_pause) for number, policy in enumerate(promises.policies)], 0
    )
    by_agent = (told.actor_kind == "agent").fill_null(False) & told.actor_id.notnull()
    return told.select(
        "ticket_id", "policy", "written_at",
        agent=ibis.ifelse(by_agent, told.actor_id, told.assignee),
        paused_at=told.since,
        resumed_at=ibis.ifelse(told.until.isnull(), NO_INSTANT, told.ends),
        status=label_of(told.state),
        business_seconds=told.span_business_seconds,
        left_seconds=ibis.ifelse(left >= 0, left, NO_NUMBER),
        is_last_minute=(~told.goes_on & (left >= 0) & (left <= late)).fill_null(False),
    )  # fmt: skip


def _first_messages(paused: ir.Table, played: ir.Table) -> ir.Table:
    """The first message in a pause that needs a reply, where the clock was not resumed for it.

    A message at the very end of a pause is what ended it; so is one within the grace before it.
    """
    said = played.filter(played.opens == 1)
    messages = said.select(message_of="ticket_id", message_at="at", message_number="sequence")
    within = paused.inner_join(
        messages, [paused.ticket_id == messages.message_of, paused.sequence < messages.message_number]
    )
    unheard = within.ends.delta(within.message_at, unit="microsecond") > GRACE_SECONDS * 1_000_000
    unheard = unheard | (within.until.isnull() & (within.message_at <= within.ends))
    return within.filter(unheard).group_by(*_SPAN).agg(written_at=ibis._.message_at.min())
