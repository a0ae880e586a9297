"""The breakdowns that rest on text, from canonical tables to rows."""

import importlib.util
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from evaluation.breakdowns import Ground
from evaluation.breakdowns.estimated_sentiment import estimated_sentiment
from evaluation.breakdowns.estimated_topics import estimated_topics
from evaluation.breakdowns.recurring_questions import recurring_questions
from evaluation.facts.deriving import derive
from evaluation.measurement import COLUMNS, Measurements
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.text.topics import begun

SPEC = importlib.util.spec_from_file_location("planted_requests", Path(__file__).with_name("planted_requests.py"))
planting = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(planting)

JULY = Period.parse("2026-07", zone="UTC")
CUT = datetime(2026, 8, 20, tzinfo=UTC)


def ground(frames: dict[str, pd.DataFrame], **chosen: object) -> Ground:
    settings = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}, **chosen})
    tables = Tables.from_frames(frames)
    return Ground(facts=derive(tables, settings, CUT), tables=tables, settings=settings, period=JULY,
                  measurements=Measurements(pd.DataFrame(columns=list(COLUMNS))))  # fmt: skip


def tickets(tagged: float) -> pd.DataFrame:
    """Planted English requests: a ticket of July or June each, the message half in the subject."""
    asked = planting.requests(("en",), tagged=tagged)
    days = pd.to_timedelta(range(len(asked)), unit="h") % pd.Timedelta(days=28)
    month = pd.to_datetime(["2026-07-01" if now else "2026-06-01" for now in asked["is_now"]], utc=True)
    return pd.DataFrame({
        "ticket_id": asked["ticket_id"], "created_at": month + days, "channel_code": "email",
        "requester_id": asked["ticket_id"], "subject": asked["text"], "topic": asked["topic"],
    })  # fmt: skip


def test_groups_add_up_to_the_untagged_tickets_of_the_period():
    frame = tickets(0.0)
    found = estimated_topics(ground({"tickets": frame}))
    july = frame["created_at"] >= JULY.start
    assert found.reason is None
    assert found.frame["tickets"].sum() == july.sum() == found.facts["untagged"]
    assert found.frame["previous"].sum() == (~july).sum()
    assert found.frame["share"].sum() == pytest.approx(1)
    assert set(found.frame["way"]) <= {"group", "unclear"}
    assert found.frame["is_estimated"].all()
    assert found.facts["latin.k"] == 3
    typical = found.frame["typical_ticket_id"].dropna()
    assert set(typical) <= set(frame.loc[july, "ticket_id"])


def test_own_topics_are_estimated_and_no_metric_changes():
    frame = tickets(0.6)
    with_models = ground({"tickets": frame})
    before = measure(with_models.facts, with_models.settings, JULY, only=["tickets_created"]).frame
    found = estimated_topics(with_models)
    after = measure(with_models.facts, with_models.settings, JULY, only=["tickets_created"]).frame
    pd.testing.assert_frame_equal(before, after)
    members = set(before.loc[before["dimension"] == "topic", "member"])
    assert "(unassigned)" in members
    assert set(found.frame["topic"].dropna()) == {"delivery", "invoice", "password"}
    assert found.facts["accuracy"] > 0.9


class _Pickled:
    """What is begun here goes there and comes back as between two processes."""

    def begin(self, function, *arguments):
        return lambda: pickle.loads(pickle.dumps(function(*pickle.loads(pickle.dumps(arguments)))))


def test_topics_that_were_begun_before_are_the_same():
    here = ground({"tickets": tickets(0.6)})
    there = replace(here, topics=begun(here.facts, here.tables, JULY, _Pickled()))
    pd.testing.assert_frame_equal(estimated_topics(here).frame, estimated_topics(there).frame)
    assert estimated_topics(here).facts == estimated_topics(there).facts


def test_nothing_is_begun_when_every_ticket_carries_a_topic():
    tagged = ground({"tickets": tickets(1.0)})
    assert begun(tagged.facts, tagged.tables, JULY, _Pickled())() is None


def test_first_message_of_the_requester_is_read():
    frame = tickets(0.0)
    said = frame.rename(columns={"created_at": "at", "subject": "text"})[["ticket_id", "at", "text"]]
    events = pd.concat([
        said.assign(kind="requester_message", actor_kind="requester"),
        said.assign(
            kind="requester_message", actor_kind="requester", text="thank you", at=said["at"] + pd.Timedelta("1h")
        ),
    ])  # fmt: skip
    found = estimated_topics(ground({"tickets": frame.assign(subject="Contact form"), "ticket_events": events}))
    assert found.facts["latin.k"] == 3


@pytest.mark.parametrize(
    ("frame", "chosen", "reason"),
    [
        (lambda: tickets(0.0), {"text": {"topics": "off"}}, "off"),
        (lambda: tickets(0.0).drop(columns="subject"), {}, "no_column"),
        (lambda: tickets(0.0).assign(topic="Order"), {}, "no_cases"),
        (lambda: tickets(0.0).head(60), {}, "not_enough"),
        (lambda: tickets(0.0).assign(subject=""), {}, "not_enough"),
    ],
    ids=["off", "no text column", "all tagged", "few", "empty"],
)
def test_why_there_are_no_estimated_topics(frame, chosen: dict, reason: str):
    assert estimated_topics(ground({"tickets": frame()}, **chosen)).reason == reason


def surveys_and_reviews() -> dict[str, pd.DataFrame]:
    """Rated comments that say what they are rated, and unrated ones: 30 pleased, 10 cross; and ten reviews."""
    words = {True: ("friendly agent", "quick answer", "solved at once", "very kind"),
             False: ("nobody answered", "rude agent", "waited for weeks", "copied answer")}  # fmt: skip
    rows = []
    for number in range(440):
        is_pleased = number % 4 != 0
        bank = words[is_pleased]
        comment = f"{bank[number % 3]} {bank[(number // 3) % 4]} {'abcdefghij'[number % 10] * 4}"
        rows.append((f"s{number}", comment, (5 if is_pleased else 1) if number < 400 else None))
    surveys = pd.DataFrame(rows, columns=["survey_id", "comment", "score"])
    stamp = pd.Timestamp("2026-07-10", tz="UTC")
    surveys = surveys.assign(kind="csat", answered_at=stamp, scale_min=1.0, scale_max=5.0)
    reviews = pd.DataFrame({
        "review_id": [f"r{number}" for number in range(10)], "site": "maps", "posted_at": stamp,
        "text": ["friendly agent, very kind"] * 5 + ["nobody answered"] * 5, "rating": [5.0] * 3 + [None] * 7,
        "scale_max": 5.0,
    })  # fmt: skip
    return {"surveys": surveys, "reviews": reviews}


def test_sentiment_of_unrated_comments_and_reviews():
    found = estimated_sentiment(ground(surveys_and_reviews()))
    counts = found.frame.set_index(["source", "is_estimated", "sentiment"])["comments"].to_dict()
    assert counts == {
        ("survey", False, "positive"): 300, ("survey", False, "negative"): 100, ("survey", True, "positive"): 30,
        ("survey", True, "negative"): 10, ("review", False, "positive"): 3, ("review", False, "negative"): 0,
        ("review", True, "positive"): 2, ("review", True, "negative"): 5,
    }  # fmt: skip
    assert found.facts["balanced_accuracy"] > 0.95
    assert found.facts["majority"] == pytest.approx(303 / 403)


@pytest.mark.parametrize(
    ("frames", "chosen", "reason"),
    [
        (surveys_and_reviews, {"text": {"sentiment": False}}, "off"),
        (lambda: {"tickets": tickets(0.0)}, {}, "no_source"),
        (lambda: {"surveys": surveys_and_reviews()["surveys"].head(400)}, {}, "no_cases"),
        (lambda: {"surveys": surveys_and_reviews()["surveys"].tail(120)}, {}, "not_enough"),
    ],
    ids=["off", "no surveys", "all rated", "few rated"],
)
def test_why_there_is_no_estimated_sentiment(frames, chosen: dict, reason: str):
    assert estimated_sentiment(ground(frames(), **chosen)).reason == reason


def test_recurring_topic_from_tables():
    """On Order every third contact comes back two days later, on the other topics hardly any."""
    rows = []
    for number in range(400):
        topic = ("Order", "Login", "Invoice", "Return")[number % 4]
        at = pd.Timestamp("2026-07-01", tz="UTC") + pd.Timedelta(hours=number)
        rows.append((f"a{number}", at, f"c{number}", topic))
        if topic == "Order" and number % 3 == 0 or number % 97 == 0:
            rows.append((f"b{number}", at + pd.Timedelta(days=2), f"c{number}", topic))
    frame = pd.DataFrame(rows, columns=["ticket_id", "created_at", "requester_id", "topic"]).assign(
        channel_code="email"
    )
    found = recurring_questions(ground({"tickets": frame}))
    assert found.frame[["subject", "name", "is_estimated"]].values.tolist() == [["topic", "Order", False]]
    # Of contacts in the first seven days of the data it cannot be told whether somebody had come before.
    told = frame[(frame["topic"] == "Order") & (frame["created_at"] >= pd.Timestamp("2026-07-08", tz="UTC"))]
    assert found.frame["events"].tolist() == [told["ticket_id"].str.startswith("b").sum()]
    assert found.frame["cases"].tolist() == [len(told)]


def test_untagged_requests_recur_under_the_words_of_their_group():
    """Half of those who ask about invoices ask again a day later; nobody else does."""
    asked = planting.requests(("en",))
    at = pd.Timestamp("2026-07-10", tz="UTC") + pd.to_timedelta(range(len(asked)), unit="m")
    first = pd.DataFrame({
        "ticket_id": asked["ticket_id"], "created_at": at, "channel_code": "email", "requester_id": asked["ticket_id"],
        "subject": asked["text"],
    })  # fmt: skip
    again = first[asked["planted"] == "invoice"].iloc[::2]
    again = again.assign(ticket_id="x" + again["ticket_id"], created_at=again["created_at"] + pd.Timedelta(days=1))
    found = recurring_questions(ground({"tickets": pd.concat([first, again])}))
    assert found.frame["is_estimated"].tolist() == [True]
    assert "invoice" in found.frame["name"][0].casefold()
    assert found.frame["events"].tolist() == [len(again)]


def test_nothing_recurs():
    frame = tickets(1.0)
    assert recurring_questions(ground({"tickets": frame})).reason == "none_found"


def test_models_are_not_loaded_without_text():
    code = "import sys, evaluation.breakdowns, evaluation.assessing; print('sklearn' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
