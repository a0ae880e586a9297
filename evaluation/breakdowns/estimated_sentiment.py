"""Sentiment of comments and reviews: as rated, and as estimated where there is no rating."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.measurement import Absent
from evaluation.text.words import folded

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground
    from evaluation.text.sentiment import Sentiments

COLUMNS = MappingProxyType(
    {
        "source": "survey (free comments) or review.",
        "sentiment": "positive or negative; by the half of the scale in which it was rated, or as estimated.",
        "comments": "Texts of the period.",
        "share": "Share of the positive and negative texts of the source with, or without, a rating, 0 to 1.",
        "corrected_share": "The share with the model's known errors taken out, 0 to 1; null for rated texts.",
        "is_estimated": "Rests on a model: these texts carry no rating.",
    }
)


def estimated_sentiment(ground: Ground) -> Breakdown:
    """Unrated comments and reviews of the period by estimated sentiment, beside the rated ones."""
    from evaluation.text.reading import opinions

    if not ground.settings.text.sentiment:
        return _empty("off")
    if "surveys" not in ground.facts and not ground.tables.has("reviews", "text"):
        return _empty(Absent.NO_SOURCE.value)
    texts = opinions(ground.facts, ground.tables, ground.period)
    texts["folded"] = [folded(text) for text in texts["text"]]
    return breakdown_of(texts[texts["folded"] != ""])


def breakdown_of(texts: pd.DataFrame) -> Breakdown:
    """The breakdown of texts (`reading.opinions`) that have words (`folded`)."""
    from evaluation.text.sentiment import estimated, sentiment_of

    sentiments = pd.Series([sentiment_of(place) for place in texts["position"]], index=texts.index, dtype="string")
    texts = texts.assign(sentiment=sentiments)
    unrated = texts[texts["position"].isna() & texts["is_now"]].sort_values(["source", "folded"], ignore_index=True)
    if unrated.empty:
        return _empty(Absent.NO_CASES.value)
    rated = texts[texts["sentiment"].notna()]
    found = estimated(list(zip(rated["folded"], rated["sentiment"], strict=True)), unrated["folded"].tolist())
    facts = _facts(found, len(unrated))
    if found.reason is not None:
        return _empty("not_enough", facts)
    now = rated[rated["is_now"]]
    frame = _rows(now, unrated.assign(sentiment=pd.Series(found.labels, dtype="string")), found)
    return Breakdown(id="estimated_sentiment", metric_id="csat", frame=frame, columns=COLUMNS, facts=facts)


def _rows(rated: pd.DataFrame, unrated: pd.DataFrame, found: Sentiments) -> pd.DataFrame:
    rows = []
    for source in ("survey", "review"):
        for texts, is_estimated in ((rated, False), (unrated, True)):
            part = texts[texts["source"] == source]
            positive = float((part["sentiment"] == "positive").mean()) if len(part) else 0.0
            corrected = found.corrected(positive)
            for sentiment, share, better in (
                ("positive", positive, corrected), ("negative", 1 - positive, 1 - corrected),
            ):  # fmt: skip
                count = int((part["sentiment"] == sentiment).sum())
                if len(part):
                    rows.append((source, sentiment, count, share, better if is_estimated else None, is_estimated))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"source": "string", "sentiment": "string", "corrected_share": "Float64"})


def _facts(found: Sentiments, unrated: int) -> Mapping[str, float | int | str]:
    measured = {
        "balanced_accuracy": found.balanced_accuracy, "accuracy": found.accuracy, "majority": found.majority,
        "positive_found": found.positive_found, "negative_found": found.negative_found,
    }  # fmt: skip
    return MappingProxyType(
        {
            "unrated": unrated,
            "rated_positive": found.rated[0],
            "rated_negative": found.rated[1],
            "model": found.reason or "learnt",
            **{name: value for name, value in measured.items() if value is not None},
        }  # fmt: skip
    )


def _empty(reason: str, facts: Mapping[str, float | int | str] = MappingProxyType({})) -> Breakdown:
    return Breakdown(
        id="estimated_sentiment", metric_id="csat", frame=pd.DataFrame(columns=list(COLUMNS)), columns=COLUMNS,
        facts=facts, reason=reason,
    )  # fmt: skip
