"""What described a ticket at an instant: its topic, its priority, its assignee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.vocabulary import NO_INSTANT, NO_TEXT

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.workbench import Workbench

DESCRIPTIONS = {"topic": "topic", "priority": "priority_code", "assigned": "agent_id"}
"""Kinds of events that describe a ticket, and the column of the ticket's row that says the same at the end."""


@dataclass(frozen=True)
class Description:
    """The values of one kind in time.

    Attributes:
        kind: `topic`, `priority` or `assigned`.
        spans: `ticket_id`, `since` (null = ever), `until` (null = for good), `value`; one row per ticket at least.
    """

    kind: str
    spans: ir.Table

    def at(self, moments: ir.Table, moment: str, name: str) -> ir.Table:
        """`moments` with a column `name`: the value in force at the column `moment`, a change just then included."""
        spans = self.spans.rename(described_id="ticket_id", **{name: "value"})
        since, until = spans.since, spans.until
        joined = moments.left_join(
            spans,
            [
                moments.ticket_id == spans.described_id,
                since.isnull() | (since <= moments[moment]),
                until.isnull() | (until > moments[moment]),
            ],
        )
        return joined.select(*moments.columns, name)


def describe(bench: Workbench, kind: str, events: ir.Table, story: ir.Table) -> Description:
    """The values of one kind for every ticket.

    Before its first change a ticket had what that change says it was, and without any change what its row says: the row
    holds the last value, which need not be the first. Who was assigned is nobody before the first assignment unless the
    event says otherwise. Changes after the cut are only asked what was before them.
    """
    changes = events.filter(events.kind == kind)
    order = [changes["at"], changes.to_value.fill_null(""), changes.from_value.fill_null("")]
    numbered = changes.mutate(number=ibis.row_number().over(group_by=changes.ticket_id, order_by=order))
    first = numbered.filter(numbered.number == 0).select("ticket_id", from_value="from_value", changed_at="at")
    row = story.select("ticket_id", in_row=story[DESCRIPTIONS[kind]])
    known = row.left_join(first, "ticket_id").drop("ticket_id_right")
    unsaid = NO_TEXT if kind == "assigned" else known.in_row
    start = ibis.ifelse(known.changed_at.isnull(), known.in_row, ibis.coalesce(known.from_value, unsaid))
    begins = known.select("ticket_id", since=NO_INSTANT, number=ibis.literal(-1).cast("int64"), value=start)
    seen = numbered.filter(numbered.is_visible)
    shifts = seen.select("ticket_id", since=seen["at"], number=seen.number.cast("int64"), value=seen.to_value)
    spans = begins.union(shifts.semi_join(story, "ticket_id"))
    following = spans.since.lead().over(ibis.window(group_by=spans.ticket_id, order_by=spans.number))
    return Description(kind, bench.step(kind, spans.mutate(until=following).drop("number")))
