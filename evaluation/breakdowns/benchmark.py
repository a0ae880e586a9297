"""Outside values beside ours: what others reach, from where, and how near their definition is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.errors import ConfigError
from evaluation.measurement import Absent
from evaluation.metrics.catalogue import catalogue
from evaluation.period import Period

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground
    from evaluation.measurement import Measurement
    from evaluation.metric import Metric

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "metric_id": "the metric, as the source names it",
        "statistic": "the statistic of ours that stands beside it",
        "who": "whose value it is",
        "period": "period of the outside value",
        "value": "the outside value, in the metric's unit; fractions stay fractions",
        "source": "where it was published",
        "published_on": "when, as an ISO date",
        "definition_match": "same | similar | not_comparable; empty when nobody said",
        "ours": "our value, of the same period when it was measured, else of the reported one",
        "ours_period": "period of our value",
        "difference": "ours less theirs; only for one period and a definition that is the same or similar",
        "reason": "why there is no difference: unknown_metric, unknown_period, other_period, not_comparable, "
        "match_unknown, no_outside_value, or why ours is absent (no_cases, no_source, …)",
    }
)

_COMPARABLE = ("same", "similar")


def benchmark(ground: Ground) -> Breakdown:
    """Every outside value that a source gave, in the order of metric, outsider and period; none is left out.

    A benchmark is nothing that this service measures: it has no cases, no members and no series. So there is no metric
    of that name in the catalogue; the outside values stand here, each beside the metric that it is about.
    """
    if "benchmarks" not in ground.tables:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), Absent.NO_SOURCE)
    given = ground.tables["benchmarks"].execute().sort_values(["metric_id", "who", "period"], ignore_index=True)
    if given.empty:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), Absent.NO_CASES)
    known = catalogue(ground.settings)
    plain = given.astype(object).where(given.notna(), None)
    measured = frozenset(ground.measurements.frame["period_id"].unique())
    rows = [_beside(ground, known.get(row["metric_id"]), row, measured) for row in plain.to_dict("records")]
    frame = pd.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], dtype=object)
    return _breakdown(frame.astype(dict.fromkeys(("value", "ours", "difference"), "Float64")), None)


def _beside(
    ground: Ground, metric: Metric | None, row: Mapping[str, object], measured: frozenset[str]
) -> dict[str, object]:
    """One outside value with ours and the difference, or the reason for having none."""
    told = {name: row[name] for name in ("metric_id", "who", "period", "value", "source", "definition_match")}
    told["published_on"] = (
        None if row["published_on"] is None else pd.Timestamp(str(row["published_on"])).date().isoformat()
    )
    if metric is None:
        return told | {"reason": "unknown_metric"}
    theirs = _period(str(row["period"]), ground)
    # of their period, when it was measured; else of the reported one
    period_id = theirs.id if theirs is not None and theirs.id in measured else ground.period.id
    ours = ground.measurements.get(metric.id, period_id, statistic=metric.statistic)
    told |= {"statistic": metric.statistic, "ours": ours.value, "ours_period": ours.period_id}
    reason = _why_not(row, ours, theirs)
    if reason is not None:
        return told | {"reason": reason}
    return told | {"difference": float(ours.value or 0) - float(str(row["value"]))}


def _period(text: str, ground: Ground) -> Period | None:
    starts = ground.settings.organisation.fiscal_year_starts
    try:
        return Period.parse(text, zone=ground.period.zone, fiscal_year_starts=starts)
    except ConfigError:
        return None


def _why_not(row: Mapping[str, object], ours: Measurement, theirs: Period | None) -> str | None:
    match = row["definition_match"]
    if row["value"] is None:
        return "no_outside_value"
    if match not in _COMPARABLE:
        return "match_unknown" if match is None else "not_comparable"
    if theirs is None:
        return "unknown_period"
    if ours.period_id != theirs.id:
        return "other_period"
    return None if ours.reason is None else ours.reason.value


def _breakdown(frame: pd.DataFrame, reason: Absent | None) -> Breakdown:
    return Breakdown(
        id="benchmark", metric_id="benchmark", frame=frame, columns=COLUMNS,
        reason=None if reason is None else reason.value,
    )  # fmt: skip
