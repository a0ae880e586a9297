"""Workbooks from outside: unpacked within limits before a reader sees them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from evaluation.errors import SourceError

_MOST_CELLS = 100_000_000
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
DAMAGE = (
    EOFError, OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, struct.error, zlib.error,
)  # fmt: skip
"""What the readers of gz and zip raise when an archive is not whole; zip has no other word for a method it lacks."""


def refuse_bomb(packed: bytes, name: str, limit: int) -> None:
    """Unpack the workbook's parts once, keeping none, so that a wrong size in its directory cannot hide a bomb.

    Args:
        packed: The workbook as it lies on disk.
        name: Its name, for messages.
        limit: Most bytes that it may unpack to.

    Raises:
        SourceError: It unpacks to more, a sheet spans too large an area, or it is damaged.
    """
    if not packed.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            total = 0
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    extent = _Extent(name)
                    while block := part.read(1 << 20):
                        total += len(block)
                        if entry.filename.startswith("xl/worksheets/"):
                            extent.see(block)
                        if total > limit:
                            raise SourceError(
                                f"{name} unpacks to more than {limit} bytes",
                                where=name,
                                remedy="if it is right, raise `limits: {bytes: …}` of the source",
                            )
    except DAMAGE as error:
        raise not_a_workbook(name, error) from error


class _Extent:
    """The area that a sheet's cells span: two cells at opposite corners would make a reader fill the machine."""

    def __init__(self, name: str) -> None:
        self._name, self._rest, self._row, self._column = name, b"", 0, 0

    def see(self, block: bytes) -> None:
        """Note the cells of the next piece of the sheet.

        Raises:
            SourceError: The area is too large.
        """
        text = self._rest + block
        self._rest = text[-32:]
        for letters, digits in set(_CELL.findall(text)):
            self._row = max(self._row, int(digits))
            self._column = max(self._column, _column_number(letters))
        if self._row * self._column > _MOST_CELLS:
            raise SourceError(
                f"a sheet spans {self._row} rows and {self._column} columns, most of it empty",
                where=self._name,
                remedy="delete what stands far outside of the table, or save the sheet as CSV",
            )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def not_a_workbook(name: str, error: BaseException) -> SourceError:
    """What to say of a file that no reader can open."""
    return SourceError(
        f"{name} cannot be opened as a workbook ({error})",
        where=name,
        remedy="save it again as XLSX without a password, or as CSV",
    )
