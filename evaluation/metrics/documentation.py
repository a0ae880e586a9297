"""The catalogue in words: `docs/metrics.md` and the command `service-review metrics` are made from it."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.metric import Clock, Metric, Pillar
from evaluation.metrics.catalogue import variants_by_id
from evaluation.metrics.worked_example import EXAMPLES, TEN_TICKETS, Example, StoryTicket

_CLOCKS = {Clock.BUSINESS: "opening hours", Clock.CALENDAR: "round the clock", Clock.NONE: "none"}

_INTRODUCTION = """# Metrics

This page is made from the catalogue in `evaluation/metrics/`; edit the definitions there and run `make docs`.

Every metric is measured for the reported period, the periods before it back to the same period last year (eight
quarters for a quarter) and the last 13 months, for the whole service and by channel, team, branch, topic, priority and
agent. Cases without a member are a row of their own, `(unassigned)`, so that the rows add up.

- A case is **decided**, **undecided** (its outcome was not known when the data were taken) or **left out** (with a
  reason). The three add up to all cases, and all three are stored.
- Shares carry Wilson intervals, means t intervals, medians and p90 the interval of their order statistics, the NPS the
  interval of its multinomial variance; all at 95 %.
- An absent value has a reason: no cases, no source, no event history, no policy, no column, not decided, withheld.
  A count is zero only where the data reach into the period.
- Below the smallest sample there is a value with a caveat, and no verdict.
- Answers on different scales are never pooled.

The main statistic of a metric is the one that goals and page 1 use unless they name another.
"""


def describe(metric: Metric) -> tuple[tuple[str, str], ...]:
    """Everything about one metric as pairs of a heading and a text, in the order in which they are read.

    Example:
        >>> from evaluation.metrics.loyalty import NPS
        >>> dict(describe(NPS))["Anchor"]
        'when the survey was answered'
    """
    pairs = [
        ("Id", metric.id),
        ("Definition", metric.definition),
        ("Population", metric.population),
        ("Anchor", metric.anchor),
        ("Clock", _CLOCKS[metric.clock]),
        ("Unit", metric.unit.name.lower().replace("_", " ")),
        ("Better", metric.better.value),
        ("Main statistic", metric.statistic),
        ("Smallest sample", str(metric.minimum_sample)),
        ("Source", metric.source),
        ("Rests on", ", ".join(metric.requires)),
    ]
    if metric.variant:
        pairs.insert(1, ("Variant", metric.variant))
    return tuple(pairs)


def as_markdown(catalogue: Mapping[str, Metric]) -> str:
    """The page of metrics by pillar: every variant of each metric of the catalogue, with a worked example.

    Args:
        catalogue: Metrics by id, as `evaluation.metrics.catalogue.catalogue` gives them.
    """
    parts = [_INTRODUCTION, _story()]
    for pillar in Pillar:
        own = [metric for metric in catalogue.values() if metric.pillar is pillar and not _is_companion(metric)]
        if own:
            parts.append(f"## {pillar.value.capitalize()}\n")
        for metric in own:
            parts.extend(_section(definition.metric) for definition in variants_by_id()[metric.id])
    return "\n".join(parts)


def _is_companion(metric: Metric) -> bool:
    """Whether it is a duration on the other clock, which is described with the duration itself."""
    return metric.variant is not None and metric.id.endswith(f"_{metric.variant}")


def _section(metric: Metric) -> str:
    variants = [definition.metric.variant for definition in variants_by_id()[metric.id]]
    title = f"### {metric.label} `{metric.id}`"
    if len(variants) > 1:
        title += f", variant `{metric.variant}`" + (" (default)" if metric.variant == variants[0] else "")
    lines = [title, "", metric.definition, ""]
    hidden = ("Id", "Definition", "Variant")
    lines += [f"- {heading}: {text}" for heading, text in describe(metric) if heading not in hidden]
    if metric.variant and f"{metric.id}_{metric.variant}" in variants_by_id():
        others = [f"`{metric.id}_{variant}`" for variant in variants if variant != metric.variant]
        which = "On the other clock" if metric.variant in _CLOCKS else "The other way"
        lines.append(f"- {which}: {', '.join(others)}, always measured beside it")
    example = example_of(metric.id, metric.variant if len(variants) > 1 else None)
    if example is not None:
        lines += ["", f"Example: {example.statistic} {number(example.value)}, n = {example.n}. {example.because}", ""]
    return "\n".join(lines)


def example_of(metric_id: str, variant: str | None) -> Example | None:
    """The worked example of a metric: of the ten tickets, else of the story that tells it; None when there is none."""
    from evaluation.metrics.worked_stories import STORIES

    told = (EXAMPLES, *(story.examples for story in STORIES))
    return next((examples[metric_id, variant] for examples in told if (metric_id, variant) in examples), None)


def _story() -> str:
    header = (
        "| ticket | requester | channel | created (UTC) | first response | solved | replies | CSAT | NPS | CES | note |"
    )
    rows = [_story_row(ticket) for ticket in TEN_TICKETS]
    return "\n".join(
        [
            "## The ten tickets of the examples",
            "",
            "The service is open from Monday to Friday, 9:00 to 17:00. It promises the first reply within one hour, "
            "every further reply within two hours and the solution within eight, in opening hours. The period is July "
            "2026; the data were taken on 20 August. Spans are minutes in opening hours / round the clock.",
            "",
            header,
            "|" + " --- |" * header.count(" |"),
            *rows,
            "",
        ]
    )


def _story_row(ticket: StoryTicket) -> str:
    notes = {
        "spam": ticket.exclusion == "spam",
        f"waited {ticket.wait[0] if ticket.wait else 0} with a bot first": ticket.wait is not None,
        f"first solved after {ticket.first_solve[0] if ticket.first_solve else 0}": ticket.first_solve is not None,
        "later turns " + ", ".join(str(minutes) for minutes in ticket.later_turns): bool(ticket.later_turns),
    }
    cells = [
        str(ticket.number), ticket.requester or "unknown", ticket.channel,
        ticket.created.removesuffix("Z").replace("T", " "), _span(ticket.response), _span(ticket.solve),
        str(ticket.replies), *(_answer(score) for score in (ticket.csat, ticket.nps, ticket.ces)),
        "; ".join(note for note, holds in notes.items() if holds),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _span(minutes: tuple[int, int] | None) -> str:
    return "" if minutes is None else f"{minutes[0]} / {minutes[1]}"


def _answer(score: int | None) -> str:
    return "" if score is None else str(score) if score else "no answer"


def number(value: float) -> str:
    """A worked value: whole, or with four digits."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"
