"""Distributions of scores, reasons of low ratings, reviews by site: worked out by hand."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pandas as pd
import pytest

from evaluation.breakdowns import Ground
from evaluation.breakdowns.dissatisfaction_reasons import dissatisfaction_reasons
from evaluation.breakdowns.reviews_by_site import reviews_by_site
from evaluation.breakdowns.score_distribution import score_distribution
from evaluation.facts import derive
from evaluation.measurement import UNASSIGNED
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.intervals import wilson_interval
from evaluation.tables import Tables

CUT = datetime(2026, 8, 20, tzinfo=UTC)


def ground(**tables):
    frames = {}
    for name, rows in tables.items():
        frame = pd.DataFrame(rows)
        for column in frame.columns:
            if column.endswith("_at") or column == "at":
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
            elif column in ("ticket_id", "comment", "text", "topic", "template_id", "branch_id"):
                frame[column] = frame[column].astype("string")
        frames[name] = frame
    told = {"organisation": {"name": "Northwind Care", "time_zone": "UTC"}, "replay": {"automatic_authors": ["robo"]}}
    settings = Settings.model_validate(told)
    made = Tables.from_frames(frames)
    period = Period.parse("2026-07", zone="UTC")
    facts = derive(made, settings, CUT)
    return Ground(facts=facts, tables=made, settings=settings, period=period, measurements=SimpleNamespace())


def survey(number, score, kind="csat", scale=(1.0, 5.0), **more):
    told = {"survey_id": f"s:{number}", "kind": kind, "score": score, "scale_min": scale[0], "scale_max": scale[1],
            "asked_at": "2026-07-06T10:00Z", "answered_at": f"2026-07-07T10:{number:02}Z", "ticket_id": None,
            "comment": None, "weight": 1.0, "requester_id": f"c:{number}"}  # fmt: skip
    return told | more


def test_scores_are_shown_by_kind_variant_and_scale():
    rows = [
        survey(1, 5.0), survey(2, 5.0, weight=2.0), survey(3, 2.0), survey(4, 1.0, scale=(0.0, 1.0)), survey(5, 9.0),
        survey(6, 10.0, "nps", (0.0, 10.0)), survey(7, 3.0, "nps", (0.0, 10.0), ticket_id="t:1"),
        survey(8, 42.5, "ces", (0.0, 100.0)), survey(9, 4.0, answered_at="2026-08-01T00:00Z"), survey(10, None),
    ]  # fmt: skip
    found = score_distribution(ground(surveys=rows))
    frame = found.frame
    five = frame[(frame["kind"] == "csat") & (frame["scale_max"] == 5)]
    assert five["score"].tolist() == [1, 2, 3, 4, 5]
    assert five["n"].tolist() == [0, 1, 0, 0, 2]
    assert five["share"].tolist() == pytest.approx([0, 1 / 4, 0, 0, 3 / 4])
    assert frame.loc[frame["scale_max"] == 1, "n"].tolist() == [0, 1]
    nps = frame[frame["kind"] == "nps"].groupby("variant")["n"].agg(["size", "sum"])
    assert nps.to_dict("index") == {"interaction": {"size": 11, "sum": 1}, "relation": {"size": 11, "sum": 1}}
    assert frame.loc[frame["kind"] == "ces", ["score", "n", "share"]].values.tolist() == [[42.5, 1, 1.0]]
    assert frame["kind"].unique().tolist() == ["csat", "nps", "ces"]
    assert frame["n"].sum() == 7


def test_a_second_rating_is_counted_as_such():
    rows = [survey(1, 1.0, ticket_id="t:1", requester_id="c"), survey(2, 4.0, ticket_id="t:1", requester_id="c")]
    found = score_distribution(ground(surveys=rows))
    assert found.facts["re_rated"] == 1
    assert found.frame.set_index("score").loc[[1, 4], "n"].tolist() == [0, 1]


def reply(ticket, template=None, at="2026-07-06T09:00Z", **more):
    told = {"ticket_id": ticket, "at": at, "kind": "public_reply", "actor_kind": "agent", "actor_id": "ann",
            "template_id": template}  # fmt: skip
    return told | more


@pytest.fixture(scope="module")
def reasons():
    topics = {"t:1": "Delivery", "t:2": "Delivery", "t:3": "Delivery", "t:4": "Invoice", "t:5": None}
    tickets = [
        {"ticket_id": ticket, "created_at": "2026-07-05T10:00Z", "channel_code": "email", "topic": topic}
        for ticket, topic in topics.items()
    ]
    events = [
        reply("t:1", "apology"), reply("t:1", "apology"), reply("t:1", "details"), reply("t:2", "apology"),
        reply("t:2", "later", at="2026-07-20T10:00Z"), reply("t:2", "receipt", actor_kind="bot"),
        reply("t:2", "robot", actor_id="robo"), reply("t:3"), reply("t:4", "details"), reply("t:5"),
    ]  # fmt: skip
    surveys = [
        survey(1, 1.0, ticket_id="t:1", comment="Too late."), survey(2, 2.0, ticket_id="t:2", comment="Never came."),
        survey(3, 3.0, ticket_id="t:3", comment="So so."), survey(4, 5.0, ticket_id="t:4", comment="Great."),
        survey(5, 1.0, ticket_id="t:5", comment=" "), survey(6, 1.0, comment="No idea."),
        survey(7, 0.0, scale=(0.0, 1.0), ticket_id="t:4"),
    ]  # fmt: skip
    return dissatisfaction_reasons(ground(tickets=tickets, ticket_events=events, surveys=surveys)).frame


def test_low_ratings_by_topic(reasons):
    topics = reasons[reasons["by"] == "topic"].set_index("member")
    told = {member: (row["n"], row["low"], row["comments"]) for member, row in topics.iterrows()}
    assert told == {
        "Delivery": (3, 2, ("Never came.", "Too late.")),
        "Invoice": (1, 0, ()),
        UNASSIGNED: (2, 2, ("No idea.",)),
    }
    interval = wilson_interval(2, 3)
    assert topics.loc["Delivery", "share"] == pytest.approx(2 / 3)
    assert topics.loc["Delivery", ["share_low", "share_high"]].tolist() == pytest.approx([interval.low, interval.high])
    assert topics.index.tolist() == [UNASSIGNED, "Delivery", "Invoice"]


def test_low_ratings_by_template_of_the_human_replies_before_the_rating(reasons):
    templates = reasons[reasons["by"] == "template"].set_index("member")
    told = {member: (row["n"], row["low"]) for member, row in templates.iterrows()}
    assert told == {"apology": (2, 2), "details": (2, 1), UNASSIGNED: (2, 1)}
    assert templates.loc["apology", "comments"] == ("Never came.", "Too late.")


def test_at_most_five_comments_the_newest_first():
    rows = [survey(n, 1.0, comment=f"Comment {n}") for n in range(1, 9)]
    (row,) = dissatisfaction_reasons(ground(surveys=rows)).frame.to_dict("records")
    assert row["comments"] == tuple(f"Comment {n}" for n in (8, 7, 6, 5, 4))


def test_reviews_by_site_and_scale():
    words = "My parcel came a week late."

    def review(number, site, rating, **more):
        return {"review_id": f"r:{number}", "site": site, "posted_at": f"2026-07-06T10:{number:02}Z", "rating": rating,
                "scale_max": 5.0, "text": None, "replied_at": None} | more  # fmt: skip

    rows = [
        review(1, "Maps", 5.0, replied_at="2026-07-06T11:01Z"), review(2, "Maps", 2.0, text=words),
        review(3, "Maps", None, text="Where?"), review(4, "Opineo", 2.0, text=words),
        review(5, "Opineo", 4.0, replied_at="2026-07-08T10:05Z"), review(6, "Maps", 9.0, scale_max=10.0),
    ]  # fmt: skip
    frame = reviews_by_site(ground(reviews=rows)).frame.set_index(["site", "scale_max"])
    maps, ten, opineo = frame.loc[("Maps", 5.0)], frame.loc[("Maps", 10.0)], frame.loc[("Opineo", 5.0)]
    assert maps[["n", "rated", "mean", "answered", "duplicates"]].tolist() == [3, 2, 3.5, 1, 0]
    assert maps[["positive", "neutral", "negative"]].tolist() == [0.5, 0.0, 0.5]
    assert (maps["median_seconds"], maps["answered_share"]) == (3600, pytest.approx(1 / 3))
    assert (ten["n"], ten["mean"], ten["positive"], pd.isna(ten["sd"])) == (1, 9, 1, True)
    assert opineo[["n", "rated", "mean", "answered", "duplicates"]].tolist() == [1, 1, 4.0, 1, 1]


@pytest.mark.parametrize("make", [score_distribution, dissatisfaction_reasons, reviews_by_site])
def test_without_a_source_and_without_answers_there_is_a_reason(make):
    tickets = [{"ticket_id": "t:1", "created_at": "2026-07-05T10:00Z", "channel_code": "email"}]
    assert make(ground(tickets=tickets)).reason == "no_source"
    late = {"asked_at": "2026-08-02T10:00Z", "answered_at": "2026-08-02T12:00Z"}
    review = {"review_id": "r:1", "site": "Maps", "posted_at": "2026-08-02T10:00Z", "rating": 4.0, "scale_max": 5.0}
    assert make(ground(surveys=[survey(1, 4.0, **late)], reviews=[review])).reason == "no_cases"
