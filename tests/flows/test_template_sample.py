"""The template of `service-review init`: its sample is what the seed makes, and its review.yaml reads it whole."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest

from flows.new_organisation import make_organisation
from flows.templates.sample import FOLDER, contents, main, records
from tasks.collect import collect
from tasks.configuration.reading import read_review

TEMPLATE = FOLDER.parent


@pytest.mark.parametrize("name", ["tickets.csv", "surveys.csv"])
def test_the_files_are_what_the_seed_makes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == contents()[name]


def test_another_seed_makes_other_records() -> None:
    assert records(8)["tickets.csv"] != records()["tickets.csv"]


def test_writing_again_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("flows.templates.sample.FOLDER", tmp_path / "data")
    main()
    written = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    assert written == {name: (FOLDER / name).read_bytes() for name in contents()}


def test_the_sample_fills_two_quarters_up_to_the_one_in_the_readme() -> None:
    rows = list(csv.DictReader(io.StringIO(contents()["tickets.csv"])))
    created = [datetime.fromisoformat(row["Created"]) for row in rows]
    assert len(rows) == 300
    assert (min(created) >= datetime(2026, 4, 1), max(created) < datetime(2026, 10, 1)) == (True, True)
    assert sum(at >= datetime(2026, 7, 1) for at in created) > 100
    assert len({row["ID"] for row in rows}) == 300


def test_people_work_on_weekdays_from_nine_to_five() -> None:
    rows = records()["tickets.csv"]
    stamps = [
        datetime.fromisoformat(row[name]) for row in rows for name in ("Created", "First reply", "Solved") if row[name]
    ]
    outside = [at for at in stamps if at.weekday() > 4 or not (9, 0) <= (at.hour, at.minute) <= (17, 0)]
    assert outside == []


def test_a_new_organisation_reads_every_row_of_its_sample(tmp_path: Path) -> None:
    make_organisation(tmp_path / "acme")
    review = read_review(tmp_path / "acme")
    collected = collect(review.sources, tmp_path / "acme", tmp_path / "work")
    accounts = {one.table: one for one in collected.intake}
    surveys = records()["surveys.csv"]
    skipped = sum(row["Would recommend"] == "" for row in surveys)
    assert (accounts["tickets"].rows_out, dict(accounts["tickets"].excluded)) == (300, {})
    assert accounts["surveys"].rows_in == 2 * len(surveys)
    assert dict(accounts["surveys"].excluded) == {"question left out": skipped}


def test_every_setting_of_the_template_is_explained() -> None:
    """Each part of the file has a heading or a comment of its own."""
    lines = (TEMPLATE / "review.yaml").read_text().splitlines()
    tops = [number for number, line in enumerate(lines) if line and line[0].isalpha()]
    assert len(tops) == 8
    for number in tops:
        around = lines[max(0, number - 3) : number + 1]
        assert any("#" in line for line in around), lines[number]
    assert sum("#" in line for line in lines) > 40
