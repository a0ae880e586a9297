"""Customers, returns, outside values and known faults."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind import planted
from northwind.arrivals import customers_for
from northwind.opinions import stamps
from northwind.organisation import BRANCHES


def customers(count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Customers beside so many tickets; about one in nine leaves within the two years.

    Returns:
        Canonical columns of `customers`.
    """
    size = customers_for(count)
    exported = pd.Timestamp(planted.EXPORTED_AT).timestamp()
    first = pd.Timestamp(planted.FIRST_MONTH, tz="UTC").timestamp()
    started = np.floor(first - rng.exponential(2.5, size) * 365 * 86400)
    joined = rng.uniform(size=size) < 0.25
    started = np.where(joined, np.floor(rng.uniform(first, exported, size)), started)
    leaves = np.floor(np.fmax(started, first) + rng.exponential(18, size) * 365 * 86400)
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:05}" for number in range(size)],
            "started_at": stamps(started),
            "ended_at": stamps(np.where(leaves < exported, leaves, np.nan)),
            "segment": rng.choice(["household", "trade", "company"], size, p=[0.78, 0.15, 0.07]),
            "branch_id": np.array(BRANCHES)[np.arange(size) % len(BRANCHES)],
            "value": np.round(rng.lognormal(5.2, 0.9, size), 2),
        }
    )


def returns(told: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Returns, most of them behind a ticket about one."""
    asked = told[(told["topic"] == "Return and refund") & told["final_solve"].notna() & told["requester_id"].notna()]
    chosen = asked.sample(frac=0.45, random_state=rng).sort_values("created", kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "return_id": [f"B{number:05}" for number in range(1, len(chosen) + 1)],
            "at": stamps(chosen["final_solve"]),
            "customer_id": chosen["requester_id"],
            "ticket_id": chosen["ticket_id"],
            "reason": rng.choice(["damaged", "not as described", "too late", "changed my mind"], len(chosen)),
            "amount": np.round(rng.lognormal(4.4, 0.8, len(chosen)), 2),
        }
    )


def benchmarks() -> pd.DataFrame:
    """Outside values, as they are published; invented like everything here."""
    rows = [
        ("csat", "Retail in Poland", "2025", 0.81, "Panel of retailers 2025 (invented)", "similar", "2026-02-10"),
        ("nps", "Retail in Poland", "2025", 31.0, "Panel of retailers 2025 (invented)", "same", "2026-02-10"),
        ("first_response_time", "Competitor A", "2026-Q2", 4.0 * 3600, "Own mystery shopping", "similar", "2026-07-03"),
        ("first_response_time", "Competitor B", "2026-Q2", 9.5 * 3600, "Own mystery shopping", "similar", "2026-07-03"),
        (
            "one_touch_rate",
            "Retail in Europe",
            "2025",
            0.62,
            "Yearbook 2025 (invented)",
            "not_comparable",
            "2026-01-15",
        ),
    ]
    frame = pd.DataFrame(
        rows, columns=["metric_id", "who", "period", "value", "source", "definition_match", "published_on"]
    )
    return frame.assign(published_on=pd.to_datetime(frame["published_on"]).dt.date)


def corrections(told: pd.DataFrame) -> pd.DataFrame:
    """Known faults of the sources; both only flag their rows."""
    first, second = told["ticket_id"].iloc[10], told["ticket_id"].iloc[11]
    rows = [
        (
            "form-outage",
            "The form was down for a morning; its contacts came by e-mail.",
            f"tickets.ticket_id = {first}",
            "flag",
            "1",
            "2025-03-04",
            "open",
        ),
        (
            "wrong-branch",
            "Entered for the wrong branch.",
            f"tickets.ticket_id = {second}",
            "flag",
            "1",
            "2025-05-11",
            "closed",
        ),
    ]
    return pd.DataFrame(rows, columns=["id", "reason", "match", "action", "expect", "reported", "status"])
