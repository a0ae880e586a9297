"""The shape of an explanation: which parts moved a figure, and by how much each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """How a part moves the whole."""

    MIX = "mix"
    """Its share of all cases changed."""
    RATE = "rate"
    """Its own figure changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One addend of a change.

    Attributes:
        member: The part of the service.
        cause: By its share of the cases, or by its own figure.
        amount: What it adds to the change, in the figure's unit.
        has_grown: Whether its share of the cases grew.
    """

    member: str
    cause: Cause
    amount: float
    has_grown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A change of a figure in parts that add up to it exactly (Kitagawa).

    Attributes:
        dimension: By which the parts are told apart: the one whose parts differ most in what they add.
        statistic: What is taken apart: the figure itself, or the mean of a duration whose median is judged.
        change: The whole change of that statistic, in the figure's unit.
        mix: All of it that comes from other shares of the cases.
        rate: All of it that comes from the parts' own figures.
        largest: The largest addends that point the way of the change, at most three, the largest first.
        others: What all other addends make together; `largest` and `others` add up to `change`.
        is_even: No part stands out: each moved about as the whole did.
    """

    dimension: str
    statistic: str
    change: float
    mix: float
    rate: float
    largest: tuple[Contribution, ...]
    others: float
    is_even: bool
