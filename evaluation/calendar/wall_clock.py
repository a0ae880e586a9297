"""From the clock on the wall to instants, on both daylight-saving nights.

The rule, chosen once: a time on the wall means the first instant at which the clock shows it or a later one. A time
that happens twice is its first reading, a time that the clock jumps over is the moment of the jump. So hours that touch
on the wall touch in real time, nothing is counted twice, and an interval across a change lasts as long as it
really lasts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
_MICROSECOND = timedelta(microseconds=1)


def instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Microseconds since 1970 (UTC) at which the wall clock first shows `minutes` after the midnight of `day`.

    Example:
        >>> warsaw = ZoneInfo("Europe/Warsaw")
        >>> (instant(date(2026, 3, 29), 180, warsaw) - instant(date(2026, 3, 29), 120, warsaw)) // 60_000_000
        0
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    first = _reading(wall, zone, fold=0)
    second = _reading(wall, zone, fold=1)
    return first if first <= second else _jump(second, first, zone)


def _reading(wall: datetime, zone: ZoneInfo, *, fold: int) -> int:
    return (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) - EPOCH) // _MICROSECOND


def _jump(before: int, after: int, zone: ZoneInfo) -> int:
    """The moment in (before, after] at which the zone's offset changes, to the second."""
    low, high = before // 1_000_000, after // 1_000_000
    old = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, zone) == old:
            low = middle
        else:
            high = middle
    return high * 1_000_000


def _offset(seconds: int, zone: ZoneInfo) -> timedelta | None:
    return (EPOCH + timedelta(seconds=seconds)).astimezone(zone).utcoffset()


def at_instant(microseconds: int, zone: tzinfo) -> datetime:
    """The zone-aware datetime of an instant."""
    return (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone)


def local_date(microseconds: int, zone: tzinfo) -> date:
    """The date on the wall at an instant."""
    return at_instant(microseconds, zone).date()


def refuse_unknown_zone(name: str) -> None:
    """Refuse what is not an IANA zone; faster than asking for the names of all of them.

    Raises:
        ValueError: It is none.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone; write an IANA name such as Europe/Warsaw or UTC") from None
