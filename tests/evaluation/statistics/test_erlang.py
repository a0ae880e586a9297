"""Erlang B and C against published examples, against each other's laws, and against a simulated queue."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from evaluation.statistics.erlang import (
    blocking_probability,
    expected_service_level,
    expected_speed_of_answer,
    staffing,
    waiting_probability,
)

LOADS = st.floats(min_value=0.05, max_value=60)


@pytest.mark.parametrize(
    ("load", "agents"),
    # the Erlang B table at 1 % blocking, as printed in textbooks and by the ITU (E.520)
    [(0.0101, 1), (0.153, 2), (0.455, 3), (1.361, 5), (4.461, 10), (12.03, 20), (37.90, 50), (84.06, 100)],
)
def test_the_printed_table_of_erlang_b(load, agents):
    assert blocking_probability(load, agents) == pytest.approx(0.01, rel=0.005)


def test_the_example_of_pyworkforce():
    """`ErlangC(transactions=100, asa=20/60, aht=3, interval=30, max_occupancy=0.85, shrinkage=0.3)`, its own page."""
    need = staffing(
        calls_per_hour=200, handle_seconds=180, within_seconds=20, goal=0.8, shrinkage=0.3, max_occupancy=0.85
    )
    assert (need.agents, need.rostered) == (14, 20)
    assert need.service_level == pytest.approx(0.8883500191794669, abs=1e-12)
    assert need.occupancy == pytest.approx(0.7142857142857143, abs=1e-12)
    assert waiting_probability(10, 14) == pytest.approx(0.1741319335950498, abs=1e-12)


def test_the_example_of_the_r_package_erlangc():
    """`erlang_c(100, 30 minutes, 180 seconds, 20 seconds, 14)`; with too few agents its table of steps says 11."""
    assert expected_speed_of_answer(10, 14, 180) == pytest.approx(7.83593701177724, abs=1e-9)
    assert expected_service_level(10, 14, 180, 20) == pytest.approx(0.88835, abs=5e-6)
    assert waiting_probability(10, 11) == pytest.approx(0.6821182, abs=5e-8)
    assert expected_service_level(10, 11, 180, 20) == pytest.approx(0.3896138, abs=5e-8)


def test_the_example_of_360_calls_in_half_an_hour():
    """240 seconds a call, 55 agents, 15 seconds; 48 erlangs, 87 % busy (The Erlang C formula made simple)."""
    assert waiting_probability(48, 55) == pytest.approx(0.239, abs=5e-4)
    assert expected_speed_of_answer(48, 55, 240) == pytest.approx(8.2, abs=0.05)
    assert expected_service_level(48, 55, 240, 15) == pytest.approx(0.846, abs=5e-4)


@given(LOADS, st.integers(min_value=1, max_value=60))
@hypothesis_settings(max_examples=60, deadline=None)
def test_the_recursion_is_the_sum_of_the_formula(load, agents):
    terms = [load**k / math.factorial(k) for k in range(agents + 1)]
    assert blocking_probability(load, agents) == pytest.approx(terms[-1] / math.fsum(terms), rel=1e-9)
    if load < agents:
        waiting = terms[-1] * agents / (agents - load)
        assert waiting_probability(load, agents) == pytest.approx(waiting / (math.fsum(terms[:-1]) + waiting), rel=1e-9)


@given(LOADS, st.integers(min_value=1, max_value=60), st.floats(min_value=1, max_value=900))
@hypothesis_settings(max_examples=60, deadline=None)
def test_more_agents_never_answer_later(load, agents, handle):
    few, many = (expected_service_level(load, n, handle, 20) for n in (agents, agents + 1))
    assert 0 <= few <= many <= 1
    assert blocking_probability(load, agents) <= waiting_probability(load, agents) <= 1


@given(
    st.floats(min_value=0.1, max_value=400), st.floats(min_value=20, max_value=900),
    st.floats(min_value=0.5, max_value=0.98), st.floats(min_value=0.5, max_value=1),
    st.floats(min_value=0, max_value=0.5),
)  # fmt: skip
@hypothesis_settings(max_examples=60, deadline=None)
def test_the_staffing_is_the_smallest_that_does(calls, handle, goal, occupancy, shrinkage):
    asked = {"calls_per_hour": calls, "handle_seconds": handle, "within_seconds": 20, "goal": goal}
    need = staffing(**asked, shrinkage=shrinkage, max_occupancy=occupancy)
    load = calls * handle / 3600
    assert need.service_level >= goal
    assert need.occupancy <= occupancy + 1e-6
    assert need.rostered * (1 - shrinkage) >= need.agents - 1e-6
    fewer = need.agents - 1
    assert expected_service_level(load, fewer, handle, 20) < goal or load / max(fewer, 1) > occupancy - 1e-6


@pytest.mark.parametrize(
    ("load", "agents", "waits", "level", "speed"),
    [(0, 0, 1.0, 0.0, None), (0, 1, 0.0, 1.0, 0.0), (2, 2, 1.0, 0.0, None), (5, 2, 1.0, 0.0, None)],
    ids=["nobody there", "nobody calls", "exactly full", "overloaded"],
)
def test_the_ends_of_the_model(load, agents, waits, level, speed):
    assert waiting_probability(load, agents) == waits
    assert expected_service_level(load, agents, 180, 20) == level
    assert expected_speed_of_answer(load, agents, 180) == speed


def test_without_calls_nobody_is_needed():
    need = staffing(calls_per_hour=0, handle_seconds=180, within_seconds=20, goal=0.8)
    assert (need.agents, need.rostered, need.service_level, need.speed_of_answer_seconds) == (0, 0, 1.0, None)


def test_the_largest_occupancy_alone_can_ask_for_more():
    asked = {"calls_per_hour": 2000, "handle_seconds": 180, "within_seconds": 20, "goal": 0.8}
    assert staffing(**asked).agents == 107
    assert staffing(**asked, max_occupancy=0.85).agents == 118


@pytest.mark.parametrize(
    "call",
    [
        lambda: blocking_probability(-1, 2),
        lambda: blocking_probability(1, -2),
        lambda: waiting_probability(math.nan, 2),
        lambda: expected_service_level(1, 2, 0, 20),
        lambda: expected_service_level(1, 2, 180, -1),
        lambda: staffing(calls_per_hour=1, handle_seconds=180, within_seconds=20, goal=1),
        lambda: staffing(calls_per_hour=1, handle_seconds=180, within_seconds=20, goal=0.8, shrinkage=1),
        lambda: staffing(calls_per_hour=1, handle_seconds=180, within_seconds=20, goal=0.8, max_occupancy=0),
        lambda: staffing(calls_per_hour=-1, handle_seconds=180, within_seconds=20, goal=0.8),
    ],
)
def test_what_is_impossible_is_refused(call):
    with pytest.raises(ValueError, match="impossible|no share"):
        call()


def waits_of_a_simulated_queue(load, agents, handle, calls, seed):
    """First come, first served, by `agents` equal agents: how long each call waited."""
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(handle / load, calls))
    handling = rng.exponential(handle, calls)
    free, waits = [0.0] * agents, np.empty(calls)
    for number, (at, takes) in enumerate(zip(arrivals, handling, strict=True)):
        begins = max(at, heapq.heappop(free))
        waits[number] = begins - at
        heapq.heappush(free, begins + takes)
    return waits[calls // 10 :]


@pytest.mark.parametrize(("load", "agents"), [(10, 14), (3, 4), (20, 23)])
def test_a_simulated_queue_waits_as_the_formula_says(load, agents):
    runs = [waits_of_a_simulated_queue(load, agents, 180, 40_000, seed) for seed in range(6)]
    for measured, expected in (
        ([np.mean(run > 0) for run in runs], waiting_probability(load, agents)),
        ([np.mean(run <= 20) for run in runs], expected_service_level(load, agents, 180, 20)),
        ([np.mean(run) for run in runs], expected_speed_of_answer(load, agents, 180)),
    ):
        error = np.std(measured, ddof=1) / math.sqrt(len(runs))
        assert abs(np.mean(measured) - expected) < 4 * error
