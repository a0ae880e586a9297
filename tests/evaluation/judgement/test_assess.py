"""One small organisation from canonical tables to an assessment, with counts checked by plain SQL."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.assessing import assess, measure_period
from evaluation.assessment import Change, GoalStatus
from evaluation.errors import ConfigError
from evaluation.findings import COMMITMENTS
from evaluation.measurement import Absent
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.validation import CheckResult, Severity, Validation

ZONE = "Europe/Warsaw"
QUARTER = Period.parse("2026-Q3", zone=ZONE)
CUT = datetime(2026, 10, 2, tzinfo=UTC)
FIRST = datetime(2025, 6, 1, tzinfo=UTC)
EMAIL_GETS_SLOWER = datetime(2026, 7, 1, tzinfo=UTC)

GOALS = [
    {"id": "email", "statement": "Answer e-mail within 2 hours", "metric": "first_response_time",
     "where": {"channel": "email"}, "target": {"at_most": "55 min"}, "feasible": "yes", "because": "they wait",
     "start": "2026-Q3", "due": "2026-Q3", "owner": "anna", "actions": ["shift"]},
    {"id": "csat", "statement": "Four of five are content", "metric": "csat", "target": {"at_least": "80%"},
     "feasible": "yes", "supports": "retention_rate", "start": "2026-Q3", "due": "2026-Q4", "owner": "jan"},
]  # fmt: skip
FOLLOW_UPS = [
    {"id": "shift", "title": "Second person", "owner": "anna", "due": "2026-08-15", "agreed_in": "2026-Q2",
     "goal": "email"},
    {"id": "later", "title": "Templates", "owner": "jan", "due": "2026-11-15", "agreed_in": "2026-Q3"},
]  # fmt: skip


def frames():
    """Tickets of 16 months, e-mail slower from July 2026, and surveys of which eight in ten are content."""
    random = np.random.default_rng(8)
    size = 2400
    created = pd.to_datetime(FIRST + np.sort(random.integers(0, 487 * 86400, size)) * timedelta(seconds=1), utc=True)
    channel = np.where(np.arange(size) % 2 == 0, "email", "chat")
    is_slow = (channel == "email") & (created >= EMAIL_GETS_SLOWER)
    reply = created + pd.to_timedelta(random.integers(1800, 5400, size) * np.where(is_slow, 3, 1), unit="s")
    solved = reply + pd.to_timedelta(random.integers(600, 7200, size), unit="s")
    ids = [f"desk:{number}" for number in range(size)]
    tickets = pd.DataFrame({
        "ticket_id": ids, "created_at": created, "channel_code": channel,
        "team_id": np.where(np.arange(size) % 3, "a", "b"), "agent_id": np.where(np.arange(size) % 5, "x", "y"),
        "topic": np.where(np.arange(size) % 4, "billing", "delivery"),
        "requester_id": random.integers(0, 700, size).astype(str), "status_code": "solved", "first_response_at": reply,
        "solved_at": solved, "reply_count": 1, "reopen_count": 0, "is_spam": np.arange(size) % 50 == 0,
    })  # fmt: skip
    surveys = pd.DataFrame({
        "survey_id": [f"s:{number}" for number in range(size)], "kind": "csat", "asked_at": solved,
        "answered_at": (solved + timedelta(hours=3)).where(np.arange(size) % 2 == 0),
        "scale_min": 1.0, "scale_max": 5.0,
        "score": np.where(np.arange(size) % 2, np.nan, random.choice([1, 2, 4, 5], size, p=[0.1, 0.1, 0.4, 0.4])),
        "ticket_id": ids,
    })  # fmt: skip
    return {"tickets": tickets, "surveys": surveys}


def settings(**changes):
    whole = {"organisation": {"name": "Northwind Care", "time_zone": ZONE}, "goals": GOALS, "follow_ups": FOLLOW_UPS}
    return Settings.model_validate(whole | changes)


def failed(table, columns, severity=Severity.CRITICAL):
    return CheckResult(id=f"{table}.{'+'.join(columns)}.between", table=table, columns=columns, rule="between",
                       severity=severity, passed=False, rows=10, unexpected=3)  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return assess(Tables.from_frames(frames()), settings(), QUARTER, CUT, validation=Validation(()), intake=())


def test_goals_are_judged(found):
    email, csat = found.goals
    assert (email.status, email.reason, email.is_final) == (GoalStatus.MISSED, "not_reached", True)
    assert email.figure.value > 2 * email.baseline
    assert (csat.status, csat.is_final) == (GoalStatus.ON_COURSE, False)
    assert csat.probability is not None


def test_the_planted_change_is_found_and_nothing_contradicts_it(found):
    said = {(one.rule, one.figure.metric.id, one.member) for one in found.findings}
    assert ("goal_missed", "first_response_time", "email") in said
    assert ("member_worse_than_before", "first_response_time", "email") in said
    assert ("worse_than_before", "first_response_time", None) in said
    assert not any(rule.endswith("better_than_before") and metric == "first_response_time" for rule, metric, _ in said)
    rules = [one.rule for one in found.findings]
    promised = [rule in COMMITMENTS for rule in rules]
    assert promised == sorted(promised, reverse=True), "commitments come first"
    weights = [one.weight for one in found.findings if one.rule not in COMMITMENTS]
    assert weights == sorted(weights, reverse=True)


def test_figures_are_six_that_can_be_measured(found):
    assert len(found.figures) == 6
    assert all(figure.value is not None for figure in found.figures)
    first = next(figure for figure in found.figures if figure.metric.id == "first_response_time")
    assert first.verdict is Change.WORSE
    csat = next(figure for figure in found.figures if figure.metric.id == "csat")
    assert (csat.goal_id, csat.status) == ("csat", GoalStatus.ON_COURSE)


def test_decisions_are_wanted_with_owner_and_date(found):
    assert [(one.rule, one.subject, one.owner) for one in found.decisions] == [
        ("goal_missed", "email", "anna"), ("follow_up_overdue", "shift", "anna"),
    ]  # fmt: skip
    assert all(one.due is not None for one in found.decisions)


def test_sizes_and_exclusions_agree_with_plain_sql(found):
    tickets, surveys = frames()["tickets"], frames()["surveys"]
    start, end = QUARTER.start, QUARTER.end
    with duckdb.connect() as connection:
        connection.register("t", tickets)
        connection.register("s", surveys)
        inside = connection.execute(
            "select count(*) filter (not is_spam), count(*) filter (is_spam), count(distinct agent_id), "
            "count(distinct team_id), count(distinct channel_code) from t where created_at >= ? and created_at < ?",
            [start, end],
        ).fetchone()
        answers = connection.execute(
            "select count(*) from s where answered_at >= ? and answered_at < ? and not isnan(score)", [start, end]
        ).fetchone()
    assert (found.sizes["tickets"], found.exclusions) == (inside[0], {"spam": inside[1]})
    assert (found.sizes["agents"], found.sizes["teams"], found.sizes["channels"]) == inside[2:]
    # surveys of spam tickets are answers all the same: the customer was asked and answered
    assert found.sizes["answers"] in range(round(answers[0] * 0.95), answers[0] + 1)


def test_the_goal_figure_agrees_with_plain_sql(found):
    with duckdb.connect() as connection:
        connection.register("t", frames()["tickets"])
        median = connection.execute(
            "select median(date_diff('second', created_at, first_response_at)) from t where not is_spam and "
            "channel_code = 'email' and first_response_at >= ? and first_response_at < ?", [QUARTER.start, QUARTER.end],
        ).fetchone()[0]  # fmt: skip
    assert found.goals[0].figure.value == pytest.approx(median, rel=0.01)


def test_the_cycle_has_thirteen_steps(found):
    states = {step.id: step.state for step in found.cycle}
    assert len(states) == 13
    assert (states["feedback"], states["calls"], states["follow_ups"]) == ("done", "no_data", "partly")


@pytest.mark.slow
def test_the_same_inputs_give_an_equal_assessment(found):
    again = assess(Tables.from_frames(frames()), settings(), QUARTER, CUT, validation=Validation(()), intake=())
    for name in ("figures", "goals", "follow_ups", "findings", "decisions", "exclusions", "sizes", "cycle", "withheld"):
        assert getattr(again, name) == getattr(found, name), name
    pd.testing.assert_frame_equal(again.measurements.frame, found.measurements.frame)


@pytest.mark.slow
def test_a_month_measures_the_baseline_of_a_quarters_goal():
    month = Period.parse("2026-07", zone=ZONE)
    found = assess(Tables.from_frames(frames()), settings(), month, month.end, validation=Validation(()), intake=())
    assert found.goals[0].baseline == found.measurements.get(
        "first_response_time", "2026-Q2", statistic="median", dimension="channel", member="email"
    ).value  # fmt: skip
    assert (found.goals[0].status, found.goals[0].is_final) == (GoalStatus.OFF_COURSE, False)
    assert [one.id for one in found.follow_ups] == ["shift", "later"]


@pytest.mark.slow
def test_figures_that_rest_on_failed_data_are_withheld():
    check = failed("surveys", ("score",))
    validation = Validation((check, failed("tickets", ("topic",), Severity.WARNING)))
    found = assess(Tables.from_frames(frames()), settings(), QUARTER, CUT, validation=validation, intake=())
    assert found.withheld["csat"] == check.id
    assert "first_response_time" not in found.withheld
    csat = next(figure for figure in found.figures if figure.metric.id == "csat")
    assert (csat.value, csat.reason) == (None, Absent.WITHHELD)
    assert (found.goals[1].status, found.goals[1].reason) == (GoalStatus.CANNOT_TELL, "no_value")
    assert found.decisions[0].rule == "data_withheld"
    assert found.findings[0].rule == "withheld"


def test_a_goal_on_an_unknown_metric_stops_the_run():
    broken = settings(goals=[GOALS[0] | {"metric": "first_respons_time"}], follow_ups=[FOLLOW_UPS[0]])
    with pytest.raises(ConfigError, match="first_respons_time"):
        assess(Tables.from_frames(frames()), broken, QUARTER, CUT, validation=Validation(()), intake=())


def test_surveys_alone_are_enough():
    tables = Tables.from_frames({"surveys": frames()["surveys"].drop(columns="ticket_id")})
    agreed, nothing_failed = settings(goals=[], follow_ups=[]), Validation(())
    found = assess(tables, agreed, QUARTER, CUT, validation=nothing_failed, intake=())
    assert [figure.metric.id for figure in found.figures] == ["csat", "response_rate"]
    assert (found.sizes["tickets"], found.exclusions, found.decisions) == (0, {}, ())
    alone = measure_period(tables, agreed, QUARTER, CUT, validation=nothing_failed)
    pd.testing.assert_frame_equal(alone.frame, found.measurements.frame)


@pytest.mark.parametrize(
    "line",
    ["from evaluation import assess", "import evaluation.assessing; from evaluation import assess",
     "from evaluation.assessing import assess"],
)  # fmt: skip
def test_the_verb_can_be_called_however_it_is_imported(line):
    check = f"{line}; import inspect; assert callable(assess); assert 'validation' in str(inspect.signature(assess))"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, check=False).returncode == 0


def test_importing_the_room_loads_no_engine():
    check = "import evaluation, sys; assert not {'ibis', 'pandas', 'scipy', 'pydantic'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, check=False).returncode == 0


def test_every_figure_goal_and_metric_has_its_control_chart(found):
    for figure in (*found.figures, *(goal.figure for goal in found.goals)):
        known = [point for point in figure.series if point.value is not None]
        assert (figure.process is not None) == (len(known) > 0)
    assert found.processes["csat"].now.changes == ()
    assert found.processes["csat"].phases[0].months <= 13
    assert set(found.processes) <= set(found.catalogue)


def test_a_named_change_reaches_the_charts_and_an_unknown_metric_is_refused():
    def assessed(**change):
        configured = settings(changes=[{"on": "2026-03-01", "name": "New desk", **change}])
        return assess(Tables.from_frames(frames()), configured, QUARTER, CUT, validation=Validation(()), intake=())

    told = assessed(metrics=["csat"])
    assert told.processes["csat"].now.changes == ("New desk",)
    assert told.processes["csat"].now.first == "2026-03"
    assert told.processes["reopen_rate"].now.changes == ()
    assert [goal.figure.process.now.changes for goal in told.goals if goal.id == "csat"] == [("New desk",)]
    with pytest.raises(ConfigError, match="csta"):
        assessed(metrics=["csta"])
