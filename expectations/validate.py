"""The one verb of this room: canonical tables in, the outcome and the clean tables out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from evaluation.fields import TABLES
from evaluation.validation import CheckResult, Validation
from expectations.judge import Judge
from expectations.quarantine import REASON, split, split_dependants
from expectations.suite import suites


@dataclass(frozen=True)
class Outcome:
    """What validation found and did.

    Attributes:
        validation: Every check, and counts of quarantined rows by check.
        clean: The tables without their quarantined rows; a table without any is not in here.
        quarantine: Rows taken out, by table, with the column `quarantine_reason`.
    """

    validation: Validation
    clean: Mapping[str, pd.DataFrame]
    quarantine: Mapping[str, pd.DataFrame]


def validate(frames: Mapping[str, pd.DataFrame], run_at: datetime) -> Outcome:
    """Judge every table by its suite.

    Args:
        frames: Canonical tables by name, with canonical columns and dtypes.
        run_at: The moment of the run; nothing may have happened after it.

    Returns:
        The outcome. Rows are taken out of the figures by the rules that quarantine; the events of a
        quarantined ticket go with it.

    Example:
        >>> frame = pd.DataFrame({"return_id": ["a:1"], "at": [pd.Timestamp("2026-01-01", tz="UTC")]})
        >>> outcome = validate({"returns": frame}, datetime.fromisoformat("2026-02-01T00:00:00+00:00"))
        >>> outcome.validation.failed
        ()
    """
    judge = Judge(run_at)
    known = {table: frame[TABLES[table].key[0]] for table, frame in frames.items() if len(TABLES[table].key) == 1}
    checks: list[CheckResult] = []
    clean: dict[str, pd.DataFrame] = {}
    quarantine: dict[str, pd.DataFrame] = {}
    for table, suite in suites().items():
        if table not in frames:
            continue
        frame = frames[table].reset_index(drop=True)
        rules = suite.rules(frozenset(frame.columns), frozenset(known))
        judged = judge.judge(table, frame, rules, known)
        checks += [check for check, _ in judged]
        kept, taken = split(frame, [(rule, *outcome) for rule, outcome in zip(rules, judged, strict=True)])
        if not taken.empty:
            clean[table], quarantine[table] = kept, taken
    _take_dependants(frames, clean, quarantine)
    return Outcome(Validation(tuple(checks), _counts(quarantine)), clean, quarantine)


def _take_dependants(
    frames: Mapping[str, pd.DataFrame], clean: dict[str, pd.DataFrame], quarantine: dict[str, pd.DataFrame]
) -> None:
    """Events of a quarantined ticket leave with it: half a story would be counted as a whole one."""
    if "tickets" not in quarantine or "ticket_events" not in frames:
        return
    events = clean.get("ticket_events", frames["ticket_events"])
    reason = "ticket_events.ticket_id.ticket_quarantined"
    kept, taken = split_dependants(events, "ticket_id", quarantine["tickets"]["ticket_id"], reason)
    if not taken.empty:
        clean["ticket_events"] = kept
        quarantine["ticket_events"] = pd.concat([quarantine.get("ticket_events", taken.iloc[:0]), taken])


def _counts(quarantine: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for frame in quarantine.values():
        counted |= {str(reason): int(count) for reason, count in frame[REASON].value_counts(sort=False).items()}
    return dict(sorted(counted.items()))
