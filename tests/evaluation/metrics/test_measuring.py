"""The rules that hold for every metric: periods, anchors, exclusions, the unassigned, absent values, caveats."""

from datetime import UTC, datetime

import pytest

from evaluation.measurement import DIMENSIONS, UNASSIGNED, Absent, Caveat
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.placing import measured_periods


def response(number, at, minutes=10.0, **more):
    return {
        "ticket_id": f"t:{number}", "created_at": at, "clock_started_at": at, "first_response_at": at,
        "first_response_state": "responded", "first_response_business_seconds": minutes * 60,
        "first_response_calendar_seconds": minutes * 60, **more,
    }  # fmt: skip


def answer(number, score, at="2026-08-01T12:00Z", **more):
    asked = {"asked_at": "2026-07-31T12:00Z", **more}
    return {"survey_id": f"s:{number}", "score": score, "answered_at": at, **asked}


@pytest.mark.parametrize(
    ("text", "first", "own"),
    [
        ("2026-09", "2025-09", []),
        (
            "2026-Q3",
            "2025-09",
            ["2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"],
        ),
        ("2026-H2", "2025-12", ["2025-H2", "2026-H1", "2026-H2"]),
        ("2026", "2025-12", ["2025", "2026"]),
    ],
)
def test_the_measured_periods_hold_the_previous_one_and_the_same_one_last_year(bench, text, first, own):
    period = bench.period(text)
    rows = measured_periods(period)
    months = [month.id for month in rows[0]]
    assert (len(months), months[0], months[-1]) == (13, first, period.months()[-1].id)
    assert [one.id for row in rows[1:] for one in row] == own
    everything = {one.id for row in rows for one in row}
    assert {period.id, period.previous().id, period.same_last_year().id} <= everything
    for row in rows:
        assert all(before.end == after.start for before, after in zip(row, row[1:], strict=False))


def test_periods_are_half_open_in_the_reporting_zone(bench):
    edges = ["2026-06-30T21:59:59.999999Z", "2026-06-30T22:00Z", "2026-07-31T21:59:59.999999Z", "2026-07-31T22:00Z"]
    facts = bench.facts(tickets=[response(number, at) for number, at in enumerate(edges)])
    found = bench.measure(facts, zone="Europe/Warsaw", only=["tickets_created", "first_response_time"])
    for metric_id, statistic in (("tickets_created", "value"), ("first_response_time", "median")):
        counts = {
            p: found.get(metric_id, p, statistic=statistic).n for p in ("2026-06", "2026-07", "2026-08", "2026-Q3")
        }
        assert counts == {"2026-06": 1, "2026-07": 2, "2026-08": 1, "2026-Q3": 3}


def test_rows_of_a_dimension_and_the_unassigned_add_up(bench):
    rows = [
        response(number, "2026-07-03T10:00Z", channel=channel)
        for number, channel in enumerate(["email", None, "chat", None])
    ]
    found = bench.measure(bench.facts(tickets=rows), only=["tickets_created"])
    members = found.members("tickets_created", "2026-Q3", "channel", statistic="value")
    assert [(row.member, row.value) for row in members] == [("chat", 1), ("email", 1), (UNASSIGNED, 2)]
    assert found.get("tickets_created", "2026-Q3", statistic="value").value == 4


def test_only_members_that_occur_have_rows_and_every_metric_has_its_total(bench):
    found = bench.measure(bench.facts(tickets=[response(1, "2026-07-03T10:00Z", team="north")]))
    assert {row.member for row in found if row.dimension == "team"} == {"north"}
    totals = {(row.metric_id, row.period_id) for row in found if row.dimension == "all"}
    periods = [one.id for row in measured_periods(bench.period()) for one in row]
    assert totals == {(metric_id, period_id) for metric_id in chosen({}) for period_id in periods}
    assert {row.dimension for row in found} == set(DIMENSIONS)


@pytest.mark.parametrize("exclusion", ["spam", "test", "merged", "agent_started", "quarantined", "correction"])
def test_excluded_tickets_leave_the_figures_and_are_counted(bench, exclusion):
    rows = [response(1, "2026-07-03T10:00Z", 10), response(2, "2026-07-03T10:00Z", 99, exclusion=exclusion)]
    found = bench.measure(bench.facts(tickets=rows), only=["first_response_time", "tickets_created"])
    median = found.get("first_response_time", "2026-Q3", statistic="median")
    assert (median.value, median.n, median.excluded) == (600, 1, 1)
    created = found.get("tickets_created", "2026-Q3", statistic="value")
    assert (created.value, created.excluded) == (1, 1)


def test_when_everything_is_excluded_there_is_no_value_and_the_count_is_zero(bench):
    found = bench.measure(bench.facts(tickets=[response(1, "2026-07-03T10:00Z", exclusion="spam")]))
    median = found.get("first_response_time", "2026-Q3", statistic="median")
    assert (median.value, median.n, median.excluded, median.reason) == (None, 0, 1, Absent.NO_CASES)
    assert found.get("tickets_created", "2026-Q3", statistic="value").value == 0


def test_undecided_cases_lie_in_the_period_in_which_they_began(bench):
    waiting = {"ticket_id": "t:2", "created_at": "2026-08-01T10:00Z", "clock_started_at": "2026-08-01T10:00Z",
               "first_response_state": "pending"}  # fmt: skip
    over = {**waiting, "ticket_id": "t:3", "first_response_state": "not_applicable"}
    found = bench.measure(
        bench.facts(tickets=[response(1, "2026-07-03T10:00Z"), waiting, over]), only=["first_response_time"]
    )
    july, august, quarter = (
        found.get("first_response_time", p, statistic="median") for p in ("2026-07", "2026-08", "2026-Q3")
    )
    assert (july.n, july.undecided, july.caveats) == (1, 0, (Caveat.SMALL_SAMPLE,))
    assert (august.n, august.undecided, august.excluded, august.reason) == (0, 1, 1, Absent.NOT_DECIDED)
    assert (quarter.n, quarter.undecided, quarter.excluded) == (1, 1, 1)
    assert Caveat.IMMATURE in quarter.caveats


def test_a_count_is_zero_inside_the_data_and_unknown_before_them(bench):
    rows = [response(1, "2026-06-03T10:00Z"), response(2, "2026-08-03T10:00Z")]
    states = [{"ticket_id": "t:1", "at": "2026-06-03T10:00Z", "until": "2026-06-04T10:00Z"}]
    found = bench.measure(bench.facts(tickets=rows, states=states), only=["tickets_created", "backlog"])
    created = {
        p: found.get("tickets_created", p, statistic="value") for p in ("2026-05", "2026-06", "2026-07", "2026-08")
    }
    assert [row.value for row in created.values()] == [None, 1, 0, 1]
    assert created["2026-05"].reason is Absent.NO_CASES
    assert found.get("backlog", "2026-07", statistic="value").value == 0
    assert found.get("backlog", "2026-07", statistic="age_over_30_days").value == 0
    assert found.get("backlog", "2026-05", statistic="value").reason is Absent.NO_CASES


@pytest.mark.parametrize(
    ("first", "is_late"), [("2026-07-01T08:00Z", False), ("2026-07-02T08:00Z", False), ("2026-07-15T08:00Z", True)]
)
def test_a_count_says_that_the_records_begin_within_its_period(bench, first, is_late):
    facts = bench.facts(tickets=[response(1, first), response(2, "2026-07-20T10:00Z")])
    found = bench.measure(facts, only=["tickets_created", "first_response_time"])
    count, wait = (
        found.get(name, "2026-07", statistic=statistic)
        for name, statistic in (("tickets_created", "value"), ("first_response_time", "median"))
    )
    assert (Caveat.PARTIAL_RECORDS in count.caveats) is is_late
    assert Caveat.PARTIAL_RECORDS not in wait.caveats, "some of the cases tell the same as all"


def test_nothing_is_counted_after_the_data_were_taken(bench):
    facts = bench.facts(cut=datetime(2026, 7, 20, tzinfo=UTC), tickets=[response(1, "2026-07-03T10:00Z")])
    found = bench.measure(facts, only=["tickets_created"])
    july, august = (found.get("tickets_created", p, statistic="value") for p in ("2026-07", "2026-08"))
    assert (july.value, july.caveats) == (1, (Caveat.PARTIAL_PERIOD, Caveat.PARTIAL_RECORDS))
    assert (august.value, august.reason) == (None, Absent.NO_CASES)


def test_without_tables_every_metric_is_absent_with_a_reason(bench):
    found = bench.measure(bench.facts())
    assert len(found) > 0
    assert {row.reason for row in found} == {Absent.NO_SOURCE}
    unpromised = bench.measure(bench.facts(), sla=())
    assert unpromised.get("sla_attainment", "2026-Q3", statistic="value").reason is Absent.NO_POLICY
    assert unpromised.get("nps", "2026-Q3", statistic="value").reason is Absent.NO_SOURCE


def test_empty_tables_give_no_cases(bench):
    found = bench.measure(bench.facts(tickets=[], replies=[], targets=[], states=[], surveys=[]))
    assert {row.reason for row in found} == {Absent.NO_CASES, Absent.NO_SOURCE}
    assert {row.n for row in found} == {0}
    for metric_id in ("first_response_time", "next_reply_time", "sla_attainment", "backlog", "nps", "clearance_rate"):
        assert {row.reason for row in found if row.metric_id == metric_id} == {Absent.NO_CASES}, metric_id


def test_finished_facts_measure_what_they_can_and_say_what_they_cannot(bench):
    row = response(1, "2026-07-03T10:00Z", has_events=False, is_solved=True, solved_at="2026-07-04T10:00Z",
                   reply_count=None, reopen_count=None, correction_count=None, agent="ann",
                   first_response_agent=None)  # fmt: skip
    reply = {"ticket_id": "t:1", "waiting_since": row["created_at"], "replied_at": row["created_at"],
             "wait_business_seconds": 1.0, "wait_calendar_seconds": 1.0}  # fmt: skip
    found = bench.measure(bench.facts(tickets=[row], replies=[reply]))
    assert found.get("first_response_time", "2026-Q3", statistic="median", dimension="agent", member="ann").value == 600
    for metric_id, statistic in [("one_touch_rate", "value"), ("reopen_rate", "value"), ("correction_rate", "value"),
                                 ("replies_per_solved", "mean"), ("next_reply_time", "median"),
                                 ("backlog", "value")]:  # fmt: skip
        assert found.get(metric_id, "2026-Q3", statistic=statistic).reason is Absent.NO_EVENTS, metric_id


def test_a_solve_without_an_instant_is_not_counted_as_none(bench):
    facts = bench.facts(tickets=[response(1, "2026-07-03T10:00Z", is_solved=True)])
    solved = bench.measure(facts, only=["tickets_solved"]).get("tickets_solved", "2026-Q3", statistic="value")
    assert (solved.value, solved.reason, solved.excluded) == (None, Absent.NO_EVENTS, 1)


def test_withheld_metrics_have_no_figure_anywhere(bench):
    facts = bench.facts(tickets=[response(1, "2026-07-03T10:00Z", team="north")])
    found = bench.measure(facts, withheld={"first_response_time": "tickets.created_at.not_null"})
    rows = [row for row in found if row.metric_id == "first_response_time"]
    assert {(row.dimension, row.reason, row.value) for row in rows} == {("all", Absent.WITHHELD, None)}
    assert {row.statistic for row in rows} == {"mean", "median", "min", "p90"}
    assert found.get("tickets_created", "2026-Q3", statistic="value").value == 1


@pytest.mark.parametrize(
    ("metric_id", "column", "state"),
    [("first_response_time", "first_response_agent", {}),
     ("first_resolution_time", "first_solved_agent", {"first_solved_at": "2026-07-05T10:00Z", "is_solved": True,
                                                      "solved_at": "2026-07-06T10:00Z", "solved_agent": "cid",
                                                      "first_resolution_business_seconds": 60.0}),
     ("full_resolution_time", "solved_agent", {"is_solved": True, "solved_at": "2026-07-05T10:00Z",
                                               "full_resolution_business_seconds": 60.0})],
)  # fmt: skip
def test_who_did_it_is_credited_and_the_assignee_answers_for_what_is_open(bench, metric_id, column, state):
    done = response(1, "2026-07-03T10:00Z", agent="ann", **{column: "bob"}, **state)
    waits = {"ticket_id": "t:2", "created_at": "2026-07-04T10:00Z", "clock_started_at": "2026-07-04T10:00Z",
             "first_response_state": "pending", "agent": "ann"}  # fmt: skip
    found = bench.measure(bench.facts(tickets=[done, waits]), only=[metric_id])
    members = {
        row.member: (row.n, row.undecided) for row in found.members(metric_id, "2026-Q3", "agent", statistic="median")
    }
    assert members == {"bob": (1, 0), "ann": (0, 1)}


TARGETS = [("met", "first_response"), ("met", "first_response"), ("missed", "next_reply"), ("missed", "resolution"),
           ("undecided", "resolution"), ("not_applicable", "first_response")]  # fmt: skip


def target(number, state, name, **more):
    at = "2026-07-03T10:00Z"
    decided = at if state in ("met", "missed") else None
    return {"ticket_id": f"t:{number}", "state": state, "target": name, "applied_at": at, "decided_at": decided, **more}


def test_attainment_counts_targets_and_shows_the_undecided_beside(bench):
    rows = [target(number, *kind) for number, kind in enumerate(TARGETS)]
    found = bench.measure(bench.facts(targets=rows), only=["sla_attainment", "first_response_sla", "resolution_sla"])
    overall = found.get("sla_attainment", "2026-07", statistic="value")
    assert (overall.numerator, overall.denominator, overall.n) == (2, 4, 4)
    assert (overall.undecided, overall.excluded) == (1, 1)
    assert found.get("first_response_sla", "2026-07", statistic="value").value == 1
    assert found.get("resolution_sla", "2026-07", statistic="value").undecided == 1


def test_tickets_without_a_policy_are_no_misses(bench):
    bare = [target(1, "not_applicable", "first_response", policy=None)]
    found = bench.measure(bench.facts(targets=bare), only=["sla_attainment"])
    row = found.get("sla_attainment", "2026-07", statistic="value")
    assert (row.value, row.reason, row.excluded) == (None, Absent.NO_POLICY, 1)


def test_stocks_are_rebuilt_at_the_end_of_every_past_period(bench):
    spans = [
        ("t:1", "2026-05-10T00:00Z", "2026-07-15T00:00Z", True, "requester"),
        ("t:1", "2026-07-15T00:00Z", None, False, "agent"),
        ("t:2", "2026-07-31T23:59:59Z", "2026-08-01T00:00Z", True, "agent"),
        ("t:2", "2026-08-01T00:00Z", None, True, "third_party"),
        ("t:3", "2026-08-01T00:00Z", None, True, "agent"),
        ("t:4", "2026-07-30T00:00Z", None, True, "agent"),
    ]
    rows = [dict(zip(("ticket_id", "at", "until", "is_open", "turn"), span, strict=True)) for span in spans]
    rows[-1]["exclusion"] = "spam"
    found = bench.measure(bench.facts(states=rows), only=["backlog"])
    value = {p: found.get("backlog", p, statistic="value") for p in ("2026-05", "2026-06", "2026-07", "2026-08")}
    assert [row.value for row in value.values()] == [1, 1, 1, 2]
    assert value["2026-07"].excluded == 1
    parts = {row.statistic: row.value for row in found if (row.period_id, row.dimension) == ("2026-07", "all")}
    assert parts == {"value": 1, "age_up_to_1_day": 1, "age_2_to_7_days": 0, "age_8_to_30_days": 0,
                     "age_over_30_days": 0, "turn_agent": 1, "turn_requester": 0, "turn_third_party": 0}  # fmt: skip
    assert found.get("backlog", "2026-06", statistic="age_over_30_days").value == 1


def test_what_is_open_in_a_running_period_is_as_old_as_at_the_cut(bench):
    cut = datetime(2026, 7, 10, tzinfo=UTC)
    open_ = [{"ticket_id": "t:1", "at": "2026-07-05T00:00Z", "until": None, "is_open": True, "turn": "agent"}]
    late = [target(1, "missed", "resolution", due_at="2026-07-07T00:00Z")]
    found = bench.measure(bench.facts(cut=cut, states=open_, targets=late), only=["backlog", "sla_overdue_time"])
    assert found.get("backlog", "2026-07", statistic="age_2_to_7_days").value == 1
    assert found.get("sla_overdue_time", "2026-07", statistic="median").value == 3 * 86_400


def test_the_books_of_the_backlog_balance(bench):
    tickets = [response(number, f"2026-0{month}-10T10:00Z", is_solved=solved is not None, solved_at=solved)
               for number, (month, solved) in enumerate([(6, None), (7, "2026-07-20T10:00Z"), (7, None), (6, "2026-07-02T09:00Z")])]  # fmt: skip # noqa: E501
    spans = [{"ticket_id": t["ticket_id"], "at": t["created_at"], "until": t["solved_at"]} for t in tickets]
    found = bench.measure(
        bench.facts(tickets=tickets, states=spans), only=["backlog", "tickets_created", "tickets_solved"]
    )
    june, july = (found.get("backlog", p, statistic="value").value for p in ("2026-06", "2026-07"))
    created, solved = (found.get(m, "2026-07", statistic="value").value for m in ("tickets_created", "tickets_solved"))
    assert june + created - solved == july == 2


def test_overdue_targets_are_those_open_past_due_at_the_end(bench):
    rows = [
        target(1, "missed", "resolution", due_at="2026-07-10T00:00Z", fulfilled_at="2026-08-05T00:00Z"),
        target(2, "missed", "resolution", due_at="2026-07-31T00:00Z"),
        target(3, "missed", "first_response", due_at="2026-07-10T00:00Z", ended_at="2026-07-20T00:00Z"),  # unanswered
        target(4, "met", "resolution", due_at="2026-07-10T00:00Z", fulfilled_at="2026-07-09T00:00Z"),
        target(5, "missed", "resolution", due_at="2026-08-01T00:00Z"),
        target(6, "missed", "first_response", due_at="2026-07-30T00:00Z", ended_at="2026-08-04T00:00Z"),  # unanswered
    ]
    found = bench.measure(bench.facts(targets=rows), only=["sla_overdue_now", "sla_overdue_time"])
    counts = [found.get("sla_overdue_now", p, statistic="value").value for p in ("2026-07", "2026-08")]
    assert counts == [3, 2]
    overdue = found.get("sla_overdue_time", "2026-07", statistic="median")
    assert overdue.value == 2 * 86_400


def waiting(number, since, **more):
    awaited = {"clock_started_at": since, "first_response_state": "pending", "first_response_at": None}
    return response(number, since, **awaited | more)


def test_who_awaits_a_first_response_at_the_end_of_the_period(bench):
    due = "2026-07-20T00:00Z"
    ended = {"first_response_state": "not_applicable", "first_response_due_at": due}
    rows = [
        waiting(1, "2026-07-10T10:00Z", first_response_at="2026-08-03T10:00Z", first_response_due_at=due),
        waiting(2, "2026-07-10T10:00Z", first_response_at="2026-08-01T00:00Z"),  # at the very end, nothing promised
        waiting(3, "2026-07-10T10:00Z", first_response_at="2026-07-31T23:59:59Z", first_response_due_at=due),
        waiting(4, "2026-07-30T10:00Z", first_response_due_at="2026-08-01T00:00Z"),  # due at the very end
        waiting(5, "2026-07-10T10:00Z", ended_unanswered_at="2026-07-12T00:00Z", **ended),  # solved without a reply
        waiting(6, "2026-07-10T10:00Z", ended_unanswered_at="2026-08-12T00:00Z", **ended),
        waiting(7, None, first_response_state="not_applicable"),  # nothing was asked
        waiting(8, "2026-07-10T10:00Z", first_response_due_at=due, exclusion="spam"),
        waiting(9, "2026-08-01T00:00Z", first_response_due_at=due),
    ]
    for row in rows:
        row["created_at"] = "2026-07-10T10:00Z"
    found = bench.measure(bench.facts(tickets=rows), only=["awaiting_first_response"])
    for period, counts in {"2026-06": (0, 0), "2026-07": (4, 2), "2026-08": (2, 2)}.items():
        parts = [found.get("awaiting_first_response", period, statistic=name) for name in ("value", "past_due")]
        assert tuple(part.value for part in parts) == (counts if period != "2026-06" else (None, None)), period
    assert parts[0].excluded == 1


def test_a_source_that_tells_no_replies_has_nobody_waiting_and_not_none(bench):
    silent = waiting(1, "2026-07-10T10:00Z", first_response_state=None)
    found = bench.measure(bench.facts(tickets=[silent]), only=["awaiting_first_response"])
    row = found.get("awaiting_first_response", "2026-07", statistic="value")
    assert (row.value, row.reason, row.excluded) == (None, Absent.NO_EVENTS, 1)
    told = [silent, waiting(2, "2026-07-10T10:00Z")]
    found = bench.measure(bench.facts(tickets=told), only=["awaiting_first_response"])
    row = found.get("awaiting_first_response", "2026-07", statistic="value")
    assert (row.value, row.excluded) == (1, 1)


def test_scales_are_never_pooled(bench):
    rows = [answer(n, score) for n, score in enumerate([5.0, 4.0, 1.0])]
    rows += [answer(9, 1.0, scale_min=0.0, scale_max=1.0), answer(10, 7.0), answer(11, None)]
    rows += [answer(12, 1.0, at="2025-08-01T12:00Z", scale_min=0.0, scale_max=1.0)]
    for variant, value in (("top_box", 2 / 3), ("mean", 10 / 3)):
        found = bench.measure(
            bench.facts(surveys=rows), metrics={"csat": bench.options(variant=variant)}, only=["csat"]
        )
        statistic = "value" if variant == "top_box" else "mean"
        row = found.get("csat", "2026-Q3", statistic=statistic)
        assert row.value == pytest.approx(value)
        assert (row.n, row.excluded) == (3, 2)
        assert Caveat.MIXED_SCALES in row.caveats
        before = found.get("csat", "2025-Q3", statistic=statistic)
        assert (before.value, before.excluded, before.reason) == (None, 1, Absent.NO_CASES)


@pytest.mark.parametrize(
    ("kind", "scale", "scores", "value"),
    [
        ("csat", (1, 5), [3, 4, 5], 2 / 3),
        ("csat", (0, 1), [0, 1, 1, 1], 3 / 4),
        ("csat", (1, 7), [5, 6, 7], 2 / 3),
        ("csat", (1, 10), [7, 8, 9, 10], 3 / 4),
        ("csat", (0, 100), [74, 75, 100], 2 / 3),
        ("ces", (1, 7), [4, 5, 6, 7], 3 / 4),
        ("ces", (1, 5), [3, 4, 5], 2 / 3),
    ],
)
def test_the_top_of_each_scale(bench, kind, scale, scores, value):
    low, high = (float(end) for end in scale)
    rows = [answer(n, float(s), kind=kind, scale_min=low, scale_max=high) for n, s in enumerate(scores)]
    found = bench.measure(bench.facts(surveys=rows), metrics={kind: bench.options(variant="top_box")}, only=[kind])
    assert found.get(kind, "2026-Q3", statistic="value").value == pytest.approx(value)


def nps_answer(number, score, **more):
    return answer(number, score, kind="nps", scale_min=0.0, scale_max=10.0, **more)


def test_nps_weighs_its_answers_and_leaves_out_other_scales(bench):
    rows = [nps_answer(1, 10.0, weight=3.0, has_weight=True), nps_answer(2, 6.0, weight=1.0, has_weight=True),
            nps_answer(3, 7.0, weight=1.0, has_weight=True), nps_answer(4, 0.0, weight=0.0, has_weight=True),
            answer(5, 5.0, kind="nps")]  # fmt: skip
    row = bench.measure(bench.facts(surveys=rows), only=["nps"]).get("nps", "2026-Q3", statistic="value")
    assert row.value == pytest.approx(100 * (3 - 1) / 5)
    assert (row.n, row.numerator, row.denominator, row.excluded) == (3, 2, 5, 2)
    assert Caveat.MIXED_SCALES in row.caveats


def test_answers_that_stand_for_nobody_give_no_figure(bench):
    rows = [nps_answer(n, 10.0, weight=0.0, has_weight=True) for n in range(3)]
    row = bench.measure(bench.facts(surveys=rows), only=["nps"]).get("nps", "2026-Q3", statistic="value")
    assert (row.value, row.n, row.excluded, row.reason, row.low) == (None, 0, 3, Absent.NO_CASES, None)


def test_response_rate_waits_for_fourteen_days(bench):
    cut = datetime(2026, 8, 15, tzinfo=UTC)
    asked = [
        ("2026-08-01T00:00Z", "2026-08-14T23:00Z"),  # mature, in time
        ("2026-07-20T00:00Z", "2026-08-04T00:00Z"),  # mature, after 15 days
        ("2026-08-01T00:00Z", None),  # mature on the last instant
        ("2026-08-01T00:00:01Z", "2026-08-02T00:00Z"),  # too young, though answered
        ("2026-07-25T00:00Z", "2026-07-25T00:00Z"),  # answered on the spot
    ]
    rows = [
        {"survey_id": f"s:{n}", "asked_at": at, "answered_at": back, "score": 4.0 if back else None}
        for n, (at, back) in enumerate(asked)
    ]
    again, unknown = "2026-08-14T00:00Z", "2026-08-05T00:00Z"
    rows.append(
        {
            "survey_id": "s:again",
            "asked_at": "2026-07-20T00:00Z",
            "answered_at": again,
            "score": 4.0,
            "first_answered_at": "2026-07-21T00:00Z",
        }
    )
    rows.append({"survey_id": "s:?", "asked_at": unknown, "answered_at": unknown, "is_asking_known": False})
    row = bench.measure(bench.facts(cut=cut, surveys=rows), only=["response_rate"]).get(
        "response_rate", "2026-Q3", statistic="value"
    )
    assert (row.numerator, row.denominator, row.undecided, row.excluded) == (3, 5, 1, 1)


def test_a_survey_that_never_says_when_it_asked_has_no_response_rate(bench):
    rows = [answer(n, 5.0, asked_at="2026-08-01T12:00Z", is_asking_known=False) for n in range(4)]
    row = bench.measure(bench.facts(surveys=rows), only=["response_rate"]).get(
        "response_rate", "2026-Q3", statistic="value"
    )
    assert (row.value, row.reason) == (None, Absent.NO_COLUMN)


def test_tickets_per_requester_keep_the_anonymous_apart(bench):
    asked = ["a"] * 6 + ["b"] * 3 + ["c", "d", "e", "f", None, None]
    rows = [response(n, "2026-07-01T10:00Z", requester_id=who) for n, who in enumerate(asked)]
    found = bench.measure(bench.facts(tickets=rows), only=["tickets_per_requester", "top_requesters_share"])
    mean = found.get("tickets_per_requester", "2026-Q3", statistic="mean")
    assert (mean.value, mean.n, mean.numerator, mean.excluded) == (13 / 6, 6, 13, 2)
    assert (mean.low, mean.caveats) == (1.0, (Caveat.SMALL_SAMPLE,))
    assert found.get("tickets_per_requester", "2026-Q3", statistic="p90").value == 4.5
    share = found.get("top_requesters_share", "2026-Q3", statistic="value")
    assert (share.numerator, share.denominator, share.n) == (12, 13, 13)
    nobody = bench.measure(bench.facts(tickets=rows[-2:]), only=["tickets_per_requester"])
    assert nobody.get("tickets_per_requester", "2026-Q3", statistic="mean").reason is Absent.NO_COLUMN


def test_one_ticket_has_a_value_a_caveat_and_no_interval(bench):
    found = bench.measure(bench.facts(tickets=[response(1, "2026-07-03T10:00Z", 7)]), only=["first_response_time"])
    for statistic in ("mean", "median", "p90", "min"):
        row = found.get("first_response_time", "2026-Q3", statistic=statistic)
        assert (row.value, row.low, row.high, row.caveats) == (420, None, None, (Caveat.SMALL_SAMPLE,))


def test_amounts_that_are_all_equal_have_a_mean_and_no_interval(bench):
    rows = [response(n, "2026-07-03T10:00Z", 7.123) for n in range(40)]
    mean = bench.measure(bench.facts(tickets=rows), only=["first_response_time"]).get(
        "first_response_time", "2026-Q3", statistic="mean"
    )
    assert mean.value == pytest.approx(427.38)
    assert (mean.low, mean.high) == (None, None), "forty equal waits say nothing about how far the next may be off"
    assert mean.caveats == ()


def test_long_waits_do_not_overflow(bench):
    century = 100 * 365.25 * 1440
    rows = [response(n, "2026-07-03T10:00Z", century) for n in range(3)]
    mean = bench.measure(bench.facts(tickets=rows), only=["first_response_time"]).get(
        "first_response_time", "2026-Q3", statistic="mean"
    )
    assert mean.value == century * 60


def test_further_periods_are_measured_once(bench):
    rows = [response(1, "2023-02-03T10:00Z"), response(2, "2026-07-03T10:00Z")]
    found = bench.measure(
        bench.facts(tickets=rows), only=["tickets_created"], also=[bench.period("2023-Q1"), bench.period("2026-07")]
    )
    assert found.get("tickets_created", "2023-Q1", statistic="value").value == 1
    assert found.get("tickets_created", "2026-07", statistic="value").value == 1


def test_metrics_taken_in_several_queries_give_the_same(bench, monkeypatch):
    rows = [
        response(n, f"2026-0{n % 3 + 7}-03T10:00Z", float(n), channel="email" if n % 2 else "chat") for n in range(50)
    ]
    facts = bench.facts(tickets=rows)
    only = ["first_response_time", "first_response_time_calendar", "tickets_created", "answered_share"]
    at_once = bench.measure(facts, only=only).frame
    monkeypatch.setattr("evaluation.metrics.aggregating.BYTES_AT_ONCE", 10)
    one_by_one = bench.measure(facts, only=only).frame
    assert at_once.equals(one_by_one)
