"""All members of a dimension on everything that is compared, alphabetically: adjusted, raw, cases, standing."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.member_comparison import ComparedMember, MemberComparison
from evaluation.statistics.funnel import Group
from reports.document import Cell, Column, Table
from reports.evidence import rest_of
from reports.formats import ABSENT, number
from reports.language import Language
from reports.names import dimension_name, inside, member_name, metric_label
from reports.section import MEMBERS_FILE, Material
from reports.sections.members.chosen import MOST_METRICS
from reports.sections.members.words import GROUPS, group_mark, is_typical_time, many, printed

MOST_MEMBERS = 300
"""Rows that are printed; the rest is in the table behind the page."""
ROWS_OF_A_PAGE = 25
_NAME_MM, _WHOLE_MM = 26.0, 174.0


def standing_tables(material: Material, comparisons: Sequence[MemberComparison]) -> list[Table]:
    """The members of one dimension, in as many tables as pages need; none without comparisons.

    Args:
        material: The evidence.
        comparisons: What its members are compared on, the leading comparison first.
    """
    language = material.language
    shown = list(comparisons)[:MOST_METRICS]
    if not shown:
        return []
    dimension = shown[0].dimension
    every = sorted(
        {row.member for one in shown for row in one.rows},
        key=lambda member: member_name(dimension, member, language).casefold(),
    )
    kept = _most(every, shown)
    width = (_WHOLE_MM - _NAME_MM) / len(shown)
    columns = (
        Column(dimension_name(dimension, language), _NAME_MM),
        *(Column(metric_label(one.metric, language), width) for one in shown),
    )
    by_member = [{row.member: row for row in one.rows} for one in shown]
    rows = [
        (
            Cell(text=member_name(dimension, member, language)),
            *(_cell(found.get(member), one, language) for found, one in zip(by_member, shown, strict=True)),
        )
        for member in kept
    ]
    title = language.gettext("{members} in alphabetical order", members=many(dimension, language))
    after = _after(shown, len(comparisons) - len(shown), language)
    rest = rest_of(len(kept), len(every), (MEMBERS_FILE,), language)
    chunks = [rows[start : start + ROWS_OF_A_PAGE] for start in range(0, len(rows), ROWS_OF_A_PAGE)]
    return [
        Table(
            title=title if index == 0 else language.gettext("{title}, continued", title=title),
            sub=_sub(language) if index == 0 else "",
            columns=columns,
            rows=tuple(chunk),
            after=" ".join(part for part in (after, rest) if part) if index == len(chunks) - 1 else "",
        )
        for index, chunk in enumerate(chunks)
    ]


def _most(every: Sequence[str], shown: Sequence[MemberComparison]) -> list[str]:
    """The members that are printed: those with most cases, in the order they came in."""
    cases = dict.fromkeys(every, 0)
    for one in shown:
        for row in one.rows:
            cases[row.member] = max(cases[row.member], row.n)
    kept = set(sorted(every, key=lambda member: (-cases[member], member))[:MOST_MEMBERS])
    return [member for member in every if member in kept]


def _cell(row: ComparedMember | None, comparison: MemberComparison, language: Language) -> Cell:
    """Adjusted, with the raw value and the number of cases under it; a sign where the member clearly differs."""
    if row is None or row.value is None:
        return Cell(text=ABSENT)
    unit = comparison.metric.unit
    raw = language.gettext("raw {value}, n = {n}", value=printed(row.value, unit, language), n=number(row.n, language))
    if row.group is Group.TOO_LITTLE_DATA or row.adjusted is None:
        word = inside(language.gettext(GROUPS[Group.TOO_LITTLE_DATA]))
        return Cell(text=ABSENT, small=f"{word}, n = {number(row.n, language)}")
    mark = group_mark(row, language) if row.is_clear else None
    return Cell(text=printed(row.adjusted, unit, language), small=raw, mark=mark)


def _sub(language: Language) -> str:
    return language.gettext(
        "first line: adjusted, as on everybody's mix of topics, channels and priorities; without a sign: as expected"
    )


def _after(shown: Sequence[MemberComparison], more: int, language: Language) -> str:
    parts = []
    if any(is_typical_time(one) for one in shown):
        parts.append(language.gettext("Durations are geometric means, the typical time."))
    if more > 0:
        told = language.ngettext(
            "{n} more figure is compared in {file}.",
            "{n} more figures are compared in {file}.",
            more,
            file=MEMBERS_FILE,
        )
        parts.append(told)
    return " ".join(parts)
