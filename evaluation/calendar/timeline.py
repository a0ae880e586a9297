"""Opening intervals on the line of real time, and the arithmetic of open time on them.

Open time since the beginning is a function G that grows one microsecond a microsecond while open and stands still while
closed: a duration is `G(end) - G(start)`, and an instant that many open microseconds later is G's inverse. Both are
looked up on a uniform grid (one integer division, one gather, the exact rest inside the cell), or by bisection where
the grid would be too large.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]

HOUR = 3_600_000_000
_LARGEST_GRID = 8_000_000


@dataclass(frozen=True, eq=False)
class Timeline:
    """Disjoint opening intervals in order, within a covered span.

    Attributes:
        first: First covered instant, microseconds of UTC.
        last: First instant no longer covered.
        opens: Opening instants.
        closes: Closing instants, each later than its opening and earlier than the next one.
    """

    first: int
    last: int
    opens: Instants
    closes: Instants

    @classmethod
    def of(cls, shifts: Instants, first: int, last: int) -> Timeline:
        """The union of shifts (two columns, any order, overlapping or touching), cut to the covered span."""
        shifts = np.clip(shifts[np.argsort(shifts[:, 0], kind="stable")], first, last)
        shifts = shifts[shifts[:, 0] < shifts[:, 1]]
        if len(shifts) == 0:
            return cls(first, last, shifts[:, 0], shifts[:, 1])
        reach = np.maximum.accumulate(shifts[:, 1])
        begins = np.concatenate([[True], shifts[1:, 0] > reach[:-1]])
        ends = np.concatenate([begins[1:], [True]])
        return cls(first, last, np.ascontiguousarray(shifts[begins, 0]), np.ascontiguousarray(reach[ends]))

    @cached_property
    def before(self) -> Instants:
        """Open microseconds before each interval, and in all of them as the last element."""
        return np.concatenate([[0], np.cumsum(self.closes - self.opens)]).astype(np.int64)

    @property
    def total(self) -> int:
        """Open microseconds in the covered span."""
        return int(self.before[-1])

    @cached_property
    def grid(self) -> Grid | None:
        """The grid of G, or None where it would be too large."""
        cell = self.cell()
        return Grid.of(self, cell) if (self.last - self.first) // cell <= _LARGEST_GRID else None

    def cell(self) -> int:
        """The longest cell, at most an hour, on whose lines every opening and closing falls, in microseconds."""
        return int(np.gcd.reduce(np.concatenate([self.opens, self.closes, [HOUR]])))

    def within(self, first: int, last: int) -> Timeline:
        """The same openings over a shorter span, widened to whole hours so that it cuts no grid line."""
        first, last = first // HOUR * HOUR, -(-last // HOUR) * HOUR
        return Timeline.of(np.stack([self.opens, self.closes], axis=1), first, last)

    def open_before(self, at: Instants) -> Instants:
        """G: open microseconds from the beginning of the covered span until each instant inside it."""
        found = self.grid.elapsed(at) if self.grid is not None else None
        return self.elapsed(at) if found is None else found

    def elapsed(self, at: Instants) -> Instants:
        """G by bisection, which needs no grid."""
        if len(self.opens) == 0:
            return np.zeros(len(at), dtype=np.int64)
        number = np.maximum(np.searchsorted(self.opens, at, side="right") - 1, 0)
        return self.before[number] + np.clip(at - self.opens[number], 0, self.closes[number] - self.opens[number])

    def reached(self, open_time: Instants) -> Instants:
        """The earliest instant at which that much open time has passed since the beginning; at most `total`."""
        if len(self.opens) == 0:
            return np.full(len(open_time), self.first)
        number = np.maximum(np.searchsorted(self.before, open_time, side="left") - 1, 0)
        return self.opens[number] + (open_time - self.before[number])

    def next_open(self, at: Instants) -> Instants:
        """Each instant itself while open, else the next opening; the end of the span where there is none."""
        number = np.searchsorted(self.closes, at, side="right")
        opens = np.append(self.opens, self.last)
        return np.maximum(at, opens[number])

    def is_open(self, at: Instants) -> NDArray[np.bool_]:
        """Whether each instant is inside an interval; opening instants are, closing instants are not."""
        number = np.searchsorted(self.closes, at, side="right")
        return np.append(self.opens, self.last)[number] <= at


@dataclass(frozen=True, eq=False)
class Grid:
    """G on cells of equal length, each wholly open or wholly closed.

    In an open cell G(t) is `t - first + lag`, in a closed one it is `lag` alone.

    Attributes:
        first: First instant of the first cell.
        cell: Length of a cell in microseconds.
        packed: For each cell twice its lag, plus one when it is open: one gather gives both.
    """

    first: int
    cell: int
    packed: Instants

    @classmethod
    def of(cls, timeline: Timeline, cell: int) -> Grid:
        """The grid of a covered span; every opening and closing falls on a multiple of `cell`."""
        first = timeline.first // cell * cell
        count = (timeline.last - first + cell - 1) // cell
        change = np.zeros(count + 1, dtype=np.int64)
        change[(timeline.opens - first) // cell] += 1
        change[(timeline.closes - first) // cell] -= 1
        is_open = np.cumsum(change[:-1])
        lag = (np.cumsum(is_open) - is_open - is_open * np.arange(count)) * cell
        return cls(first, cell, lag * 2 + is_open)

    @property
    def is_open(self) -> Instants:
        """One for each open cell, zero for each closed one."""
        return self.packed & 1

    @property
    def before(self) -> Instants:
        """Open microseconds before each cell."""
        return (self.packed >> 1) + self.is_open * np.arange(len(self.packed)) * self.cell

    def elapsed(self, at: Instants) -> Instants | None:
        """G of instants, or None when one of them is off the grid (or is not a time)."""
        found, since, cell = np.empty((3, len(at)), dtype=np.int64)
        return found if self.elapsed_into(found, at, since, cell) else None

    def elapsed_into(self, found: Instants, at: Instants, since: Instants, cell: Instants) -> bool:
        """G of instants, into memory that is there already; False when one of them is off the grid.

        Args:
            found: Takes the result.
            at: The instants.
            since: Memory of the same length.
            cell: Memory of the same length.
        """
        np.subtract(at, self.first, out=since)
        # Read as unsigned, an instant before the grid is beyond its end too, and the division needs no sign.
        unsigned = cell.view(np.uint64)
        np.floor_divide(since.view(np.uint64), np.uint64(self.cell), out=unsigned)
        if len(at) and unsigned.max() >= len(self.packed):
            return False
        np.take(self.packed, cell, out=found, mode="clip")
        np.bitwise_and(found, 1, out=cell)
        since *= cell
        found >>= 1
        found += since
        return True

    def fill_seconds(self, seconds: NDArray[np.float64], start: Instants, end: Instants, memory: Instants) -> bool:
        """`(G(end) - G(start)) / 10**6`, into `seconds`; False when an instant is missing or off the grid.

        Args:
            seconds: Takes the result.
            start: Instants.
            end: Instants.
            memory: Four rows, at least as long as these.
        """
        before_start, before_end, since, cell = memory[:, : len(start)]
        if not self.elapsed_into(before_start, start, since, cell):
            return False
        if not self.elapsed_into(before_end, end, since, cell):
            return False
        before_end -= before_start
        np.divide(before_end, 1e6, out=seconds)
        return True
