"""Fact tables by hand: a few rows with the columns that matter, the rest filled in with what is usual."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import ibis
import pandas as pd
import pytest

from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.metrics import measure
from evaluation.own_metric import MetricOptions
from evaluation.period import Period

USUAL = {
    "tickets": {"first_response_state": "not_applicable", "is_solved": False, "has_events": True,
                "reopen_count": 0, "correction_count": 0, "requester_message_count": 1, "reply_count": 0},
    "replies": {"is_first": False},
    "targets": {"policy": "standard", "target": "first_response", "target_seconds": 3600.0},
    "states": {"state": "open", "is_open": True, "turn": "agent"},
    "surveys": {"kind": "csat", "scale_min": 1.0, "scale_max": 5.0, "weight": 1.0, "has_weight": False,
                "is_asking_known": True, "is_linked": False, "is_suppressed": False},
    "contacts": {"kind": "ticket", "is_reached": True, "is_complaint": False, "is_solved": True, "is_one_touch": True,
                 "reply_count": 1, "has_events": True, "was_followed": False, "is_window_over": True},
    "customers": {},
    "returns": {},
}  # fmt: skip


def kind_of(column):
    if column.endswith("_at") or column in ("at", "until", "waiting_since"):
        return "timestamp('UTC', 6)"
    if column.endswith("_seconds") or column in (
        "score", "first_score", "scale_min", "scale_max", "weight", "rating",
    ):  # fmt: skip
        return "float64"
    if column.endswith("_count"):
        return "int64"
    return "boolean" if column.startswith(("is_", "has_", "was_")) else "string"


def fact_table(connection, name, rows):
    columns = [*FACT_COLUMNS[name], *DIMENSION_COLUMNS, "exclusion"]
    unknown = {column for row in rows for column in row} - set(columns)
    if unknown:
        raise KeyError(f"{name} has no {unknown}")
    schema = ibis.schema({column: kind_of(column) for column in columns})
    if name == "surveys":
        rows = [{"first_answered_at": row.get("answered_at")} | row for row in rows]
    full = [{column: row.get(column, USUAL[name].get(column)) for column in columns} for row in rows]
    frame = pd.DataFrame(full, columns=columns).astype(object)
    for column in columns:
        if "timestamp" in kind_of(column):
            frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    return connection.create_table(name, frame, schema=schema, overwrite=True)


def facts_of(cut=datetime(2026, 10, 15, tzinfo=UTC), **tables):
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'; SET threads = 1")
    return Facts({name: fact_table(connection, name, rows) for name, rows in tables.items()}, cut)


def options(variant=None, minimum_sample=None, label=None):
    return MetricOptions(variant=variant, minimum_sample=minimum_sample, label=label)


class Bench:
    """What the tests of metrics need at hand."""

    facts = staticmethod(facts_of)
    options = staticmethod(options)

    @staticmethod
    def period(text="2026-Q3", zone="UTC"):
        return Period.parse(text, zone=zone)

    @staticmethod
    def settings(metrics=None, sla=("standard",), pairs=()):
        return SimpleNamespace(metrics=metrics or {}, sla=list(sla), dimension_pairs=list(pairs))

    @staticmethod
    def measure(
        facts, period="2026-Q3", zone="UTC", metrics=None, withheld=None, sla=("standard",), pairs=(), **choice
    ):
        settings = Bench.settings(metrics, sla, pairs)
        chosen = Period.parse(period, zone=zone) if isinstance(period, str) else period
        return measure(facts, settings, chosen, withheld=withheld, **choice)


@pytest.fixture(scope="session")
def bench():
    return Bench
