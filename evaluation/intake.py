"""What came in: rows in, rows out and every row left out, by reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluation.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The account of one canonical table from one source; it always balances.

    Attributes:
        source: Identifier of the source in `review.yaml`.
        table: Canonical table that it fed.
        files: Names of the files (or the query) that were read, in order.
        rows_in: Records read.
        rows_out: Rows handed over.
        excluded: Rows left out, by reason.
        notes: What is odd but not wrong, with how many rows: `{"score outside the scale": 3}`.
        checksum: SHA-256 over what was read.

    Example:
        >>> Intake(source="desk", table="tickets", files=("a.csv",), rows_in=10, rows_out=9,
        ...        excluded={"duplicate": 1}, checksum="00").rows_out
        9
    """

    source: str
    table: str
    files: tuple[str, ...]
    rows_in: int
    rows_out: int
    excluded: Mapping[str, int]
    notes: Mapping[str, int] = field(default_factory=dict)
    checksum: str

    def __post_init__(self) -> None:
        if self.rows_in != self.rows_out + sum(self.excluded.values()):
            raise DataError(
                f"{self.rows_in} rows in, {self.rows_out} rows out and {dict(self.excluded)} left out do not add up",
                where=f"source {self.source}, table {self.table}",
                remedy="report this as a fault of the source's mapping",
            )
