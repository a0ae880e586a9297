"""PostgreSQL: the tables of a run as temporary tables of one connection, which the server drops with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import ConfigError
from tasks.engine import PostgreSQLEngine

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends.sql import SQLBackend
    from ibis.expr import datatypes as dt
    from ibis.expr import schema as sch
    from ibis.expr import types as ir
    from psycopg import Connection

    from evaluation.tables import Tables

_UNLESS_SET = {"work_mem": "64MB", "temp_buffers": "256MB", "jit": "off"}
"""What suits one large evaluation; compiling its many expressions would take longer than running them."""

_ALWAYS = {"TimeZone": "UTC", "search_path": "pg_temp, pg_catalog", "client_encoding": "UTF8"}
"""What figures rest on; nothing is read or written outside the run's own temporary tables."""

_BY_CODE_POINT = ("pg_c_utf8", "C.UTF-8", "C.utf8")
"""Collations that order text by code point, as the other engines do, and know letters beyond ASCII."""

_ROWS_AT_ONCE = 50_000


@contextmanager
def opened(files: Mapping[str, Path], engine: PostgreSQLEngine) -> Iterator[Tables]:
    """The tables, loaded into temporary tables of a connection of their own.

    Raises:
        ConfigError: The driver is missing, the address is not given or wrong, or the server refuses.
    """
    connection = _connected(engine)
    from psycopg.errors import InsufficientPrivilege, OperationalError

    from evaluation.tables import Tables

    try:
        backend = _backend(connection)
        yield Tables.on(backend, {name: _loaded(backend, name, path) for name, path in files.items()})
    except (InsufficientPrivilege, OperationalError) as error:
        raise ConfigError(
            f"PostgreSQL gave up: {_first_line(error, _address(engine))}", where="engine",
            remedy="the run needs the right TEMPORARY on the database, and room on the server's disk for its tables",
        ) from None  # fmt: skip
    finally:
        connection.close()  # and with it go its temporary tables, as they do when the process is killed


def _connected(engine: PostgreSQLEngine) -> Connection:
    try:
        import psycopg
    except ImportError:
        raise ConfigError(
            "the engine postgresql needs psycopg, which is not installed", where="engine",
            remedy="install psycopg[binary], or choose another engine",
        ) from None  # fmt: skip
    address = _address(engine)
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=10, application_name="service-review")
        for name, value in (_UNLESS_SET | engine.settings | _ALWAYS).items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    except psycopg.Error as error:
        raise ConfigError(
            f"PostgreSQL refuses: {_first_line(error, address)}", where="engine",
            remedy="check that the server runs, the address, the rights (TEMPORARY on the database) and `settings`",
        ) from None  # fmt: skip
    return connection


def _address(engine: PostgreSQLEngine) -> str:
    given = engine.url.get_secret_value() if engine.url is not None else os.environ.get(str(engine.url_env), "")
    if not given:
        raise ConfigError(
            f"the environment variable {engine.url_env} is not set", where="engine.url_env",
            remedy="set it to postgresql://user:password@host:port/name",
        )  # fmt: skip
    return given.replace("postgresql+psycopg://", "postgresql://", 1)


def _first_line(error: Exception, address: str) -> str:
    """What the driver says, without the address and the password that it may repeat."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    reason = (str(error).strip().splitlines() or ["no reason"])[0]
    try:
        secret = str(conninfo_to_dict(address).get("password") or "")
    except ProgrammingError:
        return "the address cannot be read"
    for hidden in filter(None, (address, secret)):
        reason = reason.replace(hidden, "***")
    return reason


def _backend(connection: Connection) -> SQLBackend:
    """Ibis on a connection; its temporary tables are loaded by COPY, ordered by code point, known to the planner."""
    import ibis
    from ibis.backends.postgres import Backend
    from ibis.backends.sql.compilers.postgres import PostgresCompiler
    from ibis.expr import operations as ops

    collation = _collation(connection)

    class Compiler(PostgresCompiler):  # type: ignore[misc]
        __slots__ = ()

        def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
            # PostgreSQL turns a boolean into an integer, and into no other number
            if op.arg.dtype.is_boolean() and to.is_numeric():
                return self.cast(self.cast(arg, ibis.dtype("int32")), to)
            return super().visit_Cast(op, arg=arg, to=to)

    class LoadingBackend(Backend):  # type: ignore[misc]
        compiler = Compiler()

        def create_table(self, name: str, /, obj: Any = None, *, temp: bool = False, **options: Any) -> ir.Table:
            if not temp:
                return super().create_table(name, obj, temp=temp, **options)
            if obj is None:
                schema = ibis.schema(options["schema"])
                _create(self, name, schema, collation)
            else:
                table = obj if isinstance(obj, ibis.Expr) else ibis.memtable(obj)
                schema = table.schema()
                self._run_pre_execute_hooks(table)
                _create(self, name, schema, collation)
                self.con.execute(f'INSERT INTO "{name}" {self.compile(table)}'.encode())
            _analyse(self, name)
            return ops.DatabaseTable(name, schema, self).to_expr()

        def _register_in_memory_table(self, op: Any) -> None:
            _create(self, op.name, op.schema, collation)
            table = op.data.to_pyarrow(op.schema)
            _copy(self.con, op.name, table.column_names, table.to_batches(_ROWS_AT_ONCE))
            _analyse(self, op.name)

    LoadingBackend.register_options()
    return LoadingBackend.from_connection(connection)


def _loaded(backend: Any, name: str, path: Path) -> ir.Table:
    """One canonical file as a temporary table, in batches."""
    import ibis
    import pyarrow.parquet as pq

    from evaluation.tables import column_type

    target = f"canonical_{name}"
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        table = backend.create_table(target, schema=ibis.schema({name: column_type(name) for name in names}), temp=True)
        _copy(backend.con, target, names, file.iter_batches(_ROWS_AT_ONCE))
    _analyse(backend, target)
    return table


def _create(backend: Any, name: str, schema: sch.Schema, collation: str) -> None:
    def declared(column: str, dtype: dt.DataType) -> str:
        order = f' COLLATE "{collation}"' if dtype.is_string() else ""
        return f'"{column}" {backend.compiler.type_mapper.to_string(dtype)}{order}'

    listed = ", ".join(declared(column, dtype) for column, dtype in schema.items())
    backend.con.execute(f'CREATE TEMPORARY TABLE "{name}" ({listed})'.encode())


def _analyse(backend: Any, name: str) -> None:
    backend.con.execute(f'ANALYZE "{name}"'.encode())


def _collation(connection: Connection) -> str:
    """A collation by code point: text is then ordered as on the other engines, whatever the database's own order."""
    found = connection.execute(
        "SELECT collname FROM pg_collation WHERE collname = ANY(%s) AND collencoding IN (-1, 6)",
        (list(_BY_CODE_POINT),),
    ).fetchall()
    names = [name for name in _BY_CODE_POINT if (name,) in found]
    if not names:
        raise ConfigError(
            "this PostgreSQL has no collation that orders text by code point", where="engine",
            remedy="use a UTF8 database on PostgreSQL 17 or newer, or on a system with the locale C.UTF-8",
        )  # fmt: skip
    return names[0]


def _copy(connection: Connection, name: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch]) -> None:
    """Load batches as CSV, in which a value is quoted and a null is not; lists are written as PostgreSQL's arrays."""
    import pyarrow as pa
    from pyarrow import csv

    listed = ", ".join(f'"{column}"' for column in columns)
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    copying = f'COPY "{name}" ({listed}) FROM STDIN (FORMAT csv)'.encode()
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for batch in batches:
            arrays = [_as_literals(array) if pa.types.is_nested(array.type) else array for array in batch.columns]
            sink = pa.BufferOutputStream()
            csv.write_csv(pa.record_batch(arrays, names=list(columns)), sink, options)
            copy.write(memoryview(sink.getvalue()))


def _as_literals(lists: pa.Array) -> pa.Array:
    """Lists of text as literals such as {"a,b","c"}."""
    import pyarrow as pa

    def literal(texts: list[str | None]) -> str:
        escaped = (
            "NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts
        )
        return "{" + ",".join(escaped) + "}"

    return pa.array([None if texts is None else literal(texts) for texts in lists.to_pylist()], pa.string())
