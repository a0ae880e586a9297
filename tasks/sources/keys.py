"""One row for each case, one row for each key: what is settled when all rows of a table are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.errors import SourceError
from evaluation.fields import FIELDS, TABLES
from tasks.sources.canonicalise import CASE, ELEMENT, PART, PLACE, MappedTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBER = "file_row_number"


def one_row_per_case(table: MappedTable) -> None:
    """Join the rows of each case of an event log to one, in the order of first rows; the table's file is replaced.

    Without `take`, and with `first` and `last`, a value that is not given is passed over. A column without `take`
    whose values differ within a case is told as a note.

    Raises:
        SourceError: A required column is not given in any row of a case.
    """
    mapping, connection = table.mapping, _connect()
    target = table.path.with_suffix(".cases.parquet")
    takes = {name: column.take or "first" for name, column in mapping.columns.items()}
    chosen = [f"{_TAKE[take].format(column=_quoted(name))} AS {_quoted(name)}" for name, take in takes.items()]
    untold = [name for name, column in mapping.columns.items() if column.take is None]
    differing = [f"count(*) FILTER ({_quoted('differs ' + name)}) AS {_quoted(name)}" for name in untold]
    differs = [
        f"count(DISTINCT {_quoted(name)}) > 1 AS {_quoted('differs ' + name)}" for name in untold
    ]  # fmt: skip
    places = [f"arg_min({_quoted(name)}, {_NUMBER}) AS {_quoted(name)}" for name in (PART, PLACE, ELEMENT)]
    grouped = f"FROM read_parquet($file, file_row_number = true) GROUP BY {_quoted(CASE)}"
    query = f"SELECT {', '.join(chosen + places)}, {_quoted(CASE)} {grouped} ORDER BY min({_NUMBER})"
    _write(connection.sql(query, params={"file": str(table.path)}), target, pq.read_schema(table.path))
    if untold:
        counts = connection.execute(
            f"SELECT {', '.join(differing)} FROM (SELECT {', '.join(differs)} {grouped})", {"file": str(table.path)}
        ).fetchone()
        notes = {
            f"{name}: differs within a {mapping.one_per}, the first is taken": n
            for name, n in zip(untold, counts or (), strict=True)
        }
        table.notes.update({note: count for note, count in notes.items() if count})
    target.replace(table.path)
    _settle_cases(table, connection)


_TAKE = {
    "first": "arg_min({column}, file_row_number)", "last": "arg_max({column}, file_row_number)",
    "min": "min({column})", "max": "max({column})",
}  # fmt: skip


def _settle_cases(table: MappedTable, connection: DuckDBPyConnection) -> None:
    rows = pq.read_metadata(table.path).num_rows
    left = table.rows_out - rows
    if left:
        table.excluded[f"another row of the same {table.mapping.one_per}"] += left
    table.rows_out = rows
    for name in TABLES[table.mapping.table].required:
        columns = ", ".join(map(_quoted, (PART, PLACE, CASE)))
        query = f"SELECT {columns} FROM read_parquet($file) WHERE {_quoted(name)} IS NULL LIMIT 1"
        found = connection.execute(query, {"file": str(table.path)}).fetchone()
        if found is not None and table.mapping.columns[name].on_error != "missing":
            raise SourceError(
                f"{table.mapping.table}.{name} is not given in any row of {table.mapping.one_per} {found[2]!r}",
                where=table.place(found[0], found[1], None),
                remedy="give a `default`, or filter such rows with `where`",
            )


def rows_to_drop(tables: Sequence[MappedTable]) -> list[np.ndarray]:
    """Positions of the rows that the duplicate policies leave out of each part of one canonical table.

    The account of each part (`excluded`, `rows_out`) is kept.

    Raises:
        SourceError: Two rows have one key and the policy refuses it; names both places.
    """
    name = tables[0].mapping.table
    key = TABLES[name].key
    policies = {table.mapping.duplicates for table in tables}
    if not key and "identical" not in policies:
        return [np.zeros(0, dtype=np.int64) for _ in tables]
    whole = [column for column in TABLES[name].columns if any(column in t.mapping.columns for t in tables)]
    connection = _connect()
    if not _keep_suspects(connection, tables, key or tuple(whole), whole):
        return [np.zeros(0, dtype=np.int64) for _ in tables]
    drops = _decide(connection, key or tuple(whole), tables, whole)
    return [np.sort(drops[drops[:, 0] == number, 1]) for number in range(len(tables))]


def _keep_suspects(
    connection: DuckDBPyConnection, tables: Sequence[MappedTable], key: Sequence[str], whole: Sequence[str]
) -> bool:
    """Make the table `keyed` of the rows whose key may occur twice; usually there is none, and no table.

    Equal keys have equal hashes, and one number for each row is grouped several times faster than the key itself. Rows
    whose hashes are equal by chance are told apart later.
    """
    hashed = f"hash({', '.join(map(_quoted, key))})"
    connection.execute(
        f"CREATE TABLE suspects AS SELECT {hashed} AS hashed FROM ({_union(tables, key)}) GROUP BY ALL "
        "HAVING count(*) > 1"
    )
    if connection.execute("SELECT 1 FROM suspects LIMIT 1").fetchone() is None:
        return False
    connection.execute(
        f"CREATE TABLE keyed AS SELECT * FROM ({_union(tables, whole)}) WHERE {hashed} IN (FROM suspects)"
    )
    return True


def _union(tables: Sequence[MappedTable], columns: Sequence[str]) -> str:
    """All rows, in order: part of the table, position in it, key columns and a fingerprint of the whole row."""
    selects = []
    for number, table in enumerate(tables):
        given = [_quoted(c) if c in table.mapping.columns else f"NULL::{_SQL[FIELDS[c].dtype]}" for c in columns]
        values = ", ".join(f"{value} AS {_quoted(c)}" for value, c in zip(given, columns, strict=True))
        places = f"{_quoted(PART)}, {_quoted(PLACE)}, {_quoted(ELEMENT)}"
        selects.append(
            f"SELECT {number} AS number, {_NUMBER} AS position, {places}, {values} "
            f"FROM read_parquet('{_literal(table.path)}', file_row_number = true)"
        )
    return " UNION ALL ".join(selects)


_SQL = {
    "string": "VARCHAR", "instant": "TIMESTAMPTZ", "date": "DATE", "integer": "BIGINT", "number": "DOUBLE",
    "boolean": "BOOLEAN", "string_list": "VARCHAR[]",
}  # fmt: skip


def _decide(
    connection: DuckDBPyConnection, key: Sequence[str], tables: Sequence[MappedTable], whole: Sequence[str]
) -> np.ndarray:
    by_key, by_row = (", ".join(map(_quoted, columns)) for columns in (key, whole))
    connection.execute(
        f"CREATE TABLE repeated AS SELECT * EXCLUDE (n), dense_rank() OVER (ORDER BY {by_key}) AS grouping_, "
        f"row_number() OVER (PARTITION BY {by_key} ORDER BY number, position) AS nth, "
        f"row_number() OVER (PARTITION BY {by_key} ORDER BY number DESC, position DESC) AS nth_last, "
        f"row_number() OVER (PARTITION BY {by_row} ORDER BY number, position) AS nth_same "
        f"FROM (SELECT *, count(*) OVER (PARTITION BY {by_key}) AS n FROM keyed) WHERE n > 1"
    )
    drops: list[tuple[int, int]] = []
    policies = ", ".join(f"({number}, '{table.mapping.duplicates}')" for number, table in enumerate(tables))
    connection.execute(f"CREATE TABLE policies AS SELECT * FROM (VALUES {policies}) AS p(number, policy)")
    connection.execute(
        "CREATE TABLE judged AS SELECT r.*, CASE WHEN min(policy) OVER g = max(policy) OVER g THEN policy "
        "ELSE 'refuse' END AS verdict FROM repeated r JOIN policies USING (number) WINDOW g AS (PARTITION BY grouping_)"
    )
    for verdict, gone in _GONE.items():
        found = connection.execute(
            f"SELECT number, position FROM judged WHERE verdict = '{verdict}' AND {gone} ORDER BY 1, 2"
        ).fetchall()
        reason = f"duplicate {' and '.join(key)}" if verdict != "identical" else "identical row"
        for number, _ in found:
            tables[number].excluded[reason] += 1
            tables[number].rows_out -= 1
        drops += found
    _refuse(connection, key, tables)
    return np.array(drops, dtype=np.int64).reshape(-1, 2)


_GONE = {"first": "nth > 1", "last": "nth_last > 1", "identical": "nth_same > 1"}


def _refuse(connection: DuckDBPyConnection, key: Sequence[str], tables: Sequence[MappedTable]) -> None:
    shown = ", ".join(map(_quoted, key))
    still = "verdict = 'identical' AND nth_same = 1"
    left = (
        f"SELECT * FROM judged WHERE verdict = 'refuse' OR ({still} AND grouping_ IN "
        f"(SELECT grouping_ FROM judged WHERE {still} GROUP BY grouping_ HAVING count(*) > 1))"
    )
    pair = connection.execute(
        f"WITH remaining AS ({left}), chosen AS (SELECT grouping_ FROM remaining ORDER BY number, position LIMIT 1) "
        f"SELECT number, {_quoted(PART)}, {_quoted(PLACE)}, {_quoted(ELEMENT)}, {shown} FROM remaining "
        "WHERE grouping_ IN (FROM chosen) ORDER BY number, position LIMIT 2"
    ).fetchall()
    if not pair:
        return
    count = connection.execute(f"SELECT count(DISTINCT grouping_) FROM ({left})").fetchone()
    places = [tables[number].place(part, row, element) for number, part, row, element, *_ in pair]
    values = ", ".join(f"{column} {value!r}" for column, value in zip(key, pair[0][4:], strict=True))
    raise SourceError(
        f"{tables[0].mapping.table}: {values} occurs more than once ({(count or (0,))[0]} such keys)",
        where=" and ".join(places),
        remedy="set `duplicates: first`, `last` or `identical` in the mapping, or correct the export",
    )


def write_table(tables: Sequence[MappedTable], drops: Sequence[np.ndarray], target: Path) -> None:
    """Write the parts of one canonical table as one Parquet file, without the rows to drop; whole or not at all."""
    from tasks.sources.columns import ARROW_TYPES

    name = tables[0].mapping.table
    columns = [c for c in TABLES[name].columns if any(c in table.mapping.columns for table in tables)]
    schema = pa.schema([(c, ARROW_TYPES[FIELDS[c].dtype]) for c in columns])
    partial = target.with_name(f".{target.name}.partial")
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for table, gone in zip(tables, drops, strict=True):
                _append(writer, table, gone, schema)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _append(writer: pq.ParquetWriter, table: MappedTable, gone: np.ndarray, schema: pa.Schema) -> None:
    position = 0
    with pq.ParquetFile(table.path) as file:
        for batch in file.iter_batches(131_072):
            keep = np.ones(len(batch), dtype=bool)
            inside = gone[(gone >= position) & (gone < position + len(batch))]
            keep[inside - position] = False
            position += len(batch)
            arrays = [
                batch.column(field.name) if field.name in table.mapping.columns else _absent(field, len(batch))
                for field in schema
            ]
            writer.write_table(pa.table(arrays, schema=schema).filter(pa.array(keep)))


def _absent(field: pa.Field, size: int) -> pa.Array:
    """A column that another mapping of the table gives: not given here; a flag is false."""
    if pa.types.is_boolean(field.type):
        return pa.array(np.zeros(size, dtype=bool))
    return pa.nulls(size, field.type)


def _write(result: Any, path: Path, schema: pa.Schema) -> None:
    with pq.ParquetWriter(path, schema) as writer:
        for batch in result.to_arrow_reader(131_072):
            writer.write_table(pa.Table.from_batches([batch]).select(schema.names).cast(schema))


def _connect() -> DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(path: Path) -> str:
    return str(path).replace("'", "''")
