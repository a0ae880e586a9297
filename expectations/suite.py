"""Suites: the rules of one canonical table, most of them made from the dictionary of columns."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from evaluation.fields import FIELDS, TABLES, allowed_values
from evaluation.validation import Severity
from expectations.rule import TOLERATED_SHARE, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What only this table knows; everything else comes from `evaluation.fields`.

    Attributes:
        table: Canonical table.
        not_before: Pairs `(later, earlier)` of instants of one row.
        refers_to: `(column, table)`: the column's values are keys of that table when the table is there.
        orphans_leave: Rows whose reference is unknown are quarantined, not only counted.
        given_with: Pairs `(column, beside)`: where `beside` is given, `column` is, too.
        within_scale: Whether `score` lies between `scale_min` and `scale_max`.
        may_be_future: Instants that may lie ahead.
    """

    table: str
    not_before: tuple[tuple[str, str], ...] = ()
    refers_to: tuple[tuple[str, str], ...] = ()
    orphans_leave: bool = False
    given_with: tuple[tuple[str, str], ...] = ()
    within_scale: bool = False
    may_be_future: tuple[str, ...] = ()

    def rules(self, given: Collection[str], tables: Collection[str]) -> list[Rule]:
        """The rules that apply to a frame with these columns, beside these other tables.

        Example:
            >>> [rule.rule for rule in Suite(table="returns").rules({"return_id", "at"}, ())]
            ['row_count', 'not_null', 'not_null', 'unique', 'not_in_future']
        """
        columns = [name for name in TABLES[self.table].columns if name in given]
        found = [Rule(table=self.table, rule="row_count", severity=Severity.CRITICAL, parameters={"at_least": 1})]
        found += self._presence(columns) + self._values(columns)
        found += [self._row_rule("not_before", pair) for pair in self.not_before if set(pair) <= set(columns)]
        found += [self._reference(*pair) for pair in self.refers_to if pair[0] in columns and pair[1] in tables]
        found += [
            self._row_rule("not_null", (column,), {"beside": beside})
            for column, beside in self.given_with
            if {column, beside} <= set(columns)
        ]
        if self.within_scale and {"score", "scale_min", "scale_max"} <= set(columns):
            found.append(self._row_rule("within_scale", ("score", "scale_min", "scale_max")))
        return found

    def _presence(self, columns: list[str]) -> list[Rule]:
        shape = TABLES[self.table]
        found = [self._row_rule("not_null", (name,)) for name in shape.required if name in columns]
        if shape.key and set(shape.key) <= set(columns):
            found.append(Rule(table=self.table, rule="unique", columns=shape.key, severity=Severity.CRITICAL))
        return found

    def _values(self, columns: list[str]) -> list[Rule]:
        found = []
        for name in columns:
            field = FIELDS[name]
            if allowed := allowed_values(self.table, name):
                found.append(self._row_rule("one_of", (name,), {"allowed": ", ".join(allowed)}))
            bounds = {
                key: limit
                for key, limit in (("at_least", field.lowest), ("at_most", field.highest))
                if limit is not None
            }
            if bounds:
                found.append(self._row_rule("between", (name,), bounds))
            if field.dtype == "instant" and name not in self.may_be_future:
                found.append(self._row_rule("not_in_future", (name,)))
        return found

    def _row_rule(
        self, rule: str, columns: tuple[str, ...], parameters: dict[str, str | int | float] | None = None
    ) -> Rule:
        return Rule(
            table=self.table, rule=rule, columns=columns, severity=Severity.WARNING, critical_above=TOLERATED_SHARE,
            quarantines=True, parameters=parameters or {},
        )  # fmt: skip

    def _reference(self, column: str, table: str) -> Rule:
        return Rule(
            table=self.table, rule="refers_to", columns=(column,), severity=Severity.WARNING,
            quarantines=self.orphans_leave, parameters={"table": table},
        )  # fmt: skip


def suites() -> dict[str, Suite]:
    """Every suite by table, in the order of the dictionary.

    Raises:
        ImportError: A file of `expectations/suites/` does not import, or has no `SUITE`.
    """
    found = {suite.table: suite for suite in _walk()}
    return {table: found[table] for table in TABLES}


def _walk() -> Iterator[Suite]:
    import expectations.suites as folder

    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        yield importlib.import_module(module.name).SUITE
