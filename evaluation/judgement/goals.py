"""Goals at the end of a period: from what was agreed and what was measured to a status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from evaluation.assessment import Figure, GoalAssessment, Target
from evaluation.errors import ConfigError
from evaluation.goal import GoalConfig
from evaluation.goals import resolve
from evaluation.judgement.figures import figure_of, reading
from evaluation.judgement.outlook import Outlook, outlook
from evaluation.judgement.path import path_to
from evaluation.judgement.process import DatedChange, with_process
from evaluation.judgement.shifts import Shifts
from evaluation.judgement.status import Path, Standing, judge
from evaluation.measurement import Absent, Measurement, Measurements
from evaluation.metric import Better, Kind, Metric
from evaluation.period import Period

Naming = Callable[[str], Period]
"""From the id of a period to the period, in the organisation's zone and fiscal year."""


def assess_goals(
    goals: Iterable[GoalConfig],
    measurements: Measurements,
    catalogue: Mapping[str, Metric],
    period: Period,
    cut: datetime,
    *,
    named: Naming,
    changes: Sequence[DatedChange] = (),
    shifts: Shifts | None = None,
) -> tuple[GoalAssessment, ...]:
    """Every goal as it stands at the end of `period`, or at `cut` when that is earlier, in the order given.

    Which value is judged: before the due date that of `period`; from the period that ends at or after the due date
    on, that of the due period itself, so that later periods do not change a verdict. A goal is final when its due
    period is over both in the period under review and in the data.

    Raises:
        ConfigError: The target of a goal that has started is worse than its baseline, beyond the noise of the baseline.
    """
    cases = (
        _Case(
            number,
            goal,
            catalogue[goal.metric],
            measurements,
            period,
            cut,
            named(goal.start),
            named(goal.due),
            named,
            changes,
            shifts,
        )
        for number, goal in enumerate(goals)
    )
    return tuple(_assess(case) for case in cases)


def goal_periods(goals: Iterable[GoalConfig], period: Period, *, named: Naming) -> tuple[Period, ...]:
    """Periods that must be measured beside those of the run: baselines, and due periods that are over by its end."""
    wanted: dict[str, Period] = {}
    for goal in goals:
        before = named(goal.target.from_period) if goal.target.from_period else named(goal.start).previous()
        wanted |= {one.id: one for one in (before, named(goal.due)) if one.end <= period.end}
    return tuple(sorted(wanted.values(), key=lambda one: (one.start, one.end)))


def covers(goal: GoalAssessment, period: Period, *, named: Naming) -> bool:
    """Whether a goal runs during a period."""
    return named(goal.start).start < period.end and named(goal.due).end > period.start


@dataclass(frozen=True)
class _Case:
    """One goal with all that its judgement needs."""

    number: int
    goal: GoalConfig
    metric: Metric
    measurements: Measurements
    period: Period
    cut: datetime
    start: Period
    due: Period
    named: Naming
    changes: Sequence[DatedChange]
    shifts: Shifts | None

    @property
    def is_final(self) -> bool:
        return min(self.period.end, self.cut) >= self.due.end

    @property
    def has_started(self) -> bool:
        return self.period.end > self.start.start

    @property
    def day(self) -> date:
        """The day after the last one that was seen."""
        return min(self.period.day_after, self.cut.astimezone(ZoneInfo(self.period.zone)).date())

    @property
    def last_month(self) -> Period:
        """The last month of the period that is over."""
        last = self.period.months()[-1]
        while last.end > self.cut:
            last = last.previous()
        return last

    def read(self, period: Period) -> Measurement | None:
        row = reading(self.measurements, self.metric, period.id, statistic=self.goal.statistic, where=self.goal.where)
        return row if row is not None and row.value is not None else None

    def baseline(self) -> Measurement | None:
        """The measurement that the goal starts from; None for a count over another length than the due period's."""
        written = self.goal.target.from_period
        origin = self.named(written) if written else self.start.previous()
        return None if self.metric.kind is Kind.COUNT and origin.kind != self.due.kind else self.read(origin)

    def figure(self) -> Figure:
        """The figure that is judged; a count over another length than the due period's has no value until then."""
        judged = self.due if self.is_final and self.read(self.due) is not None else self.period
        figure = figure_of(
            self.measurements, self.metric, judged, statistic=self.goal.statistic, where=self.goal.where,
            shifts=self.shifts,
        )  # fmt: skip
        if self.metric.kind is Kind.COUNT and judged.kind != self.due.kind:
            return replace(figure, value=None, low=None, high=None, change=None, reason=Absent.NOT_DECIDED)
        return figure

    def path(self, target: Target | None, baseline: float | None) -> Path | None:
        if target is None or not self.has_started:
            return None
        steps = [(self.named(step.by), resolve(step.target, self.metric, None)) for step in self.goal.steps]
        known = sorted(((by, step) for by, step in steps if step is not None), key=lambda step: step[0].day_after)
        return path_to(target, baseline, known, start=self.start, due=self.due, day=self.day)

    def outlook(self, figure: Figure, target: Target | None, baseline: float | None) -> Outlook:
        if target is None:
            return Outlook()
        view = outlook(
            self.metric,
            figure.series,
            target,
            baseline,
            start=self.start,
            due=self.due,
            last=self.last_month,
            process=figure.process,
        )
        if self.is_final or not self.has_started:
            return replace(view, value=None, low=None, high=None, probability=None)
        return view


def _assess(case: _Case) -> GoalAssessment:
    goal, row = case.goal, case.baseline()
    baseline = row.value if row else None
    target = resolve(goal.target, case.metric, baseline)
    if row is not None and target is not None and case.has_started:
        _refuse_worse(case, target, row)
    figure = with_process(case.figure(), case.changes, cut=case.cut, zone=case.period.zone)
    path, view = case.path(target, baseline), case.outlook(figure, target, baseline)
    status, reason = judge(
        Standing(
            has_started=case.has_started, is_final=case.is_final, value=figure.value, low=figure.low, high=figure.high,
            n=figure.n, minimum_sample=case.metric.minimum_sample, target=target, path=path,
            probability=view.probability,
        )
    )  # fmt: skip
    return GoalAssessment(
        id=goal.id, statement=goal.statement, owner=goal.owner, start=goal.start, due=goal.due,
        figure=replace(figure, target=target, goal_id=goal.id, status=status),
        baseline=baseline, target=target, status=status, reason=reason, is_final=case.is_final,
        precedent=view.precedent, expected=path.expected if path else None, feasible=goal.feasible,
        supports=goal.supports, because=goal.because, parent=goal.parent, actions=tuple(goal.actions),
        forecast=view.value, forecast_low=view.low, forecast_high=view.high, probability=view.probability,
        assurance=view.assurance,
    )  # fmt: skip


def _refuse_worse(case: _Case, target: Target, baseline: Measurement) -> None:
    """Refuse a target that the baseline already beats beyond its own noise."""
    value = baseline.value or 0.0
    if baseline.n < case.metric.minimum_sample:
        return
    low = value if baseline.low is None else baseline.low
    high = value if baseline.high is None else baseline.high
    aimed_up, aimed_down = target.at_most is None, target.at_least is None
    is_worse = {
        Better.HIGHER: aimed_up and (target.at_least or 0.0) < low,
        Better.LOWER: aimed_down and (target.at_most or 0.0) > high,
    }.get(case.metric.better, False)
    if is_worse:
        bound = target.at_least if aimed_up else target.at_most
        raise ConfigError(
            f"the target of goal {case.goal.id!r} is worse than its baseline: {case.metric.id} was {value:g} in "
            f"{baseline.period_id}, the target is {bound:g} (unit: {case.metric.unit})",
            where=f"goals.{case.number}.target",
            remedy=f"aim at a value that is {case.metric.better} than the baseline, or remove the goal",
        )
