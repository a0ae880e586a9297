"""Recurring questions and disliked answers: what to write down and what to teach, with the evidence."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import instant
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.breakdowns import Ground

COLUMNS = MappingProxyType(
    {
        "kind": "article (to be read by requesters), template (for agents), training (of the agents named).",
        "subject": "topic (requesters come back on it) or answer_template (its tickets are rated low).",
        "name": "The topic, the words of an estimated topic, or the id of the template.",
        "cases": "Contacts on the topic of which a repeat can be told, or ratings of tickets with the template.",
        "events": "How many of them came back on the same topic within the window, or were rated low.",
        "share": "Events by cases, 0 to 1.",
        "expected_share": "The share on all other topics, or as the topics of the rated tickets explain, 0 to 1.",
        "requesters": "Different requesters who came back; null for a template.",
        "one_touch_share": "Share of the solved ones with one public message, 0 to 1; null where not recorded.",
        "agents": "Agents clearly above their colleagues, comma-separated; empty for none.",
        "is_estimated": "The topic is an estimated one.",
    }
)


def recurring_questions(ground: Ground) -> Breakdown:
    """Candidates for articles, templates and training in the period, by the rules of `evaluation.text.recurring`."""
    from evaluation.text.recurring import disliked_templates, recurring_topics

    contacts, ratings = _contacts(ground), _ratings(ground)
    if contacts is None and ratings is None:
        return _empty(Absent.NO_SOURCE.value)
    found = [] if contacts is None else recurring_topics(contacts)
    found += [] if ratings is None else disliked_templates(ratings)
    rows = [
        {name: getattr(one, name) for name in COLUMNS if name != "agents"} | {"agents": ", ".join(one.agents)}
        for one in found
    ]
    sizes = {"contacts": 0 if contacts is None else len(contacts), "ratings": _distinct(ratings)}
    if not rows:
        return _empty("none_found" if any(sizes.values()) else Absent.NO_CASES.value, sizes)
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        dict.fromkeys(("kind", "subject", "name", "agents"), "string")
        | {"requesters": "Int64", "one_touch_share": "Float64"}
    )
    return Breakdown(
        id="recurring_questions", metric_id="repeat_contact_share", frame=frame, columns=COLUMNS,
        facts=MappingProxyType(sizes),
    )  # fmt: skip


def _contacts(ground: Ground) -> pd.DataFrame | None:
    """Contacts of the period by known requesters with their topic, recorded or estimated."""
    if "contacts" not in ground.facts:
        return None
    table = ground.facts["contacts"]
    frame = table.filter(
        table.exclusion.isnull(), table.requester_id.notnull(), table.is_reached,
        table["at"] >= instant(ground.period.start), table["at"] < instant(ground.period.end),
    ).select(
        "contact_id", "topic", "requester_id", "at", "is_one_touch", "was_followed", agent="solved_agent",
        is_repeat="is_repeat_same_topic",
    ).execute()  # fmt: skip
    estimated = _with_estimates(ground, frame[frame["topic"].isna()])
    told = frame[frame["topic"].notna() & frame["is_repeat"].notna()].assign(is_estimated=False)
    told["is_repeat"] = told["is_repeat"].astype(bool)
    return pd.concat([told, estimated], ignore_index=True)


def _with_estimates(ground: Ground, untagged: pd.DataFrame) -> pd.DataFrame:
    """Untagged contacts with an estimated topic; a repeat is one after another of the period with the same estimate."""
    from evaluation.breakdowns.estimated_topics import names_of

    wanted = ground.settings.text.topics and len(untagged)
    names = names_of(ground.topic_estimates) if wanted and ground.topic_estimates is not None else {}
    named = untagged.assign(topic=untagged["contact_id"].map(names).astype("string"), is_estimated=True)
    named = named[named["topic"].notna()].sort_values(["requester_id", "topic", "at", "contact_id"])
    gap = named.groupby(["requester_id", "topic"])["at"].diff()
    days = ground.settings.contacts.repeat_within_days
    return named.assign(is_repeat=(gap < pd.Timedelta(days=days)).to_numpy(dtype=bool), was_followed=None)


def _ratings(ground: Ground) -> pd.DataFrame | None:
    """Ratings of satisfaction in the period with the templates that agents had sent in their tickets by then."""
    if "surveys" not in ground.facts or not ground.tables.has("ticket_events", "template_id"):
        return None
    links = ground.tables["surveys"].filter(ibis._.ticket_id.notnull())
    links = links.group_by("survey_id").agg(ticket_id=links.ticket_id.min())
    rated = _rated(ground).join(links, "survey_id")
    events = ground.tables["ticket_events"]
    sent = events.filter(
        events.kind == "public_reply", events.template_id.notnull(), events.actor_kind == "agent",
        events.actor_id.fill_null("").notin([*ground.settings.replay.automatic_authors, ""]),
    ).select(sent_ticket="ticket_id", sent_at="at", template_id="template_id")  # fmt: skip
    before = rated.left_join(sent, [rated.ticket_id == sent.sent_ticket, sent.sent_at <= rated.answered_at])
    return before.select("survey_id", "template_id", "topic", "agent", "is_low").distinct().execute()


def _rated(ground: Ground) -> ir.Table:
    table = ground.facts["surveys"]
    middle = (table.scale_min + table.scale_max) / 2
    inside = table.filter(
        table.exclusion.isnull(), table.kind == "csat", table.score.notnull(), table.scale_max > table.scale_min,
        table.answered_at >= instant(ground.period.start), table.answered_at < instant(ground.period.end),
    )  # fmt: skip
    return inside.select("survey_id", "answered_at", "topic", "agent", is_low=table.score < middle)


def _distinct(ratings: pd.DataFrame | None) -> int:
    return 0 if ratings is None else int(ratings["survey_id"].nunique())


def _empty(reason: str, facts: dict[str, Any] | None = None) -> Breakdown:
    return Breakdown(
        id="recurring_questions", metric_id="repeat_contact_share", frame=pd.DataFrame(columns=list(COLUMNS)),
        columns=COLUMNS, facts=MappingProxyType(facts or {}), reason=reason,
    )  # fmt: skip
