"""What the audits found, by touchpoint, attribute and criterion: where the service is strong and where it is weak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import instant
from evaluation.measurement import Absent
from evaluation.metrics.audits import cluster
from evaluation.scorecard import ATTRIBUTES, TOUCHPOINTS
from evaluation.statistics.clusters import clustered_mean_bounds

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "metric_id": "whose audits: those of this metric",
        "part": "touchpoint | attribute | criterion",
        "member": "greeting, …, the attribute, or the criterion_id; its name stands in the scorecard",
        "audits": "audits in which it applied",
        "mean": "mean over those audits, 0 to 1; within an audit the weighted mean of its criteria, bonuses apart",
        "low": "lower end of the 95 % interval, which allows for audits of one agent resembling one another",
        "high": "upper end",
        "failed": "audits in which a critical criterion of it was below its line",
    }
)

_POPULATIONS: Mapping[str, tuple[tuple[str, ...], bool]] = MappingProxyType(
    {
        "audit_score": (("correspondence", "call"), False),
        "correspondence_audit_score": (("correspondence",), False),
        "call_audit_score": (("call",), False),
        "mystery_score": (("mystery",), False),
        "mystery_score_third_party": (("mystery",), True),
    }
)
"""Kinds of audits of each metric, and whether they are a third party's."""


def audit_criteria(ground: Ground) -> Breakdown:
    """The breakdown of the metric `audit_score` and of those beside it, for the reported period.

    Its facts are `failed.<metric_id>`, the audits of a metric with a critical criterion below its line, each once, and
    `name.<language>.<criterion_id>`, what the scorecards call a criterion.
    """
    if "audit_marks" not in ground.facts:
        return _breakdown([], {}, Absent.NO_SOURCE)
    marks = _marks(ground)
    rows, facts = [], _names(ground, marks)
    for metric_id, (kinds, third_party) in _POPULATIONS.items():
        own = marks[marks["kind"].isin(kinds) & (marks["is_third_party"] == third_party)]
        rows += [{"metric_id": metric_id, **row} for row in _rows(own)]
        if len(own):
            failed = own[own["is_failed"].fillna(False).astype(bool)]
            facts[f"failed.{metric_id}"] = int(failed["audit_id"].nunique())
    return _breakdown(rows, facts, None if rows else Absent.NO_CASES)


def _names(ground: Ground, marks: pd.DataFrame) -> dict[str, float | int | str]:
    """Names of the criteria that were marked, by language; of two versions of a scorecard the later one's."""
    marked = set(marks["criterion_id"])
    names: dict[str, float | int | str] = {}
    for criterion in (one for card in ground.settings.scorecards for one in card.criteria if one.id in marked):
        languages = criterion.name if isinstance(criterion.name, dict) else ()
        for language in sorted({"en", *languages}):
            names[f"name.{language}.{criterion.id}"] = criterion.called(language)
    return names


def _marks(ground: Ground) -> pd.DataFrame:
    """Marks that count in the period."""
    marks = ground.facts["audit_marks"]
    start, end = instant(ground.period.start), instant(ground.period.end)
    counts = [marks.exclusion.isnull(), ~marks.is_calibration, marks.value.notnull()]
    inside = marks.filter(*counts, marks.audited_at >= start, marks.audited_at < end)
    columns = ["audit_id", "kind", "is_third_party", "touchpoint", "attribute", "criterion_id", "weight", "is_bonus"]
    found = inside.select(*columns, "is_failed", "value", cluster=cluster(inside)).execute()
    return found.sort_values(["audit_id", "criterion_id"], ignore_index=True)


def _rows(marks: pd.DataFrame) -> Iterator[dict[str, object]]:
    regular = marks[~marks["is_bonus"].astype(bool) & (marks["weight"] > 0)]
    for part, order, own in (
        ("touchpoint", TOUCHPOINTS, regular),
        ("attribute", ATTRIBUTES, regular),
        ("criterion", sorted(marks["criterion_id"].unique()), marks.assign(weight=1.0)),
    ):
        member = own["criterion_id" if part == "criterion" else part].astype(pd.CategoricalDtype(list(order)))
        for row in _scored(own[member.notna()], member.dropna()):
            yield {"part": part, **row}


def _scored(marks: pd.DataFrame, member: pd.Series) -> Iterator[dict[Any, Any]]:
    """The means over audits of the parts of the scorecard that were marked, in their order."""
    weighted = marks.assign(points=marks["weight"] * marks["value"], member=member)
    audits = weighted.groupby(["member", "audit_id"], observed=True).agg(
        points=("points", "sum"), weight=("weight", "sum"), cluster=("cluster", "first"), failed=("is_failed", "any")
    )
    if audits.empty:
        return
    of_member, members = pd.factorize(audits.index.get_level_values("member"))
    clusters, _ = pd.factorize(audits["cluster"])
    scores = audits["points"] / audits["weight"]
    totals, low, high = clustered_mean_bounds(scores, clusters, of_member, lowest=0.0, highest=1.0)
    counts, failed = np.bincount(of_member), np.bincount(of_member, audits["failed"]).astype(int)
    columns = {"member": members, "audits": counts, "mean": totals / counts, "low": low, "high": high, "failed": failed}
    yield from pd.DataFrame(columns).to_dict("records")


def _breakdown(
    rows: list[dict[str, object]], facts: Mapping[str, float | int | str], reason: Absent | None
) -> Breakdown:
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return Breakdown(
        id="audit_criteria", metric_id="audit_score", frame=frame.astype({"low": "float64", "high": "float64"}),
        columns=COLUMNS, facts=MappingProxyType(dict(facts)), reason=None if reason is None else reason.value,
    )  # fmt: skip
