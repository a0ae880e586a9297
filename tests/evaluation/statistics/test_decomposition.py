"""Kitagawa's decomposition: a published example, exact sums, and segments that come and go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.decomposition import Cases, decompose, decompose_two

COUNTS = st.tuples(st.integers(0, 200), st.floats(0, 1)).map(lambda pair: Cases(n=pair[0], total=pair[0] * pair[1]))
PERIODS = st.dictionaries(st.sampled_from("abcdef"), COUNTS, min_size=1, max_size=6)
CELLS = st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), COUNTS, min_size=1, max_size=6)


def total(period):
    return sum(c.total for c in period.values()) / sum(c.n for c in period.values())


# P. Das Gupta, Standardization and Decomposition of Rates (1993), example 5.1: household headship rates
# per 100 by age, United States, 1970 and 1985 (per cent of the population, rate)
HEADS_1970 = [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9], [
    1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8]  # fmt: skip
HEADS_1985 = [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5], [
    2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2]  # fmt: skip
# the same, example 5.3: death rates per 1,000 by race and age, United States (people in thousands, rate)
DEATHS_1985 = [
    3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472,
    707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236,
], [
    9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570,
    17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161,
]  # fmt: skip
DEATHS_1970 = [
    2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315,
    535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117,
], [
    18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837,
    36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205,
]  # fmt: skip


def segments(sizes_and_rates, keys):
    return {k: Cases(n=n, total=n * r) for k, n, r in zip(keys, *sizes_and_rates, strict=True)}


def test_household_heads_of_das_gupta():
    ages = [f"{age:02}" for age in range(13)]
    found = decompose(segments(HEADS_1970, ages), segments(HEADS_1985, ages))
    assert (round(found.change, 4), round(found.mix, 4), round(found.rate, 4)) == (2.9672, 1.2269, 1.7403)


def test_death_rates_by_race_and_age_of_das_gupta():
    cells = [(race, f"{age:02}") for race in ("one", "other") for age in range(11)]
    found = decompose_two(segments(DEATHS_1970, cells), segments(DEATHS_1985, cells))
    published = (-0.6862158, 0.0197749, 1.5217347, -2.2277254)
    assert (found.change, found.first, found.second, found.rate) == pytest.approx(published, abs=5e-8)


def test_worked_by_hand():
    found = decompose(
        {"chat": Cases(n=60, total=54), "email": Cases(n=40, total=20)},
        {"chat": Cases(n=30, total=24), "email": Cases(n=70, total=42)},
    )
    # totals 0.74 and 0.66; chat 0.6 -> 0.3 at 0.9 -> 0.8, email 0.4 -> 0.7 at 0.5 -> 0.6
    chat, email = found.segments["chat"], found.segments["email"]
    assert (chat.mix, chat.rate) == (pytest.approx(-0.3 * (0.85 - 0.70)), pytest.approx(0.45 * -0.1))
    assert (email.mix, email.rate) == (pytest.approx(0.3 * (0.55 - 0.70)), pytest.approx(0.55 * 0.1))
    assert found.change == pytest.approx(-0.08)
    assert (found.mix, found.rate) == (pytest.approx(-0.09), pytest.approx(0.01))


@given(PERIODS, PERIODS)
@settings(max_examples=150, deadline=None)
def test_parts_add_up_to_the_change(before, now):
    found = decompose(before, now)
    if min(sum(c.n for c in period.values()) for period in (before, now)) == 0:
        assert found.undefined_because is not None
        return
    assert found.change == pytest.approx(total(now) - total(before), abs=1e-12)
    assert sum(part.whole for part in found.segments.values()) == pytest.approx(found.change, abs=1e-12)


@given(CELLS, CELLS, st.sampled_from(["nested", "flat"]))
@settings(max_examples=150, deadline=None)
def test_three_parts_add_up_to_the_change(before, now, split):
    if min(sum(c.n for c in period.values()) for period in (before, now)) == 0:
        return
    found = decompose_two(before, now, split=split)
    assert found.first + found.second + found.rate == pytest.approx(total(now) - total(before), abs=1e-12)


@given(CELLS, CELLS)
@settings(max_examples=100, deadline=None)
def test_the_flat_split_does_not_depend_on_the_order_of_traits(before, now):
    if min(sum(c.n for c in period.values()) for period in (before, now)) == 0:
        return
    turned = decompose_two({k[::-1]: c for k, c in before.items()}, {k[::-1]: c for k, c in now.items()})
    found = decompose_two(before, now)
    assert (turned.second, turned.first) == (
        pytest.approx(found.first, abs=1e-12),
        pytest.approx(found.second, abs=1e-12),
    )


def test_nested_depends_on_the_order_and_puts_all_of_a_moved_first_trait_there():
    before = {("day", "chat"): Cases(n=40, total=40), ("night", "email"): Cases(n=60, total=0)}
    now = {("day", "chat"): Cases(n=70, total=70), ("night", "email"): Cases(n=30, total=0)}
    nested = decompose_two(before, now, split="nested")
    assert (nested.first, nested.second, nested.rate) == (pytest.approx(0.3), pytest.approx(0), pytest.approx(0))
    both = decompose_two(before, now)  # the traits say the same, so they share it
    assert (both.first, both.second) == (pytest.approx(0.15), pytest.approx(0.15))


def test_a_segment_that_is_new_is_all_mix():
    found = decompose({"email": Cases(n=10, total=5)}, {"email": Cases(n=10, total=5), "chat": Cases(n=10, total=10)})
    assert found.rate == 0
    assert found.mix == pytest.approx(found.change) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("before", "now", "because"),
    [
        ({}, {"a": Cases(n=1, total=1)}, "there are no cases in the earlier period"),
        ({"a": Cases(n=1, total=1)}, {"a": Cases(n=0, total=0)}, "there are no cases now"),
    ],
)
def test_nothing_to_compare_is_undefined(before, now, because):
    assert decompose(before, now).undefined_because == because


def test_an_amount_without_cases_is_refused():
    with pytest.raises(ValueError, match="count its cases again"):
        decompose({"a": Cases(n=0, total=3)}, {"a": Cases(n=1, total=1)})
