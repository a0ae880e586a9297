"""Periods: half-open spans of whole months in the organisation's own zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from evaluation.errors import ConfigError

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_FORMS = (
    "2026-09, 2026-Q3, 2026-H2, 2026, FY2026, FY2026-Q1, FY2026-H1, "
    "latest-month, latest-quarter, latest-half, latest-year"
)
_PATTERN = re.compile(
    r"(?P<fiscal>FY)?(?P<year>\d{4})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>[1-4])|H(?P<half>[12])))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole calendar months, `[start, end)` in the organisation's zone.

    Attributes:
        id: How people write it: `2026-09`, `2026-Q3`, `2026-H2`, `2026`, `FY2026-Q1`.
        kind: `month`, `quarter`, `half` or `year`.
        first_month: The first day of the first month.
        zone: IANA name of the reporting zone.
        fiscal_year_starts: Month (1-12) in which a fiscal year starts; only used by `FY…` periods.
            `FY2026` is named after the calendar year in which it **ends** when it does not start in January
            (start 4: April 2025 to March 2026).

    Example:
        >>> quarter = Period.parse("2026-Q3", zone="Europe/Warsaw")
        >>> quarter.start.isoformat(), quarter.end.isoformat()
        ('2026-06-30T22:00:00+00:00', '2026-09-30T22:00:00+00:00')
        >>> quarter.previous().id, quarter.same_last_year().id
        ('2026-Q2', '2025-Q3')
        >>> Period.parse("FY2026-Q1", zone="UTC", fiscal_year_starts=4).first_month.isoformat()
        '2025-04-01'
    """

    id: str
    kind: str
    first_month: date
    zone: str
    fiscal_year_starts: int = 1

    @classmethod
    def parse(cls, text: str, *, zone: str, fiscal_year_starts: int = 1, at: datetime | None = None) -> Period:
        """The period that `text` names.

        Args:
            text: One of the forms in `Period`, or `latest-month`, `latest-quarter`, `latest-half`, `latest-year`:
                the last whole one that was over at `at`.
            zone: IANA name of the reporting zone.
            fiscal_year_starts: Month in which `FY…` years start.
            at: The moment from which `latest-…` looks back; required for those.

        Raises:
            ConfigError: The text is none of these, or `at` is missing for a `latest-…`.
        """
        if text.startswith("latest-") and text.removeprefix("latest-") in _MONTHS:
            if at is None:
                raise ConfigError(f"{text!r} needs a moment to look back from", remedy="name the period itself")
            return cls._latest(text.removeprefix("latest-"), zone, fiscal_year_starts, at)
        match = _PATTERN.fullmatch(text)
        month = int(match["month"]) if match and match["month"] else 1
        if match is None or not 1 <= month <= 12 or (match["fiscal"] and match["month"]) or int(match["year"]) < 2:
            raise ConfigError(f"{text!r} is not a period", where="PERIOD", remedy=f"write one of: {_FORMS}")
        kind = next((name for name in ("month", "quarter", "half") if match[name]), "year")
        year = int(match["year"])
        starts = fiscal_year_starts if match["fiscal"] else 1
        ordinal = year * 12 + starts - 1 - (12 if starts > 1 else 0)
        ordinal += month - 1 if kind == "month" else (int(match[kind]) - 1) * _MONTHS[kind] if kind != "year" else 0
        return cls(text, kind, _month(ordinal), zone, starts)

    @classmethod
    def _latest(cls, kind: str, zone: str, fiscal_year_starts: int, at: datetime) -> Period:
        local = at.astimezone(ZoneInfo(zone))
        length = _MONTHS[kind]
        ordinal = (local.year * 12 + local.month - 1) // length * length - length
        return cls._calendar(kind, ordinal, zone)

    @classmethod
    def _calendar(cls, kind: str, ordinal: int, zone: str) -> Period:
        year, month = divmod(ordinal, 12)
        number = month // _MONTHS[kind] + 1
        text = {
            "month": f"{year}-{number:02}",
            "quarter": f"{year}-Q{number}",
            "half": f"{year}-H{number}",
            "year": f"{year}",
        }
        return cls(text[kind], kind, _month(ordinal), zone, 1)

    @property
    def start(self) -> datetime:
        """The first instant inside, in UTC."""
        return _midnight(self.first_month, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after, in UTC."""
        return _midnight(_month(_ordinal(self.first_month) + _MONTHS[self.kind]), self.zone)

    @property
    def first_day(self) -> date:
        """The first calendar day inside, in the reporting zone."""
        return self.first_month

    @property
    def day_after(self) -> date:
        """The first calendar day after the period, in the reporting zone."""
        return _month(_ordinal(self.first_month) + _MONTHS[self.kind])

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def back(self, count: int) -> Period:
        """The period of the same kind `count` steps earlier; `back(0)` is the period itself."""
        ordinal = _ordinal(self.first_month) - count * _MONTHS[self.kind]
        if not self.id.startswith("FY"):
            return self._calendar(self.kind, ordinal, self.zone)
        year, month = divmod(ordinal - (self.fiscal_year_starts - 1), 12)
        year += 1 if self.fiscal_year_starts > 1 else 0
        letter = {"quarter": "-Q", "half": "-H", "year": ""}[self.kind]
        number = str(month // _MONTHS[self.kind] + 1) if letter else ""
        return Period(f"FY{year}{letter}{number}", self.kind, _month(ordinal), self.zone, self.fiscal_year_starts)

    def previous(self) -> Period:
        """The period of the same kind just before."""
        return self.back(1)

    def same_last_year(self) -> Period:
        """The same period one year earlier."""
        return self.back(12 // _MONTHS[self.kind])

    def months(self) -> tuple[Period, ...]:
        """The months inside, oldest first."""
        first = _ordinal(self.first_month)
        return tuple(self._calendar("month", first + step, self.zone) for step in range(_MONTHS[self.kind]))

    def series(self, length: int) -> tuple[Period, ...]:
        """`length` periods of this kind that end with this one, oldest first."""
        return tuple(self.back(step) for step in range(length - 1, -1, -1))


def _ordinal(first: date) -> int:
    return first.year * 12 + first.month - 1


def _month(ordinal: int) -> date:
    year, month = divmod(ordinal, 12)
    return date(year, month + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
