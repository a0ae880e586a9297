"""The shape of a metric's computation: which rows are cases, how each stands, what it amounts to, how it is summed.

A `Definition` puts a metric's meaning (`Metric`) beside its computation over one fact table. The computation only says
what one row means; the engine in `evaluation/metrics/measuring.py` places rows in periods, groups and summarises them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from evaluation.metric import Credit, Metric

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from ibis.expr import types as ir
    from numpy.typing import NDArray


class Standing(IntEnum):
    """How a row of a fact table stands towards one metric; each row has exactly one."""

    NO_CASE = 0
    """Not of the population at all: counted nowhere."""
    DECIDED = 1
    """Counts: n."""
    UNDECIDED = 2
    """Of the population, but its outcome is not known at cut."""
    LEFT_OUT = 3
    """Of the population, and excluded for a reason: spam, merged, not applicable, another scale."""
    UNKNOWN = 4
    """Of the population, but the source does not say what is needed (no event history)."""


class Summary(StrEnum):
    """How cases become a figure."""

    COUNT = "count"
    SHARE = "share"
    """Amounts are 0 or 1."""
    MEAN = "mean"
    DURATION = "duration"
    """Amounts are seconds: mean, median, p90 and the shortest."""
    QUANTILE = "quantile"
    """Amounts of any other unit, which may lie below zero: mean, median, p90 and the smallest."""
    WEIGHTED_SHARE = "weighted_share"
    """Amounts are 0 or 1, answers may stand for several respondents."""
    WEIGHTED_MEAN = "weighted_mean"
    """Amounts are points of a scale: mean and standard deviation; answers may stand for several respondents."""
    NPS = "nps"
    """Amounts are 1 (promoter), 0 (passive) or -1 (detractor)."""
    STOCK = "stock"
    """Rows that are there at the end of the period."""
    RATIO = "ratio"
    """Cases of one definition over cases of another."""


STATISTICS: MappingProxyType[Summary, tuple[str, ...]] = MappingProxyType(
    {
        Summary.COUNT: ("value",),
        Summary.SHARE: ("value",),
        Summary.MEAN: ("mean",),
        Summary.DURATION: ("mean", "median", "min", "p90"),
        Summary.QUANTILE: ("mean", "median", "min", "p90"),
        Summary.WEIGHTED_SHARE: ("value",),
        Summary.WEIGHTED_MEAN: ("mean", "sd"),
        Summary.NPS: ("value",),
        Summary.STOCK: ("value",),
        Summary.RATIO: ("value",),
    }
)
"""Statistics that each summary gives."""


Expression = Callable[["ir.Table"], "ir.Value"]
"""A column made from a fact table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """The rows that several metrics share, and how each is placed in time.

    Attributes:
        id: Name of the set.
        table: Fact table that is read.
        anchor: The instant that places a row in a period; a row whose anchor is null is in none.
        agent: Who is credited: the reply's author, the assignee at the solve, the assignee.
        credit: The same in words.
    """

    id: str
    table: str
    anchor: Expression
    agent: Expression
    credit: Credit


def _as_the_table_says(table: ir.Table) -> ir.Value:
    return table.is_on_scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A metric with its computation over the rows of one case set.

    Attributes:
        metric: What it means.
        cases: Rows that it reads.
        standing: A `Standing` for each row; the engine itself leaves excluded rows out, for every metric.
        summary: How the cases become a figure.
        amount: What one decided case amounts to; None for counts.
        survey_kind: Kind of survey that it reads; its scale bounds a mean, and answers on another scale are a caveat.
        is_on_scale: Whether an answer is on that scale; the fact table says so when nothing else does.
        shortest_among: Decided cases among which the shortest duration is taken, None for all of them; of a mean those
            whose least amount tells whether it may lie below zero, None when no amount does.
        for_agents: What measures the members of the dimension `agent` instead, from rows of its own: a transferred call
            is one case of the service, and each leg is a case of the agent who took it. Its statistics are the same.
    """

    metric: Metric
    cases: CaseSet
    standing: Expression
    summary: Summary
    amount: Expression | None = None
    survey_kind: str | None = None
    is_on_scale: Expression = _as_the_table_says
    shortest_among: Expression | None = None
    for_agents: Definition | None = None

    @property
    def credits(self) -> tuple[Credit, ...]:
        """Who is credited."""
        return self.for_agents.credits if self.for_agents is not None else (self.cases.credit,)

    @property
    def statistics(self) -> tuple[str, ...]:
        """Statistics that are measured, in alphabetical order."""
        return STATISTICS[self.summary]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDefinition:
    """A metric that counts what is there at the end of a period.

    Attributes:
        metric: What it means.
        table: Fact table that is read.
        credit: Who is credited with its rows.
        since: Instant at which a row enters the stock; null = never.
        until: Instant at which it leaves; null = still there at cut.
        age_from: Instant from which a row's age at the end of the period is counted.
        ages: Statistics beside the count: name, and the age in seconds above which and up to which a row is of it.
        parts: Further ones: name and condition on the row.
        summary: `STOCK` counts the rows, `DURATION` summarises their ages.
        unknown: Rows of which the source does not say whether they are in the stock; None when it always does.
        age_among: Column whose rows are all as old as the oldest of them (the states of one ticket); None when each row
            has an age of its own.
    """

    metric: Metric
    table: str
    credit: Credit
    since: Expression
    until: Expression
    age_from: Expression
    ages: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    parts: Mapping[str, Expression] = field(default_factory=dict)
    summary: Summary = Summary.STOCK
    unknown: Expression | None = None
    age_among: str | None = None

    @property
    def credits(self) -> tuple[Credit, ...]:
        """Who is credited."""
        return (self.credit,)

    @property
    def statistics(self) -> tuple[str, ...]:
        """Statistics that are measured."""
        return (*STATISTICS[self.summary], *self.beside)

    @property
    def beside(self) -> tuple[str, ...]:
        """Statistics beside the count."""
        return (*self.ages, *self.parts)


class Presence(StrEnum):
    """What is asked of those who were there."""

    STAYED = "stayed"
    """Of those there when the period began, who was there at its end."""
    LEFT = "left"
    """Of those there when the period began, who was not."""
    THERE = "there"
    """Who was there at any time in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortDefinition:
    """A metric that follows who was there when a period began, such as its customers; each period has its own cohort.

    Attributes:
        metric: What it means.
        table: Fact table that is read; its rows are stays that neither touch nor overlap for one and the same.
        who: Column that says whose stay it is.
        since: First instant of the stay.
        until: First instant after it; null = still there at cut.
        presence: What is asked of the cohort.
        dimensions: Dimensions that its rows have; in the others there are no members.
    """

    metric: Metric
    table: str
    who: str
    since: Expression
    until: Expression
    presence: Presence
    dimensions: tuple[str, ...]

    @property
    def credits(self) -> tuple[Credit, ...]:
        """Nobody: customers are no agent's."""
        return (Credit.NOBODY,)

    @property
    def summary(self) -> Summary:
        """How the cohort becomes a figure."""
        return Summary.COUNT if self.presence is Presence.THERE else Summary.SHARE

    @property
    def statistics(self) -> tuple[str, ...]:
        """Statistics that are measured."""
        return STATISTICS[self.summary]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioDefinition:
    """A metric that divides the cases of one count by the cases of another, group by group.

    Attributes:
        metric: What it means.
        numerator: The counted metric above the line.
        denominator: What is counted below the line: cases, maybe of another fact table, or who was there (a ratio then
            has members only in the dimensions of the cohort).
        per: The value is the quotient times this: 100 for complaints per 100 contacts.
        is_below_whole: What is below the line is the whole's for every member too: the opening hours of the service.
    """

    metric: Metric
    numerator: Definition
    denominator: Definition | CohortDefinition
    per: float = 1.0
    is_below_whole: bool = False

    @property
    def credits(self) -> tuple[Credit, ...]:
        """Who is credited above the line and, where it is somebody else, below it; nobody where it is nobody below."""
        below = self.denominator.credits
        if self.is_below_whole:
            return self.numerator.credits
        return below if Credit.NOBODY in below else tuple(dict.fromkeys((*self.numerator.credits, *below)))

    @property
    def statistics(self) -> tuple[str, ...]:
        """Statistics that are measured."""
        return STATISTICS[Summary.RATIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterDefinition:
    """A metric about how contacts spread over the people who ask.

    Attributes:
        metric: What it means.
        top: Share of the `top` busiest requesters; None for tickets per requester.
    """

    metric: Metric
    top: int | None = None

    @property
    def credits(self) -> tuple[Credit, ...]:
        """Who is credited with the tickets."""
        return (Credit.TICKET,)

    @property
    def statistics(self) -> tuple[str, ...]:
        """Statistics that are measured."""
        return ("value",) if self.top else ("mean", "median", "p90")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One statistic as a `FrameDefinition` computes it, a number for each cell; NaN where it is undefined.

    Attributes:
        value: The statistic.
        low: Lower end of its 95 % interval.
        high: Upper end.
        numerator: What was added above the line, when it is a quotient.
        denominator: What was added below the line.
    """

    value: NDArray[np.float64]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    numerator: NDArray[np.float64] | None = None
    denominator: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameDefinition:
    """A metric that no sum gives, such as the agreement of auditors: computed on the rows of the cells.

    Only for tables that are small by nature (audits, visits), because their rows leave the engine.

    Attributes:
        metric: What it means.
        cases: Rows that it reads.
        standing: A `Standing` for each row.
        columns: What `compute` needs of each decided row, by name.
        compute: From the decided rows of all cells, and the number of each row's cell, to the statistics by name. A row
            comes once for each cell that it lies in, in an order of no meaning; texts are categories in alphabetical
            order; cells count from 0 and each has rows. Without any row it is not called.
        statistics: Names of the statistics that `compute` gives, in alphabetical order.
        case: Which of `columns`, a text, identifies a case that has several rows; None when each row is one.
    """

    metric: Metric
    cases: CaseSet
    standing: Expression
    columns: Mapping[str, Expression]
    compute: Callable[[pd.DataFrame, NDArray[np.int64]], Mapping[str, Reading]]
    statistics: tuple[str, ...]
    case: str | None = None

    @property
    def credits(self) -> tuple[Credit, ...]:
        """Who is credited."""
        return (self.cases.credit,)


AnyDefinition = (
    Definition | FrameDefinition | StockDefinition | CohortDefinition | RatioDefinition | RequesterDefinition
)


_T = TypeVar("_T")


def alike(definitions: Iterable[_T], key: Callable[[_T], Hashable]) -> list[list[_T]]:
    """The definitions in groups that have the same key, in the order of their first ones.

    Example:
        >>> alike(["calls", "tasks", "visits"], key=len)
        [['calls', 'tasks'], ['visits']]
    """
    groups: dict[Hashable, list[_T]] = {}
    for definition in definitions:
        groups.setdefault(key(definition), []).append(definition)
    return list(groups.values())
