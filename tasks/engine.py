"""Where metrics are computed: one line of `review.yaml` chooses the engine; the figures are the same on each.

Written as `engine: duckdb`, `engine: {kind: duckdb, memory_limit: 4GB, threads: 2}`, `engine: {kind: postgresql,
url_env: REVIEW_DATABASE}` or `engine: {kind: spark, master: "local[2]"}`; `docs/engines.md` says how to choose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator

from evaluation.strict import Strict

if TYPE_CHECKING:
    from evaluation.tables import Tables


def _as_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


Setting = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int | float | bool)]
"""A value that the engine reads as text; YAML may have read it as a number."""


class DuckDBEngine(Strict):
    """The embedded engine: in the process of the run, reading the Parquet files in place."""

    kind: Literal["duckdb"] = "duckdb"
    memory_limit: Annotated[
        str | None,
        Field(description="Such as 4GB; beyond it work goes to disk. Four fifths of the memory when left out."),
    ] = None
    threads: Annotated[int | None, Field(ge=1, description="All cores when left out.")] = None

    @field_validator("memory_limit")
    @classmethod
    def _a_size(cls, limit: str | None) -> str | None:
        if limit is not None and not re.fullmatch(r"\d+(\.\d+)?\s*[KMGT]i?B", limit):
            raise ValueError(f"{limit!r} is no amount of memory; write it as 4GB or 512MB")
        return limit


class PostgreSQLEngine(Strict):
    """A PostgreSQL server: the run's tables are loaded into temporary tables, which go with the connection."""

    kind: Literal["postgresql"]
    url: Annotated[
        SecretStr | None, Field(description="postgresql://user:password@host:port/name; better `url_env`.")
    ] = None
    url_env: Annotated[str | None, Field(min_length=1, description="Environment variable that holds the address.")] = (
        None
    )
    settings: Annotated[dict[str, Setting], Field(description="Settings of the session, such as work_mem: 256MB.")] = {}

    @model_validator(mode="after")
    def _one_address(self) -> PostgreSQLEngine:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("the engine postgresql needs one address; write `url_env` (or `url`), and not both")
        return self


class SparkEngine(Strict):
    """Apache Spark: on the cores of this machine, or on a cluster that can read the run's folder."""

    kind: Literal["spark"]
    master: Annotated[str, Field(description="local[2], local[*], spark://host:7077, yarn or k8s://…")] = "local[*]"
    settings: Annotated[
        dict[str, Setting], Field(description="Spark's own settings, such as spark.driver.memory: 4g.")
    ] = {}

    @field_validator("master")
    @classmethod
    def _a_master(cls, master: str) -> str:
        if not re.fullmatch(r"local(\[[^]]+\])?|spark://.+|yarn|k8s://.+", master):
            raise ValueError(f"{master!r} is no master of Spark; write local[2], spark://host:7077, yarn or k8s://…")
        return master

    @field_validator("settings")
    @classmethod
    def _not_ours(cls, settings: dict[str, str]) -> dict[str, str]:
        if "spark.master" in settings:
            raise ValueError("spark.master has a key of its own; write `master`")
        if "spark.sql.session.timeZone" in settings:
            raise ValueError("the session's time zone is UTC, because figures rest on it; remove the setting")
        return settings


KINDS = ("duckdb", "postgresql", "spark")

AnyEngine = DuckDBEngine | PostgreSQLEngine | SparkEngine


def _whole(given: Any) -> Any:
    """The settings of an engine that is named alone."""
    whole = {"kind": given} if isinstance(given, str) else given
    kind = whole.get("kind") if isinstance(whole, dict) else None
    if kind is not None and kind not in KINDS:
        raise ValueError(f"there is no engine {kind!r}; write one of: {', '.join(KINDS)}")
    return whole


EngineConfig = Annotated[
    Annotated[AnyEngine, Field(discriminator="kind")],
    BeforeValidator(
        _whole, json_schema_input_type=Literal["duckdb", "spark"] | Annotated[AnyEngine, Field(discriminator="kind")]
    ),
]
"""An engine, by its name alone or with its settings."""


def opened(files: Mapping[str, Path], engine: AnyEngine) -> AbstractContextManager[Tables]:
    """The canonical tables on an engine, until the end of a `with`; then nothing of the run is left there.

    Args:
        files: One Parquet file for each canonical table.
        engine: The engine, as configured.

    Raises:
        ConfigError: Its driver, Java or the server is missing, or the server refuses.
    """
    import ibis

    ibis.options.sql.fuse_selects = False  # every engine does that itself, in a hundredth of the time
    module: Any = import_module(f"tasks.engines.{engine.kind}")
    return module.opened(files, engine)
