"""The one control of false discoveries: of everything that was compared, what stands."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from evaluation.judgement.candidates import Candidate
from evaluation.statistics.change import benjamini_hochberg
from evaluation.verdict import Against, Change, LookedAt, VerdictKey

FALSE_AMONG_FOUND = 0.10
"""At most this part of all that is named is expected to be chance."""

_REAL = (Change.BETTER, Change.WORSE, Change.MOVED)


def standing(candidates: Sequence[Candidate]) -> tuple[bool, ...]:
    """Which differences stand: Benjamini-Hochberg over all of them, and again among those with the same comparison.

    Parts of a service always differ from each other, and with many cases nearly all of those differences are real. In a
    single list they would make room for chance among the changes, which are few: one in ten of all would still be
    chance, but more than that among what is said to have changed. So a change must stand among the changes, too, and
    the promise holds for what changed and for what differs, each by itself. Beyond the control a difference needs a
    95 % interval without zero, so that no verdict contradicts the interval that is printed beside it.

    Source: Y. Benjamini and Y. Hochberg (1995), as in `benjamini_hochberg`; within groups B. Efron, Annals of Applied
    Statistics 2 (2008) 197-223.
    """
    kept = _kept(candidates)
    for against in Against:
        alike = [one for one in candidates if one.against is against]
        kept -= {one.key for one in alike} - _kept(alike)
    return tuple(one.key in kept and one.change in _REAL for one in candidates)


def _kept(candidates: Sequence[Candidate]) -> set[VerdictKey]:
    real = benjamini_hochberg([one.p_value for one in candidates], rate=FALSE_AMONG_FOUND) if candidates else ()
    return {one.key for one, is_real in zip(candidates, real, strict=True) if is_real}


def looked_at(candidates: Sequence[Candidate], stands: Sequence[bool]) -> LookedAt:
    """The account of the control, with the verdict on everything that concerns no person."""
    verdicts = {
        key: one.change if real or one.change not in _REAL else Change.WITHIN_NOISE
        for one, real in zip(candidates, stands, strict=True)
        if one.dimension != "agent"
        for key in (one.key, *one.namesakes)
    }
    return LookedAt(
        differences=len(candidates), survived=sum(stands), rate=FALSE_AMONG_FOUND, verdicts=MappingProxyType(verdicts)
    )
