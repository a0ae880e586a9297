"""What to write instead of a name that does not exist: the nearest ones first, and never a list of a hundred."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

MOST_LISTED = 12
"""Up to so many names are all listed when none is near."""
_LIKENESS, _NEAREST = 0.5, 3


def nearest(name: str, known: Collection[str]) -> list[str]:
    """Up to three known names that are like a name, or have it in them; the nearest first.

    Example:
        >>> nearest("first_respons_time", ["csat", "first_response_time", "first_wait_time"])
        ['first_response_time', 'first_wait_time']
        >>> nearest("response", ["csat", "first_response_time", "response_rate"])
        ['response_rate', 'first_response_time']
    """
    inside = sorted((one for one in known if len(name) > 2 and name in one), key=lambda one: (len(one), one))
    like = get_close_matches(name, sorted(known), n=_NEAREST, cutoff=_LIKENESS)
    return list(dict.fromkeys([*inside, *like]))[:_NEAREST]


def one_of(name: str, known: Collection[str], *, listed_by: str = "") -> str:
    """A remedy: what to write instead of a name.

    Args:
        name: What was written.
        known: What may be written.
        listed_by: The command that lists everything that may be written; empty when there is none.

    Example:
        >>> one_of("csta", ["csat", "nps"])
        'write csat'
        >>> one_of("x", [f"metric_{n}" for n in range(80)], listed_by="service-review metrics")
        '`service-review metrics` lists all 80'
    """
    near = nearest(name.casefold(), known)
    if near:
        told = f"write {' or '.join(near)}"
        return f"{told}; `{listed_by}` lists all" if listed_by else told
    if listed_by and len(known) > MOST_LISTED:
        return f"`{listed_by}` lists all {len(known)}"
    return f"write one of: {', '.join(sorted(known))}"


def one_metric_of(name: str, known: Collection[str]) -> str:
    """A remedy for a metric that does not exist.

    Example:
        >>> one_metric_of("csta", ["csat", "nps"])
        'write csat; `service-review metrics` lists all'
    """
    return one_of(name, known, listed_by="service-review metrics")
