"""What customers ask, topic by topic, and what of it has grown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.assessment import Assessment
from evaluation.measurement import UNASSIGNED
from reports.charts.horizontal_bars import Bar, horizontal_bars
from reports.document import Cell, Column, Notes, Picture, Table
from reports.evidence import MOST_ROWS, count_cell, rest_of, right
from reports.formats import ABSENT, MINUS, NBSP, in_period, number, period, share
from reports.heights import WHOLE_MM
from reports.language import Language
from reports.names import member_name
from reports.pictures import height_beside

Reason = Mapping[str, Any]
"""A row of the breakdown `contact_reasons`."""
MOST_BARS = 12
PASTS = ("previous", "last_year")
_BAR_MM, _BARS_HEAD_MM = 6.4, 8.0


def reason_name(reason: Reason, language: Language) -> str:
    """Name of a topic."""
    return member_name("topic", str(reason["reason"]), language)


def named(reasons: Sequence[Reason]) -> list[Reason]:
    """Those with a topic."""
    return [reason for reason in reasons if reason["reason"] != UNASSIGNED]


def grown(reasons: Sequence[Reason], past: str) -> list[Reason]:
    """Topics with more contacts than in the past period, beyond chance; those that added most first.

    Args:
        reasons: Rows of the breakdown.
        past: `previous` or `last_year`.
    """
    found = [one for one in named(reasons) if one[f"is_real_{past}"] and _added(one, past) > 0]
    return sorted(found, key=lambda one: (-_added(one, past), str(one["reason"])))


def growth(reason: Reason, past: str, language: Language) -> str:
    """How much more or less was asked than before: `↑ 12%`; in brackets when chance explains it."""
    before, change = reason[f"contacts_{past}"], reason[f"growth_{past}"]
    if before is None:
        return ABSENT
    if change is None:
        text = language.pgettext("growth of a topic", "new") if reason["contacts"] else ABSENT
    elif round(change, 2) == 0:
        text = language.gettext("unchanged")
    else:
        text = f"{'↑' if change > 0 else '↓'}{NBSP}{share(abs(change), language, 0)}"
    return text if reason[f"is_real_{past}"] or text == ABSENT else f"({text})"


def past_to_show(reasons: Sequence[Reason]) -> str | None:
    """The past in which something grew beyond chance, the nearer one first; else the nearer one that is known."""
    known = [past for past in PASTS if any(one[f"contacts_{past}"] is not None for one in named(reasons))]
    return next((past for past in known if grown(reasons, past)), known[0] if known else None)


def growth_picture(
    assessment: Assessment, reasons: Sequence[Reason], notes: Notes | None, language: Language
) -> Picture | None:
    """How many contacts each topic has more or fewer than before; None with nothing to compare or a single topic."""
    past = past_to_show(reasons)
    compared = [one for one in named(reasons) if past and one[f"contacts_{past}"] is not None]
    if past is None or len(compared) < 2:
        return None
    kept = sorted(compared, key=lambda one: (-abs(_added(one, past)), str(one["reason"])))[:MOST_BARS]
    bars = [_bar(one, past, language) for one in compared if one in kept]
    before = assessment.period.previous() if past == "previous" else assessment.period.same_last_year()
    title = language.gettext("What grew, what fell")
    words = {
        "title": title,
        "sub": language.gettext(
            "contacts more or fewer than {when}; hatched: more, beyond chance", when=in_period(before.id, language)
        ),
        "after": _not_drawn(len(compared) - len(bars), language),
    }
    told = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    height = max(height_beside(notes, words) if notes else 0.0, _BARS_HEAD_MM + _BAR_MM * len(bars))
    chart = horizontal_bars(
        bars, name="contact-reasons-growth", alt=f"{title}. {told}", width_mm=120.0, height_mm=height
    )
    return Picture(**words, chart=chart)


def reasons_table(
    assessment: Assessment,
    reasons: Sequence[Reason],
    files: tuple[str, ...],
    language: Language,
    *,
    estimated: Mapping[str, int],
    trust: str,
) -> Table:
    """Every topic with its contacts, how they changed, and how many were repeats and complaints.

    Args:
        assessment: The evidence.
        reasons: Rows of the breakdown.
        files: Names of the files that hold the rest.
        language: The reader's.
        estimated: By topic, untagged tickets whose topic was read from their words; a column of their own.
        trust: What the estimates rest on; stands under the table.
    """
    period_now = assessment.period
    pasts = {"previous": period_now.previous(), "last_year": period_now.same_last_year()}
    asked = [past for past in pasts if any(one[f"contacts_{past}"] is not None for one in reasons)]
    figures = [
        right(language.pgettext("head of a table", "Contacts"), 18),
        right(language.pgettext("head of a table", "Share"), 16),
        *(right(period(pasts[past].id, language), 23) for past in asked),
        right(language.pgettext("head of a table", "Repeats"), 19),
        right(language.pgettext("head of a table", "Complaints"), 20),
        *([right(language.pgettext("head of a table", "Estimated besides"), 18)] if estimated else []),
    ]
    topic = Column(language.gettext("Topic"), WHOLE_MM - sum(column.width_mm for column in figures))
    shown = reasons[:MOST_ROWS]
    return Table(
        title=language.gettext("What customers asked"),
        sub=language.gettext(
            "change against the periods named; in brackets: within noise. "
            "Repeats: the customer had come before, on any topic"
        ),
        columns=(topic, *figures),
        rows=tuple((*_row(one, asked, language), *_besides(one, estimated, language)) for one in shown),
        after=" ".join(text for text in (trust, rest_of(len(shown), len(reasons), files, language)) if text),
    )


def _row(reason: Reason, asked: Sequence[str], language: Language) -> tuple[Cell, ...]:
    shares = (reason[name] for name in ("repeat_share", "complaint_share"))
    return (
        Cell(text=reason_name(reason, language)),
        count_cell(reason["contacts"], language),
        Cell(text=share(reason["share"], language)),
        *(Cell(text=growth(reason, past, language)) for past in asked),
        *(Cell(text=ABSENT if value is None else share(value, language)) for value in shares),
    )


def _besides(reason: Reason, estimated: Mapping[str, int], language: Language) -> tuple[Cell, ...]:
    if not estimated:
        return ()
    return (Cell() if reason["reason"] == UNASSIGNED else count_cell(estimated.get(reason["reason"], 0), language),)


def _bar(reason: Reason, past: str, language: Language) -> Bar:
    added = _added(reason, past)
    sign = "+" if added > 0 else MINUS if added < 0 else ""
    return Bar(
        label=reason_name(reason, language),
        value=float(added),
        text=sign + number(abs(added), language),
        is_flagged=bool(reason[f"is_real_{past}"]) and added > 0,
    )


def _added(reason: Reason, past: str) -> int:
    return int(reason["contacts"] - (reason[f"contacts_{past}"] or 0))


def _not_drawn(left: int, language: Language) -> str:
    if left <= 0:
        return ""
    return language.ngettext(
        "{n} topic that changed less is not drawn.", "{n} topics that changed less are not drawn.", left
    )
