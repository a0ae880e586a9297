"""Members beside what their own cases lead to expect: by hand, hard cases, few cases, odd neighbours, all kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from evaluation.facts.shapes import Facts
from evaluation.judgement import member_reach, members
from evaluation.judgement.member_cases import Cases
from evaluation.judgement.members import OF_PEOPLE, comparable, compare, compare_members
from evaluation.measurement import COLUMNS, UNASSIGNED, Measurements
from evaluation.member_comparison import COMPARED_DIMENSIONS, Lack
from evaluation.metric import Better
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.funnel import Group, Scale

CATALOGUE = chosen({})
JULY = Period.parse("2026-07", zone="UTC")
TRAITS = {"channel": "email", "team": "T", "branch": "B", "topic": "x", "priority": "normal", "agent": "a"}


def cases_of(*groups):
    """A frame of outcomes: each group is a mapping of traits with `outcomes`, and maybe `weight` and `requester_id`."""
    rows = [
        {**TRAITS, "weight": 1.0, "requester_id": None, **{k: v for k, v in group.items() if k != "outcomes"},
         "outcome": float(outcome)}
        for group in groups
        for outcome in group["outcomes"]
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys([*TRAITS, "requester_id"], "category"))


def shares(met, missed):
    return [1.0] * met + [0.0] * missed


def compared(frame, metric_id="csat", dimension="agent", **changes):
    definition = CATALOGUE[metric_id]
    definition = replace(definition, metric=replace(definition.metric, **changes))
    return compare(Cases.of(frame, definition, COMPARED_DIMENSIONS), definition, dimension)


def row_of(comparison, member):
    return next(row for row in comparison.rows if row.member == member)


def test_worked_by_hand():
    # five agents with 4 answers each on one kind of case: a has 1 of 4, the others 3 of 4
    frame = cases_of(
        {"agent": "a", "outcomes": shares(1, 3)}, *({"agent": name, "outcomes": shares(3, 1)} for name in "bcde")
    )
    found = compared(frame, minimum_sample=4)
    a, b = row_of(found, "a"), row_of(found, "b")
    # 4 own cases beside 16 of others are worth 1 / (1/4 + 1/16) = 3.2; the arcsine of a root has the error 0.5 / √3.2
    assert (a.value, a.expected, a.effective) == (0.25, pytest.approx(0.75), pytest.approx(3.2))
    distance = np.arcsin(0.5) - np.arcsin(np.sqrt(0.75))
    assert found.between == 0.0
    assert a.z == pytest.approx(distance * 2 * np.sqrt(3.2))
    assert (b.value, b.expected) == (0.75, pytest.approx(10 / 16))
    assert found.centre == pytest.approx(13 / 20)
    assert a.adjusted == pytest.approx(np.sin(np.arcsin(np.sqrt(13 / 20)) + distance) ** 2)
    assert {row.group for row in found.rows} == {Group.AS_EXPECTED}
    assert a.low95 < a.expected < a.high95
    assert a.low998 < a.low95


def test_who_has_the_hard_cases_is_as_expected():
    rng = np.random.default_rng(1)
    groups = [
        {"agent": name, "topic": topic, "outcomes": rng.random(n) < rate}
        for name in "abcdefgh"
        for topic, n, rate in (("easy", 300, 0.9), ("hard", 60, 0.55))
    ]
    groups.append({"agent": "only hard", "topic": "hard", "outcomes": rng.random(300) < 0.55})
    found = compared(cases_of(*groups))
    hard = row_of(found, "only hard")
    assert hard.group is Group.AS_EXPECTED
    assert hard.value < found.centre - 0.2
    assert abs(hard.adjusted - found.centre) < 0.08
    assert hard.expected == pytest.approx(0.55, abs=0.06)


def hits(rate, n=200):
    return lambda rng: rng.random(n) < rate


def waits(log_median):
    return lambda rng: rng.lognormal(log_median, 1, 200)


def picks(*choices):
    return lambda rng: rng.choice([float(choice) for choice in choices], 300)


@pytest.mark.parametrize(
    ("metric_id", "usual", "odd", "group", "is_good"),
    [
        ("csat", hits(0.85), hits(0.6), Group.CLEARLY_BELOW, False),
        ("reopen_rate", hits(0.05), hits(0.2), Group.CLEARLY_ABOVE, False),
        ("first_response_time", waits(7), waits(8), Group.CLEARLY_ABOVE, False),
        ("first_response_time", waits(7), waits(6), Group.CLEARLY_BELOW, True),
        ("csat_mean", picks(3, 4, 5), picks(2, 3, 4), Group.CLEARLY_BELOW, False),
        ("nps", picks(-1, 0, 1, 1), picks(-1, -1, 0, 1), Group.CLEARLY_BELOW, False),
    ],
)
def test_who_is_really_different_is_found(metric_id, usual, odd, group, is_good):
    rng = np.random.default_rng(5)
    groups = [{"agent": f"agent {number:02}", "outcomes": usual(rng)} for number in range(12)]
    groups.append({"agent": "odd", "outcomes": odd(rng)})
    found = compared(cases_of(*groups), metric_id)
    assert [(row.member, row.group, row.is_good) for row in found.clear] == [("odd", group, is_good)]
    assert row_of(found, "odd").p_value < 0.002


def test_a_metric_without_a_good_direction_says_no_word_on_it():
    rng = np.random.default_rng(5)
    groups = [{"agent": f"agent {number:02}", "outcomes": rng.random(200) < 0.85} for number in range(12)]
    found = compared(cases_of(*groups, {"agent": "odd", "outcomes": shares(100, 100)}), better=Better.NEUTRAL)
    assert [(row.member, row.is_good) for row in found.clear] == [("odd", None)]


def test_values_are_in_the_unit_of_the_metric():
    seconds = cases_of(*({"agent": name, "outcomes": [10.0, 1000.0] * 20} for name in "abcdef"))
    times = compared(seconds, "first_response_time")
    assert times.scale is Scale.LOG
    assert times.centre == pytest.approx(100.0)
    assert {round(row.adjusted, 6) for row in times.rows} == {100.0}
    points = cases_of(*({"agent": name, "outcomes": [1.0, 1.0, 0.0, -1.0] * 10} for name in "abcdef"))
    assert compared(points, "nps").centre == pytest.approx(25.0)


def test_an_odd_neighbour_makes_nobody_odd():
    """Three colleagues share their cases with one who is bad at them: the others are good for nothing of it."""
    rng = np.random.default_rng(3)
    groups = [
        {"agent": f"{team}{number}", "topic": team, "outcomes": rng.random(500) < 0.06}
        for team in ("billing", "first", "second", "third")
        for number in range(4)
    ]
    groups[0] = {"agent": "billing0", "topic": "billing", "outcomes": rng.random(900) < 0.2}
    frame = cases_of(*groups)
    fair = compared(frame, "reopen_rate")
    assert [row.member for row in fair.clear] == ["billing0"]
    assert row_of(fair, "billing1").expected < 0.09
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(member_reach, "MOST_SET_ASIDE", 0.0)
        assert row_of(compared(frame, "reopen_rate"), "billing1").expected > 0.12


def test_few_cases_are_too_little_data():
    rng = np.random.default_rng(5)
    groups = [{"agent": name, "outcomes": rng.random(100) < 0.85} for name in "abcdef"]
    found = compared(cases_of(*groups, {"agent": "new", "outcomes": shares(0, 29)}))
    new = row_of(found, "new")
    assert (new.group, new.lack, new.n, new.value) == (Group.TOO_LITTLE_DATA, Lack.FEW_CASES, 29, 0.0)
    assert (new.adjusted, new.z, new.p_value, new.expected) == (None, None, None, None)
    assert not {row.member for row in found.clear}


@pytest.mark.parametrize(
    ("others", "lack"), [(0, Lack.NOBODY_ALIKE), (1, Lack.NOBODY_ALIKE), (2, None)], ids=["alone", "two", "three"]
)
def test_who_shares_cases_with_nobody_or_one_other_cannot_be_compared(others, lack):
    rng = np.random.default_rng(5)
    groups = [{"agent": name, "outcomes": rng.random(100) < 0.85} for name in "abcdef"]
    groups += [
        {"agent": f"special {number}", "topic": "special", "outcomes": rng.random(100) < 0.5}
        for number in range(others + 1)
    ]
    found = compared(cases_of(*groups))
    assert {row.lack for row in found.rows if row.member.startswith("special")} == {lack}
    assert {row.lack for row in found.rows if not row.member.startswith("special")} == {None}


def test_half_of_the_cases_must_be_of_a_kind_that_others_have():
    rng = np.random.default_rng(5)
    groups = [{"agent": name, "outcomes": rng.random(100) < 0.85} for name in "abcdef"]
    for own, lack in ((90, None), (110, Lack.NOBODY_ALIKE)):
        mixed = [{"agent": "mixed", "outcomes": rng.random(100) < 0.85},
                 {"agent": "mixed", "topic": "own", "outcomes": shares(0, own)}]  # fmt: skip
        row = row_of(compared(cases_of(*groups, *mixed)), "mixed")
        assert row.lack is lack
        if lack is None:
            assert row.shared == pytest.approx(100 / 190)
            assert row.group is Group.AS_EXPECTED  # the ninety bad ones are of a kind that nobody else has


def test_fewer_than_five_are_not_compared():
    found = compared(cases_of(*({"agent": name, "outcomes": shares(60, 40)} for name in "abcd")))
    assert "only 4 of 4" in found.undefined_because
    assert {row.group for row in found.rows} == {Group.TOO_LITTLE_DATA}
    assert [row.value for row in found.rows] == [0.6] * 4
    assert (found.centre, found.limits, found.compared) == (None, (), ())


def test_teams_with_topics_of_their_own_are_not_compared():
    groups = [{"team": name, "topic": name, "outcomes": shares(60, 40)} for name in "abcdefg"]
    found = compared(cases_of(*groups), dimension="team")
    assert "only 0 of 7" in found.undefined_because
    assert {row.lack for row in found.rows} == {Lack.NOBODY_ALIKE}


def test_cases_of_nobody_are_no_member_and_expect_nothing():
    groups = [{"agent": name, "outcomes": shares(60, 40)} for name in "abcde"]
    with_nobody = compared(cases_of(*groups, {"agent": UNASSIGNED, "outcomes": shares(0, 500)}))
    assert [row.member for row in with_nobody.rows] == list("abcde")
    assert with_nobody.rows == compared(cases_of(*groups)).rows


def test_everybody_is_in_alphabetical_order_whatever_the_order_of_cases():
    rng = np.random.default_rng(5)
    groups = [
        {"agent": name, "topic": topic, "outcomes": rng.random(40) < rate}
        for name in ("Zoë", "anna", "Bob", "a2", "a10", "Ćma")
        for topic, rate in (("x", 0.9), ("y", 0.6), ("z", 0.8))
    ]
    frame = cases_of(*groups)
    one, other = compared(frame), compared(frame.sample(frac=1.0, random_state=3))
    assert [row.member for row in one.rows] == sorted(row.member for row in one.rows)
    assert [row.member for row in one.rows] == [row.member for row in other.rows]
    assert one == other
    times = frame.assign(outcome=rng.lognormal(7, 1.3, len(frame)), weight=rng.choice([0.3, 1.7, 2.9], len(frame)))
    one, other = (compared(order, "first_response_time") for order in (times, times.sample(frac=1.0, random_state=4)))
    assert one == other  # to the last bit, or two runs on the same data would not have the same bytes


def test_an_agent_of_several_teams_is_one():
    groups = [{"agent": name, "team": team, "outcomes": shares(30, 20)} for name in "abcde" for team in ("T", "U")]
    found = compared(cases_of(*groups))
    assert [(row.member, row.n) for row in found.rows] == [(name, 100) for name in "abcde"]


def test_weights_make_fewer_effective_cases():
    heavy = [
        {"agent": name, "outcomes": shares(25, 25), "weight": weight} for name in "abcdef" for weight in (1.0, 9.0)
    ]
    found = compared(cases_of(*heavy))
    # 100 answers with weights 1 and 9 are worth 500² / (50 + 50 · 81) = 61 of equal weight; others' five times that
    worth = 500**2 / (50 + 50 * 81)
    assert found.rows[0].n == 100
    assert found.rows[0].effective == pytest.approx(1 / (1 / worth + 1 / (5 * worth)))


def test_durations_of_zero_seconds_count_as_one_and_unknown_ones_not_at_all():
    frame = cases_of(*({"agent": name, "outcomes": [0.0, 1.0, np.e**4] * 20 + [np.nan] * 5} for name in "abcdef"))
    found = compared(frame, "first_response_time")
    assert {row.n for row in found.rows} == {60}
    assert found.centre == pytest.approx(np.exp(4 / 3))


@pytest.mark.parametrize(
    ("outcomes", "metric_id", "because"),
    [
        ([60.0] * 50, "first_response_time", "all durations are equal"),
        ([4.0] * 50, "csat_mean", "all outcomes are equal"),
    ],
)
def test_what_is_all_equal_is_undefined(outcomes, metric_id, because):
    found = compared(cases_of(*({"agent": name, "outcomes": outcomes} for name in "abcdef")), metric_id)
    assert found.undefined_because == because
    assert {row.group for row in found.rows} == {Group.TOO_LITTLE_DATA}


@pytest.mark.parametrize("outcomes", [shares(50, 0), shares(0, 50)], ids=["all", "none"])
def test_everybody_alike_is_as_expected(outcomes):
    found = compared(cases_of(*({"agent": name, "outcomes": outcomes} for name in "abcdef")))
    assert {row.group for row in found.rows} == {Group.AS_EXPECTED}
    assert {row.adjusted for row in found.rows} == {outcomes[0]}
    assert all(0 <= edge <= 1 for row in found.rows for edge in (row.low998, row.high998, row.adjusted_low))


def test_no_limit_lies_where_no_figure_can():
    rng = np.random.default_rng(5)
    frame = cases_of(*({"agent": name, "outcomes": rng.choice([-1.0, 1, 1, 1, 1], 35)} for name in "abcdef"))
    found = compared(frame, "nps")
    assert max(row.high998 for row in found.rows) <= 100


def test_requesters_are_counted_once_and_unknown_ones_each():
    frame = cases_of(
        *({"agent": "a", "requester_id": name, "outcomes": shares(10, 5)} for name in ("r1", "r1", "r2")),
        {"agent": "a", "outcomes": shares(3, 1)},
        {"agent": "b", "requester_id": "r1", "outcomes": shares(1, 0)},
    )
    assert [(row.member, row.requesters) for row in compared(frame).rows] == [("a", 2 + 4), ("b", 1)]


def test_the_drawn_funnel_agrees_with_the_groups():
    rng = np.random.default_rng(8)
    groups = [{"agent": f"agent {n:02}", "outcomes": rng.random(int(rng.integers(40, 400))) < 0.8} for n in range(20)]
    groups.append({"agent": "odd", "outcomes": shares(60, 60)})
    found = compared(cases_of(*groups))
    sizes = np.array([limit.size for limit in found.limits])
    assert (np.diff(sizes) > 0).all()
    for row in found.compared:
        low, high = (np.interp(row.effective, sizes, [getattr(limit, name) for limit in found.limits])
                     for name in ("low998", "high998"))  # fmt: skip
        assert row.is_clear == (not low <= row.adjusted <= high)


def test_false_alarms_stay_as_rare_as_promised():
    rng = np.random.default_rng(1)
    alarms = total = 0
    for _ in range(40):
        groups = []
        for number in range(24):
            topics = rng.dirichlet([1.0] * 3) * rng.integers(40, 160)
            groups += [
                {"agent": f"agent {number:02}", "topic": topic, "outcomes": rng.random(int(n)) < rate}
                for topic, n, rate in zip("xyz", topics, (0.9, 0.75, 0.6), strict=True)
            ]
        found = compared(cases_of(*groups))
        alarms, total = alarms + len(found.clear), total + len(found.compared)
    assert total > 800
    assert alarms / total < 0.006


@pytest.fixture
def measured(monkeypatch):
    """Outcomes of five agents for every metric, and what was asked for."""
    asked = []

    def outcomes(facts, definition, periods, *, by_agent=False):
        asked.append((definition.metric.id, by_agent))
        return cases_of(*({"agent": name, "outcomes": shares(40, 20)} for name in "abcde"))

    monkeypatch.setattr(members, "outcomes", outcomes)
    return asked


def settings_of(*main_figures):
    return Settings.model_validate(
        {
            "organisation": {"name": "N", "time_zone": "UTC"},
            "main_figures": [{"metric": metric_id} for metric_id in main_figures],
        }
    )


def absent(metric_id, reason):
    row = dict.fromkeys(COLUMNS) | {
        "metric_id": metric_id, "period_id": JULY.id, "dimension": "all", "member": "all", "statistic": "value",
        "n": 0, "undecided": 0, "excluded": 0, "reason": reason, "caveats": "",
    }  # fmt: skip
    return Measurements(pd.DataFrame([row], columns=list(COLUMNS)))


def run(settings, measurements):
    return compare_members(Facts({}, datetime(2026, 8, 1, tzinfo=UTC)), settings, JULY, measurements)


def test_main_figures_come_first_and_what_is_no_share_mean_or_duration_not_at_all():
    ids = [one.metric.id for one in comparable(CATALOGUE, settings_of("tickets_created", "ces", "backlog", "csat"))]
    assert ids == ["ces", "csat", *(name for name in OF_PEOPLE if name != "csat")]


def test_what_customers_do_is_nobodys_doing():
    asked = settings_of("response_rate", "opening_coverage", "tickets_per_requester", "csat")
    assert [one.metric.id for one in comparable(CATALOGUE, asked)] == ["csat", *OF_PEOPLE[1:]]


def test_every_metric_by_team_branch_and_agent(measured):
    found = run(settings_of("ces"), absent("csat", "no_cases"))
    keys = [(one.metric.id, one.dimension) for one in found]
    assert keys == [(name, dimension) for name in ("ces", *OF_PEOPLE) for dimension in COMPARED_DIMENSIONS]
    assert {(one.statistic, one.minimum_cases) for one in found if one.metric.id == "ces"} == {("mean", 30)}


def test_what_is_withheld_is_not_compared(measured):
    assert "csat" in {one.metric.id for one in run(settings_of(), absent("csat", "no_cases"))}
    assert "csat" not in {one.metric.id for one in run(settings_of(), absent("csat", "withheld"))}
    assert ("csat", False) in measured


def test_agents_are_credited_by_rows_of_their_own_where_a_metric_has_them(measured):
    handling = next(
        name for name, one in CATALOGUE.items()
        if getattr(one, "for_agents", None) is not None and one in comparable(CATALOGUE, settings_of(name))
    )  # fmt: skip
    run(settings_of(handling), absent("csat", "no_cases"))
    assert [by_agent for name, by_agent in measured if name == handling] == [False, True]


def test_without_cases_there_is_nothing_to_compare():
    assert run(settings_of(), absent("csat", "no_cases")) == ()
