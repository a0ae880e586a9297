"""Measuring: the whole catalogue over made-up fact tables in Parquet, all dimensions, 13 months and eight quarters.

    python -m bench.measuring            # 100,000, one million and ten million tickets (some 3 GB of files)
    python -m bench.measuring --small    # without the ten million

Each measurement runs in a process of its own, so that its peak memory is its own; its clock begins when the modules
are imported and ends when the figures are a frame. What is short is measured three times, and the fastest is told.
Beside it stand the same figures written first thing in pandas (up to a million tickets: with ten the frames alone would
fill the memory several times), and the bare reading of the files.
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bench.made_up_facts import read, write
from bench.naive_pandas import MISSING, figures
from evaluation.period import Period
from flows.runners import keep_freed_memory

if TYPE_CHECKING:
    import duckdb

SIZES = (100_000, 1_000_000, 10_000_000)
PANDAS_UP_TO = 1_000_000
TIMES, SHORT = 3, 15.0
"""So often is measured what takes less than so many seconds."""
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measuring: begin -->", "<!-- measuring: end -->"
PERIOD = Period.parse("2026-Q3", zone="Europe/Warsaw")


def engine() -> Callable[[Path], int]:
    """Ready for the catalogue as a run measures it: what is called tells how many measurements there are."""
    import ibis
    import pyarrow.parquet  # noqa: F401

    from evaluation.metrics.measuring import measure

    ibis.duckdb.connect().disconnect()  # which imports the rest
    settings: Any = SimpleNamespace(metrics={}, sla=["standard"], dimension_pairs=[])
    return lambda folder: len(measure(read(folder), settings, PERIOD).frame)


def pandas() -> Callable[[Path], int]:
    """Ready for the same figures, as one would write them first."""
    import pyarrow.dataset  # noqa: F401

    return lambda folder: figures(folder, PERIOD)


def scan() -> Callable[[Path], int]:
    """Ready to read every column of every file once, on the engine."""
    import duckdb

    return lambda folder: _scanned(folder, duckdb.connect())


def _scanned(folder: Path, connection: duckdb.DuckDBPyConnection) -> int:
    for path in sorted(folder.glob("*.parquet")):
        names = [row[0] for row in connection.execute(f"describe select * from '{path}'").fetchall()]
        read_all = ", ".join(f'min("{name}"), max("{name}")' for name in names)
        connection.execute(f"select {read_all} from '{path}'").fetchall()
    return 0


WAYS: Mapping[str, Callable[[], Callable[[Path], int]]] = {"engine": engine, "pandas": pandas, "scan": scan}


def measured(way: str, folder: Path) -> dict[str, float]:
    """Seconds on the clock and of the processors, peak memory in GiB, figures: in this process."""
    gc.disable()  # as a run does
    keep_freed_memory()
    go = WAYS[way]()
    began, used = time.perf_counter(), time.process_time()
    found = go(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    seconds, busy = time.perf_counter() - began, time.process_time() - used
    return {"seconds": seconds, "busy": busy, "peak": peak, "figures": found}


def in_own_process(way: str, folder: Path) -> dict[str, float]:
    """`measured` in a new process, and its seconds from beginning to end."""
    began = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-m", "bench.measuring", way, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found | {"process": time.perf_counter() - began}


def fastest(way: str, folder: Path) -> dict[str, float]:
    """`in_own_process`, the fastest of three times where one is short: what else the machine does only adds to it."""
    found = [in_own_process(way, folder)]
    while len(found) < TIMES and found[0]["process"] < SHORT:
        found.append(in_own_process(way, folder))
    return min(found, key=lambda one: one["seconds"])


def table(results: Mapping[int, Mapping[str, Mapping[str, float]]], rows: Mapping[int, int]) -> list[str]:
    """The lines of the printed table."""
    columns = ("tickets", "fact rows", "way", "seconds", "of processors", "whole process", "peak GiB", "rows a second",
               "growth", "figures")  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", f"|{'|'.join(' --- ' if one == 'way' else ' ---: ' for one in columns)}|"]
    before: dict[str, tuple[int, float]] = {}
    for size, ways in results.items():
        for way, own in ways.items():
            growth = ""
            if way in before:
                growth = f"× {own['busy'] / before[way][1]:.1f} for × {rows[size] / before[way][0]:.0f}"
            before[way] = (rows[size], own["busy"])
            speed = rows[size] / own["seconds"]
            lines.append(
                f"| {size:,} | {rows[size]:,} | {way} | {own['seconds']:.1f} | {own['busy']:.1f} | "
                f"{own['process']:.1f} | {own['peak']:.1f} | {speed:,.0f} | {growth} | {own['figures']:,.0f} |"
            )
    return lines


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


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
            results[size] = {way: fastest(way, folder) for way in ways}
            print("\n".join(table({size: results[size]}, rows)[2:]), flush=True)
    text = f"## Measuring\n\n{(__doc__ or '').splitlines()[0].removeprefix('Measuring: ').capitalize()} "
    text += (
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end; each way in a process of its own, "
        f"what takes less than {SHORT:.0f} seconds the fastest of {TIMES} times.\n\n"
    )
    text += "\n".join(table(results, rows))
    text += (
        f"\n\n*pandas*: the same metrics for the same periods and dimensions, without {_listed(MISSING)}; without "
        "intervals, reasons and what is left out or undecided; not tried with ten million tickets. *scan*: every "
        "column of the files read once by the engine. *seconds*: from opening the files to the frame of figures, "
        "modules imported. *whole process*: from its start to its end, on the clock. *growth*: processor time against "
        "the size before.\n"
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
