"""The step that draws what is to be audited, from canonical Parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import ConfigError, DataError

if TYPE_CHECKING:
    from evaluation.audit_population import Population
    from evaluation.audit_sampling import AuditSample, SamplePlan
    from evaluation.period import Period
    from evaluation.settings import Settings
    from evaluation.tables import Tables
    from tasks.engine import AnyEngine


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What was drawn.

    Attributes:
        sample: The draw.
        descriptions: Subject of a ticket or recording of a call, by kind and id.
        without_scorecard: Kinds that were not asked for by name and have no scorecard, so that none was drawn.
    """

    sample: AuditSample
    descriptions: Mapping[tuple[str, str], str]
    without_scorecard: tuple[str, ...]


def draw_audits(
    files: Mapping[str, Path],
    settings: Settings,
    period: Period,
    *,
    plan: SamplePlan,
    kinds: Sequence[str],
    audited_again: bool,
    as_of: datetime | None,
    run_at: datetime,
    engine: AnyEngine | None = None,
) -> Drawn:
    """Draw the tickets and calls of a period that are to be audited.

    Args:
        files: Canonical tables by name.
        settings: What the organisation agreed.
        period: The period of the cases.
        plan: How many, and of whom.
        kinds: `tickets`, `calls`, or both; whatever has a scorecard when empty.
        audited_again: Whether cases that have been audited can be drawn once more.
        as_of: The moment of knowledge; the newest stamp in the data when left out.
        run_at: The moment of the run.
        engine: Where it is computed; the embedded one when left out.

    Raises:
        ConfigError: There is no scorecard for a kind that was asked for.
        DataError: No case of the period can be audited.
    """
    from evaluation.audit_population import descriptions, population
    from evaluation.audit_sampling import draw_id, draw_sample
    from evaluation.facts import derive
    from tasks.engine import DuckDBEngine, opened
    from tasks.evaluate import cut_of, refuse_idle

    with opened(files, engine or DuckDBEngine()) as tables:
        cut = cut_of(tables, period, as_of, run_at)
        refuse_idle(tables, period, cut)
        day = cut.astimezone(settings.organisation.zone).date()
        wanted, without = _kinds(kinds, tables, settings, day)  # before the longest step
        facts = derive(tables, settings, cut)
        organisation = settings.organisation.name
        own_draw = draw_id(organisation, period.id, plan)
        cases = population(facts, period, wanted, plan.by, own_draw=own_draw, audited_again=audited_again)
        _refuse_empty(cases, plan, period, wanted)
        sample = draw_sample(cases, plan, organisation=organisation, period=period, cut=cut)
        return Drawn(sample=sample, descriptions=descriptions(tables, sample.cases), without_scorecard=without)


def _kinds(
    asked: Sequence[str], tables: Tables, settings: Settings, day: date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds to draw, and those that are left aside because nothing says how to mark them.

    Raises:
        ConfigError: A kind was asked for that has no table or no scorecard, or no kind has one.
    """
    from evaluation.audit_population import KINDS
    from evaluation.audit_worksheet import AUDIT_KINDS, scorecard_for

    for kind in asked:
        if kind not in tables:
            raise ConfigError(
                f"there are no {kind} to draw from", where="--kinds", remedy=f"map {kind} under `sources:`"
            )
    there = [kind for kind in asked or KINDS if kind in tables]
    refusals: dict[str, ConfigError] = {}
    for kind in there:
        try:
            scorecard_for(settings, AUDIT_KINDS[kind], day)
        except ConfigError as error:
            refusals[kind] = error
    chosen = tuple(kind for kind in there if kind not in refusals)
    if refusals and (asked or not chosen):
        raise next(iter(refusals.values()))
    return chosen, tuple(refusals)


def _refuse_empty(cases: Population, plan: SamplePlan, period: Period, kinds: Sequence[str]) -> None:
    """Refuse to write a worksheet without a row."""
    if cases.cases:
        return
    told = [f"{count:,} {reason.replace('_', ' ')}" for own in cases.left_out.values() for reason, count in own.items()]
    remedy = f"map the {plan.by} of tickets and calls"
    if plan.by == "agent":
        remedy += ", or draw by team: --half-width 10% --by team"
    raise DataError(
        f"there is nothing to audit in {period.id}: {', '.join(told) or 'no case was solved or answered in it'}",
        where=", ".join(kinds), remedy=remedy,
    )  # fmt: skip
