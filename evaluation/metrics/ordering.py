"""Exact order statistics of many cells: the shortest, quantiles and the intervals of the quantiles.

Sorting the amounts of each cell is the dear part of measuring. Instead the amounts are put into bins once, the rows of
each cell are counted bin by bin, and only the rows of those bins are sorted in which a wanted rank lies: a few in a
hundred. The result is the one that sorting gives, to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.placing import Spread
from evaluation.metrics.summing import count_into
from evaluation.statistics.intervals import quantile_ranks

QUANTILES = {"median": 0.5, "p90": 0.9}

_FINEST = 2_048
"""Bins of all amounts together, with about as many amounts in each."""

_COUNTERS = 1 << 20
"""Cells times bins that are counted at once: more of them are slower than sorting more rows."""

_FEW = 50_000
"""Up to so many amounts all are sorted."""

_PREFIXES = 1 << 16

Ranks = dict[str, NDArray[np.int64]]
"""Ranks counted from 1 by name, one for each cell; 0 where there is none."""

Cells = Callable[[int], NDArray[np.int64]]
"""The cell of each row of a block, by the block's number."""


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
class Binned:
    """Amounts in bins.

    Attributes:
        values: The amounts, block by block; NaN where a row has none.
        bins: The bin of each; `count` where a row has no amount. Amounts of a later bin are never smaller.
        count: How many bins there are, a power of two.
        alike: For each bin the one value that all its amounts have; NaN when they differ, or are not worth a look.
    """

    values: Sequence[NDArray[np.float64]]
    bins: Sequence[NDArray[np.uint16]]
    count: int
    alike: NDArray[np.float64]

    @classmethod
    def of(cls, values: Sequence[NDArray[np.float64]]) -> Binned:
        """Put amounts into bins; NaN is no amount."""
        rows = sum(int(np.count_nonzero(~np.isnan(block))) for block in values)
        if rows <= _FEW:
            return cls(values, [np.isnan(block).astype(np.uint16) for block in values], 1, np.array([np.nan]))
        counts = np.zeros(_PREFIXES, dtype=np.int64)
        for block in values:
            count_into(counts, _prefixes(block).astype(np.int64))
        bin_of = _bins_of_prefixes(counts)
        bins = [bin_of[_prefixes(block)] for block in values]
        return cls(values, bins, _FINEST, _alike(values, bins, rows))

    def coarser(self, cells: int) -> tuple[int, NDArray[np.float64]]:
        """How many bits of the bins' numbers are dropped for so many cells, and `alike` for what is left."""
        count = self.count
        while count > 1 and count * cells > _COUNTERS:
            count //= 2
        several = self.alike.reshape(count, -1)
        held = self._held.reshape(count, -1)
        alone = np.where(held.sum(axis=1) == 1, np.where(held, several, 0.0).sum(axis=1), np.nan)
        return (self.count // count).bit_length() - 1, alone

    @property
    def _held(self) -> NDArray[np.bool_]:
        """Which bins hold an amount."""
        held = np.zeros(self.count + 1, dtype=bool)
        for block in self.bins:
            held[block] = True
        return held[:-1]


def _prefixes(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Sign, exponent and the first seven digits of each number; amounts differ by less than a hundredth in one."""
    with np.errstate(over="ignore"):
        return (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


def _bins_of_prefixes(counts: NDArray[np.int64]) -> NDArray[np.uint16]:
    """The bin of each prefix: in the order of the numbers, with about as many amounts in each bin."""
    half = _PREFIXES // 2
    rising = np.concatenate([np.arange(_PREFIXES - 1, half - 1, -1), np.arange(half)])
    is_number = np.isfinite((rising.astype(np.uint32) << 16).view(np.float32))
    rising = rising[is_number]
    until = np.cumsum(counts[rising])
    middles = until - (counts[rising] + 1) // 2
    bin_of = np.full(_PREFIXES, _FINEST, dtype=np.uint16)
    bin_of[rising] = np.minimum(middles * _FINEST // max(int(until[-1]), 1), _FINEST - 1)
    return bin_of


def _alike(values: Sequence[NDArray[np.float64]], bins: Sequence[NDArray[np.uint16]], rows: int) -> NDArray[np.float64]:
    """The one value of each full bin, such as the many waits of zero: it need not be sorted."""
    sizes = np.zeros(_FINEST + 1, dtype=np.int64)
    for own in bins:
        count_into(sizes, own.astype(np.int64))
    is_full = sizes > 4 * rows // _FINEST
    is_full[_FINEST] = False
    least, most = np.full(_FINEST + 1, np.inf), np.full(_FINEST + 1, -np.inf)
    for block, numbers in zip(values, bins, strict=True):
        full = np.flatnonzero(is_full[numbers])
        np.minimum.at(least, numbers[full], block[full])
        np.maximum.at(most, numbers[full], block[full])
    return np.where(is_full & (least == most), least, np.nan)[:_FINEST]


def order_statistics(
    amounts: Binned, cells: Cells, members: int, spread: Spread
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Sizes and order statistics for each member and slot.

    Args:
        amounts: The amounts of all rows.
        cells: The cell of each row, numbered as in `evaluation.metrics.summing`.
        members: How many members there are.
        spread: How spans make slots.

    Returns:
        How many amounts there are, and `described`: each an array of members by slots.
    """
    width = spread.spans + 1
    dropped, alike = amounts.coarser(members * width)
    bins = amounts.count >> dropped

    def keys(block: int) -> NDArray[np.int64]:
        numbers = cells(block) * (bins + 1)
        numbers += amounts.bins[block] >> dropped
        return numbers

    counted = np.zeros(members * width * (bins + 1), dtype=np.int64)
    for block in range(len(amounts.values)):
        count_into(counted, keys(block))
    by_span = counted.reshape(members, width, bins + 1)[:, :-1, :-1]
    by_slot = spread.added(by_span)
    sizes = by_slot.sum(axis=2)
    wanted = _Wanted.of(ranks_of(sizes.ravel()), by_slot.reshape(-1, bins), alike)
    selected = _select(amounts, keys, wanted.in_spans(by_span.shape, spread), bins)
    for layer in spread.layers:
        wanted.pick(selected, layer, len(spread.runs))
    at = {name: values.reshape(sizes.shape) for name, values in wanted.values.items()}
    return sizes, described(sizes, at)


@dataclass(frozen=True)
class _Selected:
    """Rows that are sorted: member, span, bin and amount."""

    members: NDArray[np.int64]
    spans: NDArray[np.int64]
    bins: NDArray[np.int64]
    values: NDArray[np.float64]


def _select(amounts: Binned, keys: Cells, is_wanted: NDArray[np.bool_], bins: int) -> _Selected:
    """The rows in wanted bins of their cell."""
    flat, width = is_wanted.ravel(), is_wanted.shape[1]
    found, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for block, own in enumerate(amounts.values):
        numbers = keys(block)
        hits = np.flatnonzero(flat[numbers])
        found.append(numbers[hits])
        values.append(own[hits])
    cells, own_bins = np.divmod(np.concatenate(found), bins + 1)
    member, span = np.divmod(cells, width)
    return _Selected(member, span, own_bins, np.concatenate(values))


@dataclass
class _Wanted:
    """Which bin each wanted rank lies in, for each cell of a member and a slot.

    Attributes:
        ranks: The ranks.
        bins: The bin of each rank.
        counts: Rows of each cell and bin.
        is_wanted: Whether a bin of a cell must be sorted.
        values: What has been found, by rank; NaN where it has not.
    """

    ranks: Ranks
    bins: dict[str, NDArray[np.int64]]
    counts: NDArray[np.int64]
    is_wanted: NDArray[np.bool_]
    values: dict[str, NDArray[np.float64]]

    @classmethod
    def of(cls, ranks: Ranks, counts: NDArray[np.int64], alike: NDArray[np.float64]) -> _Wanted:
        """Find the bins; ranks in a bin whose amounts are all alike are answered at once."""
        cells = np.arange(len(counts))
        until = np.cumsum(counts, axis=1)
        room = int(until[:, -1].max(initial=0)) + 1
        rising = (until + cells[:, None] * room).ravel()
        wanted = cls(ranks, {}, counts, np.zeros(counts.shape, dtype=bool), {})
        for name, rank in ranks.items():
            own = np.searchsorted(rising, rank + cells * room) - cells * counts.shape[1]
            own = np.where(rank > 0, own, 0)
            wanted.bins[name] = own
            wanted.values[name] = np.where(rank > 0, alike[own], np.nan)
            sorts = (rank > 0) & np.isnan(alike[own])
            wanted.is_wanted[cells[sorts], own[sorts]] = True
        return wanted

    def in_spans(self, shape: tuple[int, ...], spread: Spread) -> NDArray[np.bool_]:
        """The wanted bins of each span: those of all slots that hold it. The last span and bin are never wanted."""
        members, spans, bins = shape
        by_slot = self.is_wanted.reshape(members, len(spread.runs), bins)
        found = np.zeros((members, spans + 1, bins + 1), dtype=bool)
        for slot, (first, after) in enumerate(spread.runs):
            found[:, first:after, :-1] |= by_slot[:, slot, None]
        return found

    def pick(self, selected: _Selected, layer: NDArray[np.int64], slots: int) -> None:
        """Sort what was selected, and read the values of the wanted ranks in the slots of a layer."""
        own = np.flatnonzero(layer[selected.spans] >= 0)
        cells = selected.members[own] * slots + layer[selected.spans[own]]
        kept = self.is_wanted[cells, selected.bins[own]]
        own, cells = own[kept], cells[kept]
        ordered = selected.values[own[by_cell_and_value(cells, selected.values[own])]]
        inside = np.where(self.is_wanted, self.counts, 0)
        in_layer = np.zeros(len(inside), dtype=bool)
        in_layer.reshape(-1, slots)[:, layer[layer >= 0]] = True
        inside[~in_layer] = 0
        earlier = np.cumsum(inside, axis=1) - inside
        before = np.cumsum(self.counts, axis=1) - self.counts
        sizes = inside.sum(axis=1)
        starts = np.cumsum(sizes) - sizes
        for name, rank in self.ranks.items():
            bins = self.bins[name]
            here = np.flatnonzero((rank > 0) & in_layer & np.isnan(self.values[name]))
            place = starts[here] + earlier[here, bins[here]] + rank[here] - 1 - before[here, bins[here]]
            self.values[name][here] = ordered[place]


def by_cell_and_value(cells: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The order of rows by cell, and by value within a cell."""
    by_value = np.argsort(values)
    codes = cells[by_value]
    narrow = codes.astype(np.uint16) if codes.max(initial=0) < 1 << 16 else codes  # sorted by counting
    return by_value[np.argsort(narrow, kind="stable")]


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
