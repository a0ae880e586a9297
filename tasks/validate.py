"""The step that validates: Great Expectations in the second process, started before it is needed."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from evaluation.validation import Validation
    from tasks.second_process import SecondProcess


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


def validate(tables: Mapping[str, Path], run_at: datetime, workdir: Path, second: SecondProcess) -> Validated:
    """Judge the tables and take broken rows out, in the second process; what comes next is imported meanwhile.

    Args:
        tables: Parquet file of each canonical table.
        run_at: The moment of the run; nothing may have happened after it.
        workdir: Where clean tables and quarantined rows are written.
        second: The second process of the run.

    Raises:
        DataError: A rule could not be judged, or the process that validates was ended from outside.
    """
    validated = second.begin(_validate_there, dict(tables), run_at, workdir)
    _import_what_follows()
    return cast("Validated", validated())


def get_ready() -> None:
    """Import what validates, in the second process."""
    from expectations.judge import warm_up

    warm_up()


def _validate_there(tables: Mapping[str, Path], run_at: datetime, workdir: Path) -> Validated:
    """With the garbage collector, because frames are large, and giving their memory back to the machine at the end."""
    from pyarrow import default_memory_pool

    gc.freeze()
    gc.enable()
    try:
        return validate_files(tables, run_at, workdir)
    finally:
        gc.disable()
        gc.collect()
        default_memory_pool().release_unused()


def validate_files(tables: Mapping[str, Path], run_at: datetime, workdir: Path) -> Validated:
    """Validate Parquet files in this process; see `validate`."""
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
    """Use the wait: what the next steps import takes a second."""
    for module in ("evaluation.assessing", "ibis.backends.duckdb", "reports.composition"):
        import_module(module)
