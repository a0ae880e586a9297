"""Measuring: the whole catalogue over made-up fact tables in Parquet, all dimensions, 13 months and eight quarters.

    python -m bench.measuring            # 100,000, one million and ten million tickets (some 3 GB of files)
    python -m bench.measuring --small    # without the ten million

Each measurement runs in a process of its own, so that its peak memory is its own. Beside it stand the same figures
written first thing in pandas (up to a million tickets: with ten the frames alone would fill the memory several times),
and the bare reading of the files.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bench.made_up_facts import read, write
from evaluation.period import Period

if TYPE_CHECKING:
    import pandas as pd

SIZES = (100_000, 1_000_000, 10_000_000)
PANDAS_UP_TO = 1_000_000
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measuring: begin -->", "<!-- measuring: end -->"
PERIOD = Period.parse("2026-Q3", zone="Europe/Warsaw")
DIMENSIONS = (None, "channel", "team", "branch", "topic", "priority", "agent")


def engine(folder: Path) -> int:
    """The catalogue as a run measures it; how many measurements there are."""
    from evaluation.metrics import measure

    settings: Any = SimpleNamespace(metrics={}, sla=["standard"], dimension_pairs=[])
    return len(measure(read(folder), settings, PERIOD))


_DURATIONS = {
    ("tickets", "first_response_at"): ("first_response_business_seconds", "first_response_calendar_seconds",
                                       "first_wait_business_seconds", "first_wait_calendar_seconds"),
    ("tickets", "solved_at"): ("first_resolution_business_seconds", "first_resolution_calendar_seconds",
                               "full_resolution_business_seconds", "full_resolution_calendar_seconds",
                               "requester_wait_business_seconds", "requester_wait_calendar_seconds"),
    ("replies", "replied_at"): ("wait_business_seconds", "wait_calendar_seconds"),
}  # fmt: skip
_MEANS = {
    ("tickets", "created_at"): ("is_solved",),
    ("tickets", "solved_at"): ("is_one_touch", "reopen_count", "reply_count", "transfer_count", "was_escalated"),
    ("calls", "arrived_at"): ("wait_seconds", "handle_seconds"),
    ("contacts", "at"): ("is_complaint", "is_repeat_any_topic", "is_repeat_same_topic"),
    ("arrivals", "arrived_at"): ("is_inside_hours", "was_answered"),
    ("surveys", "answered_at"): ("score",),
}


def pandas(folder: Path) -> int:
    """The larger part of the same figures, as one would write them first: a group-by for each metric and dimension."""
    figures = 0
    for (table, anchor), columns in (*_DURATIONS.items(), *_MEANS.items()):
        frame = _kept(folder, table, anchor)
        for column in columns:
            for dimension in DIMENSIONS:
                figures += _grouped(frame, column, dimension, quantiles=column.endswith("seconds"))
    targets = _kept(folder, "targets", "decided_at")
    for target in ("first_response", "resolution"):
        own = targets[targets["target"] == target].assign(met=targets["state"] == "met")
        figures += sum(_grouped(own, "met", dimension, quantiles=False) for dimension in DIMENSIONS)
    tickets = _kept(folder, "tickets", "created_at")
    for dimension in DIMENSIONS:
        keys = ["month"] + ([dimension] if dimension else [])
        figures += len(tickets.groupby([*keys, "requester_id"]).size().groupby(keys).agg(["mean", "median"]))
    return figures + _backlogs(folder)


def _kept(folder: Path, table: str, anchor: str) -> pd.DataFrame:
    import pandas

    frame = pandas.read_parquet(folder / f"{table}.parquet")
    frame = frame[frame["exclusion"].isna() & frame[anchor].notna()]
    return frame.assign(month=frame[anchor].dt.tz_convert(PERIOD.zone).dt.strftime("%Y-%m"))


def _grouped(frame: pd.DataFrame, column: str, dimension: str | None, *, quantiles: bool) -> int:
    keys = ["month"] + ([dimension] if dimension else [])
    groups = frame.groupby(keys, dropna=False)[column]
    found = groups.agg(["count", "mean", "std"])
    if quantiles:
        found = found.assign(median=groups.median(), p90=groups.quantile(0.9), shortest=groups.min())
    return int(found.size)


def _backlogs(folder: Path) -> int:
    import pandas

    states = pandas.read_parquet(folder / "states.parquet")
    states = states[states["exclusion"].isna() & states["is_open"]]
    figures = 0
    for month in PERIOD.months()[-1].series(13):
        open_then = states[(states["at"] < month.end) & (states["until"].isna() | (states["until"] >= month.end))]
        for dimension in DIMENSIONS:
            figures += len(open_then.groupby(dimension, dropna=False).size()) if dimension else len(open_then[:1])
    return figures


def scan(folder: Path) -> int:
    """Every column of every file read once, on the engine."""
    import duckdb

    connection = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        names = [row[0] for row in connection.execute(f"describe select * from '{path}'").fetchall()]
        read_all = ", ".join(f'min("{name}"), max("{name}")' for name in names)
        connection.execute(f"select {read_all} from '{path}'").fetchall()
    return 0


WAYS: Mapping[str, Callable[[Path], int]] = {"engine": engine, "pandas": pandas, "scan": scan}


def measured(way: str, folder: Path) -> dict[str, float]:
    """Seconds on the clock and of the processors, peak memory in GiB, figures: in this process."""
    began, used = time.perf_counter(), time.process_time()
    figures = WAYS[way](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    seconds, busy = time.perf_counter() - began, time.process_time() - used
    return {"seconds": seconds, "busy": busy, "peak": peak, "figures": figures}


def in_own_process(way: str, folder: Path) -> dict[str, float]:
    """`measured` in a new process."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.measuring", way, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(results: Mapping[int, Mapping[str, Mapping[str, float]]], rows: Mapping[int, int]) -> list[str]:
    """The lines of the printed table."""
    lines = ["| tickets | fact rows | way | seconds | of processors | peak GiB | rows a second | growth | figures |",
             "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    before: dict[str, tuple[int, float]] = {}
    for size, ways in results.items():
        for way, own in ways.items():
            growth = ""
            if way in before:
                growth = f"× {own['busy'] / before[way][1]:.1f} for × {rows[size] / before[way][0]:.0f}"
            before[way] = (rows[size], own["busy"])
            lines.append(
                f"| {size:,} | {rows[size]:,} | {way} | {own['seconds']:.1f} | {own['busy']:.1f} | {own['peak']:.1f} | "
                f"{rows[size] / own['seconds']:,.0f} | {growth} | {own['figures']:,.0f} |"
            )
    return lines


def fact_rows(folder: Path) -> int:
    """Rows of all fact tables."""
    import pyarrow.parquet as pq

    return sum(pq.ParquetFile(path).metadata.num_rows for path in folder.glob("*.parquet"))


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure, print, and refresh the part of docs/performance.md between the markers."""
    results: dict[int, dict[str, dict[str, float]]] = {}
    rows: dict[int, int] = {}
    with tempfile.TemporaryDirectory(prefix="made-up-facts-") as root:
        for size in sizes:
            folder = Path(root) / str(size)
            write(folder, size)
            rows[size] = fact_rows(folder)
            ways = [way for way in WAYS if way != "pandas" or size <= PANDAS_UP_TO]
            results[size] = {way: in_own_process(way, folder) for way in ways}
            print("\n".join(table({size: results[size]}, rows)[2:]), flush=True)
    text = f"## Measuring\n\n{(__doc__ or '').splitlines()[0].removeprefix('Measuring: ').capitalize()} "
    text += (
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end; each way in a process of its own.\n\n"
    )
    text += "\n".join(table(results, rows))
    text += (
        "\n\n*pandas*: the larger part of the same figures, months only, without intervals, reasons and what is left "
        "out, as one would write them first; not tried with ten million tickets. *scan*: every column of the files "
        "read once by the engine. *growth*: processor time against the size before.\n"
    )
    print(text)
    page = PAGE.read_text(encoding="utf-8")
    block = f"{BEGIN}\n{text}{END}\n"
    found = re.search(f"{BEGIN}.*?{END}\n", page, re.DOTALL)
    PAGE.write_text(page.replace(found[0], block) if found else f"{page}\n{block}", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(SIZES[:2] if "--small" in sys.argv else SIZES)
