"""One figure by month for each member of a dimension, on one scale: who moved, and whom the whole hides."""

from __future__ import annotations

from evaluation.assessment import Assessment, Target
from evaluation.measurement import UNASSIGNED, Measurement
from evaluation.metric import Kind, Metric
from reports.chart import Shape
from reports.charts.small_multiples import Multiple, small_multiples
from reports.document import Picture
from reports.evidence import by_name, is_small, measured, members, months, target_of
from reports.formats import amount, month_short, number, target
from reports.language import Language
from reports.names import by_dimension, member_name, metric_label
from reports.pictures import Axis, axis_for, axis_name, one_bound, printer

FEWEST_MEMBERS, MOST_MEMBERS = 3, 7
FEWEST_MONTHS = 6
"""A shorter line shows no course."""
_COUNTED = (Kind.COUNT, Kind.STOCK)


def multiples_picture(
    assessment: Assessment, metric_id: str, dimension: str, name: str, language: Language
) -> Picture | None:
    """Small charts of the members with most cases, alphabetically; None with fewer than three that can be drawn.

    A month with fewer cases than the metric asks for is a gap: its ups and downs would be chance.
    """
    metric = assessment.catalogue.get(metric_id)
    if metric is None:
        return None
    courses = {
        row.member: _course(assessment, metric, dimension, row.member)
        for row in _members(assessment, metric, dimension)
    }
    drawable = [row for row in _members(assessment, metric, dimension) if _is_course(courses[row.member])]
    kept = sorted(drawable, key=lambda row: (-row.n, row.member))[:MOST_MEMBERS]
    if len(kept) < FEWEST_MEMBERS:
        return None
    rows = by_name(tuple(kept), dimension, language)
    shown = months(assessment)
    first = min(_first(courses[row.member]) for row in rows)
    courses, shown = {row.member: courses[row.member][first:] for row in rows}, shown[first:]
    bounds = target_of(assessment, metric_id)
    goal = one_bound(bounds)
    axis = axis_for(metric.unit, [goal, *(value for row in rows for value in courses[row.member])])
    title = language.gettext(
        "{metric} by {dimension}, month by month",
        metric=metric_label(metric, language),
        dimension=by_dimension(dimension, language),
    )
    chart = small_multiples(
        [_panel(row, courses[row.member], dimension, metric, axis, bounds, language) for row in rows],
        name=name,
        alt=f"{title}: {'; '.join(_in_words(row, dimension, metric, language) for row in rows)}",
        format=printer(language),
        target=None if goal is None else goal / axis.one,
        first_label=month_short(shown[0].id, language),
        last_label=month_short(shown[-1].id, language),
        columns=len(rows),
        from_zero=axis.from_zero,
        ceiling=axis.ends[1] if axis.ends else None,
    )
    return Picture(
        title=title,
        sub=_sub(metric, axis, bounds, language),
        chart=chart,
        after=_left_out(assessment, metric, dimension, len(rows), language),
    )


def _members(assessment: Assessment, metric: Metric, dimension: str) -> list[Measurement]:
    rows = members(assessment, metric.id, dimension)
    return [row for row in rows if row.value is not None and row.member != UNASSIGNED]


def _course(assessment: Assessment, metric: Metric, dimension: str, member: str) -> list[float | None]:
    found = [
        measured(assessment, metric.id, period_id=month.id, dimension=dimension, member=member)
        for month in months(assessment)
    ]
    least = 0 if metric.kind in _COUNTED else metric.minimum_sample
    return [row.value if row is not None and row.n >= least else None for row in found]


def _is_course(values: list[float | None]) -> bool:
    return sum(value is not None for value in values) >= FEWEST_MONTHS


def _first(values: list[float | None]) -> int:
    return next(index for index, value in enumerate(values) if value is not None)


def _panel(
    row: Measurement,
    values: list[float | None],
    dimension: str,
    metric: Metric,
    axis: Axis,
    bounds: Target | None,
    language: Language,
) -> Multiple:
    value = row.value or 0.0
    figure = amount(value, metric.unit, language).text
    is_missed = bounds is not None and not bounds.is_met_by(value) and not is_small(row)
    return Multiple(
        title=member_name(dimension, row.member, language),
        figure=figure if metric.kind in _COUNTED else f"{figure} · {number(row.n, language)}",
        values=[None if point is None else point / axis.one for point in values],
        shape=Shape.MISSED if is_missed else None,
    )


def _sub(metric: Metric, axis: Axis, bounds: Target | None, language: Language) -> str:
    parts = [axis_name(axis, language)]
    if metric.kind not in _COUNTED:
        parts.append(language.gettext("figure and number of cases of the period"))
    if bounds is not None:
        parts.append(language.gettext("dashed: target {target}", target=target(bounds, metric.unit, language)))
    parts.append(language.gettext("grey: the others"))
    return "; ".join(parts)


def _left_out(assessment: Assessment, metric: Metric, dimension: str, shown: int, language: Language) -> str:
    left = len(_members(assessment, metric, dimension)) - shown
    if left <= 0:
        return ""
    return language.ngettext("{n} with fewer cases is not drawn.", "{n} with fewer cases are not drawn.", left)


def _in_words(row: Measurement, dimension: str, metric: Metric, language: Language) -> str:
    return f"{member_name(dimension, row.member, language)} {amount(row.value or 0.0, metric.unit, language).text}"
