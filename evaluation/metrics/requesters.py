"""Requesters: how the tickets of a period spread over the people who opened them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import ibis
import numpy as np
from numpy.typing import NDArray

from evaluation.measurement import DIMENSIONS, UNASSIGNED
from evaluation.metrics.cells import Cells, Members, cells_of, joined
from evaluation.metrics.counting import Sums
from evaluation.metrics.ordering import of_frequencies
from evaluation.metrics.placing import Spread, Timeline, within
from evaluation.metrics.streaming import THREADS, Block, Rows, rows_of
from evaluation.metrics.summing import Axis, axes_of, count_into, parts_of

if TYPE_CHECKING:
    from ibis.expr import types as ir


_ROWS_AT_ONCE = 1 << 18
"""Tickets that are looked at together: those of one requester are never parted, and few fit into the caches."""

_OFTEN = 16
"""Requesters with fewer tickets are counted in a table, the few with more one by one."""

Rowset = NDArray[np.int64]
"""Where some rows are among others."""


def aggregate_requesters(
    tickets: ir.Table, timeline: Timeline, members: Members, *, top: int, dimensions: Sequence[str] = DIMENSIONS[1:]
) -> Cells:
    """Tickets per requester, for each cell in which tickets were created.

    Tickets of unknown requesters are counted as unknown: they cannot be told apart, so they are nobody's.

    Args:
        tickets: The fact table.
        timeline: The periods.
        members: Numbers of members; those that are met get theirs.
        top: How many of the busiest requesters are taken together.
        dimensions: Dimensions beside the whole; `first+second` is a pair of them.

    Returns:
        Cells with `n` (requesters), `left_out` and `unknown` (tickets), `undecided`, `off_scale`, `top` (tickets of the
        busiest), sums and quantiles of tickets per requester.
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
    table = {name: rows.column(name) for name in ("requester_id", "span", "is_excluded", *single)}
    chunks = _chunks(table, spread)
    with ThreadPoolExecutor(THREADS) as threads:
        shares = [chunks[number::THREADS] for number in range(THREADS)]
        tallies = list(threads.map(partial(_tallied, axes=axes, table=table, spread=spread), shares))
        own = [[tally[number] for tally in tallies] for number in range(len(axes))]
        columns = list(threads.map(partial(_on_axis, rows=rows, spread=spread, top=top), axes, own))
    return cells_of(axes, joined(columns), members)


def _chunks(table: Block, spread: Spread) -> list[Rowset]:
    """Where the tickets that count are, in pieces that hold all tickets of their requesters."""
    requesters = table["requester_id"]
    own = np.flatnonzero((requesters >= 0) & (table["is_excluded"] == 0) & (table["span"] < spread.spans))
    until = np.cumsum(np.bincount(requesters[own], minlength=1))
    piece = ((until - 1) // _ROWS_AT_ONCE).astype(np.uint16)[requesters[own]]
    ends = np.cumsum(np.bincount(piece, minlength=1))
    return np.split(own[np.argsort(piece, kind="stable")], ends[:-1])


@dataclass
class _Tally:
    """How many requesters have how many tickets in each cell of one axis.

    Attributes:
        few: Requesters by cell and tickets, below `_OFTEN`; those with more are counted under none.
        many: Cells and tickets of each requester with more.
    """

    few: NDArray[np.int64]
    many: list[NDArray[np.int64]]

    @classmethod
    def of(cls, cells: int) -> _Tally:
        """Nobody yet."""
        return cls(np.zeros(cells * _OFTEN, dtype=np.int64), [np.zeros((2, 0), dtype=np.int64)])

    def add(self, cells: NDArray[np.int64], tickets: NDArray[np.int64]) -> None:
        """Count requesters."""
        often = np.flatnonzero(tickets >= _OFTEN)
        if len(often):
            self.many.append(np.stack([cells[often], tickets[often]]))
        count_into(self.few, cells * _OFTEN + np.where(tickets < _OFTEN, tickets, 0))

    @staticmethod
    def frequencies(tallies: Sequence[_Tally]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Cell, tickets and how many requesters have so many, in this order."""
        few = np.sum([tally.few for tally in tallies], axis=0)
        few[::_OFTEN] = 0
        places = np.flatnonzero(few)
        often, times = np.unique(
            np.concatenate([each for tally in tallies for each in tally.many], axis=1), axis=1, return_counts=True
        )
        cells = np.concatenate([places // _OFTEN, often[0]])
        tickets = np.concatenate([places % _OFTEN, often[1]])
        order = np.lexsort((tickets, cells))
        return cells[order], tickets[order], np.concatenate([few[places], times])[order]


def _tallied(chunks: Sequence[Rowset], axes: Sequence[Axis], table: Block, spread: Spread) -> list[_Tally]:
    """The tallies of each axis over some pieces."""
    slots = len(spread.runs)
    tallies = [_Tally.of(len(axis.members) * slots) for axis in axes]
    for chunk in chunks:
        keys = table["requester_id"][chunk].astype(np.int64) * spread.spans + table["span"][chunk]
        own = chunk[np.argsort(keys)]
        members = [axis.members_of(table, own) for axis in axes]
        for layer in spread.layers:
            groups = _Groups.of(table["requester_id"][own], layer[table["span"][own]])
            for tally, codes in zip(tallies, members, strict=True):
                groups.count(codes, slots, tally)
    return tallies


@dataclass(frozen=True)
class _Groups:
    """Tickets of one requester in one slot: most requesters write once in a period, and need no sorting.

    Attributes:
        alone: Where the tickets are that are the only ones of their group.
        alone_slots: Their slot.
        several: Where the others are, group by group.
        several_slots: Their slot.
        groups: Their group, numbered.
    """

    alone: Rowset
    alone_slots: NDArray[np.int64]
    several: Rowset
    several_slots: NDArray[np.int64]
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, requesters: NDArray[np.int32], slots: NDArray[np.int64]) -> _Groups:
        """The groups of tickets that are ordered by requester and span; a slot of -1 is none."""
        inside = np.flatnonzero(slots >= 0)
        requester, slot = requesters[inside], slots[inside]
        begins = np.ones(len(inside), dtype=bool)
        begins[1:] = (requester[1:] != requester[:-1]) | (slot[1:] != slot[:-1])
        is_alone = begins & np.append(begins[1:], True)
        several = np.flatnonzero(~is_alone)
        return cls(inside[is_alone], slot[is_alone], inside[several], slot[several], np.cumsum(begins[several]))

    def count(self, members: NDArray[np.int64], slots: int, tally: _Tally) -> None:
        """Count the tickets of each requester in each cell."""
        tally.add(members[self.alone] * slots + self.alone_slots, np.ones(len(self.alone), dtype=np.int64))
        own = members[self.several]
        base = self.groups * (int(own.max(initial=0)) + 1)
        keys = np.sort(base + own)
        own = keys - base  # the groups stay where they are
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        tally.add(own[starts] * slots + self.several_slots[starts], np.diff(starts, append=len(keys)))


def _on_axis(axis: Axis, tallies: Sequence[_Tally], rows: Rows, spread: Spread, top: int) -> Sums:
    """The columns of one dimension, each an array of members by slots."""
    columns = _tickets(axis, rows, spread)
    _describe(columns, *_Tally.frequencies(tallies), top)
    return columns


def _tickets(axis: Axis, rows: Rows, spread: Spread) -> Sums:
    """Tickets that were left out, and those of unknown requesters; the other columns empty."""
    width = spread.spans + 1
    counts = np.zeros(len(axis.members) * width * 2, dtype=np.int64)
    for block in rows.blocks:
        excluded = block["is_excluded"] > 0
        own = np.flatnonzero(excluded | (block["requester_id"] < 0))
        cells = axis.members_of(block, own) * width + block["span"][own]
        count_into(counts, cells * 2 + excluded[own])
    by_slot = spread.added(counts.reshape(len(axis.members), width, 2)[:, :-1])
    shape = by_slot.shape[:2]
    none = {name: np.zeros(shape, dtype=np.int64) for name in ("n", "undecided", "off_scale")}
    sums = {name: np.zeros(shape) for name in ("sum", "squares", "top")}
    nobody = np.zeros(0, dtype=np.int64)
    orders = {name: np.full(shape, np.nan) for name, _ in of_frequencies(nobody, nobody, nobody, 0)}
    return {**none, "left_out": by_slot[..., 1], "unknown": by_slot[..., 0], **sums, **orders}


def _describe(
    columns: Sums,
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
