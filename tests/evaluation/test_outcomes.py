"""Rows of decided cases: they are exactly the cases that measuring counts, for every definition that counts rows."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from evaluation.facts.deriving import derive
from evaluation.fields import FIELDS
from evaluation.measurement import UNASSIGNED
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.definition import Definition, Summary
from evaluation.metrics.worked_stories import STORIES
from evaluation.outcomes import COLUMNS, outcomes
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 8, 20, tzinfo=UTC)
JULY, QUARTER = (Period.parse(text, zone="UTC") for text in ("2026-07", "2026-Q3"))
DIMENSIONS = ("channel", "team", "branch", "topic", "priority", "agent")
STATISTIC = {Summary.SHARE: "value", Summary.DURATION: "mean", Summary.MEAN: "mean", Summary.WEIGHTED_MEAN: "mean",
             Summary.WEIGHTED_SHARE: "value", Summary.NPS: "value", Summary.COUNT: "value"}  # fmt: skip
HOURS = {"calendars": {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}}}
ORGANISATION = {"organisation": {"name": "Northwind Care", "time_zone": "UTC"}}


def settings_of(story=None, **choices):
    told = dict(story.settings) if story is not None else {}
    return Settings.model_validate({**ORGANISATION, **HOURS, **told, **choices})


def tables_of(rows_by_table):
    frames = {}
    for name, rows in rows_by_table.items():
        frame = pd.DataFrame(list(rows))
        for column in frame.columns:
            if FIELDS[column].dtype == "instant":
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
        frames[name] = frame
    return Tables.from_frames(frames)


def counted(definitions):
    return {name: one for name, one in definitions.items() if isinstance(one, Definition)}


def check(measurements, definition, frame, period, dimension, member):
    """The value and n of one measured cell, from the rows."""
    rows = frame[frame["period_id"] == period.id]
    rows = rows if dimension == "all" else rows[rows[dimension] == member]
    row = measurements.get(
        definition.metric.id, period.id, statistic=STATISTIC[definition.summary], dimension=dimension, member=member
    )
    assert len(rows) == row.n
    if row.value is None or not row.n:
        return
    known = rows.dropna(subset="outcome")
    if definition.summary is Summary.COUNT:
        assert known["outcome"].sum() == row.value
    else:
        value = (known["outcome"] * known["weight"]).sum() / known["weight"].sum()
        assert value * (100 if definition.summary is Summary.NPS else 1) == pytest.approx(row.value, rel=1e-6, abs=1e-6)
    if definition.summary is Summary.DURATION:
        median = measurements.get(
            definition.metric.id, period.id, statistic="median", dimension=dimension, member=member
        )
        assert known["outcome"].median() == pytest.approx(median.value, abs=1e-3)


def check_all(facts, settings, definitions, periods):
    """Every member of every dimension; returns how many cases were seen."""
    measurements = measure(facts, settings, periods[-1], only=list(definitions))
    seen = 0
    for name, definition in definitions.items():
        frame = outcomes(facts, definition, periods)
        assert tuple(frame.columns) == COLUMNS
        seen += len(frame)
        for period in periods:
            check(measurements, definition, frame, period, "all", "all")
            for dimension in DIMENSIONS:
                by_agent = outcomes(facts, definition, periods, by_agent=True) if dimension == "agent" else frame
                for row in measurements.members(name, period.id, dimension, statistic=STATISTIC[definition.summary]):
                    check(measurements, definition, by_agent, period, dimension, row.member)
    return seen


COUNTED = [story for story in STORIES if counted(chosen({})).keys() & {name for name, _ in story.examples}]


@pytest.mark.parametrize("story", COUNTED, ids=lambda story: story.id)
def test_rows_are_what_is_counted_in_the_worked_stories(story):
    settings = settings_of(story)
    facts = derive(tables_of(story.tables), settings, CUT)
    told = {metric_id for metric_id, _ in story.examples}
    definitions = {name: one for name, one in counted(chosen(settings.metrics)).items() if name in told}
    assert check_all(facts, settings, definitions, (JULY,)) > 0


def made_up_service(seed, count=160):
    """Tickets with replies, solves, reopenings and surveys of six months, as canonical rows."""
    pick = random.Random(seed)
    tickets, events, surveys = [], [], []
    for number in range(count):
        key, at = f"t:{number}", datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=pick.randrange(170 * 1440))
        agent = pick.choice(["ann", "bob", None])
        tickets.append({
            "ticket_id": key, "created_at": at, "requester_id": pick.choice(["r1", "r2", "r3", None]),
            "channel_code": pick.choice(["email", "chat"]), "team_id": pick.choice(["north", "south", None]),
            "topic": pick.choice(["billing", "delivery", None]), "priority_code": pick.choice(["high", "normal"]),
            "agent_id": agent, "is_spam": pick.random() < 0.06,
        })  # fmt: skip
        events.append({"ticket_id": key, "at": at, "kind": "requester_message", "actor_kind": "requester"})
        for _ in range(pick.randrange(3)):
            at += timedelta(minutes=pick.randrange(1, 4000))
            events.append({"ticket_id": key, "at": at, "kind": "public_reply", "actor_kind": "agent",
                           "actor_id": pick.choice(["ann", "bob"])})  # fmt: skip
            at += timedelta(minutes=pick.randrange(1, 900))
            events.append({"ticket_id": key, "at": at, "kind": "requester_message", "actor_kind": "requester"})
        if pick.random() < 0.8:
            at += timedelta(minutes=pick.randrange(1, 9000))
            events.append({"ticket_id": key, "at": at, "kind": "status", "to_value": "solved", "actor_kind": "agent",
                           "actor_id": pick.choice(["ann", "bob"])})  # fmt: skip
        kind = pick.choice(["csat", "nps", "ces"])
        low, high = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}[kind]
        surveys.append({"survey_id": f"s:{number}", "kind": kind, "asked_at": at,
                        "answered_at": at + timedelta(hours=pick.randrange(1, 500)), "ticket_id": key,
                        "score": float(pick.randint(low, high)), "scale_min": float(low), "scale_max": float(high),
                        "weight": pick.choice([0.0, 0.5, 1.0, 2.75])})  # fmt: skip
    return {"tickets": tickets, "ticket_events": [e for e in events if e["at"] <= CUT], "surveys": surveys}


SLA = [{"id": "standard", "targets": {"first_response": "2h", "next_reply": "4h", "resolution": "16h"}}]


@pytest.fixture(scope="module", params=[20261122])
def service(request):
    settings = settings_of(sla=SLA)
    return derive(tables_of(made_up_service(request.param)), settings, CUT), settings


def test_rows_are_what_is_counted_in_a_made_up_service(service):
    facts, settings = service
    definitions = {
        name: one for name, one in counted(chosen(settings.metrics)).items()
        if one.cases.table in ("tickets", "replies", "targets", "surveys", "contacts")
    }  # fmt: skip
    assert {one.summary for one in definitions.values()} == set(STATISTIC)
    assert check_all(facts, settings, definitions, (QUARTER.previous(), JULY, QUARTER)) > 1_000


def test_a_case_of_two_periods_comes_twice(service):
    facts, settings = service
    definition = chosen(settings.metrics)["tickets_created"]
    alone = outcomes(facts, definition, [JULY])
    both = outcomes(facts, definition, [JULY, QUARTER])
    assert len(both[both["period_id"] == JULY.id]) == len(alone) > 0
    assert len(both) == len(alone) + len(outcomes(facts, definition, [QUARTER]))


def test_periods_that_are_apart_leave_out_what_is_between(service):
    facts, settings = service
    definition = chosen(settings.metrics)["tickets_created"]
    april, march = (Period.parse(text, zone="UTC") for text in ("2026-04", "2026-03"))
    frame = outcomes(facts, definition, [march, JULY])
    assert set(frame["period_id"]) == {"2026-03", "2026-07"}
    assert len(frame) == sum(len(outcomes(facts, definition, [one])) for one in (march, JULY))
    assert len(outcomes(facts, definition, [april])) > 0


def test_requesters_are_named_and_the_unknown_missing(service):
    facts, settings = service
    frame = outcomes(facts, chosen(settings.metrics)["tickets_created"], [QUARTER])
    assert set(frame["requester_id"].dropna()) == {"r1", "r2", "r3"}
    assert frame["requester_id"].isna().any()
    assert UNASSIGNED not in frame["requester_id"].cat.categories
    assert outcomes(facts, chosen(settings.metrics)["next_reply_time"], [QUARTER])["requester_id"].isna().all()


def test_without_a_table_there_are_no_rows(service):
    facts, settings = service
    frame = outcomes(facts, chosen(settings.metrics)["calls_offered"], [JULY, QUARTER])
    assert tuple(frame.columns) == COLUMNS
    assert frame.empty


def test_without_events_there_are_no_next_replies():
    rows = [
        {
            "ticket_id": "t:1",
            "created_at": "2026-07-01T09:00Z",
            "first_response_at": "2026-07-01T10:00Z",
            "channel_code": "email",
        }
    ]
    settings = settings_of()
    frame = pd.DataFrame(rows)
    for column in ("created_at", "first_response_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    facts = derive(Tables.from_frames({"tickets": frame}), settings, CUT)
    assert len(outcomes(facts, chosen({})["next_reply_time"], [JULY])) == 0


def test_only_wanted_columns_are_there(service):
    facts, settings = service
    definition = chosen(settings.metrics)["tickets_created"]
    whole, part = (outcomes(facts, definition, [QUARTER], **some) for some in ({}, {"columns": ("team",)}))
    assert tuple(part.columns) == ("period_id", "outcome", "team")
    pd.testing.assert_frame_equal(part, whole[list(part.columns)])
    assert outcomes(facts, chosen({})["calls_offered"], [JULY], columns=()).columns.tolist() == ["period_id", "outcome"]


def test_members_stay_small(service):
    facts, settings = service
    frame = outcomes(facts, chosen(settings.metrics)["tickets_created"], [QUARTER])
    assert all(isinstance(frame[name].dtype, pd.CategoricalDtype) for name in (*DIMENSIONS, "period_id"))
    assert frame["channel"].cat.categories.tolist() == ["chat", "email"]
    assert frame["outcome"].dtype == frame["weight"].dtype == np.float64
