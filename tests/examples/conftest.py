"""Examples on their way through the product: collected, derived, measured; and their files for plain SQL."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from evaluation.facts import derive
from evaluation.facts.shapes import Facts
from evaluation.intake import Intake
from evaluation.measurement import Measurement, Measurements
from evaluation.metrics import measure
from evaluation.period import Period
from tasks.collect import Collected, collect
from tasks.configuration.model import Review
from tasks.configuration.reading import read_review
from tasks.evaluate import cut_of, open_tables

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
RUN_AT = datetime.fromisoformat("2026-11-21T12:00:00+00:00")


@dataclass(frozen=True)
class Example:
    """One example after the source step."""

    review: Review
    collected: Collected

    def account(self, source: str, table: str) -> Intake:
        """The one account of a table from a source."""
        (found,) = [one for one in self.collected.intake if (one.source, one.table) == (source, table)]
        return found

    def facts(self, period: Period) -> Facts:
        """The facts as a run of this period would derive them, before any row is quarantined."""
        tables = open_tables(self.collected.tables)
        return derive(tables, self.review.settings, cut_of(tables, period, None, RUN_AT))

    def measured(self, period: str) -> Reader:
        """All measurements of a period."""
        chosen = self.period(period)
        return Reader(measure(self.facts(chosen), self.review.settings, chosen))

    def period(self, text: str) -> Period:
        """A period in the example's own zone."""
        return Period.parse(text, zone=self.review.organisation.time_zone)


@dataclass(frozen=True)
class Reader:
    """Measurements, read in few words."""

    measurements: Measurements

    def row(self, metric: str, period: str, statistic: str = "value", **scope: str) -> Measurement:
        """One row; `scope` is at most one dimension with its member."""
        dimension, member = next(iter(scope.items()), ("all", "all"))
        return self.measurements.get(metric, period, statistic=statistic, dimension=dimension, member=member)

    def value(self, metric: str, period: str, statistic: str = "value", **scope: str) -> float | None:
        """Its value."""
        return self.row(metric, period, statistic, **scope).value


def _brought_in(review_file: Path, workdir: Path) -> Example:
    review = read_review(review_file)
    return Example(review, collect(review.sources, review_file.parent, workdir))


@pytest.fixture(scope="session")
def bring_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Example]:
    """Collects what a `review.yaml` names."""
    return lambda review_file: _brought_in(review_file, tmp_path_factory.mktemp(review_file.parent.name))


@pytest.fixture
def sql() -> duckdb.DuckDBPyConnection:
    """A database of its own, in UTC: it knows nothing of the product."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@pytest.fixture(scope="session")
def northwind() -> ModuleType:
    """The generator of `examples/northwind-care`, found by its folder."""
    sys.path.insert(0, str(EXAMPLES / "northwind-care"))
    try:
        import northwind
        import northwind.files
        import northwind.story
    finally:
        sys.path.pop(0)
    return northwind
