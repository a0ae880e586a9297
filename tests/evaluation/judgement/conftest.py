"""A catalogue and measurements made by hand, so that every rule of judging can be tested alone."""

from functools import partial

import pandas as pd
import pytest

from evaluation.measurement import COLUMNS, Measurements
from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.period import Period


def metric(name, unit, better, kind, statistic="value", minimum_sample=30):
    return Metric(
        id=name, label=name, pillar=Pillar.RESPONSIVENESS, unit=unit, better=better, population="p", anchor="a",
        clock=Clock.BUSINESS, kind=kind, statistic=statistic, minimum_sample=minimum_sample, definition="d", source="s",
        requires=("tickets.created_at",),
    )  # fmt: skip


@pytest.fixture(scope="session")
def metrics():
    rows = [
        metric("sla_attainment", Unit.SHARE, Better.HIGHER, Kind.SHARE),
        metric("first_response_time", Unit.SECONDS, Better.LOWER, Kind.QUANTILE, "median"),
        metric("csat", Unit.SHARE, Better.HIGHER, Kind.SHARE),
        metric("opening_coverage", Unit.SHARE, Better.HIGHER, Kind.SHARE),
        metric("ces", Unit.POINTS, Better.HIGHER, Kind.MEAN, "mean"),
        metric("nps", Unit.NPS_POINTS, Better.HIGHER, Kind.NPS),
        metric("tickets_created", Unit.COUNT, Better.NEUTRAL, Kind.COUNT, minimum_sample=1),
        metric("tickets_solved", Unit.COUNT, Better.HIGHER, Kind.COUNT, minimum_sample=1),
        metric("clearance_rate", Unit.RATIO, Better.HIGHER, Kind.RATIO, minimum_sample=1),
        metric("backlog", Unit.COUNT, Better.LOWER, Kind.STOCK, minimum_sample=1),
    ]
    return {row.id: row for row in rows}


@pytest.fixture(scope="session")
def named():
    return partial(Period.parse, zone="Europe/Warsaw")


@pytest.fixture(scope="session")
def measured(metrics):
    """Measurements from short rows: metric, period, value, and what differs from the usual."""

    def build(*rows):
        frame = pd.DataFrame([_row(metrics, *row) for row in rows], columns=list(COLUMNS))
        return Measurements(frame)

    return build


def _row(metrics, name, period_id, value, extra=None):
    extra = extra or {}
    kind = metrics[name].kind
    noise = extra.get("noise", None if kind in (Kind.COUNT, Kind.STOCK, Kind.RATIO) else 0.0)
    has_interval = value is not None and noise is not None
    return {
        "metric_id": name,
        "period_id": period_id,
        "dimension": extra.get("dimension", "all"),
        "member": extra.get("member", "all"),
        "statistic": extra.get("statistic", metrics[name].statistic),
        "value": value,
        "n": extra.get("n", 0 if value is None else 200),
        "numerator": extra.get("numerator"),
        "denominator": extra.get("denominator"),
        "undecided": extra.get("undecided", 0),
        "excluded": 0,
        "low": extra.get("low", value - noise if has_interval else None),
        "high": extra.get("high", value + noise if has_interval else None),
        "reason": extra.get("reason", "no_cases") if value is None else None,
        "caveats": extra.get("caveats", ""),
    }
