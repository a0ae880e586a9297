from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.fonts import SERIF, text_width
from reports.typography import NBSP, balanced_width_mm, bind, no_break


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "24 из 30 обращений", "24~из~30~обращений"),
        ("ru", "решено 92,7 % в срок", "решено 92,7~% в~срок"),
        ("ru", "скорость — не полнота", "скорость~— не~полнота"),
        ("ru", "и в том же вопросе", "и~в~том же вопросе"),
        ("ru", "до 30 сентября 2026 года", "до~30~сентября 2026~года"),
        ("ru", "Шульц А. решает", "Шульц~А. решает"),
        ("ru", "27 733 обращения", "27~733~обращения"),
        ("pl", "w 3 dni i z opóźnieniem", "w~3~dni i~z~opóźnieniem"),
        ("pl", "O tym 5 lipca", "O~tym 5~lipca"),
        ("pl", "klient i obsługa", "klient i~obsługa"),
        ("en", "a third of 9 min", "a~third of 9~min"),
        ("en", "target ≥ 92 % now", "target ≥~92~% now"),
        ("en", "n = 812 tickets", "n~=~812 tickets"),
        ("en", "plan A is fine", "plan A is fine"),
        ("de", "im Werk — 5 %", "im Werk~— 5~%"),
    ],
)
def test_spaces_that_do_not_break(language, text, expected):
    assert bind(text, language).replace(NBSP, "~") == expected


@given(st.text(alphabet="аив i w A 12%—.,()\u00a0<>&", max_size=80), st.sampled_from(["ru", "pl", "en", "xx"]))
@settings(max_examples=150)
def test_only_spaces_change(text, language):
    bound = bind(text, language)
    assert bound.replace(NBSP, " ") == text.replace(NBSP, " ")
    assert bind(bound, language) == bound


def test_tags_attributes_styles_and_drawings_stay():
    html = '<style>a > b { margin: 0 5 min }</style><p title="5 min">5 min</p><svg><text>5 min</text></svg>'
    assert no_break(html, "en") == html.replace(">5 min</p>", f">5{NBSP}min</p>")


HYPHENS = [
    ("E-mail", True), ("e-mail", True), ("по e-mail", True), ("из-за", True), ("кто-то", True), ("one-touch", True),
    ("first-response", False), ("2026-07", False), ("A-3", False), ("t-1-x", False), ("a--b", False), ("5-min", False),
    ("self-service", False), ("&lt;e-mail&gt;", True), ("R&amp;D-mail", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "is_held"), HYPHENS)
def test_a_short_word_does_not_break_at_its_hyphen_and_keeps_it(text, is_held):
    held = no_break(f"<p>{text}</p>", "xx")
    assert ('<span class="together">' in held) is is_held
    assert re.sub("</?span[^>]*>", "", held) == f"<p>{text}</p>"


@given(st.text(alphabet="ea-mилs ;&<>1_", max_size=60))
@settings(max_examples=150)
def test_holding_words_together_changes_no_text(text):
    html = f"<p>{escape(text)}</p>"
    held = no_break(html, "xx")
    assert re.sub('<span class="together">|</span>', "", held).replace(NBSP, " ") == html.replace(NBSP, " ")


@pytest.mark.parametrize(
    "title",
    [
        "Цель по срокам достигнута, но клиенты чаще возвращаются с тем же вопросом",
        "Two of 24 agents clearly differ from the mean; the rest is chance",
        "Short",
        "",
        "Ненормальнодлинноеслово" * 5,
    ],
)
def test_a_balanced_title_has_no_more_lines(title):
    whole, narrow = 160.0, balanced_width_mm(title, 19.0, 160.0)
    assert narrow <= whole
    assert _lines(title, narrow) == _lines(title, whole)


def test_balancing_makes_lines_of_equal_length():
    title = "Цель по срокам достигнута, но клиенты чаще возвращаются с тем же вопросом"
    assert balanced_width_mm(title, 19.0, 160.0) < 135


def _lines(title: str, width_mm: float) -> int:
    """The same count in a plain way: words one after the other, the line measured as a whole."""
    lines, line = 1, ""
    for word in title.split(" "):
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, 19.0, weight=600, face=SERIF) * 25.4 / 72 > width_mm:
            lines, longer = lines + 1, word
        line = longer
    return lines
