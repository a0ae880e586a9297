"""Collecting: sources are kept as snapshots, and snapshots become canonical tables with an account that balances."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from evaluation.errors import ConfigError, SourceError
from evaluation.intake import Intake
from tasks.sources.texts import nearest

if TYPE_CHECKING:
    from tasks.sources.base import SourceSettings
    from tasks.sources.canonicalise import MappedTable
    from tasks.sources.checking import SourceCheck
    from tasks.sources.snapshot import SnapshotRecord

SNAPSHOTS, TABLES_FOLDER = "snapshots", "canonical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What came in.

    Attributes:
        tables: One Parquet file for each canonical table, with the columns that were given, in their canonical types.
        intake: The account of each table from each source.
        snapshots: What was kept of each source.
    """

    tables: Mapping[str, Path]
    intake: tuple[Intake, ...]
    snapshots: tuple[SnapshotRecord, ...]


def collect(
    sources: Sequence[SourceSettings], root: Path, workdir: Path, *, fetched_at: datetime | None = None
) -> Collected:
    """Pull the sources, keep snapshots under `workdir/snapshots`, and make canonical tables in `workdir/canonical`.

    Args:
        sources: Entries of `sources:` in `review.yaml`.
        root: Folder of `review.yaml`; files are named relative to it.
        workdir: Folder of the run.
        fetched_at: Moment of the pull; only written down.

    Raises:
        ConfigError: The sources contradict each other.
        SourceError: A source cannot be read, or says something that its mapping does not understand.
    """
    from tasks.sources.snapshot import write_snapshot

    _check_together(sources)
    snapshots = workdir / SNAPSHOTS
    for source in sources:
        write_snapshot(source, root, snapshots, fetched_at=fetched_at)
    return collect_from_snapshots(sources, snapshots, workdir)


def collect_from_snapshots(sources: Sequence[SourceSettings], snapshots: Path, workdir: Path) -> Collected:
    """Make canonical tables from snapshots that were kept before; no source is touched.

    Args:
        sources: The sources, as configured now.
        snapshots: Folder that holds one folder for each source.
        workdir: Folder of the run.

    Raises:
        ConfigError: The sources contradict each other.
        SourceError: A snapshot is not there or has changed, or a mapping does not understand it.
    """
    from tasks.sources.canonicalise import canonicalise
    from tasks.sources.keys import one_row_per_case

    _check_together(sources)
    mapped_folder = workdir / ".mapped"
    shutil.rmtree(mapped_folder, ignore_errors=True)
    mapped_folder.mkdir(parents=True)
    try:
        mapped = [table for source in sources for table in canonicalise(source, snapshots, mapped_folder)]
        for table in mapped:
            if table.mapping.one_per is not None:
                one_row_per_case(table)
        tables = _write_tables(mapped, workdir)
    finally:
        shutil.rmtree(mapped_folder, ignore_errors=True)
    records = {table.source.id: table.snapshot for table in mapped}
    return Collected(tables=tables, intake=_accounts(mapped), snapshots=tuple(records.values()))


def check_sources(sources: Sequence[SourceSettings], root: Path, *, sample_rows: int = 1000) -> tuple[SourceCheck, ...]:
    """Open each source, try the mapping on its first records and compare all keys; problems are listed, not raised.

    Args:
        sources: Entries of `sources:` in `review.yaml`.
        root: Folder of `review.yaml`.
        sample_rows: Records of each file on which the mapping is tried.

    Raises:
        ConfigError: The sources contradict each other.
    """
    from tasks.sources.checking import check_source
    from tasks.sources.repeated_keys import RepeatedKeys

    _check_together(sources)
    keys = RepeatedKeys(sources)
    found = {source.id: check_source(source, root, sample_rows, keys) for source in sources}
    for name in keys.suspected():
        feeding = [one for one in sources if any(table.table == name for table in one.tables)]
        problem = _refused_when_collected(feeding, name, root)
        last = found[feeding[-1].id]
        if problem and problem not in last.problems:
            found[last.source] = replace(last, problems=(*last.problems, problem))
    return tuple(found.values())


def _refused_when_collected(feeding: Sequence[SourceSettings], name: str, root: Path) -> str:
    """What a run would say of one canonical table; empty when it would take it."""
    sources = [
        one.model_copy(update={"tables": tuple(table for table in one.tables if table.table == name)})
        for one in feeding
    ]
    with TemporaryDirectory(prefix="service-review-check-") as folder:
        try:
            collect(sources, root, Path(folder))
        except SourceError as error:
            return str(error)
    return ""


def _check_together(sources: Sequence[SourceSettings]) -> None:
    counts = Counter(source.id.casefold() for source in sources)
    names = [source.id for source in sources]
    for source in sources:
        if counts[source.id.casefold()] > 1:
            raise ConfigError(
                f"two sources are called {source.id!r}", where="sources", remedy="give each source its own id"
            )
        for table in source.tables:
            for column, mapping in table.columns.items():
                if mapping.of_source is not None and mapping.of_source not in names:
                    raise ConfigError(
                        f"{table.table}.{column} is a key of source {mapping.of_source!r}, which is not there"
                        f"{nearest(mapping.of_source, names)}",
                        where=f"source {source.id}",
                        remedy=f"use one of: {', '.join(names)}",
                    )
    if not sources:
        raise ConfigError("there are no sources", where="sources", remedy="add one under `sources:` in review.yaml")


def _write_tables(mapped: Sequence[MappedTable], workdir: Path) -> Mapping[str, Path]:
    """All tables, or none: written in a folder of their own that takes the place of the old one at the end."""
    from tasks.sources.keys import rows_to_drop, write_table

    folder, partial = workdir / TABLES_FOLDER, workdir / f".{TABLES_FOLDER}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    told = [table for table in mapped if table.rows_out or not table.source.may_be_empty]
    names = list(dict.fromkeys(table.mapping.table for table in told))
    try:
        for name in names:
            parts = [table for table in mapped if table.mapping.table == name]
            write_table(parts, rows_to_drop(parts), partial / f"{name}.parquet")
        shutil.rmtree(folder, ignore_errors=True)
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return {name: folder / f"{name}.parquet" for name in names}


def _accounts(mapped: Sequence[MappedTable]) -> tuple[Intake, ...]:
    accounts = []
    for source, table in dict.fromkeys((one.source.id, one.mapping.table) for one in mapped):
        parts = [one for one in mapped if (one.source.id, one.mapping.table) == (source, table)]
        excluded: Counter[str] = sum((one.excluded for one in parts), Counter())
        notes: Counter[str] = sum((one.notes for one in parts), Counter())
        accounts.append(
            Intake(
                source=source,
                table=table,
                files=tuple(file.name for file in parts[0].snapshot.files),
                rows_in=sum(one.rows_in for one in parts),
                rows_out=sum(one.rows_out for one in parts),
                excluded=dict(sorted(excluded.items())),
                notes=dict(sorted(notes.items())),
                checksum=parts[0].snapshot.sha256,
            )  # fmt: skip
        )
    return tuple(accounts)
