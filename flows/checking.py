"""`service-review check`: the configuration and every source, before anything runs."""

from __future__ import annotations

from pathlib import Path

from evaluation.errors import SourceError


def check_organisation(config: Path) -> None:
    """Read the configuration, open every source, and say what was found.

    Raises:
        ConfigError: The configuration has faults.
        SourceError: A source cannot be read as mapped.
    """
    from tasks.collect import check_sources
    from tasks.configuration.reading import read_review

    review = read_review(config)
    root = config if config.is_dir() else config.parent
    calendars = ", ".join(review.calendars) or "always open"
    print(f"{config}: {review.organisation.name}, zone {review.organisation.time_zone}, calendars: {calendars}")
    print(f"{len(review.goals)} goals, {len(review.follow_ups)} follow-ups, {len(review.sla)} SLA policies")
    faulty = 0
    for found in check_sources(review.sources, root):
        print(f"\n{found.source}: {found.summary}")
        for problem in found.problems:
            faulty += 1
            print("  problem: " + str(problem).replace("\n", "\n  "))
    if faulty:
        raise SourceError(
            f"{faulty} problems in the sources", where=str(config), remedy="correct each of them, then check again"
        )
    print("\nready to run")
