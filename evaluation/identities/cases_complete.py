"""Decided + undecided + excluded = all: every row of a metric's population is counted exactly once, in its place.

The rows are counted by the engine from the fact tables (`row_counts`), for the whole in every measured period and for
the members of each dimension in the reported one. Measuring places them in spans, spreads them over dimensions and
adds spans up to periods.

What is all, by the kind of the metric: the rows of its population; of a metric whose cases have several rows, the
different cases of each standing; what is there at the end of a period, of a stock; who was there at its start, of a
cohort; the tickets created, of a metric of requesters, counted or left out. Of a ratio it is what is decided above the
line and below it, each for itself: what is left out of either stands with the metric that counts it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.identities.row_counts import (
    Counts,
    Horizon,
    Stays,
    different_at_any_time,
    different_cases,
    rows_of_cases,
)
from evaluation.identity import Identity
from evaluation.measurement import DIMENSIONS, Absent
from evaluation.metrics.cases import CREATED, always
from evaluation.metrics.definition import (
    CaseSet,
    CohortDefinition,
    Definition,
    Expression,
    FrameDefinition,
    Presence,
    RatioDefinition,
    RequesterDefinition,
    Standing,
    StockDefinition,
    alike,
)
from evaluation.metrics.surveys import prepared
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.measurement import Measurements
    from evaluation.metrics.definition import AnyDefinition

ID = "cases_complete"
_UNMEASURED = {Absent.WITHHELD, Absent.NO_SOURCE, Absent.NO_EVENTS, Absent.NO_POLICY}
_KEY = ["period_id", "dimension", "member"]

ALL, ABOVE, BELOW = ("n", "undecided", "excluded"), ("numerator",), ("n",)
TICKETS = ("numerator", "excluded")
"""Which numbers of a measurement make one side: all cases, what a ratio divides and by what, tickets of requesters."""

Side = tuple[str, ...]

_WORDS = {"n": "decided", "numerator": "above the line"}


@dataclass(frozen=True)
class _Counted:
    """Rows that were counted of a metric, and what they must be equal to.

    Attributes:
        metric_id: The metric.
        side: Numbers of the measurement that make them, added up.
        dimensions: Dimensions in which every member is compared.
        rows: How many there are.
    """

    metric_id: str
    side: Side
    dimensions: tuple[str, ...]
    rows: Counts


@dataclass(frozen=True)
class _Asked:
    """One count of rows that is wanted for a metric: those that satisfy a condition, placed by a case set."""

    metric_id: str
    side: Side
    cases: CaseSet
    condition: Expression
    dimensions: tuple[str, ...]


def cases_complete(
    measurements: Measurements, facts: Facts, definitions: Mapping[str, AnyDefinition], period: Period
) -> tuple[Identity, ...]:
    """One identity for each measured metric: all its periods, and its members in the reported one."""
    measured = _measured(measurements, definitions)
    horizon = _horizon(measurements, facts, period)
    counted: dict[str, list[_Counted]] = {}
    for table_name in facts.expressions:
        table = prepared(facts[table_name], table_name, period, facts.cut)
        for one in _of_table(table, table_name, measured, horizon):
            counted.setdefault(one.metric_id, []).append(one)
    shown = _shown(measurements, measured, period)
    return tuple(_identity(name, counted[name], own) for name, own in shown if name in counted)


def is_counted(definition: AnyDefinition) -> bool:
    """Whether the rows of a metric are counted: so it is for every kind of definition that there is."""
    return bool(_asked(definition)) or isinstance(definition, FrameDefinition | StockDefinition | CohortDefinition)


def _measured(measurements: Measurements, definitions: Mapping[str, AnyDefinition]) -> dict[str, AnyDefinition]:
    """Definitions of what was measured: absent ones have no cases in any period, and say why."""
    frame = measurements.frame
    whole = frame.loc[frame["dimension"] == "all"]
    is_there = (whole[list(ALL)] > 0).any(axis=1) | ~whole["reason"].isin(list(_UNMEASURED))
    found = set(whole.loc[is_there, "metric_id"])
    return {name: definition for name, definition in definitions.items() if name in found}


def _horizon(measurements: Measurements, facts: Facts, period: Period) -> Horizon:
    """The measured periods."""
    names = measurements.frame["period_id"].unique()
    starts = period.fiscal_year_starts
    periods = (Period.parse(name, zone=period.zone, fiscal_year_starts=starts) for name in names if name != period.id)
    return Horizon((*periods, period), period, facts.cut)


def _of_table(
    table: ir.Table, name: str, measured: Mapping[str, AnyDefinition], horizon: Horizon
) -> Iterator[_Counted]:
    """What is counted in one fact table."""
    asked = [one for own in measured.values() for one in _asked(own) if one.cases.table == name]
    for group in alike(asked, lambda one: one.cases.id):
        dimensions = [own for own in DIMENSIONS[1:] if any(own in one.dimensions for one in group)]
        conditions = [one.condition for one in group]
        counts = rows_of_cases(table, group[0].cases, conditions, dimensions, horizon)
        for one, found in zip(group, counts, strict=True):
            rows = {key: number for key, number in found.items() if key[1] in one.dimensions}
            yield _Counted(one.metric_id, one.side, one.dimensions, rows)
    several = [one for one in measured.values() if isinstance(one, FrameDefinition) and one.case is not None]
    for definition in several:
        if definition.cases.table == name:
            rows = different_cases(table, definition, DIMENSIONS[1:], horizon)
            yield _Counted(definition.metric.id, ALL, DIMENSIONS, rows)
    stocks = [one for one in measured.values() if isinstance(one, StockDefinition) and one.table == name]
    for same in alike(stocks, lambda one: (one.since, one.until)):
        there = Stays.of(table, same[0].since, same[0].until, DIMENSIONS[1:], horizon).at_ends()
        yield from (_Counted(one.metric.id, ALL, DIMENSIONS, there) for one in same)
    yield from _of_cohorts(table, name, measured, horizon)


def _of_cohorts(
    table: ir.Table, name: str, measured: Mapping[str, AnyDefinition], horizon: Horizon
) -> Iterator[_Counted]:
    cohorts = [one for one in measured.values() if isinstance(one, CohortDefinition) and one.table == name]
    for same in alike(cohorts, lambda one: (one.since, one.until, one.dimensions)):
        there = Stays.of(table, same[0].since, same[0].until, same[0].dimensions, horizon).at_starts()
        yield from (_Counted(one.metric.id, ALL, ("all", *one.dimensions), there) for one in same)
    divided = [
        (one.metric.id, one.denominator)
        for one in measured.values()
        if isinstance(one, RatioDefinition) and isinstance(one.denominator, CohortDefinition)
    ]
    below = [own for own in divided if own[1].table == name and own[1].presence is Presence.THERE]
    for pairs in alike(below, lambda own: own[1]):
        who = pairs[0][1]
        different = different_at_any_time(table, who.who, who.since, who.until, horizon)
        yield from (_Counted(metric_id, BELOW, ("all",), different) for metric_id, _ in pairs)


def _asked(definition: AnyDefinition) -> list[_Asked]:
    """The counts of single rows that are wanted for a metric."""
    metric_id = definition.metric.id
    if isinstance(definition, RequesterDefinition):
        side = TICKETS if definition.top is None else ALL
        return [_Asked(metric_id, side, CREATED, always, DIMENSIONS)]
    if isinstance(definition, RatioDefinition):
        below = definition.denominator
        cohort = below.dimensions if isinstance(below, CohortDefinition) else None
        everywhere = DIMENSIONS if cohort is None else ("all", *cohort)
        found = [_Asked(metric_id, ABOVE, definition.numerator.cases, _decided(definition.numerator), everywhere)]
        if isinstance(below, Definition):
            of_whole = ("all",) if definition.is_below_whole else DIMENSIONS
            found.append(_Asked(metric_id, BELOW, below.cases, _decided(below), of_whole))
        return found
    if isinstance(definition, FrameDefinition) and definition.case is None:
        return [_Asked(metric_id, ALL, definition.cases, _is_case(definition), DIMENSIONS)]
    if not isinstance(definition, Definition):
        return []
    legs = definition.for_agents
    if legs is None:
        return [_Asked(metric_id, ALL, definition.cases, _is_case(definition), DIMENSIONS)]
    others = tuple(name for name in DIMENSIONS if name != "agent")
    return [
        _Asked(metric_id, ALL, definition.cases, _is_case(definition), others),
        _Asked(metric_id, ALL, legs.cases, _is_case(legs), ("agent",)),
    ]


def _is_case(definition: Definition | FrameDefinition) -> Expression:
    return lambda table: definition.standing(table) != Standing.NO_CASE


def _decided(definition: Definition) -> Expression:
    return lambda table: (definition.standing(table) == Standing.DECIDED) & table.exclusion.isnull()


def _shown(
    measurements: Measurements, measured: Mapping[str, AnyDefinition], period: Period
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The numbers of each metric's first statistic: the whole in every period, members in the reported one."""
    frame = measurements.frame
    is_wanted = (frame["dimension"] == "all") | (
        (frame["period_id"] == period.id) & frame["dimension"].isin(list(DIMENSIONS))
    )
    first = {name: definition.statistics[0] for name, definition in measured.items()}
    rows = frame.loc[is_wanted & frame["metric_id"].isin(list(first))]
    rows = rows.loc[(rows["metric_id"].map(first) == rows["statistic"]).to_numpy(dtype=bool)]
    by_metric = dict(iter(rows.groupby("metric_id", sort=False)))
    yield from ((name, by_metric[name]) for name in measured if name in by_metric)


def _identity(metric_id: str, counted: Sequence[_Counted], shown: pd.DataFrame) -> Identity:
    """All equations of one metric; the first that does not hold is told."""
    keys = list(zip(*(shown[name].tolist() for name in _KEY), strict=True))
    checked, total, broken = 0, 0.0, []
    for own in counted:
        numbers = np.stack([shown[name].to_numpy(dtype=float, na_value=0.0) for name in own.side], axis=1)
        measured = {key: row for key, row in zip(keys, numbers.tolist(), strict=True) if key[1] in own.dimensions}
        places = dict.fromkeys((*measured, *own.rows))
        checked += len(places)
        total += sum(own.rows.values())
        nothing = [0.0] * len(own.side)
        each = ((key, own.side, measured.get(key, nothing), own.rows.get(key, 0)) for key in places)
        broken += [one for one in each if sum(one[2]) != one[3]]
    if not broken:
        return Identity(id=ID, subject=metric_id, holds=True, left=total, right=total, checked=checked)
    key, side, told, rows = broken[0]
    terms = " + ".join(f"{number:.10g} {_WORDS.get(name, name)}" for name, number in zip(side, told, strict=True))
    return Identity(
        id=ID, subject=metric_id, holds=False, left=float(sum(told)), right=float(rows), checked=checked,
        detail=f"{metric_id} {' '.join(dict.fromkeys(key))}: {terms}, of {rows} rows",
    )  # fmt: skip
