"""Queues of calls: Erlang B and C, and how many agents a service level needs.

The model (M/M/n) has calls that arrive at random at a steady rate, handling times that are exponential, equal agents,
and callers who wait for as long as it takes. Real callers give up, so that Erlang C asks for somewhat more agents than
are needed; where more calls come in than the agents can handle it has no answer, because the queue grows for ever.

Source: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges" (1917); N. Gans, G. Koole, A. Mandelbaum, "Telephone call centers: tutorial, review, and research prospects",
Manufacturing & Service Operations Management 5 (2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


def blocking_probability(load: float, agents: int) -> float:
    """Erlang B: the share of calls that find every agent busy and are lost, when nobody can wait.

    By the recursion B(0) = 1, B(k) = load·B(k−1) / (k + load·B(k−1)), which has no factorials and cannot overflow.

    Args:
        load: Offered load in erlangs, arrivals per second times mean handling seconds; 0 or more.
        agents: How many agents; 0 or more.

    Raises:
        ValueError: The load or the number of agents is negative or not finite.

    Example:
        >>> round(blocking_probability(10, 14), 4)
        0.0568
    """
    _refuse_impossible(load, agents)
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def waiting_probability(load: float, agents: int) -> float:
    """Erlang C: the share of calls that have to wait; 1 when the agents cannot handle the load.

    Args:
        load: Offered load in erlangs.
        agents: How many agents.

    Raises:
        ValueError: The load or the number of agents is negative or not finite.

    Example:
        >>> round(waiting_probability(10, 14), 4)
        0.1741
    """
    blocked = blocking_probability(load, agents)
    if load == 0 and agents > 0:
        return 0.0
    if load >= agents:
        return 1.0
    return agents * blocked / (agents - load * (1.0 - blocked))


def expected_service_level(load: float, agents: int, handle_seconds: float, within_seconds: float) -> float:
    """The share of calls that are answered within `within_seconds`; 0 when the agents cannot handle the load.

    Args:
        load: Offered load in erlangs.
        agents: How many agents.
        handle_seconds: Mean handling time; more than 0.
        within_seconds: Threshold; 0 or more.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> round(expected_service_level(10, 14, 180, 20), 4)
        0.8884
    """
    _refuse_no_time(handle_seconds, within_seconds)
    waits = waiting_probability(load, agents)
    if load >= agents:
        return 0.0
    return 1.0 - waits * math.exp(-(agents - load) * within_seconds / handle_seconds)


def expected_speed_of_answer(load: float, agents: int, handle_seconds: float) -> float | None:
    """Mean wait over all calls, in seconds; None when the agents cannot handle the load.

    Args:
        load: Offered load in erlangs.
        agents: How many agents.
        handle_seconds: Mean handling time; more than 0.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> round(expected_speed_of_answer(10, 14, 180), 2)
        7.84
    """
    _refuse_no_time(handle_seconds, 0.0)
    waits = waiting_probability(load, agents)
    return None if load >= agents else waits * handle_seconds / (agents - load)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """How many agents are needed.

    Attributes:
        agents: Agents who must be there for calls.
        rostered: Agents who must be on the roster, so that with shrinkage so many are there.
        service_level: Share of calls in time with `agents`.
        speed_of_answer_seconds: Mean wait with `agents`; None without calls.
        occupancy: Share of their time that `agents` spend on calls.
    """

    agents: int
    rostered: int
    service_level: float
    speed_of_answer_seconds: float | None
    occupancy: float


def staffing(
    *,
    calls_per_hour: float,
    handle_seconds: float,
    within_seconds: float,
    goal: float,
    shrinkage: float = 0.0,
    max_occupancy: float = 1.0,
) -> Staffing:
    """The fewest agents who answer a share `goal` of calls within `within_seconds`, busy no more than `max_occupancy`.

    Args:
        calls_per_hour: Mean arrivals; 0 or more.
        handle_seconds: Mean talk, hold and wrap; more than 0.
        within_seconds: Threshold of the service level.
        goal: Share of calls that should be in time, between 0 and 1, both excluded.
        shrinkage: Share of paid time in which an agent is not there for calls; less than 1.
        max_occupancy: Largest share of their time that agents may spend on calls; more than 0, at most 1.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> need = staffing(calls_per_hour=200, handle_seconds=180, within_seconds=20, goal=0.8, shrinkage=0.3,
        ...                 max_occupancy=0.85)
        >>> need.agents, need.rostered
        (14, 20)
    """
    if not (0 < goal < 1 and 0 <= shrinkage < 1 and 0 < max_occupancy <= 1):
        raise ValueError(
            f"goal {goal}, shrinkage {shrinkage} or maximum occupancy {max_occupancy} is no share that can be reached; "
            "give shares between 0 and 1"
        )
    _refuse_no_time(handle_seconds, within_seconds)
    load = calls_per_hour * handle_seconds / 3600
    _refuse_impossible(load, 0)
    if load == 0:
        return Staffing(agents=0, rostered=0, service_level=1.0, speed_of_answer_seconds=None, occupancy=0.0)
    # a hair of tolerance, so that a load of 8.5 at 85 % asks for ten agents and not for eleven
    agents = max(math.floor(load) + 1, math.ceil(load / max_occupancy - 1e-9))
    while expected_service_level(load, agents, handle_seconds, within_seconds) < goal:
        agents += 1
    return Staffing(
        agents=agents,
        rostered=math.ceil(agents / (1 - shrinkage) - 1e-9),
        service_level=expected_service_level(load, agents, handle_seconds, within_seconds),
        speed_of_answer_seconds=expected_speed_of_answer(load, agents, handle_seconds),
        occupancy=load / agents,
    )


def _refuse_impossible(load: float, agents: int) -> None:
    if not math.isfinite(load) or load < 0 or agents < 0:
        raise ValueError(f"a load of {load} erlangs on {agents} agents is impossible; neither may be negative")


def _refuse_no_time(handle_seconds: float, within_seconds: float) -> None:
    if not (math.isfinite(handle_seconds) and handle_seconds > 0 and within_seconds >= 0):
        raise ValueError(
            f"handling in {handle_seconds} seconds and a threshold of {within_seconds} is impossible; handling takes "
            "more than 0 seconds and a threshold is not negative"
        )
