"""Agents, teams and branches beside what their own cases lead to expect: every number behind the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.measurement import Absent
from evaluation.member_comparison import ComparedMember, MemberComparison

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "metric_id": "what is compared",
        "dimension": "team | branch | agent",
        "member": "whose row; alphabetical, never a ranking",
        "group": "clearly_above | as_expected | clearly_below | too_little_data, by the 99.8 % limits",
        "is_good": "whether standing clearly above or below is good; empty elsewhere",
        "n": "cases",
        "requesters": "distinct requesters among them; unknown ones count as one each",
        "value": "raw, in the metric's unit; of durations the geometric mean in seconds",
        "expected": "what the others reach on cases of the same topics, channels and priorities",
        "adjusted": "raw, put on everybody's mix of cases",
        "adjusted_low": "lower end of its 95 % interval",
        "adjusted_high": "upper end",
        "low95": "lower 95 % limit of the funnel around what is expected",
        "high95": "upper 95 % limit",
        "low998": "lower 99.8 % limit",
        "high998": "upper 99.8 % limit",
        "z": "distance from what is expected, in standard deviations",
        "p_value": "how improbable so large a distance is by chance, two-sided; before any control of false findings",
        "shared": "share of the cases that are of kinds others handle too; only these are compared",
        "effective": "how many cases the comparison is worth",
        "lack": "few_cases | nobody_alike: why there is too little data; empty elsewhere",
        "centre": "value of all compared members together",
        "dispersion": "φ: mean of the squared z-scores before the spread between members; 1 = chance",
        "between": "τ²: variance between members, on the scale of the comparison",
        "spread_p_value": "how improbable so much spread between all members is by chance alone",
        "minimum_cases": "below it there is too little data about a member",
        "scale": "arcsine (shares) | log (durations) | plain (means)",
        "undefined_because": "why nobody is compared; empty when they are",
    }
)
_OF_MEMBER = tuple(name for name in COLUMNS if name in ComparedMember.__slots__)
_OF_COMPARISON = (
    "dimension", "centre", "dispersion", "between", "spread_p_value", "minimum_cases", "scale", "undefined_because",
)  # fmt: skip


def member_comparison(ground: Ground) -> Breakdown:
    """The breakdown of all comparisons of the reported period; it belongs to the first metric that is compared."""
    comparisons = ground.comparisons
    rows = [_row(comparison, row) for comparison in comparisons for row in comparison.rows]
    return Breakdown(
        id="member_comparison",
        metric_id=comparisons[0].metric.id if comparisons else "sla_attainment",
        frame=pd.DataFrame(rows, columns=list(COLUMNS)),
        columns=COLUMNS,
        reason=None if rows else Absent.NO_CASES.value,
    )


def _row(comparison: MemberComparison, row: ComparedMember) -> dict[str, object]:
    shared = {name: _plain(getattr(comparison, name)) for name in _OF_COMPARISON}
    own = {name: _plain(getattr(row, name)) for name in _OF_MEMBER}
    return {"metric_id": comparison.metric.id, **shared, **own}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
