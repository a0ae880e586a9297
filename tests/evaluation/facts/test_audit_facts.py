"""How audits become facts: every rule of the score, of disputes, versions, the cut and double audits."""

from datetime import UTC, datetime
from functools import cache

import pandas as pd
import pytest

from evaluation.facts.deriving import derive
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 10, 1, tzinfo=UTC)
STAMPS = ("audited_at", "disputed_at", "created_at", "started_at")
CARD = {
    "id": "contact",
    "scale": {"min": 1, "max": 5},
    "criteria": [
        {"id": "greeting", "touchpoint": "greeting"},
        {"id": "solution", "touchpoint": "solution", "weight": 3},
        {"id": "lawful", "attribute": "attention", "scale": {"min": 0, "max": 1}, "critical": True, "line": 1},
        {"id": "extra", "bonus": True, "scale": {"min": 0, "max": 1}},
    ],
}


def audit(audit_id="a:1", marks=None, **more):
    """Rows of one audit; a mark of None does not apply."""
    head = {"audit_id": audit_id, "kind": "correspondence", "scorecard_id": "contact", "scorecard_version": "1",
            "audited_at": "2026-09-01T10:00Z", "auditor_id": "q1", "is_calibration": False, "ticket_id": None,
            "call_id": None, "agent_id": None, "disputed_at": None, "dispute_outcome": None,
            "dispute_mark": None}  # fmt: skip
    marks = {"greeting": 3, "solution": 5} if marks is None else marks
    return [
        head | {"criterion_id": name, "mark": mark, "is_not_applicable": mark is None} | more
        for name, mark in marks.items()
    ]


def frame(rows):
    table = pd.DataFrame(list(rows))
    for column in table.columns.intersection(STAMPS):
        table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601")
    for column in table.columns.difference([*STAMPS, "mark", "dispute_mark"]):
        if not table[column].map(lambda value: isinstance(value, bool)).any():
            table[column] = table[column].astype("string")
    return table.astype({name: "float64" for name in ("mark", "dispute_mark") if name in table})


def facts_of(*audits, cut=CUT, scorecards=(CARD,), options=None, zone="UTC", **tables):
    settings = Settings.model_validate(
        {"organisation": {"name": "Northwind Care", "time_zone": zone}, "scorecards": list(scorecards),
         "audits": options or {}}
    )  # fmt: skip
    rows = [row for one in audits for row in one]
    frames = {"audits": frame(rows)} | {name: frame(given) for name, given in tables.items()}
    facts = derive(Tables.from_frames(frames), settings, cut)
    kept = {name: facts[name].execute() for name in ("audits", "audit_marks", "double_marks")}
    return {name: table.astype(object).where(table.notna(), None) for name, table in kept.items()}


def one(*audits, **choices):
    """The only audit."""
    table = facts_of(*audits, **choices)["audits"]
    assert len(table) == 1
    return table.iloc[0]


SCORES = [
    ({"greeting": 1, "solution": 1}, 0.0),
    ({"greeting": 5, "solution": 5}, 1.0),
    ({"greeting": 3, "solution": 5}, (0.5 + 3) / 4),
    ({"greeting": 3, "solution": None}, 0.5),
    ({"greeting": 2, "solution": 3, "lawful": 1}, (0.25 + 1.5 + 1) / 5),
    ({"greeting": 5, "solution": 5, "lawful": 0}, 0.0),  # critical below its line
    ({"greeting": 5, "solution": 5, "lawful": None}, 1.0),  # a critical criterion that does not apply
    ({"greeting": None, "solution": None, "lawful": None}, None),  # nothing applied: no score, not zero
    ({"greeting": 3, "solution": 3, "extra": 1}, (0.5 + 1.5 + 1) / 4),  # a bonus adds above the line only
    ({"greeting": 3, "solution": 3, "extra": 0}, 0.5),
    ({"greeting": 5, "solution": 4, "extra": 1}, 1.0),  # capped at 1
    ({"greeting": None, "extra": 1}, None),  # a bonus alone scores nothing
    ({"greeting": 5, "lawful": 0, "extra": 1}, 0.0),
]


@cache
def all_at_once(name):
    """The cases of a table in one run, so that the tests stay quick; case n is audit n."""
    cases = {"scores": SCORES, "disputes": DISPUTES, "problems": PROBLEMS, "third_parties": THIRD_PARTIES}[name]
    rows = {
        "scores": lambda marks, _: audit(marks=marks),
        "disputes": lambda dispute, _: audit(marks={"greeting": 3}, **dispute),
        "problems": lambda marks, more, _: audit(marks=marks, **more),
        "third_parties": lambda kind, auditor, _: audit(kind=kind, auditor_id=auditor),
    }[name]
    audits = [[row | {"audit_id": f"a:{n:02}"} for row in rows(*case)] for n, case in enumerate(cases)]
    found = facts_of(*audits, options={"third_party": ["agency-*", "shopper"]}, scorecards=(CARD, *VERSIONED))
    return found["audits"].sort_values("audit_id", ignore_index=True)


@pytest.mark.parametrize("number", range(len(SCORES)))
def test_score_of_one_audit(number):
    found, score = all_at_once("scores").iloc[number], SCORES[number][-1]
    assert found.score == (None if score is None else pytest.approx(score))
    assert (found.problem, found.exclusion) == (None, None)


def test_the_order_of_marks_changes_no_digit():
    marks = {"greeting": 2, "solution": 4, "lawful": 1, "extra": 0}
    thirds = {**CARD, "criteria": [{**criterion, "weight": 1 / 3} for criterion in CARD["criteria"]]}
    forwards = one(audit(marks=marks), scorecards=[thirds]).score
    backwards = one(audit(marks=dict(reversed(marks.items()))), scorecards=[thirds]).score
    assert forwards == backwards


DISPUTES = [
    ({"dispute_outcome": "accepted", "dispute_mark": 5}, 1.0),
    ({"dispute_outcome": "accepted", "dispute_mark": 5, "disputed_at": "2026-09-20T10:00Z"}, 1.0),
    ({"dispute_outcome": "accepted", "dispute_mark": 5, "disputed_at": "2026-10-01T00:00Z"}, 1.0),  # at the cut
    ({"dispute_outcome": "accepted", "dispute_mark": 5, "disputed_at": "2026-10-02T10:00Z"}, 0.5),  # after it
    ({"dispute_outcome": "rejected", "dispute_mark": 5}, 0.5),
    ({"dispute_outcome": "open", "dispute_mark": 5}, 0.5),
    ({"dispute_outcome": "accepted", "dispute_mark": 1}, 0.0),  # it may also go down
    ({"dispute_outcome": "accepted", "dispute_mark": None}, None),  # withdrawn: the criterion does not apply
    ({"dispute_outcome": None, "dispute_mark": 5}, 0.5),
]


@pytest.mark.parametrize("number", range(len(DISPUTES)))
def test_only_an_accepted_dispute_replaces_the_mark(number):
    assert all_at_once("disputes").iloc[number].score == DISPUTES[number][-1]


def test_a_dispute_lifts_a_critical_failure():
    failed = audit(marks={"greeting": 5})
    critical = audit(marks={"lawful": 0}, dispute_outcome="accepted", dispute_mark=1)
    found = one(failed + critical)
    assert (found.score, found.is_failed) == (1.0, False)


def test_a_dispute_can_make_a_criterion_apply():
    assert one(audit(marks={"greeting": None}, dispute_outcome="accepted", dispute_mark=4)).score == 0.75


VERSIONS = (
    {**CARD, "version": "1"},
    {**CARD, "version": "2", "scale": {"min": 0, "max": 10}, "criteria": [{"id": "greeting"}, {"id": "solution"}]},
)
DATED = (
    {**CARD, "until": "2026-09-01"},
    {**CARD, "from": "2026-09-01", "criteria": [{"id": "greeting"}, {"id": "solution"}]},
)


@pytest.mark.parametrize(
    ("scorecards", "more", "score"),
    [
        (VERSIONS, {"scorecard_version": "1"}, 3.5 / 4),
        (VERSIONS, {"scorecard_version": "2"}, 0.4),
        (DATED, {"audited_at": "2026-08-31T21:59Z"}, 3.5 / 4),  # 23:59 in Warsaw
        (DATED, {"audited_at": "2026-08-31T22:00Z"}, 0.75),  # midnight in Warsaw
        ((CARD,), {"scorecard_version": "7"}, 3.5 / 4),  # a scorecard without a version takes them all
    ],
)
def test_each_audit_keeps_the_scorecard_in_force(scorecards, more, score):
    assert one(audit(**more), scorecards=scorecards, zone="Europe/Warsaw").score == pytest.approx(score)


VERSIONED = ({**CARD, "id": "versioned", "version": "1"},)
PROBLEMS = [
    ({"greeting": 3}, {"scorecard_id": "other"}, "unknown_scorecard"),
    ({"greeting": 3}, {"scorecard_id": "versioned", "scorecard_version": "3"}, "unknown_version"),
    ({"greeting": 3, "spelling": 5}, {}, "unknown_criterion"),
    ({"greeting": 6}, {}, "off_scale"),
    ({"greeting": 0}, {}, "off_scale"),
    ({"greeting": 3}, {"dispute_outcome": "accepted", "dispute_mark": 9}, "off_scale"),
    ({"greeting": None}, {"is_not_applicable": False}, "unmarked"),
    ({"greeting": 9}, {"scorecard_id": "other"}, "unknown_scorecard"),  # the first that applies
]


@pytest.mark.parametrize("number", range(len(PROBLEMS)))
def test_what_cannot_be_scored_is_left_out_and_says_why(number):
    found = all_at_once("problems").iloc[number]
    assert (found.problem, found.exclusion, found.score) == (PROBLEMS[number][-1], "outside_population", None)


def test_without_any_scorecard_every_audit_is_left_out():
    found = one(audit(), scorecards=())
    assert (found.problem, found.exclusion) == ("unknown_scorecard", "outside_population")


def test_without_the_column_no_mark_means_not_applicable():
    rows = [{**row} for row in audit(marks={"greeting": 3, "solution": None})]
    for row in rows:
        del row["is_not_applicable"]
    assert one(rows).score == 0.5


def test_the_default_scale_scores_audits_without_a_scorecard():
    found = one(audit(scorecard_id="other"), options={"default_scale": {"min": 1, "max": 5}})
    assert (found.score, found.problem) == (0.75, None)
    marked = one(audit(marks={"greeting": 3, "anything": 7}, scorecard_id="other"),
                 options={"default_scale": {"min": 1, "max": 5}})  # fmt: skip
    assert marked.problem == "off_scale"


def test_what_was_marked_after_the_cut_is_not_known():
    early, late = audit(), audit("a:2", audited_at="2026-10-01T00:01Z")
    assert facts_of(early, late)["audits"].audit_id.tolist() == ["a:1"]
    later = audit(marks={"solution": 1}, audited_at="2026-10-03T09:00Z")
    assert one(audit(marks={"greeting": 5}) + later).score == 1.0


def test_no_audits_give_no_tables():
    settings = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})
    benchmarks = frame([{"metric_id": "csat", "who": "others", "period": "2026", "value": 0.8, "source": "a book"}])
    assert "audits" not in derive(
        Tables.from_frames({"benchmarks": benchmarks.astype({"value": float})}), settings, CUT
    )


def ticket(number, **more):
    return {"ticket_id": f"d:{number}", "created_at": "2026-08-30T09:00Z", "channel_code": "email",
            "team_id": "First line", "branch_id": "Gdynia", "topic": "bill", "priority_code": "high",
            "agent_id": "anna", "is_spam": False, "is_test": False, "first_response_at": None} | more  # fmt: skip


CALL = {"call_id": "p:1", "started_at": "2026-08-30T09:00Z", "direction": "inbound", "outcome": "answered",
        "agent_id": "piotr", "team_id": "Phone", "topic": "refund", "ticket_id": "d:2"}  # fmt: skip


def dimensions(found):
    return {name: found[name] for name in ("channel", "team", "branch", "topic", "priority", "agent")}


@cache
def linked():
    """Audits of tickets and calls by id, derived together with them."""
    tickets = [ticket(1), ticket(2), ticket(3, is_spam=True), ticket(4, is_test=True)]
    audits = (
        audit("own", ticket_id="d:1", agent_id="ewa", team_id="Quality"),
        audit("ticket's", ticket_id="d:1"),
        audit("call's", kind="call", call_id="p:1"),
        audit("nobody's", ticket_id="d:9"),
        audit("spam", ticket_id="d:3"),
        audit("test", ticket_id="d:4"),
    )
    return facts_of(*audits, tickets=tickets, calls=[CALL])["audits"].set_index("audit_id")


def test_dimensions_are_the_audits_own_else_its_tickets():
    assert dimensions(linked().loc["own"]) == {"channel": "email", "team": "Quality", "branch": "Gdynia",
                                               "topic": "bill", "priority": "high", "agent": "ewa"}  # fmt: skip
    assert dimensions(linked().loc["ticket's"])["agent"] == "anna"


def test_dimensions_of_a_call_are_the_calls_and_its_channel_the_telephone():
    assert dimensions(linked().loc["call's"]) == {"channel": "phone", "team": "Phone", "branch": "Gdynia",
                                                  "topic": "refund", "priority": "high", "agent": "piotr"}  # fmt: skip


def test_an_audit_of_something_unknown_is_unassigned():
    found = linked().loc["nobody's"]
    assert set(dimensions(found).values()) == {None}
    assert found.score is not None


def test_audits_of_spam_and_tests_are_left_out_as_their_tickets_are():
    assert linked().exclusion.to_dict() == {"own": None, "ticket's": None, "call's": None, "nobody's": None,
                                            "spam": "spam", "test": "test"}  # fmt: skip


THIRD_PARTIES = [
    ("mystery", "agency-7", True),
    ("mystery", "shopper", True),
    ("mystery", "shopper-2", False),
    ("mystery", "q1", False),
    ("mystery", None, False),
    ("call", "agency-7", False),
]


@pytest.mark.parametrize("number", range(len(THIRD_PARTIES)))
def test_who_is_a_third_party(number):
    assert all_at_once("third_parties").iloc[number].is_third_party is THIRD_PARTIES[number][-1]


TWICE = (
    audit("a:1", ticket_id="d:1", agent_id="anna", team_id="First line"),
    audit("a:2", {"greeting": 4, "solution": None}, ticket_id="d:1", auditor_id="q2", is_calibration=True,
          audited_at="2026-09-05T10:00Z"),
)  # fmt: skip


def test_a_subject_that_two_auditors_marked_is_double():
    facts = facts_of(*TWICE, audit("a:3", ticket_id="d:3"))
    assert facts["audits"].set_index("audit_id").is_double.to_dict() == {"a:1": True, "a:2": True, "a:3": False}
    double = facts["double_marks"]
    assert set(double.subject_id) == {"ticket d:1"}
    assert len(double) == 4
    assert set(double.doubled_at) == {pd.Timestamp("2026-09-05T10:00Z")}
    assert set(double.agent) == {"anna"}  # the dimensions are those of the first audit


NO_DOUBLES = {
    "the same auditor again": {"ticket_id": "d:1"},
    "nobody knows who": {"ticket_id": "d:1", "auditor_id": None},
    "another subject": {"ticket_id": "d:2", "auditor_id": "q2"},
    "a call is no ticket": {"call_id": "d:1", "kind": "call", "auditor_id": "q2"},
    "it cannot be scored": {"ticket_id": "d:1", "auditor_id": "q2", "mark": 9},
    "after the cut": {"ticket_id": "d:1", "auditor_id": "q2", "audited_at": "2026-10-05T10:00Z"},
    "another scorecard": {"ticket_id": "d:1", "auditor_id": "q2", "scorecard_id": "brief"},
}


def test_what_is_no_double():
    seconds = [audit(f"a:{n + 2}", **more) for n, more in enumerate(NO_DOUBLES.values())]
    facts = facts_of(audit("a:1", ticket_id="d:1"), *seconds, scorecards=(CARD, {**CARD, "id": "brief"}))
    assert not facts["audits"].is_double.any()
    assert facts["double_marks"].empty


def test_two_visits_without_a_subject_are_not_the_same_subject():
    assert facts_of(audit("a:1", kind="mystery"), audit("a:2", kind="mystery", auditor_id="q2"))["double_marks"].empty


def test_an_auditors_first_audit_counts_and_the_mark_before_disputes():
    again = audit("a:3", {"greeting": 1}, ticket_id="d:1", audited_at="2026-09-09T10:00Z")
    disputed = audit("a:1", {"greeting": 3}, ticket_id="d:1", dispute_outcome="accepted", dispute_mark=5)
    other = audit("a:2", {"greeting": 3}, ticket_id="d:1", auditor_id="q2", audited_at="2026-09-05T10:00Z")
    double = facts_of(disputed, other, again)["double_marks"]
    assert sorted(zip(double.auditor_id, double.value, strict=True)) == [("q1", 0.5), ("q2", 0.5)]


def test_three_auditors_are_dated_when_the_second_had_marked():
    third = audit("a:3", ticket_id="d:1", auditor_id="q3", audited_at="2026-09-20T10:00Z")
    double = facts_of(*TWICE, third)["double_marks"]
    assert set(double.auditor_id) == {"q1", "q2", "q3"}
    assert set(double.doubled_at) == {pd.Timestamp("2026-09-05T10:00Z")}


def test_marks_carry_what_they_are_part_of():
    marks = facts_of(audit(marks={"greeting": 3, "lawful": 0, "extra": 1}))["audit_marks"].set_index("criterion_id")
    assert marks.touchpoint.to_dict() == {"greeting": "greeting", "lawful": None, "extra": None}
    assert marks.attribute.to_dict() == {"greeting": None, "lawful": "attention", "extra": None}
    assert marks.value.to_dict() == {"greeting": 0.5, "lawful": 0.0, "extra": 1.0}
    assert marks.is_failed.to_dict() == {"greeting": False, "lawful": True, "extra": False}
    assert marks.is_bonus.to_dict() == {"greeting": False, "lawful": False, "extra": True}
