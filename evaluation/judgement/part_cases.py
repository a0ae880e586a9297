"""The cases of one part of the service, for what its sums do not tell: which of its own parts moved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evaluation.facts.shapes import Facts
from evaluation.metric import Metric
from evaluation.metrics.definition import AnyDefinition, Definition, Summary
from evaluation.outcomes import outcomes
from evaluation.period import Period

if TYPE_CHECKING:
    import pandas as pd

_ADDING = (
    Summary.SHARE, Summary.MEAN, Summary.DURATION, Summary.QUANTILE, Summary.WEIGHTED_SHARE, Summary.WEIGHTED_MEAN,
    Summary.NPS,
)  # fmt: skip


@dataclass(frozen=True)
class PartCases:
    """Cases by metric and part; a metric is read once, when somebody asks for it.

    Attributes:
        facts: Fact tables.
        definitions: Metrics as chosen.
        period: The period; the one before is read along with it.
    """

    facts: Facts
    definitions: Mapping[str, AnyDefinition]
    period: Period
    _read: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __call__(self, metric: Metric, dimension: str, member: str) -> pd.DataFrame | None:
        """The decided cases of a part in the period and the one before; None for what is no mean of cases."""
        definition = self.definitions.get(metric.id)
        if not isinstance(definition, Definition) or definition.summary not in _ADDING:
            return None
        if metric.id not in self._read:
            self._read[metric.id] = outcomes(self.facts, definition, [self.period, self.period.previous()])
        cases = self._read[metric.id]
        return cases[(cases[dimension] == member).to_numpy()]
