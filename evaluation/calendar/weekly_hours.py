"""Opening hours as people write them, `"09:00-13:00"` on `mon-fri`, and as minutes after local midnight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES_PER_DAY = 24 * 60
ALWAYS = "always"

Interval = tuple[int, int]
"""Opening and closing minute after the midnight of the day it belongs to; past midnight it closes after 1440."""

Week = tuple[tuple[Interval, ...], ...]
"""Seven days of intervals, Monday first."""

ROUND_THE_CLOCK: tuple[Interval, ...] = ((0, MINUTES_PER_DAY),)

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_SHORT = {day[:3]: number for number, day in enumerate(DAYS)} | {day: number for number, day in enumerate(DAYS)}


def parse_hours(hours: Any) -> Week:
    """The week that an `hours:` part describes; days that are not named are closed.

    Args:
        hours: `always`, or intervals by day (`fri`, `friday`), range of days (`mon-fri`, `sat-mon`) or list of days
            (`mon, wed`).

    Raises:
        ValueError: A day or time that cannot be read, a day named twice, overlapping intervals.

    Example:
        >>> parse_hours({"mon-thu": ["09:00-13:00", "14:00-18:00"], "fri": ["22:00-06:00"]})[3:5]
        (((540, 780), (840, 1080)), ((1320, 1800),))
    """
    if hours == ALWAYS:
        return (ROUND_THE_CLOCK,) * 7
    if not isinstance(hours, Mapping):
        raise ValueError(f"hours {hours!r} are not understood; write `always`, or intervals by day of the week")
    week: dict[int, tuple[Interval, ...]] = {}
    for name, intervals in hours.items():
        parsed = parse_day(intervals, str(name))
        for day in days_named(str(name)):
            if day in week:
                raise ValueError(f"{DAYS[day]} has hours twice, the second time under {name!r}; name each day once")
            week[day] = parsed
    days = tuple(week.get(day, ()) for day in range(7))
    _refuse_overlap_past_midnight(days)
    return days


def days_named(name: str) -> list[int]:
    """The days (Monday = 0) that a key of `hours:` names.

    Example:
        >>> days_named("sat-mon"), days_named("mon, wed")
        ([5, 6, 0], [0, 2])
    """
    days: list[int] = []
    for part in name.split(","):
        first, dash, last = part.partition("-")
        start = _day_number(first, name)
        end = _day_number(last, name) if dash else start
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days


def _day_number(text: str, name: str) -> int:
    number = _SHORT.get(text.strip().lower())
    if number is None:
        raise ValueError(f"{text.strip()!r} in {name!r} is not a day of the week; write {', '.join(list(_SHORT)[:7])}")
    return number


def parse_day(intervals: Any, owner: str) -> tuple[Interval, ...]:
    """The intervals of one day, earliest first; touching ones are kept apart, overlapping ones refused.

    Args:
        intervals: `["09:00-13:00", "14:00-18:00"]`, a single interval, `always` (the whole day), or an empty list
            (closed).
        owner: The day or date in the error message.
    """
    listed = [intervals] if isinstance(intervals, str) else intervals
    if not isinstance(listed, list | tuple):
        raise ValueError(
            f"the hours {intervals!r} of {owner} are not understood; "
            'write a list of intervals such as ["09:00-17:00"], or [] for closed'
        )
    parsed = sorted(parse_interval(text, owner) for text in listed)
    for (_, closes), (opens, _) in zip(parsed, parsed[1:], strict=False):
        if opens < closes:
            raise ValueError(
                f"two intervals of {owner} overlap: one closes at {clock(closes)}, "
                f"the next opens at {clock(opens)}; make them one or move a time"
            )
    if parsed and parsed[-1][1] > parsed[0][0] + MINUTES_PER_DAY:
        raise ValueError(
            f"the shift of {owner} that closes at {clock(parsed[-1][1])} on the next day lasts longer than 24 hours "
            f"after the day's first opening at {clock(parsed[0][0])}; check its times"
        )
    return tuple(parsed)


def parse_interval(text: Any, owner: str) -> Interval:
    """Minutes after midnight of `"09:00-17:30"`; an end before its start is on the next day.

    Example:
        >>> parse_interval("22:00-06:00", "mon"), parse_interval("00:00-24:00", "mon")
        ((1320, 1800), (0, 1440))
    """
    if not isinstance(text, str):
        raise ValueError(f'the hours of {owner} contain {text!r}; write an interval in quotes, such as "09:00-17:00"')
    if text == ALWAYS:
        return ROUND_THE_CLOCK[0]
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueError(f'{text!r} of {owner} is not an interval; write opening and closing, such as "09:00-17:00"')
    opens, closes = _minutes(first, owner), _minutes(last, owner)
    if opens == MINUTES_PER_DAY:
        raise ValueError(f"{text!r} of {owner} opens at 24:00; write 00:00 on the next day")
    if opens == closes:
        raise ValueError(
            f"{text!r} of {owner} opens and closes at once; write 00:00-24:00 for the whole day, or leave it out"
        )
    return (opens, closes) if closes > opens else (opens, closes + MINUTES_PER_DAY)


def _minutes(text: str, owner: str) -> int:
    match = _CLOCK.fullmatch(text.strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else MINUTES_PER_DAY + 1
    if minutes > MINUTES_PER_DAY:
        raise ValueError(f"{text.strip()!r} of {owner} is not a time of day; write HH:MM from 00:00 to 24:00")
    return minutes


def clock(minutes: int) -> str:
    """`HH:MM` of minutes after midnight, on whatever day."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _refuse_overlap_past_midnight(week: Week) -> None:
    for number, day in enumerate(week):
        following = week[(number + 1) % 7]
        if day and following and day[-1][1] - MINUTES_PER_DAY > following[0][0]:
            raise ValueError(
                f"the shift that starts on {DAYS[number]} at {clock(day[-1][0])} and closes past midnight at "
                f"{clock(day[-1][1])} overlaps the opening of {DAYS[(number + 1) % 7]} at {clock(following[0][0])}; "
                "check the end of the shift, or close it where the next day opens"
            )


def shortened(day: Iterable[Interval], minutes: int) -> tuple[Interval, ...]:
    """The day with its last `minutes` open minutes taken away.

    Example:
        >>> shortened([(540, 780), (840, 1080)], 60), shortened([(540, 780), (840, 870)], 60)
        (((540, 780), (840, 1020)), ((540, 750),))
    """
    kept: list[Interval] = []
    for opens, closes in sorted(day, reverse=True):
        taken = min(minutes, closes - opens)
        minutes -= taken
        if opens < closes - taken:
            kept.append((opens, closes - taken))
    return tuple(reversed(kept))
