"""What goals, follow-ups and the catalogue say about each other."""

import copy

import pytest

from evaluation.errors import ConfigError
from evaluation.followup import FollowUpConfig
from evaluation.goal import GoalConfig
from evaluation.judgement.checks import check_goals, check_main_figures, goal_faults
from evaluation.settings import FigureChoice

GOAL = {
    "id": "a", "statement": "s", "metric": "first_response_time", "target": {"at_most": "2h"}, "feasible": "f",
    "because": "b", "start": "2026-Q3", "due": "2026-Q4", "owner": "o",
}  # fmt: skip
FOLLOW_UP = {"id": "shift-plan", "title": "t", "owner": "o", "due": "2026-08-15", "agreed_in": "2026-Q2"}
STATISTICS = {"first_response_time": ("mean", "median", "p90"), "csat": ("value",)}


def goals(*changes):
    return [GoalConfig.model_validate(copy.deepcopy(GOAL) | change) for change in changes]


def follow_ups(*changes):
    return [FollowUpConfig.model_validate(FOLLOW_UP | change) for change in changes]


CASES = [
    ("unknown metric", [{"metric": "first_respons_time"}], [], "goals.0.metric",
     ["'first_respons_time' is not a metric", "write first_response_time", "`service-review metrics` lists all"]),
    ("no near metric", [{"metric": "zzz"}], [], "goals.0.metric", ["write one of:", "csat"]),
    ("misspelt support", [{"supports": "csatt"}], [], "goals.0.supports", ["csat"]),
    ("wrong unit", [{"target": {"at_most": "85%"}}], [], "goals.0.target.at_most", ["goal 'a'", "hours", "2h"]),
    ("wrong unit of a step", [{"steps": [{"by": "2026-Q3", "target": {"at_most": "85%"}}]}], [],
     "goals.0.steps.0.target.at_most", ["hours"]),
    ("step outside", [{"steps": [{"by": "2027-Q1", "target": {"at_most": "3h"}}]}], [], "goals.0.steps.0.by",
     ["2027-Q1", "outside 2026-Q3 to 2026-Q4"]),
    ("step before the start", [{"steps": [{"by": "2026-06", "target": {"at_most": "3h"}}]}], [], "goals.0.steps.0.by",
     ["outside"]),
    ("twice", [{}, {}], [], "goals.1.id", ["goal 'a' is there twice"]),
    ("unknown parent", [{"parent": "b"}, {"id": "bb"}], [], "goals.0.parent", ["'b' is not a goal"]),
    ("own parent", [{"parent": "a"}], [], "goals.0.parent", ["serves itself"]),
    ("unknown action", [{"actions": ["shift-plans"]}], [{}], "goals.0.actions.0",
     ["'shift-plans' is not a follow-up", "did you mean shift-plan"]),
    ("no follow-ups at all", [{"actions": ["x"]}], [], "goals.0.actions.0", ["there is no follow-up yet"]),
    ("unknown statistic", [{"statistic": "p95"}], [], "goals.0.statistic", ["'p95'", "mean, median, p90"]),
    ("baseline not over", [{"target": {"change": "-5%", "from": "2026-Q4"}}], [], "goals.0.target.from", ["not over"]),
    ("fiscal start after calendar due", [{"start": "FY2028-Q1", "due": "2026-Q4"}], [], "goals.0.due", ["after"]),
    ("follow-up twice", [{}], [{}, {}], "follow_ups.1.id", ["twice"]),
    ("follow-up of no goal", [{}], [{"goal": "aa"}], "follow_ups.0.goal", ["'aa' is not a goal"]),
    ("follow-up of no metric", [{}], [{"metric": "csta"}], "follow_ups.0.metric", ["write csat"]),
]  # fmt: skip


@pytest.mark.parametrize(("written", "agreed", "where", "parts"), [row[1:] for row in CASES], ids=[r[0] for r in CASES])
def test_what_is_wrong_is_found_at_its_place(catalogue, written, agreed, where, parts):
    found = goal_faults(goals(*written), follow_ups(*agreed), catalogue, statistics=STATISTICS)
    assert [error.where for error in found] == [where]
    for part in parts:
        assert part in f"{found[0].found}; {found[0].remedy}"
    with pytest.raises(ConfigError):
        check_goals(goals(*written), follow_ups(*agreed), catalogue, statistics=STATISTICS)


RIGHT = [
    [{}],
    [{"id": "company"}, {"id": "team", "parent": "company"}, {"id": "agent", "parent": "team"}],
    [{"actions": ["shift-plan"]}],
    [{"supports": "retention_rate"}],
    [{"statistic": "p90"}],
    [{"steps": [{"by": "2026-Q3", "target": {"at_most": "3h"}}, {"by": "2026-12", "target": {"at_most": "2h"}}]}],
    [{"target": {"change": "-5%", "from": "2025-Q3"}}],
    [{"start": "FY2026-Q1", "due": "FY2026-Q4"}],
]


@pytest.mark.parametrize("written", RIGHT)
def test_what_is_right_passes(catalogue, written):
    assert goal_faults(goals(*written), follow_ups({}), catalogue, statistics=STATISTICS) == ()
    check_goals(goals(*written), follow_ups({}), catalogue, statistics=STATISTICS)


def test_parents_in_a_circle_are_each_named(catalogue):
    parents = {"a": "c", "b": "a", "c": "b", "d": "a"}
    circle = goals(*({"id": name, "parent": parent} for name, parent in parents.items()))
    assert [error.where for error in goal_faults(circle, [], catalogue)] == [f"goals.{n}.parent" for n in range(3)]


def test_faults_come_in_the_order_of_the_file(catalogue):
    written = goals({"metric": "zzz"}, {"id": "b", "target": {"at_most": "85%"}, "parent": "x"})
    places = [error.where for error in goal_faults(written, follow_ups({"goal": "x"}), catalogue)]
    assert places == sorted(places)
    assert len(places) == 4


@pytest.mark.parametrize(
    ("choice", "where"),
    [({"metric": "csta"}, "main_figures.0.metric"),
     ({"metric": "csat", "statistic": "median"}, "main_figures.0.statistic"),
     ({"metric": "csat", "where": {"mood": "x"}}, "main_figures.0.where")],
)  # fmt: skip
def test_main_figures_must_exist(catalogue, choice, where):
    with pytest.raises(ConfigError) as caught:
        check_main_figures([FigureChoice.model_validate(choice)], catalogue, STATISTICS)
    assert caught.value.where == where
    assert caught.value.remedy
