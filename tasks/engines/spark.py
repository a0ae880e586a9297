"""Apache Spark: a session of its own for each run, in which every kept table is computed once."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import ConfigError
from tasks.engine import SparkEngine

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend
    from pyspark.sql import SparkSession

    from evaluation.tables import Tables

_ALWAYS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
}
"""What figures rest on."""

_UNLESS_SET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.codegen.hugeMethodLimit": "8000",  # Java does not compile longer ones, and interprets them
    "spark.log.level": "ERROR",
}
"""What suits a run that nobody watches."""


@contextmanager
def opened(files: Mapping[str, Path], engine: SparkEngine) -> Iterator[Tables]:
    """The tables, read from their Parquet files by the executors.

    A Spark that runs in this process already is used and goes on; one that was started here is stopped.

    Raises:
        ConfigError: pyspark or Java is missing, or Spark does not start.
    """
    from evaluation.tables import Tables

    refuse_without_java()
    from pyspark import SparkContext

    was_running = SparkContext._active_spark_context is not None  # the active session is only that of this thread
    running = started(engine)
    try:
        connection = _backend(_own_session(running, engine))
        yield Tables.on(
            connection,
            {
                name: connection.read_parquet(str(path.resolve()), table_name=f"canonical_{name}")
                for name, path in files.items()
            },
        )
    finally:
        if not was_running:
            running.stop()


def refuse_without_java() -> None:
    """Refuse to start where Spark cannot.

    Raises:
        ConfigError: There is no pyspark, or no Java.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pandas' version; Arrow is what passes here
            import pyspark.sql.functions
            import pyspark.sql.pandas.functions  # noqa: F401
    except ImportError:
        raise ConfigError(
            "the engine spark needs pyspark, which is not installed", where="engine",
            remedy="install service-review[spark], or choose another engine",
        ) from None  # fmt: skip
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and Path(home, "bin", "java").exists())):
        raise ConfigError(
            "the engine spark needs Java 17 or newer, and there is none", where="engine",
            remedy="install a Java runtime (default-jre-headless), or set JAVA_HOME",
        )  # fmt: skip


def started(engine: SparkEngine) -> SparkSession:
    """Start Spark in this process, or find it running.

    Raises:
        ConfigError: It does not start.
    """
    from pyspark import SparkConf
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if engine.master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    conf = SparkConf().setMaster(engine.master).setAppName("service-review").setAll(list(_settings(engine).items()))
    try:
        return SparkSession.builder.config(conf=conf).getOrCreate()
    except (PySparkException, OSError) as error:
        raise ConfigError(
            f"Spark does not start on {engine.master}: {_first_line(error)}", where="engine",
            remedy="check `master`, the settings, and the version of Java (17 or newer)",
        ) from None  # fmt: skip


def _own_session(running: SparkSession, engine: SparkEngine) -> SparkSession:
    """A session with its own settings and its own names of tables."""
    session = running.newSession()
    for name, value in _settings(engine).items():
        if session.conf.isModifiable(name):
            session.conf.set(name, value)
    return session


def _settings(engine: SparkEngine) -> dict[str, str]:
    return _UNLESS_SET | engine.settings | _ALWAYS


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason"])[0]


def _backend(session: SparkSession) -> SQLBackend:
    """Ibis on a session, with temporary tables: results that are computed once and kept by the executors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ibis
        from ibis.backends.pyspark import Backend
        from ibis.expr import operations as ops

    class KeepingBackend(Backend):  # type: ignore[misc]
        def create_table(self, name: str, /, obj: Any = None, *, temp: bool | None = None, **options: Any) -> Any:
            if not temp:
                return super().create_table(name, obj, temp=temp, **options)
            table = ibis.memtable([], schema=options["schema"]) if obj is None else obj
            table = table if isinstance(table, ibis.Expr) else ibis.memtable(table)
            self._run_pre_execute_hooks(table)
            frame = self._session.sql(self.compile(table)).localCheckpoint(eager=True)
            frame.createOrReplaceTempView(name)
            return ops.DatabaseTable(name, table.schema(), self).to_expr()  # Spark's own has no zones

        def drop_table(self, name: str, /, **_: Any) -> None:
            self._session.catalog.dropTempView(name)

        def _register_in_memory_table(self, op: Any) -> None:
            self._session.createDataFrame(op.data.to_pyarrow(op.schema)).createOrReplaceTempView(op.name)

    KeepingBackend.register_options()
    return KeepingBackend().connect(session)
