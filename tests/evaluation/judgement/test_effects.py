"""What came of follow-ups: windows, cases, the rest of the service, and the words for all of it."""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from evaluation.facts.deriving import derive
from evaluation.followup import FollowUpConfig
from evaluation.judgement.effects import with_effects
from evaluation.judgement.follow_ups import as_they_stand
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.effect import Effect
from evaluation.tables import Tables

ZONE = "Europe/Warsaw"
QUARTER = Period.parse("2026-Q3", zone=ZONE)
CUT = datetime(2026, 10, 2, tzinfo=UTC)
FIRST = datetime(2025, 9, 1, tzinfo=UTC)
DONE_ON = "2026-06-10"
SETTINGS = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": ZONE}})
MEASURED = ("first_response_time", "one_touch_rate", "tickets_created", "tickets_solved", "reopen_rate", "backlog")


@cache
def story():
    """E-mail is answered in half the time from June on; everybody is faster by a tenth; chat is asked for more."""
    random = np.random.default_rng(3)
    size = 4200
    created = pd.to_datetime(FIRST + np.sort(random.integers(0, 395 * 86400, size)) * timedelta(seconds=1), utc=True)
    channel = np.where(random.random(size) < 0.4, "email", "chat")
    since = created >= datetime(2026, 6, 10, tzinfo=UTC)
    wait = random.lognormal(8, 0.6, size) * np.where(channel == "email", 4, 1)
    wait = wait * np.where(since, 0.9, 1) * np.where(since & (channel == "email"), 0.5, 1)
    reply = created + pd.to_timedelta(np.round(wait), unit="s")
    tickets = pd.DataFrame({
        "ticket_id": [f"desk:{number}" for number in range(size)], "created_at": created, "channel_code": channel,
        "team_id": np.where(np.arange(size) % 3, "a", "b"), "requester_id": random.integers(0, 900, size).astype(str),
        "status_code": "solved", "first_response_at": reply, "solved_at": reply + timedelta(hours=1),
        "reply_count": np.where(random.random(size) < np.where(since & (channel == "chat"), 0.9, 0.7), 1, 3),
        "reopen_count": 0,
    })  # fmt: skip
    facts = derive(Tables.from_frames({"tickets": tickets}), SETTINGS, CUT)
    return facts, measure(facts, SETTINGS, QUARTER, only=MEASURED)


def effect(*, period=QUARTER, others=(), **changes):
    whole = {"id": "a", "title": "t", "owner": "anna", "due": "2026-07-15", "agreed_in": "2026-Q1", "state": "done",
             "done_on": DONE_ON, "metric": "first_response_time", "where": {"channel": "email"}}  # fmt: skip
    configs = [FollowUpConfig.model_validate(whole | change) for change in (changes, *others)]
    facts, measurements = story()
    standing = as_they_stand(configs, period, CUT, named=lambda text: Period.parse(text, zone=ZONE))
    found = with_effects(standing, facts, measurements, chosen({}), period)
    return next(one.effect for one in found if one.id == whole["id"])


def test_what_helped_is_said_net_of_what_changed_for_everybody():
    found = effect()
    assert (found.word, found.reason, found.is_factor, found.is_net) == (Effect.HELPED, "", True, True)
    assert found.months_before == ("2026-03", "2026-04", "2026-05")
    assert found.months_after == ("2026-07", "2026-08", "2026-09")
    assert found.low < -0.5 < found.high
    assert found.change == pytest.approx(-0.5, abs=0.06)
    assert found.after < 0.55 * found.before


def test_without_a_rest_nothing_is_taken_off():
    found = effect(where={})
    assert (found.word, found.is_net) == (Effect.HELPED, False)


def test_what_changed_for_everybody_is_no_effect():
    # team b answers faster since June, like everybody
    found = effect(where={"team": "b"})
    assert (found.word, found.is_net) == (Effect.NO_SIGN, True)
    assert found.after < 0.8 * found.before


def test_what_got_worse_is_said():
    # the rest of the service, chat, is left behind by e-mail
    assert effect(where={"channel": "chat"}).word is Effect.WORSE


def test_a_share_changes_by_a_difference():
    found = effect(metric="one_touch_rate", where={"channel": "chat"})
    assert (found.word, found.is_factor) == (Effect.HELPED, False)
    assert found.change == pytest.approx(found.after - found.before, abs=0.06)
    assert found.low < 0.2 < found.high


TOO_EARLY = [
    ({"done_on": "2026-09-02"}, QUARTER, ()),
    ({"done_on": "2026-09-01"}, QUARTER, ("2026-09",)),
    ({"done_on": "2026-07-20"}, Period.parse("2026-07", zone=ZONE), ()),
    ({"done_on": "2026-07-20"}, Period.parse("2026-08", zone=ZONE), ("2026-08",)),
]


@pytest.mark.parametrize(("change", "period", "months"), TOO_EARLY)
def test_only_whole_months_after_the_day_and_within_the_review_count(change, period, months):
    found = effect(period=period, **change)
    assert found.months_after == months
    if not months:
        assert (found.word, found.reason) == (Effect.TOO_EARLY, "no_whole_month")


def test_a_day_after_the_review_has_no_effect_yet():
    assert effect(period=Period.parse("2026-05", zone=ZONE)) is None


def test_what_is_not_done_or_names_no_metric_has_no_effect():
    assert effect(state="open", done_on=None) is None
    assert effect(metric=None, where={}) is None


def test_too_few_cases_are_said_on_the_side_where_they_are():
    nobody = effect(where={"channel": "sms"})
    assert (nobody.word, nobody.reason, nobody.n_after) == (Effect.TOO_EARLY, "few_after", 0)
    first = effect(done_on="2025-09-01", where={}, agreed_in="2025-08", period=Period.parse("2025-12", zone=ZONE))
    assert (first.word, first.reason) == (Effect.CANNOT_TELL, "few_before")
    assert (first.n_before, first.before) == (0, None)


def test_a_figure_without_a_good_direction_cannot_tell():
    found = effect(metric="tickets_created", where={})
    assert (found.word, found.reason) == (Effect.CANNOT_TELL, "no_direction")


def test_a_figure_that_is_no_sum_of_cases_is_judged_by_its_months():
    found = effect(metric="backlog", where={})
    assert found.word in (Effect.NO_SIGN, Effect.HELPED, Effect.WORSE)
    assert (found.n_before, found.n_after, found.is_factor) == (3, 3, False)


def test_two_that_were_done_in_the_same_time_share_the_effect():
    other = {"id": "b", "done_on": "2026-08-03"}
    elsewhere = {"id": "c", "done_on": "2026-08-03", "where": {"channel": "chat"}}
    assert effect(others=(other, elsewhere)).together_with == ("b",)


def test_months_before_the_records_are_no_months_of_zero():
    # the records begin in September 2025; of a count, that month itself may be known in part only
    found = effect(metric="tickets_solved", where={}, done_on="2025-12-01", period=Period.parse("2026-Q1", zone=ZONE))
    assert found.months_before == ("2025-10", "2025-11")
    share = effect(metric="one_touch_rate", where={}, done_on="2025-12-01", period=Period.parse("2026-Q1", zone=ZONE))
    assert share.months_before == ("2025-09", "2025-10", "2025-11")
