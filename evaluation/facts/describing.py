"""What described a ticket at an instant: its topic, its priority, its assignee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.vocabulary import NO_INSTANT, NO_TEXT

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.workbench import Workbench

IN_ROW = {"topic": "topic", "priority": "priority_code", "assigned": "agent_id"}
"""Kinds of events that describe a ticket, and the column of the ticket's row that says the same at the end."""


@dataclass(frozen=True)
class Descriptions:
    """What described the tickets in time.

    Attributes:
        spans: `ticket_id`, `kind`, `since` (null = ever), `until` (null = for good), `value`; one row per ticket and
            kind at least.
    """

    spans: ir.Table

    def at(self, kind: str, moments: ir.Table, moment: str, name: str) -> ir.Table:
        """`moments` with a column `name`: the value in force at the column `moment`, a change just then included."""
        spans = self.spans.filter(self.spans.kind == kind)
        spans = spans.select(described_id="ticket_id", since="since", until="until", **{name: "value"})
        moments = moments.view()  # closes a join that is still open, so that several descriptions can be asked in turn
        in_force = [
            moments.ticket_id == spans.described_id,
            spans.since.isnull() | (spans.since <= moments[moment]),
            spans.until.isnull() | (spans.until > moments[moment]),
        ]
        return moments.left_join(spans, in_force).select(*moments.columns, name)

    def at_cut(self) -> ir.Table:
        """One row per ticket with its last `topic`, `priority` and `assigned`."""
        last = self.spans.filter(self.spans.until.isnull())
        return last.group_by("ticket_id").agg(**{kind: last.value.max(where=last.kind == kind) for kind in IN_ROW})


def describe(bench: Workbench, events: ir.Table, story: ir.Table) -> Descriptions:
    """What described every ticket.

    Before its first change a ticket had what that change says it was, and without any change what its row says: the row
    holds the last value, which need not be the first. Nobody is assigned before the first assignment unless the event
    says otherwise. Changes after the cut are only asked what was before them.
    """
    changes = events.filter(events.kind.isin(list(IN_ROW)))
    order = [changes["at"], changes.to_value.fill_null(""), changes.from_value.fill_null("")]
    number = ibis.row_number().over(group_by=[changes.ticket_id, changes.kind], order_by=order).cast("int64")
    numbered = changes.mutate(number=number)
    seen = numbered.filter(numbered.is_visible)
    shifts = seen.select("ticket_id", "kind", since=seen["at"], number=seen.number, value=seen.to_value.nullif(""))
    spans = ibis.union(_beginnings(numbered, story), shifts.semi_join(story, "ticket_id"))
    order_of_kind = ibis.window(group_by=[spans.ticket_id, spans.kind], order_by=spans.number)
    return Descriptions(bench.step("spans", spans.mutate(until=spans.since.lead().over(order_of_kind)).drop("number")))


def _beginnings(numbered: ir.Table, story: ir.Table) -> ir.Table:
    """One row per ticket and kind: what held before any change."""
    rows = ibis.union(
        *[story.select("ticket_id", kind=ibis.literal(kind), in_row=story[column]) for kind, column in IN_ROW.items()]
    )
    first = numbered.filter(numbered.number == 0).select(
        changed_id="ticket_id", changed_kind="kind", from_value="from_value"
    )
    known = rows.left_join(first, [rows.ticket_id == first.changed_id, rows.kind == first.changed_kind])
    unsaid = ibis.ifelse((known.kind == "assigned") & known.changed_id.notnull(), NO_TEXT, known.in_row)
    return known.select(
        "ticket_id", "kind", since=NO_INSTANT, number=ibis.literal(-1).cast("int64"),
        value=ibis.coalesce(known.from_value.nullif(""), unsaid),
    )  # fmt: skip
