"""Social care of 24 brands: the product's figures against plain SQL over the original file.

The SQL shares nothing with the product but the definitions that the report prints.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from conftest import Example, Reader

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = EXAMPLES / "social-care"
FILE = FOLDER / "conversations_dev.ndjson.gz"
MONEY = ("Ask_WellsFargo", "ChaseSupport", "AskeBay")
MONTHS = {
    "2020-Q1": ("2020-01-01", "2020-04-01"),
    "2020-03": ("2020-03-01", "2020-04-01"),
    "2019-12": ("2019-12-01", "2020-01-01"),
}
CUT = "2020-05-02T17:36:03.553Z"

STORIES = f"""
CREATE TABLE conversations AS SELECT * FROM read_json('{FILE}', format = 'newline_delimited');
CREATE TABLE said AS
    SELECT conversation_id AS id, m.role AS role, m.sent_at::TIMESTAMPTZ AS moment, m.author AS author
    FROM (SELECT conversation_id, unnest(messages) AS m FROM conversations)
    WHERE m.role IN ('client', 'agent')
    UNION ALL
    SELECT conversation_id, 'agent', closing_agent_reply.sent_at, company FROM conversations;
CREATE TABLE turns AS
    SELECT *, count(*) FILTER (role = 'agent') OVER so_far AS answered
    FROM said WINDOW so_far AS (PARTITION BY id ORDER BY moment ROWS UNBOUNDED PRECEDING);
CREATE TABLE waits AS
    SELECT asked.id, turn, since, moment AS until
    FROM (SELECT id, answered AS turn, min(moment) AS since FROM turns WHERE role = 'client' GROUP BY ALL) AS asked
    JOIN turns ON turns.id = asked.id AND turns.role = 'agent' AND turns.answered = asked.turn + 1;
CREATE TABLE sittings AS
    SELECT id, count(*) AS sittings FROM (
        SELECT id, moment - lag(moment) OVER (PARTITION BY id, author ORDER BY moment) AS gap
        FROM said WHERE role = 'agent')
    WHERE gap IS NULL OR gap >= INTERVAL 30 MINUTE GROUP BY id;
CREATE TABLE tickets AS
    SELECT conversation_id AS id, company, started_at, closing_agent_reply.sent_at AS solved_at,
        first.until AS replied_at, messages[1].author AS requester, sittings, company IN {MONEY} AS is_money
    FROM conversations JOIN sittings ON sittings.id = conversation_id
    JOIN waits AS first ON first.id = conversation_id AND first.turn = 0;
CREATE TABLE targets AS
    SELECT 'first_response' AS target, replied_at AS done, started_at AS since, if(is_money, 4, 1) AS hours FROM tickets
    UNION ALL SELECT 'next_reply', until, since, if(is_money, 4, 2) FROM waits JOIN tickets USING (id) WHERE turn > 0
    UNION ALL SELECT 'resolution', solved_at, started_at, if(is_money, 48, 24) FROM tickets;
CREATE TABLE decided AS
    SELECT target, done <= due AS met, least(done, due) AS moment, done, due
    FROM (SELECT *, since + hours * INTERVAL 1 HOUR AS due FROM targets);
"""


@pytest.fixture(scope="module")
def example(bring_in: Callable[[Path], Example]) -> Example:
    return bring_in(FOLDER / "review.yaml")


@pytest.fixture(scope="module")
def measured(example: Example) -> Reader:
    return example.measured("2020-Q1")


@pytest.fixture(scope="module")
def oracle() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(STORIES)
    return connection


def inside(column: str, period: str) -> str:
    first, after = MONTHS[period]
    return f"{column} >= TIMESTAMPTZ '{first} 00:00:00Z' AND {column} < TIMESTAMPTZ '{after} 00:00:00Z'"


def asked(oracle: duckdb.DuckDBPyConnection, text: str) -> tuple:
    (row,) = oracle.execute(text).fetchall()
    return row


@pytest.mark.parametrize("period", MONTHS)
def test_counts(measured: Reader, oracle: duckdb.DuckDBPyConnection, period: str) -> None:
    created, requesters = asked(
        oracle, f"SELECT count(*), count(DISTINCT requester) FROM tickets WHERE {inside('started_at', period)}"
    )
    (solved,) = asked(oracle, f"SELECT count(*) FROM tickets WHERE {inside('solved_at', period)}")
    end = f"TIMESTAMPTZ '{MONTHS[period][1]} 00:00:00Z'"
    (backlog,) = asked(oracle, f"SELECT count(*) FROM tickets WHERE started_at < {end} AND solved_at >= {end}")
    assert measured.value("tickets_created", period) == created
    assert measured.value("tickets_solved", period) == solved
    assert measured.value("backlog", period) == backlog
    assert measured.value("clearance_rate", period) == pytest.approx(solved / created)
    assert measured.value("tickets_per_requester", period, "mean") == pytest.approx(created / requesters)


@pytest.mark.parametrize("period", MONTHS)
@pytest.mark.parametrize(
    ("metric", "since", "until", "table"),
    [
        ("first_response_time", "started_at", "replied_at", "tickets"),
        ("full_resolution_time", "started_at", "solved_at", "tickets"),
        ("next_reply_time", "since", "until", "waits"),
    ],
)
def test_durations(
    measured: Reader, oracle: duckdb.DuckDBPyConnection, period: str, metric: str, since: str, until: str, table: str
) -> None:
    seconds = f"epoch_ms({until}) / 1000.0 - epoch_ms({since}) / 1000.0"
    count, median, p90, mean, least = asked(
        oracle,
        "SELECT count(*), median(s), quantile_cont(s, 0.9), avg(s), min(s) "
        f"FROM (SELECT {seconds} AS s FROM {table} WHERE {inside(until, period)})",
    )
    for name in (metric, f"{metric}_calendar"):
        row = measured.row(name, period, "median")
        assert (row.n, row.undecided) == (count, 0)
        assert row.value == pytest.approx(median, abs=1e-3)
        assert measured.value(name, period, "p90") == pytest.approx(p90, abs=1e-3)
        assert measured.value(name, period, "mean") == pytest.approx(mean, abs=1e-3)
        assert measured.value(name, period, "min") == pytest.approx(least, abs=1e-3)


@pytest.mark.parametrize("period", MONTHS)
def test_one_touch_counts_a_sitting_once(measured: Reader, oracle: duckdb.DuckDBPyConnection, period: str) -> None:
    once, solved, replies = asked(
        oracle,
        "SELECT count(*) FILTER (sittings = 1), count(*), sum(sittings) "
        f"FROM tickets WHERE {inside('solved_at', period)}",
    )
    row = measured.row("one_touch_rate", period)
    assert (row.numerator, row.denominator) == (once, solved)
    assert measured.value("replies_per_solved", period, "mean") == pytest.approx(replies / solved)


@pytest.mark.parametrize("period", MONTHS)
@pytest.mark.parametrize("target", ["first_response", "next_reply", "resolution", "any"])
def test_promises(measured: Reader, oracle: duckdb.DuckDBPyConnection, period: str, target: str) -> None:
    only = "TRUE" if target == "any" else f"target = '{target}'"
    met, all_decided = asked(
        oracle, f"SELECT count(*) FILTER (met), count(*) FROM decided WHERE {only} AND {inside('moment', period)}"
    )
    row = measured.row("sla_attainment" if target == "any" else f"{target}_sla", period)
    if all_decided == 0:
        assert row.value is None
    else:
        assert (row.numerator, row.denominator) == (met, all_decided)


def test_overdue_at_the_end_of_the_quarter(measured: Reader, oracle: duckdb.DuckDBPyConnection) -> None:
    end = f"TIMESTAMPTZ '{MONTHS['2020-Q1'][1]} 00:00:00Z'"
    (overdue,) = asked(oracle, f"SELECT count(*) FROM decided WHERE due < {end} AND done >= {end}")
    assert measured.value("sla_overdue_now", "2020-Q1") == overdue


def test_brands(measured: Reader, oracle: duckdb.DuckDBPyConnection) -> None:
    rows = oracle.execute(
        f"SELECT company, count(*), median(epoch_ms(replied_at) - epoch_ms(started_at)) / 1000.0 FROM tickets "
        f"WHERE {inside('replied_at', '2020-Q1')} GROUP BY company"
    ).fetchall()
    assert len(rows) == 22
    for brand, count, median in rows:
        row = measured.row("first_response_time", "2020-Q1", "median", team=brand)
        assert (row.n, row.value) == (count, pytest.approx(median, abs=1e-3)), brand


def test_the_oracle_itself_stays_what_it_was(oracle: duckdb.DuckDBPyConnection) -> None:
    """Written down once, so that an oracle that drifts together with the product is seen."""
    figures = asked(
        oracle,
        "SELECT count(*), count(DISTINCT requester), "
        "round(median(epoch_ms(replied_at) - epoch_ms(started_at)) / 1000.0) "
        f"FROM tickets WHERE {inside('started_at', '2020-Q1')}",
    )
    assert figures == (405, 403, 8724.0)


def test_rows_in_are_rows_out_and_rows_left_out(example: Example, oracle: duckdb.DuckDBPyConnection) -> None:
    messages, bystanders = asked(
        oracle,
        "SELECT count(*), count(*) FILTER (role = 'third_party') "
        "FROM (SELECT unnest(messages).role AS role FROM conversations)",
    )
    tickets, log = example.account("social", "tickets"), example.account("social", "ticket_events")
    assert (tickets.rows_in, tickets.rows_out, dict(tickets.excluded)) == (525, 525, {})
    assert log.rows_in == messages + 2 * 525
    assert dict(log.excluded) == {"written by a bystander": bystanders} == {"written by a bystander": 19}


def test_the_field_duration_cannot_be_trusted(oracle: duckdb.DuckDBPyConnection) -> None:
    """The faults that the example's README tells."""
    faults = dict(
        oracle.execute("""
            WITH parsed AS (
                SELECT floor((epoch_ms(closing_agent_reply.sent_at) - epoch_ms(started_at)) / 1000) AS real, duration,
                    split_part(replace(duration, '-', ''), ':', 1)::INT * 3600
                    + split_part(duration, ':', 2)::INT * 60 + split_part(duration, ':', 3)::DOUBLE AS told
                FROM conversations)
            SELECT CASE WHEN duration LIKE '-%' THEN 'negative' WHEN told = real THEN 'agrees'
                WHEN told > real THEN 'longer' WHEN (real - told) % 86400 = 0 THEN 'days lost' ELSE 'other' END,
                count(*) FROM parsed GROUP BY 1""").fetchall()
    )
    assert faults == {"agrees": 418, "days lost": 77, "negative": 22, "longer": 8}
