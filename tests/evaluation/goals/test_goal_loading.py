"""A goal loads only when all five letters are there and every value can be understood."""

import copy

import pytest
from pydantic import ValidationError

from evaluation.followup import FollowUpConfig
from evaluation.goal import LETTERS, GoalConfig

WHOLE = {
    "id": "email-first-response",
    "statement": "Answer e-mail 15 % faster than in the second quarter",
    "metric": "first_response_time",
    "where": {"channel": "email"},
    "target": {"change": "-15%", "from": "2026-Q2"},
    "feasible": "A second person joins the morning shift in July.",
    "supports": "retention_rate",
    "start": "2026-Q3",
    "due": "2026-Q3",
    "owner": "anna.kowalska",
    "steps": [{"by": "2026-07", "target": {"at_most": "3h"}}],
    "actions": ["shift-plan"],
}


def changed(**changes):
    goal = copy.deepcopy(WHOLE) | changes
    return {key: value for key, value in goal.items() if value is not ...}


def faults(goal):
    with pytest.raises(ValidationError) as caught:
        GoalConfig.model_validate(goal)
    return {".".join(map(str, line["loc"])): line["msg"] for line in caught.value.errors()}


def test_a_whole_goal_loads():
    goal = GoalConfig.model_validate(WHOLE)
    assert (goal.metric, goal.target.from_period, goal.statistic, goal.parent) == (
        "first_response_time", "2026-Q2", None, None,
    )  # fmt: skip


def test_because_stands_for_supports():
    assert GoalConfig.model_validate(changed(supports=..., because="Customers wait too long.")).supports is None


def test_a_year_may_be_a_number():
    assert GoalConfig.model_validate(changed(start=2026, due=2026, steps=[])).due == "2026"


MISSING = [
    ("id", "Specific", "id: email-first-response"),
    ("statement", "Specific", "statement: Answer e-mail 15 % faster"),
    ("metric", "Specific", "metric: first_response_time"),
    ("owner", "Specific", "owner: anna.kowalska"),
    ("target", "Measurable", "target: {at_most: 2h}"),
    ("feasible", "Achievable", "feasible: A second person joins"),
    ("supports", "Relevant", "supports: retention_rate"),
    ("start", "Time-bound", "start: 2026-Q3"),
    ("due", "Time-bound", "due: 2026-Q4"),
]


@pytest.mark.parametrize(("key", "letter", "example"), MISSING)
@pytest.mark.parametrize("how", ["left out", "empty", "null"])
def test_a_missing_letter_is_named_with_its_key_and_an_example(key, letter, example, how):
    found = faults(changed(**{key: {"left out": ..., "empty": "", "null": None}[how]}))
    assert set(found) == {key}
    assert f"not {letter}" in found[key]
    assert f"`{key}`" in found[key]
    assert f"`{example}" in found[key]


def test_every_letter_is_in_the_table():
    assert {key for key, _, _ in MISSING} == set(LETTERS)


def test_all_missing_letters_are_told_at_once():
    assert set(faults({"where": {}})) == set(LETTERS)


def test_missing_letters_do_not_hide_other_faults():
    found = faults(changed(feasible=..., target={"at_most": "2 parsecs"}, colour="red"))
    assert set(found) == {"feasible", "target.at_most", "colour"}


BAD = [
    ({"target": {}}, "target", ["not Measurable"]),
    ({"target": {"at_most": "2h", "at_least": "1h"}}, "target", ["at_most and at_least", "{at_most: 2h}"]),
    ({"target": {"from": "2026-Q2"}}, "target", ["here is nothing"]),
    ({"target": {"change": "-15%"}}, "target", ["the period it is counted from", "{change: -15%, from: 2026-Q2}"]),
    ({"target": {"at_most": "2h", "from": "2026-Q2"}}, "target", ["`from` belongs to a change", "at_most"]),
    ({"target": {"at_most": "soon"}}, "target.at_most", ["'soon'", "90 min"]),
    ({"target": {"at_most": "2 days"}}, "target.at_most", ["'2 days'", "counts days"]),
    ({"target": {"at_most": ""}}, "target.at_most", ["''", "85%"]),
    ({"target": {"at_most": "85 %%"}}, "target.at_most", ["'85 %%'"]),
    ({"target": {"at_least": True}}, "target.at_least", []),
    ({"target": {"at_least": float("nan")}}, "target.at_least", ["nan"]),
    ({"target": {"at_least": float("inf")}}, "target.at_least", ["inf"]),
    ({"target": {"at_least": [1, 2]}}, "target.at_least", []),
    ({"target": {"between": ["80%"]}}, "target.between", ["at least 2"]),
    ({"target": {"between": ["90%", "80%"]}}, "target.between", ["90% to 80%", "lower bound first"]),
    ({"target": {"between": ["80%", "80%"]}}, "target.between", ["empty"]),
    ({"target": {"change": "15%", "from": "2026-Q2"}}, "target.change", ["'15%'", "which way", "-15%"]),
    ({"target": {"change": "+0 points", "from": "2026-Q2"}}, "target.change", ["change of nothing", "at_most"]),
    ({"target": {"change": "-15%", "from": "2026-Q5"}}, "target.from", ["'2026-Q5'", "2026-Q3"]),
    ({"target": {"change": "-15%", "from": "latest-quarter"}}, "target.from", ["'latest-quarter'", "moves"]),
    ({"target": {"at_leats": "80%"}}, "target.at_leats", ["not permitted"]),
    ({"start": "2026-Q4", "due": "2026-Q3"}, "due", ["2026-Q4", "after it is due in 2026-Q3"]),
    ({"start": "next year"}, "start", ["'next year'", "2026-09"]),
    ({"due": "2026-13"}, "due", ["'2026-13'"]),
    ({"due": "latest-month"}, "due", ["moves from run to run"]),
    ({"where": {"colour": "red"}}, "where", ["'colour'", "channel"]),
    ({"where": {"channel": "emial"}}, "where", ["'emial'", "email"]),
    ({"where": {"priority": "hi"}}, "where", ["'hi'", "urgent"]),
    ({"where": {"channel": "email", "team": "north"}}, "where", ["channel and team", "choose one"]),
    ({"id": "e-mail, first"}, "id", ["'e-mail, first'", "shift-plan"]),
    ({"id": "../secrets"}, "id", ["'../secrets'"]),
    ({"steps": [{"by": "July", "target": {"at_most": "3h"}}]}, "steps.0.by", ["'July'"]),
    ({"steps": [{"by": "2026-07"}]}, "steps.0.target", []),
    ({"steps": [{"by": "2026-07", "target": {"change": "-5%", "from": "2026-Q2"}}]}, "steps.0.target", ["level"]),
    ({"colour": "red"}, "colour", ["not permitted"]),
    ({"actions": "shift-plan"}, "actions", []),
]


@pytest.mark.parametrize(("changes", "place", "parts"), BAD, ids=[str(row[0]) for row in BAD])
def test_a_bad_goal_does_not_load(changes, place, parts):
    found = faults(changed(**changes))
    at = [message for where, message in found.items() if where == place or where.startswith(f"{place}.")]
    assert at, found
    for part in parts:
        assert part in " ".join(at)


WHOLE_FOLLOW_UP = {
    "id": "shift-plan", "title": "Second person in the morning", "owner": "anna.kowalska", "due": "2026-08-15",
    "agreed_in": "2026-Q2",
}  # fmt: skip

BAD_FOLLOW_UPS = [
    ({"state": "done"}, "state", "done_on: 2026-07-20"),
    ({"done_on": "2026-07-20"}, "state", "the state is 'open'"),
    ({"state": "dropped"}, "state", "says why"),
    ({"state": "finished"}, "state", "proposed"),
    ({"due": "2026-02-30"}, "due", "date"),
    ({"agreed_in": "spring"}, "agreed_in", "'spring'"),
    ({"where": {"mood": "good"}}, "where", "'mood'"),
    ({"id": "shift plan"}, "id", "'shift plan'"),
    ({"owner": ""}, "owner", "at least 1"),
    ({"colour": "red"}, "colour", "not permitted"),
]


@pytest.mark.parametrize(("changes", "place", "part"), BAD_FOLLOW_UPS, ids=[str(row[0]) for row in BAD_FOLLOW_UPS])
def test_a_bad_follow_up_does_not_load(changes, place, part):
    with pytest.raises(ValidationError) as caught:
        FollowUpConfig.model_validate(WHOLE_FOLLOW_UP | changes)
    assert {line["loc"][0]: line["msg"] for line in caught.value.errors()}.keys() == {place}
    assert part in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [{}, {"state": "done", "done_on": "2026-07-20"}, {"state": "dropped", "reason": "no budget"},
     {"state": "in_progress", "reason": "waits for the works council"}, {"agreed_in": 2026}],
)  # fmt: skip
def test_a_whole_follow_up_loads(changes):
    assert FollowUpConfig.model_validate(WHOLE_FOLLOW_UP | changes).id == "shift-plan"


def test_the_schema_asks_for_every_letter():
    required = set(GoalConfig.model_json_schema()["required"])
    assert required == set(LETTERS) - {"supports"}
