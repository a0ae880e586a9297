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
    parts = {"goal": review.goals, "follow-up": review.follow_ups, "SLA policy": review.sla}
    print(", ".join(_counted(len(found), name) for name, found in parts.items()))
    faulty = 0
    for found in check_sources(review.sources, root):
        print(f"\n{found.source}: {found.summary}")
        for problem in found.problems:
            faulty += 1
            print("  problem: " + str(problem).replace("\n", "\n  "))
    if faulty:
        raise SourceError(
            f"{_counted(faulty, 'problem')} in the sources",
            where=str(config),
            remedy="correct what is told above, then check again",
        )
    print("\nready to run")


def _counted(count: int, name: str) -> str:
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    return f"{count:,} {name if count == 1 else plural}"
