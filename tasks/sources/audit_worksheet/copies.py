"""One worksheet may lie in several copies: an audit counts once, and copies that differ are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.errors import SourceError

if TYPE_CHECKING:
    from evaluation.audit_worksheet import WorksheetPage, WorksheetRecord
    from tasks.sources.audit_worksheet.rows import FilledRow


@dataclass(frozen=True, slots=True)
class _Finished:
    content: tuple[object, ...]
    auditor: str
    place: str


class Copies:
    """Finished audits of the worksheets read so far."""

    def __init__(self) -> None:
        self._finished: dict[tuple[str, int, str, str], _Finished] = {}

    def note(self, row: FilledRow, record: WorksheetRecord, page: WorksheetPage, name: str) -> bool:
        """Whether a row says what an earlier copy said already.

        Raises:
            SourceError: A copy says something else, or one person is both auditors of a case.
        """
        if not row.is_finished:
            return False
        place = f"{name}, sheet {page.name}, row {row.number}"
        here = _Finished(row.content, str(row.auditor), place)
        self._refuse_same_person(row, record, page, here)
        earlier = self._finished.setdefault((record.draw, record.auditor, page.kind, row.case.id), here)
        if earlier.content != here.content:
            raise SourceError(
                f"{row.case.id} is audited differently in two copies of one worksheet",
                where=f"{earlier.place}; {place}",
                remedy="empty the row in one of them; for a second opinion draw with --double",
            )  # fmt: skip
        return earlier is not here

    def _refuse_same_person(
        self, row: FilledRow, record: WorksheetRecord, page: WorksheetPage, here: _Finished
    ) -> None:
        other = self._finished.get((record.draw, 3 - record.auditor, page.kind, row.case.id))
        if other is not None and other.auditor.casefold() == here.auditor.casefold():
            raise SourceError(
                f"{here.auditor!r} is the first and the second auditor of {row.case.id}",
                where=f"{other.place}; {here.place}, column {page.columns['auditor']!r}",
                remedy="let somebody else do the second audit, or empty the row in the second worksheet",
            )
