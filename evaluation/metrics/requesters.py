"""Requesters: how the tickets of a period spread over the people who opened them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.measurement import DIMENSIONS
from evaluation.metrics.aggregating import KEYS, amount_sums, by_dimension, with_quantiles
from evaluation.metrics.placing import slot_of
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir

PREFIX = "requesters"


def aggregate_requesters(tickets: ir.Table, periods: tuple[tuple[Period, ...], ...], *, top: int) -> pd.DataFrame:
    """Tickets per requester, for each cell in which tickets were created.

    Tickets of unknown requesters are counted as unknown: they cannot be told apart, so they are nobody's.

    Args:
        tickets: The fact table.
        periods: Rows of periods, as `measured_periods` gives them.
        top: How many of the busiest requesters are taken together.

    Returns:
        One row per cell with `KEYS` and `requesters__n` (requesters), `__left_out` and `__unknown` (tickets),
        `__undecided`, `__top` (tickets of the busiest), sums and quantiles of tickets per requester.
    """
    long = by_dimension(_created(tickets, periods).cache(), DIMENSIONS)
    known = long.requester_id.notnull() & ~long.is_excluded
    people = long.group_by(*KEYS, "requester_id").aggregate(
        tickets=known.sum(), left_out=long.is_excluded.sum(), unknown=(long.requester_id.isnull() & ~long.is_excluded).sum()
    )
    busiest = ibis.window(group_by=KEYS, order_by=[people.tickets.desc(), people.requester_id])
    ranked = people.mutate(place=ibis.row_number().over(busiest))
    counts = ranked.tickets > 0
    cells = ranked.group_by(KEYS).aggregate(
        **{
            f"{PREFIX}__n": counts.sum(),
            f"{PREFIX}__undecided": ibis.literal(0),
            f"{PREFIX}__left_out": ranked.left_out.sum(),
            f"{PREFIX}__unknown": ranked.unknown.sum(),
            f"{PREFIX}__top": ranked.tickets.sum(where=ranked.place < top),
        },
        **amount_sums(PREFIX, ranked.tickets.cast("float64"), counts, listed=True),
    )
    return with_quantiles(cells, [PREFIX])


def _created(tickets: ir.Table, periods: tuple[tuple[Period, ...], ...]) -> ir.Table:
    parts, first_slot = [], 0
    for row in periods:
        placed = tickets.select(
            "requester_id", *DIMENSIONS[1:], slot=slot_of(tickets.created_at, row, first_slot),
            is_excluded=tickets.exclusion.notnull(),
        )  # fmt: skip
        parts.append(placed.filter(placed.slot.notnull()))
        first_slot += len(row)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
