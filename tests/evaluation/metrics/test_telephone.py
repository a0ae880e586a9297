"""The telephone's figures: the three rules, both abandonment rates, pooled sums; and a second way by plain loops."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from evaluation.facts.calls import call_facts
from evaluation.facts.derivation import Derivation
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.facts.workbench import Workbench
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.definition import Standing
from evaluation.metrics.telephone import SERVICE_LEVEL
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 10, 20, tzinfo=UTC)
IDS = ("service_level", "average_speed_of_answer", "abandonment_rate", "abandonment_rate_all", "calls_offered",
       "handle_time")  # fmt: skip
NORTHWIND = Path(__file__).parents[3] / "examples" / "northwind-care" / "data" / "calls.csv"
WARSAW = ZoneInfo("Europe/Warsaw")


def settings(metrics=None, **telephone):
    return Settings.model_validate(
        {
            "organisation": {"name": "Northwind Care", "time_zone": "Europe/Warsaw"},
            "calendars": {
                "default": {
                    "hours": {"mon-fri": ["08:00-18:00"], "sat": ["09:00-14:00"]},
                    "holidays": {"country": "PL"},
                },
                "office": {"hours": {"mon-fri": ["08:00-16:00"]}, "holidays": {"country": "PL"}},
            },
            "calendar_for": {"default": "default", "by_team": {"Key accounts": "office"}},
            "telephone": telephone,
            "metrics": metrics or {},
        }
    )


def facts_of(calls, options, cut=CUT):
    tables = Tables.from_frames({"calls": calls})
    made = call_facts(
        Derivation(
            bench=Workbench(tables.connection), tables=tables, settings=options, cut=cut, kept={}, described=None
        )
    )
    columns = {name: [*FACT_COLUMNS[name], *DIMENSION_COLUMNS, "exclusion"] for name in made}
    return Facts({name: table.select(*columns[name]).cache() for name, table in made.items()}, cut)


def measured(facts, options, period="2026-Q3", variant=None, only=IDS):
    asked = settings(metrics={"service_level": {"variant": variant}} if variant else {})
    return measure(facts, asked, Period.parse(period, zone="Europe/Warsaw"), only=list(only))


def frame(rows):
    calls = pd.DataFrame(rows)
    for name in ("started_at", "queued_at", "answered_at", "ended_at"):
        if name in calls:
            calls[name] = pd.to_datetime(calls[name], utc=True).astype("datetime64[us, UTC]")
    return calls.astype({"agent_id": "string"})


def call(number, queued, outcome, wait, **more):
    handled = {"talk_seconds": 100.0, "hold_seconds": 10.0, "wrap_seconds": 30.0} if outcome == "answered" else {}
    usual = {"direction": "inbound", "team_id": "First line", "agent_id": None, **handled}
    stamps = {"started_at": queued, "queued_at": queued}
    return {"call_id": f"c:{number}", "outcome": outcome, "wait_seconds": wait, **stamps, **usual, **more}


def the_hundred_calls_of_cisco():
    """70 answered and 10 given up within the threshold, 20 answered later: the vendor's own example."""
    outcomes = [("answered", 10.0)] * 70 + [("abandoned", 10.0)] * 10 + [("answered", 60.0)] * 20
    return frame([call(n, "2026-07-06T10:00Z", outcome, wait) for n, (outcome, wait) in enumerate(outcomes)])


@pytest.fixture(scope="module")
def cisco():
    return facts_of(the_hundred_calls_of_cisco(), settings())


@pytest.mark.parametrize(
    ("variant", "value", "n"),
    [(None, 70 / 90, 90), ("abandoned_ignored", 70 / 90, 90), ("abandoned_missed", 0.70, 100),
     ("abandoned_met", 0.80, 100)],
    ids=["default", "ignored", "negative impact", "positive impact"],
)  # fmt: skip
def test_the_three_rules_on_the_example_of_their_vendor(cisco, variant, value, n):
    row = measured(cisco, settings(), variant=variant, only=["service_level"]).get(
        "service_level", "2026-Q3", statistic="value"
    )
    assert (row.value, row.n) == (pytest.approx(value), n)


QUEUE = [
    call(1, "2026-07-06T10:00Z", "answered", 20.0),
    call(2, "2026-07-06T10:00Z", "answered", 20.000001),
    call(3, "2026-07-06T10:00Z", "abandoned", 5.0),
    call(4, "2026-07-06T10:00Z", "abandoned", 20.0),
    call(5, "2026-07-06T10:00Z", "abandoned", 21.0),
    call(6, "2026-07-06T10:00Z", "callback", 4.0),
    call(7, "2026-07-06T10:00Z", "voicemail", 50.0),
    call(8, "2026-07-06T10:00Z", "failed", 1.0),
    call(9, None, "abandoned", None, started_at="2026-07-06T10:00Z"),
    call(10, "2026-07-05T10:00Z", "answered", 5.0),
    call(11, "2026-07-05T10:00Z", "abandoned", 30.0),
    call(12, "2026-07-06T10:00Z", "answered", 1.0, direction="outbound"),
    call(13, "2026-07-06T10:00Z", "answered", None),
    call(14, "2026-07-06T10:00Z", "abandoned", None),
]
"""Two in time or nearly, three given up, one called back, a message, a failure; a hang-up in the menu, a Sunday, our
own call, and two whose waits nobody wrote down."""


@pytest.fixture(scope="module")
def queue():
    return measured(facts_of(frame(QUEUE), settings()), settings())


@pytest.mark.parametrize(
    ("metric_id", "statistic", "value", "n", "excluded"),
    [
        ("service_level", "value", 1 / 6, 6, 6),
        ("average_speed_of_answer", "mean", 20.0000005, 2, 2),
        ("abandonment_rate", "value", 2 / 8, 8, 4),
        ("abandonment_rate_all", "value", 4 / 10, 10, 2),
        ("calls_offered", "value", 10, 10, 2),
        ("handle_time", "mean", 140.0, 4, 0),
    ],
)
def test_who_is_counted_where(queue, metric_id, statistic, value, n, excluded):
    row = queue.get(metric_id, "2026-Q3", statistic=statistic)
    assert (row.value, row.n, row.excluded) == (pytest.approx(value, abs=1e-6), n, excluded)


def test_calls_in_progress_at_cut_are_offered_and_undecided():
    row = call(
        1, "2026-07-06T10:00Z", "answered", 5.0, answered_at="2026-07-06T10:00:05Z", ended_at="2026-07-06T10:09Z"
    )
    facts = facts_of(frame([row]), settings(), datetime(2026, 7, 6, 10, 5, tzinfo=UTC))
    found = measured(facts, settings(), "2026-07")
    assert found.get("calls_offered", "2026-07", statistic="value").value == 1
    for metric_id, statistic in (
        ("service_level", "value"),
        ("average_speed_of_answer", "mean"),
        ("handle_time", "mean"),
    ):
        row = found.get(metric_id, "2026-07", statistic=statistic)
        assert (row.value, row.undecided, row.reason) == (None, 1, "not_decided")


def test_the_service_level_is_pooled_and_no_mean_of_days():
    calm = [call(1, "2026-07-06T10:00Z", "answered", 5.0)]
    busy = [call(n, "2026-07-07T10:00Z", "answered", 60.0) for n in range(2, 11)]
    options = settings()
    row = measured(facts_of(frame(calm + busy), options), options).get("service_level", "2026-Q3", statistic="value")
    assert (row.value, row.numerator, row.denominator) == (0.1, 1, 10)


def test_a_new_threshold_leaves_history_alone():
    calls = frame([call(1, "2026-06-30T10:00Z", "answered", 25.0), call(2, "2026-07-01T10:00Z", "answered", 25.0)])
    old = settings()
    new = settings(service_level={"seconds": 20, "versions": [{"from": "2026-07-01", "seconds": 30}]})
    for options, expected in ((old, {"2026-06": 0, "2026-07": 0}), (new, {"2026-06": 0, "2026-07": 1})):
        found = measured(facts_of(calls, options), options, "2026-07", only=["service_level"])
        assert {key: found.get("service_level", key, statistic="value").value for key in expected} == expected


def test_out_of_hours_calls_count_when_the_organisation_says_so():
    options = settings(counts_out_of_hours=True)
    found = measured(facts_of(frame(QUEUE), options), options)
    assert found.get("calls_offered", "2026-Q3", statistic="value").value == 12
    assert found.get("service_level", "2026-Q3", statistic="value").n == 8


def test_a_transfer_counts_once_for_the_team_and_by_leg_for_the_agents():
    first = call(1, "2026-07-06T10:00Z", "answered", 5.0, agent_id="anna", contact_id="x:1")
    second = call(2, "2026-07-06T10:05Z", "answered", 5.0, agent_id="ben", contact_id="x:1", talk_seconds=300.0)
    rows = [first, second]
    found = measured(facts_of(frame(rows), settings()), settings(), only=["handle_time", "calls_offered"])
    whole = found.get("handle_time", "2026-Q3", statistic="mean")
    agents = found.members("handle_time", "2026-Q3", "agent", statistic="mean")
    assert (whole.value, whole.n) == (480.0, 1)
    assert {row.member: (row.value, row.n) for row in agents} == {"anna": (140.0, 1), "ben": (340.0, 1)}
    assert found.get("handle_time", "2026-Q3", statistic="mean", dimension="team", member="First line").n == 1
    assert found.get("calls_offered", "2026-Q3", statistic="value").value == 1


def test_without_calls_there_is_no_source():
    found = measured(Facts({}, CUT), settings())
    assert {row.reason for row in found} == {"no_source"}


def test_without_a_record_of_the_work_after_calls_the_column_is_missing():
    rows = [
        {key: value for key, value in call(1, "2026-07-06T10:00Z", "answered", 5.0).items() if key != "wrap_seconds"}
    ]
    row = measured(facts_of(frame(rows), settings()), settings()).get("handle_time", "2026-Q3", statistic="mean")
    assert (row.value, row.reason, row.excluded) == (None, "no_column", 1)


def test_both_abandonment_rates_are_measured_whichever_is_chosen():
    assert {"abandonment_rate", "abandonment_rate_all"} <= set(chosen({}))
    other = chosen(settings(metrics={"abandonment_rate": {"variant": "all"}}).metrics)
    assert {"abandonment_rate", "abandonment_rate_without_short"} <= set(other)
    assert "abandonment_rate_all" not in other


# the second way: each call looked at on its own, by the words of the definition


def is_open(at, team):
    local = at.astimezone(WARSAW)
    if (local.month, local.day) == (8, 15) or local.weekday() == 6:
        return False
    office = team == "Key accounts"
    if local.weekday() == 5:
        return not office and 9 <= local.hour < 14
    return 8 <= local.hour < (16 if office else 18)


def by_hand(rows, seconds=20.0, short=5.0):
    """The figures of some calls, as a supervisor would tally them."""
    tally = dict.fromkeys(("offered", "in_time", "early", "given_up", "short"), 0)
    waits, handled = [], []
    for row in rows:
        if row["direction"] != "inbound":
            continue
        if row["outcome"] == "answered":
            handled.append(row["talk_seconds"] + row["hold_seconds"] + row["wrap_seconds"])
        if not is_open(row["queued_at"].to_pydatetime(), row["team_id"]):
            continue
        tally["offered"] += 1
        if row["outcome"] == "answered":
            waits.append(row["wait_seconds"])
            tally["in_time"] += row["wait_seconds"] <= seconds
        if row["outcome"] == "abandoned":
            tally["given_up"] += 1
            tally["early"] += row["wait_seconds"] <= seconds
            tally["short"] += row["wait_seconds"] <= short
    offered = tally["offered"]
    return {
        "service_level": tally["in_time"] / (offered - tally["early"]),
        "average_speed_of_answer": np.mean(waits),
        "abandonment_rate": (tally["given_up"] - tally["short"]) / (offered - tally["short"]),
        "abandonment_rate_all": tally["given_up"] / offered,
        "calls_offered": offered,
        "handle_time": np.mean(handled),
    }


def random_calls(count=900, seed=7):
    rng = np.random.default_rng(seed)
    at = pd.Timestamp("2026-07-01", tz="Europe/Warsaw") + pd.to_timedelta(rng.integers(0, 91 * 86_400, count), unit="s")
    outcomes = rng.choice(
        ["answered", "abandoned", "voicemail", "callback", "failed"], count, p=[0.6, 0.25, 0.05, 0.05, 0.05]
    )
    return frame(
        [
            {"call_id": f"c:{n}", "started_at": at[n], "queued_at": at[n], "outcome": outcomes[n],
             "direction": rng.choice(["inbound", "outbound"], p=[0.9, 0.1]), "wait_seconds": float(rng.integers(0, 60)),
             "talk_seconds": float(rng.integers(20, 600)), "hold_seconds": float(rng.integers(0, 60)),
             "wrap_seconds": float(rng.integers(0, 300)), "team_id": rng.choice(["First line", "Key accounts"]),
             "agent_id": "anna" if outcomes[n] == "answered" else None}
            for n in range(count)
        ]
    )  # fmt: skip


def test_a_second_way_gives_the_same_for_months_and_teams():
    calls, options = random_calls(), settings()
    found = measured(facts_of(calls, options), options)
    local = calls["queued_at"].dt.tz_convert("Europe/Warsaw").dt.strftime("%Y-%m")
    parts = {("2026-Q3", "all", "all"): calls}
    parts |= {(month, "all", "all"): calls[local == month] for month in ("2026-07", "2026-08", "2026-09")}
    parts |= {("2026-Q3", "team", team): rows for team, rows in calls.groupby("team_id")}
    for (period, dimension, member), rows in parts.items():
        expected = by_hand(rows.to_dict("records"))
        for metric_id, value in expected.items():
            statistic = "mean" if metric_id in ("average_speed_of_answer", "handle_time") else "value"
            row = found.get(metric_id, period, statistic=statistic, dimension=dimension, member=member)
            assert row.value == pytest.approx(value, rel=1e-9), (metric_id, period, member)


def test_a_longer_threshold_never_lowers_the_service_level():
    calls, levels = random_calls(400, seed=3), {rule.metric.variant: [] for rule in SERVICE_LEVEL}
    for seconds in (5, 20, 40):
        table = facts_of(calls, settings(service_level={"seconds": seconds}))["calls"]
        for rule in SERVICE_LEVEL:
            decided = table.filter(rule.standing(table) == Standing.DECIDED)
            levels[rule.metric.variant].append(rule.amount(decided).mean().execute())
    assert len(levels) == 3
    assert all(found == sorted(found) and found[0] < found[-1] for found in levels.values())


@pytest.mark.skipif(not NORTHWIND.exists(), reason="examples/northwind-care/generate.py was not run")
def test_northwind_a_second_way():
    raw = pd.read_csv(NORTHWIND, sep=";")
    for name in ("started_at", "queued_at", "answered_at", "ended_at"):
        stamps = pd.to_datetime(raw[name], format="%d.%m.%Y %H:%M:%S")
        raw[name] = stamps.dt.tz_localize("Europe/Warsaw", ambiguous=True, nonexistent="shift_forward")
    raw["was_recording_announced"] = raw["was_recording_announced"] == "T"
    options = settings()
    found = measured(facts_of(frame(raw), options), options)
    quarter = raw[(raw["queued_at"] >= "2026-07-01") & (raw["queued_at"] < "2026-10-01")]
    for metric_id, value in by_hand(quarter.to_dict("records")).items():
        statistic = "mean" if metric_id in ("average_speed_of_answer", "handle_time") else "value"
        row = found.get(metric_id, "2026-Q3", statistic=statistic)
        assert row.value == pytest.approx(value, rel=1e-9), metric_id
