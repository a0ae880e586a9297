"""Pairs of dimensions: measured like one dimension, for every kind of metric; the parts add up."""

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.measurement import UNASSIGNED
from evaluation.metrics.cases import CREATED, always, standing
from evaluation.metrics.definition import FrameDefinition, Reading
from evaluation.metrics.workload import TICKETS_CREATED
from evaluation.settings import Settings

PLACES = [
    ("north", "email"),
    ("north", "chat"),
    ("south", "email"),
    (None, "email"),
    ("south", None),
    ("north", "email"),
]


def tickets():
    return [
        {"ticket_id": f"t:{n}", "created_at": "2026-07-03T10:00Z", "clock_started_at": "2026-07-03T10:00Z",
         "first_response_at": "2026-07-03T11:00Z", "first_response_state": "responded", "requester_id": f"r{n % 2}",
         "first_response_business_seconds": 60.0 * (n + 1), "team": team, "channel": channel,
         "first_response_agent": "ann"}
        for n, (team, channel) in enumerate(PLACES)
    ]  # fmt: skip


EXPECTED = {"north + email": 2, "north + chat": 1, "south + email": 1, f"{UNASSIGNED} + email": 1,
            f"south + {UNASSIGNED}": 1}  # fmt: skip


def members(found, metric_id, statistic="value", dimension="team+channel"):
    return {row.member: row.value for row in found.members(metric_id, "2026-Q3", dimension, statistic=statistic)}


def test_counts_of_pairs_add_up_to_the_whole(bench):
    found = bench.measure(bench.facts(tickets=tickets()), pairs=[("team", "channel")], only=["tickets_created"])
    assert members(found, "tickets_created") == EXPECTED
    assert sum(EXPECTED.values()) == found.get("tickets_created", "2026-Q3", statistic="value").value


def test_durations_requesters_and_stocks_know_pairs(bench):
    states = [{"ticket_id": row["ticket_id"], "at": row["created_at"], "team": row["team"], "channel": row["channel"]}
              for row in tickets()]  # fmt: skip
    found = bench.measure(
        bench.facts(tickets=tickets(), states=states), pairs=[("team", "channel"), ("channel", "agent")],
        only=["first_response_time", "backlog", "tickets_per_requester", "clearance_rate"],
    )  # fmt: skip
    assert members(found, "first_response_time", "median")["north + email"] == (60 + 360) / 2
    assert members(found, "backlog") == EXPECTED
    assert members(found, "tickets_per_requester", "mean")["north + email"] == 1
    assert members(found, "clearance_rate") == dict.fromkeys(EXPECTED, 0)
    by_agent = members(found, "first_response_time", "min", "channel+agent")
    assert by_agent == {"email + ann": 60, "chat + ann": 120, f"{UNASSIGNED} + ann": 300}


def test_metrics_computed_on_rows_know_pairs(bench, monkeypatch):
    counted = FrameDefinition(
        metric=TICKETS_CREATED, cases=CREATED, standing=standing(decided=always), columns={"id": lambda t: t.ticket_id},
        compute=lambda rows, cells: {"value": Reading(value=np.bincount(cells).astype(float))}, statistics=("value",),
    )  # fmt: skip
    monkeypatch.setattr("evaluation.metrics.measuring.chosen", lambda options: {"tickets_created": counted})
    found = bench.measure(bench.facts(tickets=tickets()), pairs=[("team", "channel")])
    assert members(found, "tickets_created") == EXPECTED


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([["team", "colour"]], "there is no dimension 'colour'; write one of: channel, team"),
        ([["team", "all"]], "there is no dimension 'all'"),
        ([["team", "team"]], "'team' is paired with itself"),
        ([["team", "channel"], ["channel", "team"]], "is written twice"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(pairs, said):
    with pytest.raises(ValidationError, match=said):
        Settings.model_validate({"organisation": {"name": "N", "time_zone": "UTC"}, "dimension_pairs": pairs})


def test_pairs_are_read_from_lists():
    settings = Settings.model_validate(
        {"organisation": {"name": "N", "time_zone": "UTC"}, "dimension_pairs": [["team", "channel"]]}
    )
    assert settings.dimension_pairs == [("team", "channel")]
