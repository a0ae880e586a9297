"""Loyalty: would customers recommend us."""

from __future__ import annotations

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import ANSWERS
from evaluation.metrics.definition import AnyDefinition, Definition, Summary
from evaluation.metrics.surveys import answers_of

NPS = Metric(
    id="nps",
    label="Net Promoter Score (NPS)",
    pillar=Pillar.LOYALTY,
    unit=Unit.NPS_POINTS,
    better=Better.HIGHER,
    population="Answers from 0 to 10 to the question about recommending, weighted when the survey has weights; answers "
    "on another scale are left out and counted.",
    anchor="when the survey was answered",
    clock=Clock.NONE,
    kind=Kind.NPS,
    statistic="value",
    minimum_sample=30,
    definition="Percentage of promoters (9 and 10) less percentage of detractors (0 to 6), from -100 to 100.",
    source="F. Reichheld, The One Number You Need to Grow, Harvard Business Review, December 2003",
    requires=("surveys.survey_id", "surveys.kind", "surveys.answered_at", "surveys.score"),
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    Definition(
        metric=NPS,
        cases=ANSWERS,
        standing=answers_of("nps"),
        summary=Summary.NPS,
        amount=lambda table: (table.score >= 9).cast("int8") - (table.score <= 6).cast("int8"),
        survey_kind="nps",
    ),
)
"""The loyalty metrics."""
