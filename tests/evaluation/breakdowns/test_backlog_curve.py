"""The backlog day by day: a few tickets by hand, and any history against counting ticket by ticket."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.breakdowns.backlog_curve import backlog_curve
from evaluation.facts.shapes import Facts
from evaluation.period import Period

SCHEMA = ibis.schema({"ticket_id": "string", "at": "timestamp('UTC', 6)", "until": "timestamp('UTC', 6)",
                      "state": "string", "is_open": "boolean", "exclusion": "string"})  # fmt: skip
OPEN = {"new", "open", "pending", "on_hold"}
CUT = datetime(2026, 12, 1, tzinfo=UTC)


def spans(story, exclusion=None, ticket_id="t"):
    """States of one ticket from (instant, state) pairs."""
    ends = [at for at, _ in story[1:]] + [None]
    return [
        {
            "ticket_id": ticket_id,
            "at": at,
            "until": end,
            "state": state,
            "is_open": state in OPEN,
            "exclusion": exclusion,
        }
        for (at, state), end in zip(story, ends, strict=True)
    ]


def curve(rows, period="2026-07", zone="UTC", cut=CUT):
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    frame = pd.DataFrame(rows, columns=list(SCHEMA)).astype(object)
    for name in ("at", "until"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    facts = Facts({"states": connection.create_table("states", frame, schema=SCHEMA)}, cut)
    return backlog_curve(SimpleNamespace(facts=facts, period=Period.parse(period, zone=zone)))


def july(day, hour=12):
    return datetime(2026, 7, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour)


STORIES = [
    # states of one ticket, {day: (opening, created, reopened, solved, removed, closing)} where anything happens
    ("created and solved", [(july(3), "new"), (july(5), "solved")], {3: (0, 1, 0, 0, 0, 1), 5: (1, 0, 0, 1, 0, 0)}),
    ("on one day", [(july(3), "new"), (july(3, 15), "solved")], {3: (0, 1, 0, 1, 0, 0)}),
    ("created as solved", [(july(3), "solved")], {3: (0, 1, 0, 1, 0, 0)}),
    ("reopened", [(july(3), "open"), (july(4), "solved"), (july(6), "open")],
     {3: (0, 1, 0, 0, 0, 1), 4: (1, 0, 0, 1, 0, 0), 6: (0, 0, 1, 0, 0, 1)}),
    ("closed after the solve", [(july(3), "open"), (july(4), "solved"), (july(6), "closed")],
     {3: (0, 1, 0, 0, 0, 1), 4: (1, 0, 0, 1, 0, 0)}),
    ("between open states", [(july(3), "new"), (july(4), "pending"), (july(5), "on_hold")], {3: (0, 1, 0, 0, 0, 1)}),
    ("removed and restored", [(july(3), "open"), (july(4), "removed"), (july(5), "open")],
     {3: (0, 1, 0, 0, 0, 1), 4: (1, 0, 0, 0, 1, 0), 5: (0, 0, 1, 0, 0, 1)}),
    ("open since June", [(july(-9), "open"), (july(2), "solved")], {1: (1, 0, 0, 0, 0, 1), 2: (1, 0, 0, 1, 0, 0)}),
    ("at midnight it is the new day", [(july(4, 0), "open"), (july(6, 0), "solved")],
     {4: (0, 1, 0, 0, 0, 1), 6: (1, 0, 0, 1, 0, 0)}),
    ("at the first instant of the month", [(july(1, 0), "open"), (july(2), "solved")],
     {1: (0, 1, 0, 0, 0, 1), 2: (1, 0, 0, 1, 0, 0)}),
]  # fmt: skip
COLUMNS = ["opening", "created", "reopened", "solved", "removed", "closing"]


@pytest.mark.parametrize(("story", "days"), [case[1:] for case in STORIES], ids=[case[0] for case in STORIES])
def test_a_ticket_runs_through_the_month(story, days):
    made = curve(spans(story))
    rows = made.frame.set_index("day")[COLUMNS]
    assert len(rows) == 31
    for day, expected in days.items():
        assert tuple(rows.loc[f"2026-07-{day:02}"]) == expected
    assert rows[["created", "reopened", "solved", "removed"]].to_numpy().sum() == sum(
        sum(row[1:5]) for row in days.values()
    )
    assert made.facts == {"unexplained": 0}


def test_excluded_tickets_are_in_no_figure_and_the_curve_ends_at_the_cut():
    rows = spans([(july(2), "open")], ticket_id="a") + spans([(july(2), "open")], exclusion="merged", ticket_id="b")
    made = curve(rows, cut=july(10))
    assert made.frame["day"].tolist()[-1] == "2026-07-10"
    assert made.frame["closing"].tolist() == [0] + [1] * 9
    assert curve(spans([(july(2), "open")], exclusion="spam")).reason == "no_cases"
    nothing = SimpleNamespace(facts=Facts({}, CUT), period=Period.parse("2026-07", zone="UTC"))
    assert backlog_curve(nothing).reason == "no_source"


STATES = st.sampled_from(["new", "open", "pending", "solved", "closed", "removed"])
HISTORY = st.lists(
    st.tuples(st.integers(0, 24 * 4 * 50), STATES), min_size=1, max_size=5, unique_by=lambda step: step[0]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(HISTORY, min_size=1, max_size=6), st.sampled_from(["Europe/Warsaw", "Asia/Kathmandu", "America/St_Johns"])
)
def test_every_day_balances_and_closes_with_what_lies_open(histories, zone):
    start = datetime(2026, 9, 25, tzinfo=UTC)
    rows = [
        row
        for number, history in enumerate(histories)
        for row in spans([(start + timedelta(minutes=15 * step), state) for step, state in sorted(history)],
                         ticket_id=f"t{number}")
    ]  # fmt: skip
    made = curve(rows, period="2026-10", zone=zone)
    assert made.facts == {"unexplained": 0}
    assert len(made.frame) == 31
    for row in made.frame.to_dict("records"):
        assert row["opening"] + row["created"] + row["reopened"] - row["solved"] - row["removed"] == row["closing"]
        evening = datetime.fromisoformat(row["day"]).replace(tzinfo=ZoneInfo(zone)) + timedelta(days=1)
        there = [
            s for s in rows if s["is_open"] and s["at"] < evening and (s["until"] is None or s["until"] >= evening)
        ]
        assert row["closing"] == len(there)
