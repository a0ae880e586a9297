"""First contact resolution, repeats, rates and handovers: how each kind of contact counts."""

from datetime import UTC, datetime

import pytest

from evaluation.measurement import Absent, Caveat
from evaluation.own_metric import MetricOptions

JULY = "2026-07-10T10:00Z"


def contact(number, **more):
    return {"contact_id": f"t:{number}", "requester_id": "ann", "at": "2026-07-09T10:00Z", "solved_at": JULY, **more}


RESOLUTION = [
    # name, what is different, value (None = no case decided), undecided, excluded
    ("one touch, and nobody came back", {}, 1.0, 0, 0),
    ("came back", {"was_followed": True}, 0.0, 0, 0),
    ("two touches", {"is_one_touch": False}, 0.0, 0, 0),
    ("the window is still open", {"is_window_over": False}, None, 1, 0),
    ("still open though somebody came back already", {"is_window_over": False, "was_followed": True}, None, 1, 0),
    ("still open though it took two touches", {"is_window_over": False, "is_one_touch": False}, None, 1, 0),
    ("anonymous", {"requester_id": None, "was_followed": None}, None, 0, 1),
    ("anonymous with two touches", {"requester_id": None, "was_followed": None, "is_one_touch": False}, None, 0, 1),
    ("the topic of the return is not known", {"was_followed": None}, None, 0, 1),
    ("two touches, and the topic of the return is not known", {"was_followed": None, "is_one_touch": False}, 0.0, 0, 0),
    ("the window is open, and the topic of the return is not known",
     {"is_window_over": False, "was_followed": None}, None, 1, 0),
    ("no reply: a bot alone", {"reply_count": 0, "is_one_touch": False}, None, 0, 1),
    ("nobody knows how many replies", {"is_one_touch": None, "reply_count": None}, None, 0, 1),
    ("nobody knows when it was solved", {"solved_at": None, "was_followed": None}, None, 0, 1),
    ("spam", {"exclusion": "spam"}, None, 0, 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def resolved(bench):
    rows = [contact(number, channel=f"case {number}", **case[1]) for number, case in enumerate(RESOLUTION)]
    others = [
        contact(90, channel="open", solved_at=None, is_solved=False, was_followed=None),
        contact(91, channel="call", kind="call", solved_at=None, is_solved=False, is_one_touch=None, reply_count=None),
    ]
    return bench.measure(bench.facts(contacts=rows + others), only=["first_contact_resolution"])


@pytest.mark.parametrize("number", range(len(RESOLUTION)), ids=[case[0] for case in RESOLUTION])
def test_a_contact_counts_as_resolved_at_once(resolved, number):
    _, _, value, undecided, excluded = RESOLUTION[number]
    members = {
        row.member: row for row in resolved.members("first_contact_resolution", "2026-Q3", "channel", statistic="value")
    }
    row = members[f"case {number}"]
    assert (row.value, row.undecided, row.excluded) == (value, undecided, excluded)
    assert not {"open", "call"} & set(members)


def test_the_last_days_are_immature_and_the_value_is_that_of_the_mature_part(resolved):
    row = resolved.get("first_contact_resolution", "2026-07", statistic="value")
    assert (row.value, row.n, row.undecided, row.excluded) == (pytest.approx(1 / 4), 4, 4, 7)
    assert Caveat.IMMATURE in row.caveats


def test_the_solver_is_credited_and_the_solve_is_the_anchor(bench):
    rows = [contact(1, at="2026-06-30T10:00Z", agent="ann", solved_agent="ben")]
    found = bench.measure(bench.facts(contacts=rows), only=["first_contact_resolution", "contact_reasons"])
    assert [row.member for row in found.members("first_contact_resolution", "2026-07", "agent", statistic="value")] == [
        "ben"
    ]
    assert found.get("contact_reasons", "2026-06", statistic="value").value == 1
    assert found.get("contact_reasons", "2026-07", statistic="value").value == 0


def test_both_kinds_of_repeats_stand_side_by_side_whichever_is_chosen(bench):
    told = [(True, True), (True, False), (True, None), (None, None), (False, False)]
    rows = [
        contact(number, at=JULY, is_repeat_any_topic=one, is_repeat_same_topic=two)
        for number, (one, two) in enumerate(told)
    ]
    rows.append(contact(8, at=JULY, is_reached=False, kind="call"))
    ids = ["repeat_contact_share", "repeat_contact_share_same_topic"]
    found = bench.measure(bench.facts(contacts=rows), only=ids)
    either, same = (found.get(name, "2026-07", statistic="value") for name in ids)
    assert (either.value, either.n, either.excluded) == (3 / 4, 4, 1)
    assert (same.value, same.n, same.excluded) == (pytest.approx(1 / 3), 3, 2)
    chosen = {"repeat_contact_share": MetricOptions(variant="same_topic")}
    ids = ["repeat_contact_share", "repeat_contact_share_any_topic"]
    turned = bench.measure(bench.facts(contacts=rows), only=ids, metrics=chosen)
    values = [turned.get(name, "2026-07", statistic="value").value for name in ids]
    assert values == [pytest.approx(1 / 3), 3 / 4]


def customer(number, started, ended=None, **more):
    return {"customer_id": f"k:{number}", "started_at": started, "ended_at": ended, **more}


def test_rates_are_per_hundred_contacts_and_per_thousand_customers(bench):
    contacts = [
        contact(number, at=JULY, is_complaint=number == 0, channel="email", branch="north") for number in range(4)
    ]
    contacts.append(contact(9, at=JULY, is_complaint=True, branch="south"))
    contacts.append(contact(10, at=JULY, is_complaint=True, exclusion="spam"))
    customers = [customer(number, "2026-01-01T00:00Z", branch="north") for number in range(8)]
    customers += [customer(20, "2026-01-01T00:00Z", "2026-06-01T00:00Z", branch="south"),
                  customer(21, "2026-07-20T00:00Z", branch="south")]  # fmt: skip
    returns = [{"return_id": f"r:{number}", "at": JULY, "branch": "north"} for number in range(3)]
    found = bench.measure(
        bench.facts(contacts=contacts, customers=customers, returns=returns),
        only=["complaint_rate", "complaint_rate_customers", "return_rate", "return_rate_customers"],
    )

    def read(metric_id, dimension="all", member="all"):
        row = found.get(metric_id, "2026-07", statistic="value", dimension=dimension, member=member)
        return row.value, row.numerator, row.denominator

    assert read("complaint_rate") == (40, 2, 5)
    assert read("complaint_rate", "channel", "email") == (25, 1, 4)
    assert read("complaint_rate_customers") == (pytest.approx(2000 / 9), 2, 9)
    assert read("complaint_rate_customers", "branch", "south") == (1000, 1, 1)
    assert read("return_rate") == (60, 3, 5)
    assert read("return_rate_customers") == (pytest.approx(300 / 9), 3, 9)
    assert found.members("complaint_rate_customers", "2026-07", "channel", statistic="value") == ()
    rate = found.get("complaint_rate", "2026-07", statistic="value")
    assert (rate.low, rate.high) == (pytest.approx(20 * 0.2422, abs=0.01), pytest.approx(20 * 7.2247, abs=0.01))
    before = found.get("complaint_rate", "2026-05", statistic="value")
    assert (before.value, before.low, before.high) == (None, None, None)
    assert read("complaint_rate_customers")[2] == read("return_rate_customers")[2]


@pytest.mark.parametrize(
    ("tables", "metric_id", "reason"),
    [
        ({"contacts": [contact(1, at=JULY, is_complaint=None)]}, "complaint_rate", Absent.NO_COLUMN),
        ({"contacts": [contact(1, at=JULY)]}, "complaint_rate_customers", Absent.NO_SOURCE),
        ({"contacts": [contact(1, at=JULY)]}, "return_rate", Absent.NO_SOURCE),
        ({"contacts": [contact(1, at=JULY)]}, "retention_rate", Absent.NO_SOURCE),
        ({"contacts": [contact(1, at=JULY, requester_id=None, is_repeat_any_topic=None)]}, "repeat_contact_share",
         Absent.NO_COLUMN),
        ({"tickets": []}, "first_contact_resolution", Absent.NO_SOURCE),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_says_why(bench, tables, metric_id, reason):
    row = bench.measure(bench.facts(**tables), only=[metric_id]).get(metric_id, "2026-07", statistic="value")
    assert (row.value, row.reason) == (None, reason)


def test_transfers_and_escalations_are_shares_of_the_solved(bench):
    told = [(0, False), (2, False), (1, True), (None, None)]
    rows = [
        {"ticket_id": f"t:{number}", "created_at": "2026-06-20T10:00Z", "is_solved": True, "solved_at": JULY,
         "transfer_count": transfers, "was_escalated": escalated}
        for number, (transfers, escalated) in enumerate(told)
    ]  # fmt: skip
    rows.append({"ticket_id": "t:9", "created_at": "2026-07-01T10:00Z", "transfer_count": 3, "was_escalated": True})
    found = bench.measure(bench.facts(tickets=rows), only=["transfer_rate", "escalation_rate"])
    for metric_id, share in (("transfer_rate", 2 / 3), ("escalation_rate", 1 / 3)):
        row = found.get(metric_id, "2026-07", statistic="value")
        assert (row.value, row.n, row.excluded) == (pytest.approx(share), 3, 1)


COHORT = [
    # name, spells of one customer, (there in July's start, stayed, active in July)
    ("throughout", [("2026-01-01T00:00Z", None)], (1, 1, 1)),
    ("left in July", [("2026-01-01T00:00Z", "2026-07-10T00:00Z")], (1, 0, 1)),
    ("came in July", [("2026-07-10T00:00Z", None)], (0, 0, 1)),
    ("came and left in July", [("2026-07-05T00:00Z", "2026-07-10T00:00Z")], (0, 0, 1)),
    ("left before", [("2026-01-01T00:00Z", "2026-06-10T00:00Z")], (0, 0, 0)),
    ("comes later", [("2026-08-10T00:00Z", None)], (0, 0, 0)),
    ("left and came back in July", [("2026-01-01T00:00Z", "2026-07-03T00:00Z"), ("2026-07-20T00:00Z", None)],
     (1, 1, 1)),
    ("left in July and came back in August", [("2026-01-01T00:00Z", "2026-07-03T00:00Z"), ("2026-08-02T00:00Z", None)],
     (1, 0, 1)),
    ("came at the first instant", [("2026-07-01T00:00Z", None)], (0, 0, 1)),
    ("left at the first instant", [("2026-01-01T00:00Z", "2026-07-01T00:00Z")], (1, 0, 1)),
    ("left at the first instant of August", [("2026-01-01T00:00Z", "2026-08-01T00:00Z")], (1, 1, 1)),
    ("a spell that ends before it starts", [("2026-07-05T00:00Z", "2026-07-02T00:00Z")], (0, 0, 0)),
]  # fmt: skip


@pytest.fixture(scope="module")
def followed(bench):
    rows = [
        customer(number, *spell, branch=f"case {number}",
                 exclusion="quarantined" if spell[1] and spell[1] < spell[0] else None)
        for number, case in enumerate(COHORT)
        for spell in case[1]
    ]  # fmt: skip
    contacts = [contact(number, at=JULY, branch=f"case {number}") for number in range(len(COHORT))]
    only = ["retention_rate", "churn_rate", "complaint_rate_customers"]
    return bench.measure(bench.facts(customers=rows, contacts=contacts), only=only)


@pytest.mark.parametrize("number", range(len(COHORT)), ids=[case[0] for case in COHORT])
def test_a_customer_stays_or_leaves(followed, number):
    def read(metric_id):
        rows = followed.members(metric_id, "2026-07", "branch", statistic="value")
        return {row.member: row for row in rows}.get(f"case {number}")

    there, stayed, active = COHORT[number][2]
    retention, churn, complaints = read("retention_rate"), read("churn_rate"), read("complaint_rate_customers")
    if there:
        assert (retention.n, retention.value, churn.value) == (1, stayed, 1 - stayed)
    else:
        assert retention is None or (retention.n, retention.value, retention.reason) == (0, None, Absent.NO_CASES)
    assert (0 if complaints is None else complaints.denominator) == active


def test_the_cohorts_of_months_are_not_the_quarters(followed):
    quarter, july, august = (
        followed.get("retention_rate", p, statistic="value") for p in ("2026-Q3", "2026-07", "2026-08")
    )
    assert (july.n, july.numerator, july.excluded) == (6, 3, 1)
    assert (quarter.n, quarter.numerator) == (6, 3)  # who left and came back in August stayed over the quarter
    assert august.n == 5
    assert july.value + followed.get("churn_rate", "2026-07", statistic="value").value == 1
    assert july.low < july.value < july.high


def test_nobody_at_the_start_is_no_rate_and_a_running_period_is_followed_so_far(bench):
    facts = bench.facts(cut=datetime(2026, 7, 15, tzinfo=UTC), customers=[customer(1, "2026-06-05T00:00Z"),
                        customer(2, "2026-06-05T00:00Z", "2026-07-10T00:00Z")])  # fmt: skip
    found = bench.measure(facts, only=["retention_rate"])
    june, july, august = (found.get("retention_rate", p, statistic="value") for p in ("2026-06", "2026-07", "2026-08"))
    assert (june.value, june.reason, june.n) == (None, Absent.NO_CASES, 0)
    assert (july.value, july.n, Caveat.PARTIAL_PERIOD in july.caveats) == (0.5, 2, True)
    assert (august.value, august.reason) == (None, Absent.NO_CASES)
