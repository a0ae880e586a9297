"""Time to solve with the open tickets counted: a story by hand, and made-up tickets against plain arithmetic."""

import math
import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pandas as pd
import pytest

from evaluation.breakdowns import Ground
from evaluation.breakdowns.time_to_solve import time_to_solve
from evaluation.calendar import WorkingCalendar
from evaluation.facts.deriving import derive
from evaluation.facts.shapes import Facts
from evaluation.fields import FIELDS
from evaluation.measurement import UNASSIGNED
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

OFFICE = {"hours": {"mon-fri": ["09:00-17:00"]}}
JULY = Period.parse("2026-07", zone="UTC")
WEDNESDAY_NOON = datetime(2026, 7, 8, 12, tzinfo=UTC)
HOUR = 3600.0
FULL, FIRST, WAIT = "full_resolution_time", "first_response_time", "requester_wait_time"


def settings_of(**metrics):
    return Settings.model_validate(
        {"organisation": {"name": "Northwind Care", "time_zone": "UTC"}, "calendars": {"default": OFFICE},
         "metrics": metrics}
    )  # fmt: skip


def tables_of(rows_by_table):
    frames = {}
    for name, rows in rows_by_table.items():
        frame = pd.DataFrame(rows)
        for column in frame.columns:
            if FIELDS[column].dtype == "instant":
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
        frames[name] = frame
    return Tables.from_frames(frames)


def derived(rows, cut=WEDNESDAY_NOON, **metrics):
    settings, tables = settings_of(**metrics), tables_of(rows)
    return derive(tables, settings, cut), tables, settings


def breakdown(service, withheld=None, period=JULY):
    facts, tables, settings = service
    measurements = measure(facts, settings, period, only=[FULL, FIRST, WAIT], withheld=withheld)
    return time_to_solve(
        Ground(facts=facts, tables=tables, settings=settings, period=period, measurements=measurements)
    )


def row_of(found, metric_id=FULL, period_id="2026-07", dimension="all", member="all"):
    frame = found.frame
    keys = {"metric_id": metric_id, "period_id": period_id, "dimension": dimension, "member": member}
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    (row,) = frame.to_dict("records")
    return {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in row.items() if name not in keys}


def ticket(key, created, *, replied=None, solved=None, reopened=None, **members):
    events = [{"ticket_id": key, "at": created, "kind": "requester_message", "actor_kind": "requester"}]
    if replied:
        events.append({"ticket_id": key, "at": replied, "kind": "public_reply", "actor_kind": "agent",
                       "actor_id": "ann"})  # fmt: skip
    if solved:
        events.append({"ticket_id": key, "at": solved, "kind": "status", "to_value": "solved", "actor_kind": "agent",
                       "actor_id": "ann"})  # fmt: skip
    if reopened:
        events.append({"ticket_id": key, "at": reopened, "kind": "status", "to_value": "open",
                       "actor_kind": "requester"})  # fmt: skip
    return {"ticket_id": key, "created_at": created, "channel_code": "email", **members}, events


def told(*tickets):
    return {"tickets": [row for row, _ in tickets], "ticket_events": [event for _, own in tickets for event in own]}


MON, TUE, WED = "2026-07-06", "2026-07-07", "2026-07-08"
STORY = told(
    ticket("a", f"{MON}T09:00Z", replied=f"{MON}T09:30Z", solved=f"{MON}T10:00Z", team_id="north"),  # 1 h
    ticket("b", f"{MON}T09:00Z", replied=f"{MON}T11:00Z", solved=f"{MON}T12:00Z", team_id="north"),  # 3 h
    ticket("c", f"{MON}T09:00Z", replied=f"{TUE}T10:00Z", solved=f"{TUE}T11:00Z", team_id="south"),  # 10 h
    ticket("d", f"{TUE}T09:00Z", replied=f"{TUE}T15:00Z"),  # open for 11 h
    ticket("e", f"{WED}T10:00Z"),  # open for 2 h, no reply yet
    ticket("f", f"{MON}T09:00Z", solved=f"{MON}T16:00Z", reopened=f"{TUE}T09:00Z"),  # open again, since 19 h
    ticket("spam", f"{MON}T09:00Z", is_spam=True),
    ticket("june", "2026-06-29T09:00Z", solved="2026-06-29T13:00Z"),  # 4 h, no reply
)


@pytest.fixture(scope="module")
def service():
    return derived(STORY)


@pytest.fixture(scope="module")
def story(service):
    return breakdown(service)


def test_the_story_by_hand(story):
    """At risk 6, 4 and 3 when one is solved: 5/6, 5/6 · 3/4 = 0.625 and 0.625 · 2/3 = 0.417 are still open."""
    row = row_of(story)
    assert (row["n"], row["done"], row["open"]) == (6, 3, 3)
    assert row["median_of_done"] == 3 * HOUR
    assert row["median"] == 10 * HOUR
    assert row["p90"] is None
    assert row["median_low"] == 1 * HOUR
    assert row["median_high"] is None


def test_the_clock_is_that_of_the_chosen_variant(service):
    facts, tables, _ = service
    row = row_of(breakdown((facts, tables, settings_of(full_resolution_time={"variant": "calendar"}))))
    assert (row["median_of_done"], row["median"]) == (3 * HOUR, 26 * HOUR)


def test_first_replies_that_are_still_due_count_from_the_message(story):
    """Replied after 0.5, 2, 9 and 6 h; `e` waits for 2 h and `f`, asked again on Tuesday, had no reply for 19 h."""
    row = row_of(story, FIRST)
    assert (row["n"], row["done"], row["open"]) == (6, 4, 2)
    assert row["median_of_done"] == 4 * HOUR
    # at risk 6, 5, 3 and 2: 5/6, 2/3, then 4/9 at the third, after 6 h
    assert row["median"] == 6 * HOUR


def test_who_still_waits_has_waited_as_long_as_it_was_our_turn():
    """Waited 1, 2 and 10 h until solved; `d` 3 h up to Monday noon and no more since it waits for the customer."""
    asks = {"ticket_id": "d", "kind": "status", "actor_kind": "agent", "actor_id": "ann"}
    pending, told_more = ticket("d", f"{MON}T09:00Z"), {**asks, "at": f"{MON}T12:00Z", "to_value": "pending"}
    rows = told(
        ticket("a", f"{MON}T09:00Z", solved=f"{MON}T10:00Z"),
        ticket("b", f"{MON}T09:00Z", solved=f"{MON}T11:00Z"),
        ticket("c", f"{MON}T09:00Z", solved=f"{TUE}T11:00Z"),
        (pending[0], [*pending[1], told_more]),
    )
    row = row_of(breakdown(derived(rows)), WAIT)
    assert (row["n"], row["done"], row["open"]) == (4, 3, 1)
    assert row["median_of_done"] == 2 * HOUR
    # at risk 4 and 3: half are left after 2 h, and the next that is known to have ended is `c`, after 10 h
    assert row["median"] == 6 * HOUR
    assert row["p90"] == 10 * HOUR
    # open since Monday at 9 for 19 h: taken for the time since its creation, it would have outlasted `c`
    assert row_of(breakdown(derived(rows)), FULL)["p90"] is None


def test_members_and_the_period_before(story):
    found = story
    assert row_of(found, dimension="team", member="north") == {
        "n": 2, "done": 2, "open": 0, "median_of_done": 2 * HOUR, "median": 2 * HOUR, "median_low": 1 * HOUR,
        "median_high": 3 * HOUR, "p90": 3 * HOUR,
    }  # fmt: skip
    assert row_of(found, dimension="team", member=UNASSIGNED) == {
        "n": 3, "done": 0, "open": 3, "median_of_done": None, "median": None, "median_low": None, "median_high": None,
        "p90": None,
    }  # fmt: skip
    assert row_of(found, period_id="2026-06")["median"] == 4 * HOUR
    order = found.frame.loc[(found.frame["metric_id"] == FULL) & (found.frame["period_id"] == "2026-07")]
    assert list(zip(order["dimension"], order["member"], strict=True)) == [
        ("all", "all"), ("channel", "email"), ("team", "north"), ("team", "south"), ("team", UNASSIGNED),
        ("topic", UNASSIGNED),
    ]  # fmt: skip


def test_a_ticket_solved_without_a_reply_is_no_first_response(story):
    found = story
    assert not ((found.frame["metric_id"] == FIRST) & (found.frame["period_id"] == "2026-06")).any()


def test_nothing_to_tell_has_a_reason(service):
    facts, tables, settings = service
    empty = breakdown((facts, tables, settings), period=Period.parse("2025-07", zone="UTC"))
    assert (empty.reason, len(empty.frame)) == ("no_cases", 0)
    missing = breakdown((Facts({}, facts.cut), tables, settings))
    assert (missing.reason, len(missing.frame)) == ("no_source", 0)


def test_a_withheld_metric_is_not_told(service):
    assert set(breakdown(service, {FULL: "check", WAIT: "check"}).frame["metric_id"]) == {FIRST}
    assert breakdown(service, {FULL: "check", FIRST: "check", WAIT: "check"}).reason == "no_cases"


def first_time(cases, level):
    """The first time at which no more than `level` are open, in fractions; None when it is not reached."""
    share = Fraction(1)
    for at in sorted({seconds for seconds, is_done in cases if is_done}):
        at_risk = sum(seconds >= at for seconds, _ in cases)
        share *= 1 - Fraction(sum(is_done and seconds == at for seconds, is_done in cases), at_risk)
        if share < level:
            return at
        if share == level:
            later = [seconds for seconds, is_done in cases if is_done and seconds > at]
            return (at + min(later)) / 2 if later and level == Fraction(1, 2) else at
    return None


def test_made_up_tickets_against_plain_arithmetic():
    pick, cut = random.Random(20260801), datetime(2026, 8, 12, 15, tzinfo=UTC)
    office = WorkingCalendar.from_config(OFFICE, time_zone="UTC")
    tickets, cases = [], {"2026-06": [], "2026-07": []}
    for number in range(240):
        created = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=pick.randrange(61 * 1440))
        solved = created + timedelta(minutes=round(pick.expovariate(1 / 12_000)))
        is_done = solved <= cut
        tickets.append(ticket(str(number), created, solved=solved if is_done else None))
        seconds = office.open_seconds(created, min(solved, cut))
        cases[f"{created:%Y-%m}"].append((seconds, is_done))
    found = breakdown(derived(told(*tickets), cut=cut))
    for period_id, own in cases.items():
        row = row_of(found, period_id=period_id)
        assert (row["n"], row["done"]) == (len(own), sum(is_done for _, is_done in own))
        assert row["median"] == pytest.approx(first_time(own, Fraction(1, 2)), abs=1e-3)
        assert row["p90"] == pytest.approx(first_time(own, Fraction(1, 10)), abs=1e-3)
        assert row["median"] >= row["median_of_done"]
