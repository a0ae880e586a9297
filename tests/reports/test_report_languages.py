"""The catalogues: nothing untranslated, nothing stale, plural forms right, every placeholder kept."""

from __future__ import annotations

import ast
import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from evaluation.errors import ConfigError
from reports.language import CATALOGUES, Language, available
from reports.languages import extraction

TRANSLATED = tuple(code for code in available() if code != "en")
_NAMES = re.compile(r"{(\w*)}")


def entries(code):
    catalogue = read_po(BytesIO((CATALOGUES / f"{code}.po").read_bytes()), locale=code)
    return [message for message in catalogue if message.id]


def test_three_languages_are_there():
    assert available() == ("en", "pl", "ru")
    with pytest.raises(ConfigError, match="no report language 'de'"):
        Language.named("de")


def test_the_template_is_up_to_date():
    assert extraction.TEMPLATE.read_bytes() == extraction.written(extraction.template()), (
        "run python -m reports.languages.extraction"
    )


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_untranslated_fuzzy_or_stale(code):
    wanted = {(message.context, message.id) for message in extraction.template() if message.id}
    known = entries(code)
    assert {(message.context, message.id) for message in known} == wanted
    for message in known:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), f"{code}: {message.id!r} is not translated"
        assert not message.fuzzy, f"{code}: {message.id!r} is fuzzy"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_translation_keeps_the_names_of_the_sentence(code):
    free = {"roman", "number", "n", "first"}  # a language may leave out or choose between these
    for message in entries(code):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = set(_NAMES.findall(" ".join(sources))) - free
        for form in message.string if isinstance(message.string, tuple) else (message.string,):
            assert set(_NAMES.findall(form)) - free == wanted, f"{code}: {message.id!r}"


@pytest.mark.parametrize("code", TRANSLATED)
def test_three_plural_forms(code):
    for message in entries(code):
        if isinstance(message.id, tuple):
            assert len(message.string) == 3, f"{code}: {message.id!r}"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", {1: "1 day overdue", 3: "3 days overdue", 21: "21 days overdue"}),
        ("ru", {1: "1 день просрочки", 3: "3 дня просрочки", 5: "5 дней просрочки", 11: "11 дней просрочки",
                21: "21 день просрочки", 25: "25 дней просрочки"}),
        ("pl", {1: "1 dzień po terminie", 3: "3 dni po terminie", 5: "5 dni po terminie", 21: "21 dni po terminie"}),
    ],
)  # fmt: skip
def test_plural_forms_of_days(code, expected):
    language = Language.named(code)
    assert {n: language.ngettext("{n} day overdue", "{n} days overdue", n) for n in expected} == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ru", {1: "Поступило 1 обращение", 3: "Поступило 3 обращения", 5: "Поступило 5 обращений",
                21: "Поступило 21 обращение", 25: "Поступило 25 обращений"}),
        ("pl", {1: "Wpłynęło 1 zgłoszenie", 3: "Wpłynęły 3 zgłoszenia", 5: "Wpłynęło 5 zgłoszeń",
                21: "Wpłynęło 21 zgłoszeń", 23: "Wpłynęły 23 zgłoszenia", 25: "Wpłynęło 25 zgłoszeń"}),
    ],
)  # fmt: skip
def test_plural_forms_of_tickets(code, expected):
    language = Language.named(code)
    assert {n: language.ngettext("{n} ticket was created", "{n} tickets were created", n) for n in expected} == expected


def test_sentences_inside_f_strings_are_found():
    found = list(
        extraction.sentences("f'{t.gettext(\"Why\")}: {t.pgettext(\"unit\", \"min\")}'; t.ngettext('a', 'b', n)")
    )
    assert sorted(found, key=str) == sorted([("Why", None), ("min", "unit"), (("a", "b"), None)], key=str)


def test_templates_hold_no_words():
    for path in (CATALOGUES.parent / "sections").rglob("*.j2"):
        bare = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"\w", bare), path


def test_no_sentence_is_made_of_pieces_at_run_time():
    """`gettext(f"…")` can never be extracted."""
    for path in CATALOGUES.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"gettext", "pgettext", "ngettext"}:
                assert not any(isinstance(arg, ast.JoinedStr) for arg in node.args), f"{path.name}:{node.lineno}"
