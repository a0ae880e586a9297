"""Periods: what each form names, where it starts and ends, and the laws of stepping."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import ConfigError
from evaluation.period import Period

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
FORMS = [
    ("2026-09", 1, "2026-09", date(2026, 9, 1), date(2026, 10, 1)),
    ("2026-12", 1, "2026-12", date(2026, 12, 1), date(2027, 1, 1)),
    ("2026-Q1", 1, "2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
    ("2026-Q4", 1, "2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
    ("2026-H1", 1, "2026-H1", date(2026, 1, 1), date(2026, 7, 1)),
    ("2026-H2", 1, "2026-H2", date(2026, 7, 1), date(2027, 1, 1)),
    ("2026", 1, "2026", date(2026, 1, 1), date(2027, 1, 1)),
    ("2026-Q1", 4, "2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
    ("FY2026", 1, "FY2026", date(2026, 1, 1), date(2027, 1, 1)),
    ("FY2026", 4, "FY2026", date(2025, 4, 1), date(2026, 4, 1)),
    ("FY2026-Q1", 4, "FY2026-Q1", date(2025, 4, 1), date(2025, 7, 1)),
    ("FY2026-Q4", 4, "FY2026-Q4", date(2026, 1, 1), date(2026, 4, 1)),
    ("FY2026-H2", 10, "FY2026-H2", date(2026, 4, 1), date(2026, 10, 1)),
    ("latest-month", 1, "2026-10", date(2026, 10, 1), date(2026, 11, 1)),
    ("latest-quarter", 1, "2026-Q3", date(2026, 7, 1), date(2026, 10, 1)),
    ("latest-half", 1, "2026-H1", date(2026, 1, 1), date(2026, 7, 1)),
    ("latest-year", 1, "2025", date(2025, 1, 1), date(2026, 1, 1)),
]


@pytest.mark.parametrize(("text", "starts", "name", "first", "after"), FORMS)
def test_each_form_names_its_months(text, starts, name, first, after):
    period = Period.parse(text, zone="UTC", fiscal_year_starts=starts, at=AT)
    assert (period.id, period.first_day, period.day_after) == (name, first, after)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "２０２６",
        "2026-H3",
        "26-09",
        "2026-9",
        "FY2026-09",
        "2026-q1",
        "latest",
        "0000",
        "next",
    ],
)
def test_what_is_no_period_is_refused_with_the_forms(text):
    with pytest.raises(ConfigError) as refused:
        Period.parse(text, zone="UTC", at=AT)
    assert repr(text) in refused.value.found
    assert "2026-Q3" in refused.value.remedy


def test_latest_needs_a_moment():
    with pytest.raises(ConfigError, match="moment"):
        Period.parse("latest-month", zone="UTC")


def test_latest_is_decided_in_the_organisations_zone():
    just_after_midnight_in_auckland = datetime(2026, 9, 30, 11, 30, tzinfo=UTC)
    assert Period.parse("latest-month", zone="Pacific/Auckland", at=just_after_midnight_in_auckland).id == "2026-09"
    assert Period.parse("latest-month", zone="UTC", at=just_after_midnight_in_auckland).id == "2026-08"


def test_a_period_is_half_open_in_its_zone_on_both_sides_of_daylight_saving():
    march = Period.parse("2026-03", zone="Europe/Warsaw")
    assert march.start == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert march.end == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert (march.end - march.start).total_seconds() == (31 * 24 - 1) * 3600
    assert march.start in march
    assert march.end not in march


def parsed(kind, year, number, zone):
    quarter, half = (number - 1) // 3 + 1, (number - 1) // 6 + 1
    text = {"month": f"{year}-{number:02}", "quarter": f"{year}-Q{quarter}", "half": f"{year}-H{half}",
            "year": f"{year}", "fiscal": f"FY{year}-Q{quarter}"}[kind]  # fmt: skip
    return Period.parse(text, zone=zone, fiscal_year_starts=4)


periods = st.builds(
    parsed,
    st.sampled_from(["month", "quarter", "half", "year", "fiscal"]), st.integers(1990, 2090), st.integers(1, 12),
    st.sampled_from(["UTC", "Europe/Warsaw", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]),
)  # fmt: skip


@given(periods)
def test_neighbours_touch_and_months_fill_the_period(period):
    before = period.previous()
    assert before.end == period.start
    assert before.kind == period.kind
    months = period.months()
    assert (months[0].start, months[-1].end) == (period.start, period.end)
    assert all(one.end == other.start for one, other in zip(months, months[1:], strict=False))


@given(periods, st.integers(0, 40))
def test_stepping_back_keeps_the_name_in_step_with_the_span(period, steps):
    earlier = period.back(steps)
    again = Period.parse(earlier.id, zone=period.zone, fiscal_year_starts=4)
    assert (again.start, again.end) == (earlier.start, earlier.end)


@given(periods)
def test_the_same_period_last_year_starts_on_the_same_day(period):
    local = period.same_last_year().first_day
    assert (local.year + 1, local.month) == (period.first_day.year, period.first_day.month)
    assert period.start.astimezone(ZoneInfo(period.zone)).day == 1
