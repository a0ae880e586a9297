"""What tests of several rooms need: a private PostgreSQL server, Spark, and rows compared to the last digit."""

import glob
import os
import shutil
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tasks.engine import AnyEngine, EngineConfig

ENGINE = TypeAdapter(EngineConfig)
QUICKLY = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": 2,
    "spark.sql.adaptive.enabled": False,
    "spark.sql.codegen.wholeStage": False,
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Settings of a Spark that sees little data: compiling its queries would take longer than running them."""


@pytest.fixture(scope="session")
def spark():
    """Spark on two cores of this machine, started once: some ten seconds."""
    if not shutil.which("java"):
        pytest.skip("Java is not installed")
    from tasks.engines.spark import refuse_without_java, started

    config = ENGINE.validate_python({"kind": "spark", "master": "local[2]", "settings": QUICKLY})
    refuse_without_java()
    session = started(config)
    yield config
    session.stop()


@pytest.fixture(scope="session")
def ordered_otherwise(postgresql):
    """A database whose own order of text is not that of the other engines: Zoe after anna, Ä beside A."""
    import psycopg

    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE dictionary TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en' "
            "LOCALE 'C.UTF-8'"
        )
    return ENGINE.validate_python({"kind": "postgresql", "url": postgresql.rpartition("/")[0] + "/dictionary"})


@pytest.fixture(params=["postgresql", "spark"])
def other_engine(request) -> AnyEngine:
    """Each engine but the embedded one, against which it is held."""
    return request.getfixturevalue({"postgresql": "ordered_otherwise", "spark": "spark"}[request.param])


@pytest.fixture(params=["duckdb", "postgresql", "spark"])
def any_engine(request) -> AnyEngine:
    """Each engine in turn."""
    names = {"duckdb": "embedded", "postgresql": "ordered_otherwise", "spark": "spark"}
    return request.getfixturevalue(names[request.param])


@pytest.fixture(scope="session")
def embedded() -> AnyEngine:
    return ENGINE.validate_python("duckdb")


def rows_of(frame) -> Counter:
    """The rows of a frame, however they are ordered; NaN, NaT and None are one nothing."""
    plain = frame.astype(object).where(frame.notna(), None)
    return Counter(map(tuple, plain.itertuples(index=False)))


@pytest.fixture(scope="session")
def told_apart():
    """Says in which rows two frames differ; a single digit is a difference."""

    def differences(name, one, other):
        if list(one.columns) != list(other.columns):
            return [f"{name}: columns {list(one.columns)} and {list(other.columns)}"]
        mine, theirs = rows_of(one), rows_of(other)
        only = [f"{name}: only embedded {dict(zip(one.columns, row, strict=True))}" for row in (mine - theirs)][:3]
        also = [f"{name}: only other {dict(zip(one.columns, row, strict=True))}" for row in (theirs - mine)][:3]
        return only + also

    return differences


def _run_as_postgres(command: list[str], home: Path) -> subprocess.CompletedProcess:
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return subprocess.run(
        prefix + command, cwd=home, capture_output=True, text=True, timeout=60, env={**os.environ, "HOME": str(home)}
    )


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory):
    """Address of a private PostgreSQL server on a free loopback port, as postgresql+psycopg://user:password@…"""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not folders:
        pytest.skip("PostgreSQL server binaries are not installed")
    home = Path("/tmp") / f"service-review-postgresql-{os.getpid()}"
    home.mkdir()
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    binaries, cluster, secret = Path(folders[-1]), home / "cluster", home / "secret"
    secret.write_text("s3cret/with@marks\n")
    if os.geteuid() == 0:
        shutil.chown(secret, "postgres", "postgres")
    try:
        made = _run_as_postgres(
            [str(binaries / "initdb"), "-D", str(cluster), "-U", "reader", "-A", "scram-sha-256", "--no-sync",
             "-E", "UTF8", "--locale=C", f"--pwfile={secret}"], home,
        )  # fmt: skip
        if made.returncode:
            pytest.fail(f"initdb failed: {made.stderr}")
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
        started = _run_as_postgres(
            [str(binaries / "pg_ctl"), "-D", str(cluster), "-w", "-l", str(home / "log"), "-o", options, "start"], home
        )
        if started.returncode:
            pytest.fail(f"PostgreSQL did not start: {started.stdout} {started.stderr}")
        yield f"postgresql+psycopg://reader:s3cret%2Fwith%40marks@127.0.0.1:{port}/postgres"
    finally:
        if (cluster / "postmaster.pid").exists():
            _run_as_postgres([str(binaries / "pg_ctl"), "-D", str(cluster), "-m", "immediate", "-w", "stop"], home)
            time.sleep(0.1)
        shutil.rmtree(home, ignore_errors=True)
