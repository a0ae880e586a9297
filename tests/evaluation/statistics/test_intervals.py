"""Intervals against published figures, scipy.stats and statsmodels, simulation, and the laws they obey."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from evaluation.statistics import intervals
from evaluation.statistics.intervals import (
    effective_size,
    mean_bounds,
    mean_interval,
    nps_bounds,
    nps_interval,
    quantile_interval,
    quantile_ranks,
    smallest_sample,
    wilson_bounds,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_newcombes_published_table(numerator, denominator, low, high):
    found = wilson_interval(numerator, denominator)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=60, deadline=None)
def test_wilson_agrees_with_statsmodels_and_holds_its_share(counts):
    numerator, denominator = counts
    found = wilson_interval(numerator, denominator)
    low, high = proportion_confint(numerator, denominator, method="wilson")
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))
    assert 0 <= found.low <= numerator / denominator <= found.high <= 1


def test_wilson_says_why_there_is_none_and_refuses_what_is_no_share():
    assert wilson_interval(0, 0) == intervals.Interval(None, None, "there are no cases")
    assert not wilson_interval(0, 0).is_defined
    with pytest.raises(ValueError, match="5 of 3 is no share"):
        wilson_interval(5, 3)


def test_weights_that_are_all_equal_change_nothing_and_unequal_ones_widen():
    plain = wilson_interval(30, 100)
    assert wilson_interval(60, 200, effective_n=effective_size([2.0] * 100)) == plain
    unequal = effective_size([1.0] * 50 + [3.0] * 50)
    assert unequal == pytest.approx(80)
    wider = wilson_interval(30, 100, effective_n=unequal)
    assert wider.low < plain.low
    assert wider.high > plain.high


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_mean_interval_agrees_with_scipy(values):
    found = mean_interval(values)
    if min(values) == max(values) or stats.sem(values) == 0:
        assert found.undefined_because == "all cases are equal, so that their spread cannot be told"
        return
    spread = stats.sem(values)
    mean = np.mean(values)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=spread) if spread > 0 else (mean, mean)
    assert found.low == pytest.approx(low, rel=1e-9, abs=1e-6)
    assert found.high == pytest.approx(high, rel=1e-9, abs=1e-6)


def test_the_mean_interval_of_students_own_data():
    # Student (1908), additional hours of sleep: mean 1.58, 95 % interval 0.70 to 2.46, as in every textbook since
    found = mean_interval([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4])
    assert (found.low, found.high) == (pytest.approx(0.70, abs=0.005), pytest.approx(2.46, abs=0.005))


def test_a_weighted_mean_uses_the_weighted_spread_and_the_effective_size():
    values, weights = [1.0, 4.0, 5.0, 3.0], [2.0, 1.0, 4.0, 1.0]
    size = effective_size(weights)
    described = DescrStatsW(values, weights=weights, ddof=0)
    spread = math.sqrt(described.var * size / (size - 1))
    half = stats.t.ppf(0.975, size - 1) * spread / math.sqrt(size)
    found = mean_interval(values, weights=weights)
    assert (found.low, found.high) == (pytest.approx(described.mean - half), pytest.approx(described.mean + half))


@pytest.mark.parametrize(
    ("values", "weights", "because"),
    [
        ([], None, "there are no cases"),
        ([3.0, 4.0], [0.0, 0.0], "there are no cases"),
        ([3.0], None, "one case says nothing about the spread"),
        ([3.0, 4.0], [1.0, 0.0], "one case says nothing about the spread"),
    ],
)
def test_a_mean_without_an_interval_says_why(values, weights, because):
    assert mean_interval(values, weights=weights).undefined_because == because


def test_a_mean_interval_stays_on_its_scale():
    assert mean_interval([1, 1, 5], lowest=1, highest=5) == intervals.Interval(1.0, 5.0)
    low, high = mean_bounds([3.0], [5.0], [4.0])
    assert low[0] < 1
    assert high[0] > 5


@pytest.mark.parametrize(
    ("n", "fraction", "low", "high"),
    [
        # the classical table of sign-test intervals for the median, for example in Conover (1999)
        (5, 0.5, 0, 0),
        (6, 0.5, 1, 6),
        (9, 0.5, 2, 8),
        (10, 0.5, 2, 9),
        (20, 0.5, 6, 15),
        (25, 0.5, 8, 18),
        (50, 0.5, 18, 33),
        (100, 0.5, 40, 61),
    ],
)
def test_ranks_are_those_of_the_tables(n, fraction, low, high):
    found_low, found_high = quantile_ranks([n], fraction)
    assert (found_low[0], found_high[0]) == (low, high)


@given(st.integers(1, 20_000), st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9, 0.95]))
@settings(max_examples=80, deadline=None)
def test_ranks_are_the_narrowest_with_their_tails(n, fraction):
    low, high = (int(rank[0]) for rank in quantile_ranks([n], fraction))
    below = stats.binom(n, fraction)
    assert below.cdf(low) > 0.025 or low == n
    assert low == 0 or below.cdf(low - 1) <= 0.025 + 1e-12
    if high:
        assert below.sf(high - 1) <= 0.025 + 1e-12
        assert below.sf(high - 2) > 0.025
    else:
        assert below.sf(n - 1) > 0.025


def test_the_smallest_samples_are_those_that_can_miss_on_both_sides():
    assert 0.5**6 <= 0.025 < 0.5**5
    assert smallest_sample(0.5) == 6
    assert 0.9**36 <= 0.025 < 0.9**35
    assert smallest_sample(0.9) == 36


def test_quantile_intervals_cover_the_true_quantile_at_least_as_often_as_they_promise():
    random = np.random.default_rng(20260921)
    truth = {0.5: math.log(2), 0.9: math.log(10)}
    samples = np.sort(random.exponential(size=(4_000, 60)), axis=1)
    for fraction, value in truth.items():
        low, high = (int(rank[0]) for rank in quantile_ranks([60], fraction))
        covered = np.mean((samples[:, low - 1] <= value) & (value <= samples[:, high - 1]))
        assert 0.945 <= covered <= 0.985


def test_a_quantile_interval_names_what_is_missing_and_ignores_the_order():
    assert quantile_interval([], 0.5).undefined_because == "there are no cases"
    assert quantile_interval([1.0] * 35, 0.9).undefined_because == "too few: 35 cases, 36 are needed"
    assert quantile_interval([5, 1, 4, 2, 6, 3], 0.5) == intervals.Interval(1.0, 6.0)


def test_the_interval_of_nps_agrees_with_the_variance_of_its_scores():
    # A second way: NPS is 100 times the mean of +1, 0, -1, whose variance (divided by n) is the multinomial one.
    scores = [10] * 50 + [8] * 30 + [3] * 20
    signs = np.repeat([1, 0, -1], [50, 30, 20])
    half = 100 * stats.norm.ppf(0.975) * signs.std() / math.sqrt(100)
    found = nps_interval(scores)
    assert (found.low, found.high) == (pytest.approx(30 - half), pytest.approx(30 + half))


def test_the_interval_of_nps_agrees_with_a_bootstrap():
    random = np.random.default_rng(7)
    scores = random.choice([10, 9, 8, 7, 5, 2], size=400, p=[0.3, 0.2, 0.2, 0.1, 0.15, 0.05])
    signs = (scores >= 9).astype(int) - (scores <= 6)
    means = 100 * random.choice(signs, size=(4_000, 400)).mean(axis=1)
    found = nps_interval(scores.tolist())
    assert found.low == pytest.approx(np.quantile(means, 0.025), abs=0.8)
    assert found.high == pytest.approx(np.quantile(means, 0.975), abs=0.8)


@pytest.mark.parametrize(
    ("scores", "weights", "because"),
    [
        ([], None, "there are no cases"),
        ([9, 3], [0, 0], "there are no cases"),
    ],
)
def test_nps_without_an_interval_says_why(scores, weights, because):
    assert nps_interval(scores, weights=weights).undefined_because == because


def score_test_by_search(counts, n):
    """The values of p - d that a score test does not reject, by searching p for the greatest likelihood at each."""
    z, kept = stats.norm.ppf(0.975), []
    shares = np.array(counts) / n
    for t in np.arange(-1, 1.002, 0.004):
        p = np.arange(max(t, 0.0), (1 + t) / 2 + 1e-12, 0.002)
        cells = np.clip(np.stack([p, 1 - 2 * p + t, p - t]), 1e-300, None)
        best = p[np.argmax(np.array(counts) @ np.log(cells))]
        variance = max(2 * best - t - t * t, 1e-15)
        if abs(shares[0] - shares[2] - t) <= z * math.sqrt(variance / n) + 1e-9:
            kept.append(100 * t)
    return min(kept), max(kept)


@pytest.mark.parametrize("n", [1, 3, 12, 50])
@pytest.mark.parametrize(("score", "place"), [(10, 0), (7, 1), (2, 2)])
def test_answers_that_fall_into_one_group_have_the_score_interval(score, place, n):
    found = nps_interval([score] * n)
    counts = [n if number == place else 0 for number in range(3)]
    low, high = score_test_by_search(counts, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.5), pytest.approx(high, abs=0.5))
    # a second way: twice the Wilson bound of n in n, less one
    wilson = 200 * wilson_interval(n, n).low - 100
    assert found.low == pytest.approx({0: wilson, 1: -found.high, 2: -100}[place])


def test_weights_that_fall_into_one_group_count_as_their_effective_size():
    weighted = nps_interval([0, 6, 3], weights=[0.1, 0.2, 0.1])
    low, high = nps_bounds([0.0], [1.0], [effective_size([0.1, 0.2, 0.1])])
    assert (weighted.low, weighted.high) == (pytest.approx(low[0]), pytest.approx(high[0]))


def test_nps_stays_within_its_points_and_uneven_weights_make_it_less_certain():
    assert nps_interval([10] * 9 + [0]).high == 100.0
    even = nps_interval([10, 10, 8, 0] * 10)
    uneven = nps_interval([10, 8, 0] * 10, weights=[2, 1, 1] * 10)
    assert uneven.low < even.low
    assert uneven.high > even.high


def test_columns_and_single_figures_agree_and_nothing_is_nan_but_the_undefined():
    low, high = wilson_bounds([0.3, 0.0, np.nan], [100, 0, 10])
    assert (low[0], high[0]) == (wilson_interval(30, 100).low, wilson_interval(30, 100).high)
    assert np.isnan([low[1], high[1], low[2]]).all()
    low, high = nps_bounds([0.5, 1.0], [0.2, 0.0], [100, 0])
    assert low[0] == pytest.approx(nps_interval([10] * 50 + [8] * 30 + [3] * 20).low)
    assert np.isnan([low[1], high[1]]).all()
