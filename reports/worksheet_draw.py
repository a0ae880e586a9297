"""The last sheet of a worksheet: how its cases were drawn, so that it can be proven that nobody picked them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evaluation.audit_worksheet import cell_text
from reports.formats import moment, share
from reports.formats import period as period_name
from reports.language import N_
from reports.names import dimension_name, table_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from evaluation.audit_sampling import AuditSample
    from evaluation.audit_worksheet import WorksheetRecord
    from reports.language import Language

_REASONS = {
    "already_audited": N_("audited already"),
    "audited_as_calls": N_("on the telephone, audited as calls"),
    "no_agent": N_("without an agent"),
    "no_team": N_("without a team"),
    "no_branch": N_("without a branch"),
    "agent_started": N_("started by an agent"),
    "spam": N_("spam"),
    "test": N_("test tickets"),
    "merged": N_("merged into another ticket"),
    "deleted": N_("deleted"),
    "quarantined": N_("set aside by a data check"),
    "correction": N_("left out by a recorded correction"),
    "outside_population": N_("outside the population"),
}
_WIDE = {
    "agent": N_("as many of each agent as a 95 % interval of ±{width} needs"),
    "team": N_("as many of each team as a 95 % interval of ±{width} needs"),
    "branch": N_("as many of each branch as a 95 % interval of ±{width} needs"),
}


def write_draw(book: Workbook, sample: AuditSample, record: WorksheetRecord, language: Language) -> None:
    """Add the sheet that identifies the draw.

    Args:
        book: The workbook.
        sample: What was drawn.
        record: What the worksheet is.
        language: The language of the words.
    """
    sheet = book.add_worksheet(language.pgettext("worksheet", "The draw"))
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 5, 18)
    title = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, language.gettext("How the cases were drawn"), title)
    row = 2
    for name, text in _identity(sample, record, language):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text)
        row += 1
    row = _strata(sheet, bold, sample, language, row + 1)
    _left_out(sheet, bold, sample, language, row + 1)
    sheet.protect()
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _identity(sample: AuditSample, record: WorksheetRecord, language: Language) -> Iterator[tuple[str, str]]:
    yield language.gettext("Organisation"), cell_text(sample.organisation)
    yield language.gettext("Period"), period_name(sample.period.id, language)
    yield language.gettext("As of"), moment(sample.cut, sample.period.zone, language)
    yield language.gettext("How many"), how_many(sample, language)
    yield language.gettext("Seed"), cell_text(sample.plan.seed)
    yield language.gettext("Name of the draw"), sample.draw_id
    yield language.gettext("Checksum of the draw"), sample.digest
    for page in record.pages:
        yield (
            page.name,
            language.gettext(
                "scorecard {scorecard}, version {version}", scorecard=cell_text(page.scorecard), version=page.version
            ),
        )
    yield language.gettext("To draw it again"), cell_text(command(sample))
    yield (
        "",
        language.gettext(
            "The same data, period and seed give the same cases and the same checksum. Within each line below every "
            "case had the same chance."
        ),
    )


def how_many(sample: AuditSample, language: Language) -> str:
    """How many were asked for, in words."""
    plan = sample.plan
    if plan.per_agent is not None:
        return language.ngettext(
            "{n} case of each kind for each agent", "{n} cases of each kind for each agent", plan.per_agent
        )
    return language.gettext(_WIDE[plan.by], width=share(plan.half_width or 0.0, language, 0))


def command(sample: AuditSample) -> str:
    """The command that draws the sample again."""
    plan = sample.plan
    many = f"--per-agent {plan.per_agent}" if plan.per_agent else f"--half-width {plan.half_width:g} --by {plan.by}"
    double = f" --double {plan.double}" if plan.double else ""
    seed = plan.seed.replace("\\", "\\\\").replace('"', '\\"')
    asked = f"{sample.period.id} {many}{double} --kinds {','.join(sample.kinds)}"
    return f'service-review sample {asked} --seed "{seed}" --as-of {sample.cut.isoformat()}'


def _strata(sheet: Worksheet, bold: object, sample: AuditSample, language: Language, row: int) -> int:
    heads = (
        dimension_name(sample.plan.by, language), language.gettext("Cases of"),
        language.gettext("Could be drawn"), language.gettext("Wanted"), language.gettext("Drawn"),
    )  # fmt: skip
    for place, head in enumerate(heads):
        sheet.write_string(row, place, head, bold)
    for stratum in sample.strata:
        row += 1
        sheet.write_string(row, 0, cell_text(stratum.member))
        sheet.write_string(row, 1, table_name(stratum.kind, language))
        for place, count in enumerate((stratum.population, stratum.wanted, stratum.drawn), start=2):
            sheet.write_number(row, place, count)
        if stratum.is_short:
            sheet.write_string(row, 5, language.gettext("all there are"))
    return row + 1


def _left_out(sheet: Worksheet, bold: object, sample: AuditSample, language: Language, row: int) -> None:
    told = [(kind, reason, count) for kind, counts in sample.left_out.items() for reason, count in counts.items()]
    if not told:
        return
    heads = (language.gettext("Could not be drawn"), language.gettext("Cases of"), language.gettext("How many"))
    for place, head in enumerate(heads):
        sheet.write_string(row, place, head, bold)
    for row_, (kind, reason, count) in enumerate(sorted(told), start=row + 1):
        sheet.write_string(row_, 0, reason_name(reason, language))
        sheet.write_string(row_, 1, table_name(kind, language))
        sheet.write_number(row_, 2, count)


def reason_name(reason: str, language: Language) -> str:
    """Why cases could not be drawn, in words."""
    return language.gettext(_REASONS[reason]) if reason in _REASONS else reason.replace("_", " ")
