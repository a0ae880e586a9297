"""The telephone: whether callers are answered in time, how many give up, and how long a call takes.

Every figure is pooled from calls, never a mean of daily rates. Inbound calls only; a transferred call is one call.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evaluation.metric import Better, Clock, Credit, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import always, standing
from evaluation.metrics.definition import AnyDefinition, CaseSet, Definition, Expression, Summary

if TYPE_CHECKING:
    from ibis.expr import types as ir

CALLS = CaseSet(
    id="calls",
    table="calls",
    anchor=lambda table: table.arrived_at,
    agent=lambda table: table.agent,
    credit=Credit.CALL,
)

CALL_LEGS = CaseSet(
    id="call_legs",
    table="call_legs",
    anchor=lambda table: table.arrived_at,
    agent=lambda table: table.agent,
    credit=Credit.LEG,
)

_ANCHOR = "when the caller entered the queue"
_OFFERED = (
    "Inbound calls that entered the queue in opening hours. Callers who hung up before the queue are out; calls "
    "outside opening hours are left out and counted, unless the organisation counts them."
)
_REQUIRES = ("calls.started_at", "calls.direction", "calls.outcome")


def _is_abandoned(table: ir.Table) -> ir.Value:
    return table.outcome.isin(["abandoned", "short_abandoned"])


def _is_in_time(table: ir.Table) -> ir.Value:
    """On the last second is in time."""
    return table.wait_seconds <= table.service_level_seconds


def _has_no_wait(table: ir.Table) -> ir.Value:
    """Answered or given up, and nobody recorded after how long."""
    return table.outcome.isin(["answered", "abandoned"]) & table.wait_seconds.isnull()


def _never(table: ir.Table) -> ir.Value:
    return table.was_queued & ~table.was_queued


def _offered(*, left_out: Expression = _never, unknown: Expression = _never) -> Expression:
    """The standing of calls offered: those outside opening hours are left out, those not over at cut undecided."""
    return standing(
        left_out=lambda table: table.was_queued & (~table.is_counted | left_out(table).fill_null(False)),
        undecided=lambda table: table.was_queued & table.outcome.isnull(),
        unknown=lambda table: table.was_queued & unknown(table),
        decided=lambda table: table.was_queued,
    )


def _service_level(variant: str, rule: str, left_out: Expression, in_time: Expression) -> Definition:
    return Definition(
        metric=Metric(
            id="service_level", label="Telephone service level", pillar=Pillar.RESPONSIVENESS, unit=Unit.SHARE,
            better=Better.HIGHER, population=_OFFERED, anchor=_ANCHOR, clock=Clock.CALENDAR, kind=Kind.SHARE,
            statistic="value", minimum_sample=30,
            definition=f"Calls answered within the threshold in force when the caller entered the queue (20 seconds "
            f"unless agreed otherwise), {rule} Calls that ended in a message or a call-back count as not answered.",
            source="Cisco Unified Contact Center Enterprise, reporting guide: service level type; ISO 18295-1",
            requires=_REQUIRES, variant=variant,
        ),
        cases=CALLS,
        standing=_offered(left_out=left_out, unknown=_has_no_wait),
        summary=Summary.SHARE,
        amount=lambda table: in_time(table) & _is_in_time(table),
    )  # fmt: skip


SERVICE_LEVEL = (
    _service_level(
        "abandoned_ignored",
        "as a share of the calls offered less those given up within it: a caller who gave up before the threshold is "
        "left out, one who gave up later was not answered in time.",
        left_out=lambda table: _is_abandoned(table) & _is_in_time(table),
        in_time=lambda table: table.outcome == "answered",
    ),
    _service_level(
        "abandoned_missed",
        "as a share of all calls offered: every caller who gave up, however early, was not answered in time.",
        left_out=_never,
        in_time=lambda table: table.outcome == "answered",
    ),
    _service_level(
        "abandoned_met",
        "or given up within it, as a share of all calls offered: a caller who gave up before the threshold counts as "
        "answered in time, one who gave up later does not.",
        left_out=_never,
        in_time=lambda table: (table.outcome == "answered") | _is_abandoned(table),
    ),
)
"""The three rules, as Cisco names them: abandoned calls ignored, with negative impact, with positive impact."""

AVERAGE_SPEED_OF_ANSWER = Definition(
    metric=Metric(
        id="average_speed_of_answer", label="Average speed of answer", pillar=Pillar.RESPONSIVENESS,
        unit=Unit.SECONDS, better=Better.LOWER,
        population="Inbound calls that an agent answered. Calls outside opening hours are left out and counted, unless "
        "the organisation counts them; callers who gave up are not in it.",
        anchor=_ANCHOR, clock=Clock.CALENDAR, kind=Kind.MEAN, statistic="mean", minimum_sample=30,
        definition="From entering the queue to being answered by an agent. The time in the voice menu is not in it.",
        source="HDI and ICMI: average speed of answer", requires=_REQUIRES,
    ),
    cases=CALLS,
    standing=standing(
        left_out=lambda table: (table.outcome == "answered") & ~table.is_counted,
        undecided=lambda table: table.was_queued & table.outcome.isnull() & table.is_counted,
        decided=lambda table: (table.outcome == "answered") & table.wait_seconds.notnull(),
        unknown=lambda table: table.outcome == "answered",
    ),
    summary=Summary.DURATION,
    amount=lambda table: table.wait_seconds,
)  # fmt: skip


def _abandonment(metric_id: str, label: str, variant: str, definition: str, **conditions: Expression) -> Definition:
    return Definition(
        metric=Metric(
            id=metric_id, label=label, pillar=Pillar.RESPONSIVENESS, unit=Unit.SHARE, better=Better.LOWER,
            population=_OFFERED, anchor=_ANCHOR, clock=Clock.NONE, kind=Kind.SHARE, statistic="value",
            minimum_sample=30, definition=definition, source="COPC CX Standard and ICMI: abandonment rate",
            requires=_REQUIRES, variant=variant,
        ),
        cases=CALLS,
        standing=_offered(**conditions),
        summary=Summary.SHARE,
        amount=_is_abandoned,
    )  # fmt: skip


def _abandonments() -> tuple[Definition, ...]:
    """Both variants under the metric's own id, and each beside it under its own, as both are printed."""
    third = "A message or a call-back is neither an answer nor a call given up."
    without_short = (
        "Callers who gave up in the queue, as a share of the calls offered. Those who gave up within the first seconds "
        f"(5 unless agreed otherwise) are left out above and below the line. {third}"
    )
    every = f"Callers who gave up in the queue, however early, as a share of all calls offered. {third}"
    label = "Abandonment rate"
    texts = {"without_short": (without_short, "without short calls"), "all": (every, "short calls included")}
    conditions: dict[str, dict[str, Expression]] = {
        "without_short": {
            "left_out": lambda table: table.outcome == "short_abandoned",
            "unknown": lambda table: (table.outcome == "abandoned") & table.wait_seconds.isnull(),
        },
        "all": {},
    }
    own = [_abandonment("abandonment_rate", label, name, text, **conditions[name]) for name, (text, _) in texts.items()]
    beside = [
        _abandonment(f"abandonment_rate_{name}", f"{label}, {suffix}", name, text, **conditions[name])
        for name, (text, suffix) in texts.items()
    ]
    return (*own, *beside)


CALLS_OFFERED = Definition(
    metric=Metric(
        id="calls_offered", label="Calls offered", pillar=Pillar.WORKLOAD, unit=Unit.COUNT, better=Better.NEUTRAL,
        population=_OFFERED, anchor=_ANCHOR, clock=Clock.NONE, kind=Kind.COUNT, statistic="value", minimum_sample=1,
        definition="How many calls entered the queue, whatever became of them: calls that failed in the queue are "
        "offered, too. A transferred call is one call.",
        source="COPC CX Standard: contacts offered", requires=_REQUIRES,
    ),
    cases=CALLS,
    standing=standing(
        left_out=lambda table: table.was_queued & ~table.is_counted,
        decided=lambda table: table.was_queued,
    ),
    summary=Summary.COUNT,
)  # fmt: skip

_HANDLE_TIME = Metric(
    id="handle_time",
    label="Handle time",
    pillar=Pillar.QUALITY,
    unit=Unit.SECONDS,
    better=Better.NEUTRAL,
    population="Inbound calls that an agent answered, in or out of opening hours. A transferred call is one case for "
    "the service; for an agent, the leg that the agent took is.",
    anchor=_ANCHOR,
    clock=Clock.CALENDAR,
    kind=Kind.MEAN,
    statistic="mean",
    minimum_sample=30,
    definition="Talking, holding and the work after the call, per call answered. Work after the call whose end nobody "
    "recorded runs until the agent answers the next call; it counts up to the agreed cap at most, as all such work "
    "does.",
    source="COPC CX Standard and ICMI: average handle time",
    requires=("calls.outcome", "calls.talk_seconds", "calls.hold_seconds", "calls.wrap_seconds"),
)


HANDLE_TIME_OF_LEGS = Definition(
    metric=replace(_HANDLE_TIME, id="handle_time_of_legs"),
    cases=CALL_LEGS,
    standing=standing(decided=lambda table: table.handle_seconds.notnull(), unknown=always),
    summary=Summary.DURATION,
    amount=lambda table: table.handle_seconds,
)

HANDLE_TIME = Definition(
    metric=_HANDLE_TIME,
    cases=CALLS,
    standing=standing(
        undecided=lambda table: table.outcome.isnull(),
        decided=lambda table: (table.outcome == "answered") & table.handle_seconds.notnull(),
        unknown=lambda table: table.outcome == "answered",
    ),
    summary=Summary.DURATION,
    amount=lambda table: table.handle_seconds,
    for_agents=HANDLE_TIME_OF_LEGS,
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    *SERVICE_LEVEL, AVERAGE_SPEED_OF_ANSWER, *_abandonments(), CALLS_OFFERED, HANDLE_TIME,
)  # fmt: skip
"""The metrics of the telephone, with the variants of each."""
