"""What the audits found in each part of a contact: touchpoints, attributes and criteria."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evaluation.assessment import Assessment
from evaluation.breakdown import Breakdown
from evaluation.metric import Unit
from evaluation.verdict import Against, Change
from reports.axis import domain
from reports.charts.interval_dots import Interval, interval_dots
from reports.document import Cell, Column, Picture, Table
from reports.evidence import count_cell, right
from reports.formats import amount, interval, number
from reports.language import Language, pN_
from reports.member_tables import with_footnotes
from reports.names import cleaned
from reports.pictures import printer

FEWEST_PARTS = 3
MOST_CRITERIA = 20
_TOUCHPOINTS = {
    "greeting": pN_("touchpoint", "Greeting"),
    "solution": pN_("touchpoint", "Solution"),
    "farewell": pN_("touchpoint", "Farewell"),
}
_ATTRIBUTES = {
    "attention": pN_("attribute of a contact", "Attention"),
    "attitude": pN_("attribute of a contact", "Attitude"),
    "availability": pN_("attribute of a contact", "Availability"),
    "adaptability": pN_("attribute of a contact", "Adaptability"),
    "appreciation": pN_("attribute of a contact", "Appreciation"),
}
_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Part:
    """A touchpoint, an attribute or a criterion with its mean mark.

    Attributes:
        kind: `touchpoint`, `attribute` or `criterion`.
        member: Its key.
        label: Its name for the reader.
        audits: Audits in which it applied.
        mean, low, high: The mean mark, 0 to 1, and its 95 % interval.
        failed: Audits in which a critical criterion of it was below its line.
    """

    kind: str
    member: str
    label: str
    audits: int
    mean: float
    low: float | None
    high: float | None
    failed: int


def parts_of(assessment: Assessment, metric_id: str, kinds: tuple[str, ...], language: Language) -> tuple[Part, ...]:
    """The parts of the audits of a metric, in the order of a contact; none without audits."""
    found = assessment.breakdowns.get("audit_criteria")
    if found is None or found.reason is not None:
        return ()
    rows = found.frame[(found.frame["metric_id"] == metric_id) & found.frame["part"].isin(kinds)]
    return tuple(_parts(rows.to_dict("records"), found, language))


def _parts(rows: list[dict], found: Breakdown, language: Language) -> Iterator[Part]:
    for row in rows:
        low, high = (None if row[end] != row[end] else float(row[end]) for end in ("low", "high"))
        kind, member = str(row["part"]), str(row["member"])
        label = _label(kind, member, found.facts, language)
        yield Part(kind, member, label, int(row["audits"]), float(row["mean"]), low, high, int(row["failed"]))


def _label(kind: str, member: str, facts: Mapping[str, float | int | str], language: Language) -> str:
    if kind == "touchpoint" and member in _TOUCHPOINTS:
        return language.pgettext("touchpoint", _TOUCHPOINTS[member])
    if kind == "attribute" and member in _ATTRIBUTES:
        return language.pgettext("attribute of a contact", _ATTRIBUTES[member])
    named = facts.get(f"name.{language.code}.{member}") or facts.get(f"name.en.{member}") or member
    return cleaned(str(named))


def lowest_part(assessment: Assessment, metric_id: str, parts: tuple[Part, ...]) -> Part | None:
    """The lowest of the parts that are lower than the others of their kind beyond chance; None when none is."""
    told, rest = assessment.looked_at, Against.REST
    low = [part for part in parts if told.verdict(metric_id, "mean", rest, part.kind, part.member) is Change.WORSE]
    return min(low, key=lambda part: (part.mean, part.member), default=None)


def parts_block(parts: tuple[Part, ...], minimum: int, language: Language) -> Picture | Table | None:
    """Touchpoints and attributes as a picture, as a table when one rests on few audits; None with fewer than two."""
    if len(parts) < 2:
        return None
    if len(parts) < FEWEST_PARTS or any(part.audits < minimum or part.high is None for part in parts):
        return parts_table(parts, minimum, language, title=_title(parts, language))
    title = _title(parts, language)
    printed = {part.label: amount(part.mean, Unit.SHARE, language).text for part in parts}
    ends = [_on(end) for part in parts for end in (part.low, part.high)]
    chart = interval_dots(
        [
            Interval(
                label=part.label,
                value=part.mean * _PERCENT,
                low=_on(part.low),
                high=_on(part.high),
                note=f"{printed[part.label]} · {number(part.audits, language)}",
            )
            for part in parts
        ],
        name="quality-parts",
        alt=f"{title}: {'; '.join(f'{part.label} {printed[part.label]}' for part in parts)}",
        format=printer(language),
        note_head=language.gettext("n"),
        axis=domain(ends, within=(0.0, _PERCENT)),
    )
    sub = language.gettext("% of the scale, in the order of a contact · 95% interval")
    return Picture(title=title, sub=sub, chart=chart)


def _title(parts: tuple[Part, ...], language: Language) -> str:
    kinds = {part.kind for part in parts}
    if kinds == {"touchpoint"}:
        return language.gettext("Audit marks by touchpoint")
    if kinds == {"attribute"}:
        return language.gettext("Audit marks by attribute")
    return language.gettext("Audit marks by touchpoint and attribute")


def _on(share: float | None) -> float | None:
    return None if share is None else share * _PERCENT


def criteria_table(
    criteria: tuple[Part, ...], parts: tuple[Part, ...], minimum: int, language: Language
) -> Table | None:
    """The criteria; None when they are the touchpoints and attributes over again, or fewer than two."""
    if len(criteria) < 2 or _figures(criteria) == _figures(parts):
        return None
    return parts_table(criteria, minimum, language, title=language.gettext("Audit marks by criterion"))


def _figures(parts: tuple[Part, ...]) -> list[tuple[int, float]]:
    return sorted((part.audits, round(part.mean, 9)) for part in parts)


def parts_table(parts: tuple[Part, ...], minimum: int, language: Language, *, title: str) -> Table:
    """The parts with their figures, and with the audits below the line when there are any."""
    shown = parts[:MOST_CRITERIA]
    has_failed = any(part.failed for part in shown)
    are_criteria = all(part.kind == "criterion" for part in parts)
    columns = [
        Column(language.gettext("Criterion") if are_criteria else language.gettext("Part of the contact"), 28),
        right(language.gettext("Audits"), 13),
        right(language.gettext("Mean"), 15),
        right(language.gettext("95% interval"), 20),
    ]
    if has_failed:
        columns.append(right(language.gettext("Critical failures"), 14))
    left = len(parts) - len(shown)
    after = language.ngettext("{n} more is left out.", "{n} more are left out.", left) if left else ""
    rows = tuple(_row(part, minimum, language)[: len(columns)] for part in shown)
    return with_footnotes(Table(title=title, columns=tuple(columns), rows=rows, after=after))


def _row(part: Part, minimum: int, language: Language) -> tuple[Cell, ...]:
    remark = language.gettext("small sample") if part.audits < minimum else ""
    return (
        Cell(text=part.label),
        count_cell(part.audits, language),
        Cell(text=amount(part.mean, Unit.SHARE, language).text, small=remark),
        Cell(text=interval(part.low, part.high, Unit.SHARE, language)),
        count_cell(part.failed, language),
    )
