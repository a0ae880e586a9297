"""Funnels: published heterogeneity, a library, simulated members, and members that cannot be judged."""

import numpy as np
import pytest

from evaluation.statistics.funnel import (
    LEVELS,
    Group,
    Scale,
    dispersion,
    funnel_of_durations,
    funnel_of_means,
    funnel_of_shares,
    variance_between,
)

# Trials of BCG vaccine (G. A. Colditz et al., JAMA 271 (1994) 698-702), as in W. Viechtbauer's metafor: cases and
# others among the vaccinated, then among controls; DerSimonian-Laird tau^2 of the log risk ratios is 0.3088 there
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
]  # fmt: skip


def test_variance_between_the_bcg_trials():
    a, b, c, d = np.array(BCG, dtype=float).T
    effects = np.log(a / (a + b)) - np.log(c / (c + d))
    errors = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    weights = 1 / errors**2
    centre = (weights * effects).sum() / weights.sum()
    phi = dispersion((effects - centre) / errors, winsorised=0)
    assert round(variance_between(phi, errors), 4) == 0.3088
    from statsmodels.stats.meta_analysis import combine_effects

    assert variance_between(phi, errors) == pytest.approx(combine_effects(effects, errors**2, method_re="chi2").tau2)


def test_winsorising_pulls_in_the_outer_tenths():
    z = np.array([-10.0, -1, -1, -1, 0, 0, 1, 1, 1, 1, 10])
    assert dispersion(z) == pytest.approx(np.mean(np.clip(z, -1, 1) ** 2))


def test_no_excess_variation_means_the_limits_of_chance():
    rng = np.random.default_rng(3)
    n = np.full(400, 200)
    found = funnel_of_shares(rng.binomial(n, 0.8), n)
    assert found.between < 1e-4
    assert found.low[0, 0] == pytest.approx(0.8 - 1.96 * np.sqrt(0.8 * 0.2 / 200), abs=0.006)


@pytest.mark.parametrize("spread", [0.0, 0.06])
def test_false_alarms_stay_rare_with_and_without_real_spread(spread):
    rng = np.random.default_rng(11)
    alarms = members = 0
    for _ in range(150):
        n = rng.integers(40, 400, 30)
        share = np.sin(np.clip(np.arcsin(np.sqrt(0.8)) + rng.normal(0, spread, 30), 0, np.pi / 2)) ** 2
        groups = funnel_of_shares(rng.binomial(n, share), n).groups
        alarms += sum(group is not Group.AS_EXPECTED for group in groups)
        members += 30
    # 0.2 % by the level; winsorising makes the dispersion, and with it the limits, too small when the spread is real
    assert alarms / members < (0.02 if spread else 0.005)


def test_a_member_that_is_different_is_found_among_twenty():
    rng = np.random.default_rng(5)
    n = np.full(20, 250)
    successes = rng.binomial(n, 0.85)
    successes[7] = 150
    groups = funnel_of_shares(successes, n).groups
    assert [i for i, group in enumerate(groups) if group is not Group.AS_EXPECTED] == [7]
    assert groups[7] is Group.CLEARLY_BELOW


def test_expected_shares_of_each_own_mix_are_the_centre():
    n = np.full(6, 400)
    raw = funnel_of_shares([340, 342, 338, 341, 339, 240], n)
    fair = funnel_of_shares([340, 342, 338, 341, 339, 240], n, expected=[0.85] * 5 + [0.6])
    assert (raw.groups[-1], fair.groups[-1]) == (Group.CLEARLY_BELOW, Group.AS_EXPECTED)


def test_durations_are_compared_on_the_log_scale():
    rng = np.random.default_rng(8)
    samples = [rng.normal(np.log(3600), 1.0, 200) for _ in range(12)]
    samples[3] = samples[3] + np.log(3)
    found = funnel_of_durations(
        [s.mean() for s in samples], [s.std(ddof=1) for s in samples], [len(s) for s in samples]
    )
    assert [i for i, group in enumerate(found.groups) if group is Group.CLEARLY_ABOVE] == [3]
    assert found.centre == pytest.approx(np.exp(np.concatenate(samples).mean()))
    assert (found.low[1] < found.low[0]).all()
    assert (found.high[1] > found.high[0]).all()
    assert LEVELS == (0.95, 0.998)


def test_too_little_data_is_a_group_of_its_own_and_not_part_of_what_is_usual():
    found = funnel_of_shares([80, 82, 78, 81, 79, 0], [100, 100, 100, 100, 100, 3], minimum_cases=30)
    assert found.groups[-1] is Group.TOO_LITTLE_DATA
    assert found.centre == pytest.approx(0.8)
    assert np.isnan(found.z_scores[-1])


@pytest.mark.parametrize(
    ("above", "below"), [([], []), ([1, 2], [5, 5]), ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0])], ids=["none", "two", "empty"]
)
def test_with_few_members_nobody_is_compared(above, below):
    found = funnel_of_shares(above, below)
    assert "cannot say what is usual" in found.undefined_because
    assert set(found.groups) <= {Group.TOO_LITTLE_DATA}


def test_all_successes_are_as_expected():
    found = funnel_of_shares([50] * 6, [50] * 6)
    assert set(found.groups) == {Group.AS_EXPECTED}
    assert found.high[0].tolist() == [1.0] * 6


def test_durations_that_are_all_equal_are_undefined():
    assert funnel_of_durations([5.0] * 6, [0.0] * 6, [30] * 6).undefined_because == "all durations are equal"


def test_a_numerator_outside_is_refused():
    with pytest.raises(ValueError, match="count it inside"):
        funnel_of_shares([6, 1, 1, 1, 1], [5, 5, 5, 5, 5])


def test_means_are_compared_as_they_are():
    rng = np.random.default_rng(9)
    samples = [rng.normal(4.2, 0.9, 150) for _ in range(12)]
    samples[5] = samples[5] - 0.6
    found = funnel_of_means([s.mean() for s in samples], [s.std(ddof=1) for s in samples], [len(s) for s in samples])
    assert [i for i, group in enumerate(found.groups) if group is Group.CLEARLY_BELOW] == [5]
    pooled = np.sqrt(np.mean([s.var(ddof=1) for s in samples]))
    assert found.error_of_one == pytest.approx(pooled)
    assert found.z_scores[0] == pytest.approx(
        (samples[0].mean() - found.centre) / np.sqrt(pooled**2 / 150 + found.between)
    )


def test_expected_means_are_the_centre_of_each():
    means = [4.0, 4.1, 3.9, 4.0, 4.1, 3.0]
    raw = funnel_of_means(means, [1.0] * 6, [200] * 6)
    fair = funnel_of_means(means, [1.0] * 6, [200] * 6, expected=[4.0] * 5 + [3.05])
    assert (raw.groups[-1], fair.groups[-1]) == (Group.CLEARLY_BELOW, Group.AS_EXPECTED)


def test_means_that_are_all_equal_are_undefined():
    assert funnel_of_means([4.0] * 6, [0.0] * 6, [30] * 6).undefined_because == "all outcomes are equal"


@pytest.mark.parametrize(
    "found",
    [
        funnel_of_shares([80, 82, 78, 81, 79], [100] * 5),
        funnel_of_durations([5.0, 5.1, 4.9, 5.2, 4.8], [1.0] * 5, [100] * 5),
        funnel_of_means([5.0, 5.1, 4.9, 5.2, 4.8], [1.0] * 5, [100] * 5),
    ],
    ids=["shares", "durations", "means"],
)
def test_the_curves_pass_through_the_limits_of_the_members(found):
    low, high = found.limits_at([100, 400])
    assert low[:, 0] == pytest.approx(found.low[:, 0])
    assert high[:, 0] == pytest.approx(found.high[:, 0])
    assert (high[:, 1] - low[:, 1] < high[:, 0] - low[:, 0]).all()


def test_there_are_no_curves_when_nobody_is_compared():
    low, high = funnel_of_shares([1, 2], [5, 5]).limits_at([10, 20])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


@pytest.mark.parametrize(
    ("scale", "values"),
    [(Scale.ARCSINE, [0.0, 0.25, 1.0]), (Scale.LOG, [1.0, 60.0]), (Scale.PLAIN, [-3.0, 4.2])],
)
def test_scales_go_there_and_back(scale, values):
    assert scale.back(scale.of(values)).tolist() == pytest.approx(values)


def test_a_share_never_leaves_its_ends():
    assert Scale.ARCSINE.back([-1.0, 9.0]).tolist() == [0.0, 1.0]


def test_members_that_all_differ_are_told_even_when_none_stands_out():
    n = np.full(10, 300)
    alike = funnel_of_shares([240, 243, 238, 241, 239, 236, 244, 240, 242, 237], n)
    apart = funnel_of_shares([150, 170, 190, 205, 220, 230, 245, 255, 270, 280], n)
    assert alike.spread_p_value > 0.5
    assert apart.spread_p_value < 1e-9
    assert set(apart.groups) == {Group.AS_EXPECTED}
    from scipy.stats import chi2

    assert apart.spread_p_value == pytest.approx(chi2.sf(10 * apart.dispersion, 9))


def test_one_member_that_stands_out_is_no_spread():
    found = funnel_of_shares([240, 243, 238, 241, 239, 236, 244, 240, 242, 150], np.full(10, 300))
    assert found.groups[-1] is Group.CLEARLY_BELOW
    assert found.spread_p_value > 0.01
