"""Public reviews of July 2026: an edited one, one on two sites, words without a rating, answers late and in time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metrics.worked_example import Example
from evaluation.metrics.worked_story import Story

_HOUR = 3600


def _review(number: int, posted: str, rating: float | None, text: str, **more: object) -> Mapping[str, object]:
    told = {
        "review_id": f"r:{number}", "site": "Maps", "posted_at": posted, "rating": rating, "scale_max": 5.0,
        "text": text, "replied_at": None,
    }  # fmt: skip
    return MappingProxyType(told | more)


REVIEWS = Story(
    id="reviews",
    introduction="Eight public reviews of July, to be answered within 24 hours: review 1 was edited the next day, "
    "review 4 says on another site what review 3 had said, review 5 has words and no stars, review 8 rates up to ten.",
    tables={
        "reviews": (
            _review(1, "2026-07-01T10:00Z", 1.0, "Nobody called me back.", replied_at="2026-07-01T16:00Z"),
            _review(1, "2026-07-02T10:00Z", 4.0, "They called in the end.", replied_at="2026-07-01T16:00Z"),
            _review(2, "2026-07-03T10:00Z", 5.0, "", replied_at="2026-07-03T12:00Z"),
            _review(3, "2026-07-06T10:00Z", 2.0, "My parcel came a week late.", replied_at="2026-07-07T10:00Z"),
            _review(4, "2026-07-07T09:00Z", 2.0, "My parcel came a week late.", site="Opineo"),
            _review(5, "2026-07-08T10:00Z", None, "How do I return a parcel?", replied_at="2026-07-08T11:00Z"),
            _review(6, "2026-07-10T10:00Z", 1.0, "Closed although the door says open."),
            _review(7, "2026-07-13T10:00Z", 3.0, "It was fine.", replied_at="2026-07-15T10:00Z"),
            _review(8, "2026-07-14T10:00Z", 9.0, "Quick and friendly.", site="Booking", scale_max=10.0,
                    replied_at="2026-07-14T18:00Z"),
        ),
    },
    examples={
        ("review_rating", None): Example("mean", 3.0, 5, "4, 5, 2, 1 and 3 stars: review 1 counts as edited, review 4 "
            "is the third one again, review 5 has no stars and review 8 is on another scale."),
        ("review_sentiment", None): Example("value", 3 / 6, 6, "Reviews 1, 2 and 8 of the six that rate."),
        ("review_sentiment_neutral", None): Example("value", 1 / 6, 6, "Review 7."),
        ("review_sentiment_negative", None): Example("value", 2 / 6, 6, "Reviews 3 and 6."),
        ("review_answer_rate", None): Example("value", 6 / 7, 7, "All but review 6; review 4 is left out."),
        ("review_answer_time", "calendar"): Example("median", 7 * _HOUR, 6, "1, 2, 6, 8, 24 and 48 hours; the median "
            "lies half-way between 6 and 8."),
        ("review_answer_time", "business"): Example("median", 6.5 * _HOUR, 6, "1, 2, 6, 7, 8 and 16 opening hours: the "
            "answer to review 8 came an hour after closing time."),
        ("negative_reviews_answered_in_target", None): Example("value", 1 / 2, 2, "Review 3 was answered on the last "
            "second of its 24 hours, review 6 never."),
    },
)  # fmt: skip
