"""Why a source left rows out, in the report's language; an organisation's own reasons stay as they were written."""

from __future__ import annotations

import re

from reports.language import N_, Language
from reports.names import cleaned

PHRASES = (
    (r"blank row", N_("blank row")),
    (r"ragged row", N_("ragged row")),
    (r"identical row", N_("identical row")),
    (r"short row, missing cells taken as empty", N_("short row, missing cells taken as empty")),
    (r"another row of the same (?P<key>.+)", N_("another row of the same {key}")),
    (r"duplicate (?P<key>.+)", N_("duplicate {key}")),
    (r"records without (?P<part>.+)", N_("records without {part}")),
    (r"(?P<file>.+) has no records", N_("{file} has no records")),
    (r"(?P<column>\w+): not given, taken as (?P<value>.+)", N_("{column} is not given, taken as {value}")),
    (r"(?P<column>\w+) is not given", N_("{column} is not given")),
    (r"(?P<column>\w+) is given", N_("{column} is given")),
    (r"(?P<column>\w+) is not (?P<value>.+)", N_("{column} is not {value}")),
    (r"(?P<column>\w+) is below (?P<value>.+)", N_("{column} is below {value}")),
    (r"(?P<column>\w+) is above (?P<value>.+)", N_("{column} is above {value}")),
    (r"(?P<column>\w+) is (?P<value>.+)", N_("{column} is {value}")),
)
"""Phrases that the sources make, the narrowest first, and their sentences."""
_COMPILED = tuple((re.compile(pattern), message) for pattern, message in PHRASES)


def remark(text: str, language: Language) -> str:
    """A reason or a note of a source.

    Example:
        >>> remark("channel_code is not given", Language.named("pl"))
        'channel_code: nie podano'
    """
    for pattern, message in _COMPILED:
        if found := pattern.fullmatch(text):
            return language.gettext(message, **{name: cleaned(part) for name, part in found.groupdict().items()})
    return cleaned(text)
