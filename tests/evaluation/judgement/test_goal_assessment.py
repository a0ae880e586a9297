"""Goals from measurements: which value is judged, from which baseline, and what is refused."""

from datetime import UTC, datetime

import pytest

from evaluation.assessment import GoalStatus, Target
from evaluation.errors import ConfigError
from evaluation.goal import GoalConfig
from evaluation.judgement.figures import main_figures
from evaluation.judgement.goals import assess_goals, covers, goal_periods
from evaluation.measurement import Absent
from evaluation.settings import FigureChoice

GOAL = {
    "id": "a", "statement": "s", "metric": "first_response_time", "target": {"at_most": "1h"}, "feasible": "f",
    "because": "b", "start": "2026-Q3", "due": "2026-Q3", "owner": "o",
}  # fmt: skip


def goal(**changes):
    return GoalConfig.model_validate(GOAL | changes)


@pytest.fixture
def judged(metrics, named):
    def judge(config, measurements, period, cut=None):
        return assess_goals([config], measurements, metrics, named(period), cut or LATER, named=named)[0]

    return judge


def months(name, values, extra=None, last="2026-09"):
    year, month = map(int, last.split("-"))
    rows = []
    for step, value in enumerate(reversed(values)):
        number = year * 12 + month - 1 - step
        rows.append((name, f"{number // 12}-{number % 12 + 1:02}", value, extra))
    return rows


FRT = "first_response_time"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def test_a_relative_target_is_resolved_from_its_baseline(judged, measured):
    found = judged(
        goal(target={"change": "-15%", "from": "2026-Q2"}),
        measured((FRT, "2026-Q2", 4000, {"noise": 100}), (FRT, "2026-Q3", 3300, {"noise": 50})), "2026-Q3",
    )  # fmt: skip
    assert (found.baseline, found.target, found.expected) == (4000, Target(at_most=3400.0), 3400.0)
    assert (found.status, found.reason, found.is_final) == (GoalStatus.REACHED, "reached", True)
    assert (found.figure.target, found.figure.goal_id, found.figure.status) == (found.target, "a", found.status)


def test_a_relative_target_without_baseline_cannot_be_told(judged, measured):
    found = judged(goal(target={"change": "-15%", "from": "2026-Q2"}), measured((FRT, "2026-Q3", 3300)), "2026-Q3")
    assert (found.status, found.reason, found.target) == (GoalStatus.CANNOT_TELL, "no_baseline", None)


def test_a_level_takes_the_period_before_its_start_as_baseline(judged, measured):
    found = judged(goal(), measured((FRT, "2026-Q2", 4000), (FRT, "2026-Q3", 3700, {"noise": 200})), "2026-Q3")
    assert (found.baseline, found.status, found.reason) == (4000, GoalStatus.MISSED, "not_reached_within_noise")


def test_a_goal_that_starts_later_is_not_started(judged, measured):
    found = judged(goal(start="2026-Q4", due="2026-Q4"), measured((FRT, "2026-Q3", 3000)), "2026-Q3")
    assert (found.status, found.reason, found.expected) == (GoalStatus.NOT_STARTED, "not_started", None)


def test_a_goal_starts_with_the_first_day_of_its_period(judged, measured):
    found = judged(goal(), measured((FRT, "2026-07", 3000, {"noise": 10})), "2026-07")
    assert (found.status, found.reason, found.is_final) == (GoalStatus.ON_COURSE, "reached", False)


def test_on_the_due_date_the_value_of_the_due_period_is_judged_not_that_of_the_month(judged, measured):
    rows = measured((FRT, "2026-Q3", 3300, {"noise": 50}), (FRT, "2026-09", 5000, {"noise": 50}))
    found = judged(goal(), rows, "2026-09")
    assert (found.status, found.figure.value, found.is_final) == (GoalStatus.REACHED, 3300, True)


@pytest.mark.parametrize(
    ("cut", "is_final"),
    [(datetime(2026, 8, 20, tzinfo=UTC), False), (datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC), False),
     (datetime(2026, 9, 30, 22, tzinfo=UTC), True)],
)  # fmt: skip
def test_nothing_is_final_while_the_due_period_still_runs(judged, measured, cut, is_final):
    found = judged(goal(), measured((FRT, "2026-Q3", 5000, {"noise": 50})), "2026-Q3", cut)
    assert found.is_final is is_final
    assert (found.status is GoalStatus.MISSED) is is_final


def test_in_the_middle_of_a_period_path_and_forecast_look_from_the_day_of_the_data(judged, measured):
    cut = datetime(2026, 8, 16, tzinfo=UTC)
    history = months(FRT, [5000 - 100 * step for step in range(11)] + [9000, 9000], {"noise": 10})
    rows = measured((FRT, "2026-Q2", 5000), (FRT, "2026-Q3", 4000, {"noise": 10}), *history)
    found = judged(goal(), rows, "2026-Q3", cut)
    assert found.expected == pytest.approx(5000 - 1400 * 46 / 92)
    # whole months until July fall by 100 each; August, half over, and what follows are not looked at
    assert 3700 < found.forecast < 4100


def test_after_the_due_date_later_periods_change_nothing(judged, measured):
    rows = measured((FRT, "2026-Q3", 3300, {"noise": 50}), (FRT, "2026-Q4", 9000, {"noise": 50}))
    assert judged(goal(), rows, "2026-Q4").status is GoalStatus.REACHED
    assert judged(goal(), rows, "2026-Q4").figure.value == 3300


def test_when_the_due_period_was_not_measured_the_run_is_judged(judged, measured):
    found = judged(goal(due="2026-08"), measured((FRT, "2026-Q3", 5000, {"noise": 50})), "2026-Q3")
    assert (found.status, found.figure.value) == (GoalStatus.MISSED, 5000)


def test_a_small_sample_has_no_verdict(judged, measured):
    found = judged(goal(), measured((FRT, "2026-Q3", 3300, {"noise": 50, "n": 14})), "2026-Q3")
    assert (found.status, found.reason, found.figure.n) == (GoalStatus.CANNOT_TELL, "small_sample", 14)


def test_scope_and_statistic_are_those_of_the_goal(judged, measured):
    email = {"dimension": "channel", "member": "email", "statistic": "p90", "noise": 10}
    rows = measured((FRT, "2026-Q3", 9000), (FRT, "2026-Q3", 3000, email))
    found = judged(goal(where={"channel": "email"}, statistic="p90"), rows, "2026-Q3")
    assert (found.figure.value, found.figure.statistic, found.figure.where) == (3000, "p90", {"channel": "email"})


def test_a_goal_that_has_not_started_is_not_refused_yet(judged, measured):
    rows = measured((FRT, "2026-Q3", 3000, {"noise": 10}))
    assert judged(goal(start="2026-Q4", due="2026-Q4"), rows, "2026-Q3").status is GoalStatus.NOT_STARTED


WORSE = [
    ("first_response_time", {"at_most": "1h"}, 3000, {"noise": 300}, True),
    ("first_response_time", {"at_most": "1h"}, 3400, {"noise": 300}, False),
    ("first_response_time", {"at_most": "1h"}, 3000, {"noise": 300, "n": 10}, False),
    ("first_response_time", {"at_most": "1h"}, 4000, {"noise": 300}, False),
    ("csat", {"at_least": "80%"}, 0.9, {"noise": 0.02}, True),
    ("csat", {"at_least": "80%"}, 0.81, {"noise": 0.02}, False),
    ("csat", {"between": ["70%", "80%"]}, 0.9, {"noise": 0.02}, False),
    ("tickets_created", {"at_most": 100}, 50, {}, False),
    ("backlog", {"at_most": 100}, 50, {}, True),
    ("backlog", {"at_most": 100}, 100, {}, False),
]


@pytest.mark.parametrize(("name", "target", "baseline", "extra", "is_refused"), WORSE)
def test_a_target_worse_than_the_baseline_beyond_noise_is_refused(
    judged, measured, name, target, baseline, extra, is_refused
):
    config = goal(metric=name, target=target)
    rows = measured((name, "2026-Q2", baseline, extra), (name, "2026-Q3", None))
    if not is_refused:
        assert judged(config, rows, "2026-Q3").reason == "no_value"
        return
    with pytest.raises(ConfigError) as caught:
        judged(config, rows, "2026-Q3")
    assert caught.value.where == "goals.0.target"
    assert "2026-Q2" in caught.value.found
    assert f"{baseline:g}" in caught.value.found


def test_a_count_of_a_quarter_is_not_judged_by_a_month(judged, measured):
    config = goal(metric="tickets_solved", target={"at_least": 3000})
    rows = measured(("tickets_solved", "2026-08", 1100), ("tickets_solved", "2026-Q3", 3100))
    early = judged(config, rows, "2026-08")
    assert (early.status, early.reason, early.figure.reason) == (
        GoalStatus.CANNOT_TELL, "no_value", Absent.NOT_DECIDED,
    )  # fmt: skip
    assert judged(config, rows, "2026-09").status is GoalStatus.REACHED


def test_the_forecast_decides_when_the_series_is_long_enough(judged, measured):
    falling = [round(7000 * 0.95**step) for step in range(13)]
    rows = measured(*months(FRT, falling, {"noise": 50}, last="2026-07"))
    near, far = goal(target={"at_most": "3700 s"}), goal(target={"at_most": "2000 s"})
    hopeful, hopeless = judged(near, rows, "2026-07"), judged(far, rows, "2026-07")
    assert (hopeful.status, hopeful.reason) == (GoalStatus.ON_COURSE, "forecast_reaches")
    assert (hopeless.status, hopeless.reason) == (GoalStatus.OFF_COURSE, "forecast_misses")
    assert hopeful.probability > 0.8 > 0.2 > hopeless.probability
    assert hopeful.forecast_low < hopeful.forecast < hopeful.forecast_high < falling[-1]


def test_a_final_goal_has_no_forecast(judged, measured):
    rows = measured((FRT, "2026-Q3", 4000), *months(FRT, [4000 + 10 * (s % 2) for s in range(13)]))
    found = judged(goal(), rows, "2026-Q3")
    assert (found.forecast, found.probability) == (None, None)
    assert found.assurance == "missed"


def test_seven_months_are_too_short_for_a_forecast_and_the_path_decides(judged, measured):
    rows = months(FRT, [5000] * 7, {"noise": 100}, last="2026-07")
    with_path = judged(goal(), measured((FRT, "2026-Q2", 5000), *rows), "2026-07")
    without = judged(goal(), measured(*rows), "2026-07")
    assert (with_path.status, with_path.reason) == (GoalStatus.OFF_COURSE, "behind_path")
    assert with_path.expected == pytest.approx(5000 - 1400 * 31 / 92)
    assert (without.status, without.reason) == (GoalStatus.CANNOT_TELL, "short_series")


def test_a_step_in_force_replaces_the_straight_path(judged, measured):
    rows = measured((FRT, "2026-Q2", 5000), *months(FRT, [5000] * 6 + [4700], {"noise": 100}, last="2026-07"))
    found = judged(goal(steps=[{"by": "2026-07", "target": {"at_most": "4800 s"}}]), rows, "2026-07")
    assert (found.expected, found.status, found.reason) == (4800, GoalStatus.ON_COURSE, "ahead_of_path")


PRECEDENTS = [
    ([5000, 4000] * 5 + [5000], "2026-09", "2026-09", "routine"),
    ([5000] * 9 + [4000, 5000], "2026-09", "2026-09", "ambitious"),
    ([5000] * 11, "2026-09", "2026-09", "never_before"),
    ([5000] * 3, "2026-09", "2026-09", "unknown"),
]


@pytest.mark.parametrize(("history", "start", "due", "expected"), PRECEDENTS)
def test_precedent_is_taken_from_before_the_start(judged, measured, history, start, due, expected):
    rows = measured(*months(FRT, [*history, 4500]))
    found = judged(goal(start=start, due=due, target={"at_most": "4200 s"}), rows, "2026-09")
    assert (found.baseline, found.precedent) == (5000, expected)


def test_counts_of_a_quarter_are_weighed_against_months(judged, measured):
    """3300 a quarter is 1100 a month; the process of 1000 to 1010 a month never reaches it."""
    rows = measured(
        ("tickets_solved", "2026-Q2", 3020), ("tickets_solved", "2026-Q3", 3020),
        *months("tickets_solved", [1000 + 10 * (step % 2) for step in range(13)]),
    )  # fmt: skip
    found = judged(goal(metric="tickets_solved", target={"at_least": 3300}), rows, "2026-Q3")
    assert (found.assurance, found.precedent, found.status) == ("missed", "never_before", GoalStatus.MISSED)


def test_which_periods_a_goal_needs(named):
    configs = [goal(), goal(start="2026-Q4", due="2027-Q1", target={"change": "-5%", "from": "2025-Q4"})]
    assert [p.id for p in goal_periods(configs, named("2026-Q3"), named=named)] == ["2025-Q4", "2026-Q2", "2026-Q3"]
    assert [p.id for p in goal_periods(configs, named("2026-07"), named=named)] == ["2025-Q4", "2026-Q2"]


@pytest.mark.parametrize(
    ("start", "due", "period", "expected"),
    [("2026-Q3", "2026-Q3", "2026-09", True), ("2026-Q3", "2026-Q3", "2026-Q3", True),
     ("2026-Q3", "2026-Q3", "2026-10", False), ("2026-Q3", "2026-Q3", "2026-06", False),
     ("2026-07", "2026-07", "2026-Q3", True), ("2026", "2026", "2026-05", True)],
)  # fmt: skip
def test_goals_run_during_a_period(judged, measured, named, start, due, period, expected):
    found = judged(goal(start=start, due=due), measured((FRT, "2026-Q3", 3000)), period)
    assert covers(found, named(period), named=named) is expected


def test_a_main_figure_takes_target_and_status_from_the_goal_on_it(judged, metrics, measured, named):
    rows = measured((FRT, "2026-Q3", 3300, {"noise": 50}), ("csat", "2026-Q3", 0.8))
    found = judged(goal(), rows, "2026-Q3")
    choices = [FigureChoice(metric=FRT), FigureChoice(metric=FRT, statistic="p90"), FigureChoice(metric="csat")]
    figures = main_figures(rows, metrics, choices, [found], named("2026-Q3"))
    assert [(f.target, f.goal_id, f.status) for f in figures] == [
        (Target(at_most=3600.0), "a", GoalStatus.REACHED), (None, None, None), (None, None, None),
    ]  # fmt: skip
