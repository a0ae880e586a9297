"""One language of the report: its catalogue of sentences, loaded from the `.po` file that stands in git."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import ConfigError

if TYPE_CHECKING:
    from babel.support import NullTranslations

CATALOGUES = Path(__file__).parent / "languages"
SOURCE_LANGUAGE = "en"


def N_(message: str) -> str:
    """Mark a sentence of a table for extraction; it is translated where it is used."""
    return message


def pN_(context: str, message: str) -> str:
    """Mark a sentence that has a context for extraction."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """A language and its sentences; English is the source language and needs no catalogue.

    Attributes:
        code: Two letters: `en`, `ru`, `pl`.

    Example:
        >>> ru = Language.named("ru")
        >>> ru.ngettext("{n} day overdue", "{n} days overdue", 21)
        '21 день просрочки'
    """

    code: str
    _translations: NullTranslations

    @classmethod
    def named(cls, code: str) -> Language:
        """The language of a code.

        Raises:
            ConfigError: There is no catalogue for it.
        """
        return _load(code)

    def gettext(self, message: str, /, **values: object) -> str:
        """The sentence in this language, its `{names}` filled in."""
        return self._translations.gettext(message).format(**values)

    def gettext_or_same(self, text: str, /) -> str:
        """The translation of a text of the metrics, or the text itself when it is an organisation's own."""
        return self._translations.gettext(text)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """The sentence where the same English words mean different things."""
        return str(self._translations.pgettext(context, message)).format(**values)

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The sentence in the form that goes with `n`; `{n}` is the number, written in the language's way."""
        from reports.formats import number

        return self._translations.ngettext(one, many, n).format(**{"n": number(n, self), **values})


def available() -> tuple[str, ...]:
    """Codes of the languages a report can be written in, the source language first."""
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in CATALOGUES.glob("*.po")))


@cache
def _load(code: str) -> Language:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import NullTranslations, Translations

    if code not in available():
        raise ConfigError(
            f"there is no report language {code!r}",
            where="report.languages",
            remedy=f"write one of: {', '.join(available())}; a new language is a catalogue in reports/languages/",
        )
    if code == SOURCE_LANGUAGE:
        return Language(code, NullTranslations())
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO((CATALOGUES / f"{code}.po").read_bytes()), locale=code))
    compiled.seek(0)
    return Language(code, Translations(compiled))
