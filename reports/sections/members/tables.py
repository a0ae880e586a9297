"""All members of a dimension on everything that is compared, alphabetically: adjusted, raw, cases, standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluation.member_comparison import ComparedMember, MemberComparison
from evaluation.statistics.funnel import Group
from reports.document import Cell, Column, Table
from reports.evidence import rest_of
from reports.fonts import text_width
from reports.formats import ABSENT, number
from reports.heights import BETWEEN_MM, PAGE_MM, POINT, WHOLE_MM, block_height
from reports.language import Language
from reports.names import dimension_name, member_name, metric_label
from reports.section import MEMBERS_FILE, Material
from reports.sections.members.chosen import MOST_METRICS
from reports.sections.members.words import group_mark, is_typical_time, many, printed, why_lacking

MOST_MEMBERS = 300
"""Rows that are printed; the rest is in the table behind the page."""
_NAME_MM = (14.0, 40.0)
"""Least and greatest width of the names."""
_SURELY = 12
"""So many rows fit on any page."""


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
    names = [member_name(dimension, member, language) for member in kept]
    by_member = [{row.member: row for row in one.rows} for one in shown]
    rows = [
        (
            Cell(text=name),
            *(_cell(found.get(member), one, language) for found, one in zip(by_member, shown, strict=True)),
        )
        for name, member in zip(names, kept, strict=True)
    ]
    title = language.gettext("{members} in alphabetical order", members=many(dimension, language))
    first = Table(
        title=title,
        sub=_sub(language),
        columns=_columns(dimension, names, shown, language),
        rows=(),
        after=_after(shown, len(comparisons) - len(shown), len(every) - len(kept), language),
    )
    chunks = _by_page(first, rows)
    continued = language.gettext("{title}, continued", title=title)
    return [
        replace(
            first,
            title=title if index == 0 else continued,
            sub=first.sub if index == 0 else "",
            rows=chunk,
            after=first.after if index == len(chunks) - 1 else "",
        )
        for index, chunk in enumerate(chunks)
    ]


def _columns(
    dimension: str, names: Sequence[str], shown: Sequence[MemberComparison], language: Language
) -> tuple[Column, ...]:
    """The names as wide as they are, within reason; the figures share the rest."""
    widest = max((text_width(name, 8.2) * POINT for name in names), default=0.0)
    low, high = _NAME_MM
    own = min(high, max(low, widest + 3.0))
    width = (WHOLE_MM - own) / len(shown)
    figures = (Column(metric_label(one.metric, language), width) for one in shown)
    return Column(dimension_name(dimension, language), own), *figures


def _by_page(table: Table, rows: Sequence[tuple[Cell, ...]]) -> list[tuple[tuple[Cell, ...], ...]]:
    """The rows of each page: as many as stand on it with heading and foot, at least one."""
    chunks: list[tuple[tuple[Cell, ...], ...]] = [()]
    for row in rows:
        longer = (*chunks[-1], row)
        if len(longer) > _SURELY and block_height(replace(table, rows=longer)) > PAGE_MM - BETWEEN_MM:
            chunks.append((row,))
        else:
            chunks[-1] = longer
    return chunks


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
    raw = language.gettext("raw {value}, n {n}", value=printed(row.value, unit, language), n=number(row.n, language))
    if row.group is Group.TOO_LITTLE_DATA or row.adjusted is None:
        return Cell(text=ABSENT, small=f"{why_lacking(row, language)}, n {number(row.n, language)}")
    mark = group_mark(row, language) if row.is_clear else None
    return Cell(text=printed(row.adjusted, unit, language), small=raw, mark=mark)


def _sub(language: Language) -> str:
    return language.gettext(
        "first line: adjusted, as on everybody's mix of topics, channels and priorities; without a sign: as expected"
    )


def _after(shown: Sequence[MemberComparison], figures: int, members: int, language: Language) -> str:
    """What the values are, and how many figures and members the attached table has beside these."""
    parts = []
    if any(is_typical_time(one) for one in shown):
        parts.append(language.gettext("Durations are geometric means, the typical time."))
    if figures > 0:
        told = language.ngettext(
            "{n} more figure is compared in {file}.",
            "{n} more figures are compared in {file}.",
            figures,
            file=MEMBERS_FILE,
        )
        parts.append(told)
    parts.append(rest_of(0, members, (MEMBERS_FILE,), language))
    return " ".join(part for part in parts if part)
