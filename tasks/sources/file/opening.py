"""Finding files, fingerprinting them and unpacking gz and zip within limits."""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from evaluation.errors import SourceError
from tasks.sources.file.config import FileSourceConfig

_BLOCK = 1 << 20
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError)
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


def members(config: FileSourceConfig, root: Path) -> Iterator[Member]:
    """Every file that the source names, unpacked, in order of pattern and name.

    Raises:
        SourceError: A pattern finds nothing, or an archive is damaged, hostile or locked.
    """
    for path in find_files(config, root):
        yield from _members_of(path, Path(os.path.relpath(path, root)).as_posix(), config)


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


def _members_of(path: Path, name: str, config: FileSourceConfig) -> Iterator[Member]:
    size, digest = fingerprint(path, name)
    head = _head(path)
    if name.lower().endswith(".gz") or head.startswith(b"\x1f\x8b"):
        yield Member(
            name, name.removesuffix(".gz"), size, digest,
            lambda: _guarded(lambda: gzip.open(path, "rb"), name, config.limits.bytes), None,
        )  # fmt: skip
    elif name.lower().endswith(".zip") and config.format not in ("xlsx", "parquet"):
        yield from _zip_members(path, name, size, digest, config)
    else:
        yield Member(
            name, name, size, digest, lambda: _guarded(lambda: open(path, "rb"), name, config.limits.bytes), path
        )


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


def _zip_members(path: Path, name: str, size: int, digest: str, config: FileSourceConfig) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise _damaged(name, error) from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in entries:
            _refuse_hostile(entry, name)
        wanted = [entry for entry in entries if _is_wanted(entry.filename, config.members)]
        if not wanted:
            raise SourceError(
                f"{name} holds no file to read ({len(entries)} in all)",
                where=name,
                remedy="check the archive and `members`",
            )
        for entry in sorted(wanted, key=lambda entry: entry.filename):
            inner = f"{name}/{entry.filename}"
            if entry.filename.lower().endswith((".zip", ".gz")):
                raise SourceError(f"{inner} is an archive inside an archive", where=name, remedy="unpack the outer one")
            yield Member(
                inner, entry.filename, size, digest,
                lambda entry=entry, inner=inner: _guarded(  # type: ignore[misc]
                    lambda: archive.open(entry), inner, config.limits.bytes
                ),
                None,
            )  # fmt: skip


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


def _guarded(opener: Callable[[], object], name: str, limit: int) -> BinaryIO:
    try:
        raw = opener()
    except _DAMAGE as error:
        raise _damaged(name, error) from error
    return io.BufferedReader(_Guarded(raw, name, limit), _BLOCK)  # type: ignore[arg-type, return-value]


class _Guarded(io.RawIOBase):
    """A stream that says in our words what is wrong with it, and that stops at the limit of bytes."""

    def __init__(self, raw: BinaryIO, name: str, limit: int) -> None:
        self._raw, self._name, self._limit, self._count = raw, name, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._raw.read(len(buffer))
        except _DAMAGE as error:
            raise _damaged(self._name, error) from error
        buffer[: len(block)] = block
        self._count += len(block)
        if self._count > self._limit:
            raise SourceError(
                f"{self._name} unpacks to more than {self._limit} bytes",
                where=self._name,
                remedy="if it is right, raise `limits: {bytes: …}` of the source; if not, do not open it",
            )
        return len(block)

    def close(self) -> None:
        self._raw.close()
        super().close()
