"""The outcome of validation, in the domain's own shape; `expectations/` makes it, everything below reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a failed check matters."""

    CRITICAL = "critical"
    """The figures that rest on it are withheld."""
    WARNING = "warning"
    """The figures that rest on it carry a numbered caveat."""
    INFO = "info"
    """Told on the data-quality page only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One rule on one table, with what it found.

    Attributes:
        id: `table.column.rule`, for example `tickets.created_at.not_null`; stable, used in caveats and translations.
        table: Canonical table.
        columns: Columns that the rule is about; empty for rules about the whole table.
        rule: Short name of the rule, from a closed list (`not_null`, `unique`, `one_of`, `between`, `not_in_future`,
            `not_before`, `row_count`, `refers_to`, …).
        severity: What a failure means.
        passed: Whether the rule held.
        rows: Rows that were checked.
        unexpected: Rows that broke the rule.
        sample: Up to five offending values, as text, masked where they could be personal.
        parameters: The rule's own numbers and names, for the printed sentence.
    """

    id: str
    table: str
    columns: tuple[str, ...]
    rule: str
    severity: Severity
    passed: bool
    rows: int
    unexpected: int
    sample: tuple[str, ...] = ()
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Validation:
    """All checks of a run, and how many rows were quarantined by which check.

    Attributes:
        checks: Every rule that ran, by table in dictionary order, then as the suite lists them.
        quarantined: Rows taken out of the figures: check id to count.
    """

    checks: tuple[CheckResult, ...]
    quarantined: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The rules that did not hold, the gravest first."""
        order = list(Severity)
        return tuple(sorted((c for c in self.checks if not c.passed), key=lambda c: order.index(c.severity)))

    def critical(self, table: str, columns: tuple[str, ...]) -> CheckResult | None:
        """The first failed critical rule about the table itself or one of these columns, or None."""
        return self._first(Severity.CRITICAL, table, columns)

    def warnings(self, table: str, columns: tuple[str, ...]) -> tuple[CheckResult, ...]:
        """Failed warnings about the table itself or one of these columns."""
        return tuple(c for c in self.failed if c.severity is Severity.WARNING and _is_about(c, table, columns))

    def _first(self, severity: Severity, table: str, columns: tuple[str, ...]) -> CheckResult | None:
        return next((c for c in self.failed if c.severity is severity and _is_about(c, table, columns)), None)


def _is_about(check: CheckResult, table: str, columns: tuple[str, ...]) -> bool:
    return check.table == table and (not check.columns or bool(set(check.columns) & set(columns)))
