"""Help-desk event log: the product's figures against plain SQL over the original file, which stays where it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb
import holidays
import pytest

if TYPE_CHECKING:
    from conftest import Example, Reader

SHARED = Path(__file__).parents[3] / "shared" / "data"
FILE = SHARED / "helpdesk_events" / "helpdesk.csv.gz"
REVIEW = Path(__file__).with_name("helpdesk_events.review.yaml")
QUARTERS = {"2012-Q1": ("2012-01-01", "2012-04-01"), "2011-Q4": ("2011-10-01", "2012-01-01")}

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"the event log may not be copied and is not at {FILE}")

# A solve is the step from an unsolved state into solved or closed: a second "Resolve ticket" is none, nor is "Closed"
# after it. "Take in charge" opens the case again.
STORIES = f"""
CREATE TABLE log AS
    SELECT *, row_number() OVER () AS line,
        strptime("Complete Timestamp", '%Y/%m/%d %H:%M:%S.%g') AT TIME ZONE 'Europe/Rome' AS moment
    FROM read_csv('{FILE}', all_varchar = true, header = true);
CREATE TABLE states AS
    SELECT "Case ID" AS id, moment, line, CASE WHEN Activity IN ('Resolve ticket', 'Closed') THEN 1 ELSE 0 END AS done
    FROM log WHERE Activity IN ('Take in charge ticket', 'Wait', 'Require upgrade', 'Create SW anomaly',
        'Schedule intervention', 'Resolve ticket', 'Closed');
CREATE TABLE steps AS
    SELECT *, coalesce(lag(done) OVER (PARTITION BY id ORDER BY moment, line), 0) AS was FROM states;
CREATE TABLE tickets AS
    SELECT "Case ID" AS id, min(moment) AS started_at, first(customer ORDER BY line) AS customer,
        first(product ORDER BY line) AS product
    FROM log GROUP BY ALL;
CREATE TABLE ended AS
    SELECT id, last(done ORDER BY moment, line) AS is_done, max(moment) FILTER (done = 1 AND was = 0) AS solved_at
    FROM steps GROUP BY id;
CREATE TABLE cases AS SELECT * FROM tickets LEFT JOIN ended USING (id);
"""


@pytest.fixture(scope="module")
def example(bring_in: Callable[[Path], Example]) -> Example:
    return bring_in(REVIEW)


@pytest.fixture(scope="module")
def measured(example: Example) -> Reader:
    return example.measured("2012-Q1")


@pytest.fixture(scope="module")
def oracle() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(STORIES)
    return connection


def inside(column: str, quarter: str) -> str:
    first, after = QUARTERS[quarter]
    return f"{column} >= {midnight(first)} AND {column} < {midnight(after)}"


def midnight(day: str) -> str:
    return f"(TIMESTAMP '{day} 00:00:00' AT TIME ZONE 'Europe/Rome')"


def asked(oracle: duckdb.DuckDBPyConnection, text: str) -> tuple:
    (row,) = oracle.execute(text).fetchall()
    return row


@pytest.mark.parametrize("quarter", QUARTERS)
def test_counts(measured: Reader, oracle: duckdb.DuckDBPyConnection, quarter: str) -> None:
    created, customers = asked(
        oracle, f"SELECT count(*), count(DISTINCT customer) FROM cases WHERE {inside('started_at', quarter)}"
    )
    (solved,) = asked(oracle, f"SELECT count(*) FROM cases WHERE is_done = 1 AND {inside('solved_at', quarter)}")
    assert measured.value("tickets_created", quarter) == created
    assert measured.value("tickets_solved", quarter) == solved
    assert measured.value("tickets_per_requester", quarter, "mean") == pytest.approx(created / customers)


@pytest.mark.parametrize("quarter", QUARTERS)
def test_full_resolution_round_the_clock(measured: Reader, oracle: duckdb.DuckDBPyConnection, quarter: str) -> None:
    count, middle, p90, average = asked(
        oracle,
        "SELECT count(*), median(s), quantile_cont(s, 0.9), avg(s) "
        "FROM (SELECT epoch(solved_at) - epoch(started_at) AS s "
        f"FROM cases WHERE is_done = 1 AND {inside('solved_at', quarter)})",
    )
    row = measured.row("full_resolution_time_calendar", quarter, "median")
    assert (row.n, row.value) == (count, pytest.approx(middle))
    assert measured.value("full_resolution_time_calendar", quarter, "p90") == pytest.approx(p90)
    assert measured.value("full_resolution_time_calendar", quarter, "mean") == pytest.approx(average)
    assert measured.value("full_resolution_time", quarter, "mean") <= average


def open_seconds(start: datetime, end: datetime) -> float:
    """Monday to Friday, 8 to 18, without Italian holidays: added up day by day, in local time."""
    closed = holidays.country_holidays("IT")
    zone, total, day = ZoneInfo("Europe/Rome"), 0.0, start.astimezone(ZoneInfo("Europe/Rome")).date()
    while day <= end.astimezone(zone).date():
        if day.weekday() < 5 and day not in closed:
            opens, closes = (datetime.combine(day, time(hour), zone).astimezone(UTC) for hour in (8, 18))
            total += max(0.0, (min(end, closes) - max(start, opens)).total_seconds())
        day += timedelta(days=1)
    return total


@pytest.mark.parametrize("quarter", QUARTERS)
def test_full_resolution_in_opening_hours(measured: Reader, oracle: duckdb.DuckDBPyConnection, quarter: str) -> None:
    rows = oracle.execute(
        f"SELECT started_at, solved_at FROM cases WHERE is_done = 1 AND {inside('solved_at', quarter)}"
    ).fetchall()
    seconds = [open_seconds(start, end) for start, end in rows]
    assert measured.value("full_resolution_time", quarter, "median") == pytest.approx(median(seconds))
    assert measured.value("full_resolution_time", quarter, "mean") == pytest.approx(mean(seconds))


def test_backlog_is_replayed_step_by_step(measured: Reader, oracle: duckdb.DuckDBPyConnection) -> None:
    end = midnight(QUARTERS["2012-Q1"][1])
    (backlog,) = asked(
        oracle,
        f"SELECT count(*) FROM tickets LEFT JOIN (SELECT id, last(done ORDER BY moment, line) AS done FROM states "
        f"WHERE moment < {end} GROUP BY id) USING (id) WHERE started_at < {end} AND coalesce(done, 0) = 0",
    )
    assert measured.value("backlog", "2012-Q1") == backlog


def test_topics(measured: Reader, oracle: duckdb.DuckDBPyConnection) -> None:
    rows = oracle.execute(
        f"SELECT product, count(*) FROM cases WHERE {inside('started_at', '2012-Q1')} GROUP BY 1"
    ).fetchall()
    assert len(rows) > 5
    for product, count in rows:
        assert measured.value("tickets_created", "2012-Q1", topic=product) == count


def test_a_log_without_messages_has_no_response_time(measured: Reader) -> None:
    row = measured.row("first_response_time", "2012-Q1", "median")
    assert row.value is None
    assert row.reason is not None


def test_rows_in_are_rows_out_and_rows_left_out(example: Example) -> None:
    tickets, log = example.account("log", "tickets"), example.account("log", "ticket_events")
    assert (tickets.rows_in, tickets.rows_out) == (21348, 4580)
    assert log.rows_in == 3 * 21348
    assert log.excluded["seriousness without a known order"] == 4938
    assert log.excluded["state of the developers' tracker"] == 13 + 3 + 2 + 2 + 1
    assert log.excluded["creation"] == 118


def test_rows_that_are_twice_in_the_file(oracle: duckdb.DuckDBPyConnection) -> None:
    (doubled,) = asked(
        oracle,
        'SELECT count(*) - count(DISTINCT ("Case ID", Activity, Resource, moment)) FROM log',
    )
    assert doubled == 127
