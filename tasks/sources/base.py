"""What every kind of source has in common: its settings, and the parts that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from evaluation.fields import FIELDS
from evaluation.strict import Strict
from tasks.sources.mapping import ID, TableMapping, known_zone
from tasks.sources.texts import text_of

if TYPE_CHECKING:
    import pyarrow as pa

FILE, ROW, CELLS, EXTRA, DOCUMENT = "(file)", "(row)", "(cells)", "(extra)", "(document)"
"""Columns that a snapshot adds: file name, row as a person counts it, number of cells, cells beyond the header, and
the text of one JSON document."""

ADDED = (FILE, ROW, CELLS, EXTRA, DOCUMENT)


class Limits(Strict):
    """How much a source may unpack to, so that a wrong or hostile file cannot fill the machine."""

    rows: Annotated[int, Field(ge=1, description="Most records of the source.")] = 20_000_000
    bytes: Annotated[int, Field(ge=1, description="Most bytes of the unpacked content.")] = 8_000_000_000


class SourceSettings(Strict):
    """The settings that every kind of source has."""

    may_be_empty: ClassVar[bool] = False
    """Whether nothing at all is no fault: then the tables that got no row are as if the source were not there."""

    id: Annotated[str, Field(description="Name of the source; put in front of keys, as in desk:123.")]
    columns: Annotated[
        Literal["exact", "trimmed", "folded"],
        Field(description="How source columns are found: as written, without outer spaces, or without case too."),
    ] = "exact"
    time_zone: Annotated[str | None, Field(description="Zone of stamps that carry none.")] = None
    missing: Annotated[tuple[str, ...], Field(description="Codes that mean 'not given', in all columns.")] = ("",)
    limits: Annotated[Limits, Field(description="How much may be read.")] = Limits()
    tables: Annotated[tuple[TableMapping, ...], Field(min_length=1, description="Canonical tables made of it.")]

    @field_validator("id")
    @classmethod
    def _plain_id(cls, name: str) -> str:
        if not ID.fullmatch(name):
            raise ValueError(f"{name!r} cannot be a source's id; use letters, digits, - and _")
        return name

    @field_validator("missing", mode="before")
    @classmethod
    def _texts(cls, given: Any) -> Any:
        return tuple(text_of(one) for one in given) if isinstance(given, list | tuple) else given

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return known_zone(name)

    @model_validator(mode="after")
    def _fixed_stamps_have_a_zone(self) -> SourceSettings:
        for table in self.tables:
            for name, column in table.columns.items():
                fixed = column.default if column.default is not None else column.constant
                zone = column.time_zone or self.time_zone
                if FIELDS[name].dtype == "instant" and fixed is not None and zone is None and not _has_zone(str(fixed)):
                    raise ValueError(f"column {name}: {fixed} has no time zone; add Z, or set time_zone of the source")
        return self


def _has_zone(stamp: str) -> bool:
    try:
        return datetime.fromisoformat(stamp).tzinfo is not None
    except ValueError:
        return True  # written in a format of its own, which is looked at when it is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file (or query) while it is read.

    Attributes:
        name: Name for people, relative to the configuration; never a secret.
        size: Bytes of the original; 0 for a query.
        sha256: Checksum of the original bytes; empty for a query.
        place: What a person calls a record's place: `line`, `row` or `record`.
        headers: Headers as they were written, in order; empty for documents.
        found: What was found out on opening, for people: encoding, delimiter, sheet.
        notes: What is odd about the whole part.
        batches: Records in order; the first column is `ROW`, the others are the source's.
    """

    name: str
    size: int
    sha256: str
    place: Literal["line", "row", "record"]
    headers: tuple[str, ...]
    found: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    batches: Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source: its settings in `review.yaml`, and how it is opened.

    `open` takes the settings and the folder of `review.yaml`; the batches of a part are used up before the next part
    is asked for.
    """

    config: type[SourceSettings]
    open: Callable[[Any, Path], Iterator[Part]]
