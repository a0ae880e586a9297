"""The shape of a follow-up in `review.yaml`: an agreed action with an owner and a date."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, field_validator

from evaluation.assessment import FollowUpState
from evaluation.goal import period_text, scope, slug
from evaluation.strict import Strict


class FollowUpConfig(Strict):
    """An agreed action: who does what by when, and which figure it should move."""

    id: Annotated[str, Field(description="Stable identifier.")]
    title: Annotated[str, Field(min_length=1, description="What is done, in a few words.")]
    owner: Annotated[str, Field(min_length=1, description="Who does it.")]
    due: Annotated[date, Field(description="Last day on which it is in time.")]
    agreed_in: Annotated[str, Field(description="Period whose review agreed it: 2026-Q2.")]
    goal: Annotated[str | None, Field(description="Goal that it serves, by id.")] = None
    metric: Annotated[str | None, Field(description="Metric that it should move.")] = None
    where: Annotated[dict[str, str], Field(description="Scope of that metric: one dimension and its member.")] = {}
    done_on: Annotated[date | None, Field(description="Day on which it was done.")] = None
    reason: Annotated[str | None, Field(description="Why it was dropped.")] = None
    state: Annotated[
        FollowUpState, Field(description="proposed, open, in_progress, done or dropped.", validate_default=True)
    ] = FollowUpState.OPEN

    @field_validator("id")
    @classmethod
    def _id(cls, value: str) -> str:
        return slug(value)

    @field_validator("agreed_in", mode="before")
    @classmethod
    def _period(cls, value: object) -> str:
        return period_text(value)

    @field_validator("where")
    @classmethod
    def _scope(cls, where: dict[str, str]) -> dict[str, str]:
        scope(where)
        return where

    @field_validator("state")
    @classmethod
    def _whole(cls, state: FollowUpState, info: Any) -> FollowUpState:
        done_on, reason = info.data.get("done_on"), info.data.get("reason")
        if state is FollowUpState.DONE and done_on is None:
            raise ValueError("a follow-up that is done says when; add for example `done_on: 2026-07-20`")
        if state is not FollowUpState.DONE and done_on is not None:
            raise ValueError(
                f"done on {done_on} but the state is {state.value!r}; write `state: done` or remove `done_on`"
            )
        if state is FollowUpState.DROPPED and not reason:
            raise ValueError("a follow-up that is dropped says why; add for example `reason: the queue was closed`")
        return state
