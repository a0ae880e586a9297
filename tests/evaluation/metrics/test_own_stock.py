"""A stock of one's own: what the backlog says, what plain pandas says, and what is said without a column."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import ConfigError
from evaluation.facts import derive
from evaluation.identities import check_identities, refuse_contradictions
from evaluation.measurement import UNASSIGNED, Absent
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.participation import participation
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 9, 20, tzinfo=UTC)
QUARTER = Period.parse("2026-Q3", zone="UTC")
SAID = {"kind": "stock", "unit": "count", "label": "A name", "pillar": "workload", "better": "lower",
        "population": "Some tickets.", "definition": "What it says.", "minimum_sample": 1}  # fmt: skip
OF_TICKETS = {**SAID, "table": "tickets", "since": "created_at", "until": "solved_at"}
OWN = {
    "open_ones": {**SAID, "table": "states", "since": "at", "until": "until", "where": {"is_open": True}},
    "unsolved_complaints": {**OF_TICKETS, "where": {"is_complaint": True}},
    "unclosed": {**OF_TICKETS, "until": "closed_at", "where": {}},
}  # fmt: skip


def settings(own=None):
    return Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"},
                                    "metrics": OWN if own is None else own})  # fmt: skip


def raw():
    random = np.random.default_rng(3)
    size = 300
    created = pd.Timestamp("2026-06-01", tz="UTC") + pd.to_timedelta(random.integers(0, 110 * 86_400, size), unit="s")
    solved = created + pd.to_timedelta(random.integers(60, 60 * 86_400, size), unit="s")
    tickets = pd.DataFrame(
        {"ticket_id": [f"a:{n}" for n in range(size)], "created_at": created, "channel_code": "email",
         "is_complaint": random.random(size) < 0.4, "is_spam": random.random(size) < 0.1,
         "team_id": random.choice(["north", "south", None], size),
         "solved_at": solved.where(random.random(size) < 0.8)}
    )  # fmt: skip
    ended = tickets[tickets["solved_at"].notna()]
    given = {"kind": "status", "actor_kind": "agent", "from_value": "open"}
    events = pd.concat(
        [ended[["ticket_id"]].assign(at=ended["solved_at"], to_value="solved", **given),
         tickets[["ticket_id"]].assign(at=tickets["created_at"], kind="created", actor_kind="requester")]
    )  # fmt: skip
    return tickets, events.reset_index(drop=True)


@pytest.fixture(scope="module")
def facts():
    tickets, events = raw()
    return derive(Tables.from_frames({"tickets": tickets, "ticket_events": events}), settings(), CUT)


@pytest.fixture(scope="module")
def found(facts):
    measurements = measure(facts, settings(), QUARTER, only=[*OWN, "backlog"])
    identities = check_identities(measurements, facts, chosen(settings().metrics), QUARTER)
    refuse_contradictions(identities)
    for identity in ("cases_complete", "members_add_up"):
        assert set(OWN) <= {one.subject for one in identities if one.id == identity}
    return measurements


def test_the_open_states_are_the_backlog(found):
    frame = found.frame[found.frame["statistic"] == "value"]
    theirs, ours = (frame[frame["metric_id"] == name].drop(columns="metric_id") for name in ("backlog", "open_ones"))
    keys = ["period_id", "dimension", "member", "statistic"]
    both = [one.astype({key: str for key in keys}).sort_values(keys, ignore_index=True) for one in (theirs, ours)]
    pd.testing.assert_frame_equal(*both)
    assert found.get("open_ones", "2026-08", statistic="value").value > 0


@pytest.mark.parametrize("month", ["2026-07", "2026-08", "2026-09"])
def test_it_counts_who_entered_and_has_not_left(found, month):
    tickets, _ = raw()
    known = tickets["solved_at"].where(tickets["solved_at"] <= CUT)
    end = min(Period.parse(month, zone="UTC").end, CUT)
    is_there = tickets["is_complaint"] & (tickets["created_at"] < end) & ~(known < end)
    row = found.get("unsolved_complaints", month, statistic="value")
    counted = tickets[is_there & ~tickets["is_spam"]]
    assert (row.value, row.n, row.excluded) == (len(counted), len(counted), is_there.sum() - len(counted))
    teams = found.members("unsolved_complaints", month, "team", statistic="value")
    assert {team.member: team.n for team in teams} == counted["team_id"].fillna(UNASSIGNED).value_counts().to_dict()


def test_without_a_column_nothing_is_said_to_be_there(facts, found):
    row = found.get("unclosed", "2026-08", statistic="value")
    assert (row.value, row.n, row.reason) == (None, 0, Absent.NO_COLUMN)
    (told,) = [one for one in participation(facts, settings(), "a:0") if one.metric_id == "unclosed"]
    assert told.outcome in ("unknown", "excluded")
    assert told.is_stock


def test_without_the_table_there_is_no_source():
    tickets, _ = raw()
    own = settings(
        {
            "open_ones": OWN["open_ones"],
            "customers_there": {**SAID, "table": "customers", "where": {}, "since": "started_at", "until": "ended_at"},
        }
    )
    facts = derive(Tables.from_frames({"tickets": tickets}), own, CUT)
    row = measure(facts, own, QUARTER, only=["customers_there"]).get("customers_there", "2026-08", statistic="value")
    assert (row.value, row.reason) == (None, Absent.NO_SOURCE)


def test_the_record_says_what_was_written():
    metric = chosen(settings().metrics)["unsolved_complaints"].metric
    assert (metric.kind.value, metric.anchor, metric.statistic) == ("stock", "the last instant of the period", "value")
    assert "tickets.is_complaint" in metric.requires


@pytest.mark.parametrize(
    ("own", "place", "says"),
    [
        ({"x": {**OWN["unclosed"], "since": "language"}}, "x.since", "holds text, and here an instant is needed"),
        ({"x": {**OWN["unclosed"], "until": "solvedat"}}, "x.until", "the table tickets has no column 'solvedat'"),
        ({"x": {**OWN["unclosed"], "where": {"channel": "phon"}}}, "x.where.channel", "'phon' is not a value"),
        (
            {"stock": OWN["unclosed"],
             "x": {**{key: value for key, value in SAID.items() if key not in ("kind", "unit")}, "kind": "ratio",
                   "unit": "ratio", "numerator": "stock", "denominator": "tickets_created"}},
            "x.numerator", "'stock' is not a metric that counts",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(own, place, says):
    with pytest.raises(ConfigError) as error:
        chosen(settings(own).metrics)
    assert error.value.where == f"metrics.{place}"
    assert says in error.value.found
    assert error.value.remedy
