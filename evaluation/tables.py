"""Canonical tables on an engine: what the domain reads, whatever the sources were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis

from evaluation.errors import DataError
from evaluation.fields import FIELDS, TABLES

if TYPE_CHECKING:
    import pandas as pd
    from ibis.backends.sql import SQLBackend
    from ibis.expr import datatypes as dt
    from ibis.expr import types as ir

_IBIS_TYPES = {
    "string": "string", "instant": "timestamp('UTC', 6)", "date": "date", "integer": "int64", "number": "float64",
    "boolean": "boolean", "string_list": "array<string>",
}  # fmt: skip


def column_type(column: str) -> dt.DataType:
    """The Ibis type of a canonical column."""
    return ibis.dtype(_IBIS_TYPES[FIELDS[column].dtype])


@dataclass(frozen=True)
class Tables:
    """The canonical tables of one run, on one engine.

    Every table has all its columns (`TABLES`), typed by `FIELDS`; a column that no source gave is all null, a flag
    that no source gave is false. `given` says which columns really came.

    Attributes:
        connection: The Ibis backend on which everything is computed (embedded default: DuckDB).
        expressions: Table expressions by canonical name; a table that no source gave is absent.
        given: Columns that a source gave, by table.
    """

    connection: SQLBackend
    expressions: Mapping[str, ir.Table]
    given: Mapping[str, frozenset[str]]

    @classmethod
    def on(cls, connection: SQLBackend, tables: Mapping[str, ir.Table]) -> Tables:
        """Complete and type `tables`, which live on `connection`.

        Raises:
            DataError: A table or column is not in the dictionary, or a required column is missing.
        """
        expressions, given = {}, {}
        for name, table in tables.items():
            _refuse_unknown(name, table)
            expressions[name] = _complete(name, table)
            given[name] = frozenset(table.columns)
        return cls(connection, MappingProxyType(expressions), MappingProxyType(given))

    @classmethod
    def from_frames(cls, frames: Mapping[str, pd.DataFrame]) -> Tables:
        """Tables in an embedded in-memory engine, from pandas frames with canonical column names.

        Example:
            >>> import pandas as pd
            >>> frame = pd.DataFrame({"ticket_id": ["a:1"], "created_at": [pd.Timestamp("2026-07-01", tz="UTC")],
            ...                       "channel_code": ["email"]})
            >>> Tables.from_frames({"tickets": frame}).has("tickets", "topic")
            False
        """
        connection = ibis.duckdb.connect()
        connection.raw_sql("SET TimeZone = 'UTC'")
        return cls.on(
            connection, {name: connection.create_table(f"canonical_{name}", frame) for name, frame in frames.items()}
        )

    def __contains__(self, name: str) -> bool:
        return name in self.expressions

    def __getitem__(self, name: str) -> ir.Table:
        return self.expressions[name]

    def has(self, table: str, column: str) -> bool:
        """Whether a source gave this column."""
        return column in self.given.get(table, frozenset())


def _refuse_unknown(name: str, table: ir.Table) -> None:
    if name not in TABLES:
        raise DataError(f"{name!r} is not a canonical table", remedy=f"use one of: {', '.join(TABLES)}")
    shape = TABLES[name]
    unknown = [column for column in table.columns if column not in shape.columns]
    missing = [column for column in shape.required if column not in table.columns]
    if unknown:
        raise DataError(f"table {name} has no column {unknown[0]!r}", where=name, remedy="see docs/columns.md")
    if missing:
        raise DataError(f"table {name} lacks its required column {missing[0]!r}", where=name, remedy="map it")


def _complete(name: str, table: ir.Table) -> ir.Table:
    columns = {}
    for column in TABLES[name].columns:
        wanted = column_type(column)
        if column not in table.columns:
            columns[column] = ibis.literal(False) if wanted.is_boolean() else ibis.null(wanted)
        elif wanted.is_boolean():
            columns[column] = table[column].cast(wanted).fill_null(False)
        else:
            columns[column] = table[column].cast(wanted)
    return table.select(**columns)
