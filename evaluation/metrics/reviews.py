"""Reputation: what customers write in public, and whether they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Credit, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import standing
from evaluation.metrics.definition import AnyDefinition, CaseSet, Definition, Summary

if TYPE_CHECKING:
    from ibis.expr import types as ir

_ONCE = (
    "An edited review counts once, as it stands when the data are taken, on the day on which it was first posted. The "
    "same text of 20 characters or more, with the same rating, about the same branch, within three days on another "
    "site is a duplicate, left out and counted."
)
_RATED = ("reviews.review_id", "reviews.posted_at", "reviews.rating", "reviews.scale_max")
_ANSWERED = ("reviews.review_id", "reviews.posted_at", "reviews.replied_at")
_HOURS = {Clock.CALENDAR: "Every hour counts, open or closed.", Clock.BUSINESS: "Only opening hours count."}
_SUFFIX = {Clock.CALENDAR: "round the clock", Clock.BUSINESS: "in opening hours"}
_SOURCE = "BrightLocal, Local Consumer Review Survey: star ratings and answered reviews"


def _nobody(table: ir.Table) -> ir.Value:
    return table.agent


def _answered_or_posted(table: ir.Table) -> ir.Value:
    import ibis

    return ibis.coalesce(table.replied_at, table.posted_at)


POSTED = CaseSet(
    id="reviews_posted", table="reviews", anchor=lambda table: table.posted_at, agent=_nobody, credit=Credit.NOBODY
)
ANSWERS = CaseSet(
    id="reviews_answered", table="reviews", anchor=_answered_or_posted, agent=_nobody, credit=Credit.NOBODY
)


def _is_answered(table: ir.Table) -> ir.Value:
    return table.replied_at.notnull()


def _is_young(table: ir.Table) -> ir.Value:
    return table.answer_state == "undecided"


def _is_settled(table: ir.Table) -> ir.Value:
    return table.answer_state.isin(("in_time", "late", "past_due"))


RATING = Definition(
    metric=Metric(
        id="review_rating", label="Rating of public reviews", pillar=Pillar.SATISFACTION, unit=Unit.POINTS,
        better=Better.HIGHER,
        population="Reviews with a rating, with or without words. Only ratings on one scale are counted, the scale "
        f"most used in the reported period; those on other scales are left out and counted. {_ONCE}",
        anchor="when the review was first posted", clock=Clock.NONE, kind=Kind.MEAN, statistic="mean",
        minimum_sample=30,
        definition="The mean rating of public reviews, in points of the sites' own scale, with its standard deviation.",
        source=_SOURCE, requires=_RATED,
    ),
    cases=POSTED,
    standing=standing(
        decided=lambda table: table.rating.notnull() & table.is_on_scale,
        left_out=lambda table: table.rating.notnull(),
    ),
    summary=Summary.WEIGHTED_MEAN, amount=lambda table: table.rating, survey_kind="review",
)  # fmt: skip


def _sentiment(word: str, metric_id: str, label: str, better: Better, part: str) -> Definition:
    return Definition(
        metric=Metric(
            id=metric_id, label=label, pillar=Pillar.SATISFACTION, unit=Unit.SHARE, better=better,
            population=f"Reviews with a rating, whatever their scale; words without a rating do not count. {_ONCE}",
            anchor="when the review was first posted", clock=Clock.NONE, kind=Kind.SHARE, statistic="value",
            minimum_sample=30,
            definition=f"Reviews whose rating lies {part}, as a share of the reviews with a rating.",
            source=_SOURCE, requires=_RATED,
        ),
        cases=POSTED,
        standing=standing(
            decided=lambda table: table.sentiment.notnull(), left_out=lambda table: table.rating.notnull()
        ),
        summary=Summary.SHARE, amount=lambda table: table.sentiment == word,
    )  # fmt: skip


SENTIMENTS = (
    _sentiment("positive", "review_sentiment", "Positive reviews", Better.HIGHER,
               "in the top quarter of its scale, which is 4 and 5 on a scale of 1 to 5"),
    _sentiment("neutral", "review_sentiment_neutral", "Neutral reviews", Better.NEUTRAL,
               "between the top and the bottom quarter of its scale, which is 3 on a scale of 1 to 5"),
    _sentiment("negative", "review_sentiment_negative", "Negative reviews", Better.LOWER,
               "in the bottom quarter of its scale, which is 1 and 2 on a scale of 1 to 5"),
)  # fmt: skip

ANSWER_RATE = Definition(
    metric=Metric(
        id="review_answer_rate", label="Public reviews answered", pillar=Pillar.SATISFACTION, unit=Unit.SHARE,
        better=Better.HIGHER,
        population="Public reviews, rated or not. One that is unanswered and for which the promised time is not over "
        f"is undecided. {_ONCE}",
        anchor="when the review was first posted", clock=Clock.NONE, kind=Kind.SHARE, statistic="value",
        minimum_sample=30,
        definition="Reviews with a public answer by the time the data were taken, as a share of all reviews.",
        source=_SOURCE, requires=_ANSWERED,
    ),
    cases=POSTED,
    standing=standing(undecided=_is_young, decided=lambda table: table.posted_at.notnull()),
    summary=Summary.SHARE, amount=_is_answered,
)  # fmt: skip


def _answer_time(clock: Clock, own_id: str, own_label: str) -> Definition:
    column = f"answer_{clock}_seconds"
    return Definition(
        metric=Metric(
            id=own_id, label=own_label, pillar=Pillar.SATISFACTION, unit=Unit.SECONDS, better=Better.LOWER,
            population=f"Reviews with a public answer; unanswered ones are undecided. {_ONCE}",
            anchor="the public answer", clock=clock, kind=Kind.QUANTILE, statistic="median", minimum_sample=30,
            definition="From the first posting of a public review to its first public answer. " + _HOURS[clock],
            source=_SOURCE, requires=_ANSWERED, variant=clock.value,
        ),
        cases=ANSWERS,
        standing=standing(
            decided=lambda table: table[column].notnull(), unknown=_is_answered,
            undecided=lambda table: table.replied_at.isnull(),
        ),
        summary=Summary.DURATION, amount=lambda table: table[column],
    )  # fmt: skip


_CLOCKS = (Clock.CALENDAR, Clock.BUSINESS)
_TIME = "Time to answer a public review"

ANSWER_TIME = (
    *(_answer_time(clock, "review_answer_time", _TIME) for clock in _CLOCKS),
    *(_answer_time(clock, f"review_answer_time_{clock}", f"{_TIME}, {_SUFFIX[clock]}") for clock in _CLOCKS),
)
"""Round the clock by default, because readers of a review see its dates; the other clock is measured beside it."""

NEGATIVE_IN_TARGET = Definition(
    metric=Metric(
        id="negative_reviews_answered_in_target", label="Negative reviews answered in time",
        pillar=Pillar.SATISFACTION, unit=Unit.SHARE, better=Better.HIGHER,
        population="Reviews whose rating lies in the bottom quarter of its scale. One that is unanswered and for which "
        f"the promised time is not over is undecided. {_ONCE}",
        anchor="when the review was first posted", clock=Clock.NONE, kind=Kind.SHARE, statistic="value",
        minimum_sample=30,
        definition="Negative reviews answered within the time promised when they were posted (`reviews: "
        "answer_within`), as a share of the negative reviews. An answer on the last second is in time.",
        source=_SOURCE, requires=(*_RATED, "reviews.replied_at"),
    ),
    cases=POSTED,
    standing=standing(
        undecided=lambda table: (table.sentiment == "negative") & _is_young(table),
        decided=lambda table: (table.sentiment == "negative") & _is_settled(table),
        unknown=lambda table: table.sentiment == "negative",
    ),
    summary=Summary.SHARE, amount=lambda table: table.answer_state == "in_time",
)  # fmt: skip

DEFINITIONS: tuple[AnyDefinition, ...] = (RATING, *SENTIMENTS, ANSWER_RATE, *ANSWER_TIME, NEGATIVE_IN_TARGET)
"""The metrics of public reviews."""
