"""The shape of a comparison of agents, teams or branches: numbers and ids, in alphabetical order, never a rank."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evaluation.metric import Metric
from evaluation.statistics.funnel import Group, Scale

COMPARED_DIMENSIONS = ("team", "branch", "agent")
"""Dimensions whose members are compared with what their own cases lead to expect."""
REAL_SPREAD = 0.01
"""Below this probability the spread between members is more than chance."""


class Lack(StrEnum):
    """Why there is too little data about a member."""

    FEW_CASES = "few_cases"
    """Fewer cases than the metric's minimum sample."""
    NOBODY_ALIKE = "nobody_alike"
    """Hardly anybody else, or one other alone, has cases like these, so that nothing can be expected of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedMember:
    """One agent, team or branch.

    Values are in the unit of the metric; of durations they are geometric means, the typical time.

    Attributes:
        member: Its key.
        n: Its cases.
        requesters: Distinct requesters among them; cases of unknown requesters count as one each.
        value: Raw: what it reached; None without cases.
        expected: What the others reach on cases like its own; those who clearly differ are no part of it.
        adjusted: What it would reach on everybody's mix: the centre, moved by as much as it lies from `expected`.
        adjusted_low, adjusted_high: 95 % interval of `adjusted`, of chance alone.
        shared: Which part of its cases is of kinds that others handle too; only these are compared.
        effective: How many cases the comparison is worth; fewer than `n`, because the others' cases leave room for
            chance as well.
        z: Distance from `expected` in standard deviations, those between members included.
        p_value: How improbable so large a distance is by chance, two-sided.
        low95, high95, low998, high998: Limits around `expected` for so many cases.
        group: Where it stands, by the wider limits.
        is_good: Whether standing clearly above or below is good; None elsewhere, and when no direction is.
        lack: Why there is too little data; None when it is compared, or when nobody is.
    """

    member: str
    n: int
    requesters: int
    value: float | None
    expected: float | None = None
    adjusted: float | None = None
    adjusted_low: float | None = None
    adjusted_high: float | None = None
    shared: float | None = None
    effective: float | None = None
    z: float | None = None
    p_value: float | None = None
    low95: float | None = None
    high95: float | None = None
    low998: float | None = None
    high998: float | None = None
    group: Group = Group.TOO_LITTLE_DATA
    is_good: bool | None = None
    lack: Lack | None = None

    @property
    def is_clear(self) -> bool:
        """Whether it clearly differs from what its cases lead to expect."""
        return self.group in (Group.CLEARLY_ABOVE, Group.CLEARLY_BELOW)


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The limits of the drawn funnel at one effective number of cases."""

    size: float
    low95: float
    high95: float
    low998: float
    high998: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberComparison:
    """The members of one dimension, compared on one metric in the reported period.

    Attributes:
        metric: The metric.
        statistic: Its main statistic, by which its figures are known.
        dimension: `team`, `branch` or `agent`.
        scale: The scale of the comparison; `log` means that values are geometric means and not the statistic.
        rows: Every member with cases, in alphabetical order; cases of nobody are no member.
        centre: The value of all compared members together; None when nobody is compared.
        dispersion: φ of the funnel: 1 when chance alone is at work.
        between: τ² of the funnel, on its scale.
        spread_p_value: How improbable so much spread between them is by chance alone; None when nobody is compared.
        minimum_cases: Below this many cases there is too little data about a member.
        undefined_because: Why nobody is compared, a clause in English; None when they are.
        limits: The curves of the drawn funnel around `centre`, by ascending effective number of cases.
    """

    metric: Metric
    statistic: str
    dimension: str
    scale: Scale
    rows: tuple[ComparedMember, ...]
    centre: float | None
    dispersion: float | None
    between: float | None
    minimum_cases: int
    spread_p_value: float | None = None
    undefined_because: str | None = None
    limits: tuple[FunnelLimits, ...] = ()

    @property
    def is_spread_real(self) -> bool:
        """Whether the members differ from one another by more than chance explains, even when nobody stands out."""
        return self.spread_p_value is not None and self.spread_p_value < REAL_SPREAD

    @property
    def compared(self) -> tuple[ComparedMember, ...]:
        """The members about whom there is enough data."""
        return tuple(row for row in self.rows if row.group is not Group.TOO_LITTLE_DATA)

    @property
    def clear(self) -> tuple[ComparedMember, ...]:
        """Those who clearly differ from what their cases lead to expect."""
        return tuple(row for row in self.rows if row.is_clear)
