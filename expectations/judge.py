"""Great Expectations judges: rules become expectations, results become the domain's own shape."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import ModuleType
from typing import Any

import pandas as pd

from evaluation.errors import DataError
from evaluation.fields import allowed_values
from evaluation.validation import CheckResult
from expectations.keys import is_among
from expectations.rule import Rule

os.environ["GX_ANALYTICS_ENABLED"] = "false"
_PERSONAL = frozenset({"requester_id", "email", "text", "comment", "liked", "disliked", "improve", "subject", "title"})
_HOLDS = "holds_{}"


def warm_up() -> None:
    """Pay for the import of Great Expectations (2 to 8 s) ahead of time.

    Two fifths of it are what one expectation needs that no suite uses (distributions and their drawing). They are
    imported when they are asked for, which is never.
    """
    if "great_expectations" in sys.modules:
        return
    for name in ("scipy.stats", "altair"):
        if name not in sys.modules:
            sys.modules[name] = _imported_when_asked(name)
    with _without("pyspark"):
        import great_expectations
        import great_expectations.expectations  # noqa: F401


@contextmanager
def _without(package: str) -> Iterator[None]:
    """As if a package were not installed.

    Great Expectations imports PySpark wherever it is, down to a module of it that ends the process when gRPC is
    missing; no suite runs on Spark.
    """
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == package}
    for name in hidden:
        del sys.modules[name]
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
        sys.modules.update(hidden)


def _imported_when_asked(name: str) -> ModuleType:
    """A module that gives way to the real one at the first look at any of its attributes."""
    placeholder = ModuleType(name)

    def attribute(asked: str) -> Any:
        if sys.modules.get(name) is placeholder:
            del sys.modules[name]
        return getattr(importlib.import_module(name), asked)

    placeholder.__dict__["__getattr__"] = attribute
    return placeholder


class Judge:
    """Runs suites of rules over pandas frames in one ephemeral context; nothing is written, nothing is sent."""

    def __init__(self, run_at: datetime) -> None:
        warm_up()
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._source = context.data_sources.add_pandas("canonical")
        self._run_at = pd.Timestamp(run_at)
        self._batches = itertools.count(1)

    def judge(
        self, table: str, frame: pd.DataFrame, rules: Sequence[Rule], known: Mapping[str, pd.Series]
    ) -> list[tuple[CheckResult, pd.Index]]:
        """What became of each rule.

        Args:
            table: Name of the canonical table.
            frame: Its rows, with a plain unique index.
            rules: What to judge.
            known: Keys of the other tables, by table, for `refers_to`.

        Returns:
            For each rule in order: the result, and the index labels of the rows that broke it.
        """
        import great_expectations as gx

        batch_frame = self._with_derived(frame, rules, known)
        suite = gx.ExpectationSuite(name=table)
        for rule in rules:
            suite.add_expectation(self._expectation(rule))
        asset = self._source.add_dataframe_asset(f"{table} {next(self._batches)}")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": batch_frame})
        outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
        by_id = {result.expectation_config.meta["rule"]: result for result in outcome.results}
        return [_result(rule, by_id[rule.id], frame) for rule in rules]

    def _with_derived(self, frame: pd.DataFrame, rules: Sequence[Rule], known: Mapping[str, pd.Series]) -> pd.DataFrame:
        """Rules over several columns or tables are judged on a derived yes/no column; pandas nulls are made plain."""
        derived: dict[str, pd.Series] = {}
        for rule in rules:
            if rule.rule == "refers_to":
                column = frame[rule.columns[0]]
                derived[_HOLDS.format(rule.id)] = column.isna() | is_among(column, known[str(rule.parameters["table"])])
            elif "beside" in rule.parameters:
                column, beside = frame[rule.columns[0]], frame[str(rule.parameters["beside"])]
                derived[_HOLDS.format(rule.id)] = column.notna() | beside.isna()
            elif rule.rule == "within_scale":
                score, low, high = (frame[name] for name in rule.columns)
                derived[_HOLDS.format(rule.id)] = ~((score < low) | (score > high)).fillna(False)
            elif rule.rule == "not_before":
                later, earlier = (frame[name] for name in rule.columns)
                derived[_HOLDS.format(rule.id)] = ~(later < earlier).fillna(False)
        used = {column for rule in rules for column in rule.columns}
        plain = frame.loc[:, [name for name in frame.columns if name in used]]
        return plain.assign(**{name: column.astype(bool) for name, column in derived.items()})

    def _expectation(self, rule: Rule) -> Any:
        import great_expectations.expectations as gxe

        common = {"severity": rule.severity.value, "meta": {"rule": rule.id}}
        column = rule.columns[0] if rule.columns else ""
        if rule.rule == "row_count":
            return gxe.ExpectTableRowCountToBeBetween(min_value=int(rule.parameters["at_least"]), **common)
        if rule.rule == "unique" and len(rule.columns) > 1:
            return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(rule.columns), **common)
        if rule.rule == "unique":
            return gxe.ExpectColumnValuesToBeUnique(column=column, **common)
        if rule.rule == "not_null" and "beside" not in rule.parameters:
            return gxe.ExpectColumnValuesToNotBeNull(column=column, **common)
        if rule.rule == "one_of":
            return gxe.ExpectColumnValuesToBeInSet(
                column=column, value_set=list(allowed_values(rule.table, column)), **common
            )
        if rule.rule == "between":
            return gxe.ExpectColumnValuesToBeBetween(
                column=column,
                min_value=rule.parameters.get("at_least"),
                max_value=rule.parameters.get("at_most"),
                **common,
            )
        if rule.rule == "not_in_future":
            return gxe.ExpectColumnValuesToBeBetween(column=column, max_value=self._run_at.to_pydatetime(), **common)
        return gxe.ExpectColumnValuesToBeInSet(column=_HOLDS.format(rule.id), value_set=[True], **common)


def _result(rule: Rule, outcome: Any, frame: pd.DataFrame) -> tuple[CheckResult, pd.Index]:
    if outcome.exception_info.get("raised_exception"):
        raise DataError(
            f"the rule {rule.id} could not be judged: {outcome.exception_info.get('exception_message')}",
            where=rule.table, remedy="look at the column's values in the snapshot",
        )  # fmt: skip
    broken = pd.Index(outcome.result.get("unexpected_index_list") or [])
    unexpected = len(broken) if rule.rule != "row_count" else int(not outcome.success)
    check = CheckResult(
        id=rule.id, table=rule.table, columns=rule.columns, rule=rule.rule,
        severity=rule.severity_of(unexpected, len(frame)), passed=bool(outcome.success), rows=len(frame),
        unexpected=unexpected, sample=_sample(rule, frame, broken), parameters=rule.parameters,
    )  # fmt: skip
    return check, broken


def _sample(rule: Rule, frame: pd.DataFrame, broken: pd.Index) -> tuple[str, ...]:
    """Up to five distinct offending values; personal columns only say how many."""
    if broken.empty or not rule.columns or set(rule.columns) & _PERSONAL:
        return ()
    rows = frame.loc[broken[:200], list(rule.columns)].astype("string").fillna("(empty)")
    return tuple(rows.agg(" / ".join, axis=1).drop_duplicates().head(5))
