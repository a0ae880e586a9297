"""Order statistics of many lists at once: the shortest, quantiles and the intervals of the quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluation.statistics.intervals import quantile_ranks

if TYPE_CHECKING:
    import pyarrow as pa

QUANTILES = {"median": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Lists:
    """Lists of amounts, one after another in one array.

    Attributes:
        values: All amounts.
        sizes: How many belong to each list.
    """

    values: NDArray[np.float64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Lists:
        """The lists of an Arrow column; null is an empty list."""
        chunk = column.combine_chunks()
        values = chunk.flatten().to_numpy(zero_copy_only=False).astype(float)
        return cls(values, chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64))

    def put_together(self, rows: NDArray[np.int64], firsts: NDArray[np.int64]) -> Lists:
        """New lists, each made of several of these.

        Args:
            rows: Which lists are taken, those of one new list side by side.
            firsts: Places in `rows` at which a new list begins.

        Example:
            >>> lists = Lists(np.array([1.0, 2.0, 3.0]), np.array([2, 1]))
            >>> lists.put_together(np.array([0, 1, 1]), np.array([0, 2]))
            Lists(values=array([1., 2., 3., 3.]), sizes=array([3, 1]))
        """
        sizes = self.sizes[rows]
        shift = (np.cumsum(self.sizes) - self.sizes)[rows] - (np.cumsum(sizes) - sizes)
        places = np.repeat(shift, sizes) + np.arange(sizes.sum())
        return Lists(self.values[places], np.add.reduceat(sizes, firsts) if len(firsts) else sizes)

    def order_statistics(self, *, top: int = 0) -> dict[str, NDArray[np.float64]]:
        """The shortest, quantiles, the bounds of their intervals and the sum of the `top` largest, for each list.

        Quantiles are interpolated linearly between the two nearest order statistics (type 7 of R. Hyndman and Y. Fan,
        Sample quantiles in statistical packages, The American Statistician 50 (1996) 361-365). NaN where a list is
        empty, or too short for an interval.

        Example:
            >>> found = Lists(np.array([4.0, 1.0, 3.0]), np.array([3, 0])).order_statistics()
            >>> found["median"].tolist(), found["p90"].tolist(), found["median_low"].tolist()
            ([3.0, nan], [3.8, nan], [nan, nan])
        """
        starts = np.cumsum(self.sizes) - self.sizes
        ordered = self.values.copy()
        for start, size in zip(starts.tolist(), self.sizes.tolist(), strict=True):
            ordered[start : start + size].sort()
        found = _picked(ordered, starts, self.sizes)
        if top:
            until = np.concatenate([[0.0], np.cumsum(ordered)])
            ends = starts + self.sizes
            found["top"] = until[ends] - until[ends - np.minimum(self.sizes, top)]
        return found


def _picked(
    ordered: NDArray[np.float64], starts: NDArray[np.int64], sizes: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    padded = np.append(ordered, np.nan)

    def at(rank: NDArray[np.int64]) -> NDArray[np.float64]:
        """The value of a rank counted from 1; NaN at rank 0."""
        return padded[np.where(rank > 0, starts + rank - 1, len(ordered))]

    picked = {"min": at(np.minimum(sizes, 1))}
    for name, fraction in QUANTILES.items():
        position = np.maximum(sizes - 1, 0) * fraction
        floor = np.where(sizes > 0, np.floor(position).astype(np.int64) + 1, 0)
        low, high = quantile_ranks(sizes, fraction)
        is_enough = (low > 0) & (high > 0)
        below, above = at(floor), at(np.minimum(floor + 1, sizes))
        picked[name] = below + (position - np.floor(position)) * (above - below)
        picked[f"{name}_low"], picked[f"{name}_high"] = at(low * is_enough), at(high * is_enough)
    return picked
