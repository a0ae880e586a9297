"""Requesters: how the tickets of a period spread over the people who opened them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.counting import cells_of
from evaluation.metrics.ordering import of_frequencies
from evaluation.metrics.placing import Spread, Timeline, within
from evaluation.metrics.streaming import THREADS, Rows, rows_of
from evaluation.metrics.summing import Axis, axes_of, parts_of

if TYPE_CHECKING:
    from ibis.expr import types as ir


def aggregate_requesters(
    tickets: ir.Table, timeline: Timeline, *, top: int, dimensions: Sequence[str] = DIMENSIONS[1:]
) -> pd.DataFrame:
    """Tickets per requester, for each cell in which tickets were created.

    Tickets of unknown requesters are counted as unknown: they cannot be told apart, so they are nobody's.

    Args:
        tickets: The fact table.
        timeline: The periods.
        top: How many of the busiest requesters are taken together.
        dimensions: Dimensions beside the whole; `first+second` is a pair of them.

    Returns:
        One row per cell with `slot`, `dimension`, `member` and `n` (requesters), `left_out` and `unknown` (tickets),
        `undecided`, `off_scale`, `top` (tickets of the busiest), sums and quantiles of tickets per requester.
    """
    spread = timeline.spread
    single = list(dict.fromkeys(part for name in dimensions for part in parts_of(name)))
    placed = tickets.select(
        "requester_id",
        **{name: ibis.coalesce(tickets[name], UNASSIGNED) for name in single},
        span=tickets.created_at,
        is_excluded=ibis.ifelse(tickets.exclusion.notnull(), 1, 0).cast("int8"),
    )
    inside = placed.filter(within(placed.span, timeline))
    rows = rows_of(inside, bounds=timeline.bounds, stamps=["span"], coded=single, identities=["requester_id"])
    axes = axes_of(rows, {name: parts_of(name) for name in dimensions})
    people = _People.of(rows, spread)
    with ThreadPoolExecutor(THREADS) as threads:
        frames = list(threads.map(partial(_on_axis, rows=rows, people=people, spread=spread, top=top), axes))
    return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True)
class _People:
    """Tickets that count, those of one requester side by side and in the order of spans.

    Attributes:
        rows: Where each ticket is among all rows.
        requesters: Whose it is.
        spans: Its span.
    """

    rows: NDArray[np.int64]
    requesters: NDArray[np.int64]
    spans: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Rows, spread: Spread) -> _People:
        requesters = rows.column("requester_id")
        own = np.flatnonzero((requesters >= 0) & (rows.column("is_excluded") == 0))
        keys = requesters[own].astype(np.int64) * spread.spans + rows.column("span")[own]
        order = np.argsort(keys)
        requester, span = np.divmod(keys[order], max(spread.spans, 1))
        return cls(own[order], requester, span)


def _on_axis(axis: Axis, rows: Rows, people: _People, spread: Spread, top: int) -> pd.DataFrame:
    """The cells of one dimension."""
    shape = (len(axis.members), len(spread.runs))
    columns = _tickets(axis, rows, spread)
    members = _members(axis, rows)[people.rows]
    for layer in spread.layers:
        cells, tickets, times = _frequencies(people, members, layer, shape[1])
        _describe(columns, cells, tickets, times, top)
    return cells_of(axis, columns)


def _tickets(axis: Axis, rows: Rows, spread: Spread) -> dict[str, NDArray[Any]]:
    """Tickets that were left out, and those of unknown requesters; the other columns empty."""
    width = spread.spans + 1
    counts = np.zeros((len(axis.members) * width, 3), dtype=np.int64)
    for block in rows.blocks:
        excluded = block["is_excluded"] > 0
        kind = np.where(excluded, 1, np.where(block["requester_id"] < 0, 2, 0))
        np.add.at(counts, (axis.cells(block, "span", spread.spans), kind), 1)
    by_slot = spread.added(counts.reshape(len(axis.members), width, 3)[:, :-1])
    shape = by_slot.shape[:2]
    none = {name: np.zeros(shape, dtype=np.int64) for name in ("n", "undecided", "off_scale")}
    sums = {name: np.zeros(shape) for name in ("sum", "squares", "top")}
    nobody = np.zeros(0, dtype=np.int64)
    orders = {name: np.full(shape, np.nan) for name, _ in of_frequencies(nobody, nobody, nobody, 0)}
    return {**none, "left_out": by_slot[..., 1], "unknown": by_slot[..., 2], **sums, **orders}


def _members(axis: Axis, rows: Rows) -> NDArray[np.int64]:
    """The code of each row's member."""
    codes = [axis.members_of(block) for block in rows.blocks]
    return np.concatenate(codes) if codes else np.zeros(0, dtype=np.int64)


def _frequencies(
    people: _People, members: NDArray[np.int64], layer: NDArray[np.int64], slots: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """How many requesters have how many tickets: cell, tickets and requesters, in that order.

    Most requesters write once in a period: those are counted without sorting.
    """
    inside = np.flatnonzero(layer[people.spans] >= 0)
    requesters, slot, own = people.requesters[inside], layer[people.spans[inside]], members[inside]
    begins = np.ones(len(inside), dtype=bool)
    begins[1:] = (requesters[1:] != requesters[:-1]) | (slot[1:] != slot[:-1])
    is_single = begins & np.append(begins[1:], True)
    most = int(members.max(initial=0)) + 1
    group = np.cumsum(begins) - 1
    several = np.flatnonzero(~is_single)
    keys, tickets = np.unique(group[several] * most + own[several], return_counts=True)
    of_group = slot[begins]
    cells = (keys % most) * slots + of_group[keys // most]
    single = own[is_single] * slots + slot[is_single]
    limit = int(tickets.max(initial=1)) + 1
    pairs, times = np.unique(cells * limit + tickets, return_counts=True)
    alone, alone_times = np.unique(single, return_counts=True)
    pairs = np.concatenate([alone * limit + 1, pairs])
    merged, back = np.unique(pairs, return_inverse=True)
    total = np.zeros(len(merged), dtype=np.int64)
    np.add.at(total, back, np.concatenate([alone_times, times]))
    return merged // limit, merged % limit, total


def _describe(
    columns: dict[str, NDArray[Any]],
    cells: NDArray[np.int64],
    tickets: NDArray[np.int64],
    times: NDArray[np.int64],
    top: int,
) -> None:
    """Fill in the cells of a layer."""
    occurring = np.unique(cells)
    count = columns["n"].size
    np.add.at(columns["n"].reshape(-1), cells, times)
    np.add.at(columns["sum"].reshape(-1), cells, tickets * times)
    np.add.at(columns["squares"].reshape(-1), cells, tickets * tickets * times)
    for name, values in of_frequencies(cells, tickets, times, count):
        columns[name].reshape(-1)[occurring] = values[occurring]
    # the requesters with more tickets come first, from the end of each cell
    sizes = np.zeros(count, dtype=np.int64)
    np.add.at(sizes, cells, times)
    after = np.cumsum(sizes)[cells] - np.cumsum(times)
    np.add.at(columns["top"].reshape(-1), cells, tickets * np.clip(top - after, 0, times))
