"""Findings: what the summary may say, from a closed list of rules, after a check against finding too much.

Every difference that is looked at (main figures against the period before; channels, teams, branches and topics
against the period before and against the whole; the share of each topic in the tickets) goes into one
Benjamini-Hochberg screening at 10 %. Only what passes it is a finding, so of all that is named about one in ten at most
is chance. People are not compared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from evaluation.assessment import Figure, Finding, GoalAssessment, GoalStatus
from evaluation.judgement.candidates import Candidate, candidates
from evaluation.judgement.figures import figure_of
from evaluation.measurement import Absent, Measurements
from evaluation.metric import Metric
from evaluation.period import Period
from evaluation.statistics.change import benjamini_hochberg

RULES: Mapping[str, float] = {
    "withheld": 9.0,
    "goal_missed": 8.0,
    "goal_off_course": 7.0,
    "goal_at_risk": 6.0,
    "worse_than_before": 5.0,
    "goal_reached": 4.0,
    "goal_reached_within_noise": 3.5,
    "better_than_before": 3.0,
    "member_worse_than_before": 2.5,
    "topic_grew": 2.0,
    "moved": 1.5,
    "member_worse_than_whole": 1.0,
    "member_better_than_before": 0.5,
    "member_better_than_whole": 0.0,
}
"""The closed list of rules with the rank of each: what changed before what was always so, bad news before good; within
a rank the larger effect comes first."""

FALSE_AMONG_FOUND = 0.10


def findings(
    figures: Sequence[Figure],
    goals: Iterable[GoalAssessment],
    measurements: Measurements,
    period: Period,
    catalogue: Mapping[str, Metric],
) -> tuple[Finding, ...]:
    """What may be said of the period, the weightiest first.

    Args:
        figures: The main figures; their metrics are looked at by member as well.
        goals: Goals that run during the period.
        measurements: All measurements.
        period: The period.
        catalogue: Metrics by id.
    """
    looked_at = candidates(figures, measurements, period, catalogue)
    real = benjamini_hochberg([candidate.p_value for candidate in looked_at], rate=FALSE_AMONG_FOUND)
    named = [
        _finding(candidate, figures, measurements, period)
        for candidate, is_real in zip(looked_at, real, strict=True)
        if is_real and candidate.rule
    ]
    told = [*_of_goals(goals), *_of_withheld(figures), *named]
    return tuple(sorted(told, key=lambda f: (-f.weight, f.rule, f.figure.metric.id, f.dimension or "", f.member or "")))


def _finding(candidate: Candidate, figures: Sequence[Figure], measurements: Measurements, period: Period) -> Finding:
    where = {candidate.dimension: candidate.member} if candidate.dimension and candidate.member else {}
    about = (candidate.metric.id, candidate.statistic, where)
    known = (figure for figure in figures if (figure.metric.id, figure.statistic, figure.where) == about)
    figure = next(known, None) or figure_of(
        measurements, candidate.metric, period, statistic=candidate.statistic, where=where
    )
    return Finding(
        rule=candidate.rule,
        figure=figure,
        dimension=candidate.dimension,
        member=candidate.member,
        weight=RULES[candidate.rule] + _within_rank(candidate.effect),
    )


def _within_rank(effect: float) -> float:
    """An effect of any size as a part of one rank: below one half, the distance of two ranks."""
    return 0.49 * effect / (1 + effect)


def _of_goals(goals: Iterable[GoalAssessment]) -> Iterator[Finding]:
    for goal in goals:
        rule = {
            GoalStatus.MISSED: "goal_missed",
            GoalStatus.OFF_COURSE: "goal_off_course",
            GoalStatus.AT_RISK: "goal_at_risk",
            GoalStatus.REACHED: f"goal_{goal.reason}",
        }.get(goal.status)
        if rule is not None:
            dimension, member = next(iter(goal.figure.where.items()), (None, None))
            yield Finding(rule=rule, figure=goal.figure, dimension=dimension, member=member, weight=RULES[rule])


def _of_withheld(figures: Sequence[Figure]) -> Iterator[Finding]:
    for figure in figures:
        if figure.reason is Absent.WITHHELD:
            yield Finding(rule="withheld", figure=figure, dimension=None, member=None, weight=RULES["withheld"])
