"""A wanted decision in words: what is to be decided, on which evidence, by whom and when."""

from __future__ import annotations

from collections.abc import Callable

from evaluation.assessment import Assessment, Decision, FollowUp, GoalAssessment
from evaluation.errors import RenderError
from evaluation.validation import CheckResult
from reports.checks import check_sentence
from reports.document import Wanted
from reports.evidence import why_absent
from reports.formats import amount, day, number, target
from reports.language import Language
from reports.names import cleaned, metric_label, statement
from reports.wording import GOAL_REASON, said


def wanted(decision: Decision, assessment: Assessment, language: Language) -> Wanted:
    """The decision in words.

    Raises:
        RenderError: The rule has no words, or its subject is not in the assessment.
    """
    if decision.rule not in RULES:
        raise RenderError(
            f"the report has no words for the decision {decision.rule!r}",
            remedy="add its sentences to reports/decisions.py",
        )
    title, text = RULES[decision.rule](decision, assessment, language)
    who = [cleaned(decision.owner)] if decision.owner else [language.gettext("no owner yet")]
    if decision.due:
        who.append(language.gettext("by {day}", day=day(decision.due, language)))
    return Wanted(title, text, " · ".join(who))


def goal_evidence(goal: GoalAssessment, language: Language) -> str:
    """Actual against target, or why there is no actual."""
    unit = goal.figure.metric.unit
    if goal.figure.value is None:
        return language.gettext("There is no value: {reason}.", reason=why_absent(goal.figure.reason, language))
    actual = amount(goal.figure.value, unit, language, against=goal.target).text
    if goal.target is None:
        return language.gettext("Actual {actual}; the target cannot be worked out.", actual=actual)
    return language.gettext(
        "Actual {actual}, target {target}.", actual=actual, target=target(goal.target, unit, language)
    )


def _goal_missed(decision: Decision, assessment: Assessment, language: Language) -> tuple[str, str]:
    goal = _goal(decision, assessment)
    choice = language.gettext("Keep the goal with a new date, change the means, or drop it.")
    title = language.gettext("Missed: {goal}", goal=statement(goal.statement))
    return title, f"{goal_evidence(goal, language)} {choice}"


def _goal_at_risk(decision: Decision, assessment: Assessment, language: Language) -> tuple[str, str]:
    goal = _goal(decision, assessment)
    reason = said(GOAL_REASON, goal.reason, language)
    question = language.gettext("Why: {reason}. Is more needed to reach it?", reason=reason)
    title = language.gettext("At risk: {goal}", goal=statement(goal.statement))
    return title, f"{goal_evidence(goal, language)} {question}"


def _follow_up_overdue(decision: Decision, assessment: Assessment, language: Language) -> tuple[str, str]:
    follow_up = next((item for item in assessment.follow_ups if item.id == decision.subject), None)
    if follow_up is None:
        raise _unknown(decision)
    title = language.gettext("Overdue: {action}", action=statement(follow_up.title))
    return title, overdue_sentence(follow_up, language)


def overdue_sentence(follow_up: FollowUp, language: Language) -> str:
    """How late an action is, and how often it was carried over."""
    late = language.ngettext("{n} day overdue", "{n} days overdue", follow_up.overdue_days)
    if not follow_up.carried_count:
        return f"{late}."
    carried = language.ngettext("carried over {n} time", "carried over {n} times", follow_up.carried_count)
    return f"{late}, {carried}."


def _data_withheld(decision: Decision, assessment: Assessment, language: Language) -> tuple[str, str]:
    hidden = [name for name, check in assessment.withheld.items() if check == decision.subject]
    labels = [metric_label(assessment.catalogue[name], language) for name in hidden if name in assessment.catalogue]
    check = _check(decision.subject, assessment)
    found = check_sentence(check, language) if check else cleaned(decision.subject)
    shown = ", ".join(labels[:3]) + (f" (+{number(len(labels) - 3, language)})" if len(labels) > 3 else "")
    title = language.gettext("Repair the data: {check}", check=found)
    return title, language.gettext("Withheld until then: {figures}.", figures=shown) if labels else language.gettext(
        "Figures that rest on it are withheld until then."
    )


def _goal(decision: Decision, assessment: Assessment) -> GoalAssessment:
    goal = next((item for item in assessment.goals if item.id == decision.subject), None)
    if goal is None:
        raise _unknown(decision)
    return goal


def _check(check_id: str, assessment: Assessment) -> CheckResult | None:
    return next((check for check in assessment.validation.checks if check.id == check_id), None)


def _unknown(decision: Decision) -> RenderError:
    return RenderError(
        f"the decision {decision.rule!r} is about {decision.subject!r}, which the assessment does not have",
        remedy="report this as a fault of the assessment",
    )


RULES: dict[str, Callable[[Decision, Assessment, Language], tuple[str, str]]] = {
    "goal_missed": _goal_missed,
    "goal_at_risk": _goal_at_risk,
    "follow_up_overdue": _follow_up_overdue,
    "data_withheld": _data_withheld,
}
