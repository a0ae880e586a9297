"""The step that publishes: everything of an edition into one folder, which then appears at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.archive import Archive, Edition

if TYPE_CHECKING:
    from evaluation.assessment import Assessment
    from evaluation.identity import Identity
    from evaluation.validation import Validation
    from tasks.collect import Collected
    from tasks.render import Rendered
    from tasks.validate import Validated


def publish(
    archive: Archive, workdir: Path, number: int, assessment: Assessment, rendered: Sequence[Rendered],
    collected: Collected, validated: Validated, made_from: Mapping[str, Any],
) -> Edition:  # fmt: skip
    """Write the edition's files and make it appear by one rename.

    The edition has a PDF for each language, `measurements.parquet` and `.csv`, `validation.json`, the quarantined rows
    and `edition.json`. Snapshots are kept once for all editions under their checksum.
    """
    folder = workdir / "edition"
    folder.mkdir()
    reports = {report.language: f"report.{report.language}.pdf" for report in rendered}
    for report in rendered:
        (folder / reports[report.language]).write_bytes(report.pdf)
    _write_measurements(assessment, folder)
    _write_validation(validated, folder)
    for snapshot in collected.snapshots:
        archive.keep_snapshot(Path(snapshot.path), snapshot.sha256)
    return archive.publish(folder, _record(number, assessment, reports, rendered, collected, made_from))


def _write_measurements(assessment: Assessment, folder: Path) -> None:
    from reports.csv_export import as_csv

    assessment.measurements.frame.to_parquet(folder / "measurements.parquet", index=False)
    (folder / "measurements.csv").write_bytes(as_csv(assessment.measurements.frame))


def _write_validation(validated: Validated, folder: Path) -> None:
    checks = [asdict(check) for check in validated.validation.checks]
    content = {"checks": checks, "quarantined": dict(validated.validation.quarantined)}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=dict)
    (folder / "validation.json").write_text(text + "\n", encoding="utf-8")
    if validated.quarantine:
        (folder / "quarantine").mkdir()
    for table, path in validated.quarantine.items():
        (folder / "quarantine" / f"{table}.parquet").write_bytes(path.read_bytes())


def _record(
    number: int, assessment: Assessment, reports: Mapping[str, str], rendered: Sequence[Rendered],
    collected: Collected, made_from: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    period = assessment.period
    return {
        "scope": "organisation",
        "organisation": assessment.organisation,
        "period": {
            "id": period.id,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "zone": period.zone,
        },
        "edition": number,
        "cut": assessment.cut.isoformat(),
        "reports": dict(reports),
        "pages": {report.language: report.pages for report in rendered},
        "withheld": is_withheld(assessment),
        "withheld_metrics": dict(assessment.withheld),
        "verdicts": {goal.id: {"status": str(goal.status), "reason": goal.reason} for goal in assessment.goals},
        "validation": _validation_counts(assessment.validation),
        "identities": identity_counts(assessment.identities),
        "intake": [asdict(account) for account in assessment.intake],
        "sources": [_snapshot(snapshot) for snapshot in collected.snapshots],
        "made_from": dict(made_from),
    }


def is_withheld(assessment: Assessment) -> bool:
    """Whether the main figures are withheld, so that the edition is for operations only."""
    main = [figure.metric.id for figure in assessment.figures]
    return bool(main) and all(metric in assessment.withheld for metric in main)


def _validation_counts(validation: Validation) -> dict[str, Any]:
    return {
        "checks": len(validation.checks),
        "failed": {check.id: str(check.severity) for check in validation.failed},
        "quarantined": dict(validation.quarantined),
    }


def identity_counts(identities: Sequence[Identity]) -> dict[str, Any]:
    """How many equations of each identity were checked, whether they hold, and the balance of the backlog in words."""
    found: dict[str, Any] = {}
    for identity in identities:
        told = found.setdefault(identity.id, {"checked": 0, "holds": True})
        told["checked"] += identity.checked
        told["holds"] = told["holds"] and identity.holds
        if identity.detail:
            told["detail"] = identity.detail
    return found


def _snapshot(snapshot: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(snapshot).items() if name != "path"}
