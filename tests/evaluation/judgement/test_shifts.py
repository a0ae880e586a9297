"""Durations are judged by their raw values: against before, against the rest, with every way of having too little."""

from dataclasses import replace
from datetime import UTC, datetime

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from evaluation.assessment import Change
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.judgement import shifts as shifts_module
from evaluation.judgement.comparing import change_of_shift, compare
from evaluation.judgement.figures import figure_of
from evaluation.judgement.shifts import Shifts
from evaluation.measurement import Measurement
from evaluation.metric import Better
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.outcomes import outcomes
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.shift import Shift, hodges_lehmann
from evaluation.verdict import Against

METRIC = "first_response_time"
PERIOD = Period.parse("2026-07", zone="UTC")
SETTINGS = Settings.model_validate(
    {"organisation": {"name": "Northwind Care", "time_zone": "UTC"},
     "calendars": {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}}}
)  # fmt: skip


def kind_of(column):
    if column.endswith("_at"):
        return "timestamp('UTC', 6)"
    if column.endswith("_seconds"):
        return "float64"
    if column.endswith("_count"):
        return "int64"
    return "boolean" if column.startswith(("is_", "has_", "was_")) else "string"


def service(*groups):
    """Tickets of groups: month, seconds to the first response, and the members of each ticket of the group."""
    columns = [*FACT_COLUMNS["tickets"], *DIMENSION_COLUMNS, "exclusion"]
    rows = []
    for month, seconds, members in groups:
        for wait in seconds:
            at = pd.Timestamp(f"2026-{month:02}-08T10:00Z")
            own = {
                "ticket_id": f"t:{len(rows)}",
                "created_at": at,
                "clock_started_at": at,
                "first_response_at": at,
                "first_response_state": "responded",
                "first_response_business_seconds": float(wait),
                "first_response_calendar_seconds": float(wait),
                "has_events": True,
                "is_solved": False,
                **members,
            }
            rows.append({column: own.get(column) for column in columns})  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).astype(object)
    for column in columns:
        if "timestamp" in kind_of(column):
            frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
    connection = ibis.duckdb.connect()
    schema = ibis.schema({column: kind_of(column) for column in columns})
    table = connection.create_table("tickets", frame, schema=schema)
    return Facts({"tickets": table}, datetime(2026, 8, 20, tzinfo=UTC))


def judged(facts, statistic="median", **where):
    measurements = measure(facts, SETTINGS, PERIOD, only=[METRIC])
    definitions = chosen({})
    shifts = Shifts(facts, definitions, PERIOD)
    return figure_of(measurements, definitions[METRIC].metric, PERIOD, statistic=statistic, where=where, shifts=shifts)


def spread(seed, count, scale, tail=0):
    """Waits around a scale, some of them very long."""
    waits = np.random.default_rng(seed).gamma(4.0, scale / 4, count)
    return [*waits, *[scale * 500] * tail]


def zeros(waiting, count, wait=1200):
    """So many of the tickets wait, the others not at all."""
    return [wait] * waiting + [0] * (count - waiting)


CASES = {
    "shorter": (spread(1, 200, 3600), spread(2, 200, 5400), "median", "better"),
    "longer": (spread(1, 200, 5400), spread(2, 200, 3600), "median", "worse"),
    "as long": (spread(1, 200, 3600), spread(2, 200, 3600), "median", "within_noise"),
    "mean, typical case longer": (spread(1, 200, 5400), spread(2, 200, 3600), "mean", "worse"),
    "mean moved, typical case did not": (spread(1, 200, 3600, tail=12), spread(2, 200, 3600), "mean", "within_noise"),
    "mean rose, typical case shorter": (spread(1, 200, 2400, tail=9), spread(2, 200, 3600), "mean", "moved"),
    "p90 by its own interval": (spread(1, 200, 3600, tail=40), spread(2, 200, 3600), "p90", "worse"),
    "the shortest": (spread(1, 200, 3600), spread(2, 200, 5400), "min", "not_judged"),
    "four now": (spread(1, 4, 3600), spread(2, 200, 5400), "median", "cannot_tell"),
    "fewer than the minimum sample": (spread(1, 29, 600), spread(2, 200, 5400), "median", "cannot_tell"),
    "nothing before": (spread(1, 200, 3600), [], "median", "not_compared"),
    "nothing now": ([], spread(1, 200, 3600), "median", "not_compared"),
    "no waits at all": ([0] * 80, [0] * 90, "median", "within_noise"),
    "most do not wait, more before; the median is 0 in both": (zeros(60, 300), zeros(140, 300), "median",
                                                               "within_noise"),
    "most do not wait, more before; the mean tells": (zeros(60, 300), zeros(140, 300), "mean", "better"),
    "more than half waited before, less than half now": (zeros(140, 300), zeros(160, 300), "median", "within_noise"),
    "clearly more than half before, clearly less now": (zeros(90, 300), zeros(210, 300), "median", "better"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "before", "statistic", "verdict"), CASES.values(), ids=CASES)
def test_verdicts_on_durations(now, before, statistic, verdict):
    figure = judged(service((7, now, {}), (6, before, {})), statistic)
    assert figure.verdict is Change(verdict)
    is_compared = verdict not in ("not_compared", "not_judged") and statistic != "p90"
    assert (figure.shift is not None) == is_compared
    if is_compared and figure.shift.value is not None:
        differences = np.subtract.outer(now, before)
        assert figure.shift.value == pytest.approx(np.median(differences))
        if len(set(now) | set(before)) > 1:
            assert figure.shift.p_value == pytest.approx(mannwhitneyu(now, before, method="asymptotic").pvalue)


def test_few_values_have_a_reason():
    figure = judged(service((7, spread(1, 4, 3600), {}), (6, spread(2, 200, 5400), {})))
    assert (figure.shift.value, figure.shift.undefined_because) == (None, "fewer than 5 values on a side")


TEAMS = (
    (7, spread(1, 90, 7200), {"team": "north", "channel": "email"}),
    (7, spread(2, 200, 3600), {"team": "south", "channel": "email"}),
    (7, spread(3, 100, 90_000), {"channel": "form"}),
    (6, spread(4, 90, 7200), {"team": "north"}),
    (6, spread(5, 200, 3600), {"team": "south"}),
    (6, spread(6, 60, 3600), {"team": "closed"}),
    (7, spread(7, 60, 3600), {"team": "new"}),
)


@pytest.fixture(scope="module")
def teams():
    return service(*TEAMS)


def waits(month, **members):
    return [wait for at, group, own in TEAMS for wait in group if at == month and members.items() <= own.items()]


def test_a_member_against_before_and_against_the_rest(teams):
    shifts = Shifts(teams, chosen({}), PERIOD)
    before = shifts.get(METRIC, "team", "north")
    assert before == hodges_lehmann(waits(7, team="north"), waits(6, team="north"))
    assert not before.is_real
    rest = shifts.get(METRIC, "team", "north", against=Against.REST)
    others = waits(7, team="south") + waits(7, team="new")  # what belongs to no team is no rest
    assert rest == hodges_lehmann(waits(7, team="north"), others)
    assert rest.is_real


def test_a_member_that_is_alone_or_was_not_there(teams):
    shifts = Shifts(teams, chosen({}), PERIOD)
    assert shifts.get(METRIC, "branch", "centre", against=Against.REST).value is None
    assert shifts.get(METRIC, "team", "new").undefined_because == "fewer than 5 values on a side"
    assert judged(teams, team="new").verdict is Change.NOT_COMPARED
    assert judged(teams, team="closed").verdict is Change.NOT_COMPARED
    assert judged(teams, team="north").verdict is Change.WITHIN_NOISE


def test_the_same_period_last_year_and_other_periods(teams):
    shifts = Shifts(teams, chosen({}), Period.parse("2027-07", zone="UTC"))
    assert shifts.get(METRIC, against=Against.LAST_YEAR).undefined_because is not None
    earlier = shifts.get(METRIC, "team", "south", period=PERIOD)
    assert earlier == hodges_lehmann(waits(7, team="south"), waits(6, team="south"))


def test_what_is_no_duration_of_cases_has_no_shift(teams):
    shifts = Shifts(teams, chosen({}), PERIOD)
    assert [shifts.get(name) for name in ("tickets_created", "csat", "sla_overdue_time", "nonsense")] == [None] * 4


def test_nothing_is_read_before_it_is_asked_for_and_nothing_twice(teams, monkeypatch):
    reads = []
    monkeypatch.setattr(
        shifts_module, "outcomes", lambda facts, definition, *rest, **more: reads.append(definition.metric.id)
        or outcomes(facts, definition, *rest, **more),
    )  # fmt: skip
    shifts = Shifts(teams, chosen({}), PERIOD)
    assert reads == []
    for member in ("north", "south"):
        for against in Against:
            shifts.get(METRIC, "team", member, against=against)
    assert reads == [METRIC, METRIC]  # this period with the one before, and last year


SHIFTS = [
    # value, p, superiority, moved, better, said
    (-60.0, 0.01, 0.4, -50.0, "lower", Change.BETTER),
    (60.0, 0.01, 0.6, 50.0, "lower", Change.WORSE),
    (60.0, 0.06, 0.6, 50.0, "lower", Change.WITHIN_NOISE),
    (0.0, 0.01, 0.4, -50.0, "lower", Change.BETTER),
    (-60.0, 0.01, 0.4, 0.0, "lower", Change.WITHIN_NOISE),
    (-60.0, 0.01, 0.4, 50.0, "lower", Change.MOVED),
    (60.0, 0.01, 0.6, 50.0, "higher", Change.BETTER),
    (60.0, 0.01, 0.6, 50.0, "neutral", Change.MOVED),
    (None, None, None, 50.0, "lower", Change.CANNOT_TELL),
]


@pytest.mark.parametrize(("value", "p_value", "superiority", "moved", "better", "said"), SHIFTS)
def test_the_word_for_a_shift(metrics, value, p_value, superiority, moved, better, said):
    metric = replace(metrics[METRIC], better=Better(better))
    shift = Shift(value, value, value, p_value, superiority=superiority)
    assert change_of_shift(metric, shift, moved) is said


def test_without_raw_values_the_intervals_decide(metrics):
    """Ages of what is still open are no decided cases."""
    now, before = (
        Measurement(metric_id=METRIC, period_id=one, dimension="all", member="all", statistic="median", value=value,
                    n=100, low=value - 200, high=value + 200)
        for one, value in (("2026-07", 3000.0), ("2026-06", 4000.0))
    )  # fmt: skip
    assert compare(metrics[METRIC], now, before)[1] is Change.BETTER
    difference, said = compare(metrics[METRIC], now, before, (), Shift(-10.0, -90.0, 70.0, 0.8, superiority=0.48))
    assert (difference.value, difference.p_value, said) == (-10.0, 0.8, Change.WITHIN_NOISE)
