"""Audits that count in no score, and why: nothing is left out without being told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import NO_TEXT, instant
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "reason": "unknown_scorecard, unknown_version, unknown_criterion (of `scorecards:`), off_scale (a mark outside "
        "its scale), unmarked (a criterion neither marked nor said not to apply), calibration, nothing_applied, spam, "
        "test",
        "kind": "correspondence | call | mystery",
        "scorecard_id": "the scorecard that the data name",
        "scorecard_version": "its version in the data",
        "audits": "how many",
        "example": "one of them",
    }
)


def audits_left_out(ground: Ground) -> Breakdown:
    """The breakdown of the metrics `audit_score` and `mystery_score`, for the reported period."""
    if "audits" not in ground.facts:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), Absent.NO_SOURCE)
    audits = ground.facts["audits"]
    start, end = instant(ground.period.start), instant(ground.period.end)
    inside = audits.filter(audits.audited_at >= start, audits.audited_at < end)
    without = ibis.cases(
        (inside.problem.notnull(), inside.problem),
        (inside.exclusion.notnull(), inside.exclusion),
        (inside.is_calibration, "calibration"),
        (inside.score.isnull(), "nothing_applied"),
        else_=NO_TEXT,
    )
    told = inside.mutate(reason=without)
    keys = ["reason", "kind", "scorecard_id", "scorecard_version"]
    counted = told.filter(told.reason.notnull()).group_by(keys)
    frame = counted.aggregate(audits=lambda table: table.count(), example=lambda table: table.audit_id.min()).execute()
    if frame.empty:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), Absent.NO_CASES)
    return _breakdown(frame.sort_values(keys, ignore_index=True), None)


def _breakdown(frame: pd.DataFrame, reason: Absent | None) -> Breakdown:
    return Breakdown(
        id="audits_left_out", metric_id="audit_score", frame=frame[list(COLUMNS)], columns=COLUMNS,
        reason=None if reason is None else reason.value,
    )  # fmt: skip
