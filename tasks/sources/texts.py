"""Scalars as text, and the nearest of several names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from difflib import get_close_matches


def text_of(value: object) -> str | None:
    """A scalar of YAML or JSON as the text that a mapping compares; None stays None.

    Example:
        >>> text_of(True), text_of(11), text_of("a")
        ('true', '11', 'a')
    """
    if value is None or isinstance(value, str):
        return value if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def nearest(name: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?` for a name that is not among `names`, or nothing when none is near.

    Example:
        >>> nearest("emial", ["chat", "email"])
        "; did you mean 'email'?"
    """
    near = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
