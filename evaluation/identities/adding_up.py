"""Sums of measurements over members, and the comparison of two columns of sums."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.identity import Identity
from evaluation.measurement import DIMENSIONS

if TYPE_CHECKING:
    from evaluation.measurement import Measurements

COUNTED = ("n", "undecided", "excluded", "numerator", "denominator")
"""What can be added up; an absent number is a sum of nothing."""

RELATIVE, ABSOLUTE = 1e-9, 1e-6
"""Sums of fractions differ in the last digits with their order; counts do not differ at all."""


def sums_over_members(measurements: Measurements, metric_ids: Collection[str]) -> pd.DataFrame:
    """What was counted, added up over the members of each dimension.

    Returns:
        One row per metric, period and statistic; columns are (counted number, dimension), for all dimensions.
    """
    frame = measurements.frame
    rows = frame.loc[frame["metric_id"].isin(list(metric_ids))]
    numbers = {name: rows[name].to_numpy(dtype=float, na_value=0.0) for name in COUNTED}
    keys = {name: rows[name].to_numpy(dtype=object) for name in ("metric_id", "period_id", "statistic", "dimension")}
    sums = pd.DataFrame(keys | numbers).pivot_table(
        index=list(keys)[:3], columns="dimension", values=list(COUNTED), aggfunc="sum", fill_value=0.0
    )
    every = pd.MultiIndex.from_product([COUNTED, DIMENSIONS])
    return sums.reindex(columns=every, fill_value=0.0)


def compared(identity: str, metric_id: str, parts: pd.DataFrame, whole: pd.DataFrame) -> Identity:
    """An identity from two frames of one shape; its detail tells the first place where they differ.

    Args:
        identity: Its id.
        metric_id: The metric.
        parts: Sums over parts, one equation in each cell.
        whole: What they must be.
    """
    left, right = parts.to_numpy(dtype=float), whole.to_numpy(dtype=float)
    differs = np.argwhere(~np.isclose(left, right, rtol=RELATIVE, atol=ABSOLUTE))
    if not len(differs):
        return Identity(
            id=identity, subject=metric_id, holds=True, left=float(left.sum()), right=float(right.sum()),
            checked=right.size,
        )  # fmt: skip
    row, column = (int(number) for number in differs[0])
    place = " ".join(str(word) for label in (parts.index[row], parts.columns[column]) for word in np.atleast_1d(label))
    sides = float(left[row, column]), float(right[row, column])
    return Identity(
        id=identity, subject=metric_id, holds=False, left=sides[0], right=sides[1], checked=right.size,
        detail=f"{metric_id} {place}: the parts make {sides[0]:.10g}, the whole is {sides[1]:.10g}",
    )  # fmt: skip
