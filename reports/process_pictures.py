"""A figure by month against its own variation: a control chart, when the figure has no target to be held against."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from evaluation.metric import Unit
from evaluation.statistics.process_chart import is_moving, process_limits
from reports.charts.xmr import Phase, xmr
from reports.document import Notes, Picture
from reports.evidence import is_small, monthly, months, target_of
from reports.formats import amount, month_short
from reports.language import Language
from reports.names import figure_label
from reports.pictures import axis_for, axis_words, height_beside, months_picture, printer, series_alt


def course_picture(
    assessment: Assessment, metric_id: str, name: str, language: Language, *, notes: Notes | None = None
) -> Picture | None:
    """A metric by month: against its target, or without one as a control chart; None with too few months.

    A series that moves has no limits that say anything about what comes next, so it is drawn as a plain line.
    """
    series = monthly(assessment, metric_id) if metric_id in assessment.catalogue else ()
    values = [row.value if row else None for row in series]
    known = [value for value in values if value is not None]
    limits = process_limits(known)
    if limits is None or is_moving(known) or target_of(assessment, metric_id) or not _are_steady(series):
        return months_picture(assessment, metric_id, name, language, notes=notes)
    metric = assessment.catalogue[metric_id]
    shown = months(assessment)[-len(series) :]
    low, high = _possible(limits.low, limits.high, metric.unit)
    axis = axis_for(metric.unit, [*values, low, high])
    outside = {index: "" for index, value in enumerate(values) if value is not None and not low <= value <= high}
    words = {
        "title": language.gettext("{label} by month", label=figure_label(metric, {}, metric.statistic, language)),
        "sub": axis_words(axis, [*values, low, high], language),
        "after": _how_to_read(bool(outside), language),
    }
    printed = {
        edge: amount(value, metric.unit, language).text
        for edge, value in (("low", low), ("mean", limits.mean), ("high", high))
    }
    chart = xmr(
        [None if value is None else value / axis.one for value in values],
        name=name,
        alt=_alt(
            series_alt(metric, [(month.id, value) for month, value in zip(shown, values, strict=True)], None, language),
            printed,
            len(outside),
            language,
        ),
        labels=[month_short(month.id, language) for month in shown],
        format=printer(language),
        phases=[Phase(0, len(values), limits.mean / axis.one, low / axis.one, high / axis.one)],
        special=outside,
        upper_label=language.gettext("upper {value}", value=printed["high"]) if high == limits.high else "",
        centre_label=language.gettext("mean {value}", value=printed["mean"]),
        lower_label=language.gettext("lower {value}", value=printed["low"]) if low == limits.low else "",
        height_mm=height_beside(notes, words),
    )
    return Picture(**words, chart=chart)


def _are_steady(series: Sequence[Measurement | None]) -> bool:
    """Whether no month is missing and each rests on enough cases: else the ups and downs are those of the samples."""
    return all(row is not None and row.value is not None and not is_small(row) for row in series)


def _possible(low: float, high: float, unit: Unit) -> tuple[float, float]:
    """Limits cut to what the unit can be: no share above one, nothing but a balance of answers below zero."""
    floor = float("-inf") if unit is Unit.NPS_POINTS else 0.0
    return max(low, floor), min(high, 1.0) if unit is Unit.SHARE else high


def _how_to_read(has_outside: bool, language: Language) -> str:
    band = language.gettext(
        "Band: how far the months vary without a special cause; a single month inside it is chance."
    )
    if not has_outside:
        return band
    return f"{band} {language.gettext('A diamond lies outside: look for its cause.')}"


def _alt(course: str, printed: dict[str, str], outside: int, language: Language) -> str:
    limits = language.gettext("Mean {mean}, natural limits {low} and {high}.", **printed)
    beyond = language.ngettext("{n} month lies outside.", "{n} months lie outside.", outside)
    return f"{course} {limits} {beyond}"
