"""Agents, teams and branches beside what their own cases lead to expect: clearly above, as expected, clearly below.

Somebody who is given the hard cases must not look weak for it. What each member reached is compared with what everybody
reaches on cases of the same topic, channel and priority; how far it may lie from that by chance, and by the spread that
is usual among members, is what a funnel says. Whoever lies inside its wider limits is as expected. Nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from evaluation.facts.shapes import Facts
from evaluation.judgement.member_cases import Cases
from evaluation.measurement import Absent, Measurements
from evaluation.member_comparison import COMPARED_DIMENSIONS, ComparedMember, FunnelLimits, Lack, MemberComparison
from evaluation.metric import Better, Metric, Unit
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.definition import AnyDefinition, Definition, FrameDefinition, Summary
from evaluation.outcomes import outcomes
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.case_mix import AgainstOthers, CaseMix, against_others, case_mix, deviations, means
from evaluation.statistics.funnel import (
    FEWEST_MEMBERS,
    Funnel,
    Group,
    Scale,
    funnel_of_durations,
    funnel_of_means,
    funnel_of_shares,
)

OF_PEOPLE = ("csat", "sla_attainment", "first_response_time", "one_touch_rate", "reopen_rate", "audit_score")
"""Compared beside the main figures, when they are measured: what people can answer for."""
LEAST_SHARED = 0.5
"""At least this part of a member's cases must be of kinds that others handle too."""
FEWEST_OTHERS = 1.5
"""With one other member on the same cases nobody can say which of the two is unusual."""
LEAST_EFFECTIVE = 0.5
"""The comparison must be worth at least this part of the minimum sample, or others have too few such cases."""
MOST_SET_ASIDE = 0.2
"""At most this part of the members is left out of what is expected of the others."""
SHORTEST_SECONDS = 1.0
"""A duration of zero seconds has no logarithm; it counts as one second."""
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
    """The metrics that are compared: shares, means, durations and recommendation, each told of single cases."""
    wanted = dict.fromkeys([*(choice.metric for choice in settings.main_figures), *OF_PEOPLE])
    found = (_of_cases(definitions[metric_id]) for metric_id in wanted if metric_id in definitions)
    return tuple(one for one in found if one is not None and one.summary in _COMPARED)


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
        cases = Cases.of(outcomes(facts, definition, [period]), definition.metric, COMPARED_DIMENSIONS)
        by_dimension = dict.fromkeys(COMPARED_DIMENSIONS, cases)
    else:
        whole = Cases.of(outcomes(facts, definition, [period]), definition.metric, ("team", "branch"))
        own = Cases.of(outcomes(facts, definition, [period], by_agent=True), definition.metric, ("agent",))
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
    places, strata = cases.of_members(dimension)
    mix = case_mix(
        cases.codes[dimension][places], strata, _averaged(cases.outcomes[places], definition), count=len(members),
        weights=cases.weights[places],
    )  # fmt: skip
    scale = _scale(definition)
    reached = _reached(mix, scale, metric)
    enough = np.flatnonzero([lack is None for lack in reached.lacks])
    return MemberComparison(
        metric=metric, statistic=metric.statistic, dimension=dimension, scale=scale,
        rows=_rows(members, cases.requesters_of(dimension), reached, enough, metric), centre=reached.funnel.centre,
        dispersion=reached.funnel.dispersion, between=reached.funnel.between, minimum_cases=metric.minimum_sample,
        undefined_because=_because(reached.funnel, len(enough), len(members)),
        limits=_curves(reached.funnel, reached.found.effective[enough]),
    )  # fmt: skip


@dataclass(frozen=True)
class _Reached:
    """What the members reached, by member.

    Attributes:
        cases: How many cases each has.
        values: What each reached, in the unit of the metric.
        found: Each beside the others, on the scale on which cases are averaged.
        differences: How far each lies from what is expected, on the scale of the funnel.
        lacks: What each lacks for being compared.
        funnel: The funnel of those that lack nothing, in their order.
    """

    cases: FloatArray
    values: FloatArray
    found: AgainstOthers
    differences: FloatArray
    lacks: tuple[Lack | None, ...]
    funnel: Funnel


def _reached(mix: CaseMix, scale: Scale, metric: Metric) -> _Reached:
    """Each member beside the others, those left out of the reference who clearly differ.

    One odd member is a large part of what is expected of the few who share its cases, and would make them look odd in
    the other direction. So whoever differs most is set aside, one at a time, and the others are compared again.
    """
    reference = np.ones(mix.count, dtype=bool)
    spare = int(MOST_SET_ASIDE * mix.count)
    reached = _once(mix, scale, metric, reference, range(mix.count))
    judged = [number for number, lack in enumerate(reached.lacks) if lack is None]
    for _ in range(spare):
        odd = _most_odd(reached, reference)
        if odd is None:
            break
        reference[odd] = False
        reached = _once(mix, scale, metric, reference, judged)
    return reached


def _once(mix: CaseMix, scale: Scale, metric: Metric, reference: NDArray[np.bool_], judged: Sequence[int]) -> _Reached:
    """Each member beside the reference; only those of `judged` are compared."""
    found, cases = against_others(mix, reference), mix.by_member(mix.cases)
    is_whole = bool(reference.all())
    lacks = tuple(
        _lack(cases[number], found, number, metric.minimum_sample, is_whole=is_whole)
        if number in judged else Lack.FEW_CASES if cases[number] < metric.minimum_sample else Lack.NOBODY_ALIKE
        for number in range(mix.count)
    )  # fmt: skip
    enough = np.array([lack is None for lack in lacks])
    observed, expected = (scale.of(_figures(averages, scale)) for averages in (found.observed, found.expected))
    funnel = _funnel(mix, found, enough, scale)
    return _Reached(cases, _figures(means(mix), scale), found, observed - expected, lacks, funnel)


def _lack(cases: float, found: AgainstOthers, number: int, minimum: int, *, is_whole: bool) -> Lack | None:
    """What a member lacks for being compared; how many others there are is asked before anybody is set aside."""
    if cases < max(minimum, 1):
        return Lack.FEW_CASES
    is_alike = (
        found.shared[number] >= LEAST_SHARED
        and found.effective[number] >= LEAST_EFFECTIVE * minimum
        and (not is_whole or found.others[number] >= FEWEST_OTHERS)
    )
    return None if is_alike else Lack.NOBODY_ALIKE


def _most_odd(reached: _Reached, reference: NDArray[np.bool_]) -> int | None:
    """Who differs most of those that clearly do and are still part of what is expected of others."""
    enough = [number for number, lack in enumerate(reached.lacks) if lack is None]
    clear = [
        (abs(float(z)), -number)
        for number, group, z in zip(enough, reached.funnel.groups, reached.funnel.z_scores, strict=True)
        if group in _CLEAR and reference[number]
    ]
    return -max(clear)[1] if clear else None


def _scale(definition: Definition) -> Scale:
    if definition.summary in _SHARES:
        return Scale.ARCSINE
    return Scale.LOG if definition.summary is Summary.DURATION else Scale.PLAIN


def _averaged(values: FloatArray, definition: Definition) -> FloatArray:
    """What is averaged of the cases: 0 or 1, the logarithm of seconds, points."""
    if definition.summary is Summary.DURATION:
        return np.asarray(np.log(np.maximum(values, SHORTEST_SECONDS)), dtype=np.float64)
    return values * 100.0 if definition.summary is Summary.NPS else values


def _figures(averages: FloatArray, scale: Scale) -> FloatArray:
    """Averages in the unit of the metric."""
    return scale.back(averages) if scale is Scale.LOG else averages


def _funnel(mix: CaseMix, found: AgainstOthers, enough: NDArray[np.bool_], scale: Scale) -> Funnel:
    """The funnel of the members about whom there is enough data, in their order, around the mean of their cases."""
    n, observed, expected = found.effective[enough], found.observed[enough], found.expected[enough]
    if scale is Scale.ARCSINE:
        funnel = funnel_of_shares(np.clip(observed, 0, 1) * n, n, expected=expected)
    else:
        of_means = funnel_of_durations if scale is Scale.LOG else funnel_of_means
        funnel = of_means(observed, deviations(mix)[enough], n, expected=expected)
    if funnel.centre is None:
        return funnel
    weight, total = (mix.by_member(amounts)[enough].sum() for amounts in (mix.weight, mix.total))
    return replace(funnel, centre=float(_figures(total / weight, scale)))


def _because(funnel: Funnel, enough: int, members: int) -> str | None:
    if funnel.undefined_because is None or enough >= FEWEST_MEMBERS:
        return funnel.undefined_because
    return (
        f"only {enough} of {members} have enough cases, of kinds that others handle too, "
        f"and fewer than {FEWEST_MEMBERS} cannot say what is usual"
    )


def _rows(
    members: Sequence[str], requesters: NDArray[np.int64], reached: _Reached, enough: NDArray[np.intp], metric: Metric
) -> tuple[ComparedMember, ...]:
    """The members with cases, in alphabetical order."""
    told = _told(reached, enough, metric)
    place = {int(number): index for index, number in enumerate(enough)} if told else {}
    return tuple(
        ComparedMember(
            member=member, n=int(reached.cases[number]), requesters=int(requesters[number]),
            value=float(reached.values[number]), lack=reached.lacks[number],
            **(told[place[number]] if number in place else {}),
        )
        for number, member in enumerate(members)
        if reached.cases[number]
    )  # fmt: skip


def _told(reached: _Reached, enough: NDArray[np.intp], metric: Metric) -> list[dict[str, Any]]:
    """What is said of each compared member, by the names of the fields; nothing when nobody is compared."""
    funnel, scale, effective = reached.funnel, reached.funnel.scale, reached.found.effective[enough]
    if funnel.centre is None or funnel.error_of_one is None:
        return []
    moved = scale.of(funnel.centre) + reached.differences[enough]
    reach = _INTERVAL * funnel.error_of_one / np.sqrt(effective)
    numbers = {
        "expected": _figures(reached.found.expected[enough], scale), "adjusted": scale.back(moved),
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
