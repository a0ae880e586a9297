"""Snapshots: a source's records as they came, with file and row, checksummed; nothing renamed, nothing dropped.

A snapshot is a folder `<snapshots>/<source id>/` of one Parquet file for each part and a `snapshot.json` that lists
them. Canonical tables are made from it alone, again and again, without the source.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import SourceError
from tasks.sources.base import FILE, Part, SourceSettings
from tasks.sources.source import open_source

if TYPE_CHECKING:
    import pyarrow as pa

_MANIFEST = "snapshot.json"
_LAYOUT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFile:
    """One part of a snapshot.

    Attributes:
        name: Name of the original, relative to the configuration; `query` or the table's name for a database.
        size: Bytes of the original file; 0 for a query.
        sha256: Checksum of the original file; empty for a query.
        rows: Records kept.
        place: What a record's place is called: `line`, `row` or `record`.
        headers: Headers as they were written.
        found: What was found out on opening: format, encoding, delimiter, sheet.
        notes: What is odd about the whole part.
        parquet: Name of the Parquet file in the snapshot's folder.
        parquet_sha256: Its checksum.
    """

    name: str
    size: int
    sha256: str
    rows: int
    place: str
    headers: tuple[str, ...]
    found: dict[str, str]
    notes: tuple[str, ...]
    parquet: str
    parquet_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRecord:
    """What was kept of one source.

    Attributes:
        source: The source's id.
        files: Its parts, in the order they were read.
        path: Folder of the snapshot.
        sha256: Checksum over the list of parts and their checksums; equal input gives an equal checksum.
        fetched_at: When the source was read, as the caller said; None when it did not.
    """

    source: str
    files: tuple[SnapshotFile, ...]
    path: Path
    sha256: str
    fetched_at: datetime | None = None


def write_snapshot(
    config: SourceSettings, root: Path, folder: Path, *, fetched_at: datetime | None = None
) -> SnapshotRecord:
    """Read a source and keep its records under `folder/<source id>`; appears whole or not at all.

    Args:
        config: The source.
        root: Folder of `review.yaml`.
        folder: Where snapshots lie; an earlier snapshot of this source in it is replaced.
        fetched_at: When the source is read; only written down.

    Raises:
        SourceError: The source cannot be read.
    """
    target, partial = folder / config.id, folder / f".{config.id}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        files = tuple(_write_parts(config, root, partial))
        record = SnapshotRecord(
            source=config.id, files=files, path=target, sha256=_digest(files), fetched_at=fetched_at
        )
        _write_manifest(record, partial / _MANIFEST)
        _replace(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return record


def read_snapshot(folder: Path, source: str) -> SnapshotRecord:
    """The snapshot of a source that was kept before, with its checksums verified.

    Raises:
        SourceError: It is not there, or it is not what was written.
    """
    path = folder / source
    try:
        manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"there is no snapshot of source {source}", where=str(path.name), remedy="pull the source again"
        ) from error
    files = tuple(_file_of(entry) for entry in manifest["files"])
    for file in files:
        if not (path / file.parquet).is_file() or checksum(path / file.parquet) != file.parquet_sha256:
            raise SourceError(
                f"the snapshot of source {source} has changed since it was written",
                where=f"{source}/{file.parquet}",
                remedy="restore it from a copy, or pull the source again as a new edition",
            )
    fetched = manifest.get("fetched_at")
    return SnapshotRecord(
        source=source, files=files, path=path, sha256=_digest(files),
        fetched_at=datetime.fromisoformat(fetched) if fetched else None,
    )  # fmt: skip


def batches_of(record: SnapshotRecord, file: SnapshotFile) -> Iterator[pa.RecordBatch]:
    """The records of one part, in order; a part without records is one empty batch, so that its columns are known."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(record.path / file.parquet) as parquet:
        if not parquet.metadata.num_rows:
            schema = parquet.schema_arrow
            yield pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
        yield from parquet.iter_batches(65_536)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_parts(config: SourceSettings, root: Path, folder: Path) -> Iterator[SnapshotFile]:
    rows = 0
    for number, part in enumerate(open_source(config, root), start=1):
        name = f"part-{number:04d}.parquet"
        written = _write_part(part, folder / name, config, rows)
        rows += written
        yield SnapshotFile(
            name=part.name, size=part.size, sha256=part.sha256, rows=written, place=part.place, headers=part.headers,
            found=dict(part.found), notes=part.notes, parquet=name, parquet_sha256=checksum(folder / name),
        )  # fmt: skip


def _write_part(part: Part, path: Path, config: SourceSettings, before: int) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer, rows = None, 0
    try:
        for batch in part.batches:
            rows += len(batch)
            if before + rows > config.limits.rows:
                raise SourceError(
                    f"source {config.id} has more than {config.limits.rows} records",
                    where=part.name,
                    remedy="if that is right, raise `limits: {rows: …}` of the source",
                )
            names = pa.array([part.name] * len(batch), pa.string()).dictionary_encode()
            kept = pa.record_batch([names, *batch.columns], names=[FILE, *batch.schema.names])
            writer = writer or pq.ParquetWriter(path, kept.schema, compression="zstd", store_schema=True)
            writer.write_batch(kept)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _write_manifest(record: SnapshotRecord, path: Path) -> None:
    content: dict[str, Any] = {
        "layout": _LAYOUT,
        "source": record.source,
        "fetched_at": record.fetched_at.isoformat() if record.fetched_at else None,
        "sha256": record.sha256,
        "files": [asdict(file) for file in record.files],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _file_of(entry: dict[str, Any]) -> SnapshotFile:
    return SnapshotFile(**{**entry, "headers": tuple(entry["headers"]), "notes": tuple(entry["notes"])})


def _digest(files: tuple[SnapshotFile, ...]) -> str:
    text = json.dumps([asdict(file) for file in files], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _replace(partial: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.replace(target, old)
    os.replace(partial, target)
    shutil.rmtree(old, ignore_errors=True)
