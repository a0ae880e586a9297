"""Which tickets and calls are audited: a stratified, seeded draw from the cases of a period, with its own proof.

Nobody picks a case: who is drawn follows from the period, the organisation, the seed and the population alone, and the
draw can be made again from what the worksheet says of itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from evaluation.audit_population import Case, Population
from evaluation.errors import ConfigError
from evaluation.statistics.sampling import allocate_at_random, draw, size_for_share

if TYPE_CHECKING:
    from evaluation.period import Period

Member = Literal["agent", "team", "branch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlan:
    """How many are to be drawn, and of whom.

    Attributes:
        seed: What identifies the draw beside the population.
        per_agent: Cases of each kind for each agent; None when `half_width` says how many.
        half_width: Wanted half-width of a 95 % interval in every stratum, as a fraction.
        by: The strata: agents, teams or branches; `agent` with `per_agent`.
        double: Cases of each kind that a second auditor marks as well.

    Raises:
        ConfigError: It is not said how many, or it is said twice, or the numbers cannot be.

    Example:
        >>> SamplePlan(seed="2026-Q3", per_agent=5).by
        'agent'
    """

    seed: str
    per_agent: int | None = None
    half_width: float | None = None
    by: Member = "agent"
    double: int = 0

    def __post_init__(self) -> None:
        if (self.per_agent is None) == (self.half_width is None):
            raise ConfigError(
                "it is not said how many to draw" if self.per_agent is None else "it is said twice how many to draw",
                where="--per-agent, --half-width",
                remedy="write either --per-agent 5, or --half-width 5% with --by agent, team or branch",
            )
        if self.per_agent is not None and self.per_agent < 1:
            raise ConfigError(f"{self.per_agent} a person is no sample", where="--per-agent", remedy="write 1 or more")
        if self.per_agent is not None and self.by != "agent":
            raise ConfigError(
                f"so many for each agent are not drawn by {self.by}", where="--by",
                remedy="leave --by out, or write --half-width instead of --per-agent",
            )  # fmt: skip
        if self.half_width is not None and not 0 < self.half_width < 1:
            raise ConfigError(
                f"a half-width of {self.half_width:.0%} says nothing", where="--half-width",
                remedy="write a part of the whole between 0 and 100 %, such as 5%",
            )  # fmt: skip
        if self.double < 0:
            raise ConfigError(f"{self.double} double audits cannot be", where="--double", remedy="write 0 or more")

    def wanted(self, population: int) -> int:
        """How many are wanted of a stratum, however many it has; of nothing, nothing is."""
        if self.per_agent is not None:
            return self.per_agent
        return size_for_share(population, self.half_width or 0.5).drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One agent, team or branch, and how many of its cases of one kind were drawn.

    Attributes:
        kind: `tickets` or `calls`.
        member: The agent, team or branch.
        population: Cases that could be drawn.
        wanted: How many the plan asks for.
        drawn: How many were drawn; fewer than wanted means all of them.
    """

    kind: str
    member: str
    population: int
    wanted: int
    drawn: int

    @property
    def is_short(self) -> bool:
        """Whether there were fewer than wanted, so that all of them were taken."""
        return self.drawn < self.wanted


@dataclass(frozen=True, kw_only=True)
class AuditSample:
    """What was drawn, and all that is needed to draw it again.

    Attributes:
        organisation: Its name.
        period: The period of the cases.
        cut: The as-of moment of the population.
        plan: What was asked for.
        cases: What to audit, in rounds: the first case of every stratum, then the second, so that whoever stops early
            leaves a balanced sample.
        second: Those of `cases` that a second auditor marks as well.
        strata: One for each kind and member that has a case, by kind and name.
        left_out: Cases of the period that could not be drawn, by kind and reason.
        populations: SHA-256 of the ids that could be drawn, by kind.
    """

    organisation: str
    period: Period
    cut: datetime
    plan: SamplePlan
    cases: tuple[Case, ...]
    second: tuple[Case, ...]
    strata: tuple[Stratum, ...]
    left_out: Mapping[str, Mapping[str, int]]
    populations: Mapping[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of which something was drawn."""
        return tuple(dict.fromkeys(sorted((case.kind for case in self.cases), reverse=True)))

    @property
    def draw_id(self) -> str:
        """Twelve characters that name the draw: organisation, period and plan, whatever the population."""
        return draw_id(self.organisation, self.period.id, self.plan)

    @property
    def digest(self) -> str:
        """SHA-256 of the draw with its population and its outcome."""
        return _digest(
            [
                self.draw_id, dict(self.populations), [[case.kind, case.id] for case in self.cases],
                [[case.kind, case.id] for case in self.second],
            ]
        )  # fmt: skip


def draw_id(organisation: str, period_id: str, plan: SamplePlan) -> str:
    """Twelve characters that name a draw; audits that come back from a worksheet carry them.

    Example:
        >>> len(draw_id("Northwind Care", "2026-Q3", SamplePlan(seed="s", per_agent=5)))
        12
    """
    asked = [plan.seed, plan.per_agent, plan.half_width, plan.by, plan.double]
    return _digest([organisation, period_id, asked])[:12]


def draw_sample(
    population: Population, plan: SamplePlan, *, organisation: str, period: Period, cut: datetime
) -> AuditSample:
    """Draw the cases to audit.

    Each stratum is one agent, team or branch and one kind. Inside, its cases are shared out over channels and topics
    (of a team or branch, over its agents first) in proportion, each share rounded down or up at random, so that every
    case of a stratum has the same chance; in each of these cells the lowest permanent random numbers are drawn. Where a
    cell has others, no requester is drawn twice for one agent.

    Args:
        population: The cases that can be drawn.
        plan: How many, and of whom.
        organisation: Its name.
        period: The period of the cases.
        cut: The as-of moment of the population.

    Example:
        >>> from datetime import UTC
        >>> from evaluation.period import Period
        >>> at = datetime(2026, 7, 3, tzinfo=UTC)
        >>> cases = [Case(kind="tickets", id=f"desk:{n}", at=at, agent="anna", channel="email") for n in range(9)]
        >>> sample = draw_sample(Population(cases=cases), SamplePlan(seed="2026-Q3", per_agent=4),
        ...     organisation="Northwind Care", period=Period.parse("2026-Q3", zone="UTC"), cut=at)
        >>> len(sample.cases), sample.strata[0].population, sample.strata[0].is_short
        (4, 9, False)
    """
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in population.cases:
        groups.setdefault((case.kind, case.member(plan.by)), []).append(case)
    strata, drawn = [], {}
    for (kind, member), cases in sorted(groups.items()):
        wanted = plan.wanted(len(cases))
        drawn[kind, member] = _draw_stratum(cases, wanted, f"{plan.seed}/{kind}/{plan.by}/{member}")
        strata.append(
            Stratum(
                kind=kind, member=member, population=len(cases), wanted=wanted, drawn=len(drawn[kind, member])
            )  # fmt: skip
        )
    chosen = [case for kind in ("tickets", "calls") for case in _in_rounds(drawn, kind)]
    return AuditSample(
        organisation=organisation, period=period, cut=cut, plan=plan, cases=tuple(chosen),
        second=tuple(_second(chosen, plan)), strata=tuple(strata), left_out=population.left_out,
        populations={
            kind: _digest(sorted(case.id for case in population.cases if case.kind == kind))
            for kind in sorted({case.kind for case in population.cases})
        },
    )  # fmt: skip


def _draw_stratum(cases: Sequence[Case], wanted: int, seed: str) -> list[Case]:
    """The cases drawn of one stratum, in random order."""
    by_id = {case.id: case for case in cases}
    cells = {case.id: _cell(case) for case in cases}
    populations: dict[str, int] = {}
    for cell in cells.values():
        populations[cell] = populations.get(cell, 0) + 1
    sizes = allocate_at_random(wanted, populations, seed=seed)
    in_order = draw(cells, populations, seed=seed)  # all of each cell, in their random order
    met: set[tuple[str | None, str]] = set()
    taken: set[str] = set()
    for cell, size in sizes.items():
        taken.update(_take([by_id[one] for one in in_order[cell]], size, met))
    # a number of its own: the one by which a case was drawn is lower in a large cell than in a small one
    (order,) = draw(dict.fromkeys(taken, ""), {"": len(taken)}, seed=f"{seed}/order").values()
    return [by_id[one] for one in order]


def _cell(case: Case) -> str:
    return json.dumps([case.agent or "", case.channel or "", case.topic or ""], ensure_ascii=False)


def _take(in_order: Sequence[Case], size: int, met: set[tuple[str | None, str]]) -> Iterable[str]:
    """The first `size` cases of a cell, those whose requester an agent has met in this draw only when needed."""
    fresh: list[Case] = []
    again: list[Case] = []
    for case in in_order:
        pair = (case.agent, case.requester_id) if case.requester_id is not None else None
        if len(fresh) < size and pair not in met:
            fresh.append(case)
            if pair is not None:
                met.add(pair)
        else:
            again.append(case)
    return [case.id for case in (*fresh, *again)[:size]]


def _in_rounds(drawn: Mapping[tuple[str, str], Sequence[Case]], kind: str) -> Iterable[Case]:
    columns = [cases for (own, _), cases in sorted(drawn.items()) if own == kind]
    return [case for round_ in zip_longest(*columns) for case in round_ if case is not None]


def _second(chosen: Sequence[Case], plan: SamplePlan) -> Iterable[Case]:
    """Which of the drawn cases of each kind are marked twice: a simple random draw among them."""
    wanted = draw(
        {f"{case.kind} {case.id}": case.kind for case in chosen}, {case.kind: plan.double for case in chosen},
        seed=f"{plan.seed}/second",
    )  # fmt: skip
    names = {name for group in wanted.values() for name in group}
    return [case for case in chosen if f"{case.kind} {case.id}" in names]


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
