"""Whole runs: both example organisations from their records to the published edition, step by step.

    python -m bench.whole_run

Each runs in a process of its own, on a copy in a temporary folder; Northwind Care is generated with 60,000 tickets.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.command_line import leave

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- whole run: begin -->", "<!-- whole run: end -->"
EXAMPLES = {"social-care": "2020-Q1", "northwind-care": "2026-Q3"}
STEPS = ("collect", "validate", "evaluate", "render", "publish")
RUN_AT = datetime(2026, 11, 21, tzinfo=UTC)
READ = ("tickets", "ticket_events", "surveys")
"""The tables that nearly all figures come from."""
_NOT_COPIED = shutil.ignore_patterns("archive", "out", "data", "__pycache__")


class _TimedRunner:
    """Carries steps out as a run at a terminal does, and keeps how long each took and what came out."""

    def __init__(self) -> None:
        from flows.runners import DirectRunner

        self._direct = DirectRunner(quiet=True)
        self.seconds: dict[str, float] = {}
        self.busy: dict[str, float] = {}
        self.outcomes: dict[str, Any] = {}
        self.limits: dict[str, float] = {}
        self.aside = {"seconds": 0.0, "busy": 0.0}

    def __call__(self, step: Any, /, *arguments: Any, **named: Any) -> Any:
        """Carry out a step."""
        began, used = time.perf_counter(), time.process_time()
        outcome = self._direct(step, *arguments, **named)
        self.seconds[step.name] = time.perf_counter() - began
        self.busy[step.name] = time.process_time() - used
        self.outcomes[step.name] = outcome
        if step.name == "evaluate":
            self._measure_limits(self.outcomes["validate"].tables)
        return outcome

    def _measure_limits(self, files: Mapping[str, Path]) -> None:
        """While the tables last; what it takes is no part of the run."""
        began, used = time.perf_counter(), time.process_time()
        self.limits = {name: _busy(limit, files) for name, limit in LIMITS.items()}
        self.aside = {"seconds": time.perf_counter() - began, "busy": time.process_time() - used}


def _busy(work: Callable[[Mapping[str, Path]], None], files: Mapping[str, Path]) -> float:
    """Processor seconds of the second of two rounds."""
    work(files)
    used = time.process_time()
    work(files)
    return time.process_time() - used


def scan(files: Mapping[str, Path]) -> None:
    """Every column of the tables read once, on the embedded engine."""
    import duckdb

    connection = duckdb.connect()
    for name in READ:
        if name in files:
            connection.execute("SELECT sum(hash(COLUMNS(*))) FROM read_parquet(?)", [str(files[name])]).fetchall()


def plain_pandas(files: Mapping[str, Path]) -> None:
    """What somebody would write first: five figures, by month and seven dimensions, round the clock, without replay."""
    import pandas as pd

    tickets = pd.read_parquet(files["tickets"])
    events = pd.read_parquet(files["ticket_events"])
    replies = events[events["kind"] == "public_reply"].groupby("ticket_id")["at"].agg(["min", "count"])
    solved = events[(events["kind"] == "status") & (events["to_value"] == "solved")].groupby("ticket_id")["at"].max()
    rows = tickets.join(replies, on="ticket_id").join(solved.rename("solved"), on="ticket_id")
    rows["month"] = rows["created_at"].dt.strftime("%Y-%m")
    rows["responds"] = (rows["min"] - rows["created_at"]).dt.total_seconds()
    rows["resolves"] = (rows["solved"] - rows["created_at"]).dt.total_seconds()
    rows["all"] = "all"
    dimensions = ("all", "channel_code", "team_id", "branch_id", "topic", "priority_code", "agent_id")
    for dimension in dimensions:
        if dimension in rows:
            grouped = rows.groupby(["month", dimension], dropna=False)
            grouped.agg({"ticket_id": "count", "solved": "count", "count": "mean"})
            for share in (0.5, 0.9):
                grouped[["responds", "resolves"]].quantile(share)


LIMITS: Mapping[str, Callable[[Mapping[str, Path]], None]] = {"scan": scan, "pandas": plain_pandas}


def run_one(folder: Path, period: str) -> dict[str, Any]:
    """Run the organisation in `folder`: seconds by step, rows, peak memory in MiB."""
    from flows.pipeline import Request, review_service
    from tasks.second_process import SecondProcess

    runner = _TimedRunner()
    with SecondProcess() as second:
        review_service(Request(review_path=folder, period=period, run_at=RUN_AT), runner, second)
    for child in multiprocessing.active_children():
        child.join(30)
    here, there = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": runner.seconds,
        "busy": runner.busy,
        "limits": runner.limits,
        "aside": runner.aside,
        "whole_busy": here.ru_utime + here.ru_stime + there.ru_utime + there.ru_stime - runner.aside["busy"],
        "rows": sum(account.rows_in for account in runner.outcomes["collect"].intake),
        "measurements": len(runner.outcomes["evaluate"].measurements),
        "languages": len(runner.outcomes["render"]),
        "peak": {"run": here.ru_maxrss / 1024, "second": there.ru_maxrss / 1024},
        "second_busy": there.ru_utime + there.ru_stime,
    }


def measured(name: str, period: str, folder: Path) -> dict[str, Any]:
    """One example in a process of its own, on a copy in `folder`."""
    copy, outcome = folder / name, folder / f"{name}.json"
    shutil.copytree(ROOT / "examples" / name, copy, ignore=_NOT_COPIED)
    if (copy / "generate.py").exists():
        subprocess.run([sys.executable, copy / "generate.py"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.whole_run", str(copy), period, str(outcome)]
    subprocess.run(command, check=True, cwd=ROOT)
    whole = time.perf_counter() - began
    found: dict[str, Any] = json.loads(outcome.read_text(encoding="utf-8"))
    return found | {"whole": whole - found["aside"]["seconds"]}


def main() -> None:
    """Measure, print, and refresh the section of docs/performance.md."""
    with tempfile.TemporaryDirectory() as folder:
        found = {name: measured(name, period, Path(folder)) for name, period in EXAMPLES.items()}
    section = "\n".join(_section(found))
    print(section)
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
    known = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    page = known.sub(lambda _: section, page) if known.search(page) else f"{page.rstrip()}\n\n{section}\n"
    PAGE.write_text(page, encoding="utf-8")


def _section(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    heads = [f"{name} {period}" for name, period in EXAMPLES.items()]
    versions = ", ".join(f"{label} {version(name)}" for label, name in {
        "DuckDB": "duckdb", "Ibis": "ibis-framework", "pandas": "pandas", "Great Expectations": "great-expectations",
        "WeasyPrint": "weasyprint"}.items())  # fmt: skip
    return [
        BEGIN,
        "## Whole runs",
        "",
        f"`service-review run` on copies of both examples, Northwind Care with 60,000 tickets; Python "
        f"{platform.python_version()}, {versions}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the "
        "end. Seconds on the clock / of the processors. Beside the first process, whose seconds the rows show, a "
        "second one validates, estimates topics and sets the first, third … report.",
        "",
        f"| | {' | '.join(heads)} |",
        "| --- | ---: | ---: |",
        *(_row(label, [cell(one) for one in found.values()]) for label, cell in _CELLS.items()),
        "",
        "*evaluate ÷ scan*: processor time against reading every column of tickets, events and surveys once on the "
        "same engine. *evaluate ÷ plain pandas*: against five figures by month and seven dimensions, round the clock "
        "and without a replay, as one would write them first; evaluating gives every metric, on working hours, with "
        "intervals and reasons.",
        END,
    ]


def _row(label: str, cells: list[str]) -> str:
    return f"| {label} | {' | '.join(cells)} |"


def _step(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda one: f"{one['seconds'][name]:.1f} / {one['busy'][name]:.1f}"


_CELLS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    **{name: _step(name) for name in STEPS},
    "whole process, from start to exit": lambda one: f"{one['whole']:.1f} / {one['whole_busy']:.1f}",
    "of it the second process": lambda one: f"{one['second_busy']:.1f}",
    "languages": lambda one: f"{one['languages']}",
    "rows of the sources": lambda one: f"{one['rows']:,}",
    "rows a second, collect to evaluate": lambda one: f"{one['rows'] / sum(one['seconds'][s] for s in STEPS[:3]):,.0f}",
    "measurements": lambda one: f"{one['measurements']:,}",
    "measurements a second of evaluating": lambda one: f"{one['measurements'] / one['busy']['evaluate']:,.0f}",
    "peak memory, MiB (and of the second process)": lambda one: (
        f"{one['peak']['run']:,.0f} ({one['peak']['second']:,.0f})"
    ),
    "evaluate ÷ scan": lambda one: f"{one['busy']['evaluate'] / one['limits']['scan']:,.0f}",
    "evaluate ÷ plain pandas": lambda one: f"{one['busy']['evaluate'] / one['limits']['pandas']:.1f}",
}

if __name__ == "__main__":
    if len(sys.argv) == 4:
        Path(sys.argv[3]).write_text(json.dumps(run_one(Path(sys.argv[1]), sys.argv[2])), encoding="utf-8")
        leave(0)
    else:
        main()
