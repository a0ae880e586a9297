"""The step that evaluates: canonical Parquet files in, the assessment out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import ConfigError, DataError

if TYPE_CHECKING:
    from evaluation.assessment import Assessment
    from evaluation.beside import Beside
    from evaluation.breakdown import Breakdown
    from evaluation.intake import Intake
    from evaluation.measurement import Measurements
    from evaluation.period import Period
    from evaluation.settings import Settings
    from evaluation.tables import Tables
    from evaluation.validation import Validation
    from tasks.engine import AnyEngine

_NOT_STAMPS = frozenset({"from_at", "until_at", "ended_at"})
"""Instants that may lie ahead and so say nothing about when the data were taken."""


def evaluate(
    files: Mapping[str, Path],
    settings: Settings,
    period: Period,
    *,
    validation: Validation,
    intake: tuple[Intake, ...],
    as_of: datetime | None,
    run_at: datetime,
    engine: AnyEngine | None = None,
    beside: Beside | None = None,
) -> Assessment:
    """The assessment of a period from validated canonical tables; see `evaluation.assess`.

    Args:
        files: One Parquet file for each canonical table.
        settings: What the organisation agreed.
        period: The period under review.
        validation: Outcome of the checks.
        intake: Rows in and out of the sources.
        as_of: The moment of knowledge, when one was asked for.
        run_at: The moment of the run.
        engine: Where it is computed; the embedded one when left out.
        beside: Where a part of it goes on meanwhile, if anywhere.
    """
    from evaluation.assessing import assess
    from tasks.engine import DuckDBEngine, opened

    with opened(files, engine or DuckDBEngine()) as tables:
        cut = cut_of(tables, period, as_of, run_at)
        if not _is_broken(validation):
            refuse_idle(tables, period, cut)
        assessment = assess(tables, settings, period, cut, validation=validation, intake=intake, beside=beside)
    refuse_empty(assessment)
    return assessment


def measure(
    files: Mapping[str, Path],
    settings: Settings,
    period: Period,
    *,
    validation: Validation,
    as_of: datetime | None,
    run_at: datetime,
    engine: AnyEngine | None = None,
) -> Measurements:
    """The measurements alone, without judgement."""
    from evaluation.assessing import measure_period
    from tasks.engine import DuckDBEngine, opened

    with opened(files, engine or DuckDBEngine()) as tables:
        cut = cut_of(tables, period, as_of, run_at)
        if not _is_broken(validation):
            refuse_idle(tables, period, cut)
        return measure_period(tables, settings, period, cut, validation=validation)


def break_down(
    files: Mapping[str, Path],
    settings: Settings,
    period: Period,
    *,
    breakdown_id: str,
    validation: Validation,
    as_of: datetime | None,
    run_at: datetime,
    engine: AnyEngine | None = None,
) -> Breakdown:
    """One of the tables behind the metrics, by its id."""
    from evaluation import assessing
    from tasks.engine import DuckDBEngine, opened

    with opened(files, engine or DuckDBEngine()) as tables:
        cut = cut_of(tables, period, as_of, run_at)
        if not _is_broken(validation):
            refuse_idle(tables, period, cut)
        return assessing.break_down(tables, settings, period, cut, validation=validation, breakdown_id=breakdown_id)


def open_tables(files: Mapping[str, Path]) -> Tables:
    """The canonical tables on the embedded engine, for as long as they are used: for looking things up."""
    from tasks.engine import DuckDBEngine
    from tasks.engines.duckdb import open_tables as embedded

    return embedded(files, DuckDBEngine())


def cut_of(tables: Tables, period: Period, as_of: datetime | None, run_at: datetime) -> datetime:
    """The moment up to which the data are known.

    Without `as_of` it is the newest stamp in the data that is not after the run, and at least the end of the period:
    it follows from the data alone, so that the same data give the same report whenever it is run.

    Raises:
        ConfigError: See `refuse_moment`.
    """
    refuse_moment(period, as_of, run_at)
    if as_of is not None:
        return as_of
    newest = max(_newest_stamps(tables, run_at), default=period.start)
    return max(newest, min(period.end, run_at))


def newest_stamp(tables: Tables, run_at: datetime) -> datetime | None:
    """The newest stamp in the data that is not after the run; None when there is none."""
    return max(_newest_stamps(tables, run_at), default=None)


def refuse_moment(period: Period, as_of: datetime | None, run_at: datetime) -> None:
    """Refuse to look at a period from a moment at which nothing of it, or nothing yet, can be known.

    Raises:
        ConfigError: The period has not started at the run, or `as_of` lies before the period or after the run.
    """
    if run_at <= period.start:
        raise ConfigError(f"{period.id} has not started yet", where="PERIOD", remedy="name a period that has started")
    if as_of is not None and as_of <= period.start:
        raise ConfigError(
            f"at the as-of moment {as_of.isoformat()} nothing of {period.id} had happened yet", where="--as-of",
            remedy=f"give a moment after the period's start, {period.start.isoformat()}, or leave it out",
        )  # fmt: skip
    if as_of is not None and as_of > run_at:
        raise ConfigError(
            f"the as-of moment {as_of.isoformat()} lies ahead, and what will have happened by then is not known",
            where="--as-of", remedy="give a moment that has passed, or leave it out",
        )  # fmt: skip


def _is_broken(validation: Validation) -> bool:
    """Whether so many rows were broken that what is left says nothing: the report tells that, and is withheld."""
    return any(check.severity == "critical" and check.rule != "row_count" for check in validation.failed)


def refuse_idle(tables: Tables, period: Period, cut: datetime) -> None:
    """Refuse a period in which nothing is recorded: its report would be empty, and look like a quiet time.

    Raises:
        DataError: No record has a stamp inside the period before `cut`.
    """
    import ibis

    inside, first, last = False, [], []
    for name, table in tables.expressions.items():
        for column in _stamps(tables, name):
            stamp = table[column]
            told = (stamp >= ibis.literal(period.start)) & (stamp < ibis.literal(period.end)) & (stamp <= cut)
            row = table.aggregate(inside=told.any(), first=stamp.min(), last=stamp.max()).to_pyarrow().to_pylist()[0]
            inside = inside or bool(row["inside"])
            first += [row["first"]] if row["first"] else []
            last += [row["last"]] if row["last"] else []
    if inside:
        return
    reach = f"the records reach from {min(first):%Y-%m-%d} to {max(last):%Y-%m-%d}" if first else "there are no records"
    raise DataError(
        f"nothing is recorded in {period.id}, {period.first_day} until {period.day_after}: {reach}",
        where=", ".join(tables.expressions), remedy="name a period that the records cover, or look at the export",
    )  # fmt: skip


def refuse_empty(assessment: Assessment) -> None:
    """Refuse a report without a single case: everything of the period was left out, or nothing feeds a metric.

    What validation withheld is another matter: that edition is published for operations.

    Raises:
        DataError: No figure of the period has a case.
    """
    frame, period = assessment.measurements.frame, assessment.period
    own = frame[(frame["period_id"] == period.id) & (frame["dimension"] == "all")]
    # of a ratio n is what lies below its line, which may be the opening hours
    cases = {name for name, metric in assessment.catalogue.items() if metric.kind != "ratio"}
    if assessment.withheld or (own.loc[own["metric_id"].isin(cases), "n"] > 0).any():
        return
    left_out = ", ".join(f"{count:,} {reason}" for reason, count in assessment.exclusions.items())
    raise DataError(
        f"nothing could be measured in {period.id}: " + (f"every ticket was left out ({left_out})" if left_out else
        "the tables that came in feed no metric"),
        where=", ".join(dict.fromkeys(account.table for account in assessment.intake)),
        remedy="look at what the mapping takes as spam, test or merged, and at `rests on` in `service-review metrics`",
    )  # fmt: skip


def _stamps(tables: Tables, name: str) -> list[str]:
    """The given columns of a table that say when something happened."""
    return [c for c in tables.given[name] if (c.endswith("_at") or c == "at") and c not in _NOT_STAMPS]


def _newest_stamps(tables: Tables, run_at: datetime) -> Iterable[datetime]:
    import ibis
    import pandas as pd

    for name, table in tables.expressions.items():
        columns = {c: table[c].max(where=table[c] <= ibis.literal(run_at)) for c in _stamps(tables, name)}
        if not columns:
            continue
        row = table.aggregate(**columns).execute().iloc[0]
        yield from (value.to_pydatetime() for value in row if isinstance(value, pd.Timestamp) and not pd.isna(value))
