"""The facts of customers and returns: who was there from when to when, and what they sent back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_INSTANT, NO_TEXT, flag, instant

if TYPE_CHECKING:
    from datetime import datetime

    from ibis.expr import types as ir

    from evaluation.facts.derivation import Derivation


def customer_facts(given: Derivation) -> Mapping[str, ir.Table]:
    """`customers` and `returns`, each when its canonical table is there."""
    found: dict[str, ir.Table] = {}
    if "customers" in given.tables:
        found["customers"] = given.bench.step("customers", stays(given.tables["customers"], given.cut))
    if "returns" in given.tables:
        found["returns"] = returns(
            given.tables["returns"], given.kept.get("tickets"), found.get("customers"), given.cut
        )
    return found


def stays(spells: ir.Table, cut: datetime) -> ir.Table:
    """One row per stay of a customer: spells that touch or overlap are one stay, so that renewing is no loss.

    A stay is half-open. One that ends after `cut` still runs; a spell that ends before it starts was never one and
    stays in the table as quarantined. Segment and branch are those of the stay's last spell.
    """
    known = spells.filter(spells.started_at <= instant(cut))
    known = known.mutate(ended_at=ibis.ifelse(known.ended_at <= instant(cut), known.ended_at, NO_INSTANT))
    is_backward = (known.ended_at <= known.started_at).fill_null(False)
    runs = _numbered(known.filter(~is_backward))
    last = ibis.window(
        group_by=[runs.customer_id, runs.stay],
        order_by=[runs.started_at.desc(), runs.ended_at.notnull(), runs.ended_at.desc(), runs.segment, runs.branch_id],
    )
    merged = runs.mutate(
        number=ibis.row_number().over(last),
        began_at=runs.started_at.min().over(ibis.window(group_by=[runs.customer_id, runs.stay])),
    ).filter(ibis._.number == 0)
    ended_at = ibis.ifelse(merged.runs_on, NO_INSTANT, merged.reaches)
    valid = _shaped(merged.mutate(started_at=merged.began_at, ended_at=ended_at, exclusion=NO_TEXT))
    backward = known.filter(is_backward)
    return ibis.union(valid, _shaped(backward.mutate(exclusion=ibis.literal("quarantined"))))


def _numbered(spells: ir.Table) -> ir.Table:
    """With the number of the stay that each spell belongs to, and how far the stay reaches.

    A spell begins a stay when everything before it had ended before it started.
    """
    order = [spells.started_at, spells.ended_at.notnull(), spells.ended_at]
    earlier = ibis.window(group_by=spells.customer_id, order_by=order, preceding=(None, 1))
    reach = spells.mutate(
        reached=spells.ended_at.max().over(earlier),
        is_running=flag(spells.ended_at.isnull()).max().over(earlier).fill_null(0) == 1,
    )
    begins = ~reach.is_running & (reach.reached.isnull() | (reach.reached < reach.started_at))
    begun = reach.mutate(begins=flag(begins))
    so_far = ibis.window(
        group_by=begun.customer_id,
        order_by=[begun.started_at, begun.ended_at.notnull(), begun.ended_at],
        preceding=None,
        following=0,
    )
    numbered = begun.mutate(stay=begun.begins.sum().over(so_far))
    whole = ibis.window(group_by=[numbered.customer_id, numbered.stay])
    return numbered.mutate(
        reaches=numbered.ended_at.max().over(whole),
        runs_on=flag(numbered.ended_at.isnull()).max().over(whole) == 1,
    )


def _shaped(table: ir.Table) -> ir.Table:
    nothing = dict.fromkeys(("channel", "team", "topic", "priority", "agent"), NO_TEXT)
    return table.select(
        "customer_id", "started_at", "ended_at", "segment", branch=table.branch_id, **nothing,
        exclusion=table.exclusion,
    )  # fmt: skip


def returns(rows: ir.Table, tickets: ir.Table | None, customers: ir.Table | None, cut: datetime) -> ir.Table:
    """One row per return known at `cut`, with the dimensions of its ticket; the branch of its customer without one."""
    table = rows.filter(rows["at"] <= instant(cut)).mutate(customer_branch=NO_TEXT)
    if customers is not None:
        latest = ibis.window(group_by=customers.customer_id, order_by=customers.started_at.desc())
        last = customers.mutate(number=ibis.row_number().over(latest)).filter(ibis._.number == 0)
        branches = last.select(buyer_id="customer_id", buyer_branch="branch")
        table = table.left_join(branches, table.customer_id == branches.buyer_id)
        table = table.mutate(customer_branch=table.buyer_branch).drop("buyer_id", "buyer_branch")
    if tickets is None:
        table = table.mutate(**{f"ticket_{name}": NO_TEXT for name in DIMENSION_COLUMNS})
    else:
        asked = tickets.select(asked_id="ticket_id", **{f"ticket_{name}": name for name in DIMENSION_COLUMNS})
        table = table.left_join(asked, table.ticket_id == asked.asked_id).drop("asked_id")
    dimensions = {name: table[f"ticket_{name}"] for name in DIMENSION_COLUMNS}
    dimensions["branch"] = ibis.coalesce(table.ticket_branch, table.customer_branch)
    return table.select(
        "return_id", "at", "customer_id", "ticket_id", "reason", "amount", **dimensions, exclusion=NO_TEXT
    )
