"""The archive: editions on disk, each written whole or not at all, never changed afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import ConfigError, DataError

RECORD = "edition.json"
_RECORDED = ("period", "edition", "reports", "withheld", "files")
"""What every record has; one without them was damaged."""
_EDITION = re.compile(r"edition-(\d+)")


@dataclass(frozen=True, slots=True)
class Edition:
    """One published edition.

    Attributes:
        folder: Where it lies.
        record: Content of its `edition.json`.
    """

    folder: Path
    record: Mapping[str, Any]

    @property
    def number(self) -> int:
        """1, 2, …"""
        return int(self.record["edition"])

    @property
    def period_id(self) -> str:
        """The period it is about."""
        return str(self.record["period"]["id"])

    def file(self, name: str) -> Path:
        """One of its files."""
        return self.folder / name

    @property
    def reports(self) -> dict[str, Path]:
        """PDF of each language."""
        return {language: self.folder / name for language, name in self.record["reports"].items()}


class Archive:
    """The folder that holds all editions of one organisation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def editions(self, period_id: str | None = None) -> list[Edition]:
        """Published editions, by period and number; a folder without its record is not an edition."""
        self._refuse_file()
        if not self.folder.is_dir():
            return []
        pattern = f"{period_id or '*'}/edition-*/{RECORD}"
        found = [_read(path) for path in sorted(self.folder.glob(pattern)) if _EDITION.fullmatch(path.parent.name)]
        return sorted(found, key=lambda edition: (edition.record["period"]["start"], edition.period_id, edition.number))

    def latest(self, period_id: str) -> Edition | None:
        """The newest edition of a period, or None."""
        return next(iter(reversed(self.editions(period_id))), None)

    def get(self, period_id: str, number: int | None = None) -> Edition:
        """One edition.

        Raises:
            ConfigError: There is none.
        """
        for edition in reversed(self.editions(period_id)):
            if number in (None, edition.number):
                return edition
        published = ", ".join(dict.fromkeys(edition.period_id for edition in self.editions())) or "none"
        wanted = f"edition {number} of {period_id}" if number else f"edition of {period_id}"
        raise ConfigError(f"there is no {wanted}", where=str(self.folder), remedy=f"published periods: {published}")

    @contextmanager
    def workdir(self, period_id: str) -> Iterator[Path]:
        """A new empty folder for a run, on the archive's own disk so that publishing is one rename.

        Folders that died runs left behind are removed first; this one is removed in the end.
        """
        self._refuse_file()
        parent = self.folder / ".unfinished"
        parent.mkdir(parents=True, exist_ok=True)
        for left_over in parent.iterdir():
            if not _is_running(left_over):
                shutil.rmtree(left_over, ignore_errors=True)
        folder = parent / f"{period_id}-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _refuse_file(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise ConfigError(
                "the archive is a file, not a folder", where=str(self.folder),
                remedy="name another folder under `archive:`, or move the file away",
            )  # fmt: skip

    def keep_snapshot(self, snapshot: Path, sha256: str) -> Path:
        """Keep a snapshot's folder under its checksum; the same content is kept once for all editions."""
        kept = self.folder / "snapshots" / sha256
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            partial = kept.with_name(f".{sha256}.{os.getpid()}")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(snapshot, partial)
            for path in partial.rglob("*"):
                _sync(path)
            partial.rename(kept)
        return kept

    def publish(self, folder: Path, record: Mapping[str, Any]) -> Edition:
        """Make a finished folder an edition: record written last, everything synced, one rename.

        Args:
            folder: A folder from `workdir` with every file of the edition.
            record: `edition.json` without the checksums of files, which are added here.

        Raises:
            DataError: Another run published this edition meanwhile.
        """
        files = {
            path.relative_to(folder).as_posix(): checksum(path) for path in sorted(folder.rglob("*")) if path.is_file()
        }
        complete = {**record, "files": files}
        text = json.dumps(complete, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
        (folder / RECORD).write_text(text + "\n", encoding="utf-8")
        for path in folder.rglob("*"):
            if path.is_file():
                _sync(path)
                path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        target = self.folder / str(record["period"]["id"]) / f"edition-{record['edition']}"
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.rename(target)
        except OSError as error:
            raise DataError(
                f"edition {record['edition']} of {record['period']['id']} was published by another run meanwhile",
                where=str(target), remedy="run again",
            ) from error  # fmt: skip
        _sync(target.parent)
        return _read(target / RECORD)


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def faults(edition: Edition) -> Iterator[str]:
    """What on disk differs from the edition's record: missing, changed or added files."""
    expected: Mapping[str, str] = edition.record["files"]
    present = {p.relative_to(edition.folder).as_posix(): p for p in edition.folder.rglob("*") if p.is_file()}
    for name, sha256 in expected.items():
        if name not in present:
            yield f"{name} is missing"
        elif checksum(present[name]) != sha256:
            yield f"{name} was changed"
    yield from (f"{name} was added" for name in sorted(set(present) - set(expected) - {RECORD}))


def _read(path: Path) -> Edition:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(str(error), path) from error
    if not isinstance(record, dict):
        raise _unreadable("it is not a mapping", path)
    lacking = [name for name in _RECORDED if name not in record]
    if lacking:
        raise _unreadable(f"it lacks {', '.join(lacking)}", path)
    return Edition(path.parent, record)


def _unreadable(found: str, path: Path) -> DataError:
    return DataError(f"the record cannot be read: {found}", where=str(path), remedy="restore the edition from a copy")


def _is_running(left_over: Path) -> bool:
    """Whether the run that made a working folder is still alive."""
    number = left_over.name.rpartition("-")[2]
    if not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
