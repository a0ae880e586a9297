"""The working calendar: open time between instants, and instants after open time."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, overload
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from pydantic import ValidationError

from evaluation.calendar import public_holidays
from evaluation.calendar.config import CalendarConfig
from evaluation.calendar.instants import NOT_A_TIME, Given, take, together
from evaluation.calendar.opening_days import rules_in_force, year_of_openings
from evaluation.calendar.timeline import Timeline
from evaluation.calendar.wall_clock import instant, local_date
from evaluation.errors import ConfigError, DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from evaluation.calendar.instants import Moment

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Local years that a calendar covers."""

_CHUNK = 65_536
_UTC = ZoneInfo("UTC")
_EARLIEST = instant(date(FIRST_YEAR, 1, 2), 0, _UTC)
_LATEST = instant(date(LAST_YEAR, 12, 31), 0, _UTC)


class UnpublishedYear(UserWarning):
    """A year was asked for whose moved working days no government has published yet (or the library lacks)."""


class WorkingCalendar:
    """When a team is open: arithmetic of open time, exact to the microsecond.

    Open time is real elapsed time: on a daylight-saving night `always` counts 23 or 25 hours. Instants go in as
    zone-aware datetimes, zone-aware pandas columns or numpy datetimes (UTC), one or many, and give the same answer in
    the shape in which they came.

    Args:
        config: The calendar as in `review.yaml`.
        zone: The zone of its wall clock.

    Example:
        >>> office = WorkingCalendar.from_config({"hours": {"mon-fri": ["09:00-17:00"]}}, time_zone="Europe/Warsaw")
        >>> warsaw = ZoneInfo("Europe/Warsaw")
        >>> friday, monday = datetime(2026, 7, 3, 16, tzinfo=warsaw), datetime(2026, 7, 6, 9, 30, tzinfo=warsaw)
        >>> office.open_seconds(friday, monday)
        5400.0
        >>> office.add(friday, 5400.0).isoformat()
        '2026-07-06T09:30:00+02:00'
    """

    def __init__(self, config: CalendarConfig, zone: ZoneInfo) -> None:
        self.config = config
        self.zone = zone
        self._rules = rules_in_force(config)
        self._years: dict[int, NDArray[np.int64]] = {}
        self._timeline: Timeline | None = None
        self._span: tuple[int, int] = (0, -1)
        self._warned: set[int] = set()

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any] | CalendarConfig, *, time_zone: str | None = None
    ) -> WorkingCalendar:
        """A calendar from its part of `review.yaml`, parsed or as a plain mapping.

        Args:
            config: One mapping under `calendars:`.
            time_zone: The organisation's zone, for a calendar that names none.

        Raises:
            ConfigError: The mapping is not a calendar, or no zone is named.
        """
        parsed = config if isinstance(config, CalendarConfig) else _parse(config)
        name = parsed.time_zone or time_zone
        if name is None:
            raise ConfigError("the calendar has no time zone", remedy="give it time_zone, such as Europe/Warsaw")
        if name not in available_timezones():
            raise ConfigError(f"{name!r} is not a time zone", remedy="write an IANA name such as Europe/Warsaw")
        return cls(parsed, ZoneInfo(name))

    @classmethod
    def always(cls) -> WorkingCalendar:
        """Open round the clock."""
        return cls.from_config({"hours": "always"}, time_zone="UTC")

    def __repr__(self) -> str:
        return f"WorkingCalendar({self.config.hours!r}, {self.zone.key})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.config, self.zone))

    @overload
    def open_seconds(self, start: datetime, end: datetime) -> float: ...
    @overload
    def open_seconds(self, start: pd.Series, end: Moment) -> pd.Series: ...
    @overload
    def open_seconds(self, start: Moment, end: Moment) -> Any: ...
    def open_seconds(self, start: Moment, end: Moment) -> Any:
        """Open seconds in `[start, end)`; negative when the end is before its start.

        `open_seconds(a, b) == -open_seconds(b, a)`, so that sums over adjacent intervals are right in any order and an
        impossible pair shows as what it is. A missing instant gives NaN.

        Args:
            start: One instant or a column of them.
            end: The same; a single instant goes with any column.

        Returns:
            Seconds, exact to the microsecond, in the shape of the column given (a float for two single instants).

        Raises:
            DataError: Instants without a zone, outside the years 1900-2199, or columns that do not pair.
        """
        one, two, shape = together(take(start), take(end))
        seconds = np.empty(len(one), dtype=np.float64)
        timeline = self._covering(one, two)
        for begin in range(0, len(one), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            seconds[part] = _seconds_between(timeline, one[part], two[part])
        return shape.numbers(seconds)

    @overload
    def add(self, start: datetime, open_seconds: float) -> datetime: ...
    @overload
    def add(self, start: pd.Series, open_seconds: Any) -> pd.Series: ...
    @overload
    def add(self, start: Moment, open_seconds: Any) -> Any: ...
    def add(self, start: Moment, open_seconds: Any) -> Any:
        """The earliest instant at which exactly `open_seconds` open seconds have passed since `start`.

        So adding zero gives `start` itself, also outside hours, and time used up at closing gives the closing instant,
        not the next opening. A due moment that is to be shown inside hours is `next_opening(add(start, seconds))`:
        between the two no open time passes, so a reply there is on time by either.

        Args:
            start: One instant or a column of them.
            open_seconds: Not negative; one number, or one for each instant. Rounded to the microsecond.

        Raises:
            DataError: Negative seconds, or more than the calendar is open before the year 2200 (a calendar that never
                opens, for example).
        """
        given = take(start)
        wanted, given = _open_microseconds(open_seconds, given)
        known = (given.microseconds != NOT_A_TIME) & (wanted != NOT_A_TIME)
        reached = np.full(len(known), NOT_A_TIME)
        reached[known] = self._reached(given.microseconds[known], wanted[known])
        return given.instants(reached)

    @overload
    def next_opening(self, at: datetime) -> datetime: ...
    @overload
    def next_opening(self, at: Moment) -> Any: ...
    def next_opening(self, at: Moment) -> Any:
        """Each instant itself while open, else the next opening after it.

        Raises:
            DataError: The calendar does not open again before the year 2200.
        """
        given = take(at)
        known = given.microseconds != NOT_A_TIME
        opening = np.full(len(known), NOT_A_TIME)
        opening[known] = self._next_open(given.microseconds[known])
        return given.instants(opening)

    @overload
    def is_open(self, at: datetime) -> bool: ...
    @overload
    def is_open(self, at: Moment) -> Any: ...
    def is_open(self, at: Moment) -> Any:
        """Whether each instant is inside hours: opening instants are, closing instants are not, missing ones are not."""
        given = take(at)
        known = given.microseconds != NOT_A_TIME
        timeline = self._covering(given.microseconds)
        is_open = np.zeros(len(known), dtype=bool)
        is_open[known] = timeline.is_open(given.microseconds[known])
        return given.numbers(is_open)

    def opening_intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The opening intervals inside `[start, end)`, cut to it, in the calendar's zone; touching ones are one."""
        first, last = take(start), take(end)
        timeline = self._covering(first.microseconds, last.microseconds)
        opens = np.maximum(timeline.opens, first.microseconds[0])
        closes = np.minimum(timeline.closes, last.microseconds[0])
        return [
            (_at(begin).astimezone(self.zone), _at(stop).astimezone(self.zone))
            for begin, stop in zip(opens.tolist(), closes.tolist(), strict=True)
            if begin < stop
        ]

    def unpublished_years(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Local years in `[start, end)` whose moved working days are not published, for a note beside the figures."""
        first, last = (local_date(int(take(at).microseconds[0]), self.zone).year for at in (start, end))
        return tuple(year for year in range(first, last + 1) if self._is_unpublished(year))

    def timeline(self, earliest: datetime, latest: datetime) -> Timeline:
        """The merged opening intervals that cover at least `[earliest, latest]`, as microseconds of UTC."""
        return self._covering(take(earliest).microseconds, take(latest).microseconds)

    def _reached(self, start: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        if len(start) == 0:
            return start
        timeline = self._covering(start)
        target = timeline.elapsed(start) + wanted
        while timeline.total < target.max():
            timeline = self._later(timeline, start, int(wanted.max()))
            target = timeline.elapsed(start) + wanted
        reached = np.where(wanted == 0, start, timeline.reached(target)) if timeline.total else start
        self._mind_unpublished(reached)
        return reached

    def _next_open(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        timeline = self._covering(at)
        opening = timeline.next_open(at)
        while len(at) and opening.max() >= timeline.last:
            timeline = self._later(timeline, at, 1)
            opening = timeline.next_open(at)
        self._mind_unpublished(opening)
        return opening

    def _later(self, timeline: Timeline, start: NDArray[np.int64], wanted: int) -> Timeline:
        first, last = self._span
        if last >= LAST_YEAR:
            raise DataError(
                f"the calendar is not open for another {wanted / 1e6:g} seconds after {_at(int(start.max())).isoformat()}",
                where=f"calendar in {self.zone.key}, until the end of {LAST_YEAR}",
                remedy="check the start and the seconds; give the calendar hours if it has none",
            )
        return self._grow(first, min(LAST_YEAR, last + max(1, last - first)))

    def _covering(self, *columns: NDArray[np.int64]) -> Timeline:
        """The timeline over all instants of the columns, grown when they reach outside what is prepared."""
        bounds = [bound for column in columns for bound in _bounds(column)]
        if not bounds:
            return self._timeline or self._grow(2026, 2026)
        earliest, latest = min(bounds), max(bounds)
        for bound in (earliest, latest):
            if not _EARLIEST <= bound <= _LATEST:
                raise DataError(
                    f"the moment {_describe(bound)} is outside the years that a working calendar covers",
                    where=f"{FIRST_YEAR} to {LAST_YEAR}",
                    remedy="check how the stamp was read; a placeholder for 'no date' must be read as missing",
                )
        first, last = local_date(earliest, self.zone).year - 1, local_date(latest, self.zone).year + 1
        self._mind_unpublished(np.array([earliest, latest]))
        if self._timeline is not None and self._span[0] <= first and last <= self._span[1]:
            return self._timeline
        known = self._span if self._timeline is not None else (first, last)
        return self._grow(max(FIRST_YEAR, min(first, known[0])), min(LAST_YEAR, max(last, known[1])))

    def _grow(self, first: int, last: int) -> Timeline:
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = year_of_openings(self._rules, year, self.zone)
        begin, end = instant(date(first, 1, 2), 0, self.zone), instant(date(last, 12, 31), 0, self.zone)
        shifts = np.concatenate([self._years[year] for year in range(first, last + 1)])
        self._timeline, self._span = Timeline.of(shifts, begin, end), (first, last)
        return self._timeline

    def _is_unpublished(self, year: int) -> bool:
        in_force = {rule.holidays.country for rule in self._rules if rule.holidays is not None}
        return any((last := public_holidays.last_published_year(country)) and year > last for country in in_force)

    def _mind_unpublished(self, instants: NDArray[np.int64]) -> None:
        if not any(rule.holidays for rule in self._rules) or len(instants) == 0:
            return
        latest = local_date(int(instants.max()) - 1, self.zone).year
        earliest = local_date(int(instants.min()), self.zone).year
        years = [
            year for year in range(earliest, latest + 1) if year not in self._warned and self._is_unpublished(year)
        ]
        if not years:
            return
        if any(rule.holidays and rule.holidays.unpublished_years == "refuse" for rule in self._rules):
            raise DataError(
                f"the moved working days of {years[0]} are not published",
                where=f"calendar in {self.zone.key}",
                remedy="update the holidays library, or set holidays.unpublished_years: warn",
            )
        self._warned.update(years)
        warnings.warn(_NOT_PUBLISHED.format(years[0]), UnpublishedYear, stacklevel=4)


_NOT_PUBLISHED = (
    "the moved working days of {} are not published (or the installed holidays library lacks them): its fixed "
    "holidays count, no day is moved"
)


def _parse(config: Mapping[str, Any]) -> CalendarConfig:
    try:
        return CalendarConfig.model_validate(dict(config))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            first["msg"].removeprefix("Value error, "), where=where, remedy="see docs/calendars.md"
        ) from error


def _seconds_between(timeline: Timeline, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.float64]:
    grid = timeline.grid
    if grid is not None:
        before_end, before_start = grid.elapsed(end), grid.elapsed(start)
        if before_end is not None and before_start is not None:
            before_end -= before_start
            return before_end / 1e6
    known = (start != NOT_A_TIME) & (end != NOT_A_TIME)
    seconds = np.full(len(start), np.nan)
    seconds[known] = (timeline.elapsed(end[known]) - timeline.elapsed(start[known])) / 1e6
    return seconds


def _bounds(column: NDArray[np.int64]) -> list[int]:
    if len(column) == 0:
        return []
    earliest = int(column.min())
    if earliest == NOT_A_TIME:
        known = column[column != NOT_A_TIME]
        return [int(known.min()), int(known.max())] if len(known) else []
    return [earliest, int(column.max())]


def _open_microseconds(open_seconds: Any, given: Given) -> tuple[NDArray[np.int64], Given]:
    raw = np.atleast_1d(np.asarray(open_seconds, dtype=np.float64))
    if len(raw) > 1 and len(raw) != len(given.microseconds):
        raise DataError(f"{len(given.microseconds)} instants and {len(raw)} durations do not make pairs")
    if (raw < 0).any():
        raise DataError(f"{raw[raw < 0][0]:g} open seconds cannot be added", remedy="open seconds are not negative")
    missing = np.isnan(raw)
    micro = np.where(missing, 0, np.rint(np.where(missing, 0, raw) * 1e6)).astype(np.int64)
    return np.broadcast_to(np.where(missing, NOT_A_TIME, micro), len(given.microseconds)), given


def _at(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + np.timedelta64(microseconds, "us").astype(object)


def _describe(microseconds: int) -> str:
    return str(np.datetime64(microseconds, "us"))
