"""Outcomes: the decided cases of one metric as rows, for everything that a sum does not tell.

Medians are compared by their raw values, agents by their own cases, segments by who is in them. Those rows are here,
placed and decided by the very expressions that `evaluation.metrics.measure` counts with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.measurement import UNASSIGNED
from evaluation.metrics.aggregating import WEIGHTED, as_number, outcome
from evaluation.metrics.counting import SUCCESS
from evaluation.metrics.definition import Definition, Standing, Summary
from evaluation.metrics.placing import Timeline, within
from evaluation.metrics.streaming import Rows, rows_of
from evaluation.metrics.surveys import prepared
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts

COLUMNS = ("period_id", "outcome", "weight", *DIMENSION_COLUMNS, "requester_id")
"""Columns of a frame of outcomes."""


def outcomes(
    facts: Facts,
    definition: Definition,
    periods: Sequence[Period],
    *,
    by_agent: bool = False,
    reported: Period | None = None,
    columns: Collection[str] = COLUMNS,
) -> pd.DataFrame:
    """One row for every decided case of a metric in each of the periods: exactly the cases that `measure` counts in n.

    Args:
        facts: Fact tables.
        definition: The metric, as `evaluation.metrics.catalogue.chosen` gives it.
        periods: Periods in which cases are wanted, each named once. Where two overlap, a case of both is there twice.
        by_agent: Take the cases from `definition.for_agents` where a metric has it: legs of calls instead of calls.
        reported: The period under review, which decides on what scale surveys are measured; by default that of
            `periods` that ends last.
        columns: Those wanted; what is left out is not read. `period_id` and `outcome` are always there.

    Returns:
        A frame in no particular order, with
        `period_id` (categorical);
        `outcome` (float: 1 or 0 for shares, seconds for durations, points for means, 1, 0 or -1 for NPS, 1 for counts;
        NaN for a case that counts although its amount is not known);
        `weight` (float, 1 for cases without weights);
        `channel`, `team`, `branch`, `topic`, `priority`, `agent` (categoricals in alphabetical order; a case without
        member is `UNASSIGNED`, and the agent is whom the case set credits);
        `requester_id` (categorical; missing where it is unknown or the fact table has none).
        It is empty when the fact table is missing.
    """
    asked = definition.for_agents if by_agent and definition.for_agents is not None else definition
    timeline = Timeline.of(tuple((period,) for period in periods))
    last = reported or max(periods, key=lambda period: (period.end, period.start))
    table = as_measured(facts, asked.cases.table, last)
    wanted = [name for name in COLUMNS if name in ("period_id", "outcome", *columns)]
    if table is None:
        return _frame(Rows([], {}), asked, timeline)[wanted]
    query = _query(table, asked, timeline, wanted)
    coded = [name for name in (*DIMENSION_COLUMNS, "requester_id") if name in query.columns]
    rows = rows_of(query, bounds=timeline.bounds, stamps=["span"], coded=coded)
    return _frame(rows, asked, timeline)[wanted]


def as_measured(facts: Facts, name: str, reported: Period) -> ir.Table | None:
    """The fact table as it is measured; None when it is missing."""
    if name not in facts:
        return None
    table = facts[name]
    if name == "replies" and "tickets" in facts:
        # without events only first replies are known, and calling those the next replies would be wrong
        tickets = facts["tickets"].aggregate(with_events=facts["tickets"].has_events.any()).execute()
        says = tickets["with_events"].iloc[0]
        return table if pd.isna(says) or bool(says) else None
    return prepared(table, name, reported, facts.cut)


def _query(table: ir.Table, definition: Definition, timeline: Timeline, wanted: Collection[str]) -> ir.Table:
    """The decided rows of the periods, with the columns that a frame of outcomes is made of."""
    columns: dict[str, ir.Value] = {"span": definition.cases.anchor(table), "standing": outcome(table, definition)}
    for name in (name for name in DIMENSION_COLUMNS if name in wanted):
        columns[name] = definition.cases.agent(table) if name == "agent" else table[name]
    if "requester_id" in table.columns and "requester_id" in wanted:
        columns["requester_id"] = table.requester_id
    if definition.summary is not Summary.SHARE and definition.amount is not None:
        columns["amount"] = as_number(definition.amount(table))
    if definition.summary in WEIGHTED:
        columns["weight"] = table.weight.cast("float64")
    placed = table.select(**columns)
    inside = (within(placed.span, Timeline.of(((period,),))) for period in timeline.periods)
    return placed.filter(placed.standing.isin([Standing.DECIDED.value, SUCCESS]), ibis.or_(*inside))


def _frame(rows: Rows, definition: Definition, timeline: Timeline) -> pd.DataFrame:
    """The rows of a query once for each period in which they lie."""
    spans = rows.column("span")
    runs = timeline.spans_of_periods
    inside = [np.flatnonzero((spans >= first) & (spans < after)) for first, after in runs]
    taken = np.concatenate(inside)
    number = np.repeat(np.arange(len(runs)), [len(own) for own in inside])
    columns: dict[str, Any] = {
        "period_id": pd.Categorical.from_codes(
            number, pd.Index([period.id for period in timeline.periods], dtype=object)
        ),
        "outcome": _amounts(rows, definition)[taken],
        "weight": rows.column("weight")[taken] if definition.summary in WEIGHTED else np.ones(len(taken)),
    }
    for name in (*DIMENSION_COLUMNS, "requester_id"):
        missing = UNASSIGNED if name == "requester_id" else None
        columns[name] = _members(rows, name, taken, missing)
    return pd.DataFrame(columns)


def _amounts(rows: Rows, definition: Definition) -> NDArray[np.float64]:
    if definition.summary is Summary.SHARE:
        return (rows.column("standing") == SUCCESS).astype(float)
    name = "standing" if definition.amount is None else "amount"
    return rows.column(name).astype(float) if name == "amount" else np.ones(len(rows.column(name)))


def _members(rows: Rows, name: str, taken: NDArray[np.int64], missing: str | None) -> pd.Categorical:
    """A coded column with its members in alphabetical order, so that nothing depends on the order of rows."""
    known = rows.members.get(name)
    if known is None:
        return pd.Categorical.from_codes(np.full(len(taken), -1), pd.Index([], dtype=object))
    names = sorted(one for one in known if one != missing)
    place = {one: code for code, one in enumerate(names)}
    codes = np.array([place.get(one, -1) for one in known], dtype=np.int64)
    return pd.Categorical.from_codes(codes[rows.column(name)[taken]] if known else taken, pd.Index(names, dtype=object))
