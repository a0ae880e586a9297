"""The facts of inbound calls: one row per contact, whatever its legs, and one row per leg for the agents.

A transferred call comes as several rows. Rows with one `contact_id` are legs of one contact (a first leg without one is
found by its own `call_id`). Where no `contact_id` is given, an answered call is taken for the transfer of the one
before when requester and ticket are known and the same, another agent answered, and it began no later than
`transfer_gap` after the end of the one before. Everything else is a contact of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from evaluation.calendar.engine import with_is_open
from evaluation.calendar.engine_instants import instant_of, microseconds_of
from evaluation.facts.clock import Clock, elapsed
from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_INSTANT, NO_NUMBER, NO_TEXT, first_that_holds, flag, instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.derivation import Derivation
    from evaluation.settings import Settings
    from evaluation.telephone import Telephone

MICRO = 1_000_000

OUTCOMES = ("answered", "abandoned", "short_abandoned", "voicemail", "callback", "failed", "before_queue")
"""How a contact ended; `before_queue`: the caller hung up in the menu, which is no call offered to anybody."""

_KEPT_EXCLUSIONS = ("spam", "test")


def call_facts(given: Derivation) -> Mapping[str, ir.Table]:
    """`calls` and `call_legs` as in `evaluation.facts.shapes`; nothing without calls."""
    if "calls" not in given.tables:
        return {}
    options = given.settings.telephone
    known = _known(given.tables["calls"], given, has_queue=given.tables.has("calls", "queued_at"))
    legs = given.bench.step("legs", _numbered(_timed(_of_contacts(known, options), given, options)))
    contacts = given.bench.step("contacts", _described(_contacts(legs), given.kept.get("tickets")))
    told = _told(_placed(contacts, given), given.settings)
    calls = given.bench.step("calls", told)
    return {"calls": calls, "call_legs": _legs(legs, calls)}


def _known(calls: ir.Table, given: Derivation, *, has_queue: bool) -> ir.Table:
    """Inbound calls, and internal legs of inbound contacts, as far as they are known at cut.

    A call that was not over at cut has no outcome yet. Where no source says when callers entered the queue, all are
    taken to have entered it when the menu let them go; where one does, an unanswered caller who neither has such an
    instant nor waited never entered it.
    """
    inbound = calls.filter(calls.direction == "inbound")
    parents = inbound.select(parent=ibis.coalesce(inbound.contact_id, inbound.call_id)).distinct()
    internal = calls.filter((calls.direction == "internal") & calls.contact_id.notnull())
    every = ibis.union(inbound, internal.semi_join(parents, internal.contact_id == parents.parent))
    every = every.filter(every.started_at <= instant(given.cut))
    later = (every.answered_at > instant(given.cut)) | (every.ended_at > instant(given.cut))
    outcome = ibis.ifelse(later.fill_null(False), NO_TEXT, every.outcome)
    was_queued = every.queued_at.notnull() | (every.outcome == "answered") | (every.wait_seconds > 0).fill_null(False)
    if not has_queue:
        was_queued = ibis.literal(True)
    engine = str(given.bench.connection.name)
    let_go = microseconds_of(every.started_at, engine)
    let_go = let_go + (every.ivr_seconds.fill_null(0.0) * MICRO).round().cast("int64")
    queued_at = ibis.coalesce(every.queued_at, instant_of(let_go, engine))
    return every.mutate(
        outcome=outcome, was_queued=was_queued, queued_at=ibis.ifelse(was_queued, queued_at, NO_INSTANT)
    )


def _of_contacts(calls: ir.Table, options: Telephone) -> ir.Table:
    """With `contact`: the `contact_id`, else the `call_id` of the first leg."""
    alike = [calls.contact_id, calls.ticket_id, calls.requester_id]
    in_turn = ibis.window(group_by=alike, order_by=[calls.started_at, calls.call_id])
    ended, answerer = calls.ended_at.lag().over(in_turn), calls.agent_id.lag().over(in_turn)
    gap = calls.started_at.delta(ended, unit="microsecond")
    follows = (
        calls.contact_id.isnull() & calls.ticket_id.notnull() & calls.requester_id.notnull()
        & (calls.outcome == "answered") & (calls.outcome.lag().over(in_turn) == "answered")
        & (calls.agent_id != answerer) & (gap <= options.transfer_gap * MICRO)
    )  # fmt: skip
    begun = calls.mutate(begins=1 - flag(follows))
    up_to = ibis.window(
        group_by=[begun.contact_id, begun.ticket_id, begun.requester_id],
        order_by=[begun.started_at, begun.call_id], preceding=None, following=0,
    )  # fmt: skip
    counted = begun.mutate(run=begun.begins.sum().over(up_to))
    own = [counted.contact_id, counted.ticket_id, counted.requester_id, counted.run]
    first = counted.call_id.first().over(
        ibis.window(group_by=own, order_by=[counted.started_at, counted.call_id], preceding=None, following=0)
    )
    return counted.mutate(contact=ibis.coalesce(counted.contact_id, first)).drop("begins", "run")


def _timed(legs: ir.Table, given: Derivation, options: Telephone) -> ir.Table:
    """With the seconds of each leg: wait, talk, hold, wrap, and all handling together.

    What the source recorded counts; a wait or a talk that it did not record follows from the instants. Holding that is
    not recorded is part of the talk. Work after the call that never ended lasts until the agent's next call, or cut.
    """
    answered = legs.outcome == "answered"
    waited = ibis.coalesce(legs.wait_seconds, elapsed(ibis.ifelse(answered, legs.answered_at, legs.ended_at),
                                                      legs.queued_at))  # fmt: skip
    hold = legs.hold_seconds.fill_null(0.0)
    talk = ibis.coalesce(legs.talk_seconds, _not_negative(elapsed(legs.ended_at, legs.answered_at) - hold))
    legs = legs.mutate(
        wait=ibis.ifelse(legs.was_queued, _not_negative(waited), NO_NUMBER),
        talk=ibis.ifelse(answered, talk, NO_NUMBER),
        hold=ibis.ifelse(answered, hold, NO_NUMBER),
    )
    wrap, capped = _wrap(legs, given, options)
    legs = legs.mutate(wrap=wrap, is_wrap_capped=capped)
    return legs.mutate(handle=legs.talk + legs.hold + legs.wrap)


def _wrap(legs: ir.Table, given: Derivation, options: Telephone) -> tuple[ir.FloatingColumn, ir.BooleanColumn]:
    """Work after the call, and whether it was cut: its end was not recorded, or it was longer than the cap."""
    answered = (legs.outcome == "answered").fill_null(False)
    cap = float(options.wrap_cap)
    if not given.tables.has("calls", "wrap_seconds"):
        return NO_NUMBER, ibis.literal(False)
    of_agent = ibis.window(group_by=[legs.agent_id, answered], order_by=[legs.answered_at, legs.call_id])
    following = ibis.ifelse(legs.agent_id.isnull(), NO_INSTANT, legs.answered_at.lead().over(of_agent))
    until = ibis.coalesce(following, instant(given.cut))
    unended = elapsed(until, legs.ended_at).fill_null(cap)
    unended = ibis.cases((unended < 0, 0.0), (unended > cap, cap), else_=unended)
    wrap = ibis.cases((legs.wrap_seconds.isnull(), unended), (legs.wrap_seconds > cap, cap), else_=legs.wrap_seconds)
    capped = answered & (legs.wrap_seconds.isnull() | (legs.wrap_seconds > cap))
    return ibis.ifelse(answered, wrap, NO_NUMBER), capped


def _not_negative(seconds: ir.FloatingValue) -> ir.FloatingValue:
    """Impossible seconds are unknown ones."""
    return ibis.ifelse(seconds >= 0, seconds, NO_NUMBER)


def _numbered(legs: ir.Table) -> ir.Table:
    """With the leg's `place` in its contact, `decided_place` (the leg that was answered first, else the last)."""
    in_turn = ibis.window(group_by=legs.contact, order_by=[legs.started_at, legs.call_id])
    placed = legs.mutate(place=ibis.row_number().over(in_turn).cast("int64"))
    contact = ibis.window(group_by=placed.contact)
    answered_place = ibis.ifelse(placed.outcome == "answered", placed.place, ibis.null("int64")).min().over(contact)
    return placed.mutate(decided_place=ibis.coalesce(answered_place, placed.place.max().over(contact)))


def _contacts(legs: ir.Table) -> ir.Table:
    """One row per contact: it waits until the first leg that was answered, and is handled in all of them."""
    first, decides, answered = legs.place == 0, legs.place == legs.decided_place, legs.outcome == "answered"
    waits = (legs.place <= legs.decided_place) & legs.was_queued
    sums = {name: legs[name].sum(where=answered) for name in ("talk", "hold", "wrap", "handle")}
    table = legs.group_by("contact").agg(
        call_id=legs.call_id.max(where=first),
        ticket_id=ibis.coalesce(legs.ticket_id.max(where=first), legs.ticket_id.max()),
        requester_id=ibis.coalesce(legs.requester_id.max(where=first), legs.requester_id.max()),
        started_at=legs.started_at.max(where=first),
        queued_at=legs.queued_at.min(where=legs.was_queued),
        answered_at=legs.answered_at.max(where=decides & answered),
        last_outcome=legs.outcome.max(where=decides),
        unknown_outcomes=flag(legs.outcome.isnull()).sum(),
        unknown_waits=flag(waits & legs.wait.isnull()).sum(),
        unknown_handling=flag(answered & legs.handle.isnull()).sum(),
        capped=flag(legs.is_wrap_capped).sum(),
        leg_count=legs.count(),
        waited=legs.wait.sum(where=waits),
        team_id=legs.team_id.max(where=first),
        topic_id=ibis.coalesce(legs.topic.max(where=first), legs.topic.max()),
        agent=legs.agent_id.max(where=decides & answered),
        **sums,
    )
    return table.mutate(was_queued=table.queued_at.notnull())


def _described(contacts: ir.Table, tickets: ir.Table | None) -> ir.Table:
    """With the dimensions of the call itself, else of its ticket."""
    names = ("team", "branch", "topic", "priority", "exclusion")
    if tickets is None:
        table = contacts.mutate(**{f"ticket_{name}": NO_TEXT for name in names})
    else:
        linked = tickets.select(linked_id="ticket_id", **{f"ticket_{name}": name for name in names})
        table = contacts.left_join(linked, contacts.ticket_id == linked.linked_id).drop("linked_id")
    excluded = table.ticket_exclusion.isin(_KEPT_EXCLUSIONS).fill_null(False)
    return table.mutate(
        channel=ibis.literal("phone"),
        team=ibis.coalesce(table.team_id, table.ticket_team),
        branch=table.ticket_branch,
        topic=ibis.coalesce(table.topic_id, table.ticket_topic),
        priority=table.ticket_priority,
        exclusion=ibis.ifelse(excluded, table.ticket_exclusion, NO_TEXT),
        arrived_at=ibis.coalesce(table.queued_at, table.started_at),
    )


def _placed(contacts: ir.Table, given: Derivation) -> ir.Table:
    """With `is_inside_hours`: whether its calendar was open when the caller entered the queue."""
    clock = Clock.of(given.bench, given.settings, given.cut, given.cut)
    named = contacts.mutate(calendar=clock.calendar_of(contacts))
    return with_is_open(named, clock.calendars, instants={"is_inside_hours": "arrived_at"}, calendar_column="calendar")


def _told(contacts: ir.Table, settings: Settings) -> ir.Table:
    """The columns that metrics read, with the terms in force when the caller entered the queue."""
    terms = settings.telephone.service_level.terms(settings.organisation.time_zone)[::-1]

    def in_force(name: str) -> ir.FloatingValue:
        later = [(contacts.arrived_at >= instant(one.since), getattr(one, name)) for one in terms if one.since]
        return first_that_holds(later, ibis.literal(float(getattr(terms[-1], name)))).cast("float64")

    known = contacts.unknown_handling == 0
    table = contacts.mutate(
        wait_seconds=ibis.ifelse(contacts.unknown_waits == 0, contacts.waited, NO_NUMBER),
        service_level_seconds=in_force("seconds"),
        short_abandon_seconds=in_force("short_abandon_seconds"),
        **{f"{name}_seconds": ibis.ifelse(known, contacts[name], NO_NUMBER)
           for name in ("talk", "hold", "wrap", "handle")},
    )  # fmt: skip
    is_short = (table.last_outcome == "abandoned") & (table.wait_seconds <= table.short_abandon_seconds)
    outcome = ibis.cases(
        (table.unknown_outcomes > 0, NO_TEXT),
        (~table.was_queued & table.last_outcome.isin(["abandoned", "failed"]), "before_queue"),
        (is_short.fill_null(False), "short_abandoned"),
        else_=table.last_outcome,
    )
    return table.select(
        "call_id", "contact", "ticket_id", "requester_id", "arrived_at", "answered_at", "was_queued",
        "is_inside_hours", "wait_seconds", "talk_seconds", "hold_seconds", "wrap_seconds", "handle_seconds",
        "service_level_seconds", "short_abandon_seconds",
        outcome=outcome,
        is_counted=table.is_inside_hours | ibis.literal(settings.telephone.counts_out_of_hours),
        is_wrap_capped=table.capped > 0,
        leg_count=table.leg_count.cast("int64"),
        **{name: table[name] for name in (*DIMENSION_COLUMNS, "exclusion")},
    )  # fmt: skip


def _legs(legs: ir.Table, calls: ir.Table) -> ir.Table:
    """The answered legs of calls that are over, each credited to who answered it, in the place of the whole call."""
    own = legs.filter(legs.outcome == "answered").select(
        leg_id="call_id", contact="contact", answered_at="answered_at", ended_at="ended_at", leg_agent="agent_id",
        talk_seconds="talk", hold_seconds="hold", wrap_seconds="wrap", handle_seconds="handle",
        is_wrap_capped="is_wrap_capped",
    )  # fmt: skip
    over = calls.filter(calls.outcome == "answered")
    others = [name for name in (*DIMENSION_COLUMNS, "exclusion") if name != "agent"]
    of_contact = over.select("contact", "arrived_at", *others, whole_call_id="call_id")
    return own.inner_join(of_contact, "contact").rename(call_id="leg_id", agent="leg_agent")
