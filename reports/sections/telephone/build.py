"""Telephone: whether callers are answered in time, how many give up, how long a call takes, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from evaluation.assessment import Assessment, Target
from evaluation.measurement import Measurement
from evaluation.metric import Unit
from reports.arrangement import Beside, Halves, Piece, Whole, arranged
from reports.broken_down import facts_of, rows_of
from reports.conclusions import joined
from reports.document import Block, Cell, Column, Missing, Note, Notes, Picture, Section, Table
from reports.evidence import (
    by_name,
    count_cell,
    has_value,
    interval_cell,
    measured,
    members,
    most,
    name_cell,
    rest_of,
    right,
    target_of,
    value_cell,
    why_absent,
)
from reports.figure_tables import figures_table
from reports.findings import stands_out
from reports.formats import ABSENT, amount, bound, duration, number, share
from reports.language import Language, pN_
from reports.member_tables import with_footnotes
from reports.pictures import months_picture
from reports.section import Material
from reports.sections.telephone.rule import answered_within, rule_of

ORDER = 45
METRIC = "service_level"
OFFERED, SPEED, GIVEN_UP, HANDLE = "calls_offered", "average_speed_of_answer", "abandonment_rate", "handle_time"
METRICS = (METRIC, SPEED, GIVEN_UP, "abandonment_rate_all", "abandonment_rate_without_short", HANDLE, OFFERED)
OUTCOMES = {
    "answered": pN_("outcome of a call", "answered by an agent"),
    "abandoned": pN_("outcome of a call", "given up in the queue"),
    "short_abandoned": pN_("outcome of a call", "given up in the first seconds"),
    "voicemail": pN_("outcome of a call", "left a message"),
    "callback": pN_("outcome of a call", "asked to be called back"),
    "failed": pN_("outcome of a call", "failed"),
    "before_queue": pN_("outcome of a call", "hung up before the queue"),
    "not_over": pN_("outcome of a call", "still in progress"),
}
_BY_TEAM = {
    OFFERED: pN_("head of a table", "Calls"),
    METRIC: pN_("head of a table", "In time"),
    GIVEN_UP: pN_("head of a table", "Given up"),
    SPEED: pN_("head of a table", "Speed of answer"),
    HANDLE: pN_("head of a table", "Handle time"),
}

TEAM, INTERVAL = "team", "interval"
_ACROSS = {TEAM: 36.0, OFFERED: 22.0, METRIC: 22.0, INTERVAL: 28.0, GIVEN_UP: 22.0, SPEED: 22.0, HANDLE: 22.0}
_IN_A_COLUMN = {TEAM: 23.0, OFFERED: 11.0, METRIC: 14.0, INTERVAL: 22.0, GIVEN_UP: 14.0}
"""Columns of the table of teams, and their widths in millimetres."""
_PLANS: tuple[tuple[Mapping[str, float], tuple[Piece, ...]], ...] = (
    (_ACROSS, (Halves(("outcomes", "rule")), Whole("teams"))),
    (_IN_A_COLUMN, (Halves(("outcomes", "teams", "rule")),)),
)


def build(material: Material) -> Section | Missing:
    """Service level by month, the figures of the queue, how calls ended, and the teams; no page without calls."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Telephone")
    offered, whole = measured(assessment, OFFERED), measured(assessment, METRIC)
    shown = tuple(name for name in METRICS if has_value(measured(assessment, name)))
    if not shown or not has_value(offered) or not offered.value:  # type: ignore[union-attr]
        absent = whole if whole is not None and whole.reason else offered
        return Missing("telephone", kicker, why_absent(absent.reason if absent else None, language))
    notes = _notes(assessment, whole, shown, language)
    found: dict[str, Block | None] = {
        "months": _months(assessment, notes, language),
        "notes": notes,
        "figures": figures_table(assessment, shown, language, title=language.gettext("The figures of the queue")),
        "outcomes": _outcomes(assessment, language),
        "rule": rule_of(assessment, language),
    }
    section = Section(
        id="telephone",
        kicker=kicker,
        title=telephone_title(assessment, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=shown,
    )
    return _with_teams(section, material, lower=_months(assessment, None, language))


def _months(assessment: Assessment, notes: Notes | None, language: Language) -> Picture | None:
    return months_picture(assessment, METRIC, "telephone-months", language, notes=notes, promised=promised(assessment))


def _with_teams(section: Section, material: Material, lower: Picture | None = None) -> Section:
    """The section with its teams: on as few pages as it can have, and then as it shows most.

    The chart may be `lower`, and the teams may stand in one column with fewer figures instead of across the page.
    """
    plans = []
    for months, (widths, below) in product((section.blocks.get("months"), lower), _PLANS):
        added = {"months": months, "teams": _teams(material, section.metrics, widths)}
        blocks = {**section.blocks, **{name: block for name, block in added.items() if block}}
        pieces = (Beside("months", "notes"), Whole("figures"), *below)
        plans.append(arranged(replace(section, blocks=blocks), pieces, material.language))
    return min(plans, key=lambda plan: plan.pages)


def promised(assessment: Assessment) -> Target | None:
    """What a goal or a figure asks of the service level, else what callers are promised; None when nobody says."""
    goal = facts_of(assessment, "call_outcomes").get("goal")
    return target_of(assessment, METRIC) or (None if goal is None else Target(at_least=float(goal)))


def telephone_title(assessment: Assessment, language: Language) -> str:
    """The service level against what is promised; a promise inside the interval is neither kept nor broken."""
    whole, bounds = measured(assessment, METRIC), promised(assessment)
    if whole is None or whole.value is None:
        count = measured(assessment, OFFERED)
        return language.ngettext(
            "{n} call was offered", "{n} calls were offered", int(count.value or 0) if count else 0
        )
    printed = amount(whole.value, Unit.SHARE, language, against=bounds).text
    first = answered_within(assessment, printed, language)
    if bounds is None or bounds.at_least is None:
        return first
    goal = bound(bounds.at_least, Unit.SHARE, language)
    return joined(first, [_verdict(whole, bounds.at_least, language).format(goal=goal)], language)


def _verdict(whole: Measurement, goal: float, language: Language) -> str:
    if whole.low is not None and whole.high is not None and whole.low <= goal <= whole.high:
        return language.gettext("the goal of {goal} lies within its interval", goal="{goal}")
    if (whole.value or 0.0) >= goal:
        return language.gettext("the goal of {goal} is met", goal="{goal}")
    return language.gettext("the goal of {goal} is missed", goal="{goal}")


def _notes(
    assessment: Assessment, whole: Measurement | None, shown: tuple[str, ...], language: Language
) -> Notes | None:
    found = [stands_out(assessment, shown, language)]
    if whole is not None and whole.numerator is not None and whole.denominator:
        decided, met = int(whole.denominator), int(whole.numerator)
        line = language.ngettext(
            "{met} of {n} call in time.", "{met} of {n} calls in time.", decided, met=number(met, language)
        )
        found.append(Note(language.gettext("What was counted"), (line,)))
    half, most_of = (measured(assessment, SPEED, statistic=name) for name in ("median", "p90"))
    if half and most_of and half.value is not None and most_of.value is not None:
        line = language.gettext(
            "Half of the callers who were answered waited {half} or less, nine of ten {most} or less.",
            half=duration(half.value, language),
            most=duration(most_of.value, language),
        )
        found.append(Note(language.gettext("How long callers wait"), (line,)))
    notes = tuple(note for note in found if note)
    return Notes(notes) if notes else None


def _outcomes(assessment: Assessment, language: Language) -> Table | None:
    """How calls ended, in opening hours and outside; None when nothing is known of it."""
    rows = [row for row in rows_of(assessment, "call_outcomes") if row["calls"] or row["out_of_hours"]]
    if not rows:
        return None
    facts = facts_of(assessment, "call_outcomes")
    columns = (
        Column(language.gettext("How calls ended"), 43),
        right(language.gettext("Calls"), 11),
        right(language.gettext("Share"), 14),
        right(language.gettext("When closed"), 16),
    )
    cells = tuple(
        (
            Cell(text=language.pgettext("outcome of a call", OUTCOMES[row["outcome"]])),
            count_cell(row["calls"], language),
            Cell(text=ABSENT if row["share"] is None else share(row["share"], language)),
            count_cell(row["out_of_hours"], language),
        )
        for row in rows
    )
    return Table(
        title=language.gettext("Calls by outcome"),
        sub=language.ngettext(
            "calls in opening hours; share of the {n} call offered then",
            "calls in opening hours; share of the {n} calls offered then",
            int(facts.get("offered", 0)),
        ),
        columns=columns,
        rows=cells,
        after=_remarks(facts, language),
    )


def _remarks(facts: object, language: Language) -> str:
    told = []
    if moved := int(facts.get("transferred", 0)):  # type: ignore[attr-defined]
        told.append(
            language.ngettext(
                "{n} call was transferred; it is one call.", "{n} calls were transferred; each is one call.", moved
            )
        )
    if cut := int(facts.get("wraps_capped", 0)):  # type: ignore[attr-defined]
        told.append(
            language.ngettext(
                "The work after {n} call had no end or was too long, and was cut.",
                "The work after {n} calls had no end or was too long, and was cut.",
                cut,
            )
        )
    return " ".join(told)


def _teams(material: Material, shown: tuple[str, ...], widths: Mapping[str, float]) -> Table | None:
    """The teams side by side, alphabetically; None with fewer than two."""
    assessment, language = material.assessment, material.language
    rows = members(assessment, OFFERED, "team")
    if len(rows) < 2:
        return None
    listed = by_name(most(rows), "team", language)
    beside = [name for name in widths if name in shown or (name == INTERVAL and METRIC in shown)]
    cells = tuple(
        (name_cell("team", row.member, language), *_of_team(assessment, beside, row.member, language)) for row in listed
    )
    table = Table(
        title=language.gettext("Telephone by team"),
        columns=(
            Column(language.gettext("Team"), widths[TEAM]),
            *(right(_head(name, language), widths[name]) for name in beside),
        ),
        rows=cells,
        after=rest_of(len(listed), len(rows), material.files, language),
    )
    return with_footnotes(table)


def _head(name: str, language: Language) -> str:
    if name == INTERVAL:
        return language.gettext("95% interval")
    return language.pgettext("head of a table", _BY_TEAM[name])


def _of_team(assessment: Assessment, beside: list[str], member: str, language: Language) -> tuple[Cell, ...]:
    cells = []
    for name in beside:
        metric_id = METRIC if name == INTERVAL else name
        metric, found = (
            assessment.catalogue[metric_id],
            measured(assessment, metric_id, dimension="team", member=member),
        )
        if name == OFFERED:
            cells.append(count_cell(found.n if found else None, language))
        else:
            cells.append((interval_cell if name == INTERVAL else value_cell)(found, metric, language))
    return tuple(cells)
