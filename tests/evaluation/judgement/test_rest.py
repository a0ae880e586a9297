"""All other members together: by sums, against the raw cases; and when comparing says nothing."""

import numpy as np
import pytest

from evaluation.judgement.rest import is_about_the_events, rest_of
from evaluation.measurement import Absent, Measurement
from evaluation.metrics.catalogue import chosen
from evaluation.statistics.intervals import mean_interval, wilson_interval
from evaluation.statistics.rates import count_bounds

CATALOGUE = {name: one.metric for name, one in chosen({}).items()}


def row(member, value, n, numerator, denominator, low, high, metric="csat", statistic="value"):
    return Measurement(
        metric_id=metric, period_id="2026-Q3", dimension="channel", member=member, statistic=statistic, value=value,
        n=n, numerator=numerator, denominator=denominator, low=low, high=high,
        reason=Absent.NO_CASES if value is None else None,
    )  # fmt: skip


def of_share(member, met, n, metric="csat"):
    interval = wilson_interval(met, n)
    return row(member, met / n, n, met, n, interval.low, interval.high, metric)


def of_mean(member, values, metric="ces"):
    interval = mean_interval(values)
    return row(member, float(np.mean(values)), len(values), float(sum(values)), len(values), interval.low,
               interval.high, metric, "mean")  # fmt: skip


def test_a_share_of_the_rest_has_the_interval_of_its_own_counts():
    rest = rest_of(CATALOGUE["csat"], [of_share("a", 60, 80), of_share("b", 100, 120)])
    expected = wilson_interval(160, 200)
    assert (rest.value, rest.n, rest.low, rest.high) == (0.8, 200, expected.low, expected.high)


def test_a_mean_of_the_rest_is_that_of_its_cases():
    """Members that hardly differ: the stratified variance is that of all cases together."""
    random = np.random.default_rng(5)
    parts = [random.normal(5, 1.2, size).tolist() for size in (80, 150, 60)]
    rest = rest_of(CATALOGUE["ces"], [of_mean(str(place), part) for place, part in enumerate(parts)])
    every = [value for part in parts for value in part]
    expected = mean_interval(every)
    assert rest.value == pytest.approx(np.mean(every))
    assert rest.high - rest.low == pytest.approx(expected.high - expected.low, rel=0.02)


def test_a_rate_of_the_rest_has_the_interval_of_its_events():
    rows = [row(name, 100 * events / 400, 400, events, 400, 0.0, 9.0, "complaint_rate") for name, events in
            (("a", 6), ("b", 10))]  # fmt: skip
    rest = rest_of(CATALOGUE["complaint_rate"], rows)
    low, high = count_bounds([16])
    assert (rest.value, rest.n) == (2.0, 800)
    assert (rest.low, rest.high) == pytest.approx((low[0] / 8, high[0] / 8))


def test_a_rest_without_a_single_event_is_still_compared_with():
    rest = rest_of(CATALOGUE["abandonment_rate"], [of_share("a", 0, 100), of_share("b", 0, 100)])
    assert (rest.value, rest.n) == (0.0, 200)
    none = row("a", 0.0, 400, 0, 400, 0.0, 0.92, "complaint_rate")
    some = row("b", 2.0, 400, 8, 400, 0.9, 3.9, "complaint_rate")
    assert rest_of(CATALOGUE["complaint_rate"], [none]) is None, "by how much quotients are multiplied is not seen"
    rest = rest_of(CATALOGUE["complaint_rate"], [none], some)
    assert (rest.value, rest.low) == (0.0, 0.0)
    assert rest.high == pytest.approx(100 * count_bounds([0])[1][0] / 400)


NOBODY = [
    [],
    [row("a", None, 0, None, None, None, None)],
    [row("a", 0.5, 1, 0.5, 1, None, None)],
    [row("a", 4000.0, 200, None, None, 3900.0, 4100.0, "first_response_time", "median")],
]


@pytest.mark.parametrize("others", NOBODY, ids=["nobody", "no value", "no interval", "a median"])
def test_without_anybody_or_without_sums_there_is_no_rest(others):
    assert rest_of(CATALOGUE["csat"], others) is None


@pytest.mark.parametrize(
    ("events", "metric", "is_about"),
    [((81, 19), "complaint_rate", True), ((79, 21), "complaint_rate", False), ((0, 0), "complaint_rate", False),
     ((99, 1), "csat", False)],
)  # fmt: skip
def test_a_member_with_nearly_all_events_is_what_they_are_about(events, metric, is_about):
    rows = [row(str(place), 1.0, 500, count, 500, 0.5, 1.5, metric) for place, count in enumerate(events)]
    assert is_about_the_events(CATALOGUE[metric], rows) is is_about
