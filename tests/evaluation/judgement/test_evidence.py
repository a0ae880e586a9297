"""What other sources say about a member, whom a figure touches, and whose cases explain a part."""

from datetime import UTC, datetime

import ibis
import numpy as np
import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.findings import judge
from evaluation.judgement.evidence import SOURCES, evidence_on
from evaluation.judgement.member_cases import Cases
from evaluation.judgement.part_cases import PartCases
from evaluation.judgement.reach import Requesters
from evaluation.metrics.catalogue import chosen
from evaluation.outcomes import outcomes
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.verdict import Against, Change, LookedAt

DEFINITIONS = chosen({})
CATALOGUE = {name: one.metric for name, one in DEFINITIONS.items()}
JULY = Period.parse("2026-07", zone="UTC")


def test_every_source_is_a_metric_of_the_catalogue():
    assert {metric for metric, _ in SOURCES} <= set(CATALOGUE)


def of(name, value, n, topic="Delivery"):
    return (name, "2026-Q3", value, {"dimension": "topic", "member": topic, "n": n, "noise": 0.01})


@pytest.fixture
def seen(metrics, measured, named):
    def look(*rows, about="sla_attainment", verdicts=None):
        found = LookedAt(verdicts=verdicts or {})
        return evidence_on(metrics[about], "topic", "Delivery", measured(*rows), named("2026-Q3"), metrics, found)

    return look


def test_only_what_exists_of_that_member_is_put_side_by_side(seen):
    rows = [of("csat", 0.8, 90), of("tickets_created", 400, 400), of("csat", 0.5, 90, topic="Refund"),
            of("nps", None, 0), of("sla_attainment", 0.9, 500)]  # fmt: skip
    found = seen(*rows)
    assert [(one.metric.id, one.value, one.n, one.table) for one in found] == [
        ("tickets_created", 400, 400, "tickets"), ("csat", 0.8, 90, "surveys"),
    ]  # fmt: skip
    assert seen() == ()
    assert [one.metric.id for one in seen(*rows, about="csat")] == ["tickets_created", "sla_attainment"]


def test_evidence_carries_the_verdicts_after_the_control(seen):
    verdicts = {
        ("csat", "value", Against.BEFORE, "topic", "Delivery"): Change.WORSE,
        ("csat", "value", Against.REST, "topic", "Delivery"): Change.WITHIN_NOISE,
        ("tickets_created", "share", Against.BEFORE, "topic", "Delivery"): Change.MOVED,
    }
    tickets, csat = seen(of("csat", 0.8, 90), of("tickets_created", 400, 400), verdicts=verdicts)
    assert (csat.before, csat.rest) == (Change.WORSE, Change.WITHIN_NOISE)
    assert (tickets.before, tickets.rest) == (Change.MOVED, Change.NOT_COMPARED)


def kind_of(column):
    if column.endswith("_at") or column == "at":
        return "datetime64[us, UTC]"
    if column.endswith("_seconds"):
        return "float64"
    if column.endswith("_count"):
        return "Int64"
    return "boolean" if column.startswith(("is_", "has_", "was_")) else "string"


def table(connection, name, rows):
    columns = [*FACT_COLUMNS[name], *DIMENSION_COLUMNS, "exclusion"]
    frame = pd.DataFrame([{column: row.get(column) for column in columns} for row in rows], columns=columns)
    for column in columns:
        frame[column] = frame[column].astype(kind_of(column))
    return connection.create_table(name, frame)


def ticket(number, requester, day=8, *, solved=True, channel="chat", topic="a", touch=True, **more):
    at = pd.Timestamp(f"2026-07-{day:02}T10:00Z") if day > 0 else pd.Timestamp("2026-06-10T10:00Z")
    own = {"ticket_id": f"t:{number}", "requester_id": requester, "created_at": at, "is_solved": solved,
           "solved_at": at, "is_one_touch": touch, "reply_count": 1, "has_events": True, "channel": channel,
           "topic": topic, "team": "t"}  # fmt: skip
    return own | more


@pytest.fixture(scope="module")
def facts():
    connection = ibis.duckdb.connect()
    tickets = [
        ticket(1, "ann"), ticket(2, "ann"), ticket(3, "ben"), ticket(4, "eve", channel="email"),
        ticket(5, None), ticket(6, None), ticket(7, "dan", exclusion="spam"), ticket(8, "zoe", day=0),
    ]  # fmt: skip
    targets = [
        {"ticket_id": f"t:{number}", "policy": "p", "target": kind, "state": "met", "channel": "chat",
         "decided_at": pd.Timestamp("2026-07-09T10:00Z"), "applied_at": pd.Timestamp("2026-07-08T10:00Z")}
        for number in (1, 2, 3, 5, 6) for kind in ("first_response", "resolution")
    ]  # fmt: skip
    found = {"tickets": table(connection, "tickets", tickets), "targets": table(connection, "targets", targets)}
    return Facts(expressions=found, cut=datetime(2026, 8, 20, tzinfo=UTC))


REACH = [
    ("one_touch_rate", {}, 5),  # ann, ben, eve and two unknown ones
    ("one_touch_rate", {"channel": "chat"}, 4),
    ("one_touch_rate", {"channel": "email"}, 1),
    ("one_touch_rate", {"channel": "sms"}, None),
    ("sla_attainment", {}, 4),  # ten promises on five tickets: ann, ben and two unknown ones
    ("csat", {}, None),
    ("retention_rate", {}, None),
]


@pytest.mark.parametrize(("name", "where", "people"), REACH)
def test_requesters_are_counted_once_however_many_cases_they_have(facts, name, where, people):
    count = Requesters(facts, DEFINITIONS, JULY)
    assert count(CATALOGUE[name], where) == people
    assert count(CATALOGUE[name], where) == people, "a second time from memory"


def test_answers_of_one_customer_about_several_tickets_are_one_customers():
    """Most help desks keep a rating with its ticket only: who it was is known from there."""
    first = pd.Timestamp("2026-07-08T10:00Z")
    asked = ["ann", "ann", "ben", None, None, "eve"]
    tickets = [{"ticket_id": f"t:{number}", "created_at": first, "channel_code": "email", "team_id": "a",
                "requester_id": requester, "status_code": "solved", "solved_at": first}
               for number, requester in enumerate(asked)]  # fmt: skip
    surveys = [{"survey_id": f"s:{number}", "kind": "csat", "asked_at": first, "answered_at": first, "score": 5.0,
                "scale_min": 1.0, "scale_max": 5.0, "ticket_id": f"t:{number}"}
               for number in range(len(asked))]  # fmt: skip
    surveys.append({**surveys[0], "survey_id": "s:own", "ticket_id": "t:5", "requester_id": "ann", "kind": "csat"})
    settings = Settings.model_validate({"organisation": {"name": "X", "time_zone": "UTC"}})
    made = Tables.from_frames({"tickets": pd.DataFrame(tickets), "surveys": pd.DataFrame(surveys)})
    facts = derive(made, settings, datetime(2026, 8, 20, tzinfo=UTC))
    assert Requesters(facts, DEFINITIONS, JULY)(CATALOGUE["csat"], {}) == 5, "ann, ben, eve and two unknown ones"
    frame = outcomes(facts, DEFINITIONS["csat"], [JULY])
    assert len(frame) == 7
    cases = Cases.of(frame, DEFINITIONS["csat"], ("team",))
    assert list(cases.requesters_of("team")) == [5], "and beside a team the same number"


def test_the_cases_of_a_part_are_its_decided_ones_now_and_before(facts):
    cases = PartCases(facts, DEFINITIONS, JULY)
    found = cases(CATALOGUE["one_touch_rate"], "channel", "chat")
    assert found["period_id"].value_counts().to_dict() == {"2026-07": 5, "2026-06": 1}
    assert cases(CATALOGUE["backlog"], "channel", "chat") is None
    assert cases(CATALOGUE["complaint_rate"], "channel", "chat") is None


def test_a_changed_part_is_explained_by_its_own_parts_and_weighed_by_its_requesters(measured, metrics, named):
    """Chat fell, and all of it on one topic."""
    rows = [("csat", period, met, {"dimension": "channel", "member": "chat", "noise": 0.03})
            for period, met in (("2026-Q3", 0.6), ("2026-Q2", 0.8))]  # fmt: skip
    told = []
    for period, topic, met in (("2026-Q2", "a", 80), ("2026-Q2", "b", 80), ("2026-Q3", "a", 40), ("2026-Q3", "b", 80)):
        told += [(period, float(place < met), topic) for place in range(100)]
    frame = pd.DataFrame(told, columns=["period_id", "outcome", "topic"]).assign(
        weight=1.0, channel="chat", team="t", priority="normal"
    )
    judged = judge(
        [], [], measured(*rows), named("2026-Q3"), metrics, reach=lambda metric, where: 77,
        cases=lambda metric, dimension, member: frame,
    )  # fmt: skip
    (found,) = judged.findings
    assert (found.requesters, found.explanation.dimension) == (77, "topic")
    assert found.explanation.largest[0].member == "a"
    assert np.isclose(found.explanation.change, -0.2)
    plain = judge([], [], measured(*rows), named("2026-Q3"), metrics).findings[0]
    assert (plain.requesters, plain.explanation) == (plain.figure.n, None)
