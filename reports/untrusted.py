"""Text that strangers wrote, made fit for a page: cleaned, cut, broken where there are no spaces, details masked."""

from __future__ import annotations

import re
import unicodedata

from reports.fonts import covered_characters

MOST_CHARACTERS = 400
LONGEST_TOKEN = 40
"""Longer runs without a space take the typesetter quadratic time; they get places to break."""
MOST_MARKS = 3
"""Combining marks kept on one letter."""

BREAK = "\u200b"
MASK = "•••"
UNKNOWN = "\ufffd"

# Arrows, box drawing and the like are left alone; these change the order of the letters around them or cannot be set.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060-\u2064\ufeff\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_SPACES = re.compile(r"\s+")
_TOKEN = re.compile(rf"\S{{{LONGEST_TOKEN + 1},}}")

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DIGITS = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ \u00a0().\-/]{0,2}\d){6,33}(?!\w)")
_DATE = re.compile(r"(?<![\d.-])((?:19|20)\d\d([-./])\d\d?\2\d\d?|\d\d?([-./])\d\d?\3(?:19|20)\d\d)(?![\d-])")
_SHORTEST_PHONE = 9
"""Digits from which on a number is taken for a telephone, an account or a card; shorter ones are orders and amounts."""


def clean(text: str, *, limit: int = MOST_CHARACTERS) -> str:
    """A text that can be typeset: no controls, no characters that turn the line around, one line, not too long.

    Args:
        text: Anything at all.
        limit: Greatest length; a longer text is cut at a space and ends in an ellipsis.

    Returns:
        One line in composed form (NFC). Signs that the fonts lack are left out, words in letters that they lack
        become U+FFFD. Runs without spaces over 40 characters contain zero-width spaces.

    Example:
        >>> clean("  Thank\\x00 you,\\n\\u202every good  ")
        'Thank you, very good'
    """
    # what cannot be shown is dropped before anything is counted; a megabyte is not normalised to keep 400 letters of it
    text = text[: limit * 20]
    text = "".join(sign for sign in text if _can_be_set(sign))
    text = _INVISIBLE.sub("", _DIRECTION.sub("", text))
    text = _settled(text)
    text = _SPACES.sub(" ", text).strip()
    if len(text) > limit:
        cut = text[: limit - 1]
        text = (cut[: cut.rfind(" ")] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:-") + "…"
    return _TOKEN.sub(_with_breaks, text)


def mask(text: str) -> str:
    """The text without e-mail addresses, telephone, account and card numbers.

    Numbers that a reader needs stay: dates, order numbers of fewer than nine digits, amounts.

    Example:
        >>> mask("Call +48 601 234 567 or write to anna@example.org about order 55012")
        'Call ••• or write to ••• about order 55012'
    """
    text = _EMAIL.sub(MASK, text)
    masked, end = [], 0
    for date in _DATE.finditer(text):
        masked += [_DIGITS.sub(_masked_number, text[end : date.start()]), date.group()]
        end = date.end()
    return "".join([*masked, _DIGITS.sub(_masked_number, text[end:])])


def quoted(text: str, *, limit: int = MOST_CHARACTERS) -> str:
    """A stranger's words as they may be printed: masked, then cleaned.

    Example:
        >>> quoted("My card is 4111 1111 1111 1111!")
        'My card is •••!'
    """
    # cleaned first in full, so that a number hidden behind invisible characters is a number again when it is looked for
    return clean(mask(clean(text, limit=limit * 4).replace(BREAK, "")), limit=limit)


def _settled(text: str) -> str:
    """The text in composed form with signs of the fonts only; again as long as a dropped mark lets others join."""
    for _ in range(MOST_MARKS + 1):
        composed = _only_covered(_few_marks(unicodedata.normalize("NFC", text)))
        if composed == text:
            break
        text = composed
    return text


def _can_be_set(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category in ("Cs", "Cn", "Co"):
        return False
    return category != "Cc" or sign in "\t\n\r\x0b\x0c\x85"


def _few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _only_covered(text: str) -> str:
    covered = covered_characters()
    if covered.issuperset(text):
        return text
    near = unicodedata.normalize("NFC", "".join(_nearest(sign, covered) for sign in text))
    if not covered.issuperset(near):  # a letter and a mark that were apart have met, and there is no sign for both
        near = "".join(_nearest(sign, covered)[:1] if sign not in covered else sign for sign in near)
    return re.sub(f"{UNKNOWN}+", UNKNOWN, near)


def _nearest(sign: str, covered: frozenset[str]) -> str:
    """The sign itself, the letter without its mark, nothing for a picture, U+FFFD for a letter of another script."""
    if sign in covered or sign.isspace():
        return sign
    plain = "".join(part for part in unicodedata.normalize("NFKD", sign) if part in covered)
    if plain:
        return plain
    return UNKNOWN if unicodedata.category(sign)[0] in "LN" else ""


def _with_breaks(match: re.Match[str]) -> str:
    token = match.group()
    return BREAK.join(token[start : start + LONGEST_TOKEN] for start in range(0, len(token), LONGEST_TOKEN))


def _masked_number(match: re.Match[str]) -> str:
    text = match.group()
    digits = re.sub(r"\D", "", text)
    is_phone = text.startswith("+") or len(digits) >= _SHORTEST_PHONE
    return MASK if is_phone else text
