"""The stories of chosen tickets, read from the engine into plain objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import ibis

from evaluation.facts.deriving import events_of
from evaluation.facts.stories import histories, refuse_unknown_words, sources, stories, visible_events
from evaluation.facts.workbench import Workbench

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.settings import Settings
    from evaluation.tables import Tables


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a ticket, with what the replay asks of it."""

    at: datetime
    kind: str
    actor_kind: str | None
    actor_id: str | None
    from_value: str | None
    to_value: str | None
    is_message: bool
    is_human_reply: bool
    is_quiet: bool
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Spell:
    """One customer's spell that names a segment."""

    customer_id: str
    started_at: datetime
    ended_at: datetime | None
    segment: str


@dataclass(frozen=True, slots=True)
class Story:
    """All that is known of a ticket before it is played.

    Attributes:
        row: The ticket's row and history, as `evaluation.facts.stories.stories` gives them, and what its source tells.
        events: Its events, those after the cut too.
        spells: Spells of customers that its requester may be.
        records_assignments: Whether the ticket's source records assignments as events.
    """

    row: Mapping[str, Any]
    events: tuple[Event, ...]
    spells: tuple[Spell, ...]
    records_assignments: bool

    @property
    def ticket_id(self) -> str:
        """Identifier of the ticket."""
        return str(self.row["ticket_id"])

    @property
    def created_at(self) -> datetime:
        """When the ticket was opened."""
        created: datetime = self.row["created_at"]
        return created


def read_stories(tables: Tables, settings: Settings, cut: datetime, ticket_ids: Sequence[str]) -> tuple[Story, ...]:
    """The stories of those tickets that existed at `cut`, in the order of their ids.

    Raises:
        DataError: A status, event kind or actor kind outside the dictionary.
    """
    refuse_unknown_words(tables)
    bench = Workbench(tables.connection)
    try:
        events = bench.step("events", visible_events(events_of(bench, tables), settings.replay, cut))
        everything = bench.step("story", stories(tables, histories(events), cut))
        known = everything.left_join(sources(tables, everything), "source")
        rows = _records(known.filter(known.ticket_id.isin(list(ticket_ids))))
        told = _records(events.filter(events.ticket_id.isin(list(ticket_ids))))
        recording = _sources_with_assignments(events)
    finally:
        bench.clear()
    by_ticket: dict[str, list[Event]] = defaultdict(list)
    for record in told:
        by_ticket[record.pop("ticket_id")].append(Event(**record))
    spells = _spells(tables, {row["requester_id"] for row in rows if row["requester_id"]})
    return tuple(
        Story(row, tuple(by_ticket[row["ticket_id"]]), tuple(spells[row["requester_id"]]), row["source"] in recording)
        for row in sorted(rows, key=lambda row: str(row["ticket_id"]))
    )


def _sources_with_assignments(events: ir.Table) -> set[str]:
    assigned = events.filter(events.kind == "assigned")
    colon = assigned.ticket_id.find(":")
    named = assigned.select(source=ibis.ifelse(colon > 0, assigned.ticket_id.substr(0, colon), ""))
    return {record["source"] for record in _records(named.distinct())}


def _spells(tables: Tables, requesters: set[str]) -> dict[str, list[Spell]]:
    """The spells of each requester, by the whole `customer_id` or the one without its source."""
    found: dict[str, list[Spell]] = defaultdict(list)
    if "customers" not in tables or not requesters:
        return found
    customers = tables["customers"]
    bare = customers.customer_id.substr(customers.customer_id.find(":") + 1)
    asked = customers.filter(
        customers.segment.notnull() & (customers.customer_id.isin(sorted(requesters)) | bare.isin(sorted(requesters)))
    )
    for record in _records(asked.select("customer_id", "started_at", "ended_at", "segment")):
        spell = Spell(**record)
        for name in {spell.customer_id, spell.customer_id.partition(":")[2] or spell.customer_id}:
            found[name].append(spell)
    return found


def _records(table: ir.Table) -> list[dict[str, Any]]:
    """The rows as dictionaries; instants in UTC."""
    return [
        {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in record.items()}
        for record in table.to_pyarrow().to_pylist()
    ]
