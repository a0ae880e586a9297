"""Satisfaction: what customers answer when they are asked about one contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import ANSWERS, ASKED, standing
from evaluation.metrics.definition import AnyDefinition, Definition, Expression, Summary
from evaluation.metrics.surveys import answers_of

if TYPE_CHECKING:
    from ibis.expr import types as ir

_ANSWERS = ("surveys.survey_id", "surveys.kind", "surveys.answered_at", "surveys.score", "surveys.scale_min",
            "surveys.scale_max")  # fmt: skip
_POPULATION = (
    "Answers with a score. Only answers on one scale are counted, the scale most used in the reported period; answers "
    "on other scales, outside their scale or with a weight of zero are left out and counted."
)


def _reaches(part: int, parts: int) -> Expression:
    """Whether a score lies in the upper part of its scale, in whole numbers so that no rounding decides."""
    return lambda table: parts * (table.score - table.scale_min) >= part * (table.scale_max - table.scale_min)


def _score(table: ir.Table) -> ir.Value:
    return table.score


def _csat(variant: str, unit: Unit, kind: Kind, statistic: str, definition: str) -> Metric:
    return Metric(
        id="csat", label="Customer satisfaction (CSAT)", pillar=Pillar.SATISFACTION, unit=unit, better=Better.HIGHER,
        population=_POPULATION, anchor="when the survey was answered", clock=Clock.NONE, kind=kind,
        statistic=statistic, minimum_sample=30, definition=definition,
        source="ISO 10004, customer satisfaction; top-two-box convention", requires=_ANSWERS, variant=variant,
    )  # fmt: skip


def _ces(variant: str, unit: Unit, kind: Kind, statistic: str, definition: str) -> Metric:
    return Metric(
        id="ces", label="Customer effort score (CES)", pillar=Pillar.SATISFACTION, unit=unit, better=Better.HIGHER,
        population=_POPULATION, anchor="when the survey was answered", clock=Clock.NONE, kind=kind,
        statistic=statistic, minimum_sample=30,
        definition=f"{definition} A high score means little effort; items worded the other way are turned on import.",
        source="M. Dixon, N. Toman, R. DeLisi, The Effortless Experience (2013): CES 2.0", requires=_ANSWERS,
        variant=variant,
    )  # fmt: skip


RESPONSE_RATE = Metric(
    id="response_rate",
    label="Survey response rate",
    pillar=Pillar.SATISFACTION,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    population="Surveys sent at least 14 days before the data were taken; younger ones are undecided. Surveys whose "
    "sending date is not known are left out.",
    anchor="when the survey was sent",
    clock=Clock.CALENDAR,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Surveys answered within 14 days of being sent, as a share of the surveys sent.",
    source="AAPOR Standard Definitions: response rate 1",
    requires=("surveys.survey_id", "surveys.asked_at", "surveys.answered_at"),
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    Definition(
        metric=_csat("top_box", Unit.SHARE, Kind.SHARE, "value",
                     "Satisfied answers as a share of all answers: those in the top quarter of the scale, which is 4 "
                     "and 5 on a scale of 1 to 5, and good on a two-way scale."),
        cases=ANSWERS, standing=answers_of("csat"), summary=Summary.WEIGHTED_SHARE, amount=_reaches(3, 4),
        survey_kind="csat",
    ),
    Definition(
        metric=_csat("mean", Unit.POINTS, Kind.MEAN, "mean",
                     "The mean of the answers, in points of the survey's own scale."),
        cases=ANSWERS, standing=answers_of("csat"), summary=Summary.WEIGHTED_MEAN, amount=_score, survey_kind="csat",
    ),
    Definition(
        metric=_ces("mean", Unit.POINTS, Kind.MEAN, "mean",
                    "The mean of the answers about ease, in points of the survey's own scale."),
        cases=ANSWERS, standing=answers_of("ces"), summary=Summary.WEIGHTED_MEAN, amount=_score, survey_kind="ces",
    ),
    Definition(
        metric=_ces("top_box", Unit.SHARE, Kind.SHARE, "value",
                    "Answers in the upper third of the scale as a share of all answers, which is 5 to 7 on a scale of "
                    "1 to 7."),
        cases=ANSWERS, standing=answers_of("ces"), summary=Summary.WEIGHTED_SHARE, amount=_reaches(2, 3),
        survey_kind="ces",
    ),
    Definition(
        metric=RESPONSE_RATE,
        cases=ASKED,
        standing=standing(
            unknown=lambda table: ~table.is_asking_known,
            decided=lambda table: table.is_mature,
            undecided=lambda table: ~table.is_mature,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.is_answered_in_time,
    ),
)  # fmt: skip
"""The satisfaction metrics, with the variants of each; the first of an id is the default."""
