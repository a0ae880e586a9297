"""What the control chart of a figure's months says: limits by phase, special causes, and how the last month behaves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evaluation.statistics.process_chart import Signal


class Behaviour(StrEnum):
    """What may be said about the last month of a series."""

    AS_BEFORE = "as_before"
    SHIFTED = "shifted"
    """It ends seven or more months in a row on one side of the mean."""
    TRENDING = "trending"
    """It ends seven or more months that rise, or fall, one after another."""
    OUTSIDE = "outside"
    """It lies beyond a limit."""
    NEAR_LIMIT = "near_limit"
    """With one of the two months before it, it lies in the outer third of one side."""
    CANNOT_TELL = "cannot_tell"
    """Fewer than six months since the series, or its last phase, began."""


TOLD_BY = {
    Signal.ONE_SIDE: Behaviour.SHIFTED,
    Signal.RUN: Behaviour.TRENDING,
    Signal.OUTSIDE: Behaviour.OUTSIDE,
    Signal.NEAR_LIMIT: Behaviour.NEAR_LIMIT,
}
"""What each signal says of the last month, what lasts longest first: the first that applies is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPhase:
    """A stretch of months with limits of their own, in the metric's unit.

    Attributes:
        first, last: Ids of its first and last month.
        months: Months in it that are points of the chart.
        low, centre, high: Natural limits and mean; None with fewer than six points.
        is_provisional: There are limits, of fewer than 13 points.
        changes: Names of the changes that it starts with; none for the first phase.
    """

    first: str
    last: str
    months: int
    low: float | None
    centre: float | None
    high: float | None
    is_provisional: bool
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialCause:
    """Months that chance alone does not explain.

    Attributes:
        signal: The rule that they break.
        first, last: Ids of the first and the last of these months.
        months: How many there are, those without a point not counted.
        is_upward: They lie above the mean, or rise.
        is_current: The last month of the series is one of them.
    """

    signal: Signal
    first: str
    last: str
    months: int
    is_upward: bool
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReading:
    """The control chart of a figure by month, read.

    Attributes:
        phases: Stretches with limits of their own, oldest first; one more than there are changes in the series.
        causes: Special causes, oldest first.
        behaviour: What may be said about the last month.
        left_out: Ids of months that are no points: not over yet, of too few cases, or cut by the start of the data.
    """

    phases: tuple[ProcessPhase, ...]
    causes: tuple[SpecialCause, ...]
    behaviour: Behaviour
    left_out: tuple[str, ...]

    @property
    def now(self) -> ProcessPhase:
        """The phase that the last month belongs to."""
        return self.phases[-1]

    @property
    def cause(self) -> SpecialCause | None:
        """The special cause that `behaviour` tells of."""
        told = [cause for cause in self.causes if cause.is_current and TOLD_BY[cause.signal] is self.behaviour]
        return told[-1] if told else None
