"""The choice of an engine: what `engine:` may say, and what is told when an engine is not there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from pydantic import TypeAdapter

from evaluation.errors import ConfigError
from tasks.configuration.reading import read_review
from tasks.engine import EngineConfig, opened
from tasks.identity import configuration_digest

ENGINE = TypeAdapter(EngineConfig)
ROOT = Path(__file__).parents[2]
COLUMNS = "{ticket_id: id, created_at: at, channel_code: channel}"
REVIEW = f"""\
organisation: {{name: X, time_zone: UTC}}
sources: [{{id: a, kind: file, files: [a.csv], tables: [{{table: tickets, columns: {COLUMNS}}}]}}]
"""


def review(folder, engine):
    (folder / "review.yaml").write_text(REVIEW + engine)
    return read_review(folder)


@pytest.mark.parametrize(
    ("written", "kind", "said"),
    [
        ("", "duckdb", {"memory_limit": None, "threads": None}),
        ("engine: duckdb", "duckdb", {}),
        ("engine: {kind: duckdb, memory_limit: 4GB, threads: 2}", "duckdb", {"memory_limit": "4GB", "threads": 2}),
        ("engine: {kind: postgresql, url_env: DESK}", "postgresql", {"url_env": "DESK", "url": None}),
        ("engine: spark", "spark", {"master": "local[*]", "settings": {}}),
        (
            "engine: {kind: spark, master: 'spark://host:7077', settings: {spark.sql.shuffle.partitions: 8, a: true}}",
            "spark", {"master": "spark://host:7077", "settings": {"spark.sql.shuffle.partitions": "8", "a": "true"}},
        ),
    ],
)  # fmt: skip
def test_one_line_chooses(written, kind, said, tmp_path):
    engine = review(tmp_path, written).engine
    assert engine.kind == kind
    assert {name: getattr(engine, name) for name in said} == said


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("engine: oracle", "there is no engine 'oracle'"),
        ("engine: postgresql", "the engine postgresql needs one address"),
        ("engine: {kind: postgresql, url: a, url_env: B}", "and not both"),
        ("engine: {kind: duckdb, memory_limit: much}", "'much' is no amount of memory"),
        ("engine: {kind: duckdb, thread: 2}", "did you mean 'threads'?"),
        ("engine: {kind: spark, master: here}", "'here' is no master of Spark"),
        ("engine: {kind: spark, settings: {spark.master: yarn}}", "write `master`"),
        ("engine: {kind: spark, settings: {spark.sql.session.timeZone: CET}}", "time zone is UTC"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_line(written, told, tmp_path):
    with pytest.raises(ConfigError) as caught:
        review(tmp_path, written)
    assert told in str(caught.value)
    assert "review.yaml:3:" in caught.value.where


def test_the_engine_is_no_part_of_what_an_edition_was_made_from(tmp_path):
    one, other = (review(tmp_path, line) for line in ("engine: duckdb", "engine: {kind: postgresql, url_env: DESK}"))
    assert configuration_digest(one) == configuration_digest(other)


def test_an_address_is_not_shown(tmp_path):
    read = review(tmp_path, "engine: {kind: postgresql, url: 'postgresql://u:geheim@h/x'}")
    assert "geheim" not in repr(read) + read.model_dump_json()


@pytest.fixture
def files(tmp_path):
    path = tmp_path / "tickets.parquet"
    pd.DataFrame({"ticket_id": ["a:1"], "created_at": [pd.Timestamp("2026-07-01", tz="UTC")],
                  "channel_code": ["email"]}).to_parquet(path)  # fmt: skip
    return {"tickets": path}


def opening(files, **engine):
    with opened(files, ENGINE.validate_python(engine)) as tables:
        return tables


def refusal(files, **engine):
    with pytest.raises(ConfigError) as caught:
        opening(files, **engine)
    assert caught.value.where.startswith("engine")
    assert caught.value.remedy
    return caught.value.found


def test_duckdb_keeps_to_its_limits(files):
    with opened(files, ENGINE.validate_python({"kind": "duckdb", "memory_limit": "1GB", "threads": 1})) as tables:
        (limit, threads), = tables.connection.raw_sql(
            "SELECT current_setting('memory_limit'), current_setting('threads')"
        ).fetchall()  # fmt: skip
        assert (limit, threads) == ("953.6 MiB", 1)
        assert tables["tickets"].count().execute() == 1


def test_an_address_that_is_not_set_is_told(files, monkeypatch):
    monkeypatch.delenv("DESK", raising=False)
    assert refusal(files, kind="postgresql", url_env="DESK") == "the environment variable DESK is not set"


@pytest.mark.parametrize(
    "address", ["postgresql://u:geheim@127.0.0.1:1/x", "postgresql+psycopg://u:geheim@127.0.0.1:1/x?connect_timeout=2"]
)
def test_a_server_that_does_not_answer_is_told_without_the_password(files, address):
    found = refusal(files, kind="postgresql", url=address)
    assert found.startswith("PostgreSQL refuses: ")
    assert "geheim" not in found


def test_an_address_that_cannot_be_read_is_not_repeated(files):
    assert "geheim" not in refusal(files, kind="postgresql", url="postgresql//geheim")


@pytest.mark.parametrize(("kind", "module"), [("postgresql", "psycopg"), ("spark", "pyspark")])
def test_a_driver_that_is_not_installed_is_told(files, kind, module, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    address = {"url": "postgresql://u@127.0.0.1:1/x"} if kind == "postgresql" else {}
    assert refusal(files, kind=kind, **address) == f"the engine {kind} needs {module}, which is not installed"


def test_spark_without_java_is_told(files, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert refusal(files, kind="spark") == "the engine spark needs Java 17 or newer, and there is none"


def test_who_uses_duckdb_imports_no_other_driver(files):
    code = (
        "import sys; from pathlib import Path; from tasks.configuration.model import Review; "
        "assert 'ibis' not in sys.modules; from tasks.engine import DuckDBEngine, opened\n"
        f"with opened({{'tickets': Path({str(files['tickets'])!r})}}, DuckDBEngine()): pass\n"
        "print(sorted({'pyspark', 'psycopg', 'py4j'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
