"""Counts of a period for the cover, the data page and the cycle: how much there was of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.period import Period
from evaluation.tables import Tables

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts


def exclusions_of(facts: Facts, period: Period) -> dict[str, int]:
    """Tickets created in the period that are left out of the figures, by reason in alphabetical order."""
    if "tickets" not in facts:
        return {}
    rows = _within(facts["tickets"], "created_at", period)
    left_out = rows.filter(rows.exclusion.notnull())
    counted = left_out.group_by("exclusion").aggregate(n=left_out.count()).execute()
    return {str(row.exclusion): int(row.n) for row in counted.sort_values("exclusion").itertuples()}


def counts_of(facts: Facts, tables: Tables, period: Period) -> dict[str, int]:
    """How much there was of everything in the period; what no source gives is 0.

    Returns:
        `tickets`, `without_policy` (of SLA), `teams`, `channels`, `topics`, `untagged`, `agents`, `events`, `surveys`
        (asked), `answers`, `calls` (inbound, each once), `audits` (of correspondence), `call_audits` and `visits`
        (mystery), all three with a score, and `audits_left_out`, `call_audits_left_out`, `visits_left_out`; `reviews`
        (each once), `rated` and `answered` of them, `benchmarks`. Tickets are those created in the period that count.
    """
    return {
        **_tickets(facts, period),
        **_surveys(facts, period),
        **_calls(facts, period),
        **_audits(facts, period),
        **_reviews(facts, period),
        **_given(tables, period),
    }


def _tickets(facts: Facts, period: Period) -> dict[str, int]:
    names = ("tickets", "without_policy", "teams", "channels", "topics", "untagged", "agents")
    if "tickets" not in facts:
        return dict.fromkeys(names, 0)
    every = _within(facts["tickets"], "created_at", period)
    rows = every.filter(every.exclusion.isnull())
    found = rows.aggregate(
        tickets=rows.count(), teams=rows.team.nunique(), channels=rows.channel.nunique(), topics=rows.topic.nunique(),
        without_policy=rows.policy.isnull().sum(), untagged=rows.topic.isnull().sum(), agents=rows.agent.nunique(),
    )  # fmt: skip
    return _first(found.execute(), names)


def _surveys(facts: Facts, period: Period) -> dict[str, int]:
    if "surveys" not in facts:
        return {"surveys": 0, "answers": 0}
    table = facts["surveys"]
    table = table.filter(table.exclusion.isnull())
    asked, answered = (_is_within(table, column, period) for column in ("asked_at", "answered_at"))
    found = table.aggregate(surveys=asked.sum(), answers=(answered & table.score.notnull()).sum())
    return _first(found.execute(), ("surveys", "answers"))


def _calls(facts: Facts, period: Period) -> dict[str, int]:
    if "calls" not in facts:
        return {"calls": 0}
    rows = _within(facts["calls"], "arrived_at", period)
    return {"calls": _number(rows.filter(rows.exclusion.isnull()))}


def _audits(facts: Facts, period: Period) -> dict[str, int]:
    """Audits with a score, and those that the breakdown `audits_left_out` tells of."""
    names = {"audits": "correspondence", "call_audits": "call", "visits": "mystery"}
    if "audits" not in facts:
        return dict.fromkeys((*names, *(f"{name}_left_out" for name in names)), 0)
    rows = _within(facts["audits"], "audited_at", period)
    is_scored = rows.exclusion.isnull() & ~rows.is_calibration & rows.score.notnull()
    found = {name: _number(rows.filter(is_scored & (rows.kind == kind))) for name, kind in names.items()}
    every = {name: _number(rows.filter(rows.kind == kind)) for name, kind in names.items()}
    return found | {f"{name}_left_out": every[name] - found[name] for name in names}


def _reviews(facts: Facts, period: Period) -> dict[str, int]:
    names = ("reviews", "rated", "answered")
    if "reviews" not in facts:
        return dict.fromkeys(names, 0)
    every = _within(facts["reviews"], "posted_at", period)
    rows = every.filter(every.exclusion.isnull())
    found = rows.aggregate(
        reviews=rows.count(), rated=rows.sentiment.notnull().sum(), answered=rows.replied_at.notnull().sum()
    )
    return _first(found.execute(), names)


def _given(tables: Tables, period: Period) -> dict[str, int]:
    events = _number(_within(tables["ticket_events"], "at", period)) if "ticket_events" in tables else 0
    return {"events": events, "benchmarks": _number(tables["benchmarks"]) if "benchmarks" in tables else 0}


def _within(table: ir.Table, column: str, period: Period) -> ir.Table:
    return table.filter(_is_within(table, column, period))


def _is_within(table: ir.Table, column: str, period: Period) -> ir.BooleanValue:
    import ibis

    start, end = (ibis.literal(at, type="timestamp('UTC', 6)") for at in (period.start, period.end))
    return (table[column] >= start) & (table[column] < end)


def _number(table: ir.Table) -> int:
    return int(table.count().execute())


def _first(frame: pd.DataFrame, names: tuple[str, ...]) -> dict[str, int]:
    """The only row of a frame; a sum over no rows is null there and 0 here."""
    row = frame.fillna(0).iloc[0]
    return {name: int(row[name]) for name in names}
