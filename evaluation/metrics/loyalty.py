"""Loyalty: would customers recommend us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import ANSWERS
from evaluation.metrics.definition import AnyDefinition, Definition, Summary
from evaluation.metrics.surveys import answers_of, promotion

if TYPE_CHECKING:
    from ibis.expr import types as ir

_LABEL = "Net Promoter Score (NPS)"
_ABOUT = {
    "relation": "Asked of customers about the relation as a whole: surveys that name neither a ticket nor a call.",
    "interaction": "Asked after one contact: surveys that name a ticket or a call.",
}
_NAMES = {"relation": "of the relation", "interaction": "after a contact"}


def _nps(variant: str, own_id: str, own_label: str) -> Definition:
    def is_meant(table: ir.Table) -> ir.Value:
        return table.is_linked if variant == "interaction" else ~table.is_linked

    return Definition(
        metric=Metric(
            id=own_id, label=own_label, pillar=Pillar.LOYALTY, unit=Unit.NPS_POINTS, better=Better.HIGHER,
            population=f"{_ABOUT[variant]} Answers from 0 to 10 to the question about recommending, weighted when the "
            "survey has weights; answers on another scale are left out and counted.",
            anchor="when the survey was answered", clock=Clock.NONE, kind=Kind.NPS, statistic="value",
            minimum_sample=30,
            definition="Percentage of promoters (9 and 10) less percentage of detractors (0 to 6), from -100 to 100. "
            "Answers about the relation and answers about one contact are never mixed.",
            source="F. Reichheld, The One Number You Need to Grow, Harvard Business Review, December 2003; "
            "relationship and transactional surveys: F. Reichheld, R. Markey, The Ultimate Question 2.0 (2011)",
            requires=("surveys.survey_id", "surveys.kind", "surveys.answered_at", "surveys.score",
                      "surveys.ticket_id", "surveys.call_id"),
            variant=variant,
        ),
        cases=ANSWERS, standing=answers_of("nps", among=is_meant), summary=Summary.NPS,
        amount=lambda table: promotion(table.score), survey_kind="nps",
    )  # fmt: skip


DEFINITIONS: tuple[AnyDefinition, ...] = (
    *(_nps(variant, "nps", _LABEL) for variant in _ABOUT),
    *(_nps(variant, f"nps_{variant}", f"{_LABEL}, {_NAMES[variant]}") for variant in _ABOUT),
)
"""The loyalty metrics: the relation is the default, the other variant is always measured beside the chosen one."""
