"""Is a figure behaving as before? One sentence for the remarks of its page, from what its control chart says."""

from __future__ import annotations

from evaluation.assessment import Assessment
from evaluation.metric import Better, Metric
from evaluation.process_reading import Behaviour, ProcessReading, SpecialCause
from evaluation.statistics.process_chart import FEWEST_POINTS
from reports.document import Note
from reports.formats import in_period, number
from reports.language import N_, Language
from reports.names import cleaned, sentence

_OF_SEVERAL = {
    (Behaviour.SHIFTED, True): N_("The last {n} months lie above the mean: a shift that began {when}."),
    (Behaviour.SHIFTED, False): N_("The last {n} months lie below the mean: a shift that began {when}."),
    (Behaviour.TRENDING, True): N_("The last {n} months rise one after another: a rise that began {when}."),
    (Behaviour.TRENDING, False): N_("The last {n} months fall one after another: a fall that began {when}."),
}
_OF_ONE = {
    (Behaviour.OUTSIDE, True): N_("The last month lies above its natural limits: it has a cause of its own."),
    (Behaviour.OUTSIDE, False): N_("The last month lies below its natural limits: it has a cause of its own."),
    (Behaviour.NEAR_LIMIT, True): N_(
        "The last month and one of the two before it lie close to the upper limit: an early sign of a change."
    ),
    (Behaviour.NEAR_LIMIT, False): N_(
        "The last month and one of the two before it lie close to the lower limit: an early sign of a change."
    ),
}


def process_note(assessment: Assessment, metric_id: str, language: Language) -> Note | None:
    """The remark beside a figure's months; None when no month of it is a point of a control chart."""
    reading, metric = assessment.processes.get(metric_id), assessment.catalogue.get(metric_id)
    if reading is None or metric is None:
        return None
    return Note(language.gettext("As before?"), (behaviour_sentence(reading, metric, language),))


def behaviour_sentence(reading: ProcessReading, metric: Metric, language: Language) -> str:
    """What may be said about the last month.

    | behaviour | said |
    | --- | --- |
    | cannot_tell | too few months, or too few since a named change |
    | as_before | it behaves as before, or as it has since a named change |
    | shifted, trending | how many months lie on one side, or rise or fall, and since when |
    | outside, near_limit | on which side |

    Whether a special cause is for the better is said of figures that have a good direction; limits that rest on fewer
    than 13 months are called provisional; months after the last point are said to be left out.

    Args:
        reading: What the control chart says.
        metric: The metric of the figure.
        language: The reader's.
    """
    if reading.behaviour is Behaviour.CANNOT_TELL:
        return _too_few(reading, language)
    cause = reading.cause
    told = [_as_before(reading, language) if cause is None else _cause(reading.behaviour, cause, language)]
    if cause is not None and metric.better is not Better.NEUTRAL:
        is_better = cause.is_upward == (metric.better is Better.HIGHER)
        told.append(
            language.gettext("It is for the better.") if is_better else language.gettext("It is for the worse.")
        )
    if reading.now.is_provisional:
        told.append(
            language.ngettext(
                "The limits are provisional: they rest on {n} month.",
                "The limits are provisional: they rest on {n} months.",
                reading.now.months,
            )
        )
    later = [month for month in reading.left_out if month > reading.now.last]
    if later:
        told.append(
            language.ngettext(
                "{n} later month is left out: too few cases, or not over yet.",
                "{n} later months are left out: too few cases, or not over yet.",
                len(later),
            )
        )
    return " ".join(told)


def _too_few(reading: ProcessReading, language: Language) -> str:
    now = reading.now
    if now.changes:
        return language.ngettext(
            "{n} month since “{change}”: too few to tell how it behaves now; {needed} are needed.",
            "{n} months since “{change}”: too few to tell how it behaves now; {needed} are needed.",
            now.months,
            change=_changes(reading),
            needed=FEWEST_POINTS,
        )
    return language.ngettext(
        "{n} month: too few to tell whether it behaves as before; {needed} are needed.",
        "{n} months: too few to tell whether it behaves as before; {needed} are needed.",
        now.months,
        needed=FEWEST_POINTS,
    )


def _as_before(reading: ProcessReading, language: Language) -> str:
    if reading.now.changes:
        return language.gettext(
            "The last month behaves as those since “{change}”: within its natural limits.", change=_changes(reading)
        )
    return language.gettext("The last month behaves as those before it: within its natural limits.")


def _cause(behaviour: Behaviour, cause: SpecialCause, language: Language) -> str:
    if behaviour in (Behaviour.OUTSIDE, Behaviour.NEAR_LIMIT):
        return language.gettext(_OF_ONE[behaviour, cause.is_upward])
    months = number(cause.months, language)  # seven at least: SUSTAINED
    return sentence(
        language.gettext(_OF_SEVERAL[behaviour, cause.is_upward], n=months, when=in_period(cause.first, language))
    )


def _changes(reading: ProcessReading) -> str:
    return ", ".join(cleaned(change) for change in reading.now.changes)
