"""`service-review measure`: measurements, or one table behind them, as a table, CSV, JSON or Parquet."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.pipeline import Request, break_down_service, measure_service, prepare

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.breakdown import Breakdown

FORMATS = ("table", "csv", "json", "parquet")


@dataclass(frozen=True, kw_only=True)
class Output:
    """How and where to write.

    Attributes:
        format: One of `FORMATS`.
        path: The file; None for the terminal.
    """

    format: str
    path: Path | None

    def refuse(self) -> None:
        """Refuse what cannot be written, before anything runs.

        Raises:
            ConfigError: The format is unknown or no text, the file is a folder, or its folder is not there.
        """
        from evaluation.errors import ConfigError

        if self.format not in FORMATS:
            remedy = f"write one of: {', '.join(FORMATS)}"
            raise ConfigError(f"{self.format!r} is not a format", where="--format", remedy=remedy)
        if self.format == "parquet" and self.path is None:
            raise ConfigError("Parquet is no text for a terminal", where="--format", remedy="add --output FILE.parquet")
        if self.path is not None and (self.path.is_dir() or not self.path.parent.is_dir()):
            found = f"{self.path} is a folder" if self.path.is_dir() else f"there is no folder {self.path.parent}"
            raise ConfigError(found, where="--output", remedy="name a file in a folder that exists")

    def write(self, content: bytes) -> None:
        """To the terminal, or to the file, which appears whole or not at all."""
        if self.path is None:
            sys.stdout.write(content.decode("utf-8"))
            return
        partial = self.path.with_name(f".{self.path.name}.partial")
        try:
            partial.write_bytes(content)
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)


def print_measurements(
    request: Request, output: Output, *, metrics: Sequence[str], dimensions: Sequence[str], quiet: bool
) -> None:
    """Measure a period and print the rows, or write them to a file whole."""
    from flows.runners import DirectRunner
    from tasks.second_process import SecondProcess

    output.refuse()
    _refuse_unknown(metrics, request)
    with SecondProcess() as second:
        measurements = measure_service(request, DirectRunner(quiet=quiet), second)
    frame = _chosen(measurements.frame, metrics, dimensions)
    table = _as_table(frame, request) if output.format == "table" else ""
    output.write(table.encode() if table else _encoded(frame, output.format))


def print_breakdown(request: Request, output: Output, breakdown_id: str, *, quiet: bool) -> None:
    """Measure a period and print one table behind its metrics, or write it to a file whole.

    Raises:
        ConfigError: There is no such table.
    """
    from evaluation.assessing import refuse_unknown_breakdown
    from flows.figures import breakdown_lines
    from flows.runners import DirectRunner
    from tasks.second_process import SecondProcess

    output.refuse()
    refuse_unknown_breakdown(breakdown_id)
    with SecondProcess() as second:
        breakdown = break_down_service(request, DirectRunner(quiet=quiet), second, breakdown_id)
    if output.format == "table":
        output.write(("\n".join(breakdown_lines(breakdown)) + "\n").encode())
    elif output.format == "json":
        output.write(_breakdown_as_json(breakdown))
    else:
        output.write(_encoded(breakdown.frame, output.format))


def _refuse_unknown(metrics: Sequence[str], request: Request) -> None:
    """Refuse a metric that does not exist, before anything runs.

    Raises:
        ConfigError: There is one.
    """
    from evaluation.errors import ConfigError
    from evaluation.metrics.catalogue import catalogue
    from evaluation.near_names import one_metric_of

    known = catalogue(prepare(request).review.settings) if metrics else {}
    for name in metrics:
        if name not in known:
            raise ConfigError(f"there is no metric {name!r}", where="--metric", remedy=one_metric_of(name, known))


def _chosen(frame: pd.DataFrame, metrics: Sequence[str], dimensions: Sequence[str]) -> pd.DataFrame:
    """The rows asked for.

    Raises:
        ConfigError: A metric or dimension that was asked for has no row.
    """
    from evaluation.errors import ConfigError
    from evaluation.near_names import one_of

    for column, wanted in (("metric_id", metrics), ("dimension", dimensions)):
        known = set(frame[column])
        for name in wanted:
            if name not in known:
                raise ConfigError(
                    f"nothing is measured for {name!r}", where=f"--{column.removesuffix('_id')}",
                    remedy=one_of(name, known, listed_by="service-review metrics" if column == "metric_id" else ""),
                )  # fmt: skip
        if wanted:
            frame = frame[frame[column].isin(list(wanted))]
    return frame


def _encoded(frame: pd.DataFrame, format: str) -> bytes:
    from reports.csv_export import as_csv

    if format == "csv":
        return as_csv(frame, with_mark=False)
    if format == "parquet":
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        return buffer.getvalue()
    return (_as_json(frame) + "\n").encode()


def _as_json(frame: pd.DataFrame) -> str:
    text: str = frame.to_json(orient="records", lines=False, indent=1, double_precision=15, date_format="iso",
                              force_ascii=False)  # fmt: skip
    return text


def _breakdown_as_json(breakdown: Breakdown) -> bytes:
    content = {
        "id": breakdown.id,
        "metric_id": breakdown.metric_id,
        "reason": breakdown.reason,
        "columns": dict(breakdown.columns),
        "facts": dict(breakdown.facts),
        "rows": json.loads(_as_json(breakdown.frame)),
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _as_table(frame: pd.DataFrame, request: Request) -> str:
    """The period that was asked for, in words; the other formats hold the earlier ones too."""
    from evaluation.metrics.catalogue import catalogue
    from flows.figures import figure_lines

    prepared = prepare(request)
    own = frame[frame["period_id"] == prepared.period.id]
    heading = f"{prepared.review.organisation.name}, {prepared.period.id}\n\n"
    return heading + "\n".join(figure_lines(own, catalogue(prepared.review.settings), is_brief=False)) + "\n"
