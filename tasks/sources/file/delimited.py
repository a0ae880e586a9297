"""CSV and TSV files: delimiter, header, and rows that keep the line where they begin."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

import numpy as np
import pyarrow as pa

from evaluation.errors import SourceError
from tasks.sources.base import CELLS, EXTRA, ROW
from tasks.sources.file.config import FileSourceConfig
from tasks.sources.file.opening import Member
from tasks.sources.file.text import Encoding, open_text
from tasks.sources.headers import stored_names

BATCH = 65_536
_LONGEST_CELL = 1 << 28
_SAMPLE_CHARACTERS = 1 << 17
_LINE_END = re.compile(r"\r\n|\r|\n")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}


@dataclass(frozen=True, slots=True)
class Delimited:
    """A delimited file, opened: what was found, and its rows."""

    headers: tuple[str, ...]
    delimiter: str
    notes: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]

    @property
    def delimiter_name(self) -> str:
        """The delimiter, for people."""
        return _NAMES.get(self.delimiter, self.delimiter)


def read_delimited(member: Member, config: FileSourceConfig, encoding: Encoding, is_tsv: bool) -> Delimited:
    """Open a delimited file and read its header.

    Raises:
        SourceError: It is empty or its header cannot be used.
    """
    csv.field_size_limit(_LONGEST_CELL)
    skipped, declared, sample = _beginning(member, encoding)
    delimiter = config.delimiter or declared or ("\t" if is_tsv else find_delimiter(sample))
    text = open_text(member, encoding)
    for _ in range(skipped):
        text.readline()
    rows = _Rows(text, delimiter, config.quotes, skipped, member.name)
    headers, above = _header(rows, config, member)
    notes = (f"{above} lines above the header",) if above else ()
    return Delimited(headers, delimiter, notes, _batches(rows, stored_names(headers)))


def _beginning(member: Member, encoding: Encoding) -> tuple[int, str | None, str]:
    """Lines to skip, the delimiter that a first line `sep=;` declares, and a sample after it."""
    with open_text(member, encoding) as text:
        sample = text.read(_SAMPLE_CHARACTERS)
    declared = re.match(r"sep=(.)\r?\n", sample)
    return (1, declared[1], sample[declared.end() :]) if declared else (0, None, sample)


def find_delimiter(sample: str) -> str:
    r"""The delimiter that cuts the first rows into the same number of cells, more than one.

    Example:
        >>> find_delimiter("a;b\n1,5;2\n")
        ';'
    """
    lines = sample.splitlines(keepends=True)[:200]
    widths = {mark: [len(row) for row in islice(csv.reader(lines, delimiter=mark), 100) if row] for mark in ",;\t|"}
    in_header = {mark: found for mark, found in widths.items() if found and found[0] > 1}
    best, best_score = ",", (0.0, 0)
    for mark, found in (in_header or widths).items():
        width, often = Counter(found).most_common(1)[0] if found else (0, 0)
        score = (often / len(found) if width > 1 else 0.0, width)
        if score > best_score:
            best, best_score = mark, score
    return best


class _Unquoted(csv.excel):
    quoting = csv.QUOTE_NONE


class _Rows:
    """Rows of a reader, with the line on which each begins."""

    def __init__(self, text: TextIO, delimiter: str, quotes: str, skipped: int, name: str) -> None:
        dialect = _Unquoted if quotes == "none" else csv.excel
        self._reader = csv.reader(text, dialect, delimiter=delimiter, strict=True)
        self._skipped, self._name, self.text = skipped, name, text

    @property
    def line(self) -> int:
        """Lines read so far."""
        return self._reader.line_num + self._skipped

    def take(self, count: int) -> tuple[list[list[str]], np.ndarray]:
        """The next rows and the lines on which they begin."""
        before = self.line
        rows: list[list[str]] = []
        try:
            rows.extend(islice(self._reader, count))
        except csv.Error as error:
            raise self._broken(error, before + sum(map(_height, rows)) + 1) from error
        if self.line - before == len(rows):
            return rows, np.arange(before + 1, self.line + 1)
        heights = np.fromiter(map(_height, rows), dtype=np.int64, count=len(rows))
        return rows, before + 1 + np.concatenate([[0], np.cumsum(heights)[:-1]])

    def _broken(self, error: csv.Error, line: int) -> SourceError:
        if "unexpected end" in str(error):
            found = 'a quoted cell is never closed: there is an odd number of "'
        elif "field larger" in str(error):
            found = f"a cell is longer than {_LONGEST_CELL} characters; a quote may never be closed"
        else:
            found = f"the quotes of the row cannot be understood ({error})"
        return SourceError(
            found,
            where=f"{self._name}, line {line}",
            remedy='close or double the quote ("" inside a quoted cell), or set quotes: none if quotes mean nothing',
        )


def _height(row: list[str]) -> int:
    return 1 + sum(len(_LINE_END.findall(cell)) for cell in row if "\n" in cell or "\r" in cell)


def _header(rows: _Rows, config: FileSourceConfig, member: Member) -> tuple[tuple[str, ...], int]:
    """The header and the number of lines above it that are not blank."""
    above = 0
    while True:
        taken, lines = rows.take(1)
        if not taken:
            what = "is empty" if config.header_row is None else f"has no row on line {config.header_row}"
            raise SourceError(f"the file {what}", where=member.name, remedy="export it again, with its header")
        cells = [cell.strip("\ufeff") for cell in taken[0]]
        is_blank = not any(cell.strip() for cell in cells)
        if config.header_row is None and not is_blank:
            return tuple(cells), above
        if config.header_row is not None and lines[0] >= config.header_row:
            if is_blank:
                raise SourceError(
                    f"line {config.header_row} is blank, it cannot be the header",
                    where=member.name,
                    remedy="correct `header_row`",
                )
            return tuple(cells), above
        above += not is_blank


def _batches(rows: _Rows, names: list[str]) -> Iterator[pa.RecordBatch]:
    with rows.text:
        first = True
        while True:
            taken, lines = rows.take(BATCH)
            if not taken and not first:
                return
            yield _batch(taken, lines, names)
            first = False


def _batch(rows: list[list[str]], lines: np.ndarray, names: list[str]) -> pa.RecordBatch:
    width = len(names)
    counts = np.fromiter(map(len, rows), dtype=np.int32, count=len(rows))
    extra: list[str | None] = [None] * len(rows)
    blank: list[str] = [None] * width  # type: ignore[list-item]  # a cell that is not there is null
    if not counts.all():
        rows = [row or blank for row in rows]
    for index in np.flatnonzero((counts != width) & (counts > 0)):
        row = rows[index]
        if len(row) > width:
            extra[index] = json.dumps(row[width:], ensure_ascii=False)
        rows[index] = (row + blank)[:width]
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)] or [
        pa.array([], pa.string()) for _ in names
    ]
    return pa.record_batch(
        [pa.array(lines, pa.int64()), pa.array(counts, pa.int32()), pa.array(extra, pa.string()), *columns],
        names=[ROW, CELLS, EXTRA, *names],
    )
