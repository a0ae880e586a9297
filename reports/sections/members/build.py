"""Teams, branches and agents beside what their own cases lead to expect; alphabetical, never a ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.member_comparison import MemberComparison
from evaluation.statistics.funnel import LEVELS
from reports.arrangement import Beside, Halves, Piece, Whole, arranged
from reports.conclusions import joined
from reports.document import Block, Missing, Note, Notes, Prose, Section
from reports.formats import number
from reports.language import Language
from reports.names import inside, member_name, metric_label
from reports.section import Material
from reports.sections.members.chosen import (
    DIMENSIONS,
    clear_members,
    clear_rows,
    compared_members,
    defined,
    leading,
    of_dimensions,
)
from reports.sections.members.pictures import funnel_picture, interval_pictures
from reports.sections.members.tables import standing_tables
from reports.sections.members.words import many, printed, why_not_compared

ORDER = 66
MOST_NAMED = 4
"""Clear differences in the margin; the table has all."""


def build(material: Material) -> Section | Missing:
    """The funnel of the leading figure, all members with intervals, and everything compared; no page without any."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Teams, branches, agents")
    found = of_dimensions(assessment, material.options)
    shown = {dimension: defined(comparisons) for dimension, comparisons in found.items()}
    dimension = next((name for name in DIMENSIONS if shown[name]), None)
    if dimension is None:
        reason = language.gettext("fewer than five teams, branches or agents can be compared")
        return Missing("members", kicker, reason)
    first = leading(shown[dimension])
    blocks: dict[str, Block] = {}
    if first is not None:
        notes = _notes(shown[dimension], language)
        blocks |= {"funnel": funnel_picture(first, notes, language), "notes": notes}
        intervals = interval_pictures(first, language)
        blocks |= {f"intervals_{index}": picture for index, picture in enumerate(intervals, 1)}
        blocks["follows"] = what_follows([one for names in shown.values() for one in names], language)
        if missing := _not_compared(first, found, language):
            blocks["not_compared"] = Prose(language.gettext("Not compared"), missing)
    for name in DIMENSIONS:
        tables = standing_tables(material, shown[name])
        blocks |= {f"{name}_{index}": table for index, table in enumerate(tables, 1)}
    section = Section(
        id="members",
        kicker=kicker,
        title=members_title(dimension, shown[dimension], language),
        blocks=blocks,
        metrics=tuple(dict.fromkeys(one.metric.id for comparisons in shown.values() for one in comparisons)),
    )
    tables_of = [Whole(name) for name in blocks if name.startswith(tuple(f"{one}_" for one in DIMENSIONS))]
    pieces: list[Piece] = [
        Beside("funnel", "notes"),
        Halves(("intervals_1", "intervals_2")),
        Halves(("follows", "not_compared")),
        *tables_of,
    ]
    return arranged(section, pieces, language)


def members_title(dimension: str, comparisons: Sequence[MemberComparison], language: Language) -> str:
    """How many clearly differ from what their cases lead to expect, of how many."""
    clear, every = len(clear_members(comparisons)), len(compared_members(comparisons))
    if not clear:
        varies = any(one.is_spread_real for one in comparisons)
        return (_spread if varies else _nobody)(dimension, every, language)
    first = _some(dimension, clear, every, language)
    return joined(first, [language.gettext("the rest is usual spread")] if clear < every else [], language)


def _spread(dimension: str, every: int, language: Language) -> str:
    """Nobody stands out, because all of them lie far apart."""
    if dimension == "agent":
        return language.ngettext(
            "None of {n} agent stands out, yet together they differ by more than chance",
            "None of {n} agents stands out, yet together they differ by more than chance",
            every,
        )
    if dimension == "team":
        return language.ngettext(
            "None of {n} team stands out, yet together they differ by more than chance",
            "None of {n} teams stands out, yet together they differ by more than chance",
            every,
        )
    return language.ngettext(
        "None of {n} branch stands out, yet together they differ by more than chance",
        "None of {n} branches stands out, yet together they differ by more than chance",
        every,
    )


def _nobody(dimension: str, every: int, language: Language) -> str:
    if dimension == "agent":
        return language.ngettext(
            "None of {n} agent clearly differs from what their cases lead to expect",
            "None of {n} agents clearly differs from what their cases lead to expect",
            every,
        )
    if dimension == "team":
        return language.ngettext(
            "None of {n} team clearly differs from what its cases lead to expect",
            "None of {n} teams clearly differs from what its cases lead to expect",
            every,
        )
    return language.ngettext(
        "None of {n} branch clearly differs from what its cases lead to expect",
        "None of {n} branches clearly differs from what its cases lead to expect",
        every,
    )


def _some(dimension: str, clear: int, every: int, language: Language) -> str:
    total = number(every, language)
    if dimension == "agent":
        return language.ngettext(
            "{n} of {every} agents clearly differs from what their cases lead to expect",
            "{n} of {every} agents clearly differ from what their cases lead to expect",
            clear,
            every=total,
        )
    if dimension == "team":
        return language.ngettext(
            "{n} of {every} teams clearly differs from what its cases lead to expect",
            "{n} of {every} teams clearly differ from what their cases lead to expect",
            clear,
            every=total,
        )
    return language.ngettext(
        "{n} of {every} branches clearly differs from what its cases lead to expect",
        "{n} of {every} branches clearly differ from what their cases lead to expect",
        clear,
        every=total,
    )


def what_follows(comparisons: Sequence[MemberComparison], language: Language) -> Prose:
    """What to do about clear differences and about a spread beyond chance; or that there is nothing to do."""
    clear = [row for one in comparisons for row in one.clear]
    told = []
    if any(row.is_good is not True for row in clear):
        told.append(
            language.gettext(
                "Read at least ten of the cases behind a clear difference together with whoever handled them, before "
                "anything else: the queue, the hours or a template may be the reason."
            )
        )
    if any(row.is_good for row in clear):
        told.append(language.gettext("Where a difference is good, ask what works and show it to the others."))
    varying = [one for one in comparisons if one.is_spread_real]
    if varying:
        told.append(
            language.gettext(
                "Together they differ by more than chance explains in {labels}: ask what some do differently, before "
                "looking at single ones.",
                labels=", ".join(dict.fromkeys(inside(metric_label(one.metric, language)) for one in varying)),
            )
        )
    if not clear and not varying:
        told.append(language.gettext("No action: everybody lies within what chance explains."))
    elif by_chance := round(sum(len(one.compared) for one in comparisons) * (1 - LEVELS[-1])):
        told.append(
            language.ngettext(
                "Of all comparisons of this page about {n} would lie outside the limits by chance alone.",
                "Of all comparisons of this page about {n} would lie outside the limits by chance alone.",
                by_chance,
            )
        )
    return Prose(language.gettext("What follows"), tuple(told))


def _notes(
    shown: Sequence[MemberComparison],
    language: Language,
) -> Notes:
    notes = [
        Note(
            language.gettext("How to read"),
            (
                language.gettext(
                    "Each dot is compared with what the others reach on the same topics, channels and priorities. "
                    "The fewer cases, the further chance alone can move it: the funnel is wider."
                ),
                language.gettext(
                    "Effective cases are fewer than a member's own, because what is expected is uncertain as well."
                ),
            ),
        ),
        Note(
            language.gettext("Rule"),
            (
                language.gettext(
                    "No reward or sanction from points inside the outer limits, and outside only after looking at "
                    "the cases."
                ),
            ),
        ),
    ]
    if clear := _clear(shown, language):
        notes.append(Note(language.gettext("Look at the cases of"), clear))
    return Notes(tuple(notes))


def _clear(comparisons: Sequence[MemberComparison], language: Language) -> tuple[str, ...]:
    """Who clearly differs, in what, from what; a line for each."""
    by_member: dict[str, list[str]] = {}
    for one, row in clear_rows(comparisons):
        figure = language.gettext(
            "{label} {value}, expected {expected}",
            label=inside(metric_label(one.metric, language)),
            value=printed(row.value or 0.0, one.metric.unit, language),
            expected=printed(row.expected or 0.0, one.metric.unit, language),
        )
        by_member.setdefault(member_name(one.dimension, row.member, language), []).append(figure)
    told = [
        language.gettext("{label}: {value}", label=name, value="; ".join(figures))
        for name, figures in sorted(by_member.items(), key=lambda pair: pair[0].casefold())
    ]
    if len(told) > MOST_NAMED:
        more = len(told) - MOST_NAMED
        told = [*told[:MOST_NAMED], language.ngettext("{n} more in the table", "{n} more in the table", more)]
    return tuple(told)


def _not_compared(
    first: MemberComparison, found: Mapping[str, Sequence[MemberComparison]], language: Language
) -> tuple[str, ...]:
    """How many have too little data on the leading figure, and which dimensions have nobody to compare."""
    reasons = {dimension: why_not_compared(found[dimension], language) for dimension in DIMENSIONS}
    told = (
        language.gettext("{label}: {value}", label=many(dimension, language), value=why)
        for dimension, why in reasons.items()
        if why
    )
    return tuple(text for text in (_lacking(first, language), *told) if text)


def _lacking(comparison: MemberComparison, language: Language) -> str:
    """How many are not compared on the leading figure."""
    lacking = len(comparison.rows) - len(comparison.compared)
    if not lacking:
        return ""
    return language.ngettext(
        "{label}: {n} of {every}, with fewer than {least} cases or with cases that hardly anybody else handles.",
        "{label}: {n} of {every}, with fewer than {least} cases or with cases that hardly anybody else handles.",
        lacking,
        label=metric_label(comparison.metric, language),
        every=number(len(comparison.rows), language),
        least=number(comparison.minimum_cases, language),
    )
