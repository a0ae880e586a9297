"""What may be said about a difference: better, worse, moved, within noise, cannot tell, not compared."""

import pytest

from evaluation.assessment import Change, Point
from evaluation.findings import judge
from evaluation.judgement.comparing import compare, difference_between
from evaluation.judgement.figures import figure_of, main_figures, monthly_series, with_goal
from evaluation.measurement import Absent
from evaluation.settings import FigureChoice

STEADY = tuple(Point(period_id=f"2026-{m:02}", value=v, n=1) for m, v in enumerate([50, 52, 51, 49, 50, 51, 50], 1))
WILD = tuple(Point(period_id=f"2026-{m:02}", value=v, n=1) for m, v in enumerate([20, 80, 30, 90, 25, 85, 40], 1))

CASES = [
    # metric, now, before, extra now, extra before, series, verdict
    ("csat", 0.85, 0.80, {"noise": 0.02}, {"noise": 0.02}, (), "better"),
    ("csat", 0.75, 0.80, {"noise": 0.02}, {"noise": 0.02}, (), "worse"),
    ("csat", 0.82, 0.80, {"noise": 0.02}, {"noise": 0.02}, (), "within_noise"),
    ("csat", 0.80, 0.80, {"noise": 0.0}, {"noise": 0.0}, (), "within_noise"),
    ("csat", 0.85, 0.80, {"noise": 0.02, "n": 29}, {"noise": 0.02}, (), "cannot_tell"),
    ("csat", 0.85, 0.80, {"noise": 0.02}, {"noise": 0.02, "n": 29}, (), "cannot_tell"),
    ("csat", None, 0.80, {}, {"noise": 0.02}, (), "not_compared"),
    ("csat", 0.85, None, {"noise": 0.02}, {}, (), "not_compared"),
    ("first_response_time", 3000, 4000, {"noise": 300}, {"noise": 300}, (), "better"),
    ("first_response_time", 4000, 3000, {"noise": 300}, {"noise": 300}, (), "worse"),
    ("first_response_time", 3300, 3000, {"noise": 300}, {"noise": 300}, (), "within_noise"),
    ("ces", 5.6, 5.1, {"noise": 0.2}, {"noise": 0.2}, (), "better"),
    ("ces", 5.2, 5.1, {"noise": 0.2}, {"noise": 0.2}, (), "within_noise"),
    ("nps", 40, 20, {"noise": 10}, {"noise": 10}, (), "better"),
    ("nps", 30, 20, {"noise": 10}, {"noise": 10}, (), "within_noise"),
    ("tickets_created", 1300, 1000, {}, {}, (), "moved"),
    ("tickets_created", 1020, 1000, {}, {}, (), "within_noise"),
    ("tickets_solved", 1300, 1000, {}, {}, (), "better"),
    ("tickets_solved", 1300, 1000, {}, {}, WILD, "within_noise"),
    ("backlog", 70, 50, {}, {}, STEADY, "worse"),
    ("backlog", 70, 50, {}, {}, WILD, "within_noise"),
    ("backlog", 70, 50, {}, {}, STEADY[:5], "cannot_tell"),
    ("clearance_rate", 1.2, 1.0, {}, {}, (), "cannot_tell"),
]


@pytest.mark.parametrize(("name", "now", "before", "extra_now", "extra_before", "series", "verdict"), CASES)
def test_verdicts(metrics, measured, name, now, before, extra_now, extra_before, series, verdict):
    both = measured((name, "2026-Q3", now, extra_now), (name, "2026-Q2", before, extra_before))
    later, earlier = (both.get(name, p, statistic=metrics[name].statistic) for p in ("2026-Q3", "2026-Q2"))
    difference, said = compare(metrics[name], later, earlier, series)
    assert said is Change(verdict)
    assert (difference is not None) == (said not in (Change.CANNOT_TELL, Change.NOT_COMPARED))


@pytest.mark.parametrize("side", [0, 1], ids=["now", "before"])
@pytest.mark.parametrize("caveat", ["partial_period", "partial_records"])
@pytest.mark.parametrize(
    ("name", "verdict"),
    [("tickets_created", "not_whole"), ("tickets_solved", "not_whole"), ("backlog", "not_whole"), ("csat", "worse")],
)
def test_what_grows_with_its_days_is_compared_by_whole_periods_only(metrics, measured, name, verdict, caveat, side):
    extra = [{"noise": 0.001} if name == "csat" else {} for _ in range(2)]
    extra[side]["caveats"] = caveat
    now, before = (0.7, 0.8) if name == "csat" else (35, 68)
    both = measured((name, "2026-Q3", now, extra[0]), (name, "2026-Q2", before, extra[1]))
    later, earlier = (both.get(name, p, statistic="value") for p in ("2026-Q3", "2026-Q2"))
    assert compare(metrics[name], later, earlier)[1] is Change(verdict)


def test_a_period_that_is_not_over_gives_no_finding_about_its_counts(metrics, measured, named):
    rows = [("tickets_created", "2026-Q3", 35, {"caveats": "partial_period"}), ("tickets_created", "2026-Q2", 68)]
    measurements, period = measured(*rows), named("2026-Q3")
    figure = figure_of(measurements, metrics["tickets_created"], period, where={})
    judged = judge([figure], [], measurements, period, metrics)
    assert (judged.figures[0].verdict, judged.findings, judged.differences) == (Change.NOT_WHOLE, (), ())


def test_nothing_before_is_not_compared(metrics, measured):
    now = measured(("csat", "2026-Q3", 0.8)).get("csat", "2026-Q3", statistic="value")
    assert compare(metrics["csat"], now, None) == (None, Change.NOT_COMPARED)


def test_a_difference_without_value_is_none(metrics, measured):
    both = measured(("csat", "2026-Q3", None), ("csat", "2026-Q2", 0.8))
    pair = [both.get("csat", p, statistic="value") for p in ("2026-Q3", "2026-Q2")]
    assert difference_between(metrics["csat"], *pair) is None


def test_a_figure_has_its_predecessors_and_months(metrics, measured, named):
    found = figure_of(
        measured(
            ("csat", "2026-Q3", 0.85, {"noise": 0.01, "undecided": 7}), ("csat", "2026-Q2", 0.80, {"noise": 0.01}),
            ("csat", "2025-Q3", 0.70), ("csat", "2025-11", None), ("csat", "2025-12", 0.7), ("csat", "2026-09", 0.9),
        ),
        metrics["csat"], named("2026-Q3"), where={},
    )  # fmt: skip
    assert (found.value, found.previous, found.last_year, found.change) == (0.85, 0.80, 0.70, pytest.approx(0.05))
    assert (found.verdict, found.undecided, found.target, found.status) == (Change.BETTER, 7, None, None)
    assert [point.period_id for point in found.series] == [
        "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09",
    ]  # fmt: skip
    assert [found.series[0].value, found.series[1].value, found.series[-1].value] == [0.7, None, 0.9]


def test_a_figure_that_was_not_measured_says_so(metrics, measured, named):
    found = figure_of(measured(("csat", "2026-Q3", 0.8)), metrics["csat"], named("2026-Q3"), where={"team": "north"})
    assert (found.value, found.n, found.reason, found.verdict) == (None, 0, Absent.NO_CASES, Change.NOT_COMPARED)
    assert found.series == ()


def test_a_member_is_not_mixed_up_with_the_whole(metrics, measured, named):
    both = measured(("csat", "2026-09", 0.8), ("csat", "2026-09", 0.6, {"dimension": "team", "member": "all"}))
    assert figure_of(both, metrics["csat"], named("2026-09"), where={"team": "all"}).value == 0.6
    assert [p.value for p in monthly_series(both, metrics["csat"], named("2026-09"), where={})] == [0.8]


def test_the_configured_figures_come_in_their_order(metrics, measured, named):
    rows = measured(("csat", "2026-Q3", 0.8), ("nps", "2026-Q3", 30))
    wanted = [("nps", {}), ("csat", {"channel": "chat"}), ("csat", {})]
    choices = [FigureChoice(metric=name, where=where) for name, where in wanted]
    found = main_figures(rows, metrics, choices, [], named("2026-Q3"))
    assert [(f.metric.id, f.where, f.value) for f in found] == [
        ("nps", {}, 30), ("csat", {"channel": "chat"}, None), ("csat", {}, 0.8),
    ]  # fmt: skip


def test_without_a_choice_the_first_six_that_can_be_measured_are_shown(metrics, measured, named):
    rows = measured(
        ("sla_attainment", "2026-Q3", None, {"reason": "no_policy"}), ("first_response_time", "2026-Q3", 4000),
        ("csat", "2026-Q3", None, {"reason": "withheld"}), ("nps", "2026-Q3", 30), ("ces", "2026-Q3", 5),
        ("backlog", "2026-Q3", 12), ("tickets_created", "2026-Q3", 99), ("tickets_solved", "2026-Q3", 98),
    )  # fmt: skip
    found = main_figures(rows, metrics, [], [], named("2026-Q3"))
    # what is withheld stays on the page and says so; what no source gives does not
    assert [f.metric.id for f in found] == ["first_response_time", "csat", "nps", "ces", "backlog", "tickets_created"]


def test_a_figure_without_a_goal_has_no_target(metrics, measured, named):
    figure = figure_of(measured(("csat", "2026-Q3", 0.8)), metrics["csat"], named("2026-Q3"), where={})
    assert with_goal(figure, []) == figure
