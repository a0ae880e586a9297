"""DuckDB, in the process of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.engine import DuckDBEngine

if TYPE_CHECKING:
    from evaluation.tables import Tables


@contextmanager
def opened(files: Mapping[str, Path], engine: DuckDBEngine) -> Iterator[Tables]:
    """The tables, read from their Parquet files as they are needed."""
    tables = open_tables(files, engine)
    try:
        yield tables
    finally:
        tables.connection.disconnect()


def open_tables(files: Mapping[str, Path], engine: DuckDBEngine) -> Tables:
    """The same for as long as the connection lives."""
    import ibis

    from evaluation.tables import Tables

    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    connection.raw_sql("SET enable_progress_bar = false")  # the run tells its own progress
    connection.raw_sql("SET preserve_insertion_order = false")  # no figure depends on the order of rows
    spill = next((str(path.parent / ".spill").replace("'", "''") for path in files.values()), "")
    connection.raw_sql(f"SET temp_directory = '{spill}'")  # beside the tables, not wherever the run was started
    if engine.memory_limit is not None:
        connection.raw_sql(f"SET memory_limit = '{engine.memory_limit}'")
    if engine.threads is not None:
        connection.raw_sql(f"SET threads = {engine.threads}")
    return Tables.on(
        connection,
        {name: connection.read_parquet(str(path), table_name=f"canonical_{name}") for name, path in files.items()},
    )
