"""Measurements as CSV that a spreadsheet opens without harm: text can never become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pandas as pd

from evaluation.measurement import COLUMNS, Measurements

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBERS = {name for name, dtype in COLUMNS.items() if dtype in ("Float64", "Int64")}


def measurements_csv(measurements: Measurements, *, for_spreadsheets: bool = True) -> str:
    """All measurements, one row each, in the columns of `evaluation.measurement.COLUMNS`.

    Args:
        measurements: What was measured.
        for_spreadsheets: True: byte-order mark and semicolons, as spreadsheets of this part of the world open them;
            False: plain CSV with commas, for other programs. Text is guarded against formulas in both.

    Returns:
        The file's text, lines ended by CR LF; absent numbers are empty, numbers have a decimal point.
    """
    out = io.StringIO(newline="")
    if for_spreadsheets:
        out.write("\ufeff")
    writer = csv.writer(out, delimiter=";" if for_spreadsheets else ",", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(measurements))
    return out.getvalue()


def guarded(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula.

    Example:
        >>> guarded("=1+1"), guarded("Delivery")
        ("'=1+1", 'Delivery')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text


def _rows(measurements: Measurements) -> Iterator[list[str]]:
    for row in measurements.frame.itertuples(index=False, name=None):
        yield [_cell(name, value) for name, value in zip(COLUMNS, row, strict=True)]


def _cell(name: str, value: object) -> str:
    if value is None or value is pd.NA:
        return ""
    return repr(value) if isinstance(value, float) else str(value) if name in _NUMBERS else guarded(str(value))
