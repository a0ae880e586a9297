"""Exact order statistics of many cells: the shortest, quantiles and the intervals of the quantiles.

Comparing amounts is the dear part of sorting. Here each amount is put in order once, among those of its span, mostly by
counting; longer slots merge what is in order already. Rows in the order of their amounts stay so when they are put
member by member, which is counting again, and the value at a rank can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.placing import Spread
from evaluation.statistics.intervals import quantile_ranks

QUANTILES = {"median": 0.5, "p90": 0.9}

_IN_BAND = 1 << 19
"""Amounts that are sorted span by span; more of them are cut into bands first."""

Ranks = dict[str, NDArray[np.int64]]
"""Ranks counted from 1 by name, one for each cell; 0 where there is none."""


def ranks_of(sizes: NDArray[np.int64]) -> Ranks:
    """The ranks that the shortest, the quantiles and their intervals rest on, for samples of so many."""
    ranks = {"min": np.minimum(sizes, 1)}
    for name, fraction in QUANTILES.items():
        floor = np.where(sizes > 0, np.floor(np.maximum(sizes - 1, 0) * fraction).astype(np.int64) + 1, 0)
        low, high = quantile_ranks(sizes, fraction)
        is_enough = (low > 0) & (high > 0)
        ranks |= {f"{name}_floor": floor, f"{name}_ceiling": np.minimum(floor + 1, sizes)}
        ranks |= {f"{name}_low": low * is_enough, f"{name}_high": high * is_enough}
    return ranks


def described(sizes: NDArray[np.int64], at: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """The shortest, the quantiles and the bounds of their intervals from the values at `ranks_of`.

    Quantiles are interpolated linearly between the two nearest order statistics (type 7 of R. Hyndman and Y. Fan,
    Sample quantiles in statistical packages, The American Statistician 50 (1996) 361-365). NaN where a cell is empty,
    or too small for an interval.
    """
    found = {"min": at["min"]}
    for name, fraction in QUANTILES.items():
        position = np.maximum(sizes - 1, 0) * fraction
        below, above = at[f"{name}_floor"], at[f"{name}_ceiling"]
        found[name] = below + (position - np.floor(position)) * (above - below)
        found |= {end: at[end] for end in (f"{name}_low", f"{name}_high")}
    return found


@dataclass(frozen=True)
class Amounts:
    """Amounts of some rows, and to whom they belong.

    Attributes:
        values: The amount of each row.
        members: For each axis the member of each row: numbers of few bits, which are sorted by counting.
    """

    values: NDArray[np.float64]
    members: NDArray[Any]

    @classmethod
    def together(cls, parts: Sequence[Amounts]) -> Amounts:
        """All rows of several parts."""
        members = np.concatenate([part.members for part in parts], axis=1)
        return cls(np.concatenate([part.values for part in parts]), members)

    def at(self, rows: NDArray[np.int64]) -> Amounts:
        """Some of the rows, in this order."""
        return Amounts(self.values.take(rows), self.members.take(rows, axis=1))

    def apart(self, spans: NDArray[Any], count: int, bounds: NDArray[np.float64]) -> list[Amounts]:
        """The rows of each band, and in it of each of so many spans; those of a later span are left out.

        Args:
            spans: The span of each row.
            count: How many spans there are.
            bounds: The least amount of each band but the first.
        """
        last = (len(bounds) + 1) * count
        narrow = np.min_scalar_type(last)
        bands = np.zeros(len(spans), dtype=narrow)
        for bound in bounds:  # so few that looking each amount up among them takes several times as long
            bands += self.values >= bound
        parts = np.where(spans < count, bands * narrow.type(count) + spans, last).astype(narrow)
        own = self.at(np.argsort(parts, kind="stable"))
        ends = [0, *np.cumsum(np.bincount(parts, minlength=last))[:last].tolist()]
        return [Amounts(own.values[at:end], own.members[:, at:end]) for at, end in pairwise(ends)]

    def sizes(self, axes: Sequence[int]) -> NDArray[np.int64]:
        """How many rows each member has, axis after axis."""
        return np.concatenate([np.bincount(own, minlength=n) for own, n in zip(self.members, axes, strict=True)])

    def at_places(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """The values at some places, counted axis after axis and member by member."""
        by_member = np.argsort(self.members, axis=1, kind="stable").ravel()
        return self.values.take(by_member.take(places))


def bounds_of(sample: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """Where amounts are cut into bands, so that the rows of each fit the processor's caches; from a sample of them."""
    bands = rows // _IN_BAND + 1
    return np.unique(np.sort(sample)[np.arange(1, bands) * len(sample) // bands])


def order_statistics(
    blocks: Iterable[Sequence[Amounts]], axes: Sequence[int], spread: Spread
) -> list[dict[str, NDArray[np.float64]]]:
    """Order statistics on several axes, for each member and slot.

    Args:
        blocks: Amounts of each span, band by band, in pieces.
        axes: For each axis how many members it has.
        spread: How spans make slots.

    Returns:
        For each axis `described`, each statistic an array of members by slots.
    """
    parts = _ascending(blocks)
    bands = [parts[start : start + spread.spans] for start in range(0, len(parts), spread.spans)]
    sizes = [spread.added(np.stack([own.sizes(axes) for own in spans], axis=1)) for spans in bands]
    below = np.zeros((sum(axes), len(spread.runs)), dtype=np.int64)
    ranks = ranks_of(sum(sizes, below))
    wanted = np.stack([*ranks.values()])
    values = np.full(wanted.shape, np.nan)
    for spans, own_sizes in zip(bands, sizes, strict=True):
        places = wanted - below + np.cumsum(own_sizes, axis=0) - own_sizes - 1
        is_here = (wanted > below) & (wanted <= below + own_sizes)
        for slot, (first, after) in enumerate(spread.runs):
            here = is_here[..., slot]
            if here.any():
                values[here, slot] = _merged(spans[first:after]).at_places(places[here, slot])
        below += own_sizes
    found = described(below, dict(zip(ranks, values, strict=True)))
    by_axis = {name: np.split(column, np.cumsum(axes)[:-1]) for name, column in found.items()}
    return [{name: columns[axis] for name, columns in by_axis.items()} for axis in range(len(axes))]


def _ascending(blocks: Iterable[Sequence[Amounts]]) -> list[Amounts]:
    """The amounts of each part of the blocks put together, in ascending order."""
    parts = (Amounts.together(pieces) for pieces in zip(*blocks, strict=True))
    return [own.at(ascending(own.values)) for own in parts]


def _merged(spans: Sequence[Amounts]) -> Amounts:
    """The amounts of several spans in ascending order, from those of each."""
    if len(spans) == 1:
        return spans[0]
    own = Amounts.together(spans)
    return own.at(np.argsort(own.values, kind="stable"))  # finds the runs that are in order, and merges them


def ascending(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The order of finite numbers, by value.

    They are sorted as numbers of 32 bits, by counting; those that only 64 bits tell apart are few and stand together.

    Example:
        >>> ascending(np.array([0.5, -1e300, 2 + 1e-15, -3.0, 2.0])).tolist()
        [1, 3, 0, 4, 2]
    """
    with np.errstate(over="ignore"):
        codes = values.astype(np.float32).view(np.int32)
    codes ^= (codes >> 31) & 0x7FFFFFFF  # of negative numbers, the greater comes first
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    order = order.take(np.argsort((codes >> 16).astype(np.int16).take(order), kind="stable"))
    ordered = values.take(order)
    return order if (ordered[1:] >= ordered[:-1]).all() else order.take(np.argsort(ordered, kind="stable"))


def of_frequencies(
    cells: NDArray[np.int64], values: NDArray[np.int64], times: NDArray[np.int64], count: int
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Order statistics of cells of which is known how often each value occurs.

    Args:
        cells: Cell of each value, ascending.
        values: The value, ascending within a cell.
        times: How often it occurs.
        count: How many cells there are.

    Example:
        >>> own = of_frequencies(np.array([0, 0]), np.array([1, 4]), np.array([2, 1]), 2)
        >>> {name: found.tolist() for name, found in own}["median"]
        [1.0, nan]
    """
    sizes = np.zeros(count, dtype=np.int64)
    np.add.at(sizes, cells, times)
    until, before = np.cumsum(times), np.cumsum(sizes) - sizes
    padded = np.append(values.astype(float), np.nan)
    at = {
        name: padded[np.where(rank > 0, np.searchsorted(until, before + rank), len(values))]
        for name, rank in ranks_of(sizes).items()
    }
    yield from described(sizes, at).items()
