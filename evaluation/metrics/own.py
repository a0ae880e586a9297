"""Metrics of one organisation's own as definitions, made from what `review.yaml` says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evaluation.duration import parse_duration
from evaluation.metric import Clock, Credit, Kind, Metric, Unit
from evaluation.metrics.cases import always, standing
from evaluation.metrics.definition import (
    AnyDefinition,
    CaseSet,
    Definition,
    Expression,
    RatioDefinition,
    StockDefinition,
    Summary,
)
from evaluation.metrics.surveys import NPS_SCALE, promotion
from evaluation.own_metric import (
    Condition,
    OwnAmount,
    OwnCount,
    OwnDuration,
    OwnMean,
    OwnMetric,
    OwnNps,
    OwnOfTable,
    OwnQuantile,
    OwnRatio,
    OwnRows,
    OwnShare,
    OwnStock,
    columns_of,
)
from evaluation.readable_columns import OWN_TABLE, readable_columns

if TYPE_CHECKING:
    from ibis.expr import types as ir

SOURCE = "the organisation's own, review.yaml"
_SUMMARIES = {"count": Summary.COUNT, "share": Summary.SHARE, "mean": Summary.MEAN, "duration": Summary.DURATION,
              "quantile": Summary.QUANTILE, "nps": Summary.NPS}  # fmt: skip
_CREDITS = {"tickets": Credit.TICKET, "states": Credit.TICKET, "returns": Credit.TICKET, "replies": Credit.REPLY,
            "targets": Credit.TARGET, "contacts": Credit.CONTACT, "calls": Credit.CALL, "surveys": Credit.RATING,
            "audits": Credit.AUDIT, "reviews": Credit.NOBODY, "customers": Credit.NOBODY}  # fmt: skip
_STATISTICS = {"count": "value", "share": "value", "mean": "mean", "nps": "value", "stock": "value",
               "ratio": "value"}  # fmt: skip


def own_definition(metric_id: str, option: OwnMetric, others: Mapping[str, AnyDefinition]) -> AnyDefinition:
    """The definition of one metric of one's own; its columns and parts are known to exist.

    Args:
        metric_id: Its id.
        option: What `review.yaml` says.
        others: Definitions that a ratio may divide.
    """
    if isinstance(option, OwnRatio):
        above, below = others[option.numerator], others[option.denominator]
        if not isinstance(above, Definition) or not isinstance(below, Definition):
            raise TypeError(f"{metric_id} divides what is not counted")
        requires = tuple(dict.fromkeys((*above.metric.requires, *below.metric.requires)))
        anchor = f"{above.metric.anchor} above the line, {below.metric.anchor} below it"
        metric = _metric(metric_id, option, anchor, Clock.NONE, requires)
        return RatioDefinition(metric=metric, numerator=above, denominator=below, per=option.per)
    return _stock(metric_id, option) if isinstance(option, OwnStock) else _of_rows(metric_id, option)


def _stock(metric_id: str, option: OwnStock) -> StockDefinition:
    """Rows that are there; where the source lacks a column each is there from its beginning, and unknown."""
    import ibis

    kinds = _kinds(option)
    lacks = _lacking(option)

    def since(table: ir.Table) -> ir.Value:
        entered = ibis.ifelse(_all(table, option.where, kinds), table[option.since], None)
        return ibis.ifelse(lacks(table), table.began_at, entered)

    def until(table: ir.Table) -> ir.Value:
        return ibis.ifelse(lacks(table), None, table[option.until])

    return StockDefinition(
        metric=_metric(metric_id, option, "the last instant of the period", Clock.NONE, _requires(option)),
        table=OWN_TABLE.format(option.table), since=since, until=until, age_from=since, unknown=lacks,
        credit=_CREDITS.get(option.table, Credit.ROW),
    )  # fmt: skip


def _of_rows(metric_id: str, option: OwnRows) -> Definition:
    columns = readable_columns(option.table)
    clock = Clock.NONE
    if isinstance(option, OwnDuration):
        clock = Clock.BUSINESS if option.amount.endswith("business_seconds") else Clock.CALENDAR
    anchor = columns[option.anchor].meaning.partition(", null")[0].partition("; null")[0].rstrip(".")
    metric = _metric(metric_id, option, anchor[:1].lower() + anchor[1:], clock, _requires(option))
    definition = Definition(
        metric=metric,
        cases=CaseSet(
            id=f"own_{option.table}_{option.anchor}", table=OWN_TABLE.format(option.table),
            anchor=lambda table: table[option.anchor], agent=lambda table: table.agent,
            credit=_CREDITS.get(option.table, Credit.ROW),
        ),
        standing=_standing(option),
        summary=_SUMMARIES[option.kind],
        amount=_amount(option),
        shortest_among=always if isinstance(option, OwnMean) else None,
    )  # fmt: skip
    if isinstance(option, OwnNps):
        return replace(definition, survey_kind="nps", is_on_scale=_on_nps_scale(option))
    return definition


def _metric(metric_id: str, option: OwnMetric, anchor: str, clock: Clock, requires: tuple[str, ...]) -> Metric:
    if isinstance(option, OwnDuration | OwnQuantile):
        statistic: str = option.statistic
        kind = Kind.QUANTILE if statistic in ("median", "p90") else Kind.MEAN
    else:
        statistic, kind = _STATISTICS[option.kind], Kind(option.kind)
    return Metric(
        id=metric_id, label=option.label, pillar=option.pillar, unit=Unit(option.unit), better=option.better,
        population=option.population, anchor=anchor, clock=clock, kind=kind, statistic=statistic,
        minimum_sample=option.minimum_sample, definition=option.definition, source=SOURCE, requires=requires,
    )  # fmt: skip


def _requires(option: OwnOfTable) -> tuple[str, ...]:
    """The canonical columns that it rests on; what is derived rests on the history of tickets too."""
    columns = readable_columns(option.table)
    named = columns_of(option)
    given = [f"{option.table}.{name}" for name in named if not columns[name].is_fact]
    derived = ["tickets.created_at", "ticket_events.at"] if any(columns[name].is_fact for name in named) else []
    return tuple(dict.fromkeys((*given, *derived)))


def _kinds(option: OwnOfTable) -> dict[str, str]:
    """What each column of its table holds."""
    return {name: column.kind for name, column in readable_columns(option.table).items()}


def _lacking(option: OwnOfTable) -> Expression:
    """Whether the source lacks a column that the metric names."""
    return lambda table: _any(table[f"lacks_{name}"] for name in columns_of(option))


def _standing(option: OwnRows) -> Expression:
    """Rows of the population count when their columns tell; without the column in the source nothing is known."""
    kinds, lacks = _kinds(option), _lacking(option)

    def untold(table: ir.Table) -> ir.Value:
        conditions = option.counts_when if isinstance(option, OwnShare) else {}
        columns = [name for name, condition in conditions.items() if condition.given is None]
        columns += [option.amount] if isinstance(option, OwnAmount) else []
        return inside(table) & _any(table[name].isnull() for name in columns)

    def inside(table: ir.Table) -> ir.Value:
        return _all(table, option.where, kinds)

    if isinstance(option, OwnNps):
        on_scale, score = _on_nps_scale(option), option.amount
        return standing(
            unknown=lacks,
            decided=lambda table: inside(table) & on_scale(table) & (table.weight > 0),
            left_out=lambda table: inside(table) & table[score].notnull(),
        )
    return standing(unknown=lacks, left_out=untold, decided=inside)


def _amount(option: OwnRows) -> Expression | None:
    if isinstance(option, OwnCount):
        return None
    if isinstance(option, OwnShare):
        kinds, conditions = _kinds(option), option.counts_when
        return lambda table: _all(table, conditions, kinds).fill_null(False).cast("int8")
    column = option.amount
    if isinstance(option, OwnNps):
        return lambda table: promotion(table[column])
    return lambda table: table[column]


def _on_nps_scale(option: OwnNps) -> Expression:
    """Whether an answer lies from 0 to 10, and was asked for on that scale where the table says so."""
    low, high = NPS_SCALE
    column = option.amount

    def is_on_scale(table: ir.Table) -> ir.Value:
        within = (table[column] >= low) & (table[column] <= high)
        if "scale_min" in table.columns:
            within = within & (table.scale_min == low) & (table.scale_max == high)
        return within.fill_null(False)

    return is_on_scale


def _all(table: ir.Table, conditions: Mapping[str, Condition], kinds: Mapping[str, str]) -> ir.Value:
    every = always(table)
    for name, condition in conditions.items():
        for word, asked in condition.words().items():
            every = every & _holds(table[name], kinds[name], word, asked)
    return every


def _any(values: Iterable[ir.Value]) -> ir.Value:
    import ibis

    found = ibis.literal(False)
    for value in values:
        found = found | value
    return found


def _holds(column: ir.Value, kind: str, word: str, asked: Any) -> ir.Value:
    """One condition on one column; a missing value satisfies none but `given: false`."""
    if word == "given":
        return column.notnull() if asked else column.isnull()
    if word in ("at_least", "at_most"):
        bound = float(parse_duration(asked)) if isinstance(asked, str) else asked
        return column >= bound if word == "at_least" else column <= bound
    found = _any(column.contains(value) for value in asked) if kind == "texts" else column.isin(asked)
    return found if word == "in" else column.notnull() & ~found
