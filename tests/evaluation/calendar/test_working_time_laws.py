"""Laws of working time on random calendars, and a second way to it: minute by minute, from the wall clock alone."""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.calendar import WorkingCalendar

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# A zone, and a date close to which its clock does something.
PLACES = [
    ("Europe/Warsaw", date(2026, 3, 29)), ("Europe/Warsaw", date(2026, 10, 25)), ("Europe/Warsaw", date(2026, 11, 11)),
    ("Europe/Moscow", date(2014, 10, 26)), ("Europe/Moscow", date(2026, 5, 9)), ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)), ("Asia/Kolkata", date(2026, 1, 26)),
    ("Australia/Lord_Howe", date(2026, 4, 5)), ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)), ("America/Sao_Paulo", date(2018, 11, 4)), ("Asia/Beirut", date(2022, 3, 27)),
]  # fmt: skip
COUNTRIES = {"Europe/Warsaw": "PL", "Europe/Moscow": "RU", "America/New_York": "US", "Asia/Kolkata": "IN"}


class MinuteByMinute:
    """Open minutes of a calendar over nine days, found by looking at the wall clock of every single minute."""

    def __init__(self, config, middle):
        zone = ZoneInfo(config["time_zone"])
        self.first = datetime(middle.year, middle.month, middle.day, tzinfo=UTC) - 6 * DAY
        count = 13 * 24 * 60
        wall = [(self.first + k * MINUTE).astimezone(zone).replace(tzinfo=None) for k in range(count)]
        shown = list(accumulate(wall, max))  # a time is reached when the clock first shows it or a later one
        self.open = np.zeros(count, dtype=bool)
        for step in range(-7, 8):
            day = middle + step * DAY
            midnight = datetime(day.year, day.month, day.day)
            for opens, closes in hours_of(config, day):
                self.open[bisect_left(shown, midnight + opens) : bisect_left(shown, midnight + closes)] = True

    def seconds(self, start, end):
        if end < start:
            return -self.seconds(end, start)
        total = timedelta()
        for k in range((start - self.first) // MINUTE, (end - self.first) // MINUTE + 1):
            begins = self.first + k * MINUTE
            if self.open[k]:
                total += max(timedelta(), min(end, begins + MINUTE) - max(start, begins))
        return total.total_seconds()

    def is_open(self, at):
        return bool(self.open[(at - self.first) // MINUTE])


def hours_of(config, day):
    """Opening and closing of a date as offsets from its midnight: the documented order of precedence, read anew."""
    part = dict(config)
    for version in config.get("versions", []):
        if version["from"] <= day < version.get("until", date.max):
            part |= version
    exceptions = part.get("exceptions", {})
    country = part.get("holidays", {}).get("country")
    if day in exceptions:
        listed = exceptions[day]
    elif day in part.get("closures", []) or (country and day in holidays.country_holidays(country)):
        listed = []
    else:
        listed = ["00:00-24:00"] if part["hours"] == "always" else part["hours"].get(WEEKDAYS[day.weekday()], [])
    for text in listed:
        opens, closes = (timedelta(hours=int(t[:2]), minutes=int(t[3:])) for t in text.split("-"))
        yield opens, closes if closes > opens else closes + DAY


def hhmm(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def day_hours(draw):
    """Intervals between 06:00 and 22:00, and perhaps a night shift after them: any two such days fit together."""
    step = draw(st.sampled_from([1, 5, 15, 30, 60]))
    marks = sorted(draw(st.sets(st.integers(360 // step, 1320 // step), min_size=2, max_size=6)))
    marks = [mark * step for mark in marks[: len(marks) // 2 * 2]]
    intervals = [f"{hhmm(a)}-{hhmm(b)}" for a, b in zip(marks[::2], marks[1::2], strict=True)]
    night = draw(st.sampled_from([None, None, (1320, 360), (1350, 61), (1439, 150), (1380, 1440)]))
    return draw(st.sampled_from([intervals, [], ["00:00-06:00", *intervals]])) if night is None else (
        [*intervals, f"{hhmm(night[0])}-{hhmm(night[1])}"] if night[1] <= 360 or night[1] == 1440 else intervals
    )  # fmt: skip


def without_overlap(week):
    """A day that opens at midnight cannot follow a night shift."""
    for number, name in enumerate(WEEKDAYS):
        before = week[WEEKDAYS[number - 1]]
        if before and before[-1][:2] >= "22" and not before[-1].endswith("24:00"):
            week[name] = [text for text in week[name] if not text.startswith("00:00")]
    return week


weeks = st.one_of(
    st.just("always"), st.fixed_dictionaries({name: day_hours() for name in WEEKDAYS}).map(without_overlap)
)


@st.composite
def calendars(draw):
    """A configuration, the brute force of it, and instants near a date at which something happens."""
    zone, middle = draw(st.sampled_from(PLACES))
    near = st.integers(-4, 4).map(lambda step: middle + step * DAY)
    config = {"time_zone": zone, "hours": draw(weeks), "closures": draw(st.lists(near, max_size=2, unique=True)),
              "exceptions": draw(st.dictionaries(near, day_hours(), max_size=2))}  # fmt: skip
    if zone in COUNTRIES and draw(st.booleans()):
        config["holidays"] = {"country": COUNTRIES[zone], "moved_working_days": False}
    if draw(st.booleans()):
        first = draw(near)
        version = {"from": first, "until": first + draw(st.integers(1, 4)) * DAY, "hours": draw(weeks)}
        config["versions"] = [version | draw(st.sampled_from([{}, {"closures": []}, {"exceptions": {}}]))]
    start = datetime(middle.year, middle.month, middle.day, tzinfo=UTC)
    instants = st.one_of(
        st.integers(-4 * 1440, 4 * 1440).map(lambda k: start + k * MINUTE),
        st.integers(-4 * 86_400_000_000, 4 * 86_400_000_000).map(lambda k: start + timedelta(microseconds=k)),
    )
    return config, middle, draw(st.lists(instants, min_size=2, max_size=12))


@settings(max_examples=60, deadline=None)
@given(calendars())
def test_open_seconds_are_those_counted_minute_by_minute(case):
    config, middle, instants = case
    calendar, brute = WorkingCalendar.from_config(config), MinuteByMinute(config, middle)
    for start, end in zip(instants, instants[1:], strict=False):
        assert calendar.open_seconds(start, end) == brute.seconds(start, end)
    assert [calendar.is_open(at) for at in instants] == [brute.is_open(at) for at in instants]


@settings(max_examples=25, deadline=None)
@given(calendars())
def test_next_opening_is_the_first_open_minute_from_then_on(case):
    config, middle, instants = case
    calendar, brute = WorkingCalendar.from_config(config), MinuteByMinute(config, middle)
    for at in instants:
        following = np.flatnonzero(brute.open[(at - brute.first) // MINUTE :])
        if len(following):
            expected = max(at, brute.first + ((at - brute.first) // MINUTE + int(following[0])) * MINUTE)
            assert calendar.next_opening(at) == expected


@settings(max_examples=25, deadline=None)
@given(calendars())
def test_adjacent_intervals_add_up_and_swapped_ones_change_their_sign(case):
    config, _, instants = case
    calendar = WorkingCalendar.from_config(config)
    microseconds = [round(calendar.open_seconds(a, b) * 1e6) for a, b in zip(instants, instants[1:], strict=False)]
    assert sum(microseconds) == round(calendar.open_seconds(instants[0], instants[-1]) * 1e6)
    assert calendar.open_seconds(instants[1], instants[0]) == -calendar.open_seconds(instants[0], instants[1])


@settings(max_examples=25, deadline=None)
@given(calendars())
def test_business_is_never_more_than_calendar_time_and_grows_with_it(case):
    config, _, instants = case
    calendar = WorkingCalendar.from_config(config)
    start, *later = sorted(instants)
    waits = [calendar.open_seconds(start, end) for end in later]
    assert waits == sorted(waits)
    assert all(0 <= wait <= (end - start).total_seconds() for wait, end in zip(waits, later, strict=True))


@settings(max_examples=20, deadline=None)
@given(
    calendars(),
    st.one_of(st.just(0), st.integers(0, 200_000_000_000), st.integers(0, 3_000).map(lambda m: m * 60_000_000)),
)
def test_add_is_the_earliest_instant_with_that_much_open_time(case, microseconds):
    config, _, instants = case
    config = config | {"versions": [], "hours": config["hours"] if any(config["hours"]) else "always"}
    if config["hours"] != "always":
        config["hours"] = config["hours"] | {"wed": ["09:00-17:00"]}
    calendar, seconds = WorkingCalendar.from_config(config), microseconds / 1e6
    start = instants[0]
    reached = calendar.add(start, seconds)
    assert calendar.open_seconds(start, reached) == seconds
    if microseconds:
        assert calendar.open_seconds(start, reached - timedelta(microseconds=1)) == pytest.approx(
            seconds - 1e-6, abs=1e-9
        )
    else:
        assert reached == start
    shown = calendar.next_opening(reached)
    assert calendar.open_seconds(reached, shown) == 0
    assert calendar.is_open(shown)


@settings(max_examples=25, deadline=None)
@given(calendars(), st.lists(st.integers(0, 300_000), min_size=12, max_size=12))
def test_single_instants_and_columns_of_every_kind_give_the_same(case, minutes):
    config, _, instants = case
    if config["hours"] != "always":
        config["hours"]["wed"] = ["09:00-17:00"]
    calendar, zone = WorkingCalendar.from_config(config), ZoneInfo(config["time_zone"])
    starts, ends, seconds = instants, instants[::-1], [60.0 * m + 0.000001 for m in minutes[: len(instants)]]
    one_by_one = [calendar.open_seconds(a, b) for a, b in zip(starts, ends, strict=True)]
    added = [calendar.add(a, s) for a, s in zip(starts, seconds, strict=True)]
    openings = [calendar.next_opening(a) for a in starts]
    series = [pd.Series(pd.to_datetime(column, utc=True)) for column in (starts, ends)]
    local = [column.dt.tz_convert(zone) for column in series]
    index = [pd.DatetimeIndex(column) for column in series]
    arrays = [np.array([at.replace(tzinfo=None) for at in column], dtype="datetime64[us]") for column in (starts, ends)]
    for first, second in (series, local, index, arrays):
        assert list(calendar.open_seconds(first, second)) == one_by_one
        assert list(pd.to_datetime(calendar.add(first, seconds), utc=True)) == added
        assert list(pd.to_datetime(calendar.next_opening(first), utc=True)) == openings
        assert list(calendar.is_open(first)) == [calendar.is_open(at) for at in starts]


@settings(max_examples=20, deadline=None)
@given(calendars(), st.sampled_from([ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")]))
def test_the_zone_in_which_an_instant_is_written_does_not_matter(case, zone):
    config, _, instants = case
    calendar = WorkingCalendar.from_config(config)
    start, end = instants[:2]
    assert calendar.open_seconds(start.astimezone(zone), end) == calendar.open_seconds(start, end)


@pytest.mark.filterwarnings("ignore::evaluation.calendar.UnpublishedYear")
@settings(max_examples=10, deadline=None)
@given(calendars(), st.integers(1, 20))
def test_what_was_asked_before_does_not_matter(case, years):
    config, _, instants = case
    fresh, used = WorkingCalendar.from_config(config), WorkingCalendar.from_config(config)
    used.open_seconds(instants[0] - timedelta(days=365 * years), instants[0] + timedelta(days=200 * years))
    start, end = instants[:2]
    assert used.open_seconds(start, end) == fresh.open_seconds(start, end)
