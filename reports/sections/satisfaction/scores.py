"""The scores in one table, both readings of each, and the answers behind them point by point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from evaluation.assessment import Assessment
from reports.broken_down import rows_of
from reports.charts.diverging_scale import Ratings, diverging_scale
from reports.document import Cell, Column, Picture, Table
from reports.evidence import count_cell, has_value, interval_cell, measured, right, value_cell
from reports.formats import NBSP, number, share
from reports.language import Language, pN_
from reports.member_tables import with_footnotes
from reports.names import metric_label, sentence, statistic_name

READINGS = ("csat", "csat_top_box", "csat_mean", "ces", "ces_mean", "ces_top_box", "nps", "nps_interaction")
"""What may stand in the table of scores, in this order; of a score both readings, each under its own name."""
RESPONSE = "response_rate"
_KINDS = {"csat": pN_("survey", "CSAT"), "ces": pN_("survey", "CES"), "nps": pN_("survey", "NPS")}
_NPS = {
    "relation": pN_("survey", "NPS, relation"),
    "interaction": pN_("survey", "NPS, after a contact"),
}
_NPS_BAD, _NPS_GOOD = 7, 2

Scale = Sequence[Mapping[str, Any]]
"""Rows of the breakdown `score_distribution` that are of one kind, variant and scale."""


def scores_table(assessment: Assessment, after: str, language: Language) -> Table:
    """Every score of the period with its interval, the mean readings with their standard deviation."""
    names = [name for name in READINGS if has_value(measured(assessment, name))]
    names += [RESPONSE] if measured(assessment, RESPONSE) else []
    spreads = {name: measured(assessment, name, statistic="sd") for name in names}
    has_spread = any(has_value(row) for row in spreads.values())
    columns = [
        Column(language.gettext("Score"), 66),
        right(language.gettext("Answers"), 22),
        right(language.gettext("Value"), 28),
        right(language.gettext("95% interval"), 30),
    ]
    if has_spread:
        columns.append(right(sentence(statistic_name("sd", language)), 28))
    rows = []
    for name in names:
        metric, found, spread = assessment.catalogue[name], measured(assessment, name), spreads[name]
        cells = [
            Cell(text=metric_label(metric, language)),
            count_cell(found.n if found else None, language),
            value_cell(found, metric, language),
            interval_cell(found, metric, language),
        ]
        if has_spread:
            known = spread is not None and spread.value is not None
            cells.append(Cell(text=number(spread.value, language, 2) if known else ""))  # type: ignore[union-attr, arg-type]
        rows.append(tuple(cells))
    title = language.gettext("Scores of the period")
    return with_footnotes(Table(title=title, columns=tuple(columns), rows=tuple(rows), after=after))


def answers_picture(assessment: Assessment, language: Language) -> Picture | None:
    """Answers point by point, a row for each kind of survey and scale; None when there are none that can be drawn."""
    rows = rows_of(assessment, "score_distribution")
    scales = [list(scale) for _, scale in groupby(rows, key=_key)]
    drawn = [(scale, sides) for scale in scales if (sides := _sides(scale))]
    if not drawn:
        return None
    bars = [_ratings(scale, sides, language) for scale, sides in drawn]
    title = language.gettext("Answers point by point")
    told = [f"{bar.label}: {_in_words(scale, language)}" for bar, (scale, _) in zip(bars, drawn, strict=True)]
    heads = (
        language.pgettext("head of a chart", "bad"),
        language.pgettext("head of a chart", "good"),
        language.pgettext("head of a chart", "answers"),
    )
    chart = diverging_scale(
        bars, name="satisfaction-answers", alt=f"{title}. {'; '.join(told)}", heads=heads, width_mm=174.0
    )
    sub = language.gettext("share of the answers of each scale, worst point at the left; grey: neither bad nor good")
    return Picture(title=title, sub=sub, chart=chart)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["kind"], row["variant"], row["scale_min"], row["scale_max"]


def _sides(scale: Scale) -> tuple[int, int] | None:
    """How many points are bad and how many are good, as in the metrics; None for a scale that is not drawn."""
    low, high, kind = scale[0]["scale_min"], scale[0]["scale_max"], scale[0]["kind"]
    points = [row["score"] for row in scale]
    if kind not in _KINDS or len(points) != high - low + 1 or not sum(row["n"] for row in scale):
        return None
    if kind == "nps":
        return (_NPS_BAD, _NPS_GOOD) if (low, high) == (0, 10) else None
    parts = 4 if kind == "csat" else 3
    bad = sum(parts * (point - low) <= high - low for point in points)
    return bad, bad  # the good points mirror the bad ones


def _ratings(scale: Scale, sides: tuple[int, int], language: Language) -> Ratings:
    bad, good = sides
    shares = [float(row["share"]) for row in scale]
    return Ratings(
        label=_label(scale[0], language),
        counts=shares,
        bad_label=share(sum(shares[:bad]), language, 0),
        good_label=share(sum(shares[len(shares) - good :]), language, 0),
        note=number(sum(int(row["n"]) for row in scale), language),
        bad=bad,
        good=good,
        first=int(scale[0]["scale_min"]),
    )


def _label(row: Mapping[str, Any], language: Language) -> str:
    name = language.pgettext("survey", _NPS[row["variant"]] if row["kind"] == "nps" else _KINDS[row["kind"]])
    bounds = f"{number(row['scale_min'], language)}–{number(row['scale_max'], language)}"
    return f"{name},{NBSP}{bounds}"


def _in_words(scale: Scale, language: Language) -> str:
    return ", ".join(f"{number(row['score'], language)} – {share(row['share'], language, 0)}" for row in scale)
