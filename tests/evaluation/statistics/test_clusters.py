"""The clustered interval of a mean: against statsmodels, against Student, and by simulation."""

from math import fsum

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.clusters import clustered_mean_bounds, clustered_mean_interval
from evaluation.statistics.intervals import mean_interval

cases = st.lists(
    st.tuples(st.integers(0, 20).map(lambda score: score / 20), st.sampled_from("abcdef")), min_size=2, max_size=40
)


@settings(max_examples=50, deadline=None)
@given(cases)
def test_it_is_least_squares_with_a_constant_alone(rows):
    values, clusters = zip(*rows, strict=True)
    found = clustered_mean_interval(values, clusters)
    if not found.is_defined:
        return
    codes = np.unique(clusters, return_inverse=True)[1]
    fitted = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    assert (found.low, found.high) == pytest.approx(tuple(fitted.conf_int(0.05)[0]))


def test_each_case_alone_is_student():
    scores = [0.2, 0.5, 0.9, 0.7, 0.4]
    plain, clustered = mean_interval(scores), clustered_mean_interval(scores, range(5))
    assert (clustered.low, clustered.high) == pytest.approx((plain.low, plain.high))


@given(cases)
@settings(max_examples=30, deadline=None)
def test_order_changes_no_digit(rows):
    values, clusters = zip(*rows, strict=True)
    assert clustered_mean_interval(values, clusters) == clustered_mean_interval(values[::-1], clusters[::-1])


@given(st.lists(cases, min_size=1, max_size=5), st.randoms())
@settings(max_examples=40, deadline=None)
def test_many_samples_at_once_are_each_alone(samples, random):
    rows = [(value, ord(cluster), number) for number, own in enumerate(samples) for value, cluster in own]
    random.shuffle(rows)
    totals, lows, highs = clustered_mean_bounds(*map(list, zip(*rows, strict=True)), lowest=0.0, highest=1.0)
    for own, *found in zip(samples, totals, lows, highs, strict=True):
        values, clusters = zip(*own, strict=True)
        alone = clustered_mean_interval(values, clusters, lowest=0.0, highest=1.0)
        ends = (alone.low, alone.high) if alone.is_defined else (np.nan, np.nan)
        np.testing.assert_allclose(found, [fsum(values), *ends], rtol=1e-14)


def test_it_covers_the_mean_where_the_plain_interval_does_not():
    random = np.random.default_rng(20260721)
    agents, audits, runs = 12, 10, 400
    held = plain_held = 0
    for _ in range(runs):
        level = random.normal(0.0, 1.0, agents)
        scores = (level[:, None] + random.normal(0.0, 1.0, (agents, audits))).ravel()
        names = np.repeat(np.arange(agents), audits)
        one, other = clustered_mean_interval(scores, names), mean_interval(scores)
        held += one.low <= 0 <= one.high
        plain_held += other.low <= 0 <= other.high
    assert 0.92 <= held / runs <= 0.98
    assert plain_held / runs < 0.75


def test_the_scale_bounds_it():
    wide = clustered_mean_interval([0.9, 1.0, 0.5], ["a", "b", "c"], lowest=0.0, highest=1.0)
    assert (wide.low > 0, wide.high) == (True, 1.0)


@pytest.mark.parametrize(
    ("values", "clusters", "because"),
    [
        ([], [], "there are no cases"),
        ([0.5, 0.7], ["a", "a"], "all cases are of one group"),
        ([0.5], ["a"], "all cases are of one group"),
        ([0.5, 0.5, 0.5], ["a", "b", "b"], "the groups do not differ"),
        ([0.4, 0.6, 0.4, 0.6], ["a", "a", "b", "b"], "the groups do not differ"),
    ],
)
def test_what_is_undefined_says_why(values, clusters, because):
    found = clustered_mean_interval(values, clusters)
    assert (found.low, found.high) == (None, None)
    assert found.undefined_because.startswith(because)


def test_every_value_has_a_cluster():
    with pytest.raises(ValueError, match="2 values and 1 clusters"):
        clustered_mean_interval([1, 2], ["a"])
