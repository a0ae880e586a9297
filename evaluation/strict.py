"""The base of everything that is read from `review.yaml`: frozen, and an unknown key is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A frozen model that refuses unknown keys; its field descriptions become the configuration reference."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


def or_one(schema: dict[str, Any]) -> None:
    """Tell the JSON Schema of a list that one item may stand for it (`Field(json_schema_extra=or_one)`).

    Example:
        >>> schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}
        >>> or_one(schema); schema
        {'anyOf': [{'type': 'string'}, {'type': 'array', 'items': {'type': 'string'}, 'minItems': 1}]}
    """
    listed = {key: schema.pop(key) for key in ("type", "items", "minItems") if key in schema}
    schema["anyOf"] = [listed["items"], listed]


def or_short(*short: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """Tell the JSON Schema of a model that it has shorter forms (`ConfigDict(json_schema_extra=or_short(…))`).

    Args:
        short: JSON Schemas of the shorter forms.
    """

    def widen(schema: dict[str, Any]) -> None:
        whole = dict(schema)
        schema.clear()
        schema["anyOf"] = [*short, whole]

    return widen


TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}}
SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
