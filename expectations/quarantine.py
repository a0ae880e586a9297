"""Taking broken rows out of the figures, with their reason; nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluation.validation import CheckResult
from expectations.keys import is_among
from expectations.rule import Rule

REASON = "quarantine_reason"


def split(
    frame: pd.DataFrame, judged: Sequence[tuple[Rule, CheckResult, pd.Index]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that stay, and the rows that leave with the first rule they broke in the column `quarantine_reason`.

    A row that breaks several rules leaves once, under the first. Their counts add up to the frame.
    """
    reasons = pd.Series(pd.NA, index=frame.index, dtype="string")
    for rule, check, broken in judged:
        if rule.quarantines and not check.passed:
            reasons.loc[broken] = reasons.loc[broken].fillna(rule.id)
    leaves = reasons.notna()
    return frame.loc[~leaves], frame.loc[leaves].assign(**{REASON: reasons[leaves]})


def split_dependants(
    frame: pd.DataFrame, column: str, gone: pd.Series, reason: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that stay, and those whose parent row was quarantined."""
    leaves = is_among(frame[column], gone)
    return frame.loc[~leaves], frame.loc[leaves].assign(**{REASON: reason})
