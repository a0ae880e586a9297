"""Scenarios: stories of tickets in folders, with the facts that follow from them worked out by hand.

A folder holds `given.yaml` and `expect.yaml`; `README.md` says how to write them. Here they are read and checked.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import Field, ValidationError, model_validator

from evaluation.duration import parse_duration
from evaluation.errors import ConfigError
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS
from evaluation.fields import ACTORS, FIELDS, TABLES
from evaluation.measurement import DIMENSIONS
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.strict import Strict
from tasks.configuration.positions import PositionedYaml

FOLDER = Path(__file__).parent
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CHANGES = ("status", "assigned", "merged", "topic", "priority")
COUNTED = ("n", "undecided", "excluded", "numerator", "denominator", "reason")
FINISHED = ("first_response_at", "solved_at")
Row = dict[str, Any]


class Given(Strict):
    """`given.yaml`: what happened, under which settings, and up to when it is known."""

    why: Annotated[str, Field(min_length=20)]
    settings: str | Row
    cut: str
    tickets: Annotated[dict[str, Row], Field(min_length=1)]
    events: dict[str, list[Annotated[list[Any], Field(min_length=2, max_length=4)]]] = {}
    parity: bool = False


class Refusal(Strict):
    """What the error says, and where."""

    says: str
    where: str


class Expect(Strict):
    """`expect.yaml`: the values that must come out; what is not named is not compared."""

    tickets: dict[str, Row] = {}
    replies: dict[str, list[Row]] = {}
    targets: dict[str, dict[str, Row | list[Row]]] = {}
    states: dict[str, list[Row]] = {}
    pauses: dict[str, list[Row]] = {}
    measurements: list[Row] = []
    refused: Refusal | None = None

    @model_validator(mode="after")
    def _something(self) -> Expect:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("nothing is expected; name at least one value")
        return self


def moment(text: object, zone: str) -> datetime:
    """The instant of `Fri 2026-07-03 17:30` on the wall in `zone`; `+01:00` after it tells a repeated hour's two."""
    match = re.fullmatch(r"(\w{3}) (\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)(?: ([+-]\d\d:\d\d))?", str(text))
    if match is None:
        raise ValueError(f"{text!r} is not a moment; write it as Fri 2026-07-03 17:30")
    wall = datetime.fromisoformat(match[2])
    if WEEKDAYS[wall.weekday()] != match[1]:
        raise ValueError(f"{match[2]} is a {WEEKDAYS[wall.weekday()]}, not a {match[1]}")
    readings = {wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    if match[3]:
        readings &= {datetime.fromisoformat(f"{match[2]}{match[3]}").astimezone(UTC)}
    if len(readings) != 1:
        raise ValueError(f"{text!r} is no single moment in {zone}; write its offset, as in 02:30 +01:00")
    return readings.pop()


class Scenario:
    """One folder, read and checked.

    Raises:
        ConfigError: A file is missing, or breaks the shape; every fault with file, line and column.
    """

    def __init__(self, folder: Path, settings_folder: Path = FOLDER / "settings") -> None:
        self.name, self.faults = folder.name, []
        given, expect = PositionedYaml(folder / "given.yaml"), PositionedYaml(folder / "expect.yaml")
        self.given, self.expect = self._read(Given, given), self._read(Expect, expect)
        named = isinstance(self.given.settings, str)
        shared = PositionedYaml(settings_folder / f"{self.given.settings}.yaml") if named else None
        self.settings = self._read(Settings, shared or given, () if named else ("settings",))
        self.zone = self.settings.organisation.time_zone
        self.document = given
        self.cut = self._moment(self.given.cut, "cut")
        self.rows = [self._ticket(key, row) for key, row in self.given.tickets.items()]
        self.events = [
            self._event(key, n, row) for key, rows in self.given.events.items() for n, row in enumerate(rows)
        ]
        self.document = expect
        self.expected = list(self._expectations())
        self._named_tickets(given, expect)
        if self.faults:
            raise ConfigError("; ".join(self.faults), where=str(folder), remedy="see tests/scenarios/README.md")

    def _read(self, model: type, document: PositionedYaml, at: tuple = ()) -> Any:
        value = document.value
        for key in at:
            value = value[key]
        try:
            return model.model_validate(value)
        except ValidationError as error:
            said = [
                f"{document.where((*at, *fault['loc']))}: {fault['msg']} ({'.'.join(map(str, fault['loc']))})"
                for fault in error.errors()
            ]
            raise ConfigError("; ".join(said), where=str(document.path), remedy="correct it there") from None

    def _fault(self, message: str, *location: str | int) -> None:
        self.faults.append(f"{self.document.where(location)}: {message}")

    def _moment(self, text: object, *location: str | int) -> datetime | None:
        try:
            return moment(text, self.zone)
        except ValueError as error:
            self._fault(str(error), *location)
            return None

    def key(self, ticket: str) -> str:
        return f"{self.name}:{ticket}"

    def _ticket(self, ticket: str, row: Row) -> Row:
        read = {"ticket_id": self.key(ticket), "channel_code": "email"}
        for column, value in row.items():
            where = ("tickets", ticket, column)
            if column not in TABLES["tickets"].columns[1:]:
                self._fault(f"{column!r} is no column of tickets", *where)
            elif value is not None:
                read[column] = self._moment(value, *where) if FIELDS[column].dtype == "instant" else value
        if "created_at" not in row:
            self._fault("the ticket has no created_at", "tickets", ticket)
        return read

    def _event(self, ticket: str, number: int, row: list[Any]) -> Row:
        """`[moment, kind, actor, change or text]`; an actor is `agent anna`, `bot`, or `- anna` without a kind."""
        at, kind, actor, said = (*row, None, None)[:4]
        actor_kind, _, actor_id = (actor or "").partition(" ")
        where = ("events", ticket, number)
        if actor_kind not in ("", "-", *ACTORS) and self._is_accepted():
            self._fault(f"{actor_kind!r} is no kind of actor", *where)
        before, _, after = str(said or "").rpartition(" > ") if kind in CHANGES else ("", "", "")
        after = self.key(after) if kind == "merged" else after
        return {
            "ticket_id": self.key(ticket), "at": self._moment(at, *where), "kind": kind,
            "actor_kind": None if actor_kind in ("", "-") else actor_kind, "actor_id": actor_id or None,
            "from_value": before or None, "to_value": after or None, "text": None if kind in CHANGES else said,
        }  # fmt: skip

    def _is_accepted(self) -> bool:
        return self.expect.refused is None

    def _expectations(self) -> Any:
        """`(table, ticket, target or number, rows)` for the fact tables, with values read."""
        for ticket, row in self.expect.tickets.items():
            yield "tickets", ticket, None, [self._values("tickets", row, "tickets", ticket)]
        for table in ("replies", "states", "pauses"):
            for ticket, rows in getattr(self.expect, table).items():
                read = [self._values(table, row, table, ticket, number) for number, row in enumerate(rows)]
                yield table, ticket, None, read
        for ticket, targets in self.expect.targets.items():
            for target, rows in targets.items():
                listed = rows if isinstance(rows, list) else [rows]
                read = [self._values("targets", row, "targets", ticket, target) for row in listed]
                yield "targets", ticket, target, read
        for number, row in enumerate(self.expect.measurements):
            self._measurement(row, number)

    def _values(self, table: str, row: Row, *location: str | int) -> Row:
        return {column: self._value(table, column, value, *location) for column, value in row.items()}

    def _value(self, table: str, column: str, value: Any, *location: str | int) -> Any:
        if column not in (*FACT_COLUMNS[table], *DIMENSION_COLUMNS, "exclusion"):
            self._fault(f"{column!r} is no column of the facts {table}", *location, column)
        if value is None:
            return None
        if column.endswith("_at") or column in ("at", "until", "waiting_since"):
            return self._moment(value, *location, column)
        try:
            return seconds(value) if column.endswith("_seconds") else value
        except ValueError as error:
            return self._fault(str(error), *location, column)

    def _measurement(self, row: Row, number: int) -> None:
        metrics = chosen(self.settings.metrics)
        if row.get("metric") not in metrics or "period" not in row:
            self._fault("a measurement needs `metric` (of the catalogue) and `period`", "measurements", number)
            return
        allowed = (*metrics[row["metric"]].statistics, *COUNTED, *DIMENSIONS[1:], "metric", "period")
        for name in sorted(set(row) - set(allowed)):
            self._fault(f"{name!r} is no statistic of {row['metric']}", "measurements", number, name)

    def _named_tickets(self, given: PositionedYaml, expect: PositionedYaml) -> None:
        """Every ticket that is named exists, and of every ticket something is expected."""
        self.document = given
        told = {ticket for _, ticket, _, _ in self.expected}
        for ticket in set(self.given.events) - set(self.given.tickets):
            self._fault(f"there is no ticket {ticket!r}", "events", ticket)
        for ticket in set(self.given.tickets) - told if not (self.expect.measurements or self.expect.refused) else ():
            self._fault(f"nothing is expected of ticket {ticket!r}", "tickets", ticket)
        self.document = expect
        for table, ticket, _, _ in self.expected:
            if ticket not in self.given.tickets:
                self._fault(f"there is no ticket {ticket!r} in given.yaml", table, ticket)

    @property
    def group(self) -> tuple[object, ...]:
        """Scenarios of one group are derived together.

        Columns are shared by a group, and a source without events is asked by its columns what it records.
        """
        rows = () if self.events else self.given.tickets.values()
        columns = {name for name in FINISHED for row in rows if name in row}
        alone = self.name if self.expect.refused else ""
        return self.settings.model_dump_json(), str(self.cut), sorted(columns), alone

    def periods(self) -> list[Period]:
        fiscal = self.settings.organisation.fiscal_year_starts
        ids = {str(row["period"]) for row in self.expect.measurements}
        return sorted(
            (Period.parse(text, zone=self.zone, fiscal_year_starts=fiscal) for text in ids), key=lambda one: one.end
        )


def seconds(value: Any) -> float:
    """Seconds, or a duration such as `45 min`."""
    return float(parse_duration(value)) if isinstance(value, str) else float(value)


@pytest.fixture(scope="session")
def read_scenario() -> type[Scenario]:
    return Scenario
