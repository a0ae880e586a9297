"""The two clocks of a run: open seconds on each ticket's calendar, and seconds round the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import ibis

from evaluation.calendar import WorkingCalendar
from evaluation.calendar.engine import with_added, with_next_opening, with_open_seconds
from evaluation.calendar.engine_instants import instant_of, microseconds_of
from evaluation.facts.vocabulary import NO_INSTANT

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.workbench import Workbench
    from evaluation.settings import CalendarChoice, Settings


@dataclass(frozen=True)
class Clock:
    """Measures durations and due moments of tables whose column `calendar` names each row's calendar.

    Attributes:
        bench: Where steps are kept.
        calendars: Calendars by name.
        choice: Which applies to a ticket.
        earliest: No instant is before.
        cut: No instant is after, save due moments.
    """

    bench: Workbench
    calendars: Mapping[str, WorkingCalendar]
    choice: CalendarChoice
    earliest: datetime
    cut: datetime

    @classmethod
    def of(cls, bench: Workbench, settings: Settings, earliest: datetime, cut: datetime) -> Clock:
        """The clocks of an organisation; without any calendar it is open round the clock."""
        zone = settings.organisation.time_zone
        calendars = {
            name: WorkingCalendar.from_config(config, time_zone=zone) for name, config in settings.calendars.items()
        }
        return cls(
            bench, calendars or {settings.calendar_for.default: WorkingCalendar.always()}, settings.calendar_for,
            min(earliest, cut), cut,
        )  # fmt: skip

    def calendar_of(self, ticket: ir.Table) -> ir.StringColumn:
        """The calendar of each ticket: the first match of team, branch, channel; else the default."""
        choices = [
            (ticket[column] == member, ibis.literal(name))
            for column, names in (
                ("team", self.choice.by_team),
                ("branch", self.choice.by_branch),
                ("channel", self.choice.by_channel),
            )
            for member, name in names.items()
        ]
        default = ibis.literal(self.choice.default)
        return ibis.cases(*choices, else_=default) if choices else default

    def with_durations(self, table: ir.Table, pairs: Mapping[str, tuple[str, str]]) -> ir.Table:
        """`table` with `<name>_business_seconds` and `<name>_calendar_seconds` of each pair (start, end)."""
        business = {f"{name}_business_seconds": pair for name, pair in pairs.items()}
        measured = with_open_seconds(
            table, self.calendars, pairs=business, calendar_column="calendar", earliest=self.earliest, latest=self.cut
        )
        return measured.mutate(
            **{
                f"{name}_calendar_seconds": elapsed(measured[end], measured[start])
                for name, (start, end) in pairs.items()
            }
        )

    def with_due(self, table: ir.Table, name: str, start: str, seconds: str, longest_seconds: float) -> ir.Table:
        """`table` with the last instant at which no more than the seconds of `clock` have passed since `start`.

        On business hours a due moment that falls outside them is the next opening: no open time passes between.
        """
        on_business = table.mutate(business_start=ibis.ifelse(table.clock == "business", table[start], NO_INSTANT))
        added = with_added(
            on_business, self.calendars, sums={"used_up_at": ("business_start", seconds)}, calendar_column="calendar",
            earliest=self.earliest, latest=self.cut, longest_seconds=longest_seconds,
        )  # fmt: skip
        kept, moves = self.bench.step("due", added), {"opening_at": "used_up_at"}
        moved = with_next_opening(
            kept, self.calendars, instants=moves, calendar_column="calendar", earliest=self.earliest
        )
        engine = str(self.bench.connection.name)
        micro = microseconds_of(moved[start], engine) + (moved[seconds] * 1_000_000.0).round().cast("int64")
        due = ibis.ifelse(moved.clock == "business", moved.opening_at, instant_of(micro, engine))
        return moved.mutate(**{name: due}).drop("business_start", "used_up_at", "opening_at")


def elapsed(end: ir.TimestampColumn, start: ir.TimestampColumn) -> ir.FloatingColumn:
    """Seconds round the clock, exact to the microsecond."""
    return end.delta(start, unit="microsecond").cast("float64") / 1_000_000.0
