"""Settings of an SQL source."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from tasks.sources.base import SourceSettings

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


class SqlSourceConfig(SourceSettings):
    """The rows of a query or of a table of a database, through SQLAlchemy."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Annotated[Literal["sql"], Field(description="An SQL source.")] = "sql"
    url: Annotated[
        SecretStr | None, Field(description="SQLAlchemy address; it may hold a password, prefer url_env.")
    ] = None
    url_env: Annotated[str | None, Field(description="Environment variable that holds the address.")] = None
    query: Annotated[str | None, Field(description="One SELECT; add ORDER BY so that two runs read one order.")] = None
    table: Annotated[str | None, Field(description="Table or view to read whole, as name or schema.name.")] = None
    timeout_seconds: Annotated[int, Field(ge=1, description="Longest time the server may take.")] = 600
    chunk_rows: Annotated[int, Field(ge=1, description="Rows fetched at a time.")] = 10_000

    @field_validator("query")
    @classmethod
    def _one_select(cls, query: str | None) -> str | None:
        if query is None:
            return None
        bare = _COMMENT.sub(" ", query).strip().rstrip(";").strip()
        if not re.match(r"(select|with)\b", bare, re.IGNORECASE):
            raise ValueError(
                "the query is not one SELECT (or WITH … SELECT); write one, because reading changes nothing"
            )
        return query.strip().rstrip(";")

    @model_validator(mode="after")
    def _one_address_one_question(self) -> SqlSourceConfig:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("an SQL source needs exactly one of `url` and `url_env`")
        if (self.query is None) == (self.table is None):
            raise ValueError("an SQL source needs exactly one of `query` and `table`")
        return self
