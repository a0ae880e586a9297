"""Exact sums by cell: whole numbers in parts that no sum overflows, so that neither order nor threads change a digit.

A cell is a member of a dimension in a span of the timeline. Cells are numbered member by member, `spans + 1` for each:
the last is for rows that lie in no span.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.streaming import Block, Rows

MILLI, MICRO = 1_000, 1_000_000
"""Amounts are summed in whole thousandths, weights in whole millionths."""

_PART = 36
"""Bits of the parts in which whole numbers are added up: 2**26 of the largest fit into 64 bits."""

_CELLS, _ROWS_FOR_CELL = 1 << 13, 16
"""Axes are counted together up to so many cells, and so many rows for each of them."""

_ALL = slice(None)
"""All rows of a block."""


@dataclass(frozen=True)
class Axis:
    """The members of one dimension, or of a pair of dimensions, as codes.

    Attributes:
        id: Name of the dimension; a pair is `first+second`.
        columns: Coded columns: none for the whole, two for a pair.
        members: What the codes stand for.
        codes: Of a pair, the code of each combination (first code times the second's members, plus the second code).
        seconds: Of a pair, how many members the second dimension has.
    """

    id: str
    columns: tuple[str, ...]
    members: Sequence[str]
    codes: NDArray[np.int64] | None = None
    seconds: int = 1

    def cells(self, block: Block, span: str, spans: int) -> NDArray[np.int64]:
        """The cell of each row of a block."""
        return Crossing((self,)).cells(block, span, spans)

    def members_of(self, block: Block, rows: Any = _ALL, dtype: Any = np.int64) -> NDArray[Any]:
        """The code of the member of each row of a block, or of some of its rows."""
        if not self.columns:
            return np.zeros(len(next(iter(block.values()))[rows]), dtype=dtype)
        first = block[self.columns[0]][rows]
        if self.codes is None:
            return first.astype(dtype)
        code = first.astype(np.int64) * self.seconds
        code += block[self.columns[1]][rows]
        return self.codes.take(code).astype(dtype)


@dataclass(frozen=True)
class Crossing:
    """Some axes whose rows are counted together: what one of them has is the sum over the members of the others.

    Attributes:
        axes: The axes; of one dimension or several.
    """

    axes: Sequence[Axis]

    @property
    def columns(self) -> tuple[str, ...]:
        """The coded columns of all its axes."""
        return tuple(name for axis in self.axes for name in axis.columns)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many members each axis has."""
        return tuple(len(axis.members) for axis in self.axes)

    def of_members(self, block: Block, spans: int) -> NDArray[np.int64]:
        """Of each row of a block the first cell of its members, in the first of so many spans."""
        code = self.axes[0].members_of(block)
        for axis in self.axes[1:]:
            code *= len(axis.members)
            code += axis.members_of(block)
        code *= spans + 1
        return code

    def cells(self, block: Block, span: str, spans: int) -> NDArray[np.int64]:
        """The cell of each row of a block."""
        return self.of_members(block, spans) + block[span]

    def by_axis(
        self, values: NDArray[Any], width: int, together: np.ufunc = np.add, nothing: float = 0
    ) -> list[NDArray[Any]]:
        """What was counted by cell as what each axis has alone: arrays of so many places for each of its members."""
        crossed_values, every = values.reshape(*self.sizes, width), range(len(self.axes))
        others = [tuple(other for other in every if other != own) for own in every]
        return [together.reduce(crossed_values, axis=own, initial=nothing).ravel() for own in others]


def crossed(axes: Sequence[Axis], width: int, rows: int) -> list[Crossing]:
    """Axes in as few crossings as have few enough cells: one row then costs one step for several dimensions.

    Args:
        axes: The axes.
        width: Cells of each member.
        rows: How many rows there are: where cells outnumber them, adding up cells is dearer than counting rows.

    Example:
        >>> axes = [Axis(name, (name,), "x" * size) for name, size in (("agent", 90), ("team", 8), ("channel", 5))]
        >>> [[axis.id for axis in crossing.axes] for crossing in crossed(axes, 20, 10**6)]
        [['channel', 'team'], ['agent']]
    """
    most = min(_CELLS, rows // _ROWS_FOR_CELL) // width
    crossings: list[list[Axis]] = []
    room: list[int] = []
    for axis in sorted(axes, key=lambda axis: len(axis.members)):
        size = max(len(axis.members), 1)
        own = next((number for number, free in enumerate(room) if free >= size), None)
        if own is None:
            crossings.append([axis])
            room.append(most // size)
        else:
            crossings[own].append(axis)
            room[own] //= size
    return [Crossing(axes) for axes in crossings]


def parts_of(dimension: str) -> tuple[str, ...]:
    """The dimensions of a pair; of another dimension itself.

    Example:
        >>> parts_of("team+channel"), parts_of("team")
        (('team', 'channel'), ('team',))
    """
    return tuple(dimension.split("+"))


def axes_of(rows: Rows, columns: Mapping[str, tuple[str, ...]]) -> list[Axis]:
    """The axes of a query's rows, the whole first.

    Args:
        rows: The rows.
        columns: The coded columns of each dimension or pair, by its id.
    """
    axes = [Axis("all", (), ("all",))]
    for axis_id, names in columns.items():
        axes.append(_pair(rows, axis_id, names) if len(names) > 1 else Axis(axis_id, names, rows.members[names[0]]))
    return axes


def _pair(rows: Rows, axis_id: str, names: tuple[str, ...]) -> Axis:
    """The combinations that occur, as members of their own."""
    firsts, seconds = (rows.members[name] for name in names)
    occurs = np.zeros(len(firsts) * len(seconds), dtype=bool)
    for block in rows.blocks:
        occurs[block[names[0]].astype(np.int64) * len(seconds) + block[names[1]]] = True
    found = np.flatnonzero(occurs)
    members = [f"{firsts[code // len(seconds)]} + {seconds[code % len(seconds)]}" for code in found.tolist()]
    return Axis(axis_id, names, members, codes=np.cumsum(occurs) - 1, seconds=len(seconds))


def whole(amount: NDArray[np.float64], parts: int, *, where: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Amounts in whole parts; zero where they do not count."""
    return np.rint(np.where(where, amount, 0.0) * parts).astype(np.int64)


def bits_of(number: float, parts: int) -> int:
    """How many bits a number takes in whole parts, as `whole` makes them.

    Example:
        >>> bits_of(1.024, 1000), bits_of(1.0234, 1000)
        (11, 10)
    """
    return int(np.rint(number * parts)).bit_length()


Part = tuple[NDArray[np.int64], int]
"""Whole numbers and the power of two by which they count."""


def part_for(rows: int) -> int:
    """Bits of the largest parts of which so many rows can be added up in 64 bits."""
    return 62 - max(rows, 1).bit_length()


def in_parts(numbers: NDArray[np.int64], bits: int, part: int = _PART) -> list[Part]:
    """Numbers as a sum of parts that are small enough to be added up, of `part` bits.

    Example:
        >>> [(part.tolist(), power) for part, power in in_parts(np.array([2**40 + 5]), 41)]
        [([5], 0), ([16], 36)]
    """
    if bits <= part:
        return [(numbers, 0)]
    return [(numbers & ((1 << part) - 1), 0), (numbers >> part, part)]


def product(first: NDArray[np.int64], second: NDArray[np.int64], bits: int, part: int = _PART) -> list[Part]:
    """The exact product of numbers of at most so many bits, in parts.

    Example:
        >>> parts = product(np.array([3 * 10**12]), np.array([7]), 42)
        >>> sum(int(part[0]) << power for part, power in parts)
        21000000000000
    """
    if 2 * bits <= min(part, 62):
        return [(first * second, 0)]
    half = (bits + 1) // 2
    mask = (1 << half) - 1
    high, low = (first >> half, second >> half), (first & mask, second & mask)
    middle = high[0] * low[1] + low[0] * high[1]
    least = low[0] * low[1] + ((middle & mask) << half)
    most = high[0] * high[1] + (middle >> half)
    return [
        (own, power + base)
        for numbers, base in ((least, 0), (most, 2 * half))
        for own, power in in_parts(numbers, 2 * half + 1, part)
    ]


@dataclass
class Totals:
    """Sums by cell, of parts by name and power of two.

    Attributes:
        cells: How many cells there are.
        sums: The sums of each part.
    """

    cells: int
    sums: dict[tuple[str, int], NDArray[np.int64]] = field(default_factory=dict)

    def add(self, name: str, cells: NDArray[np.int64], parts: Iterable[Part]) -> None:
        """Add numbers to their cells."""
        for numbers, power in parts:
            if (name, power) not in self.sums:
                self.sums[name, power] = np.zeros(self.cells, dtype=np.int64)
            np.add.at(self.sums[name, power], cells, numbers)

    def merge(self, other: Totals) -> None:
        """Add the sums of other rows."""
        for key, numbers in other.sums.items():
            self.sums[key] = self.sums[key] + numbers if key in self.sums else numbers

    def items(self) -> Iterator[tuple[str, int, NDArray[np.int64]]]:
        """Name, power of two and sums of each part, in order."""
        for (name, power), numbers in sorted(self.sums.items()):
            yield name, power, numbers


def count_into(counts: NDArray[np.int64], keys: NDArray[np.int64]) -> None:
    """Count each key at its place."""
    if counts.size <= len(keys):
        counts += np.bincount(keys, minlength=counts.size)
    else:
        np.add.at(counts, keys, 1)


def valued(parts: Sequence[tuple[int, NDArray[Any]]], unit: float) -> NDArray[np.float64]:
    """Sums of parts put together, from the least power on, in the amounts' own unit."""
    total: Any = 0.0
    for power, numbers in sorted(parts, key=lambda part: -part[0]):
        total = total + numbers.astype(float) * 2.0**power
    return np.asarray(total / unit, dtype=np.float64)
