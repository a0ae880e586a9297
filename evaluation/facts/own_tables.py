"""The rows that an organisation's own metrics read: facts with what the sources gave beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.derivation import Derivation
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS
from evaluation.facts.vocabulary import NO_INSTANT, NO_TEXT, instant
from evaluation.fields import TABLES
from evaluation.own_metric import OwnOfTable, columns_of
from evaluation.readable_columns import BEGINS, OWN_TABLE, readable_columns

if TYPE_CHECKING:
    from ibis.expr import types as ir


_DIMENSION_OF = {"channel": "channel_code", "team": "team_id", "branch": "branch_id", "topic": "topic",
                 "priority": "priority_code", "agent": "agent_id"}  # fmt: skip


def own_tables(given: Derivation) -> Mapping[str, ir.Table]:
    """A table for each that a metric of one's own reads: `own_tickets`, `own_surveys`, …; nothing after cut is in it.

    Each has the columns that those metrics name, the dimensions, `exclusion`, `began_at`, `weight` (the respondents
    that a row stands for, 1 in tables without weights), `ticket_id` where a row belongs to a ticket, `scale_min` and
    `scale_max` where it has a scale, and `lacks_<column>` for columns that no source gave.
    """
    options = [one for one in given.settings.metrics.values() if isinstance(one, OwnOfTable)]
    found = {}
    for name in dict.fromkeys(one.table for one in options):
        columns = dict.fromkeys(column for one in options if one.table == name for column in columns_of(one))
        rows = _rows(given, name)
        if rows is not None:
            found[OWN_TABLE.format(name)] = _shaped(given, name, rows, tuple(columns))
    return found


def _rows(given: Derivation, name: str) -> ir.Table | None:
    """The facts of a table beside its canonical rows, or whichever there are."""
    if name not in FACT_COLUMNS:
        if name not in given.tables:
            return None
        known = given.tables[name].filter(ibis._[BEGINS[name]] <= instant(given.cut))
        return _with_ticket(given, name, known)
    if name not in given.kept:
        return None
    facts = given.kept[name]
    further = [column for column, is_ in readable_columns(name).items() if not is_.is_fact]
    if not further or name not in given.tables:
        return facts
    key = list(TABLES[name].key)
    both = _beside(facts, given.tables[name].select(*key, *further), key)
    return _with_other_calls(given, both) if name == "calls" else both


def _with_other_calls(given: Derivation, inbound: ir.Table) -> ir.Table:
    """The facts of inbound calls and, as the source gave them, the outbound and internal calls that have no facts.

    An internal call that is a leg of an inbound one is part of that. Such a call arrives when it starts; what facts
    alone tell, such as opening hours, is null.
    """
    every = given.tables["calls"].filter(ibis._.started_at <= instant(given.cut))
    contacts = every.filter(every.direction == "inbound")
    contacts = contacts.select(contact=ibis.coalesce(contacts.contact_id, contacts.call_id)).distinct()
    others = every.filter(every.direction != "inbound")
    is_outbound = others.direction == "outbound"
    alone = others.filter(~is_outbound).anti_join(contacts, ibis._.contact_id == contacts.contact)
    others = _with_ticket(given, "calls", ibis.union(others.filter(is_outbound), alone))
    is_out = others.exclusion.isin(["spam", "test"]).fill_null(False)
    others = others.mutate(
        arrived_at=ibis.coalesce(others.queued_at, others.started_at), channel=ibis.literal("phone"),
        exclusion=ibis.ifelse(is_out, others.exclusion, NO_TEXT),
    )  # fmt: skip
    types = inbound.schema()
    columns = {
        column: others[column].cast(types[column]) if column in others.columns else ibis.null(types[column])
        for column in inbound.columns
    }
    return ibis.union(inbound, others.select(**columns))


def _with_ticket(given: Derivation, name: str, table: ir.Table) -> ir.Table:
    """Canonical rows with the dimensions and the exclusion of their ticket, where they belong to one."""
    own = {dimension: column for dimension, column in _DIMENSION_OF.items() if column in table.columns}
    table = table.mutate(**{dimension: table[column] for dimension, column in own.items() if dimension != column})
    if "ticket_id" not in table.columns or "tickets" not in given.kept:
        lacking = [column for column in (*DIMENSION_COLUMNS, "exclusion") if column not in table.columns]
        return table.mutate(**dict.fromkeys(lacking, NO_TEXT))
    tickets = given.kept["tickets"]
    of_ticket = {f"{column}_of_ticket": tickets[column] for column in (*DIMENSION_COLUMNS, "exclusion")}
    both = _beside(table, tickets.select("ticket_id", **of_ticket), ["ticket_id"])
    merged = {
        column: ibis.coalesce(both[column], both[f"{column}_of_ticket"]) if column in table.columns
        else both[f"{column}_of_ticket"]
        for column in (*DIMENSION_COLUMNS, "exclusion")
    }  # fmt: skip
    return both.mutate(**merged).drop(*of_ticket)


def _beside(left: ir.Table, right: ir.Table, key: Sequence[str]) -> ir.Table:
    joined = left.left_join(right, list(key))
    return joined.drop(*(f"{column}_right" for column in key if f"{column}_right" in joined.columns))


def _shaped(given: Derivation, name: str, rows: ir.Table, columns: tuple[str, ...]) -> ir.Table:
    described = readable_columns(name)
    beside = [column for column in ("ticket_id", "scale_min", "scale_max") if column in rows.columns]
    lacking = {
        f"lacks_{column}": ibis.literal(not described[column].is_fact and not given.tables.has(name, column))
        for column in columns
    }
    not_yet = {
        column: ibis.ifelse(rows[column] <= instant(given.cut), rows[column], NO_INSTANT)
        for column in columns
        if described[column].kind == "instant" and not described[column].is_fact
    }
    rows = rows.mutate(**not_yet) if not_yet else rows
    # from a whole number, because DuckDB takes a literal with a point for a decimal
    weight = rows.weight if "weight" in rows.columns else ibis.literal(1, "int64").cast("float64")
    return rows.select(
        **{column: rows[column] for column in (*columns, *beside, *DIMENSION_COLUMNS, "exclusion")},
        **{"weight": weight, "began_at": rows[BEGINS[name]], **lacking},
    )  # fmt: skip
