"""How long tickets take when those still open are counted too: Kaplan-Meier beside the median of the finished ones.

The median of what is finished flatters while a backlog grows: what takes long is still open and not in it. Here every
ticket created in a period counts, the open ones as taking at least as long as they have taken up to cut: since their
creation or first message, or, for the requester's wait, in the statuses in which it was our turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.breakdown import Breakdown
from evaluation.errors import CannotMeasure
from evaluation.facts.clock import Clock
from evaluation.facts.vocabulary import NO_INSTANT, instant
from evaluation.facts.workbench import Workbench
from evaluation.measurement import UNASSIGNED, Absent
from evaluation.metrics.aggregating import outcome
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.counting import SUCCESS
from evaluation.metrics.definition import Definition, Standing
from evaluation.metrics.placing import Timeline, within
from evaluation.metrics.streaming import Rows, rows_of
from evaluation.statistics.survival import kaplan_meier, survival_quantile

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.breakdowns import Ground
    from evaluation.period import Period

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "metric_id": "full_resolution_time: until the last solve; first_response_time: until the first public reply; "
        "requester_wait_time: in new, open and on hold; on the clock of the metric",
        "period_id": "tickets created in this period",
        "dimension": "all, channel, team or topic",
        "member": f"the member; {UNASSIGNED} = none",
        "n": "tickets that count: finished at cut, or open",
        "done": "tickets that were finished at cut",
        "open": "tickets that were open at cut",
        "median_of_done": "median of the finished ones, seconds; empty = none is finished",
        "median": "time by which half of all had finished, the open ones counted, seconds; empty = not reached",
        "median_low": "lower end of its 95 % interval, seconds; empty = not reached",
        "median_high": "upper end of its 95 % interval, seconds; empty = not reached",
        "p90": "time by which nine in ten had finished, the open ones counted, seconds; empty = not reached",
    }
)
"""Empty is NaN in the frame."""

SINCE = MappingProxyType(
    {
        "full_resolution_time": ("created_at",),
        "first_response_time": ("clock_started_at", "created_at"),
        "requester_wait_time": (),
    }
)
"""Metrics that are looked at, with the instants from which an open ticket counts, the first that is known; none where
the facts hold what an open ticket has waited so far."""
DIMENSIONS = ("channel", "team", "topic")


def time_to_solve(ground: Ground) -> Breakdown:
    """The breakdown of the metric `full_resolution_time`: tickets created in the period and in the one before.

    Which tickets count is the metric's own population: those that it leaves out (excluded, ended unanswered) or cannot
    measure are not here, and its undecided ones are the open ones.

    Source: E. L. Kaplan and P. Meier, Journal of the American Statistical Association 53 (1958) 457-481.
    """
    if "tickets" not in ground.facts:
        return _breakdown([], Absent.NO_SOURCE)
    definitions = chosen(ground.settings.metrics)
    found: list[Mapping[str, object]] = []
    for metric_id, since in SINCE.items():
        definition = definitions.get(metric_id)
        if isinstance(definition, Definition) and not _is_withheld(ground, definition):
            found += _rows(ground, definition, since)
    return _breakdown(found, None if found else Absent.NO_CASES)


def _is_withheld(ground: Ground, definition: Definition) -> bool:
    metric = definition.metric
    try:
        row = ground.measurements.get(metric.id, ground.period.id, statistic=metric.statistic)
    except CannotMeasure:
        return False
    return row.reason is Absent.WITHHELD


def _rows(ground: Ground, definition: Definition, since: tuple[str, ...]) -> Iterator[Mapping[str, object]]:
    """The cells of one metric: this period first, the whole before its members."""
    periods = (ground.period, ground.period.previous())
    timeline = Timeline.of(tuple((period,) for period in periods))
    tickets = _tickets(ground, definition, since, timeline)
    rows = rows_of(tickets, bounds=timeline.bounds, stamps=["span"], coded=DIMENSIONS)
    spans = rows.column("span")
    for period, (first, after) in zip(periods, timeline.spans_of_periods, strict=True):
        yield from _cells(definition, period, rows, (spans >= first) & (spans < after))


def _tickets(ground: Ground, definition: Definition, since: tuple[str, ...], timeline: Timeline) -> ir.Table:
    """Tickets created in the periods: seconds until they were finished, or for which they have been open or waited."""
    table = ground.facts["tickets"]
    amount = definition.amount(table) if definition.amount is not None else ibis.null("float64")
    known = table.select(
        *DIMENSIONS, "branch", span=table.created_at, standing=outcome(table, definition), seconds=amount,
        since=ibis.coalesce(*(table[name] for name in since)) if since else NO_INSTANT, cut=instant(ground.facts.cut),
    )  # fmt: skip
    inside = known.filter(within(known.span, timeline))
    finished = inside.filter(inside.standing.isin([Standing.DECIDED.value, SUCCESS]))
    waiting = inside.filter(inside.standing == Standing.UNDECIDED.value)
    if not since:
        return ibis.union(
            _columns(finished, finished.seconds, is_done=1), _columns(waiting, waiting.seconds, is_done=0)
        )
    clock = Clock.of(Workbench(table.get_backend()), ground.settings, _earliest(waiting, ground), ground.facts.cut)
    timed = clock.with_durations(waiting.mutate(calendar=clock.calendar_of(waiting)), {"open": ("since", "cut")})
    so_far = timed[f"open_{definition.metric.clock.value}_seconds"]
    return ibis.union(_columns(finished, finished.seconds, is_done=1), _columns(timed, so_far, is_done=0))


def _earliest(waiting: ir.Table, ground: Ground) -> datetime:
    first = waiting.since.min().execute()
    return ground.facts.cut if pd.isna(first) else pd.Timestamp(first).tz_convert("UTC").to_pydatetime()


def _columns(table: ir.Table, seconds: ir.Value, *, is_done: int) -> ir.Table:
    return table.select("span", *DIMENSIONS, seconds=seconds.cast("float64"), is_done=ibis.literal(is_done, "int8"))


def _cells(
    definition: Definition, period: Period, rows: Rows, inside: NDArray[np.bool_]
) -> Iterator[Mapping[str, object]]:
    seconds, is_done = rows.column("seconds"), rows.column("is_done") == 1
    of = {"metric_id": definition.metric.id, "period_id": period.id}
    if inside.any():
        yield {**of, "dimension": "all", "member": "all", **_cell(seconds[inside], is_done[inside])}
    for dimension in DIMENSIONS:
        codes, names = rows.column(dimension), rows.members[dimension]
        for member in sorted(names, key=lambda name: (name == UNASSIGNED, name)):
            own = inside & (codes == names.index(member))
            if own.any():
                yield {**of, "dimension": dimension, "member": member, **_cell(seconds[own], is_done[own])}


def _cell(seconds: NDArray[np.float64], is_done: NDArray[np.bool_]) -> Mapping[str, float | int | None]:
    curve = kaplan_meier(np.maximum(seconds, 0.0), is_done)
    # the middle of an exact hit, so that without open tickets the two medians are the same
    half = survival_quantile(curve, 0.5, at_level="midpoint")
    tenth = survival_quantile(curve, 0.9)
    return {
        "n": curve.n, "done": curve.ended, "open": curve.n - curve.ended,
        "median_of_done": float(np.median(seconds[is_done])) if curve.ended else None,
        "median": half.value, "median_low": half.low, "median_high": half.high, "p90": tenth.value,
    }  # fmt: skip


def _breakdown(rows: list[Mapping[str, object]], reason: Absent | None) -> Breakdown:
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ["median_of_done", "median", "median_low", "median_high", "p90"]
    return Breakdown(
        id="time_to_solve", metric_id="full_resolution_time", frame=frame.astype(dict.fromkeys(numbers, "float64")),
        columns=COLUMNS, reason=None if reason is None else reason.value,
    )  # fmt: skip
