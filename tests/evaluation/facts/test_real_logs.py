"""Real logs, counted a second time in plain Python."""

import csv
import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.settings import Settings
from evaluation.tables import Tables

pytestmark = pytest.mark.slow

SHARED = Path(__file__).parents[4] / "shared" / "data"
SOCIAL = SHARED / "social_care" / "conversations_dev.ndjson.gz"
HELPDESK = SHARED / "helpdesk_events" / "helpdesk.csv.gz"
SETTINGS = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})
KINDS = {"client": ("requester_message", "requester"), "agent": ("public_reply", "agent")}


def instants(frame):
    return frame.assign(
        **{name: pd.to_datetime(frame[name], utc=True) for name in frame if name == "at" or name.endswith("_at")}
    )


@pytest.fixture(scope="module")
def conversations():
    if not SOCIAL.exists():
        pytest.skip("the sample of customer-care conversations is not here")
    with gzip.open(SOCIAL, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def stamp(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def talk(conversation):
    """(when, 0 = client or 1 = agent) of every message, closing reply included, in time order."""
    said = [(stamp(m["sent_at"]), m["role"]) for m in conversation["messages"] if m["role"] in KINDS]
    closing = conversation["closing_agent_reply"]
    said += [(stamp(closing["sent_at"]), "agent")] if closing else []
    return sorted((at, ["client", "agent"].index(role)) for at, role in said)


def test_conversations_of_social_care(conversations):
    tickets = [
        {"ticket_id": f"social:{c['conversation_id']}", "created_at": c["started_at"], "channel_code": "social"}
        for c in conversations
    ]
    events = [
        {"ticket_id": f"social:{c['conversation_id']}", "at": at, "kind": kind, "actor_kind": actor}
        for c in conversations
        for at, role in talk(c)
        for kind, actor in [KINDS[["client", "agent"][role]]]
    ]
    tables = Tables.from_frames(
        {"tickets": instants(pd.DataFrame(tickets)), "ticket_events": instants(pd.DataFrame(events))}
    )
    facts = derive(tables, SETTINGS, datetime(2021, 1, 1, tzinfo=UTC))
    found = facts["tickets"].execute().set_index("ticket_id")
    waits = facts["replies"].execute().groupby("ticket_id").wait_calendar_seconds.apply(sorted).to_dict()
    assert len(found) == len(conversations) == 525
    for conversation in conversations:
        ticket_id, created = f"social:{conversation['conversation_id']}", stamp(conversation["started_at"])
        expected, waiting = [], created
        for at, role in [entry for entry in talk(conversation) if entry[0] >= created]:
            if role == 0:
                waiting = waiting or at
            elif waiting:
                expected.append((at - waiting).total_seconds())
                waiting = None
        row = found.loc[ticket_id]
        if row["exclusion"] != "agent_started":
            assert waits.get(ticket_id, []) == pytest.approx(sorted(expected))
            assert (row["first_response_state"] == "responded") == bool(expected)
    assert not found["is_solved"].any()


def test_event_log_of_a_help_desk():
    if not HELPDESK.exists():
        pytest.skip("the help-desk event log is not here")
    with gzip.open(HELPDESK, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    statuses = {"Resolve ticket": "solved", "Closed": "closed", "Wait": "on_hold", "Take in charge ticket": "open"}
    cases = defaultdict(list)
    for row in rows:
        naive = datetime.strptime(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f")
        cases[f"desk:{row['Case ID']}"].append((naive.replace(tzinfo=ZoneInfo("Europe/Rome")), row["Activity"]))
    tickets = [{"ticket_id": key, "created_at": min(log)[0], "channel_code": "other"} for key, log in cases.items()]
    events = [
        {"ticket_id": key, "at": at, "kind": "status", "to_value": statuses[activity]}
        for key, log in cases.items()
        for at, activity in log
        if activity in statuses
    ]
    tables = Tables.from_frames(
        {"tickets": instants(pd.DataFrame(tickets)), "ticket_events": instants(pd.DataFrame(events))}
    )
    facts = derive(tables, SETTINGS, datetime(2014, 12, 31, tzinfo=UTC))
    found = facts["tickets"].execute().set_index("ticket_id")
    assert len(found) == 4580
    assert found["first_response_state"].isna().all()
    for key, log in cases.items():
        done, solve = False, None
        told = sorted(
            (at, ["open", "on_hold", "solved", "closed"].index(statuses[a])) for at, a in log if a in statuses
        )
        for at, number in told:
            solve = at if number >= 2 and not done else solve
            done = number >= 2
        expected = (solve - min(log)[0].astimezone(UTC)).total_seconds() if done else None
        seconds = found.loc[key, "full_resolution_calendar_seconds"]
        assert (None if pd.isna(seconds) else seconds) == (pytest.approx(expected) if expected is not None else None)
