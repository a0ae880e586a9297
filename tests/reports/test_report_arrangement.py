"""What stands where: nothing is lost, nothing is too high for its page, and no page ends nearly empty."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import compose
from reports.arrangement import Beside, Halves, Whole, arranged, following, in_two_columns
from reports.document import Cell, Column, Note, Notes, Picture, Prose, Row, Section, Table, Tile, Tiles
from reports.formats import Value
from reports.heights import HALF_MM, MAIN_MM, NOTE_MM, PAGE_MM, WHOLE_MM, block_height, line_count, tile_rooms
from reports.language import Language
from reports.templating import lay_out
from reports.typesetter import load_weasyprint, locked_fetcher
from reports.typesetting import packaged_assets

EN = Language.named("en")


def a_table(rows: int, title: str = "A table") -> Table:
    cells = tuple((Cell(text=f"row {number}"), Cell(text="1")) for number in range(rows))
    return Table(title=title, columns=(Column("", 60), Column("", 24, "right")), rows=cells)


def a_section(**blocks) -> Section:
    return Section(id="x", kicker="x", title="A title", blocks=blocks)


def placed(section: Section) -> list[str]:
    return [name for row in section.rows for column in row.columns for name in column]


@given(st.lists(st.floats(5, 90), max_size=20), st.floats(0, 200))
@settings(max_examples=150, deadline=None)
def test_every_item_is_dealt_once_and_no_column_overflows(heights, first_room):
    pages = in_two_columns(heights, first_room, 200)
    dealt = [index for left, right in pages for index in (*left, *right)]
    assert sorted(dealt) == list(range(len(heights)))
    for number, page in enumerate(pages):
        room = 200 if number else first_room
        assert all(sum(heights[index] for index in column) <= room + 1e-6 for column in page)


@given(st.lists(st.floats(5, 90), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_order_is_kept_unless_a_page_is_saved(heights):
    pages = in_two_columns(heights, 200, 200)
    dealt = [index for left, right in pages for index in (*left, *right)]
    assert dealt == sorted(dealt) or len(pages) < 1 + sum(heights) // 200


def test_short_columns_are_as_equal_as_their_order_allows():
    assert in_two_columns([10, 10, 20], 100, 100) == [((0, 1), (2,))]
    assert in_two_columns([30, 10, 10], 100, 100) == [((0,), (1, 2))]
    assert in_two_columns([10, 10, 10], 100, 100) == [((0, 1), (2,))], "the left one is the longer of two"


def test_a_column_is_not_begun_beside_an_empty_one():
    assert in_two_columns([40, 90], 50, 200) == [((), ()), ((0,), (1,))]


def test_what_may_be_left_out_is_only_when_it_would_cost_a_page():
    picture = a_table(8)
    room = arranged(a_section(main=a_table(8), more=picture), (Whole("main"), Whole("more")), EN, spare=("more",))
    assert placed(room) == ["main", "more"]
    full = arranged(a_section(main=a_table(40), more=picture), (Whole("main"), Whole("more")), EN, spare=("more",))
    assert placed(full) == ["main"]
    assert "more" not in full.blocks
    needed = arranged(a_section(main=a_table(40), more=picture), (Whole("main"), Whole("more")), EN)
    assert placed(needed) == ["main", "more"]
    assert needed.pages == 2


def test_the_least_wanted_is_left_out_first():
    blocks = {"main": a_table(28), "wanted": a_table(12), "other": a_table(12)}
    pieces = tuple(Whole(name) for name in blocks)
    assert placed(arranged(a_section(**blocks), pieces, EN, spare=("wanted", "other"))) == ["main", "wanted"]


def test_a_long_table_alone_goes_through_both_columns():
    section = arranged(a_section(long=a_table(21)), (Halves(("long",)),), EN)
    (row,) = section.rows
    assert row == Row("halves", (("long",), ("long_continued",)))
    first, second = (section[name] for name in placed(section))
    assert (len(first.rows), len(second.rows)) == (11, 10)
    assert [cells[0].text for cells in (*first.rows, *second.rows)] == [f"row {number}" for number in range(21)]
    assert second.title == "A table, continued"


@pytest.mark.parametrize("rows", [3, 9])
def test_a_short_table_is_not_cut(rows):
    assert placed(arranged(a_section(short=a_table(rows)), (Halves(("short",)),), EN)) == ["short"]


def test_a_table_with_company_is_not_cut():
    section = arranged(a_section(long=a_table(14), other=a_table(8)), (Halves(("long", "other")),), EN)
    assert section.rows == (Row("halves", (("long",), ("other",))),)


def test_remarks_without_their_picture_stand_alone():
    notes = Notes((Note("Title", ("Text.",)),))
    section = arranged(a_section(notes=notes), (Beside("months", "notes"), Whole("nothing")), EN)
    assert section.rows == (Row("whole", (("notes",),)),)


def test_a_section_follows_only_when_all_of_it_has_room():
    def one(rows: int, **more) -> Section:
        from dataclasses import replace

        return replace(arranged(a_section(main=a_table(rows)), (Whole("main"),), EN), **more)

    def follows(first: int, second: int, may: bool = True) -> list[bool]:
        return [part.follows for part in following([one(first), one(second, may_follow=may)])]

    assert follows(12, 12) == [False, True]
    assert follows(12, 12, may=False) == [False, False]
    assert follows(30, 30) == [False, False]
    three = following([one(12), one(12, may_follow=True), one(12, may_follow=True)])
    assert [part.follows for part in three] == [False, True, False], "the room that the second took is gone"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("", 10, 0), ("one", 40, 1), ("one two three four", 14, 2), ("a b c", 1000, 1), ("x" * 60, 20, 5)],
)
def test_lines_are_counted(text, width, lines):
    assert line_count(text, width, 8.0) == lines


def test_tiles_of_a_row_have_the_same_room():
    def tile(label: str, change: str) -> Tile:
        return Tile(
            label=label, value=Value((("1", ""),)), absent="", change=change, caveat="", mark=None, target="",
            sparkline=None, sample="",
        )  # fmt: skip

    long = "A label that certainly takes two lines of a narrow tile"
    rooms = tile_rooms(Tiles((tile(long, "x"), tile("b", "x"), tile("c", ""), tile("d", "x"))))
    assert rooms[0] == rooms[1] == rooms[2] == (21.2, 10.5)
    assert rooms[3] == (10.6, 10.5)


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
def test_no_page_of_the_report_ends_nearly_empty(assessment, code):
    document = compose(assessment, language=code, record={"edition": "1"})
    for section in document.sections:
        if section.rows and section.pages > 1:
            assert section.used_mm > 0.35 * PAGE_MM, section.id
        assert section.used_mm <= PAGE_MM + 6.0


@pytest.mark.parametrize("code", ["en", "pl"])
def test_blocks_are_as_high_as_they_were_planned(assessment, code):
    """The plan never takes a block for lower than it is, nor for much higher: hyphens in remarks may save lines."""
    document = compose(assessment, language=code, record={"edition": "1"})
    for name, block, width, set_height in set_blocks(document):
        planned = block_height(block, width)
        saved = 9.0 if isinstance(block, Notes) else 5.0
        assert -0.8 <= planned - set_height <= saved, f"{name}: planned {planned:.1f} mm, set {set_height:.1f} mm"


def set_blocks(document):
    """Each planned block with its width and the height that the typesetter gives it."""
    widths = {"whole": (WHOLE_MM,), "halves": (HALF_MM, HALF_MM), "beside": (MAIN_MM, NOTE_MM)}
    planned = [
        (f"{section.id}.{name}", section[name], width)
        for section in document.sections
        for row in section.rows
        for names, width in zip(row.columns, widths[row.kind], strict=False)
        for name in names
    ]
    html = lay_out(document)
    start = html.index('id="service_level"')
    names = iter(planned)
    marked = re.sub(
        r'<(?:div class="(?:table|notes|prose|terms|entries|observation)[^"]*"|figure)(?=>)',
        lambda found: f'{found.group()} data-block="{next(names)[0]}"',
        html[start:],
    )
    assets = {**packaged_assets(), **{chart.asset: chart.svg for chart in document.charts()}}
    source = load_weasyprint().HTML(string=html[:start] + marked, url_fetcher=locked_fetcher(assets))
    heights: dict[str, float] = {}
    for page in source.render().pages:
        _measure(page._page_box, heights)
    assert set(heights) == {name for name, _, _ in planned}
    return [(name, block, width, heights[name]) for name, block, width in planned]


def _measure(box, heights: dict[str, float]) -> None:
    element = getattr(box, "element", None)
    name = element.get("data-block") if hasattr(element, "get") else None
    if name:
        heights[name] = heights.get(name, 0.0) + box.height * 25.4 / 96
    for child in getattr(box, "children", ()) or ():
        _measure(child, heights)


def test_a_picture_is_as_high_as_its_words_and_its_drawing(assessment):
    document = compose(assessment, language="en")
    picture = next(part for part in document.sections if part.id == "service_level")["months"]
    assert isinstance(picture, Picture)
    assert block_height(picture, MAIN_MM) > picture.chart.height_mm
    assert block_height(Prose("", ("x",))) == pytest.approx(13 * 25.4 / 72)
