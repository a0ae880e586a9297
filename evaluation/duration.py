"""Durations as people write them: hours, minutes and seconds."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_SECONDS = {"h": 3600, "min": 60, "s": 1}
_PART = r"(?:\d+(?:\.\d+)?)\s*(?:h|min|s)"
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s*(h|min|s)")
_WHOLE = re.compile(rf"\s*{_PART}(?:\s*{_PART})*\s*")
_FORMS = "write hours, minutes and seconds, for example 2h, 90 min, 1h 30min or 20 s"


def parse_duration(text: object) -> int:
    """The whole seconds that a text such as `2h`, `90 min` or `1h 30min` names.

    Days and weeks are refused: on a business clock a day could be 8 hours or 24, and a promise must not be guessed.
    A number without a unit is refused for the same reason. Each unit stands at most once, the largest first.

    Args:
        text: What stands in the configuration.

    Returns:
        Seconds, 0 or more.

    Raises:
        ValueError: The text is none of these, or names a fraction of a second.

    Example:
        >>> parse_duration("2h"), parse_duration("90 min"), parse_duration("1h 30min"), parse_duration("1.5h")
        (7200, 5400, 5400, 5400)
    """
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not a duration, its unit is missing; {_FORMS}")
    if re.search(r"\d\s*(d|day|days|w|week|weeks)\b", text):
        raise ValueError(f"{text!r} counts days, and a business day has no fixed length; {_FORMS}")
    parts = _PARTS.findall(text) if _WHOLE.fullmatch(text) else []
    units = [unit for _, unit in parts]
    if not parts or units != sorted(set(units), key=lambda unit: -_SECONDS[unit]):
        raise ValueError(f"{text!r} is not a duration; {_FORMS}")
    seconds = sum((Fraction(number) * _SECONDS[unit] for number, unit in parts), Fraction())
    if seconds.denominator != 1:
        raise ValueError(f"{text!r} is not a whole number of seconds; {_FORMS}")
    return int(seconds)


def _read(value: object) -> int:
    """Seconds from a text; whole seconds that were already read pass unchanged."""
    return value if isinstance(value, Seconds) else Seconds(parse_duration(value))


class Seconds(int):
    """Seconds that came from a parsed duration, so that a model can be validated again from its own values."""


Duration = Annotated[
    int,
    BeforeValidator(_read),
    WithJsonSchema({"type": "string", "pattern": rf"^\s*{_PART}(\s*{_PART})*\s*$", "examples": ["2h", "90 min"]}),
]
"""Field type of durations in `review.yaml`: written as text, held as whole seconds."""
