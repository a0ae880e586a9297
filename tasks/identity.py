"""What an edition was made from: digests of the inputs, the configuration and the code."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.period import Period
    from tasks.configuration.model import Review
    from tasks.sources.source import SnapshotRecord

ROOMS = ("evaluation", "expectations", "reports", "tasks")
"""Packages whose code and resources decide what a report says."""

LIBRARIES = (
    "babel", "duckdb", "great-expectations", "holidays", "ibis-framework", "jinja2", "numpy", "pandas", "pyarrow",
    "tzdata", "weasyprint",
)  # fmt: skip


def identity(
    review: Review,
    period: Period,
    languages: Iterable[str],
    as_of: datetime | None,
    snapshots: Iterable[SnapshotRecord],
) -> dict[str, Any]:
    """Everything that decides an edition's content; equal identities mean equal bytes.

    Args:
        review: The configuration.
        period: The period.
        languages: Languages of the reports.
        as_of: The as-of moment when one was asked for.
        snapshots: What was pulled from each source.
    """
    made_from = {
        "period": period.id,
        "as_of": as_of.isoformat() if as_of else None,
        "languages": list(languages),
        "inputs": {snapshot.source: snapshot.sha256 for snapshot in snapshots},
        "configuration": configuration_digest(review),
        "code": code_digest(),
        "versions": versions(),
    }
    return {**made_from, "digest": _digest(made_from)}


def configuration_digest(review: Review) -> str:
    """Digest of what in `review.yaml` bears on the content; where it is computed and kept and who gets it do not."""
    return _digest(review.model_dump(mode="json", exclude={"archive", "delivery", "engine"}))


def code_digest() -> str:
    """Digest of every file of the rooms that decide what a report says."""
    digest = hashlib.sha256()
    for room in ROOMS:
        root = Path(str(import_module(room).__file__)).parent
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".mo"}:
                digest.update(f"{room}/{path.relative_to(root).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Versions of what computes and draws."""
    return {"python": platform.python_version(), "service-review": version("service-review"),
            **{name: version(name) for name in LIBRARIES}}  # fmt: skip


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
