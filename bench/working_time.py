"""Working-time arithmetic: durations per second, against reading the columns once and against other libraries.

    python -m bench.working_time

Every way is timed in turn, several rounds, and the best round counts, so that all are measured under the same load.
The calendar: Warsaw, Monday to Friday 09:00-13:00 and 14:00-18:00, Polish holidays; two years of starts, up to ten days
long. Exactness is against minutes counted one by one from the wall clock, without any code of the calendar.
"""

from __future__ import annotations

import os
import platform
import re
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import holidays
import ibis
import numpy as np
import pandas as pd

from evaluation.calendar import WorkingCalendar
from evaluation.calendar.engine import with_open_seconds

ROWS, ROUNDS, SAMPLE = 5_000_000, 11, 2_000
ZONE = ZoneInfo("Europe/Warsaw")
FIRST, DAYS = datetime(2025, 1, 1, tzinfo=UTC), 730
CONFIG = {
    "time_zone": "Europe/Warsaw",
    "hours": {"mon-fri": ["09:00-13:00", "14:00-18:00"]},
    "holidays": {"country": "PL"},
}
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- working time: begin -->", "<!-- working time: end -->"

Way = Callable[[], object]


def columns(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends at whole minutes, in UTC."""
    random = np.random.default_rng(20_261)
    start = np.datetime64(FIRST.replace(tzinfo=None), "us") + random.integers(0, DAYS * 1440, rows) * np.timedelta64(
        60, "s"
    )
    return start, start + random.integers(0, 10 * 1440, rows) * np.timedelta64(60, "s")


def best_of(ways: dict[str, Way]) -> dict[str, float]:
    """Seconds of each way's best round; the ways take turns."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - begun)
    return best


def numpy_ways(start: np.ndarray, end: np.ndarray) -> dict[str, Way]:
    """Reading two columns and writing one, and the calendar on the same columns."""
    calendar = WorkingCalendar.from_config(CONFIG)
    first, last = start.view(np.int64), end.view(np.int64)
    series = [pd.Series(column).dt.tz_localize("UTC") for column in (start, end)]

    def in_chunks() -> None:
        written = np.empty(len(first))
        for begin in range(0, len(first), 65_536):
            part = slice(begin, begin + 65_536)
            np.divide(last[part] - first[part], 1e6, out=written[part])

    return {
        "read": lambda: (last - first) / 1e6,
        "read in chunks": in_chunks,
        "numpy": lambda: calendar.open_seconds(start, end),
        "pandas": lambda: calendar.open_seconds(*series),
    }


def engine_ways(start: np.ndarray, end: np.ndarray) -> dict[str, Way]:
    """The same inside DuckDB: two columns read and one table written."""
    connection = ibis.duckdb.connect(threads=2)
    connection.raw_sql("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    frame = pd.DataFrame({"a": start, "b": end}).assign(calendar="office")
    connection.con.register("frame", frame)
    connection.raw_sql("CREATE TABLE tickets AS SELECT a::TIMESTAMPTZ a, b::TIMESTAMPTZ b, calendar FROM frame")
    table = connection.table("tickets")
    calendars = {"office": WorkingCalendar.from_config(CONFIG)}
    several = calendars | {f"team {n}": WorkingCalendar.from_config(CONFIG) for n in range(4)}
    span = {"earliest": FIRST, "latest": FIRST + timedelta(days=DAYS + 11)}
    pairs = {"open": ("a", "b")}
    queries = {
        "duckdb read": "SELECT (epoch_us(b) - epoch_us(a)) / 1e6 AS open FROM tickets",
        "duckdb": _query(connection, with_open_seconds(table, calendars, pairs=pairs, **span)),
        "duckdb, 5 calendars": _query(
            connection, with_open_seconds(table, several, pairs=pairs, calendar_column="calendar", **span)
        ),
    }
    return {name: _writing(connection.con, sql) for name, sql in queries.items()}


def _query(connection: ibis.backends.duckdb.Backend, expression: ibis.Table) -> str:
    chosen = expression.select("open")
    connection._run_pre_execute_hooks(chosen)  # registers the grid
    return connection.compile(chosen)


def _writing(connection: duckdb.DuckDBPyConnection, query: str) -> Way:
    return lambda: connection.execute(f"CREATE OR REPLACE TEMP TABLE written AS {query}")


def counted_minutes() -> np.ndarray:
    """Open minutes since the first, one by one from the wall clock."""
    polish = holidays.country_holidays("PL", years=[2025, 2026, 2027])
    count = (DAYS + 12) * 1440
    is_open = np.zeros(count + 1, dtype=np.int64)
    for minute in range(count):
        wall = (FIRST + timedelta(minutes=minute)).astimezone(ZONE)
        working = 9 <= wall.hour < 13 or 14 <= wall.hour < 18
        is_open[minute + 1] = working and wall.weekday() < 5 and wall.date() not in polish
    return np.cumsum(is_open)


def peers() -> dict[str, Callable[[datetime, datetime], float]]:
    """The same calendar as nearly as each library can say it; given zone-aware local moments."""
    import businesstimedelta as btd
    import pytz
    from business_duration import businessDuration

    zone = pytz.timezone("Europe/Warsaw")
    days_off = holidays.country_holidays("PL", years=[2025, 2026, 2027])
    rules = btd.Rules([
        btd.WorkDayRule(start_time=clock(9), end_time=clock(18), working_days=[0, 1, 2, 3, 4], tz=zone),
        btd.LunchTimeRule(start_time=clock(13), end_time=clock(14), working_days=[0, 1, 2, 3, 4], tz=zone),
        btd.HolidayRule(days_off, tz=zone),
    ])  # fmt: skip
    listed = sorted(days_off)

    def with_businesstimedelta(start: datetime, end: datetime) -> float:
        found = rules.difference(start.astimezone(UTC), end.astimezone(UTC))
        return found.hours * 3600 + found.seconds

    def with_business_duration(start: datetime, end: datetime) -> float:
        naive = [pd.Timestamp(at.replace(tzinfo=None)) for at in (start, end)]
        return businessDuration(*naive, starttime=clock(9), endtime=clock(18), holidaylist=listed, unit="sec")

    return {"businesstimedelta": with_businesstimedelta, "business-duration": with_business_duration}


def main() -> None:
    """Measure, print, and refresh the section of docs/performance.md."""
    warnings.simplefilter("ignore")
    start, end = columns(ROWS)
    minutes = counted_minutes()
    expected = _expected(minutes, start, end)
    lines = [*_fast_lines(start, end, expected), *_peer_lines(start[:SAMPLE], end[:SAMPLE], expected[:SAMPLE])]
    section = "\n".join(_section(lines))
    print(section)
    _refresh(section)


def _expected(minutes: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    origin = np.datetime64(FIRST.replace(tzinfo=None), "us")
    first, last = ((column - origin) // np.timedelta64(60, "s") for column in (start, end))
    return (minutes[last] - minutes[first]) * 60.0


def _fast_lines(start: np.ndarray, end: np.ndarray, expected: np.ndarray) -> list[str]:
    ways = numpy_ways(start, end) | engine_ways(start, end)
    found = np.asarray(ways["numpy"]())
    exact = float((found == expected).mean())
    seconds = best_of(ways)
    lines = []
    for name, label, limit in (
        ("read", "read two columns, write one: `(end - start) / 1e6` in numpy", "read"),
        ("read in chunks", "the same in chunks of 64 k", "read"),
        ("numpy", "`WorkingCalendar.open_seconds`, numpy columns", "read"),
        ("pandas", "`WorkingCalendar.open_seconds`, zone-aware pandas columns", "read"),
        ("duckdb read", "read two columns, write one in DuckDB", "duckdb read"),
        ("duckdb", "`with_open_seconds` on DuckDB", "duckdb read"),
        (
            "duckdb, 5 calendars",
            "`with_open_seconds` on DuckDB, five calendars by name (a third column read)",
            "duckdb read",
        ),
    ):
        share = f"{exact:.0%}" if name in ("numpy", "pandas") else ""
        lines.append(_line(label, len(start) / seconds[name], f"{seconds[name] / seconds[limit]:.1f}", share))
    return lines


def _peer_lines(start: np.ndarray, end: np.ndarray, expected: np.ndarray) -> list[str]:
    moments = [[at.to_pydatetime() for at in pd.DatetimeIndex(c, tz="UTC").tz_convert(ZONE)] for c in (start, end)]
    calendar = WorkingCalendar.from_config(CONFIG)
    lines = []
    for name, difference in {
        "`WorkingCalendar.open_seconds`, one pair at a time": calendar.open_seconds,
        **peers(),
    }.items():
        begun = time.perf_counter()
        found = [difference(a, b) for a, b in zip(*moments, strict=True)]
        taken = time.perf_counter() - begun
        lines.append(_line(name, len(found) / taken, "", f"{float((np.array(found) == expected).mean()):.0%}"))
    return lines


def _line(label: str, per_second: float, ratio: str, exact: str) -> str:
    return f"| {label} | {per_second:,.0f} | {ratio} | {exact} |"


def _section(lines: list[str]) -> list[str]:
    versions = f"numpy {np.__version__}, pandas {pd.__version__}, DuckDB {duckdb.__version__}, Ibis {ibis.__version__}"
    return [
        BEGIN,
        "## Working time",
        "",
        f"{ROWS:,} durations, best of {ROUNDS} rounds in turn; Python {platform.python_version()}, {versions}; "
        f"{os.cpu_count()} processors. Warsaw, 09:00-13:00 and 14:00-18:00, Polish holidays, two years.",
        "",
        "| way | durations a second | × limit | exact |",
        "| --- | ---: | ---: | ---: |",
        *lines,
        "",
        "*× limit*: time against reading two columns and writing one on the same engine in the same run. "
        "*exact*: share equal to minutes counted one by one from the wall clock.",
        END,
    ]


def _refresh(section: str) -> None:
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
    known = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    page = known.sub(lambda _: section, page) if known.search(page) else f"{page.rstrip()}\n\n{section}\n"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
