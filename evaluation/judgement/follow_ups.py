"""Follow-ups as they stand: how late, and carried over how often."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from evaluation.assessment import FollowUp, FollowUpState
from evaluation.followup import FollowUpConfig
from evaluation.period import Period

WAITING = (FollowUpState.OPEN, FollowUpState.IN_PROGRESS)
"""States that can be overdue: what is only proposed binds nobody, what is done or dropped waits for nobody."""


def as_they_stand(
    follow_ups: Iterable[FollowUpConfig], period: Period, cut: datetime, *, named: Callable[[str], Period]
) -> tuple[FollowUp, ...]:
    """The follow-ups agreed by the end of `period`, overdue first, then by due date.

    Overdue days are counted at the as-of moment, on the organisation's calendar: what was late when the data were
    taken is late in the report. The state is the one written down; a follow-up that was done after the as-of moment is
    done, because a reader must not be told to chase what is finished.

    Args:
        follow_ups: As written in the configuration.
        period: The period of the review.
        cut: The as-of moment.
        named: From the id of a period to the period.
    """
    today = cut.astimezone(ZoneInfo(period.zone)).date()
    agreed = [one for one in follow_ups if named(one.agreed_in).start < period.end]
    standing = [_as_it_stands(one, period, today, named(one.agreed_in)) for one in agreed]
    return tuple(sorted(standing, key=lambda one: (one.overdue_days == 0, one.due, one.id)))


def _as_it_stands(config: FollowUpConfig, period: Period, today: date, agreed_in: Period) -> FollowUp:
    late = (today - config.due).days if config.state in WAITING else 0
    return FollowUp(
        id=config.id, title=config.title, owner=config.owner, due=config.due, state=config.state,
        agreed_in=config.agreed_in, goal_id=config.goal, metric_id=config.metric, where=dict(config.where),
        done_on=config.done_on, reason=config.reason, overdue_days=max(0, late),
        carried_count=_carried(config, period, agreed_in),
    )  # fmt: skip


def _carried(config: FollowUpConfig, period: Period, agreed_in: Period) -> int:
    """Whole periods of this kind that ended after the one it was agreed in, before this one, while it was not done.

    When something was dropped is not written down, so for that nothing is counted.
    """
    if config.state is FollowUpState.DROPPED:
        return 0
    count = 0
    between = period.previous()
    while between.start >= agreed_in.end:
        if config.done_on is None or config.done_on >= between.day_after:
            count += 1
        between = between.previous()
    return count
