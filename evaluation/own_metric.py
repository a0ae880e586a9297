"""A metric of one organisation's own in `review.yaml`: a kind, a table and filters, without code.

What may be written is checked in two steps: the model sees the shape of one metric; `own_faults` sees it beside the
tables' columns and the rest of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    model_validator,
)

from evaluation.duration import parse_duration
from evaluation.errors import ConfigError
from evaluation.metric import Better, Pillar
from evaluation.near_names import one_metric_of
from evaluation.readable_columns import BEGINS, ReadableColumn, readable_columns
from evaluation.strict import SCALAR, TEXTS, Strict, or_short

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
Bound = StrictInt | StrictFloat | StrictStr

_ID = re.compile(r"[a-z][a-z0-9_]*")


class Condition(Strict):
    """What one column must say; several words in one condition must all hold. A value alone means that value."""

    model_config = ConfigDict(json_schema_extra=or_short(SCALAR, TEXTS))
    is_in: Annotated[list[Scalar] | None, Field(alias="in", min_length=1, description="One of these values.")] = None
    not_in: Annotated[
        list[Scalar] | None, Field(min_length=1, description="A value, and none of these; nothing at all is no value.")
    ] = None
    at_least: Annotated[Bound | None, Field(description="Smallest value: a number, or a duration such as 2h.")] = None
    at_most: Annotated[Bound | None, Field(description="Largest value: a number, or a duration such as 24h.")] = None
    given: Annotated[StrictBool | None, Field(description="Whether there must be a value at all, or none.")] = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        if value is None:
            raise ValueError("an empty condition says nothing; write a value, or {given: false} for rows without one")
        if isinstance(value, list):
            return {"in": value}
        return value if isinstance(value, dict | Condition) else {"in": [value]}

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        words = self.words()
        if not words:
            raise ValueError("the condition says nothing; write one of: in, not_in, at_least, at_most, given")
        if "given" in words and len(words) > 1:
            raise ValueError("given stands alone, because every other condition needs a value; remove it")
        return self

    def words(self) -> dict[str, Any]:
        """What is asked, by word."""
        found = {"in": self.is_in, "not_in": self.not_in, "at_least": self.at_least, "at_most": self.at_most,
                 "given": self.given}  # fmt: skip
        return {word: value for word, value in found.items() if value is not None}


class _Own(Strict):
    """What every metric of one's own must say."""

    label: Annotated[str, Field(min_length=1, description="Name for readers.")]
    pillar: Annotated[Pillar, Field(description="Group in the report.")]
    better: Annotated[Better, Field(description="Which way is good: `higher`, `lower` or `neutral`.")]
    population: Annotated[str, Field(min_length=1, description="Which cases count, in a sentence.")]
    definition: Annotated[str, Field(min_length=1, description="What it says, in one or two sentences.")]
    minimum_sample: Annotated[int, Field(ge=1, description="Below this many cases there is no verdict.")]


class _OfTable(_Own):
    """What every metric that reads a table must say."""

    table: Annotated[
        str,
        Field(
            description="Table that is read: tickets, surveys, calls, … (docs/columns.md). Of calls, the legs of one "
            "contact are one row."
        ),
    ]
    where: Annotated[dict[str, Condition], Field(description="Which rows are the population; {} for all of them.")]


class _OfRows(_OfTable):
    """What every metric over rows that each lie in one period must say."""

    anchor: Annotated[str, Field(description="Column with the instant that places a row in a period.")]


class OwnCount(_OfRows):
    """How many rows there are."""

    kind: Annotated[Literal["count"], Field(description="A number of rows.")]
    unit: Annotated[Literal["count"], Field(description="Unit of the value.")]


class OwnShare(_OfRows):
    """Which part of the rows says something; rows whose columns do not tell are left out and counted."""

    kind: Annotated[Literal["share"], Field(description="A part of the rows.")]
    unit: Annotated[Literal["share"], Field(description="Unit of the value.")]
    counts_when: Annotated[
        dict[str, Condition], Field(min_length=1, description="Which rows of the population count as a yes.")
    ]


class OwnMean(_OfRows):
    """The mean of a column; rows without a value are left out and counted."""

    kind: Annotated[Literal["mean"], Field(description="A mean.")]
    unit: Annotated[Literal["points", "ratio", "count"], Field(description="Unit of the value.")]
    amount: Annotated[str, Field(description="Column with the number.")]


class OwnDuration(_OfRows):
    """Mean, median, p90 and shortest of a duration; rows without a value are left out and counted."""

    kind: Annotated[Literal["duration"], Field(description="A duration.")]
    unit: Annotated[Literal["s"], Field(description="Unit of the value.")]
    amount: Annotated[str, Field(description="Column with the seconds.")]
    statistic: Annotated[Literal["mean", "median", "p90", "min"], Field(description="The statistic that is the value.")]


class OwnQuantile(_OfRows):
    """Mean, median, p90 and smallest of a number; rows without a value are left out and counted."""

    kind: Annotated[Literal["quantile"], Field(description="A value that half, or nine in ten, do not exceed.")]
    unit: Annotated[
        Literal["points", "ratio", "count"],
        Field(description="Unit of the value: `count` is printed in whole numbers, the others with two decimals."),
    ]
    amount: Annotated[str, Field(description="Column with the number.")]
    statistic: Annotated[Literal["mean", "median", "p90", "min"], Field(description="The statistic that is the value.")]


class OwnNps(_OfRows):
    """Promoters less detractors among answers from 0 to 10; answers on another scale are left out and counted."""

    kind: Annotated[Literal["nps"], Field(description="A Net Promoter Score.")]
    unit: Annotated[Literal["nps"], Field(description="Unit of the value: points from -100 to 100.")] = "nps"
    better: Annotated[Better, Field(description="Which way is good: `higher`, `lower` or `neutral`.")] = Better.HIGHER
    amount: Annotated[
        str,
        Field(
            description="Column with the answer from 0 to 10: 9 and 10 promote, 0 to 6 detract. A row without an "
            "answer is no case; an answer of a weighted survey stands for as many respondents as it says."
        ),
    ]


class OwnStock(_OfTable):
    """How many rows are there at the end of the period."""

    kind: Annotated[Literal["stock"], Field(description="A number of rows that are there.")]
    unit: Annotated[Literal["count"], Field(description="Unit of the value.")]
    since: Annotated[str, Field(description="Column with the instant since which a row is there; none = never.")]
    until: Annotated[str, Field(description="Column with the instant at which it leaves; none = it is still there.")]


class OwnRatio(_Own):
    """The cases of one counted metric over the cases of another."""

    kind: Annotated[Literal["ratio"], Field(description="A count over another count.")]
    unit: Annotated[Literal["ratio", "share"], Field(description="Unit of the value.")]
    numerator: Annotated[str, Field(description="Id of the counted metric above the line.")]
    denominator: Annotated[str, Field(description="Id of the counted metric below the line.")]
    per: Annotated[float, Field(gt=0, description="The value is for so many below the line: 100, 1000.")] = 1.0


OwnAmount = OwnMean | OwnDuration | OwnQuantile | OwnNps
"""Those that read an amount of each row."""
OwnRows = OwnCount | OwnShare | OwnAmount
"""Those whose rows each lie in one period."""
OwnOfTable = OwnRows | OwnStock
OwnMetric = OwnOfTable | OwnRatio
KINDS = ("count", "share", "mean", "duration", "quantile", "nps", "stock", "ratio")


def columns_of(option: OwnOfTable) -> tuple[str, ...]:
    """The columns that a metric names, each once."""
    if isinstance(option, OwnStock):
        return tuple(dict.fromkeys((option.since, option.until, *option.where)))
    conditions = option.counts_when if isinstance(option, OwnShare) else {}
    amount = [option.amount] if isinstance(option, OwnAmount) else []
    return tuple(dict.fromkeys((option.anchor, *option.where, *conditions, *amount)))


class MetricOptions(Strict):
    """Choices that an organisation makes for one metric of the catalogue."""

    variant: Annotated[str | None, Field(description="Variant by name, for example `mean` for csat.")] = None
    minimum_sample: Annotated[int | None, Field(ge=1, description="Below this many cases there is no verdict.")] = None
    label: Annotated[str | None, Field(description="The organisation's own name for it.")] = None


def _form(value: object) -> str:
    """Which form a metric has: its `kind` says so, and without one it is a choice for a metric of the catalogue."""
    kind = value.get("kind", "options") if isinstance(value, dict) else getattr(value, "kind", "options")
    return "" if kind == "options" and isinstance(value, dict) and "kind" in value else str(kind)


MetricConfig = Annotated[
    Annotated[MetricOptions, Tag("options")]
    | Annotated[OwnCount, Tag("count")]
    | Annotated[OwnShare, Tag("share")]
    | Annotated[OwnMean, Tag("mean")]
    | Annotated[OwnDuration, Tag("duration")]
    | Annotated[OwnQuantile, Tag("quantile")]
    | Annotated[OwnNps, Tag("nps")]
    | Annotated[OwnStock, Tag("stock")]
    | Annotated[OwnRatio, Tag("ratio")],
    Discriminator(
        _form,
        custom_error_type="kind_of_metric",
        custom_error_message=f"Write one of these kinds: {', '.join(KINDS)}; without `kind` an entry chooses for a "
        "metric of the catalogue",
    ),
]
"""One entry under `metrics:`: choices for a metric of the catalogue, or with a `kind` a metric of one's own."""


def own_faults(
    options: Mapping[str, MetricOptions | OwnMetric], built_in: Collection[str], counted: Collection[str]
) -> Iterator[ConfigError]:
    """Everything that is wrong with the metrics of one's own, beside the columns and the catalogue.

    Args:
        options: Entries under `metrics:`.
        built_in: Ids of the catalogue.
        counted: Those of them that count, so that they may stand in a ratio.
    """
    counts = [*counted, *(name for name, option in options.items() if isinstance(option, OwnCount))]
    for name, option in options.items():
        if isinstance(option, MetricOptions):
            continue
        where = f"metrics.{name}"
        if name in built_in:
            yield ConfigError(
                f"{name!r} is a metric of the catalogue, which has its own meaning", where=where,
                remedy="give yours another id, or remove `kind` to choose a variant of the catalogue's",
            )  # fmt: skip
        if not _ID.fullmatch(name):
            yield ConfigError(
                f"{name!r} is not an id for a metric", where=where,
                remedy="use small Latin letters, digits and '_', for example russian_share",
            )  # fmt: skip
        if isinstance(option, OwnRatio):
            yield from _ratio_faults(option, where, counts)
        else:
            yield from _table_faults(option, where)


def _ratio_faults(option: OwnRatio, where: str, counts: Collection[str]) -> Iterator[ConfigError]:
    for part in ("numerator", "denominator"):
        name = getattr(option, part)
        if name not in counts:
            yield ConfigError(
                f"{name!r} is not a metric that counts, and a ratio divides counts", where=f"{where}.{part}",
                remedy=one_metric_of(name, counts),
            )  # fmt: skip


def _table_faults(option: OwnOfTable, where: str) -> Iterator[ConfigError]:
    if option.table not in BEGINS:
        yield ConfigError(
            f"{option.table!r} is not a table that a metric can read", where=f"{where}.table",
            remedy=_one_of(option.table, BEGINS),
        )  # fmt: skip
        return
    columns = readable_columns(option.table)
    for key in ("since", "until") if isinstance(option, OwnStock) else ("anchor",):
        yield from _column_faults(getattr(option, key), f"{where}.{key}", columns, option.table, ("instant",))
    if isinstance(option, OwnAmount):
        kinds = ("seconds",) if isinstance(option, OwnDuration) else ("number",)
        yield from _column_faults(option.amount, f"{where}.amount", columns, option.table, kinds)
    conditions = {"where": option.where, "counts_when": option.counts_when if isinstance(option, OwnShare) else {}}
    for key, asked in conditions.items():
        for name, condition in asked.items():
            place = f"{where}.{key}.{name}"
            if name not in columns:
                yield from _column_faults(name, place, columns, option.table, ())
            else:
                yield from _condition_faults(condition, place, name, columns[name])


def _column_faults(
    name: str, where: str, columns: Mapping[str, ReadableColumn], table: str, kinds: tuple[str, ...]
) -> Iterator[ConfigError]:
    fitting = [one for one, column in columns.items() if not kinds or column.kind in kinds]
    if name not in columns:
        yield ConfigError(f"the table {table} has no column {name!r}", where=where, remedy=_one_of(name, fitting))
    elif name not in fitting:
        yield ConfigError(
            f"the column {name!r} of {table} holds {_KINDS[columns[name].kind]}, and here {_KINDS[kinds[0]]} is needed",
            where=where, remedy=_one_of(name, fitting),
        )  # fmt: skip


_KINDS = {"instant": "an instant", "seconds": "a duration", "number": "a number", "flag": "true or false",
          "text": "text", "texts": "a list of texts"}  # fmt: skip
_WORDS = {
    "instant": ("given",),
    "seconds": ("at_least", "at_most", "given"),
    "number": ("in", "not_in", "at_least", "at_most", "given"),
    "flag": ("in", "not_in", "given"),
    "text": ("in", "not_in", "given"),
    "texts": ("in", "not_in", "given"),
}
"""What may be asked of a column, by what it holds; of a list of texts, whether it has one of the values."""


def _condition_faults(condition: Condition, where: str, name: str, column: ReadableColumn) -> Iterator[ConfigError]:
    for word, asked in condition.words().items():
        if word not in _WORDS[column.kind]:
            yield ConfigError(
                f"{name!r} holds {_KINDS[column.kind]}, of which {word!r} cannot be asked", where=where,
                remedy=f"write one of: {', '.join(_WORDS[column.kind])}",
            )  # fmt: skip
        elif word != "given":
            for value in asked if isinstance(asked, list) else [asked]:
                yield from _value_faults(value, where, name, column)


def _value_faults(value: Any, where: str, name: str, column: ReadableColumn) -> Iterator[ConfigError]:
    fits: dict[str, Any] = {
        "number": int | float,
        "flag": bool,
        "text": str,
        "texts": str,
        "seconds": int | float | str,
    }
    is_wrong = not isinstance(value, fits[column.kind]) or (isinstance(value, bool) and column.kind != "flag")
    if is_wrong:
        remedy = "put it in quotes" if column.kind in ("text", "texts") else f"write {_KINDS[column.kind]}"
        yield ConfigError(f"{name!r} holds {_KINDS[column.kind]}, and {value!r} is not", where=where, remedy=remedy)
    elif column.allowed and value not in column.allowed:
        yield ConfigError(f"{value!r} is not a value of {name}", where=where, remedy=_one_of(value, column.allowed))
    elif column.kind == "seconds" and isinstance(value, str):
        try:
            parse_duration(value)
        except ValueError as error:
            found, _, remedy = str(error).partition("; ")
            yield ConfigError(found, where=where, remedy=remedy)


def _one_of(name: object, known: Collection[str]) -> str:
    near = get_close_matches(str(name), known, n=3, cutoff=0.5) or sorted(known)
    return f"write one of: {', '.join(near)}"
