"""Words of an explained ticket, in English: durations, steps of a clock, reasons, rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from evaluation.ledger.shapes import TargetLedger, Why

NOTHING = "–"

TARGETS = {
    "first_response": "First response",
    "next_reply": "Next reply",
    "periodic_update": "Periodic update",
    "resolution": "Resolution",
}
STANDINGS = {
    "met": "met",
    "missed": "MISSED",
    "past_due": "PAST DUE, still open",
    "active": "not decided yet",
    "not_applicable": "not applicable",
}
REASONS = {
    "created": "the ticket was opened",
    "requester_message": "the requester wrote",
    "bot_handoff": "the bot handed over",
    "public_reply": "a public reply by an agent",
    "calendar": "opening hours",
    "promise": "the promised time was used up",
    "new": "the ticket is new",
    "open": "the ticket is open",
    "pending": "the ticket is pending",
    "on_hold": "the ticket is on hold",
    "solved": "the ticket was solved",
    "solved for good": "the ticket was solved",
    "closed": "the ticket was closed",
    "merged": "the ticket was merged",
    "deleted": "the ticket was deleted",
    "ended at once": "the ticket ended at once",
}
KINDS = {
    "created": "opened",
    "public_reply": "public reply",
    "internal_note": "internal note",
    "requester_message": "requester's message",
    "status": "status",
    "assigned": "assigned",
    "merged": "merged",
    "topic": "topic",
    "priority": "priority",
    "rating_asked": "rating asked",
    "bot_handoff": "hand-off by the bot",
}
EXCLUSIONS = {
    "spam": "it is spam",
    "test": "it is a test",
    "merged": "it was merged into another ticket",
    "deleted": "it was deleted",
    "agent_started": "an agent started it",
}
OUTCOMES = {
    "counted": "gone again before the end of the month",
    "undecided": "not decided yet",
    "left_out": "the metric is not about such cases",
    "unknown": "not recorded, or no policy matched",
}


def span(seconds: float | None) -> str:
    """A length of time, to the second.

    Example:
        >>> span(5400), span(-61.0), span(0), span(None)
        ('1 h 30 min', '−1 min 1 s', '0 min', '–')
    """
    if seconds is None:
        return NOTHING
    whole = round(abs(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [f"{hours:,} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest)
    return ("−" if seconds < 0 and whole else "") + (" ".join(parts) or "0 min")


def clock(seconds: float | None) -> str:
    """A length of time as hours, minutes and seconds, for columns.

    Example:
        >>> clock(5400), clock(-61.0), clock(None)
        ('1:30:00', '−0:01:01', '–')
    """
    if seconds is None:
        return NOTHING
    whole = round(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    return f"{sign}{whole // 3600:,}:{whole % 3600 // 60:02}:{whole % 60:02}"


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """An instant on the wall clock of a zone; seconds only where there are any."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    return f"{local:%a %Y-%m-%d %H:%M:%S}" if local.second else f"{local:%a %Y-%m-%d %H:%M}"


def why_missed(ledger: TargetLedger) -> str:
    """One line: why a target was missed."""
    return "" if ledger.why is None else _RULES[ledger.why.rule](ledger.why, ledger)


def _late(why: Why) -> str:
    return span(why.numbers["late_seconds"])


def _unassigned(why: Why, ledger: TargetLedger) -> str:
    hours, share = span(why.numbers["unassigned_seconds"]), why.numbers["share"]
    return f"nobody was assigned for {hours} of the promised time ({share:.0%}); late by {_late(why)}"


def _reassigned(why: Why, ledger: TargetLedger) -> str:
    return f"it changed hands {why.numbers['times']:g} times before it fell due; late by {_late(why)}"


def _only_a_note(why: Why, ledger: TargetLedger) -> str:
    notes = f"{why.numbers['notes']:g} internal note" + ("s" if why.numbers["notes"] > 1 else "")
    return f"{notes} in time, but no public reply; late by {_late(why)}"


def _mostly_paused(why: Why, ledger: TargetLedger) -> str:
    team = f" by {why.team}" if why.team else ""
    hours, share = span(why.numbers["paused_seconds"]), why.numbers["share"]
    return f"paused{team} for {share:.0%} of the time until it fell due ({hours}); late by {_late(why)}"


def _answered_out_of_hours(why: Why, ledger: TargetLedger) -> str:
    what = "solved" if ledger.target == "resolution" else "answered"
    return f"it was {what} outside opening hours, late by {_late(why)}"


def _answered_late(why: Why, ledger: TargetLedger) -> str:
    if ledger.target == "resolution":
        return f"it was not solved until {_late(why)} after it was due"
    return f"nobody replied until {_late(why)} after it was due"


def _not_yet(why: Why, ledger: TargetLedger) -> str:
    return f"it fell due {_late(why)} before the data end, and is still open"


def _never(why: Why, ledger: TargetLedger) -> str:
    return f"the ticket ended {_late(why)} after it was due, without it"


_RULES: Mapping[str, Callable[[Why, TargetLedger], str]] = {
    "unassigned": _unassigned,
    "reassigned": _reassigned,
    "only_a_note": _only_a_note,
    "mostly_paused": _mostly_paused,
    "answered_out_of_hours": _answered_out_of_hours,
    "late": _answered_late,
    "not_yet": _not_yet,
    "never": _never,
}
