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
        worked: Days of the weekend that are working days, each with the weekday that is off instead (None = not known).
    """

    closed: frozenset[date]
    statutory: frozenset[date]
    worked: dict[date, date | None]


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


def holiday_year(config: HolidaysConfig, year: int) -> HolidayYear:
    """The special days of `year` by this configuration."""
    found = _country_year(config.country, config.region, tuple(config.categories), year)
    extra = {day for day in config.extra if day.year == year}
    without = set(config.without)
    return HolidayYear(
        closed=frozenset((found.closed | extra) - without),
        statutory=frozenset((found.statutory | extra) - without),
        worked={day: partner for day, partner in found.worked.items() if day not in extra},
    )


def last_published_year(country: str) -> int | None:
    """The last year whose moved days are known; None for countries that publish none year by year."""
    if country not in DECREED_YEARLY:
        return None
    import holidays

    return max(year for year, _, _ in _exchanges(holidays.country_holidays(country)))


@lru_cache(maxsize=1024)
def _country_year(country: str, region: str | None, categories: tuple[str, ...], year: int) -> HolidayYear:
    import holidays

    # A decree of next year may make a day of this year's December a working day.
    listed = holidays.country_holidays(country, subdiv=region, categories=categories, years=[year, year + 1])
    closed = {day for day in listed if day.year == year}
    exchanges = [(off, worked) for _, off, worked in _exchanges(listed)]
    partner = {worked: off for off, worked in exchanges}
    days_off = {off for off, _ in exchanges}
    return HolidayYear(
        closed=frozenset(closed),
        statutory=frozenset(closed - days_off),
        worked={day: partner.get(day) for day in listed.weekend_workdays if day.year == year and day not in closed},
    )


def _exchanges(listed: Any) -> Iterator[tuple[int, date, date]]:
    """Year of the decree, weekday off, day worked instead: the library's own table of moved days."""
    for year, entries in getattr(listed, "special_public_holidays", {}).items():
        for entry in entries if entries and isinstance(entries[0], tuple) else (entries,):
            if len(entry) >= 4 and all(isinstance(part, int) for part in entry):
                month, day, from_month, from_day, *from_year = entry
                yield year, date(year, month, day), date(from_year[0] if from_year else year, from_month, from_day)


def is_before_holiday(config: HolidaysConfig, day: date) -> bool:
    """Whether the working day `day` stands just before a public holiday and may be shorter.

    A worked day of the weekend is as long as the weekday it was exchanged for (Russian Labour Code, art. 95 and 112).
    """
    exchanged_for = holiday_year(config, day.year).worked.get(day) if config.moved_working_days else None
    following = (exchanged_for or day) + timedelta(days=1)
    return following in holiday_year(config, following.year).statutory
