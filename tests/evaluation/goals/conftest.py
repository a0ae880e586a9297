"""Metrics of every unit and direction, made for tests of goals."""

import pytest

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit


def metric(name, unit, better, kind, statistic="value", minimum_sample=30):
    return Metric(
        id=name, label=name, pillar=Pillar.RESPONSIVENESS, unit=unit, better=better, population="p", anchor="a",
        clock=Clock.BUSINESS, kind=kind, statistic=statistic, minimum_sample=minimum_sample, definition="d", source="s",
        requires=("tickets.created_at",),
    )  # fmt: skip


@pytest.fixture(scope="session")
def catalogue():
    rows = [
        metric("first_response_time", Unit.SECONDS, Better.LOWER, Kind.QUANTILE, "median"),
        metric("csat", Unit.SHARE, Better.HIGHER, Kind.SHARE),
        metric("reopen_rate", Unit.SHARE, Better.LOWER, Kind.SHARE),
        metric("ces", Unit.POINTS, Better.HIGHER, Kind.MEAN, "mean"),
        metric("nps", Unit.NPS_POINTS, Better.HIGHER, Kind.NPS),
        metric("tickets_solved", Unit.COUNT, Better.HIGHER, Kind.COUNT, minimum_sample=1),
        metric("tickets_created", Unit.COUNT, Better.NEUTRAL, Kind.COUNT, minimum_sample=1),
        metric("tickets_per_requester", Unit.RATIO, Better.LOWER, Kind.RATIO),
        metric("backlog", Unit.COUNT, Better.LOWER, Kind.STOCK, minimum_sample=1),
    ]
    return {row.id: row for row in rows}
