"""Opening backlog + created + reopened - solved - removed = closing backlog, for the whole, each channel and team.

The backlog at both ends is the measured one, with the tickets that are left out of it; what happened between them is
counted from the changes of state, and the created ones from the tickets themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from evaluation.identity import Identity
from evaluation.measurement import UNASSIGNED
from evaluation.metrics.placing import instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.measurement import Measurements
    from evaluation.period import Period

ID = "backlog_balance"
PARTS = ("channel", "team")
FLOWS = {"created": 1, "reopened": 1, "restored": 1, "solved": -1, "removed": -1}
"""What changes the backlog, and in which direction; restored tickets come back from merged or deleted."""


def backlog_balance(measurements: Measurements, facts: Facts, period: Period) -> tuple[Identity, ...]:
    """The balance of the reported period; nothing when the backlog was not measured.

    A backlog of nothing before the first ticket is absent in the measurements, and an opening of zero here.
    """
    closing = _stock(measurements, period)
    opening = _stock(measurements, period.previous())
    if "states" not in facts or closing.empty:
        return ()
    flows = _flows(facts, period)
    return tuple(_balance(dimension, opening, closing, flows) for dimension in ("all", *PARTS))


def _stock(measurements: Measurements, period: Period) -> pd.DataFrame:
    """Tickets in the backlog at the end of a period, those that are left out included, by dimension and member."""
    frame = measurements.frame
    rows = frame.loc[
        (frame["metric_id"] == "backlog") & (frame["period_id"] == period.id) & (frame["statistic"] == "value")
        & (frame["reason"].isna() | (frame["n"] + frame["excluded"] > 0)) & frame["dimension"].isin(["all", *PARTS])
    ]  # fmt: skip
    return rows.assign(tickets=rows["n"] + rows["excluded"])[["dimension", "member", "tickets"]]


def _flows(facts: Facts, period: Period) -> pd.DataFrame:
    """How many tickets came into the backlog and left it in the period, by channel and team."""
    begun = _within(facts["tickets"], "created_at", period)
    created = begun.group_by(list(PARTS)).aggregate(created=begun.count()).execute()
    changes = _changes(facts["states"], period)
    changed = changes.group_by(list(PARTS)).aggregate(**{name: changes[name].sum() for name in list(FLOWS)[1:]})
    both = pd.concat([created, changed.execute()], ignore_index=True)
    both[list(PARTS)] = both[list(PARTS)].astype(object).where(both[list(PARTS)].notna(), UNASSIGNED)
    return both.reindex(columns=[*PARTS, *FLOWS]).fillna(dict.fromkeys(FLOWS, 0))


def _changes(states: ir.Table, period: Period) -> ir.Table:
    """The states that began in the period, with what their beginning meant for the backlog."""
    import ibis

    touched = _within(states, "at", period).select("ticket_id").distinct()
    told = states.semi_join(touched, "ticket_id")
    in_order = ibis.window(group_by=told.ticket_id, order_by=told["at"])
    told = told.mutate(was=told.state.lag().over(in_order), was_open=told.is_open.lag().over(in_order))
    told = _within(told, "at", period)
    is_first, came_back = told.was.isnull(), told.is_open & ~told.was_open.fill_null(True)
    left = ~told.is_open & told.was_open.fill_null(True)
    return told.mutate(
        reopened=came_back & ~is_first & (told.was != "removed"),
        restored=came_back & (told.was == "removed"),
        solved=left & (told.state != "removed"),
        removed=left & (told.state == "removed"),
    )


def _within(table: ir.Table, column: str, period: Period) -> ir.Table:
    return table.filter(table[column] >= instant(period.start), table[column] < instant(period.end))


def _balance(dimension: str, opening: pd.DataFrame, closing: pd.DataFrame, flows: pd.DataFrame) -> Identity:
    by = flows.assign(all="all").groupby(dimension)[list(FLOWS)].sum().astype("int64")
    ends = {
        name: stock.loc[stock["dimension"] == dimension].set_index("member")["tickets"]
        for name, stock in (("opening", opening), ("closing", closing))
    }
    members = sorted(set(by.index) | set(ends["opening"].index) | set(ends["closing"].index))
    table = by.reindex(members, fill_value=0).assign(
        **{name: stock.reindex(members, fill_value=0).astype("int64") for name, stock in ends.items()}
    )
    table["expected"] = table["opening"] + sum(sign * table[name] for name, sign in FLOWS.items())
    broken = table.loc[table["expected"] != table["closing"]]
    told = (broken if len(broken) else table).iloc[0] if len(table) else None
    sides = broken.iloc[:1] if len(broken) else table
    return Identity(
        id=ID, subject=dimension, holds=broken.empty, left=float(sides["expected"].sum()),
        right=float(sides["closing"].sum()), checked=len(table),
        detail="" if told is None or (dimension != "all" and broken.empty) else _in_words(dimension, told),
    )  # fmt: skip


def _in_words(dimension: str, row: pd.Series) -> str:
    """Such as `backlog of team A: 12 opening + 30 created + 2 reopened - 31 solved - 1 removed = 12, measured 12`."""
    terms = "".join(
        f" {'+' if sign > 0 else '-'} {row[name]} {name}"
        for name, sign in FLOWS.items()
        if name != "restored" or row[name]
    )
    whose = "" if dimension == "all" else f" of {dimension} {row.name}"
    return f"backlog{whose}: {row['opening']} opening{terms} = {row['expected']}, measured {row['closing']}"
