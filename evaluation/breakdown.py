"""Breakdowns: the small tables behind a metric that a single figure cannot say, such as its reasons or its hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """One table behind a metric, for the reported period and the whole service unless its columns say otherwise.

    Attributes:
        id: Stable identifier: the file in `evaluation/breakdowns/` that makes it.
        metric_id: The metric that it explains.
        frame: The rows, in the order in which they are read. Fractions stay fractions, durations are seconds; a column
            `is_estimated` marks rows that rest on a model and not on what people recorded.
        columns: Meaning of each column of `frame`, with its unit.
        facts: Single values that belong to it, such as the accuracy of the model behind estimated rows.
        reason: Why there are no rows: a word of `evaluation.measurement.Absent`, `not_enough`,
            `none_found` (looked for, and nothing stands out) or `off` (not wanted); None when there are.
    """

    id: str
    metric_id: str
    frame: pd.DataFrame
    columns: Mapping[str, str]
    facts: Mapping[str, float | int | str] = field(default_factory=lambda: MappingProxyType({}))
    reason: str | None = None

    def __post_init__(self) -> None:
        if list(self.frame.columns) != list(self.columns):
            raise ValueError(f"breakdown {self.id}: columns {list(self.frame.columns)} are not {list(self.columns)}")
        if self.frame.empty != (self.reason is not None):
            raise ValueError(f"breakdown {self.id}: rows or a reason, exactly one")
