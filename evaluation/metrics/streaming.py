"""Rows from the engine, batch by batch, as compact arrays.

The engine evaluates the definitions; what leaves it are small whole numbers, amounts, and the names of members as
codes. A block is what one batch becomes: small enough for the processor's caches, so that no step over all rows ever
holds a wide copy of them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.spelling import Spelling

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
    names: dict[str, pa.Array | None]
    identities: frozenset[str]
    looked_up: Mapping[str, NDArray[Any]]
    lock: Lock = field(default_factory=Lock)

    def block(self, batch: pa.RecordBatch) -> Block:
        """The columns of a batch."""
        made: Block = {}
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name in self.names:
                made[name] = self._coded(name, column)
            elif name in self.stamps:
                made[name] = self._placed(_microseconds(column, when_null=_NEVER.min))
            elif name in self.instants:
                made[name] = _microseconds(column, when_null=_NEVER.max)
            elif name in self.looked_up:
                made[name] = self.looked_up[name].take(column.to_numpy(zero_copy_only=False))
            elif name not in self.identities:
                # a copy, because a view of one column would keep the whole batch in memory, its names included
                own = column.to_numpy(zero_copy_only=False)
                made[name] = own if own.base is None and own.flags.owndata else own.copy()
        return made

    def _coded(self, name: str, column: pa.Array) -> NDArray[Any]:
        """The codes of a column of names, or of their numbers: their places among those that are known."""
        import pyarrow.compute as pc

        known = self.names[name]
        if known is None:
            known = self._learnt(name, column)
        found = pc.index_in(column, value_set=known)
        if found.null_count:
            known = self._learnt(name, column)
            found = pc.index_in(column, value_set=known)
        return found.to_numpy().astype(np.min_scalar_type(len(known)))

    def _learnt(self, name: str, column: pa.Array) -> pa.Array:
        """The known names with those of a column behind them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        met = pc.unique(column)
        with self.lock:
            known = self.names[name]
            if known is not None:
                met = pa.concat_arrays([known, met.filter(pc.invert(pc.is_in(met, value_set=known)))])
            self.names[name] = met
        return met

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
    looked_up: Mapping[str, NDArray[Any]] = MappingProxyType({}),
    spelt: dict[int, str] | None = None,
) -> Rows:
    """The rows of a query, in no particular order.

    Args:
        table: What is read. Columns without a word below are numbers: whole ones without nulls, or fractions, where
            null becomes NaN.
        bounds: Instants at which spans begin and the last one ends, ascending.
        stamps: Columns of instants: they become the number of their span; `len(bounds) - 1` outside and for null.
        instants: Columns of instants: they become `microseconds` since 1970; null is later than any.
        coded: Columns of names without nulls, of which there are few: they become codes.
        identities: Columns of names of which there may be as many as rows: they become codes, -1 for null.
        looked_up: Columns of small whole numbers without nulls: they become what stands in an array at that place.
        spelt: The names that are known by number; those that are met are added.
    """
    names = Spelling.of(table, coded, identities, {} if spelt is None else spelt)
    reading = _Reading(
        bounds=microseconds(bounds),
        stamps=frozenset(stamps),
        instants=frozenset(instants),
        names=dict.fromkeys(coded),
        identities=frozenset(identities),
        looked_up=looked_up,
    )
    kept: dict[str, list[pa.Array]] = {name: [] for name in identities}
    blocks: list[Block] = []
    with ThreadPoolExecutor(THREADS) as threads:
        waiting: deque[Future[Block]] = deque()
        for batch in _batches(names.numbered):
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
    met = {name: [] if known is None else known.to_pylist() for name, known in reading.names.items()}
    return Rows(blocks, names.spelt_out(met))


def microseconds(instants: Sequence[datetime]) -> NDArray[np.int64]:
    """Instants as whole microseconds since 1970."""
    return np.array([round(instant.timestamp() * 1_000_000) for instant in instants], dtype=np.int64)


_NEVER = np.iinfo(np.int64)
"""Before or after all instants."""


def _microseconds(column: pa.Array, *, when_null: int) -> NDArray[np.int64]:
    import pyarrow as pa

    whole = column.cast(pa.timestamp("us", "UTC")).cast("int64").fill_null(when_null)
    return whole.to_numpy(zero_copy_only=False)


def _batches(table: ir.Table) -> Iterable[pa.RecordBatch]:
    from ibis.expr import operations as ops

    backend = table.get_backend()
    if backend.name == "duckdb":
        # Ibis 12 streams by a method that DuckDB 2 has renamed
        if table.op().find(ops.InMemoryTable):
            return table.to_pyarrow().to_batches(ROWS_IN_BLOCK)
        return backend.con.sql(backend.compile(table)).to_arrow_reader(ROWS_IN_BLOCK)
    return table.to_pyarrow_batches(chunk_size=ROWS_IN_BLOCK)


def _identified(chunks: list[pa.Array]) -> list[NDArray[np.int32]]:
    """The codes of each chunk of a column with very many names, or of their numbers; -1 for null."""
    import pyarrow as pa

    if not chunks:
        return []
    column = pa.chunked_array(chunks)
    if not pa.types.is_uint64(column.type):
        encoded = column.dictionary_encode()
        return [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32) for chunk in encoded.chunks]
    is_known, numbers = column.is_valid().to_numpy(), column.fill_null(0).to_numpy()
    shares = np.where(is_known, numbers & (_SHARES - 1), _SHARES).astype(np.uint8)

    def own(share: int) -> tuple[NDArray[np.int64], NDArray[np.int32], int]:
        places = np.flatnonzero(shares == share)
        encoded = pa.array(numbers[places]).dictionary_encode()
        return places, encoded.indices.to_numpy(), len(encoded.dictionary)

    codes, known = np.full(len(numbers), -1, dtype=np.int32), 0
    with ThreadPoolExecutor(THREADS) as threads:
        for places, of_share, met in threads.map(own, range(_SHARES)):
            codes[places] = of_share + known
            known += met
    return np.split(codes, np.cumsum([len(chunk) for chunk in chunks])[:-1])


_SHARES = 8
"""Numbers are looked up in so many tables, each of which fits the processor's caches longer than one of all would."""


def _kept(column: pa.Array) -> pa.Array:
    """A copy of a column, because the column itself would keep its whole batch in memory."""
    import pyarrow as pa

    return pa.concat_arrays([column, column[:0]])
