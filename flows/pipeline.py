"""The order of a run: collect, validate, evaluate, render, publish, deliver; nothing about numbers or Prefect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from evaluation.errors import ConfigError
from tasks.step import Step

if TYPE_CHECKING:
    from evaluation.breakdown import Breakdown
    from evaluation.measurement import Measurements
    from evaluation.period import Period
    from tasks.archive import Archive, Edition
    from tasks.collect import Collected
    from tasks.configuration.model import Review
    from tasks.deliver import Delivery
    from tasks.second_process import SecondProcess
    from tasks.validate import Validated


class Runner(Protocol):
    """How a step is carried out: as a plain call, or as a Prefect task."""

    def __call__(self, step: Step, /, *arguments: Any, **named: Any) -> Any:
        """Carry out a step and hand back what its function returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for.

    Attributes:
        review_path: A `review.yaml`, or the folder that holds one.
        period: Text of the period.
        languages: Languages of the reports; those of the configuration when empty.
        as_of: The as-of moment, when one was asked for.
        run_at: The moment of the run; nothing may have happened after it.
        scheduled_at: The moment for which the run was meant, from which `latest-…` look back; `run_at` when left out.
    """

    review_path: Path
    period: str
    languages: tuple[str, ...] = ()
    as_of: datetime | None = None
    run_at: datetime
    scheduled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Outcome of a run.

    Attributes:
        edition: The published edition, or the earlier one that stands.
        stands: Nothing had changed: no edition was made.
        deliveries: What was handed over.
    """

    edition: Edition
    stands: bool
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The configuration, the period and the places of a run."""

    review: Review
    root: Path
    period: Period
    languages: tuple[str, ...]
    archive: Archive


def prepare(request: Request) -> Prepared:
    """Read the configuration and resolve the period.

    Raises:
        ConfigError: Either is not allowed.
    """
    from evaluation.period import Period
    from tasks.archive import Archive
    from tasks.configuration.reading import read_review
    from tasks.evaluate import refuse_moment

    root = request.review_path if request.review_path.is_dir() else request.review_path.parent
    review = read_review(request.review_path)
    organisation = review.organisation
    period = Period.parse(
        request.period,
        zone=organisation.time_zone,
        fiscal_year_starts=organisation.fiscal_year_starts,
        at=request.scheduled_at or request.run_at,
    )
    refuse_moment(period, request.as_of, request.run_at)
    languages = request.languages or tuple(dict.fromkeys(review.report.languages))
    return Prepared(review, root, period, languages, Archive(root / review.archive))


def review_service(
    request: Request, run: Runner, second: SecondProcess, *, prepared: Prepared | None = None
) -> Reviewed:
    """Evaluate one period and publish its edition.

    Args:
        request: What was asked for.
        run: How each step is carried out.
        second: Where a part of the work goes on meanwhile.
        prepared: What `prepare` made of the request; made here when left out.

    Raises:
        ServiceReviewError: Any of the steps could not do its work; no edition was made.
    """
    from tasks.identity import identity

    prepared = prepared or prepare(request)
    with prepared.archive.workdir(prepared.period.id) as workdir:
        collected, validated = collect_and_validate(request, prepared, workdir, run, second)
        made_from = identity(prepared.review, prepared.period, prepared.languages, request.as_of, collected.snapshots)
        latest = prepared.archive.latest(prepared.period.id)
        stands = latest is not None and latest.record["made_from"]["digest"] == made_from["digest"]
        if latest is not None and stands:
            edition = latest
        else:
            edition = _new_edition(request, prepared, workdir, run, second, collected, validated, made_from)
    deliveries = run(_step("deliver"), edition, prepared.review.delivery.folders, prepared.root)
    return Reviewed(edition, stands, deliveries)


def measure_service(request: Request, run: Runner, second: SecondProcess) -> Measurements:
    """The measurements of a period alone; nothing is published, and nothing is written beside `review.yaml`."""
    measurements: Measurements = _measured("measure", prepare(request), request, run, second)
    return measurements


def break_down_service(request: Request, run: Runner, second: SecondProcess, breakdown_id: str) -> Breakdown:
    """One table behind the metrics; nothing is published, and nothing is written beside `review.yaml`."""
    breakdown: Breakdown = _measured("break_down", prepare(request), request, run, second, breakdown_id=breakdown_id)
    return breakdown


def _measured(step: str, prepared: Prepared, request: Request, run: Runner, second: SecondProcess, **named: Any) -> Any:
    """Collect, validate and measure in a temporary folder."""
    from tasks.configuration.reading import placed

    with TemporaryDirectory(prefix="service-review-") as folder:
        _, validated = collect_and_validate(request, prepared, Path(folder), run, second)
        second.end()
        try:
            return run(
                _step(step), validated.tables, prepared.review.settings, prepared.period,
                validation=validated.validation, as_of=request.as_of, run_at=request.run_at,
                engine=prepared.review.engine, **named,
            )  # fmt: skip
        except ConfigError as error:
            raise placed(error, request.review_path) from error


def collect_and_validate(
    request: Request, prepared: Prepared, workdir: Path, run: Runner, second: SecondProcess
) -> tuple[Collected, Validated]:
    """The first two steps, which `run` and `measure` share."""
    collected = run(_step("collect"), prepared.review.sources, prepared.root, workdir)
    validated = run(_step("validate"), collected.tables, request.run_at, workdir, second)
    return collected, validated


def _new_edition(
    request: Request, prepared: Prepared, workdir: Path, run: Runner, second: SecondProcess, collected: Collected,
    validated: Validated, made_from: Mapping[str, Any],
) -> Edition:  # fmt: skip
    from tasks.configuration.reading import placed
    from tasks.render import get_ready

    second.prepare(get_ready)
    latest = prepared.archive.latest(prepared.period.id)
    number = latest.number + 1 if latest else 1
    try:
        assessment = run(
            _step("evaluate"), validated.tables, prepared.review.settings, prepared.period,
            validation=validated.validation, intake=collected.intake, as_of=request.as_of, run_at=request.run_at,
            engine=prepared.review.engine, beside=second,
        )  # fmt: skip
    except ConfigError as error:
        raise placed(error, request.review_path) from error
    rendered = run(_step("render"), assessment, prepared.review.report, prepared.languages, number, made_from, second)
    edition: Edition = run(
        _step("publish"), prepared.archive, workdir, number, assessment, rendered, collected, validated, made_from
    )
    return edition


def _step(name: str) -> Step:
    """A step by name, its module imported only now."""
    from importlib import import_module

    module, retries, timeout = STEPS[name]
    function = getattr(import_module(f"tasks.{module}"), name)
    return Step(name=name, function=function, retries=retries, retry_delay_seconds=10, timeout_seconds=timeout)


STEPS = {
    "collect": ("collect", 2, 3600),
    "validate": ("validate", 0, 1800),
    "evaluate": ("evaluate", 0, 1800),
    "measure": ("evaluate", 0, 1800),
    "break_down": ("evaluate", 0, 1800),
    "render": ("render", 0, 1800),
    "publish": ("publish", 0, 600),
    "deliver": ("deliver", 2, 600),
}
"""Steps by name: their module in `tasks/`, how often they are tried again, after how many seconds they are given up."""
