"""`service-review list`, `show` and `verify`: what the archive holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import DataError

if TYPE_CHECKING:
    from tasks.archive import Archive, Edition


def print_editions(config: Path) -> None:
    """Print a line for each published edition."""
    archive = _archive(config)
    editions = archive.editions()
    if not editions:
        print(f"no editions in {archive.folder} yet; make one with `service-review run PERIOD`")
        return
    print(f"{'period':<12}{'edition':>8}  {'as of':<18}{'languages':<12}{'checks':<14}state")
    for edition in editions:
        record = edition.record
        ran, failed = record["validation"]["checks"], len(record["validation"]["failed"])
        checks = f"{ran - failed} of {ran}"
        state = "withheld" if record["withheld"] else "published"
        cut, languages = record["cut"][:16].replace("T", " "), " ".join(record["reports"])
        print(f"{edition.period_id:<12}{edition.number:>8}  {cut:<18}{languages:<12}{checks:<14}{state}")


def print_edition(period: str, config: Path, number: int | None) -> None:
    """Print one edition: figures, goals, checks and files."""
    edition = _archive(config).get(_resolve(period, config), number)
    record = edition.record
    print(f"{record['organisation']}, {edition.period_id}, edition {edition.number}, as of {record['cut']}")
    print(f"  made from {record['made_from']['digest'][:12]} in {edition.folder}")
    _print_figures(edition, config)
    for goal, verdict in record["verdicts"].items():
        print(f"  goal {goal}: {verdict['status'].replace('_', ' ')} ({verdict['reason'].replace('_', ' ')})")
    for check, severity in record["validation"]["failed"].items():
        print(f"  {severity}: {check}")
    for reason, count in record["validation"]["quarantined"].items():
        print(f"  quarantined: {count:,} by {reason}")
    for name in record["files"]:
        print(f"  {name}")


def verify_edition(period: str, config: Path, number: int | None) -> None:
    """Check an edition's files against its record.

    Raises:
        DataError: A file is missing, was changed or added.
    """
    from tasks.archive import faults

    edition = _archive(config).get(_resolve(period, config), number)
    found = list(faults(edition))
    if found:
        raise DataError("; ".join(found), where=str(edition.folder), remedy="restore the edition from a copy")
    print(f"edition {edition.number} of {edition.period_id}: {len(edition.record['files'])} files as published")


def _print_figures(edition: Edition, config: Path) -> None:
    """The whole service in the period: each metric by its own statistic."""
    import pandas as pd

    from evaluation.metrics.catalogue import catalogue
    from flows.figures import figure_lines
    from tasks.configuration.reading import read_review

    metrics = catalogue(read_review(config).settings)
    frame = pd.read_parquet(edition.file("measurements.parquet"))
    own = frame[(frame["period_id"] == edition.period_id) & (frame["dimension"] == "all")]
    main = [metric in metrics and metrics[metric].statistic == statistic
            for metric, statistic in zip(own["metric_id"], own["statistic"], strict=True)]  # fmt: skip
    for line in figure_lines(own[main], metrics, is_brief=True):
        print(f"  {line}")


def _archive(config: Path) -> Archive:
    from tasks.archive import Archive
    from tasks.configuration.reading import read_review

    root = config if config.is_dir() else config.parent
    return Archive(root / read_review(config).archive)


def _resolve(period: str, config: Path) -> str:
    from datetime import UTC, datetime

    from evaluation.period import Period
    from tasks.configuration.reading import read_review

    organisation = read_review(config).organisation
    at = datetime.now(UTC)
    return Period.parse(
        period, zone=organisation.time_zone, fiscal_year_starts=organisation.fiscal_year_starts, at=at
    ).id
