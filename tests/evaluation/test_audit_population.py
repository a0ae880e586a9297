"""What can be audited of a period, who is credited, and why the rest is left out."""

from datetime import UTC, datetime

import ibis
import pandas as pd

from evaluation.audit_population import Population, descriptions, population
from evaluation.facts import derive
from evaluation.facts.shapes import Facts
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

PERIOD = Period.parse("2026-Q3", zone="UTC")
CUT = datetime(2026, 10, 20, tzinfo=UTC)
SCORECARD = {"id": "correspondence", "scale": {"min": 1, "max": 5}, "criteria": [{"id": "greeting"}]}
SETTINGS = Settings.model_validate({"organisation": {"name": "X", "time_zone": "UTC"}, "scorecards": [SCORECARD]})
DIMENSIONS = {name: "string" for name in ("team", "branch", "channel", "topic", "agent", "exclusion")}
STAMP = "timestamp('UTC', 6)"
SHAPES = {
    "tickets": {"ticket_id": "string", "requester_id": "string", "first_response_at": STAMP, "solved_at": STAMP,
                "first_response_agent": "string", "solved_agent": "string"},
    "calls": {"call_id": "string", "requester_id": "string", "answered_at": STAMP, "outcome": "string"},
    "audits": {"audit_id": "string", "subject_id": "string"},
}  # fmt: skip


def at(text):
    return pd.Timestamp(text, tz="UTC") if text else pd.NaT


def a_ticket(ticket_id, answered=None, solved=None, **further):
    return {"ticket_id": f"desk:{ticket_id}", "first_response_at": at(answered), "solved_at": at(solved),
            "channel": "email", "agent": "anna", "team": "First line", **further}  # fmt: skip


def a_call(call_id, answered="2026-08-01 09:00", **further):
    return {"call_id": f"pbx:{call_id}", "answered_at": at(answered), "outcome": "answered", "agent": "boris",
            "channel": "phone", **further}  # fmt: skip


def an_audit(audit_id, ticket_id):
    return {"audit_id": audit_id, "subject_id": f"ticket desk:{ticket_id}"}


def read(tickets=(), calls=(), audits=(), by="agent", kinds=("tickets", "calls"), **named):
    """The population of fact tables that hold these rows."""
    expressions = {}
    for name, rows in {"tickets": tickets, "calls": calls, "audits": audits}.items():
        schema = ibis.schema({**SHAPES[name], **DIMENSIONS})
        if rows:
            expressions[name] = ibis.memtable(pd.DataFrame(list(rows), columns=list(schema)), schema=schema)
    return population(Facts(expressions, CUT), PERIOD, kinds, by, own_draw="abc", **named)


def ids(found):
    return sorted(case.id for case in found.cases)


def test_solved_or_answered_inside_the_half_open_period():
    found = read(
        [
            a_ticket("solved", answered="2026-06-21 09:00", solved="2026-07-01 00:00"),
            a_ticket("answered", answered="2026-09-30 23:59"),
            a_ticket("before", answered="2026-06-21 09:00", solved="2026-06-30 23:59"),
            a_ticket("after", answered="2026-10-01 00:00", solved="2026-10-02 09:00"),
            a_ticket("untouched"),
        ]
    )
    assert ids(found) == ["desk:answered", "desk:solved"]
    assert {case.id: case.at.isoformat() for case in found.cases}["desk:solved"].startswith("2026-07-01T00:00:00")


def test_calls_that_were_answered():
    found = read(calls=[a_call("yes"), a_call("no", answered=None, outcome="abandoned"),
                        a_call("later", answered="2026-10-01 00:00")])  # fmt: skip
    assert [(case.id, case.kind, case.agent) for case in found.cases] == [("pbx:yes", "calls", "boris")]


def test_what_cannot_be_drawn_is_counted_by_reason():
    told = {"answered": "2026-07-02 09:00", "solved": "2026-07-03 09:00"}
    found = read(
        [
            a_ticket("good", **told), a_ticket("spam", **told, exclusion="spam"), a_ticket("seen", **told),
            a_ticket("spoken", **told, channel="phone"), a_ticket("nobody", **told, agent=None),
        ],
        [a_call("one")], [an_audit("q:1", "seen")],
    )  # fmt: skip
    assert ids(found) == ["desk:good", "pbx:one"]
    assert found.left_out == {
        "tickets": {"spam": 1, "no_agent": 1, "audited_as_calls": 1, "already_audited": 1}, "calls": {},
    }  # fmt: skip


def test_a_telephone_ticket_is_audited_where_no_call_is_recorded():
    assert ids(read([a_ticket("spoken", answered="2026-07-02 09:00", channel="phone")])) == ["desk:spoken"]


def test_audited_cases_come_again_when_asked_or_when_this_draw_had_them_audited():
    tickets = [a_ticket("one", answered="2026-07-02 09:00")]
    assert ids(read(tickets, audits=[an_audit("q:1", "one")])) == []
    assert ids(read(tickets, audits=[an_audit("q:1", "one")], audited_again=True)) == ["desk:one"]
    assert ids(read(tickets, audits=[an_audit("q:abc-1-desk:one", "one")])) == ["desk:one"]
    assert ids(read(tickets, audits=[an_audit("q:abd-1-desk:one", "one")])) == []


def test_drawn_by_team_a_case_needs_a_team_and_no_agent():
    tickets = [a_ticket("one", answered="2026-07-02 09:00", agent=None),
               a_ticket("two", answered="2026-07-02 09:00", team=None)]  # fmt: skip
    found = read(tickets, by="team")
    assert ids(found) == ["desk:one"]
    assert found.left_out["tickets"] == {"no_team": 1}


def test_who_solved_it_is_credited_else_who_answered_first():
    both = {"first_response_agent": "anna", "solved_agent": "boris", "agent": "celina"}
    found = read(
        [
            a_ticket("solved", answered="2026-07-02 09:00", solved="2026-07-03 09:00", **both),
            a_ticket("answered", answered="2026-07-02 09:00", solved="2026-10-03 09:00", **both),
            a_ticket("unsigned", answered="2026-07-02 09:00", agent="celina"),
        ]
    )
    assert {case.id: case.agent for case in found.cases} == {
        "desk:solved": "boris", "desk:answered": "anna", "desk:unsigned": "celina",
    }  # fmt: skip


def test_a_kind_without_a_table_has_no_case():
    assert read(calls=[a_call("x")], kinds=("tickets",)) == Population(cases=[], left_out={})


def test_what_derivation_makes_of_tickets_calls_and_audits():
    """One way through the real fact tables: an audited ticket, a called one, and an audit that is not known yet."""
    stamps = {"created_at": at("2026-07-01 09:00"), "first_response_at": at("2026-07-01 10:00"),
              "solved_at": at("2026-07-02 10:00"), "status_code": "solved", "agent_id": "anna"}  # fmt: skip
    tickets = [{"ticket_id": f"desk:{one}", "channel_code": "email", "subject": f"About {one}", **stamps}
               for one in ("audited", "later", "new")]  # fmt: skip
    call = {"call_id": "pbx:x", "started_at": at("2026-08-01 08:59"), "direction": "inbound", "outcome": "answered",
            "queued_at": at("2026-08-01 08:59"), "answered_at": at("2026-08-01 09:00"), "agent_id": "boris",
            "ended_at": at("2026-08-01 09:05"), "recording_url": "https://pbx.example/x.wav"}  # fmt: skip
    mark = {"kind": "correspondence", "scorecard_id": "correspondence", "scorecard_version": "1",
            "criterion_id": "greeting", "mark": 4.0}  # fmt: skip
    audits = [{**mark, "audit_id": "q:1", "ticket_id": "desk:audited", "audited_at": at("2026-09-01 09:00")},
              {**mark, "audit_id": "q:2", "ticket_id": "desk:later", "audited_at": at("2026-10-21 09:00")}]  # fmt: skip
    rows = {"tickets": tickets, "calls": [call], "audits": audits}
    tables = Tables.from_frames({name: pd.DataFrame(own) for name, own in rows.items()})
    facts = derive(tables, SETTINGS, CUT)
    found = population(facts, PERIOD, ("tickets", "calls"), "agent", own_draw="abc")
    assert ids(found) == ["desk:later", "desk:new", "pbx:x"]
    assert {case.id: case.agent for case in found.cases} == {"desk:later": "anna", "desk:new": "anna", "pbx:x": "boris"}
    assert found.left_out == {"tickets": {"already_audited": 1}, "calls": {}}
    assert descriptions(tables, [case for case in found.cases if case.id != "desk:later"]) == {
        ("tickets", "desk:new"): "About new", ("calls", "pbx:x"): "https://pbx.example/x.wav",
    }  # fmt: skip
