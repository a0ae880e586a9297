from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.errors import RenderError
from reports import fonts
from reports.chart import LABEL, Canvas, Shape
from reports.fonts import FACES, SANS, Face, covered_characters, fit_text, font_file, text_width
from reports.palette import Colour


@pytest.mark.parametrize("text", ["Решено в срок", "92.7%", "Zażółć gęślą jaźń", "≥ 88 %", "−5,1"])
def test_width_at_the_default_weight_is_that_of_the_font_file(text):
    font = TTFont(font_file(SANS), lazy=True)
    names, advances = font.getBestCmap(), font["hmtx"].metrics
    assert text_width(text, 1000.0) == pytest.approx(sum(advances[names[ord(sign)]][0] for sign in text))


def test_semibold_is_wider_and_figures_are_tabular():
    assert text_width("Complaints", 10, weight=600) > text_width("Complaints", 10)
    assert len({round(text_width(figure, 10), 6) for figure in "0123456789"}) == 1


@given(st.text(max_size=60), st.floats(0, 200))
@settings(max_examples=150)
def test_a_fitted_text_fits_and_is_a_beginning(text, room):
    fitted = fit_text(text, room, 9.33)
    assert text_width(fitted, 9.33) <= room + 0.01
    assert fitted == text or fitted == "" or text.startswith(fitted[:-1])


@pytest.mark.parametrize("face", FACES)
def test_the_fonts_are_there_with_both_alphabets(face):
    covered = TTFont(font_file(face), lazy=True).getBestCmap()
    assert all(ord(sign) in covered for sign in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻабвгдеёжзийклмнопрстуфхцчшщъыьэюя≥≤−–—…")


def test_covered_characters_are_those_of_the_text_face():
    assert "ё" in covered_characters()
    assert "客" not in covered_characters()


def test_a_missing_font_package_is_told():
    with pytest.raises(RenderError, match="font package of Nowhere"):
        fonts.font_file(Face("Nowhere", "fontpkg_nowhere", "x.ttf"))


@pytest.mark.parametrize("alt", ["", "  "])
def test_a_chart_without_alt_text_is_refused(alt):
    with pytest.raises(RenderError, match="alt text"):
        Canvas(10, 10, name="a", alt=alt)


@pytest.mark.parametrize("name", ["", "A", "a b", "a.svg", '"', "9a"])
def test_a_name_that_could_leave_its_attribute_is_refused(name):
    with pytest.raises(RenderError, match="no name"):
        Canvas(10, 10, name=name, alt="x")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e9])
def test_what_is_no_coordinate_is_refused(value):
    with pytest.raises(RenderError, match="no coordinate"):
        Canvas(10, 10, name="a", alt="x").line(0, 0, value, 1)


def test_canvas_text_is_escaped_and_kept_inside(drawn):
    canvas = Canvas(20, 10, name="a", alt="x & <y>")
    canvas.text(500, -5, "<b>&\"'\x00\ud800</b>", Colour.INK)
    canvas.text(-50, 500, "left" * 100, anchor="end", size=LABEL)
    seen = drawn(canvas.finish())
    assert seen.outside() == []
    assert seen.texts[0].startswith("<b>&")


def test_every_shape_can_be_told_without_colour():
    drawings = set()
    for shape in Shape:
        canvas = Canvas(10, 10, name="a", alt="x")
        canvas.mark(shape, 10, 10)
        drawings.add(canvas.finish().svg.split(b"fill=")[0])
    assert len(drawings) >= 4  # two rings differ in what fills them


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", [Colour.WHITE, Colour.PANEL])
@pytest.mark.parametrize(
    "colour",
    [Colour.INK, Colour.TEXT, Colour.MUTED, Colour.NIGHT, Colour.PETROL, Colour.ALERT, Colour.AMBER],
)
def test_colours_of_text_have_enough_contrast(colour, ground):
    light, dark = _luminance(ground), _luminance(colour)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_small_text_on_the_cover_has_enough_contrast():
    assert (_luminance(Colour.NIGHT_TEXT) + 0.05) / (_luminance(Colour.NIGHT) + 0.05) >= 4.5
