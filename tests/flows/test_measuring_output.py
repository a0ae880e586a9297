"""What `service-review measure` and `metrics` print and write."""

import json
from contextlib import redirect_stdout
from io import StringIO

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from evaluation.errors import ConfigError
from evaluation.measurement import COLUMNS
from evaluation.metrics.catalogue import catalogue
from evaluation.settings import Settings
from flows.definitions import print_definitions
from flows.figures import WIDTH, aligned, breakdown_lines, figure_lines
from flows.measuring import Output, _breakdown_as_json, _encoded

SETTINGS = Settings.model_validate({"organisation": {"name": "X", "time_zone": "UTC"}})
BREAKDOWN = Breakdown(
    id="contact_reasons", metric_id="tickets_created",
    frame=pd.DataFrame({"topic": ["Delivery", "A topic whose name is long " * 6], "tickets": [1200, 3],
                        "share": [0.99751, float("nan")]}),
    columns={"topic": "What it was about.", "tickets": "How many tickets.", "share": "Part of all tickets."},
    facts={"untagged": 7},
)  # fmt: skip


def row(**changes):
    usual = {"metric_id": "first_response_time_calendar", "period_id": "2026-Q3", "dimension": "team",
             "member": "A team with a rather long name, third line, Gdańsk and Sopot", "statistic": "median",
             "value": 5400.0, "n": 1234, "numerator": None, "denominator": None, "undecided": 0, "excluded": 0,
             "low": 5100.0, "high": 5700.0, "reason": None, "caveats": ""}  # fmt: skip
    return {**usual, **changes}


def test_a_line_of_figures_is_as_wide_as_a_page_at_most():
    rows = [row(), row(metric_id="backlog", statistic="age_over_30_days", value=12.0, low=None, high=None),
            row(metric_id="csat", value=None, low=None, high=None, reason="no_cases", n=0)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    lines = list(figure_lines(frame, catalogue(SETTINGS), is_brief=False))
    assert max(map(len, lines)) <= WIDTH
    assert lines[0].split() == ["metric", "statistic", "of", "value", "95", "%", "interval", "n"]
    assert lines[1].startswith("first_response_time_calendar  median            team A team")
    assert "1 h 30 min  1 h 25 min – 1 h 35 min" in lines[1]
    assert lines[1].endswith("1,234")
    assert "–  no cases" in lines[3]
    brief = list(figure_lines(frame, catalogue(SETTINGS), is_brief=True))
    assert "team" not in brief[1]


def test_only_text_is_shortened():
    lines = list(aligned(["text", "number"], [["a" * 300, "1" * 60]], right={"number"}))
    assert max(map(len, lines)) == WIDTH
    assert lines[1].endswith("1" * 60)
    assert "a…" in lines[1]


def test_names_of_columns_are_stacked_before_text_is_shortened():
    head = [
        f"cases_of_{word}" for word in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
    ]
    lines = list(aligned(head, [["1"] * 8], right=head))
    assert [line.split()[:2] for line in lines] == [["cases"] * 2, ["of"] * 2, ["first", "second"], ["1", "1"]]
    assert max(map(len, lines)) <= WIDTH


def test_a_breakdown_is_a_table_with_its_values_and_meanings():
    lines = list(breakdown_lines(BREAKDOWN))
    assert lines[0].split() == ["topic", "tickets", "share"]
    assert lines[1].split() == ["Delivery", "1,200", "0.9975"]
    assert max(map(len, lines)) <= WIDTH
    assert lines[3:] == ["", "untagged: 7", "topic: What it was about.", "tickets: How many tickets.",
                         "share: Part of all tickets."]  # fmt: skip


def test_a_breakdown_without_rows_says_why():
    empty = Breakdown(id="x", metric_id="csat", frame=pd.DataFrame({"a": []}), columns={"a": "A."}, reason="no_source")
    assert list(breakdown_lines(empty)) == ["x: – (no source)"]
    assert json.loads(_breakdown_as_json(empty))["reason"] == "no_source"


def test_formats_hold_the_same_rows(tmp_path):
    path = tmp_path / "rows.parquet"
    Output(format="parquet", path=path).write(_encoded(BREAKDOWN.frame, "parquet"))
    pd.testing.assert_frame_equal(pd.read_parquet(path), BREAKDOWN.frame)
    assert _encoded(BREAKDOWN.frame, "csv").decode().splitlines()[:2] == [
        "topic,tickets,share",
        "Delivery,1200,0.99751",
    ]
    found = json.loads(_breakdown_as_json(BREAKDOWN))
    assert found["rows"][0] == {"topic": "Delivery", "tickets": 1200, "share": 0.99751}
    assert found["rows"][1]["share"] is None
    assert (found["facts"], found["metric_id"]) == ({"untagged": 7}, "tickets_created")
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.parquet"]


@pytest.mark.parametrize(
    ("format", "name", "found"),
    [
        ("xml", None, "'xml' is not a format"),
        ("parquet", None, "Parquet is no text"),
        ("csv", ".", "is a folder"),
        ("csv", "no/rows.csv", "there is no folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_runs(tmp_path, format, name, found):
    path = None if name is None else tmp_path / name
    with pytest.raises(ConfigError) as error:
        Output(format=format, path=path).refuse()
    assert found in error.value.found


def printed(*arguments, **named):
    out = StringIO()
    with redirect_stdout(out):
        print_definitions(*arguments, **named)
    return out.getvalue()


def test_definitions_fit_a_terminal_of_80_columns():
    for text in (printed(None, None, is_whole=False), printed(None, None, is_whole=True)):
        assert max(map(len, text.splitlines())) <= 80


def test_a_definition_names_its_variants_with_an_example_of_each():
    text = printed("csat", None, is_whole=False)
    assert text.count("example:") == 2
    assert "top_box (chosen)" in text
    assert "value 0.6, n = 5" in text
    assert "mean 3.8, n = 5" in text


def test_the_organisations_choices_and_own_metrics_are_defined(tmp_path):
    (tmp_path / "review.yaml").write_text(
        "organisation: {name: X, time_zone: UTC}\n"
        "sources: [{id: a, kind: file, files: [x.csv], tables: [{table: tickets, columns: {ticket_id: a, created_at: b,"
        " channel_code: c}}]}]\n"
        "metrics:\n"
        "  csat: {variant: mean}\n"
        "  complaints: {kind: count, label: Complaints, pillar: quality, unit: count, better: lower, population: Those"
        " that complain., definition: How many there were., minimum_sample: 1, table: tickets, anchor: created_at,"
        " where: {is_complaint: true}}\n",
        encoding="utf-8",
    )
    assert "mean (chosen)" in printed("csat", tmp_path, is_whole=False)
    own = printed("complaints", tmp_path, is_whole=False)
    assert "How many there were." in own
    assert "tickets.is_complaint" in own
    assert "complaints" in printed(None, tmp_path, is_whole=False)
    with pytest.raises(ConfigError):
        print_definitions("complaints", None, is_whole=False)
