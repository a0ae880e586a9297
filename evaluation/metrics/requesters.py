"""Requesters: how the tickets of a period spread over the people who opened them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.measurement import DIMENSIONS
from evaluation.metrics.aggregating import KEYS, amount_sums, by_dimension, collected
from evaluation.metrics.placing import Timeline, span_of

if TYPE_CHECKING:
    from ibis.expr import types as ir

PREFIX = "requesters"


def aggregate_requesters(tickets: ir.Table, timeline: Timeline, *, top: int) -> pd.DataFrame:
    """Tickets per requester, for each cell in which tickets were created.

    Tickets of unknown requesters are counted as unknown: they cannot be told apart, so they are nobody's.

    Args:
        tickets: The fact table.
        timeline: The periods.
        top: How many of the busiest requesters are taken together.

    Returns:
        One row per cell with `KEYS` and `requesters__n` (requesters), `__left_out` and `__unknown` (tickets),
        `__undecided`, `__top` (tickets of the busiest), sums and quantiles of tickets per requester.
    """
    placed = tickets.select(
        "requester_id", *DIMENSIONS[1:], span=span_of(tickets.created_at, timeline),
        is_excluded=tickets.exclusion.notnull(),
    )  # fmt: skip
    long = by_dimension(placed.filter(placed.span.notnull()), DIMENSIONS)
    known = long.requester_id.notnull() & ~long.is_excluded
    in_spans = long.group_by("span", "dimension", "member", "requester_id").aggregate(
        tickets=known.sum(),
        left_out=long.is_excluded.sum(),
        unknown=(long.requester_id.isnull() & ~long.is_excluded).sum(),
    )
    in_periods = in_spans.join(_spans_of_periods(timeline), "span")
    people = in_periods.group_by(*KEYS, "requester_id").aggregate(
        tickets=in_periods.tickets.sum(), left_out=in_periods.left_out.sum(), unknown=in_periods.unknown.sum()
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


def _spans_of_periods(timeline: Timeline) -> ir.Table:
    pairs = [
        (span, slot) for slot, (first, after) in enumerate(timeline.spans_of_periods) for span in range(first, after)
    ]
    return ibis.memtable(pd.DataFrame(pairs, columns=["span", "slot"], dtype="int16"))
