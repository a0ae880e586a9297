"""A next step for each finding: one id of a closed list, by rule. Steps are about work, never about a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.explanation import Cause, Explanation
from evaluation.metric import Metric, Pillar

STEPS = (
    "repair_data", "review_goal", "keep_going", "write_article", "plan_for_mix", "cover_calls", "clear_backlog",
    "opening_hours", "answer_reviews", "shift_plan", "answer_templates", "routing_rules", "read_complaints",
    "read_returns", "talk_audits_through", "calibrate", "read_comments", "ask_sooner", "ask_leavers", "look_at_cases",
)  # fmt: skip
"""Every step there is; the report has one sentence for each."""

BY_METRIC: Mapping[str, str] = MappingProxyType(
    {
        "service_level": "cover_calls",
        "average_speed_of_answer": "cover_calls",
        "abandonment_rate": "cover_calls",
        "backlog": "clear_backlog",
        "sla_overdue_now": "clear_backlog",
        "clearance_rate": "clear_backlog",
        "review_answer_rate": "answer_reviews",
        "review_answer_time": "answer_reviews",
        "negative_reviews_answered_in_target": "answer_reviews",
        "reopen_rate": "answer_templates",
        "one_touch_rate": "answer_templates",
        "first_contact_resolution": "answer_templates",
        "replies_per_solved": "answer_templates",
        "repeat_contact_share": "write_article",
        "tickets_per_requester": "write_article",
        "transfer_rate": "routing_rules",
        "escalation_rate": "routing_rules",
        "complaint_rate": "read_complaints",
        "return_rate": "read_returns",
        "audit_score": "talk_audits_through",
        "correspondence_audit_score": "talk_audits_through",
        "call_audit_score": "talk_audits_through",
        "mystery_score": "talk_audits_through",
        "mystery_score_third_party": "talk_audits_through",
        "auditor_agreement": "calibrate",
        "response_rate": "ask_sooner",
        "retention_rate": "ask_leavers",
    }
)
"""By what the figure is, where that alone says what to do."""

BY_PILLAR: Mapping[Pillar, str] = MappingProxyType(
    {
        Pillar.AVAILABILITY: "opening_hours",
        Pillar.RESPONSIVENESS: "shift_plan",
        Pillar.SATISFACTION: "read_comments",
        Pillar.LOYALTY: "read_comments",
        Pillar.QUALITY: "look_at_cases",
        Pillar.WORKLOAD: "look_at_cases",
    }
)


def next_step(
    rule: str, metric: Metric, family: str, dimension: str | None, member: str | None, explanation: Explanation | None
) -> str:
    """The step for a finding; the first rule that applies, in this order.

    | when | step |
    | --- | --- |
    | a figure is withheld | repair_data |
    | a goal is missed, off course or at risk | review_goal |
    | a goal is reached, or a figure is better | keep_going |
    | a topic grew | write_article |
    | the change comes from another mix of cases more than from the parts' own figures | plan_for_mix |
    | promises and waits on the telephone | cover_calls |
    | the figure has a step of its own | `BY_METRIC` |
    | otherwise | `BY_PILLAR` |

    Args:
        rule: Of the finding.
        metric: Of the finding.
        family: Id of the metric that speaks for it.
        dimension, member: Whom it is about, or None.
        explanation: What moved the whole, when it is known.
    """
    if rule == "withheld":
        return "repair_data"
    if rule in ("goal_missed", "goal_off_course", "goal_at_risk"):
        return "review_goal"
    if rule.startswith("goal_reached") or "better" in rule:
        return "keep_going"
    if rule == "topic_grew":
        return "write_article"
    if explanation is not None and not explanation.is_even and main_cause(explanation) is Cause.MIX:
        return "plan_for_mix"
    if metric.pillar is Pillar.RESPONSIVENESS and (dimension, member) == ("channel", "phone"):
        return "cover_calls"
    return BY_METRIC.get(family) or BY_PILLAR[metric.pillar]


def main_cause(explanation: Explanation) -> Cause:
    """Whether more of the change comes from the mix of cases or from the parts' own figures.

    Example:
        >>> main_cause(Explanation(dimension="channel", statistic="value", change=-0.1, mix=-0.07, rate=-0.03,
        ...                        largest=(), others=-0.1, is_even=True)).value
        'mix'
    """
    way = 1.0 if explanation.change > 0 else -1.0
    return Cause.MIX if way * explanation.mix > way * explanation.rate else Cause.RATE
