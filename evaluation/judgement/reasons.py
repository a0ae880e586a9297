"""Contact reasons in the one control: their growth enters it as differences, and comes back as verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.judgement.candidates import SHARE_OF_TOPIC, Candidate
from evaluation.measurement import UNASSIGNED
from evaluation.metric import Metric
from evaluation.verdict import Against, Change, LookedAt

METRIC, STATISTIC, TICKETS = "contact_reasons", "value", "tickets_created"
PASTS: Mapping[str, Against] = {"previous": Against.BEFORE, "last_year": Against.LAST_YEAR}
ALONE = 0.05
"""Below this a difference would be called real if nothing else had been looked at."""


def reason_differences(reasons: Breakdown, catalogue: Mapping[str, Metric]) -> list[Candidate]:
    """The growth of every contact reason against its pasts, each with its probability by chance."""
    metric = catalogue.get(METRIC)
    if metric is None or reasons.reason is not None:
        return []
    return [
        Candidate(
            metric=metric, statistic=STATISTIC, against=against, dimension="topic", member=str(row["reason"]),
            change=Change.MOVED if row[f"p_{past}"] < ALONE else Change.WITHIN_NOISE, p_value=float(row[f"p_{past}"]),
            effect=_growth(float(row["contacts"]), float(row[f"contacts_{past}"])),
        )
        for past, against in PASTS.items()
        for row in reasons.frame.to_dict("records")
        if not pd.isna(row[f"p_{past}"]) and row["reason"] != UNASSIGNED
    ]  # fmt: skip


def with_verdicts(reasons: Breakdown, looked_at: LookedAt) -> Breakdown:
    """The breakdown with what stands after the control.

    Whether a topic grew since the period before is decided by its share of the tickets, as in the findings, so that
    the report has one answer; a topic that only grew with all others did not. Its contacts must have gone the same way.
    Topics that no ticket has are decided by their contacts, and so is everything against the year before.
    """
    frame = reasons.frame.copy()
    shares = _shares_that_stand(frame, looked_at)
    for past, against in PASTS.items():
        told = [
            None if pd.isna(p_value) else _stands(str(reason), against, looked_at, shares)
            for reason, p_value in zip(frame["reason"], frame[f"p_{past}"], strict=True)
        ]
        frame[f"is_real_{past}"] = pd.Series(told, index=frame.index, dtype="boolean")
    return replace(reasons, frame=frame)


def _shares_that_stand(frame: pd.DataFrame, looked_at: LookedAt) -> dict[str, bool]:
    """Of every topic whose share of the tickets was compared: whether that moved, and the contacts with it."""
    totals = [frame[name].sum() or 1 for name in ("contacts", "contacts_previous")]
    found = {}
    for row in frame.to_dict("records"):
        reason, counts = str(row["reason"]), (row["contacts"], row["contacts_previous"])
        if (TICKETS, SHARE_OF_TOPIC, Against.BEFORE, "topic", reason) not in looked_at.verdicts or pd.isna(counts[1]):
            continue
        share_moved = counts[0] / totals[0] - counts[1] / totals[1]
        verdict = looked_at.verdict(TICKETS, SHARE_OF_TOPIC, Against.BEFORE, "topic", reason)
        found[reason] = verdict is Change.MOVED and share_moved * (counts[0] - counts[1]) > 0
    return found


def _stands(reason: str, against: Against, looked_at: LookedAt, shares: Mapping[str, bool]) -> bool:
    if against is Against.BEFORE and reason in shares:
        return shares[reason]
    return looked_at.verdict(METRIC, STATISTIC, against, "topic", reason) is Change.MOVED


def _growth(now: float, before: float) -> float:
    """The size of a growth, as a logarithm; the next contact more counts where there is none."""
    return abs(math.log((now + 1) / (before + 1)))
