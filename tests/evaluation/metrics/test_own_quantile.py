"""Quantiles of a number of one's own: what numpy says of it, and that nothing takes it for seconds."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from evaluation.errors import ConfigError
from evaluation.facts import derive
from evaluation.followup import FollowUpConfig
from evaluation.identities import check_identities, refuse_contradictions
from evaluation.judgement.comparing import compare
from evaluation.judgement.effects import with_effects
from evaluation.judgement.follow_ups import as_they_stand
from evaluation.judgement.shifts import Shifts
from evaluation.measurement import UNASSIGNED
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.verdict import Change

CUT = datetime(2026, 10, 20, tzinfo=UTC)
QUARTER = Period.parse("2026-Q3", zone="UTC")
SAID = {"kind": "quantile", "label": "A name", "pillar": "quality", "better": "lower", "population": "Some rows.",
        "definition": "What it says.", "minimum_sample": 5}  # fmt: skip
OWN = {
    "replies_needed": {**SAID, "table": "tickets", "anchor": "created_at", "unit": "count", "where": {},
                       "amount": "reply_count", "statistic": "p90"},
    "points": {**SAID, "table": "surveys", "anchor": "answered_at", "unit": "points", "where": {"kind": "ces"},
               "amount": "score", "statistic": "median", "better": "higher"},
}  # fmt: skip


def settings(own=None):
    return Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"},
                                    "metrics": OWN if own is None else own})  # fmt: skip


def raw():
    random = np.random.default_rng(5)
    size = 500
    at = pd.Timestamp("2026-04-01", tz="UTC") + pd.to_timedelta(random.integers(0, 190 * 86_400, size), unit="s")
    tickets = pd.DataFrame(
        {"ticket_id": [f"a:{n}" for n in range(size)], "created_at": at, "channel_code": "email",
         "is_spam": random.random(size) < 0.1, "team_id": random.choice(["north", "south", None], size),
         "reply_count": random.integers(0, 9, size)}
    )  # fmt: skip
    surveys = pd.DataFrame(
        {"survey_id": [f"s:{n}" for n in range(size)], "kind": random.choice(["ces", "csat"], size),
         "answered_at": at, "score": random.choice([*np.linspace(-3, 3, 25), np.nan], size), "scale_min": -3.0,
         "scale_max": 3.0}
    )  # fmt: skip
    return tickets, surveys


@pytest.fixture(scope="module")
def facts():
    tickets, surveys = raw()
    return derive(Tables.from_frames({"tickets": tickets, "surveys": surveys}), settings(), CUT)


@pytest.fixture(scope="module")
def found(facts):
    measurements = measure(facts, settings(), QUARTER, only=[*OWN])
    refuse_contradictions(check_identities(measurements, facts, chosen(settings().metrics), QUARTER))
    return measurements


def enclosing(amounts, fraction):
    """The two order statistics that enclose a quantile with 95 %, by the distribution of their ranks."""
    ranks = np.arange(1, len(amounts) + 1)
    low = ranks[binom.cdf(ranks - 1, len(amounts), fraction) <= 0.025].max()
    high = ranks[binom.sf(ranks - 1, len(amounts), fraction) <= 0.025].min()
    return np.sort(amounts)[low - 1], np.sort(amounts)[high - 1]


def inside(frame, column, period):
    return frame[(frame[column] >= period.start) & (frame[column] < period.end)]


@pytest.fixture(scope="module")
def plain():
    """The amounts of the quarter by metric, and how many rows are left out."""
    tickets, surveys = raw()
    asked = inside(tickets, "created_at", QUARTER)
    answered = inside(surveys[surveys["kind"] == "ces"], "answered_at", QUARTER)
    return {
        "replies_needed": (asked.loc[~asked["is_spam"], "reply_count"].to_numpy(float), int(asked["is_spam"].sum())),
        "points": (answered["score"].dropna().to_numpy(), int(answered["score"].isna().sum())),
    }


@pytest.mark.parametrize("name", OWN)
def test_it_says_what_numpy_says(found, plain, name):
    amounts, excluded = plain[name]
    expected = {"mean": amounts.mean(), "median": np.median(amounts), "p90": np.quantile(amounts, 0.9),
                "min": amounts.min()}  # fmt: skip
    rows = {one: found.get(name, "2026-Q3", statistic=one) for one in expected}
    assert {one: row.value for one, row in rows.items()} == pytest.approx(expected)
    assert {(row.n, row.excluded) for row in rows.values()} == {(len(amounts), excluded)}
    for statistic, fraction in (("median", 0.5), ("p90", 0.9)):
        assert (rows[statistic].low, rows[statistic].high) == pytest.approx(enclosing(amounts, fraction))


@pytest.mark.parametrize("kind", ["quantile", "mean"])
def test_the_interval_of_a_mean_may_reach_below_zero_when_amounts_do(plain, kind):
    option = {name: value for name, value in OWN["points"].items() if kind == "quantile" or name != "statistic"}
    own = settings({"points": {**option, "kind": kind}})
    tickets, surveys = raw()
    facts = derive(Tables.from_frames({"tickets": tickets, "surveys": surveys}), own, CUT)
    mean = measure(facts, own, QUARTER, only=["points"]).get("points", "2026-Q3", statistic="mean")
    amounts, _ = plain["points"]
    assert mean.low < 0
    assert mean.high - mean.value == pytest.approx(mean.value - mean.low)
    assert mean.low == pytest.approx(amounts.mean() - 1.96 * amounts.std(ddof=1) / len(amounts) ** 0.5, abs=0.01)


def test_teams_have_quantiles_of_their_own(found):
    tickets, _ = raw()
    july = inside(tickets[~tickets["is_spam"]], "created_at", Period.parse("2026-07", zone="UTC"))
    rows = found.members("replies_needed", "2026-07", "team", statistic="p90")
    expected = july.groupby(july["team_id"].fillna(UNASSIGNED))["reply_count"].quantile(0.9).to_dict()
    assert {row.member: row.value for row in rows} == pytest.approx(expected)


def test_it_is_judged_by_its_interval_and_not_as_a_duration(facts, found):
    definitions = chosen(settings().metrics)
    metric = definitions["points"].metric
    assert (metric.unit.value, metric.kind.value, metric.clock.value) == ("points", "quantile", "none")
    assert Shifts(facts, definitions, QUARTER).get("points") is None
    now, before = (found.get("points", period, statistic="median") for period in ("2026-Q3", "2026-Q2"))
    difference, change = compare(metric, now, before)
    assert difference is not None
    assert change in (Change.WITHIN_NOISE, Change.BETTER, Change.WORSE)
    smallest = (found.get("points", period, statistic="min") for period in ("2026-Q3", "2026-Q2"))
    assert compare(metric, *smallest) == (None, Change.NOT_JUDGED)


def test_what_a_follow_up_did_is_told_from_the_months(facts, found):
    config = FollowUpConfig.model_validate(
        {"id": "a", "title": "t", "owner": "anna", "due": "2026-07-15", "agreed_in": "2026-Q2", "state": "done",
         "done_on": "2026-07-01", "metric": "replies_needed"}
    )  # fmt: skip
    standing = as_they_stand([config], QUARTER, CUT, named=lambda text: Period.parse(text, zone="UTC"))
    (one,) = with_effects(standing, facts, found, chosen(settings().metrics), QUARTER)
    months = [found.get("replies_needed", f"2026-{month:02}", statistic="p90").value for month in range(4, 10)]
    assert (one.effect.n_before, one.effect.n_after, one.effect.is_factor) == (3, 3, False)
    assert (one.effect.before, one.effect.after) == pytest.approx((np.mean(months[:3]), np.mean(months[3:])))
    assert one.effect.change is None or one.effect.change == pytest.approx(one.effect.after - one.effect.before)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"amount": "channel"}, "'channel' of tickets holds text, and here a number is needed"),
        ({"amount": "full_resolution_calendar_seconds"}, "holds a duration, and here a number is needed"),
        ({"amount": "replycount"}, "the table tickets has no column 'replycount'"),
    ],
)
def test_a_mistake_is_told_with_its_place(change, says):
    with pytest.raises(ConfigError) as error:
        chosen(settings({"mine": {**OWN["replies_needed"], **change}}).metrics)
    assert error.value.where == "metrics.mine.amount"
    assert says in error.value.found
    assert "reply_count" in error.value.remedy
