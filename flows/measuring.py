"""`service-review measure`: the measurements alone, as a table, CSV or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.pipeline import Request, measure_service, prepare

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("table", "csv", "json")


def print_measurements(
    request: Request,
    *,
    format: str,
    metrics: Sequence[str],
    dimensions: Sequence[str],
    output: Path | None,
    quiet: bool,
) -> None:
    """Measure a period and print the rows, or write them to a file whole."""
    from flows.runners import DirectRunner
    from tasks.validate import Validator

    _refuse_place(output)
    with Validator() as validator:
        measurements = measure_service(request, DirectRunner(quiet=quiet), validator)
    frame = _chosen(measurements.frame, metrics, dimensions)
    text = _as_table(frame, request) if format == "table" else _as_csv(frame) if format == "csv" else _as_json(frame)
    if output is None:
        sys.stdout.write(text)
        return
    partial = output.with_name(f".{output.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(output)


def _refuse_place(output: Path | None) -> None:
    """Refuse a file that cannot be written, before anything runs.

    Raises:
        ConfigError: The file is a folder, or its folder is not there.
    """
    from evaluation.errors import ConfigError

    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        found = f"{output} is a folder" if output.is_dir() else f"there is no folder {output.parent}"
        raise ConfigError(found, where="--output", remedy="name a file in a folder that exists")


def _chosen(frame: pd.DataFrame, metrics: Sequence[str], dimensions: Sequence[str]) -> pd.DataFrame:
    """The rows asked for.

    Raises:
        ConfigError: A metric or dimension that was asked for has no row.
    """
    from evaluation.errors import ConfigError

    for column, wanted in (("metric_id", metrics), ("dimension", dimensions)):
        known = set(frame[column])
        for name in wanted:
            if name not in known:
                raise ConfigError(
                    f"nothing is measured for {name!r}", where=f"--{column.removesuffix('_id')}",
                    remedy=f"there are: {', '.join(sorted(known))}",
                )  # fmt: skip
        if wanted:
            frame = frame[frame[column].isin(list(wanted))]
    return frame


def _as_csv(frame: pd.DataFrame) -> str:
    from reports.csv_export import as_csv

    return as_csv(frame, with_mark=False).decode("utf-8")


def _as_json(frame: pd.DataFrame) -> str:
    return frame.to_json(orient="records", lines=False, indent=1, double_precision=15, force_ascii=False) + "\n"


def _as_table(frame: pd.DataFrame, request: Request) -> str:
    """The period that was asked for, in words; CSV and JSON hold the earlier ones too."""
    from evaluation.metrics.catalogue import catalogue
    from flows.figures import figure_lines

    prepared = prepare(request)
    own = frame[frame["period_id"] == prepared.period.id]
    return "\n".join(figure_lines(own, catalogue(prepared.review.settings), is_brief=False)) + "\n"
