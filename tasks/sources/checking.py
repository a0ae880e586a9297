"""A quick look at a source: what its files are, and what the mapping does not understand in the first records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from evaluation.errors import SourceError
from tasks.sources.base import ADDED, Part, SourceSettings
from tasks.sources.canonicalise import MappedTable, even_rows, map_records, refuse_absent_paths
from tasks.sources.records import blank_rows, records_of
from tasks.sources.snapshot import SnapshotFile, SnapshotRecord
from tasks.sources.source import open_source


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file, or query, that was opened.

    Attributes:
        name: Its name.
        found: Format, encoding, delimiter, sheet: what was found out.
        rows_sampled: Records that were read.
        columns: Its columns; empty for documents.
        notes: What is odd about it.
    """

    name: str
    found: dict[str, str]
    rows_sampled: int
    columns: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """What a quick look at a source found.

    Attributes:
        source: The source's id.
        files: What was opened.
        rows_by_table: Rows mapped into each canonical table, before those of one case are joined.
        problems: What is wrong, each whole: found, where and what to do; empty when all is well.
    """

    source: str
    files: tuple[CheckedFile, ...]
    rows_by_table: dict[str, int]
    problems: tuple[str, ...]

    @property
    def summary(self) -> str:
        """One line for people: files with what was found out, and how many sampled rows each table gets."""
        files = "; ".join(
            f"{file.name} ({', '.join(file.found.values())}, {file.rows_sampled} read)" for file in self.files
        )
        rows = ", ".join(f"{table} {count}" for table, count in self.rows_by_table.items())
        return f"{files or 'nothing could be opened'} -> {rows}"


def check_source(config: SourceSettings, root: Path, sample_rows: int = 1000) -> SourceCheck:
    """Open a source, read the first records of each part and try its mapping on them; nothing is written.

    Args:
        config: The source.
        root: Folder of `review.yaml`.
        sample_rows: Records read of each part.
    """
    nowhere = SnapshotRecord(source=config.id, files=(), path=root, sha256="")
    paths_met: dict[str, bool] = {}
    tables = [MappedTable(source=config, snapshot=nowhere, mapping=one, path=root) for one in config.tables]
    files: list[CheckedFile] = []
    problems: list[SourceError] = []
    try:
        with closing(open_source(config, root)) as parts:  # type: ignore[type-var]
            for part in parts:
                files.append(_check_part(part, config, tables, problems, sample_rows, paths_met))
        refuse_absent_paths(paths_met, [file.name for file in files])
    except SourceError as error:
        problems.append(error)
    rows: Counter[str] = Counter()
    for table in tables:
        rows[table.mapping.table] += table.rows_out
    return SourceCheck(
        source=config.id,
        files=tuple(files),
        rows_by_table=dict(rows),
        problems=tuple(dict.fromkeys(str(one) for one in problems)),
    )


def _check_part(
    part: Part,
    config: SourceSettings,
    tables: list[MappedTable],
    problems: list[SourceError],
    sample_rows: int,
    paths_met: dict[str, bool],
) -> CheckedFile:
    file = SnapshotFile(
        name=part.name, size=part.size, sha256=part.sha256, rows=0, place=part.place, headers=part.headers,
        found=dict(part.found), notes=part.notes, parquet="", parquet_sha256="",
    )  # fmt: skip
    sampled, columns = 0, ()
    for batch in _sample(part, sample_rows):
        sampled += len(batch)
        columns = tuple(name for name in batch.schema.names if name not in ADDED)
        _check_batch(batch, file, config, tables, problems, paths_met)
    if not sampled:
        problems.append(SourceError("there are no records", where=part.name, remedy="check the export"))
    return CheckedFile(name=part.name, found=dict(part.found), rows_sampled=sampled, columns=columns, notes=part.notes)


def _sample(part: Part, rows: int) -> Iterator[pa.RecordBatch]:
    with closing(part.batches) as batches:  # type: ignore[type-var]
        for batch in batches:
            yield batch.slice(0, rows)
            rows -= len(batch)
            if rows <= 0:
                return


def _check_batch(
    batch: pa.RecordBatch, file: SnapshotFile, config: SourceSettings, tables: list[MappedTable],
    problems: list[SourceError], paths_met: dict[str, bool],
) -> None:  # fmt: skip
    try:
        batch = even_rows(batch.filter(pa.array(~blank_rows(batch))), file, getattr(config, "ragged", "refuse"), tables)
        records = records_of(batch, file, config.columns)
    except SourceError as error:
        problems.append(error)
        return
    for table in tables:
        try:
            map_records(records, table, paths_met, problems)
        except SourceError as error:
            problems.append(error)
