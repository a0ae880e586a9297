"""Findings in words: one sentence for each rule of the domain's closed list, with the evidence in it."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.assessment import Assessment, Change, Figure, Finding
from evaluation.errors import RenderError
from evaluation.measurement import Measurement
from evaluation.metric import Better
from evaluation.verdict import Against
from reports.document import Note
from reports.evidence import members, why_absent
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
    "member_worse_than_rest": N_("{member}: worse than the rest of the service, {value} against {other}."),
    "member_better_than_rest": N_("{member}: better than the rest of the service, {value} against {other}."),
    "member_worse_than_expected": N_(
        "{member}: worse than its own kind of cases leads to expect, {value} against {other}."
    ),
    "member_better_than_expected": N_(
        "{member}: better than its own kind of cases leads to expect, {value} against {other}."
    ),
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
    other = finding.against.value if finding.against else None
    return language.gettext(
        SENTENCES[finding.rule],
        label=figure_label(figure.metric, figure.where, figure.statistic, language),
        member=member_name(finding.dimension, finding.member, language) if finding.dimension and finding.member else "",
        value=_printed(figure.value, figure, language),
        previous=_printed(figure.previous, figure, language),
        other=_printed(other, figure, language),
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
        line = language.gettext("No part of the service differs from the rest or from before beyond chance.")
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
    """Whether parts of the service were compared on this metric."""
    return any(name == metric_id and dimension for name, _, _, dimension, _ in assessment.looked_at.verdicts)


def _printed(value: float | None, figure: Figure, language: Language) -> str:
    return ABSENT if value is None else amount(value, figure.metric.unit, language, against=figure.target).text


_WEAK = ("member_worse_than_rest", "member_worse_than_expected")


def weak_member(assessment: Assessment, metric_id: str, dimension: str) -> Measurement | None:
    """The lowest of the members that are clearly worse than the rest, among the findings; None when there is none."""
    named = {
        finding.member
        for finding in assessment.findings
        if finding.rule in _WEAK and finding.figure.metric.id == metric_id and finding.dimension == dimension
    }
    rows = [row for row in members(assessment, metric_id, dimension) if row.member in named and row.value is not None]
    return min(rows, key=lambda row: (row.value, row.member), default=None)


def above_the_rest(assessment: Assessment, metric_id: str, dimension: str) -> Measurement | None:
    """The member with the highest value among those that lie above the rest beyond chance; None when there is none."""
    metric = assessment.catalogue.get(metric_id)
    if metric is None:
        return None
    higher = Change.WORSE if metric.better is Better.LOWER else Change.BETTER
    above = [
        row
        for row in members(assessment, metric_id, dimension)
        if assessment.looked_at.verdict(metric_id, row.statistic, Against.REST, dimension, row.member) is higher
    ]
    return max(above, key=lambda row: (row.value or 0.0, row.member), default=None)
