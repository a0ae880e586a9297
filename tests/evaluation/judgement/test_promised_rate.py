"""The promise of the findings, simulated: where nothing happens hardly any review finds anything, and where something
does, at most one in ten of what it names is chance.

Fact tables are drawn here, measured and judged by the product: two quarters, three channels, six teams, six topics,
twelve agents, everything independent of everything else but for the planted effects. Cases are independent, too: where
one customer answers several invitations, or one outage delays a whole day, intervals are too narrow and more is found
than was promised.
"""

from __future__ import annotations

from datetime import UTC, datetime

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.findings import COMMITMENTS, judge
from evaluation.judgement.control import FALSE_AMONG_FOUND
from evaluation.judgement.figures import main_figures
from evaluation.judgement.members import compare_members
from evaluation.judgement.process import process_reading
from evaluation.judgement.shifts import Shifts
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.process_reading import Behaviour
from evaluation.settings import Settings
from evaluation.statistics.change import difference_of_counts, dispersion_before
from evaluation.statistics.funnel import Group, funnel_of_shares

pytestmark = pytest.mark.slow

ONE_IN_A_THOUSAND = 0.001
"""A promise that is kept fails its test no more often than this."""
NOTHING_HAPPENS, SOMETHING_DOES = range(40), range(500, 512)
SIZE = 2500
QUARTER = Period.parse("2026-Q3", zone="UTC")
CUT = datetime(2026, 11, 20, tzinfo=UTC)
START, MIDDLE, END = (pd.Timestamp(day, tz="UTC") for day in ("2026-04-01", "2026-07-01", "2026-10-01"))
CHANNELS, TEAMS, TOPICS, AGENTS = ("chat", "email", "phone"), tuple("ABCDEF"), tuple("uvwxyz"), 12
WAITS = ("sla_attainment", "first_response_sla", "resolution_sla", "first_response_time", "full_resolution_time")
SOLVED = ("one_touch_rate", "reopen_rate")
UNTOUCHED = ("escalation_rate", "transfer_rate", "nps", "response_rate", "tickets_created")
MEASURED = (*WAITS, *SOLVED, *UNTOUCHED, "csat", "tickets_solved")
SETTINGS = Settings.model_validate({
    "organisation": {"name": "Northwind Care", "time_zone": "UTC"},
    "sla": [{"id": "s", "targets": {"first_response": "1h"}}],
    "main_figures": [{"metric": name} for name in ("sla_attainment", "first_response_time", "csat", "reopen_rate")],
})  # fmt: skip
DEFINITIONS = {name: one for name, one in chosen(SETTINGS.metrics).items() if name in MEASURED}
CATALOGUE = {name: one.metric for name, one in DEFINITIONS.items()}


def world(seed, *, with_effects=False):
    """Tickets, their promises and what customers answered.

    With effects e-mail is answered half as long again from July on; in both quarters topic w satisfies fewer customers,
    and topic v is reopened more often.
    """
    random = np.random.default_rng(seed)
    seconds = np.sort(random.integers(0, int((END - START).total_seconds()), SIZE))
    created = START + pd.to_timedelta(seconds, unit="s")
    channel, topic = random.choice(CHANNELS, SIZE, p=(0.4, 0.4, 0.2)), random.choice(TOPICS, SIZE)
    agent = random.integers(0, AGENTS, SIZE)
    team = np.asarray(TEAMS)[agent % len(TEAMS)]
    effect = 1.0 if with_effects else 0.0
    slow = 1 + 0.5 * effect * ((channel == "email") & np.asarray(created >= MIDDLE))
    content = 0.80 - 0.20 * effect * (topic == "w")
    reopens = random.uniform(size=SIZE) < 0.06 + 0.10 * effect * (topic == "v")
    first = random.lognormal(7.6, 0.9, SIZE) * slow
    full = first + random.lognormal(9.0, 1.0, SIZE)
    replies = 1 + random.poisson(0.6, SIZE) + reopens

    def after(waits):
        return created + pd.to_timedelta(np.round(waits), unit="s")

    shared = {
        "ticket_id": np.char.add("t", np.arange(SIZE).astype(str)), "channel": channel, "team": team, "topic": topic,
        "agent": np.char.add("a", agent.astype(str)), "requester_id": random.integers(0, SIZE, SIZE).astype(str),
    }  # fmt: skip
    tickets = {
        "created_at": created, "clock_started_at": created, "first_response_at": after(first),
        "first_response_agent": shared["agent"], "first_response_state": "responded", "solved_at": after(full),
        "first_solved_at": after(full), "first_solved_agent": shared["agent"], "solved_agent": shared["agent"],
        "is_solved": True, "has_events": True,
        "reply_count": replies, "reopen_count": reopens.astype(int), "is_one_touch": replies == 1,
        "requester_message_count": 1, "transfer_count": random.poisson(0.1, SIZE),
        "was_escalated": random.uniform(size=SIZE) < 0.05,
    }  # fmt: skip
    for name, waits in (("first_response", first), ("first_resolution", full), ("full_resolution", full)):
        tickets |= {f"{name}_{clock}_seconds": waits for clock in ("business", "calendar")}
    targets = [
        pd.DataFrame(shared | {
            "policy": "s", "target": name, "applied_at": created, "target_seconds": limit, "due_at": after(limit),
            "fulfilled_at": after(waits), "decided_at": after(np.minimum(waits, limit)),
            "state": np.where(waits <= limit, "met", "missed"), "standing": np.where(waits <= limit, "met", "missed"),
        })
        for name, waits, limit in (("first_response", first, 3600.0), ("resolution", full, 28800.0))
    ]  # fmt: skip
    is_content = random.uniform(size=SIZE) < content
    rating = np.where(is_content, random.choice((4.0, 5.0), SIZE), random.choice((1.0, 2.0, 3.0), SIZE))
    recommends = random.choice((9.0, 8.0, 3.0), SIZE, p=(0.5, 0.3, 0.2))
    surveys = [
        _surveys(shared, kind, score, after(full + 3600), random.uniform(size=SIZE) < 0.35)
        for kind, score in (("csat", rating), ("nps", recommends))
    ]
    return {"tickets": pd.DataFrame(shared | tickets), "targets": pd.concat(targets), "surveys": pd.concat(surveys)}


def _surveys(shared, kind, score, asked, is_answered):
    answered = pd.Series(asked + pd.Timedelta("2h")).where(is_answered)
    known = np.where(is_answered, score, np.nan)
    return pd.DataFrame(shared | {
        "survey_id": np.char.add(kind, shared["ticket_id"]), "kind": kind, "asked_at": asked, "answered_at": answered,
        "first_answered_at": answered, "is_asking_known": True, "score": known, "first_score": known,
        "scale_min": 1.0 if kind == "csat" else 0.0, "scale_max": 5.0 if kind == "csat" else 10.0, "weight": 1.0,
        "has_weight": False, "is_linked": kind == "csat", "is_suppressed": False,
    })  # fmt: skip


def facts_of(frames):
    """Fact tables with every column; what a world leaves out is missing."""
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'UTC'; SET threads = 1")
    found = {}
    for name, frame in frames.items():
        columns = [*FACT_COLUMNS[name], *DIMENSION_COLUMNS, "exclusion"]
        engine.con.register("raw", frame.reindex(columns=columns))
        typed = ", ".join(f'CAST("{column}" AS {_type(column)}) AS "{column}"' for column in columns)
        engine.con.execute(f"CREATE TABLE {name} AS SELECT {typed} FROM raw")
        engine.con.unregister("raw")
        found[name] = engine.table(name)
    return Facts(found, CUT)


def _type(column):
    if column.endswith("_at"):
        return "TIMESTAMPTZ"
    if column.endswith("_seconds") or column in ("score", "first_score", "scale_min", "scale_max", "weight"):
        return "DOUBLE"
    if column.endswith("_count"):
        return "BIGINT"
    return "BOOLEAN" if column.startswith(("is_", "has_", "was_")) else "VARCHAR"


def judged(seed, *, with_effects=False):
    """A world measured, its people compared, and everything judged, as a review does it."""
    facts = facts_of(world(seed, with_effects=with_effects))
    measurements = measure(facts, SETTINGS, QUARTER, only=MEASURED)
    shifts = Shifts(facts, DEFINITIONS, QUARTER)
    comparisons = [one for one in compare_members(facts, SETTINGS, QUARTER, measurements) if one.metric.id in CATALOGUE]
    figures = main_figures(measurements, CATALOGUE, SETTINGS.main_figures, (), QUARTER, shifts)
    found = judge(figures, (), measurements, QUARTER, CATALOGUE, comparisons=comparisons, shifts=shifts)
    return found, comparisons


def named(found):
    return [one for one in found.findings if one.rule not in COMMITMENTS]


def is_chance(finding):
    """Whether nothing was planted that could be behind it; what is slower in e-mail is slower in every team's mix."""
    metric_id, dimension = finding.figure.metric.id, finding.dimension
    against_before = finding.rule in ("worse_than_before", "better_than_before", "moved", "topic_grew") or (
        finding.rule.endswith("than_before")
    )
    if metric_id in WAITS:
        return finding.member in ("chat", "phone") if against_before else dimension != "channel"
    return metric_id not in (*SOLVED, "csat") or against_before or dimension != "topic"


@pytest.fixture(scope="module")
def uneventful():
    """Reviews of worlds in which nothing happens."""
    return [judged(seed) for seed in NOTHING_HAPPENS]


def most_of(tries, rate):
    """So many of `tries` happen at a rate, and more with a probability below one in a thousand."""
    return int(stats.binom.isf(ONE_IN_A_THOUSAND, tries, rate))


def test_where_nothing_happens_hardly_any_review_names_anything(uneventful):
    compared = [found.looked_at.differences for found, _ in uneventful]
    assert min(compared) > 300, "a review looks at hundreds of differences"
    with_any = sum(bool(named(found)) for found, _ in uneventful)
    assert with_any <= most_of(len(uneventful), FALSE_AMONG_FOUND)
    assert sum(found.looked_at.survived for found, _ in uneventful) < 0.002 * sum(compared)


def test_without_the_control_every_review_would_name_something(uneventful):
    """The test can fail: at 5 % each, every world has differences that look real."""
    alone = [sum(one.p_value < 0.05 for one in found.differences) for found, _ in uneventful]
    assert min(alone) > 0


def test_single_comparisons_are_as_rarely_wrong_as_they_say(uneventful):
    """At 1 % and 5 %, of thousands of comparisons of which many share their cases: with a margin of a third."""
    probabilities = np.array([one.p_value for found, _ in uneventful for one in found.differences])
    assert len(probabilities) > 10_000
    for level in (0.01, 0.05):
        assert (probabilities < level).mean() < 4 / 3 * level


def test_hardly_anybody_is_clearly_above_or_below_where_all_are_alike(uneventful):
    people = [
        row.group
        for _, comparisons in uneventful
        for one in comparisons
        for row in one.rows
        if one.dimension == "agent"
    ]
    judged_people = [group for group in people if group is not Group.TOO_LITTLE_DATA]
    flagged = sum(group is not Group.AS_EXPECTED for group in judged_people)
    assert len(judged_people) > 1_000
    assert flagged <= most_of(len(judged_people), 0.01)


def test_where_something_happens_little_of_what_is_named_is_chance():
    shares, effects = [], []
    for seed in SOMETHING_DOES:
        found = named(judged(seed, with_effects=True)[0])
        shares.append(sum(is_chance(one) for one in found) / max(1, len(found)))
        effects.append({(one.figure.metric.id, one.rule, one.dimension, one.member) for one in found})
    reach = -stats.norm.ppf(ONE_IN_A_THOUSAND) * np.std(shares, ddof=1) / np.sqrt(len(shares))
    assert np.mean(shares) <= FALSE_AMONG_FOUND + reach
    for planted in (
        ("first_response_time", "worse_than_before", None, None),
        ("first_response_time", "member_worse_than_before", "channel", "email"),
        ("reopen_rate", "member_worse_than_rest", "topic", "v"),
        ("csat", "member_worse_than_rest", "topic", "w"),
    ):
        assert sum(planted in one for one in effects) > len(effects) / 2, planted


@pytest.mark.parametrize(("members", "rate"), [(12, 0.015), (30, 0.01), (60, 0.01)])
def test_a_funnel_of_members_that_are_alike_names_about_one_in_two_hundred(members, rate):
    """Limits of 99.8 %, and a little more because odd members are pulled in before the dispersion is taken."""
    random = np.random.default_rng(members)
    flagged = 0
    for _ in range(400):
        sizes = random.integers(40, 400, members)
        groups = funnel_of_shares(random.binomial(sizes, 0.8), sizes).groups
        flagged += sum(group is not Group.AS_EXPECTED for group in groups)
    assert flagged <= most_of(400 * members, rate)


def test_a_control_chart_of_months_that_are_alike_seldom_sees_anything():
    """At the last of thirteen months, by four rules at once; many a chart is drawn, so none of it is a finding."""
    random = np.random.default_rng(3)
    months = [month.id for month in Period.parse("2026-09", zone="UTC").series(13)]
    point = _points_of(months)
    seen = [
        process_reading(CATALOGUE["csat"], point(random.binomial(400, 0.8, 13) / 400), where={}, changes=(), cut=CUT,
                        zone="UTC").behaviour
        for _ in range(600)
    ]  # fmt: skip
    unusual = sum(one is not Behaviour.AS_BEFORE for one in seen)
    assert unusual <= most_of(len(seen), 0.07)
    assert Behaviour.CANNOT_TELL not in seen


def _points_of(months):
    from evaluation.assessment import Point

    return lambda values: [
        Point(period_id=month, value=float(value), n=400) for month, value in zip(months, values, strict=True)
    ]


def test_a_season_is_no_change_of_counts():
    """A quarter before Christmas against a summer one: the months of the year widen what counts as chance.

    The same step in a business without a season is a change.
    """
    random = np.random.default_rng(4)
    season = 1000 * np.array([1.10, 0.95, 0.95, 0.95, 0.95, 0.90, 0.82, 0.85, 0.98, 1.05, 1.30, 1.42])
    steady = np.repeat([1000.0, 1300.0], [9, 3])
    real = {"season": 0, "step": 0}
    for _ in range(200):
        for name, expected in (("season", season), ("step", steady)):
            year = random.poisson(np.concatenate([expected[-1:] if name == "season" else expected[:1], expected]))
            quarters = float(year[-3:].sum()), float(year[-6:-3].sum())
            dispersion = dispersion_before(year.tolist(), tested=3)
            real[name] += difference_of_counts(*quarters, dispersion=dispersion).is_real
    assert real["season"] == 0
    assert real["step"] > 190


YEAR = np.arange(13)


@pytest.mark.parametrize("months", [1, 3], ids=["a month", "a quarter"])
@pytest.mark.parametrize(
    ("rate", "wild", "step", "least", "most"),
    [
        (np.ones(13), 0.0, 1, 0.0, 0.05), (np.ones(13), 0.02, 1, 0.0, 0.065),
        (1 + 0.2 * np.sin(YEAR * np.pi / 6), 0.0, 1, 0.0, 0.05), (np.ones(13), 0.0, 1.3, 0.8, 1.0),
        (1 + 0.2 * np.sin(YEAR * np.pi / 6), 0.0, 2, 0.9, 1.0), (np.ones(13), 0.02, 2, 0.8, 1.0),
    ],
    ids=["constant", "wilder than Poisson", "season", "step", "step upon a season", "step among wild months"],
)  # fmt: skip
def test_counts_hold_their_level_and_a_step_does_not_hide_in_its_own_noise(rate, wild, step, least, most, months):
    random = np.random.default_rng(11)
    reviews, real = 500, 0
    for _ in range(reviews):
        expected = 300 * rate.copy()
        expected[-months:] *= step
        if wild:
            expected = expected * random.gamma(1 / wild, wild, 13)
        counts = random.poisson(expected).astype(float)
        sums = counts[-months:].sum(), counts[-2 * months : -months].sum()
        dispersion = dispersion_before(counts.tolist(), tested=months)
        real += difference_of_counts(*sums, dispersion=dispersion).is_real
    assert least <= real / reviews <= most
