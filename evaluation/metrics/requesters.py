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

from evaluation.measurement import DIMENSIONS
from evaluation.metrics.cells import Cells, Members, cells_of, joined
from evaluation.metrics.counting import Sums
from evaluation.metrics.naming import MANY_ROWS
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

_DECIDED, _UNKNOWN, _LEFT_OUT, _KINDS = 0, 1, 2, 3
"""Kinds of tickets: those that count, those of unknown requesters, those that are excluded; and how many there are."""

Rowset = NDArray[np.int64]
"""Where some rows are among others."""


def aggregate_requesters(
    tickets: ir.Table,
    timeline: Timeline,
    members: Members,
    *,
    top: int,
    dimensions: Sequence[str] = DIMENSIONS[1:],
    rows: int = 0,
) -> Cells:
    """Tickets per requester, for each cell in which tickets were created.

    Tickets of unknown requesters are counted as unknown: they cannot be told apart, so they are nobody's.

    Args:
        tickets: The fact table.
        timeline: The periods.
        members: Numbers of members; those that are met get theirs.
        top: How many of the busiest requesters are taken together.
        dimensions: Dimensions beside the whole; `first+second` is a pair of them.
        rows: How many tickets there are, which decides how names are read.

    Returns:
        Cells with `n` (requesters), `left_out` and `unknown` (tickets), `undecided`, `off_scale`, `top` (tickets of the
        busiest), sums and quantiles of tickets per requester.
    """
    spread = timeline.spread
    single = list(dict.fromkeys(part for name in dimensions for part in parts_of(name)))
    left_out, unknown, decided = (ibis.literal(number, "int8") for number in (_LEFT_OUT, _UNKNOWN, _DECIDED))
    placed = tickets.select(
        "requester_id",
        *single,
        span=tickets.created_at,
        kind=ibis.cases(
            (tickets.exclusion.notnull(), left_out), (tickets.requester_id.isnull(), unknown), else_=decided
        ),
    )
    inside = placed.filter(within(placed.span, timeline))
    read = rows_of(
        inside,
        bounds=timeline.bounds,
        stamps=["span"],
        coded=single,
        identities=["requester_id"],
        named=tickets.select(*single) if rows >= MANY_ROWS else None,
    )
    axes = axes_of(read, {name: parts_of(name) for name in dimensions})
    table = {name: read.column(name) for name in ("requester_id", "span", "kind", *single)}
    pieces = _Piece.of(table, spread)
    with ThreadPoolExecutor(THREADS) as threads:
        shares = [pieces[number::THREADS] for number in range(THREADS)]
        tallies = list(threads.map(partial(_tallied, axes=axes, table=table, spread=spread), shares))
        own = [[tally[number] for tally in tallies] for number in range(len(axes))]
        columns = list(threads.map(partial(_on_axis, rows=read, spread=spread, top=top), axes, own))
    return cells_of(axes, joined(columns), members)


@dataclass(frozen=True)
class _Piece:
    """All tickets of some requesters, those of one in the order of their spans.

    Attributes:
        tickets: Where they are.
        requesters: Whose they are.
        spans: When they were created.
    """

    tickets: Rowset
    requesters: NDArray[np.int64]
    spans: NDArray[np.int64]

    @classmethod
    def of(cls, table: Block, spread: Spread) -> list[_Piece]:
        """The tickets that count, in pieces."""
        own = np.flatnonzero((table["kind"] == _DECIDED) & (table["span"] < spread.spans))
        # one number for requester, span and place: numbers are sorted many times faster than their order is found
        place, span = len(table["kind"]).bit_length(), spread.spans.bit_length()
        keys = table["requester_id"][own].astype(np.int64) << span
        keys |= table["span"][own]
        keys <<= place
        keys |= own
        keys.sort()
        firsts = keys[_ROWS_AT_ONCE::_ROWS_AT_ONCE] >> (place + span) << (place + span)
        return [
            cls(piece & ((1 << place) - 1), piece >> (place + span), (piece >> place) & ((1 << span) - 1))
            for piece in np.split(keys, np.searchsorted(keys, firsts))
        ]


@dataclass
class _Tally:
    """How many requesters have how many tickets in each cell of one axis, of those who wrote more than once in a slot.

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
    def frequencies(
        tallies: Sequence[_Tally], tickets_of_cells: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Cell, tickets and how many requesters have so many, in this order.

        Tickets of a cell that are in no tally are the only ones of their requesters.
        """
        few = np.sum([tally.few for tally in tallies], axis=0).reshape(-1, _OFTEN)
        few[:, 0] = 0
        often, times = np.unique(
            np.concatenate([each for tally in tallies for each in tally.many], axis=1), axis=1, return_counts=True
        )
        few[:, 1] += tickets_of_cells - few @ np.arange(_OFTEN)
        np.subtract.at(few[:, 1], often[0], often[1] * times)
        places, tickets = np.nonzero(few)
        cells = np.concatenate([places, often[0]])
        tickets = np.concatenate([tickets, often[1]])
        order = np.lexsort((tickets, cells))
        return cells[order], tickets[order], np.concatenate([few[few > 0], times])[order]


def _tallied(pieces: Sequence[_Piece], axes: Sequence[Axis], table: Block, spread: Spread) -> list[_Tally]:
    """The tallies of each axis over some pieces."""
    slots = len(spread.runs)
    tallies = [_Tally.of(len(axis.members) * slots) for axis in axes]
    for piece in pieces:
        for layer in spread.layers:
            groups = _Groups.of(piece, layer)
            for tally, axis in zip(tallies, axes, strict=True):
                tally.add(*groups.counted(axis.members_of(table, groups.tickets), slots))
    return tallies


@dataclass(frozen=True)
class _Groups:
    """Tickets of requesters who wrote more than once in a slot: most do not, and need no sorting.

    Attributes:
        tickets: Where the tickets are, group by group.
        slots: Their slot.
        groups: Their group, numbered.
    """

    tickets: Rowset
    slots: NDArray[np.int64]
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, piece: _Piece, layer: NDArray[np.int64]) -> _Groups:
        """The groups of a piece in one layer of slots; a slot of -1 is none."""
        slots = layer[piece.spans]
        follows = (piece.requesters[1:] == piece.requesters[:-1]) & (slots[1:] == slots[:-1]) & (slots[1:] >= 0)
        begins = ~np.append(False, follows)[: len(slots)]
        several = np.flatnonzero(~(begins & np.append(begins[1:], True)[: len(slots)]))
        return cls(piece.tickets[several], slots[several], np.cumsum(begins[several]))

    def counted(self, members: NDArray[np.int64], slots: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The cell of each requester and member, and the tickets there."""
        base = self.groups * (int(members.max(initial=0)) + 1)
        keys = np.sort(base + members, kind="stable")  # which is fast where much is in order
        own = keys - base  # the groups stay where they are
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        return own[starts] * slots + self.slots[starts], np.diff(starts, append=len(keys))


def _on_axis(axis: Axis, tallies: Sequence[_Tally], rows: Rows, spread: Spread, top: int) -> Sums:
    """The columns of one dimension, each an array of members by slots."""
    tickets = _tickets(axis, rows, spread)
    columns = _columns(tickets)
    _describe(columns, *_Tally.frequencies(tallies, tickets[..., _DECIDED].ravel()), top)
    return columns


def _tickets(axis: Axis, rows: Rows, spread: Spread) -> NDArray[np.int64]:
    """Tickets by member, slot and kind."""
    shape = (len(axis.members), spread.spans + 1, _KINDS)
    counts = np.zeros(np.prod(shape), dtype=np.int64)
    for block in rows.blocks:
        count_into(counts, axis.cells(block, "span", spread.spans) * _KINDS + block["kind"])
    return spread.added(counts.reshape(shape)[:, :-1])


def _columns(tickets: NDArray[np.int64]) -> Sums:
    """Tickets that were left out, and those of unknown requesters; the other columns empty."""
    shape = tickets.shape[:2]
    none = {name: np.zeros(shape, dtype=np.int64) for name in ("n", "undecided", "off_scale")}
    sums = {name: np.zeros(shape) for name in ("sum", "squares", "top")}
    nobody = np.zeros(0, dtype=np.int64)
    orders = {name: np.full(shape, np.nan) for name, _ in of_frequencies(nobody, nobody, nobody, 0)}
    return {**none, "left_out": tickets[..., _LEFT_OUT], "unknown": tickets[..., _UNKNOWN], **sums, **orders}


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
