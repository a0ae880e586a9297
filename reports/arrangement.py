"""The plan of a section's pages: what stands beside what, and what is left out so that no page ends nearly empty.

Short pictures and tables stand in two columns. A block is never cut by the end of a page; a block that may be left
out is, when the section would need a page more for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from reports.document import Block, Row, Section, Table
from reports.heights import BETWEEN_MM, HALF_MM, MAIN_MM, PAGE_MM, air_under, block_height, head_height, notes_height
from reports.language import Language

LEAST_OF_A_PAGE = 0.4
"""A last page that is filled less than this looks forgotten."""
ROWS_TO_CUT, CUT_ABOVE = 10, 2.5
"""A table of so many rows is cut in two when it is so many times as high as all that shares its columns."""
ABOVE_A_FOLLOWER_MM = 6.0
_SAFETY_MM = 1.5


@dataclass(frozen=True, slots=True)
class Whole:
    """A block across the page."""

    name: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A picture with its remarks in the margin column."""

    name: str
    notes: str


@dataclass(frozen=True, slots=True)
class Halves:
    """Blocks of half the width, to be dealt to two columns in this order."""

    names: tuple[str, ...]


Piece = Whole | Beside | Halves


def arranged(section: Section, pieces: Iterable[Piece], language: Language, *, spare: Sequence[str] = ()) -> Section:
    """The section with its rows planned, without the spare blocks that it has no room for.

    Args:
        section: Its blocks and head.
        pieces: What stands where, in order; names that the section does not have are skipped.
        language: Of the words over the second half of a table that is cut.
        spare: Names of blocks that may be left out, the most wanted first.
    """
    present = [piece for piece in (_existing(piece, section.blocks) for piece in pieces) if piece]
    section, present = _with_long_tables_cut(section, present, language)
    there = [name for name in spare if name in section.blocks]
    plans = [
        (_plan(section, _without(present, dropped)), dropped)
        for count in range(len(there) + 1)
        for dropped in combinations(reversed(there), count)
    ]
    (paper, rows), dropped = min(plans, key=lambda plan: _cost(plan[0][0], len(plan[1])))
    blocks = {name: block for name, block in section.blocks.items() if name not in dropped}
    return replace(section, blocks=blocks, rows=rows, pages=paper.pages, used_mm=paper.used)


def following(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections, where those that may begin under the end of the one before and have room for it do so."""
    placed: list[Section] = []
    for section in sections:
        if placed and section.may_follow and section.pages == 1 and placed[-1].rows:
            used = placed[-1].used_mm + ABOVE_A_FOLLOWER_MM + section.used_mm
            if used - BETWEEN_MM <= PAGE_MM - _SAFETY_MM:
                section = replace(section, follows=True, used_mm=used)
        placed.append(section)
    return tuple(placed)


def _with_long_tables_cut(section: Section, pieces: Sequence[Piece], language: Language) -> tuple[Section, list[Piece]]:
    """A table that is higher than everything it shares two columns with goes through both of them."""
    blocks, cut = dict(section.blocks), []
    for piece in pieces:
        if isinstance(piece, Halves):
            heights = {name: block_height(blocks[name], HALF_MM) for name in piece.names}
            name = max(heights, key=lambda one: heights[one])
            table, others = blocks[name], sum(heights.values()) - heights[name]
            if isinstance(table, Table) and len(table.rows) >= ROWS_TO_CUT and heights[name] > CUT_ABOVE * others:
                blocks[name], blocks[f"{name}_continued"] = _in_halves(table, others / heights[name], language)
                rest = tuple(other for other in piece.names if other != name)
                piece = Halves((name, f"{name}_continued", *rest))
        cut.append(piece)
    return replace(section, blocks=blocks), cut


def _in_halves(table: Table, others: float, language: Language) -> tuple[Table, Table]:
    """The table in two; what else stands in the columns stands under the second part, which is shorter for it."""
    first = min(len(table.rows) - 1, math.ceil(len(table.rows) * (1 + others) / 2))
    title = language.gettext("{title}, continued", title=table.title)
    return replace(table, rows=table.rows[:first], after=""), replace(table, title=title, rows=table.rows[first:])


Columns = list[tuple[tuple[int, ...], tuple[int, ...]]]
"""For each page, the items of its left and of its right column."""


def in_two_columns(heights: Sequence[float], first_room: float, room: float) -> Columns:
    """Items dealt to pages of two columns: on each page the left column is filled, then the right one.

    They stay in order, unless a page is saved when an item fills what an earlier column has left.

    Args:
        heights: Height of each item, its air included.
        first_room: Room on the first page; nothing is put there when it would leave the right column empty.
        room: Room on each further page.

    Returns:
        The columns of each page; those of the last page are as equal as the order allows.

    Example:
        >>> in_two_columns([4, 4, 4, 4], 10, 10)
        [((0, 1), (2, 3))]
        >>> in_two_columns([4, 4, 4, 4], 4, 10)
        [((0,), (1,)), ((2,), (3,))]
        >>> in_two_columns([4, 9], 5, 10)
        [((), ()), ((0,), (1,))]
    """
    in_order, packed = _in_order(heights, first_room, room), _packed(heights, first_room, room)
    return packed if len(packed) < len(in_order) else in_order


def _in_order(heights: Sequence[float], first_room: float, room: float) -> Columns:
    pages: Columns = []
    start, left = 0, first_room
    while start < len(heights):
        middle = _filled(heights, start, left)
        end = _filled(heights, middle, left)
        if not pages and end < len(heights) and end == middle and left < room:  # the right column would be empty
            pages.append(((), ()))
        else:
            middle, end = max(middle, start + 1), max(end, start + 1)
            if end == len(heights):
                middle = _balanced(heights, start)
            pages.append((tuple(range(start, middle)), tuple(range(middle, end))))
            start = end
        left = room
    return pages


def _packed(heights: Sequence[float], first_room: float, room: float) -> Columns:
    """Each item in the first column that has room for it."""
    columns: list[list[int]] = [[], []]
    left = [first_room, first_room]
    for index, height in enumerate(heights):
        place = next((number for number, free in enumerate(left) if height <= free), None)
        if place is None:
            place = len(columns)
            columns += [[], []]
            left += [room, room]
        columns[place].append(index)
        left[place] -= height
    return [(tuple(columns[page]), tuple(columns[page + 1])) for page in range(0, len(columns), 2)]


def _filled(heights: Sequence[float], start: int, room: float) -> int:
    used, index = 0.0, start
    while index < len(heights) and used + heights[index] <= room:
        used += heights[index]
        index += 1
    return index


def _balanced(heights: Sequence[float], start: int) -> int:
    return min(
        range(start + 1, len(heights) + 1),
        key=lambda middle: (round(max(sum(heights[start:middle]), sum(heights[middle:])), 3), -middle),
    )


def _existing(piece: Piece, blocks: Mapping[str, Block]) -> Piece | None:
    if isinstance(piece, Whole):
        return piece if piece.name in blocks else None
    if isinstance(piece, Beside):
        if piece.name in blocks and piece.notes in blocks:
            return piece
        return next((Whole(name) for name in (piece.name, piece.notes) if name in blocks), None)
    names = tuple(name for name in piece.names if name in blocks)
    return Halves(names) if names else None


def _without(pieces: Sequence[Piece], dropped: Sequence[str]) -> list[Piece]:
    kept: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Halves):
            names = tuple(name for name in piece.names if name not in dropped)
            kept += [Halves(names)] if names else []
        elif piece.name not in dropped:
            kept.append(piece)
    return kept


@dataclass(slots=True)
class _Paper:
    """Pages in the making: how many are full, and how much of the last one is used."""

    used: float
    pages: int = 1
    holes: float = 0.0

    def put(self, height: float) -> None:
        if self.used + height > PAGE_MM - _SAFETY_MM and self.used:
            self.turn()
        self.used += height + BETWEEN_MM

    def turn(self) -> None:
        self.holes += max(0.0, PAGE_MM - self.used)
        self.pages, self.used = self.pages + 1, 0.0

    @property
    def left(self) -> float:
        return PAGE_MM - _SAFETY_MM - self.used


def _plan(section: Section, pieces: Sequence[Piece]) -> tuple[_Paper, tuple[Row, ...]]:
    paper, rows = _Paper(head_height(section)), []
    for piece in pieces:
        if isinstance(piece, Whole):
            paper.put(block_height(section[piece.name]))
            rows.append(Row("whole", ((piece.name,),)))
        elif isinstance(piece, Beside):
            paper.put(max(block_height(section[piece.name], MAIN_MM), notes_height(section[piece.notes])))  # type: ignore[arg-type]
            rows.append(Row("beside", ((piece.name,), (piece.notes,))))
        else:
            rows += _columns(section, piece.names, paper)
    return paper, tuple(rows)


def _columns(section: Section, names: Sequence[str], paper: _Paper) -> list[Row]:
    heights = [block_height(section[name], HALF_MM) + air_under(section[name]) for name in names]
    rows = []
    air = min(air_under(section[name]) for name in names)  # what stands last in a column needs none under it
    pages = in_two_columns(heights, paper.left + air, PAGE_MM - _SAFETY_MM + air)
    for number, (left, right) in enumerate(pages):
        if number:
            paper.turn()
        if left or right:
            rows.append(Row("halves", (tuple(names[i] for i in left), tuple(names[i] for i in right))))
            paper.used += max(sum(heights[i] for i in column) for column in (left, right))
    return rows


def _cost(paper: _Paper, dropped: int) -> tuple[float, ...]:
    last = (paper.used - BETWEEN_MM) / PAGE_MM
    is_forgotten = paper.pages > 1 and last < LEAST_OF_A_PAGE
    return paper.pages, is_forgotten, dropped, paper.holes
