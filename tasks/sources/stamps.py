"""Stamps and dates read from text: formats in order, zones, and the two nights when clocks change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

INSTANT = pa.timestamp("us", "UTC")

_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_ZONE = r"( ?(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?))"
_ISO_NAIVE = f"^{_DATE}([T ]{_TIME})?$"
_ISO_AWARE = f"^{_DATE}[T ]{_TIME}{_ZONE}$"
_DIGITS = {
    "%Y": r"(\d{4})", "%m": r"(\d{2})", "%d": r"(\d{2})", "%H": r"(\d{2})", "%M": r"(\d{2})", "%S": r"(\d{2})",
    "%f": r"(\d{1,6})",
}  # fmt: skip
_NUMBER = r"^-?\d+(\.\d+)?$"
_SECONDS_BELOW = 1e11
_SERIAL_DAYS = (20_000, 80_000)
_EXCEL_EPOCH_DAYS = 25_569
_MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Stamps:
    """Stamps read from texts.

    Attributes:
        values: Instants; null where the text is null or was not understood.
        unread: Texts that no format understood.
        without_zone: Texts that are stamps, but carry no zone and none was given.
        ambiguous: Local times that occurred twice; the first was taken.
        shifted: Local times that did not exist; moved to the moment when the clock had moved on.
        by_format: Which texts were read by which format.
    """

    values: pa.Array
    unread: np.ndarray
    without_zone: np.ndarray
    ambiguous: np.ndarray
    shifted: np.ndarray
    by_format: dict[str, np.ndarray]


def read_stamps(texts: pa.StringArray, formats: Sequence[str], zone: str | None) -> Stamps:
    """Read instants.

    Args:
        texts: Distinct texts, surrounding spaces removed; null is not given.
        formats: `iso`, `epoch_seconds`, `epoch_milliseconds`, `excel` or strptime patterns, tried in order.
        zone: IANA zone of stamps that carry none, or None.

    Example:
        >>> read_stamps(pa.array(["2026-07-01 10:00"]), ["iso"], "Europe/Warsaw").values[0].as_py().isoformat()
        '2026-07-01T08:00:00+00:00'
    """
    size = len(texts)
    instants = np.full(size, np.iinfo(np.int64).min, dtype=np.int64)
    unread = ~_mask(pc.is_null(texts))
    without_zone, ambiguous, shifted = (np.zeros(size, dtype=bool) for _ in range(3))
    by_format: dict[str, np.ndarray] = {}
    for name in formats:
        where = np.flatnonzero(unread)
        if not len(where):
            break
        chosen = texts.take(pa.array(where))
        aware, naive = _read(chosen, name)
        _put(instants, where, aware)
        local = where[~np.isnat(naive)]
        if len(local):
            if zone is None:
                without_zone[local] = True
            else:
                moments, twice, never = localised(naive[~np.isnat(naive)], zone)
                instants[local], ambiguous[local], shifted[local] = moments, twice, never
        done = ~np.isnat(aware) | ~np.isnat(naive)
        by_format[name] = np.zeros(size, dtype=bool)
        by_format[name][where[done]] = True
        unread[where[done]] = False
    absent = instants == np.iinfo(np.int64).min
    return Stamps(
        pa.array(instants, pa.int64(), mask=absent).cast(INSTANT), unread, without_zone, ambiguous, shifted, by_format
    )


def read_dates(texts: pa.StringArray, formats: Sequence[str]) -> tuple[pa.Array, np.ndarray]:
    """Read calendar dates as they are written, whatever the zone; also which texts were not understood."""
    unread = ~_mask(pc.is_null(texts))
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    for name in formats:
        where = np.flatnonzero(unread)
        chosen = texts.take(pa.array(where))
        if name == "iso":
            chosen = pc.if_else(
                pc.match_substring_regex(chosen, f"^{_DATE}"), pc.utf8_slice_codeunits(chosen, 0, 10), chosen
            )
        aware, naive = _read(chosen, name)
        read = np.where(np.isnat(naive), aware, naive)
        days[where] = read.astype("datetime64[D]")
        unread[where[~np.isnat(read)]] = False
    return pa.array(days, pa.date32()), unread


def localised(naive: np.ndarray, zone: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Local times of a zone as UTC microseconds, and which of them occurred twice or never.

    A time that occurred twice is its first occurrence; one that never was is moved forward to the moment at which
    the clock had jumped.
    """
    index = pd.DatetimeIndex(naive)
    first = np.ones(len(index), dtype=bool)
    moments = index.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    never = index.tz_localize(zone, ambiguous=first, nonexistent="NaT").isna()
    twice = index.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward").isna()
    return _microseconds(moments.tz_convert("UTC")), np.asarray(twice), np.asarray(never)


def _read(texts: pa.StringArray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Stamps read in one format: those with a zone as UTC, those without as local time; NaT elsewhere."""
    if name == "iso":
        return _read_iso(texts)
    if name in ("epoch_seconds", "epoch_milliseconds", "excel"):
        return _read_number(texts, name)
    nothing = _nothing(len(texts))
    if "%z" in name:
        return _by_pattern(texts, name), nothing
    rearranged = _as_iso(name)
    if rearranged is None:
        return nothing, _by_pattern(texts, name)
    expression, iso = rearranged
    fits = _mask(pc.match_substring_regex(texts, expression))
    naive = _nothing(len(texts))
    naive[fits] = _from_iso(pc.replace_substring_regex(texts.filter(pa.array(fits)), expression, iso), is_aware=False)
    rest = np.isnat(naive)
    if rest.any():
        naive[rest] = _by_pattern(texts.filter(pa.array(rest)), name)
    return nothing, naive


def _by_pattern(texts: pa.StringArray, pattern: str) -> np.ndarray:
    read = pd.to_datetime(texts.to_pandas(), format=pattern, errors="coerce", utc="%z" in pattern)
    return pd.DatetimeIndex(read).tz_localize(None).as_unit("us").to_numpy().copy()


def _as_iso(pattern: str) -> tuple[str, str] | None:
    """An expression for texts of a pattern of plain numbers, and what turns them into ISO: many times faster.

    Texts with fewer digits than usual are left to the slow way. None when the pattern has other directives.
    """
    directives = re.findall("%.", pattern)
    if len(set(directives)) < len(directives) or not {"%Y", "%m", "%d"} <= set(directives) <= set(_DIGITS):
        return None
    expression = re.escape(pattern)
    for directive in directives:
        expression = expression.replace(directive, _DIGITS[directive])
    group = {directive: f"\\{number}" for number, directive in enumerate(directives, start=1)}
    hour, minute, second = (group.get(directive, "00") for directive in ("%H", "%M", "%S"))
    fraction = f".{group['%f']}" if "%f" in group else ""
    return f"^{expression}$", f"{group['%Y']}-{group['%m']}-{group['%d']}T{hour}:{minute}:{second}{fraction}"


def _read_iso(texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    aware, naive = _nothing(len(texts)), _nothing(len(texts))
    for target, pattern, is_aware in ((aware, _ISO_AWARE, True), (naive, _ISO_NAIVE, False)):
        mask = _mask(pc.match_substring_regex(texts, pattern))
        if mask.any():
            target[mask] = _from_iso(_plain_iso(texts.filter(pa.array(mask))), is_aware)
    return aware, naive


def _plain_iso(texts: pa.StringArray) -> pa.StringArray:
    """ISO stamps in the one spelling that is read fast: a point, at most microseconds, Z or an offset."""
    plain = pc.replace_substring(texts, ",", ".")
    plain = pc.replace_substring_regex(plain, r"(\.\d{6})\d+", r"\1")
    plain = pc.replace_substring_regex(plain, " ?(z|UTC|GMT)$| Z$", "Z")
    return pc.replace_substring_regex(plain, r" ([+-]\d{2}:?(\d{2})?)$", r"\1")


def _from_iso(texts: pa.StringArray, is_aware: bool) -> np.ndarray:
    """ISO stamps as microseconds; a day or hour that does not exist is NaT."""
    try:
        return texts.cast(INSTANT if is_aware else pa.timestamp("us")).to_numpy(zero_copy_only=False).copy()
    except pa.ArrowInvalid:
        read = pd.to_datetime(texts.to_pandas(), format="ISO8601", errors="coerce", utc=True)
        return pd.DatetimeIndex(read).tz_localize(None).as_unit("us").to_numpy().copy()


def _read_number(texts: pa.StringArray, name: str) -> tuple[np.ndarray, np.ndarray]:
    fits = _mask(pc.match_substring_regex(texts, _NUMBER))
    numbers = np.full(len(texts), np.nan)
    numbers[fits] = texts.filter(pa.array(fits)).cast(pa.float64()).to_numpy()
    lowest, highest, scale, shift = {
        "epoch_seconds": (0.0, _SECONDS_BELOW, 1e6, 0.0),
        "epoch_milliseconds": (_SECONDS_BELOW, 1e14, 1e3, 0.0),
        "excel": (*_SERIAL_DAYS, _MICROSECONDS_A_DAY, _EXCEL_EPOCH_DAYS),
    }[name]
    fits &= (numbers >= lowest) & (numbers < highest)
    microseconds = np.zeros(len(texts))
    microseconds[fits] = (numbers[fits] - shift) * scale
    if name == "excel":
        microseconds = np.round(microseconds, -3)
    stamps = np.round(microseconds).astype(np.int64).astype("datetime64[us]")
    stamps[~fits] = np.datetime64("NaT")
    nothing = _nothing(len(texts))
    return (nothing, stamps) if name == "excel" else (stamps, nothing)


def _microseconds(index: pd.DatetimeIndex) -> np.ndarray:
    return index.as_unit("us").asi8


def _nothing(size: int) -> np.ndarray:
    return np.full(size, np.datetime64("NaT"), dtype="datetime64[us]")


def _put(instants: np.ndarray, where: np.ndarray, stamps: np.ndarray) -> None:
    given = ~np.isnat(stamps)
    instants[where[given]] = stamps[given].astype("datetime64[us]").astype(np.int64)


def _mask(flags: pa.Array) -> np.ndarray:
    return pc.fill_null(flags, False).to_numpy(zero_copy_only=False)
