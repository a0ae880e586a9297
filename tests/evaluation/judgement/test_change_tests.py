"""Differences against published worked examples, other libraries, and simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from evaluation.statistics.change import (
    Estimate,
    benjamini_hochberg,
    difference_by_moving_range,
    difference_of_counts,
    difference_of_intervals,
    difference_of_means,
    dispersion_before,
    dispersion_of_counts,
)
from evaluation.statistics.intervals import wilson_interval


def share(numerator, denominator):
    interval = wilson_interval(numerator, denominator)
    return Estimate(numerator / denominator, interval.low, interval.high, denominator)


def mean(values):
    low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    return Estimate(float(np.mean(values)), float(low), float(high), len(values))


NEWCOMBE_TABLE_II = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000),
    ((10, 10), (0, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("now", "before", "low", "high"), NEWCOMBE_TABLE_II)
def test_shares_agree_with_newcombes_published_intervals(now, before, low, high):
    found = difference_of_intervals(share(*now), share(*before))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_shares_agree_with_statsmodels(n1, n2, p1, p2):
    k1, k2 = round(n1 * p1), round(n2 * p2)
    found = difference_of_intervals(share(k1, n1), share(k2, n2))
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_means_agree_with_welch_in_scipy():
    random = np.random.default_rng(3)
    now, before = random.normal(5, 2, 40), random.normal(4, 1, 25)
    found = difference_of_means(mean(now), mean(before))
    reference = stats.ttest_ind(now, before, equal_var=False)
    interval = reference.confidence_interval(0.95)
    assert found.p_value == pytest.approx(reference.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_a_mean_whose_interval_was_cut_at_the_end_of_the_scale_keeps_its_standard_error():
    whole = Estimate(4.8, 4.4, 5.2, 30)
    cut = Estimate(4.8, 4.4, 5.0, 30)
    other = Estimate(4.1, 3.8, 4.4, 30)
    found, expected = difference_of_means(cut, other), difference_of_means(whole, other)
    assert (found.low, found.high, found.p_value) == pytest.approx((expected.low, expected.high, expected.p_value))


@pytest.mark.parametrize("n", [0, 1])
def test_means_of_fewer_than_two_are_not_compared(n):
    assert difference_of_means(Estimate(1.0, 0.5, 1.5, n), Estimate(2.0, 1.5, 2.5, 50)) is None


def test_nps_differences_are_normal():
    # 50 % promoters, 20 % detractors of 400 against 40 % and 30 % of 300, from the formula for the difference of shares
    def nps(p, d, n):
        half = 1.959963984540054 * 100 * math.sqrt((p + d - (p - d) ** 2) / n)
        return Estimate(100 * (p - d), 100 * (p - d) - half, 100 * (p - d) + half, n), (half / 1.959963984540054) ** 2

    (now, var_now), (before, var_before) = nps(0.5, 0.2, 400), nps(0.4, 0.3, 300)
    found = difference_of_intervals(now, before)
    z = 20 / math.sqrt(var_now + var_before)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)
    assert found.high - found.value == pytest.approx(found.value - found.low)


def test_counts_agree_with_the_normal_test_of_equal_rates():
    assert difference_of_counts(130, 100).p_value == pytest.approx(2 * stats.norm.sf(30 / math.sqrt(230)))


def test_overdispersed_counts_need_a_larger_difference():
    assert difference_of_counts(130, 100).is_real
    assert not difference_of_counts(130, 100, dispersion=4).is_real


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ([100, 100, 100, 100], 1, 1),
        ([100, 120, 140, 160, 180], 1, 1),
        ([100, 300, 90, 310, 110, 280], 20, 200),
        ([5, 6], 1, 1),
        ([0, 0, 0, 0, 0], 1, 1),
    ],
    ids=["constant", "a straight trend is not variation", "wild", "too short", "all zero"],
)
def test_dispersion(counts, low, high):
    assert low <= dispersion_of_counts(counts) <= high


def test_dispersion_of_poisson_counts_is_about_one():
    random = np.random.default_rng(5)
    found = [dispersion_of_counts(random.poisson(200, 13)) for _ in range(300)]
    assert 1.0 <= np.mean(found) < 1.35  # cut below at 1, so a little above it on average


SEASON = [1420, 1100, 950, 950, 950, 950, 900, 820, 850, 980, 1050, 1300, 1420]


@pytest.mark.parametrize(
    ("counts", "together", "low", "high"),
    [
        (SEASON, 1, 30, 60),
        (SEASON, 3, 60, 120),
        ([1000, 1300] * 6, 1, 15, 40),
        ([1000, 1300] * 6, 3, 1, 15),
        ([100, 120, 140, 160, 180], 3, 1, 1),
        ([5, 6, 5, 6], 12, 1, 1),
    ],
    ids=[
        "months of a season",
        "its quarters",
        "up and down",
        "its quarters level out",
        "a trend",
        "too short a series",
    ],
)
def test_neighbours_that_are_alike_make_sums_vary_more(counts, together, low, high):
    assert low <= dispersion_of_counts(counts, together=together) <= high


@pytest.mark.parametrize("together", [3, 6])
def test_sums_of_independent_months_vary_like_months(together):
    random = np.random.default_rng(6)
    found = [dispersion_of_counts(random.poisson(200, 13), together=together) for _ in range(300)]
    assert 1.0 <= np.mean(found) < 1.6


@pytest.mark.parametrize(
    ("counts", "tested", "without"),
    [
        ([100] * 12 + [200], 1, True),
        ([100] * 10 + [200] * 3, 3, True),
        ([100] * 11 + [200], 1, False),
        ([200, *[100] * 11, 200], 1, False),
        ([100] + [100, 200] * 6, 12, False),
        ([5, 6], 3, False),
    ],
    ids=["step", "step of a quarter", "no year before", "as a year before", "too few others", "too short"],
)
def test_a_step_is_no_part_of_its_own_noise_and_a_season_is(counts, tested, without):
    found = dispersion_before(counts, tested=tested)
    kept = counts[:-tested] if without else counts
    assert found == dispersion_of_counts(kept, together=tested)
    if without:
        assert found == 1 < dispersion_of_counts(counts, together=tested)


@pytest.mark.parametrize(("series", "is_real"), [([10, 11, 10, 11, 10, 11], True), ([10, 30, 12, 28, 9, 31], False)])
def test_values_without_interval_are_compared_with_their_moving_range(series, is_real):
    assert difference_by_moving_range(20, 10, series).is_real is is_real


def test_a_short_series_says_nothing():
    assert difference_by_moving_range(20, 10, [10, 11, 10, 11, 10]) is None


BH_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
           0.7590, 1.0000]  # fmt: skip


def test_benjamini_hochberg_published_example():
    # Benjamini and Hochberg (1995), section 3.2: at 0.05 the four smallest of fifteen are rejected
    assert sum(benjamini_hochberg(BH_1995, rate=0.05)) == 4


@given(st.lists(st.floats(0, 1), max_size=30), st.sampled_from([0.05, 0.1, 0.2]))
@settings(max_examples=80, deadline=None)
def test_benjamini_hochberg_agrees_with_scipy(p_values, rate):
    expected = tuple(bool(q <= rate) for q in stats.false_discovery_control(p_values)) if p_values else ()
    adjusted = stats.false_discovery_control(p_values) if p_values else []
    if any(abs(q - rate) < 1e-12 for q in adjusted):
        return
    assert benjamini_hochberg(p_values, rate=rate) == expected


def test_nothing_looked_at_is_nothing_found():
    assert benjamini_hochberg([]) == ()


ESTIMATES = st.builds(
    lambda value, below, above, n: Estimate(value, value - below, value + above, n),
    st.floats(-100, 100), st.floats(0.01, 10), st.floats(0.01, 10), st.integers(2, 500),
)  # fmt: skip


@given(ESTIMATES, ESTIMATES)
@settings(max_examples=60, deadline=None)
def test_interval_and_p_value_agree_and_turning_the_question_turns_the_answer(now, before):
    for method in (difference_of_intervals, difference_of_means):
        found, turned = method(now, before), method(before, now)
        if abs(found.p_value - 0.05) > 1e-6:
            assert found.is_real == (found.p_value < 0.05)
        assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-9)
        assert turned.p_value == pytest.approx(found.p_value, abs=1e-12)
        assert found.low <= found.value <= found.high


def test_medians_hold_their_level_in_simulation():
    """Two samples of one skewed population differ 'beyond noise' in at most about one case in twenty."""
    from evaluation.statistics.intervals import quantile_interval

    random = np.random.default_rng(11)
    false = 0
    for _ in range(400):
        now, before = (random.lognormal(8, 1, 80) for _ in range(2))
        found = difference_of_intervals(*(
            Estimate(float(np.median(v)), *_ends(quantile_interval(sorted(v), 0.5)), 80) for v in (now, before)
        ))  # fmt: skip
        false += found.is_real
    assert false / 400 <= 0.07


def _ends(interval):
    return interval.low, interval.high


def test_a_median_that_halved_is_found_in_simulation():
    from evaluation.statistics.intervals import quantile_interval

    random = np.random.default_rng(12)
    found = 0
    for _ in range(100):
        now, before = random.lognormal(8 - math.log(2), 1, 150), random.lognormal(8, 1, 150)
        pair = [Estimate(float(np.median(v)), *_ends(quantile_interval(sorted(v), 0.5)), 150) for v in (now, before)]
        found += difference_of_intervals(*pair).high < 0
    assert found >= 95
