"""Agents, teams and branches beside what their own cases lead to expect: clearly above, as expected, clearly below.

Somebody who is given the hard cases must not look weak for it. What each member reached is compared with what everybody
reaches on cases of the same topic, channel and priority; how far it may lie from that by chance, and by the spread that
is usual among members, is what a funnel says. Whoever lies inside its wider limits is as expected. Nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from evaluation.facts.shapes import Facts
from evaluation.judgement.families import is_of_the_customers
from evaluation.judgement.member_cases import Cases
from evaluation.judgement.member_reach import Reached, against_the_usual, in_units
from evaluation.measurement import Absent, Measurements
from evaluation.member_comparison import COMPARED_DIMENSIONS, ComparedMember, FunnelLimits, MemberComparison
from evaluation.metric import Better, Metric, Unit
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.definition import AnyDefinition, Definition, FrameDefinition, Summary
from evaluation.outcomes import outcomes
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.funnel import FEWEST_MEMBERS, Funnel, Group, Scale

OF_PEOPLE = ("csat", "sla_attainment", "first_response_time", "one_touch_rate", "reopen_rate", "audit_score")
"""Compared beside the main figures, when they are measured: what people can answer for."""
CURVE = 60
"""Points of a curve of the drawn funnel."""

_SHARES = (Summary.SHARE, Summary.WEIGHTED_SHARE)
_COMPARED = (*_SHARES, Summary.MEAN, Summary.WEIGHTED_MEAN, Summary.DURATION, Summary.NPS)
_CLEAR = (Group.CLEARLY_ABOVE, Group.CLEARLY_BELOW)
_INTERVAL = float(ndtri(0.975))

FloatArray = NDArray[np.float64]


def compare_members(
    facts: Facts, settings: Settings, period: Period, measurements: Measurements
) -> tuple[MemberComparison, ...]:
    """Every comparison of a period: main figures and `OF_PEOPLE`, by team, branch and agent.

    Args:
        facts: Fact tables.
        settings: The organisation's choices.
        period: The reported period.
        measurements: What was measured; what is withheld there is not compared.

    Returns:
        One for each metric and dimension in which anybody has cases: metrics in the order of the main figures, then of
        `OF_PEOPLE`; within a metric teams, branches, agents.
    """
    definitions = comparable(chosen(settings.metrics), settings)
    found = (
        comparison
        for definition in definitions
        if not _is_withheld(definition.metric, period, measurements)
        for comparison in _of_metric(facts, definition, period)
    )
    return tuple(found)


def comparable(definitions: Mapping[str, AnyDefinition], settings: Settings) -> tuple[Definition, ...]:
    """The metrics that are compared: shares, means, durations and recommendation, each told of single cases.

    What customers do is nobody's doing among the members, and is not compared.

    A main figure of a part of the service is compared on all cases of its metric: the part is one of the traits that
    what is expected allows for.
    """
    wanted = dict.fromkeys([*(choice.metric for choice in settings.main_figures), *OF_PEOPLE])
    found = (_of_cases(definitions[metric_id]) for metric_id in wanted if metric_id in definitions)
    return tuple(
        one for one in found if one is not None and one.summary in _COMPARED and not is_of_the_customers(one.metric)
    )


def _of_cases(definition: AnyDefinition) -> Definition | None:
    """The definition over single cases; a mean of scores that is summarised in pandas is one as well."""
    if isinstance(definition, Definition):
        return definition
    if isinstance(definition, FrameDefinition) and definition.statistics == ("mean",) and "score" in definition.columns:
        return Definition(
            metric=definition.metric, cases=definition.cases, standing=definition.standing, summary=Summary.MEAN,
            amount=definition.columns["score"],
        )  # fmt: skip
    return None


def _is_withheld(metric: Metric, period: Period, measurements: Measurements) -> bool:
    frame = measurements.frame
    rows = frame[(frame["metric_id"] == metric.id) & (frame["period_id"] == period.id)]
    return bool((rows["reason"] == Absent.WITHHELD.value).any())


def _of_metric(facts: Facts, definition: Definition, period: Period) -> Iterator[MemberComparison]:
    """Teams, branches and agents on one metric; agents by the rows that credit them."""
    if definition.for_agents is None:
        cases = Cases.of(outcomes(facts, definition, [period]), definition, COMPARED_DIMENSIONS)
        by_dimension = dict.fromkeys(COMPARED_DIMENSIONS, cases)
    else:
        whole = Cases.of(outcomes(facts, definition, [period]), definition, ("team", "branch"))
        own = Cases.of(outcomes(facts, definition, [period], by_agent=True), definition, ("agent",))
        by_dimension = {"team": whole, "branch": whole, "agent": own}
    for dimension, of_dimension in by_dimension.items():
        if of_dimension.members[dimension]:
            yield compare(of_dimension, definition, dimension)


def compare(cases: Cases, definition: Definition, dimension: str) -> MemberComparison:
    """The members of one dimension on one metric.

    Args:
        cases: The decided cases of the metric.
        definition: The metric.
        dimension: Whose members.
    """
    metric, members = definition.metric, cases.members[dimension]
    scale = _scale(definition)
    reached = against_the_usual(cases.mix(dimension), scale, metric.minimum_sample)
    funnel, enough = reached.funnel, np.flatnonzero(reached.is_enough)
    return MemberComparison(
        metric=metric, statistic=metric.statistic, dimension=dimension, scale=scale,
        rows=_rows(members, cases.requesters_of(dimension), reached, enough, metric), centre=funnel.centre,
        dispersion=funnel.dispersion, between=funnel.between, minimum_cases=metric.minimum_sample,
        spread_p_value=funnel.spread_p_value, undefined_because=_because(funnel, len(enough), len(members)),
        limits=_curves(funnel, reached.found.effective[enough]),
    )  # fmt: skip


def _scale(definition: Definition) -> Scale:
    if definition.summary in _SHARES:
        return Scale.ARCSINE
    return Scale.LOG if definition.summary is Summary.DURATION else Scale.PLAIN


def _because(funnel: Funnel, enough: int, members: int) -> str | None:
    if funnel.undefined_because is None or enough >= FEWEST_MEMBERS:
        return funnel.undefined_because
    return (
        f"only {enough} of {members} have enough cases, of kinds that others handle too, "
        f"and fewer than {FEWEST_MEMBERS} cannot say what is usual"
    )


def _rows(
    members: Sequence[str], requesters: NDArray[np.int64], reached: Reached, enough: NDArray[np.intp], metric: Metric
) -> tuple[ComparedMember, ...]:
    """The members with cases, in alphabetical order."""
    told = _told(reached, enough, metric)
    place = {int(number): index for index, number in enumerate(enough)} if told else {}
    return tuple(
        ComparedMember(
            member=member, n=int(reached.cases[number]), requesters=int(requesters[number]),
            value=float(reached.values[number]), lack=reached.lack(number),
            **(told[place[number]] if number in place else {}),
        )
        for number, member in enumerate(members)
        if reached.cases[number]
    )  # fmt: skip


def _told(reached: Reached, enough: NDArray[np.intp], metric: Metric) -> list[dict[str, Any]]:
    """What is said of each compared member, by the names of the fields; nothing when nobody is compared."""
    funnel, scale, effective = reached.funnel, reached.funnel.scale, reached.found.effective[enough]
    if funnel.centre is None or funnel.error_of_one is None:
        return []
    moved = scale.of(funnel.centre) + reached.differences[enough]
    reach = _INTERVAL * funnel.error_of_one / np.sqrt(effective)
    numbers = {
        "expected": in_units(reached.found.expected[enough], scale), "adjusted": scale.back(moved),
        "adjusted_low": scale.back(moved - reach), "adjusted_high": scale.back(moved + reach),
        "low95": funnel.low[0], "high95": funnel.high[0], "low998": funnel.low[1], "high998": funnel.high[1],
    }  # fmt: skip
    inside = {name: _inside(values, metric) for name, values in numbers.items()}
    inside |= {
        "effective": effective,
        "shared": reached.found.shared[enough],
        "z": funnel.z_scores,
        "p_value": 2 * ndtr(-np.abs(funnel.z_scores)),
    }
    return [
        {name: float(values[index]) for name, values in inside.items()} | _standing(group, metric)
        for index, group in enumerate(funnel.groups)
    ]


def _inside(values: FloatArray, metric: Metric) -> FloatArray:
    """No limit lies where no figure can."""
    lowest, highest = {Unit.SHARE: (0.0, 1.0), Unit.NPS_POINTS: (-100.0, 100.0)}.get(metric.unit, (None, None))
    if metric.unit in (Unit.SECONDS, Unit.RATIO, Unit.COUNT):
        lowest = 0.0
    return values if lowest is None else np.clip(values, lowest, highest)


def _standing(group: Group, metric: Metric) -> dict[str, Any]:
    if group not in _CLEAR or metric.better is Better.NEUTRAL:
        return {"group": group, "is_good": None}
    return {"group": group, "is_good": (group is Group.CLEARLY_ABOVE) == (metric.better is Better.HIGHER)}


def _curves(funnel: Funnel, sizes: FloatArray) -> tuple[FunnelLimits, ...]:
    """The limits from half the smallest compared member to a little beyond the largest."""
    if funnel.undefined_because is not None:
        return ()
    at = np.geomspace(max(1.0, float(sizes.min()) / 2), float(sizes.max()) * 1.04, CURVE)
    low, high = funnel.limits_at(at)
    return tuple(FunnelLimits(*map(float, point)) for point in zip(at, low[0], high[0], low[1], high[1], strict=True))
