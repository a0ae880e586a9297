"""The ways stamps, dates and durations may be written, by name, and the check of a list of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import combinations

STAMPS = ("iso", "epoch_seconds", "epoch_milliseconds", "excel")
"""Named formats of stamps; anything else is a strptime pattern."""

DURATIONS = ("seconds", "milliseconds", "minutes", "hours", "days", "h:m:s", "h:m", "m:s", "words")
"""Named formats of durations; `words` is 1h 2m 3s or PT1H2M3S."""

PLAIN_DURATIONS = ("seconds", "h:m:s", "words")
"""What a duration may look like when nothing is said: none of these can be taken for another."""

DAY_FIRST = tuple(
    f"%d{mark}%m{mark}%Y{time}" for mark in "/.-" for time in ("", " %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S")
)

_NAMED_ZONE = re.compile(r"(?<!%)(?:%%)*%Z")


def check_formats(column: str, kind: str, formats: tuple[str, ...]) -> None:
    """Refuse a list of formats that cannot work or that would read one text in two ways.

    Args:
        column: Canonical column, for the message.
        kind: `instant`, `date` or `duration`.
        formats: Formats in the order they are tried.

    Raises:
        ValueError: With what was found and what to write.

    Example:
        >>> check_formats("at", "instant", ("%d/%m/%Y", "%m/%d/%Y"))
        Traceback (most recent call last):
        ...
        ValueError: column at: '%d/%m/%Y' and '%m/%d/%Y' read the same text as different days; keep one of them
    """
    for one in formats:
        if kind == "duration" and one not in DURATIONS:
            raise ValueError(f"column {column}: {one!r} is not a format of durations; use {', '.join(DURATIONS)}")
        if kind != "duration" and one not in STAMPS:
            _check_pattern(column, one)
    for first, second in combinations(formats, 2):
        if {first, second} == {"h:m", "m:s"} or ("%m" in first and first != second and _swapped(first) == second):
            what = "days" if kind != "duration" else "durations"
            raise ValueError(
                f"column {column}: {first!r} and {second!r} read the same text as different {what}; keep one of them"
            )


def _swapped(pattern: str) -> str:
    return pattern.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _check_pattern(column: str, pattern: str) -> None:
    if "%" not in pattern:
        raise ValueError(f"column {column}: {pattern!r} is not a format; use {', '.join(STAMPS)} or a strptime pattern")
    if _NAMED_ZONE.search(pattern):
        raise ValueError(f"column {column}: %Z in {pattern!r} is ambiguous; use %z or give time_zone")
    probe = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
    try:
        read = datetime.strptime(probe.strftime(pattern), pattern)
    except (ValueError, re.error) as error:
        raise ValueError(f"column {column}: {pattern!r} is not a strptime pattern ({error}); correct it") from error
    if (read.year, read.month, read.day) != (2001, 2, 3):
        raise ValueError(f"column {column}: {pattern!r} does not say year, month and day; correct it")
