"""Reading a query in chunks; the address never leaves this module."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from evaluation.errors import SourceError
from tasks.sources.base import ROW, Part
from tasks.sources.headers import stored_names
from tasks.sources.sql.config import SqlSourceConfig

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL, CursorResult


def read_query(config: SqlSourceConfig, root: Path) -> Iterator[Part]:
    """Run the query and yield its rows as one part, every value as text, in the order of the database.

    Raises:
        SourceError: The address is not given, the database does not answer, or the query fails.
    """
    address = _address(config, root)
    yield from _translated(_parts(config, address), config, address)


def _address(config: SqlSourceConfig, root: Path) -> URL:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    if config.url is not None:
        text = config.url.get_secret_value()
    else:
        text = os.environ.get(str(config.url_env), "")
        if not text:
            raise SourceError(
                f"the environment variable {config.url_env} is not set",
                where=f"source {config.id}, url_env",
                remedy="set it to the SQLAlchemy address of the database",
            )
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SourceError(
            "the address of the database cannot be read",
            where=f"source {config.id}",
            remedy="write dialect+driver://user:password@host:port/name, with special characters percent-encoded",
        ) from None
    return _sqlite_beside(url, root, config) if url.get_backend_name() == "sqlite" else url


def _sqlite_beside(url: URL, root: Path, config: SqlSourceConfig) -> URL:
    """An SQLite file is named relative to the configuration and opened read-only, so that a typing error makes none."""
    path = root / (url.database or "")
    if not path.is_file():
        raise SourceError(
            f"there is no SQLite file {url.database!r}",
            where=f"source {config.id}",
            remedy="correct the address; the file's name is relative to review.yaml",
        )
    return url.set(database=f"file:{quote(str(path.resolve()))}", query={"mode": "ro", "uri": "true"})


def _parts(config: SqlSourceConfig, address: URL) -> Iterator[Part]:
    engine = _engine(config, address)
    try:
        with engine.connect() as connection:
            result = _execute(connection, config)
            headers = tuple(result.keys())
            yield Part(
                name=config.table or "query", size=0, sha256="", place="record", headers=headers,
                found={"format": "sql", "database": engine.dialect.name},
                batches=_translated(_batches(result, stored_names(headers), config.chunk_rows), config, address),
            )  # fmt: skip
    finally:
        engine.dispose()


def _engine(config: SqlSourceConfig, address: URL) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError

    options: dict[str, Any] = {}
    if address.get_backend_name() == "postgresql":
        limit = config.timeout_seconds * 1000
        options = {"connect_args": {"options": f"-c statement_timeout={limit} -c TimeZone=UTC", "connect_timeout": 10}}
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
    try:
        return create_engine(address, hide_parameters=True, **options)
    except (ArgumentError, ImportError):
        raise SourceError(
            f"there is no driver for {address.drivername!r}",
            where=f"source {config.id}",
            remedy="use sqlite or postgresql+psycopg, or install the driver",
        ) from None


def _execute(connection: Connection, config: SqlSourceConfig) -> CursorResult[Any]:
    from sqlalchemy import text

    options: dict[str, Any] = {"stream_results": True, "yield_per": config.chunk_rows}
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
    if config.query is not None:
        return connection.execution_options(**options).exec_driver_sql(_escaped(config.query, connection))
    return connection.execution_options(**options).execute(text(_whole_table(connection, str(config.table))))


def _escaped(query: str, connection: Connection) -> str:
    return query.replace("%", "%%") if connection.dialect.paramstyle in ("pyformat", "format") else query


def _whole_table(connection: Connection, name: str) -> str:
    """SELECT of a table, ordered by its primary key where it has one, so that two runs read one order."""
    from sqlalchemy import inspect

    schema, _, table = name.rpartition(".")
    quoted = connection.dialect.identifier_preparer.quote
    keys = inspect(connection).get_pk_constraint(table, schema=schema or None)["constrained_columns"]
    order = f" ORDER BY {', '.join(map(quoted, keys))}" if keys else ""
    target = f"{quoted(schema)}.{quoted(table)}" if schema else quoted(table)
    return f"SELECT * FROM {target}{order}"


def _batches(result: CursorResult[Any], names: list[str], size: int) -> Iterator[pa.RecordBatch]:
    import numpy as np
    import pyarrow as pa

    before = 0
    while True:
        rows = result.fetchmany(size)
        if not rows and before:
            return
        columns = [pa.array(_texts(cells), pa.string()) for cells in zip(*rows, strict=True)]
        columns = columns or [pa.array([], pa.string()) for _ in names]
        places = pa.array(np.arange(before + 1, before + 1 + len(rows)), pa.int64())
        yield pa.record_batch([places, *columns], names=[ROW, *names])
        if not rows:
            return
        before += len(rows)


def _texts(cells: Sequence[Any]) -> list[str | None]:
    return [cell if cell is None or isinstance(cell, str) else _text(cell) for cell in cells]


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return repr(cell.total_seconds())
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).hex()
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def _translated(steps: Iterator[Any], config: SqlSourceConfig, address: URL) -> Iterator[Any]:
    """Pass on what `steps` yields; a failure of the database becomes our error, without anything secret in it."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield from steps
    except SQLAlchemyError as error:
        original = getattr(error, "orig", None) or error
        reason = _without_secrets(
            str(original).strip().splitlines()[0] if str(original).strip() else "no reason", address
        )
        raise SourceError(
            f"the database refused: {reason}",
            where=f"source {config.id}, {'table ' + config.table if config.table else 'query'}",
            remedy="check that the server runs, the address, the rights and the query",
        ) from None


def _without_secrets(reason: str, address: URL) -> str:
    password = str(address.password or "")
    for secret in (address.render_as_string(hide_password=False), password, quote(password), quote_plus(password)):
        if secret:
            reason = reason.replace(secret, "***")
    return reason
