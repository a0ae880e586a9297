"""What was audited: the ticket, the call or the visit, and the dimensions that an audit takes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_TEXT

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.derivation import Derivation

_KEPT_EXCLUSIONS = ("spam", "test")
_OF_CALL = ("ticket_id", "team", "topic", "agent")


def with_subject(given: Derivation, heads: ir.Table) -> ir.Table:
    """Audits with `subject_id`, the dimensions and the exclusion of what was audited.

    A dimension is the audit's own, else the call's, else the ticket's; a call was on the telephone whatever the channel
    of its ticket. Audits of spam and of tests are left out as their tickets are.

    Args:
        given: The run.
        heads: One row per audit.
    """
    table = _with_ticket(given, _with_call(given, heads))
    is_call = table.kind == "call"
    call = ibis.literal("call ").concat(table.call_id)
    ticket = ibis.literal("ticket ").concat(table.own_ticket_id)
    described = table.mutate(
        subject_id=ibis.ifelse(is_call, ibis.coalesce(call, ticket), ibis.coalesce(ticket, call)),
        channel=ibis.ifelse(is_call, "phone", ibis.coalesce(table.ticket_channel, table.call_channel)),
        team=ibis.coalesce(table.team_id, table.call_team, table.ticket_team),
        branch=ibis.coalesce(table.branch_id, table.ticket_branch),
        topic=ibis.coalesce(table.call_topic, table.ticket_topic),
        priority=table.ticket_priority,
        agent=ibis.coalesce(table.agent_id, table.call_agent, table.ticket_agent),
        exclusion=ibis.ifelse(table.ticket_exclusion.isin(_KEPT_EXCLUSIONS), table.ticket_exclusion, NO_TEXT),
    )
    return described.select(*heads.columns, "subject_id", *DIMENSION_COLUMNS, "exclusion")


def _with_call(given: Derivation, heads: ir.Table) -> ir.Table:
    """With `call_team`, … and `own_ticket_id`; `ticket_id` falls back to the ticket of the call."""
    if "calls" not in given.tables:
        empty = {f"call_{name}": NO_TEXT for name in (*_OF_CALL, "channel")}
        return heads.mutate(own_ticket_id=heads.ticket_id, **empty)
    calls = given.tables["calls"].select(
        called_id="call_id", call_ticket_id="ticket_id", call_team="team_id", call_topic="topic", call_agent="agent_id"
    )
    joined = heads.left_join(calls, heads.call_id == calls.called_id)
    return joined.mutate(
        own_ticket_id=joined.ticket_id,
        ticket_id=ibis.coalesce(joined.ticket_id, joined.call_ticket_id),
        call_channel=ibis.ifelse(joined.called_id.notnull(), "phone", NO_TEXT),
    )


def _with_ticket(given: Derivation, table: ir.Table) -> ir.Table:
    names = (*DIMENSION_COLUMNS, "exclusion")
    if "tickets" not in given.kept:
        return table.mutate(**{f"ticket_{name}": NO_TEXT for name in names})
    tickets = given.kept["tickets"].select(audited_id="ticket_id", **{f"ticket_{name}": name for name in names})
    return table.left_join(tickets, table.ticket_id == tickets.audited_id)
