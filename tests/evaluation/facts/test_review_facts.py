"""Public reviews become facts: each once, as it stands at cut, with its answer and how the promise stands."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = datetime(2026, 7, 20, 12, tzinfo=UTC)
LONG = "The parcel came a week late."


def review(number, posted, rating=5.0, **more):
    return {
        "review_id": f"r:{number}", "site": "Maps", "posted_at": f"2026-07-{posted}Z", "rating": rating,
        "scale_max": 5.0, "text": None, "replied_at": None, **more,
    }  # fmt: skip


def facts(*rows, cut=CUT, calendars=None, **reviews):
    frame = pd.DataFrame(list(rows))
    for name in ("posted_at", "replied_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    frame = frame.astype({"text": "string", "rating": "float64"})
    office = {"default": {"time_zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}}}
    settings = Settings.model_validate(
        {
            "organisation": {"name": "Northwind Care", "time_zone": "UTC"},
            "calendars": office | (calendars or {}),
            "calendar_for": {"by_branch": {name: name for name in calendars or {}}},
            "reviews": reviews,
        }
    )
    found = derive(Tables.from_frames({"reviews": frame}), settings, cut)["reviews"].execute()
    plain = found.astype(object).where(found.notna(), None)
    return {row["review_id"]: row for row in plain.sort_values("review_id").to_dict("records")}


SENTIMENTS = [
    (5, {}, "positive"), (4, {}, "positive"), (3, {}, "neutral"), (2, {}, "negative"), (1, {}, "negative"),
    (4.5, {}, "positive"), (3.5, {}, "neutral"), (2.5, {}, "neutral"),
    (8, {"scale_max": 10.0}, "positive"), (7, {"scale_max": 10.0}, "neutral"), (4, {"scale_max": 10.0}, "neutral"),
    (3, {"scale_max": 10.0}, "negative"), (1, {"scale_max": 1.0}, "positive"), (0, {"scale_max": 1.0}, "negative"),
    (75, {"scale_max": 100.0, "scale_min": 0.0}, "positive"), (25, {"scale_max": 100.0, "scale_min": 0.0}, "negative"),
    (None, {}, None), (5, {"scale_max": None}, None), (9, {}, None), (0, {}, None),
]  # fmt: skip


def test_sentiment_is_the_place_on_the_scale():
    rows = facts(*(review(n, "01T10:00", rating, **scale) for n, (rating, scale, _) in enumerate(SENTIMENTS, 10)))
    assert [row["sentiment"] for row in rows.values()] == [sentiment for _, _, sentiment in SENTIMENTS]


def test_words_and_stars_are_told_apart():
    rows = facts(
        review(1, "01T10:00", 4.0), review(2, "01T10:00", None, text="Where is my parcel?"),
        review(3, "01T10:00", 4.0, text="  "),
    )  # fmt: skip
    assert [(row["rating"], row["has_text"]) for row in rows.values()] == [(4, False), (None, True), (4, False)]
    assert {row["exclusion"] for row in rows.values()} == {None}


def test_an_edited_review_keeps_its_first_day_and_its_first_answer_and_says_the_latest():
    rows = facts(
        review(1, "01T10:00", 1.0, text="Bad", replied_at="2026-07-02T10:00Z"),
        review(1, "05T10:00", 4.0, text="Better", replied_at="2026-07-06T10:00Z"),
        review(1, "19T10:00", 5.0, text="Good"),
    )  # fmt: skip
    (row,) = rows.values()
    assert (row["rating"], row["sentiment"], row["is_edited"]) == (5, "positive", True)
    assert row["posted_at"] == pd.Timestamp("2026-07-01T10:00Z")
    assert row["replied_at"] == pd.Timestamp("2026-07-02T10:00Z")
    assert row["answer_calendar_seconds"] == 86_400


def test_an_edit_after_cut_is_not_known_yet():
    rows = facts(review(1, "01T10:00", 1.0), review(1, "19T10:00", 5.0), cut=datetime(2026, 7, 10, tzinfo=UTC))
    assert [(row["rating"], row["is_edited"]) for row in rows.values()] == [(1, False)]
    answered = facts(review(1, "01T10:00", 1.0, replied_at="2026-07-11T10:00Z"), cut=datetime(2026, 7, 10, tzinfo=UTC))
    assert (answered["r:1"]["replied_at"], answered["r:1"]["answer_state"]) == (None, "past_due")


def test_one_address_on_one_site_is_one_review_unless_it_is_a_page():
    own = {"url": "https://maps.example/r/1"}
    rows = facts(
        review(1, "01T10:00", 1.0, **own), review(2, "02T10:00", 4.0, **own),
        review(3, "03T10:00", 2.0, site="Opineo", **own),
    )  # fmt: skip
    assert {key: (row["rating"], row["posted_at"].day) for key, row in rows.items()} == {"r:2": (4, 1), "r:3": (2, 3)}
    page = {"url": "https://maps.example/place"}
    assert len(facts(*(review(n, f"0{n}T10:00", 4.0, **page) for n in range(1, 8)))) == 7


@pytest.mark.parametrize(
    ("second", "is_duplicate"),
    [
        ({"site": "Opineo", "text": LONG}, True),
        ({"site": "Opineo", "text": f"  {LONG.upper()} "}, True),
        ({"site": "Opineo", "text": LONG, "rating": 3.0, "scale_max": 9.0}, True),
        ({"site": "Maps", "text": LONG}, False),
        ({"site": "Opineo", "text": LONG, "rating": 3.0}, False),
        ({"site": "Opineo", "text": "Another parcel came late."}, False),
        ({"site": "Opineo", "text": LONG, "posted_at": "2026-07-04T10:00:00Z"}, True),
        ({"site": "Opineo", "text": LONG, "posted_at": "2026-07-04T10:00:01Z"}, False),
        ({"site": "Opineo", "text": LONG, "branch_id": "Gdansk"}, False),
    ],
)
def test_the_same_review_on_two_sites_counts_once(second, is_duplicate):
    rows = facts(
        review(1, "01T10:00", 2.0, text=LONG, branch_id=None), review(2, "01T11:00", **{"rating": 2.0, **second})
    )
    assert rows["r:1"]["exclusion"] is None
    assert rows["r:2"]["exclusion"] == ("duplicate" if is_duplicate else None)


def test_short_or_absent_words_are_alike_by_chance():
    rows = facts(
        review(1, "01T10:00", text="Super!"), review(2, "01T10:00", site="Opineo", text="Super!"),
        review(3, "01T10:00"), review(4, "01T10:00", site="Opineo"),
    )  # fmt: skip
    assert {row["exclusion"] for row in rows.values()} == {None}


@pytest.mark.parametrize(
    ("promise", "posted", "replied", "state"),
    [
        ({}, "13T10:00", "2026-07-14T10:00:00Z", "in_time"),
        ({}, "13T10:00", "2026-07-14T10:00:01Z", "late"),
        ({}, "13T10:00", None, "past_due"),
        ({}, "19T12:00", None, "undecided"),
        ({}, "19T11:59:59", None, "past_due"),
        ({"answer_within": "8h", "clock": "business"}, "17T16:00", "2026-07-20T10:00Z", "in_time"),
        ({"answer_within": "2h", "clock": "business"}, "18T16:00", "2026-07-20T11:00Z", "in_time"),
        ({"answer_within": "2h", "clock": "business"}, "18T16:00", "2026-07-20T11:01Z", "late"),
        ({"answer_within": "2h", "clock": "business"}, "18T16:00", None, "past_due"),
        ({"answer_within": "4h", "clock": "business"}, "18T16:00", None, "undecided"),
        ({"versions": [{"from": "2026-07-10", "answer_within": "1h"}]}, "09T23:00", "2026-07-10T22:00Z", "in_time"),
        ({"versions": [{"from": "2026-07-10", "answer_within": "1h"}]}, "10T00:00", "2026-07-10T02:00Z", "late"),
        ({}, "13T10:00", "2026-07-12T10:00Z", None),
    ],
)  # fmt: skip
def test_how_the_promise_stands(promise, posted, replied, state):
    row = facts(review(1, posted, 1.0, replied_at=replied), review(2, "01T10:00"), **promise)["r:1"]
    assert row["answer_state"] == state


def test_opening_hours_are_those_of_the_branch():
    late = {"evening": {"time_zone": "UTC", "hours": {"mon-sun": ["18:00-22:00"]}}}
    rows = facts(
        review(1, "13T16:00", replied_at="2026-07-13T20:00Z", branch_id="evening"),
        review(2, "13T16:00", replied_at="2026-07-13T20:00Z", branch_id="day"), calendars=late,
    )  # fmt: skip
    assert [row["answer_business_seconds"] for row in rows.values()] == [7200, 3600]
