"""Who works at Northwind Care, on what, and how fast."""

from __future__ import annotations

import pandas as pd

from northwind.planted import SMALL_TEAM, WEAK_AGENT

ZONE = "Europe/Warsaw"

# channel: share of contacts, median open seconds to the first response, chance that one answer is enough
CHANNELS = pd.DataFrame(
    [
        ("email", 0.34, 3.2 * 3600, 0.58),
        ("chat", 0.20, 75, 0.80),
        ("phone", 0.16, 40, 0.86),
        ("messenger", 0.10, 9 * 60, 0.66),
        ("form", 0.10, 4.1 * 3600, 0.55),
        ("portal", 0.06, 3.6 * 3600, 0.60),
        ("social", 0.04, 70 * 60, 0.70),
    ],
    columns=["channel", "share", "first_seconds", "one_answer"],
)

# topic: share of contacts, team, how much work, effect on satisfaction, complaint
TOPICS = pd.DataFrame(
    [
        ("Order status", 0.19, "First line", 0.8, 0.03, False),
        ("Late delivery", 0.13, "Logistics", 1.1, -0.10, False),
        ("Parcel locker", 0.04, "Logistics", 1.0, -0.04, False),
        ("Return and refund", 0.14, "Billing", 1.2, -0.03, False),
        ("Invoice", 0.07, "Billing", 0.9, 0.03, False),
        ("Payment failed", 0.06, "Billing", 1.0, -0.02, False),
        ("Login", 0.08, "First line", 0.7, 0.04, False),
        ("Warranty", 0.08, "Technical", 1.6, -0.05, False),
        ("Installation", 0.07, "Technical", 1.5, 0.02, False),
        ("Product question", 0.08, "First line", 0.8, 0.05, False),
        ("Account change", 0.04, "Key accounts", 0.9, 0.03, False),
        ("Complaint", 0.02, "First line", 2.0, -0.20, True),
    ],
    columns=["topic", "share", "team", "work", "effect", "is_complaint"],
)

TEAMS = {"First line": 9, "Technical": 5, "Billing": 4, "Logistics": 4, SMALL_TEAM: 2}
BRANCHES = ("Warszawa", "Kraków", "Gdańsk", "Wrocław")
LANGUAGES = {"pl": 0.70, "en": 0.17, "ru": 0.13}
PRIORITIES = {"low": 0.12, "normal": 0.66, "high": 0.17, "urgent": 0.05}

AUTOMATIC_AUTHOR = "auto-receipt"
"""Its public replies are automatic, though the source calls it an agent."""
BOT = "nora-bot"

_NAMES = (
    "Anna Kowalska",
    "Piotr Wiśniewski",
    "Katarzyna Wójcik",
    "Marek Lewandowski",
    "Ewa Zielińska",
    "Tomasz Szymański",
    "Magdalena Woźniak",
    "Olga Smirnova",
    "Paweł Dąbrowski",
    "Agnieszka Kozłowska",
    "Jan Jankowski",
    "Irina Volkova",
    "Michał Mazur",
    "Joanna Kwiatkowska",
    "Dmitri Orlov",
    "Monika Krawczyk",
    "Robert Grabowski",
    "Natalia Pawlak",
    "Krzysztof Michalski",
    "Sarah Whitfield",
    "Beata Nowicka",
    "Daniel Hughes",
    "Zofia Adamczyk",
    "Łukasz Dudek",
)


def agents() -> pd.DataFrame:
    """The agents' spells: 24 people; one changed teams, one left, one came.

    Returns:
        Canonical columns of the table `agents`, one row for each spell.
    """
    rows = []
    number = 0
    for team, size in TEAMS.items():
        for _ in range(size):
            number += 1
            rows.append(
                (
                    f"a{number:02}",
                    _NAMES[number - 1],
                    team,
                    "2023-01-01",
                    None,
                    f"lead_{team.lower().replace(' ', '_')}",
                )
            )
    spells = pd.DataFrame(rows, columns=["agent_id", "name", "team_id", "from_at", "until_at", "manager_id"])
    spells.loc[spells["agent_id"] == "a05", "until_at"] = "2026-02-01"
    moved = spells[spells["agent_id"] == "a05"].assign(team_id="Logistics", from_at="2026-02-01", until_at=None)
    spells.loc[spells["agent_id"] == "a09", "until_at"] = "2026-06-01"
    spells.loc[spells["agent_id"] == "a14", "from_at"] = "2025-03-01"
    spells = pd.concat([spells, moved], ignore_index=True)
    for column in ("from_at", "until_at"):
        spells[column] = (
            pd.to_datetime(spells[column]).dt.tz_localize(ZONE).dt.tz_convert("UTC").astype("datetime64[us, UTC]")
        )
    names = (
        spells["name"]
        .str.replace("Ł", "L")
        .str.replace("ł", "l")
        .str.normalize("NFKD")
        .str.encode("ascii", "ignore")
        .str.decode("ascii")
        .str.lower()
    )
    return spells.assign(email=names.str.replace(" ", ".") + "@northwind.example")


def staff(at: pd.Series, team: pd.Series, draw: pd.Series) -> pd.Series:
    """Who takes a ticket: one of the team's agents at that moment.

    Args:
        at: Instants, UTC.
        team: Team of each ticket.
        draw: Random fractions, one for each ticket.

    Returns:
        Agent ids.
    """
    chosen = pd.Series(pd.NA, index=at.index, dtype="string")
    spells = agents()
    edges = sorted({pd.Timestamp.min.tz_localize("UTC"), *spells["from_at"], *spells["until_at"].dropna()})
    for start, end in zip(edges, [*edges[1:], pd.Timestamp.max.tz_localize("UTC")], strict=True):
        now = spells[(spells["from_at"] <= start) & (spells["until_at"].isna() | (spells["until_at"] >= end))]
        for name, people in now.groupby("team_id")["agent_id"]:
            here = (team == name) & (at >= start) & (at < end)
            ids = sorted(people)
            chosen[here] = [ids[int(value * len(ids))] for value in draw[here]]
    return chosen


def pace(agent: pd.Series, weak: float | None) -> pd.Series:
    """How much slower than the house an agent is: the weak one by `weak` if given, the others by their own habit."""
    number = agent.str[1:].astype("Float64")
    habit = 0.85 + 0.3 * ((number * 7) % 11) / 10
    told = habit if weak is None else habit.where(agent != WEAK_AGENT, weak)
    return told.fillna(1.0).astype(float)
