"""Is this agent, team or branch different? Funnel limits that allow for more than sampling variation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

WINSORISED = 0.10
"""Share of the z-scores pulled in at each end before the dispersion is taken."""
LEVELS = (0.95, 0.998)
"""Levels of the two pairs of limits."""
FEWEST_MEMBERS = 5
"""With fewer members nobody can say what is usual among them."""

FloatArray = NDArray[np.float64]


class Scale(StrEnum):
    """The scale on which members are compared: the one on which chance spreads every value alike."""

    ARCSINE = "arcsine"
    """Shares: the arcsine of the square root."""
    LOG = "log"
    """Durations: the logarithm, so that the figure is a geometric mean."""
    PLAIN = "plain"
    """Means: as they are."""

    def of(self, values: ArrayLike) -> FloatArray:
        """Values of the figure on this scale; shares are kept within 0 to 1.

        Example:
            >>> round(float(Scale.ARCSINE.of(1.0)), 4)
            1.5708
        """
        plain = np.asarray(values, dtype=np.float64)
        if self is Scale.ARCSINE:
            return np.asarray(np.arcsin(np.sqrt(np.clip(plain, 0, 1))), dtype=np.float64)
        return np.asarray(np.log(plain), dtype=np.float64) if self is Scale.LOG else plain

    def back(self, values: ArrayLike) -> FloatArray:
        """Values on this scale back on that of the figure; beyond the ends of a share they are its ends."""
        here = np.asarray(values, dtype=np.float64)
        if self is Scale.ARCSINE:
            return np.asarray(np.sin(np.clip(here, 0, math.pi / 2)) ** 2, dtype=np.float64)
        return np.asarray(np.exp(here), dtype=np.float64) if self is Scale.LOG else here


class Group(StrEnum):
    """Where a member stands; never a rank."""

    CLEARLY_ABOVE = "clearly_above"
    AS_EXPECTED = "as_expected"
    CLEARLY_BELOW = "clearly_below"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """What is usual among members, and where each stands.

    Attributes:
        centre: The value of all together, on the scale of the figure.
        dispersion: φ, the mean of the squared winsorised z-scores; 1 when only chance is at work.
        between: τ², variance between members on the transformed scale; 0 when chance explains all.
        z_scores: (n,) of each member, after allowing for `between`; NaN for too little data.
        low, high: (2, n) limits for a member of that size at `LEVELS`, on the scale of the figure; NaN like `z_scores`.
        groups: (n,) where each stands, by the wider limits.
        scale: The scale on which they were compared.
        error_of_one: Standard error of a single case on that scale; of n cases it is this over √n.
        spread_p_value: How improbable so much dispersion is by chance alone (Cochran's Q on the winsorised z-scores);
            small when the members really differ from one another, whether or not one of them stands out.
        undefined_because: Why nobody is compared, a clause in English; None when they are.
    """

    centre: float | None
    dispersion: float | None
    between: float | None
    z_scores: FloatArray
    low: FloatArray
    high: FloatArray
    groups: tuple[Group, ...]
    scale: Scale = Scale.PLAIN
    error_of_one: float | None = None
    spread_p_value: float | None = None
    undefined_because: str | None = None

    def limits_at(self, sizes: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Limits around the centre for members of some sizes: the curves of the drawn funnel.

        Args:
            sizes: (k,) numbers of cases, above 0.

        Returns:
            Low and high, (2, k) each, at `LEVELS`; NaN when nobody is compared.

        Example:
            >>> found = funnel_of_shares([80, 82, 78, 81, 79], [100, 100, 100, 100, 100])
            >>> low, high = found.limits_at([100])
            >>> bool(np.allclose([low[0, 0], high[1, 0]], [found.low[0, 0], found.high[1, 0]]))
            True
        """
        cases = np.asarray(sizes, dtype=np.float64)
        if self.centre is None or self.between is None or self.error_of_one is None:
            nothing = np.full((2, len(cases)), np.nan)
            return nothing, nothing
        spread = np.sqrt(self.error_of_one**2 / cases + self.between)
        return _limits(self.scale.of(self.centre), spread, self.scale)


def funnel_of_shares(
    numerators: ArrayLike, denominators: ArrayLike, *, minimum_cases: float = 1, expected: ArrayLike | None = None
) -> Funnel:
    """A funnel of shares on the arcsine of the square root, where every member has the same variance but for its size.

    Source: D. J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202; D. Spiegelhalter et al., Statistical
    methods for healthcare regulation, Journal of the Royal Statistical Society A 175 (2012) 1-47, for φ and τ².

    Args:
        numerators: (n,) successes by member.
        denominators: (n,) cases by member.
        minimum_cases: Members with fewer are too little data: not compared, and no part of what is usual.
        expected: (n,) expected share of each member from its own mix of cases (see `standardisation`); the share of
            all when left out.

    Raises:
        ValueError: A numerator lies outside 0..denominator, or something is not finite.

    Example:
        >>> found = funnel_of_shares([80, 82, 78, 81, 79, 40], [100, 100, 100, 100, 100, 100])
        >>> found.groups[-1].value, found.groups[0].value
        ('clearly_below', 'as_expected')
    """
    above, below = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    if not ((above >= 0) & (above <= below) & np.isfinite(below)).all():
        raise ValueError("a numerator lies outside its denominator; count it inside")
    counts = below >= max(minimum_cases, 1)
    if (because := _too_few(counts)) is not None:
        return _undefined(len(below), because)
    centre = float(above[counts].sum() / below[counts].sum())
    share = np.divide(above, below, out=np.full(len(below), np.nan), where=counts)
    aim = np.full(len(below), centre) if expected is None else np.clip(np.asarray(expected, dtype=float), 0, 1)
    sizes = np.where(counts, below, np.nan)
    return _funnel(Scale.ARCSINE.of(share), 0.5, sizes, Scale.ARCSINE.of(aim), centre, Scale.ARCSINE)


def funnel_of_durations(
    log_means: ArrayLike,
    log_deviations: ArrayLike,
    counts: ArrayLike,
    *,
    minimum_cases: float = 2,
    expected: ArrayLike | None = None,
) -> Funnel:
    """A funnel of durations on the log scale, on which waits are nearly symmetric: of geometric means.

    Args:
        log_means: (n,) mean of the logarithms of each member's durations (seconds; zero seconds count as one).
        log_deviations: (n,) standard deviation of these logarithms.
        counts: (n,) cases.
        minimum_cases: Members with fewer are too little data.
        expected: (n,) expected log mean of each member from its own mix of cases; the mean of all when left out.

    Source: as `funnel_of_shares`.
    """
    return _funnel_of_means(
        log_means, log_deviations, counts, minimum_cases, expected, Scale.LOG, "all durations are equal"
    )


def funnel_of_means(
    means: ArrayLike,
    deviations: ArrayLike,
    counts: ArrayLike,
    *,
    minimum_cases: float = 2,
    expected: ArrayLike | None = None,
) -> Funnel:
    """A funnel of means, such as points of a survey, scores of audits or the net promoter score.

    Args:
        means: (n,) mean of each member's outcomes.
        deviations: (n,) standard deviation of its outcomes, around what is expected of each when they differ.
        counts: (n,) cases; effective ones when they are weighted.
        minimum_cases: Members with fewer are too little data.
        expected: (n,) expected mean of each member from its own mix of cases; the mean of all when left out.

    Source: as `funnel_of_shares`; z-scores, φ and τ² there are those of any figure that is nearly normal.

    Example:
        >>> means = [4.1, 4.2, 4.0, 4.1, 4.2, 3.1]
        >>> [group.value for group in funnel_of_means(means, [1.0] * 6, [100] * 6).groups][-2:]
        ['as_expected', 'clearly_below']
    """
    return _funnel_of_means(means, deviations, counts, minimum_cases, expected, Scale.PLAIN, "all outcomes are equal")


def _funnel_of_means(
    means: ArrayLike,
    deviations: ArrayLike,
    counts: ArrayLike,
    minimum_cases: float,
    expected: ArrayLike | None,
    scale: Scale,
    when_equal: str,
) -> Funnel:
    mean, deviation, n = (np.asarray(a, dtype=float) for a in (means, deviations, counts))
    known = (n >= max(minimum_cases, 2)) & np.isfinite(mean) & np.isfinite(deviation)
    if (because := _too_few(known)) is not None:
        return _undefined(len(n), because)
    # one spread for all: a member's own is too uncertain to say how sure its mean is
    pooled = math.sqrt(float(((n - 1) * deviation**2)[known].sum() / (n - 1)[known].sum()))
    if pooled == 0:
        return _undefined(len(n), when_equal)
    centre = float((n * mean)[known].sum() / n[known].sum())
    aim = np.full(len(n), centre) if expected is None else np.asarray(expected, dtype=float)
    sizes = np.where(known, n, np.nan)
    return _funnel(np.where(known, mean, np.nan), pooled, sizes, aim, float(scale.back(centre)), scale)


def dispersion(z_scores: Sequence[float] | FloatArray, *, winsorised: float = WINSORISED) -> float:
    """φ: the mean of the squared z-scores, those beyond the outer tenths pulled in to them.

    Pulling in keeps one odd member from hiding itself, and takes a third off φ when the spread is real: simulated with
    30 members, one in a hundred instead of one in five hundred then lies outside the wider limits by chance.

    Raises:
        ValueError: There are no z-scores, one is not finite, or half of them or more would be pulled in at each end.

    Example:
        >>> dispersion([-1.0, 1.0, -1.0, 1.0], winsorised=0)
        1.0
    """
    z = np.asarray(z_scores, dtype=float)
    if not len(z) or not np.isfinite(z).all():
        raise ValueError("there is no z-score, or one that is not finite; leave out who has too few cases")
    if not 0 <= winsorised < 0.5:
        raise ValueError(f"{winsorised} at each end leaves nothing between; give less than a half")
    if winsorised:
        z = np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised]))
    return float(np.mean(z**2))


def variance_between(phi: float, errors: Sequence[float] | FloatArray) -> float:
    """τ² of DerSimonian and Laird from the dispersion; 0 when n · φ is below n − 1.

    Source: R. DerSimonian and N. Laird, Controlled Clinical Trials 7 (1986) 177-188.

    Args:
        phi: Dispersion of the z-scores.
        errors: Standard errors of the members, on the transformed scale.

    Raises:
        ValueError: A standard error is not above 0.
    """
    if not (np.asarray(errors, dtype=float) > 0).all():
        raise ValueError("a standard error is not above 0; leave out who has too few cases")
    weights = 1 / np.asarray(errors, dtype=float) ** 2
    n = len(weights)
    if n < 2 or n * phi < n - 1:
        return 0.0
    return float((n * phi - (n - 1)) / (weights.sum() - (weights**2).sum() / weights.sum()))


def _funnel(
    values: FloatArray, error_of_one: float, sizes: FloatArray, aims: FloatArray, centre: float, scale: Scale
) -> Funnel:
    """The funnel of values and aims on a scale; members with a size of NaN are not compared."""
    errors = error_of_one / np.sqrt(sizes)
    counts = np.isfinite(errors)
    phi = dispersion(((values - aims) / errors)[counts])
    between = variance_between(phi, errors[counts])
    spread = np.sqrt(errors**2 + between)
    z_scores = (values - aims) / spread
    low, high = _limits(aims, spread, scale)
    groups = tuple(_group(z, float(_points()[-1])) for z in z_scores)
    return Funnel(
        centre=centre, dispersion=phi, between=between, z_scores=z_scores, low=low, high=high, groups=groups,
        scale=scale, error_of_one=error_of_one, spread_p_value=_spread_p_value(phi, int(counts.sum())),
    )  # fmt: skip


def _spread_p_value(phi: float, members: int) -> float:
    """The upper tail of chi-squared at n · φ with n − 1 degrees of freedom."""
    from scipy.special import gammaincc

    return float(gammaincc((members - 1) / 2, members * phi / 2))


def _points() -> FloatArray:
    """How many standard deviations from the aim the limits lie."""
    from scipy.special import ndtri

    return np.array([ndtri(0.5 + level / 2) for level in LEVELS])


def _limits(aims: FloatArray, spread: FloatArray, scale: Scale) -> tuple[FloatArray, FloatArray]:
    reach = _points()[:, None] * spread
    return scale.back(aims - reach), scale.back(aims + reach)


def _group(z: float, limit: float) -> Group:
    if math.isnan(z):
        return Group.TOO_LITTLE_DATA
    if abs(z) <= limit:
        return Group.AS_EXPECTED
    return Group.CLEARLY_ABOVE if z > 0 else Group.CLEARLY_BELOW


def _too_few(counts: NDArray[np.bool_]) -> str | None:
    enough = int(counts.sum())
    if enough >= FEWEST_MEMBERS:
        return None
    return f"only {enough} have enough cases, and fewer than {FEWEST_MEMBERS} cannot say what is usual"


def _undefined(n: int, because: str) -> Funnel:
    nothing = np.full(n, np.nan)
    return Funnel(
        centre=None, dispersion=None, between=None, z_scores=nothing, low=np.full((2, n), np.nan),
        high=np.full((2, n), np.nan), groups=(Group.TOO_LITTLE_DATA,) * n, undefined_because=because,
    )  # fmt: skip
