"""The domain's part of `review.yaml`: who we are, when we are open, what we promise, what we aim at."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from evaluation.calendar import CalendarConfig
from evaluation.followup import FollowUpConfig
from evaluation.goal import GoalConfig
from evaluation.sla import SlaPolicyConfig
from evaluation.strict import Strict

Scope = dict[str, str | list[str]]


class Organisation(Strict):
    """Who is evaluated."""

    name: Annotated[str, Field(min_length=1, description="Name on the cover.")]
    time_zone: Annotated[str, Field(description="IANA name of the reporting zone, for example Europe/Warsaw.")]
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12, description="Month in which FY… years start.")] = 1

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is not a time zone; write an IANA name such as Europe/Warsaw or UTC")
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The reporting zone."""
        return ZoneInfo(self.time_zone)


class CalendarChoice(Strict):
    """Which calendar applies to a ticket: the first match of team, branch, channel; else the default."""

    default: str = "default"
    by_team: dict[str, str] = {}
    by_branch: dict[str, str] = {}
    by_channel: dict[str, str] = {}


class MetricOptions(Strict):
    """Choices that an organisation makes for one metric."""

    variant: Annotated[str | None, Field(description="Variant by name, for example `mean` for csat.")] = None
    minimum_sample: Annotated[int | None, Field(ge=1)] = None
    label: Annotated[str | None, Field(description="The organisation's own name for it.")] = None


class FigureChoice(Strict):
    """One main figure of page 1."""

    metric: str
    statistic: str | None = None
    where: dict[str, str] = {}


class ReplayOptions(Strict):
    """Choices of the replay of events."""

    sitting_minutes: Annotated[
        float, Field(ge=0, description="Messages of one author closer than this are one message.")
    ] = 30
    no_reply_needed: Annotated[
        list[str],
        Field(description="Whole messages (case-folded, punctuation ignored) that open no wait: thanks, ok, …"),
    ] = []
    automatic_authors: Annotated[
        list[str], Field(description="Actor ids whose public replies are automatic, whatever the source says.")
    ] = []


class Settings(Strict):
    """Everything the evaluation needs to know besides the data."""

    organisation: Organisation
    calendars: dict[str, CalendarConfig] = {}
    calendar_for: CalendarChoice = CalendarChoice()
    sla: list[SlaPolicyConfig] = []
    replay: ReplayOptions = ReplayOptions()
    metrics: dict[str, MetricOptions] = {}
    main_figures: Annotated[list[FigureChoice], Field(max_length=6)] = []
    goals: list[GoalConfig] = []
    follow_ups: list[FollowUpConfig] = []

    @model_validator(mode="after")
    def _names_exist(self) -> Settings:
        chosen = {self.calendar_for.default, *self.calendar_for.by_team.values(),
                  *self.calendar_for.by_branch.values(), *self.calendar_for.by_channel.values()}  # fmt: skip
        unknown = sorted(chosen - set(self.calendars) - ({"default"} if not self.calendars else set()))
        if unknown:
            raise ValueError(f"calendar {unknown[0]!r} is not defined under `calendars:`")
        return self
