"""The step that validates: Great Expectations in a process of its own, started before it is needed."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from evaluation.validation import Validation


@dataclass(frozen=True)
class Validated:
    """The canonical tables as the evaluation may use them.

    Attributes:
        tables: Parquet file of each canonical table, without quarantined rows.
        quarantine: Parquet file of the rows taken out, by table; only tables that have any.
        validation: Every check.
    """

    tables: Mapping[str, Path]
    quarantine: Mapping[str, Path]
    validation: Validation


class Validator:
    """Validates in a second process, so that the 3 to 8 s which Great Expectations needs to import pass meanwhile.

    Use it as a context around the whole run: the process starts warming up at once.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        if "great_expectations" in sys.modules or multiprocessing.current_process().daemon:
            return
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))
        self._pool.submit(_warm_up)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def validate(self, tables: Mapping[str, Path], run_at: datetime, workdir: Path) -> Validated:
        """Judge the tables and take broken rows out.

        Args:
            tables: Parquet file of each canonical table.
            run_at: The moment of the run; nothing may have happened after it.
            workdir: Where clean tables and quarantined rows are written.
        """
        if self._pool is None:
            return validate_files(tables, run_at, workdir)
        outcome = self._pool.submit(validate_files, dict(tables), run_at, workdir)
        _import_what_follows()
        return outcome.result()


def validate_files(tables: Mapping[str, Path], run_at: datetime, workdir: Path) -> Validated:
    """Validate Parquet files in this process; see `Validator.validate`."""
    import pandas as pd

    from expectations.validate import validate

    outcome = validate({name: pd.read_parquet(path) for name, path in tables.items()}, run_at)
    clean = _write(outcome.clean, workdir / "clean")
    quarantine = _write(outcome.quarantine, workdir / "quarantine")
    return Validated({name: clean.get(name, path) for name, path in tables.items()}, quarantine, outcome.validation)


def _write(frames: Mapping[str, object], folder: Path) -> dict[str, Path]:
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, frame in frames.items():
        if isinstance(frame, pd.DataFrame):
            written[name] = folder / f"{name}.parquet"
            frame.to_parquet(written[name], index=False)
    return written


def _import_what_follows() -> None:
    """Use the wait: what the next steps import takes two seconds."""
    for module in ("evaluation.assessing", "reports.rendering", "ibis.backends.duckdb"):
        import_module(module)
    import_module("reports.typesetter").load_weasyprint()


def _warm_up() -> None:
    from expectations.judge import warm_up

    warm_up()
