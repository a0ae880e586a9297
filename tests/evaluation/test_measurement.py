"""Measurements: sorted by their key, each once, and found again as records."""

import pandas as pd
import pytest

from evaluation.errors import CannotMeasure
from evaluation.measurement import COLUMNS, KEY, UNASSIGNED, Absent, Caveat, Measurements

GIVEN = (
    ("csat", "2026-08", "all", "all", "value", 0.5, 4, None, "small_sample,immature"),
    ("csat", "2026-07", "team", UNASSIGNED, "value", None, 0, "no_cases", ""),
    ("csat", "2026-07", "team", "Łódź", "value", 0.25, 8, None, ""),
    ("csat", "2026-07", "team", "billing", "value", 1.0, 2, None, ""),
    ("csat", "2026-07", "team", "billing", "sd", 0.0, 2, None, ""),
    ("backlog", "2026-07", "all", "all", "value", 12.0, 12, None, ""),
)


def frame(rows=GIVEN):
    columns = ["metric_id", "period_id", "dimension", "member", "statistic", "value", "n", "reason", "caveats"]
    return pd.DataFrame(rows, columns=columns).reindex(columns=list(COLUMNS))


@pytest.mark.parametrize("kind", ["string", "category", "object"])
def test_rows_are_in_order_whatever_the_texts_are_kept_as(kind):
    texts = [name for name, dtype in COLUMNS.items() if dtype == "string"]
    found = Measurements(frame().astype(dict.fromkeys(texts, kind)))
    assert found.frame.dtypes.astype(str).to_dict() == COLUMNS
    assert list(found.frame[KEY].itertuples(index=False, name=None)) == sorted(row[:5] for row in GIVEN)
    assert len(found) == len(GIVEN)


def test_records_say_what_the_rows_say():
    found = Measurements(frame())
    one = found.get("csat", "2026-08", statistic="value")
    assert (one.value, one.n, one.reason, one.undecided) == (0.5, 4, None, 0)
    assert one.caveats == (Caveat.SMALL_SAMPLE, Caveat.IMMATURE)
    absent = found.get("csat", "2026-07", statistic="value", dimension="team", member=UNASSIGNED)
    assert (absent.value, absent.n, absent.reason, absent.caveats) == (None, 0, Absent.NO_CASES, ())
    assert [(row.metric_id, row.period_id, row.member, row.statistic) for row in found] == [
        (row.metric_id, row.period_id, row.member, row.statistic) for row in found.frame.itertuples()
    ]


def test_members_are_alphabetical_and_the_unassigned_last():
    found = Measurements(frame())
    assert [row.member for row in found.members("csat", "2026-07", "team", statistic="value")] == [
        "billing", "Łódź", UNASSIGNED,
    ]  # fmt: skip
    assert [row.member for row in found.members("csat", "2026-07", "team", statistic="sd")] == ["billing"]
    assert found.members("csat", "2026-08", "team", statistic="value") == ()


@pytest.mark.parametrize(
    "key",
    [
        {"metric_id": "cset", "period_id": "2026-08", "statistic": "value"},
        {"metric_id": "csat", "period_id": "2026-09", "statistic": "value"},
        {"metric_id": "csat", "period_id": "2026-08", "statistic": "sd"},
        {"metric_id": "csat", "period_id": "2026-07", "statistic": "value", "dimension": "team", "member": "all"},
    ],
)
def test_what_was_not_measured_is_told(key):
    with pytest.raises(CannotMeasure, match="nothing was measured for"):
        Measurements(frame()).get(**key)


def test_nothing_is_measured_twice():
    with pytest.raises(ValueError, match="measured twice: .*'member': 'billing', 'statistic': 'sd'"):
        Measurements(frame((*GIVEN, GIVEN[4])))


def test_nothing_measured_is_no_fault():
    assert list(Measurements(frame(()))) == []
