"""Goals as agreed and where they stand; then what was promised last time."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.assessment import FollowUp, FollowUpEffect, FollowUpState, GoalAssessment, GoalStatus
from evaluation.metric import Unit
from reports.chart import Shape
from reports.conclusions import counted, joined, missed_of, reached_of
from reports.document import Block, Cell, Column, Mark, Missing, Section, Table
from reports.evidence import why_absent
from reports.formats import ABSENT, MINUS, amount, day, difference, in_period, number, period, share, target
from reports.language import Language
from reports.names import cleaned, scope_name, sentence, statement
from reports.pictures import goal_picture, sparkline_of
from reports.section import Material
from reports.wording import ASSURANCE, EFFECT, EFFECT_REASON, FOLLOW_UP, GOAL_REASON, PRECEDENT, STATUS, marked, said

ORDER = 20
_GOOD = (GoalStatus.REACHED, GoalStatus.ON_COURSE)
_BAD = (GoalStatus.MISSED, GoalStatus.AT_RISK, GoalStatus.OFF_COURSE)


def build(material: Material) -> Section | Missing:
    """The page of goals and follow-ups; no page when there is neither."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Goals and follow-ups")
    if not assessment.goals and not assessment.follow_ups:
        return Missing("goals", kicker, language.gettext("no goals and no follow-ups are agreed"))
    blocks: dict[str, Block] = {}
    if assessment.goals:
        blocks["goals"] = _goals(assessment.goals, language)
    if assessment.follow_ups:
        units = {name: metric.unit for name, metric in assessment.catalogue.items()}
        blocks["follow_ups"] = _follow_ups(assessment.follow_ups, units, language)
    title = (
        goals_title(assessment.goals, language)
        if assessment.goals
        else follow_ups_title(assessment.follow_ups, language)
    )
    lead = (
        language.gettext(
            "White ring: value at the start; mark: actual value; black line: target; tinted side: target met. "
            "A status rests on the interval of the figure, not on the figure alone."
        )
        if assessment.goals
        else ""
    )
    return Section(
        id="goals",
        kicker=kicker,
        title=title,
        lead=lead,
        blocks=blocks,
        metrics=tuple(dict.fromkeys(goal.figure.metric.id for goal in assessment.goals)),
    )


def goals_title(goals: tuple[GoalAssessment, ...], language: Language) -> str:
    """How many goals are reached, and where the others stand."""
    judged = [goal for goal in goals if goal.is_final and goal.status in (GoalStatus.REACHED, GoalStatus.MISSED)]
    running = [goal for goal in goals if goal not in judged]
    standing = _standing(running, language)
    if not judged:
        return sentence(standing)
    for first in (reached_of(judged, language), counted(judged, language)):
        both = joined(first, [standing, *missed_of(judged, language)], language)
        if both != first:
            return both
    return reached_of(judged, language)


def _standing(running: list[GoalAssessment], language: Language) -> str:
    if not running:
        return ""
    well = sum(goal.status in _GOOD for goal in running)
    badly = sum(goal.status in _BAD for goal in running)
    if badly:
        return language.ngettext("{n} running goal is at risk", "{n} running goals are at risk", badly)
    if well:
        return language.ngettext("{n} running goal is on course", "{n} running goals are on course", well)
    return language.ngettext("{n} goal cannot be judged yet", "{n} goals cannot be judged yet", len(running))


def follow_ups_title(follow_ups: tuple[FollowUp, ...], language: Language) -> str:
    """How many of the follow-ups are done, and how many are late."""
    done = sum(item.state is FollowUpState.DONE for item in follow_ups)
    late = sum(item.overdue_days > 0 for item in follow_ups)
    first = language.ngettext(
        "Follow-ups: {done} of {n} done", "Follow-ups: {done} of {n} done", len(follow_ups), done=number(done, language)
    )
    if late:
        return f"{first}, {language.ngettext('{n} overdue', '{n} overdue', late)}"
    return f"{first}, {language.gettext('none overdue')}"


def _goals(goals: tuple[GoalAssessment, ...], language: Language) -> Table:
    columns = (
        Column(language.gettext("Goal, scope, owner and due date"), 48),
        Column(language.gettext("Actual"), 22),
        Column(language.gettext("Way to the target"), 40),
        Column(language.gettext("By month"), 24),
        Column(language.gettext("Status and reason"), 40),
    )
    rows = tuple(_goal(goal, rank, language) for rank, goal in enumerate(goals, 1))
    return Table(columns=columns, rows=rows)


def _goal(goal: GoalAssessment, rank: int, language: Language) -> tuple[Cell, ...]:
    figure, unit = goal.figure, goal.figure.metric.unit
    about = [
        scope_name(figure.where, language),
        language.gettext("due {period}", period=period(goal.due, language)),
        cleaned(goal.owner),
    ]
    name = Cell(text=statement(goal.statement), small=" · ".join(part for part in about if part), is_strong=True)
    if figure.value is None:
        actual = Cell(text=ABSENT, small=why_absent(figure.reason, language), is_large=True)
    else:
        before = amount(goal.baseline, unit, language).text if goal.baseline is not None else ABSENT
        actual = Cell(
            text=amount(figure.value, unit, language, against=goal.target).text,
            small=language.gettext("start {value}", value=before),
            is_large=True,
        )
    way = goal_picture(goal, f"goal-{rank}", language)
    aim = target(goal.target, unit, language) if goal.target else ABSENT
    track = Cell(chart=way) if way else Cell(text=aim)
    months = sparkline_of(figure, f"goal-months-{rank}", language, target=goal.target, width_mm=22)
    return (name, actual, track, Cell(chart=months) if months else Cell(text=ABSENT), _standing_cell(goal, language))


def _standing_cell(goal: GoalAssessment, language: Language) -> Cell:
    reasons = [said(GOAL_REASON, goal.reason, language)]
    reasons += [said(PRECEDENT, goal.precedent, language), said(ASSURANCE, goal.assurance, language)]
    if goal.probability is not None:
        chance = share(goal.probability, language, 0)
        reasons.append(language.gettext("chance to meet it by the due date: {chance}", chance=chance))
    if goal.figure.value is not None:
        reasons.append(language.gettext("n = {n}", n=number(goal.figure.n, language)))
    return Cell(mark=marked(STATUS, goal.status, language), small="; ".join(reason for reason in reasons if reason))


def _follow_ups(follow_ups: tuple[FollowUp, ...], units: Mapping[str, Unit], language: Language) -> Table:
    """What was promised, with what came of it once something is done that a figure can tell of."""
    has_effects = any(item.effect for item in follow_ups)
    columns = (
        Column(language.gettext("Follow-up"), 50 if has_effects else 58),
        Column(language.gettext("Owner"), 26 if has_effects else 30),
        Column(language.gettext("Due"), 20 if has_effects else 22),
        Column(language.gettext("State"), 32 if has_effects else 64),
    )
    if has_effects:
        columns += (Column(language.gettext("Effect"), 46),)
    rows = []
    for item in follow_ups:
        effect = (effect_cell(item, units, language),) if has_effects else ()
        rows.append(_follow_up(item, language) + effect)
    return Table(title=follow_ups_title(follow_ups, language), columns=columns, rows=tuple(rows))


def _follow_up(item: FollowUp, language: Language) -> tuple[Cell, ...]:
    agreed = language.gettext("agreed {when}", when=in_period(item.agreed_in, language))
    carried = (
        language.ngettext("carried over {n} time", "carried over {n} times", item.carried_count)
        if item.carried_count
        else ""
    )
    return (
        Cell(text=statement(item.title), small=agreed),
        Cell(text=cleaned(item.owner)),
        Cell(text=day(item.due, language)),
        Cell(mark=follow_up_mark(item, language), small=_remark(item, carried, language)),
    )


def effect_cell(item: FollowUp, units: Mapping[str, Unit], language: Language) -> Cell:
    """What came of a follow-up: the word, and the change of its figure with its interval."""
    effect, unit = item.effect, units.get(item.metric_id or "")
    if effect is None or unit is None:
        return Cell(text="")
    mark = marked(EFFECT, effect.word, language)
    if effect.change is None or effect.low is None or effect.high is None:
        return Cell(mark=mark, small=said(EFFECT_REASON, effect.reason, language))
    size, low, high = (_changed(value, effect, unit, language) for value in (effect.change, effect.low, effect.high))
    words = {"change": size, "low": low, "high": high}
    months = language.ngettext("{n} month after it", "{n} months after it", len(effect.months_after))
    told = [
        language.gettext("{change} (95%: {low} to {high}) against the rest of the service", **words)
        if effect.is_net
        else language.gettext("{change} (95%: {low} to {high}) against before", **words),
        months,
    ]
    if effect.together_with:
        told.append(language.gettext("together with another follow-up on this figure"))
    return Cell(mark=mark, small="; ".join(told))


def _changed(value: float, effect: FollowUpEffect, unit: Unit, language: Language) -> str:
    """A change with its sign: `+3.1 pp`, `-23%`."""
    sign = MINUS if value < 0 else "+"
    size = share(abs(value), language, 0) if effect.is_factor else difference(value, unit, language)
    return f"{sign}{size}" if size and value else number(0, language)


def follow_up_mark(item: FollowUp, language: Language) -> Mark:
    """State of a follow-up; being late comes before everything else that is not finished."""
    if item.overdue_days:
        return Mark(Shape.MISSED, language.ngettext("{n} day overdue", "{n} days overdue", item.overdue_days))
    return marked(FOLLOW_UP, item.state, language)


def _remark(item: FollowUp, carried: str, language: Language) -> str:
    if item.state is FollowUpState.DONE and item.done_on:
        return language.gettext("on {day}", day=day(item.done_on, language))
    return "; ".join(part for part in (carried, statement(item.reason) if item.reason else "") if part)
