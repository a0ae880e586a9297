"""First reply and solution with the open tickets counted: what the median of the finished ones leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.assessment import Assessment
from evaluation.metric import Unit
from reports.broken_down import rows_of
from reports.document import Cell, Column, Table
from reports.evidence import right
from reports.formats import ABSENT, duration, interval, number, period_short
from reports.language import Language
from reports.member_tables import with_footnotes
from reports.names import metric_label

METRICS = ("first_response_time", "full_resolution_time")


def open_ones(assessment: Assessment, language: Language) -> Table | None:
    """First reply and solution of the tickets created in the period and in the one before, the open ones counted.

    None when no ticket of the period is open: every wait is then in the table of waits already.
    """
    now = assessment.period.id
    rows = [row for row in rows_of(assessment, "time_to_solve") if row["dimension"] == "all"]
    rows = [row for row in rows if row["metric_id"] in METRICS]
    if not any(row["open"] for row in rows if row["period_id"] == now):
        return None
    columns = (
        Column(language.gettext("Tickets created"), 52),
        right(language.gettext("n"), 11),
        right(language.gettext("still open"), 13),
        right(language.gettext("median of the finished"), 21),
        right(language.gettext("median, open ones counted"), 23),
        right(language.gettext("95% interval of the median"), 31),
        right(language.gettext("90th percentile, open ones counted"), 23),
    )
    cells = tuple(_with_open(row, assessment, language) for name in METRICS for row in rows if row["metric_id"] == name)
    after = language.gettext(
        "An open ticket counts as taking at least as long as it had been open when the data were taken (Kaplan–Meier): "
        "the median of the finished ones alone leaves out what takes longest."
    )
    if any(None in (row["median"], row["p90"]) for row in rows):
        unreached = language.gettext(
            "Not reached: too many of these tickets were still open for so long to know how long they take."
        )
        after = f"{after} {unreached}"
    return with_footnotes(
        Table(title=language.gettext("Counting what is still open"), columns=columns, rows=cells, after=after)
    )


def _with_open(row: Mapping[str, Any], assessment: Assessment, language: Language) -> tuple[Cell, ...]:
    metric = assessment.catalogue[row["metric_id"]]
    is_small = row["n"] < metric.minimum_sample
    half, tenth = (
        language.gettext("not reached") if row[name] is None else duration(row[name], language)
        for name in ("median", "p90")
    )
    return (
        Cell(
            text=language.pgettext(
                "metric and period", "{metric}, {period}", metric=metric_label(metric, language),
                period=period_short(row["period_id"], language),
            )
        ),
        Cell(text=number(row["n"], language)),
        Cell(text=number(row["open"], language)),
        Cell(text=ABSENT if row["median_of_done"] is None else duration(row["median_of_done"], language)),
        Cell(text=half, small=language.gettext("small sample") if is_small else ""),
        Cell(text=_reached(row["median_low"], row["median_high"], language)),
        Cell(text=tenth),
    )  # fmt: skip


def _reached(low: float | None, high: float | None, language: Language) -> str:
    """The interval of a median; open where its upper end is not reached."""
    if low is None:
        return ABSENT
    if high is None:
        return language.gettext("{time} or longer", time=duration(low, language))
    return interval(low, high, Unit.SECONDS, language)
