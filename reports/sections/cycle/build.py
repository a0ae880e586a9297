"""The thirteen steps of the evaluation cycle with their state, and the sections that have no page."""

from __future__ import annotations

from evaluation.assessment import CycleStep
from evaluation.errors import RenderError
from reports.arrangement import Whole, arranged
from reports.document import Block, Cell, Column, Missing, Prose, Section, Table
from reports.formats import number
from reports.language import N_, Language
from reports.section import Material
from reports.wording import STEP_STATE, marked

ORDER = 100
STEPS = {
    "expectations": N_("Expectations set"),
    "correspondence": N_("Correspondence read"),
    "calls": N_("Calls monitored"),
    "resolution": N_("Resolution time checked"),
    "reviews": N_("Public reviews evaluated"),
    "questions": N_("Customer questions analysed"),
    "mystery": N_("Mystery shopping"),
    "feedback": N_("Feedback asked"),
    "performance": N_("Performance analysed"),
    "talks": N_("Results discussed"),
    "weak_points": N_("Weak points acknowledged"),
    "goals": N_("Goals set"),
    "follow_ups": N_("Run, track, improve"),
}
COUNTED = {
    "sla_policies": N_("SLA policies"),
    "calendars": N_("calendars"),
    "goals": N_("goals"),
    "follow_ups": N_("follow-ups"),
    "tickets": N_("tickets"),
    "audits": N_("audits"),
    "left_out": N_("left out"),
    "calls": N_("calls"),
    "solved": N_("solved"),
    "topics": N_("topics"),
    "untagged": N_("without a topic"),
    "reviews": N_("reviews"),
    "answered": N_("answered"),
    "visits": N_("visits"),
    "surveys": N_("surveys"),
    "answers": N_("answers"),
    "teams": N_("teams"),
    "agents": N_("agents"),
    "benchmarks": N_("benchmarks"),
    "talks": N_("talks"),
    "findings": N_("findings"),
    "reached": N_("met"),
    "done": N_("done"),
    "overdue": N_("overdue"),
    "open": N_("open"),
}
"""What a step's evidence counts, in the plural: `tickets: 1,234`."""


def build(material: Material) -> Section:
    """The page of the cycle."""
    assessment, language = material.assessment, material.language
    blocks: dict[str, Block] = {"steps": _steps(assessment.cycle, language)}
    missing = tuple(part for part in material.earlier if isinstance(part, Missing))
    if missing:
        lines = tuple(f"{part.kicker}: {part.reason}." for part in missing)
        blocks["missing"] = Prose(language.gettext("Sections without a page"), lines)
    section = Section(
        id="cycle",
        kicker=language.gettext("The evaluation cycle"),
        title=cycle_title(assessment.cycle, language),
        blocks=blocks,
        may_follow=True,
    )
    return arranged(section, (Whole("steps"), Whole("missing")), language)


def cycle_title(cycle: tuple[CycleStep, ...], language: Language) -> str:
    """How many steps are done."""
    total = len(cycle)
    done, partly = (sum(step.state == state for step in cycle) for state in ("done", "partly"))
    if total and done == total:
        return language.gettext("All thirteen steps of the cycle are done")
    first = language.ngettext(
        "{done} of {n} step of the cycle is done",
        "{done} of {n} steps of the cycle are done",
        total,
        done=number(done, language),
    )
    return f"{first}, {language.ngettext('{n} in part', '{n} in part', partly)}" if partly else first


def step_name(step: CycleStep, language: Language) -> str:
    """Name of a step.

    Raises:
        RenderError: The step has no words.
    """
    if step.id not in STEPS:
        raise RenderError(
            f"the report has no words for the step {step.id!r}", remedy="add them to reports/sections/cycle/build.py"
        )
    return language.gettext(STEPS[step.id])


def evidence_of(step: CycleStep, language: Language) -> str:
    """The step's counts in words; a count without a word is a fault.

    Raises:
        RenderError: A count has no words.
    """
    unknown = [name for name in step.evidence if name not in COUNTED]
    if unknown:
        raise RenderError(
            f"the report has no words for the count {unknown[0]!r}",
            where=f"step {step.id}",
            remedy="add them to reports/sections/cycle/build.py",
        )
    return ", ".join(
        f"{language.gettext(COUNTED[name])}: {number(count, language)}" for name, count in step.evidence.items()
    )


def _steps(cycle: tuple[CycleStep, ...], language: Language) -> Table:
    columns = (
        Column(language.gettext("No."), 10),
        Column(language.gettext("Step"), 60),
        Column(language.gettext("State"), 30),
        Column(language.gettext("Evidence"), 74),
    )
    rows = tuple(
        (
            Cell(text=number(step.number, language)),
            Cell(text=step_name(step, language)),
            Cell(mark=marked(STEP_STATE, step.state, language)),
            Cell(text=evidence_of(step, language) or language.gettext("none")),
        )
        for step in cycle
    )
    return Table(columns=columns, rows=rows)
