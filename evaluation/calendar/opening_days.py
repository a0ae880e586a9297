"""Which hours a local date has, and the real instants of a whole year of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from evaluation.calendar import public_holidays
from evaluation.calendar.wall_clock import instant
from evaluation.calendar.weekly_hours import Interval, Week, parse_day, parse_hours, shortened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.calendar.config import CalendarConfig, CalendarPart, HolidaysConfig


@dataclass(frozen=True)
class Rules:
    """The rules in force from one local date until another.

    Attributes:
        first: First local day.
        week: Hours by day of the week.
        holidays: Public holidays that close, if any.
        closed: Closed days.
        exceptions: Hours of single dates, before everything else.
    """

    first: date
    week: Week
    holidays: HolidaysConfig | None
    closed: frozenset[date]
    exceptions: dict[date, tuple[Interval, ...]]

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """Opening and closing minutes of a local date."""
        if day in self.exceptions:
            return self.exceptions[day]
        if day in self.closed:
            return ()
        if self.holidays is None:
            return self.week[day.weekday()]
        return self._working_intervals(day, self.holidays)

    def _working_intervals(self, day: date, config: HolidaysConfig) -> tuple[Interval, ...]:
        year = public_holidays.holiday_year(config, day.year)
        hours = self.week[day.weekday()]
        if config.moved_working_days and day in year.worked:
            hours = self.week[_weekday_worked(year.worked[day])]
        elif day in year.closed:
            return ()
        if config.minutes_shorter_before_holiday and public_holidays.is_before_holiday(config, day):
            return shortened(hours, config.minutes_shorter_before_holiday)
        return hours


def _weekday_worked(exchanged_for: date | None) -> int:
    """The weekday whose hours a worked day of the weekend has: of the day that is off instead, else Monday's."""
    return 0 if exchanged_for is None else exchanged_for.weekday()


def rules_in_force(config: CalendarConfig) -> tuple[Rules, ...]:
    """The calendar's rules over time, earliest first, without gaps: outside all versions the calendar itself holds."""
    changes: list[tuple[date, CalendarPart | None]] = [(date.min, None)]
    for number, version in enumerate(config.versions):
        changes.append((version.from_ or date.min, version))
        following = config.versions[number + 1].from_ if number + 1 < len(config.versions) else None
        if version.until is not None and version.until != following:
            changes.append((version.until, None))
    return tuple(_rules(first, config, part) for first, part in changes)


def _rules(first: date, config: CalendarConfig, version: CalendarPart | None) -> Rules:
    given = version.model_fields_set if version is not None else set()

    def part(name: str) -> object:
        return getattr(version if name in given else config, name)

    closures: Sequence = part("closures") or ()  # type: ignore[assignment]
    closed = {day for closure in closures for day in ([closure] if isinstance(closure, date) else closure.days())}
    exceptions: dict = part("exceptions") or {}  # type: ignore[assignment]
    return Rules(
        first=first,
        week=parse_hours(part("hours")),
        holidays=part("holidays"),  # type: ignore[arg-type]
        closed=frozenset(closed),
        exceptions={day: parse_day(hours, day.isoformat()) for day, hours in exceptions.items()},
    )


def year_of_openings(rules: Sequence[Rules], year: int, zone: ZoneInfo) -> NDArray[np.int64]:
    """Opening and closing instants of the shifts that start in a local year, two columns, in microseconds of UTC.

    Shifts may overlap or touch; those that do not exist because the clock jumps over them are left out.
    """
    edges = []
    day = date(year, 1, 1)
    while day.year == year:
        in_force = next(rule for rule in reversed(rules) if rule.first <= day)
        for opens, closes in in_force.intervals(day):
            edges.append((instant(day, opens, zone), instant(day, closes, zone)))
        day += timedelta(days=1)
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return pairs[pairs[:, 0] < pairs[:, 1]]
