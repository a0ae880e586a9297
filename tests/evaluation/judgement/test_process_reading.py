"""Control charts of figures: which months are points, where limits start anew, what is said of the last month."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from evaluation.assessment import Point
from evaluation.errors import ConfigError
from evaluation.followup import FollowUpConfig
from evaluation.judgement.process import (
    DatedChange,
    check_changes,
    current_points,
    dated_changes,
    process_points,
    process_reading,
)
from evaluation.named_change import NamedChange
from evaluation.period import Period
from evaluation.process_reading import Behaviour
from evaluation.statistics.assurance import assurance
from evaluation.statistics.process_chart import Signal, process_limits

ZONE = "Europe/Warsaw"
CUT = datetime(2026, 10, 2, tzinfo=UTC)
MONTHS = [month.id for month in Period.parse("2026-09", zone=ZONE).series(13)]
STEADY = [10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0]


def series(values, n=200, first=0):
    known = n if isinstance(n, list) else [n] * len(values)
    return [
        Point(period_id=month, value=value, n=0 if value is None else size)
        for month, value, size in zip(MONTHS[first:], values, known, strict=False)
    ]


def read(metric, values, changes=(), where=None, cut=CUT, **more):
    return process_reading(metric, series(values, **more), where=where or {}, changes=changes, cut=cut, zone=ZONE)


def change(on, name="New desk", **more):
    return DatedChange(on=date.fromisoformat(on), name=name, **{"metrics": (), "where": None, **more})


@pytest.mark.parametrize(
    ("values", "behaviour", "first", "is_upward"),
    [
        (STEADY, Behaviour.AS_BEFORE, None, None),
        ([*STEADY[:6], *[12.2, 12.4, 12.3, 12.5, 12.2, 12.4, 12.3]], Behaviour.SHIFTED, "2026-03", True),
        ([*STEADY[:7], *[12.4, 12.3, 12.5, 12.2, 12.4, 12.3]], Behaviour.AS_BEFORE, None, None),
        ([*STEADY[:6], *[8.2, 8.4, 8.3, 8.5, 8.2, 8.4, 8.3]], Behaviour.SHIFTED, "2026-03", False),
        ([*STEADY[:6], 9.0, 9.6, 10.2, 10.8, 11.4, 12.0, 12.6], Behaviour.TRENDING, "2026-03", True),
        ([*STEADY[:6], 12.6, 12.0, 11.4, 10.8, 10.2, 9.6, 9.0], Behaviour.TRENDING, "2026-03", False),
        ([*STEADY[:12], 20.0], Behaviour.OUTSIDE, "2026-09", True),
        ([*STEADY[:12], 2.0], Behaviour.OUTSIDE, "2026-09", False),
        ([*STEADY[:9], 12.0, 14.6, 12.9, 14.9], Behaviour.NEAR_LIMIT, "2026-07", True),
        ([*STEADY[:9], 12.0, 13.6, 12.8, 14.9], Behaviour.AS_BEFORE, None, None),
        (STEADY[:6], Behaviour.AS_BEFORE, None, None),
        (STEADY[:5], Behaviour.CANNOT_TELL, None, None),
    ],
)
def test_what_is_said_of_the_last_month(metrics, values, behaviour, first, is_upward):
    reading = read(metrics["ces"], values)
    assert reading.behaviour is behaviour
    if first is None:
        assert reading.cause is None
    else:
        assert (reading.cause.first, reading.cause.is_upward, reading.cause.is_current) == (first, is_upward, True)
        assert reading.cause.last == "2026-09"


def test_a_shift_that_is_over_is_a_special_cause_but_not_what_is_said(metrics):
    reading = read(metrics["ces"], [*[12.2, 12.4, 12.3, 12.5, 12.2, 12.4, 12.3], 8.0, 12.2, 8.0, 12.2, 8.0, 10.9])
    assert [(cause.signal, cause.months, cause.is_current) for cause in reading.causes] == [(Signal.ONE_SIDE, 7, False)]
    assert reading.behaviour is Behaviour.AS_BEFORE


@pytest.mark.parametrize(("count", "is_provisional"), [(12, True), (13, False)])
def test_fewer_than_thirteen_months_are_provisional(metrics, count, is_provisional):
    assert read(metrics["ces"], STEADY[:count]).now.is_provisional is is_provisional


@pytest.mark.parametrize(
    ("metric", "n", "cut", "places"),
    [
        ("csat", 200, CUT, range(13)),
        ("csat", [200] * 12 + [29], CUT, range(12)),
        ("csat", [200] * 12 + [30], CUT, range(13)),
        ("tickets_created", [200] * 12 + [3], CUT, range(13)),
        ("backlog", [200] * 12 + [3], CUT, range(13)),
        ("csat", 200, datetime(2026, 9, 30, 21, 59, tzinfo=UTC), range(12)),
        ("csat", 200, datetime(2026, 9, 30, 22, tzinfo=UTC), range(13)),
    ],
)
def test_which_months_are_points(metrics, metric, n, cut, places):
    found = process_points(metrics[metric], series(STEADY, n=n), cut=cut, zone=ZONE)
    assert [place for place, value in enumerate(found) if value is not None] == list(places)
    left = [month for number, month in enumerate(MONTHS) if number not in places]
    assert list(read(metrics[metric], STEADY, n=n, cut=cut).left_out) == left


def test_the_first_month_of_a_count_is_no_point_where_the_data_begin_inside_the_window(metrics):
    short = STEADY[1:]
    assert read(metrics["tickets_created"], short, first=1).left_out == (MONTHS[1],)
    assert read(metrics["csat"], short, first=1).left_out == ()
    assert read(metrics["tickets_created"], STEADY).left_out == ()


def test_nothing_measured_has_no_chart(metrics):
    assert read(metrics["csat"], []) is None
    assert read(metrics["csat"], STEADY, n=12) is None


@pytest.mark.parametrize(
    ("on", "first_of_the_new"),
    [
        ("2026-03-01", "2026-03"),
        ("2026-03-15", "2026-03"),
        ("2026-03-16", "2026-04"),
        ("2025-09-15", None),
        ("2025-09-16", "2025-10"),
        ("2026-09-15", "2026-09"),
        ("2026-09-16", None),
        ("2020-01-01", None),
    ],
)
def test_limits_start_anew_in_the_month_that_is_mostly_new(metrics, on, first_of_the_new):
    reading = read(metrics["ces"], STEADY, [change(on)])
    assert [phase.first for phase in reading.phases[1:]] == ([first_of_the_new] if first_of_the_new else [])
    assert reading.now.changes == (("New desk",) if first_of_the_new else ())
    assert reading.phases[0].changes == ()


def test_each_phase_has_its_own_limits_and_a_known_change_is_no_signal(metrics):
    values = [*STEADY[:6], *[value + 20 for value in STEADY[:7]]]
    assert read(metrics["ces"], values).behaviour is Behaviour.SHIFTED
    reading = read(metrics["ces"], values, [change("2026-03-01")])
    assert reading.behaviour is Behaviour.AS_BEFORE
    assert reading.causes == ()
    for phase, part in zip(reading.phases, (values[:6], values[6:]), strict=True):
        limits = process_limits(part)
        assert (phase.low, phase.centre, phase.high, phase.months) == (limits.low, limits.mean, limits.high, len(part))
        assert phase.is_provisional


@pytest.mark.parametrize(("on", "behaviour"), [("2026-04-01", "as_before"), ("2026-05-01", "cannot_tell")])
def test_a_named_change_needs_six_months_before_anything_is_said(metrics, on, behaviour):
    assert read(metrics["ces"], STEADY, [change(on)]).behaviour == behaviour


@pytest.mark.parametrize(("on", "phases"), [("2026-02-01", 1), ("2026-03-01", 2), ("2026-04-01", 2), ("2026-05-01", 1)])
def test_a_done_follow_up_starts_a_phase_once_six_months_stand_on_either_side(metrics, on, phases):
    values = STEADY if on != "2026-02-01" else [None, *STEADY[1:]]
    assert len(read(metrics["ces"], values, [change(on, is_proven_only=True)]).phases) == phases


def test_two_changes_of_one_month_are_one_phase_with_both_names(metrics):
    changes = [
        change("2026-03-01"),
        change("2026-03-05", "Second shift"),
        change("2026-03-09", "F", is_proven_only=True),
    ]
    reading = read(metrics["ces"], STEADY, changes)
    assert [phase.changes for phase in reading.phases] == [(), ("New desk", "Second shift", "F")]


@pytest.mark.parametrize(
    ("metrics_named", "scope", "where", "concerns"),
    [
        ((), None, {}, True),
        ((), None, {"channel": "email"}, True),
        (("ces",), None, {"channel": "email"}, True),
        (("csat",), None, {}, False),
        ((), {"channel": "email"}, {"channel": "email"}, True),
        ((), {"channel": "email"}, {"channel": "chat"}, False),
        ((), {"channel": "email"}, {}, False),
        (("ces",), {}, {}, True),
        (("ces",), {}, {"channel": "email"}, False),
    ],
)
def test_which_figures_a_change_concerns(metrics, metrics_named, scope, where, concerns):
    assert change("2026-03-01", metrics=metrics_named, where=scope).concerns(metrics["ces"], where) is concerns


def test_named_changes_and_done_follow_ups_are_the_dated_changes():
    def follow_up(id, **more):
        return FollowUpConfig.model_validate(
            {"id": id, "title": id, "owner": "o", "due": "2026-08-01", "agreed_in": "2026-Q2", **more}
        )

    done = {"state": "done", "done_on": "2026-03-10"}
    found = dated_changes(
        [NamedChange.model_validate({"on": "2026-05-01", "name": "Desk", "where": {"channel": "email"}})],
        [
            follow_up("with-metric", metric="csat", **done),
            follow_up("without-metric", **done),
            follow_up("open", metric="csat"),
        ],
    )
    assert found == (
        DatedChange(on=date(2026, 3, 10), name="with-metric", metrics=("csat",), where={}, is_proven_only=True),
        DatedChange(on=date(2026, 5, 1), name="Desk", metrics=(), where={"channel": "email"}),
    )


@pytest.mark.parametrize(
    "wrong",
    [{"on": "soon"}, {"name": ""}, {"where": {"planet": "x"}}, {"where": {"channel": "post"}}, {"color": "red"}],
)
def test_a_change_is_written_whole(wrong):
    with pytest.raises(ValidationError):
        NamedChange.model_validate({"on": "2026-05-01", "name": "Desk", **wrong})


def test_a_change_of_an_unknown_metric_is_refused(metrics):
    change = NamedChange.model_validate({"on": "2026-05-01", "name": "Desk", "metrics": ["csat", "cast"]})
    with pytest.raises(ConfigError, match="cast") as refused:
        check_changes([change], metrics)
    assert "changes.0.metrics.1" in str(refused.value)
    check_changes([change.model_copy(update={"metrics": ["csat"]})], metrics)


@pytest.mark.parametrize("changes", [(), (change("2026-03-01"),)])
def test_assurance_rests_on_the_limits_of_the_phase_that_is_on(metrics, changes):
    values = [*[value + 9 for value in STEADY[:6]], *STEADY[:6], 50.0]
    sizes = [200] * 12 + [3]
    points = series(values, n=sizes)
    reading = process_reading(metrics["ces"], points, where={}, changes=changes, cut=CUT, zone=ZONE)
    current = current_points(reading, points)
    assert current == (values[6:12] if changes else values[:12])
    limits = process_limits(current)
    assert (limits.low, limits.high) == (reading.now.low, reading.now.high)
    assert assurance(current, at_least=None, at_most=16.0) == ("reached" if changes else "hit_and_miss")
    assert current_points(None, points) == []
