"""What each section says, in each language; and that a section without data takes no page.

`UPDATE_GOLDEN=1` writes the golden texts anew; read the difference before committing it.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.errors import RenderError
from evaluation.measurement import Absent, Caveat
from evaluation.metric import Credit
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.documentation import who_is_credited
from reports import compose, section
from reports.document import (
    Decisions,
    Entries,
    Missing,
    Notes,
    Observation,
    Picture,
    Prose,
    Section,
    Table,
    Terms,
    Tiles,
)
from reports.language import Language
from reports.names import metric_label
from reports.section import section_kinds

GOLDEN = Path(__file__).parent / "golden"
IDS = (
    "summary", "goals", "service_level", "responsiveness", "workload", "effectiveness", "satisfaction",
    "weak_points", "definitions", "data_quality", "cycle", "edition",
)  # fmt: skip
"""Sections of the invented quarter; those of audits, reviews and calls have tests of their own."""


@pytest.fixture(scope="module")
def documents(assessment):
    options, record = {"confidentiality": "internal"}, {"edition": "1"}
    return {code: compose(assessment, language=code, options=options, record=record) for code in ("en", "ru", "pl")}


def text_of(part: Section) -> str:
    lines = [part.kicker.upper(), f"# {part.title}", *([part.lead] if part.lead else [])]
    for name, block in part.blocks.items():
        lines += [f"[{name}]", *_lines(block)]
    return "\n".join(line.replace("\u00a0", "~") for line in lines) + "\n"


def _lines(block) -> list[str]:
    if isinstance(block, Table):
        rows = [" | ".join(_cell(cell) for cell in row) for row in block.rows]
        return [
            line
            for line in (block.title, block.sub, " | ".join(c.title for c in block.columns), *rows, block.after)
            if line
        ]
    if isinstance(block, Picture):
        return [line for line in (block.title, block.sub, f"<{block.chart.alt}>", block.after) if line]
    if isinstance(block, Tiles):
        return [*(_tile(tile) for tile in block.items), block.sub]
    if isinstance(block, Decisions):
        return [block.title, *(f"{one.title} / {one.text} / {one.who}" for one in block.items)]
    if isinstance(block, Notes):
        return [f"{note.title}: {' '.join(note.text)}" for note in block.items]
    if isinstance(block, Prose):
        return [block.title, *block.paragraphs]
    if isinstance(block, Terms):
        return [block.title, *(f"{term}: {text}" for term, text in block.items)]
    if isinstance(block, Observation):
        drawn = [f"<{block.chart.alt}>"] if block.chart else []
        return [f"{block.mark.word}: {block.title}", *(f"{name}: {text}" for name, text in block.items), *drawn]
    assert isinstance(block, Entries)
    return [f"{entry.title}: {entry.text} {dict(entry.items)}" for entry in block.items]


def _cell(cell) -> str:
    mark = f"({cell.mark.word}) " if cell.mark else ""
    chart = f"<{cell.chart.alt}>" if cell.chart else ""
    return f"{mark}{cell.text}{' / ' + cell.small if cell.small else ''}{chart}"


def _tile(tile) -> str:
    value = tile.value.text if tile.value else f"– ({tile.absent})"
    mark = tile.mark.word if tile.mark else ""
    return " | ".join(
        part for part in (tile.label, value, tile.change, tile.caveat, mark, tile.target, tile.sample) if part
    )


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
@pytest.mark.parametrize("name", IDS)
def test_golden_text(documents, code, name):
    part = next(part for part in documents[code].sections if part.id == name)
    path = GOLDEN / code / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(part), encoding="utf-8")
    assert text_of(part) == path.read_text(encoding="utf-8")


def test_sections_come_in_order(documents):
    every = [kind.id for kind in section_kinds()]
    assert [part.id for part in documents["en"].sections] == list(IDS) == [name for name in every if name in IDS]
    assert [part.id for part in documents["en"].missing] == [name for name in every if name not in IDS]
    assert every.index("satisfaction") < every.index("quality") < every.index("reputation") < every.index("definitions")


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
def test_titles_fit_into_two_lines(documents, code):
    from reports.fonts import SERIF, text_width

    for part in documents[code].sections:
        points = text_width(part.title, 19.0, weight=600, face=SERIF)
        assert points * 25.4 / 72 < 2 * 160 * 0.95, part.title


def test_every_language_has_the_same_figures(documents):
    """Digits of the three documents agree, block by block; decimal marks and spaces aside."""

    def digits(part: Section) -> list[str]:
        cells = [
            cell.text
            for block in part.blocks.values()
            if isinstance(block, Table)
            for row in block.rows
            for cell in row[1:]
        ]
        return sorted("".join(sign for sign in text if sign.isdigit()) for text in cells)

    for name in ("service_level", "responsiveness", "workload", "satisfaction", "effectiveness"):
        english, russian, polish = (
            digits(next(part for part in documents[code].sections if part.id == name)) for code in ("en", "ru", "pl")
        )
        assert english == russian == polish
        assert english


def test_without_measurements_only_the_honest_pages_remain(empty_assessment):
    document = compose(empty_assessment, language="en")
    assert [part.id for part in document.sections] == ["summary", "definitions", "cycle", "edition"]
    reasons = {part.id: part.reason for part in document.missing}
    assert reasons["service_level"] == "no source delivers it"
    assert reasons["goals"] == "no goals and no follow-ups are agreed"
    cycle = next(part for part in document.sections if part.id == "cycle")
    for part in document.missing:
        assert f"{part.kicker}: {part.reason}." in cycle["missing"].paragraphs
    tiles = document.sections[0]["figures"].items
    assert all(tile.value is None and tile.absent == "no source delivers it" for tile in tiles)
    assert all("0" not in tile.sample for tile in tiles)


def test_a_withheld_figure_says_so_where_it_would_stand(assessment):
    figure = replace(assessment.figures[1], value=None, reason=Absent.WITHHELD, low=None, high=None)
    hidden = replace(
        assessment, figures=(assessment.figures[0], figure), withheld={"csat": "surveys.ticket_id.refers_to"}
    )
    document = compose(hidden, language="en")
    tile = document.sections[0]["figures"].items[1]
    assert tile.value is None
    assert tile.absent == "withheld: its data failed a critical check"
    quality = next(part for part in document.sections if part.id == "data_quality")
    assert "Customer satisfaction" in quality["withheld"].rows[0][0].text


def test_a_small_sample_says_so_at_the_figure(documents):
    part = next(part for part in documents["en"].sections if part.id == "responsiveness")
    warranty = next(row for row in part["topics"].rows if row[0].text == "Warranty")
    assert warranty[2].text.endswith("*")
    assert "*\u00a0small sample" in part["topics"].after
    assert not any("*" in cell.text for row in part["topics"].rows if row[0].text != "Warranty" for cell in row)


def test_undecided_cases_stand_at_the_tile(assessment):
    figure = replace(assessment.figures[0], undecided=37, caveats=(Caveat.IMMATURE,))
    tile = compose(replace(assessment, figures=(figure,)), language="en").sections[0]["figures"].items[0]
    assert tile.caveat == "37 cases undecided"


def many_topics(assessment, count):
    import pandas as pd

    frame = assessment.measurements.frame
    one = frame[(frame.metric_id == "sla_attainment") & (frame.dimension == "topic") & (frame.member == "Delivery")]
    more = [one.assign(member=f"Topic number {index}", n=100 + index) for index in range(count)]
    return replace(assessment, measurements=type(assessment.measurements)(pd.concat([frame, *more])))


def test_a_long_table_says_where_the_rest_is(assessment):
    crowded = many_topics(assessment, 60)
    document = compose(crowded, language="en", files=("measurements.csv",))
    part = next(part for part in document.sections if part.id == "service_level")
    halves = [block for name, block in part.blocks.items() if name.startswith("topic")]
    rows = [row for table in halves for row in table.rows]
    assert len(rows) == 30
    assert "36 more are in measurements.csv" in halves[-1].after
    assert "Warranty" not in {row[0].text for row in rows}
    named = [row[0].text.casefold() for row in rows]
    assert named == sorted(named), "alphabetical, never a ranking"


def test_definitions_explain_exactly_what_is_shown(documents):
    document = documents["en"]
    shown = {name for part in document.sections for name in part.metrics}
    part = next(part for part in document.sections if part.id == "definitions")
    entries = [entry for block in part.blocks.values() if isinstance(block, Entries) for entry in block.items]
    assert len(entries) == len(shown)
    for entry in entries:
        assert {"Population", "Date that counts", "Cases", "Source"} <= dict(entry.items).keys()


@pytest.mark.parametrize("code", ["en", "pl", "ru"])
def test_definitions_say_who_is_credited(assessment, code):
    credits = {name: who_is_credited(one, "most_replies") for name, one in chosen({}).items()}
    document, language = compose(replace(assessment, credits=credits), language=code), Language.named(code)
    part = next(part for part in document.sections if part.id == "definitions")
    entries = [entry for block in part.blocks.values() if isinstance(block, Entries) for entry in block.items]
    said = {entry.title: dict(entry.items).get(language.gettext("Credited among agents")) for entry in entries}
    csat = metric_label(assessment.catalogue["csat"], language)
    assert said[csat] == language.gettext_or_same(Credit.MOST_REPLIES.value)
    for entry in entries:
        assert said[entry.title] or any(title in entry.text for title, words in said.items() if words)


def test_every_block_is_placed_by_its_template(documents):
    from reports.templating import lay_out

    html = re.sub(r'<span class="together">(.*?)</span>', r"\1", lay_out(documents["en"]).replace("\u00a0", " "))
    for part in documents["en"].sections:
        for name, block in part.blocks.items():
            title = getattr(block, "title", "")
            assert not title or title.replace("\u00a0", " ") in html, f"{part.id}.{name}"


def test_hostile_names_stay_text(assessment):
    hostile = {
        "organisation": "<script>alert(1)</script> & Söhne",
        "goals": (replace(assessment.goals[0], statement='Beat <img src=x onerror="a"> = 1', owner="=cmd|' /C'"),),
        "follow_ups": (replace(assessment.follow_ups[0], title="\u202eevil\x00 {0} %s {{ 7*7 }}", reason="a" * 5000),),
    }
    document = compose(replace(assessment, **hostile, decisions=()), language="ru")
    from reports.templating import lay_out

    html = lay_out(document)
    assert "<script>" not in html
    assert "<img src=x" not in html
    assert "{{ 7*7 }}" in html.replace("\u00a0", " ")
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "a" * 500 not in html


def test_a_folder_that_is_no_section_stops_the_report(tmp_path, monkeypatch):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "build.py").write_text("")
    monkeypatch.setattr(section, "SECTIONS", tmp_path)
    section.section_kinds.cache_clear()
    with pytest.raises(RenderError, match=r"half has no template\.html\.j2"):
        section.section_kinds()
    section.section_kinds.cache_clear()


def test_a_missing_section_is_no_section():
    assert not isinstance(Missing("x", "X", "nothing"), Section)
