"""Quality: what audits and mystery visits found, and how far the auditors agree. Agents are never listed here."""

from __future__ import annotations

from evaluation.assessment import Assessment
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.conclusions import joined, promise_kept
from reports.document import Block, Missing, Note, Notes, Section
from reports.evidence import figure_of, has_value, is_small, measured, why_absent
from reports.figure_tables import figures_table
from reports.findings import stands_out
from reports.formats import amount, number, share
from reports.language import Language
from reports.member_pictures import members_picture
from reports.member_tables import members_table
from reports.names import inside, metric_label
from reports.process_pictures import course_picture
from reports.process_words import process_note
from reports.section import Material
from reports.sections.quality.agreement import AGREEMENT, agreement_note, alpha
from reports.sections.quality.left_out import left_out_count, left_out_text
from reports.sections.quality.parts import Part, criteria_table, lowest_part, parts_block, parts_of
from reports.sections.quality.visits import OWN, THIRD_PARTY, visits_table

ORDER = 62
SCORES = ("audit_score", "correspondence_audit_score", "call_audit_score", OWN, THIRD_PARTY)
_KINDS = ("correspondence_audit_score", "call_audit_score")
METRICS = (*SCORES, AGREEMENT)


def build(material: Material) -> Section | Missing:
    """The leading score over time, all scores, its parts and teams; no page when nothing was scored."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Quality")
    shown = shown_scores(assessment)
    if not shown and has_value(measured(assessment, AGREEMENT)):
        return _agreement_alone(material, kicker)
    if not shown:
        return Missing("quality", kicker, _why_missing(assessment, language))
    main = shown[0]
    minimum = assessment.catalogue[main].minimum_sample
    parts = parts_of(assessment, main, ("touchpoint", "attribute"), language)
    criteria = parts_of(assessment, main, ("criterion",), language)
    notes = _notes(assessment, main, language)
    found: dict[str, Block | None] = {
        "months": course_picture(assessment, main, "quality-months", language, notes=notes),
        "notes": notes,
        "scores": figures_table(
            assessment,
            shown,
            language,
            title=language.gettext("Scores of the period"),
            head=language.gettext("Score"),
            cases=language.gettext("Audits"),
            after=left_out_text(assessment, language),
        ),
        "parts": parts_block(parts, minimum, language),
        "criteria": None if _is_small(assessment, main) else criteria_table(criteria, parts, minimum, language),
        "team": _teams(material, main),
        "visits": visits_table(assessment, language),
    }
    section = Section(
        id="quality",
        kicker=kicker,
        title=quality_title(assessment, main, parts or criteria, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=(*shown, *((AGREEMENT,) if has_value(measured(assessment, AGREEMENT)) else ())),
        may_follow=True,
    )
    pieces = (
        Beside("months", "notes"),
        Whole("scores"),
        Halves(("parts", "team", "visits", "criteria")),
    )
    return arranged(section, pieces, language, spare=("criteria",))


def _agreement_alone(material: Material, kicker: str) -> Section:
    """Nothing was scored, but auditors marked the same contacts, for example while they were being trained."""
    assessment, language = material.assessment, material.language
    notes = [agreement_note(assessment, language)]
    if text := left_out_text(assessment, language):
        notes.append(Note(language.gettext("Audits that count in no score"), (text,)))
    title = metric_label(assessment.catalogue[AGREEMENT], language)
    found = measured(assessment, AGREEMENT)
    if found is not None:
        title = language.gettext("{label}: {value}", label=title, value=alpha(found, language))
    section = Section(
        id="quality",
        kicker=kicker,
        title=title,
        blocks={"notes": Notes(tuple(notes))},
        metrics=(AGREEMENT,),
        may_follow=True,
    )
    return arranged(section, (Whole("notes"),), language)


def shown_scores(assessment: Assessment) -> tuple[str, ...]:
    """The scores with a value; that of all audits alone when only one kind was audited."""
    found = [name for name in SCORES if has_value(measured(assessment, name))]
    kinds = [name for name in found if name in _KINDS]
    return tuple(name for name in found if name not in _KINDS or len(kinds) > 1)


def quality_title(assessment: Assessment, metric_id: str, parts: tuple[Part, ...], language: Language) -> str:
    """The leading score, and what is clearly lowest in it, or how many audits failed."""
    metric, found, figure = (
        assessment.catalogue[metric_id],
        measured(assessment, metric_id),
        figure_of(assessment, metric_id),
    )
    if found is None or found.value is None:
        return metric_label(metric, language)
    kept = promise_kept(figure, language) if figure else ""
    value = kept or amount(found.value, metric.unit, language).text
    if is_small(found) and not kept:
        value = language.ngettext("{value} from {n} case only", "{value} from {n} cases only", found.n, value=value)
    first = language.gettext("{label}: {value}", label=metric_label(metric, language), value=value)
    seconds = []
    lowest = lowest_part(assessment, metric_id, parts)
    if lowest:
        mark = share(lowest.mean, language)
        seconds.append(language.gettext("lowest in {part}, {share}", part=inside(lowest.label), share=mark))
    if failed := _failed(assessment, metric_id):
        seconds.append(
            language.ngettext("{n} audit failed a critical criterion", "{n} audits failed a critical criterion", failed)
        )
    seconds.append(language.ngettext("{n} audit", "{n} audits", found.n))
    return joined(first, seconds, language)


def _is_small(assessment: Assessment, metric_id: str) -> bool:
    found = measured(assessment, metric_id)
    return found is None or is_small(found)


def _failed(assessment: Assessment, metric_id: str) -> int | None:
    """Audits with a critical criterion below its line; None when that is not known."""
    found = assessment.breakdowns.get("audit_criteria")
    count = None if found is None else found.facts.get(f"failed.{metric_id}")
    return None if count is None else int(count)


def _notes(assessment: Assessment, metric_id: str, language: Language) -> Notes:
    told = (process_note(assessment, metric_id, language), stands_out(assessment, SCORES, language))
    notes = [note for note in told if note]
    failed, found = _failed(assessment, metric_id), measured(assessment, metric_id)
    if failed is not None and found is not None and found.n:
        notes.append(Note(language.gettext("Critical failures"), (_failures(failed, found.n, language),)))
    return Notes((*notes, agreement_note(assessment, language)))


def _failures(failed: int, audits: int, language: Language) -> str:
    if not failed:
        return language.gettext("No audit had a critical criterion below its line.")
    return language.ngettext(
        "{n} of {audits} audits ({share}) had a critical criterion below its line and scores 0.",
        "{n} of {audits} audits ({share}) had a critical criterion below its line and score 0.",
        failed,
        audits=number(audits, language),
        share=share(failed / audits, language),
    )


def _teams(material: Material, metric_id: str) -> Block | None:
    """The leading score by team, unless it is that of the visits, which have a table of their own."""
    if metric_id in (OWN, THIRD_PARTY):
        return None
    language = material.language
    heads = {"cases": language.gettext("Audits"), "value": language.gettext("Score")}
    return members_picture(material.assessment, metric_id, "team", "quality-team", language) or members_table(
        material, metric_id, "team", **heads
    )


def _why_missing(assessment: Assessment, language: Language) -> str:
    left = left_out_count(assessment)
    if left:
        return language.ngettext(
            "{n} audit was left out, none could be scored", "{n} audits were left out, none could be scored", left
        )
    absent = next((row for name in SCORES if (row := measured(assessment, name))), None)
    return why_absent(absent.reason if absent else None, language)
