"""What customers wrote with their lowest and highest ratings, personal details replaced by words."""

from __future__ import annotations

from evaluation.text.masking import Detail
from reports.broken_down import rows_of
from reports.document import Cell, Column, Table
from reports.formats import NBSP, number
from reports.language import Language, pN_
from reports.names import member_name
from reports.section import Material
from reports.untrusted import clean

LONGEST = 200
_SIDES = {"low": pN_("comments", "With low ratings"), "high": pN_("comments", "With high ratings")}
_DETAILS = {
    Detail.EMAIL: pN_("masked detail", "e-mail"),
    Detail.PHONE: pN_("masked detail", "phone"),
    Detail.NUMBER: pN_("masked detail", "number"),
    Detail.LINK: pN_("masked detail", "link"),
    Detail.DATE: pN_("masked detail", "date"),
    Detail.NAME: pN_("masked detail", "name"),
}
PUBLIC = "public"


def comments_table(material: Material) -> Table | None:
    """A few comments of either side; None when there are none, or when the report is for everybody."""
    assessment, language = material.assessment, material.language
    rows = rows_of(assessment, "rated_comments")
    if not rows or material.options.get("confidentiality") == PUBLIC:
        return None
    cells: list[tuple[Cell, ...]] = []
    for side, words in _SIDES.items():
        of_side = [row for row in rows if row["side"] == side]
        if of_side:
            cells.append((Cell(text=language.pgettext("comments", words), is_strong=True), Cell(), Cell()))
        for row in of_side:
            rating = f"{number(row['score'], language)} / {number(row['scale_max'], language)}".replace(" ", NBSP)
            topic = member_name("topic", str(row["topic"]), language)
            cells.append((Cell(text=in_words(row["comment"], language)), Cell(text=rating), Cell(text=topic)))
    return Table(
        title=language.gettext("What customers wrote"),
        sub=language.gettext(
            "the newest comments of topics with enough ratings; examples, not a measure; personal details are masked"
        ),
        columns=(
            Column(language.gettext("Comment"), 116),
            Column(language.pgettext("head of a table", "Rating"), 16),
            Column(language.gettext("Topic"), 42),
        ),
        rows=tuple(cells),
    )


def in_words(comment: str, language: Language) -> str:
    """A masked comment fit for a page, its marks in the report's language.

    Example:
        >>> in_words("write to [email]", Language.named("en"))
        'write to [e-mail]'
    """
    text = clean(comment, limit=LONGEST)
    for detail, words in _DETAILS.items():
        text = text.replace(detail.sign, f"[{language.pgettext('masked detail', words)}]")
    return text
