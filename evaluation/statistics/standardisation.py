"""Is the comparison fair? What each member would have, had it handled its own mix of cases as everybody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardised:
    """One member, raw and adjusted for its mix of cases.

    Attributes:
        n: Its cases.
        observed: Mean of its outcomes as they are (for a share, the share).
        expected: Mean that its own cases would have at everybody's rate in each stratum.
        adjusted: observed / expected · mean of all: the figure it would have with everybody's mix; None when nothing
            is expected.
    """

    n: int
    observed: float
    expected: float
    adjusted: float | None


def standardise(
    members: Sequence[str], strata: Sequence[object], outcomes: ArrayLike, *, smallest_stratum: int = 1
) -> Mapping[str, Standardised]:
    """Indirect standardisation: expected values from the strata (topic × channel × priority) of each member's cases.

    A stratum's rate is that of all members together. Strata with fewer than `smallest_stratum` cases are taken as one,
    because a rate of a few cases is mostly the member's own.

    Source: K. J. Rothman, S. Greenland, T. L. Lash, Modern Epidemiology (2008), chapter 3: indirect standardisation,
    observed over expected.

    Args:
        members: (n,) who handled each case.
        strata: (n,) the stratum of each case, any hashable value.
        outcomes: (n,) 0 or 1 for shares, or a number (log seconds for durations).
        smallest_stratum: Strata below it are taken together.

    Returns:
        By member, in alphabetical order. Observed minus expected, weighted by cases, adds up to zero over all.

    Raises:
        ValueError: Lengths differ, or an outcome is not finite.

    Example:
        >>> found = standardise(["a", "a", "b", "b"], ["hard", "hard", "hard", "easy"], [0, 1, 0, 1])
        >>> round(found["a"].expected, 3), round(found["b"].expected, 3)
        (0.333, 0.667)
    """
    values = np.asarray(outcomes, dtype=float)
    if not len(members) == len(strata) == len(values):
        raise ValueError(f"{len(members)} members, {len(strata)} strata and {len(values)} outcomes; give one for each")
    if not np.isfinite(values).all():
        raise ValueError("an outcome is not finite; leave the case out or mend it")
    if not len(values):
        return {}
    names, member_of = np.unique(np.asarray(members, dtype=object).astype(str), return_inverse=True)
    numbers: dict[object, int] = {}
    stratum_of = np.array([numbers.setdefault(stratum, len(numbers)) for stratum in strata])
    sizes = np.bincount(stratum_of)
    stratum_of = np.where(sizes[stratum_of] < smallest_stratum, len(sizes), stratum_of)
    totals, counts = np.bincount(stratum_of, weights=values), np.bincount(stratum_of)
    expected_of_case = (totals / np.maximum(counts, 1))[stratum_of]
    n = np.bincount(member_of)
    observed = np.bincount(member_of, weights=values) / n
    expected = np.bincount(member_of, weights=expected_of_case) / n
    overall = float(values.mean())
    return {
        str(name): Standardised(
            n=int(n[i]), observed=float(observed[i]), expected=float(expected[i]),
            adjusted=float(observed[i] / expected[i] * overall) if expected[i] else None,
        )
        for i, name in enumerate(names)
    }  # fmt: skip
