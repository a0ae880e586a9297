"""Personal details in what people wrote, replaced by words: addresses, telephones, numbers, links, dates, known names.

It is a rule, not a promise: a name that nobody told stays, save after words that introduce one. Whoever publishes
comments reads them first. Where in doubt a detail is masked that need not be: an amount of four digits, a name that is
a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise


class Detail(StrEnum):
    """Kinds of details; a text has `[email]` and so on in their place."""

    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    LINK = "link"
    DATE = "date"
    NAME = "name"

    @property
    def sign(self) -> str:
        """What stands in the text instead."""
        return f"[{self.value}]"


LONGEST = 2_000
"""Letters of a text that are looked at; the rest is cut off."""

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_AT = r"(?:@|\s@\s|\s?[(\[{]\s?(?:at|собака|małpa)\s?[)\]}]\s?|\s(?:собака|małpa)\s)"
_DOT = r"(?:\.|\s\.\s|\s?[(\[{]\s?(?:dot|точка|kropka)\s?[)\]}]\s?|\s(?:dot|точка|kropka)\s)"
_PART = r"[\w-]{1,63}"
_SPOKEN = rf"\s?\bat\s{_PART}(?:\sdot\s{_PART}){{1,3}}"
_EMAIL = re.compile(rf"[\w.+%'-]{{1,64}}(?:{_AT}{_PART}(?:{_DOT}{_PART}){{1,4}}|{_SPOKEN})", re.IGNORECASE)
_ENDINGS = "com|net|org|info|biz|shop|online|store|site|app|dev|io|me|eu|uk|de|pl|ru|ua|by|kz|cz|sk|lt|lv|ee|рф|example"
_LINK = re.compile(
    rf"(?:https?|ftp)://\S+|www\.\S+|(?<![\w@.])(?:[\w-]{{1,63}}\.){{1,4}}(?:{_ENDINGS})\b(?:[/?:]\S*)?", re.IGNORECASE
)
_ACCOUNT = re.compile(r"(?<![\w@])@\w[\w.]{1,60}\w")
_CALLED = (
    r"№|#|\bn(?:r|o)\b\.?|\b(?:order|ticket|case|invoice|account|number|numer|konto|номер|счет|счёт|заказ\w{0,3}|"
    r"обращени\w{1,3}|тикет\w{0,3}|заявк\w{1,3}|договор\w{0,3}|zamówieni\w{1,4}|zgłoszeni\w{1,4}|faktur\w{1,3}|"
    r"umow\w{1,3})\b"
)
_NUMBERED = re.compile(rf"((?:{_CALLED})[\s:.]{{0,3}}(?:(?:{_CALLED})[\s:.]{{0,3}})?)(\d[\w/-]{{0,30}})", re.IGNORECASE)
_FIGURES = re.compile(
    r"(?P<time>(?<!\d)[0-2]?\d:[0-5]\d(?!\d))"
    r"|(?P<date>(?<![\d.-])(?:(?:19|20)\d\d[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./](?:19|20)\d\d)(?!\d))"
    r"|(?P<account>(?<!\w)[A-Za-z]{2}\d\d(?:\s?[\dA-Za-z]{4}){3,8}(?:\s?\d{1,3})?(?!\w))"
    r"|(?P<code>(?<!\w)(?=\w{0,30}[^\W\d_])(?=(?:\w{0,30}?\d){3})\w{5,40}(?:[-/]\w{1,40}){0,5}"
    r"|(?<!\w)[^\W\d_]{1,6}-(?=(?:[\w-]{0,30}?\d){3})[\w-]{3,40})"
    r"|(?P<amount>(?<![\d.,+(/-])\d{1,3}[.,]\d\d?(?![\w/-]|[.,]\d|\s\d))"
    r"|(?P<number>\+?(?:\(\d{1,5}\)|\d)(?:(?:[\s()./-]{0,3}|,)\d){3,40})"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_INTRODUCED = re.compile(
    r"\b(?:my name is|this is|mr|mrs|ms|miss|dr|nazywam się|mam na imię|pan|pani|pana|panu|panią|panem|меня зовут|"
    r"господин\w{0,3}|госпож\w{1,3})\b\.?\s+((?:[^\W\d_]+[\s-]?){1,3})",
    re.IGNORECASE,
)
_MARKS = re.compile(rf"\[(?:{'|'.join(Detail)})\]")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text with personal details replaced: `[email]`, `[phone]`, `[number]`, `[link]`, `[date]`, `[name]`.

    Numbers of four digits and more go, and so do codes of letters and digits and what is called an order or a ticket;
    lone years, times and small numbers stay. Known names go with their usual endings in Polish and Russian.

    Args:
        text: What somebody wrote.
        names: Names of people who may be in it, and identifiers that are names.

    Example:
        >>> masked("Anna (anna@example.org) lost order no. 55 on 12.03.2026, call +48 601 234 567", ["Anna Nowak"])
        '[name] ([email]) lost order no. [number] on [date], call [phone]'
        >>> masked("3 days, 24/7, at 10:30, since 2024")
        '3 days, 24/7, at 10:30, since 2024'
    """
    plain = _INVISIBLE.sub("", _plain_letters(text[:LONGEST]))
    known = KnownNames(names)
    # what one round takes out may lay bare a detail beside it; each round leaves less to look at
    while (found := _masked_once(plain, known)) != plain:
        plain = found
    return plain


def _masked_once(plain: str, known: KnownNames) -> str:
    # what stands between earlier marks is looked at alone, so that no rule reads a mark as a word
    for rule in (_without_addresses, _without_figures, known.left_out, _without_introduced):
        plain = "".join(part if _MARKS.fullmatch(part) else rule(part) for part in _apart(plain))
    return re.sub(rf"{re.escape(Detail.NAME.sign)}(?:[\s.-]{{1,2}}{re.escape(Detail.NAME.sign)})+", "[name]", plain)


def _plain_letters(text: str) -> str:
    """Letters, digits and signs of one width; symbols such as the one for a number stay."""
    same = (sign if unicodedata.category(sign) == "So" else unicodedata.normalize("NFKC", sign) for sign in text)
    return unicodedata.normalize("NFC", "".join(same))


def _apart(text: str) -> list[str]:
    """The text cut at its marks, which stay as parts of their own."""
    return [part for part in re.split(rf"({_MARKS.pattern})", text) if part]


def _without_addresses(text: str) -> str:
    text = _EMAIL.sub(Detail.EMAIL.sign, text)
    return _ACCOUNT.sub(Detail.NAME.sign, _LINK.sub(Detail.LINK.sign, text))


def _without_figures(text: str) -> str:
    return _NUMBERED.sub(_numbered, _FIGURES.sub(_figure, text))


def _figure(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup in ("time", "amount") or (match.lastgroup == "number" and _YEAR.fullmatch(found)):
        return found
    if match.lastgroup == "date":
        return Detail.DATE.sign
    if match.lastgroup == "number" and found[0] in "+(":
        return Detail.PHONE.sign
    return Detail.NUMBER.sign


def _numbered(match: re.Match[str]) -> str:
    called, number = match.groups()
    is_said = re.search(r"[№#]|\bn(?:r|o)\b|numer|number|номер", called, re.IGNORECASE)
    return f"{called}{Detail.NUMBER.sign}" if is_said or sum(sign.isdigit() for sign in number) > 2 else match.group()


def _without_introduced(text: str) -> str:
    """Capitalised words after `my name is` and the like."""

    def replaced(match: re.Match[str]) -> str:
        before = match.group()[: match.start(1) - match.start()]
        words = re.split(r"([\s-]+)", match.group(1))
        told = 0
        while told < len(words) and words[told][:1].isupper():
            told += 2
        if not told:
            return match.group()
        return before + Detail.NAME.sign + "".join(words[told - 1 :])

    return _INTRODUCED.sub(replaced, text)


_OF_NAMES = (
    "a ą e ę i o u y ie ii iu ią ię em im om ów owi owie iem ami ach ej iej iego iemu ymi ych ego emu ich imi ze rze "
    "а я у ю е ё ы и ой ей ою ею ом ем ём ым им ам ям ого его ому ему ых их ов ев ами ями ах ях ью s 's 'a"
)
_CASES = frozenset(_OF_NAMES.split())
"""Endings of Polish, Russian and English names."""
_VOWELS = "aeiouyąęóаеёиоуыэюяйь"
_EVERYDAY = (
    "art bill chase dale drew faith frank grace grant hope jack joy june mark may miles pat rob rose sue will young "
    "лев любовь мир надежда роза слава вера jan maj lew róża"
)
_ALSO_WORDS = frozenset(_EVERYDAY.split())
_SHORTEST_SMALL = 4


class KnownNames:
    """Names that are looked for, in the cases in which people write them.

    A word with a capital is a name when it is one of the known words with a usual ending; without a capital it must
    have four letters and be no everyday word, or stand beside another known name.

    Args:
        names: Names of people, such as `Anna Kowalska`; identifiers such as `anna.kowalska`.
    """

    def __init__(self, names: Iterable[str]) -> None:
        words = {word.casefold() for name in names for word in _name_words(name)}
        self._stems: dict[str, set[str]] = {}
        for word in words:
            for stem in _stems(word):
                self._stems.setdefault(stem, set()).add(word)
        self._lengths = sorted({len(stem) for stem in self._stems})

    def left_out(self, text: str) -> str:
        """The text with `[name]` in place of every known name."""
        if not self._stems:
            return text
        found = [(match, self._known(match.group())) for match in _WORD.finditer(text)]
        beside = {
            index
            for index, ((one, known), (two, known_too)) in enumerate(pairwise(found))
            if known and known_too and text[one.end() : two.start()] in (" ", "-", ". ", ".")
        }
        beside |= {index + 1 for index in beside}
        pieces, end = [], 0
        for index, (match, known) in enumerate(found):
            if known and (index in beside or self._is_meant(match.group(), known)):
                pieces += [text[end : match.start()], Detail.NAME.sign]
                end = match.end()
        return "".join([*pieces, text[end:]])

    def _known(self, written: str) -> set[str]:
        """The known words of which this may be a form."""
        word = written.casefold().replace("’", "'")
        return {
            name
            for length in self._lengths
            if length <= len(word) and (word[length:] in _CASES or length == len(word))
            for name in self._stems.get(word[:length], ())
        }

    def _is_meant(self, written: str, known: set[str]) -> bool:
        small = [name for name in known if len(name) >= _SHORTEST_SMALL and name not in _ALSO_WORDS]
        return written[0].isupper() or (bool(small) and written not in _ALSO_WORDS)


def _name_words(name: str) -> list[str]:
    """Words of a name; of an identifier only when it is written like one: first.last."""
    if " " not in name.strip() and re.search(r"[\d_]", name):
        return []
    words = _WORD.findall(unicodedata.normalize("NFKC", name))
    return [word for word in words if len(word) > 1]


def _stems(word: str) -> set[str]:
    """What all forms of a name begin with.

    Example:
        >>> sorted(_stems("marek")), sorted(_stems("anna")), sorted(_stems("иван"))
        (['marek', 'mark'], ['ann', 'anna'], ['иван'])
    """
    stems = {word}
    if word[-1] in _VOWELS and len(word) > 2:
        stems.add(word[:-1])
    elif len(word) > 3 and word[-2] in "eеёо":
        stems.add(word[:-2] + word[-1])
    return stems
