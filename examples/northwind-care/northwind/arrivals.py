"""When contacts come in: season, weekday, hour of the day, channel, topic, language, who asks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind import planted
from northwind.opening import OpeningHours
from northwind.organisation import BRANCHES, CHANNELS, LANGUAGES, PRIORITIES, TOPICS, ZONE
from northwind.planted import Effects

_SEASON = (1.10, 0.95, 0.95, 0.95, 0.95, 0.90, 0.82, 0.85, 0.98, 1.05, 1.30, 1.42)
_WEEKDAY = (1.32, 1.16, 1.08, 1.05, 1.00, 0.55, 0.42)
_HOUR = np.array([1, 0.6, 0.4, 0.3, 0.4, 0.8, 2, 4, 7, 9, 10, 9.5, 8.5, 8, 8, 7.6, 7, 6.4, 6.5, 7, 7, 5.6, 3.8, 2])
_CUSTOMER_FOR = 2.9
"""Tickets for each customer, on average."""


def arrivals(count: int, rng: np.random.Generator, opening: OpeningHours, effects: Effects) -> pd.DataFrame:
    """Tickets as they come in, in order of time.

    Returns:
        Columns ticket_id, created (seconds since 1970), channel, topic, team_id, branch_id, language, priority,
        requester_id (missing when anonymous).
    """
    created = _moments(count, rng, effects)
    channel = _channels(count, rng)
    created = _while_open(created, channel == "phone", rng, opening)
    order = np.argsort(created, kind="stable")
    created, channel = created[order], channel[order]
    topic = _topics(created, rng, effects)
    asks = _askers(count, rng)
    team = TOPICS.set_index("topic")["team"].loc[topic].to_numpy()
    return pd.DataFrame(
        {
            "ticket_id": [f"T{number:06}" for number in range(1, count + 1)],
            "created": np.round(created),
            "channel": channel,
            "topic": topic,
            "team_id": team,
            "branch_id": np.array(BRANCHES)[asks % len(BRANCHES)],
            "language": _language(asks),
            "priority": rng.choice(list(PRIORITIES), count, p=list(PRIORITIES.values())),
            "requester_id": pd.Series([f"C{number:05}" for number in asks]).where(_is_known(channel, rng)),
        }
    )


def customers_for(count: int) -> int:
    """How many customers there are beside so many tickets."""
    return max(40, int(count / _CUSTOMER_FOR))


def local(seconds: np.ndarray | pd.Series) -> pd.DatetimeIndex:
    """Seconds since 1970 as local time of the house."""
    return pd.DatetimeIndex(pd.to_datetime(np.asarray(seconds), unit="s", utc=True)).tz_convert(ZONE)


def starts_at(day: str) -> float:
    """First second of a local day, as seconds since 1970."""
    return pd.Timestamp(day, tz=ZONE).timestamp()


def _moments(count: int, rng: np.random.Generator, effects: Effects) -> np.ndarray:
    last = pd.Timestamp(planted.LAST_MONTH) + pd.offsets.MonthBegin(1)
    hours = pd.date_range(planted.FIRST_MONTH, last, freq="h", tz=ZONE, inclusive="left")
    growth = 1 + 0.10 * np.arange(len(hours)) / (365 * 24)
    season = np.array(_SEASON)[hours.month - 1]
    weight = growth * season * np.array(_WEEKDAY)[hours.day_of_week] * _HOUR[hours.hour]
    after = hours >= pd.Timestamp(planted.GROWING_FROM, tz=ZONE)
    share = TOPICS.set_index("topic")["share"][planted.GROWING_TOPIC]
    weight = weight * np.where(after, 1 + share * (effects.growing_factor - 1), 1)
    chosen = rng.choice(len(hours), count, p=weight / weight.sum())
    return hours.tz_convert("UTC").as_unit("s").asi8[chosen] + rng.uniform(0, 3600, count)


def _while_open(created: np.ndarray, only: np.ndarray, rng: np.random.Generator, opening: OpeningHours) -> np.ndarray:
    """The telephone is answered in opening hours: calls outside them come some time after the next opening."""
    shut = opening.elapsed(created + 1) == opening.elapsed(created)
    return np.where(only & shut, opening.later(created, rng.uniform(1, 3 * 3600, len(created))), created)


def _channels(count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(CHANNELS["channel"].to_numpy(dtype=object), count, p=CHANNELS["share"] / CHANNELS["share"].sum())


def _topics(created: np.ndarray, rng: np.random.Generator, effects: Effects) -> np.ndarray:
    names = TOPICS["topic"].to_numpy(dtype=object)
    before = TOPICS["share"].to_numpy()
    after = before * np.where(names == planted.GROWING_TOPIC, effects.growing_factor, 1)
    late = created >= starts_at(planted.GROWING_FROM)
    draw = rng.uniform(size=len(created))
    place = [np.searchsorted(np.cumsum(share / share.sum()), draw) for share in (before, after)]
    return names[np.clip(np.where(late, place[1], place[0]), 0, len(names) - 1)]


def _askers(count: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of customers; a few ask often, most ask once or twice."""
    return (customers_for(count) * rng.beta(0.9, 1.6, count)).astype(int)


def _language(asks: np.ndarray) -> np.ndarray:
    """A customer always writes in the same language."""
    place = ((asks * 2654435761) % 1000) / 1000
    return np.array(list(LANGUAGES), dtype=object)[
        np.searchsorted(np.cumsum(list(LANGUAGES.values())), place, side="right")
    ]


def _is_known(channel: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return ~((channel == "chat") & (rng.uniform(size=len(channel)) < 0.15))
