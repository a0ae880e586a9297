"""Where a member stands, in words: a shape and a word before any colour."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.member_comparison import ComparedMember, Lack, MemberComparison
from evaluation.metric import Unit
from evaluation.statistics.funnel import FEWEST_MEMBERS, Group, Scale
from reports.chart import Shape
from reports.document import Mark
from reports.formats import amount
from reports.language import N_, Language, pN_
from reports.names import inside

GROUPS = {
    Group.CLEARLY_ABOVE: N_("Clearly above"),
    Group.AS_EXPECTED: N_("As expected"),
    Group.CLEARLY_BELOW: N_("Clearly below"),
    Group.TOO_LITTLE_DATA: N_("Too little data"),
}
MANY = {
    "team": pN_("several", "Teams"),
    "branch": pN_("several", "Branches"),
    "agent": pN_("several", "Agents"),
}


def group_mark(row: ComparedMember, language: Language) -> Mark:
    """Where a member stands: its shape says whether that is good, its word on which side."""
    return Mark(group_shape(row), language.gettext(GROUPS[row.group]))


def group_shape(row: ComparedMember) -> Shape:
    """The shape of a member's standing."""
    if row.group is Group.TOO_LITTLE_DATA:
        return Shape.NO_DATA
    if not row.is_clear:
        return Shape.IN_PROGRESS
    return {True: Shape.MET, False: Shape.MISSED, None: Shape.AT_RISK}[row.is_good]


def many(dimension: str, language: Language) -> str:
    """The members of a dimension: Teams, Branches, Agents."""
    return language.pgettext("several", MANY[dimension])


def printed(value: float, unit: Unit, language: Language) -> str:
    """A value in its metric's unit."""
    return amount(value, unit, language).text


def why_lacking(row: ComparedMember, language: Language) -> str:
    """Why a member is not compared: it has few cases, or, however many it has, hardly anybody else has such ones."""
    if row.lack is Lack.NOBODY_ALIKE:
        return language.gettext("hardly anybody else has such cases")
    return inside(language.gettext(GROUPS[Group.TOO_LITTLE_DATA]))


def is_typical_time(comparison: MemberComparison) -> bool:
    """Whether its values are geometric means of durations."""
    return comparison.scale is Scale.LOG


def why_not_compared(comparisons: Sequence[MemberComparison], language: Language) -> str:
    """Why nobody of a dimension is compared on anything; empty when somebody is, or when there is nobody."""
    if not comparisons or any(one.undefined_because is None for one in comparisons):
        return ""
    most = max(sum(row.lack is not Lack.FEW_CASES for row in one.rows) for one in comparisons)
    if most < FEWEST_MEMBERS:
        return language.gettext("fewer than five have enough cases to say what is usual.")
    return language.gettext("hardly any of them handles the same kinds of cases as another.")
