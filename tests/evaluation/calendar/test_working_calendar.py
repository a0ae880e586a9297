"""Every rule of the working calendar by example."""

import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from evaluation.calendar import WorkingCalendar
from evaluation.errors import DataError

WARSAW = ZoneInfo("Europe/Warsaw")
OFFICE = {
    "time_zone": "Europe/Warsaw",
    "hours": {"mon-fri": ["09:00-13:00", "14:00-18:00"], "sat": ["10:00-14:00"]},
    "holidays": {"country": "PL"},
    "closures": ["2026-12-28", {"from": "2026-08-03", "until": "2026-08-08"}],
    "exceptions": {
        "2026-12-31": ["09:00-13:00"],
        "2026-11-11": ["10:00-16:00"],
        "2026-08-05": ["09:00-10:00"],
        "2026-07-06": [],
    },
}
NIGHTS = {"time_zone": "Europe/Warsaw", "hours": {"fri-sun": ["22:00-06:00"]}}


def at(text):
    """A moment in Warsaw: `2026-07-01 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


@pytest.fixture(scope="module")
def office():
    return WorkingCalendar.from_config(OFFICE)


@pytest.mark.parametrize(
    ("start", "end", "minutes", "rule"),
    [
        ("2026-07-01 09:00", "2026-07-01 10:00", 60, "inside an interval"),
        ("2026-07-01 12:30", "2026-07-01 14:30", 60, "the break does not count"),
        ("2026-07-01 13:10", "2026-07-01 13:50", 0, "inside the break"),
        ("2026-07-01 17:30", "2026-07-02 09:15", 45, "over night"),
        ("2026-07-03 17:00", "2026-07-04 10:30", 90, "Saturday has its own hours"),
        ("2026-07-04 13:30", "2026-07-07 09:30", 60, "over Sunday and an exception that closes Monday 6 July"),
        ("2026-07-01 18:00", "2026-07-02 09:00", 0, "a message out of hours, answered at opening"),
        ("2026-07-01 03:00", "2026-07-01 09:00", 0, "before opening"),
        ("2026-07-01 09:00", "2026-07-01 09:00", 0, "nothing"),
        ("2026-07-01 10:00", "2026-07-01 09:00", -60, "an end before its start is negative"),
        ("2026-07-02 09:15", "2026-07-01 17:30", -45, "over night, backwards"),
        ("2026-06-03 17:00", "2026-06-05 10:00", 120, "Corpus Christi, 4 June 2026"),
        ("2026-11-11 00:00", "2026-11-12 00:00", 360, "an exception opens a public holiday"),
        ("2026-08-03 00:00", "2026-08-08 00:00", 60, "a closure of a week, opened by an exception for an hour"),
        ("2026-08-08 00:00", "2026-08-09 00:00", 240, "the closure ends before its `until`"),
        ("2026-12-28 00:00", "2026-12-29 00:00", 0, "a closure of a day"),
        ("2026-12-31 00:00", "2027-01-01 00:00", 240, "a shortened day"),
        ("2026-12-31 12:00", "2027-01-04 10:00", 60 + 240 + 60, "over New Year and Saturday"),
        ("2026-12-24 00:00", "2026-12-27 00:00", 0, "Christmas Eve is a Polish holiday since 2025"),
        ("2024-12-24 00:00", "2024-12-25 00:00", 480, "and was a working day in 2024"),
    ],
)
def test_open_minutes(office, start, end, minutes, rule):
    assert office.open_seconds(at(start), at(end)) == minutes * 60, rule


def test_microseconds_are_exact(office):
    start = at("2026-07-01 12:59:59.999999")
    assert office.open_seconds(start, at("2026-07-01 14:00:00.000002")) == 0.000003
    assert office.open_seconds(start, start + timedelta(microseconds=1)) == 0.000001
    assert office.add(start, 0.000001) == at("2026-07-01 13:00:00")
    assert office.add(start, 0.000002) == at("2026-07-01 14:00:00.000001")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-07-03 21:00", "2026-07-04 07:00", 480),
        ("2026-07-04 05:00", "2026-07-04 23:00", 120),
        ("2026-07-05 22:00", "2026-07-06 22:00", 480),
        ("2026-07-03 00:00", "2026-07-03 06:00", 0),
    ],
)
def test_a_shift_past_midnight_belongs_to_the_day_on_which_it_starts(start, end, minutes):
    assert WorkingCalendar.from_config(NIGHTS).open_seconds(at(start), at(end)) == minutes * 60


def test_closing_a_day_closes_its_night_shift_to_the_end_and_not_the_one_of_the_day_before():
    closed = WorkingCalendar.from_config(NIGHTS | {"closures": ["2026-07-04"]})
    assert closed.open_seconds(at("2026-07-04 00:00"), at("2026-07-05 12:00")) == 6 * 3600
    assert closed.next_opening(at("2026-07-04 06:00")) == at("2026-07-05 22:00")


def test_an_exception_that_runs_into_the_hours_of_the_next_day_counts_once():
    calendar = WorkingCalendar.from_config(
        {"time_zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}, "exceptions": {"2026-07-01": ["20:00-12:00"]}}
    )
    day = [datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 3, tzinfo=UTC)]
    assert calendar.open_seconds(*day) == 21 * 3600
    assert len(calendar.opening_intervals(*day)) == 1


@pytest.mark.parametrize(
    ("start", "seconds", "reached", "shown"),
    [
        ("2026-07-01 09:00", 3600, "2026-07-01 10:00", "2026-07-01 10:00"),
        ("2026-07-01 09:00", 4 * 3600, "2026-07-01 13:00", "2026-07-01 14:00"),
        ("2026-07-01 16:00", 2 * 3600, "2026-07-01 18:00", "2026-07-02 09:00"),
        ("2026-07-01 16:00", 2 * 3600 + 1, "2026-07-02 09:00:01", "2026-07-02 09:00:01"),
        ("2026-07-01 20:00", 0, "2026-07-01 20:00", "2026-07-02 09:00"),
        ("2026-07-01 18:00", 0, "2026-07-01 18:00", "2026-07-02 09:00"),
        ("2026-07-01 10:00", 0, "2026-07-01 10:00", "2026-07-01 10:00"),
        ("2026-07-01 20:00", 60, "2026-07-02 09:01", "2026-07-02 09:01"),
        ("2026-07-04 13:00", 2 * 3600, "2026-07-07 10:00", "2026-07-07 10:00"),
        ("2026-12-31 12:30", 3600, "2027-01-02 10:30", "2027-01-02 10:30"),
    ],
)
def test_add_and_the_next_opening_of_what_it_gives(office, start, seconds, reached, shown):
    due = office.add(at(start), seconds)
    assert due == at(reached)
    assert office.next_opening(due) == at(shown)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("2026-07-01 08:59:59", False), ("2026-07-01 09:00", True), ("2026-07-01 12:59:59.999999", True),
     ("2026-07-01 13:00", False), ("2026-07-01 14:00", True), ("2026-07-01 18:00", False), ("2026-07-05 12:00", False)],
)  # fmt: skip
def test_opening_instants_are_inside_and_closing_instants_are_not(office, moment, is_open):
    assert office.is_open(at(moment)) is is_open


def test_opening_intervals_are_cut_to_the_span_and_in_the_calendars_zone(office):
    found = office.opening_intervals(datetime(2026, 7, 1, 8, tzinfo=UTC), datetime(2026, 7, 2, 7, 30, tzinfo=UTC))
    assert [(a.isoformat(), b.isoformat()) for a, b in found] == [
        ("2026-07-01T10:00:00+02:00", "2026-07-01T13:00:00+02:00"),
        ("2026-07-01T14:00:00+02:00", "2026-07-01T18:00:00+02:00"),
        ("2026-07-02T09:00:00+02:00", "2026-07-02T09:30:00+02:00"),
    ]


VERSIONED = {
    "time_zone": "Europe/Warsaw",
    "hours": {"mon-fri": ["09:00-17:00"]},
    "closures": ["2026-07-15"],
    "versions": [
        {"from": "2026-07-01", "until": "2026-08-01", "hours": {"mon-fri": ["08:00-12:00"]}},
        {"from": "2026-10-01", "hours": {"mon-sun": ["08:00-20:00"]}},
        {"from": "2026-12-01", "until": "2026-12-03", "hours": "always", "closures": []},
    ],
}


@pytest.mark.parametrize(
    ("first", "until", "hours", "rule"),
    [
        ("2026-06-30", "2026-07-01", 8, "before the first version the calendar itself holds"),
        ("2026-07-01", "2026-07-02", 4, "`from` is the first day"),
        ("2026-07-15", "2026-07-16", 0, "a part that is not given stays: the closure"),
        ("2026-07-31", "2026-08-01", 4, "the last day before `until`"),
        ("2026-08-03", "2026-08-04", 8, "between two versions the calendar itself holds"),
        ("2026-06-29", "2026-07-04", 2 * 8 + 3 * 4, "a duration across a change sums both"),
        ("2026-09-30", "2026-10-05", 8 + 4 * 12, "a version without `until`"),
        ("2026-11-30", "2026-12-04", 12 + 48 + 8, "ends where the next one begins, and does not come back after it"),
    ],
)
def test_each_version_counts_its_own_part(first, until, hours, rule):
    calendar = WorkingCalendar.from_config(VERSIONED)
    assert calendar.open_seconds(at(f"{first} 00:00"), at(f"{until} 00:00")) == hours * 3600, rule


def test_a_night_shift_keeps_the_version_of_the_day_on_which_it_starts():
    calendar = WorkingCalendar.from_config(NIGHTS | {"versions": [{"from": "2026-07-04", "hours": {}}]})
    assert calendar.open_seconds(at("2026-07-03 00:00"), at("2026-07-10 00:00")) == 8 * 3600


def test_a_version_can_take_the_holidays_away():
    calendar = WorkingCalendar.from_config(OFFICE | {"versions": [{"from": "2026-06-01", "holidays": None}]})
    assert calendar.open_seconds(at("2026-06-04 00:00"), at("2026-06-05 00:00")) == 8 * 3600


def test_round_the_clock_is_elapsed_time():
    always = WorkingCalendar.always()
    start, end = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    assert always.open_seconds(start, end) == (end - start).total_seconds()
    assert always.add(start, (end - start).total_seconds()) == end
    assert always.opening_intervals(start, end) == [(start, end)]


@pytest.mark.filterwarnings("ignore::evaluation.calendar.UnpublishedYear")
@pytest.mark.parametrize("year", [1901, 1970, 1990, 2099, 2198])
def test_years_far_away_are_prepared_when_they_are_asked_for(office, year):
    first, last = datetime(year, 1, 1, tzinfo=WARSAW), datetime(year + 1, 1, 1, tzinfo=WARSAW)
    assert 1500 * 3600 < office.open_seconds(first, last) < 2500 * 3600
    assert office.open_seconds(at("2026-07-01 09:00"), at("2026-07-01 10:00")) == 3600


@pytest.mark.filterwarnings("ignore::evaluation.calendar.UnpublishedYear")
def test_a_stray_date_in_a_column_does_not_change_the_others(office):
    starts = pd.Series(pd.to_datetime(["2026-07-01 07:00", "1905-01-01", "2150-01-01", None], utc=True, format="mixed"))
    ends = starts + pd.Timedelta("1h")
    assert office.open_seconds(starts, ends).tolist()[0] == 3600
    fine = WorkingCalendar.from_config({"time_zone": "Europe/Warsaw", "hours": {"mon-fri": ["09:07-17:00"]}})
    assert fine.open_seconds(starts, ends).tolist()[0] == 3600 - 7 * 60  # 245 years of minutes: found by bisection


@pytest.mark.parametrize(
    "moment", [datetime(1899, 12, 31, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_placeholders_for_no_date_are_refused(office, moment):
    with pytest.raises(DataError, match="outside the years that a working calendar covers"):
        office.open_seconds(at("2026-07-01 09:00"), moment)


@pytest.mark.parametrize(
    "config",
    [{"hours": {}}, {"hours": {"mon-fri": ["09:00-17:00"]}, "versions": [{"from": "1900-01-01", "hours": {}}]},
     {"hours": {}, "exceptions": {"2020-01-01": ["09:00-10:00"]}}],
)  # fmt: skip
def test_a_calendar_that_does_not_open_again_says_so(config):
    calendar = WorkingCalendar.from_config(config, time_zone="UTC")
    now = datetime(2026, 7, 1, tzinfo=UTC)
    with pytest.raises(DataError, match="not open again after 2026-07-01"):
        calendar.next_opening(now)
    with pytest.raises(DataError, match="not open for another 60 seconds after 2026-07-01"):
        calendar.add(now, 60)
    assert calendar.add(now, 0) == now
    assert calendar.open_seconds(now, now + timedelta(days=30)) == 0
    assert calendar.is_open(now) is False


def test_a_calendar_that_opens_once_in_a_while_is_followed_for_years():
    rare = WorkingCalendar.from_config({"hours": {}, "exceptions": {"2060-01-01": ["09:00-10:00"]}}, time_zone="UTC")
    assert rare.next_opening(datetime(2026, 7, 1, tzinfo=UTC)) == datetime(2060, 1, 1, 9, tzinfo=UTC)
    assert rare.add(datetime(2026, 7, 1, tzinfo=UTC), 1800) == datetime(2060, 1, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("method", ["open_seconds", "add", "next_opening", "is_open"])
def test_moments_without_a_zone_are_refused(office, method):
    arguments = {"open_seconds": (at("2026-07-01 09:00"),), "add": (60,)}.get(method, ())
    for naive in (datetime(2026, 7, 1, 9), pd.Timestamp("2026-07-01"), pd.Series(pd.to_datetime(["2026-07-01"])),
                  pd.DatetimeIndex(["2026-07-01"])):  # fmt: skip
        with pytest.raises(DataError, match="no time zone"):
            getattr(office, method)(naive, *arguments)
    for wrong in (date(2026, 7, 1), "2026-07-01", 1782900000, None, pd.Series(["2026-07-01"]), np.array([1.0])):
        with pytest.raises(TypeError, match="no instant"):
            getattr(office, method)(wrong, *arguments)


def test_seconds_that_cannot_be_added_are_refused(office):
    start = at("2026-07-01 09:00")
    column = pd.Series([start, start])
    for wrong in (-1, float("inf"), 1e11):
        with pytest.raises(DataError, match="cannot be added"):
            office.add(start, wrong)
    with pytest.raises(DataError, match="do not make pairs"):
        office.add(column, [1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="different indexes"):
        office.add(column, pd.Series([1.0, 2.0], index=[5, 6]))


def test_columns_that_do_not_pair_are_refused(office):
    column = pd.Series([at("2026-07-01 09:00")] * 3)
    with pytest.raises(DataError, match="do not make pairs"):
        office.open_seconds(column, column[:2])
    with pytest.raises(DataError, match="different indexes"):
        office.open_seconds(column, column.set_axis([7, 8, 9]))


def test_missing_instants_stay_missing(office):
    starts = pd.Series(
        [at("2026-07-01 09:00"), pd.NaT, at("2026-07-01 09:00")], index=["a", "b", "c"], name="created_at"
    )
    ends = pd.Series([at("2026-07-01 10:00"), at("2026-07-01 10:00"), pd.NaT], index=["a", "b", "c"])
    waits = office.open_seconds(starts, ends)
    assert waits.isna().tolist() == [False, True, True]
    assert waits["a"] == 3600
    due = office.add(starts, pd.Series([60.0, 60.0, None], index=["a", "b", "c"]))
    assert due.isna().tolist() == [False, True, True]
    assert (due.name, due.dtype.tz, list(due.index)) == ("created_at", WARSAW, ["a", "b", "c"])
    assert office.next_opening(starts).isna().tolist() == [False, True, False]
    assert office.is_open(starts).tolist() == [True, False, True]
    assert np.isnan(office.open_seconds(np.array(["NaT"], "M8[us]"), np.array(["2026-07-01"], "M8[us]"))).all()
    assert np.isnan(office.open_seconds(pd.NaT, at("2026-07-01 10:00")))
    assert office.add(pd.NaT, 60) is pd.NaT
    nothing = pd.Series([pd.NaT, pd.NaT]).dt.tz_localize("UTC")
    assert office.open_seconds(nothing, nothing).isna().all()
    assert office.add(nothing, 60).isna().all()


def test_empty_columns_give_empty_columns(office):
    empty = pd.Series([], dtype="datetime64[us, UTC]")
    assert len(office.open_seconds(empty, empty)) == len(office.add(empty, 5)) == len(office.next_opening(empty)) == 0
    assert len(office.is_open(np.array([], dtype="M8[us]"))) == 0


def test_a_single_instant_goes_with_a_column(office):
    cut, column = at("2026-07-01 12:00"), pd.Series([at("2026-07-01 09:00"), at("2026-07-01 11:00")], index=[4, 2])
    assert office.open_seconds(column, cut).to_dict() == {4: 3 * 3600, 2: 3600}
    assert office.open_seconds(cut, column).to_dict() == {4: -3 * 3600, 2: -3600}
    assert office.add(cut, pd.Series([60.0, 7200.0], index=["x", "y"])).to_dict() == {
        "x": at("2026-07-01 12:01"), "y": at("2026-07-01 15:00")
    }  # fmt: skip
    assert len(office.add(cut, np.array([1.0, 2.0]))) == 2


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_columns_of_every_resolution(office, unit):
    stamps = np.array(["2026-07-01T07:00:00", "2026-07-02T07:30:00"], dtype=f"M8[{unit}]")
    assert office.open_seconds(stamps[:1], stamps[1:]).tolist() == [8.5 * 3600]
    series = pd.Series(pd.DatetimeIndex(stamps, tz="UTC"))
    assert office.open_seconds(series[:1], series[1:].set_axis([0])).tolist() == [8.5 * 3600]
    assert office.add(stamps, 60).dtype == np.dtype("M8[us]")


def test_answers_keep_the_zone_of_the_question(office):
    start = datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert office.add(start, 60).tzinfo is UTC
    assert str(office.add(pd.Series([start]), 60).dtype) == "datetime64[us, UTC]"
    assert office.next_opening(pd.DatetimeIndex([start]).tz_convert("Asia/Tokyo")).tz.key == "Asia/Tokyo"


def test_a_calendar_can_be_sent_to_another_process(office):
    again = pickle.loads(pickle.dumps(office))
    assert again.open_seconds(at("2026-07-01 09:00"), at("2026-07-02 10:00")) == 9 * 3600
