"""What moved the whole, in words and as bars: the largest addends of the change, and what all others make together."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.explanation import Cause, Contribution, Explanation
from evaluation.metric import Better, Metric, Unit
from reports.chart import Chart
from reports.charts.horizontal_bars import Bar, horizontal_bars
from reports.formats import MINUS, difference
from reports.language import N_, Language
from reports.names import NEVER_RANKED, member_name

MOST_OF_IT = 0.5
"""An addend of this part of the change, or more, is what it mostly comes from."""
MIXES = {
    ("channel", True): N_("more of the cases came by {member}"),
    ("channel", False): N_("fewer of the cases came by {member}"),
    ("team", True): N_("more of the cases went to {member}"),
    ("team", False): N_("fewer of the cases went to {member}"),
    ("topic", True): N_("more of the cases were about {member}"),
    ("topic", False): N_("fewer of the cases were about {member}"),
    ("priority", True): N_("more of the cases had the priority {member}"),
    ("priority", False): N_("fewer of the cases had the priority {member}"),
}
RATES = {
    "slower": N_("{member} itself became slower"),
    "faster": N_("{member} itself became faster"),
    "better": N_("{member} itself became better"),
    "worse": N_("{member} itself became worse"),
    "rose": N_("{member} itself rose"),
    "fell": N_("{member} itself fell"),
}


def explained(explanation: Explanation, metric: Metric, language: Language) -> str:
    """The change in words: even, or its largest addend and then the next ones, with their amounts.

    Args:
        explanation: The change in parts.
        metric: Whose change.
        language: The reader's.
    """
    taken = _taken_apart(explanation, metric, language)
    if explanation.is_even or not explanation.largest:
        even = language.gettext(
            "No channel, team, topic or priority stands out: of {whole}, {rate} comes from their own figures and {mix} "
            "from another mix of cases.",
            whole=signed(explanation.change, metric.unit, language),
            rate=signed(explanation.rate, metric.unit, language),
            mix=signed(explanation.mix, metric.unit, language),
        )
        return " ".join(part for part in (even, taken) if part)
    first, *others = explanation.largest
    words = {
        "cause": cause_of(first, explanation.dimension, metric, language),
        "amount": signed(first.amount, metric.unit, language),
        "whole": signed(explanation.change, metric.unit, language),
    }
    if abs(first.amount) >= MOST_OF_IT * abs(explanation.change):
        told = language.gettext("Mostly because {cause}: {amount} of {whole}.", **words)
    else:
        told = language.gettext("Most of all because {cause}: {amount} of {whole}.", **words)
    more = [
        f"{cause_of(part, explanation.dimension, metric, language)} ({signed(part.amount, metric.unit, language)})"
        for part in _in_order(others, explanation.dimension, language)
    ]
    then = language.gettext("Then: {causes}.", causes="; ".join(more)) if more else ""
    return " ".join(part for part in (told, then, taken) if part)


def _in_order(parts: Sequence[Contribution], dimension: str, language: Language) -> list[Contribution]:
    """The largest addend first; those of people in alphabetical order, which ranks nobody."""
    if dimension not in NEVER_RANKED:
        return list(parts)
    return sorted(parts, key=lambda part: member_name(dimension, part.member, language).casefold())


def cause_of(part: Contribution, dimension: str, metric: Metric, language: Language) -> str:
    """Why a part of the service moved the whole: by its share of the cases, or by itself."""
    name = member_name(dimension, part.member, language)
    if part.cause is Cause.MIX:
        return language.gettext(MIXES[dimension, part.has_grown], member=name)
    return language.gettext(RATES[_way(part, metric)], member=name)


def _way(part: Contribution, metric: Metric) -> str:
    has_risen = part.amount > 0
    if metric.better is Better.NEUTRAL:
        return "rose" if has_risen else "fell"
    if metric.unit is Unit.SECONDS:
        return "slower" if has_risen else "faster"
    return "better" if has_risen == (metric.better is Better.HIGHER) else "worse"


def _taken_apart(explanation: Explanation, metric: Metric, language: Language) -> str:
    """That it is the mean which was taken apart, where the figure is another."""
    if explanation.statistic == metric.statistic or explanation.statistic != "mean":
        return ""
    return language.gettext(
        "The mean was taken apart ({change}), because medians do not add up.",
        change=signed(explanation.change, metric.unit, language),
    )


def signed(value: float, unit: Unit, language: Language) -> str:
    """An amount of change with its sign; no sign when it rounds to nothing."""
    size = difference(value, unit, language)
    return f"{'+' if value > 0 else MINUS}{size}" if size else difference_of_nothing(language)


def difference_of_nothing(language: Language) -> str:
    """What is printed for a change that rounds to nothing."""
    return language.gettext("none")


def addends_chart(explanation: Explanation, metric: Metric, name: str, language: Language, width_mm: float) -> Chart:
    """The largest addends and all others together, as bars from zero; they add up to the change.

    Teams stand in alphabetical order, everything else by the size of its addend.
    """
    parts = [
        Bar(
            label=_short(part, explanation.dimension, language),
            value=part.amount,
            text=signed(part.amount, metric.unit, language),
            is_flagged=_is_bad(part.amount, metric),
        )
        for part in _in_order(explanation.largest, explanation.dimension, language)
    ]
    parts.append(
        Bar(
            label=language.gettext("all others"),
            value=explanation.others,
            text=signed(explanation.others, metric.unit, language),
        )
    )
    told = "; ".join(f"{bar.label} {bar.text}" for bar in parts)
    whole = signed(explanation.change, metric.unit, language)
    alt = language.gettext("What adds up to {whole}: {parts}.", whole=whole, parts=told)
    return horizontal_bars(parts, name=name, alt=alt, width_mm=width_mm)


def _short(part: Contribution, dimension: str, language: Language) -> str:
    name = member_name(dimension, part.member, language)
    if part.cause is Cause.RATE:
        return language.pgettext("addend of a change", "{member} itself", member=name)
    return language.pgettext("addend of a change", "share of {member}", member=name)


def _is_bad(amount: float, metric: Metric) -> bool:
    return metric.better is not Better.NEUTRAL and (amount > 0) != (metric.better is Better.HIGHER)
