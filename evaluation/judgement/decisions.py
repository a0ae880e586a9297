"""Which decisions are wanted: at most three, the gravest first, each with who decides and by when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from evaluation.assessment import Decision, FollowUp, GoalAssessment, GoalStatus
from evaluation.period import Period

MOST = 3
DAYS_TO_DECIDE = 14
"""A decision is wanted two weeks after the review."""
RULES = ("data_withheld", "goal_missed", "follow_up_overdue", "goal_at_risk")
"""The closed list, the gravest first; `goal_at_risk` also asks about goals that are off course."""


def decisions_wanted(
    goals: Iterable[GoalAssessment],
    follow_ups: Iterable[FollowUp],
    withheld: Mapping[str, str],
    period: Period,
    cut: datetime,
) -> tuple[Decision, ...]:
    """Up to three decisions, by rule in the order of `RULES`.

    Within a rule: withheld data by how many figures they hide, goals off course before goals at risk, follow-ups by
    days overdue. When there are more subjects than room,
    each rule gets its first subject before any gets its second.

    Args:
        goals: Goals that run during the period, as judged; one missed earlier is not asked about again.
        follow_ups: Follow-ups as they stand.
        withheld: Metric id to the id of the check that withheld it.
        period: The period of the review.
        cut: The as-of moment.
    """
    reviewed = max(period.day_after, cut.astimezone(ZoneInfo(period.zone)).date())
    by = reviewed + timedelta(days=DAYS_TO_DECIDE)
    judged = list(goals)
    queues = [
        _withheld(withheld, by),
        [_about(goal, "goal_missed", by) for goal in judged if goal.status is GoalStatus.MISSED],
        _overdue(follow_ups, by),
        _at_risk(judged, by),
    ]
    rounds = [queue[turn] for turn in range(MOST) for queue in queues if turn < len(queue)]
    return tuple(sorted(rounds[:MOST], key=lambda decision: RULES.index(decision.rule)))


def _withheld(withheld: Mapping[str, str], by: date) -> list[Decision]:
    checks = list(withheld.values())
    ordered = sorted(set(checks), key=lambda check: (-checks.count(check), check))
    return [Decision(rule="data_withheld", subject=check, owner=None, due=by) for check in ordered]


def _overdue(follow_ups: Iterable[FollowUp], by: date) -> list[Decision]:
    late = sorted((one for one in follow_ups if one.overdue_days > 0), key=lambda one: (-one.overdue_days, one.id))
    return [Decision(rule="follow_up_overdue", subject=one.id, owner=one.owner, due=by) for one in late]


def _at_risk(goals: list[GoalAssessment], by: date) -> list[Decision]:
    order = (GoalStatus.OFF_COURSE, GoalStatus.AT_RISK)
    shaky = sorted((goal for goal in goals if goal.status in order), key=lambda goal: order.index(goal.status))
    return [_about(goal, "goal_at_risk", by) for goal in shaky]


def _about(goal: GoalAssessment, rule: str, by: date) -> Decision:
    return Decision(rule=rule, subject=goal.id, owner=goal.owner, due=by)
