"""The step that delivers: copies of an edition's reports into folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import DeliveryError

if TYPE_CHECKING:
    from tasks.archive import Edition
    from tasks.configuration.model import FolderDelivery


@dataclass(frozen=True, slots=True)
class Delivery:
    """A report handed over.

    Attributes:
        path: The file in the recipient's folder.
        was_there: The same bytes were there already, so nothing was written.
    """

    path: Path
    was_there: bool


def deliver(edition: Edition, folders: Sequence[FolderDelivery], root: Path) -> tuple[Delivery, ...]:
    """Copy the edition's reports into each folder; a copy appears whole or not at all.

    Withheld editions go only to folders that ask for them. Delivering an edition twice changes nothing.

    Raises:
        DeliveryError: One or more folders could not be written; the others were served all the same.
    """
    done, failed = [], []
    for folder in folders:
        if edition.record["withheld"] and not folder.withheld:
            continue
        try:
            done += _copy_reports(edition, folder, root / folder.path)
        except OSError as error:
            failed.append(f"{folder.path}: {error.strerror or error}")
    if failed:
        raise DeliveryError(
            f"{len(failed)} of {len(folders)} folders could not be written", where="; ".join(failed),
            remedy="make them writable and run again; the edition itself is published",
        )  # fmt: skip
    return tuple(done)


def _copy_reports(edition: Edition, folder: FolderDelivery, target: Path) -> list[Delivery]:
    target.mkdir(parents=True, exist_ok=True)
    wanted = folder.languages or list(edition.reports)
    return [
        _copy(report, target / f"{edition.period_id}-edition-{edition.number}.{language}.pdf")
        for language, report in edition.reports.items()
        if language in wanted
    ]


def _copy(source: Path, target: Path) -> Delivery:
    content = source.read_bytes()
    if target.exists() and target.read_bytes() == content:
        return Delivery(target, was_there=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(source, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Delivery(target, was_there=False)
