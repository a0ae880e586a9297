"""Rows from the engine, batch by batch, as compact arrays.

The engine evaluates the definitions; what leaves it are small whole numbers, amounts, and the names of members as
codes. A block is what one batch becomes: small enough for the processor's caches, so that no step over all rows ever
holds a wide copy of them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.naming import Names

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr import types as ir

ROWS_IN_BLOCK = 1 << 16

THREADS = max(os.cpu_count() or 1, 1)
"""Rows are coded and counted by so many threads; numpy and Arrow let the others run meanwhile."""

Block = dict[str, NDArray[Any]]
"""Columns of some rows, all of one length."""


@dataclass(frozen=True)
class Rows:
    """Rows of one query.

    Attributes:
        blocks: Their columns, block by block.
        members: What the codes of each coded column stand for.
    """

    blocks: list[Block]
    members: dict[str, list[str]]

    def column(self, name: str) -> NDArray[Any]:
        """One column of all rows."""
        return np.concatenate([block[name] for block in self.blocks] or [np.zeros(0, dtype=np.int64)])


@dataclass
class _Reading:
    """What is made of the columns of a query, and what is known of them so far."""

    bounds: NDArray[np.int64]
    stamps: frozenset[str]
    instants: frozenset[str]
    names: Names
    identities: frozenset[str]
    then: Callable[[Block], None] | None

    def block(self, batch: pa.RecordBatch) -> Block:
        """The columns of a batch."""
        made: Block = {}
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name in self.names.known:
                made[name] = self.names.codes(name, column)
            elif name in self.stamps:
                made[name] = self._placed(_microseconds(column, when_null=_NEVER.min))
            elif name in self.instants:
                made[name] = _microseconds(column, when_null=_NEVER.max)
            elif name not in self.identities:
                # a copy, because a view of one column would keep the whole batch in memory, its names included
                own = column.to_numpy(zero_copy_only=False)
                made[name] = own if own.base is None and own.flags.owndata else own.copy()
        if self.then is not None:
            self.then(made)
        return made

    def _placed(self, instants: NDArray[np.int64]) -> NDArray[Any]:
        """The span of each instant: its number, or the number of spans when it lies in none."""
        step, first, spans = self.steps
        own = instants // step
        return spans.take(np.clip(own, first - 1, first + len(spans) - 2) - first)

    @cached_property
    def steps(self) -> tuple[int, int, NDArray[Any]]:
        """The longest step of which every bound is a multiple, the first that lies in a span, and the span of each.

        Spans begin at midnight somewhere, so steps are hours and few. The last two stand for all that lie in no span.
        """
        step = int(np.gcd.reduce(self.bounds))
        edges = self.bounds // step
        spans = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        nowhere = [len(edges) - 1] * 2
        return step, int(edges[0]), np.append(spans, nowhere).astype(np.min_scalar_type(len(edges)))


def rows_of(
    table: ir.Table,
    *,
    bounds: Sequence[datetime] = (),
    stamps: Sequence[str] = (),
    instants: Sequence[str] = (),
    coded: Sequence[str] = (),
    identities: Sequence[str] = (),
    then: Callable[[Block], None] | None = None,
    named: ir.Table | None = None,
) -> Rows:
    """The rows of a query, in no particular order.

    Args:
        table: What is read. Columns without a word below are numbers: whole ones without nulls, or fractions, where
            null becomes NaN.
        bounds: Instants at which spans begin and the last one ends, ascending.
        stamps: Columns of instants: they become the number of their span; `len(bounds) - 1` outside and for null.
        instants: Columns of instants: they become `microseconds` since 1970; null is later than any.
        coded: Columns of names, of which there are few: they become codes; null is `UNASSIGNED`.
        identities: Columns of names of which there may be as many as rows: they become codes, -1 for null.
        named: Stored columns of names, under the same names, in which all occur: worth asking from `MANY_ROWS` rows on.
        then: What is done with each block at last, in its place; several threads do so at once.
    """
    reading = _Reading(
        bounds=microseconds(bounds),
        stamps=frozenset(stamps),
        instants=frozenset(instants),
        names=Names(dict.fromkeys(coded)),
        identities=frozenset(identities),
        then=then,
    )
    kept: dict[str, list[pa.Array]] = {name: [] for name in identities}
    blocks: list[Block] = []
    with ThreadPoolExecutor(THREADS) as threads:
        waiting: deque[Future[Block]] = deque()
        for batch in _batches(table, reading.names, named):
            if not batch.num_rows:
                continue
            for name, chunks in kept.items():
                chunks.append(_kept(batch[name]))
            waiting.append(threads.submit(reading.block, batch))
            if len(waiting) > 4 * THREADS:  # the engine may not run ahead, or its batches would fill the memory
                blocks.append(waiting.popleft().result())
        blocks += [future.result() for future in waiting]
    for name, chunks in kept.items():
        for block, chunk in zip(blocks, _identified(chunks), strict=True):
            block[name] = chunk
    return Rows(blocks, reading.names.members)


def microseconds(instants: Sequence[datetime]) -> NDArray[np.int64]:
    """Instants as whole microseconds since 1970."""
    return np.array([round(instant.timestamp() * 1_000_000) for instant in instants], dtype=np.int64)


_NEVER = np.iinfo(np.int64)
"""Before or after all instants."""


def _microseconds(column: pa.Array, *, when_null: int) -> NDArray[np.int64]:
    import pyarrow as pa

    whole = column.cast(pa.timestamp("us", "UTC")).cast("int64").fill_null(when_null)
    return whole.to_numpy(zero_copy_only=False)


def _batches(table: ir.Table, names: Names, named: ir.Table | None) -> Iterable[pa.RecordBatch]:
    from ibis.expr import operations as ops

    backend = table.get_backend()
    if backend.name == "duckdb":
        # Ibis 12 streams by a method that DuckDB 2 has renamed
        if table.op().find(ops.InMemoryTable):
            return table.to_pyarrow().to_batches(ROWS_IN_BLOCK)
        query = backend.compile(table)
        if named is not None:
            query = names.numbered(query, named)
        return backend.con.sql(query).to_arrow_reader(ROWS_IN_BLOCK)
    return table.to_pyarrow_batches(chunk_size=ROWS_IN_BLOCK)


_SHARES = 8
"""Very many names are looked up in so many tables, which fit the processor's caches longer than one of all would."""


def _identified(chunks: list[pa.Array]) -> list[NDArray[np.int32]]:
    """The codes of each chunk of a column with very many names; -1 for null."""
    import pyarrow as pa

    if not chunks:
        return []
    is_text = pa.types.is_string(chunks[0].type)  # of which one array holds no more than two gigabytes
    column = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in chunks] if is_text else chunks)
    shares = _shares(column)
    codes, met = np.full(len(column), -1, dtype=np.int32), 0

    def encoded(share: int) -> tuple[NDArray[np.int64], pa.DictionaryArray]:
        places = np.flatnonzero(shares == share)
        return places, column.take(pa.array(places)).dictionary_encode()

    with ThreadPoolExecutor(THREADS) as threads:
        for places, own in threads.map(encoded, range(_SHARES)):
            codes[places] = own.indices.to_numpy() + met
            met += len(own.dictionary)
    return np.split(codes, np.cumsum([len(chunk) for chunk in chunks])[:-1])


def _shares(column: pa.Array) -> NDArray[np.uint8]:
    """The share of each name, told by its last byte; `_SHARES` for null. What is not text has one share."""
    import pyarrow as pa

    shares: NDArray[Any] = np.zeros(len(column), dtype=np.uint8)
    if pa.types.is_large_string(column.type):
        _, offsets, data = column.buffers()
        bounds = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
        last = np.frombuffer(data or b"\0", dtype=np.uint8).take(bounds[1:] - 1, mode="clip")
        shares = np.where(bounds[1:] > bounds[:-1], last & (_SHARES - 1), 0)
    return np.where(column.is_valid().to_numpy(zero_copy_only=False), shares, _SHARES).astype(np.uint8)


def _kept(column: pa.Array) -> pa.Array:
    """A copy of a column, because the column itself would keep its whole batch in memory."""
    import pyarrow as pa

    return pa.concat_arrays([column, column[:0]])
