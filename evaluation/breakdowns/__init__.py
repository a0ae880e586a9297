"""The tables behind the metrics: one file makes one breakdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evaluation.breakdown import Breakdown
from evaluation.breakdowns.call_outcomes import call_outcomes
from evaluation.breakdowns.load_by_hour import load_by_hour
from evaluation.facts.shapes import Facts
from evaluation.measurement import Measurements
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a breakdown may read.

    Attributes:
        facts: The fact tables.
        tables: The canonical tables, for words that facts do not hold.
        settings: The organisation's choices.
        period: The reported period.
        measurements: What was measured.
    """

    facts: Facts
    tables: Tables
    settings: Settings
    period: Period
    measurements: Measurements


MAKERS: MappingProxyType[str, Callable[[Ground], Breakdown]] = MappingProxyType(
    {"call_outcomes": call_outcomes, "load_by_hour": load_by_hour}
)
"""What makes each breakdown, by its id."""


def breakdowns(ground: Ground) -> Mapping[str, Breakdown]:
    """All breakdowns of a period, by id; one that could not be made says why."""
    return MappingProxyType({name: make(ground) for name, make in MAKERS.items()})
