"""The working calendar: open time between instants, and instants after open time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, overload
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import ValidationError

from evaluation.calendar.config import CalendarConfig
from evaluation.calendar.instants import NOT_A_TIME, take, take_single, together, with_open_seconds
from evaluation.calendar.opening_days import rules_in_force
from evaluation.calendar.openings import LAST_YEAR, Openings
from evaluation.calendar.timeline import Timeline
from evaluation.calendar.wall_clock import at_instant, local_date, refuse_unknown_zone
from evaluation.errors import ConfigError, DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from evaluation.calendar.instants import Moment

    Instants = NDArray[np.int64]

_CHUNK = 65_536
"""Instants at a time, so that what stands between two steps stays in the processor's cache."""


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
        self._openings = Openings(rules_in_force(config), zone)

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
        try:
            refuse_unknown_zone(name)
        except ValueError as error:
            raise ConfigError(str(error)) from None
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
        memory = np.empty((4, min(len(one), _CHUNK)), dtype=np.int64)
        timeline = self._openings.timeline if self._openings.settled else None
        for begin in range(0, len(one), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            if timeline is None or not _fill(seconds[part], timeline, one[part], two[part], memory):
                timeline = self._openings.covering(one, two)
                _fill_known(seconds[part], timeline, one[part], two[part])
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
        given, wanted = with_open_seconds(take(start), open_seconds)
        known = (given.microseconds != NOT_A_TIME) & (wanted != NOT_A_TIME)
        reached = np.full(len(known), NOT_A_TIME)
        if known.any():
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
        if known.any():
            opening[known] = self._next_open(given.microseconds[known])
        return given.instants(opening)

    @overload
    def is_open(self, at: datetime) -> bool: ...
    @overload
    def is_open(self, at: Moment) -> Any: ...
    def is_open(self, at: Moment) -> Any:
        """Whether each instant is inside hours: opening instants are, closing and missing ones are not."""
        given = take(at)
        known = given.microseconds != NOT_A_TIME
        timeline = self._openings.covering(given.microseconds)
        is_open = np.zeros(len(known), dtype=bool)
        is_open[known] = timeline.is_open(given.microseconds[known])
        return given.numbers(is_open)

    def opening_intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The opening intervals inside `[start, end)`, cut to it, in the calendar's zone; touching ones are one."""
        first, last = take_single(start), take_single(end)
        timeline = self.timeline(start, end)
        opens, closes = np.maximum(timeline.opens, first), np.minimum(timeline.closes, last)
        return [
            (at_instant(begin, self.zone), at_instant(stop, self.zone))
            for begin, stop in zip(opens.tolist(), closes.tolist(), strict=True)
            if begin < stop
        ]

    def unpublished_years(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Local years in `[start, end)` whose holidays or moved days are not published: a note beside the figures."""
        first, last = take_single(start), take_single(end)
        return self._openings.unpublished(local_date(first, self.zone).year, local_date(last - 1, self.zone).year)

    def timeline(self, earliest: datetime, latest: datetime) -> Timeline:
        """The merged opening intervals that cover at least `[earliest, latest]`, as microseconds of UTC."""
        return self._openings.covering(np.array([take_single(earliest), take_single(latest)]))

    def _reached(self, start: Instants, wanted: Instants) -> Instants:
        timeline: Timeline | None = self._openings.covering(start)
        while timeline is not None:
            target = timeline.open_before(start) + wanted
            if target.max() <= timeline.total:
                reached = np.where(wanted == 0, start, timeline.reached(target))
                self._openings.mind_unpublished(int(reached.min()), int(reached.max()))
                return reached
            timeline = self._openings.later()
        raise self._never_open(start, f"for another {wanted.max() / 1e6:g} seconds")

    def _next_open(self, at: Instants) -> Instants:
        timeline: Timeline | None = self._openings.covering(at)
        while timeline is not None:
            opening = timeline.next_open(at)
            if opening.max() < timeline.last:
                self._openings.mind_unpublished(int(opening.min()), int(opening.max()))
                return opening
            timeline = self._openings.later()
        raise self._never_open(at, "again")

    def _never_open(self, at: Instants, what: str) -> DataError:
        return DataError(
            f"the calendar is not open {what} after {at_instant(int(at.max()), self.zone).isoformat()}",
            where=f"calendar in {self.zone.key}, until the end of {LAST_YEAR}",
            remedy="check the instant and the seconds; give the calendar hours if it has none",
        )


def _fill(seconds: NDArray[np.float64], timeline: Timeline, start: Instants, end: Instants, memory: Instants) -> bool:
    """The usual case: no instant is missing or outside the grid. False when it is not the case."""
    return timeline.grid is not None and timeline.grid.fill_seconds(seconds, start, end, memory)


def _fill_known(seconds: NDArray[np.float64], timeline: Timeline, start: Instants, end: Instants) -> None:
    """The case with gaps: instants that are missing, or far from all others."""
    known = (start != NOT_A_TIME) & (end != NOT_A_TIME)
    seconds[:] = np.nan
    seconds[known] = (timeline.open_before(end[known]) - timeline.open_before(start[known])) / 1e6


def _parse(config: Mapping[str, Any]) -> CalendarConfig:
    try:
        return CalendarConfig.model_validate(dict(config))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        found = first["msg"].removeprefix("Value error, ")
        found = found if first["type"] == "value_error" else f"{where} is not right: {found}"
        raise ConfigError(found, where=where, remedy="see docs/calendars.md") from error
