"""What is wrong with the goals and follow-ups of a configuration, beyond what each of them can know by itself."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence

from evaluation.errors import ConfigError
from evaluation.followup import FollowUpConfig
from evaluation.goal import GoalConfig, scope
from evaluation.goals import faults
from evaluation.metric import Metric
from evaluation.near_names import one_metric_of
from evaluation.period import Period
from evaluation.settings import FigureChoice

TYPO = 0.85
"""Likeness from which an unknown name that need not be a metric is taken for a misspelt one."""


def goal_faults(
    goals: Sequence[GoalConfig],
    follow_ups: Sequence[FollowUpConfig],
    catalogue: Mapping[str, Metric],
    *,
    fiscal_year_starts: int = 1,
    statistics: Mapping[str, Collection[str]] | None = None,
) -> tuple[ConfigError, ...]:
    """Everything that is wrong with the goals and follow-ups together; empty when nothing is.

    Args:
        goals: Goals, each of which has loaded.
        follow_ups: Follow-ups, each of which has loaded.
        catalogue: Metrics by id.
        fiscal_year_starts: Month in which `FY…` years start.
        statistics: Statistics that each metric has; without it any statistic is accepted.

    Returns:
        Errors in the order of the file; `where` is the place as in pydantic's `loc`, joined by dots
        (`goals.0.target.at_most`).
    """
    found: list[ConfigError] = []
    for check in (_goals_one_by_one, _goals_together, _follow_ups):
        found += check(goals, follow_ups, catalogue)
    found += _periods(goals, fiscal_year_starts)
    found += _statistics(goals, statistics or {})
    return tuple(sorted(found, key=lambda error: _place(error.where)))


def check_goals(
    goals: Sequence[GoalConfig],
    follow_ups: Sequence[FollowUpConfig],
    catalogue: Mapping[str, Metric],
    *,
    fiscal_year_starts: int = 1,
    statistics: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Stop at the first thing that `goal_faults` finds.

    Raises:
        ConfigError: Something is wrong.
    """
    found = goal_faults(goals, follow_ups, catalogue, fiscal_year_starts=fiscal_year_starts, statistics=statistics)
    if found:
        raise found[0]


def check_main_figures(
    choices: Sequence[FigureChoice], catalogue: Mapping[str, Metric], statistics: Mapping[str, Collection[str]]
) -> None:
    """Stop at a main figure that does not exist.

    Raises:
        ConfigError: Its metric, statistic or scope is unknown.
    """
    for number, choice in enumerate(choices):
        place = f"main_figures.{number}"
        if choice.metric not in catalogue:
            raise _unknown(f"{place}.metric", "metric", choice.metric, catalogue)
        known = statistics.get(choice.metric, ())
        if choice.statistic is not None and choice.statistic not in known:
            raise _unknown(f"{place}.statistic", f"statistic of {choice.metric}", choice.statistic, known)
        try:
            scope(choice.where)
        except ValueError as error:
            found, _, remedy = str(error).partition("; ")
            raise ConfigError(found, where=f"{place}.where", remedy=remedy) from error


def _place(where: str) -> tuple[tuple[bool, int, str], ...]:
    return tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in where.split("."))


def _goals_one_by_one(
    goals: Sequence[GoalConfig], follow_ups: Sequence[FollowUpConfig], catalogue: Mapping[str, Metric]
) -> Iterator[ConfigError]:
    for number, goal in enumerate(goals):
        place = f"goals.{number}"
        if goal.supports is not None and goal.supports not in catalogue:
            yield from _misspelt(f"{place}.supports", goal.supports, catalogue)
        metric = catalogue.get(goal.metric)
        if metric is None:
            yield _unknown(f"{place}.metric", "metric", goal.metric, catalogue)
            continue
        for key, sentence in faults(goal.target, metric):
            yield _error(f"{place}.target.{key}", goal, sentence)
        for order, step in enumerate(goal.steps):
            for key, sentence in faults(step.target, metric):
                yield _error(f"{place}.steps.{order}.target.{key}", goal, sentence)


def _goals_together(
    goals: Sequence[GoalConfig], follow_ups: Sequence[FollowUpConfig], catalogue: Mapping[str, Metric]
) -> Iterator[ConfigError]:
    ids = [goal.id for goal in goals]
    actions = {follow_up.id for follow_up in follow_ups}
    parents = {goal.id: goal.parent for goal in goals}
    for number, goal in enumerate(goals):
        place = f"goals.{number}"
        if goal.id in ids[:number]:
            yield _twice(f"{place}.id", "goal", goal.id)
        if goal.parent is not None and goal.parent not in ids:
            yield _unknown(f"{place}.parent", "goal", goal.parent, ids)
        elif _comes_back(goal.id, parents):
            yield ConfigError(
                f"goal {goal.id!r} serves itself by way of its parents", where=f"{place}.parent",
                remedy="take `parent` away from one of them",
            )  # fmt: skip
        for order, action in enumerate(goal.actions):
            if action not in actions:
                yield _unknown(f"{place}.actions.{order}", "follow-up", action, actions)


def _follow_ups(
    goals: Sequence[GoalConfig], follow_ups: Sequence[FollowUpConfig], catalogue: Mapping[str, Metric]
) -> Iterator[ConfigError]:
    ids = [follow_up.id for follow_up in follow_ups]
    known = {goal.id for goal in goals}
    for number, follow_up in enumerate(follow_ups):
        place = f"follow_ups.{number}"
        if follow_up.id in ids[:number]:
            yield _twice(f"{place}.id", "follow-up", follow_up.id)
        if follow_up.goal is not None and follow_up.goal not in known:
            yield _unknown(f"{place}.goal", "goal", follow_up.goal, known)
        if follow_up.metric is not None and follow_up.metric not in catalogue:
            yield _unknown(f"{place}.metric", "metric", follow_up.metric, catalogue)


def _periods(goals: Sequence[GoalConfig], fiscal_year_starts: int) -> Iterator[ConfigError]:
    def named(text: str) -> Period:
        return Period.parse(text, zone="UTC", fiscal_year_starts=fiscal_year_starts)

    for number, goal in enumerate(goals):
        start, due = named(goal.start), named(goal.due)
        place = f"goals.{number}"
        if start.start >= due.end:
            yield _error(f"{place}.due", goal, f"it starts in {goal.start}, after it is due in {goal.due}; correct one")
        written = goal.target.from_period
        if written and named(written).end > due.start:
            yield _error(
                f"{place}.target.from", goal,
                f"its change is counted from {written}, which is not over before {goal.due}; name an earlier period",
            )  # fmt: skip
        for order, step in enumerate(goal.steps):
            if not start.start < named(step.by).end <= due.end:
                yield _error(
                    f"{place}.steps.{order}.by", goal,
                    f"its step by {step.by} lies outside {goal.start} to {goal.due}; move it inside",
                )  # fmt: skip


def _statistics(goals: Sequence[GoalConfig], statistics: Mapping[str, Collection[str]]) -> Iterator[ConfigError]:
    for number, goal in enumerate(goals):
        known = statistics.get(goal.metric)
        if known is not None and goal.statistic is not None and goal.statistic not in known:
            yield _error(
                f"goals.{number}.statistic", goal,
                f"{goal.metric} has no statistic {goal.statistic!r}; write one of: {', '.join(sorted(known))}",
            )  # fmt: skip


def _comes_back(first: str, parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    current = parents.get(first)
    while current is not None and current not in seen:
        if current == first:
            return True
        seen.add(current)
        current = parents.get(current)
    return False


def _error(where: str, goal: GoalConfig, sentence: str) -> ConfigError:
    found, _, remedy = sentence.rpartition("; ")
    return ConfigError(f"goal {goal.id!r}: {found or remedy}", where=where, remedy=remedy if found else "")


def _unknown(where: str, what: str, name: str, known: Collection[str]) -> ConfigError:
    if what == "metric":
        return ConfigError(f"{name!r} is not a metric", where=where, remedy=one_metric_of(name, known))
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    remedy = f"did you mean {' or '.join(near)}?" if near else _one_of(what, known)
    return ConfigError(f"{name!r} is not a {what}", where=where, remedy=remedy)


def _one_of(what: str, known: Collection[str]) -> str:
    return f"write one of: {', '.join(sorted(known))}" if known else f"there is no {what} yet: add one, or remove this"


def _misspelt(where: str, name: str, catalogue: Mapping[str, Metric]) -> Iterator[ConfigError]:
    if difflib.get_close_matches(name, sorted(catalogue), n=1, cutoff=TYPO):
        yield _unknown(where, "metric", name, catalogue)


def _twice(where: str, what: str, name: str) -> ConfigError:
    return ConfigError(f"{what} {name!r} is there twice", where=where, remedy="give one of them another id")
