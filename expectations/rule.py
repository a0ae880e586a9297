"""The shape of a rule on a canonical table, before Great Expectations is asked to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluation.validation import Severity

TOLERATED_SHARE = 0.05
"""Above this share of broken rows a row rule turns critical: the table itself cannot be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that must be so in one table.

    Attributes:
        table: Canonical table.
        rule: Closed list: `row_count`, `unique`, `not_null`, `one_of`, `between`, `not_in_future`, `not_before`,
            `refers_to`, `within_scale`, `not_orphaned`.
        columns: Columns that it is about; empty for the whole table.
        severity: What it means when a few rows break it.
        critical_above: Share of broken rows above which it is critical whatever `severity` says; None = never.
        quarantines: Whether rows that break it are taken out of the figures.
        parameters: Numbers and names of the rule.

    Example:
        >>> Rule(table="calls", rule="between", columns=("talk_seconds",), severity=Severity.WARNING).id
        'calls.talk_seconds.between'
    """

    table: str
    rule: str
    columns: tuple[str, ...] = ()
    severity: Severity
    critical_above: float | None = None
    quarantines: bool = False
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """`table.columns.rule`, stable across runs."""
        return ".".join((self.table, "+".join(self.columns) or "table", self.rule))

    def severity_of(self, unexpected: int, rows: int) -> Severity:
        """How grave this many broken rows of so many are."""
        grave = self.critical_above is not None and rows > 0 and unexpected / rows > self.critical_above
        return Severity.CRITICAL if grave else self.severity
