"""Members beside the others on the same cases: by hand, against a plain second way, and what must always hold."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.case_mix import (
    against_others,
    case_mix,
    deviations,
    main_effects,
    means,
    steady,
    taken_together,
)

CASES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from([0.0, 1.0]), st.sampled_from([0.5, 1.0, 2.0])),
    min_size=1,
    max_size=40,
)


def a_mix(cases, count=4):
    members, strata, outcomes, weights = (np.array(column) for column in zip(*cases, strict=True))
    return case_mix(members, strata, outcomes, count=count, weights=weights)


def plain(cases, member, reference):
    """Observed, expected, effective, shared and others of one member, case by case."""
    own = [case for case in cases if case[0] == member]
    rows = []
    for _, stratum, outcome, weight in own:
        others = [case for case in cases if case[1] == stratum and case[0] != member and case[0] in reference]
        if others:
            rows.append((outcome, weight, stratum, others))
    if not rows:
        return None
    whole = sum(row[1] for row in rows)
    observed = sum(row[0] * row[1] for row in rows) / whole
    rates = [sum(c[2] * c[3] for c in row[3]) / sum(c[3] for c in row[3]) for row in rows]
    expected = sum(rate * row[1] for rate, row in zip(rates, rows, strict=True)) / whole
    variance = sum((row[1] / whole) ** 2 for row in rows)
    for stratum in {row[2] for row in rows}:
        part = sum(row[1] for row in rows if row[2] == stratum) / whole
        weights = [c[3] for c in next(row[3] for row in rows if row[2] == stratum)]
        variance += part**2 * sum(w**2 for w in weights) / sum(weights) ** 2
    count = 0.0
    for row in rows:
        by_other = pd.Series([c[3] for c in row[3]]).groupby([c[0] for c in row[3]]).sum()
        count += row[1] / whole * by_other.sum() ** 2 / (by_other**2).sum()
    return observed, expected, 1 / variance, len(rows) / len(own), count


@given(CASES, st.sets(st.integers(0, 3), min_size=1))
@settings(max_examples=150, deadline=None)
def test_agrees_with_a_plain_second_way(cases, reference):
    found = against_others(a_mix(cases), np.isin(np.arange(4), list(reference)))
    for member in range(4):
        told = [getattr(found, name)[member] for name in ("observed", "expected", "effective", "shared", "others")]
        wanted = plain(cases, member, reference)
        if wanted is None:
            assert np.isnan(told[0])
            assert np.isnan(told[2])
        else:
            assert told == pytest.approx(wanted)


@given(CASES)
@settings(max_examples=100, deadline=None)
def test_the_comparison_is_worth_no_more_than_the_cases(cases):
    found = against_others(a_mix(cases))
    for member in range(4):
        if np.isfinite(found.effective[member]):
            assert found.effective[member] <= sum(case[0] == member for case in cases) + 1e-9
            assert 1 - 1e-9 <= found.others[member] <= 3 + 1e-9


@given(CASES, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_cases_does_not_matter(cases, chance):
    shuffled = list(cases)
    chance.shuffle(shuffled)
    one, other = (against_others(a_mix(order)) for order in (cases, shuffled))
    np.testing.assert_allclose(one.expected, other.expected)
    np.testing.assert_allclose(one.effective, other.effective)


def test_four_equal_members_by_hand():
    # everybody has 10 cases; of 30 cases of others the difference is worth 1 / (1/10 + 1/30) = 7.5 cases
    members = np.repeat(np.arange(4), 10)
    outcomes = np.concatenate([np.repeat([1.0, 0.0], [k, 10 - k]) for k in (2, 8, 8, 8)])
    found = against_others(case_mix(members, np.zeros(40, dtype=int), outcomes, count=4))
    assert found.expected.tolist() == pytest.approx([0.8, 0.6, 0.6, 0.6])
    assert found.effective.tolist() == pytest.approx([7.5] * 4)
    assert found.others.tolist() == pytest.approx([3.0] * 4)


def test_cases_that_nobody_else_has_are_left_aside():
    members, strata = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 0])
    found = against_others(case_mix(members, strata, [1.0, 0.0, 1.0, 0.0], count=3))
    assert (found.observed[0], found.expected[0], found.shared[0]) == (1.0, 0.5, 0.5)
    assert np.isnan(found.observed[2])
    assert np.isnan(found.shared[2])


def test_means_and_deviations_around_the_rate_of_the_stratum():
    members, strata = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    mix = case_mix(members, strata, [1.0, 7.0, 3.0, 9.0], count=3)
    assert means(mix).tolist()[:2] == [4.0, 6.0]
    # the strata lead to expect 2 and 8: one member is always 1 below, the other 1 above, neither varies around that
    assert deviations(mix).tolist()[:2] == [0.0, 0.0]
    assert np.isnan(deviations(mix)[2])


def test_small_strata_go_to_the_next_level_then_to_their_like():
    fine = np.array([0, 0, 0, 1, 1, 2, 3, 4, 5, 6])
    coarse = np.array([0, 0, 0, 1, 1, 1, 2, 3, 4, 5])
    difficulty = [0, 0, 0, 0, 0, 0, 0.9, 0.1, 0.2, 0.8]
    found = taken_together([fine, coarse], 3, difficulty).tolist()
    assert found == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    parted = taken_together([fine, coarse], 2, difficulty).tolist()
    # five cases are left, of difficulty 0, 0.1, 0.2, 0.8 and 0.9; two are enough, and no stratum is left with one
    assert parted[5] == parted[7]
    assert parted[8] == parted[9] == parted[6]
    assert len(set(parted)) == 4


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=60), st.integers(1, 8))
@settings(max_examples=100, deadline=None)
def test_every_stratum_is_large_enough_unless_all_that_is_left_is_small(pairs, smallest):
    topic, channel = (np.array(column) for column in zip(*pairs, strict=True))
    found = taken_together([topic * 4 + channel], smallest, main_effects([topic, channel], topic + channel / 10))
    sizes = np.bincount(found)
    assert (sizes[sizes > 0] < smallest).sum() <= 1


def test_a_topic_does_not_look_hard_because_of_one_person():
    rng = np.random.default_rng(2)
    topic, agent = np.repeat([0, 1, 1, 1], 200), np.repeat([3, 0, 1, 2], 200)
    topic[:100], agent[:20] = 1, 0
    outcome = rng.normal(0, 0.1, 800) - 4.0 * (agent == 0)
    apart, together = (main_effects([topic], outcome, apart=who) for who in (agent, None))
    assert abs(apart[topic == 1][0] - apart[topic == 0][0]) < 0.1
    assert together[topic == 1][0] - together[topic == 0][0] < -0.5


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_steady_values_have_one_sum(values, chance):
    rounded = steady(np.array(values))
    shuffled = rounded.tolist()
    chance.shuffle(shuffled)
    total = 0.0
    for value in shuffled:
        total += value
    assert total == rounded.sum() == math.fsum(shuffled)
    assert rounded == pytest.approx(values, abs=max(map(abs, values)) * len(values) * 2**-51)


def test_nothing_is_nothing():
    nothing = np.array([], dtype=int)
    assert np.isnan(against_others(case_mix(nothing, nothing, [], count=2)).observed).all()
    assert taken_together([nothing], 5, []).tolist() == []
    assert main_effects([nothing, nothing], []).tolist() == []
