"""Where a goal stands: one decision table, from the value and what is known about it to a status and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.assessment import GoalStatus, Target

LIKELY = 0.8
"""From this chance on the forecast reaches the target."""
UNLIKELY = 0.2
"""Up to this chance the forecast misses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The value expected by now, and whether the way to the target leads upwards."""

    expected: float
    is_rising: bool

    def is_kept_by(self, value: float) -> bool:
        """Whether a value is where it was expected, or further."""
        return value >= self.expected if self.is_rising else value <= self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known about a goal at the end of a period.

    Attributes:
        has_started: The first period of the goal has begun by the end of this one.
        is_final: The due date is over.
        value, low, high, n: The value that is judged and its 95 % interval, in the metric's unit.
        minimum_sample: Below this many cases there is no verdict.
        target: The target; None when it is relative and its baseline is unknown.
        path: Where the value was expected by now; None when unknown.
        probability: Chance to meet the target at the due date by the forecast; None when the series is too short.
    """

    has_started: bool
    is_final: bool
    value: float | None
    low: float | None
    high: float | None
    n: int
    minimum_sample: int
    target: Target | None
    path: Path | None
    probability: float | None


def judge(standing: Standing) -> tuple[GoalStatus, str]:
    """The status of a goal and the rule that decided; the first rule that applies, in this order.

    | when | status | reason |
    | --- | --- | --- |
    | the goal has not begun | not_started | not_started |
    | there is no value | cannot_tell | no_value |
    | the target is relative and its baseline is unknown | cannot_tell | no_baseline |
    | fewer cases than the metric's minimum sample | cannot_tell | small_sample |
    | due, target met | reached | reached, or reached_within_noise |
    | due, target not met | missed | not_reached, or not_reached_within_noise |
    | before due, chance of at most 20 %, target met or within noise | at_risk | forecast_misses |
    | before due, target met | on_course | reached, or reached_within_noise |
    | before due, chance of at least 80 % | on_course | forecast_reaches |
    | before due, chance of at most 20 % | off_course | forecast_misses |
    | before due, chance between | at_risk | forecast_unsure |
    | before due, short series, on the path or ahead | on_course | ahead_of_path |
    | before due, short series, behind, but within noise | at_risk | behind_path |
    | before due, short series, behind beyond noise | off_course | behind_path |
    | before due, short series, no path | cannot_tell | short_series |

    *Within noise*: a bound of the target lies in the 95 % interval of the value, ends included, or on the value itself,
    with or without an interval. Equal cases make the interval a point, which can lie on a bound.
    """
    if not standing.has_started:
        return GoalStatus.NOT_STARTED, "not_started"
    if standing.value is None:
        return GoalStatus.CANNOT_TELL, "no_value"
    if standing.target is None:
        return GoalStatus.CANNOT_TELL, "no_baseline"
    if standing.n < standing.minimum_sample:
        return GoalStatus.CANNOT_TELL, "small_sample"
    is_met = standing.target.is_met_by(standing.value)
    is_near = is_met or _is_within_noise(standing, standing.target)
    is_slipping = standing.probability is not None and standing.probability <= UNLIKELY
    if is_near and is_slipping and not standing.is_final:
        return GoalStatus.AT_RISK, "forecast_misses"
    if is_met or standing.is_final:
        return _met_or_not(standing, standing.target, is_met)
    if standing.probability is not None:
        return _by_forecast(standing.probability)
    return _by_path(standing, standing.value)


def _met_or_not(standing: Standing, target: Target, is_met: bool) -> tuple[GoalStatus, str]:
    reason = "reached" if is_met else "not_reached"
    if _is_within_noise(standing, target):
        reason += "_within_noise"
    if not standing.is_final:
        return GoalStatus.ON_COURSE, reason
    return (GoalStatus.REACHED if is_met else GoalStatus.MISSED), reason


def _by_forecast(probability: float) -> tuple[GoalStatus, str]:
    if probability >= LIKELY:
        return GoalStatus.ON_COURSE, "forecast_reaches"
    if probability <= UNLIKELY:
        return GoalStatus.OFF_COURSE, "forecast_misses"
    return GoalStatus.AT_RISK, "forecast_unsure"


def _by_path(standing: Standing, value: float) -> tuple[GoalStatus, str]:
    path = standing.path
    if path is None:
        return GoalStatus.CANNOT_TELL, "short_series"
    if path.is_kept_by(value):
        return GoalStatus.ON_COURSE, "ahead_of_path"
    best = standing.high if path.is_rising else standing.low
    if best is not None and path.is_kept_by(best):
        return GoalStatus.AT_RISK, "behind_path"
    return GoalStatus.OFF_COURSE, "behind_path"


def _is_within_noise(standing: Standing, target: Target) -> bool:
    bounds = [bound for bound in (target.at_least, target.at_most) if bound is not None]
    if standing.value in bounds:
        return True
    low, high = standing.low, standing.high
    return low is not None and high is not None and any(low <= bound <= high for bound in bounds)
