"""Metrics of an organisation's own: one of each kind against plain pandas, and what happens without their columns."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import ConfigError
from evaluation.facts import derive
from evaluation.identities import check_identities, refuse_contradictions
from evaluation.measurement import UNASSIGNED, Absent
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.readable_columns import BEGINS, readable_columns
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 10, 20, tzinfo=UTC)
QUARTER = Period.parse("2026-Q3", zone="UTC")
SAID = {"label": "A name", "pillar": "workload", "better": "neutral", "population": "Some tickets.",
        "definition": "What it says.", "minimum_sample": 5}  # fmt: skip
OF_TICKETS = {**SAID, "table": "tickets", "anchor": "created_at"}
OWN = {
    "russian_share": {**OF_TICKETS, "kind": "share", "unit": "share", "where": {"channel": ["email", "chat"]},
                      "counts_when": {"language": "ru"}},
    "complaints": {**OF_TICKETS, "kind": "count", "unit": "count", "where": {"is_complaint": True}},
    "refunds": {**OF_TICKETS, "kind": "count", "unit": "count", "where": {"tags": {"in": ["refund", "return"]}}},
    "complaint_time": {**OF_TICKETS, "kind": "duration", "unit": "s", "anchor": "solved_at", "statistic": "median",
                       "where": {"is_complaint": True}, "amount": "full_resolution_calendar_seconds"},
    "solved_in_a_day": {**OF_TICKETS, "kind": "share", "unit": "share", "where": {},
                        "counts_when": {"full_resolution_calendar_seconds": {"at_most": "24h"}}},
    "answers": {**OF_TICKETS, "kind": "mean", "unit": "ratio", "amount": "reply_count",
                "where": {"language": {"not_in": ["pl"]}, "topic": {"given": True}}},
    "low_scores": {**OF_TICKETS, "kind": "count", "unit": "count", "table": "surveys", "anchor": "answered_at",
                   "where": {"score": {"at_most": 2}, "liked": {"given": False}}},
    "notes": {**OF_TICKETS, "kind": "count", "unit": "count", "table": "ticket_events", "anchor": "at",
              "where": {"kind": "internal_note"}},
    "complaints_per_hundred": {**SAID, "kind": "ratio", "unit": "ratio", "numerator": "complaints",
                               "denominator": "tickets_created", "per": 100},
}  # fmt: skip


def settings(own=None, **more):
    return Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"},
                                    "metrics": OWN if own is None else own, **more})  # fmt: skip


def raw():
    random = np.random.default_rng(7)
    size = 400
    created = pd.Timestamp("2026-06-01", tz="UTC") + pd.to_timedelta(random.integers(0, 140 * 86_400, size), unit="s")
    solved = created + pd.to_timedelta(random.integers(60, 4 * 86_400, size), unit="s")
    tickets = pd.DataFrame(
        {"ticket_id": [f"a:{n}" for n in range(size)], "created_at": created,
         "channel_code": random.choice(["email", "chat", "phone"], size),
         "language": random.choice(["ru", "pl", "en", None], size), "topic": random.choice(["billing", None], size),
         "is_complaint": random.random(size) < 0.3, "is_spam": random.random(size) < 0.1,
         "solved_at": solved.where(random.random(size) < 0.8), "reply_count": random.integers(0, 5, size),
         "team_id": random.choice(["north", None], size),
         "tags": [list(random.choice(["refund", "return", "other"], 2)) for _ in range(size)]}
    )  # fmt: skip
    surveys = pd.DataFrame(
        {"survey_id": [f"s:{n}" for n in range(size)], "kind": "csat", "answered_at": solved, "scale_min": 1.0,
         "score": random.integers(1, 6, size).astype(float), "scale_max": 5.0,
         "liked": random.choice(["speed", None], size), "ticket_id": tickets["ticket_id"]}
    )  # fmt: skip
    return tickets, surveys


@pytest.fixture(scope="module")
def found():
    tickets, surveys = raw()
    tables = Tables.from_frames({"tickets": tickets, "surveys": surveys})
    facts = derive(tables, settings(), CUT)
    measurements = measure(facts, settings(), QUARTER, only=[*OWN, "tickets_created"])
    identities = check_identities(measurements, facts, chosen(settings().metrics), QUARTER)
    refuse_contradictions(identities)
    assert {"complaints", "low_scores"} <= {one.subject for one in identities if one.id == "cases_complete"}
    return measurements


def inside(frame, column):
    return frame[(frame[column] >= QUARTER.start) & (frame[column] < QUARTER.end)]


@pytest.fixture(scope="module")
def plain():
    """What plain pandas says: value, n, excluded."""
    tickets, surveys = raw()
    clean, asked = tickets[~tickets["is_spam"]], inside(tickets, "created_at")
    created = inside(clean, "created_at")
    takes = (created["solved_at"] - created["created_at"]).dt.total_seconds()
    written = created[created["channel_code"] != "phone"]
    all_written = asked[asked["channel_code"] != "phone"]
    told = written[written["language"].notna()]
    ended = inside(clean[clean["is_complaint"]], "solved_at")
    spoken = created[created["language"].isin(["ru", "en"]) & created["topic"].notna()]
    bad = surveys[(surveys["score"] <= 2) & surveys["liked"].isna()].merge(tickets[["ticket_id", "is_spam"]])
    bad = inside(bad, "answered_at")
    complaints = int(created["is_complaint"].sum())
    return {
        "russian_share": ((told["language"] == "ru").mean(), len(told), len(all_written) - len(told)),
        "complaints": (complaints, complaints, int((asked["is_complaint"] & asked["is_spam"]).sum())),
        "refunds": (sum(bool({"refund", "return"} & set(tags)) for tags in created["tags"]),) * 2,
        "complaint_time": ((ended["solved_at"] - ended["created_at"]).dt.total_seconds().median(), len(ended)),
        "solved_in_a_day": ((takes.dropna() <= 86_400).mean(), takes.notna().sum()),
        "answers": (spoken["reply_count"].mean(), len(spoken)),
        "low_scores": ((~bad["is_spam"]).sum(), (~bad["is_spam"]).sum(), bad["is_spam"].sum()),
        "complaints_per_hundred": (100 * complaints / len(created), len(created)),
    }


@pytest.mark.parametrize("name", [name for name in OWN if name != "notes"])
def test_each_kind_says_what_plain_pandas_says(found, plain, name):
    statistic = chosen(settings().metrics)[name].metric.statistic
    row = found.get(name, "2026-Q3", statistic=statistic)
    value, n, *excluded = plain[name]
    assert (row.value, row.n) == (pytest.approx(float(value)), n)
    assert excluded in ([], [row.excluded])


def test_members_and_months_are_measured_like_those_of_the_catalogue(found):
    tickets, _ = raw()
    july = tickets[(tickets["created_at"] >= "2026-07-01") & (tickets["created_at"] < "2026-08-01")]
    july = july[~july["is_spam"] & july["is_complaint"]]
    rows = found.members("complaints", "2026-07", "team", statistic="value")
    assert {row.member: row.n for row in rows} == july["team_id"].fillna(UNASSIGNED).value_counts().to_dict()


def test_without_the_table_there_is_no_source(found):
    row = found.get("notes", "2026-Q3", statistic="value")
    assert (row.value, row.reason) == (None, Absent.NO_SOURCE)


def test_without_the_column_nothing_is_known():
    tickets, _ = raw()
    tables = Tables.from_frames({"tickets": tickets.drop(columns="language")})
    chosen_ones = settings({"russian_share": OWN["russian_share"]})
    row = measure(derive(tables, chosen_ones, CUT), chosen_ones, QUARTER, only=["russian_share"]).get(
        "russian_share", "2026-Q3", statistic="value"
    )
    assert (row.value, row.n, row.reason) == (None, 0, Absent.NO_COLUMN)


def test_events_take_the_dimensions_of_their_ticket():
    tickets, _ = raw()
    stamps = [QUARTER.start, QUARTER.start, QUARTER.end]
    events = pd.DataFrame({"ticket_id": ["a:0", "a:1", "a:0"], "at": stamps, "kind": "internal_note",
                           "actor_kind": "agent"})  # fmt: skip
    few = tickets.iloc[:2].assign(is_spam=[False, True], team_id="north", created_at=QUARTER.start)
    chosen_ones = settings({"notes": OWN["notes"]})
    facts = derive(Tables.from_frames({"tickets": few, "ticket_events": events}), chosen_ones, CUT)
    measured = measure(facts, chosen_ones, QUARTER, only=["notes"])
    (team,) = measured.members("notes", "2026-Q3", "team", statistic="value")
    assert (team.member, team.n, team.excluded) == ("north", 1, 1)


def test_every_readable_table_begins_at_one_of_its_columns():
    for table, column in BEGINS.items():
        assert readable_columns(table)[column].kind == "instant", table


def test_the_record_says_what_was_written():
    metric = chosen(settings().metrics)["complaint_time"].metric
    assert (metric.label, metric.statistic, metric.unit.value, metric.clock.value) == (
        "A name", "median", "s", "calendar",
    )  # fmt: skip
    assert metric.requires == ("tickets.is_complaint", "tickets.created_at", "ticket_events.at")
    assert list(chosen(settings().metrics))[-len(OWN) :] == list(OWN)


@pytest.mark.parametrize(
    ("change", "found", "remedy"),
    [
        ({"table": "ticket"}, "'ticket' is not a table that a metric can read", "write one of: tickets"),
        ({"anchor": "createdat"}, "the table tickets has no column 'createdat'", "created_at"),
        ({"anchor": "language"}, "'language' of tickets holds text, and here an instant is needed", "created_at"),
        ({"where": {"langage": "ru"}}, "the table tickets has no column 'langage'", "language"),
        ({"where": {"channel": "phon"}}, "'phon' is not a value of channel", "phone"),
        ({"where": {"is_complaint": "yes"}}, "'is_complaint' holds true or false, and 'yes' is not", "true or false"),
        ({"where": {"language": False}}, "'language' holds text, and False is not", "put it in quotes"),
        ({"where": {"language": {"at_least": 3}}}, "'language' holds text, of which 'at_least'", "in, not_in, given"),
        ({"where": {"created_at": "2026-07-01"}}, "holds an instant, of which 'in' cannot be asked", "given"),
        ({"where": {"reply_count": {"at_least": "two"}}}, "'reply_count' holds a number, and 'two' is not", "number"),
        ({"where": {"full_resolution_calendar_seconds": {"at_most": "2 days"}}}, "counts days", "hours"),
    ],
)
def test_what_is_not_there_is_refused(change, found, remedy):
    own = {"complaints": {**OWN["complaints"], **change}}
    with pytest.raises(ConfigError) as error:
        chosen(settings(own).metrics)
    assert found in error.value.found
    assert remedy in error.value.remedy
    assert error.value.where.startswith("metrics.complaints.")


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ({"csat": OWN["complaints"]}, "'csat' is a metric of the catalogue"),
        ({"My-Metric": OWN["complaints"]}, "'My-Metric' is not an id for a metric"),
        ({"x": {**OWN["complaints_per_hundred"], "numerator": "csat"}}, "'csat' is not a metric that counts"),
        ({"x": {**OWN["complaints_per_hundred"], "numerator": "nothing"}}, "'nothing' is not a metric that counts"),
        ({"x": {**OWN["answers"], "amount": "language"}}, "'language' of tickets holds text, and here a number"),
        ({"x": {**OWN["complaint_time"], "amount": "reply_count"}}, "holds a number, and here a duration is needed"),
        ({"nonsense": {"variant": "mean"}}, "there is no metric 'nonsense'"),
    ],
)
def test_what_contradicts_the_catalogue_is_refused(own, found):
    with pytest.raises(ConfigError) as error:
        chosen(settings(own).metrics)
    assert found in error.value.found


def test_calls_that_we_make_are_calls():
    of_calls = {**OF_TICKETS, "kind": "count", "unit": "count", "table": "calls", "anchor": "started_at"}
    own = {
        "made": {**of_calls, "where": {"direction": "outbound"}},
        "received": {**of_calls, "where": {"direction": "inbound"}},
        "long": {**of_calls, "where": {"talk_seconds": {"at_least": 300}}},
    }
    directions = ["outbound", "inbound", "outbound", "internal", "internal", "outbound"]
    calls = pd.DataFrame(
        {"call_id": [f"c:{n}" for n in range(6)], "direction": directions, "outcome": "answered", "agent_id": "ann",
         "contact_id": [None, "c:1", None, "c:1", None, None], "wrap_seconds": 0.0,
         "talk_seconds": [300.0, 200.0, 299.0, 100.0, 400.0, 500.0],
         "started_at": pd.to_datetime(["2026-07-02"] * 5 + ["2026-10-21"], utc=True)}
    )  # fmt: skip
    facts = derive(Tables.from_frames({"calls": calls}), settings(own), CUT)
    found = measure(facts, settings(own), QUARTER, only=[*own])
    assert {name: found.get(name, "2026-Q3", statistic="value").value for name in own} == {
        "made": 2.0, "received": 1.0, "long": 3.0,
    }  # fmt: skip
    agents = found.members("made", "2026-Q3", "agent", statistic="value")
    assert [(row.member, row.value) for row in agents] == [("ann", 2.0)]


def test_what_came_after_cut_is_not_counted_yet():
    of_events = {**OF_TICKETS, "kind": "count", "unit": "count", "table": "ticket_events", "anchor": "at"}
    of_calls = {**OF_TICKETS, "kind": "count", "unit": "count", "table": "calls", "anchor": "ended_at"}
    own = {"said": {**of_events, "where": {"kind": "public_reply"}}, "ended": {**of_calls, "where": {}}}
    stamps = pd.to_datetime(["2026-08-01T10:00Z", "2026-08-15T00:00Z", "2026-08-15T00:01Z", "2026-09-01T10:00Z"])
    asked = stamps[:1] - pd.Timedelta("1D")
    tickets = pd.DataFrame({"ticket_id": ["a:1"], "created_at": asked, "channel_code": "email"})
    events = pd.DataFrame({"ticket_id": "a:1", "at": stamps, "kind": "public_reply", "actor_kind": "agent"})
    calls = pd.DataFrame({"call_id": [f"c:{n}" for n in range(4)], "direction": "inbound", "outcome": "answered",
                          "started_at": stamps[0], "ended_at": stamps})  # fmt: skip
    tables = Tables.from_frames({"tickets": tickets, "ticket_events": events, "calls": calls})
    facts = derive(tables, settings(own), datetime(2026, 8, 15, tzinfo=UTC))
    found = measure(facts, settings(own), QUARTER, only=[*own])
    assert [found.get(name, "2026-Q3", statistic="value").value for name in own] == [2.0, 2.0]
