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
from evaluation.metrics.aggregating import KEYS, aggregate
from evaluation.metrics.catalogue import chosen, selected
from evaluation.metrics.cohorts import aggregate_cohort
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
    found = run.cells([definition for metric_id, definition in definitions.items() if metric_id not in forbidden])
    cells, members = _coded(found, ("all", *dimensions))
    frames = []
    for metric_id, definition in definitions.items():
        if metric_id in forbidden:
            frames.append(run.absent(definition, Absent.WITHHELD))
        elif metric_id in cells:
            frames.append(run.statistics(definition, cells[metric_id]))
        else:
            frames.append(run.absent(definition, run.missing(definition)))
    return Measurements(run.described(frames, tuple(definitions.values()), members))


@dataclass
class _Run:
    """One run of measuring: the tables, the periods and what is found out about them on the way."""

    facts: Facts
    period: Period
    timeline: Timeline
    dimensions: tuple[str, ...]
    has_policies: bool

    def __post_init__(self) -> None:
        self.tables = {name: _physical(table) for name, table in self.facts.expressions.items()}
        extents = {name: _extent(table, _BEGINS[name]) for name, table in self.tables.items() if name in _BEGINS}
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

    def cells(self, definitions: Sequence[AnyDefinition]) -> dict[str, pd.DataFrame]:
        """Sums by metric id; metrics whose table is missing are absent."""
        found: dict[str, pd.DataFrame] = {}
        counted = [definition for definition in definitions if isinstance(definition, Definition)]
        divided = [definition for definition in definitions if isinstance(definition, RatioDefinition)]
        parts = [part for ratio in divided for part in (ratio.numerator, ratio.denominator)]
        counted += [part for part in parts if isinstance(part, Definition) and part not in counted]
        by_leg = [definition for definition in counted if definition.for_agents is not None]
        counted += [definition.for_agents for definition in by_leg if definition.for_agents is not None]
        readable = [definition for definition in counted if definition.cases.table in self.tables]
        sums: dict[Definition, pd.DataFrame] = {}
        for table in dict.fromkeys(definition.cases.table for definition in readable):
            sums |= self._counted(table, [definition for definition in readable if definition.cases.table == table])
        framed = [one for one in definitions if isinstance(one, FrameDefinition) and one.cases.table in self.tables]
        found |= readings(self.tables, framed, self.timeline, dimensions=self.dimensions)
        for cohort in (*definitions, *parts):
            if isinstance(cohort, CohortDefinition) and cohort.table in self.tables and cohort.metric.id not in found:
                found[cohort.metric.id] = aggregate_cohort(
                    self.tables[cohort.table], cohort, self.timeline, self.facts.cut
                )
        for definition in by_leg:
            if definition in sums and definition.for_agents is not None:
                sums[definition] = _with_agents(sums[definition], sums.get(definition.for_agents))
        # what is measured goes before a part of a ratio, which may be another variant of it
        found |= {definition.metric.id: sums[definition] for definition in reversed(readable)}
        for ratio in divided:
            above, below = (
                sums.get(part) if isinstance(part, Definition) else found.get(part.metric.id)
                for part in (ratio.numerator, ratio.denominator)
            )
            if above is not None and below is not None:
                if isinstance(ratio.denominator, CohortDefinition):
                    above = above[above["dimension"].isin(["all", *ratio.denominator.dimensions])]
                found[ratio.metric.id] = _divided(above, below, is_below_whole=ratio.is_below_whole)
        return found | self._stocks(definitions) | self._requesters(definitions)

    def _stocks(self, definitions: Sequence[AnyDefinition]) -> dict[str, pd.DataFrame]:
        stocks = [one for one in definitions if isinstance(one, StockDefinition) and one.table in self.tables]
        found: dict[str, pd.DataFrame] = {}
        for group in together(stocks):
            table = self.tables[group[0].table]
            cells = aggregate_stocks(table, group, self.timeline, self.facts.cut, dimensions=self.dimensions)
            found |= {one.metric.id: own for one, own in zip(group, cells, strict=True)}
        return found

    def _counted(self, table: str, definitions: Sequence[Definition]) -> dict[Definition, pd.DataFrame]:
        """Sums of the metrics of one fact table."""
        rows = self.sizes.get(table, 0)
        cells = aggregate(self.tables[table], definitions, self.timeline, dimensions=self.dimensions, rows=rows)
        return dict(zip(definitions, cells, strict=True))

    def _has_events(self) -> bool:
        if self.begins.get("tickets") is None:
            return True
        return bool(self.tables["tickets"].has_events.any().execute())

    def _requesters(self, definitions: Sequence[AnyDefinition]) -> dict[str, pd.DataFrame]:
        wanted = [definition for definition in definitions if isinstance(definition, RequesterDefinition)]
        if not wanted or "tickets" not in self.tables:
            return {}
        top = max(definition.top or 0 for definition in wanted)
        cells = aggregate_requesters(self.tables["tickets"], self.timeline, top=top, dimensions=self.dimensions)
        tickets = cells.assign(n=cells["sum"].astype("int64"))
        return {definition.metric.id: tickets if definition.top else cells for definition in wanted}

    def statistics(self, definition: AnyDefinition, cells: pd.DataFrame) -> pd.DataFrame:
        """The statistics of one metric from its sums, with the word for cases that cannot be measured."""
        cells = self._with_every_period(cells)
        bounds = Bounds(lowest=0.0)
        if isinstance(definition, Definition) and definition.survey_kind:
            bounds = Bounds(*self.scales.get(definition.survey_kind, (None, None)))
        rows = statistics_of(cells, definition, bounds)
        if _counts(definition):
            is_unknown = (rows["n"] == 0) & (rows["unknown"] > 0)
            is_zero = self._covered(rows["slot"], _tables_of(definition)[0]) & ~is_unknown
            rows[["value", "numerator"]] = rows[["value", "numerator"]].where(is_zero)
        if isinstance(definition, RatioDefinition):
            # nothing above the line is a zero only where the table above it reaches
            reaches = self._covered(rows["slot"], definition.numerator.cases.table)
            told = ["value", "numerator", "low", "high"]
            rows[told] = rows[told].where(reaches)
        reason: np.ndarray | int = _NO_WORD
        if isinstance(definition, FrameDefinition) or _summary_of(definition) is Summary.WEIGHTED_MEAN:
            # one answer has a mean and no standard deviation
            reason = np.where(rows["n"] > 0, _WORDS.index(Absent.UNDEFINED), _NO_WORD)
        return rows.assign(reason=reason, when_unknown=_WORDS.index(_when_unknown(definition)))

    def absent(self, definition: AnyDefinition, reason: Absent) -> pd.DataFrame:
        """A metric that could not be measured: printed all the same, for each period, with the reason."""
        slots, number = np.arange(len(self.flat)), len(definition.statistics)
        rows = _nothing(np.repeat(slots, number)).assign(statistic=np.tile(range(number), len(slots)))
        told = dict.fromkeys(STATISTIC_COLUMNS, np.nan)
        return rows.assign(**told, reason=_WORDS.index(reason), when_unknown=_NO_WORD)

    def missing(self, definition: AnyDefinition) -> Absent:
        """Why a metric has no fact table."""
        table = next((table for table in _tables_of(definition) if table not in self.tables), "")
        if table == "targets" and not self.has_policies:
            return Absent.NO_POLICY
        return Absent.NO_EVENTS if table in ("replies", "states") and "tickets" in self.tables else Absent.NO_SOURCE

    def _with_every_period(self, cells: pd.DataFrame) -> pd.DataFrame:
        lacking = np.setdiff1d(range(len(self.flat)), cells.loc[cells["dimension"] == 0, "slot"])
        return pd.concat([cells, _nothing(lacking)], ignore_index=True) if len(lacking) else cells

    def _covered(self, slots: pd.Series, table: str) -> pd.Series:
        """Whether the data reach into the period: a count of nothing is zero there, and unknown elsewhere."""
        first, cut = self.begins.get(table), self.facts.cut
        covered = [first is not None and first < period.end and period.start < cut for period in self.flat]
        return pd.Series(np.array(covered)[slots.to_numpy(dtype=int)], index=slots.index)

    def _begins_late(self, definition: AnyDefinition) -> list[bool]:
        """Of every period, whether records that are counted begin only within it."""
        if not accumulates(definition.metric):
            return [False] * len(self.flat)
        firsts = [self.begins.get(table) for table in _tables_of(definition)]
        return [any(begins_late(period, first) for first in firsts) for period in self.flat]

    def described(
        self, frames: Sequence[pd.DataFrame], definitions: Sequence[AnyDefinition], members: list[str]
    ) -> pd.DataFrame:
        """The rows of all metrics in words, with period, reason and caveats; `COLUMNS`, texts as categories."""
        rows = pd.concat(frames, ignore_index=True)
        slots, metrics = rows["slot"].to_numpy(dtype=int), np.repeat(range(len(frames)), [len(own) for own in frames])
        is_absent = rows["value"].isna().to_numpy()
        smallest = np.array([definition.metric.minimum_sample for definition in definitions])[metrics]
        said = {
            Caveat.SMALL_SAMPLE: (rows["n"].to_numpy() < smallest) & ~is_absent,
            Caveat.PARTIAL_PERIOD: np.array([period.end > self.facts.cut for period in self.flat])[slots],
            Caveat.PARTIAL_RECORDS: np.array([self._begins_late(one) for one in definitions])[metrics, slots],
            Caveat.IMMATURE: rows["undecided"].to_numpy() > 0,
            Caveat.MIXED_SCALES: rows["off_scale"].to_numpy() > 0,
        }
        statistics, own = np.unique([name for one in definitions for name in one.statistics], return_inverse=True)
        first = np.cumsum([0, *(len(definition.statistics) for definition in definitions)])[metrics]
        words: dict[str, tuple[Any, list[str]]] = {
            "metric_id": (metrics, [definition.metric.id for definition in definitions]),
            "period_id": (slots, [period.id for period in self.flat]),
            "dimension": (rows["dimension"], ["all", *self.dimensions]),
            "member": (rows["member"], members),
            "statistic": (own[first + rows["statistic"]], statistics.tolist()),
            "reason": (np.where(is_absent, _reasons(rows), _NO_WORD), _WORDS),
            "caveats": _joined(said),
        }
        excluded = rows["left_out"] + rows["unknown"]
        written = {
            name: pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(texts))
            for name, (codes, texts) in words.items()
        }
        return rows.assign(excluded=excluded, **written)[list(COLUMNS)]


_WORDS = [reason.value for reason in Absent]
_NO_WORD = -1
"""Reasons are places in the list of words until the end."""


def _coded(found: Mapping[str, pd.DataFrame], dimensions: Sequence[str]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The cells with dimensions and members as numbers, and what those of members stand for; 0 is the whole."""
    whole = pd.DataFrame({"dimension": ["all"], "member": ["all"]})
    keys = pd.concat([whole, *(cells[["dimension", "member"]] for cells in found.values())], ignore_index=True)
    member, members = pd.factorize(keys["member"])
    dimension = keys["dimension"].astype(pd.CategoricalDtype(list(dimensions))).cat.codes.to_numpy()
    ends = np.cumsum([1, *(len(cells) for cells in found.values())])
    coded = {
        metric_id: cells.assign(dimension=dimension[first:end], member=member[first:end])
        for (metric_id, cells), first, end in zip(found.items(), ends[:-1], ends[1:], strict=True)
    }
    return coded, members.tolist()


def _nothing(slots: np.ndarray) -> pd.DataFrame:
    """Cells of the whole without any case."""
    return pd.DataFrame({name: slots if name == "slot" else 0 for name in KEPT})


def _reasons(rows: pd.DataFrame) -> np.ndarray:
    by_count = [rows["reason"] != _NO_WORD, rows["unknown"] > 0, rows["undecided"] > 0]
    told = [rows["reason"].to_numpy(), rows["when_unknown"].to_numpy(), np.array(_WORDS.index(Absent.NOT_DECIDED))]
    return np.select(by_count, told, _WORDS.index(Absent.NO_CASES))


def _joined(said: Mapping[Caveat, np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """The caveats of each row as the number of a text, and the texts: one for every combination."""
    codes = np.sum([holds.astype(int) << bit for bit, holds in enumerate(said.values())], axis=0)
    return codes, [",".join(c.value for bit, c in enumerate(said) if code >> bit & 1) for code in range(1 << len(said))]


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


def _with_agents(cells: pd.DataFrame, agents: pd.DataFrame | None) -> pd.DataFrame:
    """The cells of a metric whose agents are measured from rows of their own."""
    others = cells[~_has_agents(cells)]
    if agents is None:
        return others
    return pd.concat([others, agents[_has_agents(agents)]], ignore_index=True)


def _has_agents(cells: pd.DataFrame) -> pd.Series:
    return cells["dimension"].isin([name for name in cells["dimension"].unique() if "agent" in parts_of(name)])


def _of_whole(above: pd.DataFrame, below: pd.DataFrame) -> pd.DataFrame:
    """What is below the line for the whole, given to every cell that has something above it."""
    whole = below[below["dimension"] == "all"]
    members = above.loc[above["dimension"] != "all", KEYS]
    return pd.concat([whole, members.merge(whole.drop(columns=KEYS[1:]), on="slot")], ignore_index=True)


def _divided(above: pd.DataFrame, below: pd.DataFrame, *, is_below_whole: bool = False) -> pd.DataFrame:
    """Cells of a ratio: cases of one count over cases of another; n is what is below the line.

    Where everything above the line is unknown, so is the ratio.
    """
    below = _of_whole(above, below) if is_below_whole else below
    unknown = above["unknown"].where(above["n"] == 0, 0)
    parts = [
        below[KEYS].assign(n=below["n"], left_out=below["left_out"], numerator=0, unknown=0),
        above[KEYS].assign(n=0, left_out=0, numerator=above["n"], unknown=unknown),
    ]
    cells = pd.concat(parts, ignore_index=True).groupby(KEYS, as_index=False, sort=False).sum()
    numerator = cells["numerator"].astype(float).where(cells["unknown"] == 0)
    return cells.assign(numerator=numerator, undecided=0, off_scale=0, denominator=cells["n"])


def _physical(table: ir.Table) -> ir.Table:
    """The table itself when it is stored; else its result, computed once instead of once for every metric."""
    from ibis.expr import operations as ops

    return table if isinstance(table.op(), ops.PhysicalTable) else table.cache()


def _extent(table: ir.Table, column: str) -> tuple[datetime | None, int]:
    """The first instant of a fact table, None when it is empty, and its number of rows."""
    found = table.aggregate(first=table[column].min(), rows=table.count()).execute().iloc[0]
    first = None if pd.isna(found["first"]) else pd.Timestamp(found["first"]).tz_convert("UTC").to_pydatetime()
    return first, int(found["rows"])
