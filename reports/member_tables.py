"""Tables of the members of a dimension, half a page wide; what may be said against a figure stands under the table."""

from __future__ import annotations

from dataclasses import replace

from reports.document import Cell, Column, Table
from reports.evidence import (
    by_name,
    count_cell,
    interval_cell,
    members,
    most,
    name_cell,
    rest_of,
    right,
    value_cell,
)
from reports.names import by_dimension, dimension_name, metric_label
from reports.section import Material

SIGNS = ("*", "**", "***", "****")


def members_table(
    material: Material, metric_id: str, dimension: str, *, cases: str, value: str, title: str = ""
) -> Table | None:
    """The members with their number of cases, value and interval; None with fewer than two.

    Args:
        material: The evidence.
        metric_id: The metric.
        dimension: Whose members.
        cases: Heading of the numbers of cases.
        value: Heading of the values.
        title: The table's title; by default the metric's name and the dimension.
    """
    assessment, language = material.assessment, material.language
    rows = members(assessment, metric_id, dimension)
    if len(rows) < 2:  # one member is the whole service, which has its figure already
        return None
    metric, shown = assessment.catalogue[metric_id], by_name(most(rows), dimension, language)
    cells = tuple(
        (
            name_cell(dimension, row.member, language),
            count_cell(row.n, language),
            value_cell(row, metric, language),
            interval_cell(row, metric, language),
        )
        for row in shown
    )
    columns = (
        Column(dimension_name(dimension, language), 30),
        right(cases, 15),
        right(value, 16),
        right(language.gettext("95% interval"), 23),
    )
    after = rest_of(len(shown), len(rows), material.files, language)
    named = title or by_title(material, metric_id, dimension)
    return with_footnotes(Table(title=named, columns=columns, rows=cells, after=after))


def by_title(material: Material, metric_id: str, dimension: str) -> str:
    """Title of a table or picture of members: the metric's name and the dimension."""
    return material.language.gettext(
        "{metric} by {dimension}",
        metric=metric_label(material.assessment.catalogue[metric_id], material.language),
        dimension=by_dimension(dimension, material.language),
    )


def with_footnotes(table: Table) -> Table:
    """The table with the remarks on its figures under it, once each, and a sign at every figure they are about.

    Example:
        >>> from reports.document import Cell, Column, Table
        >>> cells = ((Cell(text="A"), Cell(text="93%", small="small sample")),)
        >>> made = with_footnotes(Table(columns=(Column("", 10), Column("", 10)), rows=cells))
        >>> made.rows[0][1].text, made.after.replace("\\u00a0", " ")
        ('93%*', '* small sample')
    """
    remarks = list(dict.fromkeys(cell.small for row in table.rows for cell in row[1:] if cell.small))
    if not remarks or len(remarks) > len(SIGNS):
        return table
    sign_of = dict(zip(remarks, SIGNS, strict=False))
    rows = tuple((row[0], *(_signed(cell, sign_of) for cell in row[1:])) for row in table.rows)
    told = " · ".join(f"{sign}\u00a0{remark}" for remark, sign in sign_of.items())
    return replace(table, rows=rows, after=" · ".join(part for part in (told, table.after) if part))


def _signed(cell: Cell, sign_of: dict[str, str]) -> Cell:
    return replace(cell, text=f"{cell.text}{sign_of[cell.small]}", small="") if cell.small else cell
