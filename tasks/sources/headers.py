"""Names of source columns: kept as written, told apart when one occurs twice, found as the source's rule says."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from tasks.sources.base import ADDED


def stored_names(headers: Sequence[str]) -> list[str]:
    """The names under which a snapshot keeps columns: the headers, numbered where they are not unique.

    Example:
        >>> stored_names(["Case", "Variant", "", "Variant"])
        ['Case', 'Variant (1)', '(column 3)', 'Variant (2)']
    """
    counts = Counter(headers)
    seen: Counter[str] = Counter()
    taken = {header for header in headers if counts[header] == 1} | set(ADDED)
    names = []
    for position, header in enumerate(headers, start=1):
        seen[header] += 1
        name = header
        if not header.strip():
            name = f"(column {position})"
        elif counts[header] > 1:
            name = f"{header} ({seen[header]})"
        while (name in taken and (name != header or counts[header] > 1)) or name in ADDED:
            name += "*"
        taken.add(name)
        names.append(name)
    return names


def fold(header: str) -> str:
    """A header without case, outer and doubled spaces, no-break spaces and the dots of ё.

    Example:
        >>> fold(" Приём\\u00a0 заявки ")
        'прием заявки'
    """
    text = unicodedata.normalize("NFKC", header.replace("\ufeff", "")).casefold()
    return re.sub(r"\s+", " ", text.replace("ё", "е")).strip()


FINDING: dict[str, Callable[[str], str]] = {"exact": str, "trimmed": str.strip, "folded": fold}
"""How headers are compared, by the source's `columns:` setting."""
