"""Findings: what the report may say, from a closed list of rules, after one control against finding too much.

Every difference that is looked at goes into one screening (`evaluation.judgement.control`), and only what stands is a
finding or a verdict anywhere in the report: a main figure that moved at 5 % and does not stand among everything that
was looked at is within noise. People enter the screening and are never named.

Commitments come first, because somebody promised them: withheld figures, then goals that are missed, off course, at
risk and reached. Everything found by looking follows by its consequence, bad or good: the size of the difference times
the requesters it touches times the weight of its pillar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evaluation.assessment import Evidence, Figure, Finding, GoalAssessment, GoalStatus
from evaluation.explanation import Explanation
from evaluation.judgement.candidates import Candidate, candidates
from evaluation.judgement.consequence import consequence
from evaluation.judgement.control import looked_at, standing
from evaluation.judgement.evidence import evidence_on
from evaluation.judgement.explaining import explain, explain_part
from evaluation.judgement.families import family_of
from evaluation.judgement.figures import figure_of
from evaluation.judgement.next_steps import next_step
from evaluation.judgement.shifts import Shifts
from evaluation.measurement import UNASSIGNED, Absent, Measurements
from evaluation.member_comparison import MemberComparison
from evaluation.metric import Metric
from evaluation.period import Period
from evaluation.verdict import Against, Change, LookedAt

if TYPE_CHECKING:
    import pandas as pd

COMMITMENTS = (
    "withheld", "goal_missed", "goal_off_course", "goal_at_risk", "goal_reached", "goal_reached_within_noise",
)  # fmt: skip
"""Rules about what was promised, in the order in which they are told; before everything else."""
DIFFERENCES = (
    "worse_than_before", "better_than_before", "moved", "topic_grew", "member_worse_than_before",
    "member_better_than_before", "member_worse_than_rest", "member_better_than_rest", "member_worse_than_expected",
    "member_better_than_expected",
)  # fmt: skip
"""Rules about what was found by looking; in the order of consequence."""
RULES = frozenset({*COMMITMENTS, *DIFFERENCES})
"""The closed list of rules; the report has a sentence for each."""

Reach = Callable[[Metric, Mapping[str, str]], int | None]
"""How many different requesters are among the cases of a metric in a scope; None where that is not known."""
CasesOf = Callable[[Metric, str, str], "pd.DataFrame | None"]
"""The cases of a metric in one part of the service, now and before; None where it is no mean of cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What remains after the control.

    Attributes:
        figures: The main figures, each with the verdict after the control.
        goals: Goals, their figures likewise.
        findings: What may be said, commitments first, then by consequence.
        looked_at: How much was compared, and every verdict.
        differences: What was compared, people included; for the tests of the control.
    """

    figures: tuple[Figure, ...]
    goals: tuple[GoalAssessment, ...]
    findings: tuple[Finding, ...]
    looked_at: LookedAt
    differences: tuple[Candidate, ...]


def findings(
    figures: Sequence[Figure],
    goals: Iterable[GoalAssessment],
    measurements: Measurements,
    period: Period,
    catalogue: Mapping[str, Metric],
) -> tuple[Finding, ...]:
    """What may be said of the period from measurements alone, the weightiest first; see `judge`."""
    return judge(figures, goals, measurements, period, catalogue).findings


def judge(
    figures: Sequence[Figure],
    goals: Iterable[GoalAssessment],
    measurements: Measurements,
    period: Period,
    catalogue: Mapping[str, Metric],
    *,
    comparisons: Sequence[MemberComparison] = (),
    shifts: Shifts | None = None,
    also: Sequence[Candidate] = (),
    reach: Reach | None = None,
    cases: CasesOf | None = None,
) -> Judged:
    """Everything that was compared through the control, and what is left as verdicts and findings.

    Args:
        figures: The main figures.
        goals: Goals that run during the period.
        measurements: All measurements.
        period: The period.
        catalogue: Metrics by id.
        comparisons: Teams, branches and agents beside what is expected of them.
        shifts: Raw durations, by which they are compared.
        also: Differences that were worked out elsewhere, such as those of contact reasons.
        reach: Counts requesters; without it cases are counted.
        cases: Gives the cases of a part; without it only changes of the whole are explained.
    """
    running = tuple(goals)
    found = candidates(
        figures, measurements, period, catalogue, of_goals=[goal.figure for goal in running],
        comparisons=comparisons, shifts=shifts,
    )  # fmt: skip
    found += also
    stands = standing(found)
    account = looked_at(found, stands)
    ground = _Ground(measurements, period, catalogue, account, shifts, reach, cases)
    settled = tuple(with_verdict(figure, account) for figure in figures)
    kept = tuple(replace(goal, figure=with_verdict(goal.figure, account)) for goal in running)
    named = [ground.finding(one, settled) for one, real in zip(found, stands, strict=True) if real and one.rule]
    promised = [*_of_withheld(settled), *_of_goals(kept)]
    ordered = [*sorted(promised, key=_promise), *sorted(named, key=_consequence)]
    return Judged(
        figures=settled, goals=kept, findings=tuple(ordered), looked_at=account, differences=tuple(found)
    )  # fmt: skip


def with_verdict(figure: Figure, account: LookedAt) -> Figure:
    """The figure with the verdict after the control; what could not be tested keeps its reason for that."""
    dimension, member = next(iter(figure.where.items()), (None, None))
    verdict = account.verdict(figure.metric.id, figure.statistic, Against.BEFORE, dimension, member)
    return figure if verdict is Change.NOT_COMPARED else replace(figure, verdict=verdict)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a finding is made from."""

    measurements: Measurements
    period: Period
    catalogue: Mapping[str, Metric]
    account: LookedAt
    shifts: Shifts | None
    reach: Reach | None
    cases: CasesOf | None

    def finding(self, one: Candidate, figures: Sequence[Figure]) -> Finding:
        """The finding of a difference that stands, with what explains and supports it."""
        where = {one.dimension: one.member} if one.dimension and one.member else {}
        statistic = one.statistic if one.now is None else one.now.statistic
        figure = self._figure(one.metric, statistic, where, figures)
        known = self.reach(one.metric, where) if self.reach else None
        touched = figure.n if known is None else known
        explanation = self._explanation(one, figure)
        family = family_of(one.metric, self.catalogue)
        return Finding(
            rule=one.rule, figure=figure, dimension=one.dimension, member=one.member,
            weight=consequence(one.effect, touched, one.metric.pillar), against=one.other, effect=one.effect,
            p_value=one.p_value, requesters=touched, has_requesters=known is not None, explanation=explanation,
            evidence=self._evidence(one, explanation),
            step=next_step(one.rule, one.metric, family, one.dimension, one.member, explanation),
        )  # fmt: skip

    def _figure(self, metric: Metric, statistic: str, where: Mapping[str, str], figures: Sequence[Figure]) -> Figure:
        """The main figure itself, when it is about one."""
        about = (metric.id, statistic, where)
        known = (figure for figure in figures if (figure.metric.id, figure.statistic, figure.where) == about)
        return next(known, None) or with_verdict(
            figure_of(self.measurements, metric, self.period, statistic=statistic, where=where, shifts=self.shifts),
            self.account,
        )

    def _explanation(self, one: Candidate, figure: Figure) -> Explanation | None:
        """What moved the figure; what is compared with others of the same period did not move."""
        if one.against is not Against.BEFORE or one.rule == "topic_grew" or not figure.change:
            return None
        statistic, period = figure.statistic, self.period
        if one.dimension is None or one.member is None:
            return explain(one.metric, statistic, self.measurements, period, change=figure.change)
        cases = self.cases(one.metric, one.dimension, one.member) if self.cases else None
        if cases is None:
            return None
        return explain_part(one.metric, statistic, cases, period, dimension=one.dimension, change=figure.change)

    def _evidence(self, one: Candidate, explanation: Explanation | None) -> tuple[Evidence, ...]:
        """On the member that it is about, or that moved the whole most."""
        dimension, member = one.dimension, one.member
        if dimension is None and explanation is not None and not explanation.is_even and explanation.largest:
            dimension, member = explanation.dimension, explanation.largest[0].member
        if dimension is None or member is None or member == UNASSIGNED:
            return ()
        return evidence_on(
            one.metric, dimension, member, self.measurements, self.period, self.catalogue, self.account
        )  # fmt: skip


def _of_goals(goals: Iterable[GoalAssessment]) -> Iterator[Finding]:
    for goal in goals:
        rule = {
            GoalStatus.MISSED: "goal_missed",
            GoalStatus.OFF_COURSE: "goal_off_course",
            GoalStatus.AT_RISK: "goal_at_risk",
            GoalStatus.REACHED: f"goal_{goal.reason}",
        }.get(goal.status)
        if rule is not None:
            yield _promised(rule, goal.figure)


def _of_withheld(figures: Sequence[Figure]) -> Iterator[Finding]:
    return (_promised("withheld", figure) for figure in figures if figure.reason is Absent.WITHHELD)


def _promised(rule: str, figure: Figure) -> Finding:
    dimension, member = next(iter(figure.where.items()), (None, None))
    metric = figure.metric
    return Finding(
        rule=rule, figure=figure, dimension=dimension, member=member, weight=0.0, requesters=figure.n,
        step=next_step(rule, metric, metric.id, dimension, member, None),
    )  # fmt: skip


def _promise(finding: Finding) -> tuple[int, str, str, str]:
    return COMMITMENTS.index(finding.rule), finding.figure.metric.id, finding.dimension or "", finding.member or ""


def _consequence(finding: Finding) -> tuple[float, str, str, str, str]:
    """The heaviest first; ties in an order that depends on nothing but names."""
    metric_id = finding.figure.metric.id
    return -finding.weight, finding.rule, metric_id, finding.dimension or "", finding.member or ""
