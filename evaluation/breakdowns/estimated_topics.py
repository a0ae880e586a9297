"""Estimated topics of the tickets that carry none: the organisation's own topics, or groups with their words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground
    from evaluation.text.topics import TopicEstimates

COLUMNS = MappingProxyType(
    {
        "way": "own_topic (learnt from tagged tickets), group (of like requests), wording (the same words by many), "
        "unclear (none of these), no_text",
        "topic": "The organisation's own topic; null for the others.",
        "language": "Language, or script where none is recorded, in which a group was found; null for the others.",
        "words": "The most typical words of a group, as people write them; null for the others.",
        "tickets": "Untagged tickets created in the period.",
        "share": "Share of all untagged tickets of the period, 0 to 1.",
        "previous": "The same in the period before, by the same model; tickets.",
        "silhouette": "How well a group is apart from the others, -1 to 1; null for the others.",
        "stability": "How much of a group comes back when other texts are drawn, 0 to 1; null for the others.",
        "typical_ticket_id": "The most typical ticket of a group among those of the period; null for the others.",
        "is_estimated": "Rests on a model.",
    }
)
ORDER = ("own_topic", "group", "wording", "unclear", "no_text")
COUNTED = ("wording", "no_text")


def estimated_topics(ground: Ground) -> Breakdown:
    """The untagged tickets of the period by estimated topic; rows add up to all untagged tickets."""
    reason = _absent(ground)
    if reason is not None:
        return _empty(reason)
    estimates = ground.topic_estimates
    if estimates is None:  # every ticket carries a topic
        return _empty(Absent.NO_CASES.value)
    facts = facts_of(estimates)
    if not estimates.tickets.loc[estimates.tickets["is_now"], "estimate"].notna().any():
        return _empty("not_enough", facts)
    return Breakdown(
        id="estimated_topics", metric_id="tickets_created", frame=rows_of(estimates), columns=COLUMNS, facts=facts
    )


def rows_of(estimates: TopicEstimates) -> pd.DataFrame:
    """One row per own topic and group, largest first, then what is unclear and what has no text."""
    tickets = estimates.tickets
    total = int(tickets["is_now"].sum())
    rows: list[dict[str, Any]] = []
    for (way, estimate), part in tickets.groupby(["way", "estimate"], dropna=False, sort=True):
        now = part[part["is_now"]]
        if len(now):
            known = _described(estimates, str(way), str(estimate), now)
            rows.append({"way": way, "tickets": len(now), "share": len(now) / total,
                         "previous": len(part) - len(now), "is_estimated": way not in COUNTED, **known})  # fmt: skip
    rows.sort(key=lambda row: (ORDER.index(row["way"]), -row["tickets"], str(row.get("topic")), str(row.get("words"))))
    texts = ("way", "topic", "language", "words", "typical_ticket_id")
    types = dict.fromkeys(texts, "string") | dict.fromkeys(("silhouette", "stability"), "Float64")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(types)


def names_of(estimates: TopicEstimates) -> dict[str, str]:
    """A name for the estimated topic of each ticket that has one, by its id: the own topic, or the group's words."""
    named = estimates.tickets[estimates.tickets["estimate"].notna()]
    return {
        str(ticket): str(estimate) if way == "own_topic" else _words(estimates, str(estimate))
        for ticket, way, estimate in zip(named["ticket_id"], named["way"], named["estimate"], strict=True)
    }


def _words(estimates: TopicEstimates, estimate: str) -> str:
    language, _, number = estimate.rpartition(":")
    return ", ".join(estimates.groupings[language].groups[int(number)].words)


def facts_of(estimates: TopicEstimates) -> Mapping[str, float | int | str]:
    """How far the estimates can be trusted, and why a way was not taken."""
    now = estimates.tickets[estimates.tickets["is_now"]]
    learnt = estimates.learnt
    found: dict[str, float | int | str] = {
        "untagged": len(now), "with_text": int((now["way"] != "no_text").sum()),
        "own_topics": learnt.reason or "learnt", "tried": learnt.tried,
    }  # fmt: skip
    if learnt.accuracy is not None:
        found["accuracy"] = learnt.accuracy
    for language, grouping in estimates.groupings.items():
        found[f"{language}.texts"] = len(grouping.member)
        found[f"{language}.groups"] = grouping.reason or ("wordings" if grouping.is_of_wordings else "found")
        found[f"{language}.k"] = grouping.number
        if grouping.silhouette is not None:
            found[f"{language}.silhouette"] = grouping.silhouette
    return MappingProxyType(found)


def _described(estimates: TopicEstimates, way: str, estimate: str, now: pd.DataFrame) -> dict[str, object]:
    if way == "own_topic":
        return {"topic": estimate}
    if way not in ("group", "wording"):
        return {}
    language, _, number = estimate.rpartition(":")
    group = estimates.groupings[language].groups[int(number)]
    return {
        "language": language, "words": ", ".join(group.words), "silhouette": group.silhouette,
        "stability": group.stability, "typical_ticket_id": _typical(now),
    }  # fmt: skip


def _typical(now: pd.DataFrame) -> str:
    ordered = now.sort_values(["distance", "ticket_id"])
    return str(ordered["ticket_id"].iloc[0])


def _absent(ground: Ground) -> str | None:
    from evaluation.text.reading import has_request_text

    if not ground.settings.text.topics:
        return "off"
    if "tickets" not in ground.facts:
        return Absent.NO_SOURCE.value
    return None if has_request_text(ground.tables) else Absent.NO_COLUMN.value


def _empty(reason: str, facts: Mapping[str, float | int | str] = MappingProxyType({})) -> Breakdown:
    return Breakdown(
        id="estimated_topics", metric_id="tickets_created", frame=pd.DataFrame(columns=list(COLUMNS)), columns=COLUMNS,
        facts=facts, reason=reason,
    )  # fmt: skip
