"""The thirteen steps: each state on both sides, with the counts that are its evidence."""

import pytest

from evaluation.cycle import STEPS, cycle
from evaluation.settings import Settings

NOTHING = dict.fromkeys(
    ("tickets", "teams", "channels", "topics", "untagged", "agents", "events", "surveys", "answers", "calls",
     "call_audits", "audits", "visits", "reviews", "rated", "answered", "benchmarks", "audits_left_out",
     "call_audits_left_out", "visits_left_out"), 0,
)  # fmt: skip
GOAL = {
    "id": "a", "statement": "s", "metric": "csat", "target": {"at_least": "80%"}, "feasible": "f", "because": "b",
    "start": "2026-Q3", "due": "2026-Q3", "owner": "o",
}  # fmt: skip
SLA = {"id": "standard", "targets": {"first_response": "2h"}}


def settings(**parts):
    return Settings.model_validate({"organisation": {"name": "N", "time_zone": "UTC"}} | parts)


def state_of(step, counts=None, solved=0, **parts):
    steps = cycle(settings(**parts), NOTHING | (counts or {}), solved, [], [], [])
    return next((one.state, dict(one.evidence)) for one in steps if one.id == step)


CASES = [
    ("expectations", {}, 0, {"goals": [GOAL], "sla": [SLA]}, "done"),
    ("expectations", {}, 0, {"goals": [GOAL]}, "partly"),
    ("expectations", {}, 0, {"sla": [SLA]}, "partly"),
    ("expectations", {}, 0, {}, "no_data"),
    ("correspondence", {"audits": 3}, 0, {}, "done"),
    ("correspondence", {"visits": 3, "call_audits": 2}, 0, {}, "no_data"),
    ("correspondence", {"audits_left_out": 3}, 0, {}, "partly"),
    ("correspondence", {"audits": 1, "audits_left_out": 3}, 0, {}, "done"),
    ("calls", {"calls": 10, "call_audits": 2}, 0, {}, "done"),
    ("calls", {"calls": 10, "call_audits_left_out": 2}, 0, {}, "partly"),
    ("calls", {"call_audits": 2}, 0, {}, "partly"),
    ("calls", {"call_audits_left_out": 2}, 0, {}, "partly"),
    ("calls", {"audits": 2, "visits": 2}, 0, {}, "no_data"),
    ("calls", {"calls": 10}, 0, {}, "partly"),
    ("calls", {}, 0, {}, "no_data"),
    ("resolution", {"topics": 2}, 5, {"sla": [SLA]}, "done"),
    ("resolution", {"topics": 2}, 5, {}, "partly"),
    ("resolution", {}, 5, {"sla": [SLA]}, "partly"),
    ("resolution", {"topics": 2}, 0, {"sla": [SLA]}, "no_data"),
    ("reviews", {"reviews": 4, "rated": 1, "answered": 1}, 0, {}, "done"),
    ("reviews", {"reviews": 4, "answered": 4}, 0, {}, "partly"),
    ("reviews", {}, 0, {}, "no_data"),
    ("questions", {"tickets": 9, "topics": 2}, 0, {}, "done"),
    ("questions", {"tickets": 9, "topics": 2, "untagged": 1}, 0, {}, "partly"),
    ("questions", {"tickets": 9, "untagged": 9}, 0, {}, "no_data"),
    ("mystery", {"visits": 1}, 0, {}, "done"),
    ("mystery", {"visits_left_out": 1}, 0, {}, "partly"),
    ("mystery", {"audits": 1}, 0, {}, "no_data"),
    ("feedback", {"surveys": 9, "answers": 3}, 0, {}, "done"),
    ("feedback", {"surveys": 9}, 0, {}, "partly"),
    ("feedback", {}, 0, {}, "no_data"),
    ("performance", {"teams": 2, "agents": 9, "benchmarks": 1}, 0, {}, "done"),
    ("performance", {"teams": 2, "agents": 9}, 0, {}, "partly"),
    ("performance", {}, 0, {}, "no_data"),
    ("talks", {"tickets": 9}, 0, {}, "no_data"),
    ("weak_points", {"tickets": 9}, 0, {}, "partly"),
    ("weak_points", {}, 0, {}, "no_data"),
    ("goals", {}, 0, {}, "no_data"),
    ("follow_ups", {}, 0, {}, "no_data"),
]


@pytest.mark.parametrize(("step", "counts", "solved", "parts", "state"), CASES)
def test_states(step, counts, solved, parts, state):
    assert state_of(step, counts, solved, **parts)[0] == state


def test_the_thirteen_steps_in_order():
    steps = cycle(settings(), NOTHING, 0, [], [], [])
    assert [(step.number, step.id) for step in steps] == list(enumerate(STEPS, start=1))
    assert len(steps) == 13


def test_evidence_is_the_counts():
    assert state_of("feedback", {"surveys": 9, "answers": 3})[1] == {"surveys": 9, "answers": 3}
    assert state_of("calls", {"calls": 9, "call_audits": 3})[1] == {"calls": 9, "audits": 3}
    assert state_of("mystery", {"visits": 9})[1] == {"visits": 9}
    assert state_of("mystery", {"visits": 9, "visits_left_out": 2})[1] == {"visits": 9, "left_out": 2}
    assert state_of("reviews", {"reviews": 9, "rated": 8, "answered": 3})[1] == {"reviews": 9, "answered": 3}


def test_every_step_and_count_has_words_in_the_report():
    from reports.sections.cycle.build import COUNTED
    from reports.sections.cycle.build import STEPS as WORDS

    left_out = {"audits_left_out": 1, "call_audits_left_out": 1, "visits_left_out": 1}
    steps = cycle(settings(), NOTHING | left_out, 0, [], [], [])
    assert set(STEPS) == set(WORDS)
    assert {name for step in steps for name in step.evidence} <= set(COUNTED)
