"""`service-review measure`: the measurements alone, as a table, CSV or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.pipeline import Request, measure_service

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

    with Validator() as validator:
        measurements = measure_service(request, DirectRunner(quiet=quiet), validator)
    frame = _chosen(measurements.frame, metrics, dimensions)
    text = _as_table(frame) if format == "table" else _as_csv(frame) if format == "csv" else _as_json(frame)
    if output is None:
        sys.stdout.write(text)
        return
    partial = output.with_name(f".{output.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(output)


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


def _as_table(frame: pd.DataFrame) -> str:
    """The whole service by period, one line for each figure that has a value or a reason."""
    import pandas as pd

    lines = [f"{'metric':<34}{'statistic':<10}{'period':<10}{'of':<28}{'value':>14}{'low':>12}{'high':>12}{'n':>9}"]
    for row in frame.itertuples():
        value = f"{row.value:,.6g}" if pd.notna(row.value) else f"– {row.reason}"
        low, high = (f"{x:,.5g}" if pd.notna(x) else "" for x in (row.low, row.high))
        member = "all" if row.dimension == "all" else f"{row.dimension} {row.member}"
        lines.append(
            f"{row.metric_id:<34}{row.statistic:<10}{row.period_id:<10}{member[:27]:<28}{value:>14}{low:>12}{high:>12}{int(row.n):>9,}"
        )
    return "\n".join(lines) + "\n"
