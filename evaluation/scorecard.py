"""Scorecards: what an audit looks at, on which scale, with which weight, and what must not go wrong."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from evaluation.strict import Strict

Touchpoint = Literal["greeting", "solution", "farewell"]
Attribute = Literal["attention", "attitude", "availability", "adaptability", "appreciation"]

AuditKind = Literal["correspondence", "call", "mystery"]

TOUCHPOINTS: tuple[Touchpoint, ...] = ("greeting", "solution", "farewell")
"""The three moments of a contact, in their order."""

ATTRIBUTES: tuple[Attribute, ...] = ("attention", "attitude", "availability", "adaptability", "appreciation")
"""The five A of a contact, in the order in which they are printed."""


class Scale(Strict):
    """The points that a mark may take."""

    min: Annotated[float, Field(description="Lowest mark: counts as 0.")]
    max: Annotated[float, Field(description="Highest mark: counts as 1.")]

    @model_validator(mode="after")
    def _has_a_length(self) -> Scale:
        if self.min >= self.max:
            raise ValueError(f"a scale from {self.min:g} to {self.max:g} has no length; write the lowest mark as min")
        return self


class Criterion(Strict):
    """One thing that an audit marks."""

    id: Annotated[str, Field(min_length=1, description="The `criterion_id` of the data.")]
    name: Annotated[
        str | dict[str, str] | None,
        Field(description="Name for readers, or names by language: `{en: Greeting, pl: Powitanie}`."),
    ] = None
    question: Annotated[
        str | dict[str, str] | None,
        Field(
            description="What the auditor asks, or the same by language; stands beside the name in audit worksheets."
        ),
    ] = None
    always_applies: Annotated[bool, Field(description="Whether audit worksheets offer no 'not applicable' for it.")] = (
        False
    )
    touchpoint: Annotated[Touchpoint | None, Field(description="Moment of the contact that it belongs to.")] = None
    attribute: Annotated[Attribute | None, Field(description="Which of the five A it shows.")] = None
    weight: Annotated[float, Field(ge=0, description="How much it counts beside the others.")] = 1.0
    scale: Annotated[Scale | None, Field(description="Its own scale; the scorecard's when left out.")] = None
    critical: Annotated[bool, Field(description="Whether a mark below its `line` makes the whole audit 0.")] = False
    line: Annotated[
        float | None, Field(description="Of a critical criterion: the lowest mark that does not make the audit 0.")
    ] = None
    bonus: Annotated[
        bool,
        Field(
            description="Whether it only adds: its weighted mark is added above the line and its weight is not added "
            "below; an audit never exceeds 1."
        ),
    ] = False

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Criterion:
        if self.critical and self.bonus:
            raise ValueError(f"criterion {self.id!r} is critical and a bonus; remove one of them")
        if self.critical and self.line is None:
            raise ValueError(
                f"criterion {self.id!r} is critical without a line; write `line:`, the lowest mark that is good enough"
            )
        if self.line is not None and not self.critical:
            raise ValueError(f"criterion {self.id!r} has a line but is not critical; add `critical: true` or remove it")
        return self

    def called(self, language: str) -> str:
        """The name in a language, else in English, else in any, else the id.

        Example:
            >>> greeting = Criterion.model_validate({"id": "greeting", "name": {"en": "Greeting", "pl": "Powitanie"}})
            >>> greeting.called("pl"), greeting.called("ru"), Criterion(id="greeting").called("pl")
            ('Powitanie', 'Greeting', 'greeting')
        """
        return _in_language(self.name, language) or self.id

    def asks(self, language: str) -> str | None:
        """The question in a language, else in English, else in any; None when there is none."""
        return _in_language(self.question, language)


def _in_language(text: str | dict[str, str] | None, language: str) -> str | None:
    if text is None or isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), None)


class ScorecardConfig(Strict):
    """One version of one scorecard; the first entry of `scorecards:` that matches an audit applies.

    A scorecard that changed is two entries with the same `id`, told apart by the `version` that the data name, or by
    adjoining `from`/`until`: each audit keeps the entry that was in force when it was marked.

    Example:
        >>> card = ScorecardConfig.model_validate(
        ...     {"id": "letter", "scale": {"min": 1, "max": 5}, "criteria": [{"id": "greeting"}]})
        >>> card.scale_of(card.criteria[0]).max
        5.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    id: Annotated[str, Field(min_length=1, description="The `scorecard_id` of the data.")]
    version: Annotated[
        str | None, Field(description="The `scorecard_version` of the data; every version when left out.")
    ] = None
    from_: Annotated[
        date | None, Field(alias="from", description="First day in force, in the organisation's zone.")
    ] = None
    until: Annotated[date | None, Field(description="First day no longer in force.")] = None
    scale: Annotated[Scale | None, Field(description="Scale of the criteria that have none of their own.")] = None
    kind: Annotated[
        AuditKind | None,
        Field(description="What is audited by it, for drawing samples; when left out, what its `id` says."),
    ] = None
    root_causes: Annotated[
        list[str], Field(description="Causes of faults that audit worksheets offer; any words when left out.")
    ] = []
    criteria: Annotated[list[Criterion], Field(min_length=1, description="What is marked.")]

    @model_validator(mode="after")
    def _can_be_scored(self) -> ScorecardConfig:
        ids = [criterion.id for criterion in self.criteria]
        twice = next((name for name in ids if ids.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"scorecard {self.id!r} has the criterion {twice!r} twice; keep one of them")
        for criterion in self.criteria:
            self._check_marks(criterion)
        if not any(criterion.weight > 0 and not criterion.bonus for criterion in self.criteria):
            raise ValueError(f"scorecard {self.id!r} has nothing to score: give a criterion that is no bonus a weight")
        return self

    @model_validator(mode="after")
    def _from_before_until(self) -> ScorecardConfig:
        if self.from_ is not None and self.until is not None and self.from_ >= self.until:
            raise ValueError(f"scorecard {self.id!r} is in force from {self.from_} until {self.until}: no day at all")
        return self

    def _check_marks(self, criterion: Criterion) -> None:
        scale = criterion.scale or self.scale
        if scale is None:
            raise ValueError(
                f"criterion {criterion.id!r} of scorecard {self.id!r} has no scale; give either one `scale:`"
            )
        if criterion.line is not None and not scale.min < criterion.line <= scale.max:
            raise ValueError(
                f"the line {criterion.line:g} of criterion {criterion.id!r} can never decide anything on a scale from "
                f"{scale.min:g} to {scale.max:g}; write a mark above {scale.min:g} and up to {scale.max:g}"
            )

    def is_in_force(self, day: date) -> bool:
        """Whether audits that are marked on this day may be marked by it."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)

    def scale_of(self, criterion: Criterion) -> Scale:
        """The scale of one of its criteria."""
        scale = criterion.scale or self.scale
        if scale is None:
            raise ValueError(f"criterion {criterion.id!r} has no scale")
        return scale


class AuditOptions(Strict):
    """Choices about audits that no scorecard makes."""

    default_scale: Annotated[
        Scale | None,
        Field(
            description="Scale of audits whose scorecard is not under `scorecards:`, all criteria alike; without it "
            "such audits are left out and counted."
        ),
    ] = None
    third_party: Annotated[
        list[str],
        Field(
            description="Auditor ids of mystery visitors who are no staff; `agency-*` stands for all that begin so. "
            "Everybody else is own staff."
        ),
    ] = []


def _none_hidden(scorecards: list[ScorecardConfig]) -> list[ScorecardConfig]:
    for number, card in enumerate(scorecards):
        if any(_hides(earlier, card) for earlier in scorecards[:number]):
            raise ValueError(
                f"scorecard {card.id!r} stands twice for the same audits; tell its versions apart by `version`, or by "
                "`from` and `until`"
            )
    return scorecards


def _hides(earlier: ScorecardConfig, later: ScorecardConfig) -> bool:
    """Whether every audit that matches `later` matches `earlier`, which is asked first."""
    begins = earlier.from_ is None or (later.from_ is not None and earlier.from_ <= later.from_)
    ends = earlier.until is None or (later.until is not None and later.until <= earlier.until)
    return earlier.id == later.id and earlier.version in (None, later.version) and begins and ends


Scorecards = Annotated[list[ScorecardConfig], AfterValidator(_none_hidden)]
"""`scorecards:`, in the order in which they are asked."""
