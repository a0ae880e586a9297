"""The archive: whole or not at all, read-only, verified."""

import json
import os
import stat

import pytest

from evaluation.errors import ConfigError, DataError
from tasks.archive import Archive, checksum, faults


def record(number=1, period="2026-Q3", start="2026-07-01"):
    return {
        "period": {"id": period, "start": start},
        "edition": number,
        "reports": {"en": "report.en.pdf"},
        "withheld": False,
    }


def publish(archive, **named):
    with archive.workdir("2026-Q3") as workdir:
        folder = workdir / "edition"
        folder.mkdir()
        (folder / "report.en.pdf").write_bytes(b"%PDF")
        return archive.publish(folder, record(**named))


def test_an_edition_appears_with_its_record_and_leaves_nothing_else(tmp_path):
    archive = Archive(tmp_path)
    edition = publish(archive)
    assert edition.folder == tmp_path / "2026-Q3" / "edition-1"
    assert json.loads((edition.folder / "edition.json").read_text())["files"] == {
        "report.en.pdf": checksum(edition.folder / "report.en.pdf")
    }
    assert list((tmp_path / ".unfinished").iterdir()) == []


def test_a_run_that_fails_leaves_no_edition_and_no_folder(tmp_path):
    archive = Archive(tmp_path)

    def half_a_run():
        with archive.workdir("2026-Q3") as workdir:
            (workdir / "half").write_text("written")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_a_run()
    assert archive.editions() == []
    assert list((tmp_path / ".unfinished").iterdir()) == []


def test_what_a_dead_run_left_behind_is_swept_and_a_living_runs_folder_is_kept(tmp_path):
    archive = Archive(tmp_path)
    dead, alive = tmp_path / ".unfinished" / "2026-Q2-999999999", tmp_path / ".unfinished" / f"2026-Q1-{os.getppid()}"
    dead.mkdir(parents=True)
    alive.mkdir()
    with archive.workdir("2026-Q3"):
        assert not dead.exists()
        assert alive.exists()


def test_two_runs_never_make_the_same_edition(tmp_path):
    archive = Archive(tmp_path)
    publish(archive)
    with pytest.raises(DataError, match="published by another run"):
        publish(archive)
    assert publish(archive, number=2).number == 2
    assert [edition.number for edition in archive.editions("2026-Q3")] == [1, 2]
    assert archive.latest("2026-Q3").number == 2


def test_published_files_are_read_only(tmp_path):
    edition = publish(Archive(tmp_path))
    mode = (edition.folder / "report.en.pdf").stat().st_mode
    assert not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "report.en.pdf").unlink(), "report.en.pdf is missing"),
        (
            lambda folder: ((folder / "report.en.pdf").chmod(0o600), (folder / "report.en.pdf").write_bytes(b"x")),
            "report.en.pdf was changed",
        ),
        (lambda folder: (folder / "note.txt").write_text("x"), "note.txt was added"),
    ],
)
def test_harm_to_an_edition_is_told(tmp_path, harm, said):
    edition = publish(Archive(tmp_path))
    assert list(faults(edition)) == []
    harm(edition.folder)
    assert list(faults(edition)) == [said]


def test_a_period_without_editions_names_those_that_have(tmp_path):
    archive = Archive(tmp_path)
    publish(archive)
    with pytest.raises(ConfigError) as refused:
        archive.get("2026-Q4")
    assert "2026-Q3" in refused.value.remedy


def test_a_broken_record_is_an_error_not_a_gap(tmp_path):
    edition = publish(Archive(tmp_path))
    path = edition.folder / "edition.json"
    path.chmod(0o600)
    path.write_text("{")
    with pytest.raises(DataError, match="cannot be read"):
        Archive(tmp_path).editions()


def test_a_snapshot_is_kept_once_under_its_checksum(tmp_path):
    archive = Archive(tmp_path / "archive")
    snapshot = tmp_path / "desk"
    snapshot.mkdir()
    (snapshot / "part-0001.parquet").write_bytes(b"records")
    first, second = (archive.keep_snapshot(snapshot, "0f" * 32) for _ in range(2))
    assert first == second
    assert (first / "part-0001.parquet").read_bytes() == b"records"
    assert [path.name for path in first.parent.iterdir()] == ["0f" * 32]


@pytest.mark.parametrize("content", ["[]", "3", "{}", '{"edition": 1}'])
def test_a_record_that_is_not_whole_is_told_as_damaged(tmp_path, content):
    path = publish(Archive(tmp_path)).folder / "edition.json"
    path.chmod(0o600)
    path.write_text(content)
    with pytest.raises(DataError, match="cannot be read") as caught:
        Archive(tmp_path).latest("2026-Q3")
    assert str(path) in caught.value.where


def test_an_archive_that_is_a_file_is_refused(tmp_path):
    file = tmp_path / "tickets.csv"
    file.write_text("id\n")
    with pytest.raises(ConfigError, match="not a folder"):
        Archive(file).editions()
    with pytest.raises(ConfigError, match="not a folder"), Archive(file).workdir("2026-Q3"):
        pass
