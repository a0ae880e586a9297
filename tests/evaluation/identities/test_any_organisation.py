"""What must hold between the figures holds for any organisation.

They have a few random rows in every table: nulls, excluded rows, nobody's rows, instants on every bound.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.facts import derive
from evaluation.identities import check_identities, refuse_contradictions
from evaluation.identity import Identity
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

FEW, MANY = (settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck)) for number in (2, 6))
EVERY = {"backlog_balance", "members_add_up", "periods_add_up", "clocks_in_order", "cases_complete"}
OF_TICKETS = [
    "backlog", "tickets_created", "tickets_solved", "clearance_rate", "first_response_time", "reopen_rate",
    "first_response_time_calendar", "full_resolution_time", "sla_attainment", "replies_per_solved", "sla_overdue_time",
    "tickets_per_requester",
]  # fmt: skip
OF_EVERY_TABLE = [
    "backlog", "first_response_time", "clearance_rate", "sla_attainment", "sla_overdue_time", "tickets_per_requester",
    "top_requesters_share", "next_reply_time", "calls_offered", "handle_time", "opening_coverage", "load_by_hour",
    "csat", "nps", "response_rate", "review_rating", "review_answer_rate", "audit_score", "mystery_score_third_party",
    "auditor_agreement", "contact_reasons", "repeat_contact_share", "return_rate", "complaint_rate_customers",
    "return_rate_customers", "retention_rate", "churn_rate",
]  # fmt: skip
"""A metric or two of every fact table, and every kind of definition."""

CUT = datetime(2026, 10, 20, tzinfo=UTC)
BEGIN = datetime(2026, 5, 25, tzinfo=UTC)
QUARTER = Period.parse("2026-Q3", zone="Europe/Warsaw")
SCALE = {"min": 1, "max": 5}
SETTINGS = Settings.model_validate(
    {
        "organisation": {"name": "Northwind Care", "time_zone": "Europe/Warsaw"},
        "calendars": {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}},
        "dimension_pairs": [["team", "channel"], ["channel", "agent"]],
        "sla": [{"id": "all", "targets": {"first_response": "2h", "resolution": "16h"}, "pauses": ["pending"]}],
        "scorecards": [
            {"id": name, "scale": SCALE, "criteria": [{"id": "greeting"}, {"id": "solution"}]}
            for name in ("long", "short")
        ],
        "audits": {"third_party": ["agency-*"]},
    }
)

MOMENTS = st.integers(0, 150 * 24 * 12).map(lambda number: BEGIN + timedelta(minutes=5 * number))
NAMES = st.sampled_from(["north", "south", None])
STEPS = st.sampled_from(
    [("requester_message", None), ("public_reply", None), ("status", "pending"), ("status", "solved"),
     ("status", "closed"), ("status", "open"), ("status", "deleted"), ("status", "on_hold"), ("merged", "a:0")]
)  # fmt: skip

BOUNDS = [
    *(at for month in QUARTER.months() for at in (month.start, month.end, month.end - timedelta(microseconds=1))),
    QUARTER.back(1).start, CUT, CUT + timedelta(days=3),
]  # fmt: skip
"""Instants at which something may go wrong: the bounds of periods and the cut, and what lies beyond it."""

INSTANTS = {
    "tickets": ["created_at"], "ticket_events": ["at"], "calls": ["started_at", "queued_at", "answered_at", "ended_at"],
    "surveys": ["asked_at", "answered_at"], "reviews": ["posted_at", "replied_at"],
    "audits": ["audited_at", "disputed_at"], "customers": ["started_at", "ended_at"], "returns": ["at"],
}  # fmt: skip
NUMBERS = ("score", "scale_min", "scale_max", "weight", "rating", "mark", "dispute_mark", "amount", "wait_seconds",
           "talk_seconds", "hold_seconds", "wrap_seconds")  # fmt: skip
Row = dict[str, Any]


def stamped(rows: list[Row], *columns: str) -> pd.DataFrame:
    """The rows as a frame, with instants in UTC."""
    frame = pd.DataFrame(rows)
    for column in columns:
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


@st.composite
def organisations(draw: st.DrawFn) -> Tables:
    """Tickets with events that may come in any order of states, at any instant, the bounds of months among them."""
    tickets, events = [], []
    for number in range(draw(st.integers(8, 25))):
        created = draw(MOMENTS | st.sampled_from(BOUNDS))
        key = f"a:{number}"
        tickets.append(
            {"ticket_id": key, "created_at": created, "channel_code": draw(st.sampled_from(["email", "chat", "phone"])),
             "team_id": draw(NAMES), "agent_id": draw(NAMES), "is_spam": draw(st.sampled_from([False, False, True])),
             "requester_id": draw(st.sampled_from(["anna", "boris", None]))}
        )  # fmt: skip
        for minutes in sorted(draw(st.lists(st.integers(0, 90 * 24 * 60), max_size=6))):
            kind, value = draw(STEPS)
            who = "requester" if kind == "requester_message" else "agent"
            at = draw(st.sampled_from([created + timedelta(minutes=minutes), max(created, QUARTER.start)]))
            events.append({"ticket_id": key, "at": at, "kind": kind, "actor_kind": who, "actor_id": who,
                           "to_value": value})  # fmt: skip
    # the other tables come from one number: so many single draws would be more than an example may hold
    further = _Further(random.Random(draw(st.integers(0, 2**32))), len(tickets))
    rows = {"tickets": further.described(tickets), "ticket_events": events, **further.tables()}
    return Tables.from_frames({name: _typed(name, own) for name, own in rows.items() if own})


@st.composite
def finished(draw: st.DrawFn) -> Tables:
    """Tickets whose facts came finished, without events."""
    rows = []
    for number in range(draw(st.integers(8, 25))):
        created = draw(MOMENTS)
        replied = created + timedelta(minutes=draw(st.integers(0, 10_000)))
        solved = replied + timedelta(minutes=draw(st.integers(0, 50_000)))
        rows.append(
            {"ticket_id": f"a:{number}", "created_at": created, "channel_code": "email", "team_id": draw(NAMES),
             "first_response_at": draw(st.sampled_from([replied, None])),
             "solved_at": draw(st.sampled_from([solved, None])), "reply_count": draw(st.integers(0, 3)),
             "reopen_count": draw(st.integers(0, 2)), "is_test": draw(st.booleans())}
        )  # fmt: skip
    frame = stamped(rows, "created_at", "first_response_at", "solved_at").astype({"team_id": "string"})
    return Tables.from_frames({"tickets": frame})


def _typed(table: str, rows: list[Row]) -> pd.DataFrame:
    """A frame whose columns have their types, also where all is missing."""
    frame = stamped(rows, *INSTANTS[table])
    kinds = {name: "float64" if name in NUMBERS else "string" for name in frame if name not in INSTANTS[table]}
    flags = dict.fromkeys([name for name in frame if name.startswith(("is_", "was_"))], "boolean")
    return frame.astype(kinds | flags)


class _Further:
    """The rows of the tables beside tickets and their events."""

    def __init__(self, chance: random.Random, tickets: int) -> None:
        self.chance, self.tickets = chance, tickets

    def tables(self) -> dict[str, list[Row]]:
        """Each of them, with at least one row."""
        return {
            "calls": self._rows("c", self._call), "surveys": self._rows("s", self._survey),
            "reviews": self._rows("r", self._review), "returns": self._rows("b", self._return),
            "customers": [self._spell(number) for number in range(self.chance.randint(3, 12))],
            "audits": [row for number in range(self.chance.randint(4, 12)) for row in self._audit(f"q:{number}")],
        }  # fmt: skip

    def described(self, tickets: list[Row]) -> list[Row]:
        """Tickets with what the other tables ask of them."""
        return [
            row | {"branch_id": self._one("east", "west", None), "topic": self._one("bill", "parcel", None),
                   "priority_code": self._one("low", "high", None), "is_complaint": self._one(True, False, None)}
            for row in tickets
        ]  # fmt: skip

    def _rows(self, letter: str, make: Any) -> list[Row]:
        return [make(f"{letter}:{number}") for number in range(self.chance.randint(3, 12))]

    def _one(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def _at(self) -> datetime:
        return self._one(self._one(*BOUNDS), BEGIN + timedelta(minutes=self.chance.randint(0, 150 * 24 * 60)))

    def _later(self, at: datetime, days: float = 20) -> datetime | None:
        return self._one(None, at, at + timedelta(seconds=self.chance.randint(0, int(days * 86_400))))

    def _ticket(self) -> str | None:
        return self._one(None, f"a:{self.chance.randrange(self.tickets)}", "a:0", "a:unknown")

    def _people(self) -> Row:
        return {"agent_id": self._one("anna", "boris", None), "team_id": self._one("north", "south", None)}

    def _call(self, key: str) -> Row:
        started = self._at()
        outcome = self._one("answered", "answered", "abandoned", "voicemail", "callback", "failed")
        answered = started + timedelta(seconds=self.chance.randint(0, 90)) if outcome == "answered" else None
        seconds = {f"{name}_seconds": self._one(None, self.chance.randint(0, 300))
                   for name in ("wait", "talk", "hold", "wrap")}  # fmt: skip
        return self._people() | seconds | {
            "call_id": key, "started_at": started, "direction": self._one("inbound", "inbound", "internal", "outbound"),
            "outcome": outcome, "contact_id": self._one("c:0", "c:1", None), "queued_at": self._one(started, None),
            "answered_at": answered, "ended_at": self._later(answered or started, 0.01), "ticket_id": self._ticket(),
            "requester_id": self._one("anna", "boris", None), "topic": self._one("bill", None),
        }  # fmt: skip

    def _survey(self, key: str) -> Row:
        asked, (lowest, highest) = self._at(), self._one((1, 5), (0, 10), (1, 7), (None, None))
        return self._people() | {
            "survey_id": key, "kind": self._one("csat", "nps", "ces", "form"), "asked_at": self._one(asked, None),
            "answered_at": self._later(asked), "score": self._one(None, self.chance.randint(0, 10)),
            "scale_min": lowest, "scale_max": highest, "comment": self._one(None, "fine"),
            "ticket_id": self._ticket(), "call_id": self._one(None, "c:0"), "weight": self._one(None, 0, 1, 2.5),
            "is_suppressed": self._one(False, True, None),
        }  # fmt: skip

    def _review(self, key: str) -> Row:
        posted, (lowest, highest) = self._at(), self._one((1, 5), (1, 5), (0, 10), (None, None))
        return {
            "review_id": self._one(key, "r:0"), "site": self._one("maps", "shops"), "posted_at": posted,
            "rating": self._one(None, self.chance.randint(1, 5)), "scale_min": lowest, "scale_max": highest,
            "replied_at": self._later(posted), "text": self._one(None, "the same long text twice over"),
            "branch_id": self._one("east", None), "topic": self._one("bill", None),
        }  # fmt: skip

    def _audit(self, key: str) -> list[Row]:
        kind, audited = self._one("correspondence", "call", "mystery"), self._at()
        head = self._people() | {
            "audit_id": key, "kind": kind, "scorecard_id": self._one("long", "long", "short", "unknown"),
            "scorecard_version": None, "audited_at": audited, "auditor_id": self._one("q1", "q2", "agency-1", None),
            "is_calibration": self._one(False, False, True), "branch_id": self._one("east", None),
            "ticket_id": self._one("a:0", "a:1", None), "call_id": self._one("c:0", None) if kind == "call" else None,
            "disputed_at": None, "dispute_outcome": None, "dispute_mark": None,
        }  # fmt: skip
        marks = [self._one(None, self.chance.randint(1, 5), self.chance.randint(1, 6)) for _ in range(2)]
        return [
            head | {"criterion_id": name, "mark": mark, "is_not_applicable": mark is None}
            for name, mark in zip(("greeting", "solution"), marks, strict=True)
        ]

    def _spell(self, number: int) -> Row:
        started = self._at() - timedelta(seconds=number)  # spells of one customer begin one after another
        ended = self._one(self._later(started, 90), started - timedelta(days=1), self._one(*BOUNDS))
        return {"customer_id": f"k:{self.chance.randrange(6)}", "started_at": started, "ended_at": ended,
                "branch_id": self._one("east", "west", None)}  # fmt: skip

    def _return(self, key: str) -> Row:
        return {"return_id": key, "at": self._at(), "customer_id": self._one("k:0", "k:1", None),
                "ticket_id": self._ticket(), "reason": None, "amount": 10}  # fmt: skip


def checked(tables: Tables, only: list[str]) -> tuple[Identity, ...]:
    facts = derive(tables, SETTINGS, CUT)
    half = Period.parse("2026-H2", zone=QUARTER.zone)
    measurements = measure(facts, SETTINGS, QUARTER, also=[half.back(1), QUARTER.previous()], only=only)
    return check_identities(measurements, facts, chosen({}), QUARTER)


@pytest.mark.slow
@MANY
@given(organisations())
def test_everything_holds_for_any_rows_of_any_table(tables):
    identities = checked(tables, OF_EVERY_TABLE)
    assert [one for one in identities if not one.holds] == []
    # without a reply there are no waits for the next one
    assert {one.subject for one in identities if one.id == "cases_complete"} >= set(OF_EVERY_TABLE) - {
        "next_reply_time"
    }
    refuse_contradictions(identities)


@FEW
@given(organisations())
def test_everything_holds_for_any_history_of_events(tables):
    identities = checked(tables, OF_TICKETS)
    assert [one for one in identities if not one.holds] == []
    assert {one.id for one in identities} == EVERY


@FEW
@given(finished())
def test_everything_holds_for_finished_facts(tables):
    assert [one for one in checked(tables, OF_TICKETS) if not one.holds] == []
