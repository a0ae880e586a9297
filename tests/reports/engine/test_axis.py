from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.axis import domain, linear, runs, spread, step_for, thin, ticks

numbers = st.floats(-1e12, 1e12)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (79, 96, [80, 85, 90, 95]),
        (0, 1, [0, 0.25, 0.5, 0.75, 1.0]),
        (0, 7, [0, 2, 4, 6]),
        (-30, 40, [-20, 0, 20, 40]),
        (5, 5, [5]),
        (0, 9_400_000, [0, 2_500_000, 5_000_000, 7_500_000]),
    ],
)
def test_ticks_are_round(low, high, expected):
    assert ticks(low, high) == expected


@given(numbers, st.floats(1e-6, 1e12))
@settings(max_examples=150)
def test_ticks_lie_inside_and_are_few(low, width):
    found = ticks(low, low + width)
    tolerance = width * 1e-6
    assert len(found) <= 6
    assert all(low - tolerance <= tick <= low + width + tolerance for tick in found)


@pytest.mark.parametrize(
    ("values", "zero", "expected"),
    [
        ([], False, (0.0, 1.0)),
        ([None, math.nan], False, (0.0, 1.0)),
        ([83.4, 93.0], False, (80.0, 95.0)),
        ([83.4, 93.0], True, (0.0, 100.0)),
        ([0.0, 0.0], False, (0.0, 0.6)),
        ([-4.0, 0.0], False, (-6.0, 0.0)),
        ([-5.0, -1.0], True, (-6.0, 0.0)),
    ],
)
def test_domain(values, zero, expected):
    assert domain(values, zero=zero) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([96.0, 99.5], (95.0, 100.0)),
        ([92.0, 100.0], (90.0, 100.0)),
        ([100.0, 100.0], (95.0, 100.0)),
        ([0.0, 0.0], (0.0, 0.6)),
        ([83.4, 93.0], (80.0, 95.0)),
        ([90.0, 104.0], (85.0, 104.0)),
    ],
)
def test_a_domain_ends_where_the_values_can(values, expected):
    assert domain(values, within=(0.0, 100.0)) == pytest.approx(expected)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.booleans(), st.integers(3, 6))
@settings(max_examples=150)
def test_no_tick_of_percent_lies_beyond_0_and_100(values, zero, count):
    low, high = domain(values, zero=zero, count=count, within=(0.0, 100.0))
    assert 0 <= low <= min(values) + 1e-9
    assert max(values) - 1e-9 <= high <= 100
    assert low < high
    assert all(0 <= tick <= 100 for tick in ticks(low, high, count))


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=20), st.booleans())
@settings(max_examples=150)
def test_the_domain_holds_every_value(values, zero):
    low, high = domain(values, zero=zero)
    assert low < high
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert all(low - slack <= value <= high + slack for value in values if value is not None)
    assert not zero or low - slack <= 0 <= high + slack


@given(st.floats(1e-9, 1e9), st.integers(1, 10))
@settings(max_examples=100)
def test_a_step_is_round_and_makes_no_more_parts_than_asked(width, count):
    step = step_for(0.0, width, count)
    assert width / step <= count + 1e-6
    lead = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert any(lead == pytest.approx(factor, rel=1e-6) for factor in (1, 2, 2.5, 5, 10))


@given(
    st.lists(st.tuples(st.floats(-50, 150), st.floats(0.5, 30)), max_size=8),
)
@settings(max_examples=200)
def test_spread_boxes_do_not_overlap_and_stay_inside(boxes):
    middles, sizes = [box[0] for box in boxes], [box[1] for box in boxes]
    placed = spread(middles, sizes, 0.0, 100.0)
    squeeze = min(1.0, 100.0 / sum(sizes)) if sizes else 1.0
    edges = sorted(
        (place - size * squeeze / 2, place + size * squeeze / 2) for place, size in zip(placed, sizes, strict=True)
    )
    assert all(after[0] >= before[1] - 1e-6 for before, after in zip(edges, edges[1:], strict=False))
    assert all(start >= -1e-6 and end <= 100 + 1e-6 for start, end in edges)


def test_spread_leaves_alone_what_does_not_touch():
    assert spread([10.0, 50.0, 90.0], [5.0, 5.0, 5.0], 0.0, 100.0) == [10.0, 50.0, 90.0]


@given(st.lists(st.floats(0.1, 40), min_size=1, max_size=20), st.floats(0, 10))
@settings(max_examples=100)
def test_thinned_labels_do_not_touch(widths, gap):
    starts = [10.0 * index for index in range(len(widths))]
    ends = [start + width for start, width in zip(starts, widths, strict=True)]
    kept = thin(starts, ends, gap)
    assert kept[0] == 0
    assert all(starts[after] - ends[before] >= gap for before, after in zip(kept, kept[1:], strict=False))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([None, None], []),
        ([1.0], [[0]]),
        ([None, 1.0, 2.0, math.nan, math.inf, 3.0], [[1, 2], [5]]),
    ],
)
def test_runs(values, expected):
    assert runs(values) == expected


def test_a_domain_without_width_maps_to_the_middle():
    assert linear(3, 3, 0, 10)(3) == 5
