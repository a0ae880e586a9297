"""A finding as a block: what was found, its figures, what explains it, what other sources say, and a next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evaluation.assessment import Assessment, Evidence, Figure, Finding
from evaluation.findings import COMMITMENTS
from evaluation.measurement import Measurement
from evaluation.verdict import Against, Change
from reports.chart import Shape
from reports.document import Cell, Column, Mark, Observation, Table
from reports.evidence import measured
from reports.explanations import addends_chart, explained
from reports.formats import ABSENT, amount, interval, number, share
from reports.language import N_, Language
from reports.names import figure_label, inside, member_name, metric_label
from reports.next_steps import step_sentence

TITLES = {
    "worse_than_before": N_("{label} worse than before"),
    "better_than_before": N_("{label} better than before"),
    "moved": N_("{label} not as before"),
    "member_worse_than_before": N_("{member}: {metric} worse than before"),
    "member_better_than_before": N_("{member}: {metric} better than before"),
    "member_worse_than_rest": N_("{member}: {metric} worse than elsewhere"),
    "member_better_than_rest": N_("{member}: {metric} better than elsewhere"),
    "member_worse_than_expected": N_("{member}: {metric} worse than its cases lead to expect"),
    "member_better_than_expected": N_("{member}: {metric} better than its cases lead to expect"),
    "topic_grew": N_("{member}: a larger share of the tickets than before"),
}
_CHANGED = ("worse_than_before", "better_than_before", "moved", "member_worse_than_before",
            "member_better_than_before", "topic_grew")  # fmt: skip
MOST_WEAK, MOST_STRONG, LEAST_CHANGES = 6, 3, 3
MOST_EVIDENCE = 6


def weak_points(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What to work on, the weightiest first: what is worse, and topics that grew."""
    return _chosen([one for one in findings if "worse" in one.rule or one.rule == "topic_grew"], MOST_WEAK)


def strengths(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is better, the weightiest first."""
    return _chosen([one for one in findings if "better" in one.rule], MOST_STRONG)


def _chosen(findings: Sequence[Finding], most: int) -> tuple[Finding, ...]:
    """The weightiest of each part of the service, and of each metric of the whole, in the order of their weight.

    The first are taken, but half of the places go to changes when there are enough: a difference that was always there
    is larger than most changes, and known.
    """
    of_part: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        if one.rule not in COMMITMENTS:
            of_part.setdefault((one.dimension or "", one.member or one.figure.metric.id), []).append(one)
    told = {part: min(found, key=lambda one: (-one.weight, not _is_change(one))) for part, found in of_part.items()}
    ordered = [one for _, one in sorted(told.items(), key=lambda part: (-part[1].weight, part[0]))]
    changes = [one for one in ordered if _is_change(one)][: min(LEAST_CHANGES, most)]
    others = [one for one in ordered if one not in changes][: most - len(changes)]
    return tuple(one for one in ordered if one in changes or one in others)


def _is_change(finding: Finding) -> bool:
    return finding.rule in _CHANGED


def observation_title(finding: Finding, language: Language, *, is_short: bool = False) -> str:
    """What was found, without figures; in short without the statistic."""
    metric, where = finding.figure.metric, finding.figure.where
    statistic = "value" if is_short else finding.figure.statistic
    is_member = finding.dimension is not None and finding.member is not None
    return language.gettext(
        TITLES[finding.rule],
        label=figure_label(metric, where, statistic, language),
        metric=inside(figure_label(metric, {}, statistic, language)),
        member=member_name(finding.dimension or "", finding.member or "", language) if is_member else "",
    )


def conclusion(finding: Finding, language: Language) -> str:
    """A finding with its two figures, for a title."""
    figure, other = finding.figure, finding.against
    text = inside(observation_title(finding, language, is_short=True))
    if figure.value is None or other is None or other.value is None:
        return text
    now, then = (amount(value, figure.metric.unit, language).text for value in (figure.value, other.value))
    return language.pgettext("finding", "{finding}, {now} against {then}", finding=text, now=now, then=then)


def observation(
    finding: Finding, assessment: Assessment, name: str, language: Language, *, width_mm: float
) -> Observation:
    """A weak point, or a topic that grew, with everything that is known about it.

    Args:
        finding: What was found.
        assessment: The evidence.
        name: Name of its chart.
        language: The reader's.
        width_mm: Width of its column.
    """
    metric, explanation = finding.figure.metric, finding.explanation
    items = figures_of(finding, assessment, language)
    if explanation is not None:
        items.append((language.gettext("Why"), explained(explanation, metric, language)))
    if finding.evidence:
        items.append((language.gettext("Also seen"), evidence_line(finding.evidence, language)))
    if finding.step:
        items.append((language.gettext("Next step"), step_sentence(finding.step, language)))
    has_chart = explanation is not None and not explanation.is_even and bool(explanation.largest)
    chart = addends_chart(explanation, metric, name, language, width_mm) if explanation and has_chart else None
    return Observation(mark=_mark(finding, language), title=observation_title(finding, language), items=tuple(items),
                       chart=chart)  # fmt: skip


def strengths_table(findings: Sequence[Finding], assessment: Assessment, language: Language) -> Table:
    """The strengths in short: what each is, its figure, what it is compared with, and whom it touches."""
    columns = (
        Column(language.gettext("Strength"), 68),
        Column(language.pgettext("head of a table", "Now"), 42),
        Column(language.gettext("Compared with"), 46),
        Column(language.pgettext("head of a table", "Customers"), 18, "right"),
    )
    rows = []
    for finding in findings:
        (_, now), *others = figures_of(finding, assessment, language, is_short=True)
        other = " ".join((others[0][0], others[0][1])) if others else ABSENT
        touched = number(finding.requesters, language) if finding.has_requesters else ABSENT
        told, metric = finding.explanation, finding.figure.metric
        why = "" if told is None or told.is_even else explained(told, metric, language)
        title = Cell(text=observation_title(finding, language), small=why, is_strong=True)
        rows.append((title, Cell(text=now), Cell(text=other), Cell(text=touched)))
    return Table(
        title=language.gettext("Strengths"),
        sub=language.gettext(
            "the weightiest first; next step: find out what is done differently, and try it elsewhere"
        ),
        columns=columns,
        rows=tuple(rows),
    )


def _mark(finding: Finding, language: Language) -> Mark:
    if finding.rule == "topic_grew":
        return Mark(Shape.IN_PROGRESS, language.gettext("Growing"))
    return Mark(Shape.AT_RISK, language.gettext("Weak point"))


def figures_of(
    finding: Finding, assessment: Assessment, language: Language, *, is_short: bool = False
) -> list[tuple[str, str]]:
    """The figure now and what it is compared with, each with interval and cases; whom it touches.

    Args:
        finding: What was found.
        assessment: The evidence.
        language: The reader's.
        is_short: Without the number of customers.
    """
    figure, other = finding.figure, finding.against
    if finding.rule == "topic_grew":
        return _shares_of_topic(finding, assessment, language)
    now = _with_sample(figure.value, figure.low, figure.high, figure.n, figure, language)
    if finding.has_requesters and not is_short:
        now += f" · {language.ngettext('{n} customer', '{n} customers', finding.requesters)}"
    pairs = [(language.gettext("Now"), now)]
    if other is not None:
        pairs.append((_other_name(finding.rule, language), _other(other, finding, language)))
    return pairs


def _shares_of_topic(finding: Finding, assessment: Assessment, language: Language) -> list[tuple[str, str]]:
    """Tickets on the topic, and their share of all tickets, now and before."""
    metric, values = finding.figure.metric, (finding.figure.value, finding.against.value if finding.against else 0.0)
    periods = (assessment.period, assessment.period.previous())
    names = (language.gettext("Now"), language.gettext("Before"))
    pairs = []
    for name, value, period in zip(names, values, periods, strict=True):
        whole = measured(assessment, metric.id, period_id=period.id)
        if value is not None and whole is not None and whole.value:
            words = {"share": share(value / whole.value, language)}
            pairs.append(
                (
                    name,
                    language.ngettext("{n} ticket, {share} of all", "{n} tickets, {share} of all", int(value), **words),
                )
            )
    return pairs


def _other_name(rule: str, language: Language) -> str:
    if rule.endswith("rest"):
        return language.gettext("Elsewhere")
    if rule.endswith("expected"):
        return language.gettext("To be expected")
    return language.gettext("Before")


def _other(other: Measurement, finding: Finding, language: Language) -> str:
    if finding.rule.endswith("expected"):
        return ABSENT if other.value is None else amount(other.value, finding.figure.metric.unit, language).text
    return _with_sample(other.value, other.low, other.high, other.n, finding.figure, language)


def _with_sample(
    value: float | None, low: float | None, high: float | None, n: int, figure: Figure, language: Language
) -> str:
    if value is None:
        return ABSENT
    unit = figure.metric.unit
    text = amount(value, unit, language).text
    if low is None or high is None:
        return text
    return language.gettext(
        "{value} (95%: {interval}; n = {n})",
        value=text,
        interval=interval(low, high, unit, language),
        n=number(n, language),
    )


def evidence_line(evidence: Sequence[Evidence], language: Language) -> str:
    """Figures of other sources side by side, those with a verdict first; what stands is said, noise is not."""
    ordered = sorted(evidence, key=lambda one: not _told(one))[:MOST_EVIDENCE]
    lines = [_evidence(one, language) for one in ordered]
    if not any(_told(one) for one in evidence):
        lines.append(language.gettext("none of it differs beyond chance"))
    return "; ".join(lines) + "."


_REAL = (Change.BETTER, Change.WORSE, Change.MOVED)
_VERDICTS = {
    (Against.BEFORE, Change.BETTER): N_("better than before"),
    (Against.BEFORE, Change.WORSE): N_("worse than before"),
    (Against.BEFORE, Change.MOVED): N_("not as before"),
    (Against.REST, Change.BETTER): N_("better than elsewhere"),
    (Against.REST, Change.WORSE): N_("worse than elsewhere"),
    (Against.REST, Change.MOVED): N_("not as elsewhere"),
}


def _told(one: Evidence) -> list[str]:
    """The verdicts that stand, as messages."""
    pairs = ((Against.BEFORE, one.before), (Against.REST, one.rest))
    return [_VERDICTS[pair] for pair in pairs if pair[1] in _REAL]


def _evidence(one: Evidence, language: Language) -> str:
    value = amount(one.value, one.metric.unit, language).text
    words = {"label": inside(metric_label(one.metric, language)), "value": value, "n": number(one.n, language)}
    text = (
        language.pgettext("evidence", "{label} {value}", **words)
        if one.value == one.n
        else language.pgettext("evidence", "{label} {value} (n = {n})", **words)
    )
    return ", ".join([text, *(language.gettext(message) for message in _told(one))])
