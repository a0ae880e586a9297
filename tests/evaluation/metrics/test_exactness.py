"""Sums and order statistics by cell are those of plain Python and of sorting, to the last digit."""

import random
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import DataError
from evaluation.metrics import ordering, summing
from evaluation.metrics.cells import Members
from evaluation.metrics.counting import Job, counted
from evaluation.metrics.ordering import Amounts
from evaluation.metrics.placing import Spread
from evaluation.metrics.streaming import Rows
from evaluation.metrics.summing import (
    Totals,
    bits_of,
    crossed,
    in_parts,
    part_for,
    product,
    valued,
    whole,
)
from evaluation.statistics.intervals import quantile_ranks

RUNS = (*((n, n + 1) for n in range(5)), (0, 3), (3, 6), (1, 5))
SPREAD = Spread(6, RUNS)


def amounts_of(kind, count, rng):
    if kind == "many zeros, some missing":
        values = np.exp(rng.normal(8, 2, count))
        values[rng.random(count) < 0.3] = 0
        values[rng.random(count) < 0.1] = np.nan
        return values
    return np.round(rng.normal(0, 5, count)) if kind == "few whole numbers" else rng.normal(0, 5, count)


@pytest.mark.parametrize("kind", ["many zeros, some missing", "few whole numbers", "below zero"])
@pytest.mark.parametrize("count", [0, 80, 20_000])
@pytest.mark.parametrize("members", [3, 300])
@pytest.mark.parametrize("bounds", [[], [-2.0, 0.0, 1.0, 5.0, 1e9]])
def test_order_statistics_are_those_of_sorting(kind, count, members, bounds):
    rng = np.random.default_rng(20261121)
    values, member, span = amounts_of(kind, count, rng), rng.integers(0, 3, count), rng.integers(0, 7, count)
    codes = np.stack([0 * member, member]).astype(np.min_scalar_type(members))
    bounds = np.array(bounds)
    blocks = [slice(start, start + 7_001) for start in range(0, count, 7_001)]
    spans = np.where(np.isnan(values), SPREAD.spans, span)
    amounts = [Amounts(values[own], codes[:, own]).apart(spans[own], SPREAD.spans, bounds) for own in blocks]
    found = ordering.order_statistics(amounts, [1, members], SPREAD)
    for axis, who in [(0, 0), (1, 0), (1, 1), (1, 2)]:
        is_own = (member == who) | (axis == 0)
        for slot, (first, after) in enumerate(RUNS):
            own = values[is_own & (span >= first) & (span < after)]
            expected = sorted(own[~np.isnan(own)].tolist())
            check(expected, {name: each[who, slot] for name, each in found[axis].items()})


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.floats(1, 1 + 1e-9) | st.integers(-3, 3)))
def test_numbers_of_any_size_are_put_in_order(numbers):
    values = np.array(numbers, dtype=np.float64)
    assert values[ordering.ascending(values)].tolist() == sorted(numbers)


def check(expected, found):
    if not expected:
        assert all(np.isnan(value) for value in found.values())
        return
    assert found["min"] == expected[0]
    for name, fraction in ordering.QUANTILES.items():
        assert found[name] == pytest.approx(np.quantile(expected, fraction), rel=1e-12, abs=1e-12)
        low, high = (int(rank[0]) for rank in quantile_ranks([len(expected)], fraction))
        if low and high:
            assert (found[f"{name}_low"], found[f"{name}_high"]) == (expected[low - 1], expected[high - 1])
        else:
            assert np.isnan(found[f"{name}_low"])
            assert np.isnan(found[f"{name}_high"])


@pytest.mark.parametrize("largest", [3.0, 90.0, 86_400.0, 4e6, 3.2e9, 1e12])
@pytest.mark.parametrize("rows", [600, 10_000_000, 1 << 40])
def test_sums_and_squares_are_exact_whatever_the_order(largest, rows):
    random_ = random.Random(7)
    amounts = [random_.uniform(-largest / 9, largest) for _ in range(500)] + [largest]
    expected = [Fraction(round(amount * 1000)) for amount in amounts]
    sums, part, bits = set(), part_for(rows), bits_of(max(map(abs, amounts)), 1000)
    for _ in range(2):
        random_.shuffle(amounts)
        numbers = whole(np.array(amounts), 1000, where=np.ones(len(amounts), dtype=bool))
        totals = Totals(1)
        at = np.zeros(len(amounts), dtype=np.int64)
        totals.add("sum", at, in_parts(numbers, bits, part))
        totals.add("squares", at, product(numbers, numbers, bits, part))
        exact = {"sum": 0, "squares": 0}
        for name, power, part in totals.items():
            exact[name] += int(part[0]) << power
        assert exact == {"sum": sum(expected), "squares": sum(each**2 for each in expected)}
        parts = [(power, part) for name, power, part in totals.items() if name == "squares"]
        sums.add(float(valued(parts, 1000.0**2)[0]))
    assert len(sums) == 1
    assert sums.pop() == pytest.approx(float(sum(each**2 for each in expected)) / 1000**2, rel=1e-15)


def test_dimensions_that_are_counted_together_have_what_each_has_alone(monkeypatch):
    rng = np.random.default_rng(20261122)

    def block(rows):
        wait = np.round(rng.lognormal(8, 2, rows), 3)
        return {"span": rng.integers(0, 7, rows).astype(np.uint8), "told": rng.integers(0, 7, rows).astype(np.uint8),
                "wait": wait, "weight": rng.random(rows) + 0.5, "team": rng.integers(0, 4, rows).astype(np.uint8),
                "channel": rng.integers(0, 3, rows).astype(np.uint8)}  # fmt: skip

    rows = Rows([block(4_000), block(3_001)], {"team": list("abcd"), "channel": list("xyz")})
    axes = summing.axes_of(rows, {"team": ("team",), "channel": ("channel",), "team+channel": ("team", "channel")})
    jobs = [
        Job("span", "told", axes, amount="wait", is_ordered=True, has_shortest=True),
        Job("span", "told", axes, amount="wait", weight="weight"),
        Job("span", "told", axes, is_share=True),
    ]
    members = Members()
    together = counted(rows, jobs, SPREAD, members)
    assert [len(one.axes) for one in crossed(axes[1:], 7, 7_001)] == [2, 1]
    monkeypatch.setattr(summing, "_CELLS", 1)
    assert [len(one.axes) for one in crossed(axes[1:], 7, 7_001)] == [1, 1, 1]
    for one, other in zip(together, counted(rows, jobs, SPREAD, members), strict=True):
        np.testing.assert_equal(one, other)
        assert {members.dimensions[number] for number in one["member"]} == {"all", "team", "channel", "team+channel"}


@pytest.mark.parametrize(("wait", "weight", "named"), [
    (1e40, None, "1e+40 is too large"), (1.2e15, None, "1.2e+15 is too large"), (1e9, 1e3, "1e+09 times 1000 is too"),
    (5.0, np.nan, "5 times nan is too large"), (5.0, np.inf, "5 times inf is too large"),
])  # fmt: skip
def test_numbers_that_cannot_be_added_up_exactly_are_refused(wait, weight, named):
    block = {"span": np.zeros(2, dtype=np.uint8), "told": np.array([1, 0], dtype=np.uint8),
             "wait": np.array([wait, np.nan]), "weight": np.array([weight or 1.0, 1.0])}  # fmt: skip
    rows = Rows([block], {})
    job = Job("span", "told", summing.axes_of(rows, {}), amount="wait", weight=weight and "weight", metric_id="own_one")
    with pytest.raises(DataError, match=re.escape(named)) as refused:
        counted(rows, [job], SPREAD, Members())
    assert refused.value.where == "metric own_one"


def test_frequencies_give_what_the_values_give():
    own = dict(ordering.of_frequencies(np.array([0, 0, 2]), np.array([1, 4, 2]), np.array([20, 20, 1]), 3))
    expected = [1] * 20 + [4] * 20
    check(expected, {name: values[0] for name, values in own.items()})
    check([], {name: values[1] for name, values in own.items()})
    check([2], {name: values[2] for name, values in own.items()})
