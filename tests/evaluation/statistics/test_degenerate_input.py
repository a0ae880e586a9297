"""Degenerate input never lies: every public function says "undefined, because …" or refuses; no NaN stands for a fact.

One row is one function and one input that has no honest answer, or an answer that is easily got wrong.
"""

import math
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from evaluation.statistics.agreement import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    weighted_kappa,
)
from evaluation.statistics.assurance import assurance
from evaluation.statistics.case_mix import against_others, case_mix
from evaluation.statistics.category_weights import agreement_weights, categories_of
from evaluation.statistics.change import (
    Estimate,
    benjamini_hochberg,
    difference_by_moving_range,
    difference_of_counts,
    difference_of_intervals,
    difference_of_means,
    dispersion_of_counts,
)
from evaluation.statistics.clusters import clustered_mean_interval
from evaluation.statistics.decomposition import Cases, decompose, decompose_two
from evaluation.statistics.effect import log_change_of_counts, log_change_of_durations
from evaluation.statistics.erlang import (
    blocking_probability,
    expected_service_level,
    expected_speed_of_answer,
    staffing,
    waiting_probability,
)
from evaluation.statistics.forecast import back_test, fit_damped_trend, forecast, forecast_mean
from evaluation.statistics.funnel import (
    dispersion,
    funnel_of_durations,
    funnel_of_means,
    funnel_of_shares,
    variance_between,
)
from evaluation.statistics.intervals import (
    effective_size,
    mean_bounds,
    mean_interval,
    nps_bounds,
    nps_interval,
    quantile_interval,
    quantile_ranks,
    smallest_sample,
    wilson_bounds,
    wilson_interval,
)
from evaluation.statistics.process_chart import Signal, is_moving, process_chart, process_limits
from evaluation.statistics.rates import count_bounds
from evaluation.statistics.sampling import (
    allocate,
    allocate_at_random,
    draw,
    size_for_mean,
    size_for_share,
    sizes_by_stratum,
)
from evaluation.statistics.shift import hodges_lehmann
from evaluation.statistics.standardisation import standardise
from evaluation.statistics.survival import kaplan_meier, survival_quantile

NAN, INF = math.nan, math.inf
SEEN = Estimate(0.5, 0.4, 0.6, 100)
EIGHT = [10.0, 12.0, 11.0, 13.0, 12.0, 14.0, 13.0, 15.0]


def estimate(value=0.5, low=0.4, high=0.6, n=100):
    return Estimate(value, low, high, n)


def numbers_in(found):
    """Every number of a result, however deep."""
    if isinstance(found, bool | str) or found is None:
        return
    if isinstance(found, int | float | np.floating | np.integer):
        yield float(found)
    elif isinstance(found, np.ndarray):
        yield from (float(number) for number in found.ravel())
    elif is_dataclass(found):
        for field in fields(found):
            yield from numbers_in(getattr(found, field.name))
    else:
        for item in found.values() if hasattr(found, "values") else found:
            yield from numbers_in(item)


UNDEFINED = {
    "percent agreement: no ratings": (lambda: percent_agreement([]), "no unit was rated"),
    "percent agreement: one rater": (lambda: percent_agreement([[1], [2]]), "one rater only"),
    "percent agreement: gaps alone": (lambda: percent_agreement([[NAN, NAN]]), "no unit was rated"),
    "kappa: no ratings": (lambda: cohen_kappa([], []), "no unit was rated"),
    "kappa: one class": (lambda: cohen_kappa([4, 4], [4, 4]), "all ratings are the same"),
    "kappa: never both": (lambda: cohen_kappa([1, NAN], [NAN, 1]), "no unit was rated"),
    "weighted kappa: one class of a scale": (
        lambda: weighted_kappa([4, 4], [4, 4], scale=[1, 2, 3, 4, 5]),
        "all ratings are the same",
    ),
    "weighted kappa: weights that forgive everything": (
        lambda: weighted_kappa([1, 2], [2, 1], weights=np.ones((2, 2))),
        "count every disagreement as agreement",
    ),
    "fleiss: nothing": (lambda: fleiss_kappa(np.zeros((0, 3))), "no unit was rated"),
    "fleiss: one rater": (lambda: fleiss_kappa([[1, 0], [0, 1]]), "one rater only"),
    "fleiss: one class": (lambda: fleiss_kappa([[3, 0], [3, 0]]), "all ratings are the same"),
    "alpha: one class": (lambda: krippendorff_alpha([[2, 2], [2, 2]], level="interval"), "all ratings are the same"),
    "alpha: nothing": (lambda: krippendorff_alpha([], level="nominal"), "no unit was rated"),
    "gwet: one class, scale unknown": (lambda: gwet_ac([[2, 2], [2, 2]]), "all ratings are the same"),
    "gwet: one rater": (lambda: gwet_ac([[2], [3]]), "one rater only"),
    "wilson: no cases": (lambda: wilson_interval(0, 0), "there are no cases"),
    "wilson: weights of zero": (lambda: wilson_interval(0, 10, effective_n=0), "there are no cases"),
    "mean: no cases": (lambda: mean_interval([]), "there are no cases"),
    "mean: one case": (lambda: mean_interval([4]), "one case says nothing"),
    "mean: all equal": (lambda: mean_interval([4, 4, 4]), "all cases are equal"),
    "mean: weights of zero": (lambda: mean_interval([4, 5], weights=[0, 0]), "there are no cases"),
    "mean: one weight that is not zero": (lambda: mean_interval([4, 5], weights=[0, 1]), "one case says nothing"),
    "mean: all equal but for a weight of zero": (
        lambda: mean_interval([4, 4, 9], weights=[1, 1, 0]),
        "all cases are equal",
    ),
    "quantile: no cases": (lambda: quantile_interval([], 0.5), "there are no cases"),
    "quantile: too few": (lambda: quantile_interval([1, 2, 3, 4, 5], 0.5), "too few: 5 cases, 6 are needed"),
    "nps: no answers": (lambda: nps_interval([]), "there are no cases"),
    "nps: weights of zero": (lambda: nps_interval([9, 3], weights=[0, 0]), "there are no cases"),
    "clusters: no cases": (lambda: clustered_mean_interval([], []), "there are no cases"),
    "clusters: one group": (lambda: clustered_mean_interval([1, 2], ["a", "a"]), "all cases are of one group"),
    "clusters: all equal": (lambda: clustered_mean_interval([2, 2], ["a", "b"]), "the groups do not differ"),
    "decomposition: nothing before": (lambda: decompose({}, {"a": Cases(n=1, total=1)}), "no cases in the earlier"),
    "decomposition: nothing now": (lambda: decompose({"a": Cases(n=1, total=1)}, {}), "there are no cases now"),
    "decomposition: empty segments": (
        lambda: decompose({"a": Cases(n=0, total=0)}, {"a": Cases(n=0, total=0)}),
        "no cases in the earlier",
    ),
    "two traits: nothing": (lambda: decompose_two({}, {}), "no cases in the earlier"),
    "funnel: nobody": (lambda: funnel_of_shares([], []), "only 0 have enough cases"),
    "funnel: too few members": (lambda: funnel_of_shares([1] * 4, [2] * 4), "only 4 have enough cases"),
    "funnel: members without cases": (lambda: funnel_of_shares([0] * 6, [0] * 6), "only 0 have enough cases"),
    "funnel of durations: all equal": (lambda: funnel_of_durations([3.0] * 6, [0.0] * 6, [9] * 6), "are equal"),
    "funnel of means: all equal": (lambda: funnel_of_means([3.0] * 6, [0.0] * 6, [9] * 6), "are equal"),
    "funnel of means: one case each": (lambda: funnel_of_means([3.0] * 6, [NAN] * 6, [1] * 6), "only 0 have enough"),
    "shift: nothing": (lambda: hodges_lehmann([], []), "fewer than 5 values on a side"),
    "shift: four values": (lambda: hodges_lehmann([1, 2, 3, 4], EIGHT), "fewer than 5 values on a side"),
    "survival: no cases": (lambda: survival_quantile(kaplan_meier([], []), 0.5), "there are no cases"),
    "survival: all censored": (lambda: survival_quantile(kaplan_meier([5, 6], [False] * 2), 0.5), "no case has ended"),
    "survival: not half ended": (
        lambda: survival_quantile(kaplan_meier([1, 9, 9, 9], [True, False, False, False]), 0.5),
        "more than 50% of the cases are still open",
    ),
}


@pytest.mark.parametrize("case", UNDEFINED)
def test_what_has_no_answer_says_why(case):
    call, because = UNDEFINED[case]
    found = call()
    assert because in found.undefined_because
    for name in ("value", "low", "high", "change", "mix", "rate", "first", "second", "centre"):
        number = getattr(found, name, None)
        # a quantile that is not reached may still have a lower end
        if not isinstance(number, np.ndarray) and (name != "low" or not case.startswith("survival")):
            assert number is None, name


NONE = {
    "limits: five points": lambda: process_limits([1, 2, 3, 4, 5]),
    "limits: nothing": lambda: process_limits([]),
    "means: one case": lambda: difference_of_means(estimate(n=1), SEEN),
    "means: nobody differs": lambda: difference_of_means(estimate(5, 5, 5), estimate(4, 4, 4)),
    "means: nobody differs, and the same": lambda: difference_of_means(estimate(5, 5, 5), estimate(5, 5, 5)),
    "moving range: five months": lambda: difference_by_moving_range(2, 1, [1, 2, 1, 2, 1]),
    "moving range: months that never varied": lambda: difference_by_moving_range(2, 1, [1.0] * 13),
    "forecast: seven months": lambda: forecast(EIGHT[:7], first=1, last=1),
    "forecast: months that never varied": lambda: forecast([4.0] * 13, first=1, last=3),
    "fit: nothing": lambda: fit_damped_trend([]),
    "back-test: ten months": lambda: back_test([*EIGHT, 14, 16]),
    "back-test: nothing": lambda: back_test([]),
    "speed of answer: more calls than agents": lambda: expected_speed_of_answer(10, 10, 180),
    "speed of answer: nobody there": lambda: expected_speed_of_answer(0, 0, 180),
    "effect on counts: no events": lambda: log_change_of_counts(0, 10),
    "effect on durations: four values": lambda: log_change_of_durations([1, 2, 3, 4], [1, 2, 3, 4]),
}


@pytest.mark.parametrize("case", NONE)
def test_what_cannot_be_told_is_none(case):
    assert NONE[case]() is None


REFUSED = {
    "kappa: unequal lengths": (lambda: cohen_kappa([1, 2], [1]), "both raters rate the same units"),
    "kappa: infinite": (lambda: cohen_kappa([1, INF], [1, 2]), "infinite"),
    "kappa: off the scale": (lambda: weighted_kappa([1, 9], [1, 2], scale=[1, 2, 3]), "not on the scale"),
    "kappa: unknown weights": (lambda: weighted_kappa([1, 2], [2, 1], weights="cubic"), "no 'cubic' weights"),
    "kappa: weights of another size": (lambda: weighted_kappa([1, 2], [2, 1], weights=np.eye(3)), "rows and columns"),
    "kappa: weights that are no numbers": (
        lambda: weighted_kappa([1, 2], [2, 1], weights=[[1, NAN], [NAN, 1]]),
        "not finite",
    ),
    "kappa: unknown word for unused points": (
        lambda: weighted_kappa([1, 2], [2, 1], scale=[1, 2, 3], unused="kept"),
        "unused points",
    ),
    "weights: no agreement with itself": (lambda: agreement_weights(np.array([1.0, 2.0]), np.zeros((2, 2))), "itself"),
    "categories: unknown word": (lambda: categories_of(np.array([[1.0]]), None, "kept"), "unused points"),
    "fleiss: uneven raters": (lambda: fleiss_kappa([[2, 0], [1, 0]]), "between 1 and 2 raters"),
    "fleiss: negative": (lambda: fleiss_kappa([[3, -1], [1, 1]]), "negative or not finite"),
    "fleiss: not a number": (lambda: fleiss_kappa([[NAN, 1], [1, 1]]), "negative or not finite"),
    "alpha: unknown level": (lambda: krippendorff_alpha([[1, 2]], level="rank"), "no level 'rank'"),
    "alpha: negative ratio": (lambda: krippendorff_alpha([[-1, 2], [3, 3]], level="ratio"), "no negative ratings"),
    "percent agreement: not a table": (lambda: percent_agreement([1, 2, 3]), "table of units by raters"),
    "assurance: no bound": (lambda: assurance(EIGHT, at_least=None, at_most=None), "without a bound"),
    "assurance: bounds turned round": (lambda: assurance(EIGHT, at_least=3, at_most=2), "turn the bounds round"),
    "assurance: not a number": (lambda: assurance([*EIGHT, NAN], at_least=1, at_most=None), "not a finite number"),
    "limits: not a number": (lambda: process_limits([*EIGHT, NAN]), "not a finite number"),
    "limits: unknown scaling": (lambda: process_limits(EIGHT, scaling="3"), "no scaling '3'"),
    "chart: infinite": (lambda: process_chart([1, INF]), "not a finite number"),
    "chart: step outside": (lambda: process_chart([1, 2], steps=[2]), "outside the 2 points"),
    "moving: not a number": (lambda: is_moving([1, NAN]), "not a finite number"),
    "difference: not a number": (lambda: difference_of_intervals(estimate(NAN), SEEN), "is no estimate"),
    "difference: infinite bound": (lambda: difference_of_intervals(estimate(high=INF), SEEN), "is no estimate"),
    "difference: value outside": (lambda: difference_of_intervals(estimate(0.9), SEEN), "is no estimate"),
    "means: not a number": (lambda: difference_of_means(estimate(low=NAN), SEEN), "is no estimate"),
    "counts: negative": (lambda: difference_of_counts(-1, 4), "finite, 0 or more"),
    "counts: not a number": (lambda: difference_of_counts(NAN, 4), "finite, 0 or more"),
    "counts: no dispersion": (lambda: difference_of_counts(3, 4, dispersion=0), "finite, 0 or more"),
    "dispersion of counts: of no spans": (lambda: dispersion_of_counts([1, 2, 3, 4], together=0), "at least one"),
    "dispersion of counts: not a number": (lambda: dispersion_of_counts([1, 2, NAN, 4]), "not finite"),
    "moving range: not a number": (lambda: difference_by_moving_range(NAN, 1, EIGHT), "not finite"),
    "control: not a number": (lambda: benjamini_hochberg([0.1, NAN]), "outside 0 to 1"),
    "control: no probability": (lambda: benjamini_hochberg([1.2]), "outside 0 to 1"),
    "control: rate above one": (lambda: benjamini_hochberg([0.2], rate=2), "outside 0 to 1"),
    "clusters: unequal lengths": (lambda: clustered_mean_interval([1, 2], ["a"]), "name the cluster"),
    "clusters: not a number": (lambda: clustered_mean_interval([1, NAN], ["a", "b"]), "not finite"),
    "decomposition: negative": (lambda: decompose({"a": Cases(n=-1, total=0)}, {}), "count its cases again"),
    "decomposition: amount without cases": (lambda: decompose({"a": Cases(n=0, total=1)}, {}), "count its cases"),
    "decomposition: not a number": (lambda: decompose({"a": Cases(n=NAN, total=1)}, {}), "count its cases again"),
    "decomposition: infinite": (lambda: decompose({"a": Cases(n=1, total=INF)}, {}), "count its cases again"),
    "two traits: unknown split": (lambda: decompose_two({}, {}, split="crossed"), "no split 'crossed'"),
    "effect on durations: negative": (lambda: log_change_of_durations([-1] * 6, [2] * 6), "negative"),
    "effect on durations: not a number": (lambda: log_change_of_durations([NAN] * 6, [2] * 6), "not finite"),
    "effect on counts: no length": (lambda: log_change_of_counts(1, 2, months_now=0), "no length"),
    "effect on counts: not a number": (lambda: log_change_of_counts(NAN, 2), "not finite"),
    "effect on counts: negative": (lambda: log_change_of_counts(-1, 2), "negative"),
    "blocking: negative load": (lambda: blocking_probability(-1, 2), "impossible"),
    "waiting: not a number": (lambda: waiting_probability(NAN, 2), "impossible"),
    "service level: no time": (lambda: expected_service_level(1, 2, 0, 20), "impossible"),
    "service level: no threshold": (lambda: expected_service_level(1, 2, 180, NAN), "impossible"),
    "staffing: infinite calls": (
        lambda: staffing(calls_per_hour=INF, handle_seconds=180, within_seconds=20, goal=0.8),
        "impossible",
    ),
    "staffing: all in time": (
        lambda: staffing(calls_per_hour=9, handle_seconds=180, within_seconds=20, goal=1),
        "shares between 0 and 1",
    ),
    "staffing: not a number": (
        lambda: staffing(calls_per_hour=9, handle_seconds=180, within_seconds=20, goal=NAN),
        "shares between 0 and 1",
    ),
    "forecast: gap": (lambda: forecast([*EIGHT, NAN], first=1, last=1), "not finite"),
    "forecast: no step": (lambda: forecast(EIGHT, first=0, last=1), "none ahead"),
    "forecast: steps turned round": (lambda: forecast_mean(fit_damped_trend(EIGHT), first=3, last=2), "none ahead"),
    "funnel: outside": (lambda: funnel_of_shares([3] * 6, [2] * 6), "outside its denominator"),
    "funnel: not a number": (lambda: funnel_of_shares([NAN] * 6, [2] * 6), "outside its denominator"),
    "funnel: infinite": (lambda: funnel_of_shares([1] * 6, [INF] * 6), "outside its denominator"),
    "phi: nobody": (lambda: dispersion([]), "z-score"),
    "phi: not a number": (lambda: dispersion([1, NAN]), "z-score"),
    "phi: all pulled in": (lambda: dispersion([1, 2], winsorised=0.6), "half"),
    "tau: no error": (lambda: variance_between(2.0, [0.1, 0.0]), "standard error"),
    "weights: negative": (lambda: effective_size([1, -1]), "negative or not finite"),
    "weights: not a number": (lambda: effective_size([1, NAN]), "negative or not finite"),
    "wilson: outside": (lambda: wilson_interval(3, 2), "is no share"),
    "wilson: not a number": (lambda: wilson_interval(NAN, 2), "is no share"),
    "wilson: infinite": (lambda: wilson_interval(1, INF), "finite numbers"),
    "wilson: effective size not a number": (lambda: wilson_interval(1, 2, effective_n=NAN), "finite numbers"),
    "mean: not a number": (lambda: mean_interval([1, NAN]), "not finite"),
    "mean: fewer weights": (lambda: mean_interval([1, 2], weights=[1]), "one for each"),
    "mean: negative weight": (lambda: mean_interval([1, 2], weights=[1, -1]), "negative or not finite"),
    "quantile: not a number": (lambda: quantile_interval([1, 2, NAN, 4, 5, 6, 7], 0.5), "not finite"),
    "quantile: no fraction": (lambda: quantile_interval(EIGHT, 1.0), "no fraction"),
    "ranks: no fraction": (lambda: quantile_ranks([5], 0), "no fraction"),
    "ranks: negative size": (lambda: quantile_ranks([-5], 0.5), "fewer than no cases"),
    "smallest sample: no fraction": (lambda: smallest_sample(NAN), "no fraction"),
    "nps: outside the scale": (lambda: nps_interval([11]), "outside the scale"),
    "nps: not a number": (lambda: nps_interval([NAN, 9]), "not finite"),
    "rates: negative": (lambda: count_bounds([-1]), "negative or infinite"),
    "rates: infinite": (lambda: count_bounds([INF]), "negative or infinite"),
    "sample of a share: certain": (lambda: size_for_share(10, 0.05, expected=1), "nothing to find out"),
    "sample of a share: not a number": (lambda: size_for_share(10, NAN), "no fraction"),
    "sample of a mean: no spread": (lambda: size_for_mean(10, 0.05, deviation=0), "finite and above 0"),
    "sample of a mean: infinite": (lambda: size_for_mean(10, 0.05, deviation=INF), "finite and above 0"),
    "sample: fewer than nobody": (lambda: sizes_by_stratum({"a": -1}, 0.1), "below nothing"),
    "allocation: negative": (lambda: allocate(-1, {"a": 2}), "fewer than nothing"),
    "allocation at random: negative": (lambda: allocate_at_random(1, {"a": -2}, seed="s"), "fewer than nothing"),
    "draw: negative": (lambda: draw({"t": "a"}, {"a": -1}, seed="s"), "fewer than nothing"),
    "shift: not a number": (lambda: hodges_lehmann([*EIGHT, NAN], EIGHT), "not finite"),
    "standardisation: unequal lengths": (lambda: standardise(["a"], [], [1]), "one for each"),
    "standardisation: not a number": (lambda: standardise(["a"], ["x"], [NAN]), "not finite"),
    "survival: negative": (lambda: kaplan_meier([-1], [True]), "negative or not a number"),
    "survival: not a number": (lambda: kaplan_meier([NAN], [True]), "negative or not a number"),
    "survival: unequal lengths": (lambda: kaplan_meier([1, 2], [True]), "one of each"),
    "survival: no fraction": (lambda: survival_quantile(kaplan_meier([1], [True]), 0), "no fraction"),
    "survival: unknown convention": (
        lambda: survival_quantile(kaplan_meier([1], [True]), 0.5, at_level="later"),
        "no convention 'later'",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_input_is_refused_in_words(case):
    call, found = REFUSED[case]
    with pytest.raises(ValueError, match=found):
        call()


ANSWERED = {
    "wilson: none of many": (lambda: wilson_interval(0, 30).low, 0.0),
    "wilson: all of many": (lambda: wilson_interval(30, 30).high, 1.0),
    "median: all equal": (lambda: quantile_interval([4.0] * 9, 0.5).low, 4.0),
    "nps: all promoters are no certainty": (lambda: nps_interval([10] * 30).low < 100, True),
    "nps: all passives": (lambda: nps_interval([8] * 30).low < 0 < nps_interval([8] * 30).high, True),
    "nothing counted is no proof of never": (lambda: bool(count_bounds([0])[1][0] > 3), True),
    "counts: none and none": (lambda: difference_of_counts(0, 0).p_value, 1.0),
    "difference: the same certainty": (
        lambda: difference_of_intervals(estimate(1, 1, 1), estimate(1, 1, 1)).p_value,
        1.0,
    ),
    "dispersion: a year of a short series": (lambda: dispersion_of_counts([4.0] * 13, together=12), 1.0),
    "dispersion: equal counts": (lambda: dispersion_of_counts([4, 4, 4, 4]), 1.0),
    "control: nothing looked at": (lambda: benjamini_hochberg([]), ()),
    "control: ties stand or fall together": (lambda: benjamini_hochberg([0.04, 0.04, 0.9]), (True, True, False)),
    "control: exactly on the line": (lambda: benjamini_hochberg([0.05, 0.5], rate=0.10), (True, False)),
    "shift: all equal": (lambda: hodges_lehmann([3.0] * 6, [3.0] * 7).p_value, 1.0),
    "shift: nobody like the other": (lambda: hodges_lehmann([3.0] * 9, [1.0] * 9).superiority, 1.0),
    "limits: all equal": (lambda: (process_limits([3.0] * 6).low, process_limits([3.0] * 6).high), (3.0, 3.0)),
    "chart: all equal": (lambda: process_chart([3.0] * 9).stretches, ()),
    "chart: one step among equals is the only point outside": (
        lambda: [Signal.OUTSIDE in found for found in process_chart([*[5.0] * 8, 6.0]).signals],
        [*[False] * 8, True],
    ),
    "chart: nothing": (lambda: process_chart([]).phases[0].limits, None),
    "chart: gaps alone": (lambda: process_chart([None, None]).signals, ((), ())),
    "moving: nothing": (lambda: is_moving([]), False),
    "assurance: too short": (lambda: assurance([1, 2, 3], at_least=1, at_most=None), "unknown"),
    "assurance: all equal, on the target": (lambda: assurance([3.0] * 6, at_least=3.0, at_most=None), "reached"),
    "assurance: all equal, a hair below": (lambda: assurance([3.0] * 6, at_least=3.01, at_most=None), "missed"),
    "assurance: the limit on the target": (
        lambda: assurance(EIGHT[:6], at_least=process_limits(EIGHT[:6]).low, at_most=None),
        "reached",
    ),
    "funnel: all shares nought": (lambda: funnel_of_shares([0] * 6, [9] * 6).groups[0].value, "as_expected"),
    "funnel: all shares one": (lambda: funnel_of_shares([9] * 6, [9] * 6).groups[0].value, "as_expected"),
    "funnel: a member without cases": (
        lambda: funnel_of_shares([5, 5, 5, 5, 5, 0], [9, 9, 9, 9, 9, 0]).groups[-1].value,
        "too_little_data",
    ),
    "tau: one member": (lambda: variance_between(4.0, [0.1]), 0.0),
    "others: a member alone in its stratum": (
        lambda: math.isnan(
            against_others(case_mix(np.array([0, 1, 1]), np.array([0, 1, 1]), [1, 0, 1], count=2)).expected[0]
        ),
        True,
    ),
    "survival: exactly half": (lambda: survival_quantile(kaplan_meier([1, 2], [True, True]), 0.5).value, 1.0),
    "survival: exactly half, midway": (
        lambda: survival_quantile(kaplan_meier([1, 2], [True, True]), 0.5, at_level="midpoint").value,
        1.5,
    ),
    "survival: an open upper end": (
        lambda: survival_quantile(kaplan_meier([1, 2, 3, 9, 9], [True, True, True, False, False]), 0.5).high,
        None,
    ),
    "standardisation: nothing": (lambda: dict(standardise([], [], [])), {}),
    "standardisation: nothing is expected": (lambda: standardise(["a"], ["x"], [0])["a"].adjusted, None),
    "calls: none, and nobody needed": (
        lambda: staffing(calls_per_hour=0, handle_seconds=60, within_seconds=20, goal=0.8).agents,
        0,
    ),
    "waiting: nobody there": (lambda: waiting_probability(0, 0), 1.0),
    "waiting: exactly as many as there is work": (lambda: waiting_probability(10, 10), 1.0),
    "sample: nobody there": (lambda: size_for_share(0, 0.05).drawn, 0),
    "sample: fewer than needed": (lambda: size_for_share(10, 0.05).is_all, True),
    "allocation: no strata": (lambda: allocate(5, {}), {}),
    "draw: an empty stratum": (lambda: draw({}, {"a": 3}, seed="s"), {"a": ()}),
    "decomposition: a segment in one period only is mix": (
        lambda: decompose({"a": Cases(n=5, total=1)}, {"a": Cases(n=5, total=1), "b": Cases(n=5, total=5)}).rate,
        0.0,
    ),
    "kappa: perfect": (lambda: cohen_kappa([1, 2], [1, 2]).value, 1.0),
    "gwet: one class of a known scale agrees": (lambda: gwet_ac([[2, 2], [2, 2]], scale=[1, 2, 3]).value, 1.0),
}


@pytest.mark.parametrize("case", ANSWERED)
def test_what_has_an_answer_gets_the_right_one(case):
    call, expected = ANSWERED[case]
    found = call()
    assert found == expected
    assert all(math.isfinite(number) for number in numbers_in(found))


COLUMNS = {
    "wilson": (lambda: wilson_bounds([0.5, 0.5, NAN], [0, 10, 10]), [False, True, False]),
    "mean": (lambda: mean_bounds([5, 5, 5, 5], [1, 1, 0, NAN], [1, 9, 9, 9]), [False, True, False, False]),
    "mean of equal durations": (lambda: mean_bounds([7200.0], [3e-5], [9]), [False]),
    "nps": (lambda: nps_bounds([0.5, 1.0, NAN], [0.2, 0.0, 0.1], [0, 9, 9]), [False, True, False]),
    "rates": (lambda: count_bounds([NAN, 0, 3]), [False, True, True]),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_a_column_has_a_gap_where_nothing_can_be_said(case):
    call, known = COLUMNS[case]
    low, high = call()
    assert np.isfinite(low).tolist() == np.isfinite(high).tolist() == known


def test_a_certain_difference_of_order_statistics_is_said_with_its_certainty():
    found = difference_of_intervals(estimate(2, 2, 2), estimate(1, 1, 1))
    assert (found.value, found.low, found.high) == (1, 1, 1)
