"""Measurements: the tidy result of measuring; one row is one statistic of one metric for one member and period."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    PARTIAL_RECORDS = "partial_records"
    """The records begin within the period, and the figure is one that grows with its days."""
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
        words = {name: _Words.of(frame[name]) for name, dtype in COLUMNS.items() if dtype == "string"}
        order = np.lexsort([words[name].codes for name in reversed(KEY)])
        self._words = {name: own.take(order) for name, own in words.items()}
        twice = np.flatnonzero(np.all([np.diff(self._words[name].codes) == 0 for name in KEY], axis=0))
        if len(twice):
            raise ValueError(f"measured twice: {frame[KEY].iloc[order[twice[0]]].to_dict()}")
        columns = {name: self._words[name].written if name in words else frame[name].array[order] for name in COLUMNS}
        self.frame = pd.DataFrame(columns, copy=False).astype(COLUMNS)
        self._found: dict[tuple[str, ...], dict[tuple[str, str], int]] = {}

    @cached_property
    def _places(self) -> dict[tuple[str, ...], range]:
        """Where the rows of each metric, period and dimension are."""
        codes = [self._words[name].codes for name in KEY[:3]]
        firsts = np.flatnonzero(np.any([np.diff(own, prepend=-2) for own in codes], axis=0))
        keys = zip(*(self._words[name].at(firsts) for name in KEY[:3]), strict=True)
        ends = np.append(firsts[1:], len(self))[: len(firsts)]
        return {key: range(*own) for key, *own in zip(keys, firsts.tolist(), ends.tolist(), strict=True)}

    @cached_property
    def _numbers(self) -> dict[str, NDArray[np.float64]]:
        plain = {name: self.frame[name] for name in COLUMNS if name not in self._words}
        return {name: column.to_numpy(dtype=float, na_value=np.nan) for name, column in plain.items()}

    def _within(self, *key: str) -> dict[tuple[str, str], int]:
        """The place of each member and statistic of a metric, period and dimension, found when first asked for."""
        if key not in self._found:
            rows = self._places.get(key, range(0))
            own = slice(rows.start, rows.stop)
            named = zip(self._words["member"].at(own), self._words["statistic"].at(own), strict=True)
            self._found[key] = dict(zip(named, rows, strict=True))
        return self._found[key]

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Measurement]:
        return (self._record(row) for row in range(len(self)))

    def get(
        self, metric_id: str, period_id: str, *, statistic: str, dimension: str = "all", member: str = "all"
    ) -> Measurement:
        """One measurement.

        Raises:
            CannotMeasure: Nothing of that key was measured.
        """
        row = self._within(metric_id, period_id, dimension).get((member, statistic))
        if row is None:
            key = (metric_id, period_id, dimension, member, statistic)
            raise CannotMeasure(f"nothing was measured for {key}", remedy="measure it first")
        return self._record(row)

    def members(self, metric_id: str, period_id: str, dimension: str, *, statistic: str) -> tuple[Measurement, ...]:
        """All members of a dimension, in alphabetical order, unassigned last."""
        places = self._within(metric_id, period_id, dimension).items()
        found = [self._record(row) for (_, own), row in places if own == statistic]
        return tuple(sorted(found, key=lambda row: (row.member == UNASSIGNED, row.member)))

    def _record(self, row: int) -> Measurement:
        values: dict[str, Any] = {name: own.words[own.codes[row]] for name, own in self._words.items()}
        for name, column in self._numbers.items():
            number = float(column[row])
            values[name] = None if math.isnan(number) else number
        for name in ("n", "undecided", "excluded"):
            values[name] = int(values[name] or 0)
        values["reason"] = Absent(values["reason"]) if values["reason"] else None
        values["caveats"] = tuple(Caveat(word) for word in (values["caveats"] or "").split(",") if word)
        return Measurement(**values)


@dataclass(frozen=True, slots=True)
class _Words:
    """A column of texts as codes in alphabetical order, as narrow as they may be; -1 is missing."""

    codes: NDArray[np.integer]
    words: list[str | None]

    @classmethod
    def of(cls, column: pd.Series) -> _Words:
        found = column.astype("category").cat
        order, codes = found.categories.argsort(), found.codes.to_numpy()
        # the last place stands for what is missing
        places = np.append(np.argsort(order), -1).astype(codes.dtype)
        return cls(places[codes], [*found.categories[order], None])

    def take(self, places: NDArray[np.intp]) -> _Words:
        return _Words(self.codes[places], self.words)

    def at(self, places: Any) -> list[Any]:
        return [self.words[code] for code in self.codes[places].tolist()]

    @property
    def written(self) -> pd.api.extensions.ExtensionArray:
        return pd.array(self.words, dtype="string").take(self.codes)
