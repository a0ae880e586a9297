"""One canonical column from a batch of records: looked up, translated, read by its type, checked against its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.fields import FIELDS, TABLES, allowed_values
from tasks.sources.base import SourceSettings
from tasks.sources.formats import PLAIN_DURATIONS
from tasks.sources.mapping import ColumnMapping, Exclusion, TableMapping
from tasks.sources.numbers import read_durations, read_flags, read_integers, read_numbers
from tasks.sources.records import Records, UnknownColumn, unpacked
from tasks.sources.rules import PREFIXED
from tasks.sources.stamps import INSTANT, read_dates, read_stamps
from tasks.sources.texts import text_of

ARROW_TYPES = {
    "string": pa.string(), "instant": INSTANT, "date": pa.date32(), "integer": pa.int64(), "number": pa.float64(),
    "boolean": pa.bool_(), "string_list": pa.list_(pa.string()),
}  # fmt: skip
"""Type of a canonical column's values, by dtype of the dictionary."""

_FIRST_INSTANT = pa.scalar(datetime(1900, 1, 2, tzinfo=UTC), INSTANT)
"""Working calendars begin in 1900; 0001-01-01 and 1900-01-01 are what systems write where there is no date."""
_LAST_INSTANT = pa.scalar(datetime(9999, 12, 31, tzinfo=UTC), INSTANT)
_RUINED_ID = r"^\d([.,]\d+)?[eE]\+\d+$"


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows whose value is not understood.

    Attributes:
        rows: Which rows.
        what: What is wrong, to follow the value.
        remedy: What to do.
        texts: The values as they came.
    """

    rows: np.ndarray
    what: str
    remedy: str
    texts: pa.Array | None


@dataclass(slots=True)
class Column:
    """A canonical column of a batch.

    Attributes:
        values: Values, null where not given.
        origin: Source column, for messages.
        faults: Rows that are not understood.
        exclusions: Rows that the mapping leaves out, by reason.
        notes: Rows with something odd, by what it is.
    """

    values: pa.Array
    origin: str
    faults: list[Fault] = field(default_factory=list)
    exclusions: list[tuple[str, np.ndarray]] = field(default_factory=list)
    notes: list[tuple[str, np.ndarray]] = field(default_factory=list)


@dataclass(slots=True)
class _Distinct:
    """Distinct texts on their way to values, with what was found about each."""

    texts: pa.StringArray
    faults: list[tuple[np.ndarray, str, str]] = field(default_factory=list)
    exclusions: list[tuple[str, np.ndarray]] = field(default_factory=list)
    notes: list[tuple[str, np.ndarray]] = field(default_factory=list)

    def without(self, mask: np.ndarray) -> None:
        """Take the texts out of further reading."""
        self.texts = pc.if_else(pa.array(mask), pa.scalar(None, pa.string()), self.texts)


def map_column(name: str, table: TableMapping, records: Records, source: SourceSettings) -> Column:
    """The canonical column `name` of the records.

    Raises:
        SourceError: The source column is not there.
    """
    mapping = table.columns[name]
    if FIELDS[name].dtype == "string_list" and mapping.origin:
        return _labels(name, mapping, records, source)
    stamps = _typed_stamps(name, mapping, records, source)
    if stamps is not None:
        return _finish(stamps, name, table, source)
    texts, nested, origin = _look_up(mapping, records, source)
    given, codes = _distinct(texts)
    distinct = _Distinct(given)
    _drop_missing(distinct, (*source.missing, *mapping.missing))
    _strip(distinct, name, table.table)
    if mapping.values is not None:
        _translate(distinct, mapping, name)
    values = _read(distinct, name, table.table, mapping, records, source)
    column = Column(_spread(values, codes), origin)
    for mask, what, remedy in distinct.faults:
        column.faults.append(Fault(_rows(mask, codes), what, remedy, texts))
    column.exclusions = [(reason, _rows(mask, codes)) for reason, mask in distinct.exclusions]
    column.notes = [(note, _rows(mask, codes)) for note, mask in distinct.notes]
    if nested is not None:
        column.faults.append(
            Fault(nested, "is a list or an object", f"name an element of it, for example {origin}.0", None)
        )
    return _finish(column, name, table, source)


def _typed_stamps(name: str, mapping: ColumnMapping, records: Records, source: SourceSettings) -> Column | None:
    """Instants that a source keeps as such, taken without a detour through text; None when they may need one."""
    path = next((path for path in mapping.origin if records.has(path)), None)
    if FIELDS[name].dtype != "instant" or path is None or mapping.values is not None or mapping.template is not None:
        return None
    codes = (*source.missing, *mapping.missing)
    if (mapping.formats or ("iso",))[0] != "iso" or any(code[:1].isdigit() for code in codes):
        return None
    given = records.instants(path)
    if given is None:
        return None
    values = given.cast(INSTANT)
    is_usual = pc.and_kleene(pc.greater_equal(values, _FIRST_INSTANT), pc.less_equal(values, _LAST_INSTANT))
    return Column(values, path) if pc.all(is_usual).as_py() is not False else None


def _look_up(
    mapping: ColumnMapping, records: Records, source: SourceSettings
) -> tuple[pa.StringArray, np.ndarray | None, str]:
    size = len(records)
    if mapping.constant is not None:
        return _constant(text_of(mapping.constant), size), None, "constant"
    if mapping.template is not None:
        return _fill(mapping.template, mapping, records, source), None, mapping.template
    path = next((path for path in mapping.origin if records.has(path)), None)
    if path is None and mapping.optional:
        return _constant(None, size), None, mapping.origin[0]
    if path is None:
        raise UnknownColumn(mapping.origin[0], records)
    paths = mapping.origin if records.are_documents else (path,)
    found = [records.texts(one) for one in paths]
    values = found[0].values if len(found) == 1 else pc.coalesce(*[one.values for one in found])
    return values, found[0].nested, path


def _fill(template: str, mapping: ColumnMapping, records: Records, source: SourceSettings) -> pa.StringArray:
    from string import Formatter

    codes = pa.array((*source.missing, *mapping.missing), pa.string())
    pieces: list[pa.Array | pa.Scalar] = []
    for text, name, _, _ in Formatter().parse(template):
        pieces.append(pa.scalar(text))
        if name is not None:
            values = records.texts(name).values
            pieces.append(pc.if_else(pc.is_in(values, codes), pa.scalar(None, pa.string()), values))
    return pc.binary_join_element_wise(*pieces, "")


def _constant(text: str | None, size: int) -> pa.StringArray:
    return pa.array([text], pa.string()).take(pa.array(np.zeros(size, dtype=np.int64)))


def _distinct(texts: pa.StringArray) -> tuple[pa.StringArray, np.ndarray]:
    """Distinct texts and, for each row, which one it has; -1 is 'not given'."""
    encoded = texts.dictionary_encode()
    return encoded.dictionary, pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)


def _spread(values: pa.Array, codes: np.ndarray) -> pa.Array:
    return values.take(pa.array(codes, mask=codes < 0))


def _rows(mask: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.append(mask, False)[codes]


def _mask(flags: pa.Array) -> np.ndarray:
    return pc.fill_null(flags, False).to_numpy(zero_copy_only=False)


def _drop_missing(distinct: _Distinct, codes: Sequence[str]) -> None:
    missing = _mask(pc.is_in(distinct.texts, pa.array(codes, pa.string())))
    if "" in codes:
        missing |= _mask(pc.equal(pc.utf8_trim_whitespace(distinct.texts), ""))
    distinct.without(missing)


def _strip(distinct: _Distinct, name: str, table: str) -> None:
    """Outer spaces mean nothing except in free words; around a key they are told."""
    is_key = name.endswith("_id") or name == "id"
    if FIELDS[name].dtype == "string" and not is_key and not allowed_values(table, name):
        return
    stripped = pc.utf8_trim_whitespace(distinct.texts)
    if is_key:
        changed = _mask(pc.not_equal(stripped, distinct.texts))
        if changed.any():
            distinct.notes.append((f"{name}: spaces around it removed", changed))
    distinct.texts = stripped


def _translate(distinct: _Distinct, mapping: ColumnMapping, name: str) -> None:
    values, given = mapping.values or {}, distinct.texts.to_pylist()
    otherwise = mapping.otherwise
    unmapped = np.array([text is not None and text not in values for text in given], dtype=bool)
    targets = [
        None if text is None else values.get(text, otherwise) for text in given
    ]  # fmt: skip
    for reason in sorted({target.exclude for target in targets if isinstance(target, Exclusion)}):
        mask = np.array([isinstance(target, Exclusion) and target.exclude == reason for target in targets], dtype=bool)
        distinct.exclusions.append((reason, mask))
    texts = [None if isinstance(target, Exclusion) else text_of(target) for target in targets]
    distinct.texts = pa.array(texts, pa.string())
    if otherwise is None and unmapped.any():
        distinct.faults.append(
            (
                unmapped,
                "is not among the values of the mapping",
                f"add it under `values:` of {name}, or give `otherwise`",
            )
        )
    elif unmapped.any() and not isinstance(otherwise, Exclusion):
        distinct.notes.append((f"{name}: another value taken as {text_of(otherwise)}", unmapped))


def _read(
    distinct: _Distinct, name: str, table: str, mapping: ColumnMapping, records: Records, source: SourceSettings
) -> pa.Array:
    dtype = FIELDS[name].dtype
    if dtype == "string":
        return _read_words(distinct, name, table)
    if dtype == "string_list":
        return pa.array(
            [None if t is None else t.split(mapping.separator) for t in distinct.texts.to_pylist()],
            pa.list_(pa.string()),
        )
    if dtype in ("instant", "date"):
        return _read_stamps(distinct, name, mapping, records, source)
    if name.endswith("_seconds"):
        formats = mapping.formats or PLAIN_DURATIONS
        if records.file.place == "row" and "h:m:s" not in formats:
            formats += ("h:m:s",)
        values, bad = read_durations(distinct.texts, formats, mapping.decimal)
        what, remedy = f"is not a duration written as {', '.join(formats)}", "give its `format`, see docs/sources.md"
    elif dtype == "boolean":
        values, bad = read_flags(distinct.texts)
        what, remedy = "is neither true nor false", f"say what it means under `values:` of {name}"
    else:
        read = read_integers if dtype == "integer" else read_numbers
        values, bad = read(distinct.texts, mapping.decimal, mapping.thousands)
        what = "is not a whole number" if dtype == "integer" else "is not a number"
        remedy = "list it under `missing` if it is a code, or set `decimal` and `thousands`"
    if bad.any():
        distinct.faults.append((bad, what, remedy))
    return values


def _read_words(distinct: _Distinct, name: str, table: str) -> pa.Array:
    allowed = allowed_values(table, name)
    if allowed:
        given = ~_mask(pc.is_null(distinct.texts))
        bad = given & ~_mask(pc.is_in(distinct.texts, pa.array(allowed)))
        if bad.any():
            distinct.faults.append(
                (bad, f"is not one of {', '.join(allowed)}", f"say what it means under `values:` of {name}")
            )
            distinct.without(bad)
    elif name.endswith("_id"):
        bad = _mask(pc.match_substring_regex(distinct.texts, _RUINED_ID))
        if bad.any():
            distinct.faults.append(
                (bad, "has lost digits: a spreadsheet wrote the identifier as a number",
                 "export the column as text and pull again")
            )  # fmt: skip
            distinct.without(bad)
    return distinct.texts


def _read_stamps(
    distinct: _Distinct, name: str, mapping: ColumnMapping, records: Records, source: SourceSettings
) -> pa.Array:
    formats = mapping.formats or ("iso",)
    if records.file.place == "row" and "iso" not in formats:
        formats = ("iso", *formats)
    if FIELDS[name].dtype == "date":
        dates, bad = read_dates(distinct.texts, formats)
        if bad.any():
            distinct.faults.append((bad, f"is not a date written as {' or '.join(formats)}", "give its `format`"))
        return dates
    zone = mapping.time_zone or source.time_zone
    read = read_stamps(distinct.texts, formats, zone)
    if read.unread.any():
        distinct.faults.append(
            (read.unread, f"is not a stamp written as {' or '.join(formats)}",
             "add its `format`, list it under `missing` if it is a code, or set on_error: exclude")
        )  # fmt: skip
    if read.without_zone.any():
        distinct.faults.append(
            (read.without_zone, "is a stamp without a time zone", f"set time_zone of source {source.id} or of {name}")
        )
    early = _mask(pc.less(read.values, _FIRST_INSTANT).fill_null(False))
    if early.any():
        distinct.faults.append(
            (early, "lies before 2 January 1900, as placeholders for no date do",
             f"list it under `missing` of {name} if it means that there is none")
        )  # fmt: skip
    odd = {"occurred twice, taken as the first": read.ambiguous, "did not exist, moved forward": read.shifted}
    distinct.notes += [(f"{name}: local time {what}", mask) for what, mask in odd.items() if mask.any()]
    later = list(read.by_format.items())[1:] if len(mapping.formats) > 1 else []
    distinct.notes += [(f"{name}: read as {format_}", mask) for format_, mask in later if mask.any()]
    return pc.if_else(pa.array(early), pa.scalar(None, INSTANT), read.values)


def _labels(name: str, mapping: ColumnMapping, records: Records, source: SourceSettings) -> Column:
    """A list of labels: a nested list as it is, or a text cut at the separator."""
    path = next((path for path in mapping.origin if records.has(path)), None)
    if path is None and not mapping.optional:
        raise UnknownColumn(mapping.origin[0], records)
    codes = {*source.missing, *mapping.missing}
    objects = records.objects(path) if path is not None else [None] * len(records)
    lists = [_label_list(one, mapping.separator, codes) for one in objects]
    bad = np.array([one is None and isinstance(raw, dict) for one, raw in zip(lists, objects, strict=True)], dtype=bool)
    column = Column(pa.array(lists, pa.list_(pa.string())), path or mapping.origin[0])
    if bad.any():
        column.faults.append(Fault(bad, "is an object, not a list", "name the list inside it", None))
    return column


def _label_list(given: object, separator: str, codes: set[str]) -> list[str] | None:
    """Labels of one record; a text that is a JSON list is that list."""
    if isinstance(given, str) and given.startswith("["):
        given = unpacked(given)
    if isinstance(given, list):
        labels = [text_of(one) for one in given if one is not None and not isinstance(one, list | dict)]
    elif isinstance(given, str | int | float):
        labels = [*(text_of(given) or "").split(separator)]
    else:
        return None
    kept = [str(label).strip() for label in labels]
    return [label for label in kept if label not in codes] or None


def _finish(column: Column, name: str, table: TableMapping, source: SourceSettings) -> Column:
    mapping = table.columns[name]
    absent = _mask(pc.is_null(column.values))
    for fault in column.faults:
        absent &= ~fault.rows
    for _, rows in column.exclusions:
        absent &= ~rows
    if mapping.default is not None and absent.any():
        column.values = _with_default(column, name, table, source, absent)
        column.notes.append((f"{name}: not given, taken as {text_of(mapping.default)}", absent))
        absent = np.zeros(len(absent), dtype=bool)
    if FIELDS[name].dtype == "boolean" and absent.any():
        column.values = pc.fill_null(column.values, False)
        column.notes.append((f"{name}: not given, taken as false", absent))
    needed = name in TABLES[table.table].key if table.one_per else name in TABLES[table.table].required
    if needed and absent.any() and mapping.on_error != "missing":
        column.faults.append(
            Fault(absent, "is not given, but every row needs it",
                  "give a `default`, filter such rows with `where`, or set on_error: exclude", None)
        )  # fmt: skip
    if name in PREFIXED and not mapping.is_whole_key:
        column.values = pc.binary_join_element_wise(pa.scalar(mapping.of_source or source.id), column.values, ":")
    return column


def _with_default(
    column: Column, name: str, table: TableMapping, source: SourceSettings, absent: np.ndarray
) -> pa.Array:
    value = constant_value(name, table.table, table.columns[name], source)
    return pc.if_else(pa.array(absent), value, column.values)


def constant_value(name: str, table: str, mapping: ColumnMapping, source: SourceSettings) -> pa.Scalar:
    """The value of a `default` in its canonical type; null when it cannot be read (refused on configuration)."""
    dtype = FIELDS[name].dtype
    text = pa.array([text_of(mapping.default)], pa.string())
    if dtype in ("instant", "date"):
        if dtype == "date":
            return read_dates(text, ("iso",))[0][0]
        return read_stamps(text, ("iso",), mapping.time_zone or source.time_zone).values[0]
    readers = {"boolean": read_flags, "integer": read_integers, "number": read_numbers}
    return readers[dtype](text)[0][0] if dtype in readers else text[0]
