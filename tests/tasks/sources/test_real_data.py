"""Real files, mapped as an organisation would, counted a second way with the standard library and DuckDB."""

import csv
import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pytest
from pydantic import TypeAdapter

from tasks.collect import check_sources, collect
from tasks.sources.source import SourceConfig

SHARED = Path(__file__).parents[4] / "shared" / "data"


def real(name: str) -> Path:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"the real file {name} is not beside the checkout")
    return path


def source(path: Path, tables: list[dict], **settings):
    return TypeAdapter(SourceConfig).validate_python(
        {"id": "real", "kind": "file", "files": [path.name], "tables": tables, **settings}
    )


SOCIAL = [
    {"table": "tickets", "columns": {
        "ticket_id": "conversation_id", "created_at": "started_at", "channel_code": {"constant": "social"},
        "team_id": "company", "subject": "messages.0.text"}},
    {"table": "ticket_events", "each": "messages", "where": {"role": {"not_in": ["third_party"]}}, "columns": {
        "ticket_id": "../conversation_id", "at": "sent_at", "text": "text", "actor_id": "author",
        "kind": {"from": "role", "values": {"client": "requester_message", "agent": "public_reply"}},
        "actor_kind": {"from": "role", "values": {"client": "requester", "agent": "agent"}}}},
    {"table": "ticket_events", "columns": {
        "ticket_id": "conversation_id", "at": "closing_agent_reply.sent_at", "kind": {"constant": "status"},
        "to_value": {"constant": "solved"}, "actor_kind": {"constant": "agent"}, "actor_id": "company"}},
]  # fmt: skip


def test_social_care(tmp_path):
    path = real("social_care/conversations_dev.ndjson.gz")
    collected = collect([source(path, SOCIAL)], path.parent, tmp_path)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        talks = [json.loads(line) for line in lines]
    roles = Counter(message["role"] for talk in talks for message in talk["messages"])
    tickets, events = collected.intake
    assert (tickets.rows_in, tickets.rows_out) == (len(talks), len(talks))
    assert tickets.rows_out == 525
    assert events.excluded == {"role is third_party": roles["third_party"]}
    assert events.rows_out == roles["client"] + roles["agent"] + len(talks)
    frame = pd.read_parquet(collected.tables["tickets"])
    stamps = [datetime.fromisoformat(talk["started_at"]) for talk in talks]
    assert frame["created_at"].tolist() == stamps
    assert frame["subject"].tolist() == [talk["messages"][0]["text"] for talk in talks]
    counted = duckdb.sql(f"SELECT kind, count(*) FROM '{collected.tables['ticket_events']}' GROUP BY 1").fetchall()
    assert dict(counted) == {"requester_message": roles["client"], "public_reply": roles["agent"], "status": 525}


def test_passenger_survey(tmp_path):
    path = real("passenger_survey/2017_SFO_Customer_Survey.csv")
    day = {"template": "2017-05-{INTDATE}", "format": "%Y-%m-%d"}
    table = {"table": "surveys", "where": {"NETPRO": {"not_in": ["11"]}}, "columns": {
        "survey_id": {"template": "{RESPNUM}-nps"}, "kind": {"constant": "nps"},
        "asked_at": day, "answered_at": day,
        "score": {"from": "NETPRO", "missing": ["11"]}, "scale_min": {"constant": 0}, "scale_max": {"constant": 10},
        "weight": "WEIGHT"}}  # fmt: skip
    collected = collect([source(path, [table], time_zone="America/Los_Angeles")], path.parent, tmp_path)
    with open(path, newline="", encoding="utf-8") as file:
        answers = list(csv.DictReader(file))
    asked = [answer for answer in answers if answer["NETPRO"] != "11"]
    intake = collected.intake[0]
    assert (intake.rows_in, intake.rows_out) == (2831, len(asked))
    assert intake.excluded == {"NETPRO is 11": len(answers) - len(asked)}
    frame = pd.read_parquet(collected.tables["surveys"])
    assert frame["score"].sum() == sum(float(answer["NETPRO"]) for answer in asked if answer["NETPRO"])
    assert frame["weight"].sum() == pytest.approx(sum(float(answer["WEIGHT"]) for answer in asked))
    local = frame["asked_at"].dt.tz_convert("America/Los_Angeles")
    assert local.dt.day.tolist() == [int(answer["INTDATE"]) for answer in asked]


STAMP = {"from": "Complete Timestamp", "format": "%Y/%m/%d %H:%M:%S.%f"}
HELPDESK = [
    {"table": "tickets", "one_per": "Case ID", "columns": {
        "ticket_id": "Case ID", "created_at": {**STAMP, "take": "min"}, "closed_at": {**STAMP, "take": "max"},
        "channel_code": {"constant": "portal"}, "product": {"from": "product", "take": "first"}}},
    {"table": "ticket_events", "columns": {
        "ticket_id": "Case ID", "at": STAMP, "actor_id": "Resource", "to_value": "Activity",
        "kind": {"from": "Activity", "values": {"Closed": "status", "Resolve ticket": "status"},
                 "otherwise": "assigned"}}},
]  # fmt: skip


def test_helpdesk_events(tmp_path):
    path = real("helpdesk_events/helpdesk.csv.gz")
    collected = collect([source(path, HELPDESK, time_zone="Europe/Rome")], path.parent, tmp_path)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        events = list(csv.DictReader(lines))
    tickets, log = collected.intake
    assert (log.rows_in, log.rows_out) == (len(events), 21_348)
    assert (tickets.rows_in, tickets.rows_out) == (21_348, 4_580)
    assert tickets.excluded == {"another row of the same Case ID": 21_348 - 4_580}
    rome, first, last = ZoneInfo("Europe/Rome"), {}, {}
    for event in events:
        stamp = datetime.strptime(event["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=rome)
        case = f"real:{event['Case ID']}"
        first[case] = min(first.get(case, stamp), stamp)
        last[case] = max(last.get(case, stamp), stamp)
    frame = pd.read_parquet(collected.tables["tickets"]).set_index("ticket_id")
    assert list(frame.index) == list(first)
    assert all(frame["created_at"][case] == stamp for case, stamp in first.items())
    assert all(frame["closed_at"][case] == stamp for case, stamp in last.items())
    others = sum(event["Activity"] not in ("Closed", "Resolve ticket") for event in events)
    assert log.notes["kind: another value taken as assigned"] == others


def test_the_repeated_header_of_the_event_log_must_be_told_apart(tmp_path):
    path = real("helpdesk_events/helpdesk.csv.gz")
    columns = {**HELPDESK[1]["columns"], "from_value": "Variant"}
    check = check_sources([source(path, [{"table": "ticket_events", "columns": columns}])], path.parent)[0]
    assert any("'Variant' occurs 2 times" in problem for problem in check.problems)
    assert any("without a time zone" in problem for problem in check.problems)
