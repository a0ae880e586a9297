"""What belongs to a metric when it is explained: what is measured beside it, and its worked example."""

from __future__ import annotations

from evaluation.metric import Credit, Metric
from evaluation.metrics.catalogue import variants_by_id
from evaluation.metrics.definition import AnyDefinition
from evaluation.metrics.worked_example import EXAMPLES, Example
from evaluation.survey_credit import Credited


def example_of(metric_id: str, variant: str | None) -> Example | None:
    """The worked example of a metric: of the ten tickets, else of the story that tells it; None when there is none.

    Args:
        metric_id: The metric.
        variant: Its variant, when it has several; None when it has one.

    Example:
        >>> example_of("tickets_created", None).n
        9
    """
    # the stories are many, and the command line asks for them only here
    from evaluation.metrics.worked_stories import STORIES

    told = (EXAMPLES, *(story.examples for story in STORIES))
    return next((examples[metric_id, variant] for examples in told if (metric_id, variant) in examples), None)


def who_is_credited(definition: AnyDefinition, surveys: Credited) -> tuple[Credit, ...]:
    """Who is credited by a metric; of a ratio above and below the line, where they are not the same.

    Args:
        definition: The metric with its computation.
        surveys: Whom the organisation credits for what customers answer.

    Example:
        >>> csat = variants_by_id()["csat"][0]
        >>> [one.name for surveys in ("assignee", "most_replies") for one in who_is_credited(csat, surveys)]
        ['RATING', 'MOST_REPLIES']
    """
    chosen = {Credit.RATING: Credit.MOST_REPLIES} if surveys == "most_replies" else {}
    return tuple(chosen.get(credit, credit) for credit in definition.credits)


def number(value: float) -> str:
    """A worked value as it is printed at a terminal: whole, or with four digits.

    Example:
        >>> number(9.0), number(2 / 3)
        ('9', '0.6667')
    """
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"


def is_companion(metric: Metric) -> bool:
    """Whether it is another variant under its own id, which is explained with the metric itself."""
    return metric.variant is not None and metric.id.endswith(f"_{metric.variant}")


def measured_beside(metric: Metric) -> tuple[str, ...]:
    """Ids of its other variants, such as the other clock, where those are always measured beside it.

    Example:
        >>> measured_beside(variants_by_id()["first_response_time"][0].metric)
        ('first_response_time_calendar',)
    """
    known = variants_by_id()
    if metric.variant is None or f"{metric.id}_{metric.variant}" not in known:
        return ()
    others = [definition.metric.variant for definition in known[metric.id]]
    return tuple(f"{metric.id}_{variant}" for variant in others if variant != metric.variant)
