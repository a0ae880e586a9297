"""What becomes of a call: outcomes, waits, opening hours, thresholds, transfers, forgotten work after calls."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.facts.calls import call_facts
from evaluation.facts.derivation import Derivation
from evaluation.facts.workbench import Workbench
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 8, 1, tzinfo=UTC)
OFFICE = {"hours": {"mon-fri": ["09:00-17:00"]}}


def at(text):
    """`mon 10:00:05` in the week of Monday 2026-07-06, UTC."""
    day, clock = text.split()
    days = {"mon": 6, "tue": 7, "wed": 8, "sat": 11}
    return pd.Timestamp(f"2026-07-{days[day]:02} {clock}", tz="UTC")


def frame(rows):
    """Canonical calls; instants are written as `at` reads them."""
    made = []
    for number, row in enumerate(rows, 1):
        row = {"call_id": f"c:{number}", "direction": "inbound", "outcome": "answered"} | row
        row = {name: at(value) if name.endswith("_at") and value else value for name, value in row.items()}
        made.append({"started_at": row.get("queued_at")} | row)
    calls = pd.DataFrame(made)
    for name in calls.columns:
        if name.endswith("_at"):
            calls[name] = pd.to_datetime(calls[name], utc=True)
        else:
            calls[name] = calls[name].astype("float64" if name.endswith("_seconds") else "string")
    return calls


def settings(**changes):
    organisation = {"name": "Northwind Care", "time_zone": "UTC"}
    return Settings.model_validate({"organisation": organisation, "calendars": {"default": OFFICE}} | changes)


def derived(rows, *, cut=CUT, tickets=None, **changes):
    """The facts of calls alone, beside the facts of some tickets."""
    tables = Tables.from_frames({"calls": frame(rows)})
    kept = {} if tickets is None else {"tickets": tables.connection.create_table("tickets", tickets)}
    given = Derivation(
        bench=Workbench(tables.connection), tables=tables, settings=settings(**changes), cut=cut, kept=kept,
        described=None,
    )  # fmt: skip
    return call_facts(given)


def by_id(table):
    """The rows by their id, missing values as None."""
    plain = table.execute().astype(object)
    plain = plain.where(plain.notna(), None)
    return {row["call_id"]: row for row in plain.to_dict("records")}


def calls_of(*rows, **changes):
    return by_id(derived(rows, **changes)["calls"])


def together(cases, **changes):
    """Many cases derived at once, each with people, tickets and calls of its own: the calls of each case by name."""
    rows = []
    for case, own in enumerate(cases.values()):
        for number, row in enumerate(own, 1):
            keyed = {"call_id": f"c:{number}"} | row
            keys = ("call_id", "contact_id", "ticket_id", "requester_id", "agent_id")
            rows.append({key: f"{case}/{value}" if key in keys and value else value for key, value in keyed.items()})
    found = {name: [] for name in cases}
    for key, call in sorted(calls_of(*rows, **changes).items()):
        found[list(cases)[int(key.split("/")[0])]].append(call)
    return found


ANSWERED = {"queued_at": "mon 10:00:00", "answered_at": "mon 10:00:15", "ended_at": "mon 10:05:15", "agent_id": "anna"}
HANDLED = ANSWERED | {"talk_seconds": 200.0, "hold_seconds": 20.0, "wrap_seconds": 30.0}
GIVEN_UP = {"queued_at": "mon 10:00:00", "outcome": "abandoned"}
IN_MENU = {"started_at": "mon 10:00:00", "queued_at": None, "outcome": "abandoned"}

OUTCOMES = {
    "answered": (ANSWERED, "answered", True),
    "given up on the fifth second": (GIVEN_UP | {"ended_at": "mon 10:00:05"}, "short_abandoned", True),
    "given up after it": (GIVEN_UP | {"ended_at": "mon 10:00:05.000001"}, "abandoned", True),
    "given up after a recorded wait": (GIVEN_UP | {"wait_seconds": 4.0}, "short_abandoned", True),
    "an unknown wait is not short": (GIVEN_UP, "abandoned", True),
    "called back, however early": (GIVEN_UP | {"outcome": "callback", "wait_seconds": 2.0}, "callback", True),
    "left a message": (GIVEN_UP | {"outcome": "voicemail"}, "voicemail", True),
    "failed in the queue": (GIVEN_UP | {"outcome": "failed"}, "failed", True),
    "hung up in the menu": (IN_MENU, "before_queue", False),
    "failed in the menu": (IN_MENU | {"outcome": "failed"}, "before_queue", False),
    "waited no second": (IN_MENU | {"wait_seconds": 0.0}, "before_queue", False),
    "waited, though no queueing was recorded": (IN_MENU | {"wait_seconds": 9.0}, "abandoned", True),
    "left a message without a queue": (IN_MENU | {"outcome": "voicemail"}, "voicemail", False),
    "answered without a queue": (IN_MENU | {"outcome": "answered"}, "answered", True),
}

WAITS = {
    "from the instants": (ANSWERED, 15.0),
    "recorded": (ANSWERED | {"wait_seconds": 12.5}, 12.5),
    "unknown": (ANSWERED | {"answered_at": None}, None),
    "answered before it queued: impossible": (ANSWERED | {"answered_at": "mon 09:59:00"}, None),
    "until given up": (GIVEN_UP | {"ended_at": "mon 10:01:00"}, 60.0),
    "given up, no end": (GIVEN_UP, None),
}

HANDLING = {
    "all recorded": (HANDLED, (200.0, 20.0, 30.0, 250.0)),
    "holding is in the talk": (HANDLED | {"hold_seconds": None}, (200.0, 0.0, 30.0, 230.0)),
    "talk from the instants": (HANDLED | {"talk_seconds": None}, (280.0, 20.0, 30.0, 330.0)),
    "nobody knows": (HANDLED | {"talk_seconds": None, "ended_at": None}, (None, None, None, None)),
    "not answered": (GIVEN_UP | {"wrap_seconds": 30.0}, (None, None, None, None)),
}

WRAPS = {
    "as long as the cap": (900.0, None, 900.0, False),
    "longer": (900.5, None, 900.0, True),
    "forgotten overnight": (40_000.0, None, 900.0, True),
    "none": (0.0, None, 0.0, False),
    "without an end": (None, None, 900.0, True),
    "without an end, until the next call": (None, "mon 10:07:15", 120.0, True),
    "the next call began during this one": (None, "mon 10:04:00", 0.0, True),
    "the next call is later than the cap": (None, "mon 11:00:00", 900.0, True),
}

FIRST = HANDLED | {"ticket_id": "t:1", "requester_id": "carl", "team_id": "front"}
SECOND = FIRST | {"queued_at": "mon 10:05:18", "answered_at": "mon 10:05:40", "ended_at": "mon 10:10:00",
                  "agent_id": "ben", "team_id": "back", "talk_seconds": 100.0, "wrap_seconds": 10.0}  # fmt: skip

TRANSFERS = {
    "touching": ({}, [2]),
    "five seconds later": ({"queued_at": "mon 10:05:20"}, [2]),
    "more than five": ({"queued_at": "mon 10:05:20.000001"}, [1, 1]),
    "asked before handing over": ({"queued_at": "mon 10:04:00"}, [2]),
    "another caller": ({"requester_id": "dora"}, [1, 1]),
    "an unknown caller": ({"requester_id": None}, [1, 1]),
    "another ticket": ({"ticket_id": "t:2"}, [1, 1]),
    "no ticket": ({"ticket_id": None}, [1, 1]),
    "the same agent: called again": ({"agent_id": "anna"}, [1, 1]),
    "the second is given up": ({"outcome": "abandoned", "agent_id": None}, [1, 1]),
    "named as one contact": ({"ticket_id": None, "requester_id": None, "contact_id": "c:1"}, [2]),
    "named, however late": ({"queued_at": "tue 10:00:00", "contact_id": "c:1"}, [2]),
    "named as another contact": ({"contact_id": "x:9"}, [1, 1]),
    "handed over within the house": ({"contact_id": "c:1", "direction": "internal"}, [2]),
    "an internal call of no contact": ({"direction": "internal"}, [1]),
}


def wrapped(wrap, following):
    """An answered call, and perhaps the agent's next."""
    rows = [HANDLED | {"wrap_seconds": wrap}]
    if following:
        rows.append(HANDLED | {"queued_at": following, "answered_at": following, "ended_at": "mon 12:00:00"})
    return rows


@pytest.fixture(scope="module")
def told():
    """The calls of every case of the tables above."""
    cases = {name: [row] for table in (OUTCOMES, WAITS, HANDLING) for name, (row, *_) in table.items()}
    cases |= {name: wrapped(wrap, following) for name, (wrap, following, *_) in WRAPS.items()}
    return together(cases | {name: [FIRST, SECOND | change] for name, (change, _) in TRANSFERS.items()})


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_has_its_class(told, name):
    (call,) = told[name]
    assert (call["outcome"], call["was_queued"]) == OUTCOMES[name][1:]


@pytest.mark.parametrize("name", WAITS)
def test_the_wait(told, name):
    (call,) = told[name]
    assert call["wait_seconds"] == WAITS[name][1]


@pytest.mark.parametrize("name", HANDLING)
def test_handling(told, name):
    (call,) = told[name]
    assert tuple(call[f"{part}_seconds"] for part in ("talk", "hold", "wrap", "handle")) == HANDLING[name][1]


@pytest.mark.parametrize("name", WRAPS)
def test_work_after_the_call_is_capped_and_flagged(told, name):
    call = told[name][0]
    assert (call["wrap_seconds"], call["is_wrap_capped"]) == WRAPS[name][2:]


@pytest.mark.parametrize("name", TRANSFERS)
def test_which_rows_are_legs_of_one_call(told, name):
    assert [call["leg_count"] for call in told[name]] == TRANSFERS[name][1]


def test_no_two_cases_share_a_name():
    names = [name for table in (OUTCOMES, WAITS, HANDLING, WRAPS, TRANSFERS) for name in table]
    assert len(names) == len(set(names))


def test_where_no_source_says_who_queued_everybody_did():
    row = {"started_at": "mon 10:00:00", "outcome": "abandoned", "ivr_seconds": 20.0, "ended_at": "mon 10:00:50"}
    call = calls_of(row)["c:1"]
    assert (call["outcome"], call["was_queued"], call["wait_seconds"]) == ("abandoned", True, 30.0)
    assert call["arrived_at"] == at("mon 10:00:20")


def test_calls_that_nobody_made_to_us_are_no_calls():
    assert calls_of(ANSWERED | {"direction": "outbound"}, ANSWERED | {"direction": "internal"}) == {}


LATE = {"hours": {"mon-fri": ["18:00-23:00"]}}
ONE_LONG_MONDAY = {"from": "2026-07-06", "until": "2026-07-07", "hours": {"mon-fri": ["09:00-21:00"]}}


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, {"mon 08:59:59": False, "mon 09:00:00": True, "mon 16:59:59": True, "mon 17:00:00": False,
              "sat 10:00:00": False}),
        ({"calendars": {"default": OFFICE, "late": LATE}, "calendar_for": {"by_team": {"night": "late"}}},
         {"mon 10:00:00": False, "mon 20:00:00": True}),
        ({"calendars": {"default": OFFICE, "late": LATE}, "calendar_for": {"by_channel": {"phone": "late"}}},
         {"mon 10:00:00": False, "mon 20:00:00": True}),
        ({"calendars": {"default": OFFICE, "late": LATE}, "calendar_for": {"by_channel": {"email": "late"}}},
         {"mon 10:00:00": True, "mon 20:00:00": False}),
        ({"calendars": {"default": OFFICE | {"versions": [ONE_LONG_MONDAY]}}},
         {"mon 20:00:00": True, "tue 20:00:00": False}),
        ({"calendars": {"default": OFFICE | {"closures": ["2026-07-06"]}}},
         {"mon 10:00:00": False, "tue 10:00:00": True}),
        ({"calendars": {}}, {"mon 10:00:00": True, "sat 03:00:00": True}),
    ],
    ids=["edges", "the team's calendar", "the telephone's calendar", "another channel's calendar", "versions",
         "a closed day", "without calendars"],
)  # fmt: skip
def test_hours_count_at_the_moment_of_queueing(changes, inside):
    rows = [ANSWERED | {"queued_at": queued, "answered_at": None, "team_id": "night"} for queued in inside]
    calls = calls_of(*rows, **changes)
    found = [calls[f"c:{number}"] for number in range(1, len(inside) + 1)]
    assert [call["is_inside_hours"] for call in found] == list(inside.values())
    assert [call["is_counted"] for call in found] == list(inside.values())


def test_a_call_that_queued_in_time_and_was_answered_after_closing_is_inside():
    late = {"queued_at": "mon 16:59:00", "answered_at": "mon 17:01:00"}
    assert calls_of(ANSWERED | late)["c:1"]["is_inside_hours"]


def test_an_organisation_may_count_calls_out_of_hours():
    call = calls_of(ANSWERED | {"queued_at": "sat 10:00:00"}, telephone={"counts_out_of_hours": True})["c:1"]
    assert (call["is_inside_hours"], call["is_counted"]) == (False, True)


def test_a_call_keeps_the_threshold_of_its_day():
    versions = [{"from": "2026-07-07", "seconds": 30}, {"from": "2026-07-08", "short_abandon_seconds": 8}]
    moments = ["mon 23:59:59", "tue 00:00:00", "wed 10:00:00"]
    rows = [ANSWERED | {"queued_at": moment} for moment in moments]
    calls = calls_of(*rows, telephone={"service_level": {"seconds": 20, "versions": versions}})
    terms = [(call["service_level_seconds"], call["short_abandon_seconds"]) for _, call in sorted(calls.items())]
    assert terms == [(20.0, 5.0), (30.0, 5.0), (30.0, 8.0)]


def test_the_day_of_a_change_begins_in_the_organisations_zone():
    zone = {"organisation": {"name": "Northwind Care", "time_zone": "Europe/Warsaw"}}
    level = {"service_level": {"versions": [{"from": "2026-07-07", "seconds": 30}]}}
    rows = [ANSWERED | {"queued_at": "mon 21:59:59"}, ANSWERED | {"queued_at": "mon 22:00:00"}]
    found = calls_of(*rows, telephone=level, **zone)
    assert [found[key]["service_level_seconds"] for key in ("c:1", "c:2")] == [20.0, 30.0]


def test_the_cap_and_the_gap_are_settings():
    options = {"wrap_cap": "2 min", "transfer_gap": "1 s"}
    calls = calls_of(FIRST | {"wrap_seconds": 300.0}, SECOND, telephone=options)
    assert [(call["leg_count"], call["wrap_seconds"]) for _, call in sorted(calls.items())] == [(1, 120.0), (1, 10.0)]


def test_without_any_record_of_work_after_calls_handling_is_not_known():
    call = calls_of(ANSWERED | {"talk_seconds": 200.0})["c:1"]
    assert (call["outcome"], call["handle_seconds"], call["is_wrap_capped"]) == ("answered", None, False)


def test_a_transferred_call_is_one_case_for_the_unit_and_legs_for_the_agents():
    facts = derived([FIRST, SECOND])
    (call,) = by_id(facts["calls"]).values()
    legs = by_id(facts["call_legs"])
    assert (call["handle_seconds"], call["wait_seconds"], call["agent"], call["team"]) == (380.0, 15.0, "anna", "front")
    assert call["arrived_at"] == at("mon 10:00:00")
    assert {leg["agent"]: leg["handle_seconds"] for leg in legs.values()} == {"anna": 250.0, "ben": 130.0}
    assert {leg["whole_call_id"] for leg in legs.values()} == {"c:1"}
    assert {leg["arrived_at"] for leg in legs.values()} == {call["arrived_at"]}


def test_a_call_that_ran_over_from_one_queue_to_another_waits_until_it_is_answered():
    unanswered = GIVEN_UP | {"outcome": "failed", "wait_seconds": 40.0, "contact_id": "x:1"}
    third = SECOND | {"queued_at": "mon 10:10:02", "answered_at": "mon 10:10:30", "ended_at": "mon 10:11:00",
                      "agent_id": "cleo"}  # fmt: skip
    found = together(
        {
            "overflow": [unanswered, SECOND | {"contact_id": "x:1", "wait_seconds": 10.0}],
            "three legs": [FIRST, SECOND, third],
        }
    )
    (call,), (threefold,) = found["overflow"], found["three legs"]
    assert (call["outcome"], call["wait_seconds"], call["agent"]) == ("answered", 50.0, "0/ben")
    assert threefold["leg_count"] == 3


@pytest.mark.parametrize(
    ("cut", "found"),
    [("mon 09:59:00", []), ("mon 10:00:10", [None]), ("mon 10:04:00", [None]), ("mon 10:05:15", ["answered"])],
    ids=["not begun", "in the queue", "talking", "over"],
)
def test_nothing_after_the_cut_is_known(cut, found):
    calls = calls_of(HANDLED, cut=at(cut).to_pydatetime())
    assert [call["outcome"] for call in calls.values()] == found


def test_what_the_call_does_not_say_its_ticket_does():
    ticket = {"team": "back", "branch": "south", "topic": "billing", "priority": "high"}
    tickets = pd.DataFrame([ticket | {"ticket_id": "t:1", "exclusion": "agent_started"},
                            ticket | {"ticket_id": "t:2", "exclusion": "spam"}])  # fmt: skip
    rows = [FIRST | {"topic": "returns"}, FIRST | {"team_id": None, "queued_at": "tue 10:00:00"},
            FIRST | {"ticket_id": "t:2", "queued_at": "wed 10:00:00"}]  # fmt: skip
    facts = derived(rows, tickets=tickets)
    own, silent, spam = (call for _, call in sorted(by_id(facts["calls"]).items()))
    names = ("channel", "team", "branch", "topic", "priority", "exclusion")
    assert [own[name] for name in names] == ["phone", "front", "south", "returns", "high", None]
    assert [silent[name] for name in names] == ["phone", "back", "south", "billing", "high", None]
    assert spam["exclusion"] == "spam"


def test_an_empty_table_of_calls_gives_empty_facts():
    facts = derive(Tables.from_frames({"calls": frame([HANDLED]).head(0)}), settings(), CUT)
    assert facts["calls"].count().execute() == 0
    assert facts["arrivals"].count().execute() == facts["open_hours"].count().execute() == 0
