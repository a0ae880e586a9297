"""From sums to statistics: values, intervals, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.cells import KEYS, Cells
from evaluation.metrics.definition import (
    AnyDefinition,
    FrameDefinition,
    RatioDefinition,
    Reading,
    RequesterDefinition,
    StockDefinition,
    Summary,
)
from evaluation.statistics.intervals import mean_bounds, nps_bounds, wilson_bounds
from evaluation.statistics.rates import count_bounds

KEPT = (*KEYS, "n", "undecided", "left_out", "unknown", "off_scale")
"""Columns of the cells that their statistics keep."""

STATISTIC_COLUMNS = ("value", "numerator", "denominator", "low", "high")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The ends of a scale, the lowest maybe of each cell; None where it has none."""

    lowest: float | NDArray[np.float64] | None = None
    highest: float | None = None


def statistics_of(cells: Cells, definition: AnyDefinition, bounds: Bounds) -> Cells:
    """All statistics of one metric.

    Args:
        cells: The cells, with `KEPT` and the sums of the summary.
        definition: The metric.
        bounds: Ends of the scale of its mean.

    Returns:
        The cells once for each statistic: `KEPT`, `statistic` (its place in `definition.statistics`) and
        `STATISTIC_COLUMNS`; NaN where there is nothing to say.
    """
    if isinstance(definition, RequesterDefinition):
        parts = _requesters(cells, definition)
    elif isinstance(definition, RatioDefinition):
        parts = _ratio(cells, definition.per)
    elif isinstance(definition, FrameDefinition):
        parts = [_reading(cells, name) for name in definition.statistics]
    else:
        parts = _SUMMARIES[definition.summary](cells, bounds)
    if isinstance(definition, StockDefinition):
        # a period without stock has no parts: they are zero as the stock is
        counts = {name: np.nan_to_num(cells[name]) for name in definition.beside}
        parts += [_statistic(name, value=count, numerator=count) for name, count in counts.items()]
    places = [definition.statistics.index(part["statistic"]) for part in parts]
    size = len(cells["slot"])
    return (
        {name: np.tile(cells[name], len(parts)) for name in KEPT}
        | {"statistic": np.repeat(places, size)}
        | {name: _one_after_another([part[name] for part in parts], size) for name in STATISTIC_COLUMNS}
    )


Part = dict[str, Any]
"""The columns of one statistic."""


def _statistic(name: str, **columns: Any) -> Part:
    return {"statistic": name, **{column: columns.get(column, np.nan) for column in STATISTIC_COLUMNS}}


def _one_after_another(columns: Sequence[Any], size: int) -> NDArray[np.float64]:
    return np.concatenate([np.broadcast_to(np.asarray(column, dtype=float), size) for column in columns])


def _count(cells: Cells, bounds: Bounds) -> list[Part]:
    return [_statistic("value", value=cells["n"], numerator=cells["n"])]


def _ratio(cells: Cells, per: float) -> list[Part]:
    """A quotient; so many events per hundred or thousand have the interval of their count."""
    above, below = cells["numerator"], cells["denominator"]
    each = per / _above_zero(below)
    low, high = count_bounds(above) if per > 1 else (np.nan, np.nan)
    return [_statistic("value", value=each * above, numerator=above, denominator=below, low=each * low,
                       high=each * high)]  # fmt: skip


def _reading(cells: Cells, name: str) -> Part:
    return _statistic(name, **{field: cells[f"{name}__{field}"] for field in Reading.__slots__})


def _share(cells: Cells, bounds: Bounds) -> list[Part]:
    weight, size = _weight_and_size(cells)
    share = np.clip(cells["sum"] / weight, 0, 1)
    low, high = wilson_bounds(share, size)
    numerator = np.where(weight > 0, cells["sum"], np.nan)
    return [_statistic("value", value=share, numerator=numerator, denominator=weight, low=low, high=high)]


def _spread(cells: Cells) -> NDArray[np.float64]:
    """Standard deviation (n - 1, of the effective size when there are weights); NaN with one case."""
    weight, size = _weight_and_size(cells)
    mean = cells["sum"] / weight
    # at least zero: cases that are all equal may differ in the last digit of the two sums
    return np.sqrt(np.clip((cells["squares"] / weight - mean**2) * size / _above_zero(size - 1), 0, None))


def _weighted_mean(cells: Cells, bounds: Bounds) -> list[Part]:
    return [*_mean(cells, bounds), _statistic("sd", value=_spread(cells))]


def _mean(cells: Cells, bounds: Bounds) -> list[Part]:
    weight, size = _weight_and_size(cells)
    mean, spread = cells["sum"] / weight, _spread(cells)
    low, high = mean_bounds(mean, spread, size, lowest=bounds.lowest, highest=bounds.highest)
    numerator = np.where(weight > 0, cells["sum"], np.nan)
    return [_statistic("mean", value=mean, numerator=numerator, denominator=weight, low=low, high=high)]


def _duration(cells: Cells, bounds: Bounds) -> list[Part]:
    quantiles = [
        _statistic(name, value=cells[name], low=cells[f"{name}_low"], high=cells[f"{name}_high"])
        for name in ("median", "p90")
    ]
    shortest = cells["shortest"] if "shortest" in cells else cells["min"]
    return [*_mean(cells, bounds), *quantiles, _statistic("min", value=shortest)]


def _mean_of_any(cells: Cells, bounds: Bounds) -> list[Part]:
    """A mean that may lie below zero where it is told that an amount does."""
    return _mean(cells, _from_least(cells["shortest"]) if "shortest" in cells else bounds)


def _quantile(cells: Cells, bounds: Bounds) -> list[Part]:
    """As durations have them; where an amount lies below zero, so may the mean."""
    return _duration(cells, _from_least(cells["min"]))


def _from_least(least: NDArray[np.float64]) -> Bounds:
    return Bounds(lowest=np.where(least < 0, -np.inf, 0.0))


def _nps(cells: Cells, bounds: Bounds) -> list[Part]:
    weight, size = _weight_and_size(cells)
    net, either = cells["sum"] / weight, cells["squares"] / weight
    low, high = nps_bounds((either + net) / 2, (either - net) / 2, size)
    numerator = np.where(weight > 0, cells["sum"], np.nan)
    return [_statistic("value", value=100 * net, numerator=numerator, denominator=weight, low=low, high=high)]


def _requesters(cells: Cells, definition: RequesterDefinition) -> list[Part]:
    if definition.top is None:
        return [part for part in _duration(cells, Bounds(lowest=1.0)) if part["statistic"] != "min"]
    tickets = _above_zero(cells["sum"])
    return [_statistic("value", value=cells["top"] / tickets, numerator=cells["top"], denominator=tickets)]


def _weight_and_size(cells: Cells) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Summed weight and effective size; without weights both are n. NaN where they are zero."""
    if "weight" not in cells:
        n = _above_zero(cells["n"])
        return n, n
    weight = _above_zero(cells["weight"])
    return weight, weight**2 / cells["weight_squares"]


def _above_zero(numbers: NDArray[Any]) -> NDArray[np.float64]:
    """What may be divided by; NaN elsewhere."""
    return np.where(numbers > 0, numbers, np.nan)


_SUMMARIES: dict[Summary, Callable[[Cells, Bounds], list[Part]]] = {
    Summary.COUNT: _count,
    Summary.STOCK: _count,
    Summary.SHARE: _share,
    Summary.WEIGHTED_SHARE: _share,
    Summary.MEAN: _mean_of_any,
    Summary.WEIGHTED_MEAN: _weighted_mean,
    Summary.DURATION: _duration,
    Summary.QUANTILE: _quantile,
    Summary.NPS: _nps,
}
