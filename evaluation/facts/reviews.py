"""The facts of public reviews: each counted once, as it stands at cut, with how long its answer took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.clock import Clock
from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_INSTANT, NO_TEXT, first_that_holds, instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.derivation import Derivation
    from evaluation.review_answers import ReviewAnswers

NEAR = timedelta(days=3)
"""The same words on two sites at most so far apart are one review."""

TELLING_LENGTH = 20
"""Shorter texts ("Great service!") are alike by chance."""

MOST_VERSIONS = 5
"""An address that more reviews share is that of a page about the place, not of one review."""


def review_facts(given: Derivation) -> Mapping[str, ir.Table]:
    """`reviews`, when the canonical table is there.

    An edited review (the same `review_id` again, or the same address on one site) is one review: its latest version
    counts, on the day on which it was first posted, and its first answer is its answer. The same text with the same
    rating posted about the same branch on another site within three days is a duplicate of the one posted first: it is
    excluded.
    """
    if "reviews" not in given.tables:
        return {}
    known = _in_sight(given.tables["reviews"], given.cut)
    single = _as_it_stands(_with_address(_as_it_stands(known, ("review_id",))), ("site", "address"))
    kept = given.bench.step("single_reviews", single.drop("address"))
    placed = given.bench.step("placed_reviews", _with_sentiment(_with_duplicates(kept)))
    return {"reviews": _facts(_timed(placed, given))}


def _in_sight(given: ir.Table, cut: datetime) -> ir.Table:
    """Reviews posted by cut, with the scale on which they rate; an answer after cut is not there yet."""
    lowest = ibis.ifelse(given.scale_max <= 1, 0.0, 1.0)
    known = given.mutate(
        version_at=given.posted_at, is_edited=ibis.literal(False),
        replied_at=ibis.ifelse(given.replied_at <= instant(cut), given.replied_at, NO_INSTANT),
        scale_min=ibis.coalesce(given.scale_min, ibis.ifelse(given.scale_max.notnull(), lowest, given.scale_min)),
    )  # fmt: skip
    return known.filter(known.posted_at <= instant(cut))


def _with_address(single: ir.Table) -> ir.Table:
    """With `address`, by which versions are told apart: that of the review, else its identifier."""
    shared = single.review_id.count().over(ibis.window(group_by=[single.site, single.url]))
    known = single.mutate(shared=shared)
    own = known.url.notnull() & (known.shared <= MOST_VERSIONS)
    return known.mutate(address=ibis.ifelse(own, known.url, known.review_id)).drop("shared")


def _as_it_stands(table: ir.Table, same: tuple[str, ...]) -> ir.Table:
    """The latest version of each review, with the first date and the first answer of all its versions."""
    versions = ibis.window(group_by=[table[name] for name in same])
    latest = ibis.window(group_by=[table[name] for name in same], order_by=[
        table.version_at.desc(), table.replied_at.isnull(), table.rating.isnull(), table.rating.desc(),
        table.review_id.desc(), table.text.fill_null("").desc(),
    ])  # fmt: skip
    numbered = table.mutate(
        number=ibis.row_number().over(latest), first_at=table.posted_at.min().over(versions),
        first_reply_at=table.replied_at.min().over(versions),
        is_again=table.is_edited | (table.review_id.count().over(versions) > 1),
    )  # fmt: skip
    kept = numbered.filter(numbered.number == 0)
    kept = kept.mutate(posted_at=kept.first_at, replied_at=kept.first_reply_at, is_edited=kept.is_again)
    return kept.drop("number", "first_at", "first_reply_at", "is_again")


def _with_duplicates(reviews: ir.Table) -> ir.Table:
    """With `is_duplicate`: it says what another one said shortly before on another site."""
    words = reviews.text.strip().lower()
    share = (reviews.rating - reviews.scale_min) / (reviews.scale_max - reviews.scale_min).nullif(0.0)
    told = reviews.select(
        "review_id", "site", "posted_at", words=words, place=(share * 1000).round().cast("int64"),
        whose=ibis.coalesce(reviews.branch_id, ""),
    )  # fmt: skip
    told = told.filter(told.words.length() >= TELLING_LENGTH, told.place.notnull())
    earlier = told.rename(first_id="review_id", first_site="site", first_posted_at="posted_at")
    pairs = told.inner_join(earlier, ["words", "place", "whose"])
    apart = pairs.posted_at.delta(pairs.first_posted_at, unit="microsecond")
    is_later = (apart > 0) | ((apart == 0) & (pairs.first_id < pairs.review_id))
    near = apart <= NEAR // timedelta(microseconds=1)
    repeated = pairs.filter(pairs.site != pairs.first_site, is_later, near).select(repeated_id="review_id").distinct()
    joined = reviews.left_join(repeated, reviews.review_id == repeated.repeated_id)
    return joined.mutate(is_duplicate=joined.repeated_id.notnull()).drop("repeated_id")


def _with_sentiment(reviews: ir.Table) -> ir.Table:
    """With `sentiment`: the upper quarter of the scale, the lower quarter, or between; null without a rating on it."""
    above, width = reviews.rating - reviews.scale_min, reviews.scale_max - reviews.scale_min
    rated = (width > 0) & (above >= 0) & (above <= width)
    sentiment = ibis.cases(
        (~rated.fill_null(False), NO_TEXT), (4 * above >= 3 * width, "positive"), (4 * above <= width, "negative"),
        else_="neutral",
    )  # fmt: skip
    return reviews.mutate(sentiment=sentiment)


def _timed(reviews: ir.Table, given: Derivation) -> ir.Table:
    """With the seconds to the answer on both clocks, what was promised, and how the promise stands at cut."""
    first = reviews.posted_at.min().to_pyarrow().as_py()
    earliest = given.cut if first is None else first.astimezone(UTC)
    clock = Clock.of(given.bench, given.settings, earliest, given.cut)
    promised = _with_promise(reviews, given.settings.reviews, given.settings.organisation.time_zone)
    described = promised.mutate(
        channel=NO_TEXT, team=NO_TEXT, branch=promised.branch_id, seen_at=instant(given.cut),
        answered_at=ibis.ifelse(promised.replied_at >= promised.posted_at, promised.replied_at, NO_INSTANT),
    )  # fmt: skip
    described = described.mutate(calendar=clock.calendar_of(described))
    pairs = {"answer": ("posted_at", "answered_at"), "open": ("posted_at", "seen_at")}
    timed = clock.with_durations(described, pairs)
    on_business = timed.target_clock == "business"
    taken = ibis.ifelse(on_business, timed.answer_business_seconds, timed.answer_calendar_seconds)
    waited = ibis.ifelse(on_business, timed.open_business_seconds, timed.open_calendar_seconds)
    is_answered = timed.replied_at.notnull()
    state = ibis.cases(
        (is_answered & taken.isnull(), NO_TEXT), (is_answered & (taken <= timed.target_seconds), "in_time"),
        (is_answered, "late"), (waited > timed.target_seconds, "past_due"), else_="undecided",
    )  # fmt: skip
    return timed.mutate(answer_state=state)


def _with_promise(reviews: ir.Table, answers: ReviewAnswers, zone: str) -> ir.Table:
    (_, seconds, clock), *changes = answers.terms(zone)
    latest_first = [(reviews.posted_at >= instant(since), within, name) for since, within, name in reversed(changes)]
    within = first_that_holds([(holds, ibis.literal(value, "int64")) for holds, value, _ in latest_first],
                              ibis.literal(seconds, "int64"))  # fmt: skip
    names = first_that_holds([(holds, ibis.literal(name)) for holds, _, name in latest_first], ibis.literal(clock))
    return reviews.mutate(target_seconds=within.cast("float64"), target_clock=names)


def _facts(reviews: ir.Table) -> ir.Table:
    duplicate = ibis.ifelse(reviews.is_duplicate, ibis.literal("duplicate"), NO_TEXT)
    dimensions = dict.fromkeys(DIMENSION_COLUMNS, NO_TEXT) | {"branch": reviews.branch_id, "topic": reviews.topic}
    return reviews.select(
        "review_id", "site", "posted_at", "rating", "scale_min", "scale_max", "sentiment", "replied_at",
        "answer_business_seconds", "answer_calendar_seconds", "target_seconds", "target_clock", "answer_state",
        "is_edited", has_text=(reviews.text.strip().length() > 0).fill_null(False), **dimensions, exclusion=duplicate,
    )  # fmt: skip
