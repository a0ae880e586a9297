"""Audits and mystery visits: how contacts were marked by scorecard, and how far the auditors agree."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from evaluation.metric import Better, Clock, Credit, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import standing
from evaluation.metrics.definition import AnyDefinition, CaseSet, Expression, FrameDefinition, Reading
from evaluation.statistics.agreement import krippendorff_alpha, percent_agreement, weighted_kappa
from evaluation.statistics.clusters import clustered_mean_bounds

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr import types as ir
    from numpy.typing import NDArray

_REQUIRES = ("audits.audit_id", "audits.kind", "audits.scorecard_id", "audits.criterion_id", "audits.audited_at",
             "audits.mark")  # fmt: skip
_LEFT_OUT = (
    "Audits done to calibrate auditors, audits in which no criterion applied and audits whose scorecard is not known "
    "are left out and counted."
)
_ARITHMETIC = (
    "Each criterion is (mark - lowest) / (highest - lowest) and an audit is the weighted mean of the criteria that "
    "applied; a bonus criterion only adds, up to 100 %, and a critical criterion below its line makes the audit 0. A "
    "mark that was disputed with success is replaced."
)


def _audited_at(table: ir.Table) -> ir.Value:
    return table.audited_at


def _agent(table: ir.Table) -> ir.Value:
    return table.agent


AUDITED = CaseSet(id="audited", table="audits", anchor=_audited_at, agent=_agent, credit=Credit.AUDIT)

DOUBLY_MARKED = CaseSet(
    id="doubly_marked", table="double_marks", anchor=lambda table: table.doubled_at, agent=_agent, credit=Credit.AUDIT
)


def _score(metric_id: str, label: str, population: str, subject: str, clustered: str) -> Metric:
    return Metric(
        id=metric_id, label=label, pillar=Pillar.QUALITY, unit=Unit.SHARE, better=Better.HIGHER,
        population=f"{population} {_LEFT_OUT}", anchor="when the audit was marked", clock=Clock.NONE, kind=Kind.MEAN,
        statistic="mean", minimum_sample=30,
        definition=f"The mean score of {subject}. {_ARITHMETIC} {clustered}",
        source="COPC Customer Experience Standard: transaction monitoring; ISO 18295-1", requires=_REQUIRES,
    )  # fmt: skip


_BY_AGENT = "The interval allows for audits of one agent resembling one another."
_BY_BRANCH = "The interval allows for visits to one agent or branch resembling one another."

AUDIT_SCORE = _score("audit_score", "Audit score", "Audits of correspondence and of calls.", "the audits", _BY_AGENT)
CORRESPONDENCE_AUDIT_SCORE = _score(
    "correspondence_audit_score", "Audit score of correspondence", "Audits of correspondence.",
    "the audits of correspondence", _BY_AGENT,
)  # fmt: skip
CALL_AUDIT_SCORE = _score(
    "call_audit_score", "Audit score of calls", "Audits of calls.", "the audits of calls", _BY_AGENT
)
MYSTERY_SCORE = _score(
    "mystery_score", "Mystery visits by own staff", "Mystery visits by own staff; those by a third party stand apart.",
    "the mystery visits", _BY_BRANCH,
)  # fmt: skip
THIRD_PARTY_MYSTERY_SCORE = _score(
    "mystery_score_third_party", "Mystery visits by a third party",
    "Mystery visits by auditors whom the organisation names as a third party; those by own staff stand apart.",
    "the mystery visits", _BY_BRANCH,
)  # fmt: skip

AUDITOR_AGREEMENT = Metric(
    id="auditor_agreement",
    label="Agreement of auditors",
    pillar=Pillar.QUALITY,
    unit=Unit.RATIO,
    better=Better.HIGHER,
    population="Tickets, calls and visits that two or more auditors marked by the same scorecard, audits done to "
    "calibrate included. Each auditor's first audit counts, with the marks as they were before disputes; a criterion "
    "that did not apply for one of them is not compared.",
    anchor="when the second auditor had marked it",
    clock=Clock.NONE,
    kind=Kind.MEAN,
    statistic="alpha",
    minimum_sample=30,
    definition="Krippendorff's alpha of the marks of each criterion, each on its scale from 0 to 1: 1 is full "
    "agreement, 0 is what chance gives, and from 0.8 on marks may be relied upon. Beside it the share of pairs of "
    "marks that are the same and, for exactly two auditors, kappa with quadratic weights. Marks that are all the same "
    "leave it undefined.",
    source="K. Krippendorff, Content Analysis, 3rd ed. (2013): alpha at the interval level",
    requires=(*_REQUIRES, "audits.auditor_id"),
)


def _scored(*kinds: str, third_party: bool = False) -> Expression:
    def is_of_kind(table: ir.Table) -> ir.Value:
        return table.kind.isin(list(kinds)) & (table.is_third_party == third_party)

    return standing(
        decided=lambda table: is_of_kind(table) & ~table.is_calibration & table.score.notnull(),
        left_out=is_of_kind,
    )


def cluster(table: ir.Table) -> ir.Value:
    """Whose audits resemble one another: the agent's, else the branch's; an audit of nobody known is alone."""
    import ibis

    return ibis.coalesce(
        ibis.literal("agent ").concat(table.agent),
        ibis.literal("branch ").concat(table.branch),
        ibis.literal("audit ").concat(table.audit_id),
    )


def _mean(rows: pd.DataFrame, cells: NDArray[np.int64]) -> Mapping[str, Reading]:
    clusters = rows["cluster"].cat.codes.to_numpy()
    total, low, high = clustered_mean_bounds(rows["score"].to_numpy(), clusters, cells, lowest=0.0, highest=1.0)
    size = np.bincount(cells).astype(float)
    return {"mean": Reading(value=total / size, low=low, high=high, numerator=total, denominator=size)}


_READ: Mapping[str, Expression] = {"score": lambda table: table.score, "cluster": cluster}


def _score_definition(metric: Metric, *kinds: str, third_party: bool = False) -> FrameDefinition:
    return FrameDefinition(
        metric=metric,
        cases=AUDITED,
        standing=_scored(*kinds, third_party=third_party),
        columns=_READ,
        compute=_mean,
        statistics=("mean",),
    )


_COEFFICIENTS = ("alpha", "kappa", "percent_agreement")


def _agreement(rows: pd.DataFrame, cells: NDArray[np.int64]) -> Mapping[str, Reading]:
    units = np.column_stack([rows[name].cat.codes for name in ("subject", "scorecard", "criterion")])
    unit = np.unique(units, axis=0, return_inverse=True)[1]
    marks = np.column_stack([unit, rows["auditor"].cat.codes, rows["value"].to_numpy(dtype=float)])
    marks = marks[np.lexsort((marks[:, 1], marks[:, 0], cells))]
    ends = np.cumsum(np.bincount(cells))
    # many cells hold the same marks: a month and its quarter, a team and the only agent of it who was audited
    coefficients = cache(lambda own: _coefficients(*np.frombuffer(own).reshape(-1, 3).T))
    found = np.array([coefficients(marks[own].tobytes()) for own in map(slice, [0, *ends[:-1]], ends)])
    return dict(zip(_COEFFICIENTS, (Reading(value=own) for own in found.T.astype(float)), strict=True))


def _coefficients(
    unit: NDArray[np.float64], auditor: NDArray[np.float64], value: NDArray[np.float64]
) -> tuple[float | None, ...]:
    """Alpha, kappa and percent agreement of one cell's marks, None where undefined; kappa is for two auditors."""
    units, row = np.unique(unit, return_inverse=True)
    auditors, column = np.unique(auditor, return_inverse=True)
    ratings = np.full((len(units), len(auditors)), np.nan)
    ratings[row, column] = value
    kappa = weighted_kappa(ratings[:, 0], ratings[:, 1], weights="quadratic") if len(auditors) == 2 else None
    return (
        krippendorff_alpha(ratings, level="interval").value,
        None if kappa is None else kappa.value,
        percent_agreement(ratings).value,
    )


DEFINITIONS: tuple[AnyDefinition, ...] = (
    _score_definition(AUDIT_SCORE, "correspondence", "call"),
    _score_definition(CORRESPONDENCE_AUDIT_SCORE, "correspondence"),
    _score_definition(CALL_AUDIT_SCORE, "call"),
    FrameDefinition(
        metric=AUDITOR_AGREEMENT,
        cases=DOUBLY_MARKED,
        standing=standing(decided=lambda table: table.subject_id.notnull()),
        columns={
            "subject": lambda table: table.subject_id,
            "scorecard": lambda table: table.scorecard_id,
            "criterion": lambda table: table.criterion_id,
            "auditor": lambda table: table.auditor_id,
            "value": lambda table: table.value,
        },
        compute=_agreement,
        statistics=_COEFFICIENTS,
        case="subject",
    ),
    _score_definition(MYSTERY_SCORE, "mystery"),
    _score_definition(THIRD_PARTY_MYSTERY_SCORE, "mystery", third_party=True),
)
"""The metrics of audits and mystery visits."""
