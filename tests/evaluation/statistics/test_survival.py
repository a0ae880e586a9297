"""Kaplan-Meier: a published example, two libraries, and input that decides nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.survival import kaplan_meier, survival_quantile

# J. P. Klein and M. L. Moeschberger, Survival Analysis (2003), table 1.1 and example 4.1: remission of leukaemia,
# weeks on 6-MP; from E. J. Freireich et al., Blood 21 (1963) 699-716
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_leukaemia_patients_of_freireich():
    curve = kaplan_meier(WEEKS, RELAPSED)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert np.round(curve.open_share, 3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert np.round(curve.standard_error, 3).tolist() == [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    median = survival_quantile(curve, 0.5)
    assert (median.value, median.high) == (23.0, None)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=60))
@settings(max_examples=60, deadline=None)
def test_agrees_with_scipy_and_statsmodels(cases):
    from scipy.stats import CensoredData, ecdf
    from statsmodels.duration.survfunc import SurvfuncRight

    times, ended = np.array([c[0] for c in cases], float), np.array([c[1] for c in cases])
    curve = kaplan_meier(times, ended)
    if not ended.any():
        assert survival_quantile(curve, 0.5).undefined_because == "no case has ended"
        return
    other = ecdf(CensoredData(uncensored=times[ended], right=times[~ended])).sf
    np.testing.assert_allclose(curve.open_share, other.evaluate(curve.times), atol=1e-12)
    third = SurvfuncRight(times, ended.astype(int))
    np.testing.assert_allclose(curve.open_share, third.surv_prob, atol=1e-12)
    np.testing.assert_allclose(curve.standard_error[:-1], third.surv_prob_se[:-1], atol=1e-9)


def test_order_of_cases_does_not_matter():
    order = np.random.default_rng(7).permutation(len(WEEKS))
    shuffled = kaplan_meier(np.array(WEEKS)[order], np.array(RELAPSED)[order])
    np.testing.assert_array_equal(shuffled.open_share, kaplan_meier(WEEKS, RELAPSED).open_share)


def test_without_censoring_it_is_the_share_still_open():
    curve = kaplan_meier([1, 2, 3, 4, 5], [True] * 5)
    np.testing.assert_allclose(curve.open_share, [0.8, 0.6, 0.4, 0.2, 0.0], atol=1e-15)
    assert survival_quantile(curve, 0.5).value == 3.0


def test_an_exact_half_reached_through_rounding_counts_as_a_half():
    # 2/3 * 3/4 is not exactly 0.5 in binary
    curve = kaplan_meier([1, 2, 2.5, 3, 9, 9], [True, True, False, True, True, True])
    exact = kaplan_meier([1, 2, 3, 4], [True] * 4)
    assert survival_quantile(exact, 0.5).value == 2.0
    assert survival_quantile(exact, 0.5, at_level="midpoint").value == 2.5
    assert survival_quantile(curve, 0.5).value == 3.0


@pytest.mark.parametrize(
    ("times", "ended", "because"),
    [
        ([], [], "there are no cases"),
        ([4.0, 5.0], [False, False], "no case has ended"),
        ([1.0, 9.0, 9.0, 9.0], [True, False, False, False],
         "more than 50% of the cases are still open at the longest time observed"),
    ],
)  # fmt: skip
def test_degenerate_input_is_undefined_with_a_reason(times, ended, because):
    median = survival_quantile(kaplan_meier(times, ended), 0.5)
    assert (median.value, median.undefined_because) == (None, because)


def test_one_case_that_ended():
    median = survival_quantile(kaplan_meier([7], [True]), 0.5)
    assert (median.value, median.undefined_because) == (7.0, None)


@pytest.mark.parametrize(("times", "ended"), [([-1.0], [True]), ([float("nan")], [True]), ([1.0], [True, False])])
def test_broken_input_is_refused(times, ended):
    with pytest.raises(ValueError, match="duration"):
        kaplan_meier(times, ended)


def test_the_interval_covers_the_true_median_as_often_as_promised():
    rng = np.random.default_rng(20261121)
    covered = 0
    for _ in range(400):
        times, limits = rng.exponential(10, 80), rng.uniform(0, 40, 80)
        found = survival_quantile(kaplan_meier(np.minimum(times, limits), times <= limits), 0.5)
        covered += found.low <= 10 * np.log(2) <= (found.high or np.inf)
    assert 0.92 <= covered / 400 <= 0.985
