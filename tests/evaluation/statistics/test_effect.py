"""Effects of follow-ups: factors of durations and counts, net of the rest, and the word for them."""

import math

import numpy as np
import pytest

from evaluation.statistics.change import Difference
from evaluation.statistics.effect import (
    Effect,
    dispersion_within,
    effect_of,
    log_change_of_counts,
    log_change_of_durations,
    net_of_others,
)


def test_a_factor_of_durations_is_found_whatever_their_level():
    draw = np.random.default_rng(5)
    short, long = draw.lognormal(4, 1, 800), draw.lognormal(9, 1, 800)
    for before in (short, long):
        after = draw.permutation(before) * 0.7
        found = log_change_of_durations(after, before)
        assert found.value == pytest.approx(math.log(0.7), abs=1e-9)
        assert found.low < math.log(0.7) < found.high
        assert found.is_real


def test_zero_seconds_count_as_one():
    assert log_change_of_durations([0.0] * 10, [1.0] * 10).value == 0


def test_too_few_durations_have_no_factor():
    assert log_change_of_durations([1, 2, 3, 4], [1] * 50) is None


@pytest.mark.parametrize(("now", "before"), [(0, 10), (10, 0), (0, 0)])
def test_no_events_have_no_factor(now, before):
    assert log_change_of_counts(now, before) is None


def test_counts_of_unequal_spans_are_compared_by_month():
    found = log_change_of_counts(200, 300, months_now=2, months_before=3)
    assert found.value == pytest.approx(0)
    assert found.p_value == pytest.approx(1)


def test_dispersion_widens_the_factor_of_counts():
    plain, wide = (log_change_of_counts(130, 100, dispersion=d) for d in (1.0, 4.0))
    assert plain.is_real
    assert not wide.is_real
    assert wide.high - wide.low == pytest.approx(2 * (plain.high - plain.low))


def test_the_step_is_no_part_of_its_own_noise():
    assert dispersion_within([[100, 101, 99], [200, 199, 201]]) == 1.0
    assert dispersion_within([[100, 130, 160], [190, 220, 250]]) == pytest.approx(
        dispersion_within([[160, 100, 130], [250, 190, 220]])
    )
    # a month without any case is one
    assert dispersion_within([[100, 0, 110], [100, 100, 100]]) > dispersion_within([[100, 105, 110], [100, 100, 100]])


@pytest.mark.parametrize("sides", [[[5], [7]], [[], []], [[0, 0, 0], [0, 0]], [[5, 9], [3]]])
def test_too_few_months_vary_like_chance(sides):
    assert dispersion_within(sides) == 1.0


def test_what_happened_to_everybody_is_taken_off():
    own, rest = Difference(-0.4, -0.5, -0.3, 0.0), Difference(-0.1, -0.15, -0.05, 0.0)
    net = net_of_others(own, rest)
    assert net.value == pytest.approx(-0.3)
    assert net.high == pytest.approx(-0.3 + math.hypot(0.1, 0.05))
    assert net.is_real


def test_net_effects_of_nothing_are_noise_at_the_promised_rate():
    draw = np.random.default_rng(11)
    called = 0
    for _ in range(400):
        own_before, own_after, rest_before, rest_after = (draw.lognormal(6, 1.2, size) for size in (80, 60, 300, 250))
        net = net_of_others(
            log_change_of_durations(own_after, own_before), log_change_of_durations(rest_after, rest_before)
        )
        called += net.is_real
    # 5 % of 400 is 20; more than 36 has a chance below one in a thousand
    assert called <= 36


WORDS = [
    (Difference(-0.3, -0.4, -0.2, 0.0), False, Effect.HELPED),
    (Difference(-0.3, -0.4, -0.2, 0.0), True, Effect.WORSE),
    (Difference(0.3, 0.2, 0.4, 0.0), True, Effect.HELPED),
    (Difference(0.3, 0.2, 0.4, 0.0), False, Effect.WORSE),
    (Difference(0.3, 0.0, 0.6, 0.05), True, Effect.NO_SIGN),
    (Difference(0.0, 0.0, 0.0, 1.0), True, Effect.NO_SIGN),
]


@pytest.mark.parametrize(("change", "higher_is_better", "word"), WORDS)
def test_the_word_follows_the_interval(change, higher_is_better, word):
    assert effect_of(change, higher_is_better=higher_is_better) is word
