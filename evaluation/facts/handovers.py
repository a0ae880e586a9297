"""Handovers of tickets: from holder to holder, and up to a higher priority or an escalation team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.stories import source_of
from evaluation.facts.vocabulary import NO_FLAG
from evaluation.fields import PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr import types as ir

    from evaluation.facts.describing import Descriptions


@dataclass(frozen=True)
class Handovers:
    """What tells who held a ticket.

    Attributes:
        described: Assignee and priority of every ticket in time.
        agents: The canonical agents, which say who belongs to which team; None without them.
        escalation_teams: Teams to which tickets are passed up.
    """

    described: Descriptions
    agents: ir.Table | None
    escalation_teams: Sequence[str]

    def counted(self, known: ir.Table) -> ir.Table:
        """One row per ticket: `transfer_count` and `was_escalated`, null where the source does not tell.

        What happened after the last solve is no longer part of solving and does not count; what happened just then
        does. The first holder is nobody's transfer, and giving a ticket back to the one who had it last is none.

        Args:
            known: `tickets.known`: `ticket_id`, `created_at`, `solved_at`, `has_events`.
        """
        held = self._with_membership(self._spans("assigned", known))
        before = ibis.window(group_by=held.ticket_id, order_by=_order(held))
        passed = held.mutate(former=held.value.lag().over(before), was_in_team=held.is_in_team.lag().over(before))
        transfers = passed.group_by("ticket_id").agg(
            transfers=(passed.value != passed.former).fill_null(False).sum().cast("int64"),
            passed_up=(passed.is_in_team & ~passed.was_in_team).fill_null(False).any(),
        )
        raised = self._raised(known)
        return _told(known, self._tellers(), transfers, raised, bool(self.escalation_teams))

    def _spans(self, kind: str, known: ir.Table) -> ir.Table:
        """The values that lasted, up to the last solve."""
        spans = self.described.spans.filter(self.described.spans.kind == kind)
        lasting = spans.filter(
            spans.value.notnull() & (spans.since.isnull() | spans.until.isnull() | (spans.until > spans.since))
        )
        tickets = known.select("ticket_id", "created_at", "solved_at")
        dated = lasting.inner_join(tickets, "ticket_id")
        return dated.filter(dated.since.isnull() | dated.solved_at.isnull() | (dated.since <= dated.solved_at))

    def _with_membership(self, held: ir.Table) -> ir.Table:
        """With `is_in_team`: the holder is an escalation team, or an agent who belonged to one when the ticket came."""
        teams = sorted(self.escalation_teams)
        named = held.mutate(is_in_team=held.value.isin(teams) if teams else ibis.literal(False))
        if self.agents is None or not teams:
            return named
        members = self.agents.filter(self.agents.team_id.isin(teams))
        came = ibis.coalesce(named.since, named.created_at)
        belonged = [
            named.value == members.agent_id,
            members.from_at.isnull() | (members.from_at <= came),
            members.until_at.isnull() | (members.until_at > came),
        ]
        inside = named.semi_join(members, belonged).mutate(is_in_team=ibis.literal(True))
        return ibis.union(inside, named.anti_join(members, belonged))

    def _raised(self, known: ir.Table) -> ir.Table:
        """One row per ticket with a priority: whether it was ever raised."""
        spans = self._spans("priority", known)
        rank = ibis.cases(*[(spans.value == name, number) for number, name in enumerate(PRIORITIES)], else_=-1)
        ranked = spans.mutate(rank=rank.cast("int64"))
        former = ranked.rank.lag().over(ibis.window(group_by=ranked.ticket_id, order_by=_order(ranked)))
        stepped = ranked.mutate(is_raised=(ranked.rank > former).fill_null(False))
        return stepped.group_by("ticket_id").agg(raised=stepped.is_raised.any())

    def _tellers(self) -> ir.Table:
        """One row per source: whether it records assignments, and changes of priority."""
        spans = self.described.spans
        sourced = spans.mutate(source=source_of(spans.ticket_id), is_change=spans.since.notnull())
        return sourced.group_by("source").agg(
            tells_assignments=(sourced.is_change & (sourced.kind == "assigned")).any(),
            tells_priorities=(sourced.is_change & (sourced.kind == "priority")).any(),
        )


def _order(spans: ir.Table) -> list[ir.Value]:
    """What held before any change comes first; engines differ about where nulls stand."""
    return [spans.since.notnull(), spans.since]


def _told(known: ir.Table, tellers: ir.Table, transfers: ir.Table, raised: ir.Table, has_teams: bool) -> ir.Table:
    """The counts, where the ticket's source records such events at all."""
    named = known.select("ticket_id", "has_events", source=source_of(known.ticket_id))
    table = named.left_join(tellers, "source").drop("source", "source_right")
    table = table.left_join(transfers, "ticket_id").drop("ticket_id_right")
    table = table.left_join(raised, "ticket_id").drop("ticket_id_right")
    tells_assignments = table.has_events & table.tells_assignments.fill_null(False)
    tells_raises = table.has_events & table.tells_priorities.fill_null(False)
    tells_escalations = tells_raises | (tells_assignments & has_teams)
    was_escalated = table.raised.fill_null(False) | table.passed_up.fill_null(False)
    return table.select(
        "ticket_id",
        transfer_count=ibis.ifelse(tells_assignments, table.transfers.fill_null(0), ibis.null("int64")),
        was_escalated=ibis.ifelse(tells_escalations, was_escalated, NO_FLAG),
    )
