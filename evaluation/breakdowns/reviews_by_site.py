"""Public reviews by site: how they rate on the site's own scale, and whether they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import instant
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "site": "where the reviews were posted",
        "scale_min": "lowest point of the scale; one site has a row for each scale, empty = not known",
        "scale_max": "highest point of the scale",
        "n": "reviews first posted in the period, edited ones once",
        "rated": "of them with a rating on the scale",
        "mean": "mean rating, in points of this scale",
        "sd": "standard deviation; empty with fewer than two ratings",
        "positive": "share of the rated in the top quarter of the scale",
        "neutral": "share of the rated between",
        "negative": "share of the rated in the bottom quarter",
        "answered": "answered in public by the time the data were taken",
        "answered_share": "of those answered or past the promised time; empty when there are none",
        "undecided": "unanswered, with the promised time not over",
        "median_seconds": "from the first posting to the first answer, round the clock, of those posted in the period",
        "duplicates": "left out: the same text and rating as on another site shortly before",
    }
)
_SCALE = ["site", "scale_min", "scale_max"]


def reviews_by_site(ground: Ground) -> Breakdown:
    """The breakdown of the metric `review_rating`, for the reported period."""
    if "reviews" not in ground.facts:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_SOURCE.value)
    table = ground.facts["reviews"]
    start, end = instant(ground.period.start), instant(ground.period.end)
    frame = table.filter(table.posted_at >= start, table.posted_at < end).execute()
    if frame.empty:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_CASES.value)
    rows = [_site(group) for _, group in frame.sort_values(_SCALE).groupby(_SCALE, dropna=False)]
    return _breakdown(pd.DataFrame(rows, columns=list(COLUMNS)))


def _site(reviews: pd.DataFrame) -> dict[str, object]:
    kept = reviews[reviews["exclusion"].isna()]
    rated = kept[kept["sentiment"].notna()]
    ratings = rated["rating"].astype(float)
    answered, waiting = kept["replied_at"].notna(), kept["answer_state"] == "undecided"
    settled = int((~waiting).sum())
    shares = {word: (rated["sentiment"] == word).mean() for word in ("positive", "neutral", "negative")}
    return {
        **{name: reviews[name].iloc[0] for name in _SCALE},
        "n": len(kept), "rated": len(rated), "mean": ratings.mean(), "sd": ratings.std(), **shares,
        "answered": int(answered.sum()), "answered_share": int(answered.sum()) / settled if settled else float("nan"),
        "undecided": int(waiting.sum()), "median_seconds": kept["answer_calendar_seconds"].astype(float).median(),
        "duplicates": int((reviews["exclusion"] == "duplicate").sum()),
    }  # fmt: skip


def _breakdown(frame: pd.DataFrame, *, reason: str | None = None) -> Breakdown:
    return Breakdown(id="reviews_by_site", metric_id="review_rating", frame=frame, columns=COLUMNS, reason=reason)
