"""Contact reasons: what customers ask, what of it grows and what comes back, and what could be written or taught."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.assessment import Assessment
from evaluation.measurement import UNASSIGNED
from reports.arrangement import Beside, Whole, arranged
from reports.broken_down import rows_of
from reports.conclusions import joined
from reports.document import Block, Missing, Note, Notes, Section
from reports.evidence import has_value, measured
from reports.findings import above_the_rest
from reports.formats import amount, number, share
from reports.language import Language
from reports.names import member_name, sentence
from reports.section import Material
from reports.sections.contact_reasons.growth import (
    PASTS,
    Reason,
    grown,
    growth_picture,
    named,
    reason_name,
    reasons_table,
)
from reports.sections.contact_reasons.written import (
    candidates_table,
    estimated_besides,
    estimated_table,
    trust_in,
    why_nothing_was_read,
)

ORDER = 58
METRIC, REPEATS, COMPLAINTS = "contact_reasons", "repeat_contact_share", "complaint_rate"
BUSIEST = "top_requesters_share"
METRICS = (METRIC, BUSIEST, "tickets_per_requester")
"""Metrics that have their place here, and on no other page."""


def build(material: Material) -> Section | Missing:
    """Topics against the past, with repeats and complaints; no page when no topic is recorded or can be read."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Contact reasons")
    reasons = rows_of(assessment, METRIC)
    besides = estimated_besides(assessment, {one["reason"] for one in named(reasons)})
    estimated, candidates = estimated_table(assessment, besides, language), candidates_table(assessment, language)
    if not named(reasons) and estimated is None:
        return Missing("contact_reasons", kicker, _why_missing(reasons, language))
    notes = _notes(assessment, reasons, candidates is not None, language)
    picture = growth_picture(assessment, reasons, notes, language)
    found: dict[str, Block | None] = {
        "growth": picture,
        "notes": notes if notes.items else None,
        "reasons": reasons_table(
            assessment,
            reasons,
            material.files,
            language,
            estimated=besides,
            trust=trust_in(assessment, besides, language),
        )
        if named(reasons)
        else None,
        "candidates": candidates,
        "estimated": estimated,
    }
    section = Section(
        id="contact_reasons",
        kicker=kicker,
        title=reasons_title(assessment, reasons, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=tuple(name for name in (METRIC, REPEATS, COMPLAINTS, BUSIEST) if has_value(measured(assessment, name))),
    )
    pieces = (Beside("growth", "notes"), Whole("reasons"), Whole("candidates"), Whole("estimated"))
    return arranged(section, pieces, language)


def reasons_title(assessment: Assessment, reasons: Sequence[Reason], language: Language) -> str:
    """The topic that grew most beyond chance, else the one asked most; then the one that comes back most."""
    known = named(reasons)
    if not known:
        return language.gettext("No contact carries a topic; what customers ask was read from their words")
    has_grown = any(grown(known, past) for past in PASTS)
    seconds = [_comes_back(assessment, language), *([_most(known, language)] if has_grown else [])]
    return joined(_first_half(known, language), seconds, language)


def _first_half(known: Sequence[Reason], language: Language) -> str:
    for past in PASTS:
        if risen := grown(known, past):
            return _grew(risen[0], past, language)
    return sentence(_most(known, language))


def _grew(reason: Reason, past: str, language: Language) -> str:
    words = {"topic": reason_name(reason, language), "contacts": number(reason["contacts"], language)}
    change = reason[f"growth_{past}"]
    if change is None:
        if past == "previous":
            return language.gettext("{topic}: {contacts} contacts, none in the period before", **words)
        return language.gettext("{topic}: {contacts} contacts, none a year before", **words)
    words["growth"] = share(change, language, 0)
    if past == "previous":
        return language.gettext("{topic}: {contacts} contacts, {growth} more than in the period before", **words)
    return language.gettext("{topic}: {contacts} contacts, {growth} more than a year before", **words)


def _most(known: Sequence[Reason], language: Language) -> str:
    words = {"topic": reason_name(known[0], language), "share": share(known[0]["share"], language, 0)}
    return language.gettext("most asked: {topic}, {share}", **words)


def _comes_back(assessment: Assessment, language: Language) -> str:
    often = above_the_rest(assessment, REPEATS, "topic")
    if often is None:
        return ""
    return language.gettext(
        "customers come back most about {topic}", topic=member_name("topic", often.member, language)
    )


def _notes(assessment: Assessment, reasons: Sequence[Reason], has_candidates: bool, language: Language) -> Notes:
    notes = [
        Note(language.gettext("What grows"), _growing(reasons, language)),
        Note(language.gettext("What comes back"), _returning(assessment, has_candidates, language)),
        Note(language.gettext("What is complained about"), _complained(assessment, language)),
        Note(language.gettext("Who asks"), _asking(assessment, language)),
        Note(language.gettext("Without a topic"), _without(assessment, reasons, language)),
    ]
    return Notes(tuple(note for note in notes if note.text))


def _growing(reasons: Sequence[Reason], language: Language) -> tuple[str, ...]:
    lines = []
    for past in PASTS:
        if any(one[f"contacts_{past}"] is not None for one in named(reasons)):
            names = [reason_name(one, language) for one in grown(reasons, past)[:3]]
            lines.append(_grown_line(past, ", ".join(names), language))
    return tuple(lines)


def _grown_line(past: str, names: str, language: Language) -> str:
    if past == "previous":
        if names:
            return language.gettext("More than in the period before, beyond chance: {topics}.", topics=names)
        return language.gettext("No topic has grown beyond chance since the period before.")
    if names:
        return language.gettext("More than a year before, beyond chance: {topics}.", topics=names)
    return language.gettext("No topic has grown beyond chance since a year before.")


def _returning(assessment: Assessment, has_candidates: bool, language: Language) -> tuple[str, ...]:
    whole, often = measured(assessment, REPEATS), above_the_rest(assessment, REPEATS, "topic")
    if whole is None or whole.value is None:
        return ()
    if often is None:
        line = language.gettext(
            "{share} of the contacts are repeats; no topic clearly more often than the others.",
            share=share(whole.value, language),
        )
    else:
        line = language.gettext(
            "{topic}: {share} of its contacts are repeats, {whole} of all.",
            topic=member_name("topic", often.member, language),
            share=share(often.value or 0.0, language),
            whole=share(whole.value, language),
        )
    looked_for = assessment.breakdowns.get("recurring_questions")
    if has_candidates or looked_for is None or looked_for.reason != "none_found":
        return (line,)
    return (line, language.gettext("No question stands out as one for an article, a template or training."))


def _complained(assessment: Assessment, language: Language) -> tuple[str, ...]:
    whole = measured(assessment, COMPLAINTS)
    often = above_the_rest(assessment, COMPLAINTS, "topic")
    if whole is None or whole.value is None or often is None or often.value is None:
        return ()
    unit = assessment.catalogue[COMPLAINTS].unit
    return (
        language.gettext(
            "{topic}: {rate} complaints per 100 contacts, {whole} in all.",
            topic=member_name("topic", often.member, language),
            rate=amount(often.value, unit, language).text,
            whole=amount(whole.value, unit, language).text,
        ),
    )


def _asking(assessment: Assessment, language: Language) -> tuple[str, ...]:
    busiest = measured(assessment, BUSIEST)
    if busiest is None or busiest.value is None:
        return ()
    text = language.gettext(
        "The five busiest customers sent {share} of the tickets.", share=share(busiest.value, language)
    )
    return (text,)


def _without(assessment: Assessment, reasons: Sequence[Reason], language: Language) -> tuple[str, ...]:
    nothing_read = why_nothing_was_read(assessment, language)
    without = next((one for one in reasons if one["reason"] == UNASSIGNED and one["contacts"]), None)
    if nothing_read:
        return (nothing_read,)
    if without is None:
        return ()
    return (language.gettext("{share} of the contacts carry no topic.", share=share(without["share"], language)),)


def _why_missing(reasons: Sequence[Reason], language: Language) -> str:
    if reasons:
        return language.gettext("no contact carries a topic")
    return language.gettext("no contacts were counted in the period")
