"""Weak points and strengths: what stands of everything that was compared, by consequence, each with a next step."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.assessment import Assessment, Finding
from reports.arrangement import Beside, Halves, arranged
from reports.conclusions import joined
from reports.document import Block, Missing, Note, Notes, Prose, Section
from reports.formats import share
from reports.heights import HALF_MM, MAIN_MM
from reports.language import Language
from reports.names import inside
from reports.observations import observation, observation_title, strength, strengths, weak_points
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
        blocks[f"weak_{place}"] = observation(finding, f"weak-point-{place}", language, width_mm=width)
    for place, finding in enumerate(strong, 1):
        blocks[f"strong_{place}"] = strength(finding, language)
    if not weak and not strong:
        blocks["nothing"] = Prose("", (nothing_stands(language),))
    first, *others = blocks
    blocks["notes"] = _notes(assessment, language)
    section = Section(
        id="weak_points",
        kicker=kicker,
        title=weak_points_title(weak, strong, language),
        blocks=blocks,
        may_follow=True,
        metrics=tuple(dict.fromkeys(one.figure.metric.id for one in (*weak, *strong))),
    )
    return arranged(section, (Beside(first, "notes"), Halves(tuple(others))), language)


def weak_points_title(weak: Sequence[Finding], strong: Sequence[Finding], language: Language) -> str:
    """The weightiest weak point and strength; that nothing stands when there is neither."""
    if not weak and not strong:
        return language.gettext(
            "Nothing differs beyond chance, neither from before nor between the parts of the service"
        )
    if not weak:
        return language.gettext("Strongest: {finding}", finding=observation_title(strong[0], language))
    first = language.gettext("Weakest: {finding}", finding=observation_title(weak[0], language))
    if not strong:
        return first
    second = language.gettext("Strongest: {finding}", finding=observation_title(strong[0], language))
    return joined(first, [inside(second)], language)


def nothing_stands(language: Language) -> str:
    """The plain sentence for a period in which nothing stands."""
    return language.gettext(
        "Of everything that was compared, no difference is larger than chance explains. That is no proof that nothing "
        "changed: small changes need more cases to be seen."
    )


def _notes(assessment: Assessment, language: Language) -> Notes:
    looked_at = assessment.looked_at
    counted = language.ngettext("{n} difference was looked at", "{n} differences were looked at", looked_at.differences)
    stood = language.ngettext("{n} of them stands", "{n} of them stand", looked_at.survived)
    promise = language.gettext(
        "Looking at so many, some differ by chance alone. What is named here passed one control of all of them: at "
        "most {rate} of what stands is expected to be chance.",
        rate=share(looked_at.rate, language, 0),
    )
    order = language.gettext(
        "In the order of consequence: how large the difference is, times how many customers it touches, times what it "
        "is about; satisfaction and loyalty count twice, workload half."
    )
    people = language.gettext("People are counted in the control and are not named here.")
    return Notes(
        (
            Note(language.gettext("What was compared"), (f"{counted}; {stood}.", promise)),
            Note(language.gettext("How it is ordered"), (order, people)),
        )
    )
