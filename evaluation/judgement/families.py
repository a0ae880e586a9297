"""Which metrics are compared: every one with a good direction, and of those that say the same only one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from evaluation.metric import Better, Kind, Metric, Unit

SAYS_THE_SAME_AS: Mapping[str, str] = MappingProxyType(
    {
        "first_wait_time": "first_response_time",
        "first_resolution_time": "full_resolution_time",
        "requester_wait_time": "full_resolution_time",
        "replies_per_solved": "one_touch_rate",
        "sla_overdue_time": "sla_overdue_now",
        "awaiting_first_response": "backlog",
        "complaint_rate_customers": "complaint_rate",
        "return_rate_customers": "return_rate",
        "churn_rate": "retention_rate",
        "dissatisfaction_reasons": "csat",
        "review_sentiment": "review_rating",
        "review_sentiment_negative": "review_rating",
    }
)
"""Metrics of the same cases that move together by their making: a complement, another denominator, another end of the
same scale, a part of the same way. The one at the right speaks for them unless the organisation chose another one as a
main figure."""

OF_THE_CUSTOMERS = frozenset({"opening_coverage", "response_rate", "tickets_per_requester"})
"""What customers do and not what is done for them: when they write, whether they answer, how often they come. A part of
the service does not stand out by it, neither from others nor from before; of the whole it is said to have moved."""

WAY_OF_THE_CHANNEL = frozenset({"one_touch_rate", "first_contact_resolution"})
"""What a channel's own way decides: a talk or a chat settles in one sitting what takes letters to and fro."""


def is_of_the_customers(metric: Metric) -> bool:
    """Whether a metric tells what customers do, so that no part of the service does well or badly by it."""
    return metric.id in OF_THE_CUSTOMERS


def is_alike_everywhere(metric: Metric, dimension: str) -> bool:
    """Whether the parts of a dimension ought to reach about the same figure, so that one of them may stand out.

    Channels and topics take their own time: a chat is no slow e-mail, and a refund no quick question. Their durations
    are judged by their promises and by the period before, and so is what a channel settles at once; counts and stocks
    are as large as the part is. Teams and branches are given different cases; they are only compared with what those
    lead to expect.
    """
    if is_of_the_customers(metric) or metric.kind in (Kind.COUNT, Kind.STOCK):
        return False
    if dimension == "channel" and metric.id in WAY_OF_THE_CHANNEL:
        return False
    return dimension in ("channel", "topic") and metric.unit is not Unit.SECONDS


def compared_metrics(catalogue: Mapping[str, Metric], wanted: Collection[str] = ()) -> tuple[Metric, ...]:
    """The metrics whose differences are looked at in every part of the service, in the order of the catalogue.

    One for each family: the one that is wanted, else the head of the family, which carries the family's id.

    Args:
        catalogue: Metrics by id, as chosen by the organisation.
        wanted: Ids of main figures and goals.
    """
    families: dict[str, list[Metric]] = {}
    for metric in catalogue.values():
        families.setdefault(family_of(metric, catalogue), []).append(metric)
    heads = [_head(family, members, wanted) for family, members in families.items()]
    return tuple(metric for metric in heads if metric.better is not Better.NEUTRAL)


def family_of(metric: Metric, catalogue: Mapping[str, Metric]) -> str:
    """Id of the metric that speaks for this one, which may be itself.

    A companion carries its head's id and then its own variant: `csat_mean`, `first_response_time_calendar`.
    """
    base = metric.id.removesuffix(f"_{metric.variant}") if metric.variant else metric.id
    head = base if base in catalogue else metric.id
    head = SAYS_THE_SAME_AS.get(head, head)
    return head if head in catalogue else metric.id


def _head(family: str, members: list[Metric], wanted: Collection[str]) -> Metric:
    chosen = next((metric for metric in members if metric.id in wanted), None)
    return chosen or next((metric for metric in members if metric.id == family), members[0])
