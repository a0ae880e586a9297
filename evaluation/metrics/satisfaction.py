"""Satisfaction: what customers answer when they are asked about one contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import ANSWERS, ASKED, standing
from evaluation.metrics.definition import AnyDefinition, Definition, Expression, Summary
from evaluation.metrics.surveys import answers_of, reaches, stays_within

if TYPE_CHECKING:
    from ibis.expr import types as ir

_ANSWERS = ("surveys.survey_id", "surveys.kind", "surveys.answered_at", "surveys.score", "surveys.scale_min",
            "surveys.scale_max")  # fmt: skip
_POPULATION = (
    "Answers with a score. Only answers on one scale are counted, the scale most used in the reported period; answers "
    "on other scales, outside their scale or with a weight of zero are left out and counted. A survey that was rated "
    "again counts once, with its latest answer."
)


def _score(table: ir.Table) -> ir.Value:
    return table.score


def _scored(
    kind: str, label: str, source: str, order: tuple[str, str], top: Expression, texts: dict[str, str]
) -> tuple[AnyDefinition, ...]:
    """The two variants of one score, the first of `order` the default, and the companions that are measured beside it.

    The metric's own id carries the variant that the organisation chose; the other one is always stored beside it, under
    the id with the variant's name.
    """
    names = {"top_box": "share of the top box", "mean": "mean"}

    def variant(name: str, own_id: str, own_label: str) -> Definition:
        is_share = name == "top_box"
        return Definition(
            metric=Metric(
                id=own_id, label=own_label, pillar=Pillar.SATISFACTION, unit=Unit.SHARE if is_share else Unit.POINTS,
                better=Better.HIGHER, population=_POPULATION, anchor="when the survey was answered", clock=Clock.NONE,
                kind=Kind.SHARE if is_share else Kind.MEAN, statistic="value" if is_share else "mean",
                minimum_sample=30, definition=texts[name], source=source, requires=_ANSWERS, variant=name,
            ),
            cases=ANSWERS, standing=answers_of(kind), survey_kind=kind, amount=top if is_share else _score,
            summary=Summary.WEIGHTED_SHARE if is_share else Summary.WEIGHTED_MEAN,
        )  # fmt: skip

    own = [variant(name, kind, label) for name in order]
    return (*own, *(variant(name, f"{kind}_{name}", f"{label}, {names[name]}") for name in order))


CSAT = _scored(
    "csat",
    "Customer satisfaction (CSAT)",
    "ISO 10004, customer satisfaction; top-two-box convention",
    ("top_box", "mean"),
    reaches(3, 4),
    {
        "top_box": "Satisfied answers as a share of all answers: those in the top quarter of the scale, which is 4 and "
        "5 on a scale of 1 to 5, and good on a two-way scale.",
        "mean": "The mean of the answers, in points of the survey's own scale, with their standard deviation.",
    },
)
_EASE = "A high score means little effort; items worded the other way are turned on import."

CES = _scored(
    "ces",
    "Customer effort score (CES)",
    "M. Dixon, N. Toman, R. DeLisi, The Effortless Experience (2013): CES 2.0",
    ("mean", "top_box"),
    reaches(2, 3),
    {
        "mean": "The mean of the answers about ease, in points of the survey's own scale, with their standard "
        f"deviation. {_EASE}",
        "top_box": "Answers in the upper third of the scale as a share of all answers, which is 5 to 7 on a scale of 1 "
        f"to 7. {_EASE}",
    },
)

DISSATISFACTION = Metric(
    id="dissatisfaction_reasons",
    label="Low ratings",
    pillar=Pillar.SATISFACTION,
    unit=Unit.SHARE,
    better=Better.LOWER,
    population=_POPULATION,
    anchor="when the survey was answered",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Dissatisfied answers to the question about satisfaction as a share of all its answers: those in the "
    "bottom quarter of the scale, which is 1 and 2 on a scale of 1 to 5, and bad on a two-way scale. Where they come "
    "from is shown by topic and by answer template, with the comments.",
    source="ISO 10004, customer satisfaction; bottom-two-box convention",
    requires=_ANSWERS,
)

RESPONSE_RATE = Metric(
    id="response_rate",
    label="Survey response rate",
    pillar=Pillar.SATISFACTION,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    population="Surveys sent at least 14 days before the data were taken; younger ones are undecided. Surveys that "
    "were due and not sent, and those whose sending date is not known, are left out and counted.",
    anchor="when the survey was sent",
    clock=Clock.CALENDAR,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Surveys answered within 14 days of being sent, as a share of the surveys sent. What came back with "
    "neither a score nor a comment is no answer.",
    source="AAPOR Standard Definitions: response rate 1",
    requires=("surveys.survey_id", "surveys.asked_at", "surveys.answered_at"),
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    *CSAT,
    *CES,
    Definition(
        metric=DISSATISFACTION,
        cases=ANSWERS,
        standing=answers_of("csat"),
        summary=Summary.WEIGHTED_SHARE,
        amount=stays_within(1, 4),
        survey_kind="csat",
    ),
    Definition(
        metric=RESPONSE_RATE,
        cases=ASKED,
        standing=standing(
            left_out=lambda table: table.is_suppressed,
            unknown=lambda table: ~table.is_asking_known,
            decided=lambda table: table.is_mature,
            undecided=lambda table: ~table.is_mature,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.is_answered_in_time,
    ),
)
"""The satisfaction metrics, with the variants of each; the first of an id is the default."""
