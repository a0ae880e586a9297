"""One calendar as it stands in `review.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from evaluation.calendar.wall_clock import refuse_unknown_zone
from evaluation.calendar.weekly_hours import parse_day, parse_hours
from evaluation.strict import Strict

DayHours = str | list[str]
Hours = Literal["always"] | dict[str, DayHours]


class DateRange(Strict):
    """Whole days, half-open: `until` is the first day that is no longer in it."""

    from_: Annotated[date, Field(alias="from", description="First day.")]
    until: Annotated[date, Field(description="First day after.")]

    @model_validator(mode="after")
    def _forward(self) -> DateRange:
        if self.until <= self.from_:
            raise ValueError(
                f"the days from {self.from_} until {self.until} are none, because `until` is the first day after; "
                f"for one day write until: {self.from_ + timedelta(days=1)}"
            )
        return self

    def days(self) -> Iterable[date]:
        """The days inside."""
        return (self.from_ + timedelta(days=step) for step in range((self.until - self.from_).days))


def _kind_of_closure(closure: Any) -> str:
    return "range" if isinstance(closure, dict | DateRange) else "date"


Closure = Annotated[
    Annotated[date, Tag("date")] | Annotated[DateRange, Tag("range")],
    Discriminator(_kind_of_closure),
]


class HolidaysConfig(Strict):
    """Public holidays of one country, from the `holidays` library: whole days closed."""

    country: Annotated[str, Field(description="ISO 3166 code of the country, for example PL.")]
    region: Annotated[str | None, Field(description="Its subdivision, for example BY for Bavaria in DE.")] = None
    moved_working_days: Annotated[
        bool, Field(description="Whether a day of the weekend that the government made a working day is one.")
    ] = True
    categories: Annotated[list[str], Field(description="Categories of the library that close.", min_length=1)] = [
        "public"
    ]
    extra: Annotated[list[date], Field(description="Further holidays, by date.")] = []
    without: Annotated[list[date], Field(description="Holidays that are not kept, by date.")] = []
    minutes_shorter_before_holiday: Annotated[
        int, Field(ge=0, lt=720, description="By how much a working day just before a public holiday closes earlier.")
    ] = 0
    unpublished_years: Annotated[
        Literal["warn", "refuse"],
        Field(description="What to do in a year whose moved days are not published yet."),
    ] = "warn"

    @model_validator(mode="after")
    def _known(self) -> HolidaysConfig:
        from evaluation.calendar.public_holidays import refuse_unknown

        refuse_unknown(self.country, self.region, self.categories)
        both = sorted(set(self.extra) & set(self.without))
        if both:
            raise ValueError(f"{both[0]} is both in `extra` and in `without`; leave it in one of them")
        return self


class CalendarPart(Strict):
    """What a version can override; a part that is not given keeps what the calendar says."""

    hours: Annotated[Hours | None, Field(description="Opening hours by day of the week, or `always`.")] = None
    holidays: Annotated[HolidaysConfig | None, Field(description="Public holidays that close.")] = None
    closures: Annotated[list[Closure] | None, Field(description="Closures, whole days: a date, or {from, until}.")] = (
        None
    )
    exceptions: Annotated[
        dict[date, DayHours] | None,
        Field(description="Hours of single dates, instead of everything else; an empty list closes."),
    ] = None

    @field_validator("hours", mode="before")
    @classmethod
    def _readable_hours(cls, hours: Any) -> Any:
        if hours is not None:
            parse_hours(hours)
        return hours

    @field_validator("exceptions", mode="before")
    @classmethod
    def _readable_exceptions(cls, exceptions: Any) -> Any:
        for day, intervals in exceptions.items() if isinstance(exceptions, dict) else ():
            parse_day(intervals, str(day))
        return exceptions


class CalendarVersion(CalendarPart):
    """What is different from one local date until another; the calendar itself holds outside all versions."""

    from_: Annotated[date | None, Field(alias="from", description="First local day; not given = since ever.")] = None
    until: Annotated[
        date | None, Field(description="First local day after; not given = until the next version, or for good.")
    ] = None

    @model_validator(mode="after")
    def _forward(self) -> CalendarVersion:
        if self.from_ and self.until and self.until <= self.from_:
            raise ValueError(f"the version from {self.from_} until {self.until} ends before it begins; swap the dates")
        if not self.model_fields_set & {"hours", "holidays", "closures", "exceptions"}:
            raise ValueError("a version changes nothing; give it hours, holidays, closures or exceptions, or remove it")
        return self


class CalendarConfig(CalendarPart):
    """When we are open.

    For a date, the first of these that says something counts: `exceptions`, `closures`, moved working days,
    `holidays`, `hours`; each from the version in force on that date.

    Example:
        >>> CalendarConfig.model_validate({"hours": {"mon-fri": ["09:00-17:00"]}}).time_zone is None
        True
    """

    hours: Annotated[Hours, Field(description="Opening hours by day of the week, or `always`.")]
    time_zone: Annotated[str | None, Field(description="IANA name; default: the organisation's zone.")] = None
    versions: Annotated[list[CalendarVersion], Field(description="Changes over time, by local date, half-open.")] = []

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            refuse_unknown_zone(name)
        return name

    @field_validator("versions")
    @classmethod
    def _in_order(cls, versions: list[CalendarVersion]) -> list[CalendarVersion]:
        ordered = sorted(versions, key=lambda version: version.from_ or date.min)
        for earlier, later in zip(ordered, ordered[1:], strict=False):
            if later.from_ is None or later.from_ == earlier.from_:
                raise ValueError(f"two versions begin at {later.from_ or 'no date'}; give each its own `from`")
            if earlier.until is not None and earlier.until > later.from_:
                raise ValueError(
                    f"the version until {earlier.until} overlaps the one from {later.from_}; "
                    f"end the earlier one with until: {later.from_}"
                )
        return ordered

    @model_validator(mode="after")
    def _versions_can_differ(self) -> CalendarConfig:
        for version in self.versions:
            if "hours" in version.model_fields_set and version.hours is None:
                raise ValueError("a version has empty hours; write hours: {} to be closed, or leave the part out")
        return self

    def ever_opens(self) -> bool:
        """Whether any part or version has hours at all.

        Example:
            >>> CalendarConfig.model_validate({"hours": {}}).ever_opens()
            False
        """
        return any(_has_hours(part.hours) or _has_hours(part.exceptions) for part in (self, *self.versions))


def _has_hours(days: Mapping[Any, DayHours] | str | None) -> bool:
    return days == "always" or (isinstance(days, Mapping) and any(days.values()))
