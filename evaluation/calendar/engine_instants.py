"""Timestamps as whole microseconds since 1970 and back, by each engine's own function.

Ibis has no exact portable form: its `epoch_seconds` loses the fraction and casts mean different things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.errors import ConfigError

if TYPE_CHECKING:
    from ibis.expr import types as ir

_UTC = "timestamp('UTC', 6)"


@ibis.udf.scalar.builtin(name="epoch_us", signature=((_UTC,), "int64"))
def _duckdb_microseconds(at):  # type: ignore[no-untyped-def]
    ...


@ibis.udf.scalar.builtin(name="make_timestamptz", signature=(("int64",), _UTC))
def _duckdb_instant(microseconds):  # type: ignore[no-untyped-def]
    ...


@ibis.udf.scalar.builtin(name="unix_micros", signature=((_UTC,), "int64"))
def _spark_microseconds(at):  # type: ignore[no-untyped-def]
    ...


@ibis.udf.scalar.builtin(name="timestamp_micros", signature=(("int64",), _UTC))
def _spark_instant(microseconds):  # type: ignore[no-untyped-def]
    ...


@ibis.udf.scalar.builtin(name="int8", signature=(("decimal(38, 6)",), "int64"))
def _postgres_whole(number):  # type: ignore[no-untyped-def]
    ...


def microseconds_of(at: ir.Value, engine: str) -> ir.Value:
    """Microseconds since 1970 in UTC; a timestamp without a zone is taken as UTC."""
    if engine == "duckdb":
        return _duckdb_microseconds(at)
    if engine == "pyspark":
        return _spark_microseconds(at)
    if engine == "postgres":
        return _postgres_whole(at.epoch_seconds().cast("decimal(38, 6)") * 1_000_000)
    raise ConfigError(f"working time cannot be computed on {engine}", remedy="use duckdb, postgres or pyspark")


def instant_of(microseconds: ir.Value, engine: str) -> ir.Value:
    """The UTC timestamp of microseconds since 1970."""
    if engine == "duckdb":
        return _duckdb_instant(microseconds)
    if engine == "pyspark":
        return _spark_instant(microseconds)
    return (ibis.timestamp("1970-01-01 00:00:00", timezone="UTC") + microseconds.as_interval("us")).cast(_UTC)
