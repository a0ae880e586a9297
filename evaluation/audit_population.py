"""What can be audited of a period: tickets that were solved or answered in it, and calls that were answered in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import ibis

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.period import Period
    from evaluation.tables import Tables

KINDS = ("tickets", "calls")

ON_THE_TELEPHONE, ALREADY_AUDITED = "audited_as_calls", "already_audited"
"""Reasons beside the exclusions of the figures; a case without the member is left out as `no_agent`, `no_team`, …"""

_SUBJECTS = {"tickets": "ticket ", "calls": "call "}
_MEMBERS = ("agent", "team", "branch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One ticket or call that can be audited.

    Attributes:
        kind: `tickets` or `calls`.
        id: Its key, with the prefix of its source.
        at: When it was solved or answered, the reason why it belongs to the period.
        agent: Who solved it, else who answered it first.
        team: Its team.
        branch: Its branch.
        channel: Its channel.
        topic: Its topic.
        requester_id: Who asked; None = not known.
    """

    kind: str
    id: str
    at: datetime
    agent: str | None = None
    team: str | None = None
    branch: str | None = None
    channel: str | None = None
    topic: str | None = None
    requester_id: str | None = None

    def member(self, dimension: str) -> str:
        """The agent, team or branch, which every case of a population has."""
        return str(getattr(self, dimension))


@dataclass(frozen=True, kw_only=True)
class Population:
    """The cases that can be drawn, and how many of the period cannot.

    Attributes:
        cases: In no particular order.
        left_out: How many cannot be drawn, by kind and reason.
    """

    cases: Sequence[Case]
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def population(
    facts: Facts, period: Period, kinds: Sequence[str], by: str, *, own_draw: str, audited_again: bool = False
) -> Population:
    """The cases of a period that can be audited.

    Tickets are those that were solved in the period, credited to who solved them, and those that got their first answer
    in it, credited to who gave it. A ticket on the telephone is audited as its call where calls are recorded. What the
    figures leave out is left out here, and so is what has been audited already, except in this very draw.

    Args:
        facts: The fact tables; a kind whose table is absent has no case.
        period: The period.
        kinds: Some of `KINDS`.
        by: Each case must have this: `agent`, `team` or `branch`.
        own_draw: Id of the draw whose own audits do not make a case audited.
        audited_again: Whether cases that have been audited can be drawn once more.
    """
    makers = {"tickets": _tickets, "calls": _calls}
    cases: list[Case] = []
    left_out: dict[str, dict[str, int]] = {}
    for kind in kinds:
        if kind not in facts:
            continue
        told = _with_audits(facts, makers[kind](facts, period), kind, own_draw)
        left_out[kind] = {}
        for row in told.to_pyarrow().to_pylist():
            reason = _reason(row, by, audited_again)
            if reason is None:
                cases.append(_case(kind, row))
            else:
                left_out[kind][reason] = left_out[kind].get(reason, 0) + 1
    return Population(cases=cases, left_out=left_out)


def descriptions(tables: Tables, cases: Sequence[Case]) -> dict[tuple[str, str], str]:
    """By what an auditor recognises or finds a case: the subject of a ticket, the address of a call's recording.

    Args:
        tables: The canonical tables.
        cases: The cases that were drawn.

    Returns:
        Texts by kind and id, as they came; cases without one are absent.
    """
    found = {}
    for kind, key, column in (("tickets", "ticket_id", "subject"), ("calls", "call_id", "recording_url")):
        ids = [case.id for case in cases if case.kind == kind]
        if not ids or not tables.has(kind, column):
            continue
        table = tables[kind]
        told = table.filter(table[key].isin(ids) & table[column].notnull()).select(key, column)
        found.update({(kind, row[key]): row[column] for row in told.to_pyarrow().to_pylist()})
    return found


def _tickets(facts: Facts, period: Period) -> ir.Table:
    table = facts["tickets"]
    is_solved = _inside(table.solved_at, period)
    is_answered = _inside(table.first_response_at, period)
    told = table.filter(is_solved | is_answered)
    is_solved = _inside(told.solved_at, period)
    on_telephone = (told.channel == "phone").fill_null(False) & ibis.literal("calls" in facts)
    return told.select(
        "team", "branch", "channel", "topic", "exclusion", id=told.ticket_id, requester_id=told.requester_id,
        at=ibis.ifelse(is_solved, told.solved_at, told.first_response_at),
        agent=ibis.coalesce(ibis.ifelse(is_solved, told.solved_agent, told.first_response_agent), told.agent),
        is_elsewhere=on_telephone,
    )  # fmt: skip


def _calls(facts: Facts, period: Period) -> ir.Table:
    table = facts["calls"]
    told = table.filter((table.outcome == "answered").fill_null(False) & _inside(table.answered_at, period))
    return told.select(
        "team", "branch", "channel", "topic", "exclusion", "agent", "requester_id", id=told.call_id,
        at=told.answered_at, is_elsewhere=ibis.literal(False),
    )  # fmt: skip


def _inside(stamp: ir.Value, period: Period) -> ir.BooleanValue:
    inside = (stamp >= ibis.literal(period.start)) & (stamp < ibis.literal(period.end))
    return inside.fill_null(False)


def _with_audits(facts: Facts, told: ir.Table, kind: str, own_draw: str) -> ir.Table:
    """With `is_audited`: an audit of the case is known that does not come from the draw itself."""
    if "audits" not in facts:
        return told.mutate(is_audited=ibis.literal(False))
    audits = facts["audits"]
    others = audits.filter(audits.subject_id.notnull() & ~audits.audit_id.contains(f":{own_draw}-"))
    audited = others.select(audited_id=others.subject_id).distinct()
    named = told.mutate(subject=ibis.literal(_SUBJECTS[kind]).concat(told.id))
    joined = named.left_join(audited, named.subject == audited.audited_id)
    return joined.mutate(is_audited=joined.audited_id.notnull()).drop("subject", "audited_id")


def _reason(row: Mapping[str, Any], by: str, audited_again: bool) -> str | None:
    """Why a case cannot be drawn, the first reason that applies; None when it can."""
    if row["exclusion"] is not None:
        return str(row["exclusion"])
    if row["is_elsewhere"]:
        return ON_THE_TELEPHONE
    if row[by] is None:
        return f"no_{by}"
    return ALREADY_AUDITED if row["is_audited"] and not audited_again else None


def _case(kind: str, row: Mapping[str, Any]) -> Case:
    own = {name: row[name] for name in (*_MEMBERS, "channel", "topic", "requester_id")}
    return Case(kind=kind, id=row["id"], at=row["at"], **own)
