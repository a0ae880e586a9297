"""Public holidays and moved working days of a country: facts of the `holidays` library, made into days.

A government may move a day off: a day of the weekend is worked and a weekday is off instead (Russia, Belarus, Hungary,
China and others). The library lists such days by decree and year; a year after its last decree is *unpublished*.
Poland moves no day: for a holiday on a Saturday an employer owes another day off, which each employer chooses
(Labour Code, art. 130), so it belongs under `closures`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.calendar.config import HolidaysConfig

DECREED_YEARLY = frozenset({"BY", "CN", "HU", "RU"})
"""Countries whose government publishes moved days anew for each year, so that a year can be unpublished."""


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The special days of one year.

    Attributes:
        closed: Holidays and days off in exchange for a worked day of the weekend.
        statutory: Holidays proper, without those days off: the day before them may be shorter.
        worked: Days of the weekend that are working days, each with the weekday that is off instead.
    """

    closed: frozenset[date]
    statutory: frozenset[date]
    worked: dict[date, date]


def refuse_unknown(country: str, region: str | None, categories: list[str]) -> None:
    """Refuse what the library does not know.

    Raises:
        ValueError: Unknown country, region or category; half days, which are not days off.
    """
    import holidays

    supported = holidays.list_supported_countries(include_aliases=False)
    if country not in supported:
        raise ValueError(
            f"{country!r} is not a country with known holidays; write an ISO 3166 code such as PL, RU or DE"
        )
    kind: Any = getattr(holidays, country)
    regions = [*kind.subdivisions, *getattr(kind, "subdivisions_aliases", {})]
    if region is not None and region not in regions:
        known = f"write one of: {', '.join(kind.subdivisions)}" if regions else "leave `region` out"
        raise ValueError(f"{region!r} is not a region of {country} with holidays of its own; {known}")
    for category in categories:
        if category == "half_day":
            raise ValueError("holidays of category 'half_day' are not whole days off; write them under `exceptions`")
        if category not in kind.supported_categories:
            allowed = ", ".join(sorted(set(kind.supported_categories) - {"half_day"}))
            raise ValueError(f"{country} has no holidays of category {category!r}; write one of: {allowed}")


class PublicHolidays:
    """The special days by one configuration, year by year as they are asked for."""

    def __init__(self, config: HolidaysConfig) -> None:
        self.config = config
        self._years: dict[int, HolidayYear] = {}

    def year(self, year: int) -> HolidayYear:
        """The special days of a year."""
        if year not in self._years:
            self._years[year] = _configured_year(self.config, year)
        return self._years[year]

    def is_closed(self, day: date) -> bool:
        """Whether the day is a holiday, or off in exchange for a worked day of the weekend."""
        return day in self.year(day.year).closed

    def worked_for(self, day: date) -> date | None:
        """For a day of the weekend that is worked: the weekday that is off instead; None for every other day."""
        worked = self.year(day.year).worked if self.config.moved_working_days else {}
        return worked.get(day)

    def is_before_holiday(self, day: date) -> bool:
        """Whether the working day stands just before a public holiday and may be shorter.

        A worked day of the weekend is as long as the weekday it was exchanged for (Russian Labour Code, art. 95, 112).
        """
        following = (self.worked_for(day) or day) + timedelta(days=1)
        return following in self.year(following.year).statutory


def _configured_year(config: HolidaysConfig, year: int) -> HolidayYear:
    found = _country_year(config.country, config.region, tuple(config.categories), year)
    extra = {day for day in config.extra if day.year == year}
    without = set(config.without)
    return HolidayYear(
        closed=frozenset((found.closed | extra) - without),
        statutory=frozenset((found.statutory | extra) - without),
        worked={day: partner for day, partner in found.worked.items() if day not in extra},
    )


def is_published(country: str, year: int) -> bool:
    """Whether the library knows the holidays of that year, and the moved days where they are decreed year by year."""
    first, last = _known_years(country)
    return first <= year <= last


@lru_cache
def _known_years(country: str) -> tuple[int, int]:
    import holidays

    kind: Any = getattr(holidays, country)
    if country not in DECREED_YEARLY:
        return kind.start_year, kind.end_year
    return kind.start_year, max(year for year, _, _ in _exchanges(kind(years=[kind.start_year])))


@lru_cache(maxsize=1024)
def _country_year(country: str, region: str | None, categories: tuple[str, ...], year: int) -> HolidayYear:
    import holidays

    # A decree of next year may make a day of this year's December a working day.
    kind: Any = getattr(holidays, country)
    years = [known for known in (year, year + 1) if kind.start_year <= known <= kind.end_year]
    listed = holidays.country_holidays(country, subdiv=region, categories=categories, years=years, expand=False)
    closed = {day for day in listed if day.year == year}
    exchanges = [(off, worked) for _, off, worked in _exchanges(listed)]
    partner = {worked: off for off, worked in exchanges}
    days_off = {off for off, _ in exchanges}
    return HolidayYear(
        closed=frozenset(closed),
        statutory=frozenset(closed - days_off),
        worked={
            day: partner.get(day, _monday_of(day))
            for day in listed.weekend_workdays
            if day.year == year and day not in closed
        },
    )


def _monday_of(day: date) -> date:
    """Stands for the weekday in exchange where the library does not say which it is: hours of a Monday."""
    return day - timedelta(days=day.weekday())


def _exchanges(listed: Any) -> Iterator[tuple[int, date, date]]:
    """Year of the decree, weekday off, day worked instead: the library's own table of moved days."""
    for year, entries in getattr(listed, "special_public_holidays", {}).items():
        for entry in entries if entries and isinstance(entries[0], tuple) else (entries,):
            if len(entry) >= 4 and all(isinstance(part, int) for part in entry):
                month, day, from_month, from_day, *from_year = entry
                yield year, date(year, month, day), date(from_year[0] if from_year else year, from_month, from_day)
