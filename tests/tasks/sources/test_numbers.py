"""Numbers, flags and durations are read strictly."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.sources.numbers import read_durations, read_flags, read_integers, read_numbers

BAD = "not understood"


def outcome(read):
    values, bad = read
    assert len(values) == 1
    return BAD if bad[0] else values[0].as_py()


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "expected"),
    [
        ("1.5", ".", "", 1.5),
        ("-2", ".", "", -2.0),
        ("1e3", ".", "", 1000.0),
        ("1,5", ".", "", BAD),
        ("1,5", ",", "", 1.5),
        ("1.5", ",", "", BAD),
        ("1.234,5", ",", ".", 1234.5),
        ("1 234,5", ",", " ", 1234.5),
        ("1\u00a0234", ".", " ", 1234.0),
        ("1,234.5", ".", ",", 1234.5),
        ("1,23", ".", ",", BAD),
        ("12'345", ".", "'", 12345.0),
        ("nan", ".", "", BAD),
        ("inf", ".", "", BAD),
        ("1e999", ".", "", BAD),
        ("0x10", ".", "", BAD),
        ("1_000", ".", "", BAD),
        ("7 / 10", ".", "", BAD),
        ("", ".", "", BAD),
        (None, ".", "", None),
        (".5", ".", "", 0.5),
        ("1.2.3", ",", ".", BAD),
        ("1.234", ",", ".", 1234.0),
    ],
)
def test_numbers(text, decimal, thousands, expected):
    assert outcome(read_numbers(pa.array([text], pa.string()), decimal, thousands)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3),
        ("+3", 3),
        ("3.0", 3),
        ("3.5", BAD),
        ("1e3", BAD),
        ("-7", -7),
        ("12345678901234567", 12345678901234567),
        ("9" * 19, BAD),
        (None, None),
        ("three", BAD),
    ],
)
def test_whole_numbers(text, expected):
    assert outcome(read_integers(pa.array([text], pa.string()))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("TRUE", True),
        ("Yes", True),
        ("1", True),
        ("false", False),
        ("no", False),
        ("0", False),
        ("Y", BAD),
        ("x", BAD),
        ("2", BAD),
        ("", BAD),
        (None, None),
    ],
)
def test_flags(text, expected):
    assert outcome(read_flags(pa.array([text], pa.string()))) == expected


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("83", ["seconds"], 83.0),
        ("83000", ["milliseconds"], 83.0),
        ("1.5", ["minutes"], 90.0),
        ("2", ["hours"], 7200.0),
        ("0.5", ["days"], 43200.0),
        ("00:01:23", ["h:m:s"], 83.0),
        ("27:00:00.5", ["h:m:s"], 97200.5),
        ("12:31", ["m:s"], 751.0),
        ("12:31", ["h:m"], 45060.0),
        ("12:31", ["seconds", "h:m:s", "words"], BAD),
        ("00:61:00", ["h:m:s"], BAD),
        ("1m23s", ["words"], 83.0),
        ("1h 2m 3s", ["words"], 3723.0),
        ("2 days 1 h", ["words"], 176400.0),
        ("5 min", ["words"], 300.0),
        ("PT1H2M3.5S", ["words"], 3723.5),
        ("P1D", ["words"], 86400.0),
        ("P", ["words"], BAD),
        ("", ["words"], BAD),
        ("-5", ["seconds"], -5.0),
        ("soon", ["seconds", "words"], BAD),
        (None, ["seconds"], None),
    ],
)
def test_durations(text, formats, expected):
    assert outcome(read_durations(pa.array([text], pa.string()), formats)) == expected


@given(st.integers(0, 10**7))
@settings(max_examples=60, deadline=None)
def test_every_spelling_of_a_duration_is_the_same_time(seconds):
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    spellings = [
        str(seconds),
        f"{hours}:{minutes:02d}:{rest:02d}",
        f"{hours}h{minutes}m{rest}s",
        f"PT{hours}H{minutes}M{rest}S",
    ]
    if hours >= 10**6:
        return
    values, _ = read_durations(pa.array(spellings), ["seconds", "h:m:s", "words"])
    assert values.to_pylist() == [float(seconds)] * 4


@given(st.floats(-1e12, 1e12).map(lambda value: round(value, 4)))
@settings(max_examples=60, deadline=None)
def test_a_number_is_the_same_under_every_mark(value):
    text = f"{value:,.4f}"
    european = text.replace(",", "_").replace(".", ",").replace("_", ".")
    assert outcome(read_numbers(pa.array([text]), ".", ",")) == pytest.approx(value, abs=1e-4)
    assert outcome(read_numbers(pa.array([european]), ",", ".")) == outcome(read_numbers(pa.array([text]), ".", ","))
