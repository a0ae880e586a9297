"""Why did the total move? The part that comes from another mix of cases, and the part that comes from other rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Split = Literal["flat", "nested"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The cases of one segment in one period.

    Attributes:
        n: Cases, >= 0.
        total: What they amount to: successes for a share, summed seconds for a mean; 0 without cases.
    """

    n: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one segment contributes to a change, in the unit of the figure.

    Attributes:
        mix: Because its share of all cases changed; positive when it moved the total up.
        rate: Because its own figure changed.
    """

    mix: float
    rate: float

    @property
    def whole(self) -> float:
        """Both together."""
        return self.mix + self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """A change of a total in parts that add up to it exactly (to rounding).

    Attributes:
        change: Later total minus earlier total.
        mix: Sum of the mix parts.
        rate: Sum of the rate parts.
        segments: Contributions by segment, in the order of the names; None of it when undefined.
        undefined_because: Why there is nothing to explain, a clause in English; None when there is.
    """

    change: float | None
    mix: float | None
    rate: float | None
    segments: Mapping[str, Contribution]
    undefined_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTraits:
    """A change in three parts that add up to it: the mix of one trait, the mix of another, and the rates.

    Attributes:
        change: Later total minus earlier total.
        first: Because the mix of the first trait changed.
        second: Because the mix of the second changed (with `nested`: inside the members of the first).
        rate: Because the cells' own figures changed.
        undefined_because: Why there is nothing to explain; None when there is.
    """

    change: float | None
    first: float | None
    second: float | None
    rate: float | None
    undefined_because: str | None = None


def decompose(before: Mapping[str, Cases], now: Mapping[str, Cases]) -> Decomposition:
    """Kitagawa's decomposition of the change of a share or mean into mix and rate, segment by segment.

    With shares of cases w and rates r, a segment's rate part is (w0 + w1) / 2 · (r1 − r0) and its mix part
    (w1 − w0) · ((r0 + r1) / 2 − R), R the mean of the two totals: subtracting R leaves the sum as it is and makes a
    segment that grew push the total towards its own rate. A segment without cases in one of the periods has no rate
    there; it takes its rate of the other period, so that all of its part is mix.

    Source: E. M. Kitagawa, Components of a difference between two rates, Journal of the American Statistical
    Association 50 (1955) 1168-1194.

    Args:
        before: Cases by segment in the earlier period; segments must not overlap.
        now: The same in the later one.

    Raises:
        ValueError: A segment has fewer than zero cases, an amount without cases, or an amount that is not finite.

    Example:
        >>> found = decompose({"chat": Cases(n=50, total=45), "email": Cases(n=50, total=25)},
        ...                   {"chat": Cases(n=20, total=18), "email": Cases(n=80, total=40)})
        >>> round(found.change, 3), round(found.mix, 3), abs(round(found.rate, 3))
        (-0.12, -0.12, 0.0)
    """
    sizes = [sum(_checked(name, cases).n for name, cases in period.items()) for period in (before, now)]
    if min(sizes) <= 0:
        return _undefined("there are no cases in the earlier period" if sizes[0] <= 0 else "there are no cases now")
    totals = [sum(c.total for c in period.values()) / n for period, n in zip((before, now), sizes, strict=True)]
    middle = sum(totals) / 2
    segments = {}
    for name in sorted({*before, *now}):
        old, new = before.get(name, _NONE), now.get(name, _NONE)
        if old.n + new.n == 0:
            continue
        w0, w1 = old.n / sizes[0], new.n / sizes[1]
        r0, r1 = _rate(old, new), _rate(new, old)
        segments[name] = Contribution(mix=(w1 - w0) * ((r0 + r1) / 2 - middle), rate=(w0 + w1) / 2 * (r1 - r0))
    return Decomposition(
        change=totals[1] - totals[0],
        mix=sum(part.mix for part in segments.values()),
        rate=sum(part.rate for part in segments.values()),
        segments=segments,
    )


def decompose_two(
    before: Mapping[tuple[str, str], Cases], now: Mapping[tuple[str, str], Cases], *, split: Split = "flat"
) -> TwoTraits:
    """Kitagawa's decomposition with two traits, such as topic and channel.

    `flat` (chosen here) writes the share of a cell as a product in which neither trait comes first, the square roots of
    w(a | b) · w(a) and of w(b | a) · w(b), as Das Gupta does; `nested` writes it as w(a) · w(b | a), so that naming the
    traits in the other order gives other parts. Rate parts are the same in both. Cells without cases in one period
    are treated as in `decompose`.

    Source: E. M. Kitagawa (1955), section on two factors; P. Das Gupta, Standardization and Decomposition of Rates: A
    User's Manual, U.S. Bureau of the Census P23-186 (1993), chapter 5.

    Args:
        before: Cases by (first trait, second trait) in the earlier period.
        now: The same in the later one.
        split: How the two mixes are told apart.

    Raises:
        ValueError: As `decompose`, or an unknown split.

    Example:
        >>> before = {("late", "chat"): Cases(n=10, total=9), ("late", "email"): Cases(n=10, total=5)}
        >>> now = {("late", "chat"): Cases(n=4, total=3.6), ("late", "email"): Cases(n=16, total=8)}
        >>> found = decompose_two(before, now)
        >>> round(found.second, 3), abs(round(found.first, 3)), abs(round(found.rate, 3))
        (-0.12, 0.0, 0.0)
    """
    if split not in get_args(Split):
        raise ValueError(f"there is no split {split!r}; write one of: {', '.join(get_args(Split))}")
    whole = decompose({_name(key): c for key, c in before.items()}, {_name(key): c for key, c in now.items()})
    if whole.undefined_because is not None:
        return TwoTraits(
            change=None, first=None, second=None, rate=None, undefined_because=whole.undefined_because
        )  # fmt: skip
    first = _mix_of_first(before, now, split)
    return TwoTraits(change=whole.change, first=first, second=float(whole.mix or 0) - first, rate=whole.rate)


_NONE = Cases(n=0, total=0)


def _checked(name: str, cases: Cases) -> Cases:
    is_finite = math.isfinite(cases.n) and math.isfinite(cases.total)
    if not is_finite or cases.n < 0 or (cases.n == 0 and cases.total != 0):
        raise ValueError(f"segment {name!r} has {cases.n} cases and {cases.total} in all; count its cases again")
    return cases


def _rate(own: Cases, other: Cases) -> float:
    """A segment's rate, taken from the other period when it has no cases."""
    return own.total / own.n if own.n else other.total / other.n


def _undefined(because: str) -> Decomposition:
    return Decomposition(change=None, mix=None, rate=None, segments={}, undefined_because=because)


def _name(key: tuple[str, str]) -> str:
    return repr(key)


def _mix_of_first(before: Mapping[tuple[str, str], Cases], now: Mapping[tuple[str, str], Cases], split: Split) -> float:
    """The part of the first trait: its factor of each cell's share moves, the other factor and the rate stay midway."""
    factors = [_factors(period, split) for period in (before, now)]
    part = 0.0
    for key in sorted({*before, *now}):
        old, new = before.get(key, _NONE), now.get(key, _NONE)
        if old.n + new.n == 0:
            continue
        (a0, b0), (a1, b1) = (_factors_of(key, known) for known in factors)
        part += (a1 - a0) * (b0 + b1) / 2 * (_rate(old, new) + _rate(new, old)) / 2
    return part


@dataclass(frozen=True, slots=True)
class _Margins:
    """Cases by cell and by either trait, and how a cell's share is written as a product."""

    cells: Mapping[tuple[str, str], float]
    first: Mapping[str, float]
    second: Mapping[str, float]
    size: float
    split: Split


def _factors(period: Mapping[tuple[str, str], Cases], split: Split) -> _Margins:
    first: dict[str, float] = {}
    second: dict[str, float] = {}
    for (one, other), cases in period.items():
        first[one] = first.get(one, 0.0) + cases.n
        second[other] = second.get(other, 0.0) + cases.n
    return _Margins({key: c.n for key, c in period.items()}, first, second, sum(first.values()), split)


def _factors_of(key: tuple[str, str], known: _Margins) -> tuple[float, float]:
    """The share of a cell as the product of a factor of the first trait and one of the second."""
    n = known.cells.get(key, 0.0)
    of_first, of_second = known.first.get(key[0], 0.0), known.second.get(key[1], 0.0)
    inside_first = n / of_first if of_first else 0.0
    if known.split == "nested":
        return of_first / known.size, inside_first
    inside_second = n / of_second if of_second else 0.0
    return (
        math.sqrt(inside_second * of_first / known.size),
        math.sqrt(inside_first * of_second / known.size),
    )  # fmt: skip
