"""Quantities as people write them in goals: a number, and a unit that must be the metric's own."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from evaluation.duration import parse_duration
from evaluation.metric import Unit

_SIGNED = re.compile(r"\s*([+\-\N{MINUS SIGN}]?)\s*(.+?)\s*")
_NUMBER = r"\d+(?:\.\d+)?"
_FORMS = "write for example 2h, 90 min, 85%, 4.3 or +5 points"


class QuantityKind(StrEnum):
    """What the unit of a written quantity says."""

    DURATION = "duration"
    PERCENT = "percent"
    POINTS = "points"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A written number and the kind of its unit.

    Attributes:
        number: Seconds for durations; percents, points or the number itself as written.
        kind: What stood behind the number.
        text: As written, for messages.
    """

    number: float
    kind: QuantityKind
    text: str


_UNIT_NAMES = {
    Unit.SECONDS: ("hours and minutes", "2h or 90 min", "-15% or -30 min"),
    Unit.SHARE: ("per cent", "85%", "+5 points or -15%"),
    Unit.COUNT: ("a count", "1200", "+100 or +10%"),
    Unit.RATIO: ("a plain number", "1.3", "-0.2 or -15%"),
    Unit.POINTS: ("points of the survey's scale", "4.3", "+0.2 points or +5%"),
    Unit.NPS_POINTS: ("points from -100 to 100", "35", "+5 points"),
}
_LEVELS = {
    Unit.SECONDS: {QuantityKind.DURATION: 1.0},
    Unit.SHARE: {QuantityKind.PERCENT: 0.01},
    Unit.COUNT: {QuantityKind.PLAIN: 1.0},
    Unit.RATIO: {QuantityKind.PLAIN: 1.0},
    Unit.POINTS: {QuantityKind.PLAIN: 1.0, QuantityKind.POINTS: 1.0},
    Unit.NPS_POINTS: {QuantityKind.PLAIN: 1.0, QuantityKind.POINTS: 1.0},
}
_STEPS = {**_LEVELS, Unit.SHARE: {QuantityKind.POINTS: 0.01}}
_RANGE = {Unit.SHARE: (0.0, 1.0), Unit.NPS_POINTS: (-100.0, 100.0)}


def parse_quantity(text: str | float) -> Quantity:
    """Read a number with its unit.

    Raises:
        ValueError: It is no finite number, or the unit is none of the known ones.

    Example:
        >>> parse_quantity("-15%"), parse_quantity("90 min").number
        (Quantity(number=-15.0, kind=<QuantityKind.PERCENT: 'percent'>, text='-15%'), 5400.0)
    """
    if isinstance(text, (int, float)):
        if not math.isfinite(text):
            raise ValueError(f"{text} is not a number to aim at; {_FORMS}")
        return Quantity(float(text), QuantityKind.PLAIN, f"{text:g}")
    match = _SIGNED.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a quantity; {_FORMS}")
    sign = -1.0 if match[1] in ("-", "\N{MINUS SIGN}") else 1.0
    number, kind = _unsigned(match[2], text)
    return Quantity(sign * number, kind, text.strip())


def _unsigned(body: str, text: str) -> tuple[float, QuantityKind]:
    for pattern, kind in (
        (rf"({_NUMBER})\s*%", QuantityKind.PERCENT),
        (rf"({_NUMBER})\s*points?", QuantityKind.POINTS),
        (rf"({_NUMBER})", QuantityKind.PLAIN),
    ):
        match = re.fullmatch(pattern, body)
        if match:
            return float(match[1]), kind
    if not re.search(r"\d", body):
        raise ValueError(f"{text!r} is not a quantity; {_FORMS}")
    try:
        return float(parse_duration(body)), QuantityKind.DURATION
    except ValueError as error:
        found = str(error).partition(";")[0].replace(repr(body), repr(text))
        raise ValueError(f"{found}; {_FORMS}") from error


def level_in(quantity: Quantity, unit: Unit) -> float:
    """The value that a written level means in a metric's unit.

    Raises:
        ValueError: The unit is not the metric's, or the value is outside what the metric can be.

    Example:
        >>> level_in(parse_quantity("85%"), Unit.SHARE), level_in(parse_quantity("2h"), Unit.SECONDS)
        (0.85, 7200.0)
    """
    name, level, _ = _UNIT_NAMES[unit]
    factor = _LEVELS[unit].get(quantity.kind)
    if factor is None:
        raise ValueError(f"{quantity.text!r} is not in the metric's unit, which is {name}; write for example {level}")
    value = quantity.number / 100 if unit is Unit.SHARE else quantity.number * factor
    low, high = _RANGE.get(unit, (0.0, math.inf))
    if not low <= value <= high:
        raise ValueError(f"{quantity.text!r} is outside what the metric can be; write for example {level}")
    return value


def changed_by(baseline: float, quantity: Quantity, unit: Unit) -> float:
    """The value that a written change from `baseline` arrives at.

    A percentage is always relative to the baseline; `points` of a share are percentage points.

    Raises:
        ValueError: The change has a unit that the metric has not.

    Example:
        >>> changed_by(0.80, parse_quantity("+5 points"), Unit.SHARE)
        0.85
        >>> changed_by(7200.0, parse_quantity("-15%"), Unit.SECONDS)
        6120.0
    """
    if quantity.kind is QuantityKind.PERCENT and unit is not Unit.NPS_POINTS:
        return float(baseline * (100 + quantity.number) / 100)
    factor = _STEPS[unit].get(quantity.kind)
    if factor is None:
        name, _, change = _UNIT_NAMES[unit]
        raise ValueError(
            f"a change of {quantity.text!r} does not fit the metric, which is in {name}; write for example {change}"
        )
    return round(float(baseline) + quantity.number * factor, 12)
