"""The shape of an identity: two counts of one thing that must agree, whatever the data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One identity as it was checked; a broken one is a fault of the program, never of the data.

    Attributes:
        id: Which identity, from the closed list in `evaluation/identities/`.
        subject: What it was checked for: a metric, a fact table, or a part of the service.
        holds: Whether every one of its equations holds.
        left, right: The two sides: of the equation that does not hold, else added up over all of them.
        checked: How many equations were looked at.
        detail: The equation in words, with its numbers; empty when there is nothing to tell.
    """

    id: str
    subject: str
    holds: bool
    left: float
    right: float
    checked: int
    detail: str = ""
