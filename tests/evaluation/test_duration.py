import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from evaluation.duration import Duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2h", 7200), ("90 min", 5400), ("20 s", 20), ("1h 30min", 5400), ("1h30min", 5400), ("1h 1min 1s", 3661),
     ("1.5h", 5400),
     ("0.1h", 360), ("8h", 28800), (" 4 h ", 14400), ("0s", 0)],
)  # fmt: skip
def test_durations_are_seconds(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "says"),
    [("1d", "day has no fixed length"), ("2 days", "day has no fixed length"), ("1w", "day has no fixed length"),
     (7200, "unit is missing"), (True, "unit is missing"), (None, "unit is missing"), ("7200", "not a duration"),
     ("", "not a duration"), ("-2h", "not a duration"), ("2 hours", "not a duration"), ("30min 1h", "not a duration"),
     ("1h 1h", "not a duration"), ("2H", "not a duration"), ("2h!", "not a duration"), ("0.5s", "whole number")],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(text, says):
    with pytest.raises(ValueError, match=says):
        parse_duration(text)


@given(st.integers(0, 10_000), st.integers(0, 59), st.integers(0, 59))
def test_parts_add_up(hours, minutes, seconds):
    assert parse_duration(f"{hours}h {minutes}min {seconds}s") == hours * 3600 + minutes * 60 + seconds


def test_field_type_reads_text_and_refuses_bare_numbers():
    adapter = TypeAdapter(Duration)
    assert adapter.validate_python("2h") == 7200
    with pytest.raises(ValidationError, match="unit is missing"):
        adapter.validate_python(7200)
    assert adapter.json_schema()["type"] == "string"
