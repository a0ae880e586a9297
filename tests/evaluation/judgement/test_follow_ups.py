"""Follow-ups as they stand: overdue days, how often carried over, order; and which decisions are wanted."""

from datetime import UTC, date, datetime

import pytest

from evaluation.assessment import GoalStatus
from evaluation.followup import FollowUpConfig
from evaluation.goal import GoalConfig
from evaluation.judgement.decisions import decisions_wanted
from evaluation.judgement.follow_ups import as_they_stand
from evaluation.judgement.goals import assess_goals

FOLLOW_UP = {"id": "a", "title": "t", "owner": "anna", "due": "2026-08-15", "agreed_in": "2026-Q2"}
CUT = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def standing(named):
    def stand(*changes, period="2026-Q3", cut=CUT):
        configs = [FollowUpConfig.model_validate(FOLLOW_UP | change) for change in changes]
        return as_they_stand(configs, named(period), cut, named=named)

    return stand


OVERDUE = [
    ({"due": "2026-08-15"}, 47),
    ({"due": "2026-09-30"}, 1),
    ({"due": "2026-10-01"}, 0),
    ({"due": "2026-10-02"}, 0),
    ({"due": "2026-08-15", "state": "in_progress"}, 47),
    ({"due": "2026-08-15", "state": "proposed"}, 0),
    ({"due": "2026-08-15", "state": "done", "done_on": "2026-09-20"}, 0),
    ({"due": "2026-08-15", "state": "dropped", "reason": "no budget"}, 0),
]


@pytest.mark.parametrize(("change", "days"), OVERDUE)
def test_overdue_days(standing, change, days):
    assert standing(change)[0].overdue_days == days


@pytest.mark.parametrize(("hour", "days"), [(21, 0), (22, 1)])
def test_days_are_those_of_the_organisation(standing, hour, days):
    # 22:00 UTC is midnight in Warsaw in summer
    cut = datetime(2026, 8, 15, hour, tzinfo=UTC)
    assert standing({}, period="2026-07", cut=cut)[0].overdue_days == days


CARRIED = [
    ({"agreed_in": "2026-Q2"}, "2026-Q2", 0),
    ({"agreed_in": "2026-Q2"}, "2026-Q3", 0),
    ({"agreed_in": "2026-Q2"}, "2026-Q4", 1),
    ({"agreed_in": "2026-Q2"}, "2027-Q2", 3),
    ({"agreed_in": "2026-Q2"}, "2026-07", 0),
    ({"agreed_in": "2026-Q2"}, "2026-09", 2),
    ({"agreed_in": "2026-06"}, "2026-Q3", 0),
    ({"agreed_in": "2026-05"}, "2026-Q3", 0),
    ({"agreed_in": "2026-05"}, "2026-Q4", 1),
    ({"agreed_in": "2026-Q1", "state": "done", "done_on": "2026-06-30"}, "2026-Q3", 0),
    ({"agreed_in": "2026-Q1", "state": "done", "done_on": "2026-07-01"}, "2026-Q3", 1),
    ({"agreed_in": "2025-Q1", "state": "done", "done_on": "2025-10-01"}, "2026-Q3", 2),
    ({"agreed_in": "2025-Q1", "state": "dropped", "reason": "no"}, "2026-Q3", 0),
]


@pytest.mark.parametrize(("change", "period", "count"), CARRIED)
def test_carried_over(standing, change, period, count):
    assert standing(change, period=period)[0].carried_count == count


@pytest.mark.parametrize(("agreed_in", "is_there"), [("2026-Q3", True), ("2026-09", True), ("2026-Q4", False)])
def test_what_was_agreed_later_is_not_told(standing, agreed_in, is_there):
    assert bool(standing({"agreed_in": agreed_in})) is is_there


def test_overdue_first_then_by_due_date(standing):
    found = standing(
        {"id": "later", "due": "2026-12-01"}, {"id": "late", "due": "2026-09-01"}, {"id": "soon", "due": "2026-10-05"},
        {"id": "latest", "due": "2026-07-01"},
        {"id": "done", "due": "2026-06-01", "state": "done", "done_on": "2026-06-01"},
    )  # fmt: skip
    assert [one.id for one in found] == ["latest", "late", "done", "soon", "later"]


def test_everything_agreed_is_kept(standing):
    scope = {"goal": "g", "metric": "csat", "where": {"channel": "email"}}
    one = standing(scope | {"state": "dropped", "reason": "why"})[0]
    assert (one.goal_id, one.metric_id, one.where, one.reason) == ("g", "csat", {"channel": "email"}, "why")
    assert (one.title, one.owner, one.due, one.agreed_in) == ("t", "anna", date(2026, 8, 15), "2026-Q2")


@pytest.fixture
def goals_with(metrics, measured, named):
    """Goals of the wanted statuses, each made by the judging itself."""

    values = {GoalStatus.MISSED: 5000, GoalStatus.REACHED: 3000, GoalStatus.AT_RISK: 4010, GoalStatus.OFF_COURSE: 5000}

    def build(*statuses):
        found = []
        for number, status in enumerate(statuses):
            is_final = status in (GoalStatus.MISSED, GoalStatus.REACHED)
            config = GoalConfig.model_validate(
                {"id": f"g{number}", "statement": "s", "metric": "first_response_time", "target": {"at_most": "1h"},
                 "feasible": "f", "because": "b", "start": "2026-Q2", "owner": f"owner{number}",
                 "due": "2026-Q3" if is_final else "2026-Q4"}
            )  # fmt: skip
            rows = measured(
                ("first_response_time", "2026-Q1", 4100),
                ("first_response_time", "2026-Q3", values[status], {"noise": 400}),
            )
            found += assess_goals([config], rows, metrics, named("2026-Q3"), CUT, named=named)
        assert [goal.status for goal in found] == list(statuses)
        return found

    return build


def decided(goals, follow_ups, withheld, named, cut=CUT):
    wanted = decisions_wanted(goals, follow_ups, withheld, named("2026-Q3"), cut)
    return [(one.rule, one.subject, one.owner) for one in wanted]


def test_nothing_to_decide(goals_with, named):
    assert decided(goals_with(GoalStatus.REACHED), [], {}, named) == []


def test_the_gravest_come_first_and_every_rule_is_heard(goals_with, standing, named):
    goals = goals_with(GoalStatus.MISSED, GoalStatus.MISSED, GoalStatus.AT_RISK)
    late = standing({"id": "late"}, {"id": "later", "due": "2026-07-01"})
    assert decided(goals, late, {"csat": "surveys.score.between"}, named) == [
        ("data_withheld", "surveys.score.between", None),
        ("goal_missed", "g0", "owner0"),
        ("follow_up_overdue", "later", "anna"),
    ]


def test_rooms_left_are_filled_with_second_subjects(goals_with, standing, named):
    goals = goals_with(GoalStatus.MISSED, GoalStatus.MISSED, GoalStatus.MISSED, GoalStatus.MISSED)
    assert decided(goals, standing({"id": "late"}), {}, named) == [
        ("goal_missed", "g0", "owner0"), ("goal_missed", "g1", "owner1"), ("follow_up_overdue", "late", "anna"),
    ]  # fmt: skip


def test_off_course_is_asked_about_before_at_risk(goals_with, named):
    goals = goals_with(GoalStatus.AT_RISK, GoalStatus.OFF_COURSE)
    assert decided(goals, [], {}, named) == [("goal_at_risk", "g1", "owner1"), ("goal_at_risk", "g0", "owner0")]


def test_the_check_that_hides_most_comes_first(named):
    withheld = {"csat": "b", "nps": "a", "ces": "b"}
    assert decided([], [], withheld, named) == [("data_withheld", "b", None), ("data_withheld", "a", None)]


@pytest.mark.parametrize(
    ("cut", "by"),
    [(datetime(2026, 10, 5, tzinfo=UTC), date(2026, 10, 19)),
     (datetime(2026, 9, 30, 22, tzinfo=UTC), date(2026, 10, 15)),
     (datetime(2026, 8, 1, tzinfo=UTC), date(2026, 10, 15))],
)  # fmt: skip
def test_decisions_are_wanted_two_weeks_after_the_review(standing, named, cut, by):
    wanted = decisions_wanted([], standing({"due": "2026-07-01"}), {}, named("2026-Q3"), cut)
    assert [one.due for one in wanted] == [by]
