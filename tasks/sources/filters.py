"""Filters on source columns: which records a mapping takes, and under which reason the others are counted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.errors import SourceError
from tasks.sources.base import SourceSettings
from tasks.sources.mapping import Filter
from tasks.sources.numbers import read_numbers
from tasks.sources.records import Records

_SHOWN = 4


def taken(records: Records, column: str, condition: Filter, source: SourceSettings) -> np.ndarray:
    """Which records a filter takes.

    Raises:
        SourceError: A value has to be compared with a number and is none, or there is no such column.
    """
    texts = records.texts(column).values
    codes = pa.array(source.missing, pa.string())
    missing = _mask(pc.or_kleene(pc.is_null(texts), pc.is_in(texts, codes)))
    mask = np.ones(len(records), dtype=bool)
    if condition.is_missing is not None:
        mask &= missing == condition.is_missing
    if condition.among is not None:
        mask &= _mask(pc.is_in(texts, pa.array(condition.among, pa.string())))
    if condition.not_in is not None:
        mask &= ~_mask(pc.is_in(texts, pa.array(condition.not_in, pa.string())))
    if condition.equals is not None:
        mask &= _mask(pc.equal(texts, condition.equals))
    for bound, compare in ((condition.at_least, pc.greater_equal), (condition.at_most, pc.less_equal)):
        if bound is not None:
            mask &= ~missing & _mask(compare(_comparable(texts, missing, bound, records, column), bound))
    return mask


def reason_of(column: str, condition: Filter) -> str:
    """The reason under which the rows that a filter does not take are counted.

    Example:
        >>> reason_of("role", Filter.model_validate({"not_in": ["bot"]}))
        'role is bot'
    """
    if condition.reason is not None:
        return condition.reason
    parts = []
    if condition.is_missing is not None:
        parts.append(f"{column} is {'given' if condition.is_missing else 'not given'}")
    if condition.among is not None:
        parts.append(f"{column} is not {_listed(condition.among)}")
    if condition.not_in is not None:
        parts.append(f"{column} is {_listed(condition.not_in)}")
    if condition.equals is not None:
        parts.append(f"{column} is not {condition.equals}")
    if condition.at_least is not None:
        parts.append(f"{column} is below {_bound(condition.at_least)}")
    if condition.at_most is not None:
        parts.append(f"{column} is above {_bound(condition.at_most)}")
    return " or ".join(parts)


def _bound(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _listed(values: tuple[str, ...]) -> str:
    shown = ", ".join(value or "empty" for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown}, …"


def _comparable(
    texts: pa.StringArray, missing: np.ndarray, bound: float | str, records: Records, column: str
) -> pa.Array:
    if isinstance(bound, str):
        return texts
    numbers, bad = read_numbers(pc.utf8_trim_whitespace(texts))
    bad &= ~missing
    if bad.any():
        index = int(np.flatnonzero(bad)[0])
        raise SourceError(
            f"{texts[index].as_py()!r} is not a number and cannot be compared with {bound:g}",
            where=f"{records.place(index)}, column {column!r}",
            remedy="list it under `missing` of the source, or filter by `in` and `not_in`",
        )
    return numbers


def _mask(flags: pa.Array) -> np.ndarray:
    return pc.fill_null(flags, False).to_numpy(zero_copy_only=False)
