"""Databases: the same mapping, in chunks, read-only, and nothing secret ever shown."""

import sqlite3

import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter

from evaluation.errors import SourceError
from tasks.collect import check_sources, collect
from tasks.sources.source import SourceConfig, SqlSourceConfig

EVENTS = {"table": "ticket_events", "columns": {"ticket_id": "id", "at": "at", "kind": {"constant": "created"}}}

COLUMNS = {
    "ticket_id": "id",
    "created_at": "created",
    "channel_code": "channel",
    "is_spam": "spam",
    "reply_count": "replies",
}
ROWS = 25_000


def source(**settings):
    tables = [{"table": "tickets", "columns": COLUMNS}]
    return TypeAdapter(SourceConfig).validate_python(
        {"id": "shop", "kind": "sql", "time_zone": "Europe/Warsaw", "tables": tables, **settings}
    )


@pytest.fixture
def database(pull):
    with sqlite3.connect(pull.root / "desk.db") as connection:
        connection.execute(
            "CREATE TABLE tickets (id INTEGER PRIMARY KEY, created TEXT, channel TEXT, spam INT, replies INT)"
        )
        connection.executemany(
            "INSERT INTO tickets VALUES (?, '2026-07-01 10:00:00', 'email', ?, ?)",
            [(n, n % 2, n % 7 or None) for n in range(1, ROWS + 1)],
        )
    connection.close()
    return pull


def test_a_table_of_sqlite_is_read_in_chunks_by_its_key(database):
    collected = database(source(url="sqlite:///desk.db", table="tickets", chunk_rows=1000))
    frame = database.frame()
    assert frame["ticket_id"].tolist() == [f"shop:{n}" for n in range(1, ROWS + 1)]
    assert frame["is_spam"].tolist() == [bool(n % 2) for n in range(1, ROWS + 1)]
    assert frame["reply_count"].isna().sum() == ROWS // 7
    assert collected.intake[0].files == ("tickets",)


def test_a_query_may_hold_percents_and_colons(database):
    query = "SELECT * FROM tickets WHERE channel LIKE 'em%' AND created LIKE '%10:00:00' LIMIT 3"
    assert database(source(url="sqlite:///desk.db", query=query)).intake[0].rows_out == 3


def test_the_order_of_a_query_is_kept(database):
    database(source(url="sqlite:///desk.db", query="SELECT * FROM tickets ORDER BY id DESC"))
    assert database.frame()["ticket_id"].iloc[0] == f"shop:{ROWS}"


def test_a_query_without_rows_is_an_empty_table(database):
    collected = database(source(url="sqlite:///desk.db", query="SELECT * FROM tickets WHERE id < 0"))
    assert (collected.intake[0].rows_in, len(database.frame())) == (0, 0)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"url": "sqlite:///none.db", "table": "tickets"}, "there is no SQLite file 'none.db'"),
        ({"url": "sqlite:///desk.db", "table": "nothing"}, "the database refused: .*nothing"),
        ({"url": "sqlite:///desk.db", "query": "SELECT x FROM tickets"}, "the database refused: no such column: x"),
        ({"url": "sqlite:///desk.db", "query": "WITH a AS (SELECT 1) DELETE FROM tickets"}, "readonly database"),
        ({"url": "nonsense", "table": "a"}, "the address of the database cannot be read"),
        ({"url": "oracle://u:geheim@h/x", "table": "a"}, "there is no driver for 'oracle'"),
        ({"url_env": "NO_SUCH_DATABASE", "table": "a"}, "the environment variable NO_SUCH_DATABASE is not set"),
        ({"url": "sqlite:///desk.db", "table": "tickets", "limits": {"rows": 10}}, "more than 10 records"),
        ({"url": "postgresql://u:geheim@127.0.0.1:1/x", "table": "a"}, "the database refused: "),
    ],
)
def test_what_cannot_be_read_is_refused_without_secrets(settings, found, database):
    with pytest.raises(SourceError, match=found) as caught:
        database(source(**settings))
    assert caught.value.where.startswith(("source shop", "tickets"))
    assert caught.value.remedy
    assert "geheim" not in repr(caught.value) + repr(caught.value.__cause__)
    assert not (database.root / "none.db").exists()


def test_reading_changes_nothing(database):
    before = (database.root / "desk.db").read_bytes()
    database(source(url="sqlite:///desk.db", table="tickets"))
    assert (database.root / "desk.db").read_bytes() == before


@pytest.mark.parametrize(
    "query", ["DELETE FROM a", "UPDATE a SET b = 1", "-- SELECT\nDROP TABLE a", "", "EXPLAIN SELECT 1"]
)
def test_only_a_select_is_a_query(query):
    with pytest.raises(ValueError, match="is not one SELECT .*; write one"):
        source(url="sqlite:///desk.db", query=query)


@pytest.mark.parametrize(
    "settings",
    [
        {"table": "a"},
        {"url": "x", "url_env": "Y", "table": "a"},
        {"url": "x"},
        {"url": "x", "table": "a", "query": "SELECT 1"},
    ],
)
def test_one_address_and_one_question_are_needed(settings):
    with pytest.raises(ValueError, match="exactly one of"):
        source(**settings)


def test_the_address_is_hidden_when_the_settings_are_refused():
    with pytest.raises(ValueError, match="exactly one of") as caught:
        SqlSourceConfig.model_validate({"id": "a", "url": "postgresql://u:geheim@h/x", "tables": [EVENTS]})
    assert "geheim" not in str(caught.value)


def test_the_address_is_hidden_in_the_settings():
    config = source(url="postgresql://u:geheim@h/x", table="a")
    assert "geheim" not in repr(config) + str(config.model_dump()) + config.model_dump_json()


@pytest.fixture
def server(postgresql, monkeypatch):
    monkeypatch.setenv("DESK_DATABASE", postgresql)
    engine = sa.create_engine(postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS tickets")
        connection.exec_driver_sql(
            "CREATE TABLE tickets (id bigint PRIMARY KEY, created timestamptz, local timestamp, channel text, "
            "spam boolean, replies numeric(10, 0), payload jsonb, labels text[], spent interval)"
        )
        connection.exec_driver_sql(
            "INSERT INTO tickets SELECT n, '2026-07-01 10:00+02'::timestamptz, '2026-07-01 10:00', 'email', "
            "n %% 2 = 1, n %% 7, jsonb_build_object('topic', jsonb_build_object('name', 'refund')), ARRAY['a', 'b'], "
            "'01:30:00' FROM generate_series(1, 25000) AS n"
        )
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION write_one() RETURNS bigint LANGUAGE sql VOLATILE AS "
            "'INSERT INTO tickets (id) VALUES (-1) RETURNING id'"
        )
    engine.dispose()
    return "DESK_DATABASE"


def test_postgresql_gives_the_same_table_and_nothing_secret_is_kept(server, pull, postgresql):
    columns = {**COLUMNS, "topic": "payload.topic.name", "solved_at": "local", "tags": "labels"}
    tables = [{"table": "tickets", "columns": columns}]
    collected = pull(source(url_env=server, table="public.tickets", tables=tables))
    frame = pull.frame()
    assert len(frame) == 25_000
    assert frame["ticket_id"].iloc[[0, -1]].tolist() == ["shop:1", "shop:25000"]
    assert (
        frame["created_at"].iloc[0].isoformat() == frame["solved_at"].iloc[0].isoformat() == "2026-07-01T08:00:00+00:00"
    )
    assert frame["topic"].unique().tolist() == ["refund"]
    assert frame["is_spam"].sum() == 12_500
    assert list(frame["tags"].iloc[0]) == ["a", "b"]
    kept = b"".join(path.read_bytes() for path in pull.workdir.rglob("*") if path.is_file())
    assert b"s3cret" not in kept
    assert "s3cret" not in repr(collected)


def test_postgresql_reads_the_same_bytes_twice(server, pull, tmp_path):
    config = source(url_env=server, query="SELECT * FROM tickets ORDER BY id")
    runs = [collect([config], pull.root, tmp_path / name).snapshots[0].sha256 for name in "ab"]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT nothing FROM tickets", 'column "nothing" does not exist'),
        ("WITH gone AS (DELETE FROM tickets RETURNING id) SELECT * FROM gone", "must not contain data-modifying"),
        ("SELECT write_one()", "cannot execute INSERT in a read-only transaction"),
        ("SELECT pg_sleep(5)", "statement timeout"),
        ("SELECT 1 / (id - 20000) FROM tickets", "division by zero"),
    ],
)
def test_what_postgresql_refuses_is_told(query, found, server, pull):
    with pytest.raises(SourceError, match=found) as caught:
        pull(source(url_env=server, query=query, timeout_seconds=1))
    assert "s3cret" not in str(caught.value)


def test_a_wrong_password_is_told_without_it(server, pull, postgresql, monkeypatch):
    monkeypatch.setenv("DESK_DATABASE", postgresql.replace("s3cret%2Fwith%40marks", "wr0ng%2Fword"))
    with pytest.raises(SourceError, match="password authentication failed") as caught:
        pull(source(url_env=server, table="tickets"))
    assert "wr0ng" not in str(caught.value)


def test_a_quick_check_of_postgresql(server, pull):
    check = check_sources([source(url_env=server, table="tickets")], pull.root)[0]
    assert check.problems == ()
    assert check.files[0].rows_sampled == 1000
    assert "s3cret" not in repr(check)
