"""How high a block will stand on paper, before it is set: what the plan of a page is made from.

The sizes are those of `reports/style/report.css`; a test sets the blocks and measures them, so that the two cannot
drift apart.
"""

from __future__ import annotations

import re

from reports.document import (
    Block,
    Cell,
    Entries,
    Entry,
    Notes,
    Observation,
    Picture,
    Prose,
    Section,
    Table,
    Terms,
    Tiles,
)
from reports.fonts import SANS, SERIF, Face, text_width
from reports.formats import NBSP

POINT = 25.4 / 72
WHOLE_MM, HALF_MM, MAIN_MM, NOTE_MM, GUTTER_MM = 174.0, 84.0, 120.0, 48.0, 6.0
THIRD_MM, TILES_IN_A_ROW = 54.0, 3
PAGE_MM = 255.0
"""Height of the text area of a page."""
BETWEEN_MM = 6.0
"""Air under a block."""
_SHORT_WORD = re.compile(r"(?:(?<=\b\w)|(?<=\b\w\w)) ")
ENTRY_MM = 3.2
"""Air under a definition."""
SHORT_PAIR, SHORT_PAIR_AIR_MM = 48, 4.0
"""Characters of a pair that shares its line with others, and the air behind it."""
DENSE_FROM = 9
"""Rows from which on a table is set tighter."""
_CELL_AIR_MM = 2.2
_ROW_AIR_MM, _DENSE_AIR_MM = 1.65, 1.05


def line_count(text: str, width_mm: float, points: float, *, weight: int = 400, face: Face = SANS) -> int:
    """Lines that a text takes in a column; it breaks at spaces, but not behind a word of one or two letters.

    Example:
        >>> line_count("one two three", 200.0, 8.0), line_count("one two three", 8.0, 8.0)
        (1, 3)
    """
    if not text:
        return 0
    room = width_mm / POINT
    if text_width(text, points, weight=weight, face=face) <= room:
        return 1
    space = text_width(" ", points, weight=weight, face=face)
    lines, used = 1, 0.0
    for word in _SHORT_WORD.sub(NBSP, text).split(" "):
        width = text_width(word, points, weight=weight, face=face)
        if used and used + space + width > room:
            lines, used = lines + 1, width
        else:
            used += width + (space if used else 0.0)
        while used > room:
            lines, used = lines + 1, used - room
    return lines


def head_height(section: Section) -> float:
    """Kicker, title and lead of a section."""
    title = line_count(section.title, 160.0, 19.0, weight=600, face=SERIF) * 23.5 * POINT + 3.0
    lead = line_count(section.lead, 160.0, 10.2) * 15 * POINT + 5.0 if section.lead else 0.0
    return 10 * POINT + 1.4 + title + lead


def block_height(block: Block, width_mm: float = WHOLE_MM) -> float:
    """Height of a block without the air under it.

    Args:
        block: Any block that a section places.
        width_mm: Width of its column.
    """
    if isinstance(block, Table):
        return _table(block, width_mm)
    if isinstance(block, Picture):
        return _heading(block.title, block.sub, width_mm) + block.chart.height_mm + _after(block.after, width_mm)
    if isinstance(block, Notes):
        return notes_height(block, width_mm)
    if isinstance(block, Observation):
        return _observation(block, width_mm)
    if isinstance(block, Terms):
        return _terms(block, width_mm)
    if isinstance(block, Prose):
        lines = sum(line_count(text, min(150.0, width_mm), 9.0) for text in block.paragraphs)
        return _heading(block.title, "", width_mm) + lines * 13 * POINT + 2.0 * (len(block.paragraphs) - 1)
    if isinstance(block, Entries):
        return sum(_entry(entry, width_mm) for entry in block.items) + ENTRY_MM * (len(block.items) - 1)
    raise TypeError(f"the height of {type(block).__name__} is not known")


def air_under(block: Block) -> float:
    """Air between a block and the next one in its column."""
    return ENTRY_MM if isinstance(block, Entries) else BETWEEN_MM


def notes_height(notes: Notes, width_mm: float = NOTE_MM) -> float:
    """Height of remarks in the margin column."""
    height = 0.4
    for note in notes.items:
        height += 11.4 * POINT * line_count(note.title, width_mm, 7.8, weight=600) + 0.3
        height += sum(11.4 * POINT * line_count(text, width_mm, 7.8) for text in note.text)
        height += 2.0 * (len(note.text) - 1)
    return height + 2.0 * (len(notes.items) - 1)


def words_height(title: str, sub: str, after: str, width_mm: float = MAIN_MM) -> float:
    """Height of the words over and under a picture."""
    return _heading(title, sub, width_mm) + _after(after, width_mm)


def is_dense(table: Table) -> bool:
    """Whether a table is long enough to be set tighter."""
    return len(table.rows) >= DENSE_FROM


def tile_rooms(tiles: Tiles) -> list[tuple[float, float]]:
    """For each tile, points of height for its label and for what is said under its figure: as much as its row needs.

    So the figures of a row stand on one line, and so do the targets, however long a label is in a language.
    """
    rooms = []
    for start in range(0, len(tiles.items), TILES_IN_A_ROW):
        row = tiles.items[start : start + TILES_IN_A_ROW]
        label = max(line_count(tile.label, THIRD_MM, 8.0, weight=600) for tile in row) * 10.6
        said = max(
            line_count(tile.change, THIRD_MM, 7.8) * 10.5 + line_count(tile.caveat, THIRD_MM, 7.2) * 9.8 for tile in row
        )
        rooms += [(round(label, 1), round(said, 1))] * len(row)
    return rooms


def is_short(pair: tuple[str, str]) -> bool:
    """Whether a pair of term and text in a definition shares its line with others."""
    return len(pair[0]) + len(pair[1]) <= SHORT_PAIR


def _heading(title: str, sub: str, width_mm: float) -> float:
    height = line_count(title, width_mm, 10.5, weight=600) * 14 * POINT + 0.6 if title else 0.0
    return height + (line_count(sub, width_mm, 7.8) * 11 * POINT + 2.0 if sub else 0.0)


def _after(text: str, width_mm: float) -> float:
    return line_count(text, width_mm, 7.2) * 10 * POINT + 1.6 if text else 0.0


def _table(table: Table, width_mm: float) -> float:
    height = _heading(table.title, table.sub, width_mm) + _after(table.after, width_mm)
    if not table.rows:
        return height
    scale = width_mm / sum(column.width_mm for column in table.columns)
    rooms = [column.width_mm * scale - _CELL_AIR_MM for column in table.columns]
    rooms[-1] += _CELL_AIR_MM
    titles = [column.title for column in table.columns]
    heads = max(line_count(title, room, 7.0, weight=600) for title, room in zip(titles, rooms, strict=True))
    air = _DENSE_AIR_MM if is_dense(table) else _ROW_AIR_MM
    rows = sum(max(_cell(cell, room) for cell, room in zip(row, rooms, strict=True)) + air + 0.14 for row in table.rows)
    return height + heads * 9.5 * POINT + 1.6 + rows


def _cell(cell: Cell, room: float) -> float:
    if cell.is_large:
        height = 14.5 * POINT
    else:
        points, line = (8.6, 11.4) if cell.is_strong else (8.2, 11.2)
        height = line_count(cell.text, room, points, weight=600 if cell.is_strong else 400) * line * POINT
    if cell.mark:
        height += line_count(cell.mark.word, room - 3.7, 7.6, weight=600) * 10 * POINT
    if cell.chart:
        height += cell.chart.height_mm
    return max(11.2 * POINT, height + line_count(cell.small, room, 7.2) * 9.6 * POINT)


def _observation(block: Observation, width_mm: float) -> float:
    height = 1.2 * POINT + 1.6 + 10 * POINT + 0.6
    height += line_count(block.title, width_mm, 9.5, weight=600) * 13 * POINT + 1.0
    height += sum(line_count(f"{name} {text}", width_mm, 8.0) * 11.4 * POINT + 0.8 for name, text in block.items)
    return height + (block.chart.height_mm + 1.0 if block.chart else 0.0)


def _entry(entry: Entry, width_mm: float) -> float:
    height = 11 * POINT * line_count(entry.title, width_mm, 8.2, weight=600)
    height += 10.2 * POINT * line_count(entry.text, width_mm, 7.4)
    return height + 9.4 * POINT * _item_lines(entry, width_mm)


def _item_lines(entry: Entry, width_mm: float) -> int:
    """Lines of the pairs: a short one stands beside the short one before it when there is room."""
    lines, used = 0, width_mm
    for item in entry.items:
        if not is_short(item):
            lines, used = lines + line_count(f"{item[0]}:  {item[1]}", width_mm, 7.0), width_mm
            continue
        width = text_width(f"{item[0]}:  {item[1]}", 7.0) * POINT + SHORT_PAIR_AIR_MM
        if used + width > width_mm:
            lines, used = lines + 1, 0.0
        used += width
    return lines


def _terms(block: Terms, width_mm: float) -> float:
    term = 48.0 if width_mm > HALF_MM else 30.0
    rows = sum(
        max(line_count(name, term, 7.8), line_count(text, width_mm - term - 3.0, 7.8)) * 10.6 * POINT + 1.6 + 0.14
        for name, text in block.items
    )
    return _heading(block.title, "", width_mm) + rows
