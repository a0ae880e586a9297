"""Laws that no data may break."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.measurement import DIMENSIONS

FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
BASE = datetime(2026, 6, 1, tzinfo=UTC)
ONLY = ["first_response_time", "first_response_time_calendar", "tickets_created", "full_resolution_time"]


@st.composite
def ticket(draw):
    created = BASE + timedelta(minutes=draw(st.integers(0, 150 * 1440)))
    state = draw(st.sampled_from(["responded", "responded", "pending", "not_applicable"]))
    calendar = draw(st.integers(0, 10**6)) / 7
    row = {
        "ticket_id": "t", "created_at": created, "clock_started_at": created, "first_response_state": state,
        "channel": draw(st.sampled_from(["email", "chat", None])), "team": draw(st.sampled_from(["north", None])),
        "exclusion": draw(st.sampled_from([None, None, None, "spam"])),
        "is_solved": draw(st.booleans()),
    }  # fmt: skip
    if state == "responded":
        row |= {"first_response_at": created + timedelta(seconds=calendar), "first_response_calendar_seconds": calendar,
                "first_response_business_seconds": calendar * draw(st.sampled_from([0, 0.25, 1]))}  # fmt: skip
    if row["is_solved"]:
        row |= {"solved_at": created + timedelta(seconds=calendar), "full_resolution_business_seconds": calendar}
    return row


TICKETS = st.lists(ticket(), max_size=40)


@FEW
@given(TICKETS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_not_one_digit(bench, rows, random):
    shuffled = random.sample(rows, len(rows))
    first, second = (bench.measure(bench.facts(tickets=each), only=ONLY).frame for each in (rows, shuffled))
    assert first.equals(second)


@FEW
@given(TICKETS)
def test_parts_add_up_and_values_stay_in_bounds(bench, rows):
    found = bench.measure(bench.facts(tickets=rows), only=ONLY)
    frame = found.frame.loc[found.frame["statistic"].isin(["median", "value"])]
    for (metric_id, period_id), cells in frame.groupby(["metric_id", "period_id"]):
        totals = cells.groupby("dimension")[["n", "undecided", "excluded"]].sum()
        for dimension in set(DIMENSIONS) & set(totals.index):
            assert totals.loc[dimension].tolist() == totals.loc["all"].tolist(), (metric_id, period_id, dimension)
    for row in found:
        assert row.low is None or row.low <= row.value <= row.high
        assert all(number is None or math.isfinite(number) for number in (row.value, row.low, row.high))


@FEW
@given(TICKETS)
def test_every_row_is_decided_undecided_or_left_out(bench, rows):
    found = bench.measure(bench.facts(tickets=rows), "2026", only=["first_response_time", "full_resolution_time"])
    for metric_id in ("first_response_time", "full_resolution_time"):
        row = found.get(metric_id, "2026", statistic="median")
        assert row.n + row.undecided + row.excluded == len(rows)


@FEW
@given(TICKETS)
def test_three_months_make_the_quarter_for_counts(bench, rows):
    found = bench.measure(bench.facts(tickets=rows), only=ONLY)
    months = [month.id for month in bench.period("2026-Q3").months()]
    for metric_id, statistic in [("tickets_created", "value"), ("first_response_time", "mean")]:
        parts = [found.get(metric_id, month, statistic=statistic) for month in months]
        whole = found.get(metric_id, "2026-Q3", statistic=statistic)
        assert sum(part.n for part in parts) == whole.n
        total = sum(part.numerator or 0 for part in parts)
        assert total == pytest.approx(whole.numerator or 0)


def test_three_medians_do_not_make_the_quarter(bench):
    minutes = {7: [1, 1, 1], 8: [1, 1, 1], 9: [100, 100, 100, 100, 100, 100, 100]}
    rows = [
        {"ticket_id": "t", "created_at": f"2026-0{month}-03T10:00Z", "first_response_at": f"2026-0{month}-03T12:00Z",
         "first_response_state": "responded", "first_response_business_seconds": each * 60.0}
        for month, many in minutes.items()
        for each in many
    ]  # fmt: skip
    found = bench.measure(bench.facts(tickets=rows), only=["first_response_time"])
    medians = [found.get("first_response_time", f"2026-0{m}", statistic="median").value for m in minutes]
    assert sum(medians) / 3 == 2040
    assert found.get("first_response_time", "2026-Q3", statistic="median").value == 6000


@FEW
@given(TICKETS)
def test_opening_hours_never_exceed_the_calendar(bench, rows):
    found = bench.measure(bench.facts(tickets=rows), only=ONLY)
    for row in found:
        if row.metric_id == "first_response_time" and row.value is not None:
            calendar = found.get("first_response_time_calendar", row.period_id, statistic=row.statistic,
                                 dimension=row.dimension, member=row.member)  # fmt: skip
            assert row.value <= calendar.value + 1e-9


@FEW
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60)), min_size=1, max_size=60), st.integers(0, 120),
       st.integers(0, 120))  # fmt: skip
def test_relaxing_a_target_never_lowers_attainment(bench, waits, minutes, more):
    def attained(promised):
        rows = []
        for start, waited in waits:
            applied = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=start)
            met = waited <= promised
            rows.append({"ticket_id": "t", "state": "met" if met else "missed", "applied_at": applied,
                         "decided_at": applied + timedelta(minutes=min(waited, promised))})  # fmt: skip
        found = bench.measure(bench.facts(targets=rows), only=["sla_attainment"])
        return found.get("sla_attainment", "2026-Q3", statistic="value").value

    assert attained(minutes) <= attained(minutes + more)


@FEW
@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from([0.5, 1.0, 3.0])), min_size=1, max_size=40))
def test_weights_count_like_repeated_answers_and_scaling_them_changes_nothing(bench, answers):
    def nps(factor):
        rows = [
            {"survey_id": "s", "kind": "nps", "score": float(score), "scale_min": 0.0, "scale_max": 10.0,
             "weight": weight * factor, "has_weight": True, "answered_at": "2026-07-03T10:00Z"}
            for score, weight in answers
        ]  # fmt: skip
        return bench.measure(bench.facts(surveys=rows), only=["nps"]).get("nps", "2026-07", statistic="value")

    once, doubled = nps(1), nps(2)
    assert once.value == pytest.approx(doubled.value)
    assert (once.low is None) == (doubled.low is None)
    assert once.low is None or (once.low, once.high) == (pytest.approx(doubled.low), pytest.approx(doubled.high))
    assert -100 <= once.value <= 100
