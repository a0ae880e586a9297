"""Audits of letters and calls, and mystery visits: three touchpoints and the five attributes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind import planted
from northwind.opinions import stamps
from northwind.organisation import BRANCHES
from northwind.planted import Effects

CRITERIA = ("greeting", "solution", "farewell", "attention", "attitude", "availability", "adaptability", "appreciation")
AUDITORS = ("q01", "q02", "q03")
AGENCY = "agency-lotos"
"""Makes every second mystery visit; the others are made by own staff."""


def audits(told: pd.DataFrame, calls: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> pd.DataFrame:
    """One row for each criterion of each audit; every tenth audit is done twice, to calibrate.

    Returns:
        Canonical columns of `audits`.
    """
    letters = _subjects(told[told["first_reply"].notna() & (told["channel"] != "phone")], "correspondence", 0.018, rng)
    heard = calls[(calls["outcome"] == "answered") & (calls["direction"] == "inbound")]
    spoken = _subjects(heard.assign(final_solve=_seconds(heard["ended_at"]), branch_id=pd.NA), "call", 0.04, rng)
    heads = pd.concat([letters, spoken, _visits(rng)], ignore_index=True)
    heads["auditor_id"] = rng.choice(AUDITORS, len(heads))
    heads.loc[heads["kind"].eq("mystery") & (heads.index % 2 == 1), "auditor_id"] = AGENCY
    heads["is_calibration"] = False
    heads["first"] = np.arange(len(heads))
    again = heads.sample(frac=0.1, random_state=rng).assign(is_calibration=True)
    following = dict(zip((*AUDITORS, AGENCY), (*AUDITORS[1:], AUDITORS[0], AUDITORS[0]), strict=True))
    again["auditor_id"] = again["auditor_id"].map(following)
    heads = pd.concat([heads, again], ignore_index=True)
    heads["audit_id"] = [f"A{number:05}" for number in range(1, len(heads) + 1)]
    return _marks(heads, rng, effects)


def _seconds(at: pd.Series) -> pd.Series:
    return pd.Series(at.astype("datetime64[s, UTC]").astype("int64"), index=at.index).astype(float)


def _subjects(found: pd.DataFrame, kind: str, share: float, rng: np.random.Generator) -> pd.DataFrame:
    drawn = found[found["final_solve"].notna()].sample(frac=share, random_state=rng)
    columns = ["ticket_id", "agent_id", "team_id", "branch_id"] + (["call_id"] if "call_id" in drawn else [])
    audited = drawn["final_solve"] + rng.uniform(1, 12, len(drawn)) * 86400
    heads = drawn[columns].assign(kind=kind, audited=audited, scorecard_id=kind)
    return heads[audited < pd.Timestamp(planted.EXPORTED_AT).timestamp()]


def _visits(rng: np.random.Generator) -> pd.DataFrame:
    """Two mystery visits in every branch in every month."""
    months = pd.period_range(planted.FIRST_MONTH, planted.LAST_MONTH, freq="M")
    days = (
        np.repeat(months.to_timestamp().as_unit("s").asi8, len(BRANCHES) * 2)
        + rng.integers(2, 26, len(months) * 8) * 86400
        + 43200
    )
    return pd.DataFrame(
        {
            "kind": "mystery",
            "scorecard_id": "mystery",
            "audited": days.astype(float),
            "branch_id": np.tile(np.repeat(BRANCHES, 2), len(months)),
        }
    )


def _seconds_and_firsts(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Places of the marks of second audits, and of the marks of the first audit of the same subject."""
    second = np.flatnonzero(rows["is_calibration"].to_numpy(dtype=bool))
    first = rows["first"].to_numpy()[second] * len(CRITERIA) + second % len(CRITERIA)
    return second, first


def _marks(heads: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> pd.DataFrame:
    rows = heads.loc[heads.index.repeat(len(CRITERIA))].reset_index(drop=True)
    rows["criterion_id"] = np.tile(CRITERIA, len(heads))
    weak = rows["agent_id"].eq(planted.WEAK_AGENT).fillna(False).to_numpy(dtype=bool)
    mean = 4.3 - 0.3 * (rows["criterion_id"] == "farewell").to_numpy() + effects.weak_agent_marks * weak
    chance = rng.normal(0.0, 0.8, len(rows))
    mark = np.clip(np.round(mean + chance), 1, 5)
    applies = rng.uniform(size=len(rows)) > 0.06
    second, first = _seconds_and_firsts(rows)
    mark[second] = np.clip(np.round(mark[first] + planted.AUDITORS_DIFFER_BY * chance[second]), 1, 5)
    applies[second] = applies[first]
    disputed = rng.uniform(size=len(rows)) < 0.01
    outcome = np.where(disputed, rng.choice(["accepted", "rejected", "open"], len(rows), p=[0.4, 0.4, 0.2]), None)
    later = rows["audited"] + 2 * 86400
    exported = pd.Timestamp(planted.EXPORTED_AT).timestamp()
    disputed &= (later < exported).to_numpy()
    outcome = pd.Series(outcome).where(disputed)
    return pd.DataFrame(
        {
            "audit_id": rows["audit_id"],
            "kind": rows["kind"],
            "scorecard_id": rows["scorecard_id"],
            "scorecard_version": np.where(rows["audited"] < pd.Timestamp("2026-01-01").timestamp(), "1", "2"),
            "criterion_id": rows["criterion_id"],
            "audited_at": stamps(rows["audited"]),
            "mark": pd.Series(mark).where(applies),
            "is_not_applicable": ~applies,
            "ticket_id": rows["ticket_id"],
            "call_id": rows["call_id"],
            "agent_id": rows["agent_id"],
            "team_id": rows["team_id"],
            "branch_id": rows["branch_id"],
            "auditor_id": rows["auditor_id"],
            "is_calibration": rows["is_calibration"].astype(bool),
            "disputed_at": stamps(later.where(disputed)),
            "dispute_outcome": outcome,
            "dispute_mark": pd.Series(np.clip(mark + 1, 1, 5)).where(outcome == "accepted"),
        }
    )
