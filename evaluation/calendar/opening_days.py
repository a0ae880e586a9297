"""Which hours a local date has, and the real instants of a whole year of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from evaluation.calendar.public_holidays import PublicHolidays
from evaluation.calendar.wall_clock import DAY, MINUTE, instant
from evaluation.calendar.weekly_hours import Interval, Week, parse_day, parse_hours, shortened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.calendar.config import CalendarConfig, CalendarPart


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
    holidays: PublicHolidays | None
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

    def _working_intervals(self, day: date, holidays: PublicHolidays) -> tuple[Interval, ...]:
        worked_for = holidays.worked_for(day)
        if worked_for is None and holidays.is_closed(day):
            return ()
        hours = self.week[(worked_for or day).weekday()]
        shorter_by = holidays.config.minutes_shorter_before_holiday
        return shortened(hours, shorter_by) if shorter_by and holidays.is_before_holiday(day) else hours


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
        holidays=PublicHolidays(holidays) if (holidays := part("holidays")) else None,  # type: ignore[arg-type]
        closed=frozenset(closed),
        exceptions={day: parse_day(hours, day.isoformat()) for day, hours in exceptions.items()},
    )


def year_of_openings(rules: Sequence[Rules], year: int, zone: ZoneInfo) -> NDArray[np.int64]:
    """Opening and closing instants of the shifts that start in a local year, two columns, in microseconds of UTC.

    Shifts may overlap or touch; those that do not exist because the clock jumps over them are left out.
    """
    edges = []
    for day, midnight in _days(year, zone):
        in_force = next(rule for rule in reversed(rules) if rule.first <= day)
        for interval in in_force.intervals(day):
            if midnight is None:
                edges.append([instant(day, minutes, zone) for minutes in interval])
            else:
                edges.append([midnight + minutes * MINUTE for minutes in interval])
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return pairs[pairs[:, 0] < pairs[:, 1]]


def _days(year: int, zone: ZoneInfo) -> Iterator[tuple[date, int | None]]:
    """The days of a year, each with the instant of its midnight, or None when the clock changes before its shifts end.

    Where three midnights in a row are 24 hours apart, no clock changes between them and all times follow from the
    first: this is what makes a year of openings cheap.
    """
    first = date(year, 1, 1)
    count = (date(year + 1, 1, 1) - first).days
    midnights = [instant(first + timedelta(days=step), 0, zone) for step in range(count + 2)]
    for step in range(count):
        steady = midnights[step + 2] - midnights[step] == 2 * DAY == 2 * (midnights[step + 1] - midnights[step])
        yield first + timedelta(days=step), midnights[step] if steady else None
