"""Numbers, whole numbers, flags and durations read strictly from text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Read = tuple[pa.Array, np.ndarray]
"""Values (null where not given or not understood), and which texts were not understood."""

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_WHOLE = r"^[+-]?\d{1,18}(\.0*)?$"
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_CLOCKS = {
    "h:m:s": r"^(?P<h>\d{1,6}):(?P<m>[0-5]?\d):(?P<s>[0-5]?\d(?:[.]\d+)?)$",
    "h:m": r"^(?P<h>\d{1,6}):(?P<m>[0-5]?\d)$",
    "m:s": r"^(?P<m>\d{1,6}):(?P<s>[0-5]?\d(?:[.]\d+)?)$",
}
_WORDS = (
    r"^(?:(?P<d>\d+) ?d(?:ays?)?)? ?(?:(?P<h>\d+) ?h(?:ours?|rs?)?)? ?(?:(?P<m>\d+) ?m(?:in(?:utes?)?)?)? ?"
    r"(?:(?P<s>\d+(?:[.]\d+)?) ?s(?:ec(?:onds?)?)?)?$"
)
_ISO = r"^P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:[.]\d+)?)S)?)?$"
_UNITS = {"seconds": 1.0, "milliseconds": 0.001, "minutes": 60.0, "hours": 3600.0, "days": 86_400.0}
_PARTS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


def read_numbers(texts: pa.StringArray, decimal: str = ".", thousands: str = "") -> Read:
    """Read finite numbers.

    Example:
        >>> read_numbers(pa.array(["1 234,5"]), ",", " ")[0].to_pylist()
        [1234.5]
    """
    plain = _plain(texts, decimal, thousands)
    fits = _mask(pc.match_substring_regex(plain, _NUMBER))
    numbers = np.full(len(texts), np.nan)
    numbers[fits] = plain.filter(pa.array(fits)).cast(pa.float64()).to_numpy()
    fits &= np.isfinite(numbers)
    return pa.array(numbers, pa.float64(), mask=~fits), ~fits & _given(texts)


def read_integers(texts: pa.StringArray, decimal: str = ".", thousands: str = "") -> Read:
    """Read whole numbers; `3.0` is one, `3.5` is not understood."""
    plain = _plain(texts, decimal, thousands)
    fits = _mask(pc.match_substring_regex(plain, _WHOLE))
    digits = pc.replace_substring_regex(plain, r"\.0*$", "")
    digits = pc.replace_substring_regex(digits, r"^\+", "")
    whole = pc.if_else(pa.array(fits), digits, pa.scalar(None, pa.string())).cast(pa.int64())
    return whole, ~fits & _given(texts)


def read_flags(texts: pa.StringArray) -> Read:
    """Read true, yes, 1 and false, no, 0, in any case."""
    lower = pc.utf8_lower(texts)
    is_true, is_false = (pc.is_in(lower, pa.array(words)) for words in (_TRUE, _FALSE))
    known = pc.or_(is_true, is_false)
    flags = pc.if_else(known, is_true, pa.scalar(None, pa.bool_()))
    return flags, ~_mask(known) & _given(texts)


def read_durations(texts: pa.StringArray, formats: Sequence[str], decimal: str = ".") -> Read:
    """Read durations in seconds; formats are tried in order.

    Example:
        >>> read_durations(pa.array(["00:01:23", "83", "1m23s"]), ["seconds", "h:m:s", "words"])[0].to_pylist()
        [83.0, 83.0, 83.0]
    """
    seconds = np.full(len(texts), np.nan)
    plain = _plain(texts, decimal, "")
    for name in formats:
        read = _durations(plain, name)
        seconds = np.where(np.isnan(seconds), read, seconds)
    absent = np.isnan(seconds)
    return pa.array(seconds, pa.float64(), mask=absent), absent & _given(texts)


def _durations(texts: pa.StringArray, name: str) -> np.ndarray:
    if name in _UNITS:
        numbers, _ = read_numbers(texts)
        return numbers.to_numpy(zero_copy_only=False) * _UNITS[name]
    if name == "words":
        words, iso = _parts(texts, _WORDS), _parts(texts, _ISO)
        return np.where(np.isnan(words), iso, words)
    return _parts(texts, _CLOCKS[name])


def _parts(texts: pa.StringArray, pattern: str) -> np.ndarray:
    """Seconds of the named groups of a pattern; NaN where it does not match or where no group has a value."""
    found = pc.extract_regex(texts, pattern)
    total, any_part = np.zeros(len(texts)), np.zeros(len(texts), dtype=bool)
    for part, seconds in _PARTS.items():
        if f"(?P<{part}>" not in pattern:
            continue
        digits = pc.struct_field(found, part)
        given = _mask(pc.greater(pc.utf8_length(digits), 0))
        values = pc.if_else(pa.array(given), digits, pa.scalar("0")).cast(pa.float64()).to_numpy(zero_copy_only=False)
        total += values * seconds
        any_part |= given
    return np.where(any_part & ~_mask(pc.is_null(found)), total, np.nan)


def _plain(texts: pa.StringArray, decimal: str, thousands: str) -> pa.StringArray:
    """Numbers with a decimal point; a thousands mark is taken out only where it stands between groups of three."""
    if thousands:
        mark = r"[ \x{00a0}\x{202f}]" if thousands == " " else "\\" + thousands
        grouped = pc.match_substring_regex(texts, rf"^[+-]?\d{{1,3}}({mark}\d{{3}})+(\D.*)?$")
        texts = pc.if_else(grouped, pc.replace_substring_regex(texts, mark, ""), texts)
    return texts if decimal == "." else _comma_to_point(texts)


def _comma_to_point(texts: pa.StringArray) -> pa.StringArray:
    has_point = pc.match_substring(texts, ".")
    return pc.if_else(has_point, pc.binary_join_element_wise("?", texts, ""), pc.replace_substring(texts, ",", "."))


def _given(texts: pa.StringArray) -> np.ndarray:
    return ~_mask(pc.is_null(texts))


def _mask(flags: pa.Array) -> np.ndarray:
    return pc.fill_null(flags, False).to_numpy(zero_copy_only=False)
