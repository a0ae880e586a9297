"""Documents become HTML: everything escaped, every block has its macro, the screen page is self-contained."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import get_args
from xml.etree import ElementTree

import jinja2
import pytest

from evaluation.errors import RenderError
from reports import document as shapes
from reports import templating
from reports.chart import Shape
from reports.charts.sparkline import sparkline
from reports.document import (
    Cell,
    Column,
    Decisions,
    Document,
    Entries,
    Entry,
    Mark,
    Note,
    Notes,
    Observation,
    Picture,
    Prose,
    Section,
    Table,
    Terms,
    Tile,
    Tiles,
    Wanted,
)
from reports.formats import Value
from reports.gate import faults
from reports.palette import HEAT_STEPS, Colour
from reports.typesetting import render_pdf, style_sheet

EVIL = "<script>alert('1')</script>\"&{{ 7*7 }}"
CHART = sparkline([1.0, None, 3.0], name="spark", alt=f"Rises {EVIL}")


def blocks(text: str) -> dict[str, shapes.Block]:
    tile = Tile(
        label=text,
        value=Value((("4", "h"), ("10", "min"))),
        absent="",
        change=text,
        caveat=text,
        mark=Mark(Shape.MET, text),
        target=text,
        sparkline=CHART,
        sample=text,
    )
    absent = Tile(
        label=text, value=None, absent=text, change="", caveat="", mark=None, target="", sparkline=None, sample=""
    )
    table = Table(
        title=text,
        sub=text,
        columns=(Column(text, 60), Column(text, 54, "right"), Column(text, 60)),
        after=text,
        rows=(
            (
                Cell(text=text, small=text, is_strong=True),
                Cell(text=text, is_large=True),
                Cell(chart=CHART, mark=Mark(Shape.MISSED, text)),
            ),
        ),
    )
    return {
        "table": table,
        "tiles": Tiles((tile, absent), text),
        "decisions": Decisions(text, (Wanted(text, text, text),)),
        "no_decisions": Decisions(text, (), text),
        "picture": Picture(title=text, sub=text, chart=CHART, after=text),
        "notes": Notes((Note(text, (text, text)),)),
        "prose": Prose(text, (text,)),
        "terms": Terms(((text, text),), text),
        "entries": Entries((Entry(text, text, ((text, text),)),)),
        "observation": Observation(mark=Mark(Shape.AT_RISK, text), title=text, items=((text, text),), chart=CHART),
    }


TEMPLATE = """{% import "templates/blocks.html.j2" as blocks %}
{{ blocks.cover(document, section.blocks.terms, section.blocks.picture) }}{{ blocks.page_head(section) }}
{% for name in section.blocks %}{{ blocks.block(section.blocks[name]) }}{% endfor %}"""


@pytest.fixture
def page(monkeypatch):
    """A function that lays out a document whose sections have a template of every block."""

    def lay_out(document: Document, medium: str = "paper", template: str = TEMPLATE) -> str:
        environment = templating.environment.__wrapped__(document.language, medium)
        named = {f"sections/{section.id}/template.html.j2": template for section in document.sections}
        environment.loader = jinja2.ChoiceLoader([jinja2.DictLoader(named), environment.loader])
        monkeypatch.setattr(templating, "environment", lambda language, medium: environment)
        return templating.lay_out(document, medium)

    return lay_out


def made(text: str, language: str = "en") -> Document:
    section = Section(id="all", kicker=text, title=text, lead=text, blocks=blocks(text))
    return Document(
        language=language,
        title=text,
        organisation=text,
        period=text,
        header=text,
        footer=text,
        created=datetime(2026, 10, 5, tzinfo=UTC),
        sections=(section,),
    )


def test_every_kind_of_block_is_in_the_table():
    assert {type(block) for block in blocks("x").values()} == set(get_args(shapes.Block))


@pytest.mark.parametrize("medium", ["paper", "screen"])
def test_everything_is_escaped(page, medium):
    html = page(made(EVIL), medium)
    assert "<script" not in html
    assert "{{ 7*7 }}" in html.replace("\u00a0", " ")
    assert "49" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL).replace("#49", "")


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
def test_all_blocks_together_pass_the_gate(page, language):
    document = made("Решено в срок, zażółć 92 % — ok", language)
    assets = {chart.asset: chart.svg for chart in document.charts()}
    done = render_pdf(page(document), assets, language=language, title="T", created=document.created)
    assert done.warnings == ()
    assert faults(done.pdf) == ()


def test_hostile_text_renders_quickly_and_leaks_nothing(page):
    from reports.untrusted import quoted

    text = quoted("<img src=file:///etc/passwd>" + "x" * 5000 + "\u202e\x00 😀 4111 1111 1111 1111")
    document = made(text)
    assets = {chart.asset: chart.svg for chart in document.charts()}
    done = render_pdf(page(document), assets, language="en", title="T", created=document.created)
    assert done.warnings == ()
    assert faults(done.pdf) == ()


def test_the_screen_page_asks_nobody(page):
    html = page(made("Chat"), "screen")
    assert "default-src 'none'" in html
    addresses = re.findall(r"(?:src|href)\s*=\s*[\"']?([^\"' >]+)|url\(([^)]+)\)", html)
    assert {(a or b).strip("'\"")[:5] for a, b in addresses} <= {"data:", "#spar"}
    assert "asset:" not in html
    assert html.count("<svg") == 5
    assert 'aria-label="Rises' in html


def test_an_undefined_name_is_an_error_that_names_the_template(page):
    with pytest.raises(RenderError, match="nothing"):
        page(made("x"), template="{{ section.nothing }}")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "file:///etc/passwd", "http://example.org", " https://x", "https://a\nb", "/etc", ""],
)
def test_only_safe_addresses_become_links(address):
    with pytest.raises(RenderError, match="may not be linked"):
        templating.checked_address(address)


@pytest.mark.parametrize("name", ["report.css", "screen.css"])
def test_the_style_sheet_has_no_colour_outside_the_palette(name):
    used = set(re.findall(r"#[0-9A-Fa-f]{6}\b", style_sheet(name)))
    assert used <= {str(colour) for colour in (*Colour, *HEAT_STEPS)}


def test_drawings_on_the_screen_are_valid(page):
    html = page(made(EVIL), "screen")
    for drawing in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL):
        ElementTree.fromstring(drawing)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`a: b` and `c`", "<code>a: b</code> and <code>c</code>"),
        ("a ` alone", "a ` alone"),
        ("`<script>`", "<code>&lt;script&gt;</code>"),
        ("no code & no tags", "no code &amp; no tags"),
        ("", ""),
    ],
)
def test_backticks_are_set_as_code_and_nothing_else_becomes_a_tag(text, expected):
    assert templating.coded(text) == expected
