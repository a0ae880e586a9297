"""What customers wrote with their lowest and highest ratings: a few comments, with personal details masked."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.breakdowns.dissatisfaction_reasons import ratings_of
from evaluation.measurement import UNASSIGNED, Absent
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.surveys import reaches, stays_within
from evaluation.text.masking import masked
from evaluation.text.reading import names_of_agents
from evaluation.text.words import folded

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.breakdowns import Ground

SIDES = ("low", "high")
MOST_OF_A_SIDE = 3
LONGEST, SHORTEST = 200, 20
"""Letters of a comment that are shown, and from which on it says more than its rating."""
_LOOKED_AT = 200

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "side": "low: bottom quarter of the scale; high: top quarter",
        "comment": "up to 200 letters; [email], [phone], [number], [link], [date] and [name] stand for what was there",
        "score": "the rating",
        "scale_max": "highest point of its scale",
        "topic": f"of the contact; {UNASSIGNED} = none",
    }
)


def rated_comments(ground: Ground) -> Breakdown:
    """The breakdown of CSAT, for the reported period: at most three comments of each side, the newest of each topic.

    Comments come only from topics with as many ratings as the metric asks for, so that nobody is told from a handful.
    """
    if not ground.settings.text.comments:
        return _breakdown([], "off")
    if "surveys" not in ground.facts:
        return _breakdown([], Absent.NO_SOURCE.value)
    metric = chosen(ground.settings.metrics)["csat"].metric
    if ground.is_withheld(metric):
        return _breakdown([], Absent.WITHHELD.value)
    ratings = ratings_of(ground)
    sizes = ratings.group_by(topic=ibis.coalesce(ratings.topic, UNASSIGNED)).agg(size=ratings.count())
    large = sizes.filter(sizes["size"] >= metric.minimum_sample).select("topic")
    found = [row for side in SIDES for row in _of_side(ground, ratings, large, side)]
    return _breakdown(found, Absent.NO_CASES.value)


def _of_side(ground: Ground, ratings: ir.Table, large: ir.Table, side: str) -> Iterator[Mapping[str, object]]:
    is_meant = stays_within(1, 4) if side == "low" else reaches(3, 4)
    written = ratings.filter(is_meant(ratings), ratings.comment.strip().length() >= SHORTEST)
    told = written.mutate(topic=ibis.coalesce(written.topic, UNASSIGNED)).semi_join(large, "topic")
    columns = ("comment", "score", "scale_max", "topic", "requester_id", "agent", "answered_at", "survey_id")
    newest = told.select(*columns).order_by(ibis.desc("answered_at"), "survey_id").limit(_LOOKED_AT).execute()
    newest = newest.sort_values(["answered_at", "survey_id"], ascending=[False, True])
    names = names_of_agents(ground.tables)
    for row in _picked(newest.to_dict(orient="records")):
        own = [str(row[name]) for name in ("requester_id", "agent") if isinstance(row[name], str)]
        yield {"side": side, "comment": _cut(masked(row["comment"], [*names, *own])), "score": float(row["score"]),
               "scale_max": float(row["scale_max"]), "topic": row["topic"]}  # fmt: skip


def _picked(newest: Iterable[Mapping[Hashable, Any]]) -> list[Mapping[Hashable, Any]]:
    """The newest comment of each topic first, then others; no wording twice."""
    first: list[Mapping[Hashable, Any]] = []
    later: list[Mapping[Hashable, Any]] = []
    wordings, topics = {""}, set()
    for row in newest:
        wording = folded(row["comment"])
        if wording in wordings:
            continue
        (later if row["topic"] in topics else first).append(row)
        wordings.add(wording)
        topics.add(row["topic"])
    return [*first, *later][:MOST_OF_A_SIDE]


def _cut(text: str) -> str:
    """The beginning of a text, cut at a space and never inside a mark."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    beginning = text[: LONGEST - 1]
    return f"{beginning[: beginning.rfind(' ')] if ' ' in beginning else beginning}…"


def _breakdown(rows: list[Mapping[str, object]], reason: str) -> Breakdown:
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"score": "float64", "scale_max": "float64"})
    return Breakdown(
        id="rated_comments", metric_id="csat", frame=frame, columns=COLUMNS, reason=reason if frame.empty else None
    )
