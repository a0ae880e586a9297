"""The life of each ticket: who takes it, when it is answered, solved, reopened, closed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind import planted
from northwind.arrivals import local, starts_at
from northwind.opening import OpeningHours
from northwind.organisation import CHANNELS, TOPICS, pace, staff
from northwind.planted import Effects

TURNS = 5
"""Most messages of a requester before the first solve."""
_PRIORITY = {"low": 1.5, "normal": 1.0, "high": 0.6, "urgent": 0.35}
CLOSES_AFTER = 5 * 86400.0
"""A solved ticket becomes final after five days."""
NEVER = np.nan


def lives(tickets: pd.DataFrame, rng: np.random.Generator, opening: OpeningHours, effects: Effects) -> pd.DataFrame:
    """Moments of each ticket, as seconds since 1970; NaN where it did not happen.

    Returns:
        The tickets with: handed_over (the bot gave up), is_bot_only, agent_id, first_reply, asked_1..asked_4 and
        reply_1..reply_4 (further turns), solved, reopened, reply_again, solved_again, final_solve, closed.
    """
    told = tickets.reset_index(drop=True).copy()
    told["agent_id"] = staff(local(told["created"]).to_series(index=told.index), told["team_id"], _draw(told, rng))
    _bots(told, rng)
    factor = slowness(told, effects)
    _first_reply(told, factor, rng, opening)
    last = _turns(told, factor, rng, opening)
    _solve(told, last, rng, opening)
    _reopen(told, rng, opening, effects)
    told["final_solve"] = told["solved_again"].fillna(told["solved"].where(told["reopened"].isna()))
    told["closed"] = (told["final_solve"] + CLOSES_AFTER).fillna(_given_up(told, rng))
    _forget_the_future(told)
    return told


def slowness(told: pd.DataFrame, effects: Effects) -> np.ndarray:
    """By what a reply takes longer than the channel's median: planted facts, priority, agent, topic."""
    created = told["created"].to_numpy()
    factor = told["priority"].map(_PRIORITY).to_numpy() * pace(told["agent_id"], effects.weak_agent_factor).to_numpy()
    factor = factor * np.sqrt(told["topic"].map(TOPICS.set_index("topic")["work"]).to_numpy())
    slow = (told["channel"] == planted.SLOW_CHANNEL) & (created >= starts_at(planted.SLOW_FROM))
    months = np.clip((created - starts_at(planted.IMPROVING_FROM)) / (30.4 * 86400), 0, None)
    improving = np.where(told["channel"] == planted.IMPROVING_CHANNEL, effects.improving_per_month**months, 1)
    return factor * np.where(slow, effects.slow_factor, 1) * improving


def _draw(told: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    return pd.Series(rng.uniform(size=len(told)), index=told.index)


def _bots(told: pd.DataFrame, rng: np.random.Generator) -> None:
    chat = (told["channel"] == "chat").to_numpy()
    greeted = chat & (rng.uniform(size=len(told)) < 0.75)
    told["is_bot_only"] = greeted & (rng.uniform(size=len(told)) < 0.06)
    hands_over = greeted & ~told["is_bot_only"].to_numpy()
    told["handed_over"] = np.where(hands_over, told["created"] + np.round(rng.uniform(25, 95, len(told))), NEVER)
    told["is_greeted"] = greeted


def _first_reply(told: pd.DataFrame, factor: np.ndarray, rng: np.random.Generator, opening: OpeningHours) -> None:
    median = told["channel"].map(CHANNELS.set_index("channel")["first_seconds"]).to_numpy()
    delay = median * factor * rng.lognormal(0, 0.75, len(told))
    starts = told["handed_over"].fillna(told["created"]).to_numpy()
    answered = (rng.uniform(size=len(told)) < 0.985) & ~told["is_bot_only"].to_numpy()
    told["first_reply"] = np.where(answered, np.round(opening.later(starts, delay)), NEVER)


def _turns(told: pd.DataFrame, factor: np.ndarray, rng: np.random.Generator, opening: OpeningHours) -> np.ndarray:
    """Further questions and answers; the moment of the last answer."""
    by_channel = CHANNELS.set_index("channel")
    enough = told["channel"].map(by_channel["one_answer"]).to_numpy()
    median = told["channel"].map(by_channel["first_seconds"]).to_numpy()
    quick = told["channel"].isin(["chat", "phone", "messenger"]).to_numpy()
    last = told["first_reply"].to_numpy()
    for turn in range(1, TURNS):
        goes_on = rng.uniform(size=len(told)) > enough
        asked = last + np.where(quick, rng.lognormal(4.6, 0.8, len(told)), rng.lognormal(9.2, 1.1, len(told)))
        asked = np.where(goes_on, np.round(asked), NEVER)
        reply = np.round(opening.later(np.nan_to_num(asked), median * factor * rng.lognormal(0, 0.7, len(told))))
        reply = np.where(np.isnan(asked), NEVER, np.fmax(reply, asked + 1))
        told[f"asked_{turn}"], told[f"reply_{turn}"] = asked, reply
        enough = np.where(goes_on, enough, 1)
        last = np.where(np.isnan(reply), last, reply)
    return last


def _solve(told: pd.DataFrame, last: np.ndarray, rng: np.random.Generator, opening: OpeningHours) -> None:
    """Most tickets are solved with the last answer or soon after; one in twelve waits for the requester first."""
    work = told["topic"].map(TOPICS.set_index("topic")["work"]).to_numpy()
    waits = rng.uniform(size=len(told)) < 0.08
    soon = opening.later(np.nan_to_num(last), rng.exponential(600, len(told)) * work)
    solved = np.where(waits, last + 3 * 86400, np.round(soon))
    bot = told["created"].to_numpy() + 120
    told["is_waiting"] = waits & ~np.isnan(last)
    told["solved"] = np.where(told["is_bot_only"], bot, np.where(np.isnan(last), NEVER, solved))
    told["last_reply"] = last
    told["is_on_hold"] = ~told["is_waiting"] & (rng.uniform(size=len(told)) < 0.03) & (work > 1)
    held = opening.later(np.nan_to_num(last), rng.uniform(0.5, 3, len(told)) * 36000)
    told["solved"] = np.where(told["is_on_hold"] & ~np.isnan(last), np.round(held), told["solved"])


def _reopen(told: pd.DataFrame, rng: np.random.Generator, opening: OpeningHours, effects: Effects) -> None:
    chance = np.where(told["agent_id"] == planted.WEAK_AGENT, effects.weak_agent_reopens, planted.USUAL_REOPENS)
    happens = (
        (rng.uniform(size=len(told)) < chance) & told["solved"].notna().to_numpy() & ~told["is_bot_only"].to_numpy()
    )
    reopened = told["solved"].to_numpy() + rng.uniform(3600, 4.5 * 86400, len(told))
    told["reopened"] = np.where(happens, np.round(reopened), NEVER)
    reply = opening.later(np.nan_to_num(told["reopened"].to_numpy()), rng.exponential(2.5 * 3600, len(told)) + 60)
    told["reply_again"] = np.where(happens, np.round(reply), NEVER)
    told["solved_again"] = told["reply_again"] + np.round(rng.uniform(30, 600, len(told)))


def _given_up(told: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Nine in ten of those that nobody answered are closed by the system after two or three weeks."""
    happens = told["first_reply"].isna() & ~told["is_bot_only"] & (rng.uniform(size=len(told)) < 0.9)
    return (told["created"] + np.round(rng.uniform(14, 21, len(told)) * 86400)).where(happens)


def _forget_the_future(told: pd.DataFrame) -> None:
    """What happens after the export is not in the files."""
    exported = pd.Timestamp(planted.EXPORTED_AT).timestamp()
    moments = [name for name in told.columns if name.startswith(("asked_", "reply_")) or name in _MOMENTS]
    for name in moments:
        told.loc[told[name] > exported, name] = NEVER


_MOMENTS = ("handed_over", "first_reply", "last_reply", "solved", "reopened", "solved_again", "final_solve", "closed")
