"""A quick look at a source: what its files are, what the mapping does not understand in the first records, its keys."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from evaluation.errors import SourceError
from tasks.sources.base import ADDED, Part, SourceSettings
from tasks.sources.canonicalise import MappedTable, even_rows, map_records, refuse_absent_paths
from tasks.sources.records import blank_rows, records_of
from tasks.sources.repeated_keys import RepeatedKeys
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
        keys_compared: Rows whose keys were compared, in all records; 0 when no key of the source may come only once.
        problems: What is wrong, each whole: found, where and what to do; empty when all is well.
    """

    source: str
    files: tuple[CheckedFile, ...]
    rows_by_table: dict[str, int]
    keys_compared: int = 0
    problems: tuple[str, ...]

    @property
    def summary(self) -> str:
        """One line for people: files with what was found out, and how many sampled rows each table gets."""
        files = "; ".join(
            f"{file.name} ({', '.join(file.found.values())}, {file.rows_sampled} read)" for file in self.files
        )
        rows = ", ".join(f"{table} {count}" for table, count in self.rows_by_table.items())
        keys = f"; {self.keys_compared:,} keys compared" if self.keys_compared else ""
        nothing = "nothing could be opened" if self.problems else "nothing is there yet"
        return f"{files or nothing} -> {rows}{keys}"


def check_source(
    config: SourceSettings, root: Path, sample_rows: int = 1000, keys: RepeatedKeys | None = None
) -> SourceCheck:
    """Open a source, read the first records of each part and try its mapping on them; nothing is written.

    Args:
        config: The source.
        root: Folder of `review.yaml`.
        sample_rows: Records of each part on which the mapping is tried.
        keys: Where the keys of all records are kept; None compares none.
    """
    keys = keys or RepeatedKeys(())
    nowhere = SnapshotRecord(source=config.id, files=(), path=root, sha256="")
    paths_met: dict[str, bool] = {}
    tables = [MappedTable(source=config, snapshot=nowhere, mapping=one, path=root) for one in config.tables]
    keyed = [MappedTable(source=config, snapshot=nowhere, mapping=one, path=root) for one in keys.watched(config)]
    files: list[CheckedFile] = []
    problems: list[SourceError] = []
    try:
        with closing(open_source(config, root)) as parts:  # type: ignore[type-var]
            for part in parts:
                look = _Look(part, tables, keyed, keys, problems, paths_met)
                files.append(look.checked(sample_rows))
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
        keys_compared=keys.compared[config.id],
        problems=tuple(dict.fromkeys(str(one) for one in problems)),
    )


class _Look:
    """A look at one part: the mapping is tried on its first records, and the keys of all of them are kept."""

    def __init__(
        self, part: Part, tables: list[MappedTable], keyed: list[MappedTable], keys: RepeatedKeys,
        problems: list[SourceError], paths_met: dict[str, bool],
    ) -> None:  # fmt: skip
        self._part, self._tables, self._keyed, self._keys = part, tables, keyed, keys
        self._problems, self._paths_met = problems, paths_met
        self._config = tables[0].source
        self._file = SnapshotFile(
            name=part.name, size=part.size, sha256=part.sha256, rows=0, place=part.place, headers=part.headers,
            found=dict(part.found), notes=part.notes, parquet="", parquet_sha256="",
        )  # fmt: skip

    def checked(self, sample_rows: int) -> CheckedFile:
        """Read the part as far as needed."""
        part, sampled, columns = self._part, 0, ()
        with closing(part.batches) as batches:  # type: ignore[type-var]
            for batch in batches:
                left = sample_rows - sampled
                if left > 0:
                    sampled += min(left, len(batch))
                    columns = tuple(name for name in batch.schema.names if name not in ADDED)
                    self._try_mapping(batch.slice(0, left))
                self._keep_keys(batch)
                if sampled >= sample_rows and not self._keyed:
                    break
        if not sampled:
            self._problems.append(SourceError("there are no records", where=part.name, remedy="check the export"))
        return CheckedFile(
            name=part.name, found=dict(part.found), rows_sampled=sampled, columns=columns, notes=part.notes
        )

    def _keep_keys(self, batch: pa.RecordBatch) -> None:
        if not self._keyed:
            return
        try:
            self._keys.see(batch, self._file, self._keyed)
        except SourceError as error:
            self._problems.append(error)
            self._keyed.clear()  # one is enough to be corrected first
        if self._keys.is_full(self._config):
            self._keyed.clear()

    def _try_mapping(self, batch: pa.RecordBatch) -> None:
        policy = getattr(self._config, "ragged", "refuse")
        try:
            batch = even_rows(batch.filter(pa.array(~blank_rows(batch))), self._file, policy, self._tables)
            records = records_of(batch, self._file, self._config.columns)
        except SourceError as error:
            self._problems.append(error)
            return
        for table in self._tables:
            try:
                map_records(records, table, self._paths_met, self._problems)
            except SourceError as error:
                self._problems.append(error)
