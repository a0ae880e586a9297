"""The openings of one calendar over all its years, made when they are asked for."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from evaluation.calendar import public_holidays
from evaluation.calendar.instants import NOT_A_TIME
from evaluation.calendar.opening_days import Rules, year_of_openings
from evaluation.calendar.timeline import Timeline
from evaluation.calendar.wall_clock import DAY, instant, local_date
from evaluation.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that a calendar covers, in UTC."""

_UTC = ZoneInfo("UTC")
_EARLIEST = instant(date(FIRST_YEAR, 1, 1), 0, _UTC)
_LATEST = instant(date(LAST_YEAR + 1, 1, 1), 0, _UTC)
_MARGIN = 3 * DAY


class UnpublishedYear(UserWarning):
    """A year was asked for whose holidays or moved working days are not published yet, or not known to the library."""


class Openings:
    """The opening intervals of a calendar as a timeline that grows by whole years.

    Attributes:
        zone: Zone of the wall clock.
        timeline: What is prepared so far; nothing at first.
        settled: Whether every prepared year is published, so that any instant on the timeline may be used as it is.
    """

    def __init__(self, rules: Sequence[Rules], zone: ZoneInfo) -> None:
        self.zone = zone
        self.timeline: Timeline | None = None
        self.settled = False
        self._rules = rules
        self._years: dict[int, Instants] = {}
        self._prepared: tuple[int, int] | None = None
        self._warned: set[int] = set()

    def covering(self, *columns: Instants) -> Timeline:
        """The timeline over all instants of the columns and a few days around them.

        Raises:
            DataError: An instant is outside the years 1900-2199, or in a year that is not published and refused.
        """
        bounds = [bound for column in columns for bound in _bounds(column)]
        if not bounds:
            return self.timeline or self._grow(1970, 1970)
        earliest, latest = min(bounds), max(bounds)
        for bound in (earliest, latest):
            if not _EARLIEST <= bound < _LATEST:
                raise DataError(
                    f"the moment {np.datetime64(bound, 'us')} is outside the years that a working calendar covers",
                    where=f"{FIRST_YEAR} to {LAST_YEAR}",
                    remedy="check how the stamp was read; a placeholder for 'no date' must be read as missing",
                )
        self.mind_unpublished(earliest, latest)
        if self.timeline is not None and self._holds(earliest, latest):
            return self.timeline
        first, last = self._year(earliest - _MARGIN), self._year(latest + _MARGIN)
        known = self._prepared or (first, last)
        return self._grow(min(first, known[0]), max(last, known[1]))

    def later(self) -> Timeline | None:
        """A timeline that reaches further into the future, at most to the last year; None when it was there already."""
        first, last = self._prepared or (FIRST_YEAR, FIRST_YEAR)
        if last > LAST_YEAR:
            return None
        return self._grow(first, min(LAST_YEAR + 1, last + max(1, last - first)))

    def unpublished(self, first: int, last: int) -> tuple[int, ...]:
        """Local years from `first` to `last` whose holidays or moved working days are not published."""
        return tuple(year for year in range(first, last + 1) if self._is_unpublished(year))

    def mind_unpublished(self, earliest: int, latest: int) -> None:
        """Warn once of each year in `[earliest, latest)` that is not published, or refuse it, as configured."""
        if self.settled and self._holds(earliest, latest):
            return
        first, last = self._year(earliest), self._year(max(earliest, latest - 1))
        years = [year for year in self.unpublished(first, last) if year not in self._warned]
        if not years:
            return
        if any(rule.holidays and rule.holidays.config.unpublished_years == "refuse" for rule in self._rules):
            raise DataError(
                f"the holidays or moved working days of {years[0]} are not published",
                where=f"calendar in {self.zone.key}",
                remedy="update the holidays library, or set holidays.unpublished_years: warn",
            )
        self._warned.update(years)
        warnings.warn(
            f"the holidays or moved working days of {_listed(years)} are not published, or the installed "
            "holidays library lacks them: only the holidays that it knows count, no day is moved",
            UnpublishedYear,
            stacklevel=2,
        )

    def _year(self, at: int) -> int:
        return local_date(at, self.zone).year

    def _holds(self, earliest: int, latest: int) -> bool:
        return self.timeline is not None and self.timeline.first <= earliest and latest < self.timeline.last

    def _grow(self, first: int, last: int) -> Timeline:
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = year_of_openings(self._rules, year, self.zone)
        shifts = np.concatenate([self._years[year] for year in range(first, last + 1)])
        # The shift of the last evening before the first year is not known, so the first day is left out.
        begin, end = instant(date(first, 1, 2), 0, self.zone), instant(date(last + 1, 1, 1), 0, self.zone)
        self.timeline, self._prepared = Timeline.of(shifts, begin, end), (first, last)
        self.settled = not self.unpublished(first, last)
        return self.timeline

    def _is_unpublished(self, year: int) -> bool:
        for number, rule in enumerate(self._rules):
            ends = self._rules[number + 1].first if number + 1 < len(self._rules) else date.max
            if rule.holidays is None or rule.first.year > year or ends <= date(year, 1, 1):
                continue
            if not public_holidays.is_published(rule.holidays.config.country, year):
                return True
        return False


def _bounds(column: Instants) -> list[int]:
    if len(column) == 0:
        return []
    earliest = int(column.min())
    if earliest == NOT_A_TIME:
        known = column[column != NOT_A_TIME]
        return [int(known.min()), int(known.max())] if len(known) else []
    return [earliest, int(column.max())]


def _listed(years: Sequence[int]) -> str:
    """`2028, 2031` or, when they are many, the first and the last and how many."""
    if len(years) <= 3:
        return ", ".join(map(str, years))
    return f"{len(years)} years between {years[0]} and {years[-1]}"
