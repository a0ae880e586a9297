"""Values that a source keeps with their type give what the same values give as text."""

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.errors import SourceError

REST = {"created_at": {"constant": "2020-01-01T00:00:00Z"}, "channel_code": {"constant": "chat"}}
STAMPS = [datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC), None, datetime(1999, 12, 31, 23, 0, tzinfo=UTC)]


def _stamps(pull, configure, frame: pd.DataFrame, **mapped) -> list:
    frame.to_parquet(pull.root / "a.parquet")
    collected = pull(configure({**REST, **mapped}))
    return [*_plain(pull.frame()["solved_at"]), collected.intake]


def _plain(column: pd.Series) -> list:
    return column.astype(object).where(column.notna(), None).tolist()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_typed_stamps_are_the_instants_that_their_text_names(pull, configure, unit, zone):
    typed = pd.Series(pd.to_datetime(STAMPS).astype(f"datetime64[{unit}, {zone}]"))
    text = typed.dt.strftime("%Y-%m-%d %H:%M:%S.%f%z").astype(object).where(typed.notna(), None)
    keys = pd.Series(["1", "2", "3"])
    read = _stamps(pull, configure, pd.DataFrame({"id": keys, "done": typed}), solved_at="done")
    written = _stamps(pull, configure, pd.DataFrame({"id": keys, "done": text}), solved_at="done")
    assert read[:-1] == written[:-1]
    assert [one.rows_out for one in read[-1]] == [3]


@pytest.mark.parametrize("year", [1, 1900])
def test_a_typed_placeholder_is_refused_as_its_text_is(pull, configure, year):
    done = pd.Series([datetime(year, 1, 1, tzinfo=UTC)], dtype="datetime64[us, UTC]")
    with pytest.raises(SourceError, match="lies before 2 January 1900"):
        _stamps(pull, configure, pd.DataFrame({"id": ["1"], "done": done}), solved_at="done")


def test_a_code_for_no_stamp_is_known_in_a_typed_column(pull, configure):
    done = pd.Series(pd.to_datetime(["1970-01-01", "2026-07-01"], utc=True).astype("datetime64[us, UTC]"))
    frame = pd.DataFrame({"id": ["1", "2"], "done": done})
    mapped = {"from": "done", "missing": ["1970-01-01 00:00:00.000000Z"]}
    assert _stamps(pull, configure, frame, solved_at=mapped)[:-1] == [None, pd.Timestamp("2026-07-01", tz="UTC")]


def test_whole_numbers_of_any_length_are_written_as_they_are(pull, configure):
    numbers = [7, None, -12, 2**63 - 1, 2**63, 10**30]
    records = [{"id": str(key), "topic": number} for key, number in enumerate(numbers)]
    for kept in (records[:4], records):
        pull.write(a__ndjson="".join(json.dumps(record) + "\n" for record in kept))
        pull(configure({**REST, "topic": "topic"}))
        expected = [None if record["topic"] is None else str(record["topic"]) for record in kept]
        assert _plain(pull.frame()["topic"]) == expected
