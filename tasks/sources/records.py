"""Records of a snapshot, in memory: columns or nested documents, looked up by path, each with its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import from_json

from evaluation.errors import SourceError
from tasks.sources.base import ADDED, CELLS, DOCUMENT, EXTRA, ROW
from tasks.sources.headers import FINDING
from tasks.sources.snapshot import SnapshotFile
from tasks.sources.texts import nearest, text_of


class _Absent:
    """What a document has at a path that it does not have."""


_ABSENT = _Absent()
_ENCLOSING = "../"


@dataclass(frozen=True, slots=True)
class Texts:
    """Values of one source column as text; null is 'not given'.

    Attributes:
        values: One text for each record.
        nested: Records whose value is a list or an object and so has no text; None when there is none.
    """

    values: pa.StringArray
    nested: np.ndarray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A batch of records of one part.

    Attributes:
        file: The part.
        rows: Place of each record, as a person counts it.
        columns: Source columns by name; empty for documents.
        documents: Nested objects; empty for columns.
        enclosing: For elements of a nested list, the record around each.
        elements: For elements of a nested list, the position of each in its list, from 0.
        each: Path of that list.
        finding: How column names are compared.
        absent: Paths that no document had so far; shared by all batches of a source.
        followed: What was found at paths of the documents so far: several columns, and the search for misspelt paths,
            ask for the same.
    """

    file: SnapshotFile
    rows: np.ndarray
    columns: dict[str, pa.Array] = field(default_factory=dict)
    documents: Sequence[Any] = ()
    enclosing: Sequence[Any] | None = None
    elements: np.ndarray | None = None
    each: str = ""
    finding: str = "exact"
    followed: dict[str, list[Any]] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def are_documents(self) -> bool:
        """Whether the records are nested objects rather than columns."""
        return not self.columns

    def place(self, index: int) -> str:
        """Where a record is, for people: `tickets.csv, line 12`."""
        return place_of(self.file, int(self.rows[index]), self._element(index), self.each)

    def _element(self, index: int) -> int | None:
        return None if self.elements is None else int(self.elements[index])

    def kept(self, mask: np.ndarray) -> Records:
        """The records for which `mask` is true."""
        if mask.all():
            return self
        chosen, where = pa.array(mask), np.flatnonzero(mask).tolist()
        return Records(
            file=self.file, rows=self.rows[mask], each=self.each, finding=self.finding,
            columns={name: column.filter(chosen) for name, column in self.columns.items()},
            documents=[self.documents[index] for index in where] if self.documents else (),
            enclosing=None if self.enclosing is None else [self.enclosing[index] for index in where],
            elements=None if self.elements is None else self.elements[mask],
        )  # fmt: skip

    def nested(self, path: str) -> tuple[Records, int]:
        """The elements of the list at `path`, each a record, and how many records have no such list."""
        lists = self.objects(path)
        without = sum(one is None or one is _ABSENT for one in lists)
        for index, one in enumerate(lists):
            if one is not None and one is not _ABSENT and not isinstance(one, list):
                raise SourceError(
                    f"{path!r} is not a list", where=self.place(index), remedy="name a nested list in `each`"
                )
        lists = [one if isinstance(one, list) else [] for one in lists]
        counts = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
        owners = np.repeat(np.arange(len(lists)), counts)
        around = self.documents or self._as_objects()
        elements = np.concatenate([np.arange(count) for count in counts]) if len(owners) else np.zeros(0, np.int64)
        return Records(
            file=self.file, rows=self.rows[owners], documents=[element for one in lists for element in one],
            enclosing=[around[owner] for owner in owners.tolist()], elements=elements, each=path,
        ), without  # fmt: skip

    def texts(self, path: str) -> Texts:
        """The values at a path as text.

        Raises:
            UnknownColumn: There is no such column.
        """
        if self.are_documents:
            return _texts(self.objects(path))
        column = self.columns.get(self._find(path) or "")
        if column is None or pa.types.is_nested(column.type):
            return _texts(self.objects(path))
        return Texts(_as_text(column))

    def instants(self, path: str) -> pa.Array | None:
        """The column at a path when it holds instants in microseconds, with their zone; else None."""
        column = self.columns.get(self._find(path) or "")
        if column is None or not pa.types.is_timestamp(column.type):
            return None
        return column if column.type.unit == "us" and column.type.tz is not None else None

    def objects(self, path: str) -> list[Any]:
        """The values at a path as they are; `_ABSENT` where a document does not have it. Not to be changed."""
        if path.startswith(_ENCLOSING):
            if self.enclosing is None:
                raise SourceError(
                    f"{path!r} means the enclosing record, but there is none",
                    where=self.file.name,
                    remedy="use ../ only in a table with `each`",
                )
            if path not in self.followed:
                self.followed[path] = _follow(self.enclosing, path.removeprefix(_ENCLOSING))
            return self.followed[path]
        if self.are_documents:
            if path not in self.followed:
                self.followed[path] = _follow(self.documents, path)
            return self.followed[path]
        name = self._find(path)
        if name is not None:
            return self.columns[name].to_pylist()
        head, _, rest = path.partition(".")
        name = self._find(head)
        if name is None or not rest:
            raise UnknownColumn(path, self)
        return _follow([_document(value) for value in self.columns[name].to_pylist()], rest)

    def has(self, path: str) -> bool:
        """Whether the columns hold a path; documents may hold any."""
        if self.are_documents or path.startswith(_ENCLOSING):
            return True
        return self._find(path) is not None or ("." in path and self._find(path.partition(".")[0]) is not None)

    def _find(self, name: str) -> str | None:
        if name in self.columns:
            return name
        rule = FINDING[self.finding]
        matches = [known for known in self.columns if rule(known) == rule(name)]
        if len(matches) > 1:
            raise SourceError(
                f"{name!r} may be any of the columns {', '.join(map(repr, matches))}",
                where=self.file.name,
                remedy="write one of them exactly",
            )
        return matches[0] if matches else None

    def _as_objects(self) -> list[dict[str, Any]]:
        names = list(self.columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*(c.to_pylist() for c in self.columns.values()))]  # noqa: B905


class UnknownColumn(SourceError):
    """A mapping names a column that a file does not have."""

    def __init__(self, name: str, records: Records) -> None:
        known = list(records.columns)
        repeated = [column for column in known if column.startswith(f"{name} (")]
        if repeated:
            found, remedy = f"the column {name!r} occurs {len(repeated)} times", f"write one of: {', '.join(repeated)}"
        else:
            found = f"there is no column {name!r}{nearest(name, known)}"
            shown = ", ".join(known[:40]) + (", …" if len(known) > 40 else "")
            remedy = f"correct the mapping, or mark the column optional; columns of the file: {shown}"
        super().__init__(found, where=records.file.name, remedy=remedy)

    def __reduce__(self) -> tuple[object, ...]:
        return (_plain, (self.found, self.where, self.remedy))


def _plain(found: str, where: str, remedy: str) -> SourceError:
    return SourceError(found, where=where, remedy=remedy)


def place_of(file: SnapshotFile, row: int, element: int | None, each: str) -> str:
    """Where a record is, for people."""
    inside = "" if element is None else f", {each}.{element}"
    return f"{file.name}, {file.place} {row}{inside}"


def records_of(batch: pa.RecordBatch, file: SnapshotFile, finding: str) -> Records:
    """A batch of a snapshot as records; documents are parsed.

    Raises:
        SourceError: A document is not a JSON object; names its line.
    """
    rows = batch.column(ROW).to_numpy()
    if DOCUMENT in batch.schema.names:
        texts = batch.column(DOCUMENT).to_pylist()
        return Records(file=file, rows=rows, documents=_parsed(texts, rows, file))
    columns = {name: batch.column(name) for name in batch.schema.names if name not in ADDED}
    return Records(file=file, rows=rows, columns=columns, finding=finding)


def _parsed(texts: list[str], rows: np.ndarray, file: SnapshotFile) -> list[Any]:
    documents = []
    for index, text in enumerate(texts):
        try:
            document = from_json(text, allow_inf_nan=False)
        except ValueError as error:
            raise _not_json(file, int(rows[index]), f"is not JSON ({error})") from error
        if not isinstance(document, dict):
            raise _not_json(file, int(rows[index]), f"is a {type(document).__name__}, not an object")
        documents.append(document)
    return documents


def _not_json(file: SnapshotFile, row: int, what: str) -> SourceError:
    return SourceError(
        f"the record {what}",
        where=place_of(file, row, None, ""),
        remedy="export the file again; each record must be one JSON object",
    )


def blank_rows(batch: pa.RecordBatch) -> np.ndarray:
    """Which rows of a snapshot's batch hold nothing at all."""
    names = [name for name in batch.schema.names if name not in ADDED or name == DOCUMENT]
    blank = np.ones(len(batch), dtype=bool)
    for name in names:
        if not blank.any():
            return blank
        column = batch.column(name)
        empty = column.is_null()
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            empty = pc.or_kleene(empty, pc.equal(pc.utf8_trim_whitespace(column), ""))
        blank &= pc.fill_null(empty, True).to_numpy(zero_copy_only=False)
    return blank


def ragged_rows(batch: pa.RecordBatch, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Which rows have too few cells, and which have cells that are not empty beyond the header."""
    if CELLS not in batch.schema.names:
        none = np.zeros(len(batch), dtype=bool)
        return none, none
    short = batch.column(CELLS).to_numpy() < width
    long = np.array(
        [text is not None and any(json.loads(text)) for text in batch.column(EXTRA).to_pylist()], dtype=bool
    )
    return short, long


def _as_text(column: pa.Array) -> pa.StringArray:
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_dictionary(column.type):
        return _as_text(column.dictionary_decode())
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if one is None else one.hex() for one in column.to_pylist()], pa.string())
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column.cast(pa.string())


def _texts(values: Sequence[Any]) -> Texts:
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return Texts(pa.array(values, pa.string()))
    if type(_ABSENT) in kinds:
        return _texts([None if value is _ABSENT else value for value in values])
    if kinds <= {int, type(None)} and _is_in_range(values):
        return Texts(pa.array(values, pa.int64()).cast(pa.string()))
    if not kinds & {list, dict}:
        return Texts(pa.array([text_of(value) for value in values], pa.string()))
    nested = np.array([isinstance(value, list | dict) for value in values], dtype=bool)
    plain = [None if isinstance(value, list | dict) else text_of(value) for value in values]
    return Texts(pa.array(plain, pa.string()), nested)


def _is_in_range(numbers: Sequence[int | None]) -> bool:
    """Whether whole numbers fit into 64 bits; Python's own are as long as one likes."""
    given = [number for number in numbers if number is not None]
    return not given or (min(given) >= -(1 << 63) and max(given) < 1 << 63)


def _follow(values: Sequence[Any], path: str) -> list[Any]:
    try:
        return [value[path] for value in values]
    except (KeyError, TypeError):
        found = list(values)
    for step in path.split("."):
        # objects and nulls are followed here, without a call for each record: nearly all records are one of them
        found = [
            value.get(step, _ABSENT) if type(value) is dict else None if value is None else _step(value, step)
            for value in found
        ]
    return found


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, _ABSENT)
    if isinstance(value, list) and step.isdecimal():
        return value[int(step)] if int(step) < len(value) else _ABSENT
    return _ABSENT if value is not None else None


def unpacked(text: str) -> Any:
    """JSON written in a cell as what it says; any other text as it is."""
    try:
        return from_json(text)
    except ValueError:
        return text


def _document(value: Any) -> Any:
    return unpacked(value) if isinstance(value, str) else value


def present(values: Iterable[Any]) -> bool:
    """Whether any record has the path at all, be it null."""
    return any(value is not _ABSENT for value in values)
