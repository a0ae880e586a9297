"""The shape of a goal in `review.yaml`: it does not load when one of its five letters is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StrictFloat, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from evaluation.errors import ConfigError
from evaluation.fields import CHANNELS, PRIORITIES
from evaluation.measurement import DIMENSIONS
from evaluation.period import Period
from evaluation.quantity import parse_quantity
from evaluation.strict import Strict

Amount = str | StrictFloat
"""A number with its unit as people write it: `2h`, `90 min`, `85%`, `4.3`, `+5 points`, `-15%`."""

LETTERS: Mapping[str, tuple[str, str]] = {
    "id": ("Specific", "id: email-first-response"),
    "statement": ("Specific", "statement: Answer e-mail 15 % faster than in the second quarter"),
    "metric": ("Specific", "metric: first_response_time"),
    "owner": ("Specific", "owner: anna.kowalska"),
    "target": ("Measurable", "target: {at_most: 2h}"),
    "feasible": ("Achievable", "feasible: A second person joins the morning shift in July."),
    "supports": ("Relevant", "supports: retention_rate"),
    "start": ("Time-bound", "start: 2026-Q3"),
    "due": ("Time-bound", "due: 2026-Q4"),
}
"""Which letter of SMART a key carries, and a line to paste when it is missing; `because` also carries Relevant."""

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def period_text(value: object) -> str:
    """The id of a period as written in YAML, where `2026` arrives as a number.

    Raises:
        ValueError: It names no period, or one that moves (`latest-…`).
    """
    text = str(value)
    if text.startswith("latest-"):
        raise ValueError(f"{text!r} moves from run to run; name the period itself, for example 2026-Q3")
    try:
        Period.parse(text, zone="UTC")
    except ConfigError as error:
        raise ValueError(f"{error.found}; {error.remedy}") from error
    return text


def slug(value: str) -> str:
    """An id that is safe in file names, links and commands.

    Raises:
        ValueError: It holds anything but Latin letters, digits, dot, underscore and hyphen.
    """
    if not _SLUG.fullmatch(value):
        raise ValueError(f"{value!r} is not an id; use Latin letters, digits, '.', '_' and '-', for example shift-plan")
    return value


def scope(where: Mapping[str, str]) -> Mapping[str, str]:
    """A scope that measurements have: the whole service, or one member of one dimension.

    Raises:
        ValueError: An unknown dimension, channel or priority, or two dimensions at once.
    """
    known = DIMENSIONS[1:]
    for name, member in where.items():
        if name not in known:
            raise ValueError(f"{name!r} is not a dimension; write one of: {', '.join(known)}")
        allowed = {"channel": CHANNELS, "priority": PRIORITIES}.get(name, (member,))
        if member not in allowed:
            raise ValueError(f"{member!r} is not a {name}; write one of: {', '.join(allowed)}")
    if len(where) > 1:
        raise ValueError(f"{' and '.join(where)} at once are not measured; choose one of them")
    return where


class TargetConfig(Strict):
    """The measure of a goal: a bound on the value, a band, or a change from an earlier period."""

    at_most: Annotated[Amount | None, Field(description="Largest value that reaches it, in the metric's unit: 2h.")] = (
        None
    )
    at_least: Annotated[Amount | None, Field(description="Smallest value that reaches it: 85%.")] = None
    between: Annotated[
        list[Amount] | None,
        Field(description="Lower and upper bound, both included: [80%, 90%].", min_length=2, max_length=2),
    ] = None
    change: Annotated[
        Amount | None,
        Field(description="Change from `from`: relative (-15%), or in the metric's unit (+5 points, -30 min)."),
    ] = None
    from_period: Annotated[
        str | None, Field(alias="from", description="Period that a change is counted from: 2026-Q2.")
    ] = None

    @field_validator("from_period", mode="before")
    @classmethod
    def _period(cls, value: object) -> str | None:
        return None if value is None else period_text(value)

    @field_validator("at_most", "at_least", "change")
    @classmethod
    def _readable(cls, value: Amount | None) -> Amount | None:
        if value is not None:
            parse_quantity(value)
        return value

    @field_validator("between")
    @classmethod
    def _band(cls, value: list[Amount] | None) -> list[Amount] | None:
        if value is None:
            return None
        low, high = (parse_quantity(bound) for bound in value)
        if low.kind == high.kind and low.number >= high.number:
            raise ValueError(f"the band {value[0]} to {value[1]} is empty; write the lower bound first")
        return value

    @field_validator("change")
    @classmethod
    def _direction(cls, value: Amount | None) -> Amount | None:
        if value is None:
            return None
        if isinstance(value, str) and not value.strip().startswith(("+", "-", "\N{MINUS SIGN}")):
            raise ValueError(f"a change of {value!r} does not say which way; put + or - before it: -{value.strip()}")
        if parse_quantity(value).number == 0:
            raise ValueError("a change of nothing cannot be measured; to hold a level write at_most or at_least")
        return value

    @model_validator(mode="after")
    def _one_form(self) -> TargetConfig:
        given = [name for name in ("at_most", "at_least", "between", "change") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) if given else "nothing"
            raise ValueError(
                f"a target is one of at_most, at_least, between or change, but here is {found}; "
                "for example {at_most: 2h} or {between: [80%, 90%]}"
            )
        if given == ["change"] and self.from_period is None:
            raise ValueError("a change needs the period it is counted from; for example {change: -15%, from: 2026-Q2}")
        if given != ["change"] and self.from_period is not None:
            raise ValueError(f"`from` belongs to a change and means nothing beside {given[0]}; remove it")
        return self


class StepConfig(Strict):
    """A milestone on the way to a goal."""

    by: Annotated[str, Field(description="Period by whose end the step is reached: 2026-07.")]
    target: Annotated[TargetConfig, Field(description="What is to be reached by then.")]

    @field_validator("by", mode="before")
    @classmethod
    def _period(cls, value: object) -> str:
        return period_text(value)

    @field_validator("target")
    @classmethod
    def _level(cls, target: TargetConfig) -> TargetConfig:
        if target.change is not None:
            raise ValueError("a step is a level, not a change; for example {at_most: 3h}")
        return target


class GoalConfig(Strict):
    """A SMART goal; the file does not load when a letter is missing."""

    id: Annotated[str, Field(description="Stable identifier (Specific).")]
    statement: Annotated[str, Field(min_length=1, description="The goal as agreed, in one sentence (Specific).")]
    metric: Annotated[str, Field(description="Which figure, by its id in the catalogue (Specific).")]
    statistic: Annotated[str | None, Field(description="Statistic of the metric; default: the metric's own.")] = None
    where: Annotated[
        dict[str, str], Field(description="Of what: one dimension and its member; empty: everything.")
    ] = {}
    target: Annotated[TargetConfig, Field(description="How much (Measurable).")]
    feasible: Annotated[str, Field(min_length=1, description="Why it can be done (Achievable).")]
    supports: Annotated[str | None, Field(description="A metric that the goal serves (Relevant).")] = None
    because: Annotated[str | None, Field(description="Why it matters, in words (Relevant).")] = None
    start: Annotated[str, Field(description="First period of the goal (Time-bound).")]
    due: Annotated[str, Field(description="Last period of the goal; it is judged when that is over (Time-bound).")]
    owner: Annotated[str, Field(min_length=1, description="Who answers for it (Specific).")]
    steps: Annotated[list[StepConfig], Field(description="Milestones, earliest first.")] = []
    actions: Annotated[list[str], Field(description="Follow-ups that serve the goal, by id.")] = []
    parent: Annotated[str | None, Field(description="The goal that this one serves, by id.")] = None

    @model_validator(mode="wrap")
    @classmethod
    def _every_letter(cls, values: Any, handler: Callable[[Any], GoalConfig]) -> GoalConfig:
        missing = list(_missing_letters(values)) if isinstance(values, Mapping) else []
        told = {detail["loc"] for detail in missing}
        try:
            goal = handler(values)
        except ValidationError as error:
            others = [_detail(line) for line in error.errors(include_url=False) if line["loc"][:1] not in told]
            raise ValidationError.from_exception_data("goal", missing + others) from None
        if missing:
            raise ValidationError.from_exception_data("goal", missing)
        return goal

    @field_validator("id")
    @classmethod
    def _id(cls, value: str) -> str:
        return slug(value)

    @field_validator("start", "due", mode="before")
    @classmethod
    def _period(cls, value: object) -> str:
        return period_text(value)

    @field_validator("where")
    @classmethod
    def _scope(cls, where: dict[str, str]) -> dict[str, str]:
        scope(where)
        return where

    @field_validator("due")
    @classmethod
    def _after_start(cls, due: str, info: Any) -> str:
        start = info.data.get("start")
        if start is None or start.startswith("FY") != due.startswith("FY"):
            return due
        if Period.parse(start, zone="UTC").start >= Period.parse(due, zone="UTC").end:
            raise ValueError(f"the goal starts in {start}, after it is due in {due}; exchange them or correct one")
        return due


def _missing_letters(values: Mapping[str, Any]) -> Iterator[InitErrorDetails]:
    for key, (letter, example) in LETTERS.items():
        carriers = ("supports", "because") if key == "supports" else (key,)
        if any(values.get(carrier) not in (None, "", {}) for carrier in carriers):
            continue
        named = " or ".join(f"`{carrier}`" for carrier in carriers)
        yield _sentence(
            f"the goal is not {letter}: {named} is missing; add for example `{example}`", "goal_letter", (key,), values
        )


def _sentence(text: str, kind: Any, loc: tuple[int | str, ...], found: Any) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(kind, "{sentence}", {"sentence": text}), loc=loc, input=found)


def _detail(line: Any) -> InitErrorDetails:
    return _sentence(line["msg"].removeprefix("Value error, "), line["type"], line["loc"], line["input"])
