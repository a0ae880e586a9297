"""The funnel of one comparison, and all its members with their intervals."""

from __future__ import annotations

import math

from evaluation.member_comparison import ComparedMember, FunnelLimits, MemberComparison
from reports.axis import domain
from reports.chart import Shape
from reports.charts.funnel import Limit, Place, funnel
from reports.charts.interval_dots import Interval, interval_dots
from reports.document import Notes, Picture
from reports.formats import number
from reports.heights import notes_height, words_height
from reports.language import Language
from reports.names import inside, member_name, metric_label
from reports.pictures import Axis, axis_for, axis_name, printer
from reports.sections.members.words import GROUPS, group_shape, is_typical_time, many, printed

HEIGHTS_MM = (76.0, 104.0)
"""Least and greatest height of the funnel."""
MOST_DOTS = 48
"""Members in the two columns of intervals; more would take a page, and the table has them all."""


def funnel_picture(comparison: MemberComparison, notes: Notes, language: Language) -> Picture:
    """The compared members against how many cases they have; only those beyond the outer limits have names.

    Args:
        comparison: What is drawn.
        notes: Remarks that will stand beside it; the chart is made as high as they are, within reason.
        language: The reader's.
    """
    metric, centre = comparison.metric, comparison.centre or 0.0
    axis = _axis(comparison)
    label = metric_label(metric, language)
    title = language.gettext("{label}, adjusted, and number of cases", label=label)
    sub = _sub(comparison, axis, language)
    low, high = HEIGHTS_MM
    chart = funnel(
        [_place(row, comparison, axis, language) for row in comparison.compared],
        [_limit(limit, axis) for limit in comparison.limits],
        name=f"members-{comparison.dimension}-funnel",
        alt=f"{title}: {_told(comparison, language)}",
        centre=centre / axis.one,
        centre_label=language.gettext("all together {value}", value=printed(centre, metric.unit, language)),
        format=printer(language),
        size_format=lambda value: number(value, language),
        size_label=language.gettext("effective number of cases"),
        bounds=axis.ends,
        height_mm=min(high, max(low, notes_height(notes) - words_height(title, sub, ""))),
    )
    return Picture(title=title, sub=sub, chart=chart)


def _sub(comparison: MemberComparison, axis: Axis, language: Language) -> str:
    parts = [
        axis_name(axis, language),
        language.gettext("shaded: 95% limits of chance and usual spread; dashed: 99.8%"),
    ]
    if is_typical_time(comparison):
        parts.insert(1, language.gettext("geometric mean"))
    return " · ".join(parts)


def _axis(comparison: MemberComparison) -> Axis:
    return axis_for(comparison.metric.unit, [row.adjusted for row in comparison.compared])


def _place(row: ComparedMember, comparison: MemberComparison, axis: Axis, language: Language) -> Place:
    value = row.adjusted or 0.0
    name = member_name(comparison.dimension, row.member, language)
    return Place(
        label=f"{name} {printed(value, comparison.metric.unit, language)}" if row.is_clear else "",
        size=row.effective or 0.0,
        value=value / axis.one,
        shape=group_shape(row) if row.is_clear else None,
    )


def _limit(limit: FunnelLimits, axis: Axis) -> Limit:
    edges = (limit.low95, limit.high95, limit.low998, limit.high998)
    return Limit(limit.size, *(edge / axis.one for edge in edges))


def _told(comparison: MemberComparison, language: Language) -> str:
    """Who differs, in words and figures, and how many do not."""
    unit = comparison.metric.unit
    clear = [
        language.gettext(
            "{name} {group}, {value} where {expected} is expected",
            name=member_name(comparison.dimension, row.member, language),
            group=inside(language.gettext(GROUPS[row.group])),
            value=printed(row.value or 0.0, unit, language),
            expected=printed(row.expected or 0.0, unit, language),
        )
        for row in comparison.clear
    ]
    others = len(comparison.compared) - len(clear)
    within = language.ngettext("{n} within the limits", "{n} within the limits", others)
    return "; ".join([*clear, within])


def interval_pictures(comparison: MemberComparison, language: Language) -> list[Picture]:
    """All compared members with the 95 % intervals of their adjusted values, in two columns; none when too many."""
    rows = sorted(
        comparison.compared, key=lambda row: member_name(comparison.dimension, row.member, language).casefold()
    )
    if len(rows) > MOST_DOTS:
        return []
    axis, middle = _axis(comparison), math.ceil(len(rows) / 2)
    ends = _ends(comparison, axis)
    title = language.gettext("{members} with 95% intervals, adjusted", members=many(comparison.dimension, language))
    sub = language.gettext(
        "{unit}; line: all together; in alphabetical order, not in that of their figures",
        unit=axis_name(axis, language),
    )
    titles = (title, language.gettext("{title}, continued", title=title))
    parts = (rows[:middle], rows[middle:])
    return [
        _intervals(part, comparison, axis, ends, words, sub, index, language)
        for index, (part, words) in enumerate(zip(parts, titles, strict=True), 1)
    ]


def _intervals(
    rows: list[ComparedMember],
    comparison: MemberComparison,
    axis: Axis,
    ends: tuple[float, float],
    title: str,
    sub: str,
    index: int,
    language: Language,
) -> Picture:
    unit, dimension = comparison.metric.unit, comparison.dimension
    chart = interval_dots(
        [_interval(row, comparison, axis, language) for row in rows],
        name=f"members-{dimension}-intervals-{index}",
        alt=f"{title}: "
        + "; ".join(
            f"{member_name(dimension, row.member, language)} {printed(row.adjusted or 0.0, unit, language)}"
            for row in rows
        ),
        format=printer(language),
        reference=None if comparison.centre is None else comparison.centre / axis.one,
        note_head=language.gettext("n"),
        axis=ends,
    )
    return Picture(title=title, sub=sub, chart=chart)


def _interval(row: ComparedMember, comparison: MemberComparison, axis: Axis, language: Language) -> Interval:
    value, low, high = (
        None if edge is None else edge / axis.one for edge in (row.adjusted, row.adjusted_low, row.adjusted_high)
    )
    shape: Shape | None = group_shape(row) if row.is_clear else None
    return Interval(
        label=member_name(comparison.dimension, row.member, language),
        value=value, low=low, high=high, note=number(row.n, language), shape=shape,
    )  # fmt: skip


def _ends(comparison: MemberComparison, axis: Axis) -> tuple[float, float]:
    """The axis of both columns, as long as values and intervals need; shares end at 0 and 100."""
    edges = [edge for row in comparison.compared for edge in (row.adjusted_low, row.adjusted, row.adjusted_high)]
    return domain([edge / axis.one for edge in edges if edge is not None], within=axis.ends)
