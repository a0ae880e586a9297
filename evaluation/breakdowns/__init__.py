"""The tables behind the metrics: one file makes one breakdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from evaluation.breakdown import Breakdown
from evaluation.breakdowns.audit_criteria import audit_criteria
from evaluation.breakdowns.audits_left_out import audits_left_out
from evaluation.breakdowns.backlog_curve import backlog_curve
from evaluation.breakdowns.benchmark import benchmark
from evaluation.breakdowns.call_outcomes import call_outcomes
from evaluation.breakdowns.contact_reasons import contact_reasons
from evaluation.breakdowns.dissatisfaction_reasons import dissatisfaction_reasons
from evaluation.breakdowns.estimated_sentiment import estimated_sentiment
from evaluation.breakdowns.estimated_topics import estimated_topics
from evaluation.breakdowns.load_by_hour import load_by_hour
from evaluation.breakdowns.member_comparison import member_comparison
from evaluation.breakdowns.pauses_in_doubt import pauses_in_doubt
from evaluation.breakdowns.rated_comments import rated_comments
from evaluation.breakdowns.recurring_questions import recurring_questions
from evaluation.breakdowns.reviews_by_site import reviews_by_site
from evaluation.breakdowns.score_distribution import score_distribution
from evaluation.breakdowns.time_to_solve import time_to_solve
from evaluation.breakdowns.top_requesters import top_requesters
from evaluation.breakdowns.waits_distribution import waits_distribution
from evaluation.errors import CannotMeasure
from evaluation.facts.shapes import Facts
from evaluation.judgement.members import compare_members
from evaluation.measurement import Absent, Measurements
from evaluation.member_comparison import MemberComparison
from evaluation.metric import Metric
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.text.topics import TopicEstimates, estimated_in


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a breakdown may read.

    Attributes:
        facts: The fact tables.
        tables: The canonical tables, for words that facts do not hold.
        settings: The organisation's choices.
        period: The reported period.
        measurements: What was measured.
        topics: What waits for estimated topics that were begun before; they are made when asked for when left out.
    """

    facts: Facts
    tables: Tables
    settings: Settings
    period: Period
    measurements: Measurements
    topics: Callable[[], TopicEstimates | None] | None = None

    def is_withheld(self, metric: Metric) -> bool:
        """Whether a metric's figure of the period must not be shown, and so nothing that it is made of."""
        try:
            row = self.measurements.get(metric.id, self.period.id, statistic=metric.statistic)
        except CannotMeasure:  # it was not asked for
            return False
        return row.reason is Absent.WITHHELD

    @cached_property
    def topic_estimates(self) -> TopicEstimates | None:
        """Estimated topics of untagged tickets, made once; None when no ticket of the period is untagged."""
        return self.topics() if self.topics else estimated_in(self.facts, self.tables, self.period)

    @cached_property
    def comparisons(self) -> tuple[MemberComparison, ...]:
        """Agents, teams and branches beside what their own cases lead to expect, compared once."""
        return compare_members(self.facts, self.settings, self.period, self.measurements)


MAKERS: MappingProxyType[str, Callable[[Ground], Breakdown]] = MappingProxyType(
    {
        "audit_criteria": audit_criteria,
        "audits_left_out": audits_left_out,
        "backlog_curve": backlog_curve,
        "benchmark": benchmark,
        "call_outcomes": call_outcomes,
        "contact_reasons": contact_reasons,
        "dissatisfaction_reasons": dissatisfaction_reasons,
        "estimated_sentiment": estimated_sentiment,
        "estimated_topics": estimated_topics,
        "load_by_hour": load_by_hour,
        "member_comparison": member_comparison,
        "pauses_in_doubt": pauses_in_doubt,
        "rated_comments": rated_comments,
        "reviews_by_site": reviews_by_site,
        "score_distribution": score_distribution,
        "recurring_questions": recurring_questions,
        "time_to_solve": time_to_solve,
        "top_requesters": top_requesters,
        "waits_distribution": waits_distribution,
    }
)
"""What makes each breakdown, by its id."""


def breakdowns(ground: Ground) -> Mapping[str, Breakdown]:
    """All breakdowns of a period, by id; one that could not be made says why."""
    return MappingProxyType({name: make(ground) for name, make in MAKERS.items()})
