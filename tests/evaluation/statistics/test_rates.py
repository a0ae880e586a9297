"""Intervals of counted events against Garwood's published table and scipy's chi-square quantiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluation.statistics.rates import count_bounds


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (20, 12.217, 30.888)],
)
def test_published_limits(events, low, high):
    found = [float(bound[0]) for bound in count_bounds([events])]
    assert found == pytest.approx([low, high], abs=6e-4)


@given(st.integers(0, 100_000))
def test_both_ends_are_those_of_chi_square(events):
    low, high = (float(bound) for bound in count_bounds(events))
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * events + 2) / 2, rel=1e-9)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0, rel=1e-9)
    assert low <= events < high


def test_no_count_has_no_interval():
    assert all(np.isnan(bound).all() for bound in count_bounds([np.nan]))
