"""Which figures grow with the days of their period, and when the records of a period begin late."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.accumulation import OF_THE_WHOLE_PERIOD, accumulates, begins_late
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tickets_created", True), ("contact_reasons", True), ("backlog", True), ("tickets_per_requester", True),
        ("churn_rate", True), ("csat", False), ("first_response_time", False), ("clearance_rate", False),
        ("complaint_rate", False), ("nps", False),
    ],
)  # fmt: skip
def test_counts_stocks_and_what_each_customer_did_grow_with_the_period(name, expected):
    assert accumulates(chosen({})[name].metric) is expected


def test_every_name_is_one_of_the_catalogue():
    assert set(chosen({})) >= OF_THE_WHOLE_PERIOD


@given(st.integers(0, 2000), st.integers(0, 30))
def test_records_begin_late_when_more_than_one_weekday_went_by_without_any(month, days):
    period = Period.parse(f"{2000 + month // 12 % 40}-{month % 12 + 1:02}", zone="UTC")
    first = period.start + timedelta(days=days, hours=9)
    gap = np.busday_count(period.first_day, first.date())
    assert begins_late(period, first) == (first < period.end and gap > 1)


@pytest.mark.parametrize("first", [None, datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)])
def test_records_from_before_or_after_a_period_do_not_begin_within_it(first):
    assert not begins_late(Period.parse("2026-Q2", zone="UTC"), first)


def test_days_are_those_of_the_organisation():
    period = Period.parse("2026-07", zone="Europe/Warsaw")
    assert period.first_day == date(2026, 7, 1)
    assert not begins_late(period, datetime(2026, 7, 2, 21, 59, tzinfo=UTC))
    assert begins_late(period, datetime(2026, 7, 2, 22, 1, tzinfo=UTC))
