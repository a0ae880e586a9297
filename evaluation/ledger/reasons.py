"""Why a target was missed: a short closed list of rules, tried in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from evaluation.ledger.clocks import Meter, TargetClock
from evaluation.ledger.promises import Described
from evaluation.ledger.shapes import Rule, Why
from evaluation.ledger.stories import Story
from evaluation.sla import TargetName

HALF = 0.5
"""From this share of the promised time on, one thing is named as the reason."""

HAND_OVERS = 2


@dataclass(frozen=True)
class Miss:
    """A missed target.

    Attributes:
        story: Its ticket.
        target: What was promised.
        clock: Its clock.
        due_at: When it fell due.
        fulfilled_at: When it was fulfilled, too late; None for never.
        ended_at: When the ticket ended without it; None while it is open.
        cut: Nothing after it is known.
    """

    story: Story
    target: TargetName
    clock: TargetClock
    due_at: datetime
    fulfilled_at: datetime | None
    ended_at: datetime | None
    cut: datetime

    @property
    def meter(self) -> Meter:
        """What its clock counts."""
        return self.clock.meter

    @property
    def started_at(self) -> datetime:
        """When its clock started."""
        return self.clock.stretches[0].since

    @property
    def late_seconds(self) -> float:
        """From the due moment to the fulfilment, the end or the cut."""
        return self.meter.seconds(self.due_at, self.fulfilled_at or self.ended_at or self.cut)


def why(miss: Miss) -> Why:
    """The first rule that holds."""
    return next(found for rule in _IN_ORDER if (found := rule(miss)) is not None)


def _because(miss: Miss, rule: Rule, team: str | None = None, **numbers: float) -> Why:
    return Why(rule, {**numbers, "late_seconds": miss.late_seconds}, team)


def _unassigned(miss: Miss) -> Why | None:
    if not miss.story.records_assignments:
        return None
    described = Described(miss.story)
    moments = [event.at for event in described.changes("assigned") if miss.started_at < event.at < miss.due_at]
    bounds = [miss.started_at, *moments, miss.due_at]
    seconds = sum(
        miss.clock.used(end) - miss.clock.used(start)
        for start, end in zip(bounds, bounds[1:], strict=False)
        if described.value("assigned", start) is None
    )
    share = seconds / miss.clock.promised
    return _because(miss, "unassigned", unassigned_seconds=seconds, share=share) if share >= HALF else None


def _reassigned(miss: Miss) -> Why | None:
    hands = list(_hands(miss))
    times = sum(one is not None and two is not None and one != two for one, two in zip(hands, hands[1:], strict=False))
    return _because(miss, "reassigned", times=times) if times >= HAND_OVERS else None


def _hands(miss: Miss) -> Iterator[str | None]:
    """Who had the ticket when the clock started, and after every change until it fell due."""
    described = Described(miss.story)
    yield described.value("assigned", miss.started_at)
    for event in described.changes("assigned"):
        if event.is_visible and miss.started_at < event.at <= miss.due_at:
            yield event.to_value or None


def _only_a_note(miss: Miss) -> Why | None:
    if miss.target == "resolution":
        return None
    notes = sum(
        event.is_visible and event.kind == "internal_note" and miss.started_at <= event.at <= miss.due_at
        and event.actor_kind in ("agent", None)
        for event in miss.story.events
    )  # fmt: skip
    return _because(miss, "only_a_note", notes=notes) if notes else None


def _mostly_paused(miss: Miss) -> Why | None:
    seconds = sum(
        (min(stretch.until or miss.cut, miss.due_at) - stretch.since).total_seconds()
        for stretch in miss.clock.stretches
        if stretch.is_pause and stretch.since < miss.due_at
    )
    whole = (miss.due_at - miss.started_at).total_seconds()
    if not seconds or seconds / whole < HALF:
        return None
    return _because(miss, "mostly_paused", miss.story.row["team"], paused_seconds=seconds, share=seconds / whole)


def _answered_out_of_hours(miss: Miss) -> Why | None:
    is_out = miss.fulfilled_at is not None and not miss.meter.counts_at(miss.fulfilled_at)
    return _because(miss, "answered_out_of_hours") if is_out else None


def _late(miss: Miss) -> Why | None:
    return _because(miss, "late") if miss.fulfilled_at is not None else None


def _not_yet(miss: Miss) -> Why | None:
    return _because(miss, "not_yet") if miss.ended_at is None else None


def _never(miss: Miss) -> Why:
    return _because(miss, "never")


_IN_ORDER: tuple[Callable[[Miss], Why | None], ...] = (
    _unassigned, _reassigned, _only_a_note, _mostly_paused, _answered_out_of_hours, _late, _not_yet, _never,
)  # fmt: skip
