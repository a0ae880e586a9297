"""Pauses of promised clocks that deserve a question, by team and agent."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from evaluation.breakdown import Breakdown
from evaluation.doubtful_pauses import doubtful_pauses
from evaluation.measurement import UNASSIGNED, Absent

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "team": f"of the ticket; {UNASSIGNED} = none",
        "agent": f"who is credited with the ticket; {UNASSIGNED} = nobody",
        "pauses": "pauses that began in the period",
        "written": "of them with a message of the requester while the clock stood still",
        "last_minute": "of them begun with no more of the promised time left than the policy's `late_pause`",
    }
)


def pauses_in_doubt(ground: Ground) -> Breakdown:
    """The breakdown of the metric `resolution_sla`, for the reported period; rows without a doubt are there, too."""
    counted = doubtful_pauses(ground.facts, ground.period)
    names = {name: counted[name].astype("string").fillna(UNASSIGNED) for name in ("team", "agent")}
    absent = Absent.NO_CASES if "pauses" in ground.facts else Absent.NO_SOURCE
    return Breakdown(
        id="pauses_in_doubt", metric_id="resolution_sla", frame=counted.assign(**names)[list(COLUMNS)],
        columns=COLUMNS, reason=absent.value if counted.empty else None,
    )  # fmt: skip
