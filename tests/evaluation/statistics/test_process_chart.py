"""XmR charts: Wheeler's arithmetic, each rule on both sides, steps, gaps, and series that are too short."""

import pytest

from evaluation.statistics.process_chart import Signal, is_moving, process_chart, process_limits

STEADY = [10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0]


def signals(series, signal, **options):
    return [i for i, found in enumerate(process_chart(series, **options).signals) if signal in found]


def test_limits_of_the_mean_moving_range():
    # mean 11, moving ranges 2 1 1 2 1 1 2 1 1 2 1 1: mean 4/3
    limits = process_limits(STEADY)
    assert limits.mean == pytest.approx(sum(STEADY) / 13)
    assert limits.high - limits.mean == pytest.approx(2.66 * 16 / 12)
    assert not limits.is_provisional


def test_the_other_constant_can_be_chosen():
    wheeler, shewhart = process_limits(STEADY), process_limits(STEADY, scaling="3/1.128")
    assert (shewhart.high - shewhart.mean) / (wheeler.high - wheeler.mean) == pytest.approx(3 / 1.128 / 2.66)


def test_a_jump_is_screened_out_of_the_ranges_once():
    jump = [*STEADY, 40.0]
    # ranges sum 16 + 30 over 13, mean 3.54; 30 is beyond 3.267 * 3.54
    assert process_limits(jump).high - process_limits(jump).mean == pytest.approx(2.66 * 16 / 12)
    wide = process_limits(jump, screen=False)
    assert wide.high - wide.mean == pytest.approx(2.66 * 46 / 13)
    assert signals(jump, Signal.OUTSIDE) == [13]


def test_when_every_range_is_screened_all_are_kept():
    limits = process_limits([5.0] * 6)
    assert (limits.low, limits.mean, limits.high) == (5.0, 5.0, 5.0)
    assert process_chart([5.0] * 8).signals == ((),) * 8


@pytest.mark.parametrize(("above", "found"), [(7, True), (6, False)])
def test_seven_on_one_side(above, found):
    series = [*([4.0, 6.0] * 7), *([9.0, 8.0] * 7)[:above]]
    marked = signals(series, Signal.ONE_SIDE)
    assert set(range(14, 14 + above)) <= set(marked) if found else not set(range(14, 14 + above)) <= set(marked)


def test_a_value_on_the_mean_is_on_no_side():
    series = [1.0, -1.0] * 4 + [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0] + [-1.0] * 6
    assert process_limits(series).mean == 0.0
    assert signals(series, Signal.ONE_SIDE) == []


@pytest.mark.parametrize(
    ("run", "marked"),
    [
        ([0.4, 0.8, 1.2, 1.6, 2.0, 2.4, 2.8], [7, 8, 9, 10, 11, 12, 13]),
        ([3.1, 2.7, 2.3, 1.9, 1.5, 1.1, 0.7], [7, 8, 9, 10, 11, 12, 13]),
        ([0.4, 0.8, 1.2, 1.6, 2.0, 2.4], []),
        ([3.1, 2.7, 2.3, 1.9, 1.5, 1.1], []),
        ([0.4, 0.8, 1.2, 1.2, 1.6, 2.0, 2.4], []),
    ],
    ids=["seven rising", "seven falling", "six rising", "six falling", "a pause ends it"],
)
def test_seven_rising_or_falling(run, marked):
    before = [0.0, 3.0, 0.0, 3.0, 0.0, 3.0, 3.0 if run[1] > run[0] else 0.0]
    after = [0.0, 0.0, 3.0] if run[1] > run[0] else [3.0, 3.0, 0.0]
    assert signals([*before, *run, *after], Signal.RUN) == marked


def test_a_run_marks_all_of_its_seven_points():
    assert signals([1, 2, 3, 4, 5, 6, 7], Signal.RUN) == [0, 1, 2, 3, 4, 5, 6]
    assert signals([1, 2, 3, 4, 5, 6, 6], Signal.RUN) == []


def test_two_of_three_near_the_same_limit():
    base = [10.0, 11.0] * 8
    limits = process_limits(base)
    near = limits.mean + 0.9 * (limits.high - limits.mean)
    chart_of = lambda tail: set(signals([*base, *tail], Signal.NEAR_LIMIT))  # noqa: E731
    assert {16, 18} <= chart_of([near, 10.5, near])
    assert not {16, 19} <= chart_of([near, 10.5, 10.5, near])
    assert chart_of([near, 10.5, 2 * limits.mean - near]) == set()


def test_a_step_gives_new_limits_and_ends_runs():
    series = [*STEADY, *[value + 20 for value in STEADY]]
    whole, split = process_chart(series), process_chart(series, steps=[13])
    assert any(whole.signals)
    assert not any(split.signals)
    assert [round(phase.limits.mean, 2) for phase in split.phases] == [10.92, 30.92]


def test_the_jump_across_a_step_can_be_kept():
    series = [*STEADY, *[value + 2 for value in STEADY]]
    without, kept = process_chart(series, steps=[13]), process_chart(series, steps=[13], keep_jump=True)
    # ranges of the second phase 16 over 12; with the jump from 10 to 12 they are 18 over 13
    assert without.phases[1].limits.high - without.phases[1].limits.mean == pytest.approx(2.66 * 16 / 12)
    assert kept.phases[1].limits.high - kept.phases[1].limits.mean == pytest.approx(2.66 * 18 / 13)
    assert kept.phases[1].limits.mean == without.phases[1].limits.mean


def test_absent_values_are_passed_over():
    chart = process_chart([10.0, None, 12.0, 11.0, None, 10.0, 12.0, 11.0, 40.0])
    assert chart.signals[-1] == (Signal.OUTSIDE,)
    assert chart.signals[1] == ()
    assert chart.phases[0].limits.is_provisional


def test_a_short_series_has_no_limits_and_no_signals():
    chart = process_chart([1.0, 99.0, 1.0, 99.0, 1.0])
    assert chart.phases[0].limits is None
    assert chart.signals == ((),) * 5
    assert process_chart([]).signals == ()


def test_moving_needs_seven():
    assert is_moving([1, 2, 3, 4, 5, 6, 7])
    assert not is_moving([1, 2, 3, 4, 5, 6, 5])
    assert not is_moving([])


@pytest.mark.parametrize(
    ("series", "steps", "words"),
    [([1.0, float("inf")], [], "finite"), ([1.0, 2.0], [2], "outside"), ([1.0], [0], "outside")],
)
def test_broken_input_is_refused(series, steps, words):
    with pytest.raises(ValueError, match=words):
        process_chart(series, steps=steps)
