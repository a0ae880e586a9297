"""The telephone's part of `review.yaml`: what is promised to callers, and how their calls are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, model_validator

from evaluation.duration import Duration, Seconds
from evaluation.strict import Strict

Threshold = Annotated[float, Field(ge=0, description="Answered within this many seconds in the queue is in time.")]
ShortAbandon = Annotated[
    float, Field(ge=0, description="Callers who give up within this many seconds have hardly waited: a wrong number.")
]
Goal = Annotated[float, Field(gt=0, lt=1, description="Share of calls that should be in time; staffing aims at it.")]


class ServiceLevelVersion(Strict):
    """A change of the service level; what it does not name stays as it was before."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    from_: Annotated[date, Field(alias="from", description="First day in force, in the organisation's zone.")]
    seconds: Annotated[Threshold | None, Field(description="The new threshold; the one before when left out.")] = None
    short_abandon_seconds: Annotated[
        ShortAbandon | None, Field(description="The new bound of a short wait; the one before when left out.")
    ] = None
    goal: Annotated[Goal | None, Field(description="The new goal; the one before when left out.")] = None


class ServiceLevel(Strict):
    """What callers are promised, with its history: a call keeps the threshold in force when it entered the queue.

    Example:
        >>> level = ServiceLevel.model_validate({"versions": [{"from": "2026-04-01", "seconds": 30}]})
        >>> [(str(terms.since), terms.seconds, terms.goal) for terms in level.terms("UTC")]
        [('None', 20.0, 0.8), ('2026-04-01 00:00:00+00:00', 30.0, 0.8)]
    """

    seconds: Threshold = 20.0
    short_abandon_seconds: ShortAbandon = 5.0
    goal: Goal = 0.8
    versions: Annotated[
        list[ServiceLevelVersion], Field(description="Changes, the earliest first; each holds until the next.")
    ] = []

    @model_validator(mode="after")
    def _in_order(self) -> ServiceLevel:
        starts = [version.from_ for version in self.versions]
        if starts != sorted(set(starts)):
            raise ValueError(
                "the versions of the service level are not in the order of their days, or two start on one day; "
                "write each change once, the earliest first"
            )
        return self

    def terms(self, zone: str) -> tuple[Terms, ...]:
        """The terms over time, the earliest first.

        Args:
            zone: IANA name of the zone in which the versions' days begin.
        """
        found = [Terms(since=None, seconds=self.seconds, short_abandon_seconds=self.short_abandon_seconds,
                       goal=self.goal)]  # fmt: skip
        for version in self.versions:
            changed = version.model_dump(exclude={"from_"}, exclude_none=True)
            midnight = datetime(version.from_.year, version.from_.month, version.from_.day, tzinfo=ZoneInfo(zone))
            found.append(found[-1].model_copy(update={**changed, "since": midnight.astimezone(UTC)}))
        return tuple(found)

    def terms_at(self, at: datetime, zone: str) -> Terms:
        """The terms in force at an instant."""
        return [terms for terms in self.terms(zone) if terms.since is None or terms.since <= at][-1]


class Terms(Strict):
    """What is promised from one instant on.

    Attributes:
        since: First instant in force; None = ever.
        seconds: Threshold of the service level.
        short_abandon_seconds: Longest wait of a caller who hardly waited.
        goal: Share of calls that should be in time.
    """

    since: datetime | None
    seconds: float
    short_abandon_seconds: float
    goal: float


class Telephone(Strict):
    """How calls are counted and staffed. The rule of the service level is a variant: `metrics: {service_level: …}`."""

    service_level: Annotated[ServiceLevel, Field(description="What callers are promised.")] = ServiceLevel()
    counts_out_of_hours: Annotated[
        bool, Field(description="Whether calls outside opening hours enter the figures of the queue.")
    ] = False
    wrap_cap: Duration = Field(
        default_factory=lambda: Seconds(900),
        description="Longest work after a call that is believed; longer or without an end, it is cut to this and "
        "flagged. 15 min when left out.",
    )
    transfer_gap: Duration = Field(
        default_factory=lambda: Seconds(5),
        description="A call of the same requester and ticket that begins no later than this after the end of the "
        "last one, with another agent, is its transfer. 5 s when left out; `contact_id` needs no guess.",
    )
    shrinkage: Annotated[
        float, Field(ge=0, lt=1, description="Share of paid time in which an agent is not there for calls.")
    ] = 0.3
    max_occupancy: Annotated[
        float, Field(gt=0, le=1, description="Largest share of their time that agents should spend on calls.")
    ] = 0.85
