"""The damped-trend forecast against statsmodels, by simulation, and its laws."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.assurance import assurance
from evaluation.statistics.forecast import DampedTrend, back_test, fit_damped_trend, forecast, forecast_mean
from evaluation.statistics.process_chart import is_moving, process_limits

FALLING = [100, 98, 97, 99, 95, 94, 92, 93, 90, 88, 89, 86, 85]
WANDERING = [52, 49, 51, 55, 53, 50, 48, 52, 54, 51, 50, 53, 52]
STEPPED = [80, 81, 79, 80, 82, 80, 60, 61, 59, 60, 62, 58, 61]


@pytest.mark.parametrize("series", [FALLING, WANDERING, STEPPED])
def test_the_fit_is_as_good_as_that_of_statsmodels(series):
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = ETSModel(np.array(series, float), error="add", trend="add", damped_trend=True).fit(disp=0)
    model = fit_damped_trend(series)
    squares = model.error**2 * model.degrees
    assert squares <= reference.sse * 1.10  # the weights are taken from a grid


@pytest.mark.parametrize("series", [FALLING, WANDERING, STEPPED])
def test_forecast_and_variance_agree_with_statsmodels_for_the_same_weights(series):
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = fit_damped_trend(series)
    level, trend = _initial_states(series, model)
    months = pd.Series(series, dtype=float, index=pd.period_range("2025-01", periods=len(series), freq="M"))
    reference = ETSModel(months, error="add", trend="add", damped_trend=True,
                         initialization_method="known", initial_level=level, initial_trend=trend)  # fmt: skip
    fixed = reference.smooth([model.level_weight, model.trend_weight, model.damping])
    predicted = fixed.get_prediction(start=len(series), end=len(series) + 3)
    ours = [forecast_mean(model, first=step, last=step) for step in range(1, 5)]
    assert [f.value for f in ours] == pytest.approx(list(predicted.predicted_mean), rel=1e-6)
    scaled = np.sqrt(np.asarray(predicted.forecast_variance)) / math.sqrt(fixed.mse)
    assert [f.error / model.error for f in ours] == pytest.approx(list(scaled), rel=1e-6)


def _initial_states(series, model: DampedTrend):
    """The initial states, by running the model backwards from its last ones."""
    level, trend = model.level, model.trend
    for value in reversed(series):
        alpha, beta, phi = model.level_weight, model.trend_weight, model.damping
        # level' = m + alpha e, trend' = phi b + beta e, e = y - m, m = level + phi b
        m = (level - alpha * value) / (1 - alpha)
        b = (trend - beta * (value - m)) / phi
        level, trend = m - phi * b, b
    return level, trend


def test_the_mean_of_several_steps_agrees_with_simulation():
    model = DampedTrend(50.0, -1.0, 0.4, 0.08, 0.9, 2.0, 8)
    random = np.random.default_rng(1)
    level, trend = np.full(40_000, 50.0), np.full(40_000, -1.0)
    values = []
    for _ in range(5):
        error = random.normal(0, 2, 40_000)
        values.append(level + 0.9 * trend + error)
        level, trend = level + 0.9 * trend + 0.4 * error, 0.9 * trend + 0.08 * error
    simulated = np.mean(values[2:5], axis=0)
    found = forecast_mean(model, first=3, last=5)
    assert found.value == pytest.approx(simulated.mean(), abs=0.05)
    assert found.error == pytest.approx(simulated.std(), rel=0.02)


def test_the_interval_covers_what_it_says_in_simulation():
    """80 % intervals of a wandering level hold the next value in about 80 % of the cases."""
    random = np.random.default_rng(7)
    inside = 0
    for _ in range(200):
        level, values = 100.0, []
        for _ in range(14):
            error = random.normal(0, 3)
            values.append(level + error)
            level += 0.3 * error
        found = forecast(values[:13], first=1, last=1)
        inside += found.low <= values[13] <= found.high
    assert 0.72 <= inside / 200 <= 0.95


@pytest.mark.parametrize("length", range(8))
def test_fewer_than_eight_points_have_no_forecast(length):
    assert forecast(FALLING[:length], first=1, last=1) is None


def test_a_constant_series_is_no_promise_for_ever():
    assert forecast([5.0] * 13, first=1, last=6) is None
    assert forecast([*[5.0] * 12, 5.1], first=1, last=6) is not None


VARYING = st.lists(st.floats(10, 100), min_size=8, max_size=13).filter(lambda series: max(series) - min(series) > 0.1)


@given(VARYING, st.floats(-50, 50))
@settings(max_examples=30, deadline=None)
def test_shifting_the_series_shifts_the_forecast(series, shift):
    series = [round(value, 3) for value in series]
    here, there = forecast(series, first=1, last=3), forecast([value + shift for value in series], first=1, last=3)
    spread = max(series) - min(series)
    assert there.value - shift == pytest.approx(here.value, abs=0.05 * spread + 1e-6)


@given(VARYING, st.floats(0, 120), st.floats(0, 30))
@settings(max_examples=30, deadline=None)
def test_a_wider_target_is_never_less_likely(series, bound, more):
    found = forecast(series, first=1, last=2)
    assert found.probability(at_least=None, at_most=bound + more) >= found.probability(at_least=None, at_most=bound)
    assert found.probability(at_least=bound, at_most=bound + more) <= found.probability(at_least=bound, at_most=None)
    assert 0 <= found.probability(at_least=bound, at_most=bound + more) <= 1


def test_the_back_test_needs_eleven_points():
    assert back_test(FALLING[:10]) is None
    assert back_test(FALLING[:11]) > 0


def test_a_model_that_foretells_badly_gets_a_wider_interval():
    fitted = fit_damped_trend(STEPPED)
    assert forecast(STEPPED, first=1, last=1).error >= forecast_mean(fitted, first=1, last=1).error


def test_process_limits_by_hand():
    # mean 11, moving ranges 2 1 1 2 1: mean 1.4, 2.66 * 1.4 = 3.724
    limits = process_limits([10, 12, 11, 10, 12, 11])
    assert (limits.mean, limits.low, limits.high) == pytest.approx((11, 7.276, 14.724))


def test_one_jump_does_not_widen_the_limits():
    # ranges of 1 and one of 30: the mean is 3.9, 30 is more than 3.267 times that and is screened out
    series = [10, 11, 10, 11, 10, 11, 41, 40, 41, 40, 41]
    limits = process_limits(series)
    assert limits.high - limits.mean == pytest.approx(2.66)


@pytest.mark.parametrize(
    ("at_least", "at_most", "expected"),
    [(None, 15, "reached"), (None, 12, "hit_and_miss"), (None, 7, "missed"), (5, None, "reached"),
     (11, None, "hit_and_miss"), (16, None, "missed"), (5, 15, "reached"), (5, 12, "hit_and_miss"), (15, 16, "missed")],
)  # fmt: skip
def test_assurance(at_least, at_most, expected):
    assert assurance([10, 12, 11, 10, 12, 11], at_least=at_least, at_most=at_most) == expected


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([1, 2, 3, 4, 5, 6, 7], True),
        ([7, 6, 5, 4, 3, 2, 1], True),
        ([1, 2, 3, 4, 5, 6, 5], False),
        ([9] * 6 + [11] * 6, False),
        ([9, 9.5] * 4 + [11, 12] * 4, True),
        ([10, 11, 9, 12, 8, 11, 9, 10, 11], False),
        ([5, 5, 5, 5, 5, 5, 5, 5], False),
        ([], False),
    ],
    ids=["rises", "falls", "six steps", "six a side", "eight a side", "wanders", "constant", "empty"],
)
def test_a_process_on_the_move(series, expected):
    assert is_moving(series) is expected


def test_a_process_on_the_move_assures_nothing():
    assert assurance([20, 18, 16, 14, 12, 10, 8], at_least=None, at_most=5) == "unknown"


def test_five_points_assure_nothing():
    assert assurance([10, 12, 11, 10, 12], at_least=None, at_most=50) == "unknown"
