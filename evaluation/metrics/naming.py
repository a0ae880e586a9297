"""Names as codes: members of dimensions leave the engine as small numbers, or as text that becomes them here.

An engine that keeps names as dictionaries works out a function of a name once for each, and not for every row. Where
there are many rows, DuckDB is therefore asked which names occur; a few bits of its `hash` that differ between all of
them then stand for each. Names whose bits do not differ stay text: a hash alone says nothing (docs/decisions/0006).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import DataError
from evaluation.measurement import UNASSIGNED

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr import types as ir

MANY_ROWS = 1 << 18
"""From so many rows on, asking which names occur is cheaper than reading each row's."""

_BITS = 16
"""So many bits of a hash stand for a name, and leave the engine."""

_MOST = 1_000
"""Of more names there are hardly so many bits that differ between all of them: some hundreds are told apart."""


@dataclass
class Names:
    """The names of some columns, and their codes: their places among those that are known; null is `UNASSIGNED`.

    Attributes:
        known: The names of each column, as far as they were met.
        places: Of columns that leave the engine as numbers, the code of each number.
    """

    known: dict[str, pa.Array | None]
    places: dict[str, NDArray[Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def codes(self, name: str, column: pa.Array) -> NDArray[Any]:
        """The codes of some rows of a column."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if name in self.places:
            return self._looked_up(name, column.to_numpy(zero_copy_only=False))
        if not pa.types.is_string(column.type):
            column = column.cast(pa.string())
        if column.null_count:
            column = column.fill_null(UNASSIGNED)
        known = self.known[name]
        if known is None:
            known = self._learnt(name, column)
        found = pc.index_in(column, value_set=known)
        if found.null_count:
            known = self._learnt(name, column)
            found = pc.index_in(column, value_set=known)
        return found.to_numpy().astype(np.min_scalar_type(len(known)))

    def _looked_up(self, name: str, bits: NDArray[np.uint16]) -> NDArray[Any]:
        """The codes of names that left the engine as numbers."""
        codes, known = self.places[name].take(bits), self.known[name]
        if known is not None and codes.max() >= len(known):
            raise DataError(
                f"a {name} was met that was not there a moment ago",
                remedy="let nothing write to the tables while they are measured, then run again",
            )
        return codes

    def _learnt(self, name: str, column: pa.Array) -> pa.Array:
        """The known names with those of a column behind them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        met = pc.unique(column)
        with self._lock:
            known = self.known[name]
            if known is not None:
                met = pa.concat_arrays([known, met.filter(pc.invert(pc.is_in(met, value_set=known)))])
            self.known[name] = met
        return met

    @property
    def members(self) -> dict[str, list[str]]:
        """What the codes of each column stand for."""
        return {name: [] if known is None else known.to_pylist() for name, known in self.known.items()}

    def numbered(self, query: str, named: ir.Table) -> str:
        """A query of DuckDB whose names leave it as numbers, as far as they can be told apart.

        Args:
            query: The query.
            named: Some of its columns of names, in which every name of the query occurs.
        """
        import pyarrow as pa

        backend = named.get_backend()
        lists = ", ".join(f'array_agg(DISTINCT "{name}") AS "{name}"' for name in named.columns)
        few = ", ".join(f'CASE WHEN len("{name}") <= {_MOST} THEN "{name}" END AS "{name}"' for name in named.columns)
        hashes = ", ".join(f'"{name}", list_transform("{name}", lambda one: hash(one))' for name in named.columns)
        asked = f"SELECT {hashes} FROM (SELECT {few} FROM (SELECT {lists} FROM ({backend.compile(named)})))"
        [found] = backend.con.sql(asked).fetchall()
        bits = {}
        for name, names, own in zip(named.columns, found[::2], found[1::2], strict=True):
            if names is None:  # too many, or none
                continue
            hashed = np.array(own, dtype=np.uint64)
            shift = _telling(hashed)
            if shift is not None:
                members = [UNASSIGNED if one is None else one for one in names]
                known = {member: code for code, member in enumerate(dict.fromkeys(members))}
                codes = np.full(1 << _BITS, len(known), dtype=np.min_scalar_type(len(known)))
                codes[_some_bits(hashed, shift)] = [known[member] for member in members]
                self.known[name], self.places[name] = pa.array([*known], pa.string()), codes
                bits[name] = f'((hash("{name}") >> {shift}) & {(1 << _BITS) - 1})::usmallint AS "{name}"'
        return f"SELECT * REPLACE ({', '.join(bits.values())}) FROM ({query})" if bits else query


def _some_bits(hashes: NDArray[np.uint64], shift: int) -> NDArray[np.uint64]:
    return (hashes >> np.uint64(shift)) & np.uint64((1 << _BITS) - 1)


def _telling(hashes: NDArray[np.uint64]) -> int | None:
    """How far hashes are shifted for their last bits to differ; None when they never do.

    Example:
        >>> [_telling(np.array(own, dtype=np.uint64)) for own in ([0x10007, 0x20007, 0x30005], [5, 7], [7, 7])]
        [1, 0, None]
    """
    shifts = range(64 - _BITS + 1)
    return next((shift for shift in shifts if len(np.unique(_some_bits(hashes, shift))) == len(hashes)), None)
