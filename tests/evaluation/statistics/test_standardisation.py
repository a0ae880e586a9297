"""Indirect standardisation: by hand, against a plain second way, and a mix that explains everything."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.standardisation import standardise

CASES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", "z"]), st.sampled_from([0, 1])),
    min_size=1,
    max_size=50,
)


def test_worked_by_hand():
    # easy cases 3 of 4, hard ones 1 of 4; a has one easy and three hard, b the reverse
    members = ["a"] * 4 + ["b"] * 4
    strata = ["easy", "hard", "hard", "hard", "easy", "easy", "easy", "hard"]
    outcomes = [1, 0, 0, 1, 1, 1, 0, 0]
    found = standardise(members, strata, outcomes)
    assert found["a"].expected == pytest.approx((0.75 + 3 * 0.25) / 4)
    assert found["b"].expected == pytest.approx((3 * 0.75 + 0.25) / 4)
    assert found["a"].adjusted == pytest.approx(0.5 / 0.375 * 0.5)
    assert (found["a"].observed, found["b"].observed) == (0.5, 0.5)


@given(CASES)
@settings(max_examples=100, deadline=None)
def test_agrees_with_a_plain_group_by(cases):
    frame = pd.DataFrame(cases, columns=["member", "stratum", "outcome"])
    frame["expected"] = frame.groupby("stratum")["outcome"].transform("mean")
    plain = frame.groupby("member").agg(n=("outcome", "size"), o=("outcome", "mean"), e=("expected", "mean"))
    found = standardise(frame["member"].tolist(), frame["stratum"].tolist(), frame["outcome"])
    assert list(found) == list(plain.index)
    for name, row in plain.iterrows():
        assert (found[name].n, found[name].observed, found[name].expected) == (
            row.n,
            pytest.approx(row.o),
            pytest.approx(row.e),
        )
    assert sum(one.n * (one.observed - one.expected) for one in found.values()) == pytest.approx(0, abs=1e-9)


def test_a_mix_that_explains_everything_leaves_no_difference():
    rng = np.random.default_rng(4)
    strata = rng.choice(["easy", "hard"], 4000)
    members = np.where(rng.random(4000) < np.where(strata == "easy", 0.8, 0.2), "a", "b")
    outcomes = rng.random(4000) < np.where(strata == "easy", 0.9, 0.4)
    found = standardise(members.tolist(), strata.tolist(), outcomes)
    assert found["a"].observed - found["b"].observed > 0.25
    assert abs(found["a"].adjusted - found["b"].adjusted) < 0.05


def test_small_strata_are_taken_together():
    found = standardise(["a", "b", "b"], ["p", "q", "r"], [1, 0, 1], smallest_stratum=2)
    assert found["a"].expected == pytest.approx(2 / 3)


def test_nothing_is_nothing():
    assert standardise([], [], []) == {}


def test_nothing_expected_has_no_adjusted_figure():
    assert standardise(["a"], ["x"], [0])["a"].adjusted is None


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="one for each"):
        standardise(["a"], [], [1])
