"""Passenger survey: NPS, CSAT and ease, weighted and not, against plain SQL over the original file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from conftest import Example, Reader

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = EXAMPLES / "passenger-survey"
FILE = FOLDER / "2017_SFO_Customer_Survey.csv"
AREAS = tuple("ABCDEFG")

ANSWERS = f"""
CREATE TABLE passengers AS SELECT * FROM read_csv('{FILE}', all_varchar = true, header = true);
CREATE TABLE answers AS
    SELECT kind, BAREA AS area, WEIGHT::DOUBLE AS weight, TRY_CAST(score AS INT) AS score, INTDATE::INT AS day FROM (
        SELECT 'nps' AS kind, NETPRO AS score, * FROM passengers WHERE NETPRO <> '11'
        UNION ALL SELECT 'csat', Q7ALL, * FROM passengers WHERE Q7ALL IN ('1', '2', '3', '4', '5')
        UNION ALL SELECT 'ces', Q13GETRATE, * FROM passengers WHERE Q13GETRATE NOT IN ('0', '6')
        UNION ALL SELECT 'ces', Q14FIND, * FROM passengers WHERE Q14FIND NOT IN ('0', '6')
        UNION ALL SELECT 'ces', Q14PASSTHRU, * FROM passengers WHERE Q14PASSTHRU NOT IN ('0', '6'))
    WHERE score IS NOT NULL;
"""
SUMS = """
SELECT count(*), sum(w), sum(w * score) / sum(w), sum(w) FILTER (score >= 4) / sum(w),
    100 * (coalesce(sum(w) FILTER (score >= 9), 0) - coalesce(sum(w) FILTER (score <= 6), 0)) / sum(w)
FROM (SELECT *, {weight} AS w FROM answers) WHERE kind = '{kind}' AND {where}
"""


@pytest.fixture(scope="module")
def oracle() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(ANSWERS)
    return connection


@pytest.fixture(scope="module")
def example(bring_in: Callable[[Path], Example]) -> Example:
    return bring_in(FOLDER / "review.yaml")


@pytest.fixture(scope="module")
def weighted(example: Example) -> Reader:
    return example.measured("2017-05")


@pytest.fixture(scope="module")
def unweighted(bring_in: Callable[[Path], Example], tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The same survey without its weights, and with the mean of satisfaction instead of the top box."""
    folder = tmp_path_factory.mktemp("unweighted")
    text = (FOLDER / "review.yaml").read_text().replace("          weight: WEIGHT\n", "")
    text = text.replace("csat: {variant: top_box}", "csat: {variant: mean}").replace("at_least: 80%", "at_least: 4.0")
    (folder / "review.yaml").write_text(text)
    (folder / FILE.name).write_bytes(FILE.read_bytes())
    return bring_in(folder / "review.yaml").measured("2017-05")


def sums(oracle: duckdb.DuckDBPyConnection, kind: str, weight: str = "weight", where: str = "TRUE") -> tuple:
    (row,) = oracle.execute(SUMS.format(kind=kind, weight=weight, where=where)).fetchall()
    return row


@pytest.mark.parametrize("area", [None, *AREAS])
def test_weighted(weighted: Reader, oracle: duckdb.DuckDBPyConnection, area: str | None) -> None:
    where, scope = ("TRUE", {}) if area is None else (f"area = '{area}'", {"team": area})
    count, _, _, _, nps = sums(oracle, "nps", where=where)
    row = weighted.row("nps", "2017-05", **scope)
    assert (row.n, row.value) == (count, pytest.approx(nps, rel=1e-6))
    count, _, _, top, _ = sums(oracle, "csat", where=where)
    row = weighted.row("csat", "2017-05", **scope)
    assert (row.n, row.value) == (count, pytest.approx(top, rel=1e-6))
    count, _, mean, _, _ = sums(oracle, "ces", where=where)
    row = weighted.row("ces", "2017-05", "mean", **scope)
    assert (row.n, row.value) == (count, pytest.approx(mean, rel=1e-6))


@pytest.mark.parametrize("area", [None, *AREAS])
def test_unweighted(unweighted: Reader, oracle: duckdb.DuckDBPyConnection, area: str | None) -> None:
    where, scope = ("TRUE", {}) if area is None else (f"area = '{area}'", {"team": area})
    count, _, _, _, nps = sums(oracle, "nps", "1", where)
    row = unweighted.row("nps", "2017-05", **scope)
    assert (row.n, row.value) == (count, pytest.approx(nps, abs=1e-9))
    count, _, mean, _, _ = sums(oracle, "csat", "1", where)
    row = unweighted.row("csat", "2017-05", "mean", **scope)
    assert (row.n, row.value) == (count, pytest.approx(mean, abs=1e-9))


def test_the_oracle_itself_stays_what_it_was(oracle: duckdb.DuckDBPyConnection) -> None:
    """Written down once, so that an oracle that drifts together with the product is seen."""
    assert [round(x, 4) for x in sums(oracle, "nps", "1")] == [2746, 2746, 8.3394, 0.9818, 39.8398]
    assert round(sums(oracle, "nps")[4], 4) == 40.3984
    assert [round(x, 4) for x in sums(oracle, "csat", "1")[:4]] == [2688, 2688, 4.0644, 0.8207]
    assert [round(x, 4) for x in sums(oracle, "ces", "1")[:4]] == [7409, 7409, 4.3153, 0.817]


def test_days_are_local_days_of_may(
    example: Example, oracle: duckdb.DuckDBPyConnection, sql: duckdb.DuckDBPyConnection
) -> None:
    """Midnight in Los Angeles lies in the morning of the same day in UTC."""
    stored = sql.execute(
        f"SELECT day(answered_at AT TIME ZONE 'America/Los_Angeles'), count(*) "
        f"FROM read_parquet('{example.collected.tables['surveys']}') GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert stored == oracle.execute("SELECT day, count(*) FROM answers GROUP BY 1 ORDER BY 1").fetchall()


def test_blanks_are_left_out_and_counted(example: Example) -> None:
    account = example.account("sfo", "surveys")
    assert account.rows_in == 5 * 2831
    assert dict(account.excluded) == {
        "blank": 84 + 143 + 350 + 91 + 166,
        "empty cell": 1,
        "don't know or not applicable": 162 + 57 + 258,
    }


def test_a_response_rate_cannot_be_computed(weighted: Reader) -> None:
    row = weighted.row("response_rate", "2017-05")
    assert row.value is None
    assert row.reason is not None


def test_faults_of_the_file(oracle: duckdb.DuckDBPyConnection) -> None:
    """What the example's README tells of the file."""
    (row,) = oracle.execute("""
        SELECT count(*) FILTER (NETPRO IS NULL), count(*) FILTER (Q7ALL = 'Blank'),
            count(*) FILTER (Q7ALL IN ('0', '6')),
            count(*) FILTER (upper(strftime(make_date(2017, 5, INTDATE::INT), '%a'))[:3] <> DAY[:3]),
            count(*) FILTER (Q22FLY = '4'), count(*) FILTER (Q23SJC = '4'), count(*) FILTER (Q23OAK = '4'),
            count(*) FILTER (SAQ = '0'), count(Hi),
            count(*) FILTER (DEPTIME LIKE '12/31/1899%'), round(sum(WEIGHT::DOUBLE), 3)
        FROM passengers""").fetchall()
    assert row == (1, 143, 0, 2, 140, 224, 263, 3, 0, 2831, 2831.0)
