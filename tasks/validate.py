"""The step that validates: Great Expectations in a process of its own, started before it is needed."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from evaluation.errors import DataError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

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
    """Validates in a second process, so that the import of Great Expectations (2 to 8 s) passes meanwhile.

    Use it as a context around the whole run, entered first of all: the process starts warming up at once.
    """

    def __init__(self) -> None:
        self._worker: BaseProcess | None = None
        if "great_expectations" in sys.modules or multiprocessing.current_process().daemon:
            return
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._worker = context.Process(target=_serve, args=(theirs,), name="validation", daemon=True)
        self._worker.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def validate(self, tables: Mapping[str, Path], run_at: datetime, workdir: Path) -> Validated:
        """Judge the tables and take broken rows out.

        Args:
            tables: Parquet file of each canonical table.
            run_at: The moment of the run; nothing may have happened after it.
            workdir: Where clean tables and quarantined rows are written.

        Raises:
            DataError: A rule could not be judged, or the process that validates was ended from outside.
        """
        if self._worker is None:
            return validate_files(tables, run_at, workdir)
        with suppress(BrokenPipeError):  # then there is nothing to receive either
            self._pipe.send((dict(tables), run_at, workdir))
        _import_what_follows()
        try:
            outcome = self._pipe.recv()
        except (EOFError, ConnectionError) as error:
            raise DataError(
                "the process that validates has ended before it was done", where="validation",
                remedy="look whether the machine ran out of memory, then run again",
            ) from error  # fmt: skip
        self._worker = None  # it ends by itself
        if isinstance(outcome, BaseException):
            raise outcome
        return cast("Validated", outcome)

    def _end(self) -> None:
        """End a process that nobody waits for any more, in the middle of an import if need be."""
        if self._worker is not None:
            self._worker.kill()
            self._pipe.close()
            self._worker = None


def _serve(pipe: Connection) -> None:
    """Warm up, validate once, and hand the outcome or the error back; the life of the second process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted run ends this process itself
    gc.disable()
    from expectations.judge import warm_up

    warm_up()
    gc.freeze()
    gc.enable()
    with suppress(EOFError, BrokenPipeError):  # a run that was killed meanwhile is not told
        tables, run_at, workdir = pipe.recv()
        try:
            outcome: Validated | Exception = validate_files(tables, run_at, workdir)
        except Exception as error:  # raised again in the process that waits for it
            error.add_note(traceback.format_exc())
            outcome = error
        pipe.send(outcome)


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
