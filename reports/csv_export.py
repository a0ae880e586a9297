"""Measurements as CSV that a spreadsheet opens without harm: text can never become a formula."""

from __future__ import annotations

import csv
import io

import pandas as pd

BYTE_ORDER_MARK = "\ufeff"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(frame: pd.DataFrame, *, with_mark: bool = True) -> bytes:
    """A frame as CSV, UTF-8, lines ended by CR LF; absent numbers are empty, numbers have a decimal point.

    Args:
        frame: What to write, for example `Measurements.frame`.
        with_mark: True for spreadsheets: byte-order mark and semicolons, which they open without a dialogue;
            False for other programs: no mark, commas. Text is guarded against formulas in both.

    Example:
        >>> as_csv(pd.DataFrame({"member": ["=1+1"], "n": [3]}), with_mark=False)
        b"member,n\\r\\n'=1+1,3\\r\\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if with_mark else ",", lineterminator="\r\n")
    writer.writerow(guarded(str(name)) for name in frame.columns)
    writer.writerows(zip(*(_cells(frame.iloc[:, place]) for place in range(frame.shape[1])), strict=True))
    return ((BYTE_ORDER_MARK if with_mark else "") + out.getvalue()).encode()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    Example:
        >>> guarded("=1+1"), guarded("Delivery")
        ("'=1+1", 'Delivery')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text


def _cells(column: pd.Series) -> list[str]:
    """A column as it is written; few texts occur, so each is guarded once."""
    if not isinstance(column.dtype, pd.StringDtype):
        return [_cell(value) for value in column.tolist()]
    codes, words = pd.factorize(column)
    written = [*map(guarded, words), ""]
    return [written[code] for code in codes.tolist()]


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return guarded(value)
    return repr(float(value)) if isinstance(value, float) else str(value)
