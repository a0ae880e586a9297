"""Exact order statistics of many cells: the shortest, quantiles and the intervals of the quantiles.

Sorting the amounts of each cell is the dear part of measuring. Instead the amounts are put into bins once, the rows of
each cell are counted bin by bin, and only the rows of those bins are sorted in which a wanted rank lies: a few in a
hundred. The result is the one that sorting gives, to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.placing import Spread
from evaluation.metrics.summing import count_into
from evaluation.statistics.intervals import quantile_ranks

QUANTILES = {"median": 0.5, "p90": 0.9}

_FINEST = 2_048
"""Bins of all amounts together, with about as many amounts in each."""

_COUNTERS = 1 << 18
"""Cells times bins that are counted at once: more of them are slower than sorting more rows."""

_FEW = 50_000
"""Up to so many amounts all are sorted."""

_ROWS_FOR_COUNTER = 8
"""Amounts there should be for each counter: going through more counters is slower than sorting more rows."""

_PREFIXES = 1 << 16

_NO_AMOUNT = np.uint16(0x7FC0)
"""The prefix of what is no number."""

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
class Binned:
    """Amounts in bins.

    Attributes:
        values: The amounts, block by block.
        bins: The bin of each; `count` where a row has no amount. Amounts of a later bin are never smaller.
        count: How many bins there are, a power of two.
        rows: How many amounts there are.
        held: Which bins hold an amount.
        alike: For each bin the one value that all its amounts have; NaN when they differ, or are not worth a look.
    """

    values: Sequence[NDArray[np.float64]]
    bins: Sequence[NDArray[np.uint16]]
    count: int
    rows: int
    held: NDArray[np.bool_]
    alike: NDArray[np.float64]

    @classmethod
    def of(cls, values: Sequence[NDArray[np.float64]], decided: Sequence[NDArray[np.bool_]]) -> Binned:
        """Put amounts into bins, those that count."""
        rows = sum(int(np.count_nonzero(block)) for block in decided)
        if rows <= _FEW:
            bins = [np.where(block, np.uint16(0), np.uint16(1)) for block in decided]
            return cls(values, bins, 1, rows, np.array([rows > 0]), np.array([np.nan]))
        prefixes = [np.where(own, _prefixes(block), _NO_AMOUNT) for block, own in zip(values, decided, strict=True)]
        counts = np.zeros(_PREFIXES, dtype=np.int64)
        for block in prefixes:
            count_into(counts, block)
        bin_of = _bins_of_prefixes(counts)
        sizes = np.zeros(_FINEST + 1, dtype=np.int64)
        np.add.at(sizes, bin_of, counts)
        bins = [bin_of[block] for block in prefixes]
        return cls(values, bins, _FINEST, rows, sizes[:-1] > 0, _alike(values, bins, sizes[:-1]))

    def coarser(self, cells: int) -> tuple[int, NDArray[np.float64]]:
        """How many bits of the bins' numbers are dropped for so many cells, and `alike` for what is left."""
        count = self.count
        limit = min(_COUNTERS, max(self.rows // _ROWS_FOR_COUNTER, _FEW))
        while count > 1 and count * cells > limit:
            count //= 2
        several, held = self.alike.reshape(count, -1), self.held.reshape(count, -1)
        alone = np.where(held.sum(axis=1) == 1, np.where(held, several, 0.0).sum(axis=1), np.nan)
        return (self.count // count).bit_length() - 1, alone


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


def _alike(
    values: Sequence[NDArray[np.float64]], bins: Sequence[NDArray[np.uint16]], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The one value of each full bin, such as the many waits of zero: it need not be sorted."""
    is_full = np.append(sizes > 4 * sizes.sum() // _FINEST, False)
    least, most = np.full(_FINEST + 1, np.inf), np.full(_FINEST + 1, -np.inf)
    for block, numbers in zip(values, bins, strict=True):
        full = np.flatnonzero(is_full[numbers])
        np.minimum.at(least, numbers[full], block[full])
        np.maximum.at(most, numbers[full], block[full])
    return np.where(is_full & (least == most), least, np.nan)[:_FINEST]


Members = Callable[[int, Any], NDArray[np.int64]]
"""The member of some rows of a block on one axis, by the block's number and an index of its rows; a new array."""


def order_statistics(
    amounts: Binned, spans: Sequence[NDArray[Any]], axes: Sequence[tuple[int, Members]], spread: Spread
) -> list[dict[str, NDArray[np.float64]]]:
    """Order statistics on several axes, for each member and slot.

    Args:
        amounts: The amounts of all rows.
        spans: The span of each row, block by block; the last is for rows that lie in none.
        axes: For each axis how many members it has and the member of each row; the first is the whole.
        spread: How spans make slots.

    Returns:
        For each axis `described`, each statistic an array of members by slots.
    """
    searches = [_Search.of(amounts, size, spread) for size, _ in axes[1:] or axes]
    for block, own in enumerate(spans):
        places = _Places(own, amounts.bins[block])
        for (_, members), search in zip(axes[1:] or axes, searches, strict=True):
            search.count(members(block, slice(None)), places.of(search))
    if len(axes) > 1:
        searches.insert(0, min(searches, key=lambda search: search.members).of_whole())
    wanted = np.logical_or.reduce([search.find() for search in searches]).ravel()
    for block, own in enumerate(spans):
        rows = np.flatnonzero(wanted[_places(own, amounts.bins[block], amounts.count)])
        places, values = _Places(own[rows], amounts.bins[block][rows]), amounts.values[block][rows]
        for (_, members), search in zip(axes, searches, strict=True):
            search.gather(members(block, rows), places.of(search), values)
    return [search.described() for search in searches]


def _places(spans: NDArray[Any], bins: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Where each row is among spans by bins, the bin of no amount being the last."""
    places = spans.astype(np.int64)
    places *= count + 1
    places += bins
    return places


class _Places:
    """Where the rows of a block are among spans by bins: the same for all axes with as many bins."""

    def __init__(self, spans: NDArray[Any], bins: NDArray[np.uint16]) -> None:
        self.spans, self.bins = spans, bins
        self.known: dict[int, NDArray[np.int64]] = {}

    def of(self, search: _Search) -> NDArray[np.int64]:
        """With the bins of one axis."""
        if search.dropped not in self.known:
            self.known[search.dropped] = _places(self.spans, self.bins >> search.dropped, search.bins)
        return self.known[search.dropped]


@dataclass
class _Search:
    """The search for the values of all ranks on one axis.

    Attributes:
        members: How many members the axis has.
        spread: How spans make slots.
        dropped: Bits of the bins' numbers that are dropped.
        bins: How many bins are left.
        alike: For each of them the one value that all its amounts have.
        counted: Rows by member, span and bin, with room for those without span or amount.
        sizes: Amounts by member and slot.
        wanted: What is looked for.
        numbers: For each layer of slots the number in `wanted` of each place in `counted`.
        gathered: For each layer what was found of it: numbers and amounts.
    """

    members: int
    spread: Spread
    dropped: int
    bins: int
    alike: NDArray[np.float64]
    counted: NDArray[np.int64]
    sizes: NDArray[np.int64] = field(init=False)
    wanted: _Wanted = field(init=False)
    numbers: list[NDArray[np.int32]] = field(init=False)
    gathered: list[list[tuple[NDArray[np.int32], NDArray[np.float64]]]] = field(init=False)

    @classmethod
    def of(cls, amounts: Binned, members: int, spread: Spread) -> _Search:
        """Nothing counted yet."""
        width = spread.spans + 1
        dropped, alike = amounts.coarser(members * width)
        return cls(members, spread, dropped, len(alike), alike, np.zeros(members * width * (len(alike) + 1), np.int64))

    def of_whole(self) -> _Search:
        """The same for the whole."""
        of_member = (self.spread.spans + 1) * (self.bins + 1)
        return replace(self, members=1, counted=self.counted.reshape(self.members, of_member).sum(axis=0))

    def count(self, members: NDArray[np.int64], places: NDArray[np.int64]) -> None:
        """Count rows."""
        count_into(self.counted, self._keys(members, places))

    def _keys(self, members: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
        members *= (self.spread.spans + 1) * (self.bins + 1)
        members += places
        return members

    def find(self) -> NDArray[np.bool_]:
        """Find the bin of each rank; those of any member that must be sorted, by span and finest bin."""
        shape = (self.members, self.spread.spans + 1, self.bins + 1)
        counts = self.spread.added(self.counted.reshape(shape)[:, :-1, :-1])
        self.sizes = counts.sum(axis=2)
        self.wanted = _Wanted.of(ranks_of(self.sizes.ravel()), counts.reshape(-1, self.bins), self.alike)
        by_slot = self.wanted.numbers.reshape(counts.shape)
        self.numbers, nothing = [], (np.zeros(0, dtype=np.int32), np.zeros(0))
        self.gathered = [[nothing] for _ in self.spread.layers]
        found = np.zeros(shape[1:], dtype=bool)
        for layer in self.spread.layers:
            numbers = np.full(shape, -1, dtype=np.int32)
            spans = np.flatnonzero(layer >= 0)
            numbers[:, spans, :-1] = by_slot[:, layer[spans]]
            found |= (numbers >= 0).any(axis=0)
            self.numbers.append(numbers.ravel())
        finest = np.repeat(found[:, :-1], 1 << self.dropped, axis=1)
        return np.append(finest, np.zeros((shape[1], 1), dtype=bool), axis=1)

    def gather(self, members: NDArray[np.int64], places: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Keep the rows that must be sorted."""
        keys = self._keys(members, places)
        for numbers, gathered in zip(self.numbers, self.gathered, strict=True):
            own = numbers[keys]
            rows = np.flatnonzero(own >= 0)
            gathered.append((own[rows], values[rows]))

    def described(self) -> dict[str, NDArray[np.float64]]:
        """The order statistics, when all rows have been gathered."""
        for gathered in self.gathered:
            numbers, values = (np.concatenate(column) for column in zip(*gathered, strict=True))
            self.wanted.pick(numbers, values)
        at = {name: values.reshape(self.sizes.shape) for name, values in self.wanted.values.items()}
        return described(self.sizes, at)


@dataclass
class _Wanted:
    """Which bin each wanted rank lies in, for each cell of a member and a slot.

    Attributes:
        ranks: The ranks, within their bin.
        bins: The bin of each rank.
        numbers: For each cell and bin that must be sorted a number, in order; -1 for the others.
        values: What has been found, by rank; NaN where it has not.
    """

    ranks: Ranks
    bins: dict[str, NDArray[np.int64]]
    numbers: NDArray[np.int32]
    values: dict[str, NDArray[np.float64]]

    @classmethod
    def of(cls, ranks: Ranks, counts: NDArray[np.int64], alike: NDArray[np.float64]) -> _Wanted:
        """Find the bins; ranks in a bin whose amounts are all alike are answered at once."""
        cells = np.arange(len(counts))
        until = np.cumsum(counts, axis=1)
        room = int(until[:, -1].max(initial=0)) + 1
        rising = until.ravel()
        rising += np.repeat(cells * room, counts.shape[1])
        wanted = cls({}, {}, np.full(counts.shape, -1, dtype=np.int32), {})
        for name, rank in ranks.items():
            own = np.searchsorted(rising, rank + cells * room) - cells * counts.shape[1]
            own = np.where(rank > 0, own, 0)
            before = rising[cells * counts.shape[1] + own] - cells * room - counts[cells, own]
            wanted.bins[name], wanted.ranks[name] = own, rank - before
            wanted.values[name] = np.where(rank > 0, alike[own], np.nan)
            sorts = (rank > 0) & np.isnan(alike[own])
            wanted.numbers[cells[sorts], own[sorts]] = 0
        places = np.flatnonzero(wanted.numbers.ravel() == 0)
        wanted.numbers.ravel()[places] = np.arange(len(places))
        return wanted

    def pick(self, numbers: NDArray[np.int32], values: NDArray[np.float64]) -> None:
        """Sort all rows of some of the wanted bins, and read the values of the wanted ranks."""
        ordered = values[by_cell_and_value(numbers, values)]
        sizes = np.bincount(numbers, minlength=1)
        starts = np.cumsum(sizes) - sizes
        for name, rank in self.ranks.items():
            found = self.numbers[np.arange(len(rank)), self.bins[name]]
            here = np.flatnonzero((found >= 0) & (found < len(sizes)) & (rank > 0))
            here = here[sizes[found[here]] > 0]  # the others are of another layer
            self.values[name][here] = ordered[starts[found[here]] + rank[here] - 1]


def by_cell_and_value(cells: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.int64]:
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
