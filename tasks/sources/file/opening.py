"""Finding files, fingerprinting them and unpacking gz and zip within limits."""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from evaluation.errors import SourceError
from tasks.sources.file.config import FileSourceConfig
from tasks.sources.workbooks import DAMAGE

_BLOCK = 1 << 20
_LITTER = ("__MACOSX/*", "*.DS_Store", "*Thumbs.db")


@dataclass(frozen=True, slots=True)
class Member:
    """A file to read, unpacked: it lies by itself, in a gz or in a zip.

    Attributes:
        name: Name for people; a member of an archive is `archive.zip/member.csv`.
        path: Name by which its format is told, without `.gz`.
        size: Bytes of the original file as it lies on disk.
        sha256: Checksum of the original file.
        open: Opens the unpacked content; what goes over the limit of bytes is a `SourceError`.
        plain: The file on disk when nothing has to be unpacked, else None.
    """

    name: str
    path: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]
    plain: Path | None


class Budget:
    """Bytes that the files of one source may still unpack to; reading a file twice counts once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._read: dict[str, int] = {}

    def read(self, name: str, count: int) -> None:
        """Note that `count` bytes of a file were unpacked so far.

        Raises:
            SourceError: All files together went over the limit.
        """
        self._read[name] = max(count, self._read.get(name, 0))
        if sum(self._read.values()) > self._limit:
            raise SourceError(
                f"the files unpack to more than {self._limit} bytes",
                where=name,
                remedy="if it is right, raise `limits: {bytes: …}` of the source; if not, do not open it",
            )


def members(config: FileSourceConfig, root: Path) -> Iterator[Member]:
    """Every file that the source names, unpacked, in order of pattern and name.

    Raises:
        SourceError: A pattern finds nothing, or an archive is damaged, hostile or locked.
    """
    budget = Budget(config.limits.bytes)
    for path in find_files(config, root):
        yield from _members_of(path, Path(os.path.relpath(path, root)).as_posix(), config, budget)


def find_files(config: FileSourceConfig, root: Path) -> list[Path]:
    """Files that the patterns find, each once, sorted within a pattern."""
    found: dict[Path, None] = {}
    for pattern in config.files:
        literal = root / pattern
        matches = [str(literal)] if literal.is_file() else sorted(glob.glob(str(literal), recursive=True))
        files = [Path(match) for match in matches if Path(match).is_file()]
        if not files:
            what = "is a folder, not a file" if literal.is_dir() else "is not there"
            raise SourceError(
                f"{pattern!r} {what}",
                where=f"source {config.id}, files",
                remedy="give a file or a pattern such as exports/*.csv, relative to review.yaml",
            )
        found.update(dict.fromkeys(files))
    return list(found)


def _members_of(path: Path, name: str, config: FileSourceConfig, budget: Budget) -> Iterator[Member]:
    size, digest = fingerprint(path, name)
    if name.lower().endswith(".gz") or _head(path).startswith(b"\x1f\x8b"):
        plain_name, unpack = re.sub(r"\.gz$", "", name, flags=re.IGNORECASE), partial(gzip.open, path, "rb")
        yield Member(name, plain_name, size, digest, partial(_guarded, unpack, name, budget), None)
    elif name.lower().endswith(".zip") and config.format not in ("xlsx", "parquet"):
        yield from _zip_members(path, name, (size, digest), config, budget)
    else:
        yield Member(name, name, size, digest, partial(_guarded, partial(open, path, "rb"), name, budget), path)


def _head(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(8)


def fingerprint(path: Path, name: str) -> tuple[int, str]:
    """Size in bytes and SHA-256 of a file.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"{name} cannot be read: {error.strerror}", where=name, remedy="check its rights and the disk"
        ) from error


def _zip_members(
    path: Path, name: str, original: tuple[int, str], config: FileSourceConfig, budget: Budget
) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise _damaged(name, error) from error
    with archive:
        for entry in _wanted_entries(archive, name, config.members):
            inner = f"{name}/{entry.filename}"
            unpack = partial(archive.open, entry)
            yield Member(inner, entry.filename, *original, partial(_guarded, unpack, inner, budget), None)


def _wanted_entries(archive: zipfile.ZipFile, name: str, patterns: tuple[str, ...]) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries:
        _refuse_hostile(entry, name)
    wanted = sorted((e for e in entries if _is_wanted(e.filename, patterns)), key=lambda entry: entry.filename)
    if not wanted:
        found = f"{name} holds no file to read ({len(entries)} in all)"
        raise SourceError(found, where=name, remedy="check the archive and `members`")
    nested = next((e for e in wanted if e.filename.lower().endswith((".zip", ".gz"))), None)
    if nested is not None:
        found = f"{nested.filename!r} is an archive inside an archive"
        raise SourceError(found, where=name, remedy="unpack the outer one, or choose other files with `members`")
    return wanted


def _is_wanted(filename: str, patterns: tuple[str, ...]) -> bool:
    if any(fnmatch(filename, pattern) for pattern in _LITTER):
        return False
    return any(fnmatch(filename, pattern) for pattern in patterns)


def _refuse_hostile(entry: zipfile.ZipInfo, name: str) -> None:
    inner = PurePosixPath(entry.filename.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in entry.filename or "\0" in entry.orig_filename:
        raise SourceError(
            f"the archive holds a file named {entry.filename!r}, which points outside of it",
            where=name,
            remedy="do not use this archive; ask its sender for a clean one",
        )
    if entry.flag_bits & 0x1:
        raise SourceError(
            f"{entry.filename!r} is locked with a password", where=name, remedy="give the archive without a password"
        )


def _damaged(name: str, error: BaseException) -> SourceError:
    what = "ends too early" if isinstance(error, EOFError) else f"is damaged ({error})"
    return SourceError(
        f"{name} {what}", where=name, remedy="export or copy it again; compare its size with the original"
    )


def _guarded(opener: Callable[[], object], name: str, budget: Budget) -> BinaryIO:
    try:
        raw = opener()
    except DAMAGE as error:
        raise _damaged(name, error) from error
    return io.BufferedReader(_Guarded(raw, name, budget), _BLOCK)  # type: ignore[arg-type, return-value]


class _Guarded(io.RawIOBase):
    """A stream that says in our words what is wrong with it, and that stops at the limit of bytes."""

    def __init__(self, raw: BinaryIO, name: str, budget: Budget) -> None:
        self._raw, self._name, self._budget, self._count = raw, name, budget, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._raw.read(len(buffer))
        except DAMAGE as error:
            raise _damaged(self._name, error) from error
        buffer[: len(block)] = block
        self._count += len(block)
        self._budget.read(self._name, self._count)
        return len(block)

    def close(self) -> None:
        self._raw.close()
        super().close()
