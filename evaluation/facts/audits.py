"""The facts of audits: how each criterion was marked, what the audit scored, and why some have no score.

criterion = (mark - lowest) / (highest - lowest); audit = sum of weight x criterion / sum of weight, over the criteria
that apply. A bonus criterion adds above the line only, and an audit never exceeds 1; a critical criterion below its
line makes the audit 0. A mark that was disputed with success is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis

from evaluation.facts.double_audits import is_double, marks_of_doubles
from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.subjects import with_subject
from evaluation.facts.vocabulary import NO_NUMBER, NO_TEXT, first_that_holds, instant

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr import types as ir

    from evaluation.facts.derivation import Derivation
    from evaluation.scorecard import ScorecardConfig
    from evaluation.settings import Settings

PROBLEMS = ("unknown_scorecard", "unknown_version", "unknown_criterion", "off_scale", "unmarked")
"""Why an audit cannot be scored, the first that applies: such audits are outside the population and counted."""

NO_CARD, NO_VERSION, DEFAULT = -1, -2, -3
"""Numbers of audits without a scorecard: none of that id, none of that version, none but a default scale."""

_PICO = 1_000_000_000_000
"""Weighted marks are summed in whole parts of this, exactly, so that the order of rows changes no digit."""

_OF_AUDIT = ("kind", "scorecard_id", "scorecard_version", "ticket_id", "call_id", "agent_id", "team_id", "branch_id",
             "auditor_id")  # fmt: skip
_ANY_OF_AUDIT = ("is_calibration", "is_blind")


def audit_facts(given: Derivation) -> Mapping[str, ir.Table]:
    """`audits`, `audit_marks` and `double_marks`; nothing without audits.

    What was marked after the cut is not known yet, nor is a dispute that was raised after it.
    """
    if "audits" not in given.tables:
        return {}
    known = given.tables["audits"].filter(given.tables["audits"].audited_at <= instant(given.cut))
    heads = given.bench.step("audit_heads", with_subject(given, _heads(known, given.settings)))
    marks = given.bench.step("audit_marks", _marks(given, known, heads))
    scored = heads.left_join(_scores(marks), "audit_id").drop("audit_id_right")
    labels = [(scored.problem_number == number, name) for number, name in enumerate(PROBLEMS)]
    audits = scored.mutate(problem=first_that_holds(labels, NO_TEXT))
    outside = ibis.ifelse(audits.problem.notnull(), "outside_population", NO_TEXT)
    audits = audits.mutate(
        exclusion=ibis.coalesce(audits.exclusion, outside),
        score=ibis.ifelse(audits.problem.isnull(), audits.score, NO_NUMBER),
        is_third_party=_is_third_party(audits, given.settings.audits.third_party),
    )
    audits = given.bench.step("audits", is_double(audits))
    detailed = _with_audit(marks, audits)
    return {"audits": audits, "audit_marks": detailed, "double_marks": marks_of_doubles(detailed, audits)}


def _heads(known: ir.Table, settings: Settings) -> ir.Table:
    """One row per audit, with the number of its scorecard."""
    heads = known.group_by("audit_id").aggregate(
        audited_at=known.audited_at.max(),
        **{name: known[name].min() for name in _OF_AUDIT},
        **{name: known[name].any() for name in _ANY_OF_AUDIT},
    )
    return heads.mutate(card=_card(heads, settings))


def _card(heads: ir.Table, settings: Settings) -> ir.IntegerColumn:
    """Number of the first scorecard that matches the audit."""
    zone = settings.organisation.time_zone
    matches = [(_matches(card, heads, zone), number) for number, card in enumerate(settings.scorecards)]
    known = sorted({card.id for card in settings.scorecards})
    other_version = [(heads.scorecard_id.isin(known), NO_VERSION)] if known else []
    otherwise = NO_CARD if settings.audits.default_scale is None else DEFAULT
    return first_that_holds([*matches, *other_version], otherwise).cast("int64")


def _matches(card: ScorecardConfig, heads: ir.Table, zone: str) -> ir.BooleanValue:
    holds = heads.scorecard_id == card.id
    if card.version is not None:
        holds = holds & (heads.scorecard_version == card.version).fill_null(False)
    if card.from_ is not None:
        holds = holds & (heads.audited_at >= instant(_midnight(card.from_, zone)))
    if card.until is not None:
        holds = holds & (heads.audited_at < instant(_midnight(card.until, zone)))
    return holds


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _criteria(settings: Settings) -> pd.DataFrame:
    """The criteria of all scorecards, one row each; `card` is the number of the scorecard."""
    import pandas as pd

    rows = [
        {
            "card_of": number, "marked_id": criterion.id, "touchpoint": criterion.touchpoint,
            "attribute": criterion.attribute, "card_weight": criterion.weight, "is_bonus": criterion.bonus,
            "line": criterion.line, "card_min": card.scale_of(criterion).min, "card_max": card.scale_of(criterion).max,
        }
        for number, card in enumerate(settings.scorecards)
        for criterion in card.criteria
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_CRITERIA)).astype({"line": "float64", "card_weight": "float64"})


_CRITERIA = {
    "card_of": "int64", "marked_id": "string", "touchpoint": "string", "attribute": "string", "card_weight": "float64",
    "is_bonus": "boolean", "line": "float64", "card_min": "float64", "card_max": "float64",
}  # fmt: skip


def _marks(given: Derivation, known: ir.Table, heads: ir.Table) -> ir.Table:
    """One row per mark: what counts after disputes, on 0 to 1, with the weight and place of its criterion."""
    own = ["audit_id", "criterion_id", "mark", "is_not_applicable", "disputed_at", "dispute_outcome", "dispute_mark"]
    told = known.select(*own).inner_join(heads.select("audit_id", "card"), "audit_id")
    if given.settings.scorecards:
        criteria = ibis.memtable(_criteria(given.settings), schema=ibis.schema(_CRITERIA))
        matches = [told.card == criteria.card_of, told.criterion_id == criteria.marked_id]
        marks = told.left_join(criteria, matches)
    else:
        marks = told.mutate(**{name: ibis.null(kind) for name, kind in _CRITERIA.items()})
    default = given.settings.audits.default_scale
    if default is not None:
        is_default = marks.card == DEFAULT
        marks = marks.mutate(
            card_min=ibis.ifelse(is_default, default.min, marks.card_min),
            card_max=ibis.ifelse(is_default, default.max, marks.card_max),
            card_weight=ibis.ifelse(is_default, 1.0, marks.card_weight),
        )
    return _judged(_after_disputes(marks, given), says_when_not=given.tables.has("audits", "is_not_applicable"))


def _after_disputes(marks: ir.Table, given: Derivation) -> ir.Table:
    """With `final`, the mark that counts: an accepted dispute replaces it, or withdraws it when it gives none."""
    is_known = (marks.disputed_at.isnull() | (marks.disputed_at <= instant(given.cut))).fill_null(False)
    is_replaced = is_known & (marks.dispute_outcome == "accepted").fill_null(False)
    own = ibis.ifelse(marks.is_not_applicable, NO_NUMBER, marks.mark)
    return marks.mutate(own=own, final=ibis.ifelse(is_replaced, marks.dispute_mark, own), is_replaced=is_replaced)


def _judged(marks: ir.Table, *, says_when_not: bool) -> ir.Table:
    """With the value of each mark and the number of its problem.

    Args:
        marks: After disputes, with scales.
        says_when_not: Whether the source says which criteria do not apply; else a criterion without a mark does not.
    """
    length = marks.card_max - marks.card_min
    outside = (marks.final < marks.card_min) | (marks.final > marks.card_max)
    outside = outside.fill_null(False) | ((marks.own < marks.card_min) | (marks.own > marks.card_max)).fill_null(False)
    forgotten = marks.final.isnull() & ~marks.is_not_applicable & ~marks.is_replaced & ibis.literal(says_when_not)
    found = [marks.card == NO_CARD, marks.card == NO_VERSION, marks.card_min.isnull(), outside, forgotten]
    return marks.mutate(
        mark=marks.final,
        value=(marks.final - marks.card_min) / length,
        own_value=(marks.own - marks.card_min) / length,
        weight=marks.card_weight,
        is_bonus=marks.is_bonus.fill_null(False),
        is_critical=marks.line.notnull(),
        is_failed=(marks.final < marks.line).fill_null(False),
        problem_number=first_that_holds([(holds, number) for number, holds in enumerate(found)], ibis.null("int64")),
    )


def _scores(marks: ir.Table) -> ir.Table:
    """One row per audit: score, criteria that applied, whether a critical one failed, and its first problem."""
    applies = marks.value.notnull()
    weighted = (marks.weight * marks.value * _PICO).round().cast("decimal(38, 0)")
    weight = (marks.weight * _PICO).round().cast("decimal(38, 0)")
    summed = marks.group_by("audit_id").aggregate(
        above=weighted.sum(where=applies).cast("float64"),
        below=weight.sum(where=applies & ~marks.is_bonus).cast("float64"),
        criterion_count=applies.sum().cast("int64"),
        is_failed=marks.is_failed.any(),
        problem_number=marks.problem_number.min(),
    )
    ratio = ibis.ifelse(summed.above >= summed.below, 1.0, summed.above / summed.below)
    scored = ibis.cases((summed.is_failed, 0.0), (summed.below > 0, ratio), else_=NO_NUMBER)
    return summed.mutate(score=scored).drop("above", "below")


def _is_third_party(audits: ir.Table, patterns: list[str]) -> ir.BooleanValue:
    """Whether a mystery visit was made by somebody who is no staff."""
    found: ir.BooleanValue = ibis.literal(False)
    for pattern in patterns:
        begins = audits.auditor_id.startswith(pattern.removesuffix("*"))
        found = found | (begins if pattern.endswith("*") else audits.auditor_id == pattern)
    return (found & (audits.kind == "mystery")).fill_null(False)


def _with_audit(marks: ir.Table, audits: ir.Table) -> ir.Table:
    """Marks with what their audit says of all of them."""
    names = [name for name in audits.columns if name == "audit_id" or name not in marks.columns]
    return marks.inner_join(audits.select(*names, *[n for n in DIMENSION_COLUMNS if n not in names]), "audit_id")
