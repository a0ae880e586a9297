"""Cells: what was counted of a member in a period, as columns; members are numbers until the words are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.summing import Axis

Cells = dict[str, NDArray[Any]]
"""Columns of some cells, all of one length: `KEYS`, counts and sums by name."""

KEYS = ("slot", "member")
"""What identifies a cell: the number of its period, and that of its member among `Members`."""


class Members:
    """The members of all dimensions as numbers, which they get when they are first met; the whole is 0.

    Example:
        >>> members = Members()
        >>> members.numbers([("team", "billing"), ("channel", "email"), ("team", "billing"), ("all", "all")]).tolist()
        [1, 2, 1, 0]
        >>> members.dimensions, members.names
        (['all', 'team', 'channel'], ['all', 'billing', 'email'])
    """

    def __init__(self) -> None:
        self._numbers = {("all", "all"): 0}

    def numbers(self, keys: Iterable[tuple[str, str]]) -> NDArray[np.int64]:
        """The number of each member, given with its dimension."""
        known = self._numbers
        return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)

    @property
    def dimensions(self) -> list[str]:
        """The dimension of each number."""
        return [dimension for dimension, _ in self._numbers]

    @property
    def names(self) -> list[str]:
        """The name of each number."""
        return [name for _, name in self._numbers]


def cells_of(axes: Sequence[Axis], columns: Mapping[str, NDArray[Any]], members: Members) -> Cells:
    """The cells in which there are cases, from arrays of the members of all axes, one axis after another, by slots."""
    occurs = np.flatnonzero(columns["n"] + columns["undecided"] + columns["left_out"] + columns["unknown"])
    numbers = members.numbers((axis.id, name) for axis in axes for name in axis.members)
    slots = columns["n"].shape[1]
    keys = {"slot": occurs % slots, "member": numbers[occurs // slots]}
    return keys | {name: values.ravel()[occurs] for name, values in columns.items()}


def some(cells: Cells, which: NDArray[np.bool_]) -> Cells:
    """Some of the cells."""
    return {name: values[which] for name, values in cells.items()}


def joined(parts: Sequence[Mapping[Any, NDArray[Any]]]) -> dict[Any, NDArray[Any]]:
    """The columns of several parts that have the same columns, one part after another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def united(*several: Cells) -> Cells:
    """The keys of all cells that occur in any of several, once each.

    Example:
        >>> one, other = ({"slot": np.array(slots), "member": np.array([2, 1])} for slots in ([0, 3], [0, 1]))
        >>> {name: values.tolist() for name, values in united(one, other).items()}
        {'slot': [1, 3, 0], 'member': [1, 1, 2]}
    """
    occurs = np.zeros(_shape(*several), dtype=bool)
    for cells in several:
        occurs[cells["member"], cells["slot"]] = True
    member, slot = np.nonzero(occurs)
    return {"slot": slot, "member": member}


def looked_up(cells: Cells, name: str, wanted: Cells) -> NDArray[Any]:
    """What a column of some cells says of the wanted ones; zero where those are not among them.

    Example:
        >>> cells = {"slot": np.array([0, 3]), "member": np.array([2, 1]), "n": np.array([50, 60])}
        >>> looked_up(cells, "n", {"slot": np.array([3, 1]), "member": np.array([1, 1])}).tolist()
        [60, 0]
    """
    found = np.zeros(_shape(cells, wanted), dtype=cells[name].dtype)
    found[cells["member"], cells["slot"]] = cells[name]
    return found[wanted["member"], wanted["slot"]]


def _shape(*several: Cells) -> tuple[int, ...]:
    """Room for every member and slot that occurs."""
    return tuple(1 + max(int(np.max(cells[key], initial=0)) for cells in several) for key in ("member", "slot"))
