"""Service-level agreements: to which tickets one applies, what it promises, and when its clock stands still."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from evaluation.duration import Duration, Seconds
from evaluation.fields import CHANNELS, PRIORITIES
from evaluation.strict import Strict, or_short

SlaDimension = Literal["channel", "team", "branch", "topic", "priority", "segment", "language", "product"]
TargetName = Literal["first_response", "next_reply", "periodic_update", "resolution"]

TARGETS: tuple[TargetName, ...] = ("first_response", "next_reply", "periodic_update", "resolution")
"""What a policy can promise, in the order in which it is printed."""

_CLOSED = {"channel": CHANNELS, "priority": PRIORITIES}


class Promise(Strict):
    """One promise: so many seconds on one clock."""

    model_config = ConfigDict(json_schema_extra=or_short({"type": ["string", "number"]}))
    within: Annotated[Duration, Field(gt=0, description="Promised time: 2h, 90 min, 1h 30min.")]
    clock: Annotated[
        Literal["business", "calendar"],
        Field(description="`business` counts opening hours of the ticket's calendar, `calendar` runs round the clock."),
    ] = "business"


class SlaTargets(Strict):
    """The promises of a policy; one that is left out is not promised."""

    first_response: Annotated[Promise | None, Field(description="First public reply by a human agent.")] = None
    next_reply: Annotated[Promise | None, Field(description="Every later public reply to a waiting requester.")] = None
    periodic_update: Annotated[
        Promise | None, Field(description="From each public reply to the one after it, while the ticket is open.")
    ] = None
    resolution: Annotated[Promise | None, Field(description="From the opening of the ticket to its solve.")] = None

    @field_validator(*TARGETS, mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"within": value} if isinstance(value, str | int | float) else value

    @model_validator(mode="after")
    def _promises_something(self) -> SlaTargets:
        if not self.promised():
            raise ValueError(f"targets promise nothing; give at least one of {', '.join(TARGETS)}")
        return self

    def promised(self) -> dict[TargetName, Promise]:
        """What is promised, by target."""
        return {name: promise for name in TARGETS if (promise := getattr(self, name)) is not None}


class SlaPolicyConfig(Strict):
    """One policy of `sla:`; policies are tried in the order in which they stand and the first that matches applies.

    A policy that changed is two entries with the same `id` and adjoining `from`/`until`: each ticket keeps the entry
    that was in force when its target was applied.

    Example:
        >>> policy = SlaPolicyConfig.model_validate({"id": "standard", "targets": {"first_response": "2h"}})
        >>> policy.targets.first_response.within, policy.targets.first_response.clock
        (7200, 'business')
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    id: Annotated[str, Field(min_length=1, description="Name of the policy in the report.")]
    where: Annotated[
        dict[SlaDimension, str | list[str]],
        Field(
            description="Values that a ticket must have at the apply time; nothing = every ticket. `segment` is the "
            "segment of the requester's customer spell."
        ),
    ] = {}
    from_: Annotated[
        date | None, Field(alias="from", description="First day in force, in the organisation's zone.")
    ] = None
    until: Annotated[date | None, Field(description="First day no longer in force.")] = None
    targets: Annotated[SlaTargets, Field(description=f"What is promised: `{'`, `'.join(TARGETS)}`.")]
    pauses: Annotated[
        list[Literal["pending", "on_hold"]],
        Field(description="Statuses that stop the clocks of resolution and periodic updates."),
    ] = []
    late_pause: Annotated[
        Duration,
        Field(
            default_factory=lambda: Seconds(900),
            description="A pause that begins with no more than this left to the solution is reported; 15 min when left "
            "out.",
        ),
    ]

    @field_validator("where")
    @classmethod
    def _known_values(cls, where: dict[SlaDimension, str | list[str]]) -> dict[SlaDimension, str | list[str]]:
        for dimension, wanted in where.items():
            values = [wanted] if isinstance(wanted, str) else wanted
            unknown = [value for value in values if value not in _CLOSED.get(dimension, values)]
            if not values or unknown:
                found = f"{unknown[0]!r} is not a {dimension}" if unknown else f"{dimension} has an empty list"
                raise ValueError(f"{found}; use one of: {', '.join(_CLOSED.get(dimension, ('a value of the data',)))}")
        return where

    @model_validator(mode="after")
    def _from_before_until(self) -> SlaPolicyConfig:
        if self.from_ is not None and self.until is not None and self.from_ >= self.until:
            raise ValueError(f"policy {self.id!r} is in force from {self.from_} until {self.until}: no day at all")
        return self

    def values(self, dimension: SlaDimension) -> tuple[str, ...]:
        """Values that the policy asks of a dimension; empty when it asks none."""
        wanted = self.where.get(dimension, ())
        return (wanted,) if isinstance(wanted, str) else tuple(wanted)
