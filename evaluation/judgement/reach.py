"""Whom a figure touches: different requesters among its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.shapes import Facts
from evaluation.metric import Metric
from evaluation.metrics.definition import AnyDefinition, Definition, FrameDefinition, RatioDefinition, Standing
from evaluation.metrics.placing import Timeline, within
from evaluation.outcomes import as_measured
from evaluation.period import Period

if TYPE_CHECKING:
    from ibis.expr import types as ir


@dataclass(frozen=True)
class Requesters:
    """Counts requesters on the fact tables; each count is one short query, asked once.

    Attributes:
        facts: Fact tables.
        definitions: Metrics as chosen.
        period: The period.
    """

    facts: Facts
    definitions: Mapping[str, AnyDefinition]
    period: Period
    _counted: dict[tuple[str, str | None, str | None], int | None] = field(default_factory=dict)

    def __call__(self, metric: Metric, where: Mapping[str, str]) -> int | None:
        """Different requesters among the decided cases of a metric in a scope; None where they are not known.

        Of a rate they are those among what it is counted over: the contacts, for complaints per hundred contacts.
        """
        key = (metric.id, *next(iter(where.items()), (None, None)))
        if key not in self._counted:
            self._counted[key] = self._count(metric, where)
        return self._counted[key]

    def _count(self, metric: Metric, where: Mapping[str, str]) -> int | None:
        definition = self.definitions.get(metric.id)
        if isinstance(definition, RatioDefinition):
            definition = definition.denominator if isinstance(definition.denominator, Definition) else None
        if not isinstance(definition, Definition | FrameDefinition):
            return None
        table = as_measured(self.facts, definition.cases.table, self.period)
        if table is None:
            return None
        if "requester_id" not in table.columns:
            if "ticket_id" not in table.columns or "tickets" not in self.facts:
                return None
            asked = self.facts["tickets"].select("ticket_id", "requester_id")
            table = table.left_join(asked, "ticket_id").drop("ticket_id_right")
        return _distinct(table, definition, self.period, where)


def _distinct(
    table: ir.Table, definition: Definition | FrameDefinition, period: Period, where: Mapping[str, str]
) -> int | None:
    """Unknown requesters count as one for each ticket, or for each case without one; None when nobody is known."""
    kept = table.filter(
        within(definition.cases.anchor(table), Timeline.of(((period,),))),
        *(table[dimension] == member for dimension, member in where.items()),
    )
    decided = kept.filter(definition.standing(kept) == Standing.DECIDED, kept.exclusion.isnull())
    unknown = decided.requester_id.isnull()
    has_tickets = "ticket_id" in table.columns
    row = decided.aggregate(
        known=decided.requester_id.nunique(),
        tickets=decided.ticket_id.nunique(where=unknown) if has_tickets else ibis.literal(0),
        cases=(unknown & decided.ticket_id.isnull() if has_tickets else unknown).sum(),
    ).execute()
    known, tickets, cases = (int(row[name].fillna(0).iloc[0]) for name in ("known", "tickets", "cases"))
    return known + tickets + cases if known else None
