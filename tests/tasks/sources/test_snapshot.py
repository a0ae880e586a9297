"""Snapshots: as it came, checksummed, the same bytes each time, and enough to begin again without the source."""

import gzip
import hashlib
import json
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from evaluation.errors import SourceError
from tasks.collect import collect, collect_from_snapshots
from tasks.sources.base import EXTRA, FILE, ROW
from tasks.sources.snapshot import read_snapshot, write_snapshot

TEXT = 'id,created,channel,id\n 1 ,2026-07-01 10:00,email,N/A\n\n2,"two\nlines",x\n3,a,b,c,d\n'


@pytest.fixture
def kept(pull, configure, tmp_path):
    pull.write(a__csv=TEXT, b__csv__gz=gzip.compress(TEXT.encode(), mtime=0))
    return write_snapshot(configure({"ticket_id": "id (1)"}), pull.root, tmp_path / "kept")


def test_everything_is_kept_as_it_came(kept):
    rows = pq.read_table(kept.path / kept.files[0].parquet).to_pylist()
    assert [row[ROW] for row in rows] == [2, 3, 4, 6]
    assert rows[0] == {FILE: "a.csv", ROW: 2, "(cells)": 4, EXTRA: None, "id (1)": " 1 ", "created": "2026-07-01 10:00",
                       "channel": "email", "id (2)": "N/A"}  # fmt: skip
    assert rows[2]["created"] == "two\nlines"
    assert rows[2]["id (2)"] is None
    assert json.loads(rows[3][EXTRA]) == ["d"]
    assert kept.files[0].headers == ("id", "created", "channel", "id")


def test_original_bytes_and_kept_bytes_are_checksummed(kept, pull):
    plain, packed = kept.files
    assert plain.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert packed.sha256 == hashlib.sha256((pull.root / "b.csv.gz").read_bytes()).hexdigest()
    assert plain.size == len(TEXT.encode())
    assert [file.rows for file in kept.files] == [4, 4]
    for file in kept.files:
        assert file.parquet_sha256 == hashlib.sha256((kept.path / file.parquet).read_bytes()).hexdigest()


def test_two_runs_write_the_same_bytes(pull, configure, tmp_path):
    pull.write(a__csv="id,created,channel\n" + "".join(f"{n},2026-07-01,email\n" for n in range(5000)))
    runs = []
    for name in ("one", "two"):
        collected = collect([configure()], pull.root, tmp_path / name)
        folder = tmp_path / name
        runs.append({p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()})
        runs.append(collected.snapshots[0].sha256)
    assert runs[0] == runs[2]
    assert runs[1] == runs[3]


def test_another_record_or_another_order_is_another_checksum(pull, configure, tmp_path):
    def checksum(text):
        pull.write(a__csv=text)
        return write_snapshot(configure(), pull.root, tmp_path / "kept").sha256

    first = checksum("id\n1\n2\n")
    assert len({first, checksum("id\n2\n1\n"), checksum("id\n1\n")}) == 3
    assert checksum("id\n1\n2\n") == first


def test_the_moment_of_the_pull_is_kept_and_is_no_part_of_the_checksum(pull, configure, tmp_path):
    pull.write(a__csv="id\n1\n")
    moment = datetime(2026, 10, 1, 6, tzinfo=UTC)
    first = write_snapshot(configure(), pull.root, tmp_path / "kept", fetched_at=moment)
    assert read_snapshot(tmp_path / "kept", "desk") == first
    assert first.fetched_at == moment
    assert write_snapshot(configure(), pull.root, tmp_path / "kept").sha256 == first.sha256


def test_canonical_tables_are_made_again_without_the_source(pull, configure, tmp_path):
    pull.write(a__csv="id,created,channel\n1,2026-07-01,email\n")
    first = pull(configure())
    before = first.tables["tickets"].read_bytes()
    (pull.root / "a.csv").unlink()
    again = collect_from_snapshots([configure()], pull.workdir / "snapshots", tmp_path / "again")
    assert again.tables["tickets"].read_bytes() == before
    assert again.intake == first.intake


def test_a_changed_mapping_is_applied_to_an_old_snapshot(pull, configure, tmp_path):
    pull.write(a__csv="id,created,channel,t\n1,2026-07-01,email,refund\n")
    pull(configure())
    again = collect_from_snapshots([configure({"topic": "t"})], pull.workdir / "snapshots", tmp_path / "again")
    assert pq.read_table(again.tables["tickets"])["topic"].to_pylist() == ["refund"]


def test_a_snapshot_that_was_changed_is_refused(kept):
    path = kept.path / kept.files[1].parquet
    path.write_bytes(path.read_bytes()[:-1] + b"2")
    with pytest.raises(SourceError, match="has changed since it was written") as caught:
        read_snapshot(kept.path.parent, "desk")
    assert caught.value.where == "desk/part-0002.parquet"


def test_a_snapshot_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no snapshot of source desk"):
        read_snapshot(tmp_path, "desk")


def test_documents_are_kept_as_text(pull, configure, tmp_path):
    line = '{"id": 1.50, "big": 12345678901234567890123, "text": "ż\\u00f3"}'
    pull.write(a__ndjson=line + "\n\n" + line + "\n")
    record = write_snapshot(configure(), pull.root, tmp_path / "kept")
    assert pq.read_table(record.path / record.files[0].parquet)["(document)"].to_pylist() == [line, "", line]
