"""Sums of measurements over members, and the comparison of two tables of sums."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.identity import Identity
from evaluation.measurement import DIMENSIONS

if TYPE_CHECKING:
    from evaluation.measurement import Measurements

COUNTED = ("n", "undecided", "excluded", "numerator", "denominator")
"""What can be added up; an absent number is a sum of nothing."""

RELATIVE, ABSOLUTE = 1e-9, 1e-6
"""Sums of fractions differ in the last digits with their order; counts do not differ at all."""

Labels = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Sums:
    """What was counted of one metric, added up over the members of each dimension.

    Attributes:
        metric_id: The metric.
        places: Period and statistic of each row, in alphabetical order.
        dimensions: `DIMENSIONS`, then the pairs of dimensions that were measured.
        numbers: Rows by `COUNTED` by `dimensions`; zero where a dimension has no members.
    """

    metric_id: str
    places: Labels
    dimensions: tuple[str, ...]
    numbers: NDArray[np.float64]


def sums_over_members(measurements: Measurements, metric_ids: Collection[str]) -> Iterator[Sums]:
    """The sums of each of some metrics, in alphabetical order; those that were not measured are left out."""
    frame = measurements.frame
    dimensions = (*DIMENSIONS, *sorted(set(frame["dimension"].unique()) - set(DIMENSIONS)))
    which = frame["dimension"].astype(pd.CategoricalDtype(list(dimensions))).cat.codes.to_numpy()
    wanted = frame["metric_id"].isin(list(metric_ids)).to_numpy(dtype=bool)
    rows = frame.loc[wanted]
    keys = [rows[name].astype("category").cat for name in ("metric_id", "period_id", "statistic")]
    shape = [max(1, len(key.categories)) for key in keys]
    found, row = np.unique(np.ravel_multi_index([key.codes for key in keys], shape), return_inverse=True)
    cells = row * len(dimensions) + which[wanted]
    counted = [rows[name].to_numpy(dtype=float, na_value=0.0) for name in COUNTED]
    size = len(found) * len(dimensions)
    added = [np.bincount(cells, column, size).astype(float).reshape(-1, len(dimensions)) for column in counted]
    sums = np.stack(added, axis=1)
    metrics, *places = (key.categories[own] for key, own in zip(keys, np.unravel_index(found, shape), strict=True))
    for metric_id in metrics.unique():
        own = np.flatnonzero(metrics == metric_id)
        yield Sums(metric_id, list(zip(*(names[own] for names in places), strict=True)), dimensions, sums[own])


def compared(
    identity: str, metric_id: str, parts: NDArray[np.float64], whole: NDArray[np.float64], labels: tuple[Labels, Labels]
) -> Identity:
    """An identity from two tables of one shape; its detail tells the first place where they differ.

    Args:
        identity: Its id.
        metric_id: The metric.
        parts: Sums over parts, one equation in each cell.
        whole: What they must be.
        labels: What the rows and the columns are.
    """
    differs = np.argwhere(~np.isclose(parts, whole, rtol=RELATIVE, atol=ABSOLUTE))
    if not len(differs):
        return Identity(
            id=identity, subject=metric_id, holds=True, left=float(parts.sum()), right=float(whole.sum()),
            checked=whole.size,
        )  # fmt: skip
    row, column = differs[0].tolist()
    place = " ".join((*labels[0][row], *labels[1][column]))
    sides = float(parts[row, column]), float(whole[row, column])
    return Identity(
        id=identity, subject=metric_id, holds=False, left=sides[0], right=sides[1], checked=whole.size,
        detail=f"{metric_id} {place}: the parts make {sides[0]:.10g}, the whole is {sides[1]:.10g}",
    )  # fmt: skip
