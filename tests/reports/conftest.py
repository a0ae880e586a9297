"""A quarter of an invented organisation, made by hand, so that every page of the report has something to say."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from evaluation.assessment import (
    Assessment,
    Change,
    CycleStep,
    Decision,
    Figure,
    Finding,
    FollowUp,
    FollowUpEffect,
    FollowUpState,
    GoalAssessment,
    GoalStatus,
    LookedAt,
    Point,
    Target,
)
from evaluation.findings import judge
from evaluation.intake import Intake
from evaluation.judgement.process import processes
from evaluation.measurement import COLUMNS, UNASSIGNED, Absent, Caveat, Measurement, Measurements
from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.period import Period
from evaluation.statistics.effect import Effect
from evaluation.validation import CheckResult, Severity, Validation

ZONE = "Europe/Warsaw"
QUARTER = Period.parse("2026-Q3", zone=ZONE)
CHANNELS = {"email": 5200, "chat": 8100, "messenger": 2100, "form": 1400}
TEAMS = {"Front line": 9800, "Payments": 4300, "Claims": 900, UNASSIGNED: 1800}
TOPICS = {
    "Delivery": 6100,
    "Refund": 2900,
    "Account access": 2400,
    "Invoice": 1700,
    "Damaged goods": 880,
    "Warranty": 22,
}


def a_metric(
    id: str, label: str, pillar: Pillar, unit: Unit, better: Better, kind: Kind, statistic: str = "value"
) -> Metric:
    return Metric(
        id=id,
        label=label,
        pillar=pillar,
        unit=unit,
        better=better,
        kind=kind,
        statistic=statistic,
        minimum_sample=30,
        population="Tickets of customers",
        anchor="the reply",
        clock=Clock.BUSINESS if unit is Unit.SECONDS else Clock.NONE,
        definition="how it is counted.",
        source="the project's own",
        requires=("tickets.created_at",),
    )


def hand_made_catalogue() -> dict[str, Metric]:
    p, u, b, k = Pillar, Unit, Better, Kind
    rows = [
        a_metric(
            "first_response_time", "First response time", p.RESPONSIVENESS, u.SECONDS, b.LOWER, k.QUANTILE, "median"
        ),
        a_metric("next_reply_time", "Next reply time", p.RESPONSIVENESS, u.SECONDS, b.LOWER, k.QUANTILE, "median"),
        a_metric(
            "full_resolution_time", "Full resolution time", p.RESPONSIVENESS, u.SECONDS, b.LOWER, k.QUANTILE, "median"
        ),
        a_metric("sla_attainment", "Promises kept", p.RESPONSIVENESS, u.SHARE, b.HIGHER, k.SHARE),
        a_metric("sla_overdue_now", "Overdue now", p.RESPONSIVENESS, u.COUNT, b.LOWER, k.STOCK),
        a_metric("csat", "Customer satisfaction", p.SATISFACTION, u.SHARE, b.HIGHER, k.SHARE),
        a_metric("nps", "NPS", p.SATISFACTION, u.NPS_POINTS, b.HIGHER, k.NPS),
        a_metric("response_rate", "Response rate", p.SATISFACTION, u.SHARE, b.HIGHER, k.SHARE),
        a_metric("one_touch_rate", "One-touch rate", p.QUALITY, u.SHARE, b.HIGHER, k.SHARE),
        a_metric("tickets_created", "Tickets created", p.WORKLOAD, u.COUNT, b.NEUTRAL, k.COUNT),
        a_metric("tickets_solved", "Tickets solved", p.WORKLOAD, u.COUNT, b.NEUTRAL, k.COUNT),
        a_metric("backlog", "Backlog", p.WORKLOAD, u.COUNT, b.LOWER, k.STOCK),
    ]
    return {row.id: row for row in rows}


LEVELS = {
    "first_response_time": 1950.0,
    "next_reply_time": 2600.0,
    "full_resolution_time": 21000.0,
    "sla_attainment": 0.927,
    "csat": 0.861,
    "nps": 34.0,
    "response_rate": 0.211,
    "one_touch_rate": 0.714,
    "sla_overdue_now": 41.0,
    "tickets_created": 16800.0,
    "tickets_solved": 16650.0,
    "backlog": 612.0,
}
SPREAD = {"median": 1.0, "mean": 1.7, "p90": 4.1}


def measurement(
    metric: Metric, period: str, level: float, n: int, statistic: str, dimension: str, member: str
) -> Measurement:
    small = (Caveat.SMALL_SAMPLE,) if n < metric.minimum_sample else ()
    share, seconds = metric.unit is Unit.SHARE, metric.unit is Unit.SECONDS
    value = level * SPREAD.get(statistic, 1.0) if seconds else level
    if metric.unit is Unit.COUNT:
        value = float(round(value))
    half = (
        0.0 if metric.unit is Unit.COUNT else (1.96 * (value * (1 - value) / n) ** 0.5 if share else value * 2 / n**0.5)
    )
    low, high = (
        (None, None) if metric.unit is Unit.COUNT else (value - half, min(1.0, value + half) if share else value + half)
    )
    met = float(round(value * n)) if share else None
    return Measurement(
        metric_id=metric.id,
        period_id=period,
        dimension=dimension,
        member=member,
        statistic=statistic,
        value=met / n if share and met is not None else value,
        n=n,
        numerator=met,
        denominator=float(n) if share else None,
        undecided=37 if metric.id == "sla_attainment" and member == "all" else 0,
        excluded=12 if member == "all" else 0,
        low=low,
        high=high,
        caveats=small,
    )


def measurements(catalogue: dict[str, Metric]) -> Measurements:
    chance = random.Random(7)
    rows: list[Measurement] = []
    months = QUARTER.months()[-1].series(13)
    for metric in catalogue.values():
        statistics = ("median", "mean", "p90") if metric.unit is Unit.SECONDS else ("value",)
        level = LEVELS[metric.id]
        for period, factor, cases in [
            (QUARTER.id, 1.0, 16800),
            ("2026-Q2", 0.96, 15900),
            ("2025-Q3", 0.93, 14100),
            *((m.id, 0.93 + 0.006 * i + chance.gauss(0, 0.006), 5300) for i, m in enumerate(months)),
        ]:
            whole = level * factor if metric.unit is not Unit.COUNT or period == QUARTER.id else level * cases / 16800
            n = cases // 5 if metric.pillar is Pillar.SATISFACTION else cases
            rows += [measurement(metric, period, whole, n, s, "all", "all") for s in statistics]
        if metric.kind in (Kind.COUNT, Kind.STOCK):
            continue
        for dimension, members in (("channel", CHANNELS), ("team", TEAMS), ("topic", TOPICS)):
            for rank, (member, n) in enumerate(members.items()):
                cases = max(1, n // 5) if metric.pillar is Pillar.SATISFACTION else n
                own = level * (1.03 - 0.035 * rank)
                rows += [measurement(metric, QUARTER.id, own, cases, s, dimension, member) for s in statistics]
    return frame_of(rows)


def frame_of(rows: list[Measurement]) -> Measurements:
    records = [{name: getattr(row, name) for name in COLUMNS} for row in rows]
    for record in records:
        record["caveats"] = ",".join(record["caveats"])
    return Measurements(pd.DataFrame(records, columns=list(COLUMNS)))


def figure(
    catalogue: dict[str, Metric],
    found: Measurements,
    metric_id: str,
    verdict: Change,
    *,
    target: Target | None = None,
    status: GoalStatus | None = None,
    where: dict[str, str] | None = None,
    goal_id: str | None = None,
) -> Figure:
    metric = catalogue[metric_id]
    place = dict(where or {})
    key = {"dimension": next(iter(place)), "member": next(iter(place.values()))} if place else {}
    now = found.get(metric_id, QUARTER.id, statistic=metric.statistic, **key)
    before = found.get(metric_id, "2026-Q2", statistic=metric.statistic).value
    year = found.get(metric_id, "2025-Q3", statistic=metric.statistic).value
    points = tuple(
        Point(period_id=month.id, value=row.value, n=row.n)
        for month in QUARTER.months()[-1].series(13)
        for row in [found.get(metric_id, month.id, statistic=metric.statistic)]
    )
    return Figure(
        metric=metric,
        statistic=metric.statistic,
        where=place,
        value=now.value,
        n=now.n,
        low=now.low,
        high=now.high,
        undecided=now.undecided,
        excluded=now.excluded,
        reason=now.reason,
        caveats=now.caveats,
        previous=before,
        last_year=year,
        change=now.value - before,
        verdict=verdict,
        target=target,
        goal_id=goal_id,
        status=status,
        series=points,
    )


def goal(figure: Figure, id: str, statement: str, owner: str, reason: str, **changes: object) -> GoalAssessment:
    plain = GoalAssessment(
        id=id,
        statement=statement,
        owner=owner,
        start="2026-Q3",
        due="2026-Q3",
        figure=figure,
        baseline=figure.previous,
        target=figure.target,
        status=figure.status or GoalStatus.CANNOT_TELL,
        reason=reason,
        is_final=True,
        precedent="ambitious",
        expected=None,
        feasible="A second person joins the morning shift.",
        supports=None,
        because="Customers name it first.",
        parent=None,
        actions=("shift-plan",),
    )
    return replace(plain, **changes)


def follow_ups() -> tuple[FollowUp, ...]:
    def one(id: str, title: str, owner: str, due: date, state: FollowUpState, **more: object) -> FollowUp:
        plain = {
            "agreed_in": "2026-Q2",
            "goal_id": None,
            "metric_id": None,
            "where": {},
            "done_on": None,
            "reason": None,
            "overdue_days": 0,
            "carried_count": 0,
        }
        return FollowUp(id=id, title=title, owner=owner, due=due, state=state, **{**plain, **more})

    return (
        one(
            "repeat",
            "Find out why customers come back",
            "orlow.v",
            date(2026, 8, 15),
            FollowUpState.OPEN,
            overdue_days=51,
            carried_count=1,
            agreed_in="2026-Q1",
        ),
        one(
            "phone",
            "Ask for ratings after calls",
            "kim.e",
            date(2026, 9, 15),
            FollowUpState.IN_PROGRESS,
            overdue_days=21,
        ),
        one(
            "shift-plan",
            "Second person in the morning",
            "anna.kowalska",
            date(2026, 8, 15),
            FollowUpState.DONE,
            done_on=date(2026, 7, 20),
            metric_id="first_response_time",
            where={"channel": "email"},
            effect=FollowUpEffect(
                word=Effect.HELPED,
                reason="",
                months_before=("2026-04", "2026-05", "2026-06"),
                months_after=("2026-08", "2026-09"),
                n_before=4100,
                n_after=2900,
                before=3120.0,
                after=2340.0,
                change=-0.23,
                low=-0.31,
                high=-0.15,
                is_factor=True,
                is_net=True,
            ),
        ),
        one("templates", "Rewrite twelve refund templates", "zhukova.n", date(2026, 11, 1), FollowUpState.OPEN),
        one(
            "robot",
            "Automatic answers at night",
            "belov.d",
            date(2026, 9, 1),
            FollowUpState.DROPPED,
            reason="Too few cases at night",
        ),
    )


def stand_out(catalogue: dict[str, Metric], found: Measurements, whole: Figure) -> tuple[Finding, ...]:
    """One channel and one team below the whole on promises kept, and the whole better than before."""
    weak = [("channel", "form"), ("team", "Claims")]
    told = [
        Finding(
            rule="member_worse_than_rest",
            against=found.get("sla_attainment", QUARTER.id, statistic="value"),
            figure=figure(catalogue, found, "sla_attainment", Change.WORSE, where={dimension: member}),
            dimension=dimension,
            member=member,
            weight=2.2 - rank / 10,
        )
        for rank, (dimension, member) in enumerate(weak)
    ]
    better = Finding(rule="better_than_before", figure=whole, dimension=None, member=None, weight=3.1)
    return (better, *told)


def checks() -> Validation:
    def check(
        table: str,
        columns: tuple[str, ...],
        rule: str,
        severity: Severity,
        unexpected: int,
        parameters: dict | None = None,
    ) -> CheckResult:
        return CheckResult(
            id=".".join((table, "+".join(columns) or "table", rule)),
            table=table,
            columns=columns,
            rule=rule,
            severity=severity,
            passed=unexpected == 0,
            rows=16842,
            unexpected=unexpected,
            parameters=parameters or {},
        )

    found = [check("tickets", (), "row_count", Severity.CRITICAL, 0, {"at_least": 1})]
    found += [
        check("tickets", (name,), "not_null", Severity.CRITICAL, 0)
        for name in ("ticket_id", "created_at", "channel_code")
    ]
    found.append(check("tickets", ("solved_at", "created_at"), "not_before", Severity.WARNING, 3))
    found.append(check("surveys", ("ticket_id",), "refers_to", Severity.INFO, 21, {"table": "tickets"}))
    return Validation(tuple(found), {"tickets.solved_at+created_at.not_before": 3})


def cycle() -> tuple[CycleStep, ...]:
    ids = (
        "expectations",
        "correspondence",
        "calls",
        "resolution",
        "reviews",
        "questions",
        "mystery",
        "feedback",
        "performance",
        "talks",
        "weak_points",
        "goals",
        "follow_ups",
    )
    done = {
        "expectations": {"goals": 4, "sla_policies": 2},
        "resolution": {"solved": 16650, "topics": 6},
        "feedback": {"surveys": 15800, "answered": 3360},
        "goals": {"goals": 4, "reached": 2},
        "follow_ups": {"follow_ups": 5, "done": 1, "overdue": 2},
    }
    partly = {"questions": {"topics": 6}, "performance": {"teams": 3}}
    return tuple(
        CycleStep(
            number=rank,
            id=id,
            state="done" if id in done else "partly" if id in partly else "no_data",
            evidence=done.get(id) or partly.get(id) or {},
        )
        for rank, id in enumerate(ids, 1)
    )


def whole_assessment() -> Assessment:
    catalogue = hand_made_catalogue()
    found = measurements(catalogue)
    at_least, at_most = (lambda x: Target(at_least=x)), (lambda x: Target(at_most=x))
    g = GoalStatus
    figures = (
        figure(
            catalogue,
            found,
            "sla_attainment",
            Change.BETTER,
            target=at_least(0.92),
            status=g.REACHED,
            goal_id="on-time",
        ),
        figure(catalogue, found, "csat", Change.WITHIN_NOISE, target=at_least(0.88), status=g.AT_RISK, goal_id="csat"),
        figure(
            catalogue,
            found,
            "first_response_time",
            Change.WORSE,
            target=at_most(1800.0),
            status=g.MISSED,
            goal_id="first",
        ),
        figure(catalogue, found, "one_touch_rate", Change.MOVED),
        figure(catalogue, found, "nps", Change.CANNOT_TELL),
        figure(catalogue, found, "tickets_created", Change.NOT_COMPARED),
    )
    email = figure(
        catalogue,
        found,
        "first_response_time",
        Change.BETTER,
        target=at_most(2700.0),
        status=g.REACHED,
        where={"channel": "email"},
    )
    goals = (
        goal(figures[0], "on-time", "Keep 92 % of promises", "anna.kowalska", "reached"),
        goal(
            figures[1],
            "csat",
            "Satisfy 88 % of customers who answer",
            "zhukova.n",
            "behind_path",
            due="2026-Q4",
            is_final=False,
        ),
        goal(figures[2], "first", "Half of first replies within 30 minutes", "belov.d", "not_reached"),
        goal(email, "email", "Answer e-mail within 45 minutes", "belov.d", "reached_within_noise", precedent="routine"),
    )
    decisions = (
        Decision(rule="goal_missed", subject="first", owner="belov.d", due=date(2026, 10, 15)),
        Decision(rule="follow_up_overdue", subject="repeat", owner="orlow.v", due=date(2026, 11, 1)),
        Decision(rule="goal_at_risk", subject="csat", owner=None, due=None),
    )
    intake = (
        Intake(
            source="desk",
            table="tickets",
            files=("tickets.csv",),
            rows_in=16900,
            rows_out=16842,
            excluded={"duplicate": 58},
            notes={"score outside the scale": 3},
            checksum="ab12" * 16,
        ),
        Intake(
            source="desk",
            table="surveys",
            files=("surveys.csv",),
            rows_in=15800,
            rows_out=15800,
            excluded={},
            checksum="0f" * 32,
        ),
    )
    return Assessment(
        organisation="Northwind Care",
        period=QUARTER,
        cut=datetime(2026, 10, 4, 21, 59, tzinfo=UTC),
        catalogue=catalogue,
        measurements=found,
        figures=figures,
        goals=goals,
        follow_ups=follow_ups(),
        findings=stand_out(catalogue, found, figures[0]),
        decisions=decisions,
        intake=intake,
        validation=checks(),
        exclusions={"spam": 31, "test": 4, "merged": 120},
        withheld={},
        sizes={"tickets": 16800, "answers": 3360, "agents": 24, "teams": 3, "channels": 4, "events": 88000},
        cycle=cycle(),
        looked_at=judge(figures, goals, found, QUARTER, catalogue).looked_at,
        processes=processes(found, catalogue, QUARTER, (), cut=datetime(2026, 10, 4, 21, 59, tzinfo=UTC)),
    )


def nothing_measured() -> Assessment:
    whole = whole_assessment()
    none = tuple(
        replace(
            row,
            value=None,
            n=0,
            low=None,
            high=None,
            previous=None,
            last_year=None,
            change=None,
            reason=Absent.NO_SOURCE,
            verdict=Change.NOT_COMPARED,
            target=None,
            status=None,
            goal_id=None,
            series=(),
            caveats=(),
        )
        for row in whole.figures
    )
    absent = [
        Measurement(
            metric_id=metric.id,
            period_id=QUARTER.id,
            dimension="all",
            member="all",
            statistic=metric.statistic,
            value=None,
            n=0,
            reason=Absent.NO_SOURCE,
        )
        for metric in whole.catalogue.values()
    ]
    steps = tuple(replace(step, state="no_data", evidence={}) for step in whole.cycle)
    return replace(
        whole,
        measurements=frame_of(absent),
        figures=none,
        goals=(),
        follow_ups=(),
        findings=(),
        looked_at=LookedAt(),
        decisions=(),
        intake=(),
        validation=Validation(()),
        exclusions={},
        sizes={},
        cycle=steps,
        processes={},
    )


@pytest.fixture(scope="session")
def assessment() -> Assessment:
    return whole_assessment()


@pytest.fixture(scope="session")
def empty_assessment() -> Assessment:
    return nothing_measured()
