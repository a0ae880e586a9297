"""Written text as words: what is read of it, which forms belong together, and what may be shown to a reader."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

LONGEST_TEXT = 1000
"""Letters of a text that are read: what a request is about stands at its beginning."""

LONGEST_WORD = 30
"""Longer runs of letters are codes and addresses, no words."""

LARGEST_FORMS = 5_000
"""Distinct texts in which it is looked up how words are written; a word of none of them is shown in small letters."""

_NOT_WORDS = re.compile(
    r"https?://\S+|www\.\S+"  # addresses of pages
    r"|\S+@\S+\.\S+"  # e-mail addresses
    r"|[@#]\w+"  # names of accounts and hashtags
    r"|\[\w+\]|<[^<>]{1,80}>|&\w+;"  # masked parts, markup
    r"|\w*\d\w*",  # numbers and codes
    re.UNICODE,
)
_SUSPECT = re.compile(r"[\d@#/\[<&]|www\.", re.UNICODE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)


def written(text: str) -> tuple[str, ...]:
    """The words of a text as they were written; without addresses, account names, numbers and codes.

    Example:
        >>> written("Where is order 4711? My card wasn't charged, see https://shop.example/x or ask@shop.example.")
        ('Where', 'is', 'order', 'My', 'card', "wasn't", 'charged', 'see', 'or')
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).replace("’", "'")
    if _SUSPECT.search(plain):
        plain = _NOT_WORDS.sub(" ", plain)
    return tuple(word for word in _WORD.findall(plain) if len(word) <= LONGEST_WORD)


def folded(text: str) -> str:
    """A text with everything gone that does not tell two wordings apart.

    Example:
        >>> folded("Where is my order, no. 4711?") == folded("where is my ORDER no 4712")
        True
    """
    return " ".join(written(text)).casefold()


@dataclass(frozen=True)
class Wordings:
    """Distinct texts of many cases, in an order that does not depend on the order of the cases.

    Attributes:
        texts: Distinct folded texts, sorted; the empty text is not among them.
        place: For each case the position of its text; -1 for a case without words.
        counts: How many cases each text has.
        forms: How each folded word is most often written, capitals included.
    """

    texts: tuple[str, ...]
    place: tuple[int, ...]
    counts: tuple[int, ...]
    forms: dict[str, str]

    @classmethod
    def of(cls, texts: Sequence[str | None], keys: Sequence[str] | None = None) -> Wordings:
        """The wordings of texts; a missing text has no words.

        Args:
            texts: The texts as written.
            keys: The same texts folded, when that was done before.

        Example:
            >>> found = Wordings.of(["Order late", "order LATE!", None, "Where is it?"])
            >>> found.texts, found.place, found.counts, found.forms["order"]
            (('order late', 'where is it'), (0, 0, -1, 1), (2, 1), 'Order')
        """
        raw = Counter("" if text is None else text[:LONGEST_TEXT] for text in texts)
        if keys is None:
            of_text = {text: folded(text) for text in raw}
            keys = [of_text["" if text is None else text[:LONGEST_TEXT]] for text in texts]
        cases = list(keys)
        totals = Counter(case for case in cases if case)
        distinct = sorted(totals)
        position = {text: number for number, text in enumerate(distinct)}
        return cls(
            tuple(distinct), tuple(position.get(case, -1) for case in cases),
            tuple(totals[text] for text in distinct), _commonest_forms(raw),
        )  # fmt: skip

    @cached_property
    def size(self) -> int:
        """Cases with words."""
        return sum(self.counts)


def _commonest_forms(raw: Counter[str]) -> dict[str, str]:
    """How each word is most often written, in a part of the texts that the texts alone decide when they are many."""
    shown = sorted(raw)[:: 1 + len(raw) // LARGEST_FORMS]
    spelling: Counter[str] = Counter()
    for text in shown:
        for word in written(text):
            spelling[word] += raw[text]
    forms: dict[str, str] = {}
    for word, _ in sorted(spelling.items(), key=lambda item: (-item[1], item[0])):
        forms.setdefault(word.casefold(), word)
    return forms


def is_kin(one: str, two: str) -> bool:
    """Whether two words look like forms of one: they share a beginning, and little else is left of either.

    A rule of thumb for inflected languages, used only to keep forms of a word from being shown side by side.

    Example:
        >>> is_kin("zamówienie", "zamówienia"), is_kin("возврат", "вернуть"), is_kin("pay", "payment")
        (True, False, False)
    """
    shared = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        shared += 1
    return shared >= 3 and shared >= max(len(one), len(two)) - 3 and shared >= 0.6 * min(len(one), len(two))
