"""Where lines may break: no-break spaces by the habits of each language, hyphens, titles in lines of equal length."""

from __future__ import annotations

import re

from reports.fonts import SERIF, text_width

NBSP = "\u00a0"
_MM_PER_POINT = 25.4 / 72

_BOUND_WORDS = {
    # short words that a line must not end with
    "ru": "а|в|и|к|о|с|у|я|без|во|да|до|за|из|или|их|ко|на|не|ни|но|об|от|по|со|то|для|при|под|над|про|что|как|ещё|это",
    "pl": "a|i|o|u|w|z|we|ze|na|do|od|po|za|co|że|nie|dla|bez|przy|pod|nad",
    "en": "a|an|I",
}
_UNITS = {
    "ru": r"%|п\.|мин|ч\b|час|с\b|сек|дн|день|дня|балл|обращ|оцен|ответ|раз|шт|руб|недел|месяц|год|г\.|чел",
    "pl": r"%|p\.|min|godz|h\b|s\b|dni|dzień|zgłosz|ocen|odpow|razy|szt|zł|tyg|mies|rok|r\.|os",
    "en": r"%|pp\b|min\b|h\b|s\b|d\b|days?\b|of\b|hours?\b|minutes?\b|months?\b",
}
_MONTHS = {
    "ru": "январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр",
    "pl": "styc|lut|mar|kwie|maj|czer|lip|sier|wrze|paźd|list|grud",
    "en": "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec",
}
_TEXT = re.compile(r"(<style\b.*?</style>|<svg\b.*?</svg>|<title>.*?</title>|<!--.*?-->|<[^>]*>)", re.DOTALL)
_HYPHENATED = re.compile(r"(?<![\w-])(?:[^\W\d_]{1,3}-[^\W\d_]{1,9}|[^\W\d_]{4,9}-[^\W\d_]{1,3})(?![\w-])")
"""A word of two parts of which one is short: e-mail, из-за. Longer ones may break at their hyphen."""


def no_break(html: str, language: str) -> str:
    """The document with no-break spaces in its text; attributes, style sheets and drawings stay as they are.

    A number stays with its unit and its month, a short word with the next one, a dash with the word before it,
    initials with the surname. A short word with a hyphen is kept on one line by a style, not by another sign: who
    searches for `e-mail` or copies it has the hyphen of the keyboard.

    Args:
        html: Escaped HTML.
        language: Two letters; an unknown language gets the rules that hold everywhere.

    Example:
        >>> no_break("<p>24 из 30 — в срок</p>", "ru").replace(NBSP, "~")
        '<p>24~из~30~— в~срок</p>'
        >>> no_break("<p>by e-mail</p>", "en")
        '<p>by <span class="together">e-mail</span></p>'
    """
    parts = _TEXT.split(html)
    return "".join(part if index % 2 else _held(bind(part, language)) for index, part in enumerate(parts))


def _held(text: str) -> str:
    return _HYPHENATED.sub(r'<span class="together">\g<0></span>', text)


def bind(text: str, language: str) -> str:
    """One text with no-break spaces.

    Example:
        >>> bind("W 3 dni i 5 min", "pl").replace(NBSP, "~")
        'W~3~dni i~5~min'
    """
    text = re.sub(r"(?<=\S) (?=[—–] )", NBSP, text)
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", NBSP, text)
    text = re.sub(r"(?<![\w.,\u00a0])(\d\d?) (?=[^\W\d])", rf"\g<1>{NBSP}", text)
    text = re.sub(r"(?<=[≥≤<>=№§n↑↓]) (?=\d|=)", NBSP, text)
    units, months = _UNITS.get(language, "%"), _MONTHS.get(language)
    text = re.sub(rf"(?<=\d) (?={units})", NBSP, text)
    if months:
        text = re.sub(rf"(?<=\d) (?=(?:{months}))", NBSP, text)
    if language == "ru":
        text = re.sub(r"(?<=\d) (?=из \d)", NBSP, text)
        text = re.sub(r"([А-ЯЁ][а-яё]+) (?=[А-ЯЁ]\.)", rf"\g<1>{NBSP}", text)
        text = re.sub(r"(?<=[А-ЯЁ]\.) (?=[А-ЯЁ])", NBSP, text)
    if words := _BOUND_WORDS.get(language):
        flags = re.IGNORECASE if language != "en" else re.NOFLAG
        text = re.sub(rf"(?<![^\s\u00a0(«„“\"])({words}) (?=\S)", rf"\g<1>{NBSP}", text, flags=flags)
        # a second time for short words that follow one another: the first match has eaten the space between them
        text = re.sub(rf"(?<=\u00a0)({words}) (?=\S)", rf"\g<1>{NBSP}", text, flags=flags)
    return text


def balanced_width_mm(text: str, size_pt: float, most_mm: float, *, language: str = "") -> float:
    """The narrowest width in which a title has no more lines than in the whole width.

    Args:
        text: The title.
        size_pt: Its type size.
        most_mm: The whole width.
        language: Two letters, for the no-break spaces; empty when they are in the text already.

    Returns:
        Width in millimetres, at most `most_mm`.
    """
    words = [
        text_width(word, size_pt, weight=600, face=SERIF) * _MM_PER_POINT
        for word in (bind(text, language) if language else text).split(" ")
    ]
    space = text_width(" ", size_pt, weight=600, face=SERIF) * _MM_PER_POINT
    lines = _line_count(words, space, most_mm)
    low, high = max(words, default=0.0), most_mm
    while high - low > 0.2:
        middle = (low + high) / 2
        if _line_count(words, space, middle) <= lines:
            high = middle
        else:
            low = middle
    return min(most_mm, high + 1.5)


def _line_count(words: list[float], space: float, width: float) -> int:
    lines, used = 1, 0.0
    for word in words:
        if used and used + space + word > width:
            lines, used = lines + 1, word
        else:
            used += word + (space if used else 0.0)
    return lines
