"""The draw of audits: the same for the same inputs, in proportion, fair within an agent, and proven by its digest."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.audit_population import Case, Population
from evaluation.audit_sampling import SamplePlan, draw_id, draw_sample
from evaluation.errors import ConfigError
from evaluation.period import Period
from evaluation.statistics.sampling import size_for_share

AT = datetime(2026, 7, 3, 10, tzinfo=UTC)
PERIOD = Period.parse("2026-Q3", zone="Europe/Warsaw")
PLAN = SamplePlan(seed="Northwind Care 2026-Q3", per_agent=5)


def a_case(number, *, kind="tickets", agent="anna", channel="email", topic="Delivery", **further):
    return Case(kind=kind, id=f"desk:{number}", at=AT, agent=agent, channel=channel, topic=topic, **further)


def drawn_from(cases, plan=PLAN, left_out=None):
    population = Population(cases=list(cases), left_out=left_out or {})
    return draw_sample(population, plan, organisation="Northwind Care", period=PERIOD, cut=AT)


def a_desk():
    """Three agents with 60, 20 and 3 tickets on three channels, and one with calls."""
    channels = ["email"] * 6 + ["chat"] * 3 + ["social"]
    for agent, count in (("anna", 60), ("boris", 20), ("celina", 3)):
        for number in range(count):
            yield a_case(f"{agent}{number}", agent=agent, channel=channels[number % 10], topic=f"t{number % 4}")
    yield from (a_case(f"call{number}", kind="calls", channel="phone") for number in range(9))


def test_each_agent_gives_so_many_of_each_kind():
    sample = drawn_from(a_desk())
    assert Counter((case.kind, case.agent) for case in sample.cases) == {
        ("tickets", "anna"): 5, ("tickets", "boris"): 5, ("tickets", "celina"): 3, ("calls", "anna"): 5,
    }  # fmt: skip
    assert len({(case.kind, case.id) for case in sample.cases}) == len(sample.cases)


def test_fewer_than_wanted_is_all_of_them_and_told():
    told = {(one.kind, one.member): (one.population, one.wanted, one.drawn, one.is_short)
            for one in drawn_from(a_desk()).strata}  # fmt: skip
    assert told["tickets", "celina"] == (3, 5, 3, True)
    assert told["tickets", "anna"] == (60, 5, 5, False)


def test_the_order_of_rows_changes_nothing():
    cases = list(a_desk())
    first = drawn_from(cases)
    random.Random(7).shuffle(cases)
    again = drawn_from(cases)
    assert (again.cases, again.digest, again.second) == (first.cases, first.digest, first.second)


def test_another_seed_or_period_is_another_draw():
    cases = list(a_desk())
    one, other = drawn_from(cases), drawn_from(cases, replace(PLAN, seed="Northwind Care 2026-Q4"))
    assert {case.id for case in one.cases} != {case.id for case in other.cases}
    assert (one.draw_id, one.digest) != (other.draw_id, other.digest)
    assert draw_id("Northwind Care", "2026-Q4", PLAN) != draw_id("Northwind Care", "2026-Q3", PLAN)


def test_the_digest_tells_of_a_case_that_could_have_been_drawn():
    """Whoever takes a case out of the population is found out, even when it was not drawn."""
    cases = list(a_desk())
    sample = drawn_from(cases)
    undrawn = next(case for case in cases if case.kind == "tickets" and case not in sample.cases)
    fewer = drawn_from([case for case in cases if case is not undrawn])
    assert fewer.draw_id == sample.draw_id
    assert fewer.digest != sample.digest


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from("pq")), min_size=1, max_size=60),
    st.integers(1, 12), st.text(max_size=4),
)  # fmt: skip
def test_channels_and_topics_are_in_proportion(described, wanted, seed):
    cases = [
        a_case(n, agent=agent, channel=channel, topic=topic) for n, (agent, channel, topic) in enumerate(described)
    ]
    sample = drawn_from(cases, SamplePlan(seed=seed, per_agent=wanted))
    for agent in {case.agent for case in cases}:
        own = [case for case in cases if case.agent == agent]
        drawn = [case for case in sample.cases if case.agent == agent]
        size = min(wanted, len(own))
        assert len(drawn) == size
        for key in (lambda case: case.channel, lambda case: (case.channel, case.topic)):
            for name, count in Counter(map(key, own)).items():
                exact, got = Fraction(size * count, len(own)), sum(key(case) == name for case in drawn)
                slack = 1 if key(own[0]) == own[0].channel else 0
                assert floor(exact) - slack <= got <= ceil(exact) + slack


def test_every_case_of_an_agent_has_the_same_chance():
    """Over many seeds a ticket of a rare topic is drawn as often as one of a frequent topic: 5 in 60."""
    cases = [a_case(n, topic="rare" if n < 3 else "usual") for n in range(60)]
    met = Counter()
    for number in range(3000):
        met.update(case.id for case in drawn_from(cases, replace(PLAN, seed=f"seed {number}")).cases)
    assert min(met[case.id] for case in cases) / 3000 > 5 / 60 - 0.025
    assert max(met[case.id] for case in cases) / 3000 < 5 / 60 + 0.025
    assert sum(met[case.id] for case in cases[:3]) / 3000 == pytest.approx(3 * 5 / 60, abs=0.03)


def test_the_first_round_has_no_favourite_topic():
    """What is drawn first of an agent is no more often of a frequent topic than what is drawn at all."""
    cases = [a_case(n, topic="rare" if n % 5 == 0 else "usual") for n in range(50)]
    first, drawn = Counter(), Counter()
    for number in range(800):
        sample = drawn_from(cases, replace(PLAN, seed=f"seed {number}"))
        first[sample.cases[0].topic] += 1
        drawn.update(case.topic for case in sample.cases)
    assert first["rare"] / 800 == pytest.approx(drawn["rare"] / 4000, abs=0.05)


def test_rows_are_in_rounds_of_everybody():
    agents = [case.agent for case in drawn_from(a_desk()).cases if case.kind == "tickets"]
    assert agents == ["anna", "boris", "celina"] * 3 + ["anna", "boris"] * 2


def test_one_requester_is_not_drawn_twice_where_others_are():
    """Ten of eleven tickets are one customer's: five of five would be theirs, and the eleventh takes one place."""
    cases = [a_case(n, requester_id="loud") for n in range(10)]
    cases += [a_case(100 + n, requester_id=f"quiet{n}") for n in range(4)]
    drawn = Counter(case.requester_id for case in drawn_from(cases).cases)
    assert drawn == {"loud": 1, "quiet0": 1, "quiet1": 1, "quiet2": 1, "quiet3": 1}
    unknown = drawn_from([a_case(n) for n in range(10)])
    assert len(unknown.cases) == 5


def test_a_half_width_sizes_every_stratum_by_itself():
    plan = SamplePlan(seed="s", half_width=0.1, by="team")
    cases = [a_case(n, agent=f"a{n % 7}", team="First line") for n in range(400)]
    cases += [a_case(1000 + n, agent="b", team="Billing") for n in range(20)]
    sample = drawn_from(cases, plan)
    told = {one.member: (one.population, one.wanted, one.drawn) for one in sample.strata}
    assert told == {"Billing": (20, 17, 17), "First line": (400, 78, 78)}
    assert told["First line"][2] == size_for_share(400, 0.1).drawn
    agents = Counter(case.agent for case in sample.cases if case.team == "First line")
    assert set(agents.values()) <= {11, 12}  # 78 shared out over seven agents who answered as many


def test_the_second_auditor_gets_some_of_what_was_drawn():
    sample = drawn_from(a_desk(), replace(PLAN, double=4))
    assert Counter(case.kind for case in sample.second) == {"tickets": 4, "calls": 4}
    assert set(sample.second) <= set(sample.cases)
    assert drawn_from(a_desk(), replace(PLAN, double=99)).second == drawn_from(a_desk()).cases
    assert drawn_from(a_desk()).second == ()


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({}, "not said how many"),
        ({"per_agent": 5, "half_width": 0.05}, "said twice"),
        ({"per_agent": 0}, "no sample"),
        ({"per_agent": 5, "by": "team"}, "not drawn by team"),
        ({"half_width": 1.5}, "says nothing"),
        ({"half_width": 0.0}, "says nothing"),
        ({"per_agent": 5, "double": -1}, "double audits"),
    ],
)
def test_plans_that_cannot_be_are_refused(wrong, found):
    with pytest.raises(ConfigError, match=found):
        SamplePlan(seed="s", **wrong)
