"""Measuring: all metrics over the fact tables, for every period, dimension and member, with intervals and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from evaluation.measurement import COLUMNS, Absent, Caveat, Measurements
from evaluation.metrics.aggregating import KEYS, aggregate
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.definition import (
    AnyDefinition,
    Definition,
    RatioDefinition,
    RequesterDefinition,
    StockDefinition,
    Summary,
)
from evaluation.metrics.placing import measured_periods
from evaluation.metrics.requesters import PREFIX, aggregate_requesters
from evaluation.metrics.stocks import aggregate_stock
from evaluation.metrics.summarising import Bounds, statistics_of
from evaluation.metrics.surveys import main_scales, prepared_surveys
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.settings import Settings

_BEGINS = {"tickets": "created_at", "replies": "waiting_since", "targets": "applied_at", "states": "at",
           "surveys": "asked_at"}  # fmt: skip
"""The instant at which a row of each fact table begins; before the first of them nothing is known."""

_UNKNOWN = {"targets": Absent.NO_POLICY, "surveys": Absent.NO_COLUMN}
"""What it means that cases cannot be measured, by fact table; elsewhere there is no event history."""

_ZERO_IS_A_VALUE = {Summary.COUNT, Summary.STOCK}


def measure(
    facts: Facts,
    settings: Settings,
    period: Period,
    *,
    withheld: Mapping[str, str] | None = None,
    also: Sequence[Period] = (),
) -> Measurements:
    """Measure every metric of the catalogue.

    Measured are the last 13 months ending with the period's last month and, when the period is longer than a month, the
    period with its predecessors back to the same period last year (eight quarters). Each is measured for the whole and
    for every member of every dimension that occurs; rows without a member are the member `(unassigned)`.

    Args:
        facts: Fact tables; a missing one makes its metrics absent, with a reason.
        settings: The organisation's choices; only `metrics` and `sla` are read.
        period: The reported period.
        withheld: Metric ids that must not be printed, with the check that forbids it.
        also: Further periods to measure, such as the baselines of goals; those measured anyway are not repeated.

    Returns:
        A row for every statistic; where there is no value there is a reason. The whole (`all`) has its rows for every
        metric and period, members only where they occur.

    Raises:
        ConfigError: The settings name a metric or a variant that does not exist.
    """
    definitions = chosen(settings.metrics)
    run = _Run(facts, period, _with_others(measured_periods(period), also), has_policies=bool(settings.sla))
    forbidden = withheld or {}
    frames = []
    cells = run.cells([definition for metric_id, definition in definitions.items() if metric_id not in forbidden])
    for metric_id, definition in definitions.items():
        if metric_id in forbidden:
            frames.append(run.absent(definition, Absent.WITHHELD))
        elif metric_id in cells:
            frames.append(run.rows(definition, cells[metric_id]))
        else:
            frames.append(run.absent(definition, run.missing(definition)))
    return Measurements(pd.concat(frames, ignore_index=True).loc[:, list(COLUMNS)])


def _with_others(rows: tuple[tuple[Period, ...], ...], also: Sequence[Period]) -> tuple[tuple[Period, ...], ...]:
    """The rows of periods with a row of its own for each further one."""
    known = {period.id for row in rows for period in row}
    others = {period.id: period for period in also if period.id not in known}
    return (*rows, *((period,) for period in others.values()))


@dataclass
class _Run:
    """One run of measuring: the tables, the periods and what is found out about them on the way."""

    facts: Facts
    period: Period
    periods: tuple[tuple[Period, ...], ...]
    has_policies: bool

    def __post_init__(self) -> None:
        self.tables = {name: _physical(table) for name, table in self.facts.expressions.items()}
        self.begins = {name: _first_instant(table, _BEGINS[name]) for name, table in self.tables.items() if name in _BEGINS}
        self.flat = tuple(period for row in self.periods for period in row)
        self.scales: dict[str, tuple[float, float]] = {}
        if "surveys" in self.tables:
            self.scales = main_scales(self.tables["surveys"], self.period)
            self.tables["surveys"] = prepared_surveys(self.tables["surveys"], self.scales, self.facts.cut)

    def cells(self, definitions: Sequence[AnyDefinition]) -> dict[str, pd.DataFrame]:
        """Sums by metric id; metrics whose table is missing are absent."""
        found: dict[str, pd.DataFrame] = {}
        plain = [d for d in definitions if isinstance(d, Definition) and d.cases.table in self.tables]
        for case_id in dict.fromkeys(definition.cases.id for definition in plain):
            together = [definition for definition in plain if definition.cases.id == case_id]
            cases = together[0].cases
            wide = aggregate(self.tables[cases.table], cases, together, self.periods)
            found |= {definition.metric.id: _of_metric(wide, definition.metric.id) for definition in together}
        for definition in definitions:
            if isinstance(definition, StockDefinition) and definition.table in self.tables:
                wide = aggregate_stock(self.tables[definition.table], definition, self.periods)
                found[definition.metric.id] = _of_metric(wide, definition.metric.id)
        self._add_requesters(definitions, found)
        for definition in definitions:
            if isinstance(definition, RatioDefinition) and definition.numerator in found and definition.denominator in found:
                found[definition.metric.id] = _divided(found[definition.numerator], found[definition.denominator])
        return found

    def _add_requesters(self, definitions: Sequence[AnyDefinition], found: dict[str, pd.DataFrame]) -> None:
        wanted = [definition for definition in definitions if isinstance(definition, RequesterDefinition)]
        if not wanted or "tickets" not in self.tables:
            return
        top = max((definition.top or 0 for definition in wanted), default=0)
        cells = _of_metric(aggregate_requesters(self.tables["tickets"], self.periods, top=top), PREFIX)
        tickets = cells.assign(n=cells["sum"].fillna(0).astype("int64"))
        found |= {definition.metric.id: tickets if definition.top else cells for definition in wanted}

    def rows(self, definition: AnyDefinition, cells: pd.DataFrame) -> pd.DataFrame:
        """The measurements of one metric from its sums."""
        cells = self._with_every_period(cells)
        if isinstance(definition, Definition) and definition.survey_kind:
            bounds = Bounds(*self.scales.get(definition.survey_kind, (None, None)))
        else:
            bounds = Bounds(lowest=0.0)
        rows = statistics_of(cells, definition, bounds)
        rows["value"] = rows["value"].astype(float)
        if _counts(definition):
            rows.loc[~self._covered(rows["slot"], _table_of(definition)), ["value", "numerator"]] = np.nan
        return self._described(rows, definition)

    def absent(self, definition: AnyDefinition, reason: Absent) -> pd.DataFrame:
        """A metric that could not be measured: printed all the same, for each period, with the reason."""
        slots = pd.DataFrame({"slot": range(len(self.flat)), "dimension": "all", "member": "all"})
        rows = slots.merge(pd.DataFrame({"statistic": definition.statistics}), how="cross")
        rows = rows.assign(value=np.nan, numerator=np.nan, denominator=np.nan, low=np.nan, high=np.nan)
        rows = rows.assign(n=0, undecided=0, left_out=0, unknown=0, off_scale=0)
        described = self._described(rows, definition)
        return described.assign(reason=reason.value)

    def missing(self, definition: AnyDefinition) -> Absent:
        """Why a metric has no fact table."""
        table = _table_of(definition)
        if table == "targets" and not self.has_policies:
            return Absent.NO_POLICY
        return Absent.NO_EVENTS if table in ("replies", "states") and "tickets" in self.tables else Absent.NO_SOURCE

    def _with_every_period(self, cells: pd.DataFrame) -> pd.DataFrame:
        every = pd.DataFrame({"slot": range(len(self.flat)), "dimension": "all", "member": "all"})
        lacking = every.loc[~every["slot"].isin(cells.loc[cells["dimension"] == "all", "slot"])]
        lacking = lacking.assign(n=0, undecided=0, left_out=0, unknown=0, off_scale=0)
        return pd.concat([cells, lacking], ignore_index=True) if len(lacking) else cells

    def _covered(self, slots: pd.Series, table: str) -> pd.Series:
        """Whether the data reach into the period: a count of nothing is zero there, and unknown elsewhere."""
        first, cut = self.begins.get(table), self.facts.cut
        covered = [first is not None and first < period.end and period.start < cut for period in self.flat]
        return slots.map(dict(enumerate(covered))).astype(bool)

    def _described(self, rows: pd.DataFrame, definition: AnyDefinition) -> pd.DataFrame:
        metric = definition.metric
        is_absent = rows["value"].isna()
        open_ended = {slot: period.end > self.facts.cut for slot, period in enumerate(self.flat)}
        small = (rows["n"] < metric.minimum_sample) & ~is_absent & (metric.minimum_sample > 1)
        said = {
            Caveat.SMALL_SAMPLE: small,
            Caveat.PARTIAL_PERIOD: rows["slot"].map(open_ended).astype(bool),
            Caveat.IMMATURE: rows["undecided"] > 0,
            Caveat.MIXED_SCALES: rows["off_scale"] > 0,
        }
        return rows.assign(
            metric_id=metric.id,
            period_id=rows["slot"].map({slot: period.id for slot, period in enumerate(self.flat)}),
            excluded=rows["left_out"] + rows["unknown"],
            reason=_reasons(rows, _UNKNOWN.get(_table_of(definition), Absent.NO_EVENTS)).where(is_absent),
            caveats=_joined(said),
        )


def _reasons(rows: pd.DataFrame, when_unknown: Absent) -> pd.Series:
    conditions = [rows["unknown"] > 0, rows["undecided"] > 0]
    words = np.select(conditions, [when_unknown.value, Absent.NOT_DECIDED.value], Absent.NO_CASES.value)
    return pd.Series(words, index=rows.index, dtype="string")


def _joined(said: Mapping[Caveat, pd.Series]) -> pd.Series:
    text = pd.Series("", index=next(iter(said.values())).index, dtype="string")
    for caveat, holds in said.items():
        text = text.where(~holds, text + "," + caveat.value)
    return text.str.removeprefix(",")


def _table_of(definition: AnyDefinition) -> str:
    if isinstance(definition, Definition):
        return definition.cases.table
    return definition.table if isinstance(definition, StockDefinition) else "tickets"


def _counts(definition: AnyDefinition) -> bool:
    return isinstance(definition, Definition | StockDefinition) and definition.summary in _ZERO_IS_A_VALUE


def _of_metric(wide: pd.DataFrame, metric_id: str) -> pd.DataFrame:
    """The columns of one metric without its prefix; cells in which it has no cases are dropped."""
    prefix = f"{metric_id}__"
    own = [column for column in wide.columns if column.startswith(prefix)]
    cells = wide[KEYS + own].rename(columns=lambda column: column.removeprefix(prefix))
    if "off_scale" not in cells:
        cells["off_scale"] = 0
    occurs = (cells["n"] + cells["undecided"] + cells["left_out"] + cells["unknown"]) > 0
    return cells.loc[occurs].reset_index(drop=True)


def _divided(above: pd.DataFrame, below: pd.DataFrame) -> pd.DataFrame:
    """Cells of a ratio: cases of one count over cases of another; n is what is below the line."""
    both = below[[*KEYS, "n", "left_out"]].merge(above[[*KEYS, "n"]], on=KEYS, how="outer", suffixes=("", "_above"))
    counts = both[["n", "left_out", "n_above"]].fillna(0).astype("int64")
    return both[KEYS].assign(
        n=counts["n"], undecided=0, left_out=counts["left_out"], unknown=0, off_scale=0,
        numerator=counts["n_above"].astype(float), denominator=counts["n"].astype(float),
    )  # fmt: skip


def _physical(table: ir.Table) -> ir.Table:
    """The table itself when it is stored; else its result, computed once instead of once for every metric."""
    from ibis.expr import operations as ops

    return table if isinstance(table.op(), ops.PhysicalTable) else table.cache()


def _first_instant(table: ir.Table, column: str) -> datetime | None:
    first = table[column].min().execute()
    return None if pd.isna(first) else pd.Timestamp(first).tz_convert("UTC").to_pydatetime()
