"""Data quality: what came in, what was checked, what failed, what was left out, what is withheld."""

from __future__ import annotations

from evaluation.assessment import Assessment
from evaluation.errors import RenderError
from evaluation.facts.shapes import EXCLUSIONS
from evaluation.intake import Intake
from evaluation.measurement import Caveat
from reports.arrangement import Halves, Whole, arranged
from reports.checks import check_fields, check_sentence
from reports.document import Block, Cell, Column, Missing, Prose, Section, Table
from reports.evidence import count_cell, measured, right
from reports.formats import ABSENT, number
from reports.language import N_, Language
from reports.names import cleaned, metric_label, table_name
from reports.remarks import remark
from reports.section import Material
from reports.sections.data_quality.pauses import doubtful_line
from reports.wording import SEVERITY, marked

ORDER = 80
_COMPANIONS = tuple(f"_{clock}" for clock in ("business", "calendar"))
"""Endings of the metrics that repeat another one on the other clock."""
EXCLUSION_WORDS = {
    "spam": N_("spam"),
    "test": N_("test tickets"),
    "merged": N_("merged into another ticket"),
    "deleted": N_("deleted"),
    "agent_started": N_("started by an agent"),
    "quarantined": N_("set aside by a data check"),
    "correction": N_("left out by a recorded correction"),
    "outside_population": N_("outside the population"),
    "duplicate": N_("told on several sites"),
}


def build(material: Material) -> Section | Missing:
    """The page that says how far the figures can be trusted."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Data quality")
    blocks: dict[str, Block] = {}
    if assessment.intake:
        blocks["intake"] = _intake(assessment.intake, language)
    if assessment.validation.failed:
        blocks["checks"] = _checks(assessment, language)
    if assessment.exclusions:
        blocks["exclusions"] = _exclusions(assessment, language)
    if assessment.withheld:
        blocks["withheld"] = _withheld(assessment, language)
    if assessment.identities:
        blocks["identities"] = _identities(assessment, language)
    if pauses := doubtful_line(assessment, language):
        blocks["pauses"] = pauses
    if undecided := _undecided(assessment, language):
        blocks["undecided"] = undecided
    if not blocks and not assessment.validation.checks:
        return Missing("data_quality", kicker, language.gettext("nothing was read and nothing was checked"))
    section = Section(
        id="data_quality", kicker=kicker, title=data_quality_title(assessment, language), blocks=blocks, may_follow=True
    )
    wide = tuple(Whole(name) for name in ("checks", "withheld", "intake", "identities", "pauses"))
    pieces = (*wide, Halves(("exclusions", "undecided")))
    return arranged(section, pieces, language)


def data_quality_title(assessment: Assessment, language: Language) -> str:
    """How many checks held, and what the others cost."""
    checks, failed = assessment.validation.checks, assessment.validation.failed
    if not checks:
        return language.gettext("No check ran: the figures rest on unchecked data")
    if not failed:
        return language.ngettext("The only check held", "All {n} checks held", len(checks))
    first = language.ngettext(
        "{failed} of {n} check failed",
        "{failed} of {n} checks failed",
        len(checks),
        failed=number(len(failed), language),
    )
    if assessment.withheld:
        hidden = language.ngettext("{n} figure is withheld", "{n} figures are withheld", len(assessment.withheld))
        return f"{first}; {hidden}"
    return f"{first}; {language.gettext('no figure is withheld')}"


def _intake(intake: tuple[Intake, ...], language: Language) -> Table:
    columns = (
        Column(language.gettext("Source and table"), 52),
        right(language.gettext("Rows in"), 20),
        right(language.gettext("Rows out"), 20),
        Column(language.gettext("Left out, by reason; remarks"), 82),
    )
    return Table(
        title=language.gettext("What came in"),
        sub=language.gettext("rows in = rows out + rows left out"),
        columns=columns,
        rows=tuple(_account(item, language) for item in intake),
    )


def _account(item: Intake, language: Language) -> tuple[Cell, ...]:
    left_out, remarks = (
        "; ".join(f"{remark(text, language)}: {number(count, language)}" for text, count in told.items() if count)
        for told in (item.excluded, item.notes)
    )
    return (
        Cell(text=f"{cleaned(item.source)} · {table_name(item.table, language)}"),
        count_cell(item.rows_in, language),
        count_cell(item.rows_out, language),
        Cell(text=left_out or ABSENT, small=remarks),
    )


def _identities(assessment: Assessment, language: Language) -> Prose:
    """Whether the figures that must agree do, and how many equations were looked at."""
    checked = sum(identity.checked for identity in assessment.identities)
    broken = sum(not identity.holds for identity in assessment.identities)
    line = (
        language.ngettext(
            "{n} of the rules by which figures must agree does not hold.",
            "{n} of the rules by which figures must agree do not hold.",
            broken,
        )
        if broken
        else language.ngettext(
            "{n} equation between figures was checked and holds: parts add up to the whole, months to the period.",
            "{n} equations between figures were checked and all hold: parts add up to the whole, months to the period.",
            checked,
        )
    )
    return Prose(language.gettext("Figures that must agree"), (line,))


def _checks(assessment: Assessment, language: Language) -> Table:
    validation = assessment.validation
    columns = (
        Column(language.gettext("What must hold"), 70),
        Column(language.gettext("Fields"), 34),
        Column(language.gettext("Severity"), 31),
        right(language.gettext("Checked"), 13),
        right(language.gettext("Faulty"), 13),
        right(language.gettext("Set aside"), 13),
    )
    rows = tuple(
        (
            Cell(text=check_sentence(check, language)),
            Cell(small=check_fields(check)),
            Cell(mark=marked(SEVERITY, check.severity, language)),
            count_cell(check.rows, language),
            count_cell(check.unexpected, language),
            count_cell(validation.quarantined.get(check.id, 0), language),
        )
        for check in validation.failed
    )
    held = len(validation.checks) - len(validation.failed)
    return Table(
        title=language.gettext("Checks that failed"),
        sub=language.gettext("rows; what is set aside is in no figure"),
        columns=columns,
        rows=rows,
        after=language.ngettext("{n} other check held.", "{n} other checks held.", held),
    )


def _exclusions(assessment: Assessment, language: Language) -> Table:
    columns = (Column(language.gettext("Tickets left out of the figures"), 64), right(language.gettext("Tickets"), 20))
    order = {reason: rank for rank, reason in enumerate(EXCLUSIONS)}
    rows = sorted(assessment.exclusions.items(), key=lambda pair: order.get(pair[0], len(order)))
    cells = tuple((Cell(text=exclusion_name(reason, language)), count_cell(count, language)) for reason, count in rows)
    return Table(title=language.gettext("Left out"), columns=columns, rows=cells)


def exclusion_name(reason: str, language: Language) -> str:
    """Why tickets were left out.

    Raises:
        RenderError: The reason has no words.
    """
    return language.gettext(EXCLUSION_WORDS[reason]) if reason in EXCLUSION_WORDS else _no_words(reason)


def _no_words(reason: str) -> str:
    raise RenderError(
        f"the report has no words for tickets left out as {reason!r}",
        remedy="add them to reports/sections/data_quality/build.py",
    )


def _withheld(assessment: Assessment, language: Language) -> Table:
    by_id = {check.id: check for check in assessment.validation.checks}
    columns = (Column(language.gettext("Withheld figure"), 74), Column(language.gettext("Because of"), 100))
    rows = []
    for metric_id, check_id in sorted(assessment.withheld.items()):
        metric = assessment.catalogue.get(metric_id)
        label = metric_label(metric, language) if metric else cleaned(metric_id)
        check = by_id.get(check_id)
        rows.append((Cell(text=label), Cell(text=check_sentence(check, language) if check else cleaned(check_id))))
    return Table(title=language.gettext("Withheld"), columns=columns, rows=tuple(rows))


def _undecided(assessment: Assessment, language: Language) -> Table | None:
    rows = []
    for metric_id, metric in assessment.catalogue.items():
        if metric_id.endswith(_COMPANIONS):
            continue
        found = measured(assessment, metric_id)
        if found is None or not (found.undecided or Caveat.IMMATURE in found.caveats):
            continue
        rows.append(
            (
                Cell(text=metric_label(metric, language)),
                count_cell(found.undecided, language),
            )
        )
    if not rows:
        return None
    columns = (
        Column(language.gettext("Figure"), 58),
        right(language.gettext("Undecided"), 26),
    )
    return Table(
        title=language.gettext("Not decided yet"),
        sub=language.gettext("undecided cases are counted here and are in no figure"),
        columns=columns,
        rows=tuple(rows),
    )
