"""The engine gives what the calendar gives, for every row, and keeps the rows."""

from datetime import UTC, datetime, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.calendar import WorkingCalendar
from evaluation.calendar.engine import with_added, with_is_open, with_next_opening, with_open_seconds
from evaluation.errors import ConfigError, DataError

CONFIGS = {
    "office": {"time_zone": "Europe/Warsaw", "hours": {"mon-fri": ["09:00-13:00", "14:00-18:00"]},
               "holidays": {"country": "PL"}},
    "quarters": {"time_zone": "Asia/Kolkata", "hours": {"mon-sat": ["09:15-18:45"]}},
    "minutes": {"time_zone": "America/New_York", "hours": {"tue": ["09:07-17:01"], "sun": ["22:00-06:00"]}},
    "island": {"time_zone": "Australia/Lord_Howe", "hours": {"mon-sun": ["20:00-04:00"]},
               "versions": [{"from": "2026-04-05", "hours": {"wed": ["00:00-24:00"]}}]},
    "production": {"time_zone": "Europe/Moscow", "hours": {"mon-fri": ["09:00-18:00"]},
                   "holidays": {"country": "RU", "minutes_shorter_before_holiday": 60}},
    "always": {"time_zone": "UTC", "hours": "always"},
}  # fmt: skip
CALENDARS = {name: WorkingCalendar.from_config(config) for name, config in CONFIGS.items()}
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
PAIRS = {"wait": ("start", "end"), "back": ("end", "start"), "same": ("start", "start")}


@pytest.fixture(scope="module")
def connection():
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    return connection


def instants():
    count = st.integers(0, 45 * 86_400_000_000)
    return st.one_of(st.none(), st.integers(0, 45 * 1440).map(lambda m: FIRST + timedelta(minutes=m)),
                     count.map(lambda us: FIRST + timedelta(microseconds=us)))  # fmt: skip


rows = st.lists(
    st.tuples(
        instants(), instants(), st.sampled_from([*CALENDARS, "unknown", None]),
        st.one_of(st.none(), st.just(0.0), st.integers(0, 400_000).map(float), st.floats(0, 400_000), st.just(5e-7)),
    ),
    min_size=5, max_size=60,
)  # fmt: skip


def frame_of(rows):
    frame = pd.DataFrame(rows, columns=["start", "end", "calendar", "seconds"]).rename_axis("row").reset_index()
    for column in ("start", "end"):
        frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
    return frame.astype({"seconds": "float64", "calendar": "str"})


def on_engine(connection, frame, change):
    """What the engine makes of the frame, in its order, with instants as microseconds in UTC."""
    table = connection.create_table("cases", frame, overwrite=True)
    found = change(table).order_by("row").to_pyarrow().to_pandas()
    assert found.row.tolist() == frame.row.tolist()
    return found


def by_calendar(frame, measure):
    """What the calendars say, row by row's own; missing for an unknown one."""
    parts = [measure(CALENDARS[name], part) for name, part in frame.groupby("calendar") if name in CALENDARS]
    return pd.concat(parts).reindex(frame.index) if parts else pd.Series(index=frame.index, dtype="float64")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_open_seconds_in_the_engine_are_those_of_the_calendars(connection, cases):
    frame = frame_of(cases)
    found = on_engine(
        connection, frame, lambda t: with_open_seconds(t, CALENDARS, pairs=PAIRS, calendar_column="calendar")
    )
    for name, (start, end) in PAIRS.items():
        expected = by_calendar(frame, lambda calendar, part, a=start, b=end: calendar.open_seconds(part[a], part[b]))
        np.testing.assert_array_equal(found[name].to_numpy(dtype=float), expected.to_numpy(dtype=float))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_due_instants_in_the_engine_are_those_of_the_calendars(connection, cases):
    frame = frame_of(cases)

    def change(table):
        added = with_added(table, CALENDARS, sums={"due": ("start", "seconds")}, calendar_column="calendar")
        shown = with_next_opening(added, CALENDARS, instants={"shown": "due"}, calendar_column="calendar")
        return with_is_open(shown, CALENDARS, instants={"inside": "start"}, calendar_column="calendar")

    found = on_engine(connection, frame, change)
    due = by_calendar(frame, lambda calendar, part: calendar.add(part.start, part.seconds))
    assert found.due.isna().tolist() == due.isna().tolist()
    assert found.due.dropna().tolist() == due.dropna().tolist()
    shown = by_calendar(
        frame, lambda calendar, part: calendar.next_opening(due[part.index].astype("datetime64[us, UTC]"))
    )
    assert found.shown.dropna().tolist() == shown.dropna().tolist()
    known = frame.start.notna() & frame.calendar.isin(list(CALENDARS))
    inside = by_calendar(frame, lambda calendar, part: calendar.is_open(part.start))
    assert found.inside[known].astype(bool).tolist() == inside[known].astype(bool).tolist()
    assert found.inside[~known].isna().all()


def one_row(connection, **columns):
    given = {"row": [0]} | {name: [value] for name, value in columns.items()}
    return connection.create_table("single", pd.DataFrame(given), overwrite=True)


def at(text):
    return pd.Timestamp(text, tz="UTC")


def test_one_calendar_needs_no_column(connection):
    table = one_row(connection, start=at("2026-07-03 15:00"), end=at("2026-07-06 07:30"))
    found = with_open_seconds(table, {"office": CALENDARS["office"]}, pairs={"wait": ("start", "end")})
    assert found.columns == ("row", "start", "end", "wait")
    assert found.wait.execute().tolist() == [5400.0]


def test_several_calendars_need_a_column(connection):
    table = one_row(connection, start=at("2026-07-03"), end=at("2026-07-04"))
    with pytest.raises(ConfigError, match="6 calendars, and no column says which applies"):
        with_open_seconds(table, CALENDARS, pairs={"wait": ("start", "end")})
    with pytest.raises(ConfigError, match="no calendar to measure by"):
        with_open_seconds(table, {}, pairs={"wait": ("start", "end")})


def test_a_timestamp_without_a_zone_is_in_utc(connection):
    table = one_row(connection, start=pd.Timestamp("2026-07-03 15:00"), end=pd.Timestamp("2026-07-06 07:30"))
    office = {"office": CALENDARS["office"]}
    assert with_open_seconds(table, office, pairs={"wait": ("start", "end")}).wait.execute().tolist() == [5400.0]
    due = with_added(table.mutate(seconds=5400.0), office, sums={"due": ("start", "seconds")}).due.execute()
    assert due.tolist() == [at("2026-07-06 07:30")]


def test_what_is_outside_the_given_span_is_null_and_the_row_stays(connection):
    office = {"office": CALENDARS["office"]}
    table = one_row(connection, start=at("2026-07-03 15:00"), end=at("2026-07-06 07:30"))
    for earliest, latest in (
        ("2026-07-04", "2026-07-07"),
        ("2026-07-01", "2026-07-06 05:00"),
        ("2020-01-01", "2020-01-02"),
    ):
        found = with_open_seconds(
            table, office, pairs={"wait": ("start", "end")}, earliest=at(earliest), latest=at(latest)
        )
        assert found.count().execute() == 1
        assert found.wait.execute().isna().all()
    found = with_open_seconds(
        table, office, pairs={"wait": ("start", "end")}, earliest=at("2026-07-03 15:00"), latest=at("2026-07-06 07:30")
    )
    assert found.wait.execute().tolist() == [5400.0]
    with pytest.raises(ConfigError, match="swap earliest and latest"):
        with_open_seconds(
            table, office, pairs={"wait": ("start", "end")}, earliest=at("2026-07-05"), latest=at("2026-07-04")
        )


def test_negative_seconds_and_empty_tables_give_nothing(connection):
    office = {"office": CALENDARS["office"]}
    table = one_row(connection, start=at("2026-07-03 15:00"), seconds=-1.0)
    assert with_added(table, office, sums={"due": ("start", "seconds")}).due.execute().isna().all()
    assert with_added(table.filter(table.row > 5), office, sums={"due": ("start", "seconds")}).count().execute() == 0


def test_a_column_is_replaced_and_the_others_stay(connection):
    table = one_row(connection, start=at("2026-07-03 15:00"), end=at("2026-07-06 07:30"), wait=1.0)
    found = with_open_seconds(table, {"office": CALENDARS["office"]}, pairs={"wait": ("start", "end")})
    assert found.columns == ("row", "start", "end", "wait")
    assert found.wait.execute().tolist() == [5400.0]


def test_a_calendar_that_does_not_open_is_refused_when_it_should(connection):
    closed = {"closed": WorkingCalendar.from_config({"hours": {}}, time_zone="UTC")}
    table = one_row(connection, start=at("2026-07-03 15:00"), end=at("2026-07-06 07:30"), seconds=60.0)
    assert with_open_seconds(table, closed, pairs={"wait": ("start", "end")}).wait.execute().tolist() == [0.0]
    with pytest.raises(DataError, match="not open for another 60 seconds"):
        with_added(table, closed, sums={"due": ("start", "seconds")})


def test_a_span_that_would_not_fit_is_refused(connection):
    table = one_row(connection, start=at("1971-01-01"), end=at("2190-01-01"))
    with pytest.raises(DataError, match="too large a table"):
        with_open_seconds(table, {"minutes": CALENDARS["minutes"]}, pairs={"wait": ("start", "end")})


def test_the_years_before_1970(connection):
    office = {"office": WorkingCalendar.from_config({"hours": {"mon-fri": ["09:00-17:00"]}}, time_zone="UTC")}
    table = one_row(connection, start=at("1969-12-30 10:59:59.5"), end=at("1970-01-02 09:00:00.25"))
    found = with_open_seconds(table, office, pairs={"wait": ("start", "end")}).wait.execute()
    assert found.tolist() == [6 * 3600 + 0.5 + 16 * 3600 + 0.25]


def test_the_look_up_table_is_made_once(connection):
    table = one_row(connection, start=at("2026-07-03 15:00"), end=at("2026-07-06 07:30"))
    count = "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'working_time_%'"
    office = {"office": CALENDARS["office"]}
    with_open_seconds(table, office, pairs={"wait": ("start", "end")})
    before = connection.con.sql(count).fetchall()
    with_open_seconds(table, office, pairs={"wait": ("start", "end"), "back": ("end", "start")})
    assert connection.con.sql(count).fetchall() == before
