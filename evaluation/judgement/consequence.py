"""How much a difference matters: its size without a unit, times the people it touches, times the pillar it is of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metric import Metric, Pillar, Unit

PILLAR_WEIGHT: Mapping[Pillar, float] = MappingProxyType(
    {
        Pillar.AVAILABILITY: 1.0,
        Pillar.RESPONSIVENESS: 1.0,
        Pillar.QUALITY: 1.0,
        Pillar.SATISFACTION: 2.0,
        Pillar.LOYALTY: 2.0,
        Pillar.WORKLOAD: 0.5,
    }
)
"""What one requester counts for in each pillar.

The three pillars of the service are its ways of doing well by a requester, and none is above another. Satisfaction and
loyalty are what the three are for, and each answer also stands for customers who were not asked or did not answer, so a
requester counts twice there. Workload says how much there was to do and not how it was done: half.
"""


def effect_of(metric: Metric, now: float, other: float) -> float:
    """The size of a difference without its unit: Cohen's h for shares, the log ratio for what has a true zero.

    Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences (1988), chapter 6.
    """
    if metric.unit is Unit.SHARE:
        return effect_of_shares(now, other)
    if metric.unit is Unit.NPS_POINTS:
        return abs(now - other) / 50
    if metric.unit is Unit.POINTS or now <= 0 or other <= 0:
        return abs(now - other) / max(1.0, abs(other) if metric.unit is not Unit.POINTS else 1.0)
    return abs(math.log(now / other))


def effect_of_shares(now: float, other: float) -> float:
    """Cohen's h: the distance of two shares on the arcsine scale, where 0.2 is small and 0.8 large.

    Example:
        >>> round(effect_of_shares(0.6, 0.5), 2), round(effect_of_shares(1.0, 0.0), 2)
        (0.2, 3.14)
    """
    return abs(_arcsine(now) - _arcsine(other))


def consequence(effect: float, requesters: int, pillar: Pillar) -> float:
    """By what findings are ordered: effect times requesters touched times `PILLAR_WEIGHT`.

    Example:
        >>> consequence(0.5, 200, Pillar.QUALITY), consequence(0.5, 200, Pillar.WORKLOAD)
        (100.0, 50.0)
    """
    return effect * requesters * PILLAR_WEIGHT[pillar]


def _arcsine(share: float) -> float:
    return 2 * math.asin(math.sqrt(min(1.0, max(0.0, share))))
