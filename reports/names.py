"""What things are called in the report: metrics, dimensions and their members, tables, scopes.

Names that come from the data (topics, teams, people, the organisation) are hostile text: they are cleaned here, once,
and escaped where they are set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evaluation.measurement import UNASSIGNED
from evaluation.metric import Clock, Credit, Metric, Unit
from reports.language import N_, Language, pN_
from reports.untrusted import clean

NEVER_RANKED = ("team", "branch", "agent")
"""Dimensions of people: their members stand in alphabetical order, and nothing says who is first or last."""
_NAME_LENGTH = 80
_STATEMENT_LENGTH = 200
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

_CHANNELS = {
    "email": pN_("channel", "E-mail"),
    "chat": pN_("channel", "Chat"),
    "messenger": pN_("channel", "Messenger"),
    "phone": pN_("channel", "Telephone"),
    "form": pN_("channel", "Web form"),
    "portal": pN_("channel", "Portal"),
    "sms": pN_("channel", "SMS"),
    "social": pN_("channel", "Social media"),
    "forum": pN_("channel", "Forum"),
    "api": pN_("channel", "API"),
    "other": pN_("channel", "Other channels"),
}
_DIMENSIONS = {
    "all": N_("Whole service"),
    "channel": N_("Channel"),
    "team": N_("Team"),
    "branch": N_("Branch"),
    "topic": N_("Topic"),
    "priority": N_("Priority"),
    "agent": N_("Agent"),
}
_BY = {
    "channel": pN_("by what", "channel"),
    "team": pN_("by what", "team"),
    "branch": pN_("by what", "branch"),
    "topic": pN_("by what", "topic"),
    "priority": pN_("by what", "priority"),
    "agent": pN_("by what", "agent"),
}
_PRIORITIES = {
    "low": pN_("priority", "Low"),
    "normal": pN_("priority", "Normal"),
    "high": pN_("priority", "High"),
    "urgent": pN_("priority", "Urgent"),
}
_TABLES = {
    "tickets": pN_("table", "tickets"),
    "ticket_events": pN_("table", "ticket events"),
    "calls": pN_("table", "calls"),
    "surveys": pN_("table", "surveys"),
    "reviews": pN_("table", "reviews"),
    "audits": pN_("table", "audits"),
    "customers": pN_("table", "customers"),
    "returns": pN_("table", "returns"),
    "agents": pN_("table", "agents"),
    "benchmarks": pN_("table", "benchmarks"),
    "corrections": pN_("table", "corrections"),
}
_STATISTICS = {
    "value": pN_("statistic", "value"),
    "median": pN_("statistic", "median"),
    "mean": pN_("statistic", "mean"),
    "p90": pN_("statistic", "90th percentile"),
    "min": pN_("statistic", "shortest"),
    "sd": pN_("statistic", "standard deviation"),
    "alpha": pN_("statistic", "Krippendorff's alpha"),
    "kappa": pN_("statistic", "weighted kappa"),
    "percent_agreement": pN_("statistic", "share of equal marks"),
}
_SMALLEST = pN_("statistic", "smallest")
_CLOCKS = {
    Clock.BUSINESS: N_("opening hours only"),
    Clock.CALENDAR: N_("round the clock"),
    Clock.NONE: N_("no clock"),
}


def cleaned(text: str) -> str:
    """A name from the data, made harmless and short."""
    return clean(text, limit=_NAME_LENGTH)


def statement(text: str) -> str:
    """A sentence that people wrote into the configuration: a goal, an action, a reason."""
    return clean(text, limit=_STATEMENT_LENGTH)


def metric_label(metric: Metric, language: Language) -> str:
    """Name of a metric; an organisation's own name stays as it is."""
    return cleaned(language.gettext_or_same(metric.label))


def member_name(dimension: str, member: str, language: Language) -> str:
    """Name of a member of a dimension."""
    if member == UNASSIGNED:
        return language.gettext("Unassigned")
    if dimension == "channel" and member in _CHANNELS:
        return language.pgettext("channel", _CHANNELS[member])
    if dimension == "priority" and member in _PRIORITIES:
        return language.pgettext("priority", _PRIORITIES[member])
    return cleaned(_readable(member))


def dimension_name(dimension: str, language: Language) -> str:
    """Name of a dimension, for a table's first column; of a pair both."""
    return " × ".join(language.gettext(_DIMENSIONS[part]) for part in dimension.split("+"))


def _readable(key: str) -> str:
    """A key in snake case as words; anything else stays as it was written."""
    return sentence(key.replace("_", " ")) if _SNAKE.fullmatch(key) else key


def by_dimension(dimension: str, language: Language) -> str:
    """A dimension after "by": `channel`, `каналам`, `kanałów`."""
    return language.pgettext("by what", _BY[dimension])


def table_name(table: str, language: Language) -> str:
    """Name of a canonical table."""
    return language.pgettext("table", _TABLES[table]) if table in _TABLES else cleaned(table)


def statistic_name(statistic: str, language: Language, unit: Unit = Unit.SECONDS) -> str:
    """Name of a statistic; the least is the shortest of durations alone."""
    if statistic == "min" and unit is not Unit.SECONDS:
        return language.pgettext("statistic", _SMALLEST)
    if statistic not in _STATISTICS:
        return cleaned(_readable(statistic))
    return language.pgettext("statistic", _STATISTICS[statistic])


def clock_name(clock: Clock, language: Language) -> str:
    """Whose seconds count."""
    return language.gettext(_CLOCKS[clock])


def credit_words(credits: Sequence[Credit], language: Language) -> str:
    """Who is credited among agents; of a ratio above and below the line, where they are not the same."""
    words = [language.gettext_or_same(credit.value) for credit in credits]
    if len(words) == 1:
        return words[0]
    return language.gettext("above the line: {above}; below the line: {below}", above=words[0], below=words[1])


def scope_name(where: Mapping[str, str], language: Language) -> str:
    """Names of a scope's members, or an empty text for the whole service."""
    members = []
    for dimension, wanted in where.items():
        several = [wanted] if isinstance(wanted, str) else list(wanted)
        members += [member_name(dimension, member, language) for member in several]
    return ", ".join(members)


def figure_label(metric: Metric, where: Mapping[str, str], statistic: str, language: Language) -> str:
    """Name of a figure: the metric, the statistic when it is not the plain value, and the scope."""
    label = metric_label(metric, language)
    if statistic != "value" and metric.kind.value == "quantile":
        label = language.pgettext(
            "figure", "{label}, {statistic}", label=label, statistic=statistic_name(statistic, language, metric.unit)
        )
    scope = scope_name(where, language)
    return language.pgettext("figure", "{label} ({scope})", label=label, scope=scope) if scope else label


def inside(label: str) -> str:
    """A label in the middle of a sentence: its first letter small, unless it is an abbreviation.

    Example:
        >>> inside("First response"), inside("NPS"), inside("SLA met")
        ('first response', 'NPS', 'SLA met')
    """
    if len(label) > 1 and label[1].isupper():
        return label
    return label[:1].lower() + label[1:]


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
