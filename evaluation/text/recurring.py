"""Questions that come again and again, and answers that leave people cold: what to write down, and what to teach.

A topic is a candidate when requesters come back on it more often than on the others. What would help is suggested by
one rule: **training** when contacts come back after some agents clearly more often than after their colleagues on the
same topic; else an **article** when at least half of it is solved by one message, which people could as well have
read; else a **template**, because agents need several messages for what is asked often. An answer template is a
candidate when its tickets are rated low more often than the topics of these tickets explain; then the template is to
be written anew, unless the low ratings gather at some of the agents who use it: training.

Differences stand at a false discovery rate of 1 % among those that are compared here, and only with the counts below:
the list is read as an order to do something, and it can name people. They are suggestions and no verdicts, and stand
therefore apart from the one control of `evaluation.judgement.control`, which is less strict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from evaluation.statistics.change import benjamini_hochberg

FEWEST_EVENTS = 20
"""Contacts that came back, or low ratings, below which nothing is a candidate."""

FEWEST_REQUESTERS = 10
"""Different requesters who came back, below which one person's trouble is not everybody's question."""

FEWEST_OF_AN_AGENT = 20
"""Cases of one agent below which that agent is not compared."""

FALSE_SHARE = 0.01
"""Expected share of chance findings among those listed."""

LEAST_RATIO = 1.25
"""Times the share elsewhere: a smaller difference is not worth an article, however real."""

ARTICLE_ONE_TOUCH = 0.5
"""Share solved by one message from which an article is suggested."""


@dataclass(frozen=True)
class Candidate:
    """Something to write or to teach, with its evidence.

    Attributes:
        kind: `article`, `template` or `training`.
        subject: `topic` or `answer_template`.
        name: The topic, or the id of the template.
        cases: Contacts on the topic, or ratings of tickets in which the template was sent.
        events: How many of them came back, or were rated low.
        expected_share: The share on all other topics, or as the topics of the rated tickets explain.
        requesters: Different requesters who came back; None for a template.
        one_touch_share: Share of the solved ones with one public message; None where nobody recorded it.
        agents: Agents clearly above their colleagues.
        is_estimated: The topic is an estimated one.
    """

    kind: str
    subject: str
    name: str
    cases: int
    events: int
    expected_share: float
    requesters: int | None
    one_touch_share: float | None
    agents: tuple[str, ...]
    is_estimated: bool

    @property
    def share(self) -> float:
        """Share of the cases that came back, or were rated low."""
        return self.events / self.cases


def recurring_topics(contacts: pd.DataFrame) -> list[Candidate]:
    """Topics on which requesters come back more often than on others.

    Args:
        contacts: One row per contact of a known requester: `topic`, `requester_id`, `is_repeat` (the requester had
            come on this topic within the window before), `agent` (who solved it), `was_followed` (came back after the
            solve; null = cannot be told), `is_one_touch` (null = not recorded), `is_estimated`.
    """
    parts: dict[tuple[str, bool], pd.DataFrame] = {}
    for estimated in (False, True):
        of_kind = contacts[contacts["is_estimated"] == estimated]
        parts |= {(str(topic), estimated): part for topic, part in of_kind.groupby("topic", sort=True)}
    total, repeats = len(contacts), int(contacts["is_repeat"].sum())
    compared = []
    for part in parts.values():
        events, others = int(part["is_repeat"].sum()), total - len(part)
        elsewhere = (repeats - events) / others if others else 1.0
        compared.append((events, len(part), elsewhere, others))
    found = []
    for (name, estimated), row, stands_out in zip(parts, compared, _stand_out(compared), strict=True):
        part, (events, cases, elsewhere, _) = parts[name, estimated], row
        people = int(part.loc[part["is_repeat"], "requester_id"].nunique())
        if stands_out and people >= FEWEST_REQUESTERS:
            agents = agents_above(part.dropna(subset=["agent", "was_followed"]), "was_followed")
            one_touch = part["is_one_touch"].dropna()
            touched = float(one_touch.mean()) if len(one_touch) else None
            kind = "training" if agents else "article" if (touched or 0) >= ARTICLE_ONE_TOUCH else "template"
            found.append(Candidate(kind, "topic", name, cases, events, elsewhere, people, touched, agents, estimated))
    return sorted(found, key=_consequence)


def disliked_templates(ratings: pd.DataFrame) -> list[Candidate]:
    """Answer templates whose tickets are rated low more often than the topics of these tickets explain.

    Args:
        ratings: One row per rating and template sent in its ticket before, one with a null `template_id` for a ticket
            without any: `survey_id`, `template_id`, `topic`, `agent`, `is_low`.
    """
    once = ratings.drop_duplicates("survey_id")
    compared: list[tuple[int, int, float, int]] = []
    parts: dict[str, pd.DataFrame] = {}
    for template, part in ratings.dropna(subset=["template_id"]).groupby("template_id", sort=True):
        part = part.drop_duplicates("survey_id")
        others = once[~once["survey_id"].isin(part["survey_id"])]
        if len(others):
            parts[str(template)] = part
            compared.append((int(part["is_low"].sum()), len(part), _explained(part, others), len(others)))
    found = []
    for template, (events, cases, expected, _), stands_out in zip(parts, compared, _stand_out(compared), strict=True):
        if stands_out:
            agents = agents_above(parts[template].dropna(subset=["agent"]), "is_low")
            kind = "training" if agents else "template"
            found.append(
                Candidate(kind, "answer_template", template, cases, events, expected, None, None, agents, False)
            )
    return sorted(found, key=_consequence)


def agents_above(cases: pd.DataFrame, event: str) -> tuple[str, ...]:
    """Agents whose cases have the event more often than those of their colleagues, in alphabetical order.

    Args:
        cases: One row per case with `agent` and the flag `event`.
        event: Name of the flag.
    """
    grouped = cases.groupby("agent", sort=True)[event].agg(["sum", "count"]).astype(int)
    grouped = grouped[grouped["count"] >= FEWEST_OF_AN_AGENT]
    total, events = len(cases), int(cases[event].astype(bool).sum())
    rows = [
        (int(own), int(size), (events - int(own)) / (total - int(size)) if total > size else 1.0, total - int(size))
        for own, size in zip(grouped["sum"], grouped["count"], strict=True)
    ]
    stands = _stand_out(rows, fewest=FEWEST_OF_AN_AGENT // 2)
    return tuple(str(agent) for agent, stands_out in zip(grouped.index, stands, strict=True) if stands_out)


def _stand_out(rows: Sequence[tuple[int, int, float, int]], *, fewest: int = FEWEST_EVENTS) -> list[bool]:
    """Which shares are above those elsewhere: events, cases, share elsewhere and cases elsewhere of each.

    One-sided test of two shares with their pooled variance; false discoveries at most `FALSE_SHARE` of those named.
    """
    real = benjamini_hochberg([_chance(*row) for row in rows], rate=FALSE_SHARE) if rows else ()
    return [
        is_real and events >= fewest and events >= LEAST_RATIO * share * cases
        for is_real, (events, cases, share, _) in zip(real, rows, strict=True)
    ]


def _chance(events: int, cases: int, share: float, others: int) -> float:
    """Probability of so large a share, or a larger one, when both are alike; 1 when there is nothing to compare."""
    if not cases or not others:
        return 1.0
    pooled = (events + share * others) / (cases + others)
    spread = (pooled * (1 - pooled) * (1 / cases + 1 / others)) ** 0.5
    return float(ndtr((share - events / cases) / spread)) if spread else 1.0


def _explained(part: pd.DataFrame, others: pd.DataFrame) -> float:
    """Share of low ratings that the topics of the rated tickets explain: indirect standardisation by topic."""
    overall = float(others["is_low"].mean())
    of_topic = others.groupby("topic")["is_low"].agg(["mean", "count"])
    rates = of_topic.loc[of_topic["count"] >= FEWEST_EVENTS, "mean"]
    return float(np.mean(part["topic"].map(rates).astype("float64").fillna(overall)))


def _consequence(candidate: Candidate) -> tuple[float, str]:
    """Most events beyond the expected first."""
    return candidate.expected_share * candidate.cases - candidate.events, candidate.name
