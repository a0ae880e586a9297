"""The same story as events and as finished facts; sources that tell only a part; words nobody knows."""

import pandas as pd
import pytest

from evaluation.errors import DataError
from evaluation.facts import derive
from evaluation.settings import Settings
from evaluation.tables import Tables

STORY = {
    "d:1": ["mon 10:00 C", "mon 11:00 A ann", "mon 13:00 S solved ann", "thu 13:00 SY closed"],
    "d:2": ["mon 10:00 C", "mon 12:30 A ann"],
    "d:3": ["mon 10:00 C"],
    "d:4": [
        "mon 10:00 C",
        "mon 11:00 A ann",
        "mon 12:00 S solved",
        "tue 10:00 C",
        "tue 12:00 A ann",
        "tue 13:00 S solved",
    ],
    "d:5": ["mon 10:00 C", "mon 12:00 S solved ann"],
    "d:6": ["mon 10:00 C", "mon 12:00 S deleted"],
    "d:7": ["mon 10:00 C", "mon 11:00 A ann", "mon 12:00 S pending"],
}
FINISHED = {
    "d:1": {
        "first_response_at": "mon 11:00",
        "solved_at": "mon 13:00",
        "closed_at": "thu 13:00",
        "status_code": "closed",
        "reply_count": 1,
        "reopen_count": 0,
    },
    "d:2": {"first_response_at": "mon 12:30", "status_code": "open", "reply_count": 1, "reopen_count": 0},
    "d:3": {"status_code": "new", "reply_count": 0, "reopen_count": 0},
    "d:4": {
        "first_response_at": "mon 11:00",
        "solved_at": "tue 13:00",
        "status_code": "solved",
        "reply_count": 2,
        "reopen_count": 1,
    },
    "d:5": {"solved_at": "mon 12:00", "status_code": "solved", "reply_count": 0, "reopen_count": 0},
    "d:6": {"closed_at": "mon 12:00", "status_code": "deleted", "reply_count": 0, "reopen_count": 0},
    "d:7": {"first_response_at": "mon 11:00", "status_code": "pending", "reply_count": 1, "reopen_count": 0},
}
ONLY_EVENTS_TELL = {
    "has_events",
    "first_response_agent",
    "requester_message_count",
    "correction_count",
    "paused_business_seconds",
}
FIRST_SOLVE = {
    "first_solved_at",
    "first_solved_agent",
    "first_resolution_business_seconds",
    "first_resolution_calendar_seconds",
}

IN_STATUSES = {"requester_wait_business_seconds", "requester_wait_calendar_seconds"}
"""Time in statuses that came and went: a reopened or paused ticket's row does not tell when."""


def test_both_levels_give_the_same_facts(tell):
    replayed = tell(STORY, {key: {"agent_id": "ann"} for key in STORY})
    finished = tell({key: [] for key in STORY}, {key: {"agent_id": "ann"} | row for key, row in FINISHED.items()})
    for key in STORY:
        one, two = replayed.ticket(key), finished.ticket(key)
        unknown = ONLY_EVENTS_TELL | (FIRST_SOLVE | IN_STATUSES if key == "d:4" else set())
        unknown |= IN_STATUSES if key == "d:7" else set()
        assert {name for name in one if one[name] != two[name]} <= unknown
        assert (one["has_events"], two["has_events"]) == (True, False)
    assert {name: finished.ticket("d:4")[name] for name in FIRST_SOLVE} == dict.fromkeys(FIRST_SOLVE)
    for key in ("d:1", "d:2", "d:3", "d:5", "d:6"):
        verdicts = [
            {row["target"]: (row["state"], row["due_at"], row["decided_at"]) for row in told.rows("targets", key)}
            for told in (replayed, finished)
        ]
        assert verdicts[0] == verdicts[1]


def test_finished_facts_after_cut_are_invisible(tell):
    told = tell({key: [] for key in FINISHED}, FINISHED, cut="mon 12:30")
    row = told.ticket("d:1")
    assert (row["is_solved"], row["solved_at"], row["first_response_state"]) == (False, None, "responded")
    assert told.ticket("d:4")["is_solved"] is False
    assert [state["state"] for state in told.rows("states", "d:1")] == ["new", "open"]
    assert told.ticket("d:2")["first_response_state"] == "responded"


def test_solved_without_a_moment_has_no_resolution_time(tell):
    row = tell({"d:1": ["mon 11:00 A ann"]}, {"d:1": {"status_code": "solved"}}).ticket()
    assert (row["is_solved"], row["solved_at"], row["full_resolution_business_seconds"]) == (True, None, None)


def test_messages_with_the_solve_in_the_row(tell):
    told = tell(
        {"d:1": ["mon 11:00 A ann", "mon 13:00 C"]}, {"d:1": {"solved_at": "mon 12:00", "status_code": "solved"}}
    )
    row = told.ticket()
    assert (row["is_solved"], row["reopen_count"], row["full_resolution_business_seconds"]) == (True, 0, 7200.0)
    assert row["solved_agent"] == "ann"


def test_messages_without_any_status_stay_open(tell):
    told = tell({"d:1": ["mon 10:00 C", "mon 11:00 A ann"]})
    assert told.ticket()["is_solved"] is False
    assert [(row["state"], row["turn"]) for row in told.rows("states")] == [("new", "agent"), ("open", "requester")]


def test_a_source_without_messages_does_not_say_that_nobody_answered(tell):
    row = tell({"d:1": ["mon 11:00 S open", "mon 12:00 S solved"]}).ticket()
    unknown = ("first_response_state", "reply_count", "requester_message_count", "is_one_touch")
    assert [row[name] for name in unknown] == [None] * 4
    assert row["full_resolution_business_seconds"] == 7200.0


def test_today_s_status_is_not_the_state_at_an_earlier_cut(tell):
    row = tell(
        {"d:1": ["mon 11:00 A ann", "thu 12:00 S solved"]}, {"d:1": {"status_code": "solved"}}, "tue 12:00"
    ).ticket()
    assert row["is_solved"] is False


def test_next_replies(tell, at):
    told = tell(
        {
            "d:1": [
                "mon 10:00 C",
                "mon 10:30 A ann",
                "mon 10:40 A ann",
                "mon 11:00 C",
                "mon 11:20 C",
                "mon 11:30 N ann",
                "mon 12:00 A ben",
                "mon 12:30 C = thanks",
                "mon 13:00 A ben",
                "mon 16:30 C",
                "tue 09:15 A ann",
            ]
        }
    )
    found = [
        (row["waiting_since"], row["wait_business_seconds"], row["agent"], row["is_first"])
        for row in told.rows("replies")
    ]
    assert found == [
        (at("mon 10:00"), 1800.0, "ann", True),
        (at("mon 11:00"), 3600.0, "ben", False),
        (at("mon 16:30"), 2700.0, "ann", False),
    ]


def test_states_are_adjoining_intervals(tell, at):
    told = tell(
        {
            "d:1": [
                "mon 11:00 A ann",
                "mon 11:00 S pending",
                "tue 10:00 C",
                "tue 10:00 SC open",
                "tue 12:00 S on_hold",
                "wed 10:00 S open",
                "wed 12:00 S solved",
                "fri 12:00 SY closed",
            ]
        }
    )
    rows = told.rows("states")
    assert [(row["state"], row["turn"], row["is_open"]) for row in rows] == [
        ("new", "agent", True),
        ("pending", "requester", True),
        ("open", "agent", True),
        ("on_hold", "third_party", True),
        ("open", "agent", True),
        ("solved", None, False),
        ("closed", None, False),
    ]
    assert [row["until"] for row in rows] == [*(row["at"] for row in rows[1:]), None]
    assert rows[0]["at"] == at("mon 10:00")


@pytest.mark.parametrize(
    ("events", "row", "says", "where"),
    [
        (["mon 11:00 S snoozed"], {}, "'snoozed' is not a known status", "ticket_events.to_value"),
        (["mon 11:00 S >"], {}, r"'\(nothing\)' is not a known status", "ticket_events.to_value"),
        ([], {"status_code": "parked"}, "'parked' is not a known status", "tickets.status_code"),
    ],
)
def test_an_unknown_status_is_named(tell, events, row, says, where):
    with pytest.raises(DataError, match=says) as caught:
        tell({"d:1": events}, {"d:1": row})
    assert caught.value.where == where
    assert "d:1" in caught.value.found


def test_without_calendars_every_hour_counts(tell):
    row = tell({"d:1": ["tue 06:00 A ann"]}, calendars={}).ticket()
    assert row["first_response_business_seconds"] == row["first_response_calendar_seconds"] == 20 * 3600.0


@pytest.mark.parametrize(("night", "hours"), [("2026-03-29", 3), ("2026-10-25", 5), ("2026-07-05", 4)])
def test_a_night_shift_is_as_long_as_it_really_was(night, hours):
    stamps = [pd.Timestamp(f"{night} {clock}", tz="Europe/Warsaw").tz_convert("UTC") for clock in ("00:10", "06:00")]
    ticket = {"ticket_id": "d:1", "created_at": stamps[0], "channel_code": "chat", "first_response_at": stamps[1]}
    night_shift = {"default": {"time_zone": "Europe/Warsaw", "hours": {"mon-sun": ["01:00-05:00"]}}}
    organisation = {"name": "Northwind Care", "time_zone": "Europe/Warsaw"}
    settings = Settings.model_validate({"organisation": organisation, "calendars": night_shift})
    facts = derive(Tables.from_frames({"tickets": pd.DataFrame([ticket])}), settings, stamps[1].to_pydatetime())
    assert facts["tickets"].first_response_business_seconds.execute().tolist() == [hours * 3600.0]


def test_calendars_by_team_branch_and_channel(tell):
    hours = {
        name: {"time_zone": "UTC", "hours": {"mon-fri": [f"{name}:00-17:00"]}} for name in ("09", "10", "11", "12")
    }
    choice = {"default": "09", "by_team": {"t": "12"}, "by_branch": {"b": "11"}, "by_channel": {"chat": "10"}}
    rows = {
        "d:1": {},
        "d:2": {"channel_code": "chat"},
        "d:3": {"channel_code": "chat", "branch_id": "b"},
        "d:4": {"channel_code": "chat", "branch_id": "b", "team_id": "t"},
    }
    rows = {key: {"created_at": "mon 08:00"} | row for key, row in rows.items()}
    told = tell({key: ["mon 13:00 A ann"] for key in rows}, rows, calendars=hours, calendar_for=choice)
    seconds = [told.ticket(key)["first_response_business_seconds"] for key in rows]
    assert seconds == [4 * 3600.0, 3 * 3600.0, 2 * 3600.0, 3600.0]
