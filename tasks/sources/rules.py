"""Whether a mapping fits its canonical column, told when `review.yaml` is read and not in the middle of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from evaluation.fields import FIELDS, TABLES, allowed_values
from tasks.sources.formats import check_formats
from tasks.sources.texts import nearest, text_of

if TYPE_CHECKING:
    from tasks.sources.mapping import ColumnMapping, TableMapping

PREFIXED = (
    "ticket_id", "call_id", "contact_id", "survey_id", "review_id", "audit_id", "customer_id", "return_id",
    "merged_into_id",
)  # fmt: skip
"""Keys of things; each gets the id of its source in front, so that two sources never share a key by accident."""

EITHER = {"surveys": (("asked_at", "answered_at"),), "audits": (("mark", "is_not_applicable"),)}
"""Columns of which a table needs one or the other."""

BESIDE = {"surveys": {"score": ("answered_at", "scale_min", "scale_max")}}
"""Columns without which another one cannot be counted: an answer counts on its day and on its scale."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def check_table(table: TableMapping) -> None:
    """Refuse a mapping that its canonical table cannot take.

    Raises:
        ValueError: With what was found and what to do.
    """
    shape = TABLES[table.table]
    for name, column in table.columns.items():
        if name not in shape.columns:
            hint = nearest(name, shape.columns)
            raise ValueError(f"table {table.table} has no column {name!r}{hint}; see docs/columns.md")
        check_column(table, name, column)
    absent = [name for name in shape.required if name not in table.columns]
    if absent:
        raise ValueError(f"table {table.table} needs {', '.join(absent)}; map {'it' if len(absent) == 1 else 'them'}")
    for either in EITHER.get(table.table, ()):
        if not any(name in table.columns for name in either):
            raise ValueError(f"table {table.table} needs {' or '.join(either)}; map one of them")
    for name, needed in BESIDE.get(table.table, {}).items():
        lacking = [other for other in needed if other not in table.columns]
        if name in table.columns and lacking:
            them = "it" if len(lacking) == 1 else "them"
            raise ValueError(
                f"table {table.table} has {name} without {', '.join(lacking)}, so that no answer could be counted; map "
                f"{them}: a tool with one date gives it to answered_at, a scale that never changes is two constants"
            )
    if table.one_per is not None and table.each is not None:
        raise ValueError(f"table {table.table}: `one_per` and `each` cannot be used together; keep one of them")
    if table.each is None:
        _refuse_enclosing(table)


def _refuse_enclosing(table: TableMapping) -> None:
    named = [*table.where, *(path for column in table.columns.values() for path in column.origin)]
    outside = next((path for path in named if path.startswith("../")), None)
    if outside is not None:
        raise ValueError(f"{outside!r} means the enclosing record; use ../ only in a table with `each`")


def check_column(table: TableMapping, name: str, column: ColumnMapping) -> None:
    """Refuse options that mean nothing for the column, and fixed values that it cannot hold.

    Raises:
        ValueError: With what was found and what to do.
    """
    dtype = FIELDS[name].dtype
    if column.formats:
        if dtype not in ("instant", "date") and not name.endswith("_seconds"):
            raise ValueError(f"column {name} is a {dtype}; `format` is for stamps, dates and durations, remove it")
        check_formats(name, "duration" if name.endswith("_seconds") else dtype, column.formats)
    if column.take is not None and table.one_per is None:
        raise ValueError(f"column {name} has `take`, which works with `one_per` only; add one_per or remove it")
    if column.of_source is not None and name not in PREFIXED:
        raise ValueError(f"column {name} is not a key with a source in front; remove `of_source`")
    if column.is_whole_key and (name not in PREFIXED or column.of_source is not None):
        raise ValueError(
            f"column {name} has `is_whole_key`, which is for keys whose values name their source; remove it"
        )
    if column.on_error == "missing" and name in TABLES[table.table].key:
        raise ValueError(f"column {name} is the key and cannot be missing; use on_error: exclude or refuse")
    if (column.thousands or column.decimal != ".") and dtype not in ("number", "integer"):
        raise ValueError(f"column {name} is a {dtype}; `decimal` and `thousands` are for numbers, remove them")
    if column.thousands == column.decimal:
        raise ValueError(f"column {name}: {column.decimal!r} cannot be both the decimal and the thousands mark")
    if dtype == "string_list" and (column.values is not None or column.default is not None):
        raise ValueError(f"column {name} is a list; `values` and `default` are for single values, remove them")
    for role, text in _fixed(column):
        _check_fixed(table.table, name, role, text, has_format=bool(column.formats))


def _fixed(column: ColumnMapping) -> Iterator[tuple[str, str]]:
    targets = {"constant": column.constant, "default": column.default, "otherwise": column.otherwise}
    given = [*targets.items(), *(("values", value) for value in (column.values or {}).values())]
    for role, value in given:
        if value is not None and not hasattr(value, "exclude"):
            if role == "constant" and column.values is not None:
                continue
            yield role, str(text_of(value))


def _check_fixed(table: str, name: str, role: str, text: str, has_format: bool) -> None:
    allowed, dtype = allowed_values(table, name), FIELDS[name].dtype
    if allowed and text not in allowed:
        raise ValueError(f"column {name}: {role} {text!r} is not one of {', '.join(allowed)}{nearest(text, allowed)}")
    if dtype == "boolean" and text.lower() not in ("true", "false", "yes", "no", "1", "0"):
        raise ValueError(f"column {name}: {role} {text!r} is neither true nor false; write true or false")
    if (dtype in ("number", "integer") and not name.endswith("_seconds")) and not _NUMBER.fullmatch(text):
        raise ValueError(f"column {name}: {role} {text!r} is not a number; write one")
    if dtype in ("instant", "date") and (role == "default" or (role == "constant" and not has_format)):
        try:
            datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(
                f"column {name}: {role} {text!r} is not an ISO stamp; write 2026-07-01T00:00:00Z"
            ) from error
