"""Periodic updates worked out by hand: one every 4 h in office hours 09:00-17:00, standing still in pending."""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

EVERY_4_H = [{"id": "u", "targets": {"periodic_update": "4h"}, "pauses": ["pending"]}]
SHORT = [{"id": "u", "targets": {"periodic_update": "10 min"}}]
ROUND_THE_CLOCK = [{"id": "u", "targets": {"periodic_update": {"within": "20h", "clock": "calendar"}}}]


@dataclass(frozen=True)
class Case:
    name: str
    events: list
    updates: list
    """What is expected of each: since, due, standing, decided."""
    sla: list = field(default_factory=lambda: EVERY_4_H)
    cut: str = "wed 12:00"


CASES = [
    Case("no reply yet: none is owed", ["mon 10:00 C"], []),
    Case("in time", ["mon 11:00 A a", "mon 14:00 A b"],
         [("mon 11:00", "mon 15:00", "met", "mon 14:00"), ("mon 14:00", "tue 10:00", "active", None)],
         cut="mon 15:00"),
    Case("on the due second is met", ["mon 11:00 A a", "mon 15:00 A a", "mon 16:00 S solved"],
         [("mon 11:00", "mon 15:00", "met", "mon 15:00"), ("mon 15:00", "tue 11:00", "not_applicable", "mon 16:00")]),
    Case("a second later is missed", ["mon 11:00 A a", "mon 15:00:01 A a", "mon 15:00:01 S solved"],
         [("mon 11:00", "mon 15:00", "missed", "mon 15:00")]),
    Case("past due at cut", ["mon 11:00 A a"], [("mon 11:00", "mon 15:00", "past_due", "mon 15:00")], cut="tue 09:00"),
    Case("over the night", ["mon 16:00 A a", "tue 12:00 A a", "tue 12:00 S solved"],
         [("mon 16:00", "tue 12:00", "met", "tue 12:00")]),
    Case("solved with the reply: none is owed", ["mon 11:00 A a", "mon 11:00 S solved"], []),
    Case("pending with the reply: none is owed before the clock runs", ["mon 11:00 A a", "mon 11:00 S pending"], []),
    Case("a pause stops the clock", ["mon 11:00 A a", "mon 12:00 S pending", "tue 12:00 S open", "tue 14:00 A a",
                                     "tue 14:00 S solved"],
         [("mon 11:00", "tue 15:00", "met", "tue 14:00")]),
    Case("a status that does not pause runs on", ["mon 11:00 A a", "mon 12:00 S on_hold"],
         [("mon 11:00", "mon 15:00", "past_due", "mon 15:00")], cut="tue 09:00"),
    Case("paused at cut", ["mon 11:00 A a", "mon 12:00 S pending"], [("mon 11:00", None, "active", None)]),
    Case("solved and reopened: the clock goes on", ["mon 11:00 A a", "mon 13:00 S solved", "tue 10:00 C"],
         [("mon 11:00", "tue 12:00", "past_due", "tue 12:00")]),
    Case("ended after it fell due", ["mon 11:00 A a", "mon 16:00 S solved"],
         [("mon 11:00", "mon 15:00", "missed", "mon 15:00")]),
    Case("bubbles of one sitting are no updates and start the clock again",
         ["mon 11:00 A a", "mon 11:10 A a", "mon 11:20 A a", "mon 15:10 A a", "mon 15:10 S solved"],
         [("mon 11:20", "mon 15:20", "met", "mon 15:10")]),
    Case("another author begins a sitting of their own", ["mon 11:00 A a", "mon 11:10 A b", "mon 11:10 S solved"],
         [("mon 11:00", "mon 15:00", "met", "mon 11:10")]),
    Case("late even within a sitting", ["mon 11:00 A a", "mon 11:20 A a", "mon 11:20 S solved"],
         [("mon 11:00", "mon 11:10", "missed", "mon 11:10")], sla=SHORT),
    Case("two replies at one instant are one update", ["mon 11:00 A a", "mon 11:00 A b", "mon 12:00 S solved"],
         [("mon 11:00", "mon 15:00", "not_applicable", "mon 12:00")]),
    Case("bots and notes update nobody", ["mon 11:00 A a", "mon 12:00 B bot", "mon 13:00 N a", "mon 14:00 Y x"],
         [("mon 11:00", "mon 15:00", "past_due", "mon 15:00")], cut="mon 16:00"),
    Case("merged before it was due", ["mon 11:00 A a", "mon 12:00 M d:99"],
         [("mon 11:00", "mon 15:00", "not_applicable", "mon 12:00")]),
    Case("a reply after the solve owes nothing", ["mon 11:00 A a", "mon 11:00 S solved", "mon 12:00 A a"], []),
    Case("round the clock", ["mon 11:00 A a", "tue 07:00 A a", "tue 07:00 S solved"],
         [("mon 11:00", "tue 07:00", "met", "tue 07:00")], sla=ROUND_THE_CLOCK),
]  # fmt: skip
SETS = [EVERY_4_H, SHORT, ROUND_THE_CLOCK]


@pytest.fixture(scope="module")
def told(tell):
    """The updates of every case, by its number."""
    together = defaultdict(dict)
    for number, case in enumerate(CASES):
        together[case.cut][f"d:{number}"] = case
    policies = [
        policy | {"where": {"branch": f"set {number}"}} for number, policies in enumerate(SETS) for policy in policies
    ]
    rows = {}
    for cut, cases in together.items():
        stories = {key: ["mon 10:01 S open", *case.events] for key, case in cases.items()}
        given = {key: {"branch_id": f"set {SETS.index(case.sla)}"} for key, case in cases.items()}
        facts = tell(stories, given, cut, sla=policies)
        rows |= {key: facts.rows("targets", key) for key in cases}
    return rows


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_update(told, at, number):
    found = [
        (row["target"], row["applied_at"], row["due_at"], row["standing"], row["decided_at"])
        for row in told[f"d:{number}"]
    ]
    expected = [
        ("periodic_update", at(since), due and at(due), standing, decided and at(decided))
        for since, due, standing, decided in CASES[number].updates
    ]
    assert found == expected


def test_an_update_is_credited_to_its_author_and_a_missing_one_to_the_assignee(tell):
    told = tell({"d:1": ["mon 10:05 G ann", "mon 11:00 A ann", "mon 12:00 A ben"]}, sla=EVERY_4_H)
    assert [row["agent"] for row in told.rows("targets")] == ["ben", "ann"]


def test_without_replies_as_events_updates_are_not_known(tell):
    told = tell({"d:1": ["mon 12:00 S open"]}, {"d:1": {"first_response_at": "mon 11:00"}}, sla=EVERY_4_H)
    assert told.rows("targets") == []


def test_a_policy_without_the_promise_owes_no_updates(tell):
    told = tell({"d:1": ["mon 11:00 A ann", "mon 12:00 A ben"]})
    assert {row["target"] for row in told.rows("targets")} == {"first_response", "resolution"}
