"""Evidence side by side: what every other source says about the member that a finding is about."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.assessment import Evidence
from evaluation.judgement.candidates import SHARE_OF_TOPIC
from evaluation.judgement.families import family_of
from evaluation.judgement.figures import reading
from evaluation.measurement import Measurements
from evaluation.metric import Metric
from evaluation.period import Period
from evaluation.verdict import Against, LookedAt

SOURCES: tuple[tuple[str, str], ...] = (
    ("tickets_created", "tickets"),
    ("sla_attainment", "ticket_events"),
    ("reopen_rate", "ticket_events"),
    ("calls_offered", "calls"),
    ("complaint_rate", "tickets"),
    ("return_rate", "returns"),
    ("audit_score", "audits"),
    ("mystery_score", "audits"),
    ("review_rating", "reviews"),
    ("csat", "surveys"),
    ("nps", "surveys"),
)
"""What is put side by side, and the canonical table it comes from; in this order."""


def evidence_on(
    metric: Metric,
    dimension: str,
    member: str,
    measurements: Measurements,
    period: Period,
    catalogue: Mapping[str, Metric],
    looked_at: LookedAt,
) -> tuple[Evidence, ...]:
    """The figures of other sources on a member, each with its verdicts; only those that exist.

    Args:
        metric: What the finding is about; it is not repeated.
        dimension: Of the member.
        member: Whom the finding is about.
        measurements: All measurements.
        period: The period.
        catalogue: Metrics by id.
        looked_at: The verdicts after the control.
    """
    own = family_of(metric, catalogue)
    found = []
    for metric_id, table in SOURCES:
        other = catalogue.get(metric_id)
        if other is None or family_of(other, catalogue) == own:
            continue
        row = reading(measurements, other, period.id, where={dimension: member})
        if row is None or row.value is None or not row.n:
            continue
        statistic = SHARE_OF_TOPIC if (metric_id, dimension) == ("tickets_created", "topic") else other.statistic
        before, rest = (
            looked_at.verdict(metric_id, told, against, dimension, member)
            for told, against in ((statistic, Against.BEFORE), (other.statistic, Against.REST))
        )
        found.append(Evidence(metric=other, value=row.value, n=row.n, before=before, rest=rest, table=table))
    return tuple(found)
