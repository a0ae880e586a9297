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
        `tickets`, `teams`, `channels`, `topics`, `untagged`, `agents`, `events`, `surveys` (asked), `answers`, `calls`,
        `call_audits`, `audits` (of correspondence), `visits` (mystery), `reviews`, `answered` (reviews), `benchmarks`.
        Tickets are those created in the period that count.
    """
    return {
        **_tickets(facts, period),
        **_surveys(facts, period),
        **_others(tables, period),
    }


def _tickets(facts: Facts, period: Period) -> dict[str, int]:
    names = ("tickets", "teams", "channels", "topics", "untagged", "agents")
    if "tickets" not in facts:
        return dict.fromkeys(names, 0)
    every = _within(facts["tickets"], "created_at", period)
    rows = every.filter(every.exclusion.isnull())
    found = rows.aggregate(
        tickets=rows.count(), teams=rows.team.nunique(), channels=rows.channel.nunique(), topics=rows.topic.nunique(),
        untagged=rows.topic.isnull().sum(), agents=rows.agent.nunique(),
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


def _others(tables: Tables, period: Period) -> dict[str, int]:
    audits = {"audits": "correspondence", "call_audits": "call", "visits": "mystery"}
    found = {name: 0 for name in (*audits, "events", "calls", "reviews", "answered", "benchmarks")}
    if "ticket_events" in tables:
        found["events"] = _number(_within(tables["ticket_events"], "at", period))
    if "calls" in tables:
        found["calls"] = _number(_within(tables["calls"], "started_at", period))
    if "audits" in tables:
        marked = _within(tables["audits"], "audited_at", period)
        for name, kind in audits.items():
            found[name] = int(marked.filter(marked.kind == kind).audit_id.nunique().execute() or 0)
    if "reviews" in tables:
        posted = _within(tables["reviews"], "posted_at", period)
        found["reviews"] = _number(posted)
        found["answered"] = _number(posted.filter(posted.replied_at.notnull()))
    if "benchmarks" in tables:
        found["benchmarks"] = _number(tables["benchmarks"])
    return found


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
