"""The cover and summary: the period in one sentence, six figures, up to three decisions."""

from __future__ import annotations

from evaluation.assessment import Change, Figure
from evaluation.measurement import Caveat
from reports.conclusions import headline, lead
from reports.decisions import wanted
from reports.document import Decisions, Section, Terms, Tile, Tiles
from reports.evidence import why_absent
from reports.formats import amount, change, in_period, moment, number, target
from reports.language import Language
from reports.names import figure_label
from reports.pictures import cover_ribbon, sparkline_of
from reports.section import Material
from reports.wording import CHANGE, STATUS, caveats, marked, said

ORDER = 10


def build(material: Material) -> Section:
    """Page 1; there always is one, also when nothing could be measured."""
    assessment, language = material.assessment, material.language
    previous = assessment.period.previous().id
    tiles = tuple(_tile(figure, rank, language) for rank, figure in enumerate(assessment.figures, 1))
    sub = language.gettext(
        "Change: against the period before, {when}; a verdict only beyond noise.",
        when=in_period(previous, language).replace(" ", "\u00a0"),
    )
    blocks: dict[str, object] = {"sizes": _sizes(material)}
    if ribbon := cover_ribbon(assessment, language):
        blocks["ribbon"] = ribbon
    if tiles:
        blocks["figures"] = Tiles(tiles, sub)
    blocks["decisions"] = Decisions(
        language.gettext("Decisions wanted"),
        tuple(wanted(decision, assessment, language) for decision in assessment.decisions[:3]),
        language.gettext("No decision is wanted this time: no goal is missed and no follow-up is overdue."),
    )
    return Section(
        id="summary",
        kicker=language.gettext("The period in brief"),
        title=headline(assessment, language),
        lead=lead(assessment, language),
        blocks=blocks,
        metrics=tuple(dict.fromkeys(figure.metric.id for figure in assessment.figures)),
    )


def _tile(figure: Figure, rank: int, language: Language) -> Tile:
    unit = figure.metric.unit
    value = None if figure.value is None else amount(figure.value, unit, language, against=figure.target)
    return Tile(
        label=figure_label(figure.metric, figure.where, figure.statistic, language),
        value=value,
        absent="" if value else why_absent(figure.reason, language),
        change=_change(figure, language) if value else "",
        caveat=_caveat(figure, language),
        mark=marked(STATUS, figure.status, language) if figure.status else None,
        target=""
        if figure.target is None
        else language.gettext("target {target}", target=target(figure.target, unit, language)),
        sparkline=sparkline_of(figure, f"tile-{rank}", language),
        sample=language.gettext("n = {n}", n=number(figure.n, language)) if value else "",
    )


def _caveat(figure: Figure, language: Language) -> str:
    """What may be said against the figure; undecided cases by their number."""
    parts = [caveats(tuple(caveat for caveat in figure.caveats if caveat is not Caveat.IMMATURE), language)]
    if figure.undecided and figure.value is not None:
        parts.append(language.ngettext("{n} case undecided", "{n} cases undecided", figure.undecided))
    return "; ".join(part for part in parts if part)


def _change(figure: Figure, language: Language) -> str:
    verdict = said(CHANGE, figure.verdict, language)
    if figure.change is None or figure.verdict in (Change.NOT_COMPARED, Change.NOT_WHOLE):
        return verdict
    return language.pgettext(
        "change and its meaning",
        "{change}: {verdict}",
        change=change(figure.change, figure.metric.unit, language),
        verdict=verdict,
    )


def _sizes(material: Material) -> Terms:
    assessment, language = material.assessment, material.language
    sizes = assessment.sizes
    named = [
        ("tickets", language.gettext("Tickets")),
        ("answers", language.gettext("Survey answers")),
        ("agents", language.gettext("Agents")),
    ]
    pairs = [(name, number(sizes[key], language)) for key, name in named if sizes.get(key)]
    checks = assessment.validation.checks
    passed = sum(check.passed for check in checks)
    held = language.gettext(
        "{passed} of {total} checks passed", passed=number(passed, language), total=number(len(checks), language)
    )
    pairs.append((language.gettext("Data as of"), moment(assessment.cut, assessment.period.zone, language)))
    pairs.append((language.gettext("Validation"), held if checks else language.gettext("no check ran")))
    return Terms(tuple(pairs))
