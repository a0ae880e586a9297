"""The part of `review.yaml` about public reviews: how soon one should be answered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, model_validator

from evaluation.duration import Duration, Seconds
from evaluation.strict import Strict

ClockName = Literal["business", "calendar"]


class ReviewAnswersVersion(Strict):
    """A change of the promise; what it does not name stays as it was before."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    from_: Annotated[date, Field(alias="from", description="First day in force, in the organisation's zone.")]
    answer_within: Annotated[Duration | None, Field(description="A public review is answered within this time.")] = None
    clock: Annotated[ClockName | None, Field(description="`business` or `calendar`.")] = None


class ReviewAnswers(Strict):
    """How soon public reviews are answered, with its history: a review keeps what was promised when it was posted.

    Example:
        >>> promise = ReviewAnswers.model_validate({"versions": [{"from": "2026-04-01", "answer_within": "8h"}]})
        >>> [(str(since), seconds, clock) for since, seconds, clock in promise.terms("UTC")]
        [('None', 86400, 'calendar'), ('2026-04-01 00:00:00+00:00', 28800, 'calendar')]
    """

    answer_within: Duration = Field(
        default_factory=lambda: Seconds(86_400), description="Time to the public answer; 24h when left out."
    )
    clock: Annotated[
        ClockName,
        Field(description="`calendar` runs round the clock, `business` counts the opening hours of the branch."),
    ] = "calendar"
    versions: Annotated[
        list[ReviewAnswersVersion], Field(description="Changes, the earliest first; each holds until the next.")
    ] = []

    @model_validator(mode="after")
    def _in_order(self) -> ReviewAnswers:
        starts = [version.from_ for version in self.versions]
        if starts != sorted(set(starts)):
            raise ValueError(
                "the versions of the promise about reviews are not in the order of their days, or two start on one "
                "day; write each change once, the earliest first"
            )
        return self

    def terms(self, zone: str) -> tuple[tuple[datetime | None, int, ClockName], ...]:
        """Since when, within how many seconds, on which clock; the earliest first, which has no beginning.

        Args:
            zone: IANA name of the zone in which the versions' days begin.
        """
        found: list[tuple[datetime | None, int, ClockName]] = [(None, int(self.answer_within), self.clock)]
        for version in self.versions:
            day = version.from_
            since = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            _, seconds, clock = found[-1]
            within = seconds if version.answer_within is None else int(version.answer_within)
            found.append((since, within, version.clock or clock))
        return tuple(found)
