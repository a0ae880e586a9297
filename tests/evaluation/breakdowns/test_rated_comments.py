"""Comments beside ratings: which are chosen, that details are masked, and when none are told."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.breakdowns import Ground
from evaluation.breakdowns.rated_comments import LONGEST, rated_comments
from evaluation.facts import derive
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 8, 20, tzinfo=UTC)
JULY = Period.parse("2026-07", zone="UTC")
AGENTS = [{"agent_id": "a1", "name": "Anna Kowalska"}]


def rating(number, score, comment=None, topic="Delivery", **more):
    return {"score": score, "comment": comment, "topic": topic, "answered_at": f"2026-07-10T10:00:{number:02}Z"} | more


def found(*ratings, least=5, comments=True, withheld=None):
    """The comments of ratings, each about a ticket of its own with the rating's topic."""
    surveys, tickets = [], []
    for number, row in enumerate(ratings):
        tickets.append({"ticket_id": f"t:{number}", "created_at": pd.Timestamp("2026-07-01T09:00Z"),
                        "channel_code": "email", "topic": row["topic"], "requester_id": f"c{number}"})  # fmt: skip
        surveys.append({"survey_id": f"s:{number:03}", "kind": "csat", "scale_min": 1.0, "scale_max": 5.0,
                        "ticket_id": f"t:{number}", "requester_id": f"c{number}", "score": row["score"],
                        "comment": row["comment"], "asked_at": pd.Timestamp("2026-07-02T09:00Z"),
                        "answered_at": pd.Timestamp(row["answered_at"])})  # fmt: skip
    frames = {"surveys": pd.DataFrame(surveys), "tickets": pd.DataFrame(tickets), "agents": pd.DataFrame(AGENTS)}
    for name, column in (("surveys", "comment"), ("tickets", "topic")):
        frames[name][column] = frames[name][column].astype("string")
    settings = Settings.model_validate(
        {"organisation": {"name": "Northwind Care", "time_zone": "UTC"}, "text": {"comments": comments},
         "metrics": {"csat": {"minimum_sample": least}}}
    )  # fmt: skip
    tables = Tables.from_frames(frames)
    facts = derive(tables, settings, CUT)
    measured = measure(facts, settings, JULY, only=["csat"], withheld=withheld)
    return rated_comments(Ground(facts=facts, tables=tables, settings=settings, period=JULY, measurements=measured))


def told(breakdown, side="low"):
    return breakdown.frame.loc[breakdown.frame["side"] == side, "comment"].tolist()


FILLING = [rating(number, 3.0) for number in range(5)]


def test_each_side_has_its_comments_the_newest_of_each_topic_first():
    rows = [
        rating(1, 1.0, "It came a week too late."), rating(2, 2.0, "Nobody knew where it was."),
        rating(3, 1.0, "The invoice was wrong twice.", "Invoice"), rating(4, 5.0, "All was done in one message."),
        rating(5, 3.0, "It was neither good nor bad."), rating(6, 2.0, "nobody knew, where it WAS"),
        *FILLING, *[rating(10, 4.0, topic="Invoice") for _ in range(4)],
    ]  # fmt: skip
    made = found(*rows)
    assert told(made) == ["nobody knew, where it WAS", "The invoice was wrong twice.", "It came a week too late."]
    assert told(made, "high") == ["All was done in one message."]
    assert made.frame["topic"].tolist() == ["Delivery", "Invoice", "Delivery", "Delivery"]
    assert made.frame["score"].tolist() == [2, 1, 1, 5]
    again = found(*rows[::-1])
    assert sorted(told(again)) == sorted(told(made))  # whatever the order of the rows


def test_details_and_names_are_masked_and_long_comments_cut():
    long = "Anna Kowalska promised to call +48 601 234 567 about order no. 55. " + "And then nothing came. " * 20
    text = told(found(rating(1, 1.0, long), *FILLING))[0]
    assert text.startswith("[name] promised to call [phone] about order no. [number]. And then")
    assert len(text) <= LONGEST
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("rows", "options", "reason"),
    [
        ([rating(1, 1.0, "A whole sentence of words.", topic="Rare"), *FILLING], {}, "no_cases"),
        ([rating(1, 1.0, "Short."), rating(2, 1.0, "   "), *FILLING], {}, "no_cases"),
        ([rating(1, 1.0, "A whole sentence of words."), *FILLING], {"comments": False}, "off"),
        ([rating(1, 1.0, "A whole sentence of words."), *FILLING], {"withheld": {"csat": "checks"}}, "withheld"),
        ([rating(1, 1.0, "A whole sentence of words.", answered_at="2026-08-01T00:00Z"), *FILLING], {}, "no_cases"),
    ],
    ids=["too few ratings of the topic", "nothing said", "switched off", "withheld", "after the period"],
)
def test_when_no_comments_are_told(rows, options, reason):
    assert found(*rows, **options).reason == reason
