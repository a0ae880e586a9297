"""When people turn to the service: inside opening hours or not, answered all the same, and how many in an hour."""

from __future__ import annotations

from evaluation.metric import Better, Clock, Credit, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import always, standing
from evaluation.metrics.definition import AnyDefinition, CaseSet, Definition, RatioDefinition, Summary

ARRIVALS = CaseSet(
    id="arrivals",
    table="arrivals",
    anchor=lambda table: table.arrived_at,
    agent=lambda table: table.agent,
    credit=Credit.CONTACT,
)
OPEN_HOURS = CaseSet(
    id="open_hours",
    table="open_hours",
    anchor=lambda table: table.at,
    agent=lambda table: table.agent,
    credit=Credit.NOBODY,
)

_ANCHOR = "when the ticket was created, or the caller entered the queue"
_CONTACTS = (
    "Tickets and inbound calls; a telephone ticket with a call is that call. Callers who hung up before the queue are "
    "out, those who left a message or asked to be called back are in."
)
_REQUIRES = ("tickets.created_at", "calls.started_at")

OPENING_COVERAGE = Definition(
    metric=Metric(
        id="opening_coverage", label="Contacts in opening hours", pillar=Pillar.AVAILABILITY, unit=Unit.SHARE,
        better=Better.HIGHER, population=_CONTACTS, anchor=_ANCHOR, clock=Clock.NONE, kind=Kind.SHARE,
        statistic="value", minimum_sample=30,
        definition="Contacts that arrived inside the opening hours of their own calendar, as a share of all contacts.",
        source="ISO 18295-1, accessibility and hours of operation", requires=_REQUIRES,
    ),
    cases=ARRIVALS,
    standing=standing(decided=lambda table: table.is_inside_hours.notnull(), unknown=always),
    summary=Summary.SHARE,
    amount=lambda table: table.is_inside_hours,
)  # fmt: skip

OUT_OF_HOURS_ANSWERED_SHARE = Definition(
    metric=Metric(
        id="out_of_hours_answered_share", label="Answered although we were closed", pillar=Pillar.AVAILABILITY,
        unit=Unit.SHARE, better=Better.HIGHER,
        population=f"Contacts that arrived outside the opening hours of their own calendar. {_CONTACTS} Tickets still "
        "waiting are undecided.",
        anchor=_ANCHOR, clock=Clock.NONE, kind=Kind.SHARE, statistic="value", minimum_sample=30,
        definition="Contacts that arrived outside opening hours and were answered by a human agent: calls at once, "
        "tickets at any time, as a share of those answered or ended without an answer.",
        source="ISO 18295-1, contacts answered", requires=_REQUIRES,
    ),
    cases=ARRIVALS,
    standing=standing(
        unknown=lambda table: ~table.is_inside_hours & ~table.is_answer_known,
        decided=lambda table: ~table.is_inside_hours & table.was_answered.notnull(),
        undecided=lambda table: ~table.is_inside_hours,
    ),
    summary=Summary.SHARE,
    amount=lambda table: table.was_answered,
)  # fmt: skip

_LOAD = Metric(
    id="load_by_hour",
    label="Contacts per opening hour",
    pillar=Pillar.WORKLOAD,
    unit=Unit.RATIO,
    better=Better.NEUTRAL,
    population=f"Contacts that arrived while the service was open, by its default calendar. {_CONTACTS}",
    anchor=_ANCHOR,
    clock=Clock.NONE,
    kind=Kind.RATIO,
    statistic="value",
    minimum_sample=1,
    definition="Contacts that arrived in opening hours, divided by the hours in which the service was open; of a part "
    "of the service its own contacts, divided by the hours of the whole. The hours of the week stand beside it.",
    source="Gans, Koole and Mandelbaum, Telephone Call Centers (2003): arrival rate",
    requires=_REQUIRES,
)

LOAD_BY_HOUR = RatioDefinition(
    metric=_LOAD,
    numerator=Definition(
        metric=Metric(
            id="contacts_in_service_hours", label="Contacts in service hours", pillar=Pillar.WORKLOAD, unit=Unit.COUNT,
            better=Better.NEUTRAL, population=_LOAD.population, anchor=_ANCHOR, clock=Clock.NONE, kind=Kind.COUNT,
            statistic="value", minimum_sample=1, definition="Contacts that arrived while the service was open.",
            source=_LOAD.source, requires=_REQUIRES,
        ),
        cases=ARRIVALS,
        standing=standing(decided=lambda table: table.is_in_service_hours),
        summary=Summary.COUNT,
    ),
    denominator=Definition(
        metric=Metric(
            id="service_hours", label="Opening hours", pillar=Pillar.WORKLOAD, unit=Unit.COUNT, better=Better.NEUTRAL,
            population="Hours of the default calendar from the first contact on.", anchor="when the hour began",
            clock=Clock.BUSINESS, kind=Kind.COUNT, statistic="value", minimum_sample=1,
            definition="Hours in which the service was open.", source="The organisation's calendar", requires=(),
        ),
        cases=OPEN_HOURS,
        standing=standing(decided=always),
        summary=Summary.COUNT,
    ),
    is_below_whole=True,
)  # fmt: skip

DEFINITIONS: tuple[AnyDefinition, ...] = (OPENING_COVERAGE, OUT_OF_HOURS_ANSWERED_SHARE, LOAD_BY_HOUR)
"""The metrics of arrivals."""
