"""Calls: those behind telephone tickets, those given up, those made by agents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind.opinions import stamps


def calls(told: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row for each call; every third caller without a ticket gave up in the queue.

    Returns:
        Canonical columns of `calls`.
    """
    answered = told[(told["channel"] == "phone") & told["first_reply"].notna()]
    answered = answered[~answered["is_proactive"]].assign(outcome="answered", has_ticket=True, direction="inbound")
    given_up = answered.sample(frac=0.09, random_state=rng).assign(outcome="abandoned", has_ticket=False)
    others = answered.sample(frac=0.04, random_state=rng).assign(has_ticket=False)
    others["outcome"] = rng.choice(["voicemail", "callback", "failed"], len(others), p=[0.4, 0.5, 0.1])
    made = answered.sample(frac=0.12, random_state=rng).assign(
        outcome="answered", has_ticket=True, direction="outbound"
    )
    every = pd.concat([answered, given_up, others, made], ignore_index=True)
    earlier = np.where(every["outcome"] == "answered", 0, rng.uniform(300, 3000, len(every)))
    later = np.where(every["direction"] == "outbound", 86400, -earlier)
    every["created"] = np.round(every["created"] + later)
    return _frame(every.sort_values("created", kind="stable", ignore_index=True), rng)


def _frame(every: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    count = len(every)
    direction = every["direction"]
    is_answered = (every["outcome"] == "answered").to_numpy()
    voice_menu = np.where(direction == "inbound", np.round(rng.uniform(8, 30, count)), 0)
    wait = np.round(np.where(is_answered, rng.lognormal(2.6, 0.9, count), rng.lognormal(4.0, 0.8, count)))
    talk = np.where(is_answered, np.round(rng.lognormal(5.3, 0.6, count)), 0)
    hold = np.where(is_answered & (rng.uniform(size=count) < 0.2), np.round(rng.lognormal(3.6, 0.5, count)), 0)
    wrap = np.where(is_answered, np.round(rng.lognormal(4.0, 0.5, count)), 0)
    start = every["created"].to_numpy()
    pick_up = start + voice_menu + wait
    return pd.DataFrame(
        {
            "call_id": [f"K{number:06}" for number in range(1, count + 1)],
            "started_at": stamps(start),
            "direction": direction,
            "outcome": every["outcome"],
            "queued_at": stamps(start + voice_menu),
            "answered_at": stamps(np.where(is_answered, pick_up, np.nan)),
            "ended_at": stamps(pick_up + talk + hold),
            "ivr_seconds": voice_menu,
            "wait_seconds": wait,
            "talk_seconds": talk,
            "hold_seconds": hold,
            "wrap_seconds": wrap,
            "agent_id": every["agent_id"].where(is_answered),
            "team_id": every["team_id"],
            "requester_id": every["requester_id"],
            "ticket_id": every["ticket_id"].where(every["has_ticket"]),
            "topic": every["topic"],
            "was_recording_announced": rng.uniform(size=count) < 0.985,
        }
    )
