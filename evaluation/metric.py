"""The shape of a metric: a record whose meaning has no defaults."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Pillar(StrEnum):
    """The groups of the report."""

    AVAILABILITY = "availability"
    RESPONSIVENESS = "responsiveness"
    QUALITY = "quality"
    SATISFACTION = "satisfaction"
    LOYALTY = "loyalty"
    WORKLOAD = "workload"


class Unit(StrEnum):
    """Unit of a metric's value; fractions stay fractions until they are formatted."""

    SECONDS = "s"
    SHARE = "share"
    COUNT = "count"
    RATIO = "ratio"
    POINTS = "points"
    """Points of the survey's own scale."""
    NPS_POINTS = "nps"
    """-100 to 100."""


class Clock(StrEnum):
    """Which seconds count."""

    BUSINESS = "business"
    CALENDAR = "calendar"
    NONE = "none"


class Kind(StrEnum):
    """How the value is made from cases."""

    SHARE = "share"
    MEAN = "mean"
    QUANTILE = "quantile"
    COUNT = "count"
    RATIO = "ratio"
    NPS = "nps"
    STOCK = "stock"


class Credit(StrEnum):
    """Who is credited among agents, in a phrase (English; key for translators)."""

    REPLY = "the author of the reply"
    FIRST_REPLY = "the author of the reply; while there is none, or no event tells its author, the ticket's assignee"
    TARGET = "the author of the reply; of a solution, or while there is no reply, the ticket's assignee"
    SOLUTION = (
        "the assignee when the ticket was solved; without one, the author of the last reply before, else who solved it"
    )
    TICKET = "the ticket's assignee: when it was solved, else when the data were taken"
    CONTACT = "the ticket's assignee: when it was solved, else when the data were taken; of a call, who took it"
    RATING = (
        "the agent whom the survey names, else the ticket's assignee at the rating (at the asking while unanswered), "
        "else who took the call"
    )
    MOST_REPLIES = (
        "the author of most replies to the ticket by the rating; where no replies are known, the agent whom the survey "
        "names, else the ticket's assignee at the rating, else who took the call"
    )
    CALL = "who took the call; of a transferred one, who took it first"
    LEG = "who took the call; of a transferred one, each for the part of their own"
    AUDIT = "the agent who was audited; where the audit names none, who took the call, else the ticket's assignee"
    ROW = "the agent whom the row names, else the ticket's assignee"
    NOBODY = "nobody: no figures by agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """The meaning of one metric; how it is computed stands beside it in `evaluation/metrics/`.

    Attributes:
        id: Stable identifier, the field's standard term.
        label: English name for readers; the key for translators.
        pillar: Group in the report.
        unit: Unit of the value.
        better: Which way is good.
        population: Which cases count, in a sentence (English; key for translators).
        anchor: Which date places a case in a period, in a phrase.
        clock: Whose seconds.
        kind: How the value is made.
        statistic: The statistic that is *the* value (`value`, `median`, `mean`, `p90`).
        minimum_sample: Below this many cases there is a value with a caveat and no verdict.
        definition: One or two sentences for the definitions page (English; key for translators).
        source: Where the definition comes from.
        requires: Canonical columns that it rests on, `table.column`; when a critical check about one of them
            fails the metric is withheld.
        variant: Name of the variant, when the organisation can choose one.
    """

    id: str
    label: str
    pillar: Pillar
    unit: Unit
    better: Better
    population: str
    anchor: str
    clock: Clock
    kind: Kind
    statistic: str
    minimum_sample: int
    definition: str
    source: str
    requires: tuple[str, ...]
    variant: str | None = None
