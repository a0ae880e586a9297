"""Rows from the engine, batch by batch, as compact arrays.

The engine evaluates the definitions; what leaves it are small whole numbers, amounts, and the names of members as
codes. A block is what one batch becomes: small enough for the processor's caches, so that no step over all rows ever
holds a wide copy of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr import types as ir

ROWS_IN_BLOCK = 1 << 16

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


def rows_of(table: ir.Table, *, coded: Sequence[str] = (), identities: Sequence[str] = ()) -> Rows:
    """The rows of a query, in no particular order.

    Args:
        table: What is read. Columns that are not coded are numbers: whole ones
            without nulls, or fractions, where null becomes NaN.
        coded: Columns of names without nulls, of which there are few: they become codes.
        identities: Columns of names of which there may be as many as rows: they become codes, -1 for null.
    """
    codes: dict[str, dict[str, int]] = {name: {} for name in coded}
    kept: dict[str, list[pa.Array]] = {name: [] for name in identities}
    blocks = []
    for batch in _batches(table):
        if batch.num_rows:
            for name, chunks in kept.items():
                chunks.append(batch[name])
            blocks.append(_block(batch, codes, identities))
    for name, chunks in kept.items():
        for block, chunk in zip(blocks, _identified(chunks), strict=True):
            block[name] = chunk
    return Rows(blocks, {name: list(known) for name, known in codes.items()})


def _batches(table: ir.Table) -> Iterable[pa.RecordBatch]:
    from ibis.expr import operations as ops

    backend = table.get_backend()
    if backend.name == "duckdb":
        # Ibis 12 streams by a method that DuckDB 2 has renamed
        if table.op().find(ops.InMemoryTable):
            return table.to_pyarrow().to_batches(ROWS_IN_BLOCK)
        return backend.raw_sql(backend.compile(table)).to_arrow_reader(ROWS_IN_BLOCK)
    return table.to_pyarrow_batches(chunk_size=ROWS_IN_BLOCK)


def _block(batch: pa.RecordBatch, codes: dict[str, dict[str, int]], identities: Sequence[str]) -> Block:
    block = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name in codes:
            block[name] = _coded(column, codes[name])
        elif name not in identities:
            block[name] = column.to_numpy(zero_copy_only=False)
    return block


def _coded(column: pa.Array, known: dict[str, int]) -> NDArray[Any]:
    """The codes of a column of names; names not yet known get the next ones."""
    encoded = column.dictionary_encode()
    own = [known.setdefault(name, len(known)) for name in encoded.dictionary.to_pylist()]
    narrow = np.min_scalar_type(max(len(known) - 1, 0))
    return np.array(own, dtype=narrow)[encoded.indices.to_numpy(zero_copy_only=False)]


def _identified(chunks: list[pa.Array]) -> list[NDArray[np.int32]]:
    """The codes of each chunk of a column with very many names; -1 for null."""
    import pyarrow as pa

    if not chunks:
        return []
    encoded = pa.chunked_array(chunks).dictionary_encode()
    return [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32) for chunk in encoded.chunks]
