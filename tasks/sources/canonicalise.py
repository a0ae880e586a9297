"""From a snapshot to rows of canonical tables, batch by batch; every record is handed over, left out or refused."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evaluation.errors import SourceError
from evaluation.fields import FIELDS
from tasks.sources.base import SourceSettings
from tasks.sources.columns import ARROW_TYPES, Column, Fault, map_column
from tasks.sources.filters import reason_of, taken
from tasks.sources.mapping import TableMapping, template_fields
from tasks.sources.records import Records, UnknownColumn, blank_rows, place_of, present, ragged_rows, records_of
from tasks.sources.snapshot import SnapshotFile, SnapshotRecord, batches_of, read_snapshot
from tasks.sources.texts import nearest

PART, PLACE, ELEMENT, CASE = "(part)", "(place)", "(element)", "(case)"
"""Columns that travel with canonical rows until keys are checked: part, row, element of `each`, value of `one_per`."""


@dataclass(slots=True, kw_only=True)
class MappedTable:
    """Rows that one mapping of one source made, on disk, and their account.

    Attributes:
        source: The source's settings.
        snapshot: What was read.
        mapping: The mapping.
        path: Parquet file with canonical columns and the columns `(part)`, `(place)`, `(element)`, `(case)`.
        rows_in: Records, or elements of `each`, that were read.
        rows_out: Rows written.
        excluded: Rows left out, by reason.
        notes: What is odd, with how many rows.
    """

    source: SourceSettings
    snapshot: SnapshotRecord
    mapping: TableMapping
    path: Path
    rows_in: int = 0
    rows_out: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def place(self, part: int, row: int, element: int | None) -> str:
        """Where a row came from, for people."""
        return place_of(self.snapshot.files[part], row, element, self.mapping.each or "")


def canonicalise(config: SourceSettings, snapshot_folder: Path, workdir: Path) -> tuple[MappedTable, ...]:
    """Make canonical rows from a snapshot alone; the source is not touched.

    Args:
        config: The source.
        snapshot_folder: Folder that holds `<source id>/`.
        workdir: Where the rows are written; the caller owns it.

    Raises:
        SourceError: The snapshot says something that the mapping does not understand; names file, row, column, value.
    """
    record = read_snapshot(snapshot_folder, config.id)
    tables = tuple(
        MappedTable(source=config, snapshot=record, mapping=mapping, path=workdir / f"{config.id}-{number}.parquet")
        for number, mapping in enumerate(config.tables, start=1)
    )
    paths_met: dict[str, bool] = {}
    with contextlib.ExitStack() as stack:
        writers = [stack.enter_context(_writer(table)) for table in tables]
        for number, file in enumerate(record.files):
            _note_part(tables, file)
            for records, blank in _records(record, file, config, tables):
                for table, writer in zip(tables, writers, strict=True):
                    table.rows_in += blank
                    table.excluded["blank row"] += blank
                    rows = map_records(records, table, paths_met)
                    writer.write_table(_with_places(rows, table, number))
    refuse_absent_paths(paths_met, [file.name for file in record.files])
    for table in tables:
        table.excluded = +table.excluded
    return tables


def _note_part(tables: Sequence[MappedTable], file: SnapshotFile) -> None:
    for table in tables:
        for note in file.notes:
            table.notes[note] += max(file.rows, 1)
        if not file.rows:
            table.notes[f"{file.name} has no records"] += 1


def _records(
    record: SnapshotRecord, file: SnapshotFile, config: SourceSettings, tables: Sequence[MappedTable]
) -> Iterator[tuple[Records, int]]:
    """Batches of records, without blank and ragged rows, which are counted in every table."""
    for batch in batches_of(record, file):
        blank = blank_rows(batch)
        left_out = int(blank.sum())
        if left_out:
            batch = batch.filter(pa.array(~blank))
        batch = even_rows(batch, file, getattr(config, "ragged", "refuse"), tables)
        yield records_of(batch, file, config.columns), left_out


def even_rows(batch: pa.RecordBatch, file: SnapshotFile, policy: str, tables: Sequence[MappedTable]) -> pa.RecordBatch:
    """The rows that have as many cells as the header; the others by the policy `ragged`.

    Raises:
        SourceError: The policy refuses them; names the first.
    """
    short, long = ragged_rows(batch, len(file.headers))
    odd = short | long
    if not odd.any():
        return batch
    refused = odd if policy == "refuse" else long if policy == "fill" else np.zeros_like(odd)
    if refused.any():
        index = int(np.flatnonzero(refused)[0])
        row = batch.column("(row)")[index].as_py()
        raise SourceError(
            f"the row has {batch.column('(cells)')[index].as_py()} cells, the header has {len(file.headers)}",
            where=place_of(file, row, None, ""),
            remedy="quote cells that hold the delimiter, or set `ragged: exclude` or `ragged: fill`",
        )
    for table in tables:
        if policy == "fill":
            table.notes["short row, missing cells taken as empty"] += int(odd.sum())
        else:
            table.rows_in += int(odd.sum())
            table.excluded["ragged row"] += int(odd.sum())
    return batch if policy == "fill" else batch.filter(pa.array(~odd))


@dataclass(slots=True)
class Rows:
    """Canonical rows of a batch and the records from which they came."""

    columns: dict[str, pa.Array]
    records: Records
    cases: pa.Array | None


def map_records(
    records: Records, table: MappedTable, paths_met: dict[str, bool], problems: list[SourceError] | None = None
) -> Rows:
    """Canonical rows of a batch of records.

    Args:
        records: The batch.
        table: Its account is kept here.
        paths_met: For documents: whether any record had a path; updated.
        problems: Where to collect errors; None raises the first.

    Raises:
        SourceError: A value is not understood and the mapping refuses such values.
    """
    mapping = table.mapping
    if mapping.each is not None:
        _meet(records, mapping.each, mapping.each, paths_met)
        records, without = records.nested(mapping.each)
        if without:
            table.notes[f"records without {mapping.each}"] += without
    table.rows_in += len(records)
    _meet_paths(records, mapping, paths_met)
    for column, condition in mapping.where.items():
        mask = taken(records, column, condition, table.source)
        table.excluded[reason_of(column, condition)] += int((~mask).sum())
        records = records.kept(mask)
    columns = dict(_mapped(records, table, problems))
    keep = _keep(columns, records, table, problems)
    for mapped in columns.values():
        for note, rows in mapped.notes:
            table.notes[note] += int((rows & keep).sum())
    table.notes = +table.notes
    table.rows_out += int(keep.sum())
    chosen = pa.array(keep)
    cases = _cases(records, mapping.one_per, table.source).filter(chosen) if mapping.one_per else None
    values = {name: column.values.filter(chosen) for name, column in columns.items()}
    return Rows(values, records.kept(keep), cases)


def _cases(records: Records, column: str, source: SourceSettings) -> pa.Array:
    """The case of each record."""
    cases = records.texts(column).values
    absent = pc.or_kleene(pc.is_null(cases), pc.is_in(cases, pa.array(source.missing, pa.string())))
    if pc.any(absent).as_py():
        raise SourceError(
            "the record belongs to no case",
            where=f"{records.place(pc.index(absent, True).as_py())}, column {column!r}",
            remedy=f"take only records with a case: where: {{{column}: {{is_missing: false}}}}",
        )
    return cases


def _mapped(records: Records, table: MappedTable, problems: list[SourceError] | None) -> Iterator[tuple[str, Column]]:
    for name in table.mapping.columns:
        try:
            yield name, map_column(name, table.mapping, records, table.source)
        except SourceError as error:
            if problems is None:
                raise
            problems.append(error)


def _keep(
    columns: dict[str, Column], records: Records, table: MappedTable, problems: list[SourceError] | None
) -> np.ndarray:
    """Which rows stay; every other is counted under one reason, the first that applies."""
    keep = np.ones(len(records), dtype=bool)
    for reason, rows in _exclusions(columns, table.mapping):
        table.excluded[reason] += int((rows & keep).sum())
        keep &= ~rows
    _refuse(columns, records, table, keep, problems)
    for name, column in columns.items():
        if table.mapping.columns[name].on_error == "missing":
            column.notes += [(f"{name}: {_short(fault)}, taken as not given", fault.rows) for fault in column.faults]
    return keep


def _exclusions(columns: dict[str, Column], mapping: TableMapping) -> Iterator[tuple[str, np.ndarray]]:
    for column in columns.values():
        yield from column.exclusions
    for name, column in columns.items():
        if mapping.columns[name].on_error == "exclude":
            for fault in column.faults:
                yield f"{name} {_short(fault)}", fault.rows


def _short(fault: Fault) -> str:
    return fault.what.split(", ")[0].split(" written as ")[0]


def _refuse(
    columns: dict[str, Column], records: Records, table: MappedTable, keep: np.ndarray,
    problems: list[SourceError] | None,
) -> None:  # fmt: skip
    errors: list[tuple[int, SourceError]] = []
    for name, column in columns.items():
        if table.mapping.columns[name].on_error != "refuse":
            continue
        for fault in column.faults:
            rows = np.flatnonzero(fault.rows & keep)
            if len(rows):
                errors.append((int(rows[0]), _error(name, column, fault, int(rows[0]), len(rows), records, table)))
    errors.sort(key=lambda pair: pair[0])
    if errors and problems is None:
        raise errors[0][1]
    if problems is not None:
        problems.extend(error for _, error in errors)


def _error(
    name: str, column: Column, fault: Fault, index: int, count: int, records: Records, table: MappedTable
) -> SourceError:
    value = f"{fault.texts[index].as_py()!r} " if fault.texts is not None else ""
    where = f"{records.place(index)}, column {column.origin!r}"
    more = f" (at least {count} such rows)" if count > 1 else ""
    return SourceError(f"{table.mapping.table}.{name}: {value}{fault.what}{more}", where=where, remedy=fault.remedy)


def _meet_paths(records: Records, mapping: TableMapping, paths_met: dict[str, bool]) -> None:
    """Remember which paths any document has, so that a misspelt one is found when all are read."""
    if not records.are_documents or not len(records):
        return
    for path in _paths(mapping):
        inside = mapping.each is not None and not path.startswith("../")
        _meet(records, path, f"{mapping.each}.0.{path}" if inside else path.removeprefix("../"), paths_met)


def _meet(records: Records, path: str, shown: str, paths_met: dict[str, bool]) -> None:
    if records.are_documents and len(records) and not paths_met.get(shown, False):
        paths_met[shown] = present(records.objects(path))


def _paths(mapping: TableMapping) -> Iterator[str]:
    yield from mapping.where
    if mapping.one_per is not None:
        yield mapping.one_per
    for column in mapping.columns.values():
        if not column.optional:
            yield from column.origin if len(column.origin) == 1 else ()
            yield from template_fields(column.template) if column.template is not None else ()


def refuse_absent_paths(paths_met: dict[str, bool], files: Sequence[str]) -> None:
    """Refuse a path that no document has.

    Raises:
        SourceError: There is one.
    """
    known = [path for path, is_met in paths_met.items() if is_met]
    for path, is_met in paths_met.items():
        if not is_met:
            raise SourceError(
                f"no record has {path!r}{nearest(path, known)}",
                where=", ".join(files),
                remedy="correct the path in the mapping, or mark the column optional",
            )


def _writer(table: MappedTable) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        table.path, _schema(table.mapping), compression="none", use_dictionary=False, write_statistics=False
    )


def _schema(mapping: TableMapping) -> pa.Schema:
    fields = [(name, ARROW_TYPES[FIELDS[name].dtype]) for name in mapping.columns]
    added = [(PART, pa.int32()), (PLACE, pa.int64()), (ELEMENT, pa.int64()), (CASE, pa.string())]
    return pa.schema(fields + added)


def _with_places(rows: Rows, table: MappedTable, part: int) -> pa.Table:
    size = len(rows.records)
    elements = rows.records.elements
    added = [
        pa.array(np.full(size, part, dtype=np.int32)),
        pa.array(rows.records.rows, pa.int64()),
        pa.nulls(size, pa.int64()) if elements is None else pa.array(elements, pa.int64()),
        pa.nulls(size, pa.string()) if rows.cases is None else rows.cases,
    ]
    return pa.table([*rows.columns.values(), *added], schema=_schema(table.mapping))


__all__ = ["MappedTable", "UnknownColumn", "canonicalise", "map_records", "refuse_absent_paths"]
