"""Sizes of samples against published examples, and the seeded draw against its laws."""

from collections import Counter
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from evaluation.statistics.sampling import (
    allocate,
    allocate_at_random,
    draw,
    size_for_mean,
    size_for_share,
    sizes_by_stratum,
)

TWO = float(ndtri(0.975)) / 2
"""Cochran rounds the normal deviate up to 2; a half-width that is smaller by this needs as many."""


@pytest.mark.parametrize(("population", "printed"), [(100, 80), (1000, 278), (5000, 357), (10_000, 370)])
def test_shares_of_krejcie_and_morgan(population, printed):
    """R. V. Krejcie, D. W. Morgan, Determining sample size for research activities (1970), table 1."""
    assert size_for_share(population, 0.05).drawn == printed


def test_cochrans_island():
    """Cochran (1977), 4.4: 3,200 islanders, 5 points, one chance in twenty: 400, corrected 356."""
    size = size_for_share(3_200, 0.05 * TWO)
    assert (size.needed, size.drawn) == (400, 356)


def test_cochrans_nursery_beds():
    """Cochran (1977), 4.6: 430 beds, variance 85.6, mean 19, within a tenth: 95, corrected 78."""
    size = size_for_mean(430, 1.9 * TWO, deviation=85.6**0.5)
    assert (size.needed, size.drawn) == (95, 78)


@pytest.mark.parametrize("population", [0, 1, 7, 30])
def test_fewer_than_needed_is_all_of_them(population):
    size = size_for_share(population, 0.01)
    assert (size.drawn, size.is_all) == (population, True)


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from([0.02, 0.05, 0.1]))
@settings(max_examples=50, deadline=None)
def test_more_to_draw_from_never_needs_fewer(one, other, half_width):
    small, large = sorted([one, other])
    for size in (
        lambda n, e: size_for_share(n, e).drawn,
        lambda n, e: size_for_mean(n, e, deviation=0.3).drawn,
    ):
        assert size(small, half_width) <= size(large, half_width) <= size(large, half_width / 2)
        assert 1 <= size(small, half_width) <= small


def test_a_drawn_sample_reaches_the_wanted_half_width():
    """The other way round: the finite-population standard error of the size that was given."""
    population, wanted = 900, 0.04
    n = size_for_share(population, wanted).drawn

    def half_width(size):
        return float(ndtri(0.975)) * (0.25 / size * (population - size) / (population - 1)) ** 0.5

    assert half_width(n) <= wanted < half_width(n - 1)


def test_strata_are_sized_each_on_its_own():
    sizes = sizes_by_stratum({"b": 4_000, "a": 20, "none": 0}, 0.1)
    assert {name: (size.drawn, size.is_all) for name, size in sizes.items()} == {
        "a": (17, False), "b": (94, False), "none": (0, True),
    }  # fmt: skip
    scores = sizes_by_stratum({"a": 20}, 0.02, deviation=0.1)
    assert scores["a"] == size_for_mean(20, 0.02, deviation=0.1)


populations = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 300), min_size=1)


@given(st.integers(0, 600), populations)
@settings(max_examples=60, deadline=None)
def test_a_total_is_shared_out_whole(total, strata):
    shares = allocate(total, strata)
    assert sum(shares.values()) == min(total, sum(strata.values()))
    for name, share in shares.items():
        assert 0 <= share <= strata[name]
        if total < sum(strata.values()):
            assert abs(share - total * strata[name] / sum(strata.values())) < 1


cases = st.dictionaries(st.integers(0, 400).map("t:{}".format), st.sampled_from(["mail", "chat", "call"]), min_size=1)


@given(cases, st.integers(0, 20), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_same_seed_and_population_give_the_same_draw(population, size, shuffler):
    shuffled = list(population.items())
    shuffler.shuffle(shuffled)
    sizes = {"mail": size, "chat": 3}
    drawn = draw(population, sizes, seed="2026-Q3")
    assert drawn == draw(dict(shuffled), dict(reversed(sizes.items())), seed="2026-Q3")
    counted = Counter(population.values())
    assert {name: len(ids) for name, ids in drawn.items()} == {
        name: min(wanted, counted[name]) for name, wanted in sizes.items()
    }
    assert all(population[case] == name for name, ids in drawn.items() for case in ids)
    assert all(len(set(ids)) == len(ids) for ids in drawn.values())


def test_another_seed_draws_others_and_a_larger_size_adds():
    population = {f"t:{number}": "mail" for number in range(500)}
    drawn = draw(population, {"mail": 50}, seed="2026-Q3")["mail"]
    assert set(drawn) != set(draw(population, {"mail": 50}, seed="2026-Q4")["mail"])
    assert draw(population, {"mail": 60}, seed="2026-Q3")["mail"][:50] == drawn
    smaller = {case: stratum for case, stratum in population.items() if case != drawn[0]}
    assert set(drawn[1:]) <= set(draw(smaller, {"mail": 50}, seed="2026-Q3")["mail"])


def test_every_case_has_the_same_chance():
    population = {f"t:{number}": "mail" for number in range(20)}
    drawn = Counter(
        case for number in range(2000) for case in draw(population, {"mail": 5}, seed=f"run {number}")["mail"]
    )
    # 500 are expected of each; 4.5 standard deviations of the binomial
    assert all(abs(drawn[case] - 500) < 4.5 * (2000 * 0.25 * 0.75) ** 0.5 for case in population)


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: size_for_share(100, 5), "0.05 for five percentage points"),
        (lambda: size_for_share(100, 0.05, expected=1), "nothing to find out"),
        (lambda: size_for_share(-1, 0.05), "below nothing"),
        (lambda: size_for_mean(100, 0, deviation=1), "must be finite and above 0"),
        (lambda: allocate(-1, {"a": 3}), "fewer than nothing"),
        (lambda: draw({"t:1": "a"}, {"a": -1}, seed="x"), "fewer than nothing"),
    ],
)
def test_wrong_input_is_refused(call, found):
    with pytest.raises(ValueError, match=found):
        call()


POPULATIONS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 60), min_size=1, max_size=8)


@given(POPULATIONS, st.integers(0, 100), st.text(max_size=5))
def test_a_random_share_is_the_exact_one_rounded_down_or_up(populations, total, seed):
    sizes, whole = allocate_at_random(total, populations, seed=seed), sum(populations.values())
    assert sum(sizes.values()) == min(total, whole)
    for name, size in sizes.items():
        exact = Fraction(min(total, whole) * populations[name], max(whole, 1))
        assert floor(exact) <= size <= ceil(exact)
        assert size <= populations[name]


@given(POPULATIONS, st.integers(0, 100), st.text(max_size=5))
def test_neighbouring_strata_are_in_proportion_together(populations, total, seed):
    """Channel by channel too, when the strata are topics within channels."""
    sizes, whole = allocate_at_random(total, populations, seed=seed), sum(populations.values())
    names = sorted(populations)
    for end in range(len(names)):
        exact = Fraction(min(total, whole) * sum(populations[name] for name in names[: end + 1]), max(whole, 1))
        assert abs(sum(sizes[name] for name in names[: end + 1]) - exact) <= 1


def test_every_case_has_the_same_chance_whatever_its_stratum():
    """Five of a hundred: over many seeds each stratum gives its share, which largest remainders never would."""
    populations = {"a": 61, "b": 30, "c": 6, "d": 3}
    drawn = Counter()
    for number in range(4000):
        drawn.update(allocate_at_random(5, populations, seed=f"seed {number}"))
    for name, size in populations.items():
        assert drawn[name] / 4000 == pytest.approx(5 * size / 100, abs=0.03)
    assert allocate(5, populations)["d"] == 0


def test_a_random_share_of_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="fewer than nothing"):
        allocate_at_random(-1, {"a": 1}, seed="x")
