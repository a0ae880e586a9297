"""What others reach on cases like a member's own: indirect standardisation that leaves the member itself out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Codes = NDArray[np.int64]
_TURNS, _SETTLED = 60, 1e-4
"""Turns of fitting at most, and the change, in standard deviations of the outcomes, at which effects have settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMix:
    """Cases added up by member and stratum; one entry for each pair that occurs.

    Attributes:
        count: How many members there are.
        member, stratum: (k,) the pair, whole numbers from 0.
        cases: (k,) how many cases.
        weight, squared_weight: (k,) sum of the weights, and of their squares.
        total, squared_total: (k,) weighted sum of the outcomes, and of their squares.
    """

    count: int
    member: Codes
    stratum: Codes
    cases: FloatArray
    weight: FloatArray
    squared_weight: FloatArray
    total: FloatArray
    squared_total: FloatArray

    def by_member(self, amounts: FloatArray) -> FloatArray:
        """Amounts of the pairs, added up by member."""
        return _added(self.member, amounts, self.count)

    def by_stratum(self, amounts: FloatArray) -> FloatArray:
        """Amounts of the pairs, added up by stratum."""
        return _added(self.stratum, amounts, int(self.stratum.max(initial=0)) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstOthers:
    """Each member beside the others on cases of the same strata, as arrays by member; NaN where there are none.

    Attributes:
        observed: Weighted mean of its outcomes on the cases whose strata others have cases in.
        expected: What the others reach on these cases: the mean of their rates, weighted by the member's own mix.
        effective: How many cases the difference is worth: with a standard deviation of 1 its variance is 1 over this,
            the chance in the others' cases included; never more than its own cases.
        shared: Which part of its cases lies in strata where others have cases too, 0 to 1.
        others: How many others it is compared with, as of equal size: 1 when each stratum has one other.
    """

    observed: FloatArray
    expected: FloatArray
    effective: FloatArray
    shared: FloatArray
    others: FloatArray


def case_mix(
    members: Codes, strata: Codes, outcomes: ArrayLike, *, count: int, weights: ArrayLike | None = None
) -> CaseMix:
    """Cases added up by member and stratum.

    Args:
        members: (n,) whole numbers from 0 and below `count`: who handled each case.
        strata: (n,) whole numbers from 0: the stratum of each case.
        outcomes: (n,) finite numbers.
        count: How many members there are.
        weights: (n,) weights above 0; 1 when left out.
    """
    values = np.asarray(outcomes, dtype=np.float64)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    width = int(strata.max(initial=0)) + 1
    pairs, place = _numbered(members.astype(np.int64) * width + strata, count * width)
    sums = (
        _added(place, steady(amounts), len(pairs))
        for amounts in (np.ones(len(values)), weight, weight**2, weight * values, weight * values**2)
    )
    cases, total_weight, squared_weight, total, squared_total = sums
    return CaseMix(
        count=count, member=pairs // width, stratum=pairs % width, cases=cases, weight=total_weight,
        squared_weight=squared_weight, total=total, squared_total=squared_total,
    )  # fmt: skip


def against_others(mix: CaseMix, reference: NDArray[np.bool_] | None = None) -> AgainstOthers:
    """What each member reached, and what the others reach on cases like its own.

    A member is never part of what is expected of itself: in a small team its own cases would hide half of a difference.
    The others' rates are uncertain as well, and `effective` allows for it. Cases of strata that nobody else has say
    nothing about the member and are left aside.

    Args:
        mix: The cases.
        reference: (m,) whose cases may be part of what is expected of others; everybody's when left out.

    Source: indirect standardisation as in `evaluation.statistics.standardisation`; effective numbers: L. Kish, Survey
    Sampling (1965), section 11.7, and M. O. Hill, Ecology 54 (1973) 427-432, number of order 2, for `others`.

    Example:
        >>> members, strata = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 0, 0, 1])
        >>> found = against_others(case_mix(members, strata, [0, 1, 0, 1, 1, 0], count=3))
        >>> found.expected.round(3).tolist(), found.others.round(3).tolist()
        ([0.333, 0.5, 0.667], [1.4, 2.0, 1.4])
    """
    counted = np.ones(mix.count, dtype=bool) if reference is None else reference
    own = counted[mix.member].astype(np.float64)

    def of_others(amounts: FloatArray) -> FloatArray:
        return mix.by_stratum(amounts * own)[mix.stratum] - amounts * own

    is_shared = of_others(mix.cases) > 0
    weight_of_others = np.where(is_shared, of_others(mix.weight), 1.0)
    rate = of_others(mix.total) / weight_of_others
    weight = np.where(is_shared, mix.weight, 0.0)
    whole, cases = _known(mix.by_member(weight)), _known(mix.by_member(mix.cases))
    of_own = mix.by_member(np.where(is_shared, mix.squared_weight, 0.0))
    of_rates = mix.by_member(weight**2 * of_others(mix.squared_weight) / weight_of_others**2)
    alike = np.where(is_shared, of_others(mix.weight**2), 1.0)
    return AgainstOthers(
        observed=mix.by_member(np.where(is_shared, mix.total, 0.0)) / whole,
        expected=mix.by_member(weight * rate) / whole,
        effective=whole**2 / (of_own + of_rates),
        shared=mix.by_member(np.where(is_shared, mix.cases, 0.0)) / cases,
        others=mix.by_member(weight * weight_of_others**2 / alike) / whole,
    )


def means(mix: CaseMix) -> FloatArray:
    """The weighted mean of all outcomes of each member; NaN without cases."""
    return mix.by_member(mix.total) / _known(mix.by_member(mix.weight))


def deviations(mix: CaseMix) -> FloatArray:
    """The standard deviation of each member's outcomes around the rates of their strata; NaN below two cases."""
    rate = (mix.by_stratum(mix.total) / _known(mix.by_stratum(mix.weight)))[mix.stratum]
    squares = mix.by_member(mix.squared_total - 2 * rate * mix.total + rate**2 * mix.weight)
    cases, weight = mix.by_member(mix.cases), _known(mix.by_member(mix.weight))
    off = mix.by_member(mix.total - rate * mix.weight) / weight
    variance = squares / weight - off**2
    # outcomes that are all equal must not differ by rounding
    rounding = 1e-12 * (1.0 + float(mix.squared_total.sum()) / max(1.0, float(mix.weight.sum())))
    several = np.where(cases > 1, cases, np.nan)
    return np.asarray(np.sqrt(np.where(variance > rounding, variance, 0.0) * several / (several - 1)))


def taken_together(levels: Sequence[Codes], smallest: int, difficulty: ArrayLike | None = None) -> Codes:
    """Strata that are large enough: from the finest level down, small ones are taken together on the next coarser one.

    Args:
        levels: (n,) whole numbers from 0 each: the stratum of each case, the finest first.
        smallest: A stratum with fewer cases is none of its own.
        difficulty: (n,) what each case leads to expect, such as `main_effects`. What is small on every level is taken
            together with what is next to it in difficulty; all of it in one stratum when left out.

    Source: strata by what is expected of a case: B. B. Hansen, The prognostic analogue of the propensity score,
    Biometrika 95 (2008) 481-488.

    Example:
        >>> topic_and_channel, topic = np.array([0, 0, 1, 2, 3]), np.array([0, 0, 0, 0, 1])
        >>> taken_together([topic_and_channel, topic], 2).tolist()
        [0, 0, 1, 1, 2]
        >>> taken_together([np.arange(5)], 2, [0.9, 0.1, 0.8, 0.2, 0.3]).tolist()
        [1, 0, 1, 0, 1]
    """
    found = np.zeros(len(levels[0]), dtype=np.int64)
    left = np.arange(len(found))
    used = 0
    for level in levels:
        codes = np.asarray(level)[left]
        sizes = np.bincount(codes)
        numbers = np.cumsum(sizes >= smallest) - 1
        is_large = sizes[codes] >= smallest
        found[left[is_large]] = used + numbers[codes[is_large]]
        used += int(numbers[-1]) + 1 if len(numbers) else 0
        left = left[~is_large]
    found[left] = used
    if difficulty is not None and len(left):
        found[left] += _neighbours(np.asarray(difficulty, dtype=np.float64)[left], smallest)
    return found


def _neighbours(difficulty: FloatArray, smallest: int) -> Codes:
    """Strata of cases of like difficulty, each with enough of them; equal ones are never parted."""
    values, place, sizes = np.unique(difficulty, return_inverse=True, return_counts=True)
    codes = np.zeros(len(values), dtype=np.int64)
    number, filled, left = 0, 0, len(place)
    for index, size in enumerate(sizes.tolist()):
        if filled >= smallest and left >= smallest:
            number, filled = number + 1, 0
        codes[index] = number
        filled, left = filled + size, left - size
    return np.asarray(codes[place], dtype=np.int64)


def main_effects(
    traits: Sequence[Codes], outcomes: ArrayLike, weights: ArrayLike | None = None, *, apart: Codes | None = None
) -> FloatArray:
    """What each case leads to expect by its traits, as if their effects added up.

    Fitted by turns to convergence (backfitting), on the sums of cases whose traits are the same.

    Args:
        traits: (n,) whole numbers from 0 each.
        outcomes: (n,) finite numbers.
        weights: (n,) weights above 0; 1 when left out.
        apart: (n,) one more trait, whose effect is estimated with the others and left out of the result: who handled
            the case, so that a topic does not look hard because of one person.

    Returns:
        (n,) the fitted values; cases of the same traits have the same.

    Source: L. Breiman, J. H. Friedman, Journal of the American Statistical Association 80 (1985) 580-598.

    Example:
        >>> topic, channel, agent = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0, 0, 0, 1])
        >>> main_effects([topic, channel], [1.0, 2.0, 3.0, 4.0]).round(6).tolist()
        [1.0, 2.0, 3.0, 4.0]
        >>> fitted = main_effects([topic], [1.0, 1.0, 1.0, 9.0], apart=agent)
        >>> round(float(fitted[2] - fitted[0]), 3)
        0.0
    """
    values = np.asarray(outcomes, dtype=np.float64)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    codes, place = _combined([*traits, *([] if apart is None else [apart])])
    size, total = (_added(place, steady(amounts), len(codes[0])) for amounts in (weight, weight * values))
    mean = total.sum() / max(float(size.sum()), 1e-300)
    effects = np.zeros((len(codes), len(size)))
    sizes = [_known(_added(code, size, int(code.max(initial=0)) + 1)) for code in codes]
    least = _SETTLED * float(np.std(np.sort(values))) if len(values) else 0.0
    for _ in range(_TURNS):
        moved = 0.0
        for turn, (code, of_trait) in enumerate(zip(codes, sizes, strict=True)):
            rest = total - size * (mean + effects.sum(axis=0))
            step = _added(code, rest, len(of_trait)) / of_trait
            effects[turn] += step[code]
            moved = max(moved, float(np.nanmax(np.abs(step), initial=0.0)))
        if moved <= least:
            break
    # rounded, so that the order of the cases decides nothing
    return np.asarray(np.round(mean + effects[: len(traits)].sum(axis=0), 9)[place], dtype=np.float64)


def _combined(traits: Sequence[Codes]) -> tuple[list[Codes], Codes]:
    """The traits of each combination that occurs, and the place of each case among them."""
    widths = [int(codes.max(initial=0)) + 1 for codes in traits]
    combined = np.zeros(len(traits[0]), dtype=np.int64)
    for codes, width in zip(traits, widths, strict=True):
        combined = combined * width + codes
    found, place = _numbered(combined, int(np.prod(widths, dtype=np.float64)))
    parts: list[Codes] = []
    for width in reversed(widths):
        parts.append(found % width)
        found = found // width
    return parts[::-1], place


def steady(values: FloatArray) -> FloatArray:
    """The values, rounded so far that they add up to the same sum to the last bit in whatever order they come.

    A sum of n numbers is exact when all are whole multiples of a power of two and the sum has no more than 53 bits of
    them. What is rounded off is less than n / 2^52 of the largest.

    Example:
        >>> values = steady(np.array([0.1, 0.2, 0.3, 1e-3]))
        >>> bool(values.sum() == values[::-1].sum()), bool(np.allclose(values, [0.1, 0.2, 0.3, 1e-3], rtol=1e-12))
        (True, True)
    """
    largest = float(np.max(np.abs(values), initial=0.0))
    if largest == 0.0:
        return values
    bits = np.frexp(largest)[1] + np.frexp(float(len(values)))[1]
    return np.asarray(np.ldexp(np.rint(np.ldexp(values, 52 - bits)), bits - 52), dtype=np.float64)


def _numbered(codes: Codes, size: int) -> tuple[Codes, Codes]:
    """The codes that occur, ascending, and the place of each code among them; without sorting where that is cheaper."""
    if size > 4 * len(codes) + 1024:
        found, place = np.unique(codes, return_inverse=True)
        return found, place
    occurs = np.bincount(codes, minlength=size) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[codes]


def _added(places: Codes, amounts: FloatArray, count: int) -> FloatArray:
    return np.asarray(np.bincount(places, weights=amounts, minlength=count), dtype=np.float64)


def _known(amounts: FloatArray) -> FloatArray:
    """The amounts, NaN for zero, so that a division by it says that there is nothing."""
    return np.where(amounts > 0, amounts, np.nan)
