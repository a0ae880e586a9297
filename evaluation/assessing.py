"""The one public verb of the domain: from canonical tables to everything that the report says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from evaluation.assessment import Assessment, GoalAssessment
from evaluation.beside import Beside
from evaluation.breakdown import Breakdown
from evaluation.breakdowns import MAKERS, Ground, breakdowns
from evaluation.cycle import cycle
from evaluation.errors import ConfigError
from evaluation.facts.deriving import derive
from evaluation.facts.shapes import Facts
from evaluation.findings import Judged, judge
from evaluation.identities import check_identities, refuse_contradictions
from evaluation.identity import Identity
from evaluation.intake import Intake
from evaluation.judgement.audit_parts import BREAKDOWN as AUDIT_PARTS
from evaluation.judgement.audit_parts import part_differences
from evaluation.judgement.checks import check_goals, check_main_figures
from evaluation.judgement.counting import counts_of, exclusions_of
from evaluation.judgement.decisions import decisions_wanted
from evaluation.judgement.effects import with_effects
from evaluation.judgement.figures import main_figures, reading
from evaluation.judgement.follow_ups import as_they_stand
from evaluation.judgement.goals import Naming, assess_goals, covers, goal_periods
from evaluation.judgement.part_cases import PartCases
from evaluation.judgement.process import check_changes, dated_changes, processes, with_process
from evaluation.judgement.reach import Requesters
from evaluation.judgement.reasons import METRIC as REASONS
from evaluation.judgement.reasons import reason_differences, with_verdicts
from evaluation.judgement.shifts import Shifts
from evaluation.measurement import Measurements
from evaluation.metric import Metric
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.documentation import who_is_credited
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.text.threads import load_models
from evaluation.text.topics import TopicEstimates, are_wanted, begun
from evaluation.validation import Validation

SIZES = ("tickets", "without_policy", "answers", "agents", "teams", "channels", "events")


def assess(
    tables: Tables,
    settings: Settings,
    period: Period,
    cut: datetime,
    *,
    validation: Validation,
    intake: tuple[Intake, ...],
    beside: Beside | None = None,
) -> Assessment:
    """Everything that may be said about a period: figures, goals, follow-ups, findings, decisions, the cycle.

    A pure function: the same tables, settings, period and cut give an equal assessment.

    Args:
        tables: Canonical tables.
        settings: What the organisation agreed.
        period: The period under review.
        cut: The as-of moment; nothing after it is known.
        validation: Outcome of the checks; figures whose columns failed a critical one are withheld.
        intake: Rows in and out of the sources.
        beside: Where topics are estimated while the rest is measured; here, one after the other, when left out.

    Raises:
        ConfigError: A goal does not fit the catalogue, its target is worse than its baseline, or a main figure names
            a metric that does not exist.
        ContradictionError: Figures that must agree do not.
    """
    named = naming(settings, period)
    definitions = chosen(settings.metrics)
    catalogue = {name: definition.metric for name, definition in definitions.items()}
    statistics = {name: definition.statistics for name, definition in definitions.items()}
    starts = settings.organisation.fiscal_year_starts
    check_goals(settings.goals, settings.follow_ups, catalogue, fiscal_year_starts=starts, statistics=statistics)
    check_main_figures(settings.main_figures, catalogue, statistics)
    check_changes(settings.changes, catalogue)
    facts, topics = _derived(tables, settings, period, cut, beside)
    withheld = withheld_metrics(catalogue, validation)
    measurements, identities = _measured(facts, settings, period, withheld, named)
    changes = dated_changes(settings.changes, settings.follow_ups)
    ground = Ground(
        facts=facts, tables=tables, settings=settings, period=period, measurements=measurements, topics=topics
    )
    shifts = _shifts(ground, withheld)
    goals = assess_goals(
        settings.goals, measurements, catalogue, period, cut, named=named, changes=changes, shifts=shifts
    )
    return _assembled(ground, cut, catalogue, identities, goals, withheld, validation, intake, shifts)


def measure_period(
    tables: Tables, settings: Settings, period: Period, cut: datetime, *, validation: Validation
) -> Measurements:
    """The measurements of a period alone, without judgement: what `assess` measures, withheld figures included.

    Raises:
        ConfigError: The settings name a metric or a variant that does not exist.
        ContradictionError: Figures that must agree do not.
    """
    catalogue = {name: definition.metric for name, definition in chosen(settings.metrics).items()}
    withheld = withheld_metrics(catalogue, validation)
    facts = derive(tables, settings, cut)
    measurements, _ = _measured(facts, settings, period, withheld, naming(settings, period))
    return measurements


def break_down(
    tables: Tables, settings: Settings, period: Period, cut: datetime, *, validation: Validation, breakdown_id: str
) -> Breakdown:
    """One of the tables behind the metrics: what `assess` puts into `Assessment.breakdowns`.

    Raises:
        ConfigError: There is no such breakdown, or the settings name a metric or a variant that does not exist.
        ContradictionError: Figures that must agree do not.
    """
    refuse_unknown_breakdown(breakdown_id)
    catalogue = {name: definition.metric for name, definition in chosen(settings.metrics).items()}
    facts = derive(tables, settings, cut)
    withheld = withheld_metrics(catalogue, validation)
    measurements, _ = _measured(facts, settings, period, withheld, naming(settings, period))
    ground = Ground(facts=facts, tables=tables, settings=settings, period=period, measurements=measurements)
    if breakdown_id != REASONS:
        return MAKERS[breakdown_id](ground)
    made = {name: MAKERS[name](ground) for name in (REASONS, AUDIT_PARTS)}
    shifts = _shifts(ground, withheld)
    goals = assess_goals(settings.goals, measurements, catalogue, period, cut, named=naming(settings, period))
    return _judged(ground, goals, catalogue, withheld, shifts, made)[1]


def refuse_unknown_breakdown(breakdown_id: str) -> None:
    """Refuse the id of a breakdown that nothing makes.

    Raises:
        ConfigError: There is no such breakdown; the error names those there are.
    """
    if breakdown_id not in MAKERS:
        raise ConfigError(
            f"there is no breakdown {breakdown_id!r}", where="--breakdown", remedy=f"write one of: {', '.join(MAKERS)}"
        )


def withheld_metrics(catalogue: Mapping[str, Metric], validation: Validation) -> dict[str, str]:
    """Metrics that rest on a column or table that failed a critical check: id of the metric to id of the check."""
    withheld: dict[str, str] = {}
    for metric in catalogue.values():
        columns: dict[str, list[str]] = {}
        for place in metric.requires:
            table, _, column = place.partition(".")
            columns.setdefault(table, []).append(column)
        failed = (validation.critical(table, tuple(names)) for table, names in columns.items())
        check = next((result for result in failed if result is not None), None)
        if check is not None:
            withheld[metric.id] = check.id
    return withheld


def naming(settings: Settings, period: Period) -> Naming:
    """From the id of a period, as goals and follow-ups write it, to the period."""
    starts = settings.organisation.fiscal_year_starts
    return lambda text: Period.parse(text, zone=period.zone, fiscal_year_starts=starts)


def _derived(
    tables: Tables, settings: Settings, period: Period, cut: datetime, beside: Beside | None
) -> tuple[Facts, Callable[[], TopicEstimates | None] | None]:
    """The facts, and what waits for the estimated topics when they were begun beside."""
    if beside is None or not are_wanted(settings, tables):
        return derive(tables, settings, cut), None
    beside.prepare(load_models)
    facts = derive(tables, settings, cut)
    return facts, begun(facts, tables, period, beside)


def _measured(
    facts: Facts, settings: Settings, period: Period, withheld: Mapping[str, str], named: Naming
) -> tuple[Measurements, tuple[Identity, ...]]:
    """The usual periods and those that goals look back to, with the identities that were checked on them."""
    also = goal_periods(settings.goals, period, named=named)
    measurements = measure(facts, settings, period, withheld=withheld, also=also)
    identities = check_identities(measurements, facts, chosen(settings.metrics), period)
    refuse_contradictions(identities)
    return measurements, identities


def _assembled(
    ground: Ground,
    cut: datetime,
    catalogue: Mapping[str, Metric],
    identities: tuple[Identity, ...],
    goals: tuple[GoalAssessment, ...],
    withheld: Mapping[str, str],
    validation: Validation,
    intake: tuple[Intake, ...],
    shifts: Shifts,
) -> Assessment:
    facts, settings, period, measurements = ground.facts, ground.settings, ground.period, ground.measurements
    named = naming(settings, period)
    changes = dated_changes(settings.changes, settings.follow_ups)
    made = breakdowns(ground)
    judged, reasons = _judged(ground, goals, catalogue, withheld, shifts, made)
    figures = tuple(with_process(figure, changes, cut=cut, zone=period.zone) for figure in judged.figures)
    standing = as_they_stand(settings.follow_ups, period, cut, named=named)
    printed = {name: one for name, one in chosen(settings.metrics).items() if name not in withheld}
    follow_ups = with_effects(standing, facts, measurements, printed, period)
    settled = {goal.id: goal for goal in judged.goals}
    counts = counts_of(facts, ground.tables, period)
    return Assessment(
        organisation=settings.organisation.name, period=period, cut=cut, catalogue=catalogue,
        measurements=measurements, figures=figures, goals=tuple(settled.get(goal.id, goal) for goal in goals),
        follow_ups=follow_ups, findings=judged.findings, looked_at=judged.looked_at,
        decisions=decisions_wanted(judged.goals, follow_ups, withheld, period, cut),
        intake=intake, validation=validation, exclusions=exclusions_of(facts, period),
        withheld=withheld, sizes={name: counts[name] for name in SIZES},
        cycle=cycle(settings, counts, _solved(measurements, catalogue, period), goals, follow_ups, judged.findings),
        breakdowns=MappingProxyType({**made, REASONS: reasons}), identities=identities, comparisons=ground.comparisons,
        processes=processes(measurements, catalogue, period, changes, cut=cut), shifts=shifts.of_the_whole(),
        credits=MappingProxyType({
            name: who_is_credited(one, settings.surveys.credited) for name, one in chosen(settings.metrics).items()
        }),
    )  # fmt: skip


def _shifts(ground: Ground, withheld: Mapping[str, str]) -> Shifts:
    definitions = chosen(ground.settings.metrics)
    return Shifts(ground.facts, {n: one for n, one in definitions.items() if n not in withheld}, ground.period)


def _judged(
    ground: Ground,
    goals: Iterable[GoalAssessment],
    catalogue: Mapping[str, Metric],
    withheld: Mapping[str, str],
    shifts: Shifts,
    made: Mapping[str, Breakdown],
) -> tuple[Judged, Breakdown]:
    """Everything that was compared through the one control, and the contact reasons with its verdicts."""
    settings, period, measurements = ground.settings, ground.period, ground.measurements
    named = naming(settings, period)
    running = [goal for goal in goals if covers(goal, period, named=named)]
    plain = main_figures(measurements, catalogue, settings.main_figures, running, period, shifts)
    printed = {name: one for name, one in chosen(settings.metrics).items() if name not in withheld}
    judged = judge(
        plain, running, measurements, period, catalogue, comparisons=ground.comparisons, shifts=shifts,
        also=[
            *reason_differences(made[REASONS], catalogue),
            *part_differences(made[AUDIT_PARTS], catalogue, period.id),
        ],
        reach=Requesters(ground.facts, printed, period),
        cases=PartCases(ground.facts, printed, period),
    )  # fmt: skip
    return judged, with_verdicts(made[REASONS], judged.looked_at)


def _solved(measurements: Measurements, catalogue: Mapping[str, Metric], period: Period) -> int:
    metric = catalogue.get("tickets_solved")
    row = reading(measurements, metric, period.id, where={}) if metric else None
    return int(row.value or 0) if row else 0
