"""`service-review run`: the pipeline at a terminal, or reported to a Prefect server when there is one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from evaluation.errors import ServiceReviewError
from flows.pipeline import Request, Reviewed, prepare, review_service


def run_review(request: Request, *, quiet: bool = False) -> None:
    """Run, and print what came out.

    With `PREFECT_API_URL` set the run is a flow run on that server. Without it the same steps are called directly: a
    temporary server would take 12 to 23 s before the first of them (docs/decisions/0003).
    """
    started = time.monotonic()
    if os.environ.get("PREFECT_API_URL"):
        _run_on_server(request)
        return
    reviewed = _run_here(request, quiet)
    _print_outcome(reviewed, time.monotonic() - started)


def _run_here(request: Request, quiet: bool) -> Reviewed:
    from flows.runners import DirectRunner
    from tasks.second_process import SecondProcess

    with SecondProcess() as second:  # first of all: its process warms up meanwhile
        prepared = prepare(request)
        if not quiet:
            print(f"{prepared.review.organisation.name}, {prepared.period.id}", file=sys.stderr, flush=True)
        return review_service(request, DirectRunner(quiet=quiet), second, prepared=prepared)


def _run_on_server(request: Request) -> None:
    from flows.service_review import service_review

    outcome = service_review(
        period=request.period, config=str(request.review_path.resolve()), languages=list(request.languages) or None,
        as_of=request.as_of,
    )  # fmt: skip
    said = "stands; nothing has changed" if outcome["stands"] else "published"
    print(f"edition {outcome['edition']} of {outcome['period']} {said}")
    for path in outcome["reports"].values():
        print(f"  {path}")


def _print_outcome(reviewed: Reviewed, seconds: float) -> None:
    edition = reviewed.edition
    if reviewed.stands:
        print(f"edition {edition.number} of {edition.period_id} stands: nothing has changed ({seconds:.1f} s)")
    else:
        print(f"edition {edition.number} of {edition.period_id} published ({seconds:.1f} s)")
    for language, path in edition.reports.items():
        print(f"  {language}: {path} ({edition.record['pages'][language]} pages)")
    for delivery in reviewed.deliveries:
        print(f"  {'already in' if delivery.was_there else 'delivered to'} {delivery.path}")
    _print_intake(edition.record["intake"])
    _print_checks(edition.record["validation"], edition.record["withheld_metrics"])
    if edition.record["withheld"]:
        checks = ", ".join(sorted(set(edition.record["withheld_metrics"].values())))
        raise WithheldEdition(
            "the main figures are withheld: critical checks failed", where=checks,
            remedy="correct the source or its mapping and run again; the edition is for operations only",
        )  # fmt: skip


class WithheldEdition(ServiceReviewError):
    """Validation withheld the main figures of a published edition."""

    exit_code = 3


def _print_intake(accounts: list[dict[str, object]]) -> None:
    print("rows:")
    for account in accounts:
        excluded = account["excluded"]
        left_out = (
            "".join(f", {count:,} {reason}" for reason, count in excluded.items()) if isinstance(excluded, dict) else ""
        )
        counts = f"{account['rows_in']:,} in, {account['rows_out']:,} out{left_out}"
        print(f"  {account['source']} → {account['table']}: {counts}")


def _print_checks(validation: Mapping[str, Any], withheld: Mapping[str, str]) -> None:
    failed = validation["failed"]
    print(f"checks: {validation['checks'] - len(failed)} of {validation['checks']} held")
    for check, severity in failed.items():
        count = validation["quarantined"].get(check, 0)
        print(f"  {severity}: {check}" + (f", {count:,} rows taken out" if count else ""))
    if withheld:
        print(f"  withheld because of them: {', '.join(withheld)}")
