"""How many audits are needed, and which: sizes with finite-population correction, and a seeded stratified draw."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy.special import ndtri

from evaluation.statistics.intervals import LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """How many of a population are to be drawn.

    Attributes:
        population: How many there are.
        needed: How many the wanted half-width needs when there are infinitely many, rounded up.
        drawn: How many to draw from this population; never more than there are.
        is_all: Whether that is all of them.
    """

    population: int
    needed: int
    drawn: int

    @property
    def is_all(self) -> bool:
        """Whether everything is drawn."""
        return self.drawn == self.population


def size_for_share(population: int, half_width: float, *, expected: float = 0.5) -> SampleSize:
    """Sample size for a share whose 95 % interval is to reach `half_width` to either side.

    n0 = z^2 p (1 - p) / e^2 and, of a population of N, n = n0 / (1 + (n0 - 1) / N), rounded up.

    Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), 4.4, equations 4.1 and 4.2.

    Args:
        population: How many there are.
        half_width: Wanted half-width as a fraction: 0.05 for five percentage points.
        expected: Share that is expected; 0.5 is the worst case and needs the most.

    Raises:
        ValueError: A population below 0, or a half-width or share outside 0 to 1.

    Example:
        >>> size_for_share(4_000, 0.05).drawn, size_for_share(10, 0.05)
        (351, SampleSize(population=10, needed=385, drawn=10))
    """
    if not 0 < expected < 1:
        raise ValueError(f"an expected share of {expected:g} leaves nothing to find out; give one between 0 and 1")
    if not 0 < half_width < 1:
        raise ValueError(f"a half-width of {half_width:g} is no fraction; write 0.05 for five percentage points")
    return _corrected(population, _z() ** 2 * expected * (1 - expected) / half_width**2)


def size_for_mean(population: int, half_width: float, *, deviation: float) -> SampleSize:
    """Sample size for a mean whose 95 % interval is to reach `half_width` to either side.

    n0 = (z s / e)^2 and, of a population of N, n = n0 / (1 + n0 / N), rounded up.

    Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), 4.6, equations 4.5 and 4.6.

    Args:
        population: How many there are.
        half_width: Wanted half-width, in the unit of the mean.
        deviation: Standard deviation that is expected, from earlier audits.

    Raises:
        ValueError: A population below 0, or a half-width or deviation that is not finite and above 0.

    Example:
        >>> size_for_mean(500, 0.02, deviation=0.1).drawn
        81
    """
    if not 0 < half_width < math.inf or not 0 < deviation < math.inf:
        raise ValueError(f"half-width {half_width:g} and deviation {deviation:g} must be finite and above 0")
    infinite = (_z() * deviation / half_width) ** 2
    return _corrected(population, infinite, smaller_by=0.0)


def sizes_by_stratum(
    populations: Mapping[str, int], half_width: float, *, deviation: float | None = None, expected: float = 0.5
) -> dict[str, SampleSize]:
    """The size for each stratum on its own, so that each can be spoken of with the wanted half-width.

    A stratum with fewer than are needed is taken whole; one without anything gives nothing.

    Args:
        populations: How many there are, by stratum (team, agent, channel).
        half_width: Wanted half-width in every stratum.
        deviation: Standard deviation of a mean score; None for a share.
        expected: Share that is expected, when it is a share.

    Example:
        >>> {name: size.drawn for name, size in sizes_by_stratum({"first line": 4_000, "billing": 20}, 0.1).items()}
        {'billing': 17, 'first line': 94}
    """
    return {
        name: size_for_share(populations[name], half_width, expected=expected)
        if deviation is None
        else size_for_mean(populations[name], half_width, deviation=deviation)
        for name in sorted(populations)
    }


def allocate(total: int, populations: Mapping[str, int]) -> dict[str, int]:
    """A total shared out in proportion to the strata, by largest remainders; never more than a stratum has.

    Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), 5.5 (proportional allocation); remainders by Hamilton's
    method, ties to the name that comes first.

    Args:
        total: How many are to be drawn in all; at most all of them are.
        populations: How many there are, by stratum.

    Raises:
        ValueError: The total, or a population, is below 0.

    Example:
        >>> allocate(10, {"a": 70, "b": 25, "c": 5})
        {'a': 7, 'b': 3, 'c': 0}
        >>> allocate(10, {"a": 2, "b": 1})
        {'a': 2, 'b': 1}
    """
    if total < 0 or any(size < 0 for size in populations.values()):
        raise ValueError("there is no drawing of fewer than nothing; give sizes of 0 or more")
    whole = sum(populations.values())
    if total >= whole:
        return {name: populations[name] for name in sorted(populations)}
    # whole numbers throughout: total x size / whole has a remainder that no rounding disturbs
    shares = {name: divmod(total * populations[name], whole) for name in sorted(populations)}
    left = total - sum(share for share, _ in shares.values())
    favoured = sorted(shares, key=lambda name: (-shares[name][1], name))[:left]
    return {name: share + (name in favoured) for name, (share, _) in shares.items()}


def allocate_at_random(total: int, populations: Mapping[str, int], *, seed: str) -> dict[str, int]:
    """A total shared out in proportion to the strata, so that every case has the same chance of being drawn.

    Each stratum gets its exact share rounded down or up, and so does any run of neighbouring strata; which way each is
    rounded is drawn with the seed. Rounding by largest remainders (`allocate`) would never draw from a small stratum
    when the total is small; here a stratum of one case in twenty gets one of five draws every fourth time.

    Source: systematic sampling with a random start, W. G. Cochran, Sampling Techniques, 3rd ed. (1977), chapter 8,
    applied to the cumulated sizes of the strata (W. G. Madow, Annals of Mathematical Statistics 20 (1949), 333-354).

    Args:
        total: How many are to be drawn in all; at most all of them are.
        populations: How many there are, by stratum; neighbours in the order of names are kept in proportion together.
        seed: What identifies the draw.

    Raises:
        ValueError: The total, or a population, is below 0.

    Example:
        >>> sizes = allocate_at_random(10, {"a": 70, "b": 25, "c": 5}, seed="2026-Q3")
        >>> sizes["a"], sizes["b"] in (2, 3), sum(sizes.values())
        (7, True, 10)
    """
    if total < 0 or any(size < 0 for size in populations.values()):
        raise ValueError("there is no drawing of fewer than nothing; give sizes of 0 or more")
    whole = sum(populations.values())
    if total >= whole:
        return {name: populations[name] for name in sorted(populations)}
    # whole numbers throughout, the start included: a share that is whole stays what it is
    start = int.from_bytes(_number(seed, "start")[:8])
    sizes, cumulated, before = {}, 0, 0
    for name in sorted(populations):
        cumulated += populations[name]
        after = ((total * cumulated << 64) + start * whole) // (whole << 64)
        sizes[name], before = after - before, after
    return sizes


def draw(population: Mapping[str, str], sizes: Mapping[str, int], *, seed: str) -> dict[str, tuple[str, ...]]:
    """A simple random draw in each stratum: the same seed and population always give the same draw.

    Each case gets a number from the SHA-256 of seed and id, and the lowest numbers are drawn. So neither the order of
    rows, nor the machine, nor a version of a library matters, nobody picks by hand, a larger size only adds cases, and
    a case that drops out of the population changes no other.

    Source: permanent random numbers, E. Ohlsson, Coordination of samples using permanent random numbers, in B. G. Cox
    et al. (eds.), Business Survey Methods (1995), chapter 9.

    Args:
        population: Stratum by id of the case.
        sizes: How many to draw, by stratum; a stratum that is not named gives none, one with fewer gives all.
        seed: What identifies the draw, such as `2026-Q3 audits`.

    Returns:
        Ids by stratum, in the order in which they were drawn.

    Raises:
        ValueError: A size is below 0.

    Example:
        >>> tickets = {"t:1": "mail", "t:2": "mail", "t:3": "mail", "t:4": "chat"}
        >>> drawn = draw(tickets, {"mail": 2, "chat": 5}, seed="2026-Q3")
        >>> {stratum: len(ids) for stratum, ids in drawn.items()}
        {'chat': 1, 'mail': 2}
    """
    if any(size < 0 for size in sizes.values()):
        raise ValueError("there is no drawing of fewer than nothing; give sizes of 0 or more")
    strata: dict[str, list[str]] = {name: [] for name in sorted(sizes)}
    for case, stratum in population.items():
        if stratum in strata:
            strata[stratum].append(case)
    return {
        stratum: tuple(sorted(cases, key=lambda case: (_number(seed, case), case))[: sizes[stratum]])
        for stratum, cases in strata.items()
    }


def _number(seed: str, case: str) -> bytes:
    # the length of the seed stands before it, so that no other seed and id can give the same text
    return hashlib.sha256(f"{len(seed)}:{seed}{case}".encode()).digest()


def _corrected(population: int, infinite: float, *, smaller_by: float = 1.0) -> SampleSize:
    if population < 0:
        raise ValueError(f"a population of {population} is below nothing; count it again")
    needed = _ceiling(infinite)
    if population == 0:
        return SampleSize(population=0, needed=needed, drawn=0)
    finite = infinite / (1 + max(infinite - smaller_by, 0.0) / population)
    return SampleSize(population=population, needed=needed, drawn=min(population, max(1, _ceiling(finite))))


def _ceiling(number: float) -> int:
    """Rounded up, a whole number that rounding left a trifle above itself excepted."""
    return math.ceil(number - 1e-9)


def _z() -> float:
    return float(ndtri(0.5 + LEVEL / 2))
