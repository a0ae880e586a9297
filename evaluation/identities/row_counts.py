"""Rows counted from the fact tables themselves, by plain comparisons and GROUP BY, for every period and member.

Measuring takes rows out of the engine and counts them on arrays. Here the engine counts: for the whole in every
period, and for the members of each dimension in the reported one. It is one query for each anchor of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.measurement import UNASSIGNED
from evaluation.metrics.definition import CaseSet, Expression, FrameDefinition, Standing
from evaluation.metrics.placing import bounds_passed, instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.period import Period

Key = tuple[str, str, str]
"""Period, dimension and member."""

Counts = dict[Key, int]


@dataclass(frozen=True)
class Horizon:
    """The periods for which rows are counted.

    Attributes:
        periods: All of them.
        reported: The one in which members are counted too.
        cut: The as-of moment.
    """

    periods: tuple[Period, ...]
    reported: Period
    cut: datetime

    @cached_property
    def bounds(self) -> list[datetime]:
        """The instants at which any period starts or ends, ascending."""
        return sorted({at for period in self.periods for at in (period.start, period.end)})

    def ends(self, period: Period) -> tuple[int, int]:
        """The places of a period's start and end among the bounds."""
        return self.bounds.index(period.start), self.bounds.index(period.end)

    def has_begun(self, period: Period) -> bool:
        """Whether anything of a period was known at the cut."""
        return period.start < self.cut


def rows_of_cases(
    table: ir.Table, cases: CaseSet, conditions: Sequence[Expression], dimensions: Sequence[str], horizon: Horizon
) -> list[Counts]:
    """How many rows satisfy each of some conditions, placed by the anchor of a case set.

    Args:
        table: The fact table.
        cases: How rows are placed.
        conditions: Conditions on a row, null counts as false.
        dimensions: Dimensions whose members are counted in the reported period.
        horizon: The periods.

    Returns:
        For each condition its rows by period, dimension and member; what has none is left out.
    """
    names = [f"condition {number}" for number in range(len(conditions))]
    anchor = cases.anchor(table)
    inside = table.filter(anchor >= instant(horizon.bounds[0]), anchor < instant(horizon.bounds[-1]))
    anchor = cases.anchor(inside)
    reported = (anchor >= instant(horizon.reported.start)) & (anchor < instant(horizon.reported.end))
    placed = inside.select(
        place=_places(inside, bounds_passed(anchor, horizon.bounds).cast("string"), reported, cases, dimensions),
        **{name: ibis.ifelse(holds(inside), 1, 0) for name, holds in zip(names, conditions, strict=True)},
    )
    query = placed.group_by("place").aggregate(**{name: placed[name].sum() for name in names})
    found = _fetched(query)
    return [_by_key(found.assign(rows=found[name])[["dimension", "member", "rows"]], horizon) for name in names]


def _places(
    table: ir.Table, whole: ir.Value, is_shown: ir.Value, cases: CaseSet | None, dimensions: Sequence[str]
) -> ir.Value:
    """A row's place in the whole and, when it is shown, its member of each dimension: as many rows with one place."""
    members = [
        ibis.literal(f"{name}:").concat(ibis.coalesce(member, UNASSIGNED))
        for name, member in _members(table, cases, dimensions).items()
    ]
    whole = ibis.literal("all:").concat(whole)
    return ibis.ifelse(is_shown, ibis.array([whole, *members]), ibis.array([whole])).unnest()


def _members(table: ir.Table, cases: CaseSet | None, dimensions: Sequence[str]) -> dict[str, ir.Value]:
    return {name: cases.agent(table) if name == "agent" and cases is not None else table[name] for name in dimensions}


def _fetched(query: ir.Table) -> pd.DataFrame:
    """The rows of a query, with `dimension` and `member` instead of `place`."""
    found = query.to_pyarrow().to_pandas()
    told = [place.partition(":") for place in found.pop("place")]
    return found.assign(dimension=[one for one, _, _ in told], member=[other for _, _, other in told])


def _by_key(rows: pd.DataFrame, horizon: Horizon) -> Counts:
    """The rows of the whole, whose members are the bounds that they have passed, and of the members."""
    found = rows.loc[rows["rows"] > 0]
    each = list(zip(found["dimension"], found["member"], found["rows"].tolist(), strict=True))
    spans = {int(member): int(number) for dimension, member, number in each if dimension == "all"}
    counts: Counts = {}
    for period in horizon.periods:
        first, after = horizon.ends(period)
        counts[period.id, "all", "all"] = sum(spans.get(passed, 0) for passed in range(first + 1, after + 1))
    return counts | {
        (horizon.reported.id, dimension, member): int(number)
        for dimension, member, number in each
        if dimension != "all"
    }


def different_cases(
    table: ir.Table, definition: FrameDefinition, dimensions: Sequence[str], horizon: Horizon
) -> Counts:
    """How many different cases there are of each standing, added up, of a metric whose cases have several rows.

    Its table is small by nature; its rows are counted one period and one dimension at a time.
    """
    standing = definition.standing(table)
    left_out = (standing != Standing.NO_CASE) & table.exclusion.notnull()
    rows = table.select(
        case=definition.columns[str(definition.case)](table), at=definition.cases.anchor(table),
        standing=ibis.ifelse(left_out, Standing.LEFT_OUT.value, standing),
        **{name: ibis.coalesce(own, UNASSIGNED) for name, own in _members(table, definition.cases, dimensions).items()},
    ).filter(ibis._.standing != Standing.NO_CASE, ibis._.case.notnull()).to_pyarrow().to_pandas()  # fmt: skip
    counts: Counts = {}
    for period in horizon.periods:
        own = rows.loc[(rows["at"] >= period.start) & (rows["at"] < period.end)]
        counts[period.id, "all", "all"] = len(own[["case", "standing"]].drop_duplicates())
        for dimension in dimensions if period == horizon.reported else ():
            different = own[["case", "standing", dimension]].drop_duplicates()
            members = different.groupby(dimension).size().to_dict()
            counts |= {(period.id, dimension, str(member)): int(number) for member, number in members.items()}
    return counts


@dataclass(frozen=True)
class Stays:
    """Rows with a beginning and an end, counted by which bounds they have passed at both.

    Attributes:
        rows: `dimension`, `member`, `since`, `until` (bounds passed), `is_excluded` and how many `rows` there are; of
            the members of dimensions only those that touch the reported period.
        horizon: The periods.
    """

    rows: pd.DataFrame
    horizon: Horizon

    @classmethod
    def of(
        cls, table: ir.Table, since: Expression, until: Expression, dimensions: Sequence[str], horizon: Horizon
    ) -> Stays:
        """Count them in one query."""
        began, ended = since(table), until(table)
        start, end = instant(horizon.reported.start), instant(horizon.reported.end)
        # an excluded stay may end before it begins
        touches = (began < end) & (ended.isnull() | (ended >= start) | (began >= start))
        keys = ("since", "until", "is_excluded")
        asked = table.select(
            place=_places(table, ibis.literal("all"), touches.fill_null(False), None, dimensions),
            since=bounds_passed(began, horizon.bounds), until=bounds_passed(ended, horizon.bounds),
            is_excluded=table.exclusion.notnull(),
        )  # fmt: skip
        query = asked.group_by(["place", *keys]).aggregate(rows=asked.count())
        return cls(_fetched(query), horizon)

    def at_ends(self) -> Counts:
        """Those that are there at the end of each period, excluded ones among them."""
        return self._counted({period: self._are_there(self.horizon.ends(period)[1]) for period in self.horizon.periods})

    def at_starts(self) -> Counts:
        """Those that are there at the start of each period that has begun, and the excluded ones that begin in it."""
        excluded = self.rows["is_excluded"].astype(bool)
        found: dict[Period, pd.Series] = {}
        for period in self.horizon.periods:
            if self.horizon.has_begun(period):
                found[period] = (self._are_there(self.horizon.ends(period)[0]) & ~excluded) | self._begin_in(period)
        return self._counted(found)

    def _begin_in(self, period: Period) -> pd.Series:
        start, end = self.horizon.ends(period)
        return self.rows["is_excluded"].astype(bool) & (self.rows["since"] > start) & (self.rows["since"] <= end)

    def _are_there(self, bound: int) -> pd.Series:
        return (self.rows["since"] <= bound) & (self.rows["until"] > bound)

    def _counted(self, found: dict[Period, pd.Series]) -> Counts:
        counts: Counts = {}
        for period, holds in found.items():
            own = self.rows.loc[holds if period == self.horizon.reported else holds & (self.rows["dimension"] == "all")]
            for dimension, member, number in zip(own["dimension"], own["member"], own["rows"].tolist(), strict=True):
                key = period.id, str(dimension), str(member)
                counts[key] = counts.get(key, 0) + int(number)
        return counts


def different_at_any_time(table: ir.Table, who: str, since: Expression, until: Expression, horizon: Horizon) -> Counts:
    """How many different ones were there at any time in each period that has begun, for the whole."""
    began, ended, counts = since(table), until(table), table.exclusion.isnull()
    begun = [period for period in horizon.periods if horizon.has_begun(period)]
    asked = {
        period.id: table[who].nunique(
            where=counts & (began < instant(period.end)) & (ended.isnull() | (ended >= instant(period.start)))
        )
        for period in begun
    }
    found = table.aggregate(**asked).to_pyarrow().to_pylist()[0] if asked else {}
    return {(name, "all", "all"): int(number) for name, number in found.items()}
