"""The story as the exports of five systems: each with its own names, stamps and format."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from northwind.organisation import ZONE
from northwind.planted import LAST_MONTH
from northwind.story import Story

_TICKET_HEADERS = {
    "ticket_id": "Ticket",
    "created_at": "Opened",
    "channel_code": "Channel",
    "requester_id": "Customer",
    "subject": "Subject",
    "topic": "Issue type",
    "priority_code": "Priority",
    "team_id": "Group",
    "branch_id": "Branch",
    "agent_id": "Assignee",
    "language": "Language",
    "status_code": "Status",
    "is_spam": "Spam",
    "is_test": "Test",
    "is_proactive": "Opened by agent",
    "is_complaint": "Complaint",
    "merged_into_id": "Merged into",
    "solved_at": "Solved",
    "closed_at": "Closed",
}
_CHANNEL_LABELS = {
    "email": "E-mail",
    "chat": "Live chat",
    "phone": "Telephone",
    "messenger": "Messenger",
    "form": "Contact form",
    "portal": "Help centre",
    "social": "Social media",
}


def write(story: Story, folder: Path) -> list[Path]:
    """Write the story's files; the same story gives the same bytes.

    Returns:
        The files, in the order in which they were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in _contents(story):
        path = folder / name
        path.write_bytes(content())
        written.append(path)
    return written


def _contents(story: Story) -> list[tuple[str, Callable[[], bytes]]]:
    tables = story.tables
    tickets = tables["tickets"]
    year_of = tickets["created_at"].dt.year.clip(upper=int(LAST_MONTH[:4]))
    by_year = [(f"tickets-{year}.csv.gz", tickets[year_of == year]) for year in sorted(year_of.unique())]
    plain = ("audits", "customers", "returns", "agents", "benchmarks", "corrections")
    return [
        *((name, lambda part=part: _packed(_csv(_ticket_export(part)))) for name, part in by_year),
        ("ticket_events.parquet", lambda: _parquet(tables["ticket_events"])),
        ("calls.csv", lambda: _csv(_call_export(tables["calls"]), delimiter=";")),
        ("surveys.ndjson.gz", lambda: _packed(_survey_export(tables["surveys"]))),
        ("reviews.json", lambda: _review_export(tables["reviews"])),
        *((f"{name}.csv", lambda name=name: _csv(_iso(tables[name]))) for name in plain),
    ]


def _ticket_export(tickets: pd.DataFrame) -> pd.DataFrame:
    named = _iso(tickets).assign(channel_code=tickets["channel_code"].map(_CHANNEL_LABELS))
    flags = ["is_spam", "is_test", "is_proactive", "is_complaint"]
    named[flags] = tickets[flags].replace({True: "yes", False: "no"}).astype("string")
    return named.rename(columns=_TICKET_HEADERS)[list(_TICKET_HEADERS.values())]


def _call_export(calls: pd.DataFrame) -> pd.DataFrame:
    """The telephone system knows local time only, day first, and whole seconds."""
    local = calls.copy()
    for column in ("started_at", "queued_at", "answered_at", "ended_at"):
        local[column] = calls[column].dt.tz_convert(ZONE).dt.strftime("%d.%m.%Y %H:%M:%S")
    for column in [name for name in calls.columns if name.endswith("_seconds")]:
        local[column] = calls[column].astype("Int64")
    return local.assign(was_recording_announced=calls["was_recording_announced"].map({True: "T", False: "N"}))


def _survey_export(surveys: pd.DataFrame) -> bytes:
    milliseconds = {
        name: (surveys[name].astype("int64") // 1000).where(surveys[name].notna())
        for name in ("asked_at", "answered_at")
    }
    rows = (
        surveys.astype(object)
        .where(surveys.notna(), None)
        .assign(**{name: values.astype(object) for name, values in milliseconds.items()})
    )
    lines = io.StringIO()
    for row in rows.itertuples(index=False):
        answer = None
        if row.score is not None:
            answer = {"at": int(row.answered_at), "score": int(row.score), "comment": row.comment}
        record = {
            "id": row.survey_id,
            "type": row.kind,
            "sent": int(row.asked_at),
            "scale": [int(row.scale_min), int(row.scale_max)],
            "ticket": row.ticket_id,
            "customer": row.requester_id,
            "agent": row.agent_id,
            "team": row.team_id,
            "answer": answer,
        }
        lines.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    return lines.getvalue().encode()


def _review_export(reviews: pd.DataFrame) -> bytes:
    rows = _iso(reviews).astype(object)
    records = rows.where(reviews.notna(), None).to_dict(orient="records")
    return json.dumps({"page": 1, "items": records}, ensure_ascii=False, indent=1).encode()


def _iso(frame: pd.DataFrame) -> pd.DataFrame:
    instants = [name for name in frame.columns if isinstance(frame[name].dtype, pd.DatetimeTZDtype)]
    return frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in instants})


def _csv(frame: pd.DataFrame, delimiter: str = ",") -> bytes:
    return frame.to_csv(index=False, sep=delimiter, lineterminator="\n").encode()


def _packed(content: bytes) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as stream:
        stream.write(content)
    return packed.getvalue()


def _parquet(frame: pd.DataFrame) -> bytes:
    stored = io.BytesIO()
    frame.to_parquet(stored, index=False, compression="zstd")
    return stored.getvalue()
