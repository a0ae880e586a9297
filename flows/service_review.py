"""The Prefect flow: the same steps as tasks, with retries, time-outs and states on a server."""

from __future__ import annotations

import os

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "flows,tasks,reports,expectations,evaluation")

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from evaluation.errors import ServiceReviewError
from flows.pipeline import Request, Reviewed, review_service
from flows.runners import keep_freed_memory
from tasks.second_process import SecondProcess
from tasks.step import Step


@flow(name="service-review", log_prints=True, validate_parameters=True)
def service_review(
    period: str = "latest-month",
    config: str = "review.yaml",
    languages: list[str] | None = None,
    as_of: datetime | None = None,
) -> dict[str, Any]:
    """Evaluate one period: collect, validate, evaluate, render, publish, deliver.

    Args:
        period: `2026-09`, `2026-Q3`, …, or `latest-month`, `latest-quarter`: the last whole one before the moment for
            which the run was *scheduled*, so that a late start still evaluates the right period.
        config: A `review.yaml`, or the folder that holds one.
        languages: Languages of the reports; those of the configuration when left out.
        as_of: The as-of moment; what came later is ignored.

    Returns:
        Period, edition number, folder and files of the edition, and whether an earlier edition stands.
    """
    request = Request(
        review_path=Path(config),
        period=period,
        languages=tuple(languages or ()),
        as_of=as_of,
        run_at=datetime.now(UTC),
        scheduled_at=scheduled_start(),
    )
    keep_freed_memory()
    with SecondProcess() as second:
        reviewed = review_service(request, carry_out, second)
    create_markdown_artifact(key="service-review", markdown=_summary(reviewed), description="What the run published")
    return {
        "period": reviewed.edition.period_id,
        "edition": reviewed.edition.number,
        "folder": str(reviewed.edition.folder),
        "reports": {language: str(path) for language, path in reviewed.edition.reports.items()},
        "stands": reviewed.stands,
    }


def scheduled_start() -> datetime | None:
    """The moment for which this run was scheduled; None outside of a run."""
    scheduled = flow_run.scheduled_start_time
    return scheduled.astimezone(UTC) if scheduled is not None else None


def carry_out(step: Step, /, *arguments: Any, **named: Any) -> Any:
    """Carry out a step as a Prefect task; only faults from outside are tried again."""
    carried = task(
        step.function,
        name=step.name,
        retries=step.retries,
        retry_delay_seconds=step.retry_delay_seconds,
        timeout_seconds=step.timeout_seconds,
        retry_condition_fn=_is_from_outside,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    get_run_logger().info("%s", step.name)
    return carried(*arguments, **named)


def _is_from_outside(_task: Any, _run: Any, state: Any) -> bool:
    fault = state.result(raise_on_failure=False)
    return isinstance(fault, OSError) and not isinstance(fault, ServiceReviewError)


def _summary(reviewed: Reviewed) -> str:
    edition = reviewed.edition
    said = "stands: nothing has changed since" if reviewed.stands else "was published"
    lines = [f"# {edition.record['organisation']}, {edition.period_id}", f"Edition {edition.number} {said}.", ""]
    lines += [f"- {language}: `{path}`" for language, path in edition.reports.items()]
    return "\n".join(lines)
