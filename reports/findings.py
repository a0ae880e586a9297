"""Findings in words: one sentence for each rule of the domain's closed list, with the evidence in it."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.assessment import Assessment, Figure, Finding
from evaluation.errors import RenderError
from evaluation.measurement import Measurement
from reports.document import Note
from reports.evidence import is_small, measured, members, why_absent
from reports.formats import ABSENT, amount
from reports.language import N_, Language
from reports.names import figure_label, member_name, metric_label

MOST_ON_A_PAGE = 3
SENTENCES = {
    "withheld": N_("{label} is withheld: {reason}."),
    "goal_missed": N_("{label}: the goal is missed at {value}."),
    "goal_off_course": N_("{label}: the goal is off course at {value}."),
    "goal_at_risk": N_("{label}: the goal is at risk at {value}."),
    "goal_reached": N_("{label}: the goal is met at {value}."),
    "goal_reached_within_noise": N_("{label}: the goal is met at {value}, by less than noise."),
    "worse_than_before": N_("{label} is worse than before: {value} against {previous}."),
    "better_than_before": N_("{label} is better than before: {value} against {previous}."),
    "moved": N_("{label} changed: {value} against {previous}."),
    "member_worse_than_before": N_("{member}: worse than before, {value} against {previous}."),
    "member_better_than_before": N_("{member}: better than before, {value} against {previous}."),
    "member_worse_than_whole": N_("{member}: worse than the whole service, {value} against {whole}."),
    "member_better_than_whole": N_("{member}: better than the whole service, {value} against {whole}."),
    "topic_grew": N_("{member}: a larger share of the tickets than before, {value} against {previous} tickets."),
}
_ABOUT_GOALS = ("goal_", "withheld")


def finding_sentence(finding: Finding, assessment: Assessment, language: Language) -> str:
    """The finding in words.

    Raises:
        RenderError: The rule has no sentence.
    """
    if finding.rule not in SENTENCES:
        raise RenderError(
            f"the report has no words for the finding {finding.rule!r}",
            remedy="add its sentence to reports/findings.py",
        )
    figure = finding.figure
    whole = measured(assessment, figure.metric.id, statistic=figure.statistic)
    return language.gettext(
        SENTENCES[finding.rule],
        label=figure_label(figure.metric, figure.where, figure.statistic, language),
        member=member_name(finding.dimension, finding.member, language) if finding.dimension and finding.member else "",
        value=_printed(figure.value, figure, language),
        previous=_printed(figure.previous, figure, language),
        whole=_printed(whole.value if whole else None, figure, language),
        reason=why_absent(figure.reason, language),
    )


def stands_out(assessment: Assessment, metrics: Iterable[str], language: Language) -> Note | None:
    """What stands out among the metrics of a page, weightiest first, or that nothing does.

    None when none of them was compared, so that silence is not taken for "all is well".
    """
    about = list(metrics)
    told = [
        _of_page(finding, about[0], assessment, language)
        for finding in assessment.findings
        if finding.figure.metric.id in about and not finding.rule.startswith(_ABOUT_GOALS)
    ]
    if told:
        return Note(language.gettext("What stands out"), tuple(dict.fromkeys(told))[:MOST_ON_A_PAGE])
    if any(is_compared(assessment, name) for name in about):
        line = language.gettext("No part of the service differs from the whole or from before beyond chance.")
        return Note(language.gettext("What stands out"), (line,))
    return None


def _of_page(finding: Finding, main: str, assessment: Assessment, language: Language) -> str:
    """The sentence, with the metric's name when it is about a member and not about the page's main metric."""
    text = finding_sentence(finding, assessment, language)
    if finding.figure.metric.id == main or not SENTENCES[finding.rule].startswith("{member}"):
        return text
    label = metric_label(finding.figure.metric, language)
    return language.pgettext("finding about another metric", "{label}: {finding}", label=label, finding=text)


def is_compared(assessment: Assessment, metric_id: str) -> bool:
    """Whether the members of a dimension were compared on this metric; only main figures of the whole service are."""
    return any(
        figure.metric.id == metric_id and not figure.where and figure.value is not None for figure in assessment.figures
    )


def _printed(value: float | None, figure: Figure, language: Language) -> str:
    return ABSENT if value is None else amount(value, figure.metric.unit, language, against=figure.target).text


def weak_member(assessment: Assessment, metric_id: str, dimension: str) -> Measurement | None:
    """The member that is clearly lower: among the findings when the metric was screened for them, else by interval."""
    whole, rows = measured(assessment, metric_id), members(assessment, metric_id, dimension)
    if whole is None:
        return None
    if is_compared(assessment, metric_id):
        named = {
            finding.member
            for finding in assessment.findings
            if finding.rule == "member_worse_than_whole"
            and finding.figure.metric.id == metric_id
            and finding.dimension == dimension
        }
        rows = tuple(row for row in rows if row.member in named)
    return weakest(rows, whole)


def weakest(rows: tuple[Measurement, ...], whole: Measurement) -> Measurement | None:
    """The lowest member whose whole interval lies below the overall value, when it rests on enough cases; else None."""
    below = [
        row
        for row in rows
        if row.value is not None
        and row.high is not None
        and whole.value is not None
        and row.high < whole.value
        and not is_small(row)
    ]
    return min(below, key=lambda row: (row.value, row.member), default=None)
