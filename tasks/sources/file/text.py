"""What a text file is made of: its encoding, checked to the last byte before a record is read."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from evaluation.errors import SourceError
from tasks.sources.file.opening import Member

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_GUESSES = [
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "iso8859_2", "iso8859_5", "koi8_r", "cp866",
    "shift_jis", "gb18030", "big5", "euc_kr", "utf_16_le", "utf_16_be",
]  # fmt: skip
"""Encodings that exports of help desks and spreadsheets really have; a wider choice guesses worse."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding in which the whole file can be read, and whether it was guessed."""

    name: str
    is_guessed: bool = False


def find_encoding(member: Member, given: str | None) -> Encoding:
    """The encoding of a text file: as given; else by its byte-order mark; else UTF-8; else a guess, told as a note.

    Raises:
        SourceError: The file cannot be read in it; names the first byte and the line.
    """
    with member.open() as file:
        head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if given is not None:
        name = marked if marked and marked.startswith(given) else given
        _read_through(member, name)
        return Encoding(name)
    try:
        _read_through(member, marked or "utf-8")
    except _Undecodable as error:
        if marked:
            raise
        return _guess(member, error)
    return Encoding(marked or "utf-8")


def open_text(member: Member, encoding: Encoding, newline: str = "") -> TextIO:
    """The file as text; line ends are left as they are."""
    text = io.TextIOWrapper(member.open(), encoding=encoding.name, newline=newline)
    text._CHUNK_SIZE = _BLOCK  # type: ignore[attr-defined]  # the default of 8 KiB costs a third of the reading
    return text


class _Undecodable(SourceError):
    """The file is not in the encoding."""

    position = 0


def _guess(member: Member, failure: _Undecodable) -> Encoding:
    from charset_normalizer import from_bytes

    with member.open() as file:
        file.read(max(0, failure.position - _BLOCK // 4))
        sample = file.read(_BLOCK)
    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    if best is None:
        raise failure
    _read_through(member, best.encoding)
    return Encoding(best.encoding, is_guessed=True)


def _read_through(member: Member, encoding: str) -> None:
    line = 1
    for text in _decoded(member, encoding):
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            raise SourceError(
                "there is a NUL byte in the text",
                where=f"{member.name}, line {line}",
                remedy="if the file is UTF-16, give encoding: utf-16-le; if not, export it again: it is damaged",
            )
        line += text.count("\n")


def _decoded(member: Member, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    fed, line = 0, 1
    with member.open() as file:
        while True:
            block = file.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise _undecodable(member, encoding, error, fed + len(block) - len(error.object), line) from error
            yield text
            line += text.count("\n")
            fed += len(block)
            if not block:
                return


def _undecodable(member: Member, encoding: str, error: UnicodeDecodeError, base: int, line: int) -> _Undecodable:
    line += error.object[: error.start].count(b"\n")
    shown = error.object[error.start : error.start + 4].hex(" ")
    failure = _Undecodable(
        f"the file is not {encoding}: byte {base + error.start + 1} ({shown}) cannot be read",
        where=f"{member.name}, line {line}",
        remedy="give the right `encoding`, for example windows-1250, windows-1251 or utf-16",
    )
    failure.position = base + error.start
    return failure
