"""Mystery visits by own staff and by a third party, side by side; they are never pooled."""

from __future__ import annotations

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from reports.document import Cell, Column, Table
from reports.evidence import by_name, count_cell, members, name_cell, right, value_cell
from reports.formats import ABSENT
from reports.language import Language
from reports.member_tables import with_footnotes
from reports.names import by_dimension, dimension_name

OWN, THIRD_PARTY = "mystery_score", "mystery_score_third_party"
_DIMENSIONS = ("team", "branch")


def visits_table(assessment: Assessment, language: Language) -> Table | None:
    """Visits and scores by team, else by branch; None when no dimension has two members with visits."""
    for dimension in _DIMENSIONS:
        found = {name: {row.member: row for row in members(assessment, name, dimension)} for name in (OWN, THIRD_PARTY)}
        anybody = {member: row for rows in found.values() for member, row in rows.items()}
        if len(anybody) > 1:
            ordered = [row.member for row in by_name(tuple(anybody.values()), dimension, language)]
            rows = tuple(_row(assessment, dimension, member, found, language) for member in ordered)
            return _table(dimension, rows, language)
    return None


def _table(dimension: str, rows: tuple[tuple[Cell, ...], ...], language: Language) -> Table:
    columns = (
        Column(dimension_name(dimension, language), 28),
        right(language.gettext("Own staff"), 16),
        right(language.gettext("n"), 10),
        right(language.gettext("Third party"), 18),
        right(language.gettext("n"), 10),
    )
    title = language.gettext("Mystery visits by {dimension}", dimension=by_dimension(dimension, language))
    return with_footnotes(Table(title=title, columns=columns, rows=rows))


def _row(
    assessment: Assessment,
    dimension: str,
    member: str,
    found: dict[str, dict[str, Measurement]],
    language: Language,
) -> tuple[Cell, ...]:
    cells = [name_cell(dimension, member, language)]
    for name in (OWN, THIRD_PARTY):
        row = found[name].get(member)
        score = value_cell(row, assessment.catalogue[name], language) if row else Cell(text=ABSENT)
        cells += [score, count_cell(row.n if row else 0, language)]
    return tuple(cells)
