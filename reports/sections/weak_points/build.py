"""Weak points and strengths: what stands of everything that was compared, by consequence, each with a next step."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.assessment import Assessment, Finding
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.conclusions import fits, joined
from reports.document import Block, Missing, Note, Notes, Prose, Section
from reports.formats import share
from reports.heights import HALF_MM, MAIN_MM
from reports.language import Language
from reports.names import inside, sentence
from reports.observations import (
    conclusion,
    observation,
    observation_title,
    strengths,
    strengths_table,
    weak_points,
)
from reports.section import Material

ORDER = 70


def build(material: Material) -> Section | Missing:
    """Up to six weak points and four strengths; one sentence when nothing stands; no page when nothing was compared."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Weak points and strengths")
    if not assessment.looked_at.differences:
        return Missing("weak_points", kicker, language.gettext("there was nothing to compare"))
    weak, strong = weak_points(assessment.findings), strengths(assessment.findings)
    blocks: dict[str, Block] = {}
    for place, finding in enumerate(weak, 1):
        width = MAIN_MM if place == 1 else HALF_MM
        blocks[f"weak_{place}"] = observation(finding, assessment, f"weak-point-{place}", language, width_mm=width)
    if not weak:
        blocks["nothing"] = Prose("", (nothing_stands(bool(strong), language),))
    first, *others = blocks
    blocks["notes"] = _notes(assessment, language)
    if strong:
        blocks["strengths"] = strengths_table(strong, assessment, language)
    section = Section(
        id="weak_points",
        kicker=kicker,
        title=weak_points_title(weak, strong, language),
        lead=_order(language) if weak or strong else "",
        blocks=blocks,
        may_follow=True,
        metrics=tuple(dict.fromkeys(one.figure.metric.id for one in (*weak, *strong))),
    )
    return arranged(section, (Beside(first, "notes"), Halves(tuple(others)), Whole("strengths")), language)


def weak_points_title(weak: Sequence[Finding], strong: Sequence[Finding], language: Language) -> str:
    """The weightiest weak point and strength with their figures; that nothing stands when there is neither."""
    if not weak and not strong:
        return language.gettext("Nothing differs beyond chance, from before or between parts of the service")
    halves = [
        [conclusion(one, language), inside(observation_title(one, language, is_short=True))]
        for found in (weak, strong)
        for one in found[:1]
    ]
    first, *seconds = halves
    told = next((text for text in first if fits(text)), first[-1])
    return joined(sentence(told), [text for second in seconds for text in second], language)


def nothing_stands(has_strengths: bool, language: Language) -> str:
    """The plain sentence for a period without weak points."""
    if has_strengths:
        return language.gettext("Of everything that was compared, nothing is worse than chance explains.")
    return language.gettext(
        "Of everything that was compared, no difference is larger than chance explains. That is no proof that nothing "
        "changed: small changes need more cases to be seen."
    )


def _notes(assessment: Assessment, language: Language) -> Notes:
    looked_at = assessment.looked_at
    counted = language.ngettext("{n} difference was looked at", "{n} differences were looked at", looked_at.differences)
    stood = language.ngettext("{n} of them stands", "{n} of them stand", looked_at.survived)
    promise = language.gettext(
        "Among so many, some differ by chance alone. One control of them all keeps chance to at most {rate} of what "
        "stands.",
        rate=share(looked_at.rate, language, 0),
    )
    people = language.gettext("People are in the control too, and not named here.")
    told = (f"{counted}; {stood}.", promise, people)
    return Notes((Note(language.gettext("What was compared"), told),))


def _order(language: Language) -> str:
    """By what the findings are ordered."""
    return language.gettext(
        "By the size of the difference, times the customers it touches, times what it is about: satisfaction and "
        "loyalty count twice, workload half."
    )
