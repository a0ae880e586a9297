"""Who turned to the service and when: a ticket or a call is one arrival, in or out of hours; the hours we were open."""

from datetime import UTC, datetime

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from evaluation.calendar import WorkingCalendar
from evaluation.facts.arrivals import arrival_facts, hours_of
from evaluation.facts.derivation import Derivation
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.facts.workbench import Workbench
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 8, 1, tzinfo=UTC)
COLUMNS = (*DIMENSION_COLUMNS, "exclusion")
OFFICE = {"hours": {"mon-fri": ["09:00-17:00"]}}


def settings(**changes):
    organisation = {"name": "Northwind Care", "time_zone": "UTC"}
    return Settings.model_validate({"organisation": organisation, "calendars": {"default": OFFICE}} | changes)


def derived(tickets=(), calls=(), cut=CUT, **changes):
    """Arrivals from facts of tickets and calls that are written by hand."""
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    kept = {}
    wanted = {
        "tickets": ("ticket_id", "created_at", "first_response_state", *COLUMNS),
        "calls": ("call_id", "ticket_id", "arrived_at", "outcome", "was_queued", *COLUMNS),
    }
    for name, rows in (("tickets", tickets), ("calls", calls)):
        if rows:
            frame = pd.DataFrame(list(rows)).reindex(columns=list(wanted[name]))
            stamp = "created_at" if name == "tickets" else "arrived_at"
            frame[stamp] = pd.to_datetime(frame[stamp], utc=True).astype("datetime64[us, UTC]")
            texts = [column for column in frame.columns if column not in (stamp, "was_queued")]
            kept[name] = connection.create_table(name, frame.astype(dict.fromkeys(texts, "string")))
    given = Derivation(
        bench=Workbench(connection), tables=Tables.on(connection, {}), settings=settings(**changes), cut=cut,
        kept=kept, described=None,
    )  # fmt: skip
    return arrival_facts(given)


def ticket(number, created="2026-07-06T10:00Z", state="responded", **more):
    return {"ticket_id": f"t:{number}", "created_at": created, "first_response_state": state, "channel": "email"} | more


def call(number, arrived="2026-07-06T10:00Z", outcome="answered", **more):
    return {"call_id": f"c:{number}", "arrived_at": arrived, "outcome": outcome, "channel": "phone",
            "was_queued": True} | more  # fmt: skip


def arrivals_of(**tables):
    plain = derived(**tables)["arrivals"].execute().astype(object)
    plain = plain.where(plain.notna(), None)
    return {row["arrival_id"]: row for row in plain.to_dict("records")}


@pytest.mark.parametrize(
    ("tickets", "calls", "found"),
    [
        ([ticket(1)], [], {"t:1"}),
        ([], [call(1)], {"c:1"}),
        ([ticket(1, channel="phone")], [call(1, ticket_id="t:1")], {"c:1"}),
        ([ticket(1, channel="phone")], [call(1, ticket_id="t:1"), call(2, ticket_id="t:1")], {"c:1", "c:2"}),
        ([ticket(1, channel="phone")], [call(1)], {"t:1", "c:1"}),
        ([ticket(1)], [call(1, ticket_id="t:1")], {"t:1", "c:1"}),
        ([ticket(1, channel=None)], [call(1, ticket_id="t:1")], {"t:1", "c:1"}),
        ([], [call(1, outcome="before_queue", was_queued=False), call(2)], {"c:2"}),
        ([], [call(1, outcome="voicemail", was_queued=False)], {"c:1"}),
        ([], [call(1, outcome="callback", was_queued=False)], {"c:1"}),
        ([], [call(1, outcome="failed")], {"c:1"}),
        ([ticket(1, channel="phone")], [call(1, ticket_id="t:1", outcome="before_queue", was_queued=False)], {"t:1"}),
    ],
    ids=["a ticket", "a call", "a telephone ticket is its call", "both its calls", "a call about nothing we know",
         "a call about an e-mail", "a ticket of no channel", "a hang-up in the menu", "a message", "a call-back",
         "a failure in the queue", "a telephone ticket of a hang-up"],
)  # fmt: skip
def test_who_arrived(tickets, calls, found):
    assert set(arrivals_of(tickets=tickets, calls=calls)) == found


def test_without_tickets_and_calls_there_are_no_arrivals():
    assert derived() == {}


def test_what_became_of_them():
    tickets = [ticket(1), ticket(2, state="not_applicable"), ticket(3, state="pending"), ticket(4, state=None)]
    calls = [call(1), call(2, outcome="abandoned"), call(3, outcome="voicemail"), call(4, outcome=None)]
    found = arrivals_of(tickets=tickets, calls=calls)
    assert {key: (row["was_answered"], row["is_answer_known"]) for key, row in found.items()} == {
        "t:1": (True, True), "t:2": (False, True), "t:3": (None, True), "t:4": (None, False),
        "c:1": (True, True), "c:2": (False, True), "c:3": (False, True), "c:4": (None, True),
    }  # fmt: skip


def test_each_has_the_hours_of_its_own_calendar_and_those_of_the_service():
    late = {"calendars": {"default": OFFICE, "late": {"hours": {"mon-fri": ["18:00-23:00"]}}},
            "calendar_for": {"by_channel": {"chat": "late"}}}  # fmt: skip
    rows = [ticket(1), ticket(2, channel="chat"), ticket(3, created="2026-07-06T20:00Z", channel="chat"),
            ticket(4, created="2026-07-06T20:00Z")]  # fmt: skip
    found = arrivals_of(tickets=rows, **late)
    assert {key: (row["is_inside_hours"], row["is_in_service_hours"]) for key, row in found.items()} == {
        "t:1": (True, True), "t:2": (False, True), "t:3": (True, False), "t:4": (False, False)}  # fmt: skip


WEEK = {"hours": {"mon-thu": ["08:20-12:05", "13:00-17:40"], "sat": ["22:00-02:30"]}}


@given(
    start=st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 5)),
    length=st.timedeltas(min_value=pd.Timedelta(0).to_pytimedelta(), max_value=pd.Timedelta(days=240).to_pytimedelta()),
    zone=st.sampled_from(["UTC", "Europe/Warsaw", "Asia/Kathmandu"]),
    hours=st.sampled_from([WEEK, OFFICE, {"hours": "always"}]),
)
@hypothesis_settings(max_examples=40, deadline=None)
def test_there_is_one_row_for_each_whole_hour_of_open_time(start, length, zone, hours):
    calendar = WorkingCalendar.from_config(hours, time_zone=zone)
    start, end = start.replace(tzinfo=UTC), (start + length).replace(tzinfo=UTC)
    found = hours_of(calendar, start, end)
    assert len(found) == int(calendar.open_seconds(start, end) // 3600)
    if len(found):
        starts = pd.Series(found)
        assert calendar.is_open(starts).all()
        opened = calendar.open_seconds(pd.Series([pd.Timestamp(start)] * len(starts)), starts)
        assert np.array_equal(opened.to_numpy(), np.arange(len(starts)) * 3600.0)


def figures(tables, period="2026-07"):
    facts = Facts({name: made.select(*FACT_COLUMNS[name], *COLUMNS).cache() for name, made in tables.items()}, CUT)
    ids = ["opening_coverage", "out_of_hours_answered_share", "load_by_hour"]
    return measure(facts, settings(), Period.parse(period, zone="UTC"), only=ids)


def test_coverage_answers_and_load():
    weekend = [ticket(2, created="2026-07-04T10:00Z"), ticket(3, created="2026-07-04T11:00Z", state="pending"),
               ticket(4, created="2026-07-05T11:00Z", state=None)]  # fmt: skip
    tickets = [ticket(1), *weekend, ticket(5, exclusion="spam")]
    calls = [call(1), call(2), call(3, arrived="2026-07-06T20:00Z", outcome="abandoned")]
    found = figures(derived(tickets=tickets, calls=calls))
    coverage = found.get("opening_coverage", "2026-07", statistic="value")
    assert (coverage.value, coverage.n, coverage.excluded) == (3 / 7, 7, 1)
    by_channel = found.members("opening_coverage", "2026-07", "channel", statistic="value")
    assert {row.member: (row.numerator, row.n) for row in by_channel} == {"email": (1, 4), "phone": (2, 3)}
    answered = found.get("out_of_hours_answered_share", "2026-07", statistic="value")
    assert (answered.value, answered.n, answered.undecided, answered.excluded) == (1 / 2, 2, 1, 1)
    load = found.get("load_by_hour", "2026-07", statistic="value")
    assert (load.value, load.n) == (pytest.approx(3 / 160), 160)
    phone = found.get("load_by_hour", "2026-07", statistic="value", dimension="channel", member="phone")
    assert (phone.value, phone.n) == (pytest.approx(2 / 160), 160)
