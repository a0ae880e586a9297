"""A sample from the command line to the report's figures: drawn, written, filled in, read back, measured."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def call(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "flows.command_line", *map(str, arguments)], cwd=folder, capture_output=True, text=True,
        timeout=600, check=False, env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )  # fmt: skip


def filled(path, auditor, day, choose):
    """Mark every case of a worksheet; the answer is the marks by case."""
    book = openpyxl.load_workbook(path)
    marks = {}
    for sheet in book:
        headers = [cell.value for cell in sheet[3]] if sheet.max_row > 3 else []
        if "Auditor" not in headers:
            continue
        first = headers.index("Topic") + (2 if headers[headers.index("Topic") + 1] in ("Subject", "Recording") else 1)
        last = headers.index("Auditor")
        for row in sheet.iter_rows(min_row=4):
            marks[row[1].value] = [choose() for _ in headers[first:last]]
            for cell, mark in zip(row[first:last], marks[row[1].value], strict=True):
                cell.value = mark
            row[last].value, row[last + 1].value = auditor, day
    book.save(path)
    return marks


def measured(folder, period, *metrics):
    asked = [word for metric in metrics for word in ("-m", metric)]
    done = call(folder, "measure", period, "--format", "json", "-d", "all", *asked, "-q")
    assert done.returncode == 0, done.stderr
    return {(row["metric_id"], row["statistic"]): row for row in json.loads(done.stdout) if row["period_id"] == period}


def with_worksheets(folder):
    review = folder / "review.yaml"
    review.write_text(
        review.read_text() + "\n  - {id: worksheets, kind: audit_worksheet, files: ['audits/*.xlsx']}\n", "utf-8"
    )


def test_real_conversations_are_drawn_audited_and_measured(tmp_path):
    folder = tmp_path / "social-care"
    shutil.copytree(
        ROOT / "examples" / "social-care", folder, ignore=shutil.ignore_patterns("archive", "out", "audits")
    )
    asked = ("sample", "2020-Q1", "--half-width", "25%", "--by", "team", "--double", "12", "-q")
    with_worksheets(folder)
    done = call(folder, *asked)
    assert done.returncode == 0, done.stderr
    page = (ROOT / "docs" / "audits.md").read_text("utf-8")
    (printed,) = re.findall(r"^```text drawn\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert done.stdout.startswith(printed)  # the example of the page
    first, second = folder / "audits" / "2020-Q1.xlsx", folder / "audits" / "2020-Q1-second.xlsx"
    written = first.read_bytes()
    assert call(folder, *asked).returncode == 2
    assert first.read_bytes() == written

    chance = random.Random(4)
    marks = filled(first, "q01", date(2020, 3, 31), lambda: chance.choice([1, 2]))
    filled(second, "q02", date(2020, 3, 31), lambda: chance.choice([1, 2]))
    weights = (1, 3, 1, 1, 1)
    by_hand = [sum(w * mark / 2 for w, mark in zip(weights, own, strict=True)) / 7 for own in marks.values()]
    figures = measured(folder, "2020-Q1", "correspondence_audit_score", "auditor_agreement")
    score = figures["correspondence_audit_score", "mean"]
    assert score["n"] == len(marks)
    assert score["value"] == pytest.approx(sum(by_hand) / len(by_hand))
    assert figures["auditor_agreement", "alpha"]["n"] == 12

    again = call(folder, *asked[:-1], "--format", "json", "-q")  # its own audits do not change the draw
    assert [case["id"] for case in json.loads(again.stdout)["cases"]] == list(marks)


def test_agents_of_northwind_are_drawn_with_their_calls(tmp_path):
    northwind = ROOT / "examples" / "northwind-care"
    made = [sys.executable, northwind / "generate.py", "--tickets", "2000", "--into", tmp_path / "data"]
    subprocess.run(made, check=True, capture_output=True, timeout=300)
    shutil.copy(northwind / "review.yaml", tmp_path)
    done = call(tmp_path, "sample", "2026-Q3", "--per-agent", "3", "--format", "json", "-q")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {one["kind"] for one in told["strata"]} == {"tickets", "calls"}
    assert all(one["drawn"] == min(3, one["population"]) for one in told["strata"])
    assert len(told["cases"]) == sum(one["drawn"] for one in told["strata"])
    assert told["left_out"]["tickets"]["already_audited"] > 0
    assert "audited_as_calls" in told["left_out"]["tickets"]
    assert all(case["channel"] == "phone" for case in told["cases"] if case["kind"] == "calls")
