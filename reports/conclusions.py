"""Sentences that conclude: each is chosen by a rule from the evidence, so it cannot say the opposite of its figure."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.assessment import Assessment, Change, Figure, GoalAssessment, GoalStatus
from evaluation.measurement import Absent
from reports.evidence import why_absent
from reports.fonts import SERIF, text_width
from reports.formats import amount, bound, in_period, target
from reports.language import N_, Language
from reports.names import figure_label, inside, sentence

TITLE_POINTS = 19.0
TITLE_WIDTH_POINTS = 160 / 25.4 * 72
WORST_BREAK = 0.93
"""What remains of two lines when the first breaks before a long word."""

LEAD_LENGTH = 240
"""Characters that fit into the three lines under the title of page 1."""


def headline(assessment: Assessment, language: Language) -> str:
    """The conclusion of the period, the title of page 1."""
    figures = assessment.figures
    if figures and all(figure.value is None for figure in figures):
        if any(figure.reason is Absent.WITHHELD for figure in figures):
            return language.gettext("The main figures are withheld: their data failed critical checks")
        return sentence(
            language.gettext("Nothing could be measured {when}", when=in_period(assessment.period.id, language))
        )
    judged = [
        goal for goal in assessment.goals if goal.is_final and goal.status in (GoalStatus.REACHED, GoalStatus.MISSED)
    ]
    movements = _movements(figures, language)
    if judged:
        has_moved = any(figure.verdict in _MOVED for figure in figures)
        missed = missed_of(judged, language)
        seconds = [*movements, *missed] if has_moved else [*missed, *movements]
        return joined(reached_of(judged, language), seconds, language)
    if movements:
        return next((sentence(text) for text in movements if fits(text)), sentence(movements[-1]))
    if not figures:
        return language.gettext("No main figures are chosen for this review")
    return language.gettext("A first measurement: there is nothing to compare it with yet")


def joined(first: str, seconds: Sequence[str], language: Language) -> str:
    """Two halves of a title: with the first of the second halves that fits into two lines, or without any."""
    for second in seconds:
        both = language.pgettext("two halves of a title", "{first}; {second}", first=first, second=second)
        if second and fits(both):
            return both
    return first


def fits(title: str) -> bool:
    """Whether a title fits into its two lines, wherever the first of them is broken."""
    return text_width(title, TITLE_POINTS, weight=600, face=SERIF) <= 2 * TITLE_WIDTH_POINTS * WORST_BREAK


def reached_of(goals: Sequence[GoalAssessment], language: Language) -> str:
    """How many of the goals that were judged for good are reached; a single one by its name and figure."""
    named = goal_sentence(goals[0], language) if len(goals) == 1 else ""
    return named if named and fits(named) else counted(goals, language)


def counted(goals: Sequence[GoalAssessment], language: Language) -> str:
    """How many of the goals that were judged for good are reached, without naming any."""
    total, reached = len(goals), sum(goal.status is GoalStatus.REACHED for goal in goals)
    if total == 1:
        return (
            language.gettext("The goal of the period is met")
            if reached
            else language.gettext("The goal of the period is missed")
        )
    if reached == total == 2:
        return language.gettext("Both goals are met")
    if reached == total:
        return language.ngettext("All {n} goal is met", "All {n} goals are met", total)
    if not reached:
        return language.ngettext("None of {n} goal is met", "None of {n} goals is met", total)
    return language.ngettext("{reached} of {n} goal met", "{reached} of {n} goals met", total, reached=reached)


def missed_of(goals: Sequence[GoalAssessment], language: Language) -> list[str]:
    """The only missed goal among several, as the second half of a title; none when more are missed."""
    missed = [goal for goal in goals if goal.status is GoalStatus.MISSED]
    if len(goals) < 2 or len(missed) != 1:
        return []
    return [inside(goal_sentence(missed[0], language))]


def goal_sentence(goal: GoalAssessment, language: Language) -> str:
    """A goal that was judged for good, by its figure and bound; empty without a value or a target."""
    figure, bounds = goal.figure, goal.target
    if figure.value is None or bounds is None:
        return ""
    unit = figure.metric.unit
    ends = [end for end in (bounds.at_least, bounds.at_most) if end is not None]
    aim = bound(ends[0], unit, language) if len(ends) == 1 else target(bounds, unit, language)
    words = {
        "label": _name(figure, language),
        "value": amount(figure.value, unit, language, against=bounds).text,
        "bound": aim,
    }
    if goal.status is GoalStatus.REACHED:
        return sentence(language.gettext("{label} met its goal of {bound}, at {value}", **words))
    return sentence(language.gettext("{label} missed its goal of {bound}, at {value}", **words))


_MOVED = {
    Change.WORSE: N_("{label} worsened from {previous} to {value}"),
    Change.BETTER: N_("{label} improved from {previous} to {value}"),
    Change.MOVED: N_("{label} rose from {previous} to {value}"),
}

_FELL = N_("{label} fell from {previous} to {value}")


def movement(figure: Figure, language: Language) -> str:
    """How a figure moved, from what to what; empty when it did not, as far as can be said."""
    if figure.verdict not in _MOVED or figure.value is None or figure.previous is None:
        return ""
    unit = figure.metric.unit
    has_fallen = figure.verdict is Change.MOVED and figure.value < figure.previous
    return language.gettext(
        _FELL if has_fallen else _MOVED[figure.verdict],
        label=_name(figure, language),
        previous=amount(figure.previous, unit, language).text,
        value=amount(figure.value, unit, language, against=figure.target).text,
    )


def _movements(figures: Sequence[Figure], language: Language) -> list[str]:
    """Which main figures moved, or that none did, the fullest wording first; empty when none can be compared."""
    moved = {verdict: [figure for figure in figures if figure.verdict is verdict] for verdict in _MOVED}
    worse, better = moved[Change.WORSE], moved[Change.BETTER]
    first = worse or better or moved[Change.MOVED]
    told = []
    if worse and better:
        told.append("; ".join(movement(figure, language) for figure in (better[0], worse[0])))
        names = {"better": _name(better[0], language), "worse": _name(worse[0], language)}
        told.append(language.gettext("{better} improved, {worse} worsened", **names))
    elif len(first) > 1:
        told.append("; ".join(movement(figure, language) for figure in first[:2]))
    if first:
        told.append(movement(first[0], language))
    if worse:
        told.append(language.gettext("{label} worsened", label=_name(worse[0], language)))
    elif better:
        told.append(language.gettext("{label} improved", label=_name(better[0], language)))
    elif first:
        told.append(language.gettext("{label} changed", label=_name(first[0], language)))
    elif any(figure.verdict is Change.WITHIN_NOISE for figure in figures):
        told.append(language.gettext("no main figure moved beyond noise"))
    return told


def _name(figure: Figure, language: Language) -> str:
    return inside(figure_label(figure.metric, figure.where, "value", language))


def lead(assessment: Assessment, language: Language) -> str:
    """Two or three sentences under the headline: the figures that moved or failed, weightiest first."""
    rank = {
        Change.WORSE: 0,
        Change.BETTER: 1,
        Change.MOVED: 2,
        Change.WITHIN_NOISE: 3,
        Change.CANNOT_TELL: 4,
        Change.NOT_JUDGED: 5,
        Change.NOT_WHOLE: 6,
        Change.NOT_COMPARED: 7,
    }
    if all(figure.verdict is Change.NOT_COMPARED for figure in assessment.figures):
        return _first_lead(assessment.figures, language)
    ordered = sorted(assessment.figures, key=lambda figure: rank[figure.verdict])
    previous = assessment.period.previous().id
    told = ""
    for figure in ordered:
        longer = f"{told} {figure_sentence(figure, previous, language)}".strip()
        if told and len(longer) > LEAD_LENGTH:
            break
        told = longer
    return told


def _first_lead(figures: Sequence[Figure], language: Language) -> str:
    """The figures of a first period, which has nothing to be compared with."""
    told = [
        language.gettext(
            "{label}: {value}",
            label=figure_label(figure.metric, figure.where, figure.statistic, language),
            value=amount(figure.value, figure.metric.unit, language, against=figure.target).text,
        )
        for figure in figures[:3]
        if figure.value is not None
    ]
    if not told:
        return ""
    return f"{'; '.join(told)}. {language.gettext('There is no earlier period to compare with.')}"


def figure_sentence(figure: Figure, previous_id: str, language: Language) -> str:
    """A figure, the one before it, and what may be said about the difference."""
    label = figure_label(figure.metric, figure.where, figure.statistic, language)
    if figure.value is None:
        return language.gettext(
            "{label}: no value ({reason}).", label=label, reason=why_absent(figure.reason, language)
        )
    value = amount(figure.value, figure.metric.unit, language, against=figure.target).text
    if figure.previous is None or figure.verdict is Change.NOT_COMPARED:
        return language.gettext(
            "{label}: {value}; there is no earlier value to compare with.", label=label, value=value
        )
    before = {
        "label": label,
        "value": value,
        "previous": amount(figure.previous, figure.metric.unit, language).text,
        "when": in_period(previous_id, language),
    }
    if figure.verdict is Change.BETTER:
        return language.gettext("{label}: {value} against {previous} {when}, an improvement.", **before)
    if figure.verdict is Change.WORSE:
        return language.gettext("{label}: {value} against {previous} {when}, a deterioration.", **before)
    if figure.verdict is Change.MOVED:
        return language.gettext("{label}: {value} against {previous} {when}, a real difference.", **before)
    if figure.verdict is Change.WITHIN_NOISE:
        return language.gettext("{label}: {value} against {previous} {when}, a difference within noise.", **before)
    if figure.verdict is Change.NOT_WHOLE:
        return language.gettext(
            "{label}: {value} against {previous} {when}; one of the two periods is not whole.", **before
        )
    if figure.verdict is Change.NOT_JUDGED:
        return language.gettext("{label}: {value} against {previous} {when}.", **before)
    return language.gettext("{label}: {value} against {previous} {when}; too few cases to call it a change.", **before)


def promise_kept(figure: Figure, language: Language) -> str:
    """Whether a figure meets its target; empty when it has no target or no value."""
    if figure.target is None or figure.value is None:
        return ""
    words = {
        "value": amount(figure.value, figure.metric.unit, language, against=figure.target).text,
        "target": target(figure.target, figure.metric.unit, language),
    }
    if figure.status is GoalStatus.CANNOT_TELL:
        return language.gettext("{value}, too few cases to judge by the target {target}", **words)
    if figure.status is GoalStatus.ON_COURSE and not figure.target.is_met_by(figure.value):
        return language.gettext("{value}, on course to the target {target}", **words)
    if figure.target.is_met_by(figure.value):
        return language.gettext("{value}, the target {target} is met", **words)
    return language.gettext("{value}, the target {target} is not met", **words)
