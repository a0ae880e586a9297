"""What a metric of one's own may read: the columns of a table as sources gave it and as facts derive it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS
from evaluation.fields import CHANNELS, FIELDS, PRIORITIES, TABLES, allowed_values

ColumnKind = Literal["instant", "seconds", "number", "flag", "text", "texts"]

BEGINS: Mapping[str, str] = MappingProxyType(
    {
        "tickets": "created_at", "ticket_events": "at", "replies": "waiting_since", "targets": "applied_at",
        "states": "at", "pauses": "paused_at", "contacts": "at", "calls": "arrived_at", "surveys": "asked_at",
        "reviews": "posted_at", "audits": "audited_at", "customers": "started_at", "returns": "at",
    }
)  # fmt: skip
"""Tables that a metric of one's own may read, with the instant at which a row begins."""

OWN_TABLE = "own_{}"
"""Name of the fact table in which the rows of a table stand for metrics of one's own."""

_KIND_OF = {"instant": "instant", "number": "number", "integer": "number", "boolean": "flag", "string": "text",
            "string_list": "texts", "date": "text"}  # fmt: skip
_NUMBERS = {"score", "first_score", "weight", "scale_min", "scale_max", "amount", "mark", "value", "rating",
            "first_rating"}  # fmt: skip
_INSTANTS = {"at", "until", "waiting_since"}
_CLOSED = {"channel": CHANNELS, "priority": PRIORITIES}


@dataclass(frozen=True, slots=True)
class ReadableColumn:
    """One column that a metric may read.

    Attributes:
        kind: What it holds.
        allowed: Its closed list; empty when any value is allowed.
        is_fact: Whether it is derived; else it is as a source gave it.
        meaning: What one value says.
    """

    kind: ColumnKind
    allowed: tuple[str, ...]
    is_fact: bool
    meaning: str


def readable_columns(table: str) -> dict[str, ReadableColumn]:
    """The columns of a table: derived ones and dimensions first, then what sources gave beside them.

    Example:
        >>> readable_columns("tickets")["full_resolution_calendar_seconds"].kind
        'seconds'
        >>> readable_columns("tickets")["language"].is_fact
        False
    """
    derived: Mapping[str, str] = FACT_COLUMNS.get(table, {})
    columns = {name: ReadableColumn(_kind(name), _allowed(table, name), True, text) for name, text in derived.items()}
    for name in DIMENSION_COLUMNS:
        columns.setdefault(name, ReadableColumn("text", _CLOSED.get(name, ()), True, f"{name} of the case"))
    if not derived or _is_joined(table):
        for name in TABLES[table].columns:
            columns.setdefault(name, ReadableColumn(_kind(name), allowed_values(table, name), False, _meaning(name)))
    return columns


def _is_joined(table: str) -> bool:
    """Whether the canonical row of each fact can be found, because the facts hold its key."""
    return table in TABLES and bool(TABLES[table].key) and set(TABLES[table].key) <= set(FACT_COLUMNS[table])


def _allowed(table: str, name: str) -> tuple[str, ...]:
    if name in FIELDS and table in TABLES and name in TABLES[table].columns:
        return allowed_values(table, name)
    return ()


def _meaning(name: str) -> str:
    return FIELDS[name].meaning


def _kind(name: str) -> ColumnKind:
    """What a column holds: by the dictionary, else by the grammar of names."""
    if name.endswith("_seconds"):
        return "seconds"
    if name in FIELDS:
        return _KIND_OF[FIELDS[name].dtype]  # type: ignore[return-value]
    if name.endswith("_at") or name in _INSTANTS:
        return "instant"
    if name.startswith(("is_", "has_", "was_")):
        return "flag"
    return "number" if name.endswith("_count") or name in _NUMBERS else "text"
