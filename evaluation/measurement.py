"""Measurements: the tidy result of measuring; one row is one statistic of one metric for one member and period."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import pandas as pd

from evaluation.errors import CannotMeasure

DIMENSIONS = ("all", "channel", "team", "branch", "topic", "priority", "agent")
UNASSIGNED = "(unassigned)"
"""Member of a dimension for cases that have none: part of the total, of nobody."""

COLUMNS = {
    "metric_id": "string",
    "period_id": "string",
    "dimension": "string",
    "member": "string",
    "statistic": "string",
    "value": "Float64",
    "n": "Int64",
    "numerator": "Float64",
    "denominator": "Float64",
    "undecided": "Int64",
    "excluded": "Int64",
    "low": "Float64",
    "high": "Float64",
    "reason": "string",
    "caveats": "string",
}
"""Columns and dtypes of a measurements frame. `caveats` is a comma-separated list of `Caveat` values."""

KEY = ["metric_id", "period_id", "dimension", "member", "statistic"]


class Caveat(StrEnum):
    """Everything that may be said against a figure; each has one printed sentence."""

    SMALL_SAMPLE = "small_sample"
    PARTIAL_PERIOD = "partial_period"
    ROWS_QUARANTINED = "rows_quarantined"
    CHECK_FAILED = "check_failed"
    IMMATURE = "immature"
    """Some cases of the period cannot be decided yet."""
    MIXED_SCALES = "mixed_scales"


class Absent(StrEnum):
    """Why there is no value; each has one printed sentence."""

    NO_CASES = "no_cases"
    NO_SOURCE = "no_source"
    NO_EVENTS = "no_events"
    NOT_DECIDED = "not_decided"
    WITHHELD = "withheld"
    NO_POLICY = "no_policy"
    NO_COLUMN = "no_column"
    UNDEFINED = "undefined"
    """There are cases, and the statistic is not defined for them: no variation, nobody at the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One row of `Measurements`, as a record; an absent number is None and `reason` says why."""

    metric_id: str
    period_id: str
    dimension: str
    member: str
    statistic: str
    value: float | None
    n: int
    numerator: float | None = None
    denominator: float | None = None
    undecided: int = 0
    excluded: int = 0
    low: float | None = None
    high: float | None = None
    reason: Absent | None = None
    caveats: tuple[Caveat, ...] = ()

    def __post_init__(self) -> None:
        for name in ("value", "numerator", "denominator", "low", "high"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{self.metric_id} {self.period_id} {self.member}: {name} is {number}")
        if (self.value is None) != (self.reason is not None):
            raise ValueError(f"{self.metric_id} {self.period_id} {self.member}: a value or a reason, exactly one")


class Measurements:
    """All measurements of a run: a frame with the columns of `COLUMNS`, sorted by `KEY`, and look-ups on it."""

    def __init__(self, frame: pd.DataFrame) -> None:
        ordered = frame.loc[:, list(COLUMNS)].astype(COLUMNS).sort_values(KEY, ignore_index=True)
        if ordered.duplicated(KEY).any():
            twice = ordered.loc[ordered.duplicated(KEY), KEY].iloc[0].to_dict()
            raise ValueError(f"measured twice: {twice}")
        self.frame = ordered

    @cached_property
    def _rows(self) -> dict[tuple[object, ...], tuple[object, ...]]:
        plain = self.frame.astype(object).where(self.frame.notna(), None)
        return {row[:5]: row for row in plain.itertuples(index=False, name=None)}

    @cached_property
    def _groups(self) -> dict[tuple[object, ...], list[tuple[object, ...]]]:
        """Rows by metric, period, dimension and statistic, so that a dimension is found without a search."""
        groups: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
        for key, row in self._rows.items():
            groups.setdefault((*key[:3], key[4]), []).append(row)
        return groups

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Measurement]:
        return (_record(row) for row in self._rows.values())

    def get(
        self, metric_id: str, period_id: str, *, statistic: str, dimension: str = "all", member: str = "all"
    ) -> Measurement:
        """One measurement.

        Raises:
            CannotMeasure: Nothing of that key was measured.
        """
        key = (metric_id, period_id, dimension, member, statistic)
        if key not in self._rows:
            raise CannotMeasure(f"nothing was measured for {key}", remedy="measure it first")
        return _record(self._rows[key])

    def members(self, metric_id: str, period_id: str, dimension: str, *, statistic: str) -> tuple[Measurement, ...]:
        """All members of a dimension, in alphabetical order, unassigned last."""
        found = [_record(row) for row in self._groups.get((metric_id, period_id, dimension, statistic), [])]
        return tuple(sorted(found, key=lambda row: (row.member == UNASSIGNED, row.member)))


def _record(row: tuple[object, ...]) -> Measurement:
    values: dict[str, object] = {}
    for name, item in zip(COLUMNS, row, strict=True):
        values[name] = None if item is None or item is pd.NA else item
    for name in ("n", "undecided", "excluded"):
        values[name] = int(values[name] or 0)  # type: ignore[call-overload]
    values["reason"] = Absent(str(values["reason"])) if values["reason"] else None
    values["caveats"] = tuple(Caveat(word) for word in str(values["caveats"] or "").split(",") if word)
    return Measurement(**values)  # type: ignore[arg-type]
