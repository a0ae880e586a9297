"""Service-level targets worked out by hand: 2 h to a reply, 8 h to a solution, office hours 09:00-17:00 UTC."""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

POLICY = {
    "id": "standard",
    "targets": {"first_response": "2h", "next_reply": "2h", "resolution": "8h"},
    "pauses": ["pending"],
}
HIGH = {"id": "high", "where": {"priority": "high"}, "targets": {"first_response": "1h", "resolution": "4h"}}
LOW = {"id": "low", "targets": {"first_response": "4h", "resolution": "24h"}}
VERSIONS = [
    {"id": "v", "until": "2026-07-07", "targets": {"first_response": "1h"}},
    {"id": "v", "from": "2026-07-07", "targets": {"first_response": "3h"}},
]
ROUND_THE_CLOCK = [{"id": "r", "targets": {"first_response": {"within": "20h", "clock": "calendar"}}}]
PAUSING = [{"id": "p", "targets": {"resolution": "8h"}, "pauses": ["pending", "on_hold"]}]


@dataclass(frozen=True)
class Case:
    name: str
    target: str
    events: list
    state: str
    due: str | None
    decided: str | None
    row: dict = field(default_factory=dict)
    sla: list | None = None
    cut: str = "wed2 12:00"
    policy: str | None = "standard"
    overdue: float | None = None


FIRST, NEXT, SOLUTION = "first_response", "next_reply", "resolution"
CASES = [
    Case("a reply on the due second is met", FIRST, ["mon 12:00 A a"], "met", "mon 12:00", "mon 12:00"),
    Case("a second later is missed, when it fell due", FIRST, ["mon 12:00:01 A a"], "missed", "mon 12:00", "mon 12:00"),
    Case("not answered, not yet due", FIRST, ["mon 10:00 C"], "undecided", "mon 12:00", None, cut="mon 12:00"),
    Case(
        "missed as soon as the due moment passes",
        FIRST,
        ["mon 10:00 C"],
        "missed",
        "mon 12:00",
        "mon 12:00",
        cut="mon 12:00:01",
        overdue=1.0,
    ),
    Case(
        "how far past due at cut",
        FIRST,
        ["mon 10:00 C"],
        "missed",
        "mon 12:00",
        "mon 12:00",
        cut="tue 10:00",
        overdue=6 * 3600.0,
    ),
    Case(
        "a due moment outside hours is the next opening",
        FIRST,
        ["tue 09:00 A a"],
        "met",
        "tue 09:00",
        "tue 09:00",
        {"created_at": "mon 15:00"},
    ),
    Case(
        "the remaining time runs on the next day",
        FIRST,
        ["tue 09:30 A a"],
        "met",
        "tue 10:00",
        "tue 09:30",
        {"created_at": "mon 16:00"},
    ),
    Case(
        "round the clock when the policy says so",
        FIRST,
        ["tue 06:00 A a"],
        "met",
        "tue 06:00",
        "tue 06:00",
        sla=ROUND_THE_CLOCK,
        policy="r",
    ),
    Case(
        "a bot's answer meets nothing", FIRST, ["mon 10:01 B bot", "mon 13:00 A a"], "missed", "mon 12:00", "mon 12:00"
    ),
    Case("from the hand-off", FIRST, ["mon 12:00 H", "mon 13:30 A a"], "met", "mon 14:00", "mon 13:30"),
    Case(
        "solved in time without a reply",
        FIRST,
        ["mon 10:00 C", "mon 11:00 S solved"],
        "not_applicable",
        "mon 12:00",
        "mon 11:00",
    ),
    Case(
        "solved too late without a reply",
        FIRST,
        ["mon 10:00 C", "mon 13:00 S solved"],
        "missed",
        "mon 12:00",
        "mon 12:00",
    ),
    Case(
        "priority raised later keeps the target",
        FIRST,
        ["mon 10:30 P low>high", "mon 13:00 A a"],
        "met",
        "mon 14:00",
        "mon 13:00",
        sla=[HIGH, LOW],
        policy="low",
    ),
    Case(
        "priority set in the instant of creation counts",
        FIRST,
        ["mon 10:00 P low>high", "mon 13:00 A a"],
        "missed",
        "mon 11:00",
        "mon 11:00",
        sla=[HIGH, LOW],
        policy="high",
    ),
    Case(
        "priority of the row when it never changed",
        FIRST,
        ["mon 13:00 A a"],
        "missed",
        "mon 11:00",
        "mon 11:00",
        {"priority_code": "high"},
        sla=[HIGH, LOW],
        policy="high",
    ),
    Case(
        "a row's priority that was raised later is not the first",
        FIRST,
        ["mon 12:00 P normal>high", "mon 13:00 A a"],
        "met",
        "mon 14:00",
        "mon 13:00",
        {"priority_code": "high"},
        sla=[HIGH, LOW],
        policy="low",
    ),
    Case(
        "the version in force when it was applied",
        FIRST,
        ["tue 10:00 A a"],
        "missed",
        "mon 11:00",
        "mon 11:00",
        sla=VERSIONS,
        policy="v",
    ),
    Case(
        "the next version from its first day",
        FIRST,
        ["tue 12:00 A a"],
        "met",
        "tue 12:00",
        "tue 12:00",
        {"created_at": "tue 00:00"},
        sla=VERSIONS,
        policy="v",
    ),
    Case("no policy matches", FIRST, ["mon 11:00 A a"], "not_applicable", None, "mon 11:00", sla=[HIGH], policy=None),
    Case(
        "reopened keeps its first response",
        FIRST,
        ["mon 11:00 A a", "mon 12:00 S solved", "tue 10:00 C", "wed 10:00 A b"],
        "met",
        "mon 12:00",
        "mon 11:00",
    ),
    Case(
        "merged before it was due",
        FIRST,
        ["mon 10:00 C", "mon 11:00 M d:9"],
        "not_applicable",
        "mon 12:00",
        "mon 11:00",
    ),
    Case(
        "next reply from the oldest unanswered message",
        NEXT,
        ["mon 11:00 A a", "mon 12:00 C", "mon 13:30 C", "mon 14:30 A a"],
        "missed",
        "mon 14:00",
        "mon 14:00",
    ),
    Case(
        "next reply from the hand-off after the message, not from one before it",
        NEXT,
        ["mon 11:00 A a", "mon 12:00 H", "mon 13:00 C", "mon 15:00 H", "mon 15:30 A a"],
        "met",
        "tue 09:00",
        "mon 15:30",
    ),  # fmt: skip
    Case("next reply met", NEXT, ["mon 11:00 A a", "mon 16:00 C", "tue 10:00 A a"], "met", "tue 10:00", "tue 10:00"),
    Case("solved in time", SOLUTION, ["mon 17:30 S solved"], "met", "tue 10:00", "mon 17:30"),
    Case("solved on the due second", SOLUTION, ["tue 10:00 S solved"], "met", "tue 10:00", "tue 10:00"),
    Case("solved late", SOLUTION, ["tue 10:00:01 S solved"], "missed", "tue 10:00", "tue 10:00"),
    Case(
        "pauses push the due moment",
        SOLUTION,
        ["mon 12:00 S pending", "mon 14:00 S open", "tue 12:00 S solved"],
        "met",
        "tue 12:00",
        "tue 12:00",
    ),
    Case(
        "two pauses",
        SOLUTION,
        ["mon 12:00 S pending", "mon 14:00 S open", "mon 15:00 S on_hold", "tue 10:00 S open", "tue 15:00 S solved"],
        "met",
        "tue 15:00",
        "tue 15:00",
        sla=PAUSING,
        policy="p",
    ),
    Case(
        "a status that does not pause",
        SOLUTION,
        ["mon 12:00 S on_hold", "tue 11:00 S solved"],
        "missed",
        "tue 10:00",
        "tue 10:00",
    ),
    Case(
        "paused at cut: no due moment yet", SOLUTION, ["mon 12:00 S pending"], "undecided", None, None, cut="fri 12:00"
    ),
    Case(
        "missed before the pause began",
        SOLUTION,
        ["tue 11:00 S pending"],
        "missed",
        "tue 10:00",
        "tue 10:00",
        cut="tue 15:00",
        overdue=5 * 3600.0,
    ),
    Case(
        "reopened: the same clock less the solved time",
        SOLUTION,
        ["mon 12:00 S solved", "tue 10:00 C", "tue 15:00 S solved"],
        "met",
        "tue 16:00",
        "tue 15:00",
    ),
    Case(
        "reopened and too late in the end",
        SOLUTION,
        ["mon 12:00 S solved", "tue 10:00 C", "tue 16:00:01 S solved"],
        "missed",
        "tue 16:00",
        "tue 16:00",
    ),
    Case(
        "reopened, nothing decided yet",
        SOLUTION,
        ["mon 12:00 S solved", "tue 10:00 C"],
        "undecided",
        "tue 16:00",
        None,
        cut="tue 15:00",
    ),
    Case(
        "solved straight out of a pause",
        SOLUTION,
        ["mon 12:00 S pending", "fri 12:00 S solved"],
        "met",
        "mon2 10:00",
        "fri 12:00",
    ),
    Case(
        "used up in the second of the pause",
        SOLUTION,
        ["tue 10:00 S pending", "wed 10:00 S open", "wed 10:00 S solved"],
        "met",
        "wed 10:00",
        "wed 10:00",
    ),
    Case("deleted before it was due", SOLUTION, ["mon 12:00 S deleted"], "not_applicable", "tue 10:00", "mon 12:00"),
    Case(
        "auto-close is not the solve",
        SOLUTION,
        ["mon 12:00 S solved", "fri 12:00 SY closed"],
        "met",
        "tue 10:00",
        "mon 12:00",
    ),
]


SETS = [None, VERSIONS, ROUND_THE_CLOCK, PAUSING, [HIGH, LOW], [HIGH]]


def policies():
    """Every set of policies, each for a branch of its own, so that its cases can be told together."""
    chosen = [(f"set {number}", policy) for number, policies in enumerate(SETS) for policy in policies or [POLICY]]
    return [policy | {"where": policy.get("where", {}) | {"branch": branch}} for branch, policy in chosen]


@pytest.fixture(scope="module")
def told(tell):
    """The targets of every case, by its number."""
    together = defaultdict(dict)
    for number, case in enumerate(CASES):
        together[case.cut][f"d:{number}"] = case
    rows = {}
    for cut, cases in together.items():
        stories = {ticket_id: ["mon 09:00 N x", *case.events] for ticket_id, case in cases.items()}
        given = {key: {"branch_id": f"set {SETS.index(case.sla)}"} | case.row for key, case in cases.items()}
        facts = tell(stories, given, cut, sla=policies())
        rows |= {ticket_id: facts.target(case.target, ticket_id) for ticket_id, case in cases.items()}
    return rows


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_target(told, at, number):
    case, row = CASES[number], told[f"d:{number}"]
    found = (row["state"], row["due_at"], row["decided_at"], row["policy"], row["overdue_business_seconds"])
    expected = tuple(None if moment is None else at(moment) for moment in (case.due, case.decided))
    assert found == (case.state, *expected, case.policy, case.overdue)


def test_a_reply_is_credited_to_its_author_and_the_rest_to_the_assignee(tell):
    told = tell({"d:1": ["mon 10:05 G ann", "mon 11:00 A ben", "mon 12:00 C", "mon 13:00 S solved"]})
    agents = {row["target"]: row["agent"] for row in told.rows("targets")}
    assert agents == {"first_response": "ben", "next_reply": "ann", "resolution": "ann"}


def test_only_what_the_policy_promises_is_a_target(tell):
    told = tell({"d:1": ["mon 11:00 A ben", "mon 12:00 C"]}, sla=[VERSIONS[0]])
    assert [row["target"] for row in told.rows("targets")] == ["first_response"]


def test_without_policies_there_are_no_targets(tell):
    assert "targets" not in tell({"d:1": ["mon 11:00 A ben"]}, sla=[]).facts


def test_statuses_that_a_source_never_records_are_not_missed(tell):
    row = tell({"d:1": ["mon 11:00 A ben"]}).target("resolution")
    assert (row["state"], row["target_seconds"]) == ("not_applicable", None)
