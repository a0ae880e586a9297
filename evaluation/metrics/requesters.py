"""Requesters: how the tickets of a period spread over the people who opened them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.measurement import DIMENSIONS
from evaluation.metrics.aggregating import KEYS, amount_sums, by_dimension, collected, placed_columns
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
    placed = tickets.select(
        "requester_id", *DIMENSIONS[1:], is_excluded=tickets.exclusion.notnull(),
        **placed_columns(tickets.created_at, periods),
    )  # fmt: skip
    long = by_dimension(placed, len(periods), DIMENSIONS)
    known = long.requester_id.notnull() & ~long.is_excluded
    people = long.group_by(*KEYS, "requester_id").aggregate(
        tickets=known.sum(),
        left_out=long.is_excluded.sum(),
        unknown=(long.requester_id.isnull() & ~long.is_excluded).sum(),
    )
    counts = people.tickets > 0
    cells = people.group_by(KEYS).aggregate(
        **{
            f"{PREFIX}__n": counts.sum(),
            f"{PREFIX}__undecided": ibis.literal(0),
            f"{PREFIX}__left_out": people.left_out.sum(),
            f"{PREFIX}__unknown": people.unknown.sum(),
        },
        **amount_sums(PREFIX, people.tickets.cast("float64"), counts, listed=True),
    )
    return collected(cells, top=top)
