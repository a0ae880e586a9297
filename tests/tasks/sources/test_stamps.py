"""Stamps and dates, against Python's own datetime and zoneinfo."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.sources.formats import DAY_FIRST, check_formats
from tasks.sources.stamps import read_dates, read_stamps

ZONES = ["UTC", "Europe/Warsaw", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]


def one(text: str, *formats: str, zone: str | None = "Europe/Warsaw"):
    return read_stamps(pa.array([text]), formats or ("iso",), zone).values[0].as_py()


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2026-07-01T10:00:00Z", ["iso"], "2026-07-01T10:00:00+00:00"),
        ("2026-07-01 10:00:00 UTC", ["iso"], "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T10:00:00.123Z", ["iso"], "2026-07-01T10:00:00.123000+00:00"),
        ("2026-07-01T10:00:00.123456789Z", ["iso"], "2026-07-01T10:00:00.123456+00:00"),
        ("2026-07-01T10:00:00,5Z", ["iso"], "2026-07-01T10:00:00.500000+00:00"),
        ("2026-07-01T10:00:00+0200", ["iso"], "2026-07-01T08:00:00+00:00"),
        ("2026-07-01T10:00:00+02:00", ["iso"], "2026-07-01T08:00:00+00:00"),
        ("2026-07-01 10:00:00 +05:30", ["iso"], "2026-07-01T04:30:00+00:00"),
        ("2026-07-01T10:00+02", ["iso"], "2026-07-01T08:00:00+00:00"),
        ("2026-07-01", ["iso"], "2026-06-30T22:00:00+00:00"),
        ("2026-07-01 10:00", ["iso"], "2026-07-01T08:00:00+00:00"),
        ("0001-01-01T00:00:00Z", ["iso"], "0001-01-01T00:00:00+00:00"),
        ("01/07/2026 10:00", ["%d/%m/%Y %H:%M"], "2026-07-01T08:00:00+00:00"),
        ("1/7/2026 9:05", ["%d/%m/%Y %H:%M"], "2026-07-01T07:05:00+00:00"),
        ("7/1/2026 10:00 PM", ["%m/%d/%Y %I:%M %p"], "2026-07-01T20:00:00+00:00"),
        ("01 Jul 2026 10:00 +0000", ["%d %b %Y %H:%M %z"], "2026-07-01T10:00:00+00:00"),
        ("2012/10/09 14:50:17.000", ["%Y/%m/%d %H:%M:%S.%f"], "2012-10-09T12:50:17+00:00"),
        ("1782900000", ["epoch_seconds"], "2026-07-01T10:00:00+00:00"),
        ("1782900000.5", ["epoch_seconds"], "2026-07-01T10:00:00.500000+00:00"),
        ("1782900000123", ["epoch_seconds", "epoch_milliseconds"], "2026-07-01T10:00:00.123000+00:00"),
        ("46204.4166666667", ["excel"], "2026-07-01T08:00:00+00:00"),
        ("3.7.2026", ["iso", "%d.%m.%Y"], "2026-07-02T22:00:00+00:00"),
    ],
)
def test_a_stamp_is_read_as_the_instant_it_names(text, formats, expected):
    assert one(text, *formats).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2026-02-29", ["iso"]), ("2026-13-01", ["iso"]), ("2026-07-01T25:00Z", ["iso"]), ("20260701", ["iso"]),
        ("2026-W27-1", ["iso"]), ("2026-7-1", ["iso"]), ("2026", ["iso"]), ("2026-07-01T10:00:60Z", ["iso"]),
        ("2026-07-01T10:00:00Zulu", ["iso"]), ("31.02.2026", ["%d.%m.%Y"]), ("01.07.2026 x", ["%d.%m.%Y"]),
        ("-5", ["epoch_seconds"]), ("1782900000123", ["epoch_seconds"]), ("1782900000", ["epoch_milliseconds"]),
        ("1e9", ["epoch_seconds"]), ("5", ["excel"]), ("nan", ["epoch_seconds"]), ("", ["iso"]),
    ],
)  # fmt: skip
def test_what_is_no_stamp_is_not_read(text, formats):
    read = read_stamps(pa.array([text]), formats, "UTC")
    assert read.unread.tolist() == [True]
    assert read.values.to_pylist() == [None]


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)).map(lambda stamp: stamp.replace(fold=0)),
    st.sampled_from(ZONES),
    st.sampled_from(["%d.%m.%Y %H:%M:%S.%f", "iso", "%Y/%m/%d %I:%M:%S.%f %p"]),
)
@example(datetime(2026, 10, 25, 2, 30), "Europe/Warsaw", "iso")
@example(datetime(2026, 10, 25, 1, 30), "Europe/Dublin", "iso")
@example(datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe", "iso")
@settings(max_examples=150, deadline=None)
def test_local_time_agrees_with_zoneinfo(local, name, pattern):
    zone = ZoneInfo(name)
    text = local.isoformat() if pattern == "iso" else local.strftime(pattern)
    read = read_stamps(pa.array([text]), [pattern], name)
    first = local.replace(tzinfo=zone)
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    assert bool(read.shifted[0]) is not exists
    if exists:
        assert read.values[0].as_py() == first.astimezone(UTC)
        assert bool(read.ambiguous[0]) is (first.utcoffset() != local.replace(tzinfo=zone, fold=1).utcoffset())


def test_a_time_that_never_was_is_moved_to_the_end_of_the_gap():
    assert one("2026-03-29 02:30") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_an_hour_that_occurred_twice_is_its_first_occurrence():
    assert one("2026-10-25 02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(st.datetimes(datetime(1975, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
@settings(max_examples=60, deadline=None)
def test_an_offset_names_the_same_instant_as_python_reads(naive, minutes):
    from datetime import timezone

    stamp = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert one(stamp.isoformat(), zone=None) == stamp.astimezone(UTC)


@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=1, max_size=20), st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_fast_way_and_the_slow_way_read_the_same_days(days, pad):
    texts = [day.strftime("%d.%m.%Y") if pad else f"{day.day}.{day.month}.{day.year}" for day in days]
    read = read_stamps(pa.array(texts), ["%d.%m.%Y"], "UTC")
    assert [stamp.date() for stamp in read.values.to_pylist()] == days


def test_a_stamp_without_a_zone_is_told_when_none_is_given():
    read = read_stamps(pa.array(["2026-07-01 10:00", "2026-07-01T10:00Z"]), ["iso"], None)
    assert read.without_zone.tolist() == [True, False]


@pytest.mark.parametrize("text", ["01/07/2026", "1.7.2026 10:00", "01-07-2026 10:00:05", "01.07.2026, 10:00"])
def test_day_first_reads_day_month_year(text):
    assert one(text, *DAY_FIRST, zone="UTC").date() == date(2026, 7, 1)


def test_a_date_is_the_day_as_written():
    values, bad = read_dates(pa.array(["2026-07-01T23:30:00-08:00", "2026-07-02", "x"]), ["iso"])
    assert values.to_pylist() == [date(2026, 7, 1), date(2026, 7, 2), None]
    assert bad.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("formats", "message"),
    [
        (("%d/%m/%Y", "%m/%d/%Y"), "different days; keep one"),
        (("dd.mm.yyyy",), "is not a format; use iso"),
        (("%d.%m %H:%M",), "does not say year, month and day"),
        (("%Y-%m-%d %Z",), "%Z .* is ambiguous; use %z"),
        (("%Y-%m-%d %Q",), "is not a strptime pattern"),
    ],
)
def test_formats_that_cannot_work_are_refused(formats, message):
    with pytest.raises(ValueError, match=message):
        check_formats("created_at", "instant", formats)
