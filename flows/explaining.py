"""`service-review explain`: one ticket from its first event to the figures it entered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tasks.step import Step


def print_explanation(ticket: str, config: Path, *, as_of: datetime | None, run_at: datetime, quiet: bool) -> None:
    """Collect the sources, replay the ticket, and print all that is known of it.

    Raises:
        ConfigError: There is no such ticket, or `as_of` lies ahead.
        SourceError: A source cannot be read as mapped.
    """
    from evaluation.errors import ConfigError
    from flows.explanation import lines
    from flows.runners import DirectRunner
    from tasks.collect import collect
    from tasks.configuration.reading import read_review
    from tasks.evaluate import open_tables
    from tasks.explain import explain, find_ticket
    from tasks.second_process import SecondProcess
    from tasks.validate import validate

    review = read_review(config)
    if as_of is not None and as_of > run_at:
        raise ConfigError(f"{as_of.isoformat()} lies ahead", where="--as-of", remedy="give a moment that has passed")
    root = config if config.is_dir() else config.parent
    run = DirectRunner(quiet=quiet)
    with SecondProcess() as second, TemporaryDirectory(prefix="service-review-") as folder:
        workdir = Path(folder)
        collected = run(Step(name="collect", function=collect, timeout_seconds=3600), review.sources, root, workdir)
        find_ticket(open_tables(collected.tables), ticket)  # before the longer steps, so that a slip is told at once
        validated = run(
            Step(name="validate", function=validate, timeout_seconds=1800), collected.tables, run_at, workdir, second
        )
        second.end()
        explanation = run(
            Step(name="explain", function=explain, timeout_seconds=1800), collected.tables, validated, review.settings,
            ticket, as_of=as_of, run_at=run_at,
        )  # fmt: skip
    for line in lines(explanation, review.settings):
        print(line)
