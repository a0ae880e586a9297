"""A clock that may stand still: what it had counted at any instant, when it falls due, and its entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from evaluation.calendar import WorkingCalendar
from evaluation.ledger.shapes import Entry, Step


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts seconds: those of opening hours, or all when there is no calendar."""

    calendar: WorkingCalendar | None

    def seconds(self, start: datetime, end: datetime) -> float:
        """Seconds in `[start, end)`."""
        return self.calendar.open_seconds(start, end) if self.calendar else (end - start).total_seconds()

    def due(self, start: datetime, seconds: float) -> datetime:
        """The last instant at which no more than so many have passed."""
        if self.calendar is None:
            return start + timedelta(seconds=seconds)
        return self.next_opening(self.calendar.add(start, seconds))

    def next_opening(self, at: datetime) -> datetime:
        """The instant itself while it counts, else when counting goes on."""
        return self.calendar.next_opening(at).astimezone(at.tzinfo) if self.calendar else at

    def counts_at(self, at: datetime) -> bool:
        """Whether an instant lies inside what is counted."""
        return self.calendar is None or self.calendar.is_open(at)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a clock runs or stands still, and why it then began to; `until` is None at the cut."""

    since: datetime
    until: datetime | None
    runs: bool
    reason: str
    is_pause: bool = False


@dataclass(frozen=True)
class TargetClock:
    """The clock of one target.

    Attributes:
        meter: What it counts.
        stretches: When it ran; adjoining, the first begins when the clock was started.
        promised: Promised seconds.
        stopped_at: When it was stopped for good; None while it may go on.
        cut: Nothing after it is known.
    """

    meter: Meter
    stretches: Sequence[Stretch]
    promised: float
    stopped_at: datetime | None
    cut: datetime

    def used(self, at: datetime) -> float:
        """Seconds that had run by an instant."""
        return sum(
            self.meter.seconds(stretch.since, min(stretch.until or self.cut, at))
            for stretch in self.stretches
            if stretch.runs and stretch.since < at
        )

    def due_at(self) -> datetime | None:
        """When the promised seconds are used up, once the clock runs on; None while it stands still."""
        used = 0.0
        for stretch in self.stretches:
            if stretch.runs:
                more = self.meter.seconds(stretch.since, max(stretch.since, stretch.until or self.cut))
                if used + more > self.promised:
                    return self.meter.due(stretch.since, self.promised - used)
                used += more
        if self.stopped_at is not None:
            return self.meter.due(max(self.stopped_at, self.stretches[0].since), self.promised - used)
        runs_now = bool(self.stretches) and self.stretches[-1].runs
        return self.meter.due(self.cut, self.promised - used) if runs_now else None

    def entry(self, at: datetime, step: Step, reason: str) -> Entry:
        """A line of the ledger."""
        used = self.used(at)
        return Entry(at, step, reason, used, self.promised - used)

    def movements(self, started_by: str) -> Iterator[Entry]:
        """When the clock was started, paused, resumed and stopped, closing hours at these moments included."""
        runs = True
        for number, stretch in enumerate(self.stretches):
            if number == 0:
                yield self.entry(stretch.since, "started", started_by)
            elif stretch.runs and not runs:
                yield self.entry(stretch.since, "resumed", stretch.reason)
            if not stretch.runs and (runs or not number):
                yield self.entry(stretch.since, "paused" if stretch.is_pause else "stopped", stretch.reason)
            if stretch.runs and (number == 0 or not runs):
                yield from self._closed_at(stretch)
            runs = stretch.runs

    def _closed_at(self, stretch: Stretch) -> Iterator[Entry]:
        """That nothing is counted yet, because it is outside hours."""
        if self.meter.counts_at(stretch.since):
            return
        yield self.entry(stretch.since, "paused", "calendar")
        opening = self.meter.next_opening(stretch.since)
        if opening < (stretch.until or self.cut):
            yield self.entry(opening, "resumed", "calendar")
