"""Charts of an assessment: series and shares turned into drawings, each with an alt text that states what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.assessment import Assessment, Figure, GoalAssessment, Target
from evaluation.measurement import Measurement
from evaluation.metric import Better, Metric, Unit
from reports.axis import domain
from reports.chart import Chart
from reports.charts.goal_track import goal_track
from reports.charts.line_with_target import Panel, line_with_target
from reports.charts.ribbon import ribbon
from reports.charts.sparkline import sparkline
from reports.charts.stacked_share import Heads, Share, stacked_share
from reports.document import Notes, Picture
from reports.evidence import by_name, has_value, is_small, members, monthly, months, target_of
from reports.formats import amount, in_period, month_short, number, period_short, share, target
from reports.heights import notes_height, words_height
from reports.language import Language, pN_
from reports.names import NEVER_RANKED, by_dimension, figure_label, member_name, metric_label
from reports.wording import STATUS

MOST_BARS = 24
CHART_HEIGHTS_MM = (42.0, 64.0)
"""Least and greatest height of the main chart of a page."""
_LEAST_BARS = 3
_HOUR, _MINUTE = 3600.0, 60.0
_AXES = {
    "percent": pN_("axis", "%"),
    "hours": pN_("axis", "hours"),
    "minutes": pN_("axis", "minutes"),
    "seconds": pN_("axis", "seconds"),
    "points": pN_("axis", "points"),
    "count": pN_("axis", "number"),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """How values are drawn: the number that one unit of the axis stands for, the unit's name, and where it must end."""

    one: float
    name: str
    from_zero: bool
    ends: tuple[float, float] | None = None


def axis_for(unit: Unit, values: Sequence[float | None]) -> Axis:
    """Percent for shares; hours, minutes or seconds for durations, whichever gives readable numbers."""
    if unit is Unit.SHARE:
        return Axis(0.01, "percent", False, (0.0, 100.0))
    if unit is Unit.SECONDS:
        largest = max((abs(value) for value in values if value is not None), default=0.0)
        if largest >= 2 * _HOUR:
            return Axis(_HOUR, "hours", False)
        return Axis(_MINUTE, "minutes", False) if largest >= 2 * _MINUTE else Axis(1.0, "seconds", False)
    return Axis(1.0, "count" if unit in (Unit.COUNT, Unit.RATIO) else "points", unit is Unit.COUNT)


def axis_name(axis: Axis, language: Language) -> str:
    """Unit of an axis in words."""
    return language.pgettext("axis", _AXES[axis.name])


def months_picture(
    assessment: Assessment,
    metric_id: str,
    name: str,
    language: Language,
    *,
    notes: Notes | None = None,
    after: str = "",
    promised: Target | None = None,
) -> Picture | None:
    """A metric by month with its target; None with fewer than two months to draw.

    Args:
        assessment: The evidence.
        metric_id: The metric.
        name: Name of the chart.
        language: The reader's.
        notes: Remarks that will stand beside it; the chart is made as high as they are, within reason.
        after: How to read it; stands under the chart.
        promised: What is promised all the time; the target where no goal and no figure sets one.
    """
    metric = assessment.catalogue.get(metric_id)
    series = monthly(assessment, metric_id) if metric else ()
    if metric is None or sum(has_value(row) for row in series) < 2:
        return None
    shown = months(assessment)[-len(series) :]
    values = [row.value if row else None for row in series]
    bounds = target_of(assessment, metric_id) or promised
    goal = one_bound(bounds)
    axis = axis_for(metric.unit, [*values, goal])
    label = figure_label(metric, {}, metric.statistic, language)
    picture = {
        "title": language.gettext("{label} by month", label=label),
        "sub": axis_words(axis, [*values, goal], language),
        "after": after,
    }
    chart = line_with_target(
        [_on(axis, value) for value in values],
        name=name,
        labels=[month_short(month.id, language) for month in shown],
        alt=series_alt(
            metric, [(month.id, value) for month, value in zip(shown, values, strict=True)], bounds, language
        ),
        format=printer(language),
        target=_on(axis, goal),
        from_zero=axis.from_zero,
        bounds=axis.ends,
        target_label=language.gettext("target {target}", target=target(bounds, metric.unit, language))
        if bounds and goal is not None
        else "",
        last_label=amount(values[-1], metric.unit, language).text if values[-1] is not None else "",
        panel=_panel(assessment, [month.id for month in shown], language),
        height_mm=height_beside(notes, picture),
    )
    return Picture(**picture, chart=chart)


def height_beside(notes: Notes | None, words: Mapping[str, str]) -> float:
    """Height of a chart whose figure ends where the remarks beside it end."""
    low, high = CHART_HEIGHTS_MM
    if notes is None:
        return low
    return min(high, max(low, notes_height(notes) - words_height(words["title"], words["sub"], words["after"])))


def series_alt(
    metric: Metric, series: Sequence[tuple[str, float | None]], bounds: Target | None, language: Language
) -> str:
    """What a line shows, in a sentence: where it starts and ends, its extremes, and the target."""
    known = [(month, value) for month, value in series if value is not None]
    if not known:
        return language.gettext("{label}: no values", label=metric_label(metric, language))
    (first, start), (last, end) = known[0], known[-1]

    def printed(value: float) -> str:
        return amount(value, metric.unit, language).text

    text = language.gettext(
        "{label}: {start} {when_first}, {end} {when_last}; lowest {low}, highest {high}.",
        label=metric_label(metric, language),
        start=printed(start),
        end=printed(end),
        when_first=in_period(first, language),
        when_last=in_period(last, language),
        low=printed(min(value for _, value in known)),
        high=printed(max(value for _, value in known)),
    )
    if bounds is None:
        return text
    return f"{text} {language.gettext('Target {target}.', target=target(bounds, metric.unit, language))}"


def sparkline_of(
    figure: Figure, name: str, language: Language, *, target: Target | None = None, width_mm: float = 20.0
) -> Chart | None:
    """The months of a figure as a small line; None with fewer than two values."""
    values = [point.value for point in figure.series]
    if sum(value is not None for value in values) < 2:
        return None
    bounds = target or figure.target
    alt = series_alt(figure.metric, [(point.period_id, point.value) for point in figure.series], bounds, language)
    shape = STATUS[figure.status][0] if figure.status else None
    return sparkline(values, name=name, alt=alt, target=one_bound(bounds), shape=shape, width_mm=width_mm)


def goal_picture(goal: GoalAssessment, name: str, language: Language) -> Chart | None:
    """Where a goal started, is and should be; None without a target or a value."""
    if goal.target is None or goal.figure.value is None:
        return None
    unit = goal.figure.metric.unit
    words = {
        "actual": amount(goal.figure.value, unit, language, against=goal.target).text,
        "target": target(goal.target, unit, language),
    }
    if goal.baseline is None:
        alt = language.gettext("Actual {actual}, target {target}.", **words)
    else:
        alt = language.gettext(
            "Start {start}, actual {actual}, target {target}.",
            start=amount(goal.baseline, unit, language).text,
            **words,
        )
    return goal_track(
        name=name,
        alt=alt,
        actual=goal.figure.value,
        baseline=goal.baseline,
        at_least=goal.target.at_least,
        at_most=goal.target.at_most,
        target_label=target(goal.target, unit, language),
        shape=STATUS[goal.status][0],
    )


def shares_picture(
    assessment: Assessment, metric_id: str, dimension: str, name: str, language: Language
) -> Picture | None:
    """On time and overdue by the members of a dimension; None with fewer than two members.

    Channels, topics and priorities stand with the lowest share first; teams, branches and agents alphabetically.
    """
    metric = assessment.catalogue.get(metric_id)
    rows = (
        [row for row in members(assessment, metric_id, dimension) if row.value is not None and row.denominator]
        if metric
        else []
    )
    if metric is None or len(rows) < 2:
        return None
    kept = sorted(rows, key=lambda row: (-row.n, row.member))[:MOST_BARS]
    ordered = (
        by_name(tuple(kept), dimension, language)
        if dimension in NEVER_RANKED
        else sorted(kept, key=lambda row: (row.value or 0.0, row.member))
    )
    bounds = target_of(assessment, metric_id)
    tolerance = None if bounds is None or bounds.at_least is None else 1 - bounds.at_least
    bars = [_bar(row, dimension, bounds, language) for row in ordered]
    alt = _shares_alt(ordered, bars, dimension, bounds, language)
    heads = Heads(
        language.pgettext("head of a chart", "on time"),
        language.pgettext("head of a chart", "overdue"),
        language.pgettext("head of a chart", "all"),
    )
    chart = stacked_share(bars, name=name, alt=alt, heads=heads, tolerance=tolerance)
    sub = (
        language.gettext("share of decided targets; tick: target")
        if tolerance is not None
        else language.gettext("share of decided targets")
    )
    left = len(rows) - len(bars)
    after = (
        language.ngettext("{n} with fewer cases is not drawn.", "{n} with fewer cases are not drawn.", left)
        if left
        else ""
    )
    title = language.gettext("On time by {dimension}", dimension=by_dimension(dimension, language))
    return Picture(title=title, sub=sub, chart=chart, after=after)


def _shares_alt(
    rows: Sequence[Measurement], bars: Sequence[Share], dimension: str, bounds: Target | None, language: Language
) -> str:
    """The range of the shares, with names at its ends where members may be ranked, else how many miss the target."""
    low, high = (end(rows, key=lambda row: row.value or 0.0) for end in (min, max))
    words = {
        "dimension": by_dimension(dimension, language),
        "low": share(low.value or 0.0, language),
        "high": share(high.value or 0.0, language),
    }
    if dimension not in NEVER_RANKED:
        return language.gettext(
            "On time by {dimension}: lowest {low_name} with {low}, highest {high_name} with {high}.",
            low_name=member_name(dimension, low.member, language),
            high_name=member_name(dimension, high.member, language),
            **words,
        )
    text = language.gettext("On time by {dimension}, in alphabetical order: between {low} and {high}.", **words)
    if bounds is None:
        return text
    missed = sum(bar.is_flagged for bar in bars)
    below = language.ngettext(
        "{n} of {all} is below the target.",
        "{n} of {all} are below the target.",
        missed,
        all=number(len(bars), language),
    )
    return f"{text} {below}"


def _bar(row: Measurement, dimension: str, bounds: Target | None, language: Language) -> Share:
    kept, decided = row.numerator or 0.0, row.denominator or 0.0
    label = member_name(dimension, row.member, language)
    missed = bounds is not None and not bounds.is_met_by(row.value or 0.0)
    return Share(
        label=f"{label} *" if is_small(row) else label,
        on_time=kept,
        overdue=decided - kept,
        on_time_label=share(row.value or 0.0, language),
        overdue_label=share(1 - (row.value or 0.0), language),
        total_label=number(decided, language),
        is_flagged=missed and not is_small(row),
    )


def _panel(assessment: Assessment, shown: Sequence[str], language: Language) -> Panel | None:
    own = [index for index, month in enumerate(shown) if month in {part.id for part in assessment.period.months()}]
    if not own or len(own) == len(shown):
        return None
    name = period_short(assessment.period.id, language) if len(own) > 1 else ""  # one month has its name on the axis
    return Panel(own[0], own[-1] + 1, name)


def axis_words(axis: Axis, values: Sequence[float | None], language: Language) -> str:
    """Unit of an axis, and whether it starts at zero."""
    unit = axis_name(axis, language)
    low, _ = domain([_on(axis, value) for value in values], zero=axis.from_zero, within=axis.ends)
    if low == 0:
        return language.gettext("{unit}; the axis starts at zero", unit=unit)
    return language.gettext("{unit}; the axis does not start at zero", unit=unit)


def printer(language: Language) -> Callable[[float], str]:
    """A function that prints a number of an axis with no more digits than it has."""
    return lambda value: number(
        value,
        language,
        0 if abs(value - round(value)) < 1e-9 else 1 if abs(value * 10 - round(value * 10)) < 1e-9 else 2,
    )


def _on(axis: Axis, value: float | None) -> float | None:
    return None if value is None else value / axis.one


def one_bound(bounds: Target | None) -> float | None:
    """Where a target is drawn: its lower bound, or its only one."""
    if bounds is None:
        return None
    return bounds.at_least if bounds.at_least is not None else bounds.at_most


def cover_ribbon(assessment: Assessment, language: Language) -> Picture | None:
    """The first main figure by month as the art of the cover; None when no figure has three months to draw."""
    figure = next(
        (f for f in assessment.figures if sum(point.value is not None for point in f.series) >= _LEAST_BARS), None
    )
    if figure is None:
        return None
    goal = one_bound(figure.target)
    series = [(point.period_id, point.value) for point in figure.series]
    chart = ribbon(
        [value for _, value in series],
        name="cover-ribbon",
        alt=series_alt(figure.metric, series, figure.target, language),
        target=goal,
        is_low_good=figure.metric.better is Better.LOWER,
        labels={index: month_short(month, language) for index, (month, _) in enumerate(series)},
    )
    label = figure_label(figure.metric, figure.where, figure.statistic, language)
    words = language.gettext("{label} by month", label=label)
    if figure.target is not None and goal is not None:
        bounds = target(figure.target, figure.metric.unit, language)
        words = language.gettext("{label} by month; bright: target {target} met", label=label, target=bounds)
    return Picture(title=words, sub=language.gettext("bars do not start at zero"), chart=chart)
