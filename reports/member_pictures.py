"""Pictures of the members of a dimension beside each other, and of what flows in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from evaluation.metric import Metric
from reports.axis import domain
from reports.charts.flow_columns import Names, flow_columns
from reports.charts.interval_dots import Interval, interval_dots
from reports.document import Picture
from reports.evidence import by_name, has_value, is_small, measured, members, monthly, months
from reports.formats import amount, month_short, number
from reports.language import Language
from reports.names import by_dimension, member_name, metric_label
from reports.pictures import Axis, axis_for, axis_name, series_alt

FEWEST_MEMBERS = 3
MOST_MEMBERS = 24
"""Rows of a picture; the table and the attached file have all."""


def members_picture(
    assessment: Assessment,
    metric_id: str,
    dimension: str,
    name: str,
    language: Language,
    *,
    beside: Sequence[str] = (),
) -> Picture | None:
    """The members with their intervals, alphabetically, and the whole service as a line.

    None with fewer than three, or with a small sample among them: a table can say so, a dot cannot. Nobody stands out
    by colour: with 95 % intervals one of twenty would by chance alone.

    Args:
        assessment: The evidence.
        metric_id: The metric.
        dimension: Whose members are drawn.
        name: Name of the chart.
        language: The reader's.
        beside: Dimensions that are drawn beside this one, on the same scale.
    """
    metric, rows = assessment.catalogue.get(metric_id), _drawable(assessment, metric_id, dimension)
    if metric is None or not rows:
        return None
    whole = measured(assessment, metric_id)
    everybody = [*rows, *(row for other in beside for row in _drawable(assessment, metric_id, other))]
    axis = axis_for(metric.unit, [row.value for row in everybody])
    reference = None if whole is None or whole.value is None else whole.value / axis.one
    title = language.gettext(
        "{metric} by {dimension}", metric=metric_label(metric, language), dimension=by_dimension(dimension, language)
    )
    ordered = by_name(rows, dimension, language)
    chart = interval_dots(
        [_interval(row, dimension, axis, metric, language) for row in ordered],
        name=name,
        alt=f"{title}: {'; '.join(_in_words(row, dimension, metric, language) for row in ordered)}",
        format=_printer(language),
        reference=reference,
        reference_label=_printed(whole.value, metric, language) if whole else "",
        note_head=language.gettext("n"),
        axis=_bounds(everybody, axis, reference),
    )
    return Picture(title=title, sub=f"{axis_name(axis, language)} · {language.gettext('95% interval')}", chart=chart)


def _drawable(assessment: Assessment, metric_id: str, dimension: str) -> tuple[Measurement, ...]:
    """The members with the most cases, when there are enough of them and each rests on enough cases; else none."""
    rows = [row for row in members(assessment, metric_id, dimension) if has_value(row)]
    if len(rows) < FEWEST_MEMBERS or any(is_small(row) for row in rows):
        return ()
    return tuple(sorted(rows, key=lambda row: (-row.n, row.member))[:MOST_MEMBERS])


def flow_picture(assessment: Assessment, language: Language) -> Picture | None:
    """Tickets created and solved by month, and what stayed open; None with fewer than two months."""
    ids = ("tickets_created", "tickets_solved", "backlog")
    metrics = [assessment.catalogue.get(metric_id) for metric_id in ids]
    if any(metric is None for metric in metrics[:2]):
        return None
    count = max(len(monthly(assessment, metric_id)) for metric_id in ids[:2])
    if count < 2:
        return None
    shown = months(assessment)[-count:]
    series = [
        [_value(measured(assessment, metric_id, period_id=month.id)) for month in shown] if metric else []
        for metric_id, metric in zip(ids, metrics, strict=True)
    ]
    labels = [metric_label(metric, language) if metric else "" for metric in metrics]
    alts = [
        series_alt(metric, [(month.id, value) for month, value in zip(shown, values, strict=True)], None, language)
        for metric, values in zip(metrics, series, strict=True)
        if metric and values
    ]
    last = next((value for value in reversed(series[2]) if value is not None), None)
    chart = flow_columns(
        series[0],
        series[1],
        series[2],
        name="flow",
        alt=" ".join(alts),
        labels=[month_short(month.id, language) for month in shown],
        names=Names(labels[0], labels[1], labels[2]),
        format=lambda value: number(value, language),
        backlog_label="" if last is None else number(last, language),
        height_mm=46.0,
    )
    unit = axis_name(Axis(1.0, "count", True), language)
    return Picture(
        title=" · ".join(label for label in labels if label),
        sub=language.gettext("{unit}; the axis starts at zero", unit=unit),
        chart=chart,
    )


def _interval(row: Measurement, dimension: str, axis: Axis, metric: Metric, language: Language) -> Interval:
    return Interval(
        label=member_name(dimension, row.member, language),
        value=None if row.value is None else row.value / axis.one,
        low=None if row.low is None else row.low / axis.one,
        high=None if row.high is None else row.high / axis.one,
        note=f"{_printed(row.value, metric, language)} · {number(row.n, language)}",
    )


def _in_words(row: Measurement, dimension: str, metric: Metric, language: Language) -> str:
    return f"{member_name(dimension, row.member, language)} {_printed(row.value, metric, language)}"


def _printed(value: float | None, metric: Metric, language: Language) -> str:
    return "" if value is None else amount(value, metric.unit, language).text


def _bounds(rows: Sequence[Measurement], axis: Axis, reference: float | None) -> tuple[float, float]:
    """The axis: all values and intervals, except that no interval makes it more than twice as long as the values do."""
    values = [*(None if row.value is None else row.value / axis.one for row in rows), reference]
    ends = [end / axis.one for row in rows for end in (row.low, row.high) if end is not None]
    low, high = domain([*values, *ends], within=axis.ends)
    inner_low, inner_high = domain(values, within=axis.ends)
    room = inner_high - inner_low
    return max(low, inner_low - room / 2), min(high, inner_high + room / 2)


def _value(row: Measurement | None) -> float | None:
    return row.value if row else None


def _printer(language: Language) -> Callable[[float], str]:
    def printed(value: float) -> str:
        digits = next((digits for digits in range(3) if abs(round(value, digits) - value) < 1e-9), 2)
        return number(value, language, digits)

    return printed
