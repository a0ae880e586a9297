"""Tickets that are no service: spam, tests, merged, deleted, started by an agent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind import planted


def mark(tickets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The tickets with the flags is_spam, is_test, is_deleted, is_proactive and the column merged_into_id.

    A ticket has at most one of them, so that counts by reason add up.
    """
    count = len(tickets)
    sizes = {reason: round(share * count) for reason, share in planted.SHARES.items()} | planted.LEFT_OUT
    reasons = np.repeat(list(sizes), list(sizes.values()))
    # The first tickets stay whole, so that every merged ticket has an earlier one to be merged into.
    chosen = rng.permutation(np.arange(100, count))[: len(reasons)]
    reason = pd.Series("", index=tickets.index, dtype=object)
    reason.iloc[chosen] = reasons
    target = np.clip(np.arange(count) - 1, 0, None)
    while (clash := (reason.iloc[target] != "").to_numpy() & (target > 0)).any():
        target = np.where(clash, target - 1, target)
    return tickets.assign(
        is_spam=reason == "spam",
        is_test=reason == "test",
        is_deleted=reason == "deleted",
        is_proactive=reason == "agent_started",
        merged_into_id=tickets["ticket_id"].iloc[target].set_axis(tickets.index).where(reason == "merged"),
    )


def counted(tickets: pd.DataFrame) -> dict[str, int]:
    """How many tickets each reason leaves out."""
    flags = {"spam": "is_spam", "test": "is_test", "deleted": "is_deleted", "agent_started": "is_proactive"}
    found = {reason: int(tickets[flag].sum()) for reason, flag in flags.items()}
    return found | {"merged": int(tickets["merged_into_id"].notna().sum())}


def cut_short(told: pd.DataFrame) -> pd.DataFrame:
    """Spam, tests, deleted and merged tickets are answered by nobody."""
    merged = told["merged_into_id"].notna()
    gone = told["is_spam"] | told["is_test"] | told["is_deleted"] | merged
    moments = [name for name in told.columns if name.startswith(("asked_", "reply_"))]
    moments += [
        "handed_over",
        "first_reply",
        "last_reply",
        "solved",
        "reopened",
        "solved_again",
        "final_solve",
        "closed",
    ]
    flags = ["is_bot_only", "is_greeted", "is_waiting", "is_on_hold"]
    cut = told.copy()
    cut.loc[gone, moments] = np.nan
    cut.loc[gone, flags] = False
    return cut.assign(merged_at=np.where(merged, cut["created"] + 900, np.nan))
