"""Pauses that deserve a question: somebody wrote and the clock stood still, or it stopped minutes before the breach."""

from types import SimpleNamespace

import pytest

from evaluation.breakdowns.pauses_in_doubt import pauses_in_doubt
from evaluation.doubtful_pauses import COLUMNS, doubtful_pauses
from evaluation.measurement import UNASSIGNED
from evaluation.period import Period

PAUSING = [{"id": "p", "targets": {"resolution": "8h"}, "pauses": ["pending", "on_hold"]}]
GENEROUS = [PAUSING[0] | {"late_pause": "2h"}]
UNPROMISED = [{"id": "p", "targets": {"first_response": "8h"}, "pauses": ["pending"]}]
CASES = {
    "an ordinary pause": (["mon 12:00 S pending ann", "mon 14:00 S open"], PAUSING,
                          [("mon 12:00", "mon 14:00", 21600.0, False, None, "ann")]),
    "still paused": (["mon 12:00 S pending ann"], PAUSING, [("mon 12:00", None, 21600.0, False, None, "ann")]),
    "written during the pause": (["mon 12:00 S pending ann", "mon 13:00 C", "mon 13:30 C", "mon 14:00 S open"], PAUSING,
                                 [("mon 12:00", "mon 14:00", 21600.0, False, "mon 13:00", "ann")]),
    "written and still paused": (["mon 12:00 S pending ann", "mon 13:00 C"], PAUSING,
                                 [("mon 12:00", None, 21600.0, False, "mon 13:00", "ann")]),
    "thanks are no reason to resume": (["mon 12:00 S pending ann", "mon 13:00 C = Thanks!"], PAUSING,
                                       [("mon 12:00", None, 21600.0, False, None, "ann")]),
    "the message itself resumed the clock": (["mon 12:00 S pending ann", "mon 13:00 C", "mon 13:00 S open"], PAUSING,
                                             [("mon 12:00", "mon 13:00", 21600.0, False, None, "ann")]),
    "resumed within a minute": (["mon 12:00 S pending ann", "mon 13:00 C", "mon 13:01 S open"], PAUSING,
                                [("mon 12:00", "mon 13:01", 21600.0, False, None, "ann")]),
    "resumed after more than a minute": (
        ["mon 12:00 S pending ann", "mon 13:00 C", "mon 13:01:01 S open"], PAUSING,
        [("mon 12:00", "mon 13:01:01", 21600.0, False, "mon 13:00", "ann")]),
    "fifteen minutes before the breach": (["tue 09:45 S pending ann"], PAUSING,
                                          [("tue 09:45", None, 900.0, True, None, "ann")]),
    "a second earlier": (["tue 09:44:59 S pending ann"], PAUSING, [("tue 09:44:59", None, 901.0, False, None, "ann")]),
    "in the second it fell due": (["tue 10:00 S pending ann"], PAUSING, [("tue 10:00", None, 0.0, True, None, "ann")]),
    "after the breach": (["tue 10:00:01 S pending ann"], PAUSING, [("tue 10:00:01", None, None, False, None, "ann")]),
    "a threshold of one's own": (["mon 16:00 S pending ann"], GENEROUS,
                                 [("mon 16:00", None, 7200.0, True, None, "ann")]),
    "from one pause to the next is one pause": (
        ["mon 12:00 S pending ann", "tue 12:00 S on_hold ben"], GENEROUS,
        [("mon 12:00", "tue 12:00", 21600.0, False, None, "ann"), ("tue 12:00", None, 21600.0, False, None, "ben")]),
    "no solution is promised": (["mon 12:00 S pending ann", "mon 13:00 C"], UNPROMISED,
                                [("mon 12:00", None, None, False, "mon 13:00", "ann")]),
    "set by a rule: the ticket's agent": (["mon 10:05 G eve", "mon 12:00 SY pending rule"], PAUSING,
                                          [("mon 12:00", None, 21600.0, False, None, "eve")]),
    "the requester's own pause": (["mon 10:05 G eve", "mon 12:00 SC pending kim"], PAUSING,
                                  [("mon 12:00", None, 21600.0, False, None, "eve")]),
}  # fmt: skip
SETS = [PAUSING, GENEROUS, UNPROMISED]


@pytest.fixture(scope="module")
def told(tell):
    policies = [sla[0] | {"where": {"branch": f"set {number}"}} for number, sla in enumerate(SETS)]
    rows = {name: {"branch_id": f"set {SETS.index(sla)}"} for name, (_, sla, _) in CASES.items()}
    return tell({name: ["mon 10:00 C", *events] for name, (events, _, _) in CASES.items()}, rows, sla=policies)


@pytest.mark.parametrize("name", CASES)
def test_pauses(told, at, name):
    columns = ("paused_at", "resumed_at", "left_seconds", "is_last_minute", "written_at", "agent")
    rows = sorted(told.rows("pauses", name), key=lambda row: row["paused_at"])
    found = [tuple(row[column] for column in columns) for row in rows]
    expected = [
        (at(since), until and at(until), left, late, written and at(written), agent)
        for since, until, left, late, written, agent in CASES[name][2]
    ]
    assert found == expected


def test_without_pausing_statuses_there_is_no_table(tell):
    unpaused = [{"id": "p", "targets": {"resolution": "8h"}}]
    assert "pauses" not in tell({"d:1": ["mon 12:00 S pending"]}, sla=unpaused).facts


def test_doubtful_pauses_are_counted_by_team_and_agent(tell):
    stories = {
        "d:1": ["mon 12:00 S pending ann", "mon 13:00 C"],
        "d:2": ["tue 09:50 S pending ann"],
        "d:3": ["mon 12:00 S pending ann"],
        "d:4": ["mon 12:00 S pending ben"],
        "d:5": ["mon 12:00 SY pending rule"],
        "d:6": ["mon 12:00 S pending ben", "mon 13:00 C"],
    }
    rows = {key: {"team_id": "one"} for key in stories} | {"d:5": {}, "d:6": {"is_spam": True}}
    told = tell(stories, rows, sla=PAUSING)
    found = doubtful_pauses(told.facts, Period.parse("2026-07", zone="UTC"))
    assert [tuple(row) for row in found.fillna({"team": "", "agent": ""}).itertuples(index=False)] == [
        ("one", "ann", 3, 1, 1), ("one", "ben", 1, 0, 0), ("", "", 1, 0, 0),
    ]  # fmt: skip
    assert doubtful_pauses(told.facts, Period.parse("2026-08", zone="UTC")).empty
    assert tuple(doubtful_pauses(told.facts, Period.parse("2026-08", zone="UTC")).columns) == COLUMNS
    july, august = (
        pauses_in_doubt(SimpleNamespace(facts=told.facts, period=Period.parse(text, zone="UTC")))
        for text in ("2026-07", "2026-08")
    )
    assert july.frame.values.tolist()[-1] == [UNASSIGNED, UNASSIGNED, 1, 0, 0]
    assert (july.reason, august.reason) == (None, "no_cases")


def test_without_pauses_nobody_is_in_doubt(tell):
    facts = tell({"d:1": ["mon 12:00 S pending"]}, sla=[]).facts
    assert tuple(doubtful_pauses(facts, Period.parse("2026-07", zone="UTC")).columns) == COLUMNS
