"""Sources in a temporary folder, and a private PostgreSQL server for the tests that need one."""

import glob
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest
from pydantic import TypeAdapter

from tasks.collect import Collected, collect
from tasks.sources.source import SourceConfig

ADAPTER = TypeAdapter(SourceConfig)
TICKETS = {"ticket_id": "id", "created_at": "created", "channel_code": "channel"}


@pytest.fixture
def configure():
    """Settings of a source: a table of tickets with the columns id, created and channel, unless said otherwise."""

    def build(mapped: dict | None = None, table: str = "tickets", mapping: dict | None = None, **settings):
        mapped = {**TICKETS, **(mapped or {})} if table == "tickets" else mapped
        one = {"table": table, "columns": mapped, **(mapping or {})}
        given = {"id": "desk", "kind": "file", "files": ["*"], "time_zone": "Europe/Warsaw", "tables": [one]}
        merged = {**given, **settings}
        if merged["kind"] == "sql":
            del merged["files"]
        return ADAPTER.validate_python(merged)

    return build


class Pull:
    """Collects a source from files that a test writes."""

    def __init__(self, folder: Path) -> None:
        self.root, self.workdir = folder / "root", folder / "run"
        self.root.mkdir()

    def write(self, **files: bytes | str) -> None:
        for name, content in files.items():
            path = self.root / name.replace("__", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def __call__(self, config) -> Collected:
        self.collected = collect([config], self.root, self.workdir)
        return self.collected

    def frame(self, table: str = "tickets") -> pd.DataFrame:
        return pd.read_parquet(self.collected.tables[table])


@pytest.fixture
def pull(tmp_path: Path) -> Pull:
    return Pull(tmp_path)


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
