"""Reading an assessment for a page: look-ups that answer None instead of stopping, and the table of a breakdown."""

from __future__ import annotations

from evaluation.assessment import Assessment, Figure, Target
from evaluation.errors import CannotMeasure
from evaluation.measurement import UNASSIGNED, Absent, Caveat, Measurement
from evaluation.metric import Kind, Metric
from evaluation.period import Period
from reports.document import Cell, Column
from reports.formats import ABSENT, amount, interval, number
from reports.language import Language
from reports.names import member_name
from reports.wording import ABSENT as ABSENT_WORDS
from reports.wording import caveats, said

MOST_ROWS = 30
"""Rows of a table on a page; the rest is in the attached CSV."""
MONTHS = 13
_COMPLETE = (Kind.COUNT, Kind.STOCK, Kind.RATIO)
"""Kinds that count everything there is: a small number of them is no small sample."""


def measured(
    assessment: Assessment,
    metric_id: str,
    *,
    statistic: str | None = None,
    period_id: str | None = None,
    dimension: str = "all",
    member: str = "all",
) -> Measurement | None:
    """One measurement of the period (or of `period_id`), or None when nothing of that key was measured."""
    metric = assessment.catalogue.get(metric_id)
    if metric is None:
        return None
    try:
        return assessment.measurements.get(
            metric_id,
            period_id or assessment.period.id,
            statistic=statistic or metric.statistic,
            dimension=dimension,
            member=member,
        )
    except CannotMeasure:
        return None


def members(
    assessment: Assessment, metric_id: str, dimension: str, *, statistic: str | None = None
) -> tuple[Measurement, ...]:
    """The members of a dimension that have cases in the period, alphabetically, unassigned last."""
    metric = assessment.catalogue.get(metric_id)
    if metric is None:
        return ()
    rows = assessment.measurements.members(
        metric_id, assessment.period.id, dimension, statistic=statistic or metric.statistic
    )
    return tuple(row for row in rows if row.n or row.undecided)


def by_name(rows: tuple[Measurement, ...], dimension: str, language: Language) -> tuple[Measurement, ...]:
    """Members in the alphabetical order of their printed names, unassigned last; never a ranking."""
    return tuple(
        sorted(
            rows, key=lambda row: (row.member == UNASSIGNED, member_name(dimension, row.member, language).casefold())
        )
    )


def has_value(measurement: Measurement | None) -> bool:
    """Whether there is a number to print."""
    return measurement is not None and measurement.value is not None


def months(assessment: Assessment) -> tuple[Period, ...]:
    """The thirteen months that end with the period's last one, oldest first."""
    return assessment.period.months()[-1].series(MONTHS)


def monthly(
    assessment: Assessment, metric_id: str, *, statistic: str | None = None, dimension: str = "all", member: str = "all"
) -> tuple[Measurement | None, ...]:
    """A metric by month; None where nothing was measured. Leading months without anything are left out."""
    found = [
        measured(assessment, metric_id, statistic=statistic, period_id=month.id, dimension=dimension, member=member)
        for month in months(assessment)
    ]
    first = next((index for index, row in enumerate(found) if has_value(row)), len(found))
    return tuple(found[first:])


def figure_of(assessment: Assessment, metric_id: str) -> Figure | None:
    """The figure of a metric for the whole service, from the main figures or the goals; None when there is none."""
    known = [*assessment.figures, *(goal.figure for goal in assessment.goals)]
    return next((figure for figure in known if figure.metric.id == metric_id and not figure.where), None)


def target_of(assessment: Assessment, metric_id: str) -> Target | None:
    """The target on a metric for the whole service, in its main statistic; None when there is none."""
    known = [*assessment.figures, *(goal.figure for goal in assessment.goals)]
    return next(
        (
            figure.target
            for figure in known
            if figure.metric.id == metric_id
            and not figure.where
            and figure.target is not None
            and figure.statistic == figure.metric.statistic
        ),
        None,
    )


def is_small(measurement: Measurement) -> bool:
    """Whether the measurement rests on fewer cases than its metric asks for."""
    return Caveat.SMALL_SAMPLE in measurement.caveats


def why_absent(reason: Absent | None, language: Language) -> str:
    """Why there is no value."""
    return said(ABSENT_WORDS, reason or Absent.NO_CASES, language)


def value_cell(measurement: Measurement | None, metric: Metric, language: Language) -> Cell:
    """A figure with what may be said against it; an en dash and the reason when there is none."""
    if measurement is None:
        return Cell(text=ABSENT)
    if measurement.value is None:
        return Cell(text=ABSENT, small=why_absent(measurement.reason, language))
    elsewhere = {Caveat.IMMATURE, *((Caveat.SMALL_SAMPLE,) if metric.kind in _COMPLETE else ())}
    said_here = tuple(caveat for caveat in measurement.caveats if caveat not in elsewhere)
    return Cell(text=amount(measurement.value, metric.unit, language).text, small=caveats(said_here, language))


def interval_cell(measurement: Measurement | None, metric: Metric, language: Language) -> Cell:
    """The 95 % interval of a figure."""
    if measurement is None:
        return Cell(text=ABSENT)
    return Cell(text=interval(measurement.low, measurement.high, metric.unit, language))


def count_cell(count: int | None, language: Language) -> Cell:
    """A count; an en dash when it is unknown."""
    return Cell(text=ABSENT if count is None else number(count, language))


def name_cell(dimension: str, member: str, language: Language) -> Cell:
    """The heading of a row."""
    return Cell(text=member_name(dimension, member, language))


def right(title: str, width_mm: float) -> Column:
    """A column of figures."""
    return Column(title, width_mm, "right")


def most(rows: tuple[Measurement, ...]) -> tuple[Measurement, ...]:
    """The rows that a page has room for: those with most cases, in the order they came in."""
    if len(rows) <= MOST_ROWS:
        return rows
    kept = {row.member for row in sorted(rows, key=lambda row: (-row.n, row.member))[:MOST_ROWS]}
    return tuple(row for row in rows if row.member in kept)


def rest_of(shown: int, total: int, files: tuple[str, ...], language: Language) -> str:
    """Where the rows are that a table has no room for; names only files that exist."""
    left = total - shown
    if left <= 0:
        return ""
    if not files:
        return language.ngettext(
            "The rows with most cases are shown; {n} more is left out.",
            "The rows with most cases are shown; {n} more are left out.",
            left,
        )
    return language.ngettext(
        "The rows with most cases are shown; {n} more is in {file}.",
        "The rows with most cases are shown; {n} more are in {file}.",
        left,
        file=files[0],
    )
