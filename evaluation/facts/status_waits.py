"""How long requesters waited for us: the time their tickets spent in statuses in which it is our turn to act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.facts.vocabulary import instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.clock import Clock

WAITING = ("new", "open", "on_hold")
"""States in which the requester waits; pending waits for the requester, solved and closed for nobody."""


def status_waits(clock: Clock, spans: ir.Table, known: ir.Table) -> ir.Table:
    """One row per ticket that ever waited: seconds in new, open and on-hold, on both clocks.

    A merge ends the wait, a reopen resumes it; what is still open at cut has waited so far.
    """
    waited = spans.filter(spans.state.isin(WAITING)).inner_join(known.select("ticket_id", "calendar"), "ticket_id")
    bounded = waited.select(
        "ticket_id", "calendar", since=waited["at"], ends=waited.until.fill_null(instant(clock.cut))
    )
    timed = clock.with_durations(bounded, {"requester_wait": ("since", "ends")})
    return timed.group_by("ticket_id").agg(
        requester_wait_business_seconds=timed.requester_wait_business_seconds.sum(),
        requester_wait_calendar_seconds=timed.requester_wait_calendar_seconds.sum(),
    )
