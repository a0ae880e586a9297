"""Which comparisons the page shows, and which of them leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evaluation.assessment import Assessment
from evaluation.member_comparison import ComparedMember, MemberComparison
from evaluation.statistics.funnel import Scale
from reports.section import AGENTS_LEFT_OUT

DIMENSIONS = ("agent", "team", "branch")
"""In the order of the page; titles speak of the first in which anybody is compared."""
LEADING = ("csat", "sla_attainment")
MOST_METRICS = 5
"""Columns of a table; the others are in the table behind the page."""


def of_dimensions(assessment: Assessment, options: Mapping[str, str | None]) -> dict[str, list[MemberComparison]]:
    """The comparisons by dimension, agents only when the report may name them."""
    found: dict[str, list[MemberComparison]] = {dimension: [] for dimension in DIMENSIONS}
    for comparison in assessment.comparisons:
        found[comparison.dimension].append(comparison)
    if options.get("agents") == AGENTS_LEFT_OUT:
        found["agent"] = []
    return found


def defined(comparisons: Iterable[MemberComparison]) -> list[MemberComparison]:
    """Those in which somebody is compared, the leading one first, those with clear differences before the others."""
    known = [one for one in comparisons if one.undefined_because is None]
    first = leading(known)
    return sorted(known, key=lambda one: (one is not first, not one.clear))


def leading(comparisons: Iterable[MemberComparison]) -> MemberComparison | None:
    """The comparison that is drawn: satisfaction, then promises kept, then any share, then any."""
    known = [one for one in comparisons if one.undefined_because is None]
    by_id = {one.metric.id: one for one in known}
    wanted = [by_id[metric_id] for metric_id in LEADING if metric_id in by_id]
    shares = [one for one in known if one.scale is Scale.ARCSINE]
    return next(iter([*wanted, *shares, *known]), None)


def compared_members(comparisons: Iterable[MemberComparison]) -> set[str]:
    """Everybody who is compared on anything."""
    return {row.member for one in comparisons for row in one.compared}


def clear_members(comparisons: Iterable[MemberComparison]) -> set[str]:
    """Everybody who clearly differs in anything."""
    return {row.member for one in comparisons for row in one.clear}


def clear_rows(comparisons: Iterable[MemberComparison]) -> list[tuple[MemberComparison, ComparedMember]]:
    """Every clear difference with its comparison, by member in alphabetical order."""
    found = [(one, row) for one in comparisons for row in one.clear]
    return sorted(found, key=lambda pair: pair[1].member)
