"""How first responses and resolutions are spread: how many cases lie in each of some spans that double in length.

A median and a ninth decile do not say whether waits have one hump or two: a desk that answers half of its mail at once
and the other half the next morning. Waits span seconds to weeks, so the spans grow with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.measurement import Absent
from evaluation.metrics.aggregating import as_number, outcome
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.counting import SUCCESS
from evaluation.metrics.definition import Definition, Standing
from evaluation.metrics.placing import Timeline, within

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

METRICS = ("first_response_time", "full_resolution_time")

BOUNDS = (60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 115_200, 230_400)
"""Seconds at which one span ends and the next begins: 1, 5, 15, 30 minutes, then 1, 2, 4, 8, 16, 32, 64 hours."""

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "metric_id": "first_response_time or full_resolution_time, on the clock of the metric",
        "from_seconds": "shortest wait of the span, seconds",
        "until_seconds": "where the span ends, seconds, itself not in it; empty = no end",
        "n": "cases of the period whose wait lies in the span; those of all spans are the n of the metric",
        "share": "of all cases of the metric in the period",
    }
)


def waits_distribution(ground: Ground) -> Breakdown:
    """The breakdown of the metric `first_response_time`, for the reported period; counted on the engine."""
    if "tickets" not in ground.facts:
        return _breakdown([], Absent.NO_SOURCE)
    definitions = chosen(ground.settings.metrics)
    found: list[Mapping[str, object]] = []
    for metric_id in METRICS:
        definition = definitions.get(metric_id)
        if isinstance(definition, Definition) and not ground.is_withheld(definition.metric):
            found += _spans(ground, definition)
    return _breakdown(found, Absent.NO_CASES)


def _spans(ground: Ground, definition: Definition) -> Iterator[Mapping[str, object]]:
    counted = _counted(ground, definition)
    whole = sum(counted.values())
    for number, (low, high) in enumerate(zip((0, *BOUNDS), (*BOUNDS, None), strict=True)):
        if whole:
            n = counted.get(number, 0)
            yield {"metric_id": definition.metric.id, "from_seconds": low, "until_seconds": high, "n": n,
                   "share": n / whole}  # fmt: skip


def _counted(ground: Ground, definition: Definition) -> Mapping[int, int]:
    """Decided cases of the period by the number of their span."""
    table = ground.facts[definition.cases.table]
    if definition.amount is None:
        return {}
    wait = as_number(definition.amount(table))
    number = sum((ibis.ifelse(wait >= bound, 1, 0) for bound in BOUNDS), ibis.literal(0))
    rows = table.select(
        number=number, wait=wait, at=definition.cases.anchor(table), standing=outcome(table, definition)
    )
    period = Timeline.of(((ground.period,),))
    decided = rows.filter(
        rows.standing.isin([Standing.DECIDED.value, SUCCESS]), within(rows["at"], period), rows.wait.notnull()
    )
    counts = decided.group_by("number").agg(n=decided.count()).execute()
    return {int(place): int(n) for place, n in zip(counts["number"], counts["n"], strict=True)}


def _breakdown(rows: list[Mapping[str, object]], absent: Absent) -> Breakdown:
    types = {"from_seconds": "int64", "until_seconds": "Int64", "n": "int64", "share": "float64"}
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(types)
    return Breakdown(
        id="waits_distribution", metric_id=METRICS[0], frame=frame, columns=COLUMNS,
        reason=absent.value if frame.empty else None,
    )  # fmt: skip
