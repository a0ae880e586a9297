"""What each member reached beside what is usual: the others on the same cases, those set aside who clearly differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluation.member_comparison import Lack
from evaluation.statistics.case_mix import AgainstOthers, CaseMix, against_others, deviations, means
from evaluation.statistics.funnel import (
    Funnel,
    Group,
    Scale,
    funnel_of_durations,
    funnel_of_means,
    funnel_of_shares,
)

LEAST_SHARED = 0.5
"""At least this part of a member's cases must be of kinds that others handle too."""
FEWEST_OTHERS = 1.5
"""With one other member on the same cases nobody can say which of the two is unusual."""
LEAST_EFFECTIVE = 0.5
"""The comparison must be worth at least this part of the minimum sample, or others have too few such cases."""
MOST_SET_ASIDE = 0.2
"""At most this part of the members is left out of what is expected of the others."""

FloatArray = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Reached:
    """What the members reached, as arrays by member.

    Attributes:
        cases: How many cases each has.
        values: What each reached, in the unit of the metric.
        found: Each beside the others, on the scale on which cases are averaged.
        differences: How far each lies from what is expected, on the scale of the funnel.
        is_many: Who has the minimum sample.
        is_enough: Who lacks nothing for being compared.
        funnel: The funnel of those, in their order.
    """

    cases: FloatArray
    values: FloatArray
    found: AgainstOthers
    differences: FloatArray
    is_many: Flags
    is_enough: Flags
    funnel: Funnel

    def lack(self, number: int) -> Lack | None:
        """What a member lacks for being compared."""
        if not self.is_many[number]:
            return Lack.FEW_CASES
        return None if self.is_enough[number] else Lack.NOBODY_ALIKE


def against_the_usual(mix: CaseMix, scale: Scale, minimum: int) -> Reached:
    """Each member beside the others, those left out of what is expected who clearly differ.

    One odd member is a large part of what is expected of the few who share its cases, and would make them look odd in
    the other direction. So whoever differs most is set aside, one at a time, and everybody is compared again.

    Args:
        mix: The cases of the members.
        scale: The scale of the comparison; for `LOG` the outcomes of `mix` are logarithms.
        minimum: Cases below which there is too little data about a member.
    """
    reference = np.ones(mix.count, dtype=bool)
    found, cases = against_others(mix, reference), mix.by_member(mix.cases)
    is_many = cases >= max(minimum, 1)
    # asked before anybody is set aside: with one other nobody can say which of the two is unusual
    judged = is_many & (found.others >= FEWEST_OTHERS)
    reached = _once(mix, scale, minimum, found, is_many, judged)
    for _ in range(int(MOST_SET_ASIDE * mix.count)):
        odd = _most_odd(reached, reference)
        if odd is None:
            break
        reference[odd] = False
        reached = _once(mix, scale, minimum, against_others(mix, reference), is_many, judged)
    return reached


def in_units(averages: FloatArray, scale: Scale) -> FloatArray:
    """Averages of outcomes in the unit of the metric: of logarithms the geometric mean."""
    return scale.back(averages) if scale is Scale.LOG else averages


def _once(mix: CaseMix, scale: Scale, minimum: int, found: AgainstOthers, is_many: Flags, judged: Flags) -> Reached:
    is_enough = judged & (found.shared >= LEAST_SHARED) & (found.effective >= LEAST_EFFECTIVE * minimum)
    observed, expected = (scale.of(in_units(averages, scale)) for averages in (found.observed, found.expected))
    return Reached(
        cases=mix.by_member(mix.cases), values=in_units(means(mix), scale), found=found,
        differences=observed - expected, is_many=is_many, is_enough=is_enough,
        funnel=_funnel(mix, found, is_enough, scale),
    )  # fmt: skip


def _most_odd(reached: Reached, reference: Flags) -> int | None:
    """Who differs most of those that clearly do and are still part of what is expected of others."""
    places = np.flatnonzero(reached.is_enough)
    is_clear = np.array(
        [group in (Group.CLEARLY_ABOVE, Group.CLEARLY_BELOW) for group in reached.funnel.groups], dtype=bool
    )
    distance = np.where(is_clear & reference[places], np.abs(reached.funnel.z_scores), 0.0)
    return int(places[np.argmax(distance)]) if distance.max(initial=0.0) > 0 else None


def _funnel(mix: CaseMix, found: AgainstOthers, enough: Flags, scale: Scale) -> Funnel:
    """The funnel of the members about whom there is enough data, in their order, around the mean of their cases."""
    n, observed, expected = found.effective[enough], found.observed[enough], found.expected[enough]
    if scale is Scale.ARCSINE:
        funnel = funnel_of_shares(np.clip(observed, 0, 1) * n, n, expected=expected)
    else:
        of_means = funnel_of_durations if scale is Scale.LOG else funnel_of_means
        funnel = of_means(observed, deviations(mix)[enough], n, expected=expected)
    if funnel.centre is None:
        return funnel
    weight, total = (mix.by_member(amounts)[enough].sum() for amounts in (mix.weight, mix.total))
    return replace(funnel, centre=float(in_units(total / weight, scale)))
