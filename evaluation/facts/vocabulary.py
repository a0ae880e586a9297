"""Small expressions that all parts of the replay speak in: states as numbers, guarded maxima, running windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ibis

if TYPE_CHECKING:
    from ibis.expr import types as ir

STATE: MappingProxyType[str, int] = MappingProxyType(
    {"new": 0, "open": 1, "pending": 2, "on_hold": 3, "solved": 4, "closed": 5, "deleted": 6}
)
"""Statuses as numbers, in the order of a ticket's life: at one instant the later in life is the later event."""

MERGED = 7
FINALLY_SOLVED = 8
"""Solved, and the ticket's own row says that it still is: a message after it does not reopen."""

DONE = (STATE["solved"], STATE["closed"], FINALLY_SOLVED)
REMOVED = (STATE["deleted"], MERGED)
LIVE = tuple(STATE[name] for name in ("new", "open", "pending", "on_hold"))

LABELS: Mapping[int, str] = MappingProxyType(
    {code: name for name, code in STATE.items()}
    | {STATE["deleted"]: "removed", MERGED: "removed", FINALLY_SOLVED: "solved"}
)

RADIX = 16
"""`sequence * RADIX + state` in one number: its running maximum is the last state so far."""


def code_of(column: ir.StringColumn) -> ir.IntegerColumn:
    """The number of a status; null for none."""
    return ibis.cases(*[(column == name, code) for name, code in STATE.items()], else_=ibis.null("int64")).cast("int64")


def label_of(code: ir.IntegerColumn) -> ir.StringColumn:
    """The printed state of a number."""
    return ibis.cases(*[(code == number, name) for number, name in LABELS.items()], else_=ibis.null("string"))


def first_that_holds(branches: Sequence[tuple[Any, Any]], otherwise: Any) -> ir.Value:
    """The value of the first condition that holds; there may be no conditions."""
    if not branches:
        return ibis.literal(otherwise) if isinstance(otherwise, str | int) else otherwise
    return ibis.cases(*branches, else_=otherwise)


def flag(condition: ir.BooleanValue) -> ir.IntegerColumn:
    """1 where it holds, 0 where it does not or is unknown."""
    return ibis.ifelse(condition.fill_null(False), 1, 0).cast("int64")


def later(one: ir.Column, two: ir.Column) -> ir.Column:
    """The greater of two, or the one that is there: engines differ about nulls in `greatest`."""
    return ibis.cases((one.isnull(), two), (two.isnull(), one), (one >= two, one), else_=two)


def instant(value: object) -> ir.TimestampScalar:
    """A literal instant in UTC."""
    return ibis.literal(value, type="timestamp('UTC', 6)")


def beside(table: ir.Table, *others: ir.Table) -> ir.Table:
    """`table` with the columns of others, each with one row per `ticket_id` at most; null where one has none."""
    joined, columns = table, list(table.columns)
    for number, other in enumerate(others):
        keyed = other.rename({f"ticket_id_{number}": "ticket_id"})
        joined = joined.left_join(keyed, table.ticket_id == keyed[f"ticket_id_{number}"])
        columns += [name for name in other.columns if name != "ticket_id"]
    return joined.select(*columns)


NO_INSTANT = ibis.null("timestamp('UTC', 6)")
NO_TEXT = ibis.null("string")
NO_FLAG = ibis.null("boolean")
NO_NUMBER = ibis.null("float64")


def so_far(table: ir.Table) -> ir.LegacyWindowBuilder:
    """All events of the ticket up to and including this one, in their order."""
    return ibis.window(group_by=table.ticket_id, order_by=table.sequence, preceding=None, following=0)


def until_then(table: ir.Table) -> ir.LegacyWindowBuilder:
    """All events of the ticket before this one."""
    return ibis.window(group_by=table.ticket_id, order_by=table.sequence, preceding=(None, 1))


def in_order(table: ir.Table) -> ir.LegacyWindowBuilder:
    """The ticket's events in their order, for the event before and the event after."""
    return ibis.window(group_by=table.ticket_id, order_by=table.sequence)
