"""Names as numbers: how the members of dimensions leave the embedded engine without their spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import ibis

if TYPE_CHECKING:
    from ibis.expr import types as ir

_ROWS_WITH_MOST_NAMES = 1 << 13
"""So many rows are asked for names before all are."""


@dataclass(frozen=True)
class Spelling:
    """Names in columns of a query, which the embedded engine hands over as numbers: spelt out they cost three times it.

    A number is the engine's own hash of the name, of 64 bits. That any two of ten thousand names share theirs has a
    chance of three in a million million; of ten million requesters, three in a million, and one requester would then
    count with another.

    Attributes:
        table: The query.
        numbered: The same with numbers for names, where the engine makes any.
        known: Names by number; those that are met are added.
    """

    table: ir.Table
    numbered: ir.Table
    known: dict[int, str]

    @classmethod
    def of(cls, table: ir.Table, columns: Sequence[str], nullable: Sequence[str], known: dict[int, str]) -> Spelling:
        """Of some columns without nulls, and others in which null stays null."""
        if not (columns or nullable) or table.get_backend().name != "duckdb":
            return cls(table, table, known)
        numbers = {column: _hash()(table[column]) for column in (*columns, *nullable)}
        numbers |= {column: ibis.ifelse(table[column].notnull(), numbers[column], None) for column in nullable}
        return cls(table, table.mutate(**numbers), known)

    def spelt_out(self, met: Mapping[str, list[Any]]) -> dict[str, list[str]]:
        """The names of what was met in each column."""
        if self.numbered is self.table:
            return dict(met)
        if self._unknown(met):
            self._learn(self.table.limit(_ROWS_WITH_MOST_NAMES), self._unknown(met))
        for column in self._unknown(met):
            self._learn(self.table.select(column).distinct(), [column])
        return {column: [self.known[number] for number in own] for column, own in met.items()}

    def _unknown(self, met: Mapping[str, list[Any]]) -> list[str]:
        """The columns in which numbers of unknown names were met."""
        return [column for column, own in met.items() if not self.known.keys() >= set(own)]

    def _learn(self, rows: ir.Table, columns: Sequence[str]) -> None:
        """Keep the names that stand in some rows."""
        numbers = {f"number of {column}": _hash()(rows[column]) for column in columns}
        found = rows.select(*columns, **numbers).to_pyarrow()
        for column in columns:
            self.known.update(zip(*(found[name].to_pylist() for name in (f"number of {column}", column)), strict=True))


@cache
def _hash() -> Callable[[ir.Value], ir.Value]:
    """The embedded engine's own hash of a string; what Ibis makes of it for all engines is dear."""

    def number(word: str) -> int:
        raise NotImplementedError("the engine has it")

    own: Callable[[ir.Value], ir.Value] = ibis.udf.scalar.builtin(
        number, name="hash", signature=(("string",), "uint64")
    )
    return own
