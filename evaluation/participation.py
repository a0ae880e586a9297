"""Which figures a ticket entered, in which it was left out, and when each counted it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import ibis

from evaluation.metrics.catalogue import chosen
from evaluation.metrics.definition import (
    AnyDefinition,
    Definition,
    RatioDefinition,
    RequesterDefinition,
    Standing,
    StockDefinition,
)
from evaluation.metrics.surveys import NPS_SCALE, prepared_surveys

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.settings import Settings

Outcome = Literal["counted", "undecided", "left_out", "unknown", "excluded"]

_OUTCOMES: Mapping[int, Outcome] = {
    Standing.DECIDED: "counted", Standing.UNDECIDED: "undecided", Standing.LEFT_OUT: "left_out",
    Standing.UNKNOWN: "unknown",
}  # fmt: skip
_CASE = {"targets": "target", "surveys": "kind"}
"""What tells the rows of one ticket apart in words, by fact table."""


@dataclass(frozen=True, slots=True)
class Participation:
    """One case of one ticket in one metric.

    Attributes:
        metric_id: The metric.
        case: Which of several cases it is: the target, the kind of survey; empty where there is no word for it.
        outcome: `counted`; `undecided` at cut; `left_out`, because the metric is not about such cases; `unknown`,
            because the source does not say; `excluded`, with the reason.
        reason: Why it was excluded: one of `evaluation.facts.shapes.EXCLUSIONS`; else None.
        at: The anchor: it lies in the period that holds this instant. For stocks the instant it entered.
        until: For stocks the instant it left; None while it is there, and for all other metrics.
        amount: What it amounts to when it counts, in the metric's unit (1 and 0 for shares); None for counts.
        is_stock: Whether it counts at the end of every period between `at` and `until`.
    """

    metric_id: str
    case: str
    outcome: Outcome
    reason: str | None
    at: datetime | None
    until: datetime | None
    amount: float | None
    is_stock: bool = False


def participation(
    facts: Facts, settings: Settings, ticket_id: str, survey_ids: Sequence[str] = ()
) -> tuple[Participation, ...]:
    """Every case of a ticket in every metric, in the order of the catalogue.

    Answers count on whatever scale they were given; whether it is a kind's main scale depends on the period.

    Args:
        facts: The fact tables.
        settings: Only `metrics` is read.
        ticket_id: The ticket.
        survey_ids: Surveys about the ticket.
    """
    own = {
        name: _own_rows(table, name, ticket_id, survey_ids)
        for name, table in facts.expressions.items()
        if "ticket_id" in table.columns
    }
    if "surveys" in own:
        own["surveys"] = prepared_surveys(own["surveys"], _own_scales(own["surveys"]), facts.cut)
    found: list[Participation] = []
    for definition in chosen(settings.metrics).values():
        found += _cases(definition, own)
    return tuple(found)


def _own_rows(table: ir.Table, name: str, ticket_id: str, survey_ids: Sequence[str]) -> ir.Table:
    if name == "surveys":
        return table.filter(table.survey_id.isin(list(survey_ids))).cache()
    return table.filter(table.ticket_id == ticket_id).cache()


def _own_scales(surveys: ir.Table) -> dict[str, tuple[float, float]]:
    scored = surveys.filter(surveys.scale_min.notnull(), surveys.scale_max.notnull())
    rows = _records(scored.select("kind", "scale_min", "scale_max").order_by("kind", "scale_min", "scale_max"))
    return {row["kind"]: (row["scale_min"], row["scale_max"]) for row in rows} | {"nps": NPS_SCALE}


def _cases(definition: AnyDefinition, own: Mapping[str, ir.Table]) -> Iterator[Participation]:
    if isinstance(definition, Definition):
        if definition.cases.table in own:
            yield from _counted(definition, own[definition.cases.table], definition.metric.id)
    elif isinstance(definition, StockDefinition):
        if definition.table in own:
            yield from _in_stock(definition, own[definition.table])
    elif isinstance(definition, RatioDefinition):
        for part, above in ((definition.numerator, True), (definition.denominator, False)):
            case = "above the line" if above else "below the line"
            if isinstance(part, Definition) and part.cases.table in own:
                yield from _counted(part, own[part.cases.table], definition.metric.id, case)
    elif isinstance(definition, RequesterDefinition) and "tickets" in own:
        yield from _of_requester(definition, own["tickets"])


def _counted(definition: Definition, table: ir.Table, metric_id: str, case: str = "") -> Iterator[Participation]:
    name = _CASE.get(definition.cases.table)
    no_amount = ibis.null("float64")
    amount = definition.amount(table).cast("float64") if definition.amount is not None else no_amount
    shown = table.select(
        at=definition.cases.anchor(table), standing=definition.standing(table), amount=amount,
        exclusion=table.exclusion, case=table[name] if name else ibis.literal(case),
    )  # fmt: skip
    for row in _records(shown.order_by("at", "case")):
        if row["standing"] == Standing.NO_CASE or row["at"] is None:
            continue
        excluded = row["exclusion"] is not None
        outcome: Outcome = "excluded" if excluded else _OUTCOMES[row["standing"]]
        yield Participation(
            metric_id, row["case"], outcome, row["exclusion"], row["at"], None,
            row["amount"] if outcome == "counted" else None,
        )  # fmt: skip


def _in_stock(definition: StockDefinition, table: ir.Table) -> Iterator[Participation]:
    name = _CASE.get(definition.table)
    unknown = definition.unknown(table) if definition.unknown is not None else ibis.literal(False)
    shown = table.select(
        at=definition.since(table), until=definition.until(table), exclusion=table.exclusion, unknown=unknown,
        case=table[name] if name else ibis.literal(""),
    )  # fmt: skip
    spells: list[dict[str, Any]] = []
    for row in _records(shown.filter(shown["at"].notnull()).order_by("case", "at")):
        if spells and (spells[-1]["until"], spells[-1]["case"]) == (row["at"], row["case"]):
            spells[-1]["until"] = row["until"]
        else:
            spells.append(row)
    for spell in spells:
        known: Outcome = "unknown" if spell["unknown"] else "counted"
        outcome: Outcome = known if spell["exclusion"] is None else "excluded"
        yield Participation(
            definition.metric.id, spell["case"], outcome, spell["exclusion"], spell["at"], spell["until"], None,
            is_stock=True,
        )  # fmt: skip


def _of_requester(definition: RequesterDefinition, tickets: ir.Table) -> Iterator[Participation]:
    for row in _records(tickets.select("created_at", "requester_id", "exclusion")):
        known: Outcome = "counted" if row["requester_id"] is not None else "unknown"
        outcome: Outcome = known if row["exclusion"] is None else "excluded"
        yield Participation(definition.metric.id, "", outcome, row["exclusion"], row["created_at"], None, None)


def _records(table: ir.Table) -> list[dict[str, Any]]:
    return [
        {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in record.items()}
        for record in table.to_pyarrow().to_pylist()
    ]
