"""The parts of audited contacts in the one control: each touchpoint and attribute against the others of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.judgement.candidates import Candidate
from evaluation.judgement.comparing import compare
from evaluation.judgement.consequence import effect_of
from evaluation.judgement.rest import rest_of
from evaluation.measurement import Measurement
from evaluation.metric import Metric
from evaluation.verdict import Against

BREAKDOWN, STATISTIC = "audit_criteria", "mean"
KINDS = ("touchpoint", "attribute")


def part_differences(parts: Breakdown, catalogue: Mapping[str, Metric], period_id: str) -> list[Candidate]:
    """The mean mark of each part of a contact against that of all other parts of its kind.

    The parts are marked in the same audits, and a good audit is good in several of them; taking them for independent
    makes their differences look less certain than they are, never more.
    """
    if parts.reason is not None:
        return []
    found = []
    for metric_id in sorted(set(parts.frame["metric_id"]) & set(catalogue)):
        for kind in KINDS:
            rows = parts.frame[(parts.frame["metric_id"] == metric_id) & (parts.frame["part"] == kind)]
            metric = catalogue[metric_id]
            marks = [_mark(metric, period_id, kind, row) for row in rows.to_dict("records")]
            found += [one for mark in marks if (one := _difference(metric, mark, marks)) is not None]
    return found


def _mark(metric: Metric, period_id: str, kind: str, row: Mapping[Any, Any]) -> Measurement:
    mean, audits = float(row["mean"]), int(row["audits"])
    low, high = (None if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
    return Measurement(
        metric_id=metric.id, period_id=period_id, dimension=kind, member=str(row["member"]), statistic=STATISTIC,
        value=mean, n=audits, numerator=mean * audits, denominator=float(audits), low=low, high=high,
    )  # fmt: skip


def _difference(metric: Metric, mark: Measurement, marks: list[Measurement]) -> Candidate | None:
    rest = rest_of(metric, [other for other in marks if other is not mark])
    difference, change = compare(metric, mark, rest)
    if difference is None or rest is None or rest.value is None or mark.value is None:
        return None
    return Candidate(
        metric=metric, statistic=STATISTIC, against=Against.REST, dimension=mark.dimension, member=mark.member,
        change=change, p_value=difference.p_value, effect=effect_of(metric, mark.value, rest.value), now=mark,
        other=rest,
    )  # fmt: skip
