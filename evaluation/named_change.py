"""The shape of a named, dated change in `review.yaml`: from when on a figure is expected to behave in a new way."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from evaluation.goal import scope
from evaluation.strict import Strict


class NamedChange(Strict):
    """Something that somebody changed on a day: natural limits are worked out anew from then on."""

    on: Annotated[date, Field(description="First day of the new way of working.")]
    name: Annotated[str, Field(min_length=1, max_length=80, description="What changed; printed on the charts.")]
    metrics: Annotated[list[str], Field(description="Metrics that it concerns, by id; all when left out.")] = []
    where: Annotated[
        dict[str, str], Field(description="Only figures of this scope: one dimension and its member.")
    ] = {}

    @field_validator("where")
    @classmethod
    def _scope(cls, where: dict[str, str]) -> dict[str, str]:
        scope(where)
        return where
