"""Stories of single tickets, written as lines, told to the replay."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.ledger import ledger
from evaluation.settings import Settings
from evaluation.tables import Tables

MONDAY = datetime(2026, 7, 6, tzinfo=UTC)
DAYS = {
    name: number
    for number, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun", "mon2", "tue2", "wed2"])
}
SHORT = {
    "C": ("requester_message", "requester"),
    "A": ("public_reply", "agent"),
    "R": ("public_reply", None),
    "B": ("public_reply", "bot"),
    "Y": ("public_reply", "system"),
    "Q": ("public_reply", "requester"),
    "N": ("internal_note", "agent"),
    "H": ("bot_handoff", "bot"),
    "K": ("created", "requester"),
    "KA": ("created", "agent"),
    "G": ("assigned", "system"),
    "M": ("merged", "system"),
    "P": ("priority", "system"),
    "T": ("topic", "system"),
    "S": ("status", "agent"),
    "SC": ("status", "requester"),
    "SY": ("status", "system"),
}
COLUMNS = ["ticket_id", "at", "kind", "actor_kind", "actor_id", "from_value", "to_value", "text"]


def moment(text):
    """`tue 09:30` or `tue 09:30:15` in the week of Monday 2026-07-06, UTC."""
    day, clock = text.split()
    parts = [int(part) for part in clock.split(":")]
    return MONDAY + timedelta(days=DAYS[day], hours=parts[0], minutes=parts[1], seconds=parts[2] if parts[2:] else 0)


def event(ticket_id, line):
    """`tue 09:30 A anna`, `mon 10:00 S pending>solved`, `mon 10:00 C = thanks!`."""
    line, _, text = line.partition(" = ")
    day, clock, short, *rest = line.split()
    kind, actor_kind = SHORT[short]
    words = rest[0] if rest else None
    changes = kind in ("status", "assigned", "priority", "topic", "merged")
    before, _, after = (words or "").rpartition(">") if changes else ("", "", "")
    after = ticket_id if after == "self" else after
    actor = rest[1] if changes and len(rest) > 1 else None if changes else words
    return (ticket_id, moment(f"{day} {clock}"), kind, actor_kind, actor, before or None, after or None, text or None)


def events_frame(rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"], utc=True)
    return frame.astype({name: "string" for name in COLUMNS if name != "at"})


def tickets_frame(rows):
    frame = pd.DataFrame([{"channel_code": "email"} | row for row in rows])
    for name in ("created_at", "first_response_at", "solved_at", "closed_at"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


OFFICE = {"default": {"time_zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}}}
POLICY = {
    "id": "standard",
    "targets": {"first_response": "2h", "next_reply": "2h", "resolution": "8h"},
    "pauses": ["pending"],
}


def settings(**changes):
    return Settings.model_validate(
        {
            "organisation": {"name": "Northwind Care", "time_zone": "UTC"},
            "calendars": OFFICE,
            "sla": [POLICY],
            "replay": {"no_reply_needed": ["Thanks", "thank you", "спасибо"], "automatic_authors": ["robo"]},
        }
        | changes
    )


class Told:
    """The facts of one or more stories as plain records."""

    def __init__(self, tables, options, cut):
        self.tables, self.settings, self.cut = tables, options, cut
        self.facts = facts = derive(tables, options, cut)
        self.frames = {name: facts[name].execute() for name in facts.expressions}

    def rows(self, table, ticket_id=None):
        frame = self.frames[table]
        frame = frame if ticket_id is None else frame[frame["ticket_id"] == ticket_id]
        keys = [name for name in ("ticket_id", "target", "applied_at", "at", "waiting_since") if name in frame]
        return [
            {name: None if value is pd.NaT or value is None or value != value else value for name, value in row.items()}
            for row in frame.sort_values(keys).astype(object).to_dict("records")
        ]

    def ticket(self, ticket_id="d:1"):
        (row,) = self.rows("tickets", ticket_id)
        return row

    def ledger(self, *ticket_ids):
        return ledger(self.tables, self.settings, self.cut, ticket_ids)

    def target(self, name, ticket_id="d:1"):
        (row,) = [row for row in self.rows("targets", ticket_id) if row["target"] == name]
        return row


@pytest.fixture(scope="session")
def tell():
    """`tell({"d:1": [lines]}, {"d:1": {columns}}, cut=…, **settings)`: facts of stories that begin on Monday 10:00."""

    def told(stories, rows=None, cut="wed2 12:00", **changes):
        tickets = [
            {"ticket_id": ticket_id, "created_at": moment("mon 10:00")}
            | {k: moment(v) if k.endswith("_at") else v for k, v in (rows or {}).get(ticket_id, {}).items()}
            for ticket_id in stories
        ]
        lines = [event(ticket_id, line) for ticket_id, story in stories.items() for line in story]
        tables = {"tickets": tickets_frame(tickets)}
        if lines:
            tables["ticket_events"] = events_frame(lines)
        return Told(Tables.from_frames(tables), settings(**changes), moment(cut))

    return told


@pytest.fixture(scope="session")
def at():
    """Instants as people write them in the stories."""
    return moment
