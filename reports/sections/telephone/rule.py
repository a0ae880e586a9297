"""The rule of the telephone's service level in words: what is in time, and what becomes of those who give up."""

from __future__ import annotations

from datetime import date

from evaluation.assessment import Assessment
from reports.broken_down import facts_of
from reports.document import Prose
from reports.formats import day, duration, share
from reports.language import N_, Language

_ANSWERED = {
    "abandoned_ignored": N_("{share} of callers were answered within {limit}"),
    "abandoned_missed": N_("{share} of callers were answered within {limit}"),
    "abandoned_met": N_("{share} of callers were answered, or gave up, within {limit}"),
}
_EARLY = {
    "abandoned_ignored": N_(
        "Callers who give up within {limit} are left out; those who give up later were not answered in time."
    ),
    "abandoned_missed": N_("Every caller who gives up, however early, was not answered in time."),
    "abandoned_met": N_(
        "Callers who give up within {limit} count as answered in time; those who give up later do not."
    ),
}


def answered_within(assessment: Assessment, printed: str, language: Language) -> str:
    """The service level as a sentence, by the rule that the organisation chose."""
    variant = assessment.catalogue["service_level"].variant or ""
    limit = facts_of(assessment, "call_outcomes").get("within_seconds")
    if limit is None or variant not in _ANSWERED:
        return language.gettext("{share} of callers were answered in time", share=printed)
    return language.gettext(_ANSWERED[variant], share=printed, limit=duration(float(limit), language))


def rule_of(assessment: Assessment, language: Language) -> Prose | None:
    """The rule, as it was in force at the end of the period; None when nobody says what is promised."""
    facts = facts_of(assessment, "call_outcomes")
    if "within_seconds" not in facts:
        return None
    limit = duration(float(facts["within_seconds"]), language)
    goal = share(float(facts["goal"]), language, 0)
    lines = [
        language.gettext(
            "A caller is answered in time within {limit} of entering the queue, the last second included; "
            "the voice menu does not count. {goal} should be.",
            limit=limit,
            goal=goal,
        )
    ]
    variant = assessment.catalogue["service_level"].variant if "service_level" in assessment.catalogue else None
    if variant in _EARLY:
        lines.append(language.gettext(_EARLY[variant], limit=limit))
    lines.append(
        language.gettext(
            "Of abandonment there are two figures: one leaves out callers who give up within {short}, the other "
            "counts them. A message or a call-back is neither an answer nor a call given up.",
            short=duration(float(facts["short_abandon_seconds"]), language),
        )
    )
    lines.append(
        language.gettext("Calls outside opening hours are counted like all others.")
        if facts["counts_out_of_hours"]
        else language.gettext("Calls outside opening hours are left out of these figures, except of the handle time.")
    )
    if facts["since"]:
        since = day(date.fromisoformat(str(facts["since"])), language)
        lines.append(
            language.gettext("In force since {day}; each call keeps the rule of the day it came in.", day=since)
        )
    return Prose(language.gettext("The rule of the service level"), tuple(lines))
