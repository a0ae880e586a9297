"""Contact reasons in the one control: their growth enters it as differences, and comes back as verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.judgement.candidates import Candidate
from evaluation.measurement import UNASSIGNED
from evaluation.metric import Metric
from evaluation.verdict import Against, Change, LookedAt

METRIC, STATISTIC = "contact_reasons", "value"
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
    """The breakdown with what stands after the control."""
    frame = reasons.frame.copy()
    for past, against in PASTS.items():
        told = [
            None if pd.isna(p_value) else _stands(str(reason), against, looked_at)
            for reason, p_value in zip(frame["reason"], frame[f"p_{past}"], strict=True)
        ]
        frame[f"is_real_{past}"] = pd.Series(told, index=frame.index, dtype="boolean")
    return replace(reasons, frame=frame)


def _stands(reason: str, against: Against, looked_at: LookedAt) -> bool:
    return looked_at.verdict(METRIC, STATISTIC, against, "topic", reason) is Change.MOVED


def _growth(now: float, before: float) -> float:
    """The size of a growth, as a logarithm; the next contact more counts where there is none."""
    return abs(math.log((now + 1) / (before + 1)))
