"""What a ledger says: entries of a clock, and why a target was missed; numbers and ids, no words of a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from evaluation.sla import TargetName

Step = Literal["started", "paused", "resumed", "stopped", "due", "breached", "fulfilled"]
Standing = Literal["met", "missed", "past_due", "active", "not_applicable"]
Rule = Literal[
    "unassigned", "reassigned", "only_a_note", "mostly_paused", "answered_out_of_hours", "late", "not_yet", "never",
]  # fmt: skip

RULES: Mapping[Rule, str] = {
    "unassigned": "nobody was assigned for half of the promised time or more",
    "reassigned": "the ticket changed hands twice or more before it fell due",
    "only_a_note": "an agent wrote an internal note in time, and no public reply",
    "mostly_paused": "the ticket was paused for half of the time until it fell due, or more",
    "answered_out_of_hours": "what was promised came late, outside opening hours",
    "late": "what was promised came late",
    "not_yet": "it fell due and is still open",
    "never": "the ticket ended, after it fell due, without what was promised",
}
"""Why a target was missed: the first rule that holds, in this order; one of the last three always does."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a clock's ledger.

    Attributes:
        at: When.
        step: What the clock did. A clock that is `stopped` while the ticket is solved may be resumed.
        reason: What made it so: a kind of event, the state of the ticket, `calendar` (closing and opening hours) or
            `promise` (the promised time was used up).
        used_seconds: Seconds of the target's own clock that had run by then.
        left_seconds: Promised seconds that were left; negative once it was late.
    """

    at: datetime
    step: Step
    reason: str
    used_seconds: float
    left_seconds: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why a target was missed.

    Attributes:
        rule: One of `RULES`.
        numbers: Its numbers: `late_seconds` on the target's own clock always, others by rule (`unassigned_seconds`,
            `paused_seconds`, `share`, `times`, `notes`).
        team: The team whose pauses they were, where the rule is about pauses.
    """

    rule: Rule
    numbers: Mapping[str, float]
    team: str | None = None


@dataclass(frozen=True, slots=True)
class TargetLedger:
    """One target of one ticket, with the ledger of its clock; named as in the fact table `targets`.

    Attributes:
        ticket_id: The ticket.
        target: What was promised.
        policy: The policy in force at `applied_at`; None when none matched or the outcome is not recorded.
        clock: `business` or `calendar`; None without a policy.
        calendar: Name of the calendar of the ticket.
        target_seconds: Promised seconds; None without a policy.
        applied_at: When the clock started.
        due_at: When it falls due; None while the clock stands still, or without a policy.
        fulfilled_at: When it was fulfilled.
        ended_at: When the ticket ended without it.
        decided_at: When it was fulfilled or fell due, whichever came first.
        standing: How it ended.
        entries: The ledger, in order; empty without a policy.
        why: Why it was missed; None unless it was.
    """

    ticket_id: str
    target: TargetName
    policy: str | None
    clock: str | None
    calendar: str
    target_seconds: float | None
    applied_at: datetime
    due_at: datetime | None
    fulfilled_at: datetime | None
    ended_at: datetime | None
    decided_at: datetime | None
    standing: Standing
    entries: tuple[Entry, ...]
    why: Why | None
