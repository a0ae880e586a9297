"""What may be said about differences: the words, and the list of everything that was compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Change(StrEnum):
    """What may be said about a difference from an earlier period."""

    BETTER = "better"
    WORSE = "worse"
    MOVED = "moved"
    """A real difference of a metric that has no good direction."""
    WITHIN_NOISE = "within_noise"
    CANNOT_TELL = "cannot_tell"
    """Too few cases."""
    NOT_COMPARED = "not_compared"
    """One of the two values is absent."""
    NOT_WHOLE = "not_whole"
    """The figure grows with the days of its period, and one of the two periods is not over or not all recorded."""
    NOT_JUDGED = "not_judged"
    """The statistic says nothing about change: the shortest of all cases."""


class Against(StrEnum):
    """What a figure is compared with."""

    BEFORE = "before"
    """The period before."""
    LAST_YEAR = "last_year"
    """The same period a year before."""
    REST = "rest"
    """All other cases of the same period."""


VerdictKey = tuple[str, str, Against, str | None, str | None]
"""Metric, statistic, what it is compared with, dimension and member; None and None for the whole service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """Everything that was compared, after the one control of false discoveries.

    Attributes:
        differences: How many differences were looked at, people included.
        survived: How many of them stand.
        rate: Expected share of chance among those that stand.
        verdicts: What may be said about each difference that concerns no person.
    """

    differences: int = 0
    survived: int = 0
    rate: float = 0.10
    verdicts: Mapping[VerdictKey, Change] = field(default_factory=lambda: MappingProxyType({}))

    def verdict(
        self,
        metric_id: str,
        statistic: str,
        against: Against,
        dimension: str | None = None,
        member: str | None = None,
    ) -> Change:
        """What may be said about a difference; `NOT_COMPARED` when nobody looked at it."""
        return self.verdicts.get((metric_id, statistic, against, dimension, member), Change.NOT_COMPARED)
