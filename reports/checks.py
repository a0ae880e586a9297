"""A data check in words: what must hold, said for people who never saw the tables."""

from __future__ import annotations

from evaluation.validation import CheckResult
from reports.formats import number
from reports.language import N_, Language
from reports.names import cleaned, sentence, table_name

KNOWN = {
    "tickets.solved_at+created_at.not_before": N_("A ticket is not solved before it is created"),
    "tickets.closed_at+created_at.not_before": N_("A ticket is not closed before it is created"),
    "calls.queued_at+started_at.not_before": N_("A call does not queue before it starts"),
    "calls.answered_at+started_at.not_before": N_("A call is not answered before it starts"),
    "calls.ended_at+started_at.not_before": N_("A call does not end before it starts"),
    "calls.ended_at+answered_at.not_before": N_("A call does not end before it is answered"),
    "surveys.answered_at+asked_at.not_before": N_("A survey is not answered before it is sent"),
    "reviews.replied_at+posted_at.not_before": N_("A review is not answered before it is posted"),
    "customers.ended_at+started_at.not_before": N_("A customer does not leave before joining"),
    "agents.until_at+from_at.not_before": N_("An agent does not leave before starting"),
}
"""Checks that deserve a sentence of their own, by id."""
RULES = {
    "row_count": N_("{table} are delivered: at least {at_least}"),
    "unique": N_("{table} appear once only"),
    "not_null": N_("{table} have all required fields"),
    "one_of": N_("{table} use agreed codes only"),
    "between": N_("{table} have values within bounds"),
    "not_in_future": N_("{table} carry no date in the future"),
    "not_before": N_("{table} have dates in the right order"),
    "refers_to": N_("{table} belong to known {other}"),
    "within_scale": N_("{table} have scores on their own scale"),
    "not_orphaned": N_("{table} have related rows elsewhere"),
}
"""What must hold, by rule; another rule is printed by its own name, because an organisation may add checks."""


def check_sentence(check: CheckResult, language: Language) -> str:
    """What must hold, for example `A ticket is not solved before it is created`."""
    if check.id in KNOWN:
        return language.gettext(KNOWN[check.id])
    if check.rule not in RULES:
        about = f"{table_name(check.table, language)}{': ' + check_fields(check) if check.columns else ''}"
        return cleaned(f"{about}: {check.rule.replace('_', ' ')}")
    text = language.gettext(
        RULES[check.rule],
        table=table_name(check.table, language),
        at_least=_counted(check, "at_least", language),
        other=table_name(str(check.parameters.get("table", "")), language),
    )
    return sentence(text)


def check_fields(check: CheckResult) -> str:
    """The columns that a check is about, by their names in the data."""
    return cleaned(", ".join(check.columns))


def _counted(check: CheckResult, name: str, language: Language) -> str:
    value = check.parameters.get(name, 0)
    return number(value, language) if isinstance(value, int | float) else cleaned(str(value))
