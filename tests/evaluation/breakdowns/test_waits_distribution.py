"""How waits are spread: every case in one span, and all spans together the cases of the metric."""

from datetime import UTC, datetime, timedelta

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.breakdowns import Ground
from evaluation.breakdowns.waits_distribution import BOUNDS, waits_distribution
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.settings import Settings

JULY = Period.parse("2026-07", zone="UTC")
START = datetime(2026, 7, 6, 9, tzinfo=UTC)
SETTINGS = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})
CONNECTION = ibis.duckdb.connect()
CONNECTION.raw_sql("SET TimeZone = 'UTC'; SET threads = 1")


def kind_of(column):
    if column.endswith("_at"):
        return "timestamp('UTC', 6)"
    if column.endswith("_seconds"):
        return "float64"
    if column.endswith("_count"):
        return "int64"
    return "boolean" if column.startswith(("is_", "has_", "was_")) else "string"


def ticket(seconds, *, at=START, **more):
    """A ticket whose first reply took so many seconds."""
    return {"created_at": at, "clock_started_at": at, "first_response_at": at, "first_response_state": "responded",
            "first_response_business_seconds": seconds, "first_response_calendar_seconds": seconds,
            "has_events": True, "is_solved": False, "reply_count": 1} | more  # fmt: skip


def ground(rows, withheld=None):
    columns = [*FACT_COLUMNS["tickets"], *DIMENSION_COLUMNS, "exclusion"]
    told = [{name: row.get(name) for name in columns} | {"ticket_id": f"t:{n}"} for n, row in enumerate(rows)]
    frame = pd.DataFrame(told, columns=columns).astype(object)
    table = CONNECTION.create_table(
        "tickets", frame, schema=ibis.schema({name: kind_of(name) for name in columns}), overwrite=True
    )
    facts = Facts({"tickets": table}, START + timedelta(days=60))
    found = measure(facts, SETTINGS, JULY, only=["first_response_time", "full_resolution_time"], withheld=withheld)
    return Ground(facts=facts, tables=None, settings=SETTINGS, period=JULY, measurements=found)


def counted(found, metric_id="first_response_time"):
    rows = found.frame[found.frame["metric_id"] == metric_id]
    return {int(low): int(n) for low, n in zip(rows["from_seconds"], rows["n"], strict=True) if n}


SPANS = [
    ("nothing is waited", 0, 0), ("within a minute", 59.999, 0), ("the bound belongs to the next span", 60, 60),
    ("an hour", 3599, 1800), ("exactly an hour", 3600, 3600), ("very long", 9e6, BOUNDS[-1]),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "span"), [case[1:] for case in SPANS], ids=[case[0] for case in SPANS])
def test_a_wait_lies_in_one_span(seconds, span):
    found = waits_distribution(ground([ticket(seconds)]))
    assert counted(found) == {span: 1}
    assert found.frame["share"].sum() == 1
    assert len(found.frame) == len(BOUNDS) + 1
    assert found.frame["until_seconds"].isna().sum() == 1


def test_only_decided_cases_of_the_period_are_counted():
    rows = [
        ticket(10), ticket(10, exclusion="spam"), ticket(10, at=datetime(2026, 8, 1, tzinfo=UTC)),
        ticket(None, first_response_at=None, first_response_state="pending"),
        ticket(10, at=datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)), ticket(10, at=datetime(2026, 7, 1, tzinfo=UTC)),
    ]  # fmt: skip
    assert counted(waits_distribution(ground(rows))) == {0: 2}


@given(st.lists(st.floats(0, 4e5), min_size=1, max_size=40))
@settings(max_examples=15, deadline=None)
def test_the_spans_hold_what_was_measured(waits):
    known = ground([ticket(wait) for wait in waits])
    found = waits_distribution(known).frame
    edges = [0, *BOUNDS, float("inf")]
    plain = pd.cut(pd.Series(waits), edges, right=False).value_counts(sort=False).tolist()
    assert found["n"].tolist() == plain
    row = known.measurements.get("first_response_time", JULY.id, statistic="median")
    assert found["n"].sum() == row.n
    assert found["share"].sum() == pytest.approx(1)


def test_without_cases_there_is_a_reason_and_a_withheld_figure_is_not_told_by_the_way():
    assert waits_distribution(ground([])).reason == "no_cases"
    assert waits_distribution(ground([ticket(5)], withheld={"first_response_time": "x"})).reason == "no_cases"
    assert counted(waits_distribution(ground([ticket(5)]))) == {0: 1}
