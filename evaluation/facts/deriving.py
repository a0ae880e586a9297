"""The order in which facts are derived from canonical tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis

from evaluation.facts import pauses, states, surveys, targets, tickets, updates, waits
from evaluation.facts.arrivals import arrival_facts
from evaluation.facts.audits import audit_facts
from evaluation.facts.calls import call_facts
from evaluation.facts.clock import Clock
from evaluation.facts.contacts import contact_facts
from evaluation.facts.customers import customer_facts
from evaluation.facts.derivation import Derivation
from evaluation.facts.describing import Descriptions, describe
from evaluation.facts.handovers import Handovers
from evaluation.facts.own_tables import own_tables
from evaluation.facts.playing import play
from evaluation.facts.reviews import review_facts
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.facts.status_waits import status_waits
from evaluation.facts.stories import histories, refuse_unknown_words, sources, stories, visible_events
from evaluation.facts.vocabulary import NO_INSTANT, beside
from evaluation.facts.workbench import Workbench
from evaluation.fields import TABLES
from evaluation.tables import column_type

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.settings import Settings
    from evaluation.tables import Tables


FURTHER: tuple[Callable[[Derivation], Mapping[str, ir.Table]], ...] = (
    call_facts, contact_facts, customer_facts, arrival_facts, audit_facts, review_facts, own_tables,
)  # fmt: skip
"""What derives the facts beside tickets and surveys, in this order; a later one may read what an earlier one kept."""


def derive(tables: Tables, settings: Settings, cut: datetime) -> Facts:
    """The facts of a run, computed once and kept as temporary tables on the engine of `tables`.

    Args:
        tables: The canonical tables; whichever are absent, their facts are absent too.
        settings: Calendars, SLA policies and choices of the replay.
        cut: The moment the data were taken: what happened at it is known, what happened after it is not.

    Returns:
        `tickets`, `replies` and `states` when there are tickets, `targets` when there are also SLA policies, `pauses`
        when a policy pauses, `surveys` when there are surveys; shapes as in `evaluation.facts.shapes`.

    Raises:
        DataError: A status, event kind or actor kind outside the dictionary, or a reversed answer without a scale.

    Example:
        >>> from datetime import UTC
        >>> import pandas as pd
        >>> from evaluation.settings import Settings
        >>> from evaluation.tables import Tables
        >>> stamps = pd.to_datetime(["2026-07-01 09:00", "2026-07-01 10:30"], utc=True)
        >>> tables = Tables.from_frames({"tickets": pd.DataFrame({"ticket_id": ["a:1"], "created_at": stamps[:1],
        ...     "channel_code": ["email"], "first_response_at": stamps[1:]})})
        >>> settings = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})
        >>> facts = derive(tables, settings, datetime(2026, 8, 1, tzinfo=UTC))
        >>> facts["tickets"].first_response_business_seconds.execute().tolist()
        [5400.0]
    """
    bench = Workbench(tables.connection)
    try:
        found = _ticket_facts(bench, tables, settings, cut) if "tickets" in tables else _Found()
        if "surveys" in tables:
            surveys.refuse_unturnable(tables)
            answers = surveys.answers(tables, cut)
            linked = surveys.linked(tables, answers, found.tickets, found.described, found.sittings)
            found.keep(bench, "surveys", surveys.facts(linked))
        for further in FURTHER:
            given = Derivation(
                bench=bench, tables=tables, settings=settings, cut=cut, kept=MappingProxyType(dict(found.kept)),
                described=found.described,
            )  # fmt: skip
            for name, expression in further(given).items():
                found.keep(bench, name, expression)
    finally:
        bench.clear()
    return Facts(MappingProxyType(found.kept), cut)


@dataclass
class _Found:
    """The fact tables so far, and what surveys ask of them."""

    kept: dict[str, ir.Table] = field(default_factory=dict)
    described: Descriptions | None = None
    sittings: ir.Table | None = None

    @property
    def tickets(self) -> ir.Table | None:
        return self.kept.get("tickets")

    def keep(self, bench: Workbench, name: str, expression: ir.Table) -> None:
        declared = (*FACT_COLUMNS[name], *DIMENSION_COLUMNS, "exclusion") if name in FACT_COLUMNS else ()
        self.kept[name] = bench.keep(name, expression.select(*(declared or expression.columns)))


@dataclass(frozen=True)
class _Replayed:
    """What came out of playing the events, before it is shaped into facts."""

    known: ir.Table
    played: ir.Table
    waits: ir.Table
    spans: ir.Table
    clock: Clock
    described: Descriptions


def _ticket_facts(bench: Workbench, tables: Tables, settings: Settings, cut: datetime) -> _Found:
    replayed = _replay(bench, tables, settings, cut)
    found = _Found(described=replayed.described)
    if settings.surveys.credited == "most_replies":
        found.sittings = waits.sittings(replayed.played, settings.replay.sitting_minutes)
    promises = targets.Promises(
        settings.sla, settings.organisation.time_zone, replayed.clock, replayed.described, replayed.known,
        tables.expressions.get("customers"),
    )  # fmt: skip
    owed = targets.resolution_promises(promises)
    running = targets.running_spans(promises, owed, replayed.spans)
    waited = status_waits(replayed.clock, replayed.spans, replayed.known)
    handed = Handovers(replayed.described, tables.expressions.get("agents"), settings.contacts.escalation_teams)
    policies = owed.select("ticket_id", "policy")
    added = (policies, targets.paused_seconds(running), waited, bench.step("handovers", handed.counted(replayed.known)))
    known = beside(replayed.known, *added)
    if settings.sla:
        judged = bench.step("judged", _judged(promises, replayed, owed, running, settings.replay.sitting_minutes))
        known = beside(known, targets.first_responses_due(judged))
    else:
        known = known.mutate(first_response_due_at=NO_INSTANT)
    found.keep(bench, "tickets", tickets.facts(known))
    replies = tickets.replies(replayed.clock, replayed.waits, replayed.known)
    found.keep(bench, "replies", _with_dimensions(replies, found))
    found.keep(bench, "states", _with_dimensions(replayed.spans, found))
    if any(policy.pauses for policy in settings.sla):
        found.keep(bench, "pauses", _with_dimensions(pauses.pauses(promises, owed, running, replayed.played), found))
    if settings.sla:
        found.keep(bench, "targets", _with_dimensions(judged, found))
    return found


def _judged(
    promises: targets.Promises, replayed: _Replayed, owed: ir.Table, running: ir.Table, sitting_minutes: float
) -> ir.Table:
    """All targets of all tickets, with what became of each."""
    pledges = [targets.reply_pledges(promises, replayed.waits), targets.resolution_pledges(promises, owed, running)]
    if promises.promises("periodic_update"):
        pledges.append(updates.update_pledges(promises, replayed.played, replayed.spans, sitting_minutes))
    return targets.decided(promises, ibis.union(*pledges))


def _replay(bench: Workbench, tables: Tables, settings: Settings, cut: datetime) -> _Replayed:
    refuse_unknown_words(tables)
    events = bench.step("events", visible_events(events_of(bench, tables), settings.replay, cut))
    story = bench.step("story", stories(tables, histories(events), cut))
    described = describe(bench, events, story)
    played = play(bench, events, story)
    waited = bench.step("waits", waits.waits(played))
    points = bench.step("points", states.turning_points(played))
    parts = tickets.Parts(
        story, sources(tables, story), waited, waits.replies_sent(played, settings.replay.sitting_minutes),
        waits.messages_received(played), states.endings(points, played), states.last_states(played), described,
    )  # fmt: skip
    clock = Clock.of(bench, settings, _earliest(played, cut), cut)
    known = bench.step("known", tickets.known(bench, parts, clock))
    return _Replayed(known, played, waited, bench.step("spans", states.intervals(played)), clock, described)


def events_of(bench: Workbench, tables: Tables) -> ir.Table:
    """The canonical events; none when no source gave any."""
    if "ticket_events" in tables:
        return tables["ticket_events"]
    return bench.empty("no_events", {name: column_type(name) for name in TABLES["ticket_events"].columns})


def _earliest(played: ir.Table, cut: datetime) -> datetime:
    first = played["at"].min().to_pyarrow().as_py()
    return cut if first is None else first.astimezone(UTC)


def _with_dimensions(table: ir.Table, found: _Found) -> ir.Table:
    """`table` with the dimensions and the exclusion of its tickets; those it already has stay."""
    own = [name for name in (*DIMENSION_COLUMNS, "exclusion") if name not in table.columns]
    return table.inner_join(found.kept["tickets"].select("ticket_id", *own), "ticket_id")
