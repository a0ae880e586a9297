"""The decision table of goals: every status and reason, in every direction, before, at and after the due date."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.assessment import GoalStatus, Target
from evaluation.judgement.path import path_to, precedent_of
from evaluation.judgement.status import Path, Standing, judge
from evaluation.period import Period

LOWER, HIGHER, BAND = Target(at_most=100), Target(at_least=100), Target(at_least=90, at_most=110)


def standing(value=100.0, noise=5.0, **known):
    low, high = (None, None) if value is None or noise is None else (value - noise, value + noise)
    usual = {"has_started": True, "is_final": True, "n": 50, "minimum_sample": 30, "target": LOWER, "path": None,
             "probability": None, "low": low, "high": high}  # fmt: skip
    return Standing(value=value, **(usual | known))


FINAL = [
    (LOWER, 80, 5, "reached", "reached"),
    (LOWER, 97, 5, "reached", "reached_within_noise"),
    (LOWER, 100, 5, "reached", "reached_within_noise"),
    (LOWER, 100, 0, "reached", "reached_within_noise"),
    (LOWER, 100, None, "reached", "reached_within_noise"),
    (LOWER, 95, 5, "reached", "reached_within_noise"),
    (LOWER, 99, 0, "reached", "reached"),
    (LOWER, 99, None, "reached", "reached"),
    (LOWER, 101, 0, "missed", "not_reached"),
    (LOWER, 103, 5, "missed", "not_reached_within_noise"),
    (LOWER, 120, 5, "missed", "not_reached"),
    (LOWER, 120, None, "missed", "not_reached"),
    (HIGHER, 120, 5, "reached", "reached"),
    (HIGHER, 100, 0, "reached", "reached_within_noise"),
    (HIGHER, 103, 5, "reached", "reached_within_noise"),
    (HIGHER, 97, 5, "missed", "not_reached_within_noise"),
    (HIGHER, 80, 5, "missed", "not_reached"),
    (BAND, 100, 5, "reached", "reached"),
    (BAND, 90, 0, "reached", "reached_within_noise"),
    (BAND, 110, None, "reached", "reached_within_noise"),
    (BAND, 92, 5, "reached", "reached_within_noise"),
    (BAND, 108, 5, "reached", "reached_within_noise"),
    (BAND, 88, 5, "missed", "not_reached_within_noise"),
    (BAND, 112, 5, "missed", "not_reached_within_noise"),
    (BAND, 60, 5, "missed", "not_reached"),
    (BAND, 140, 5, "missed", "not_reached"),
]


@pytest.mark.parametrize(("target", "value", "noise", "status", "reason"), FINAL)
def test_after_the_due_date(target, value, noise, status, reason):
    assert judge(standing(value, noise, target=target)) == (GoalStatus(status), reason)


@pytest.mark.parametrize(("target", "value", "noise", "status", "reason"), FINAL)
def test_a_target_met_before_the_due_date_is_on_course_and_not_yet_reached(target, value, noise, status, reason):
    found, why = judge(standing(value, noise, target=target, is_final=False))
    if status == "reached":
        assert (found, why) == (GoalStatus.ON_COURSE, reason)
    else:
        assert (found, why) == (GoalStatus.CANNOT_TELL, "short_series")


RISING, FALLING = Path(expected=90, is_rising=True), Path(expected=110, is_rising=False)
BEFORE = [
    # target, value, path, probability, status, reason
    (LOWER, 130, None, 0.95, "on_course", "forecast_reaches"),
    (LOWER, 130, None, 0.80, "on_course", "forecast_reaches"),
    (LOWER, 130, None, 0.79, "at_risk", "forecast_unsure"),
    (LOWER, 130, None, 0.21, "at_risk", "forecast_unsure"),
    (LOWER, 130, None, 0.20, "off_course", "forecast_misses"),
    (LOWER, 130, None, 0.0, "off_course", "forecast_misses"),
    (HIGHER, 70, None, 0.95, "on_course", "forecast_reaches"),
    (HIGHER, 70, RISING, 0.10, "off_course", "forecast_misses"),
    (BAND, 70, RISING, 0.5, "at_risk", "forecast_unsure"),
    (LOWER, 108, FALLING, None, "on_course", "ahead_of_path"),
    (LOWER, 110, FALLING, None, "on_course", "ahead_of_path"),
    (LOWER, 113, FALLING, None, "at_risk", "behind_path"),
    (LOWER, 130, FALLING, None, "off_course", "behind_path"),
    (HIGHER, 92, RISING, None, "on_course", "ahead_of_path"),
    (HIGHER, 87, RISING, None, "at_risk", "behind_path"),
    (HIGHER, 70, RISING, None, "off_course", "behind_path"),
    (LOWER, 130, None, None, "cannot_tell", "short_series"),
    (LOWER, 80, None, 0.10, "at_risk", "forecast_misses"),
    (LOWER, 97, None, 0.20, "at_risk", "forecast_misses"),
    (LOWER, 103, None, 0.10, "at_risk", "forecast_misses"),
    (LOWER, 106, None, 0.10, "off_course", "forecast_misses"),
    (HIGHER, 96, None, 0.10, "at_risk", "forecast_misses"),
    (LOWER, 97, None, 0.21, "on_course", "reached_within_noise"),
    (LOWER, 80, FALLING, 0.30, "on_course", "reached"),
]


@pytest.mark.parametrize(("target", "value", "path", "probability", "status", "reason"), BEFORE)
def test_before_the_due_date(target, value, path, probability, status, reason):
    case = standing(value, target=target, path=path, probability=probability, is_final=False)
    assert judge(case) == (GoalStatus(status), reason)


def test_behind_the_path_without_an_interval_is_beyond_noise():
    case = standing(111, None, path=FALLING, is_final=False)
    assert judge(case) == (GoalStatus.OFF_COURSE, "behind_path")


WITHOUT = [
    ({"has_started": False}, "not_started", "not_started"),
    ({"has_started": False, "value": None}, "not_started", "not_started"),
    ({"value": None}, "cannot_tell", "no_value"),
    ({"value": None, "target": None}, "cannot_tell", "no_value"),
    ({"target": None}, "cannot_tell", "no_baseline"),
    ({"target": None, "n": 3}, "cannot_tell", "no_baseline"),
    ({"n": 29}, "cannot_tell", "small_sample"),
    ({"n": 0}, "cannot_tell", "small_sample"),
    ({"n": 30}, "reached", "reached_within_noise"),
]


@pytest.mark.parametrize(("known", "status", "reason"), WITHOUT)
@pytest.mark.parametrize("is_final", [True, False])
def test_what_stands_before_a_verdict(known, status, reason, is_final):
    found = judge(standing(**({"is_final": is_final} | known)))
    assert found == (GoalStatus("on_course" if status == "reached" and not is_final else status), reason)


RANK = [GoalStatus.REACHED, GoalStatus.ON_COURSE, GoalStatus.AT_RISK, GoalStatus.OFF_COURSE, GoalStatus.MISSED]


@given(
    st.floats(0, 200), st.floats(0, 50), st.floats(0, 20), st.booleans(), st.booleans(),
    st.one_of(st.none(), st.floats(60, 140)), st.one_of(st.none(), st.floats(0, 1)),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_a_better_value_never_gets_a_worse_status(value, more, noise, is_final, is_higher, expected, probability):
    target = HIGHER if is_higher else LOWER
    path = None if expected is None else Path(expected=expected, is_rising=is_higher)
    known = {"target": target, "path": path, "probability": probability, "is_final": is_final}
    worse, _ = judge(standing(value, noise, **known))
    better, _ = judge(standing(value + more if is_higher else value - more, noise, **known))
    if GoalStatus.CANNOT_TELL in (worse, better):
        assert better is not GoalStatus.CANNOT_TELL or worse is GoalStatus.CANNOT_TELL
    else:
        assert RANK.index(better) <= RANK.index(worse)


def test_every_status_and_reason_of_the_closed_list_occurs_in_these_tables():
    seen = {(row[3], row[4]) for row in FINAL} | {(row[4], row[5]) for row in BEFORE} | {row[1:] for row in WITHOUT}
    assert {status for status, _ in seen} == {status.value for status in GoalStatus}
    assert {reason for _, reason in seen} == {
        "reached", "reached_within_noise", "not_reached", "not_reached_within_noise", "small_sample", "no_value",
        "no_baseline", "forecast_reaches", "forecast_unsure", "forecast_misses", "short_series", "ahead_of_path",
        "behind_path", "not_started",
    }  # fmt: skip


def period(text):
    return Period.parse(text, zone="Europe/Warsaw")


PATHS = [
    # target, baseline, steps, start, due, now, expected value, rising
    (Target(at_most=60), 120, [], "2026-Q3", "2026-Q3", "2026-07", 120 - 60 * 31 / 92, False),
    (Target(at_most=60), 120, [], "2026-Q3", "2026-Q3", "2026-08", 120 - 60 * 62 / 92, False),
    (Target(at_most=60), 120, [], "2026-Q3", "2026-Q3", "2026-Q3", 60, False),
    (Target(at_most=60), 120, [], "2026-Q3", "2026-Q3", "2026-Q4", 60, False),
    (Target(at_least=90), 60, [], "2026", "2026", "2026-Q2", 60 + 30 * 181 / 365, True),
    (Target(at_least=80, at_most=90), 60, [], "2026", "2026", "2026-Q2", 60 + 20 * 181 / 365, True),
    (Target(at_least=80, at_most=90), 110, [], "2026", "2026", "2026-Q2", 110 - 20 * 181 / 365, False),
    (Target(at_least=80, at_most=90), 85, [], "2026", "2026", "2026-Q2", None, None),
    (Target(at_most=60), 50, [], "2026", "2026", "2026-Q2", 60, False),
    (Target(at_most=60), None, [], "2026", "2026", "2026-Q2", None, None),
    (Target(at_most=60), 120, [("2026-07", 100)], "2026-Q3", "2026-Q3", "2026-07", 100, False),
    (Target(at_most=60), 120, [("2026-07", 110)], "2026-Q3", "2026-Q3", "2026-08", 110, False),
    (Target(at_most=60), 120, [("2026-08", 80)], "2026-Q3", "2026-Q3", "2026-07", 100, False),
    (Target(at_most=60), None, [("2026-07", 110)], "2026-Q3", "2026-Q3", "2026-08", 110, False),
    (Target(at_most=60), None, [("2026-08", 110)], "2026-Q3", "2026-Q3", "2026-07", None, None),
]


@pytest.mark.parametrize(("target", "baseline", "steps", "start", "due", "now", "expected", "rising"), PATHS)
def test_the_path(target, baseline, steps, start, due, now, expected, rising):
    milestones = [(period(by), Target(at_most=bound)) for by, bound in steps]
    found = path_to(target, baseline, milestones, start=period(start), due=period(due), day=period(now).day_after)
    if expected is None:
        assert found is None
    else:
        assert (found.expected, found.is_rising) == (pytest.approx(expected), rising)


@given(st.floats(1, 100), st.floats(101, 200))
@settings(max_examples=40, deadline=None)
def test_the_path_never_turns_back_and_ends_at_the_target(bound, baseline):
    start, due = period("2026-Q1"), period("2026-Q4")
    months = period("2026-12").series(12)
    target = Target(at_most=bound)
    expected = [path_to(target, baseline, [], start=start, due=due, day=m.day_after).expected for m in months]
    assert all(later <= earlier + 1e-9 for earlier, later in itertools.pairwise(expected))
    assert expected[-1] == pytest.approx(bound)


@pytest.mark.parametrize(
    ("series", "needed", "months", "expected"),
    [
        ([10, 12, 14, 16, 18, 20, 22], 2, 1, "routine"),
        ([10, 12, 10, 12, 10, 12, 10], -2, 1, "routine"),
        ([10, 11, 10, 12, 11, 10, 13], 3, 1, "ambitious"),
        ([10, 11, 10, 12, 11, 10, 13], 4, 1, "never_before"),
        ([10, 11, 10, 12, 11, 10, 13], -4, 1, "never_before"),
        ([10, 12, 14, 16], 2, 1, "unknown"),
        ([10, 12, None, 16, None, 20, 22], 2, 1, "unknown"),
        ([10, 11, 12, 13, 14, 15, 16], 3, 3, "routine"),
        ([], 3, 3, "unknown"),
        ([], 0, 3, "routine"),
    ],
)
def test_precedent(series, needed, months, expected):
    assert precedent_of(series, needed=needed, months=months) == expected
