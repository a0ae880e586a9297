"""The main job from the command line on real input: what appears, what stands, what a failure leaves behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def call(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "flows.command_line", *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
    )  # fmt: skip


def copy_of(example, folder):
    shutil.copytree(ROOT / "examples" / example, folder, ignore=shutil.ignore_patterns("archive", "out"))
    return folder


def with_folder_delivery(folder):
    review = folder / "review.yaml"
    review.write_text(review.read_text() + "\ndelivery: {folders: [{path: desk}]}\n")


def bytes_of(edition):
    return {path.relative_to(edition).as_posix(): path.read_bytes() for path in edition.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = copy_of("social-care", tmp_path_factory.mktemp("first") / "social-care")
    with_folder_delivery(folder)
    done = call(folder, "run", "2020-03", PYTHONHASHSEED="1", TZ="Asia/Tokyo")
    assert done.returncode == 0, done.stderr
    return folder, done


def test_an_edition_is_published_delivered_and_told(published):
    folder, done = published
    edition = folder / "archive" / "2020-03" / "edition-1"
    assert {"edition.json", "measurements.csv", "measurements.parquet", "report.en.pdf", "validation.json"} <= set(
        bytes_of(edition)
    )
    assert "edition 1 of 2020-03 published" in done.stdout
    assert "525 in, 525 out" in done.stdout
    assert "evaluating the service" in done.stderr
    assert "Warning" not in done.stderr
    assert (folder / "desk" / "2020-03-edition-1.en.pdf").read_bytes() == (edition / "report.en.pdf").read_bytes()
    assert call(folder, "verify", "2020-03").returncode == 0
    assert "2020-03" in call(folder, "list").stdout
    shown = " ".join(call(folder, "show", "2020-03").stdout.split())
    assert "first_response_time median" in shown


def test_the_same_run_again_stands_and_writes_nothing(published):
    folder, _ = published
    before = {path: path.stat().st_mtime_ns for path in (folder / "archive" / "2020-03").rglob("*")}
    done = call(folder, "run", "2020-03")
    assert (done.returncode, "edition 1 of 2020-03 stands" in done.stdout) == (0, True)
    assert {path: path.stat().st_mtime_ns for path in (folder / "archive" / "2020-03").rglob("*")} == before


def test_two_runs_elsewhere_and_otherwise_give_the_same_bytes(published, tmp_path):
    folder, _ = published
    other = copy_of("social-care", tmp_path / "elsewhere" / "copy")
    with_folder_delivery(other)
    done = call(tmp_path, "run", "2020-03", "--config", other, PYTHONHASHSEED="77", TZ="America/New_York", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    first, second = (bytes_of(place / "archive" / "2020-03" / "edition-1") for place in (folder, other))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_measure_gives_the_same_figures_in_each_format(published):
    folder, _ = published
    options = ("--metric", "tickets_created", "--dimension", "all")
    rows = json.loads(call(folder, "measure", "2020-03", "--format", "json", *options).stdout)
    [march] = [row for row in rows if row["period_id"] == "2020-03"]
    assert march["value"] == 317
    said = call(folder, "measure", "2020-03", "--format", "csv", "--output", "m.csv", *options)
    assert said.returncode == 0, said.stderr
    frame = pd.read_csv(folder / "m.csv")
    assert frame.set_index("period_id").loc["2020-03", "value"] == 317
    assert "317" in call(folder, "measure", "2020-03", *options).stdout


def test_another_as_of_moment_is_another_edition(published):
    folder, _ = published
    done = call(folder, "run", "2020-03", "--as-of", "2020-03-31T12:00", "--lang", "pl", "--lang", "ru")
    assert done.returncode == 0, done.stderr
    record = json.loads((folder / "archive" / "2020-03" / "edition-2" / "edition.json").read_text())
    assert record["cut"] == "2020-03-31T12:00:00+00:00"
    assert sorted(record["reports"]) == ["pl", "ru"]


def test_a_killed_run_leaves_no_edition_and_the_next_one_goes_on(tmp_path):
    folder = copy_of("social-care", tmp_path / "social-care")
    run = subprocess.Popen(
        [sys.executable, "-m", "flows.command_line", "run", "2020-03"], cwd=folder, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
    )  # fmt: skip
    seen, until = b"", time.monotonic() + 240
    while b"setting" not in seen and time.monotonic() < until:
        seen += os.read(run.stderr.fileno(), 4096)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not (folder / "archive" / "2020-03").exists()
    assert list((folder / "archive" / ".unfinished").iterdir()) != []
    done = call(folder, "run", "2020-03")
    assert "edition 1 of 2020-03 published" in done.stdout, done.stderr
    assert list((folder / "archive" / ".unfinished").iterdir()) == []


def test_a_broken_source_leaves_nothing_and_leaves_with_4(tmp_path):
    folder = copy_of("social-care", tmp_path / "social-care")
    [file] = folder.glob("*.ndjson.gz")
    file.write_bytes(file.read_bytes()[:5000])
    done = call(folder, "run", "2020-03")
    assert done.returncode == 4
    assert file.name in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "archive" / "2020-03").exists()


def test_a_report_over_broken_data_is_withheld_from_its_readers(tmp_path):
    folder = tmp_path / "withheld"
    folder.mkdir()
    rows = "".join(f"{i},2026-08-{i % 28 + 1:02}T10:00Z,email,2026-01-01T10:00Z\n" for i in range(200))
    (folder / "tickets.csv").write_text("id,created,channel,solved\n" + rows)
    (folder / "review.yaml").write_text(
        "organisation: {name: Broken, time_zone: UTC}\n"
        "main_figures: [{metric: full_resolution_time}]\n"
        "delivery: {folders: [{path: managers}, {path: operations, withheld: true}]}\n"
        "sources: [{id: desk, kind: file, files: tickets.csv, tables: [{table: tickets, columns: "
        "{ticket_id: id, created_at: created, channel_code: channel, solved_at: solved}}]}]\n"
    )
    done = call(folder, "run", "2026-Q3")
    assert done.returncode == 3, done.stderr
    assert "withheld" in done.stderr
    assert not (folder / "managers").exists()
    assert len(list((folder / "operations").iterdir())) == 1


def test_a_new_organisation_runs_at_once(tmp_path):
    assert call(tmp_path, "init", "my-company").returncode == 0
    folder = tmp_path / "my-company"
    assert "ready to run" in call(folder, "check").stdout
    done = call(folder, "run", "2026-Q3")
    assert done.returncode == 0, done.stderr
    assert "edition 1 of 2026-Q3 published" in done.stdout
