"""Who asks most: the five requesters with the most tickets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.facts.vocabulary import instant
from evaluation.measurement import Absent

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground

TOP = 5

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "requester_id": "who asked",
        "tickets": "tickets that they opened in the period",
        "share": "fraction of the tickets of all known requesters",
        "open_tickets": "of them, not solved when the data were taken",
    }
)


def top_requesters(ground: Ground) -> Breakdown:
    """The breakdown of the metric `tickets_per_requester`, for the reported period; most tickets first.

    Its facts are `requesters` (known ones), `tickets` (theirs) and `anonymous` (tickets of unknown requesters).
    """
    if "tickets" not in ground.facts:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), {}, Absent.NO_SOURCE)
    tickets = ground.facts["tickets"]
    start, end = instant(ground.period.start), instant(ground.period.end)
    inside = tickets.filter(tickets.exclusion.isnull(), tickets.created_at >= start, tickets.created_at < end)
    people = inside.group_by("requester_id").agg(
        tickets=inside.count(), open_tickets=ibis.ifelse(inside.is_solved, 0, 1).sum()
    )
    counts = people.execute().astype({"tickets": "int64", "open_tickets": "int64"})
    is_known = counts["requester_id"].notna()
    known, anonymous = counts[is_known], int(counts.loc[~is_known, "tickets"].sum())
    facts = {"requesters": len(known), "tickets": int(known["tickets"].sum()), "anonymous": anonymous}
    if known.empty:
        reason = Absent.NO_COLUMN if anonymous else Absent.NO_CASES
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), facts, reason)
    top = known.sort_values(["tickets", "requester_id"], ascending=[False, True], ignore_index=True).head(TOP)
    return _breakdown(top.assign(share=top["tickets"] / facts["tickets"]), facts, None)


def _breakdown(frame: pd.DataFrame, facts: Mapping[str, int], reason: Absent | None) -> Breakdown:
    return Breakdown(
        id="top_requesters", metric_id="tickets_per_requester", frame=frame[list(COLUMNS)], columns=COLUMNS,
        facts=facts, reason=None if reason is None else reason.value,
    )  # fmt: skip
