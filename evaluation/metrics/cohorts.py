"""Cohorts: who was there when a period began, and who of them still was at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from evaluation.metrics.aggregating import by_dimension, collected
from evaluation.metrics.cells import KEYS, Cells, Members, looked_up, united
from evaluation.metrics.definition import CohortDefinition, Presence
from evaluation.metrics.placing import Timeline
from evaluation.period import Period

if TYPE_CHECKING:
    from datetime import datetime

    from ibis.expr import types as ir


def aggregate_cohort(
    table: ir.Table, definition: CohortDefinition, timeline: Timeline, cut: datetime, members: Members
) -> Cells:
    """Sums of one cohort for every period, for each cell in which there was anybody.

    Presence is as in a stock: whoever entered before an instant and had not left before it is there; what happens at
    the very start of a period happens in it. Each period has a cohort of its own, so that those of months do not add up
    to the quarter's. A period that still runs at `cut` is looked at as far as it has come.

    Returns:
        Cells with `n` (who was there at the start, or at any time), `sum` (of them, who stayed or left; not for
        `Presence.THERE`), `left_out` (quarantined stays that began in the period), `undecided`, `unknown` and
        `off_scale`, which are 0.
    """
    begun = [(slot, period) for slot, period in enumerate(timeline.periods) if period.start < cut]
    periods = _periods(begun)
    named = table.mutate(who=table[definition.who], since=definition.since(table), left_at=definition.until(table))
    counted = named.filter(named.exclusion.isnull())
    there = collected(_cells(_cohort(counted, periods, definition), definition), members)
    excluded = named.filter(named.exclusion.notnull())
    refused = excluded.join(periods, [excluded.since >= periods.starts_at, excluded.since < periods.ends_at])
    left_out = collected(
        by_dimension(refused.select("slot", *definition.dimensions), ("all", *definition.dimensions))
        .group_by("slot", "dimension", "member")
        .aggregate(left_out=ibis._.count()),
        members,
    )
    cells = united(there, left_out)
    cells |= {name: looked_up(there, name, cells) for name in there if name not in KEYS}
    nothing = dict.fromkeys(("undecided", "unknown", "off_scale"), np.zeros_like(cells["slot"]))
    return cells | {"left_out": looked_up(left_out, "left_out", cells)} | nothing


def _cohort(table: ir.Table, periods: ir.Table, definition: CohortDefinition) -> ir.Table:
    """A row for each period and who was of its cohort, with their dimensions then and `counts` (stayed or left)."""
    if definition.presence is Presence.THERE:
        met = table.join(periods, [table.since < periods.ends_at, _not_left(table, periods.starts_at)])
        latest = ibis.window(group_by=[met.slot, met.who], order_by=met.since.desc())
        once = met.mutate(number=ibis.row_number().over(latest)).filter(ibis._.number == 0)
        return once.select("slot", *definition.dimensions, counts=ibis.literal(0))
    first = table.join(periods, [table.since < periods.starts_at, _not_left(table, periods.starts_at)])
    first = first.select("slot", "who", *definition.dimensions)
    last = table.join(periods, [table.since < periods.ends_at, _not_left(table, periods.ends_at)])
    last = last.select(end_slot="slot", end_who="who")
    both = first.left_join(last, [first.slot == last.end_slot, first.who == last.end_who])
    counts = both.end_who.notnull() if definition.presence is Presence.STAYED else both.end_who.isnull()
    return both.select("slot", *definition.dimensions, counts=ibis.ifelse(counts, 1, 0))


def _not_left(table: ir.Table, moment: ir.Value) -> ir.BooleanValue:
    return table.left_at.isnull() | (table.left_at >= moment)


def _cells(cohort: ir.Table, definition: CohortDefinition) -> ir.Table:
    long = by_dimension(cohort, ("all", *definition.dimensions))
    sums = {"n": long.count()}
    if definition.presence is not Presence.THERE:
        sums["sum"] = long.counts.sum()
    return long.group_by("slot", "dimension", "member").aggregate(**sums)


def _periods(begun: Sequence[tuple[int, Period]]) -> ir.Table:
    frame = pd.DataFrame(
        {
            "starts_at": [period.start for _, period in begun],
            "ends_at": [period.end for _, period in begun],
            "slot": pd.Series([slot for slot, _ in begun], dtype="int16"),
        }
    )
    table = ibis.memtable(frame)
    return table.mutate(**{name: table[name].cast("timestamp('UTC', 6)") for name in ("starts_at", "ends_at")})
