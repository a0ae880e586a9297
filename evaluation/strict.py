"""The base of everything that is read from `review.yaml`: frozen, and an unknown key is an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A frozen model that refuses unknown keys; its field descriptions become the configuration reference."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)
