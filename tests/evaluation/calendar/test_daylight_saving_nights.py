"""Nights on which the clock changes: open time is real time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evaluation.calendar import WorkingCalendar
from evaluation.calendar.opening_days import _days
from evaluation.calendar.wall_clock import MINUTE, instant

SPRING, AUTUMN = (2026, 3, 29), (2026, 10, 25)


def open_hours(hours, day, zone="Europe/Warsaw"):
    """Real open hours of the shifts that start on one date."""
    config = {"time_zone": zone, "hours": {}, "exceptions": {datetime(*day).date(): hours}}
    middle = datetime(*day, tzinfo=UTC)
    calendar = WorkingCalendar.from_config(config)
    return calendar.open_seconds(middle - timedelta(days=3), middle + timedelta(days=4)) / 3600


@pytest.mark.parametrize(
    ("hours", "spring", "ordinary", "autumn"),
    [
        (["00:00-24:00"], 23, 24, 25),
        (["00:00-06:00"], 5, 6, 7),
        (["00:00-02:00"], 2, 2, 2),
        (["02:00-03:00"], 0, 1, 2),
        (["02:00-02:30"], 0, 0.5, 0.5),
        (["02:30-03:00"], 0, 0.5, 1.5),
        (["01:30-02:30"], 0.5, 1, 1),
        (["02:30-03:30"], 0.5, 1, 2),
        (["00:00-02:30", "02:30-24:00"], 23, 24, 25),
        (["09:00-17:00"], 8, 8, 8),
    ],
)
def test_a_day_of_23_or_25_hours(hours, spring, ordinary, autumn):
    assert (open_hours(hours, SPRING), open_hours(hours, (2026, 7, 5)), open_hours(hours, AUTUMN)) == (
        spring,
        ordinary,
        autumn,
    )


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 28), 7), ((2026, 10, 24), 9), ((2026, 7, 4), 8)])
def test_a_night_shift_across_the_change_lasts_as_long_as_it_really_lasts(day, hours):
    assert open_hours(["22:00-06:00"], day) == hours


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
        ("Asia/Kolkata", (2026, 3, 29), 24),
        ("Pacific/Apia", (2011, 12, 29), 24),
        ("Pacific/Apia", (2011, 12, 30), 0),
        ("Pacific/Apia", (2011, 12, 31), 24),
        ("America/Sao_Paulo", (2018, 11, 4), 23),
        ("Europe/Moscow", (2014, 10, 26), 25),
        ("Europe/Moscow", (2026, 10, 25), 24),
        ("America/New_York", (2026, 11, 1), 25),
    ],
)
def test_days_of_other_zones(zone, day, hours):
    assert open_hours(["00:00-24:00"], day, zone) == hours


def test_always_counts_elapsed_time_on_both_nights():
    always = WorkingCalendar.from_config({"time_zone": "Europe/Warsaw", "hours": "always"})
    warsaw = ZoneInfo("Europe/Warsaw")
    for day, hours in ((SPRING, 23), (AUTUMN, 25)):
        start = datetime(*day, tzinfo=warsaw)
        assert always.open_seconds(start, datetime(*day[:2], day[2] + 1, tzinfo=warsaw)) == hours * 3600
        assert always.add(start, hours * 3600).date() == (start + timedelta(days=1)).date()


def test_the_hour_that_happens_twice_is_two_hours_for_who_waits_in_it():
    calendar = WorkingCalendar.from_config({"time_zone": "Europe/Warsaw", "hours": {"mon-sun": ["00:00-06:00"]}})
    first = datetime(*AUTUMN, 2, 30, tzinfo=ZoneInfo("Europe/Warsaw"))
    assert calendar.open_seconds(first, first.replace(fold=1)) == 3600
    assert calendar.add(first, 3600).astimezone(UTC) == first.replace(fold=1).astimezone(UTC)


@pytest.mark.parametrize(
    "zone", ["Europe/Warsaw", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Gaza"]
)
def test_the_short_way_over_days_without_a_change_is_the_long_way(zone):
    place = ZoneInfo(zone)
    for year in (2011, 2026):
        for day, midnight in _days(year, place):
            times = [0, 90, 150, 1439, 2000, 2879]
            if midnight is not None:
                assert [midnight + minutes * MINUTE for minutes in times] == [instant(day, m, place) for m in times]
