"""A Net Promoter Score of one's own: what the built-in one says, and what plain numpy says."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import ConfigError
from evaluation.facts import derive
from evaluation.identities import check_identities, refuse_contradictions
from evaluation.measurement import Caveat
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 10, 20, tzinfo=UTC)
QUARTER = Period.parse("2026-Q3", zone="UTC")
SAID = {"kind": "nps", "label": "A name", "pillar": "loyalty", "population": "Some answers.",
        "definition": "What it says.", "minimum_sample": 30}  # fmt: skip
OF_SURVEYS = {**SAID, "table": "surveys", "anchor": "answered_at", "amount": "score"}
OWN = {
    "relation": {**OF_SURVEYS, "where": {"kind": "nps", "ticket_id": {"given": False}}},
    "after_a_contact": {**OF_SURVEYS, "where": {"kind": "nps", "ticket_id": {"given": True}}},
    "of_replies": {**SAID, "table": "tickets", "anchor": "created_at", "amount": "reply_count", "where": {},
                   "better": "lower"},
}  # fmt: skip


def settings(own=None):
    return Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"},
                                    "metrics": OWN if own is None else own})  # fmt: skip


def raw():
    random = np.random.default_rng(11)
    size = 600
    at = pd.Timestamp("2026-06-20", tz="UTC") + pd.to_timedelta(random.integers(0, 120 * 86_400, size), unit="s")
    tickets = pd.DataFrame(
        {"ticket_id": [f"a:{n}" for n in range(size)], "created_at": at, "channel_code": "email",
         "is_spam": random.random(size) < 0.1, "team_id": random.choice(["north", "south", None], size),
         "reply_count": random.integers(0, 13, size)}
    )  # fmt: skip
    on_ten = random.random(size) < 0.9
    surveys = pd.DataFrame(
        {"survey_id": [f"s:{n}" for n in range(size)], "kind": random.choice(["nps", "csat"], size, p=[0.8, 0.2]),
         "answered_at": at, "score": random.choice([*range(12), np.nan], size), "scale_min": 0.0,
         "scale_max": np.where(on_ten, 10.0, 11.0), "weight": random.choice([np.nan, 0.0, 0.5, 3.0], size),
         "ticket_id": np.where(random.random(size) < 0.5, tickets["ticket_id"], None)}
    )  # fmt: skip
    return tickets, surveys


@pytest.fixture(scope="module")
def found():
    tickets, surveys = raw()
    facts = derive(Tables.from_frames({"tickets": tickets, "surveys": surveys}), settings(), CUT)
    measurements = measure(facts, settings(), QUARTER, only=[*OWN, "nps", "nps_interaction"])
    refuse_contradictions(check_identities(measurements, facts, chosen(settings().metrics), QUARTER))
    return measurements


@pytest.mark.parametrize(("own", "built_in"), [("relation", "nps"), ("after_a_contact", "nps_interaction")])
def test_it_says_what_the_built_in_one_says(found, own, built_in):
    frame = found.frame.drop(columns="metric_id")
    theirs, ours = (
        frame[(found.frame["metric_id"] == name).to_numpy()].reset_index(drop=True) for name in (built_in, own)
    )
    keys = ["period_id", "dimension", "member", "statistic"]
    both = [one.astype({key: str for key in keys}).sort_values(keys, ignore_index=True) for one in (theirs, ours)]
    pd.testing.assert_frame_equal(*both)
    row = found.get(own, "2026-Q3", statistic="value")
    assert row.excluded > 0
    assert Caveat.MIXED_SCALES in row.caveats


def test_a_table_without_weights_or_scale_counts_each_answer_once(found):
    tickets, _ = raw()
    inside = tickets[tickets["created_at"].between(QUARTER.start, QUARTER.end, inclusive="left")]
    score = inside.loc[(inside["reply_count"] <= 10) & ~inside["is_spam"], "reply_count"]
    row = found.get("of_replies", "2026-Q3", statistic="value")
    assert row.value == pytest.approx(100 * ((score >= 9).mean() - (score <= 6).mean()))
    assert (row.n, row.excluded) == (len(score), len(inside) - len(score))


def test_unit_and_direction_are_those_of_the_built_in_one_unless_it_says_otherwise():
    metrics = {name: definition.metric for name, definition in chosen(settings().metrics).items()}
    for attribute in ("unit", "better", "kind", "statistic", "clock", "anchor"):
        assert getattr(metrics["relation"], attribute) == getattr(metrics["nps"], attribute), attribute
    assert (metrics["of_replies"].better.value, metrics["of_replies"].anchor) == (
        "lower",
        metrics["tickets_per_requester"].anchor,
    )


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        ({"amount": "comment"}, "amount", "'comment' of surveys holds text, and here a number is needed"),
        ({"amount": "scor"}, "amount", "the table surveys has no column 'scor'"),
        ({"where": {"kind": "npss"}}, "where.kind", "'npss' is not a value of kind"),
    ],
)
def test_a_mistake_is_told_with_its_place(change, place, says):
    with pytest.raises(ConfigError) as error:
        chosen(settings({"mine": {**OWN["relation"], **change}}).metrics)
    assert error.value.where == f"metrics.mine.{place}"
    assert says in error.value.found
    assert error.value.remedy
