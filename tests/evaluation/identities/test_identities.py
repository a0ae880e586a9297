"""What must hold between the figures is told in words, and what is damaged is caught."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.errors import ContradictionError
from evaluation.facts import derive
from evaluation.facts.shapes import Facts
from evaluation.identities import check_identities, refuse_contradictions
from evaluation.identities.backlog_balance import backlog_balance
from evaluation.identities.cases_complete import cases_complete, is_counted
from evaluation.identities.clocks_in_order import clocks_in_order
from evaluation.identities.members_add_up import NOWHERE, equations, members_add_up
from evaluation.identities.periods_add_up import counted_once, made_of, periods_add_up
from evaluation.measurement import Measurements
from evaluation.metrics import measure
from evaluation.metrics.catalogue import DEFINITIONS, chosen
from evaluation.metrics.definition import StockDefinition
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

QUARTER = Period.parse("2026-Q3", zone="Europe/Warsaw")
SETTINGS = Settings.model_validate(
    {
        "organisation": {"name": "Northwind Care", "time_zone": "Europe/Warsaw"},
        "calendars": {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}},
        "dimension_pairs": [["team", "channel"], ["channel", "agent"]],
        "sla": [{"id": "all", "targets": {"first_response": "2h", "resolution": "16h"}, "pauses": ["pending"]}],
        "scorecards": [{"id": "card", "scale": {"min": 1, "max": 5}, "criteria": [{"id": "greeting"}]}],
    }
)
OF_TICKETS = [
    "backlog", "tickets_created", "tickets_solved", "clearance_rate", "first_response_time", "reopen_rate",
    "first_response_time_calendar", "full_resolution_time", "sla_attainment", "replies_per_solved", "sla_overdue_time",
    "tickets_per_requester",
]  # fmt: skip
OTHERS = ["audit_score", "auditor_agreement", "churn_rate", "return_rate_customers"]


def stamped(rows, *columns):
    frame = pd.DataFrame(rows)
    for column in columns:
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


def measured(tables: Tables) -> tuple[Measurements, Facts]:
    facts = derive(tables, SETTINGS, datetime(2026, 10, 20, tzinfo=UTC))
    half = Period.parse("2026-H2", zone=QUARTER.zone)
    return measure(
        facts, SETTINGS, QUARTER, also=[half.back(1), QUARTER.previous()], only=[*OF_TICKETS, *OTHERS]
    ), facts


def checked(measurements, facts, period: Period = QUARTER):
    return check_identities(measurements, facts, chosen({}), period)


def broken(measurements, facts, identity: str):
    """The broken ones of one kind, checked alone."""
    found = {
        "backlog_balance": lambda: backlog_balance(measurements, facts, QUARTER),
        "members_add_up": lambda: members_add_up(measurements, chosen({})),
        "periods_add_up": lambda: periods_add_up(measurements, chosen({}), QUARTER),
        "clocks_in_order": lambda: clocks_in_order(facts),
        "cases_complete": lambda: cases_complete(
            measurements, facts, {name: chosen({})[name] for name in (*OF_TICKETS, *OTHERS)}, QUARTER
        ),
    }
    return [one for one in found[identity]() if not one.holds]


STORY = [
    ("a:1", "2026-06-01 09:00", [("2026-07-05 10:00", "solved")]),
    ("a:2", "2026-06-10 09:00", [("2026-06-12 10:00", "solved"), ("2026-07-20 10:00", "open")]),
    ("a:3", "2026-07-01 09:00", [("2026-07-02 10:00", "pending"), ("2026-08-02 10:00", "solved")]),
    ("a:4", "2026-08-03 09:00", [("2026-08-03 12:00", "deleted")]),
    ("a:5", "2026-09-03 09:00", []),
]


@pytest.fixture(scope="module")
def story() -> tuple[Measurements, Facts]:
    tickets = [
        {"ticket_id": key, "created_at": created, "channel_code": "email", "team_id": "north" if key < "a:3" else None}
        for key, created, _ in STORY
    ]
    events = [
        {"ticket_id": key, "at": at, "kind": "status", "actor_kind": "agent", "actor_id": "anna", "to_value": value}
        for key, _, changes in STORY
        for at, value in changes
    ]
    replies = [
        {"ticket_id": key, "at": pd.Timestamp(created) + pd.Timedelta("1h"), "kind": "public_reply",
         "actor_kind": "agent", "actor_id": "anna"}
        for key, created, _ in STORY
    ]  # fmt: skip
    audits = [
        {"audit_id": f"q:{number}", "kind": "correspondence", "scorecard_id": "card", "scorecard_version": "1",
         "criterion_id": "greeting", "audited_at": f"2026-07-{10 + number}", "mark": float(1 + number),
         "ticket_id": "a:1", "team_id": "north", "agent_id": "anna", "auditor_id": f"q{number}"}
        for number in range(2)
    ]  # fmt: skip
    spells = [
        {"customer_id": f"k:{number}", "started_at": "2026-06-01", "ended_at": ended, "branch_id": "east"}
        for number, ended in enumerate(["2026-07-15", None])
    ]
    returns = [{"return_id": "b:1", "at": "2026-07-20", "customer_id": "k:0"}]
    frames = {
        "tickets": stamped(tickets, "created_at"), "ticket_events": stamped(events + replies, "at"),
        "audits": stamped(audits, "audited_at"), "customers": stamped(spells, "started_at", "ended_at"),
        "returns": stamped(returns, "at"),
    }  # fmt: skip
    return measured(Tables.from_frames(frames))


def test_the_balance_is_told_in_words(story):
    identities = checked(*story)
    (whole,) = [one for one in identities if (one.id, one.subject) == ("backlog_balance", "all")]
    assert whole.detail == ("backlog: 1 opening + 3 created + 1 reopened - 2 solved - 1 removed = 2, measured 2")
    assert {one.subject: one.checked for one in identities if one.id == "backlog_balance"} == {
        "all": 1, "channel": 1, "team": 2,
    }  # fmt: skip
    assert all(one.holds for one in identities)


def test_a_backlog_that_was_not_measured_is_not_balanced(story):
    measurements, facts = story
    frame = measurements.frame[measurements.frame["metric_id"] != "backlog"]
    assert not [one for one in checked(Measurements(frame), facts) if one.id == "backlog_balance"]


def damaged(measurements: Measurements, metric: str, period: str, column: str, dimension: str = "all") -> Measurements:
    """The same measurements with one more in one column of one metric and period."""
    frame = measurements.frame.copy()
    hit = (frame["metric_id"] == metric) & (frame["period_id"] == period) & (frame["dimension"] == dimension)
    assert hit.any()
    first = hit & (frame["member"] == frame.loc[hit, "member"].iloc[0])
    frame.loc[first, column] = frame.loc[first, column].fillna(0) + 1
    return Measurements(frame)


@pytest.mark.parametrize(
    ("identity", "metric", "period", "column", "dimension"),
    [
        ("backlog_balance", "backlog", "2026-Q3", "n", "all"),
        ("backlog_balance", "backlog", "2026-Q2", "excluded", "all"),
        ("backlog_balance", "backlog", "2026-Q3", "n", "team"),
        ("members_add_up", "first_response_time", "2026-07", "n", "team"),
        ("members_add_up", "first_response_time", "2026-07", "numerator", "channel"),
        ("members_add_up", "tickets_created", "2026-08", "excluded", "agent"),
        ("members_add_up", "backlog", "2026-09", "n", "topic"),
        ("members_add_up", "first_response_time", "2026-07", "n", "team+channel"),
        ("members_add_up", "backlog", "2026-09", "numerator", "channel+agent"),
        ("members_add_up", "clearance_rate", "2026-07", "denominator", "team+channel"),
        ("members_add_up", "clearance_rate", "2026-07", "denominator", "priority"),
        ("members_add_up", "audit_score", "2026-07", "numerator", "team"),
        ("members_add_up", "churn_rate", "2026-07", "n", "branch"),
        ("members_add_up", "return_rate_customers", "2026-07", "denominator", "branch"),
        ("members_add_up", "tickets_per_requester", "2026-07", "excluded", "team"),
        ("periods_add_up", "audit_score", "2026-Q3", "denominator", "all"),
        ("periods_add_up", "churn_rate", "2026-Q3", "excluded", "all"),
        ("periods_add_up", "return_rate_customers", "2026-Q3", "numerator", "all"),
        ("periods_add_up", "tickets_per_requester", "2026-Q3", "excluded", "all"),
        ("periods_add_up", "tickets_created", "2026-Q3", "n", "all"),
        ("periods_add_up", "full_resolution_time", "2026-08", "undecided", "all"),
        ("periods_add_up", "clearance_rate", "2026-Q3", "numerator", "all"),
        ("cases_complete", "first_response_time", "2026-Q3", "undecided", "all"),
        ("cases_complete", "tickets_solved", "2026-Q3", "excluded", "all"),
        ("cases_complete", "backlog", "2026-Q3", "n", "all"),
        ("cases_complete", "backlog", "2026-07", "n", "all"),
        ("cases_complete", "backlog", "2026-Q3", "n", "team"),
        ("cases_complete", "tickets_created", "2026-08", "excluded", "all"),
        ("cases_complete", "first_response_time", "2026-Q3", "n", "agent"),
        ("cases_complete", "clearance_rate", "2026-07", "n", "all"),
        ("cases_complete", "clearance_rate", "2026-Q3", "numerator", "channel"),
        ("cases_complete", "tickets_per_requester", "2026-Q3", "excluded", "team"),
        ("cases_complete", "audit_score", "2026-Q3", "n", "agent"),
        ("cases_complete", "auditor_agreement", "2026-07", "n", "all"),
        ("cases_complete", "churn_rate", "2026-07", "n", "all"),
        ("cases_complete", "churn_rate", "2026-Q3", "n", "branch"),
        ("cases_complete", "return_rate_customers", "2026-08", "n", "all"),
        ("cases_complete", "return_rate_customers", "2026-Q3", "numerator", "branch"),
    ],
)
def test_one_case_too_many_is_caught(story, identity, metric, period, column, dimension):
    measurements, facts = story
    found = broken(damaged(measurements, metric, period, column, dimension), facts, identity)
    assert [one for one in found if one.left != one.right and one.detail]


def test_a_quarter_of_another_sum_than_its_half_is_caught(story):
    measurements, facts = story
    frame = measurements.frame.copy()
    hit = (frame["metric_id"] == "tickets_created") & (frame["period_id"] == "2026-H1")
    frame.loc[hit, "n"] += 1
    (found,) = broken(Measurements(frame), facts, "periods_add_up")
    assert (found.subject, found.right - found.left) == ("tickets_created", 1)
    assert "2026-H1" in found.detail


def test_longer_opening_hours_than_the_day_has_are_caught(story):
    measurements, facts = story
    tickets = facts["tickets"]
    faulty = tickets.mutate(first_response_business_seconds=tickets.first_response_calendar_seconds + 1)
    (found,) = broken(measurements, Facts({**facts.expressions, "tickets": faulty}, facts.cut), "clocks_in_order")
    assert (found.subject, found.left, found.right) == ("tickets", 3601.0, 3600.0)
    assert "first_response of a:" in found.detail
    assert "(5 such rows)" in found.detail


def test_a_gap_between_two_states_is_caught(story):
    measurements, facts = story
    states = facts["states"]
    torn = states.filter(~((states.ticket_id == "a:2") & (states.state == "solved")))
    found = broken(measurements, Facts({**facts.expressions, "states": torn}, facts.cut), "backlog_balance")
    assert {one.subject for one in found} == {"all", "channel", "team"}


def test_a_lost_row_is_caught(story):
    measurements, facts = story
    tickets = facts["tickets"]
    found = broken(measurements, Facts({**facts.expressions, "tickets": tickets.limit(0)}, facts.cut), "cases_complete")
    assert "tickets_created" in {one.subject for one in found}


def test_a_contradiction_stops_with_all_that_is_broken(story):
    measurements, facts = story
    identities = checked(damaged(measurements, "backlog", "2026-Q3", "n"), facts)
    with pytest.raises(ContradictionError) as error:
        refuse_contradictions(identities)
    assert "measured 3" in error.value.found
    assert "backlog_balance of all" in error.value.where
    assert "fault of the program" in error.value.remedy
    assert error.value.exit_code == 6


def test_what_cannot_be_added_up_is_not():
    definitions = chosen({})
    assert ("n", "agent") in equations(definitions["tickets_created"])
    assert ("n", "agent") not in equations(definitions["handle_time"])
    assert ("excluded", "team") not in equations(definitions["clearance_rate"])
    assert {number for number, _ in equations(definitions["tickets_per_requester"])} == {
        "numerator", "undecided", "excluded",
    }  # fmt: skip
    assert {dimension for _, dimension in equations(definitions["churn_rate"])} == {"branch"}
    assert set(counted_once(definitions["churn_rate"])) == {"undecided", "excluded"}
    assert counted_once(definitions["complaint_rate_customers"]) == ["numerator"]


def test_no_metric_is_missed_silently():
    """A new metric must add up, or be listed with the reason; and its rows are counted."""
    for definition in DEFINITIONS:
        metric_id = definition.metric.id
        assert is_counted(definition), metric_id
        assert bool(equations(definition)) != (metric_id in NOWHERE), metric_id
        is_stock = isinstance(definition, StockDefinition)
        assert bool(counted_once(definition)) != (metric_id in NOWHERE or is_stock), metric_id
    assert all(NOWHERE.values())


@pytest.mark.parametrize(
    ("measured_ids", "expected"),
    [
        ({"2026-Q3", "2026-07", "2026-08", "2026-09"}, [("2026-Q3", ("2026-07", "2026-08", "2026-09"))]),
        ({"2026-Q3", "2026-07", "2026-09"}, []),
        ({"2026-H1", "2026-Q1", "2026-Q2"}, [("2026-H1", ("2026-Q1", "2026-Q2"))]),
        ({"2026", "2026-H1", "2026-H2"}, [("2026", ("2026-H1", "2026-H2"))]),
        ({"FY2026-Q1", "2025-04", "2025-05", "2025-06"}, [("FY2026-Q1", ("2025-04", "2025-05", "2025-06"))]),
        ({"FY2026-Q1", "2025-Q2"}, []),
        ({"2026-08"}, []),
    ],
)
def test_which_periods_make_another(measured_ids, expected):
    period = Period.parse("FY2026-Q1", zone="UTC", fiscal_year_starts=4)
    assert list(made_of(measured_ids, period)) == expected
