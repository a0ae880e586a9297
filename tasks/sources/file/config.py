"""Settings of a file source."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from evaluation.strict import or_one
from tasks.sources.base import SourceSettings

Format = Literal["csv", "tsv", "ndjson", "json", "parquet", "xlsx"]


class FileSourceConfig(SourceSettings):
    """Files that a system exported: CSV, TSV, NDJSON, JSON, Parquet or XLSX, also packed with gz or zip."""

    kind: Annotated[Literal["file"], Field(description="A file source.")] = "file"
    files: Annotated[
        tuple[str, ...],
        Field(
            min_length=1,
            description="Files or glob patterns, relative to review.yaml; gz and zip are opened.",
            json_schema_extra=or_one,
        ),
    ]
    members: Annotated[
        tuple[str, ...], Field(min_length=1, description="Patterns of the files to read inside a zip.")
    ] = ("*",)
    format: Annotated[Format | None, Field(description="Default: by the file's name, then by its content.")] = None
    encoding: Annotated[str | None, Field(description="Default: found (byte-order mark, UTF-8, then a guess).")] = None
    delimiter: Annotated[str | None, Field(description="One character between cells. Default: found.")] = None
    quotes: Annotated[
        Literal["standard", "none"], Field(description='Whether " quotes a cell of CSV and TSV files.')
    ] = "standard"
    header_row: Annotated[
        int | None, Field(ge=1, description="Line or sheet row of the header. Default: the first that is not blank.")
    ] = None
    ragged: Annotated[
        Literal["refuse", "exclude", "fill"],
        Field(description="Rows with too few or too many cells: refuse, leave out, or take missing cells as empty."),
    ] = "refuse"
    sheet: Annotated[str | None, Field(description="Sheet of a workbook. Default: the only one.")] = None
    records: Annotated[str | None, Field(description="Path to the list of records in a JSON file: data.items.")] = None

    @field_validator("files", mode="before")
    @classmethod
    def _one_or_many(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is None:
            return None
        try:
            return codecs.lookup(name).name
        except LookupError as error:
            raise ValueError(f"{name!r} is not an encoding; write for example utf-8, utf-16 or windows-1251") from error

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, mark: str | None) -> str | None:
        if mark in ("tab", "\\t"):
            return "\t"
        if mark is not None and (len(mark) != 1 or mark in '"\r\n'):
            raise ValueError(
                f"the delimiter {mark!r} must be one character other than a quote; leave it out to find it"
            )
        return mark

    @model_validator(mode="after")
    def _settings_fit_the_format(self) -> FileSourceConfig:
        misplaced = {
            "sheet": self.sheet is not None and self.format not in (None, "xlsx"),
            "records": self.records is not None and self.format not in (None, "json"),
            "delimiter": self.delimiter is not None and self.format not in (None, "csv", "tsv"),
        }
        for name, wrong in misplaced.items():
            if wrong:
                raise ValueError(f"`{name}` means nothing for format {self.format}; remove it")
        return self
