"""The assessment: verdicts, goals, follow-ups and findings as numbers and ids; no words of any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from evaluation.breakdown import Breakdown
from evaluation.explanation import Explanation
from evaluation.identity import Identity
from evaluation.intake import Intake
from evaluation.measurement import Absent, Caveat, Measurement, Measurements
from evaluation.member_comparison import MemberComparison
from evaluation.metric import Credit, Metric
from evaluation.period import Period
from evaluation.process_reading import ProcessReading
from evaluation.validation import Validation
from evaluation.verdict import Change as Change
from evaluation.verdict import LookedAt as LookedAt

if TYPE_CHECKING:
    from evaluation.statistics.effect import Effect
    from evaluation.statistics.shift import Shift


class GoalStatus(StrEnum):
    """Where a goal stands."""

    REACHED = "reached"
    ON_COURSE = "on_course"
    AT_RISK = "at_risk"
    OFF_COURSE = "off_course"
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"
    NOT_STARTED = "not_started"


class FollowUpState(StrEnum):
    """State of an agreed action."""

    PROPOSED = "proposed"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One period of a series; `value` is None where there was nothing to measure."""

    period_id: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound on a value, in the metric's own unit. `at_most`, `at_least`, or both (between)."""

    at_least: float | None = None
    at_most: float | None = None

    def is_met_by(self, value: float) -> bool:
        """Whether the value lies inside the bounds, the bounds included."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One headline figure of the period, with everything that is said next to it.

    Attributes:
        metric: The metric's record.
        where: Scope, dimension to member; empty for the whole service.
        value, n, low, high, undecided, excluded, reason, caveats: As measured.
        previous: Value in the period before; None when absent.
        last_year: Value in the same period a year before; None when absent.
        change: Difference from the previous period in the metric's unit (for shares: a difference of fractions).
        verdict: What may be said about that difference.
        target: The target of the goal on this very figure, or of `report.targets`; None when there is none.
        goal_id: The goal the target comes from.
        status: Whether the target is met, as a goal status; None without a target.
        series: The same figure by month (13 months, or as many as the data have), oldest first.
        shift: By how many seconds the cases of the period lie above those of the period before, value by value; None
            for what is no median or mean of a duration, or has nothing to be compared with.
        process: What the control chart of these months says; None when no month has a point.
    """

    metric: Metric
    statistic: str
    where: Mapping[str, str]
    value: float | None
    n: int
    low: float | None
    high: float | None
    undecided: int
    excluded: int
    reason: Absent | None
    caveats: tuple[Caveat, ...]
    previous: float | None
    last_year: float | None
    change: float | None
    verdict: Change
    target: Target | None
    goal_id: str | None
    status: GoalStatus | None
    series: tuple[Point, ...]
    shift: Shift | None = None
    process: ProcessReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAssessment:
    """A goal at the end of the period.

    Attributes:
        id, statement, owner: As agreed.
        start, due: First and last period of the goal (ids).
        figure: The figure it is about, in its scope.
        baseline: Value at the start (of `target.from`, or of the period before `start`), or None.
        target: The final target in the metric's unit, resolved from relative ones.
        status: Where it stands.
        reason: Rule that decided, from a closed list: `reached`, `reached_within_noise`, `not_reached`,
            `not_reached_within_noise`, `small_sample`, `no_value`, `no_baseline`, `forecast_reaches`,
            `forecast_unsure`, `forecast_misses`, `short_series`, `ahead_of_path`, `behind_path`, `not_started`.
        is_final: The due date is over.
        precedent: How often the metric moved that much in that time before: `routine`, `ambitious`,
            `never_before`, `unknown`.
        expected: Value expected by now on the path from baseline to target, or the step in force; None when unknown.
        parent: The goal it serves, or None.
        actions: Follow-ups that serve it.
        forecast, forecast_low, forecast_high: Value expected at the due date with its 80 % prediction interval; None
            with fewer than eight months, and once the goal is final.
        probability: Chance to meet the target at the due date; None like the forecast.
        assurance: Whether the process as it is reaches the target: `reached` (always), `hit_and_miss`, `missed`
            (never), `unknown` (fewer than six months, or a process on the move).
    """

    id: str
    statement: str
    owner: str
    start: str
    due: str
    figure: Figure
    baseline: float | None
    target: Target | None
    status: GoalStatus
    reason: str
    is_final: bool
    precedent: str
    expected: float | None
    feasible: str
    supports: str | None
    because: str | None
    parent: str | None
    actions: tuple[str, ...]
    forecast: float | None = None
    forecast_low: float | None = None
    forecast_high: float | None = None
    probability: float | None = None
    assurance: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEffect:
    """What came of a follow-up that is done: its linked figure before and after.

    Attributes:
        word: What may be said.
        reason: Why nothing can be said: `no_whole_month`, `few_after`, `few_before`, `no_direction`; else empty.
        months_before, months_after: Whole months that were looked at, ids.
        together_with: Ids of other follow-ups on the same figure that were done in that time: the effect is of all.
        n_before, n_after: Cases on each side (months, for a figure that is no sum of cases).
        before, after: The figure on each side in the metric's unit: of durations the median, of counts the mean month.
        change, low, high: The change with its 95 % interval: in the metric's unit, or as a fraction of the value
            before when `is_factor` (-0.23: shorter by 23 %); None when nothing can be said.
        is_factor: Whether the change is a fraction.
        is_net: Whether what changed in the rest of the service over the same months was taken off.
    """

    word: Effect
    reason: str
    months_before: tuple[str, ...]
    months_after: tuple[str, ...]
    together_with: tuple[str, ...] = ()
    n_before: int = 0
    n_after: int = 0
    before: float | None = None
    after: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    is_factor: bool = False
    is_net: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """An agreed action as it stands at `as_of`.

    Attributes:
        overdue_days: Days past due at the as-of date; 0 when it is not overdue, done or dropped.
        carried_count: How many whole periods ended between the period it was agreed in and this one, while not done.
        effect: What came of it; None while it is not done, or when it names no metric.
    """

    id: str
    title: str
    owner: str
    due: date
    state: FollowUpState
    agreed_in: str
    goal_id: str | None
    metric_id: str | None
    where: Mapping[str, str]
    done_on: date | None
    reason: str | None
    overdue_days: int
    carried_count: int
    effect: FollowUpEffect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A figure from another source about the member that a finding is about.

    Attributes:
        metric: What it is.
        value, n: As measured.
        before: What may be said against the period before.
        rest: What may be said against the rest of the service.
        table: Canonical table that it comes from.
    """

    metric: Metric
    value: float
    n: int
    before: Change
    rest: Change
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the summary may say.

    Attributes:
        rule: Which sentence applies, from the closed list in `evaluation/findings.py`.
        figure: The evidence.
        member: The member that it is about, or None for the whole.
        weight: Order of consequence within its rank, larger first.
        against: What the figure is compared with: the period before, or the rest of the service; None for goals.
        effect: Size of the difference without a unit, 0 or more.
        p_value: How improbable it is as chance, two-sided; None for goals and withheld figures.
        requesters: Different requesters among the cases of the figure; its cases where requesters are not known.
        has_requesters: Whether requesters are known.
        explanation: What moved the figure; None when it is compared with others, or does not add up of cases.
        evidence: Figures of other sources on the same member.
        step: What could be done next, an id of `evaluation.judgement.next_steps.STEPS`; empty when nothing is known.
    """

    rule: str
    figure: Figure
    dimension: str | None
    member: str | None
    weight: float
    against: Measurement | None = None
    effect: float = 0.0
    p_value: float | None = None
    requesters: int = 0
    has_requesters: bool = False
    explanation: Explanation | None = None
    evidence: tuple[Evidence, ...] = ()
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something a person is asked to decide; words come from `rule` and its evidence.

    Attributes:
        rule: `goal_missed`, `goal_at_risk`, `follow_up_overdue`, `data_withheld`, …
        subject: Id of the goal, follow-up or check.
        owner: Who is to decide or act.
        due: By when, or None.
    """

    rule: str
    subject: str
    owner: str | None
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleStep:
    """One of the thirteen steps: `done`, `partly` or `no_data`, with the evidence as counts.

    Attributes:
        number: 1 to 13.
        id: Step id (`expectations`, `correspondence`, `calls`, `resolution`, `reviews`, `questions`,
            `mystery`, `feedback`, `performance`, `talks`, `weak_points`, `goals`, `follow_ups`).
        state: `done`, `partly` or `no_data`.
        evidence: Named counts for the sentence, for example `{"surveys": 120, "answered": 37}`.
    """

    number: int
    id: str
    state: str
    evidence: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Everything the report says about one scope and period, before any words.

    Attributes:
        organisation: Name of the organisation.
        period: The period.
        cut: The as-of moment.
        catalogue: Metric records by id, as chosen by the organisation (variants included).
        measurements: All measurements: P, previous, same last year, months; all dimensions.
        figures: The main figures for page 1 (up to six), in the order of the configuration.
        goals: Goals, the configuration's order.
        follow_ups: Follow-ups, overdue first, then by due date.
        findings: What may be said, weightiest first.
        decisions: Up to three decisions wanted.
        intake: Rows in and out, by source and table.
        validation: Checks and their outcome.
        exclusions: Tickets of the period left out, by reason.
        withheld: Metric id to the id of the check that withheld it.
        sizes: Sample sizes for the cover: `tickets`, `answers`, `agents`, `teams`, `channels`, `events`; and of the
            tickets how many are `without_policy`, that is without an SLA.
        cycle: The thirteen steps.
        breakdowns: The tables behind the metrics, by id.
        identities: What must hold between the figures, as it was checked; all of them hold.
        comparisons: Agents, teams and branches beside what their own cases lead to expect, by metric and dimension.
        looked_at: Everything that was compared, after the control of false discoveries.
        shifts: By how many seconds the durations of the whole service lie above those of the period before, by metric
            id; those that a verdict was asked about.
        processes: What the control chart of each metric says, whole service, main statistic; by metric id.
        credits: Who is credited among agents, by metric id; of a ratio above and below the line, where they differ.
    """

    organisation: str
    period: Period
    cut: datetime
    catalogue: Mapping[str, Metric]
    measurements: Measurements
    figures: tuple[Figure, ...]
    goals: tuple[GoalAssessment, ...]
    follow_ups: tuple[FollowUp, ...]
    findings: tuple[Finding, ...]
    decisions: tuple[Decision, ...]
    intake: tuple[Intake, ...]
    validation: Validation
    exclusions: Mapping[str, int]
    withheld: Mapping[str, str]
    sizes: Mapping[str, int]
    cycle: tuple[CycleStep, ...]
    breakdowns: Mapping[str, Breakdown] = field(default_factory=lambda: MappingProxyType({}))
    identities: tuple[Identity, ...] = ()
    comparisons: tuple[MemberComparison, ...] = ()
    looked_at: LookedAt = field(default_factory=LookedAt)
    shifts: Mapping[str, Shift] = field(default_factory=lambda: MappingProxyType({}))
    processes: Mapping[str, ProcessReading] = field(default_factory=lambda: MappingProxyType({}))
    credits: Mapping[str, tuple[Credit, ...]] = field(default_factory=lambda: MappingProxyType({}))
