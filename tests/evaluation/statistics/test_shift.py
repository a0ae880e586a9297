"""The Hodges-Lehmann shift: a published example, brute force, scipy's test, and samples that say nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from evaluation.statistics import shift
from evaluation.statistics.shift import hodges_lehmann

SAMPLES = st.lists(st.integers(0, 40).map(lambda tenth: tenth / 8), min_size=5, max_size=40)

# M. Hollander, D. Wolfe and E. Chicken, Nonparametric Statistical Methods (2014), table 4.1: permeability of the human
# chorioamnion at term and at 12 to 26 weeks; estimate of the shift in example 4.3: 0.305
AT_TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLIER = [1.15, 0.88, 0.90, 0.74, 1.21]


def test_permeability_of_the_chorioamnion():
    assert hodges_lehmann(AT_TERM, EARLIER).value == pytest.approx(0.305)


@given(SAMPLES, SAMPLES)
@settings(max_examples=150, deadline=None)
def test_every_pair_by_brute_force(now, before):
    found = hodges_lehmann(now, before)
    differences = np.sort(np.subtract.outer(now, before).ravel())
    assert found.value == pytest.approx(np.median(differences), abs=1e-12)
    assert np.isclose(differences, found.low).any()
    assert np.isclose(differences, found.high).any()
    assert found.low <= found.value <= found.high


TENTHS = st.lists(st.integers(0, 300).map(lambda tenth: tenth / 10), min_size=30, max_size=60)
"""Tenths, whose differences are not exact in binary fractions."""


@given(TENTHS, TENTHS)
@settings(max_examples=150, deadline=None)
def test_cutting_finds_what_listing_finds(now, before):
    with pytest.MonkeyPatch.context() as patch:
        for name, number in {"_LISTED": -300, "_LOOKED_AT": 40, "_MARGIN": 6}.items():
            patch.setattr(shift, name, number)
        cut = hodges_lehmann(now, before)
    listed = hodges_lehmann(now, before)
    assert (cut.value, cut.low, cut.high) == pytest.approx((listed.value, listed.low, listed.high), abs=1e-9)
    assert listed.value == pytest.approx(np.median(np.subtract.outer(now, before)), abs=1e-9)


def test_equal_differences_count_as_equal_in_tenths_as_in_whole_numbers():
    tenths, wholes = ([scale * value for value in range(1, 60)] for scale in (0.1, 1.0))
    found, exact = hodges_lehmann(tenths[20:], tenths[:41]), hodges_lehmann(wholes[20:], wholes[:41])
    assert (found.value, found.low, found.high) == pytest.approx((exact.value / 10, exact.low / 10, exact.high / 10))


def test_many_waits_of_no_seconds_have_a_direction_and_no_shift():
    now, before = [0.0] * 700 + [600.0] * 300, [0.0] * 500 + [600.0] * 500
    found = hodges_lehmann(now, before)
    assert (found.value, found.is_real) == (0.0, True)
    assert found.superiority == pytest.approx(0.4)  # 0.3 · 0.5 larger, 0.3 · 0.5 + 0.7 · 0.5 equal


@given(SAMPLES, SAMPLES)
@settings(max_examples=100, deadline=None)
def test_superiority_is_u_over_all_pairs(now, before):
    found = hodges_lehmann(now, before).superiority
    assert found == pytest.approx(mannwhitneyu(now, before).statistic / (len(now) * len(before)))


@given(SAMPLES, SAMPLES)
@settings(max_examples=100, deadline=None)
def test_the_p_value_is_scipys(now, before):
    if len({*now, *before}) == 1:
        assert hodges_lehmann(now, before).p_value == 1.0
        return
    expected = mannwhitneyu(now, before, method="asymptotic", use_continuity=True).pvalue
    assert hodges_lehmann(now, before).p_value == pytest.approx(expected, rel=1e-9)


def test_shifting_a_sample_shifts_the_estimate_and_swapping_turns_it():
    rng = np.random.default_rng(2)
    now, before = rng.lognormal(8, 1, 300), rng.lognormal(8, 1, 280)
    one, moved, turned = hodges_lehmann(now, before), hodges_lehmann(now + 100, before), hodges_lehmann(before, now)
    assert moved.value == pytest.approx(one.value + 100)
    assert (turned.value, turned.low, turned.high) == (
        pytest.approx(-one.value),
        pytest.approx(-one.high),
        pytest.approx(-one.low),
    )
    assert turned.p_value == pytest.approx(one.p_value)


def test_the_interval_covers_as_often_as_promised():
    rng = np.random.default_rng(9)
    covered = sum(
        found.low <= 0.4 <= found.high
        for found in (hodges_lehmann(rng.normal(0.4, 1, 25), rng.normal(0, 1, 30)) for _ in range(600))
    )
    assert 0.93 <= covered / 600 <= 0.975


def test_a_hundred_thousand_values_need_no_list_of_pairs():
    rng = np.random.default_rng(1)
    found = hodges_lehmann(rng.exponential(3600, 100_000) * 1.05, rng.exponential(3600, 100_000))
    assert found.is_real
    assert found.low < found.value < found.high


def test_large_samples_against_the_list_of_all_pairs():
    rng = np.random.default_rng(4)
    now, before = np.round(rng.exponential(3600, 2_000)), np.round(rng.exponential(3000, 1_700))
    differences = np.sort(np.subtract.outer(now, before).ravel())
    found = hodges_lehmann(now, before)
    assert found.value == np.median(differences)
    assert differences.searchsorted(found.low) < differences.searchsorted(found.value)


@pytest.mark.parametrize(("now", "before"), [([], []), ([1.0], [2.0] * 9), ([1, 2, 3, 4], [1, 2, 3, 4])])
def test_few_values_say_nothing(now, before):
    found = hodges_lehmann(now, before)
    assert (found.value, found.undefined_because, found.is_real) == (None, "fewer than 5 values on a side", False)


def test_equal_values_did_not_change():
    found = hodges_lehmann([7.0] * 8, [7.0] * 9)
    assert (found.value, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        hodges_lehmann([1, 2, 3, 4, float("nan")], [1, 2, 3, 4, 5])
