"""The document: the report's words in one language, as sections of blocks, before any page is made.

Everything here is plain text (escaped where it is set) or a finished drawing. PDF, HTML companion and workbook are
made from the same objects, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from reports.chart import Chart, Shape
from reports.formats import Value


@dataclass(frozen=True, slots=True)
class Mark:
    """A status: shape and word; the colour follows from the shape."""

    shape: Shape
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: Its words or figure.
        small: A second, quieter line.
        mark: A status, set before the text.
        chart: A drawing, set instead of the text.
        is_strong: Whether it is set in bold.
        is_large: Whether the text is a figure that is set large.
    """

    text: str = ""
    small: str = ""
    mark: Mark | None = None
    chart: Chart | None = None
    is_strong: bool = False
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, width in millimetres, and which way its cells are aligned."""

    title: str
    width_mm: float
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of each row is its heading.

    Attributes:
        title: Says what the table shows; empty when the text above does.
        sub: Unit, population, order.
        after: What stands under it, for example how many rows are elsewhere.
    """

    title: str = ""
    sub: str = ""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    after: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells in a table of {len(self.columns)} columns: {self.title!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A headline figure.

    Attributes:
        label: Name of the figure, with its scope.
        value: The figure; None when there is none.
        absent: Why there is none, a sentence; empty when there is one.
        change: The change in words with its meaning.
        caveat: What may be said against the figure; empty when nothing.
        mark: Status against the target; None without a target.
        target: The target, in words.
        sparkline: The months before, or None.
        sample: How many cases it rests on.
    """

    label: str
    value: Value | None
    absent: str
    change: str
    caveat: str
    mark: Mark | None
    target: str
    sparkline: Chart | None
    sample: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """Up to six headline figures, three in a row."""

    items: tuple[Tile, ...]
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision that is wanted: title, evidence, and who by when."""

    title: str
    text: str
    who: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """Up to three decisions, or the sentence that none is needed."""

    title: str
    items: tuple[Wanted, ...]
    none: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart with its headings.

    Attributes:
        sub: Unit, population, where the axis begins.
        after: What stands under it.
    """

    title: str
    sub: str
    chart: Chart
    after: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in the margin column: a heading and its sentences."""

    title: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """Remarks beside a chart."""

    items: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, with a heading when it is not empty."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Pairs of a term and what it is: the cover's line of sizes, the edition's record."""

    items: tuple[tuple[str, str], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric on the definitions page: its name and pairs of term and text."""

    title: str
    text: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """The definitions."""

    items: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something that was found: what, its figures, what explains it, what else is known, what could be done.

    Attributes:
        mark: Weak point, strength or growth.
        title: What was found, a sentence without full stop.
        items: Pairs of a heading and its text, in the order in which they are read.
        chart: What adds up to the change, or None.
    """

    mark: Mark
    title: str
    items: tuple[tuple[str, str], ...]
    chart: Chart | None = None


Block = Table | Tiles | Decisions | Picture | Notes | Prose | Terms | Entries | Observation


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side on the page.

    Attributes:
        kind: `whole` (one column), `beside` (a picture and its remarks) or `halves` (two columns).
        columns: Names of the blocks of each column, from top to bottom.
    """

    kind: Literal["whole", "beside", "halves"]
    columns: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the report.

    Attributes:
        id: Name of its folder in `reports/sections/`; also the link target.
        kicker: Short name over the title and in the page header.
        title: The conclusion, a sentence of at most two lines.
        lead: What stands under the title.
        blocks: Its blocks by name.
        rows: Where the blocks stand; empty when the section's template says so itself.
        may_follow: Whether it may begin under the end of the section before, when there is room for all of it.
        follows: Whether it does.
        pages: How many pages its rows take.
        used_mm: How much of the last of them.
        metrics: Metrics of which it shows a figure; the definitions page explains exactly these.
    """

    id: str
    kicker: str
    title: str
    lead: str = ""
    blocks: Mapping[str, Block] = field(default_factory=lambda: MappingProxyType({}))
    rows: tuple[Row, ...] = ()
    may_follow: bool = False
    follows: bool = False
    pages: int = 1
    used_mm: float = 0.0
    metrics: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return name in self.blocks

    def __getitem__(self, name: str) -> Block:
        return self.blocks[name]


@dataclass(frozen=True, slots=True)
class Missing:
    """A section that takes no page, and why, in one line for the page of the cycle."""

    id: str
    kicker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """A report in one language.

    Attributes:
        language: Two letters.
        title: What it is: the review's name.
        organisation: Whose.
        period: The period's name.
        header: Running head.
        footer: Running foot: organisation, confidentiality, edition.
        created: The as-of moment; also the date written into the files, so that two runs give the same bytes.
        sections: The sections that have something to say, in order.
        missing: Those that have not.
        attachments: Files inside the PDF.
    """

    language: str
    title: str
    organisation: str
    period: str
    header: str
    footer: str
    created: datetime
    sections: tuple[Section, ...]
    missing: tuple[Missing, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def charts(self) -> Iterator[Chart]:
        """Every drawing of the document, each once, in order."""
        seen = set()
        for section in self.sections:
            for block in section.blocks.values():
                for chart in _charts(block):
                    if chart.name not in seen:
                        seen.add(chart.name)
                        yield chart


def _charts(block: Block) -> Iterator[Chart]:
    if isinstance(block, Picture):
        yield block.chart
    elif isinstance(block, Observation):
        yield from (block.chart,) if block.chart else ()
    elif isinstance(block, Tiles):
        yield from (tile.sparkline for tile in block.items if tile.sparkline)
    elif isinstance(block, Table):
        yield from (cell.chart for row in block.rows for cell in row if cell.chart)
