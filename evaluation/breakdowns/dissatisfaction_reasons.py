"""Where low ratings come from: by topic and by answer template, with what people wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import flag, instant
from evaluation.measurement import UNASSIGNED, Absent
from evaluation.metrics.surveys import main_scales, prepared_surveys, stays_within
from evaluation.statistics.intervals import wilson_bounds
from evaluation.text.masking import masked
from evaluation.text.reading import names_of_agents

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.breakdowns import Ground

MOST_COMMENTS = 5

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "by": "topic, or template: the answer templates of the human replies before the rating; a rating counts for "
        "each of its templates, so that these rows do not add up",
        "member": f"the topic or template; {UNASSIGNED} = no topic, or answered without a template",
        "n": "ratings of satisfaction on the main scale",
        "low": "of them in the bottom quarter of the scale: 1 and 2 on a scale of 1 to 5",
        "share": "low ratings as a share of the ratings; weighted when the survey has weights",
        "share_low": "lower end of its 95 % Wilson interval; rows are in its order, the highest first",
        "share_high": "upper end",
        "comments": "up to five comments of low ratings, the newest first; personal details are masked",
    }
)
_MEMBER = ["by", "member"]


def dissatisfaction_reasons(ground: Ground) -> Breakdown:
    """The breakdown of the metric of the same name, for the reported period."""
    if "surveys" not in ground.facts:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_SOURCE.value)
    ratings = ratings_of(ground)
    placed = _by_topic(ratings)
    if "ticket_events" in ground.tables:
        placed = ibis.union(placed, _by_template(ratings, _templates(ground)))
    placed = placed.cache()
    counted = placed.group_by(_MEMBER).agg(
        n=placed.count(), low=flag(placed.is_low).sum(), weight=placed.weight.sum(),
        squares=(placed.weight * placed.weight).sum(),
        weight_low=ibis.ifelse(placed.is_low, placed.weight, 0.0).sum(),
    ).execute()  # fmt: skip
    if counted.empty:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_CASES.value)
    return _breakdown(_judged(counted, _comments(placed, names_of_agents(ground.tables))))


def ratings_of(ground: Ground) -> ir.Table:
    """Ratings of satisfaction in the period that count, as in the metric."""
    raw = ground.facts["surveys"]
    table = prepared_surveys(raw, main_scales(raw, ground.period), ground.facts.cut)
    start, end = instant(ground.period.start), instant(ground.period.end)
    kept = table.filter(
        table.kind == "csat", table.is_on_scale, table.weight > 0, table.exclusion.isnull(),
        table.answered_at >= start, table.answered_at < end,
    )  # fmt: skip
    return kept.mutate(is_low=stays_within(1, 4)(kept).fill_null(False))


def _by_topic(ratings: ir.Table) -> ir.Table:
    return _told(ratings, ibis.literal("topic"), ratings.topic)


def _templates(ground: Ground) -> ir.Table:
    """Templates of the human replies: ticket, moment, template."""
    events = ground.tables["ticket_events"]
    human = (events.actor_kind == "agent") | events.actor_kind.isnull()
    if automatic := ground.settings.replay.automatic_authors:
        human = human & ~events.actor_id.isin(automatic).fill_null(False)
    replies = events.filter(events.kind == "public_reply", human)
    return replies.select(replied_id="ticket_id", replied_at="at", template="template_id")


def _by_template(ratings: ir.Table, replies: ir.Table) -> ir.Table:
    """Each rating once for every template of its ticket; without any, once for none."""
    joined = ratings.inner_join(replies, ratings.ticket_id == replies.replied_id)
    before = joined.filter(joined.replied_at <= joined.answered_at)
    used = before.filter(before.template.notnull()).select("survey_id", used="template").distinct()
    replied = before.select("survey_id").distinct()
    answered = ratings.semi_join(replied, "survey_id")
    named = answered.left_join(used, "survey_id")
    return _told(named, ibis.literal("template"), named.used)


def _told(ratings: ir.Table, by: ir.Value, member: ir.Value) -> ir.Table:
    return ratings.select(
        "survey_id", "answered_at", "comment", "weight", "is_low", by=by, member=ibis.coalesce(member, UNASSIGNED)
    )


def _comments(placed: ir.Table, names: Sequence[str]) -> pd.DataFrame:
    """Comments of low ratings by member, the newest first, without personal details."""
    written = placed.filter(placed.is_low, placed.comment.strip().length() > 0)
    newest = ibis.window(
        group_by=[written.by, written.member], order_by=[written.answered_at.desc(), written.survey_id]
    )
    chosen = written.mutate(number=ibis.row_number().over(newest)).filter(ibis._.number < MOST_COMMENTS)
    frame = chosen.select(*_MEMBER, "number", "comment").execute().sort_values([*_MEMBER, "number"])
    shown = {text: masked(text, names) for text in frame["comment"].unique()}
    frame = frame.assign(comment=frame["comment"].map(shown))
    return frame.groupby(_MEMBER)["comment"].agg(tuple).rename("comments").reset_index()


def _judged(counted: pd.DataFrame, comments: pd.DataFrame) -> pd.DataFrame:
    share = (counted["weight_low"] / counted["weight"]).astype(float).clip(0, 1)
    low, high = wilson_bounds(share, counted["weight"].astype(float) ** 2 / counted["squares"].astype(float))
    told = counted.assign(share=share, share_low=low, share_high=high).merge(comments, on=_MEMBER, how="left")
    told["comments"] = [found if isinstance(found, tuple) else () for found in told["comments"]]
    told = told.assign(rank=(told["by"] != "topic").astype(int))
    ordered = told.sort_values(["rank", "share_low", "n", "member"], ascending=[True, False, False, True])
    return ordered[list(COLUMNS)].reset_index(drop=True)


def _breakdown(frame: pd.DataFrame, *, reason: str | None = None) -> Breakdown:
    return Breakdown(
        id="dissatisfaction_reasons", metric_id="dissatisfaction_reasons", frame=frame, columns=COLUMNS, reason=reason
    )
