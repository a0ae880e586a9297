"""Measuring: all metrics over the fact tables, for every period, dimension and member, with intervals and reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evaluation.accumulation import accumulates, begins_late
from evaluation.measurement import COLUMNS, DIMENSIONS, Absent, Caveat, Measurements
from evaluation.metrics.aggregating import aggregate
from evaluation.metrics.catalogue import chosen, selected
from evaluation.metrics.cells import Cells, Members, joined, looked_up, some, united
from evaluation.metrics.cohorts import aggregate_cohorts, of_same_stays
from evaluation.metrics.definition import (
    AnyDefinition,
    CohortDefinition,
    Definition,
    FrameDefinition,
    RatioDefinition,
    RequesterDefinition,
    StockDefinition,
    Summary,
)
from evaluation.metrics.placing import Timeline, measured_periods
from evaluation.metrics.readings import readings
from evaluation.metrics.requesters import aggregate_requesters
from evaluation.metrics.stocks import aggregate_stocks, together
from evaluation.metrics.summarising import KEPT, STATISTIC_COLUMNS, Bounds, statistics_of
from evaluation.metrics.summing import parts_of
from evaluation.metrics.surveys import main_scales, prepared_reviews, prepared_surveys, review_scale
from evaluation.period import Period
from evaluation.readable_columns import BEGINS as READABLE
from evaluation.readable_columns import OWN_TABLE

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.settings import Settings

_BEGINS = {"tickets": "created_at", "replies": "waiting_since", "targets": "applied_at", "states": "at",
           "surveys": "asked_at", "reviews": "posted_at", "calls": "arrived_at", "call_legs": "arrived_at",
           "arrivals": "arrived_at", "open_hours": "at", "audits": "audited_at", "audit_marks": "audited_at",
           "double_marks": "doubled_at", "contacts": "at", "customers": "started_at", "returns": "at"}  # fmt: skip
_BEGINS |= {OWN_TABLE.format(table): "began_at" for table in READABLE}
"""The instant at which a row of each fact table begins; before the first of them nothing is known."""

_UNKNOWN = {"targets": Absent.NO_POLICY, **dict.fromkeys(("tickets", "replies", "states"), Absent.NO_EVENTS)}
"""What it means that cases cannot be measured, by fact table; elsewhere the source lacks a column."""

_ZERO_IS_A_VALUE = {Summary.COUNT, Summary.STOCK}


def measure(
    facts: Facts,
    settings: Settings,
    period: Period,
    *,
    withheld: Mapping[str, str] | None = None,
    also: Sequence[Period] = (),
    only: Collection[str] | None = None,
) -> Measurements:
    """Measure every metric of the catalogue.

    Measured are the last 13 months ending with the period's last month and, when the period is longer than a month, the
    period with its predecessors back to the same period last year (eight quarters). Each is measured for the whole and
    for every member of every dimension that occurs; rows without a member are the member `(unassigned)`. A chosen pair
    of dimensions is measured like one: `team+channel` has members such as `Billing + email`.

    Args:
        facts: Fact tables; a missing one makes its metrics absent, with a reason.
        settings: The organisation's choices; only `metrics`, `sla` and `dimension_pairs` are read.
        period: The reported period.
        withheld: Metric ids that must not be printed, with the check that forbids it.
        also: Further periods to measure, such as the baselines of goals; those measured anyway are not repeated.
        only: Metric ids to measure; None for the whole catalogue.

    Returns:
        A row for every statistic; where there is no value there is a reason. The whole (`all`) has its rows for every
        metric and period, members only where they occur.

    Raises:
        ConfigError: The settings, or `only`, name a metric or a variant that does not exist.
    """
    definitions = selected(chosen(settings.metrics), only)
    timeline = Timeline.of(measured_periods(period, also))
    dimensions = (*DIMENSIONS[1:], *(f"{first}+{second}" for first, second in settings.dimension_pairs))
    run = _Run(facts, period, timeline, dimensions, has_policies=bool(settings.sla))
    forbidden = withheld or {}
    cells = run.cells([definition for metric_id, definition in definitions.items() if metric_id not in forbidden])
    rows = []
    for metric_id, definition in definitions.items():
        if metric_id in forbidden:
            rows.append(run.absent(definition, Absent.WITHHELD))
        elif metric_id in cells:
            rows.append(run.statistics(definition, cells[metric_id]))
        else:
            rows.append(run.absent(definition, run.missing(definition)))
    return Measurements(run.described(rows, tuple(definitions.values())))


@dataclass
class _Run:
    """One run of measuring: the tables, the periods and what is found out about them on the way."""

    facts: Facts
    period: Period
    timeline: Timeline
    dimensions: tuple[str, ...]
    has_policies: bool

    def __post_init__(self) -> None:
        self.members = Members()
        self.tables = {name: _physical(table) for name, table in self.facts.expressions.items()}
        extents = _extents({name: table for name, table in self.tables.items() if name in _BEGINS})
        self.begins = {name: first for name, (first, _) in extents.items()}
        self.sizes = {name: rows for name, (_, rows) in extents.items()}
        if not self._has_events():
            # without events only first replies are known, and calling those the next replies would be wrong
            self.tables.pop("replies", None)
        self.flat = self.timeline.periods
        self.scales: dict[str, tuple[float, float]] = {}
        if "surveys" in self.tables:
            self.scales = main_scales(self.tables["surveys"], self.period)
            self.tables["surveys"] = prepared_surveys(self.tables["surveys"], self.scales, self.facts.cut)
        if "reviews" in self.tables:
            self.scales |= review_scale(self.tables["reviews"], self.period)
            self.tables["reviews"] = prepared_reviews(self.tables["reviews"], self.scales)

    def cells(self, definitions: Sequence[AnyDefinition]) -> dict[str, Cells]:
        """Sums by metric id; metrics whose table is missing are absent."""
        found: dict[str, Cells] = {}
        counted = [definition for definition in definitions if isinstance(definition, Definition)]
        divided = [definition for definition in definitions if isinstance(definition, RatioDefinition)]
        parts = [part for ratio in divided for part in (ratio.numerator, ratio.denominator)]
        counted += [part for part in parts if isinstance(part, Definition) and part not in counted]
        by_leg = [definition for definition in counted if definition.for_agents is not None]
        counted += [definition.for_agents for definition in by_leg if definition.for_agents is not None]
        readable = [definition for definition in counted if definition.cases.table in self.tables]
        sums: dict[Definition, Cells] = {}
        for table in dict.fromkeys(definition.cases.table for definition in readable):
            sums |= self._counted(table, [definition for definition in readable if definition.cases.table == table])
        framed = [one for one in definitions if isinstance(one, FrameDefinition) and one.cases.table in self.tables]
        found |= readings(self.tables, framed, self.timeline, self.members, dimensions=self.dimensions)
        found |= self._cohorts([*definitions, *parts])
        for definition in by_leg:
            if definition in sums and definition.for_agents is not None:
                sums[definition] = self._with_agents(sums[definition], sums.get(definition.for_agents))
        # what is measured goes before a part of a ratio, which may be another variant of it
        found |= {definition.metric.id: sums[definition] for definition in reversed(readable)}
        for ratio in divided:
            above, below = (
                sums.get(part) if isinstance(part, Definition) else found.get(part.metric.id)
                for part in (ratio.numerator, ratio.denominator)
            )
            if above is not None and below is not None:
                if isinstance(ratio.denominator, CohortDefinition):
                    above = self._within(above, ("all", *ratio.denominator.dimensions))
                found[ratio.metric.id] = _divided(above, below, is_below_whole=ratio.is_below_whole)
        return found | self._stocks(definitions) | self._requesters(definitions)

    def _stocks(self, definitions: Sequence[AnyDefinition]) -> dict[str, Cells]:
        stocks = [one for one in definitions if isinstance(one, StockDefinition) and one.table in self.tables]
        found: dict[str, Cells] = {}
        for group in together(stocks):
            table = self.tables[group[0].table]
            cells = aggregate_stocks(
                table, group, self.timeline, self.facts.cut, self.members, dimensions=self.dimensions
            )
            found |= {one.metric.id: own for one, own in zip(group, cells, strict=True)}
        return found

    def _cohorts(self, definitions: Sequence[AnyDefinition]) -> dict[str, Cells]:
        cohorts = [one for one in definitions if isinstance(one, CohortDefinition) and one.table in self.tables]
        found: dict[str, Cells] = {}
        for group in of_same_stays(list(dict.fromkeys(cohorts))):
            cells = aggregate_cohorts(self.tables[group[0].table], group, self.timeline, self.facts.cut, self.members)
            found |= {one.metric.id: own for one, own in zip(group, cells, strict=True)}
        return found

    def _counted(self, table: str, definitions: Sequence[Definition]) -> dict[Definition, Cells]:
        """Sums of the metrics of one fact table."""
        rows = self.sizes.get(table, 0)
        cells = aggregate(
            self.tables[table], definitions, self.timeline, self.members, dimensions=self.dimensions, rows=rows
        )
        return dict(zip(definitions, cells, strict=True))

    def _has_events(self) -> bool:
        if self.begins.get("tickets") is None:
            return True
        return bool(self.tables["tickets"].has_events.any().to_pyarrow().as_py())

    def _requesters(self, definitions: Sequence[AnyDefinition]) -> dict[str, Cells]:
        wanted = [definition for definition in definitions if isinstance(definition, RequesterDefinition)]
        if not wanted or "tickets" not in self.tables:
            return {}
        top = max(definition.top or 0 for definition in wanted)
        cells = aggregate_requesters(
            self.tables["tickets"],
            self.timeline,
            self.members,
            top=top,
            dimensions=self.dimensions,
            rows=self.sizes["tickets"],
        )
        tickets = cells | {"n": cells["sum"].astype(np.int64)}
        return {definition.metric.id: tickets if definition.top else cells for definition in wanted}

    def statistics(self, definition: AnyDefinition, cells: Cells) -> Cells:
        """The statistics of one metric from its sums, with the word for cases that cannot be measured."""
        cells = self._with_every_period(cells)
        bounds = Bounds(lowest=0.0)
        if isinstance(definition, Definition) and definition.survey_kind:
            bounds = Bounds(*self.scales.get(definition.survey_kind, (None, None)))
        rows = statistics_of(cells, definition, bounds)
        if _counts(definition):
            is_unknown = (rows["n"] == 0) & (rows["unknown"] > 0)
            is_zero = self._covered(rows["slot"], _tables_of(definition)[0]) & ~is_unknown
            rows |= {name: np.where(is_zero, rows[name], np.nan) for name in ("value", "numerator")}
        if isinstance(definition, RatioDefinition):
            # nothing above the line is a zero only where the table above it reaches
            reaches = self._covered(rows["slot"], definition.numerator.cases.table)
            told = ("value", "numerator", "low", "high")
            rows |= {name: np.where(reaches, rows[name], np.nan) for name in told}
        # one answer has a mean and no standard deviation
        may_be_undefined = isinstance(definition, FrameDefinition) or _summary_of(definition) is Summary.WEIGHTED_MEAN
        reasons = {
            Absent.UNDEFINED: (rows["n"] > 0) & may_be_undefined,
            _when_unknown(definition): rows["unknown"] > 0,
            Absent.NOT_DECIDED: rows["undecided"] > 0,
        }
        words = [_WORDS.index(reason) for reason in reasons]
        return self._told(definition, rows, np.select([*reasons.values()], words, _WORDS.index(Absent.NO_CASES)))

    def absent(self, definition: AnyDefinition, reason: Absent) -> Cells:
        """A metric that could not be measured: printed all the same, for each period, with the reason."""
        slots, number = len(self.flat), len(definition.statistics)
        rows = _nothing(np.repeat(np.arange(slots), number)) | {"statistic": np.tile(np.arange(number), slots)}
        told = dict.fromkeys(STATISTIC_COLUMNS, np.full(slots * number, np.nan))
        return self._told(definition, rows | told, np.full(slots * number, _WORDS.index(reason)))

    def missing(self, definition: AnyDefinition) -> Absent:
        """Why a metric has no fact table."""
        table = next((table for table in _tables_of(definition) if table not in self.tables), "")
        if table == "targets" and not self.has_policies:
            return Absent.NO_POLICY
        return Absent.NO_EVENTS if table in ("replies", "states") and "tickets" in self.tables else Absent.NO_SOURCE

    def _within(self, cells: Cells, dimensions: Collection[str]) -> Cells:
        """The cells of some dimensions."""
        is_wanted = np.array([own in dimensions for own in self.members.dimensions])
        return some(cells, is_wanted[cells["member"]])

    def _with_agents(self, cells: Cells, agents: Cells | None) -> Cells:
        """The cells of a metric whose agents are measured from rows of their own."""
        of_agents = {own for own in self.members.dimensions if "agent" in parts_of(own)}
        others = self._within(cells, set(self.members.dimensions) - of_agents)
        return others if agents is None else joined([others, self._within(agents, of_agents)])

    def _with_every_period(self, cells: Cells) -> Cells:
        is_lacking = np.ones(len(self.flat), dtype=bool)
        is_lacking[cells["slot"][cells["member"] == 0]] = False
        lacking = np.flatnonzero(is_lacking)
        unknown = dict.fromkeys(cells, np.full(len(lacking), np.nan))
        return joined([cells, unknown | _nothing(lacking)]) if len(lacking) else cells

    def _covered(self, slots: np.ndarray, table: str) -> np.ndarray:
        """Whether the data reach into the period: a count of nothing is zero there, and unknown elsewhere."""
        first, cut = self.begins.get(table), self.facts.cut
        covered = [first is not None and first < period.end and period.start < cut for period in self.flat]
        return np.array(covered)[slots]

    def _begins_late(self, definition: AnyDefinition) -> list[bool]:
        """Of every period, whether records that are counted begin only within it."""
        if not accumulates(definition.metric):
            return [False] * len(self.flat)
        firsts = [self.begins.get(table) for table in _tables_of(definition)]
        return [any(begins_late(period, first) for first in firsts) for period in self.flat]

    def _told(self, definition: AnyDefinition, rows: Cells, reasons: np.ndarray) -> Cells:
        """The rows of a metric with caveats, and with reasons where there is no value; as numbers, narrow ones."""
        is_absent, slots = np.isnan(rows["value"]), rows["slot"]
        holds = {
            Caveat.SMALL_SAMPLE: (rows["n"] < definition.metric.minimum_sample) & ~is_absent,
            Caveat.PARTIAL_PERIOD: np.array([period.end > self.facts.cut for period in self.flat])[slots],
            Caveat.PARTIAL_RECORDS: np.array(self._begins_late(definition))[slots],
            Caveat.IMMATURE: rows["undecided"] > 0,
            Caveat.MIXED_SCALES: rows["off_scale"] > 0,
        }
        caveats = np.bitwise_or.reduce([holds[caveat].astype(np.int8) << bit for bit, caveat in enumerate(_SAID)])
        kept: Cells = {name: rows[name] for name in ("n", "undecided", *STATISTIC_COLUMNS)}
        narrow: Cells = {"slot": slots.astype(np.int16), "statistic": rows["statistic"].astype(np.int8)}
        narrow |= {"member": rows["member"].astype(np.int32), "caveats": caveats.astype(np.int8)}
        reason = np.where(is_absent, reasons, _NO_WORD).astype(np.int8)
        return kept | narrow | {"excluded": rows["left_out"] + rows["unknown"], "reason": reason}

    def described(self, of_metrics: Sequence[Cells], definitions: Sequence[AnyDefinition]) -> pd.DataFrame:
        """The rows of all metrics in words, with period, reason and caveats; `COLUMNS`, texts as categories."""
        rows = joined(of_metrics)
        slots, metrics = rows["slot"], np.repeat(range(len(definitions)), [len(own["slot"]) for own in of_metrics])
        statistics, own = np.unique([name for one in definitions for name in one.statistics], return_inverse=True)
        first = np.cumsum([0, *(len(definition.statistics) for definition in definitions)])[metrics]
        dimension, dimensions = pd.factorize(np.array(self.members.dimensions, dtype=object))
        member, members = pd.factorize(np.array(self.members.names, dtype=object))
        words: dict[str, tuple[Any, list[str]]] = {
            "metric_id": (metrics, [definition.metric.id for definition in definitions]),
            "period_id": (slots, [period.id for period in self.flat]),
            "dimension": (dimension[rows["member"]], dimensions.tolist()),
            "member": (member[rows["member"]], members.tolist()),
            "statistic": (own[first + rows["statistic"]], statistics.tolist()),
            "reason": (rows["reason"], _WORDS),
            "caveats": (rows["caveats"], _CAVEATS),
        }
        written = {
            name: pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(texts))
            for name, (codes, texts) in words.items()
        }
        columns = rows | written
        return pd.DataFrame({name: columns[name] for name in COLUMNS}, copy=False)


_WORDS = [reason.value for reason in Absent]
_NO_WORD = -1
"""Reasons are places in the list of words until the end."""

_SAID = (Caveat.SMALL_SAMPLE, Caveat.PARTIAL_PERIOD, Caveat.PARTIAL_RECORDS, Caveat.IMMATURE, Caveat.MIXED_SCALES)
_CAVEATS = [",".join(caveat.value for bit, caveat in enumerate(_SAID) if code >> bit & 1)
            for code in range(1 << len(_SAID))]  # fmt: skip
"""The caveats of measuring, and a text for every combination of them."""


def _nothing(slots: np.ndarray) -> Cells:
    """Cells of the whole without any case."""
    return dict.fromkeys(KEPT, np.zeros_like(slots)) | {"slot": slots}


def _when_unknown(definition: AnyDefinition) -> Absent:
    if isinstance(definition, RequesterDefinition):
        return Absent.NO_COLUMN
    return _UNKNOWN.get(_tables_of(definition)[0], Absent.NO_COLUMN)


def _tables_of(definition: AnyDefinition) -> tuple[str, ...]:
    """Fact tables that a metric reads; of a ratio the one above the line first."""
    if isinstance(definition, RatioDefinition):
        return *_tables_of(definition.numerator), *_tables_of(definition.denominator)
    if isinstance(definition, Definition | FrameDefinition):
        return (definition.cases.table,)
    return (definition.table if isinstance(definition, StockDefinition | CohortDefinition) else "tickets",)


def _summary_of(definition: AnyDefinition) -> Summary | None:
    return definition.summary if isinstance(definition, Definition | StockDefinition) else None


def _counts(definition: AnyDefinition) -> bool:
    return _summary_of(definition) in _ZERO_IS_A_VALUE


def _divided(above: Cells, below: Cells, *, is_below_whole: bool = False) -> Cells:
    """Cells of a ratio: cases of one count over cases of another; n is what is below the line.

    Where everything above the line is unknown, so is the ratio.
    """
    if is_below_whole:
        below = some(below, below["member"] == 0)
    cells = united(above, below)
    under = cells | {"member": np.zeros_like(cells["member"])} if is_below_whole else cells
    n, left_out = (looked_up(below, name, under) for name in ("n", "left_out"))
    numerator, unknown = (looked_up(above, name, cells) for name in ("n", "unknown"))
    unknown = np.where(numerator == 0, unknown, 0)
    nothing = dict.fromkeys(("undecided", "off_scale"), np.zeros_like(n))
    found = {"n": n, "left_out": left_out, "unknown": unknown, "denominator": n}
    return cells | nothing | found | {"numerator": np.where(unknown == 0, numerator, np.nan)}


def _physical(table: ir.Table) -> ir.Table:
    """The table itself when it is stored; else its result, computed once instead of once for every metric."""
    from ibis.expr import operations as ops

    return table if isinstance(table.op(), ops.PhysicalTable) else table.cache()


def _extents(tables: Mapping[str, ir.Table]) -> dict[str, tuple[datetime | None, int]]:
    """The first instant of each fact table, None when it is empty, and its number of rows: a query for each engine."""
    import ibis

    by_engine: dict[int, list[ir.Table]] = {}
    for name, table in tables.items():
        first = table[_BEGINS[name]].min().cast("timestamp('UTC', 6)")
        extent = table.aggregate(name=ibis.literal(name), first=first, rows=table.count())
        by_engine.setdefault(id(table.get_backend()), []).append(extent)
    found = [ibis.union(*own) if len(own) > 1 else own[0] for own in by_engine.values()]
    return {one["name"]: (one["first"], one["rows"]) for own in found for one in own.to_pyarrow().to_pylist()}
