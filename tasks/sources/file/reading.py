"""Reading the files of a source: each by its format, told by name and then by content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import SourceError
from tasks.sources.base import Part
from tasks.sources.file.config import FileSourceConfig

if TYPE_CHECKING:
    from tasks.sources.file.opening import Member

_BY_NAME = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json",
    ".parquet": "parquet", ".pq": "parquet", ".xlsx": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip
_BINARY = {b"PAR1": "parquet", b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xlsx"}
_TEXT = ("csv", "tsv", "json", "ndjson")


def read_files(config: FileSourceConfig, root: Path) -> Iterator[Part]:
    """Open the source's files one after the other.

    Raises:
        SourceError: A file is not there, cannot be unpacked or cannot be read.
    """
    from tasks.sources.file.opening import members

    for member in members(config, root):
        yield _read(member, config)


def _read(member: Member, config: FileSourceConfig) -> Part:
    format_ = tell_format(member, config)
    if format_ in ("csv", "tsv"):
        return _delimited(member, config, format_ == "tsv")
    if format_ in ("json", "ndjson"):
        return _documents(member, config, format_)
    return _columnar(member, config) if format_ == "parquet" else _spreadsheet(member, config)


def tell_format(member: Member, config: FileSourceConfig) -> str:
    """The format of a file: as the settings say, else by its name, else by its first bytes.

    Raises:
        SourceError: Its content contradicts the format, or is a web page.
    """
    with member.open() as file:
        head = file.read(1 << 16)
    binary = next((name for mark, name in _BINARY.items() if head.startswith(mark)), None)
    format_ = config.format or _BY_NAME.get(Path(member.path).suffix.lower()) or binary or _tell_text(head)
    if not head:
        raise SourceError("the file is empty", where=member.name, remedy="export it again")
    if format_ in _TEXT and binary is not None:
        what = "a Parquet file" if binary == "parquet" else "a workbook or an archive"
        raise SourceError(
            f"the file is {what}, not {format_}", where=member.name, remedy=f"set format: {binary}, or name it rightly"
        )
    if format_ in _TEXT and head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise SourceError(
            f"the file is a web page, not {format_}; an export behind a sign-in page looks like this",
            where=member.name,
            remedy="download the export again while signed in",
        )
    return format_


def _tell_text(head: bytes) -> str:
    import json

    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        return "json"
    if not start.startswith(b"{"):
        return "csv"
    try:
        json.loads(start.splitlines()[0])
    except ValueError:
        return "json"
    return "ndjson"


def _delimited(member: Member, config: FileSourceConfig, is_tsv: bool) -> Part:
    from tasks.sources.file.delimited import read_delimited
    from tasks.sources.file.text import find_encoding

    encoding = find_encoding(member, config.encoding)
    opened = read_delimited(member, config, encoding, is_tsv)
    guessed = (f"encoding guessed: {encoding.name}",) if encoding.is_guessed else ()
    return Part(
        name=member.name, size=member.size, sha256=member.sha256, place="line", headers=opened.headers,
        found={"format": "tsv" if is_tsv else "csv", "encoding": encoding.name, "delimiter": opened.delimiter_name},
        notes=guessed + opened.notes, batches=opened.batches,
    )  # fmt: skip


def _documents(member: Member, config: FileSourceConfig, format_: str) -> Part:
    from tasks.sources.file.documents import read_lines, read_list
    from tasks.sources.file.text import find_encoding

    encoding = find_encoding(member, config.encoding)
    by_line = format_ == "ndjson"
    return Part(
        name=member.name, size=member.size, sha256=member.sha256, place="line" if by_line else "record", headers=(),
        found={"format": format_, "encoding": encoding.name},
        notes=(f"encoding guessed: {encoding.name}",) if encoding.is_guessed else (),
        batches=read_lines(member, encoding) if by_line else read_list(member, encoding, config.records),
    )  # fmt: skip


def _columnar(member: Member, config: FileSourceConfig) -> Part:
    from tasks.sources.file.columnar import read_columnar

    headers, batches = read_columnar(member, config.limits.bytes)
    return Part(
        name=member.name, size=member.size, sha256=member.sha256, place="record", headers=headers,
        found={"format": "parquet"}, batches=batches,
    )  # fmt: skip


def _spreadsheet(member: Member, config: FileSourceConfig) -> Part:
    from tasks.sources.file.spreadsheet import read_spreadsheet

    sheet, headers, notes, batches = read_spreadsheet(member, config)
    return Part(
        name=member.name, size=member.size, sha256=member.sha256, place="row", headers=headers,
        found={"format": "xlsx", "sheet": sheet}, notes=notes, batches=batches,
    )  # fmt: skip
