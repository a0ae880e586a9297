"""Customer segments: which one a requester belonged to at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from ibis.expr import types as ir


def with_segment(moments: ir.Table, customers: ir.Table | None) -> ir.Table:
    """`moments` with `segment`: that of the requester's customer spell in force at `applied_at`; null for none.

    A requester is a customer when `requester_id` is the `customer_id`, or the `customer_id` without its source. When
    several customers fit, the one whose whole id is the requester's comes first, then the one of the ticket's own
    source, then the one whose spell began last. Spells are half-open; those that name no segment are not asked.

    Args:
        moments: `ticket_id`, `requester_id`, `applied_at` and any other columns.
        customers: The canonical table; None when no source gave it.
    """
    if customers is None:
        return moments.mutate(segment=ibis.null("string"))
    asked = moments.select("ticket_id", "requester_id", "applied_at").distinct()
    spells = _by_either_id(customers)
    in_force = [
        asked.requester_id == spells.known_as,
        spells.started_at <= asked.applied_at,
        spells.ended_at.isnull() | (spells.ended_at > asked.applied_at),
    ]
    found = asked.inner_join(spells, in_force)
    is_own = found.ticket_id.startswith(found.source.concat(":"))
    nearness = ibis.cases((found.customer_id == found.requester_id, 0), (is_own, 1), else_=2)
    order = [nearness, found.started_at.desc(), found.customer_id, found.segment]
    number = ibis.row_number().over(group_by=[found.ticket_id, found.applied_at], order_by=order)
    first = found.mutate(number=number).filter(ibis._.number == 0)
    chosen = first.select(segment_of="ticket_id", segment_at="applied_at", segment="segment")
    matches = [moments.ticket_id == chosen.segment_of, moments.applied_at == chosen.segment_at]
    return moments.left_join(chosen, matches).select(*moments.columns, "segment")


def _by_either_id(customers: ir.Table) -> ir.Table:
    """Spells under their whole id, and under the id without its source."""
    named = customers.filter(customers.segment.notnull())
    colon = named.customer_id.find(":")
    source = ibis.ifelse(colon > 0, named.customer_id.substr(0, colon), "")
    columns = ["customer_id", "started_at", "ended_at", "segment"]
    whole = named.select(*columns, source=source, known_as=named.customer_id)
    bare = named.select(*columns, source=source, known_as=named.customer_id.substr(colon + 1)).filter(
        ibis._.known_as != ibis._.customer_id
    )
    return ibis.union(whole, bare)
