"""Transfers and escalations, worked out by hand from the assignments and priorities of single tickets."""

from dataclasses import dataclass, field

import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.tables import Tables


@dataclass(frozen=True)
class Story:
    name: str
    events: list
    transfers: int | None
    escalated: bool | None
    row: dict = field(default_factory=dict)


SOLVED = "tue 12:00 S solved"
STORIES = [
    Story("assigned once", ["mon 10:05 G ann", SOLVED], 0, False),
    Story("never assigned", [SOLVED], 0, False),
    Story("handed to another", ["mon 10:05 G ann", "mon 11:00 G ann>ben", SOLVED], 1, False),
    Story("the event tells who had it before", ["mon 11:00 G ann>ben", SOLVED], 1, False),
    Story("there and back again", ["mon 10:05 G ann", "mon 11:00 G ben", "mon 12:00 G ann", SOLVED], 2, False),
    Story("assigned again to the same", ["mon 10:05 G ann", "mon 11:00 G ann", SOLVED], 0, False),
    Story("laid down and taken up by the same", ["mon 10:05 G ann", "mon 11:00 G ann>", "mon 12:00 G ann", SOLVED],
          0, False),
    Story("laid down and taken up by another", ["mon 10:05 G ann", "mon 11:00 G ann>", "mon 12:00 G ben", SOLVED],
          1, False),
    Story("after the solve it does not count", ["mon 10:05 G ann", SOLVED, "tue 13:00 G ben"], 0, False),
    Story("at the solve it does", ["mon 10:05 G ann", "tue 12:00 G ben", SOLVED], 1, False),
    Story("after the cut it is not known", ["mon 10:05 G ann", "wed2 13:00 G ben"], 0, False),
    Story("not yet solved", ["mon 10:05 G ann", "mon 11:00 G ben"], 1, False),
    Story("reopened: up to the last solve",
          ["mon 10:05 G ann", "mon 11:00 S solved", "mon 12:00 C", "mon 13:00 G ben", SOLVED], 1, False),
    Story("priority raised", ["mon 10:30 P normal>high", SOLVED], 0, True),
    Story("priority lowered", ["mon 10:30 P high>normal", SOLVED], 0, False),
    Story("lowered, then raised again", ["mon 10:30 P high>low", "mon 11:00 P low>normal", SOLVED], 0, True),
    Story("set for the first time", ["mon 10:30 P >high", SOLVED], 0, False),
    Story("raised after the solve", [SOLVED, "tue 13:00 P normal>urgent"], 0, False),
    Story("given to the escalation team", ["mon 10:05 G ann", "mon 11:00 G Second", SOLVED], 1, True),
    Story("given to an agent of it", ["mon 10:05 G ann", "mon 11:00 G eva", SOLVED], 1, True),
    Story("given to one who had left it", ["mon 10:05 G ann", "mon 11:00 G old", SOLVED], 1, False),
    Story("began there", ["mon 10:05 G eva", "mon 11:00 G Second", SOLVED], 1, False),
    Story("came back from it", ["mon 10:05 G eva", "mon 11:00 G ann", SOLVED], 1, False),
]  # fmt: skip

AGENTS = pd.DataFrame(
    {
        "agent_id": ["ann", "ben", "eva", "old", "old"],
        "name": ["Ann", "Ben", "Eva", "Olaf", "Olaf"],
        "team_id": ["First", "First", "Second", "Second", "First"],
        "from_at": pd.to_datetime([None, None, "2026-01-01", "2026-01-01", "2026-06-01"], utc=True),
        "until_at": pd.to_datetime([None, None, None, "2026-06-01", None], utc=True),
    }
)


@pytest.fixture(scope="module")
def told(tell, at):
    stories = {f"d:{number}": story.events for number, story in enumerate(STORIES)}
    made = tell(
        stories, {"d:1": {"agent_id": "ann", "priority_code": "normal"}}, contacts={"escalation_teams": ["Second"]}
    )
    tables = Tables(made.tables.connection, dict(made.tables.expressions), made.tables.given)
    agents = Tables.on(made.tables.connection, {"agents": made.tables.connection.create_table("people", AGENTS)})
    whole = Tables(tables.connection, tables.expressions | dict(agents.expressions), tables.given)
    return derive(whole, made.settings, at("wed2 12:00"))["tickets"].execute().set_index("ticket_id")


@pytest.mark.parametrize("number", range(len(STORIES)), ids=[story.name for story in STORIES])
def test_a_story_is_told(told, number):
    row, story = told.loc[f"d:{number}"], STORIES[number]
    assert (row["transfer_count"], row["was_escalated"]) == (story.transfers, story.escalated)


@pytest.mark.parametrize(
    ("events", "teams", "expected"),
    [
        (["mon 11:00 A ann", SOLVED], [], (None, None)),  # the log tells neither
        (["mon 10:05 G ann", SOLVED], [], (0, None)),  # of assignments alone nobody was escalated by priority
        (["mon 10:05 G ann", "mon 11:00 G Second", SOLVED], ["Second"], (1, True)),
        (["mon 10:30 P normal>high", SOLVED], [], (None, True)),
    ],
)
def test_what_the_source_does_not_record_is_unknown(tell, events, teams, expected):
    row = tell({"d:1": events}, contacts={"escalation_teams": teams}).ticket()
    assert (row["transfer_count"], row["was_escalated"]) == expected


def test_finished_facts_tell_no_handovers(tell):
    row = tell({"d:1": []}, {"d:1": {"status_code": "solved", "solved_at": "tue 12:00", "agent_id": "ann"}}).ticket()
    assert (row["transfer_count"], row["was_escalated"]) == (None, None)
