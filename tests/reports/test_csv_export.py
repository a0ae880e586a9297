"""Measurements as CSV: every value comes back, and no text becomes a formula."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measurement import COLUMNS
from reports.csv_export import as_csv, guarded


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "  =1+1", "\n=1"])
def test_text_that_would_be_a_formula_is_quoted(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["Delivery", "1+1", "a=b", "", "Łódź", "e-mail"])
def test_other_text_stays(text):
    assert guarded(text) == text


def test_with_mark_for_spreadsheets_without_for_programs(assessment):
    frame = assessment.measurements.frame
    marked, plain = as_csv(frame), as_csv(frame, with_mark=False)
    assert marked.startswith(b"\xef\xbb\xbfmetric_id;period_id;")
    assert plain.startswith(b"metric_id,period_id,")
    assert marked.endswith(b"\r\n")


def test_every_measurement_comes_back(assessment):
    frame = assessment.measurements.frame
    text = as_csv(frame, with_mark=False).decode()
    again = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""]).astype(COLUMNS)
    pd.testing.assert_frame_equal(again[list(COLUMNS)].replace("", pd.NA), frame.replace("", pd.NA))


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_no_cell_begins_like_a_formula(names):
    rows = csv.reader(
        io.StringIO(as_csv(pd.DataFrame({"member": names})).decode("utf-8-sig"), newline=""), delimiter=";"
    )
    for (cell,) in [row for row in rows if row]:
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
