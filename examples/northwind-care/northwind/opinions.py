"""What customers say afterwards: ratings, recommendation, ease, public reviews."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from northwind import planted, voices
from northwind.arrivals import local, starts_at
from northwind.lives import slowness
from northwind.organisation import BRANCHES, TOPICS
from northwind.planted import Effects


def stamps(seconds: np.ndarray | pd.Series) -> pd.Series:
    """Seconds since 1970 as instants; NaN becomes a missing instant."""
    rounded = pd.Series(np.round(np.asarray(seconds, dtype=float)))
    return pd.to_datetime(rounded, unit="s", utc=True).astype("datetime64[us, UTC]")


def surveys(told: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> tuple[pd.DataFrame, tuple[int, int]]:
    """Ratings after a solve, ease of half of them, and the recommendation question four times a year.

    Returns:
        Canonical columns of `surveys`; satisfied answers and all answers of the planted goal.
    """
    ratings, satisfied = _ratings(told, rng, effects)
    ease = _ease(told, rng, effects)
    recommend = _recommendations(told, rng, effects)
    together = pd.concat([ratings, ease, recommend], ignore_index=True)
    return _with_personal(together, rng), satisfied


def _asked(told: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """The solved tickets that a survey goes to; not the agent's own, nor those of bots alone."""
    real = told["final_solve"].notna() & ~told["is_proactive"] & ~told["is_bot_only"]
    asked = told[real & (rng.uniform(size=len(told)) < share)].reset_index(drop=True)
    at = asked["final_solve"] + 3600
    return asked.assign(asked_at=at)[at < pd.Timestamp(planted.EXPORTED_AT).timestamp()].reset_index(drop=True)


def _answered(asked: pd.DataFrame, share: float, rng: np.random.Generator) -> np.ndarray:
    at = asked["asked_at"].to_numpy() + rng.lognormal(9.5, 1.2, len(asked))
    known = at < pd.Timestamp(planted.EXPORTED_AT).timestamp()
    return np.where(known & (rng.uniform(size=len(asked)) < share), np.round(at), np.nan)


def _pleased(asked: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> np.ndarray:
    effect = asked["topic"].map(TOPICS.set_index("topic")["effect"]).to_numpy()
    weak = np.where(asked["agent_id"] == planted.WEAK_AGENT, effects.weak_agent_satisfaction, 0)
    chance = (
        0.83 + effect + weak - 0.05 * np.log(slowness(asked, effects)) - 0.10 * asked["reopened"].notna().to_numpy()
    )
    return rng.uniform(size=len(asked)) < np.clip(chance, 0.05, 0.98)


def _ratings(told: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> tuple[pd.DataFrame, tuple[int, int]]:
    asked = _asked(told, 0.55, rng)
    answered = _answered(asked, 0.36, rng)
    pleased = _pleased(asked, rng, effects)
    goal = _goal_answers(asked, answered)
    if effects.has_goal_within_noise:
        share = math.ceil(planted.NOISE_GOAL_SHARE * goal.sum() - 1e-9)
        places = np.flatnonzero(goal)
        pleased[places] = np.isin(np.arange(len(places)), rng.permutation(len(places))[:share])
    score = np.where(
        pleased, rng.choice([4, 5], len(asked), p=[0.35, 0.65]), rng.choice([1, 2, 3], len(asked), p=[0.35, 0.25, 0.4])
    )
    comment = voices.opinions(pleased, asked["language"].to_numpy(), rng.uniform(size=len(asked)))
    frame = _frame(asked, "S", "csat", answered, score, (1, 5))
    frame["comment"] = pd.Series(comment).where(
        (rng.uniform(size=len(asked)) < 0.45) & ~np.isnan(answered) & (comment != "")
    )
    return frame, (int(pleased[goal].sum()), int(goal.sum()))


def _goal_answers(asked: pd.DataFrame, answered: np.ndarray) -> np.ndarray:
    """Answers of the planted goal, by the moment of the answer."""
    first, last = starts_at("2026-07-01"), starts_at("2026-10-01")
    return (asked["channel"] == planted.NOISE_GOAL_CHANNEL).to_numpy() & (answered >= first) & (answered < last)


def _ease(told: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> pd.DataFrame:
    asked = _asked(told, 0.20, rng)
    answered = _answered(asked, 0.30, rng)
    score = np.where(
        _pleased(asked, rng, effects), rng.choice([5, 6, 7], len(asked)), rng.choice([1, 2, 3, 4], len(asked))
    )
    return _frame(asked, "E", "ces", answered, score, (1, 7))


def _recommendations(told: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> pd.DataFrame:
    """The relation, not one contact: no ticket; the small team's customers are asked too, and few of them answer."""
    known = told[told["requester_id"].notna() & told["final_solve"].notna() & ~told["is_proactive"]]
    small = (known["team_id"] == planted.SMALL_TEAM).to_numpy()
    month = local(known["final_solve"]).month
    share = np.where(small, effects.small_team_asked, planted.USUALLY_ASKED)
    asked = known[(month % 3 == 2) & (rng.uniform(size=len(known)) < share)].reset_index(drop=True)
    at = asked["final_solve"] + 10 * 86400
    asked = asked.assign(asked_at=at)[at < pd.Timestamp(planted.EXPORTED_AT).timestamp()].reset_index(drop=True)
    answered = _answered(asked, 0.28, rng)
    high, middle, low = (
        rng.choice([9, 10], len(asked)),
        rng.choice([7, 8], len(asked)),
        rng.choice(range(7), len(asked)),
    )
    kind = rng.choice(3, len(asked), p=[0.52, 0.26, 0.22])
    return _frame(asked, "N", "nps", answered, np.choose(kind, [high, middle, low]), (0, 10)).assign(ticket_id=pd.NA)


def _frame(
    asked: pd.DataFrame, letter: str, kind: str, answered: np.ndarray, score: np.ndarray, scale: tuple[int, int]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "survey_id": [f"{letter}{number:06}" for number in range(1, len(asked) + 1)],
            "kind": kind,
            "asked_at": stamps(asked["asked_at"]),
            "answered_at": stamps(answered),
            "score": pd.Series(score, dtype="float64").where(~np.isnan(answered)),
            "scale_min": float(scale[0]),
            "scale_max": float(scale[1]),
            "comment": pd.Series(pd.NA, index=asked.index, dtype="string"),
            "ticket_id": asked["ticket_id"],
            "requester_id": asked["requester_id"],
            "agent_id": asked["agent_id"],
            "team_id": asked["team_id"],
        }
    )


def _with_personal(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    commented = np.flatnonzero(frame["comment"].notna())
    chosen = rng.permutation(commented)[: len(voices.PERSONAL)]
    frame["comment"] = frame["comment"].astype("string")
    frame.loc[chosen, "comment"] = list(voices.PERSONAL[: len(chosen)])
    return frame


def reviews(told: pd.DataFrame, rng: np.random.Generator, effects: Effects) -> pd.DataFrame:
    """Public reviews on two sites; most are answered within days."""
    chosen = told[told["final_solve"].notna() & (rng.uniform(size=len(told)) < 0.012)].reset_index(drop=True)
    pleased = _pleased(chosen, rng, effects)
    posted = chosen["final_solve"] + rng.uniform(3600, 20 * 86400, len(chosen))
    known = (posted < pd.Timestamp(planted.EXPORTED_AT).timestamp()).to_numpy()
    replied = np.where(rng.uniform(size=len(chosen)) < 0.7, posted + rng.lognormal(11.4, 0.8, len(chosen)), np.nan)
    replied = np.where(replied < pd.Timestamp(planted.EXPORTED_AT).timestamp(), replied, np.nan)
    text = voices.opinions(pleased, chosen["language"].to_numpy(), rng.uniform(size=len(chosen)))
    frame = pd.DataFrame(
        {
            "review_id": [f"R{number:05}" for number in range(1, len(chosen) + 1)],
            "site": rng.choice(["Maps", "Opineo"], len(chosen)),
            "posted_at": stamps(posted),
            "rating": np.where(pleased, rng.choice([4, 5], len(chosen)), rng.choice([1, 2, 3], len(chosen))).astype(
                float
            ),
            "scale_max": 5.0,
            "text": text,
            "language": chosen["language"],
            "replied_at": stamps(replied),
            "topic": chosen["topic"],
            "branch_id": rng.choice(BRANCHES, len(chosen)),
        }
    )
    return frame[known].reset_index(drop=True)
