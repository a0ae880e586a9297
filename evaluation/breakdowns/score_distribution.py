"""How many answers were given on each point of each scale; a kind of survey or a scale is never pooled with another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import NO_TEXT, flag, instant
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.breakdowns import Ground

KINDS = ("csat", "nps", "ces")

MOST_POINTS = 11
"""Scales with more points show only those that were given."""

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "csat, nps or ces",
        "variant": "of NPS relation or interaction, which are never mixed; empty for the others",
        "scale_min": "lowest point of the scale",
        "scale_max": "highest point of the scale",
        "score": "the answer; whole-numbered scales of up to 11 points show every point, given or not",
        "n": "answers",
        "share": "of the answers of this kind, variant and scale; weighted when the survey has weights",
    }
)
_SCALE = ["kind", "variant", "scale_min", "scale_max"]


def score_distribution(ground: Ground) -> Breakdown:
    """The breakdown of CSAT, NPS and CES, for the reported period; only answers that lie on their scale."""
    if "surveys" not in ground.facts:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_SOURCE.value)
    answers = _answers(ground)
    counted = answers.group_by([*_SCALE, "score"]).agg(
        n=answers.count(), weight=answers.weight.sum(), again=flag(answers.is_again).sum()
    ).execute()  # fmt: skip
    if counted.empty:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_CASES.value)
    ordered = counted.assign(rank=counted["kind"].map(KINDS.index)).sort_values(["rank", *_SCALE[1:], "score"])
    parts = [_scale(group) for _, group in ordered.groupby(_SCALE, sort=False, dropna=False)]
    return _breakdown(pd.concat(parts, ignore_index=True), facts={"re_rated": int(counted["again"].sum())})


def _answers(ground: Ground) -> ir.Table:
    table = ground.facts["surveys"]
    start, end = instant(ground.period.start), instant(ground.period.end)
    inside = table.filter(
        table.exclusion.isnull(), table.kind.isin(KINDS), table.answered_at >= start, table.answered_at < end,
        table.score >= table.scale_min, table.score <= table.scale_max, table.weight > 0,
    )  # fmt: skip
    link = ibis.ifelse(inside.is_linked, ibis.literal("interaction"), ibis.literal("relation"))
    return inside.mutate(
        variant=ibis.ifelse(inside.kind == "nps", link, NO_TEXT),
        is_again=(inside.first_answered_at < inside.answered_at).fill_null(False),
    )


def _scale(group: pd.DataFrame) -> pd.DataFrame:
    """One scale with every point that it is shown with."""
    by_score = group.set_index("score")[["n", "weight"]]
    points = list(_points(float(group["scale_min"].iloc[0]), float(group["scale_max"].iloc[0])))
    if points and set(by_score.index) <= set(points):
        by_score = by_score.reindex(points, fill_value=0)
    same = {name: group[name].iloc[0] for name in _SCALE}
    share = by_score["weight"].astype(float) / float(by_score["weight"].sum())
    told = pd.DataFrame({"score": by_score.index, "n": by_score["n"].to_numpy(), "share": share.to_numpy()})
    return told.assign(**same)[list(COLUMNS)]


def _points(low: float, high: float) -> Iterator[float]:
    if low.is_integer() and high.is_integer() and high - low < MOST_POINTS:
        yield from (float(point) for point in range(int(low), int(high) + 1))


def _breakdown(
    frame: pd.DataFrame, *, facts: Mapping[str, float | int | str] | None = None, reason: str | None = None
) -> Breakdown:
    return Breakdown(
        id="score_distribution", metric_id="csat", frame=frame, columns=COLUMNS, facts=facts or {}, reason=reason
    )
