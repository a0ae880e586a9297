"""Sentences that conclude: each is chosen by a rule from the evidence, so it cannot say the opposite of its figure."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.assessment import Assessment, Change, Figure, GoalAssessment, GoalStatus
from evaluation.measurement import Absent
from reports.evidence import why_absent
from reports.formats import amount, in_period, target
from reports.language import Language
from reports.names import figure_label, inside, sentence

TITLE_LENGTH = 96
"""Characters that fit into the two lines of a title; a longer conclusion drops its second half."""

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
    movement = _movement(figures, language)
    if judged:
        return joined(reached_of(judged, language), movement, language)
    if movement:
        return sentence(movement)
    if not figures:
        return language.gettext("No main figures are chosen for this review")
    return language.gettext("A first measurement: there is nothing to compare it with yet")


def joined(first: str, second: str, language: Language) -> str:
    """Two halves of a title, or the first alone when both would not fit."""
    if not second:
        return first
    both = language.pgettext("two halves of a title", "{first}; {second}", first=first, second=second)
    return both if len(both) <= TITLE_LENGTH else first


def reached_of(goals: Sequence[GoalAssessment], language: Language) -> str:
    """How many of the goals that were judged for good are reached."""
    total, reached = len(goals), sum(goal.status is GoalStatus.REACHED for goal in goals)
    if total == 1:
        return (
            language.gettext("The goal of the period is met")
            if reached
            else language.gettext("The goal of the period is missed")
        )
    if reached == total:
        return language.ngettext("All {n} goal is met", "All {n} goals are met", total)
    if not reached:
        return language.ngettext("None of {n} goal is met", "None of {n} goals is met", total)
    return language.ngettext("{reached} of {n} goal is met", "{reached} of {n} goals are met", total, reached=reached)


def _movement(figures: Sequence[Figure], language: Language) -> str:
    """Which main figures moved, or that none did; empty when none can be compared."""
    worse = [figure for figure in figures if figure.verdict is Change.WORSE]
    better = [figure for figure in figures if figure.verdict is Change.BETTER]
    if worse and better:
        return language.gettext(
            "better than before: {better}; worse: {worse}",
            better=_name(better[0], language),
            worse=_name(worse[0], language),
        )
    if worse:
        return language.gettext("worse than before: {names}", names=_names(worse, language))
    if better:
        return language.gettext("better than before: {names}", names=_names(better, language))
    moved = [figure for figure in figures if figure.verdict is Change.MOVED]
    if moved:
        return language.gettext("changed: {names}", names=_names(moved, language))
    if any(figure.verdict is Change.WITHIN_NOISE for figure in figures):
        return language.gettext("no main figure moved beyond noise")
    return ""


def _name(figure: Figure, language: Language) -> str:
    return inside(figure_label(figure.metric, figure.where, "value", language))


def _names(figures: Sequence[Figure], language: Language) -> str:
    return ", ".join(_name(figure, language) for figure in figures[:2])


def lead(assessment: Assessment, language: Language) -> str:
    """Two or three sentences under the headline: the figures that moved or failed, weightiest first."""
    rank = {
        Change.WORSE: 0,
        Change.BETTER: 1,
        Change.MOVED: 2,
        Change.WITHIN_NOISE: 3,
        Change.CANNOT_TELL: 4,
        Change.NOT_COMPARED: 5,
    }
    ordered = sorted(assessment.figures, key=lambda figure: rank[figure.verdict])
    previous = assessment.period.previous().id
    told = ""
    for figure in ordered:
        longer = f"{told} {figure_sentence(figure, previous, language)}".strip()
        if told and len(longer) > LEAD_LENGTH:
            break
        told = longer
    return told


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
    if figure.target.is_met_by(figure.value):
        return language.gettext("{value}, the target {target} is met", **words)
    return language.gettext("{value}, the target {target} is not met", **words)
