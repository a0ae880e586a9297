"""Which promise a chosen ticket came under at an instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evaluation.ledger.stories import Event, Spell, Story

if TYPE_CHECKING:
    from evaluation.settings import CalendarChoice, Settings
    from evaluation.sla import SlaPolicyConfig

_IN_ROW = {"topic": "topic", "priority": "priority_code", "assigned": "agent_id"}


@dataclass(frozen=True)
class Described:
    """What described a ticket in time: topic, priority, assignee, segment."""

    story: Story

    def changes(self, kind: str) -> list[Event]:
        """The events of that kind in their order, those after the cut too."""
        changes = [event for event in self.story.events if event.kind == kind]
        return sorted(changes, key=lambda event: (event.at, event.to_value or "", event.from_value or ""))

    def value(self, kind: str, moment: datetime) -> str | None:
        """The value in force at a moment, a change just then included."""
        changes = self.changes(kind)
        happened = [event for event in changes if event.is_visible and event.at <= moment]
        if happened:
            return happened[-1].to_value or None
        if changes and changes[0].from_value:
            return changes[0].from_value
        in_row: str | None = self.story.row[_IN_ROW[kind]]
        return None if changes and kind == "assigned" else in_row

    def segment(self, moment: datetime) -> str | None:
        """The segment of the requester's customer spell at a moment: the nearest customer, then the latest spell."""
        held = [
            spell
            for spell in self.story.spells
            if spell.started_at <= moment and (spell.ended_at is None or moment < spell.ended_at)
        ]
        return min(held, key=self._nearness).segment if held else None

    def _nearness(self, spell: Spell) -> tuple[int, float, str, str]:
        source = spell.customer_id.partition(":")[0] if ":" in spell.customer_id else ""
        if spell.customer_id == self.story.row["requester_id"]:
            distance = 0
        else:
            distance = 1 if self.story.ticket_id.startswith(f"{source}:") else 2
        return (distance, -spell.started_at.timestamp(), spell.customer_id, spell.segment)


def policy_at(story: Story, settings: Settings, moment: datetime) -> SlaPolicyConfig | None:
    """The first policy whose conditions and validity hold at a moment."""
    zone = settings.organisation.zone
    return next((policy for policy in settings.sla if _holds(policy, story, moment, zone)), None)


def _holds(policy: SlaPolicyConfig, story: Story, moment: datetime, zone: ZoneInfo) -> bool:
    if policy.from_ is not None and moment < _midnight(policy.from_, zone):
        return False
    if policy.until is not None and moment >= _midnight(policy.until, zone):
        return False
    described = Described(story)

    def value(dimension: str) -> str | None:
        if dimension == "segment":
            return described.segment(moment)
        return described.value(dimension, moment) if dimension in _IN_ROW else story.row[dimension]

    return all(value(dimension) in policy.values(dimension) for dimension in policy.where)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def calendar_of(owner: Mapping[str, str | None], choice: CalendarChoice) -> str:
    """Name of the calendar of a ticket with that `team`, `branch` and `channel`: the first match; else the default."""
    asked: Sequence[tuple[str, dict[str, str]]] = (
        ("team", choice.by_team), ("branch", choice.by_branch), ("channel", choice.by_channel),
    )  # fmt: skip
    matches = (names[member] for part, names in asked if (member := owner[part]) is not None and member in names)
    return next(matches, choice.default)
