"""A data check in words: what must hold, and how many rows broke it."""

from __future__ import annotations

from evaluation.validation import CheckResult
from reports.formats import number
from reports.language import N_, Language
from reports.names import cleaned, table_name

RULES = {
    "row_count": N_("{table}: at least {at_least} rows"),
    "unique": N_("{table}: {columns} given once only"),
    "not_null": N_("{table}: {columns} always given"),
    "one_of": N_("{table}: {columns} from the closed list"),
    "between": N_("{table}: {columns} within bounds"),
    "not_in_future": N_("{table}: {columns} not in the future"),
    "not_before": N_("{table}: {columns} in the right order"),
    "refers_to": N_("{table}: {columns} found among the {other}"),
    "within_scale": N_("{table}: {columns} on its scale"),
    "not_orphaned": N_("{table}: {columns} has its rows elsewhere"),
}
"""What must hold, by rule; another rule is printed by its own name, because an organisation may add checks."""


def check_sentence(check: CheckResult, language: Language) -> str:
    """What must hold, for example `tickets: created_at not in the future`."""
    columns = ", ".join(check.columns)
    if check.rule not in RULES:
        about = f"{table_name(check.table, language)}{': ' + columns if columns else ''}"
        return cleaned(f"{about}: {check.rule.replace('_', ' ')}")
    return language.gettext(
        RULES[check.rule],
        table=table_name(check.table, language),
        columns=columns or table_name(check.table, language),
        at_least=_counted(check, "at_least", language),
        other=table_name(str(check.parameters.get("table", "")), language),
    )


def outcome_sentence(check: CheckResult, quarantined: int, language: Language) -> str:
    """How many rows broke the rule, and how many of them were taken out of the figures."""
    if not check.columns and check.rule == "row_count":
        return language.ngettext("{n} row found", "{n} rows found", check.rows)
    broken = language.ngettext(
        "{n} row of {rows} breaks it",
        "{n} rows of {rows} break it",
        check.unexpected,
        rows=number(check.rows, language),
    )
    if not quarantined:
        return broken
    aside = language.ngettext("{n} set aside", "{n} set aside", quarantined)
    return f"{broken}; {aside}"


def _counted(check: CheckResult, name: str, language: Language) -> str:
    value = check.parameters.get(name, 0)
    return number(value, language) if isinstance(value, int | float) else cleaned(str(value))
