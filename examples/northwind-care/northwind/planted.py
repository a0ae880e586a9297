"""What was planted on purpose: facts that a review must find and faults that it must count.

Counts of faulty rows do not depend on how many tickets are generated, so that a test can name them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST_MONTH = "2024-10"
LAST_MONTH = "2026-09"
EXPORTED_AT = "2026-10-02T05:00:00Z"
"""Nothing after this moment is in the files, apart from the rows with future stamps."""

SLOW_CHANNEL = "messenger"
SLOW_FROM = "2026-05-04"
SLOW_FACTOR = 2.5
"""First responses on this channel take so many times longer from this day."""

IMPROVING_CHANNEL = "portal"
IMPROVING_FROM = "2026-01-01"
IMPROVING_PER_MONTH = 0.94
"""First responses on this channel get shorter by this factor every month."""

WEAK_AGENT = "a17"
WEAK_AGENT_FACTOR = 1.9
WEAK_AGENT_SATISFACTION = -0.24
WEAK_AGENT_REOPENS = 0.14
WEAK_AGENT_MARKS = -1.2
"""This agent is so many times slower, the share of satisfied customers and the marks of audits are lower by this much,
and this share of the solved tickets comes back, of which the others have `USUAL_REOPENS`."""
USUAL_REOPENS = 0.05

AUDITORS_DIFFER_BY = 0.55
"""A second auditor's mark differs from the first one's by this part of the spread of all marks."""

GROWING_TOPIC = "Parcel locker"
GROWING_FROM = "2026-06-01"
GROWING_FACTOR = 3.0
"""So many times more contacts on this topic from this day."""

NOISE_GOAL_CHANNEL = "chat"
NOISE_GOAL_PERIOD = "2026-Q3"
NOISE_GOAL_SHARE = 0.80
"""Satisfied answers on this channel in this quarter are made exactly the smallest share that is not below 80 %."""

SMALL_TEAM = "Key accounts"
SMALL_TEAM_ASKED = 0.12
"""Too few answers to the recommendation question for any verdict, because so few are asked."""
USUALLY_ASKED = 0.5

FAULTS = {
    "tickets": {
        "identical rows twice": 37,
        "no channel": 9,
        "solved before created": 11,
        "created in the future": 3,
    },
    "ticket_events": {"unknown ticket": 23, "identical rows twice": 16},
    "calls": {"negative talk time": 7, "answered before started": 4},
    "surveys": {"score outside the scale": 13, "answered before asked": 5},
    "reviews": {"replied before posted": 2},
    "customers": {"ended before started": 6},
    "returns": {"no date": 3},
}
"""Faulty rows in the files: table, fault, exact count."""

LEFT_OUT = {"test": 12, "agent_started": 40}
"""Tickets that are no service at all, exact counts; spam, merged and deleted ones are shares of the whole."""

SHARES = {"spam": 0.010, "merged": 0.012, "deleted": 0.003}

PERSONAL = {"e-mail address": 4, "telephone number": 5}
"""Survey comments with something personal in them, which a report must mask."""


@dataclass(frozen=True)
class Effects:
    """What is planted, as strong as it is; the defaults are the story that is told in the README.

    Attributes:
        slow_factor: See `SLOW_FACTOR`.
        improving_per_month: See `IMPROVING_PER_MONTH`.
        weak_agent_factor: See `WEAK_AGENT_FACTOR`; None for an own habit like everybody's.
        weak_agent_satisfaction: See `WEAK_AGENT_SATISFACTION`.
        weak_agent_reopens: See `WEAK_AGENT_REOPENS`.
        weak_agent_marks: See `WEAK_AGENT_MARKS`.
        growing_factor: See `GROWING_FACTOR`.
        small_team_asked: See `SMALL_TEAM_ASKED`.
        has_goal_within_noise: Whether the answers of `NOISE_GOAL_PERIOD` are made to reach the goal exactly.
    """

    slow_factor: float = SLOW_FACTOR
    improving_per_month: float = IMPROVING_PER_MONTH
    weak_agent_factor: float | None = WEAK_AGENT_FACTOR
    weak_agent_satisfaction: float = WEAK_AGENT_SATISFACTION
    weak_agent_reopens: float = WEAK_AGENT_REOPENS
    weak_agent_marks: float = WEAK_AGENT_MARKS
    growing_factor: float = GROWING_FACTOR
    small_team_asked: float = SMALL_TEAM_ASKED
    has_goal_within_noise: bool = True


EVERYTHING = Effects()
NOTHING = Effects(
    slow_factor=1.0,
    improving_per_month=1.0,
    weak_agent_factor=None,
    weak_agent_satisfaction=0.0,
    weak_agent_reopens=USUAL_REOPENS,
    weak_agent_marks=0.0,
    growing_factor=1.0,
    small_team_asked=USUALLY_ASKED,
    has_goal_within_noise=False,
)
"""An organisation in which nothing happens: what a review then calls a change is a false finding.

Sizes, faults, season, growth, and the lasting differences between channels, topics and people are those of the story.
"""


@dataclass(frozen=True)
class Planted:
    """What the generator put in, counted.

    Attributes:
        tickets: Tickets without the rows that were doubled.
        excluded: Tickets to leave out of the figures: reason to count.
        faults: Faulty rows, as `FAULTS`.
        satisfied: Satisfied answers on `NOISE_GOAL_CHANNEL` in `NOISE_GOAL_PERIOD`, and all answers there.
        automatic: Public replies by an automatic author whom the source calls an agent.
    """

    tickets: int
    excluded: dict[str, int]
    satisfied: tuple[int, int]
    automatic: int
    faults: dict[str, dict[str, int]] = field(default_factory=lambda: FAULTS)
