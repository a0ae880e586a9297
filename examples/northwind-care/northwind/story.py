"""The whole story of Northwind Care: every canonical table, from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from northwind import accounts, faults, left_out, opinions, quality, telephone, voices
from northwind.arrivals import arrivals
from northwind.events import events
from northwind.lives import lives
from northwind.opening import OpeningHours
from northwind.organisation import TOPICS, agents
from northwind.planted import EVERYTHING, Effects, Planted


@dataclass(frozen=True)
class Story:
    """What was generated.

    Attributes:
        tables: Canonical tables with canonical column names, faults included; keys carry no source in front.
        planted: What was put in on purpose, counted.
    """

    tables: dict[str, pd.DataFrame]
    planted: Planted


def generate(tickets: int = 60_000, seed: int = 2026, effects: Effects = EVERYTHING) -> Story:
    """Two years of Northwind Care.

    Args:
        tickets: How many tickets, at least 1,500: with fewer there is no room for the faults.
        seed: The same seed, size and effects give the same story.
        effects: What happens; `planted.NOTHING` for an organisation in which nothing does.

    Raises:
        ValueError: Too few tickets.
    """
    if tickets < 1500:
        raise ValueError(f"{tickets} tickets are too few for the planted faults; ask for 1500 or more")
    rng = np.random.default_rng(seed)
    opening = OpeningHours(date(2024, 9, 1), date(2027, 12, 31))
    marked = left_out.mark(arrivals(tickets, rng, opening, effects), rng)
    told = left_out.cut_short(lives(marked, rng, opening, effects))
    log, automatic = events(told, rng)
    rated, satisfied = opinions.surveys(told, rng, effects)
    calls = telephone.calls(told, rng)
    tables = {
        "tickets": _tickets(told, rng),
        "ticket_events": log,
        "calls": calls,
        "surveys": rated,
        "reviews": opinions.reviews(told, rng, effects),
        "audits": quality.audits(told, calls, rng, effects),
        "customers": accounts.customers(tickets, rng),
        "returns": accounts.returns(told, rng),
        "agents": agents(),
        "benchmarks": accounts.benchmarks(),
        "corrections": accounts.corrections(told),
    }
    return Story(faults.plant(tables, rng), Planted(tickets, left_out.counted(marked), satisfied, automatic))


def _tickets(told: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    open_or_new = np.where(told["first_reply"].isna(), "new", "open")
    status = np.where(told["closed"].notna(), "closed", np.where(told["final_solve"].notna(), "solved", open_or_new))
    pending = told["is_waiting"] & told["solved"].isna() & told["last_reply"].notna()
    status = np.where(told["is_deleted"], "deleted", np.where(pending, "pending", status))
    return pd.DataFrame(
        {
            "ticket_id": told["ticket_id"],
            "created_at": opinions.stamps(told["created"]),
            "channel_code": told["channel"].astype("string"),
            "requester_id": told["requester_id"],
            "subject": voices.questions(told["topic"], told["language"], rng.uniform(size=len(told))),
            "topic": told["topic"],
            "priority_code": told["priority"],
            "team_id": told["team_id"],
            "branch_id": told["branch_id"],
            "agent_id": told["agent_id"].where(~told["is_bot_only"] & told["first_reply"].notna()),
            "language": told["language"],
            "status_code": status,
            "is_spam": told["is_spam"],
            "is_test": told["is_test"],
            "is_proactive": told["is_proactive"],
            "is_complaint": told["topic"].map(TOPICS.set_index("topic")["is_complaint"]).astype(bool),
            "merged_into_id": told["merged_into_id"],
            "solved_at": opinions.stamps(told["final_solve"]),
            "closed_at": opinions.stamps(told["closed"]),
        }
    )
