"""The generator of Northwind Care: same bytes, canonical shape, and what was planted is really in the files."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.calendar import WorkingCalendar
from evaluation.fields import TABLES

FOLDER = Path(__file__).parents[2] / "examples" / "northwind-care"
TICKETS = 2000


@pytest.fixture(scope="module")
def story(northwind: ModuleType) -> Any:
    return northwind.story.generate(TICKETS)


@pytest.fixture(scope="module")
def events(story: Any) -> pd.DataFrame:
    return story.tables["ticket_events"]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_one_seed_makes_the_same_bytes_in_another_process(northwind: ModuleType, story: Any, tmp_path: Path) -> None:
    northwind.files.write(story, tmp_path / "here")
    command = [
        sys.executable,
        str(FOLDER / "generate.py"),
        "--tickets",
        str(TICKETS),
        "--into",
        str(tmp_path / "there"),
    ]
    subprocess.run(command, check=True, capture_output=True, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    assert digests(tmp_path / "here") == digests(tmp_path / "there")
    assert len(digests(tmp_path / "here")) == 13


@pytest.fixture(scope="module")
def uneventful(northwind: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """A larger organisation in which nothing happens."""
    return northwind.story.generate(20_000, effects=northwind.planted.NOTHING).tables


def first_waits(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Calendar seconds to the first reply by somebody who is no machine."""
    replies = tables["ticket_events"].query("kind == 'public_reply' and actor_kind == 'agent'")
    first = replies[replies["actor_id"] != "auto-receipt"].groupby("ticket_id")["at"].min()
    tickets = tables["tickets"].drop_duplicates("ticket_id").set_index("ticket_id")
    return tickets.assign(wait=(first - tickets["created_at"]).dt.total_seconds())


def test_without_effects_nothing_happens_and_the_faults_stay(
    northwind: ModuleType, uneventful: dict[str, pd.DataFrame]
) -> None:
    tickets, planted = first_waits(uneventful), northwind.planted
    early = tickets["created_at"] < "2026-01-01"
    for channel, after in ((planted.SLOW_CHANNEL, "2026-05-04"), (planted.IMPROVING_CHANNEL, "2026-04-01")):
        waits = tickets[tickets["channel_code"] == channel]
        medians = waits.groupby(waits["created_at"] >= after)["wait"].median()
        assert 0.8 < medians[True] / medians[False] < 1.25, channel
    grown = (tickets["topic"] == planted.GROWING_TOPIC).groupby(tickets["created_at"] >= "2026-06-01").mean()
    assert 0.8 < grown[True] / grown[False] < 1.25
    by_agent = tickets[early & (tickets["team_id"] == "Billing")].groupby("agent_id")["wait"].median()
    assert 0.6 < by_agent[planted.WEAK_AGENT] / by_agent.drop(planted.WEAK_AGENT).median() < 1.6
    scores = uneventful["surveys"].query("kind == 'csat'").dropna(subset=["score"])
    content = (scores["score"] >= 4).groupby(scores["agent_id"] == planted.WEAK_AGENT).mean()
    assert abs(content[True] - content[False]) < 0.1
    marks = (
        uneventful["audits"].groupby(uneventful["audits"]["agent_id"].fillna("") == planted.WEAK_AGENT)["mark"].mean()
    )
    assert abs(marks[True] - marks[False]) < 0.35
    whole = northwind.story.generate(TICKETS)
    quiet = northwind.story.generate(TICKETS, effects=planted.NOTHING)
    assert quiet.planted.faults == whole.planted.faults
    assert {name: len(frame) for name, frame in quiet.tables.items() if name in ("tickets", "agents", "customers")} == {
        name: len(frame) for name, frame in whole.tables.items() if name in ("tickets", "agents", "customers")
    }


def test_the_effects_of_the_story_are_the_default(northwind: ModuleType, story: Any) -> None:
    told = northwind.story.generate(TICKETS, effects=northwind.planted.Effects())
    for name, frame in story.tables.items():
        pd.testing.assert_frame_equal(frame, told.tables[name])


def test_another_seed_makes_another_story(northwind: ModuleType, story: Any) -> None:
    other = northwind.story.generate(TICKETS, seed=1)
    assert not other.tables["tickets"]["created_at"].equals(story.tables["tickets"]["created_at"])


def test_too_few_tickets_have_no_room_for_the_faults(northwind: ModuleType) -> None:
    with pytest.raises(ValueError, match="1499 tickets are too few"):
        northwind.story.generate(1499)


def test_every_canonical_table_is_there_with_canonical_columns(story: Any) -> None:
    assert set(story.tables) == set(TABLES)
    for name, frame in story.tables.items():
        assert set(frame.columns) <= set(TABLES[name].columns), name
        assert set(TABLES[name].required) <= set(frame.columns), name
        assert len(frame) > 0, name


def test_the_organisation_has_its_size(story: Any) -> None:
    agents, tickets = story.tables["agents"], story.tables["tickets"]
    assert agents["agent_id"].nunique() == 24
    assert agents["team_id"].nunique() == tickets["team_id"].nunique() == 5
    assert tickets["branch_id"].nunique() == 4
    assert tickets["topic"].nunique() == 12
    assert tickets["channel_code"].nunique() == 7
    assert set(tickets["language"]) == {"pl", "en", "ru"}


def test_faulty_rows_are_there_as_often_as_planted(story: Any) -> None:
    """Counted another way, in SQL over the generated frames."""
    sql = duckdb.connect()
    for name, frame in story.tables.items():
        sql.register(name, frame.convert_dtypes(dtype_backend="pyarrow"))
    asked = {
        ("tickets", "identical rows twice"): "SELECT count(*) - count(DISTINCT ticket_id) FROM tickets",
        ("tickets", "no channel"): "SELECT count(*) FROM tickets WHERE channel_code IS NULL",
        ("tickets", "solved before created"): "SELECT count(*) FROM tickets WHERE solved_at < created_at",
        ("tickets", "created in the future"): "SELECT count(*) FROM tickets WHERE created_at > '2026-11-01'",
        ("ticket_events", "unknown ticket"): "SELECT count(*) FROM ticket_events ANTI JOIN tickets USING (ticket_id)",
        ("ticket_events", "identical rows twice"): "SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT * FROM "
        "ticket_events)) FROM ticket_events",
        ("calls", "negative talk time"): "SELECT count(*) FROM calls WHERE talk_seconds < 0",
        ("calls", "answered before started"): "SELECT count(*) FROM calls WHERE answered_at < started_at",
        (
            "surveys",
            "score outside the scale",
        ): "SELECT count(*) FROM surveys WHERE score NOT BETWEEN scale_min AND scale_max",
        ("surveys", "answered before asked"): "SELECT count(*) FROM surveys WHERE answered_at < asked_at",
        ("reviews", "replied before posted"): "SELECT count(*) FROM reviews WHERE replied_at < posted_at",
        ("customers", "ended before started"): "SELECT count(*) FROM customers WHERE ended_at < started_at",
        ("returns", "no date"): 'SELECT count(*) FROM returns WHERE "at" IS NULL',
    }
    found = {key: sql.execute(text).fetchall()[0][0] for key, text in asked.items()}
    planted = {(table, fault): count for table, kinds in story.planted.faults.items() for fault, count in kinds.items()}
    assert found == planted


def test_tickets_that_are_no_service(story: Any, northwind: ModuleType) -> None:
    once = story.tables["tickets"].drop_duplicates("ticket_id")
    assert story.planted.excluded == {
        "spam": once["is_spam"].sum(),
        "test": once["is_test"].sum(),
        "deleted": (once["status_code"] == "deleted").sum(),
        "agent_started": once["is_proactive"].sum(),
        "merged": once["merged_into_id"].notna().sum(),
    }
    flags = once[["is_spam", "is_test", "is_proactive"]].sum(axis=1) + once["merged_into_id"].notna()
    assert flags.max() == 1
    kept = once[flags == 0]
    assert once["merged_into_id"].dropna().isin(kept["ticket_id"]).all()


def test_the_goal_within_noise_is_reached_by_the_smallest_margin(story: Any) -> None:
    surveys, tickets = story.tables["surveys"], story.tables["tickets"].drop_duplicates("ticket_id")
    chats = surveys[surveys["kind"] == "csat"].merge(tickets[["ticket_id", "channel_code"]], on="ticket_id")
    answered = chats["answered_at"].dt.tz_convert("Europe/Warsaw")
    inside = (answered >= "2026-07-01") & (answered < "2026-10-01") & (chats["channel_code"] == "chat")
    good, every = story.planted.satisfied
    assert (int((chats.loc[inside, "score"] >= 4).sum()), int(inside.sum())) == (good, every)
    assert good == math.ceil(0.8 * every - 1e-9)


def test_an_automatic_author_answers_in_agents_names(events: pd.DataFrame, story: Any) -> None:
    written = events[(events["actor_id"] == "auto-receipt") & ~events["ticket_id"].str.startswith("X")]
    assert set(written["actor_kind"]) == {"agent"}
    assert len(written) == story.planted.automatic
    assert len(written) > 10


def test_events_tell_lives_in_order(events: pd.DataFrame, story: Any) -> None:
    known = events[~events["ticket_id"].str.startswith("X")].drop_duplicates()
    first = known.groupby("ticket_id")["kind"].first()
    assert set(first) == {"created"}
    created = known[known["kind"] == "created"].set_index("ticket_id")["at"]
    assert len(created) == TICKETS
    assert (known["at"] >= known["ticket_id"].map(created)).all()
    assert (known["at"] <= pd.Timestamp("2026-10-02T05:00:00Z")).all()
    assert set(known["kind"]) >= {"bot_handoff", "internal_note", "merged", "assigned", "priority"}
    assert set(known.loc[known["kind"] == "status", "to_value"]) == {
        "open",
        "pending",
        "on_hold",
        "solved",
        "closed",
        "deleted",
    }


def test_solves_of_the_log_are_those_of_the_tickets(events: pd.DataFrame, story: Any) -> None:
    tickets = story.tables["tickets"].drop_duplicates("ticket_id").set_index("ticket_id")
    sound = tickets[(tickets["solved_at"] >= tickets["created_at"])]
    statuses = events[events["kind"] == "status"]
    last = statuses[statuses["to_value"] == "solved"].groupby("ticket_id")["at"].max()
    assert (last.reindex(sound.index) == sound["solved_at"]).all()


def test_people_answer_in_opening_hours(events: pd.DataFrame) -> None:
    """Checked by the product's own calendar, which shares nothing with the generator's."""
    hours = {"mon-fri": ["08:00-18:00"], "sat": ["09:00-14:00"]}
    calendar = WorkingCalendar.from_config(
        {"hours": hours, "holidays": {"country": "PL"}, "time_zone": "Europe/Warsaw"}
    )
    replies = events[(events["kind"] == "public_reply") & (events["actor_kind"] == "agent")]
    replies = replies[replies["actor_id"] != "auto-receipt"].drop_duplicates("ticket_id")
    stamps = replies["at"].sample(300, random_state=1)
    closed = [at for at in stamps if not calendar.is_open((at - pd.Timedelta(seconds=1)).to_pydatetime())]
    assert closed == []


def test_customers_write_three_languages(story: Any) -> None:
    comments = story.tables["surveys"]["comment"].dropna()
    assert comments.str.contains("[а-яё]").sum() > 5
    assert comments.str.contains("[ąćęłńóśźż]").sum() > 5
    assert comments.str.contains("^[A-Z][a-z ,']+[.]$").sum() > 5


def test_personal_things_are_in_nine_comments(story: Any) -> None:
    comments = story.tables["surveys"]["comment"].dropna()
    assert comments.str.contains("@").sum() == 4
    assert comments.str.contains(r"\d{2} ?\d{2}|\d{3} \d{3}").sum() == 5


def test_contacts_follow_the_week_and_the_season(northwind: ModuleType) -> None:
    created = northwind.story.generate(20_000).tables["tickets"]["created_at"].dt.tz_convert("Europe/Warsaw")
    by_weekday = created.dt.day_of_week.value_counts()
    assert by_weekday[0] > 1.1 * by_weekday[2] > 2 * by_weekday[6]
    by_month = created[created.dt.year == 2025].dt.month.value_counts()
    assert by_month[12] > 1.4 * by_month[7]
    nights = created.dt.hour.between(0, 5).mean()
    assert 0 < nights < 0.06


def test_a_topic_grows_threefold(northwind: ModuleType) -> None:
    tickets = northwind.story.generate(20_000).tables["tickets"]
    shares = (tickets["topic"] == "Parcel locker").groupby(tickets["created_at"] >= "2026-05-31T22:00Z").mean()
    assert shares[True] / shares[False] == pytest.approx(3 / (1 + 0.04 * 2), rel=0.12)
    assert np.isfinite(shares).all()
