"""Pauses that deserve a question, counted by team and agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.facts.shapes import Facts
    from evaluation.period import Period

COLUMNS = ("team", "agent", "pauses", "written", "last_minute")


def doubtful_pauses(facts: Facts, period: Period) -> pd.DataFrame:
    """How often a clock was paused in a period, and how often with reason to ask why.

    A pause is in doubt when the requester wrote during it and the clock stood still, or when it began with no more left
    of the promised solution than the policy's `late_pause`. That is a question, not a verdict: a pause in the last
    minutes may be an honest one. Excluded tickets are not counted.

    Args:
        facts: The fact tables.
        period: Pauses that began in it are counted.

    Returns:
        One row per team and agent with `pauses`, `written` and `last_minute`, most doubtful first; null where there is
        no team or nobody is credited. No rows when no policy pauses.
    """
    import pandas as pd

    if "pauses" not in facts:
        return pd.DataFrame({name: pd.Series(dtype="string" if name in COLUMNS[:2] else "int64") for name in COLUMNS})
    began = facts["pauses"]
    inside = began.filter(
        began.exclusion.isnull(), began.paused_at >= period.start, began.paused_at < period.end
    )  # fmt: skip
    counts = inside.group_by("team", "agent").agg(
        pauses=inside.count(), written=inside.written_at.count(), last_minute=inside.is_last_minute.sum()
    )
    doubts = counts.mutate(doubts=counts.written + counts.last_minute)
    ordered = doubts.order_by(doubts.doubts.desc(), doubts.pauses.desc(), "team", "agent")
    return ordered.select(*COLUMNS).execute()
