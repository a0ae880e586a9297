"""Ledgers of single clocks worked out by hand, and the reasons for misses, each tried on both sides of its line."""

import pytest

from evaluation.ledger.reasons import _IN_ORDER
from evaluation.ledger.shapes import RULES

FIRST = [{"id": "f", "targets": {"first_response": "2h"}}]
SOLUTION = [{"id": "s", "targets": {"resolution": "4h"}, "pauses": ["pending"]}]
SHORT = [{"id": "s", "targets": {"resolution": "2h"}, "pauses": ["pending"]}]
UPDATES = [{"id": "u", "targets": {"periodic_update": "4h"}, "pauses": ["pending"]}]
SETS = [FIRST, SOLUTION, SHORT, UPDATES]
H = 3600.0


DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "mon2"]


def told_together(tell, cases):
    """The one target of every case: cases are (policies, row, events, cut); those of one cut are told together."""
    policies = [sla[0] | {"where": {"branch": f"set {number}"}} for number, sla in enumerate(SETS)]
    shown = {"s:1": ["mon 10:00 S open", "mon 10:00 N x"]}
    found = {}
    for cut in {case[3] for case in cases.values()}:
        own = {f"s:{name}": case for name, case in cases.items() if case[3] == cut}
        rows = {key: {"branch_id": f"set {SETS.index(case[0])}"} | case[1] for key, case in own.items()}
        told = tell(shown | {key: case[2] for key, case in own.items()}, rows, cut, sla=policies)
        found |= {one.ticket_id.removeprefix("s:"): one for one in told.ledger(*own)}
    return found


def written(entry, at):
    day = DAYS[(entry.at - at("mon 00:00")).days]
    used, left = entry.used_seconds / H, entry.left_seconds / H
    return f"{day} {entry.at:%H:%M} {entry.step} {entry.reason} {used:g} {left:g}"


LEDGERS = {
    "met": (
        FIRST, {}, ["mon 11:00 A a"], "wed2 12:00",
        ["mon 10:00 started created 0 2", "mon 11:00 fulfilled public_reply 1 1", "mon 12:00 due promise 1 1"],
    ),
    "missed": (
        FIRST, {}, ["mon 10:00 C", "mon 13:00 A a"], "wed2 12:00",
        ["mon 10:00 started requester_message 0 2", "mon 12:00 due promise 2 0", "mon 12:00 breached promise 2 0",
         "mon 13:00 fulfilled public_reply 3 -1"],
    ),
    "from the hand-off": (
        FIRST, {}, ["mon 10:30 H", "mon 11:00 A a"], "wed2 12:00",
        ["mon 10:30 started bot_handoff 0 2", "mon 11:00 fulfilled public_reply 0.5 1.5",
         "mon 12:30 due promise 0.5 1.5"],
    ),
    "begun outside hours": (
        FIRST, {"created_at": "mon 20:00"}, ["tue 10:00 A a"], "wed2 12:00",
        ["mon 20:00 started created 0 2", "mon 20:00 paused calendar 0 2", "tue 09:00 resumed calendar 0 2",
         "tue 10:00 fulfilled public_reply 1 1", "tue 11:00 due promise 1 1"],
    ),
    "answered before opening": (
        FIRST, {"created_at": "mon 20:00"}, ["mon 21:00 A a"], "wed2 12:00",
        ["mon 20:00 started created 0 2", "mon 20:00 paused calendar 0 2", "mon 21:00 fulfilled public_reply 0 2",
         "tue 11:00 due promise 0 2"],
    ),
    "not yet due": (FIRST, {}, ["mon 10:00 C"], "mon 11:00",
                    ["mon 10:00 started requester_message 0 2", "mon 12:00 due promise 1 1"]),
    "merged": (
        FIRST, {}, ["mon 10:00 C", "mon 11:00 M d:9"], "wed2 12:00",
        ["mon 10:00 started requester_message 0 2", "mon 11:00 stopped merged 1 1", "mon 12:00 due promise 1 1"],
    ),
    "paused, resumed, solved, reopened by a message": (
        SOLUTION, {}, ["mon 11:00 S pending", "mon 15:00 S open", "mon 16:00 S solved", "tue 10:00 C",
                       "tue 11:00 S solved"], "wed2 12:00",
        ["mon 10:00 started created 0 4", "mon 11:00 paused pending 1 3", "mon 15:00 resumed open 1 3",
         "mon 16:00 stopped solved 2 2", "tue 10:00 resumed requester_message 2 2", "tue 11:00 fulfilled solved 3 1",
         "tue 12:00 due promise 3 1"],
    ),
    "a pause that pauses nothing of this policy": (
        SOLUTION, {}, ["mon 11:00 S on_hold"], "mon 13:00",
        ["mon 10:00 started created 0 4", "mon 14:00 due promise 3 1"],
    ),
    "paused at cut: no due moment": (SOLUTION, {}, ["mon 11:00 S pending"], "tue 12:00",
                                     ["mon 10:00 started created 0 4", "mon 11:00 paused pending 1 3"]),
    "resumed at night": (
        SOLUTION, {}, ["mon 11:00 S pending", "mon 20:00 S open", "tue 10:00 S solved"], "wed2 12:00",
        ["mon 10:00 started created 0 4", "mon 11:00 paused pending 1 3", "mon 20:00 resumed open 1 3",
         "mon 20:00 paused calendar 1 3", "tue 09:00 resumed calendar 1 3", "tue 10:00 fulfilled solved 2 2",
         "tue 12:00 due promise 2 2"],
    ),
    "an update": (
        UPDATES, {}, ["mon 11:00 A a", "mon 12:00 S pending", "tue 10:00 S open", "tue 14:00 A a",
                      "tue 14:00 S solved"], "wed2 12:00",
        ["mon 11:00 started public_reply 0 4", "mon 12:00 paused pending 1 3", "tue 10:00 resumed open 1 3",
         "tue 13:00 due promise 4 0", "tue 13:00 breached promise 4 0", "tue 14:00 fulfilled public_reply 5 -1"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def ledgers(tell):
    return told_together(tell, {name: case[:4] for name, case in LEDGERS.items()})


@pytest.mark.parametrize("name", LEDGERS)
def test_ledger(ledgers, at, name):
    assert [written(entry, at) for entry in ledgers[name].entries] == LEDGERS[name][4]


REASONS = {
    "late": (FIRST, ["mon 13:00 A a"], ("late", {"late_seconds": H}, None)),
    "open and past due": (FIRST, ["mon 10:00 C"], ("not_yet", {"late_seconds": 50 * H}, None)),
    "ended without": (FIRST, ["mon 10:00 C", "mon 14:00 S solved"], ("never", {"late_seconds": 2 * H}, None)),
    "the reply came at night": (FIRST, ["mon 20:00 A a"], ("answered_out_of_hours", {"late_seconds": 5 * H}, None)),
    "at closing time": (FIRST, ["mon 17:00 A a"], ("answered_out_of_hours", {"late_seconds": 5 * H}, None)),
    "a second before closing": (FIRST, ["mon 16:59:59 A a"], ("late", {"late_seconds": 5 * H - 1}, None)),
    "unassigned for half of the promise": (
        FIRST, ["mon 11:00 G ann", "mon 13:00 A ann"],
        ("unassigned", {"unassigned_seconds": H, "share": 0.5, "late_seconds": H}, None)),
    "unassigned for less": (FIRST, ["mon 10:59 G ann", "mon 13:00 A ann"], ("late", {"late_seconds": H}, None)),
    "assigned too late": (
        FIRST, ["mon 12:30 G ann", "mon 13:00 A ann"],
        ("unassigned", {"unassigned_seconds": 2 * H, "share": 1.0, "late_seconds": H}, None)),
    "assigned and let go": (
        FIRST, ["mon 10:00 G ann", "mon 10:30 G ann>", "mon 13:00 A ann"],
        ("unassigned", {"unassigned_seconds": 1.5 * H, "share": 0.75, "late_seconds": H}, None)),
    "changed hands twice": (
        FIRST, ["mon 10:00 G ann", "mon 10:30 G ann>ben", "mon 11:00 G ben>cid", "mon 13:00 A cid"],
        ("reassigned", {"times": 2, "late_seconds": H}, None)),
    "changed hands once in time": (
        FIRST, ["mon 10:00 G ann", "mon 10:30 G ann>ben", "mon 12:30 G ben>cid", "mon 13:00 A cid"],
        ("late", {"late_seconds": H}, None)),
    "only a note": (FIRST, ["mon 11:00 N ann", "mon 13:00 A a"],
                    ("only_a_note", {"notes": 1, "late_seconds": H}, None)),
    "a note after the due moment": (FIRST, ["mon 12:30 N ann", "mon 13:00 A a"], ("late", {"late_seconds": H}, None)),
    "notes do not excuse a solution": (SOLUTION, ["mon 11:00 N ann", "mon 15:00 S solved"],
                                       ("late", {"late_seconds": H}, None)),
    "paused for half of the time": (
        SHORT, ["mon 10:30 S pending", "mon 12:30 S open", "mon 15:00 S solved"],
        ("mostly_paused", {"paused_seconds": 2 * H, "share": 0.5, "late_seconds": H}, "one")),
    "paused for a minute less": (SHORT, ["mon 10:30 S pending", "mon 12:29 S open", "mon 14:59 S solved"],
                                 ("late", {"late_seconds": H}, None)),
    "mostly paused": (
        SOLUTION, ["mon 11:00 S pending", "tue 11:00 S open", "tue 15:00 S solved"],
        ("mostly_paused", {"paused_seconds": 24 * H, "share": 24 / 28, "late_seconds": H}, "one")),
    "paused only after it fell due": (SOLUTION, ["mon 14:30 S pending"], ("not_yet", {"late_seconds": 48 * H}, None)),
}  # fmt: skip


@pytest.fixture(scope="module")
def missed(tell):
    row = {"team_id": "one", "agent_id": "eve"}
    cases = {name: (sla, row, ["mon 10:00 C", *events], "tue2 14:00") for name, (sla, events, _) in REASONS.items()}
    return told_together(tell, cases)


@pytest.mark.parametrize("name", REASONS)
def test_why_missed(missed, name):
    why = missed[name].why
    assert (why.rule, dict(why.numbers), why.team) == REASONS[name][2]


def test_every_rule_is_listed_in_its_order_and_tried():
    assert [rule.__name__.removeprefix("_") for rule in _IN_ORDER] == list(RULES)
    assert {expected[0] for _, _, expected in REASONS.values()} == set(RULES)


def test_assignments_that_are_not_recorded_are_no_reason(tell):
    told = tell(
        {"d:1": ["mon 10:00 C"], "e:1": ["mon 10:00 C"], "e:2": ["mon 10:00 G ann"]}, cut="mon 14:00", sla=FIRST
    )
    assert [one.why.rule for one in told.ledger("d:1", "e:1")] == ["not_yet", "unassigned"]


def test_tickets_that_are_not_there_have_no_ledger(tell):
    told = tell({"d:1": ["mon 10:00 C"]}, {"d:1": {"created_at": "tue 10:00"}}, cut="mon 12:00")
    assert told.ledger("d:1", "d:404") == ()


def test_without_policies_there_is_no_ledger(tell):
    assert tell({"d:1": ["mon 10:00 C"]}, sla=[]).ledger("d:1") == ()
