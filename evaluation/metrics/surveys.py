"""Surveys and reviews made ready for measuring: on which scale an answer was given, and whether a survey is mature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from evaluation.metrics.cases import always, standing
from evaluation.metrics.definition import Expression
from evaluation.metrics.placing import instant
from evaluation.period import Period

if TYPE_CHECKING:
    from datetime import datetime

    from ibis.expr import types as ir

MATURE_AFTER = timedelta(days=14)
"""How long a survey may be answered; after it the outcome is final, so that later editions give the same rate."""

NPS_SCALE = (0.0, 10.0)
"""The only scale on which promoters and detractors are defined."""


def promotion(score: ir.Value) -> ir.Value:
    """1 for a promoter (9 and 10 of 10), -1 for a detractor (0 to 6), 0 for who is neither."""
    return (score >= 9).cast("int8") - (score <= 6).cast("int8")


def answers_of(kind: str, among: Expression = always) -> Expression:
    """Standing of the answers to one kind of survey: scores on the main scale count, others are left out.

    Args:
        kind: Kind of survey.
        among: Which of its answers are meant; the others are no cases at all.
    """

    def answered(table: ir.Table) -> ir.Value:
        return (table.kind == kind) & table.score.notnull() & among(table)

    return standing(decided=lambda table: answered(table) & table.is_on_scale & (table.weight > 0), left_out=answered)


def reaches(part: int, parts: int) -> Expression:
    """Whether a score lies in the upper part of its scale, in whole numbers so that no rounding decides.

    `reaches(3, 4)` is the upper quarter: 4 and 5 on a scale of 1 to 5, 6 and 7 on 1 to 7, good on a two-way scale.
    """
    return lambda table: parts * (table.score - table.scale_min) >= part * (table.scale_max - table.scale_min)


def stays_within(part: int, parts: int) -> Expression:
    """Whether a score lies in the lower part of its scale.

    `stays_within(1, 4)` mirrors `reaches(3, 4)`: 1 and 2 on a scale of 1 to 5, bad on a two-way scale.
    """
    return lambda table: parts * (table.score - table.scale_min) <= part * (table.scale_max - table.scale_min)


def main_scales(surveys: ir.Table, period: Period) -> dict[str, tuple[float, float]]:
    """The scale on which each kind of survey is measured, in all periods, because scales are never pooled.

    It is the scale with most answers in the reported period, then in all; NPS is defined on 0 to 10 only.

    Args:
        surveys: The fact table.
        period: The reported period.

    Returns:
        Lowest and highest point by kind; a kind without any scale is absent.
    """
    at = surveys.answered_at
    scored = surveys.filter(
        surveys.score.notnull(), surveys.scale_min.notnull(), surveys.scale_max > surveys.scale_min,
        at.notnull(), surveys.exclusion.isnull(),
    )  # fmt: skip
    inside = (scored.answered_at >= instant(period.start)) & (scored.answered_at < instant(period.end))
    used = scored.group_by("kind", "scale_min", "scale_max").aggregate(now=inside.sum(), ever=scored.count())
    found = used.to_pyarrow().to_pylist()
    found.sort(key=lambda one: (one["now"], one["ever"], -one["scale_min"], -one["scale_max"]))
    scales = {one["kind"]: (float(one["scale_min"]), float(one["scale_max"])) for one in found}
    return {**scales, "nps": NPS_SCALE}


def review_scale(reviews: ir.Table, period: Period) -> dict[str, tuple[float, float]]:
    """The scale on which ratings of reviews are measured, under the key `review`; chosen as that of a survey."""
    import ibis

    answers = reviews.mutate(kind=ibis.literal("review"), score=reviews.rating, answered_at=reviews.posted_at)
    return {kind: scale for kind, scale in main_scales(answers, period).items() if kind == "review"}


def prepared(table: ir.Table, name: str, period: Period, cut: datetime) -> ir.Table:
    """A fact table as it is measured for a reported period: surveys and reviews on their main scales.

    Args:
        table: The fact table.
        name: Its name; tables other than `surveys` and `reviews` need nothing.
        period: The reported period, which decides on the scales.
        cut: The moment the data were taken.
    """
    if name == "surveys":
        return prepared_surveys(table, main_scales(table, period), cut)
    return prepared_reviews(table, review_scale(table, period)) if name == "reviews" else table


def prepared_reviews(reviews: ir.Table, scales: Mapping[str, tuple[float, float]]) -> ir.Table:
    """The fact table with `weight` (each review is one) and `is_on_scale`."""
    import ibis

    low, high = scales.get("review", (None, None))
    if low is None or high is None:
        on_scale = ibis.literal(False)
    else:
        on_scale = (
            (reviews.scale_min == low)
            & (reviews.scale_max == high)
            & (reviews.rating >= low)
            & (reviews.rating <= high)
        )
    # from a whole number, because DuckDB takes a literal with a point for a decimal
    one = ibis.literal(1, "int64").cast("float64")
    return reviews.mutate(weight=one, is_on_scale=on_scale.fill_null(False))


def prepared_surveys(surveys: ir.Table, scales: Mapping[str, tuple[float, float]], cut: datetime) -> ir.Table:
    """The fact table with `is_on_scale`, `is_mature` and `is_answered_in_time`; without weights each answer is one.

    What came back with neither a score nor a comment (blank, a code of "not applicable") is no answer, save for forms,
    which ask for no score.
    """
    import ibis

    on_scale = ibis.literal(False)
    for kind, (low, high) in scales.items():
        on_scale = on_scale | (
            (surveys.kind == kind) & (surveys.scale_min == low) & (surveys.scale_max == high)
        ).fill_null(False)
    within = (surveys.score >= surveys.scale_min) & (surveys.score <= surveys.scale_max)
    # a difference in microseconds, because engines disagree about adding an interval to an instant
    waited = surveys.first_answered_at.delta(surveys.asked_at, unit="microsecond")
    says_something = surveys.score.notnull() | surveys.comment.notnull() | (surveys.kind == "form")
    in_time = (waited <= MATURE_AFTER // timedelta(microseconds=1)) & says_something
    return surveys.mutate(
        weight=ibis.ifelse(surveys.has_weight.fill_null(False), surveys.weight, 1.0),
        is_on_scale=(on_scale & within).fill_null(False),
        is_mature=surveys.asked_at <= instant(cut - MATURE_AFTER),
        is_answered_in_time=in_time.fill_null(False),
    )
