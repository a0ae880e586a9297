"""Which SLA policy is in force for a ticket at an instant, and what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis

from evaluation.facts.vocabulary import NO_NUMBER, NO_TEXT, first_that_holds, instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.sla import SlaPolicyConfig

NO_POLICY = -1


def in_force(policies: Sequence[SlaPolicyConfig], applied: ir.Table, zone: str) -> ir.IntegerColumn:
    """Number of the first policy whose conditions and validity hold at `applied_at`; -1 for none."""
    branches = [(_holds(policy, applied, zone), number) for number, policy in enumerate(policies)]
    return first_that_holds(branches, NO_POLICY).cast("int64")


def _holds(policy: SlaPolicyConfig, applied: ir.Table, zone: str) -> ir.BooleanValue:
    holds: ir.BooleanValue = ibis.literal(True)
    for dimension in policy.where:
        holds = holds & applied[dimension].isin(policy.values(dimension)).fill_null(False)
    if policy.from_ is not None:
        holds = holds & (applied.applied_at >= instant(_midnight(policy.from_, zone)))
    if policy.until is not None:
        holds = holds & (applied.applied_at < instant(_midnight(policy.until, zone)))
    return holds


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def with_promise(policies: Sequence[SlaPolicyConfig], table: ir.Table, zone: str) -> ir.Table:
    """`table` (with `target`, `applied_at` and the dimensions) with `number`, `policy`, `target_seconds` and `clock`.

    `target_seconds` and `clock` are null where no policy holds or the policy promises nothing of that kind.
    """
    numbered = table.mutate(number=in_force(policies, table, zone))
    promises = [
        ((numbered.number == number) & (numbered.target == target), promise)
        for number, policy in enumerate(policies)
        for target, promise in policy.targets.promised().items()
    ]
    names = [(numbered.number == number, policy.id) for number, policy in enumerate(policies)]
    return numbered.mutate(
        policy=first_that_holds(names, NO_TEXT),
        target_seconds=first_that_holds([(where, float(promise.within)) for where, promise in promises], NO_NUMBER),
        clock=first_that_holds([(where, promise.clock) for where, promise in promises], NO_TEXT),
    )


def stands_still(
    policies: Sequence[SlaPolicyConfig], number: ir.IntegerColumn, state: ir.StringColumn
) -> ir.BooleanValue:
    """Whether the policy with that number stops the clock of resolution in that state."""
    pausing = [(number == index) & state.isin(policy.pauses) for index, policy in enumerate(policies) if policy.pauses]
    still: ir.BooleanValue = ibis.literal(False)
    for condition in pausing:
        still = still | condition
    return still
