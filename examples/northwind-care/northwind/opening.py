"""Working time of Northwind Care: when somebody is there, and when so much work later is."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np
import pandas as pd

from northwind.organisation import ZONE

HOURS = {0: (8, 18), 1: (8, 18), 2: (8, 18), 3: (8, 18), 4: (8, 18), 5: (9, 14)}
"""Weekday to opening and closing hour; Sundays and public holidays are closed."""


class OpeningHours:
    """Open intervals as accumulated seconds, so that working time is a difference and can be turned round.

    Args:
        first: First day.
        last: Last day.
    """

    def __init__(self, first: date, last: date) -> None:
        closed = holidays.country_holidays("PL", years=range(first.year, last.year + 1))
        days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
        open_days = [day for day in days if day.weekday() in HOURS and day not in closed]
        self._starts = _seconds([f"{day} {HOURS[day.weekday()][0]:02}:00" for day in open_days])
        ends = _seconds([f"{day} {HOURS[day.weekday()][1]:02}:00" for day in open_days])
        self._lengths = ends - self._starts
        self._before = np.concatenate([[0], np.cumsum(self._lengths)])

    def elapsed(self, at: np.ndarray) -> np.ndarray:
        """Open seconds between the first day and `at` (seconds since 1970)."""
        place = np.searchsorted(self._starts, at, side="right") - 1
        inside = np.clip(at - self._starts[np.clip(place, 0, None)], 0, self._lengths[np.clip(place, 0, None)])
        return np.where(place < 0, 0, self._before[np.clip(place, 0, None)] + inside)

    def later(self, at: np.ndarray, work: np.ndarray) -> np.ndarray:
        """The moment at which `work` open seconds after `at` have gone by."""
        wanted = self.elapsed(at) + work
        place = np.clip(np.searchsorted(self._before, wanted, side="left") - 1, 0, len(self._starts) - 1)
        return self._starts[place] + (wanted - self._before[place])


def _seconds(stamps: list[str]) -> np.ndarray:
    local = pd.DatetimeIndex(pd.to_datetime(stamps)).tz_localize(ZONE)
    return local.tz_convert("UTC").as_unit("s").asi8.astype(float)
