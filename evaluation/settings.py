"""The domain's part of `review.yaml`: who we are, when we are open, what we promise, what we aim at."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from evaluation.calendar import CalendarConfig
from evaluation.contacts import ContactOptions
from evaluation.followup import FollowUpConfig
from evaluation.goal import GoalConfig
from evaluation.measurement import DIMENSIONS
from evaluation.named_change import NamedChange
from evaluation.own_metric import MetricConfig
from evaluation.review_answers import ReviewAnswers
from evaluation.scorecard import AuditOptions, Scorecards
from evaluation.sla import SlaPolicyConfig
from evaluation.strict import Strict
from evaluation.survey_credit import SurveyCredit
from evaluation.telephone import Telephone
from evaluation.text.options import TextOptions


class Organisation(Strict):
    """Who is evaluated."""

    name: Annotated[str, Field(min_length=1, description="Name on the cover.")]
    time_zone: Annotated[str, Field(description="IANA name of the reporting zone, for example Europe/Warsaw.")]
    fiscal_year_starts: Annotated[
        int, Field(ge=1, le=12, description="Month in which FY… years start; FY2026 is the one that ends in 2026.")
    ] = 1

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

    default: Annotated[str, Field(description="Name of the calendar of everybody else.")] = "default"
    by_team: Annotated[dict[str, str], Field(description="Calendar by team; asked first.")] = {}
    by_branch: Annotated[dict[str, str], Field(description="Calendar by branch; asked second.")] = {}
    by_channel: Annotated[dict[str, str], Field(description="Calendar by channel; asked third.")] = {}


class FigureChoice(Strict):
    """One main figure of page 1."""

    metric: Annotated[str, Field(description="A metric by its id (`service-review metrics`).")]
    statistic: Annotated[str | None, Field(description="`median`, `mean`, …; the metric's own when left out.")] = None
    where: Annotated[dict[str, str], Field(description="A part of the service, for example `{channel: email}`.")] = {}


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

    organisation: Annotated[Organisation, Field(description="Name, zone and fiscal year of who is evaluated.")]
    calendars: Annotated[
        dict[str, CalendarConfig], Field(description="Opening hours by name; without any, every hour counts.")
    ] = {}
    calendar_for: Annotated[CalendarChoice, Field(description="Which calendar applies to whom.")] = CalendarChoice()
    sla: Annotated[
        list[SlaPolicyConfig], Field(description="What is promised; the first policy that matches a ticket applies.")
    ] = []
    telephone: Annotated[Telephone, Field(description="How calls are counted and staffed.")] = Telephone()
    replay: Annotated[ReplayOptions, Field(description="How events become facts.")] = ReplayOptions()
    contacts: Annotated[
        ContactOptions, Field(description="What counts as coming back, and as passing a ticket up.")
    ] = ContactOptions()
    scorecards: Annotated[Scorecards, Field(description="What audits mark; the first entry that matches applies.")] = []
    audits: Annotated[AuditOptions, Field(description="Choices about audits and mystery visits.")] = AuditOptions()
    surveys: Annotated[SurveyCredit, Field(description="Who is credited for what customers answer.")] = SurveyCredit()
    reviews: Annotated[ReviewAnswers, Field(description="How soon public reviews are answered.")] = ReviewAnswers()
    text: Annotated[TextOptions, Field(description="Estimates from what people wrote.")] = TextOptions()
    metrics: Annotated[
        dict[str, MetricConfig],
        Field(description="Choices for single metrics by metric id; with a `kind`, metrics of one's own."),
    ] = {}
    dimension_pairs: Annotated[
        list[tuple[str, str]],
        Field(description="Pairs of dimensions to measure by as well, such as [team, channel]: every team's e-mail, "
              "chat, … apart; of channel, team, branch, topic, priority, agent."),
    ] = []  # fmt: skip
    main_figures: Annotated[
        list[FigureChoice], Field(max_length=6, description="Figures of page 1; six sensible ones when left out.")
    ] = []
    goals: Annotated[list[GoalConfig], Field(description="SMART goals (docs/goals.md).")] = []
    follow_ups: Annotated[list[FollowUpConfig], Field(description="Agreed actions.")] = []
    changes: Annotated[
        list[NamedChange],
        Field(description="Named, dated changes: from each one on, control charts have new natural limits."),
    ] = []

    @field_validator("dimension_pairs")
    @classmethod
    def _pairs_of_dimensions(cls, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        for number, pair in enumerate(pairs):
            for name in pair:
                if name not in DIMENSIONS[1:]:
                    raise ValueError(f"there is no dimension {name!r}; write one of: {', '.join(DIMENSIONS[1:])}")
            if pair[0] == pair[1]:
                raise ValueError(f"{pair[0]!r} is paired with itself; write two different dimensions")
            if any(set(pair) == set(earlier) for earlier in pairs[:number]):
                raise ValueError(f"the pair of {pair[0]} and {pair[1]} is written twice; remove one of the two")
        return pairs

    @field_validator("calendars")
    @classmethod
    def _each_opens(cls, calendars: dict[str, CalendarConfig]) -> dict[str, CalendarConfig]:
        for name, calendar in calendars.items():
            if not calendar.ever_opens():
                raise ValueError(
                    f"calendar {name!r} never opens, so that no promise could ever fall due; "
                    'give it hours such as {mon-fri: ["09:00-17:00"]}, or hours: always'
                )
        return calendars

    @model_validator(mode="after")
    def _names_exist(self) -> Settings:
        chosen = {self.calendar_for.default, *self.calendar_for.by_team.values(),
                  *self.calendar_for.by_branch.values(), *self.calendar_for.by_channel.values()}  # fmt: skip
        unknown = sorted(chosen - set(self.calendars) - ({"default"} if not self.calendars else set()))
        if unknown:
            raise ValueError(
                f"calendar_for names the calendar {unknown[0]!r}, which is not defined; "
                f"define it under `calendars:` or write one of: {', '.join(self.calendars) or 'default'}"
            )
        return self
