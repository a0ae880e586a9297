"""How waits are spread: a histogram on spans that double in length."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.assessment import Assessment
from reports.broken_down import rows_of
from reports.charts.distribution import distribution
from reports.document import Picture
from reports.evidence import measured
from reports.formats import duration, number, share
from reports.language import Language
from reports.names import metric_label

FEWEST_CASES, FEWEST_SPANS = 30, 3
"""A histogram of fewer cases, or over fewer spans, has no shape."""


def spread_picture(assessment: Assessment, metric_id: str, language: Language) -> Picture | None:
    """Cases by how long they took, with the median and the ninth decile; None when that has no shape."""
    rows = _occupied([row for row in rows_of(assessment, "waits_distribution") if row["metric_id"] == metric_id])
    if len(rows) < FEWEST_SPANS or sum(row["n"] for row in rows) < FEWEST_CASES:
        return None
    half, most = (measured(assessment, metric_id, statistic=name) for name in ("median", "p90"))
    lines = {name: row.value for name, row in (("median", half), ("p90", most)) if row and row.value is not None}
    label = metric_label(assessment.catalogue[metric_id], language)
    title = language.gettext("{metric}: how it is spread", metric=label)
    counts = [float(row["n"]) for row in rows]
    edges = [float(row["from_seconds"]) for row in rows]
    last = rows[-1]["until_seconds"]
    chart = distribution(
        counts, [*edges, math.inf if last is None else float(last)],
        name=f"spread-{metric_id.replace('_', '-')}",
        alt=f"{title}. {_in_words(rows, language)}",
        format=lambda seconds: duration(seconds, language),
        count_format=lambda count: number(count, language),
        median=lines.get("median"),
        median_label=_line(language.gettext("half: {time}", time="{time}"), lines.get("median"), language),
        p90=lines.get("p90"),
        p90_label=_line(language.gettext("nine of ten: {time}", time="{time}"), lines.get("p90"), language),
    )  # fmt: skip
    return Picture(title=title, sub=language.gettext("cases; the spans grow from left to right"), chart=chart)


def _line(text: str, value: float | None, language: Language) -> str:
    return "" if value is None else text.format(time=duration(value, language))


def _occupied(rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The spans from the first to the last that holds a case."""
    held = [index for index, row in enumerate(rows) if row["n"]]
    return rows[held[0] : held[-1] + 1] if held else []


def _in_words(rows: Sequence[Mapping[str, Any]], language: Language) -> str:
    """The fullest span, and how many cases lie before and behind it."""
    fullest = max(range(len(rows)), key=lambda index: rows[index]["n"])
    low, high = rows[fullest]["from_seconds"], rows[fullest]["until_seconds"]
    before, behind = (sum(row["share"] for row in part) for part in (rows[:fullest], rows[fullest + 1 :]))
    words = {
        "share": share(rows[fullest]["share"], language, 0),
        "low": duration(low, language),
        "before": share(before, language, 0),
        "behind": share(behind, language, 0),
    }
    if high is None:
        return language.gettext("The fullest span holds {share}: {low} or longer; {before} were shorter.", **words)
    return language.gettext(
        "The fullest span holds {share}: {low} to {high}; {before} were shorter, {behind} longer.",
        high=duration(high, language), **words,
    )  # fmt: skip
