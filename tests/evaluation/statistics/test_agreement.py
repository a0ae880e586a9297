"""Agreement of raters: published worked examples, brute-force pair counting, laws, and what is undefined."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from evaluation.statistics.agreement import (
    ONE_CLASS,
    ONE_RATER,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    weighted_kappa,
)
from evaluation.statistics.category_weights import agreement_weights

GAP = float("nan")

KRIPPENDORFF_2011 = np.array(
    [[1, 1, GAP, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1],
     [2, 2, 2, 2], [GAP, 5, 5, 5], [GAP, GAP, 1, 1], [GAP, GAP, 3, GAP]]
)  # fmt: skip
"""Krippendorff, Computing Krippendorff's alpha-reliability (2011), section C: four observers, twelve units, gaps.

The same ratings are the raw data of four raters in Gwet's handbook (2014) and of his package irrCAC.
"""

FLEISS_1971 = np.array(
    [[0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
     [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
     [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
     [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
     [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6]]
)  # fmt: skip
"""Fleiss (1971), table 1: 30 patients, six psychiatrists, five diagnoses; kappa is printed as 0.430."""

COHEN_1968 = ((88, 14, 18), (10, 40, 10), (2, 6, 12))
"""Cohen (1960, 1968): 200 patients, personality disorder, neurosis, psychosis; kappa 0.492, weighted 0.348."""

GWET_ABSTRACTORS = ((13, 0, 0), (0, 20, 7), (0, 4, 56))
"""Gwet (2014): two abstractors, 100 pregnancies; kappa 0.796, AC1 0.849, AC2 0.900, 0.925, 0.940."""


def pairs_of(table):
    return np.array([(i + 1, j + 1) for i, row in enumerate(table) for j, many in enumerate(row) for _ in range(many)])


@pytest.mark.parametrize(
    ("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_own_example(level, printed):
    agreement = krippendorff_alpha(KRIPPENDORFF_2011, level=level)
    assert round(agreement.value, 3) == printed
    assert agreement.units == 11  # the twelfth was rated once


def test_fleiss_own_example():
    assert round(fleiss_kappa(FLEISS_1971).value, 3) == 0.430


def test_cohens_own_examples():
    one, two = pairs_of(COHEN_1968).T
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert round(cohen_kappa(one, two).value, 3) == 0.492
    assert round(weighted_kappa(one, two, weights=1 - disagreement / 6).value, 3) == 0.348


@pytest.mark.parametrize(
    ("weights", "printed"), [("identity", 0.849), ("linear", 0.900), ("ordinal", 0.925), ("quadratic", 0.940)]
)
def test_gwets_own_example_for_two_raters(weights, printed):
    assert round(gwet_ac(pairs_of(GWET_ABSTRACTORS), weights=weights).value, 3) == printed


def test_gwets_own_example_with_gaps():
    assert round(percent_agreement(KRIPPENDORFF_2011).value, 7) == 0.8181818
    ac1 = gwet_ac(KRIPPENDORFF_2011)
    assert (round(ac1.value, 5), round(ac1.expected, 7)) == (0.77544, 0.1903212)


def test_kappa_of_gwets_abstractors():
    assert round(cohen_kappa(*pairs_of(GWET_ABSTRACTORS).T).value, 7) == 0.7964094


tables = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, GAP]), min_size=raters, max_size=raters),
        min_size=1, max_size=8,
    )
)  # fmt: skip


def alpha_by_pairs(table, distance):
    """Every pair of ratings by hand: within units, each unit weighing as many as it has ratings; then all."""
    units = [[value for value in row if value == value] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    within = sum(sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    across = sum(distance(a, b) for a, b in permutations(values, 2))
    observed, expected = within / len(values), across / (len(values) * (len(values) - 1))
    return 1 - observed / expected


@settings(max_examples=60, deadline=None)
@given(tables)
def test_alpha_is_what_counting_pairs_gives(table):
    distances = {
        "nominal": lambda a, b: float(a != b),
        "interval": lambda a, b: (a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2,
    }
    for level, distance in distances.items():
        agreement = krippendorff_alpha(table, level=level)
        if agreement.is_defined:
            assert agreement.value == pytest.approx(alpha_by_pairs(table, distance))


@settings(max_examples=60, deadline=None)
@given(tables)
def test_percent_agreement_is_what_counting_pairs_gives(table):
    units = [[value for value in row if value == value] for row in table]
    shares = [np.mean([a == b for a, b in combinations(unit, 2)]) for unit in units if len(unit) > 1]
    agreement = percent_agreement(table)
    assert agreement.is_defined == (len(shares) > 0)
    if shares:
        assert agreement.value == pytest.approx(np.mean(shares))
        assert agreement.units == len(shares)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=12))
def test_two_raters_in_scikit_learn_and_by_hand(pairs):
    one, two = zip(*pairs, strict=True)
    for name, weights in {"identity": None, "linear": "linear", "quadratic": "quadratic"}.items():
        found = weighted_kappa(one, two, weights=name, scale=[1, 2, 3, 4, 5])
        if not found.is_defined:
            assert len({*one, *two}) == 1
            continue
        assert found.value == pytest.approx(
            cohen_kappa_score(one, two, weights=weights, labels=[1, 2, 3, 4, 5]), abs=1e-9
        )
        power = {"identity": 0, "linear": 1, "quadratic": 2}[name]
        apart = [[abs(a - b) ** power * (a != b) for b in two] for a in one]
        assert found.value == pytest.approx(1 - np.mean(np.diag(apart)) / np.mean(apart), abs=1e-9)


def test_weighted_kappa_is_that_of_statsmodels():
    one, two = pairs_of(COHEN_1968).T
    disagreement = (1 - agreement_weights(np.array([1.0, 2.0, 3.0]), "linear")) * 2
    found = weighted_kappa(one, two, weights=1 - disagreement)
    assert found.value == pytest.approx(cohens_kappa(COHEN_1968, weights=disagreement, return_results=False), rel=1e-14)


@settings(max_examples=40, deadline=None)
@given(tables, st.permutations(range(8)))
def test_neither_the_order_of_units_nor_of_raters_matters(table, order):
    shuffled = [table[place][::-1] for place in order if place < len(table)]
    for coefficient in (percent_agreement, gwet_ac, lambda rows: krippendorff_alpha(rows, level="ordinal")):
        one, other = coefficient(table), coefficient(shuffled)
        assert one.undefined_because == other.undefined_because
        if one.is_defined:
            assert one.value == pytest.approx(other.value)


@settings(max_examples=30, deadline=None)
@given(tables)
def test_full_agreement_is_one_or_undefined(table):
    same = [[row[0] if value == value else GAP for value in row] for row in table]
    for level in ("nominal", "ordinal", "interval", "ratio"):
        agreement = krippendorff_alpha(same, level=level)
        assert agreement.value == pytest.approx(1.0) if agreement.is_defined else agreement.undefined_because


def test_points_that_nobody_used_are_the_callers_choice():
    one, two = [1, 1, 5, 3, 5], [1, 3, 5, 3, 3]
    scale = [1, 2, 3, 4, 5]
    counted = weighted_kappa(one, two, weights="ordinal", scale=scale)
    dropped = weighted_kappa(one, two, weights="ordinal", scale=scale, unused="dropped")
    assert counted.value != pytest.approx(dropped.value)
    uneven = [1, 1, 4, 5, 5], [1, 4, 5, 5, 4]
    seen_only = weighted_kappa(*uneven, weights="linear", scale=scale, unused="dropped")
    assert seen_only.value == pytest.approx(cohen_kappa_score(*uneven, weights="linear"))
    assert weighted_kappa(*uneven, weights="linear").value == pytest.approx(
        cohen_kappa_score(*uneven, weights="linear", labels=scale)
    )
    ratings = np.column_stack([one, two])
    assert gwet_ac(ratings, scale=scale).value > gwet_ac(ratings, scale=scale, unused="dropped").value


@pytest.mark.parametrize(
    ("agreement", "because"),
    [
        (lambda: percent_agreement([]), "no unit was rated by two raters"),
        (lambda: percent_agreement([[1, GAP], [GAP, 2]]), "no unit was rated by two raters"),
        (lambda: percent_agreement([[1], [2]]), ONE_RATER),
        (lambda: krippendorff_alpha([[1, GAP], [2, GAP]], level="nominal"), ONE_RATER),
        (lambda: krippendorff_alpha([[3, 3], [3, 3]], level="interval"), ONE_CLASS),
        (lambda: krippendorff_alpha([[3, 3], [4, GAP]], level="interval"), ONE_CLASS),
        (lambda: krippendorff_alpha([[GAP, GAP]], level="ratio"), "no unit was rated by two raters"),
        (lambda: cohen_kappa([1, 1], [1, 1]), ONE_CLASS),
        (lambda: cohen_kappa([1, GAP], [GAP, 1]), "no unit was rated by two raters"),
        (lambda: weighted_kappa([], []), "no unit was rated by two raters"),
        (lambda: weighted_kappa([2, 2], [2, 2], scale=[1, 2, 3]), ONE_CLASS),
        (lambda: fleiss_kappa([[1, 0], [0, 1]]), ONE_RATER),
        (lambda: fleiss_kappa([[3, 0], [3, 0]]), ONE_CLASS),
        (lambda: fleiss_kappa([]), "no unit was rated by two raters"),
        (lambda: gwet_ac([[1, 1], [1, 1]]), ONE_CLASS),
        (lambda: gwet_ac([[1, GAP], [2, GAP]]), ONE_RATER),
    ],
)
def test_what_is_not_defined_says_why_and_is_no_number(agreement, because):
    found = agreement()
    assert (found.value, found.undefined_because) == (None, because)


def test_one_class_of_a_scale_is_defined_for_gwet_only():
    assert gwet_ac([[1, 1], [1, 1]], scale=[1, 2, 3]).value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: weighted_kappa([1, 2], [1]), "both raters rate the same units"),
        (lambda: weighted_kappa([1, 9], [1, 2], scale=[1, 2, 3]), "rating 9 is not on the scale"),
        (lambda: fleiss_kappa([[2, 0], [1, 2]]), "use krippendorff_alpha or gwet_ac"),
        (lambda: krippendorff_alpha([[-1, 1], [1, 1]], level="ratio"), "no negative ratings"),
        (lambda: percent_agreement([[1, float("inf")]]), "infinite"),
        (lambda: agreement_weights(np.array([1.0, 2.0]), [[1]]), "2 points need"),
    ],
)
def test_wrong_input_is_refused(call, found):
    with pytest.raises(ValueError, match=found):
        call()
