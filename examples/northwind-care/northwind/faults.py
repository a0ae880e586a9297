"""Faulty rows, as real exports have them; `planted.FAULTS` says how many of which kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind.planted import FAULTS

_FUTURE = pd.Timestamp("2031-05-05 10:00:00", tz="UTC")


def plant(tables: dict[str, pd.DataFrame], rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The tables with their faults; each row has at most one."""
    spoilt = dict(tables)
    spoilt["tickets"] = _tickets(tables["tickets"], rng)
    spoilt["ticket_events"] = _events(tables["ticket_events"], rng)
    spoilt["calls"] = _calls(tables["calls"], rng)
    spoilt["surveys"] = _surveys(tables["surveys"], rng)
    spoilt["reviews"] = _earlier(tables["reviews"], "reviews", "replied before posted", "replied_at", "posted_at", rng)
    spoilt["customers"] = _earlier(
        tables["customers"], "customers", "ended before started", "ended_at", "started_at", rng
    )
    spoilt["returns"] = _without(tables["returns"], "returns", "no date", "at", rng)
    return spoilt


def _rows(possible: np.ndarray, sizes: list[int], rng: np.random.Generator) -> list[np.ndarray]:
    """Disjoint random choices of row numbers among the possible ones."""
    drawn = rng.permutation(np.flatnonzero(possible))[: sum(sizes)]
    return np.split(np.sort(drawn) if len(sizes) == 1 else drawn, np.cumsum(sizes)[:-1])


def _tickets(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    plan = FAULTS["tickets"]
    plain = ~(frame["is_spam"] | frame["is_test"] | frame["is_proactive"] | frame["merged_into_id"].notna())
    plain &= (frame["status_code"] != "deleted") & (frame["channel_code"] != "chat") & frame["solved_at"].notna()
    doubled, silent, backward, future = _rows(plain.to_numpy(), list(plan.values()), rng)
    spoilt = frame.copy()
    spoilt.iloc[silent, spoilt.columns.get_loc("channel_code")] = pd.NA
    early = spoilt["created_at"].iloc[backward] - pd.Timedelta(hours=5)
    spoilt.iloc[backward, spoilt.columns.get_loc("solved_at")] = early
    spoilt.iloc[future, spoilt.columns.get_loc("created_at")] = _FUTURE
    spoilt.iloc[future, [spoilt.columns.get_loc(name) for name in ("solved_at", "closed_at")]] = pd.NaT
    return _doubled(spoilt, doubled)


def _events(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    plan = FAULTS["ticket_events"]
    (doubled,) = _rows((frame["kind"] == "internal_note").to_numpy(), [plan["identical rows twice"]], rng)
    strangers = frame.sample(plan["unknown ticket"], random_state=rng)
    strangers = strangers.assign(ticket_id=[f"X{number:06}" for number in range(1, len(strangers) + 1)])
    return pd.concat([_doubled(frame, doubled), strangers], ignore_index=True)


def _calls(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    plan = FAULTS["calls"]
    negative, backward = _rows(frame["answered_at"].notna().to_numpy(), list(plan.values()), rng)
    spoilt = frame.copy()
    spoilt.iloc[negative, spoilt.columns.get_loc("talk_seconds")] *= -1
    spoilt.iloc[backward, spoilt.columns.get_loc("answered_at")] = spoilt["started_at"].iloc[backward] - pd.Timedelta(
        minutes=3
    )
    return spoilt


def _surveys(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Never among the ratings of the planted goal: its count is exact."""
    plan = FAULTS["surveys"]
    outside, backward = _rows(
        ((frame["kind"] == "nps") & frame["answered_at"].notna()).to_numpy(), list(plan.values()), rng
    )
    spoilt = frame.copy()
    spoilt.iloc[outside, spoilt.columns.get_loc("score")] = 11
    early = spoilt["asked_at"].iloc[backward] - pd.Timedelta(days=1)
    spoilt.iloc[backward, spoilt.columns.get_loc("answered_at")] = early
    return spoilt


def _earlier(
    frame: pd.DataFrame, table: str, fault: str, later: str, earlier: str, rng: np.random.Generator
) -> pd.DataFrame:
    (chosen,) = _rows(frame[later].notna().to_numpy(), [FAULTS[table][fault]], rng)
    spoilt = frame.copy()
    spoilt.iloc[chosen, spoilt.columns.get_loc(later)] = spoilt[earlier].iloc[chosen] - pd.Timedelta(days=2)
    return spoilt


def _without(frame: pd.DataFrame, table: str, fault: str, column: str, rng: np.random.Generator) -> pd.DataFrame:
    (chosen,) = _rows(frame[column].notna().to_numpy(), [FAULTS[table][fault]], rng)
    spoilt = frame.copy()
    spoilt.iloc[chosen, spoilt.columns.get_loc(column)] = pd.NaT
    return spoilt


def _doubled(frame: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[chosen]], ignore_index=True)
