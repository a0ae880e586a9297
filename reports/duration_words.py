"""Did the typical ticket become faster? One sentence for each wait, from the shift of the raw values."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.assessment import Assessment
from evaluation.metric import Unit
from evaluation.statistics.shift import Shift
from evaluation.verdict import Against, Change
from reports.document import Note
from reports.explanations import signed
from reports.formats import duration, in_period, interval
from reports.language import Language
from reports.names import metric_label

_REAL = (Change.BETTER, Change.WORSE, Change.MOVED)


def typical_note(assessment: Assessment, metrics: Iterable[str], language: Language) -> Note | None:
    """The remark beside the waits: how the typical ticket of each compares with the period before.

    None when none of the metrics was compared value by value.
    """
    lines = tuple(line for line in (typical_sentence(assessment, name, language) for name in metrics) if line)
    return Note(language.gettext("The typical ticket"), lines) if lines else None


def typical_sentence(assessment: Assessment, metric_id: str, language: Language) -> str:
    """What the verdict on a wait of the whole service rests on; empty when it was not judged.

    | verdict | shift | said |
    | --- | --- | --- |
    | better, worse, moved | some seconds | by how much faster or slower, with its interval |
    | better, worse, moved | none: many waits are equal | whether more of the others were faster or slower |
    | within noise | its interval holds zero | by how much it may have been faster or slower |
    | within noise | its interval does not | that no difference stands among all that was compared, with the interval |
    """
    metric, shift = assessment.catalogue.get(metric_id), assessment.shifts.get(metric_id)
    if metric is None or shift is None or shift.value is None or shift.low is None or shift.high is None:
        return ""
    verdict = assessment.looked_at.verdict(metric.id, metric.statistic, Against.BEFORE)
    words = {
        "label": metric_label(metric, language),
        "when": in_period(assessment.period.previous().id, language),
        "time": duration(abs(shift.value), language),
        "interval": _interval(shift.low, shift.high, language),
    }
    if verdict in _REAL:
        return _real(shift, words, language)
    if verdict is not Change.WITHIN_NOISE:
        return ""
    if shift.low > 0 or shift.high < 0:
        return _alone(shift.low, shift.high, words, language)
    return _noise(shift.low, shift.high, words, language)


def _real(shift: Shift, words: dict[str, str], language: Language) -> str:
    is_shorter = (shift.superiority or 0.0) < 0.5
    if round(shift.value or 0.0) and is_shorter:
        return language.gettext("{label}: {time} faster than {when} (95% interval {interval}).", **words)
    if round(shift.value or 0.0):
        return language.gettext("{label}: {time} slower than {when} (95% interval {interval}).", **words)
    if is_shorter:
        return language.gettext(
            "{label}: most tickets took as long as {when}; of the others more were faster than slower.", **words
        )
    return language.gettext(
        "{label}: most tickets took as long as {when}; of the others more were slower than faster.", **words
    )


def _alone(low: float, high: float, words: dict[str, str], language: Language) -> str:
    """A difference that would stand if nothing else had been looked at: its interval, signed, and no direction."""
    return language.gettext(
        "{label}: no difference from that {when} beyond chance among all that was compared "
        "(95% interval of the change: {low} to {high}).",
        **words,
        low=signed(low, Unit.SECONDS, language),
        high=signed(high, Unit.SECONDS, language),
    )


def _noise(low: float, high: float, words: dict[str, str], language: Language) -> str:
    if not round(low) and not round(high):
        return language.gettext("{label}: as long as {when}.", **words)
    return language.gettext(
        "{label}: no change beyond noise, between {faster} faster and {slower} slower than {when}.",
        **words,
        faster=duration(-low, language),
        slower=duration(high, language),
    )


def _interval(low: float, high: float, language: Language) -> str:
    """The interval without a sign: the sentence says which way."""
    ends = (low, high) if low + high > 0 else (-high, -low)
    return interval(max(ends[0], 0.0), ends[1], Unit.SECONDS, language)
