"""Outside values beside ours: whose, from where, of which period, and how near their definition is."""

from __future__ import annotations

from datetime import date
from typing import Any

from evaluation.assessment import Assessment
from evaluation.measurement import Absent
from evaluation.metric import Metric, Unit
from reports.document import Cell, Column, Table
from reports.evidence import right
from reports.formats import ABSENT, MINUS, amount, day, difference, number, period
from reports.language import N_, Language
from reports.names import cleaned, figure_label
from reports.wording import ABSENT as ABSENT_WORDS
from reports.wording import said

MOST_OUTSIDERS = 20
MATCHES = {
    "same": N_("the same"),
    "similar": N_("similar"),
    "not_comparable": N_("not comparable"),
}
REASONS = {
    "unknown_metric": N_("the figure is not known here"),
    "unknown_period": N_("their period is not known"),
    "other_period": N_("not of the same period"),
    "not_comparable": N_("not comparable"),
    "match_unknown": N_("definition not known"),
    "no_outside_value": N_("no outside value"),
}


def outside_count(assessment: Assessment) -> int:
    """How many outside values the sources gave."""
    found = assessment.breakdowns.get("benchmark")
    return 0 if found is None or found.reason is not None else len(found.frame)


def outside_metrics(assessment: Assessment) -> tuple[str, ...]:
    """Metrics of ours that stand beside an outside value."""
    if not outside_count(assessment):
        return ()
    named = dict.fromkeys(str(name) for name in assessment.breakdowns["benchmark"].frame["metric_id"])
    return tuple(name for name in named if name in assessment.catalogue)


def outside_table(assessment: Assessment, language: Language) -> Table | None:
    """The outside values in the order of the figures; None when no source gave any."""
    if not outside_count(assessment):
        return None
    rows = assessment.breakdowns["benchmark"].frame.to_dict("records")
    columns = (
        Column(language.gettext("Figure"), 40),
        Column(language.gettext("Whose and from where"), 48),
        right(language.gettext("Theirs"), 21),
        right(language.gettext("Ours"), 21),
        right(language.gettext("Difference"), 22),
        Column(language.gettext("Their definition"), 22),
    )
    left = len(rows) - MOST_OUTSIDERS
    return Table(
        title=language.gettext("Outside values beside ours"),
        sub=language.gettext("ours less theirs, for one period and a definition that is the same or similar"),
        columns=columns,
        rows=tuple(_row(assessment, row, language) for row in rows[:MOST_OUTSIDERS]),
        after=language.ngettext("{n} more is left out.", "{n} more are left out.", left) if left > 0 else "",
    )


def _row(assessment: Assessment, row: dict[str, Any], language: Language) -> tuple[Cell, ...]:
    metric = assessment.catalogue.get(str(row["metric_id"]))
    label = figure_label(metric, {}, metric.statistic, language) if metric else cleaned(str(row["metric_id"]))
    ours_period = _given(row["ours_period"])
    return (
        Cell(text=label),
        Cell(text=cleaned(str(row["who"])), small=_source(row, language)),
        Cell(text=_value(row["value"], metric, language), small=_period(str(row["period"]), language)),
        Cell(
            text=_value(row["ours"], metric, language),
            small=_period(str(ours_period), language) if ours_period and _given(row["ours"]) is not None else "",
        ),
        _difference(row, metric, language),
        Cell(text=_match(row["definition_match"], language)),
    )


def _source(row: dict[str, Any], language: Language) -> str:
    published = _given(row["published_on"])
    named = [cleaned(str(row["source"]))] if _given(row["source"]) is not None else []
    if published is not None:
        named.append(day(date.fromisoformat(str(published)), language))
    return ", ".join(named)


def _value(value: Any, metric: Metric | None, language: Language) -> str:
    if _given(value) is None:
        return ABSENT
    if metric is None:
        return number(float(value), language, 2)
    return amount(float(value), metric.unit, language).text


def _difference(row: dict[str, Any], metric: Metric | None, language: Language) -> Cell:
    """Ours less theirs with its sign; an en dash and the reason when the two cannot be compared."""
    if metric is None or _given(row["difference"]) is None or _given(row["reason"]) is not None:
        return Cell(text=ABSENT, small=_reason(_given(row["reason"]), language))
    return Cell(text=_signed(float(row["difference"]), metric.unit, language))


def _signed(value: float, unit: Unit, language: Language) -> str:
    size = difference(value, unit, language)
    return f"{'+' if value > 0 else MINUS}{size}" if size else language.gettext("none")


def _reason(reason: Any, language: Language) -> str:
    """Why there is no difference; what the last column says already is not said again."""
    if reason is None or reason == "not_comparable":
        return ""
    return said(REASONS, reason, language) if reason in REASONS else said(ABSENT_WORDS, Absent(reason), language)


def _match(match: Any, language: Language) -> str:
    return language.gettext("not said") if _given(match) is None else said(MATCHES, str(match), language)


def _period(text: str, language: Language) -> str:
    try:
        return period(text, language)
    except ValueError:
        return cleaned(text)


def _given(value: Any) -> Any:
    """The value, None for what is missing in a frame."""
    import pandas as pd

    return None if value is None or pd.isna(value) else value
