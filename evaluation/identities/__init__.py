"""Identities: what must hold between the figures of every run, whatever the data; one file checks one kind.

They are computed a second way, from the fact tables or from other figures, so that a fault in grouping, placing in
periods or replay shows before anything is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from evaluation.errors import ContradictionError
from evaluation.identities.backlog_balance import backlog_balance
from evaluation.identities.cases_complete import cases_complete
from evaluation.identities.clocks_in_order import clocks_in_order
from evaluation.identities.members_add_up import members_add_up
from evaluation.identities.periods_add_up import periods_add_up
from evaluation.identity import Identity

if TYPE_CHECKING:
    from evaluation.facts.shapes import Facts
    from evaluation.measurement import Measurements
    from evaluation.metrics.definition import AnyDefinition
    from evaluation.period import Period


def check_identities(
    measurements: Measurements, facts: Facts, definitions: Mapping[str, AnyDefinition], period: Period
) -> tuple[Identity, ...]:
    """Every identity of a run, in a stable order; those whose figures were not measured are left out.

    Args:
        measurements: What was measured.
        facts: The fact tables that it was measured from.
        definitions: The definitions that were measured, by id.
        period: The reported period.
    """
    return (
        *backlog_balance(measurements, facts, period),
        *members_add_up(measurements, definitions),
        *periods_add_up(measurements, definitions, period),
        *clocks_in_order(facts),
        *cases_complete(measurements, facts, definitions, period),
    )


def refuse_contradictions(identities: Iterable[Identity]) -> None:
    """Stop when an identity does not hold.

    Raises:
        ContradictionError: Figures contradict each other; all broken identities are told at once.
    """
    broken = [identity for identity in identities if not identity.holds]
    if broken:
        raise ContradictionError(
            "figures contradict each other: " + "; ".join(identity.detail for identity in broken),
            where=", ".join(dict.fromkeys(f"{identity.id} of {identity.subject}" for identity in broken)),
            remedy="this is a fault of the program and not of your data, so nothing is published; "
            "tell its makers, with this message and the period",
        )
