"""Metrics: definitions by pillar, the catalogue, and the engine that measures them.

Each pillar's file holds its metrics, each a `Metric` record with its computation over a fact table. `measure` computes
them all; `evaluation.metrics.catalogue.catalogue` lists them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluation.facts.shapes import Facts
    from evaluation.measurement import Measurements
    from evaluation.period import Period
    from evaluation.settings import Settings


def measure(
    facts: Facts,
    settings: Settings,
    period: Period,
    *,
    withheld: Mapping[str, str] | None = None,
    also: Sequence[Period] = (),
    only: Collection[str] | None = None,
) -> Measurements:
    """Measure every metric of the catalogue; see `evaluation.metrics.measuring.measure`."""
    # the engine costs a second to import, the catalogue does not need it
    from evaluation.metrics.measuring import measure as measure_all

    return measure_all(facts, settings, period, withheld=withheld, also=also, only=only)
