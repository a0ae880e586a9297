"""How inbound calls ended: answered, given up, a message, a call-back, failed, or never in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.calls import OUTCOMES
from evaluation.facts.vocabulary import flag, instant
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "outcome": f"{', '.join(OUTCOMES)}; not_over = still in progress when the data were taken",
        "calls": "inbound calls in opening hours, transferred ones once",
        "out_of_hours": "the same outside opening hours",
        "share": "of the calls in opening hours that entered the queue; empty for those that never did",
    }
)


def call_outcomes(ground: Ground) -> Breakdown:
    """The breakdown of the metric `calls_offered`, for the reported period."""
    if "calls" not in ground.facts:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_SOURCE.value)
    calls = ground.facts["calls"]
    start, end = instant(ground.period.start), instant(ground.period.end)
    calls = calls.filter(calls.exclusion.isnull(), calls.arrived_at >= start, calls.arrived_at < end)
    calls = calls.mutate(result=calls.outcome.fill_null("not_over"))
    inside = calls.is_inside_hours
    counted = calls.group_by("result").agg(
        calls=flag(inside).sum(), out_of_hours=flag(~inside).sum(), queued=flag(inside & calls.was_queued).sum(),
        capped=flag(calls.is_wrap_capped).sum(), transferred=flag(calls.leg_count > 1).sum(),
    ).execute().set_index("result").reindex([*OUTCOMES, "not_over"]).dropna()  # fmt: skip
    if counted.empty:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), reason=Absent.NO_CASES.value)
    whole = counted.astype("int64")
    offered = int(whole["queued"].sum())
    share = whole["queued"].where(whole["queued"] > 0) / offered if offered else whole["queued"] * float("nan")
    frame = whole[["calls", "out_of_hours"]].assign(share=share).rename_axis("outcome").reset_index()
    counted_too = {"offered": offered, "wraps_capped": int(whole["capped"].sum()),
                   "transferred": int(whole["transferred"].sum())}  # fmt: skip
    return _breakdown(frame, facts={**counted_too, **_terms(ground)})


def _terms(ground: Ground) -> Mapping[str, float | int | str]:
    """What was promised to callers when the period ended; `since` is the ISO date it began, empty = from the start."""
    zone, end = ground.settings.organisation.time_zone, min(ground.period.end, ground.facts.cut)
    terms = ground.settings.telephone.service_level.terms_at(end - timedelta(microseconds=1), zone)
    since = "" if terms.since is None else terms.since.astimezone(ZoneInfo(zone)).date().isoformat()
    return {
        "goal": terms.goal, "within_seconds": terms.seconds, "short_abandon_seconds": terms.short_abandon_seconds,
        "since": since, "counts_out_of_hours": int(ground.settings.telephone.counts_out_of_hours),
    }  # fmt: skip


def _breakdown(
    frame: pd.DataFrame, *, facts: Mapping[str, float | int | str] | None = None, reason: str | None = None
) -> Breakdown:
    return Breakdown(
        id="call_outcomes", metric_id="calls_offered", frame=frame[list(COLUMNS)], columns=COLUMNS, facts=facts or {},
        reason=reason,
    )  # fmt: skip
