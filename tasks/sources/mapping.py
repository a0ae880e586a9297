"""How a source's records become rows of a canonical table, as written under `tables:` in `review.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from string import Formatter
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import ConfigDict, Field, field_validator, model_validator

from evaluation.fields import TABLES
from evaluation.strict import SCALAR, TEXT, TEXTS, Strict, or_one, or_short
from tasks.sources.formats import DAY_FIRST
from tasks.sources.rules import check_table
from tasks.sources.texts import nearest, text_of

Scalar = str | bool | int | float | date | datetime


def known_zone(name: str | None) -> str | None:
    """The zone's name, when it is an IANA name.

    Raises:
        ValueError: It is not one.
    """
    if name is not None and name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone; write an IANA name such as Europe/Warsaw or UTC")
    return name


class Exclusion(Strict):
    """A value that takes its row out of the table, counted under a reason."""

    exclude: Annotated[str, Field(min_length=1, description="Why rows with this value are left out.")]


class ColumnMapping(Strict):
    """Where the values of one canonical column come from; the short form is the source column alone.

    Example:
        >>> ColumnMapping.model_validate("Created").origin
        ('Created',)
    """

    model_config = ConfigDict(json_schema_extra=or_short(TEXT, TEXTS))
    origin: Annotated[
        tuple[str, ...],
        Field(
            alias="from",
            description="Source column, or path into nested fields; a list: the first that exists.",
            json_schema_extra=or_one,
        ),
    ] = ()
    constant: Annotated[Scalar | None, Field(description="The same value in every row.")] = None
    template: Annotated[
        str | None, Field(description="Text made of source columns in braces, for example '{RESPNUM}-nps'.")
    ] = None
    format: Annotated[
        tuple[str, ...],
        Field(
            description="How stamps or durations are written; several are tried in order (see docs/sources.md).",
            json_schema_extra=or_one,
        ),
    ] = ()
    day_first: Annotated[bool, Field(description="Stamps are day, month, year with . / or - between.")] = False
    time_zone: Annotated[str | None, Field(description="Zone of stamps without one; else the source's.")] = None
    values: Annotated[
        dict[str, str | bool | int | float | Exclusion | None] | None,
        Field(description="What each source value means; null means 'not given'; {exclude: reason} leaves rows out."),
    ] = None
    otherwise: Annotated[
        str | bool | int | float | Exclusion | None, Field(description="What every value not under `values` means.")
    ] = None
    default: Annotated[Scalar | None, Field(description="The canonical value where none is given; counted.")] = None
    missing: Annotated[tuple[str, ...], Field(description="Codes that mean 'not given', besides the source's.")] = ()
    on_error: Annotated[
        Literal["refuse", "exclude", "missing"],
        Field(description="A value that is not understood stops the run, leaves its row out, or is not given."),
    ] = "refuse"
    optional: Annotated[bool, Field(description="The source column may be absent from a file.")] = False
    of_source: Annotated[
        str | None, Field(description="Source whose key this is, when it is another's: a survey names a ticket.")
    ] = None
    is_whole_key: Annotated[
        bool, Field(description="The key already has its source in front, as in desk:123, and stays as it is.")
    ] = False
    take: Annotated[
        Literal["first", "last", "min", "max"] | None, Field(description="With one_per: which of a case's values.")
    ] = None
    decimal: Annotated[Literal[".", ","], Field(description="Decimal mark of numbers.")] = "."
    thousands: Annotated[Literal["", " ", ",", ".", "'"], Field(description="Mark between thousands.")] = ""
    separator: Annotated[str, Field(min_length=1, description="Between the labels of a list written as text.")] = ","

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        if isinstance(given, str | list | tuple):
            return {"from": given}
        if isinstance(given, bool | int | float):
            raise ValueError(
                f"{given!r} is not a source column; write {{constant: {text_of(given)}}} for a fixed value"
            )
        return given

    @field_validator("origin", "format", "missing", mode="before")
    @classmethod
    def _one_or_many(cls, given: Any) -> Any:
        if isinstance(given, list | tuple):
            return tuple(text_of(one) for one in given)
        return () if given is None else (text_of(given),)

    @field_validator("values", mode="before")
    @classmethod
    def _keys_as_text(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        if None in given:
            raise ValueError("`values` cannot have an empty key; write `default:` for what is not given")
        return {text_of(key): value for key, value in given.items()}

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return known_zone(name)

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMapping:
        if sum([bool(self.origin), self.constant is not None, self.template is not None]) != 1:
            raise ValueError("a column needs exactly one of `from`, `constant` and `template`")
        if self.otherwise is not None and self.values is None:
            raise ValueError("`otherwise` says what values outside `values` mean; add `values`")
        if self.template is not None and not template_fields(self.template):
            raise ValueError(f"template {self.template!r} names no source column; write `constant` for a fixed value")
        return self

    @property
    def formats(self) -> tuple[str, ...]:
        """Formats in the order they are tried."""
        return self.format + (DAY_FIRST if self.day_first else ())


def template_fields(template: str) -> tuple[str, ...]:
    """Source columns named in a template, in order.

    Raises:
        ValueError: The braces do not match.
    """
    try:
        return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)
    except ValueError as error:
        raise ValueError(f"template {template!r} cannot be read ({error}); write {{column}} in braces") from error


class Filter(Strict):
    """Which records are taken, by one source column; the short form is a value or a list of values."""

    model_config = ConfigDict(json_schema_extra=or_short(SCALAR, TEXTS))
    among: Annotated[tuple[str, ...] | None, Field(alias="in", description="Only these values.")] = None
    not_in: Annotated[tuple[str, ...] | None, Field(description="All but these values.")] = None
    equals: Annotated[str | None, Field(description="Only this value.")] = None
    at_least: Annotated[float | str | None, Field(description="Only this number, or text such as an ISO date, up.")] = (
        None
    )
    at_most: Annotated[
        float | str | None, Field(description="Only up to this number, or text such as an ISO date.")
    ] = None
    is_missing: Annotated[bool | None, Field(description="true: only where not given; false: only where given.")] = None
    reason: Annotated[str | None, Field(description="Reason under which the rows left out are counted.")] = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        if isinstance(given, Mapping):
            return given
        return {"in": list(given)} if isinstance(given, list | tuple) else {"equals": given}

    @field_validator("among", "not_in", mode="before")
    @classmethod
    def _texts(cls, given: Any) -> Any:
        return tuple(text_of(one) for one in given) if isinstance(given, list | tuple) else given

    @field_validator("equals", mode="before")
    @classmethod
    def _text(cls, given: Any) -> Any:
        return text_of(given)

    @field_validator("at_least", "at_most", mode="before")
    @classmethod
    def _bound(cls, given: Any) -> Any:
        return text_of(given) if isinstance(given, date | bool) else given

    @model_validator(mode="after")
    def _says_something(self) -> Filter:
        asked = (self.among, self.not_in, self.equals, self.at_least, self.at_most, self.is_missing)
        if all(one is None for one in asked):
            raise ValueError("a filter needs one of in, not_in, equals, at_least, at_most, is_missing")
        return self


class TableMapping(Strict):
    """One canonical table made from the source's records."""

    table: Annotated[str, Field(description="Canonical table, for example tickets.")]
    each: Annotated[str | None, Field(description="Nested list: one row for each of its elements.")] = None
    where: Annotated[dict[str, Filter], Field(description="Filters on source columns; all must hold.")] = {}
    one_per: Annotated[str | None, Field(description="Source column: one row for each of its values.")] = None
    columns: Annotated[dict[str, ColumnMapping], Field(description="Canonical column: where it comes from.")]
    duplicates: Annotated[
        Literal["refuse", "first", "last", "identical"],
        Field(description="Rows with one key: refuse, keep the first or last read, or only one of identical rows."),
    ] = "refuse"

    @field_validator("table")
    @classmethod
    def _known_table(cls, name: str) -> str:
        if name not in TABLES:
            raise ValueError(
                f"{name!r} is not a canonical table{nearest(name, TABLES)}; use one of {', '.join(TABLES)}"
            )
        return name

    @model_validator(mode="after")
    def _fits_the_table(self) -> TableMapping:
        check_table(self)
        return self


ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""What a source may be called: it becomes a prefix of keys and a folder's name."""
