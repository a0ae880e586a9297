"""What customers say: every edge case of satisfaction, loyalty and reviews, from canonical rows to the figure."""

import math
import statistics
from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.measurement import Absent, Caveat
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.intervals import mean_interval, nps_interval, wilson_interval
from evaluation.tables import Tables

CUT = datetime(2026, 8, 20, tzinfo=UTC)
SCALES = {"csat": (1.0, 5.0), "nps": (0.0, 10.0), "ces": (1.0, 7.0), "form": (None, None)}


def survey(number, kind, score, **more):
    low, high = SCALES[kind]
    told = {"survey_id": f"s:{number}", "kind": kind, "score": score, "scale_min": low, "scale_max": high,
            "asked_at": "2026-07-06T10:00Z", "answered_at": "2026-07-07T10:00Z", "ticket_id": None, "call_id": None,
            "requester_id": f"c:{number}", "comment": None}  # fmt: skip
    return told | more


def measured(only, metrics=None, period="2026-07", **tables):
    frames = {}
    for name, rows in tables.items():
        frame = pd.DataFrame(rows)
        for column in frame.columns:
            if column.endswith("_at"):
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
            elif frame[column].isna().all() or column in ("ticket_id", "call_id", "comment", "text"):
                is_number = column in ("score", "scale_min", "scale_max", "rating", "weight")
                frame[column] = frame[column].astype("float64" if is_number else "string")
        frames[name] = frame
    settings = Settings.model_validate(
        {"organisation": {"name": "Northwind Care", "time_zone": "UTC"}, "metrics": metrics or {}}
    )
    facts = derive(Tables.from_frames(frames), settings, CUT)
    found = measure(facts, settings, Period.parse(period, zone="UTC"), only=only)
    return lambda metric, statistic="value": found.get(metric, period, statistic=statistic)


def test_both_readings_of_a_score_are_always_measured_with_the_standard_deviation():
    scores = [5, 4, 4, 2, 1, 3]
    rows = [survey(n, "csat", float(score)) for n, score in enumerate(scores)]
    row = measured(["csat", "csat_mean"], surveys=rows)
    assert row("csat").value == pytest.approx(3 / 6)
    mean, spread = row("csat_mean", "mean"), row("csat_mean", "sd")
    assert mean.value == pytest.approx(statistics.mean(scores))
    assert spread.value == pytest.approx(statistics.stdev(scores))
    assert (spread.low, spread.high, spread.n) == (None, None, 6)
    interval = mean_interval(scores, lowest=1, highest=5)
    assert (mean.low, mean.high) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_the_standard_deviation_of_weighted_answers():
    rows = [
        survey(n, "ces", score, weight=weight) for n, (score, weight) in enumerate([(7.0, 3.0), (4.0, 1.0), (2.0, 2.0)])
    ]
    row = measured(["ces"], surveys=rows)
    mean = (7 * 3 + 4 + 2 * 2) / 6
    variance = (3 * (7 - mean) ** 2 + (4 - mean) ** 2 + 2 * (2 - mean) ** 2) / 6
    size = 6**2 / (9 + 1 + 4)
    assert row("ces", "mean").value == pytest.approx(mean)
    assert row("ces", "sd").value == pytest.approx(math.sqrt(variance * size / (size - 1)))


def test_one_answer_has_a_mean_and_no_standard_deviation():
    row = measured(["ces"], surveys=[survey(1, "ces", 6.0)])
    assert row("ces", "mean").value == 6
    assert (row("ces", "sd").value, row("ces", "sd").reason) == (None, Absent.UNDEFINED)


def test_reversed_items_are_turned_before_anything_is_counted():
    rows = [survey(1, "ces", 1.0, is_reversed=True), survey(2, "ces", 6.0, is_reversed=False)]
    row = measured(["ces", "ces_top_box"], surveys=rows)
    assert (row("ces", "mean").value, row("ces_top_box").value) == (6.5, 1.0)


@pytest.mark.parametrize(
    ("scale", "scores", "low"),
    [((1, 5), [1, 2, 3, 4, 5], 2 / 5), ((0, 1), [0, 1, 1], 1 / 3), ((1, 7), [1, 2, 3, 7], 2 / 4),
     ((1, 10), [1, 3, 4, 10], 2 / 4), ((0, 100), [25, 26, 100], 1 / 3)],
)  # fmt: skip
def test_low_ratings_mirror_the_top_box(scale, scores, low):
    ends = {"scale_min": float(scale[0]), "scale_max": float(scale[1])}
    rows = [survey(n, "csat", float(score), **ends) for n, score in enumerate(scores)]
    turned = [survey(n, "csat", float(sum(scale) - score), **ends) for n, score in enumerate(scores)]
    assert measured(["dissatisfaction_reasons"], surveys=rows)("dissatisfaction_reasons").value == pytest.approx(low)
    assert measured(["csat"], surveys=turned)("csat").value == pytest.approx(low)


def test_a_second_rating_counts_in_place_of_the_first():
    first = {"ticket_id": "t:1", "requester_id": "c:1"}
    rows = [survey(1, "csat", 1.0, **first), survey(2, "csat", 5.0, answered_at="2026-07-09T10:00Z", **first)]
    row = measured(["csat", "response_rate"], surveys=rows)
    assert (row("csat").value, row("csat").n, row("response_rate").n) == (1, 1, 1)


LATER_ROWS = [
    ((5.0, None), (None, None), 1, 1.0, 1),
    ((5.0, None), (None, "thanks"), 1, 1.0, 1),
    ((None, None), (5.0, None), 1, 1.0, 1),
    ((1.0, None), (5.0, None), 1, 1.0, 1),
    ((5.0, None), (1.0, None), 1, 0.0, 1),
    ((None, "hm"), (None, None), 0, None, 1),
    ((None, None), (None, None), 0, None, 0),
]
"""Score and comment of 7 July and of 8 July; then n and value of CSAT, and how many answered of the one asked."""


@pytest.mark.parametrize(("first", "second", "n", "value", "answered"), LATER_ROWS)
def test_a_later_row_without_a_score_takes_none_away(first, second, n, value, answered):
    one_id, two_ids = ({"ticket_id": f"t:{n}", "requester_id": f"c:{n}"} for n in (1, 2))
    later = {"comment": second[1], "answered_at": "2026-07-08T10:00Z"}
    rows = [
        survey(1, "csat", first[0], comment=first[1], **one_id), survey(1, "csat", second[0], **one_id, **later),
        survey(2, "csat", first[0], comment=first[1], **two_ids), survey(3, "csat", second[0], **two_ids, **later),
    ]  # fmt: skip
    row = measured(["csat", "response_rate"], surveys=rows)
    assert (row("csat").n, row("csat").value) == (2 * n, value)
    assert (row("response_rate").numerator, row("response_rate").denominator) == (2 * answered, 2)


def test_relation_and_interaction_are_never_mixed():
    rows = [
        survey(1, "nps", 10.0), survey(2, "nps", 9.0), survey(3, "nps", 7.0),
        survey(4, "nps", 0.0, ticket_id="t:1"), survey(5, "nps", 0.0, call_id="p:1"),
        survey(6, "nps", 10.0, call_id="p:2"),
    ]  # fmt: skip
    row = measured(["nps", "nps_interaction"], surveys=rows)
    assert (row("nps").value, row("nps").n) == (pytest.approx(200 / 3), 3)
    assert (row("nps_interaction").value, row("nps_interaction").n) == (pytest.approx(-100 / 3), 3)
    assert row("nps").excluded == row("nps_interaction").excluded == 0
    other = measured(["nps", "nps_relation"], metrics={"nps": {"variant": "interaction"}}, surveys=rows)
    assert (other("nps").n, other("nps_relation").value) == (3, row("nps").value)


def test_a_source_that_links_nothing_asks_about_the_relation():
    row = measured(["nps", "nps_interaction"], surveys=[survey(n, "nps", 9.0) for n in range(3)])
    assert (row("nps").n, row("nps_interaction").n, row("nps_interaction").reason) == (3, 0, Absent.NO_CASES)


def test_nps_of_one_side_has_an_interval_and_few_answers_a_caveat():
    row = measured(["nps"], surveys=[survey(n, "nps", 10.0) for n in range(12)])("nps")
    interval = nps_interval([10] * 12)
    assert (row.value, row.low, row.high) == (100, pytest.approx(interval.low), pytest.approx(100))
    assert row.low < 100
    assert row.caveats == (Caveat.SMALL_SAMPLE,)


def test_suppressed_surveys_are_left_out_of_the_response_rate_and_counted():
    rows = [
        survey(1, "csat", 4.0, is_suppressed=False),
        survey(2, "csat", None, answered_at=None, is_suppressed=False),
        survey(3, "csat", None, answered_at=None, is_suppressed=True),
        survey(4, "csat", None, answered_at=None, is_suppressed=True, asked_at="2026-08-19T10:00Z"),
    ]
    row = measured(["response_rate"], surveys=rows)("response_rate")
    assert (row.numerator, row.denominator, row.undecided, row.excluded) == (1, 2, 0, 1)


def test_what_says_nothing_is_no_answer():
    rows = [
        survey(1, "csat", None), survey(2, "csat", None, comment="The agent was kind."), survey(3, "form", None),
        survey(4, "csat", 3.0),
    ]  # fmt: skip
    row = measured(["response_rate", "csat"], surveys=rows)
    assert (row("response_rate").numerator, row("response_rate").denominator) == (3, 4)
    assert (row("csat").n, row("csat").excluded) == (1, 0)


def review(number, rating, **more):
    told = {"review_id": f"r:{number}", "site": "Maps", "posted_at": "2026-07-06T10:00Z", "rating": rating,
            "scale_max": 5.0, "text": None, "replied_at": None, "branch_id": "Gdansk", "topic": "Delivery"}  # fmt: skip
    return told | more


def test_ratings_of_other_scales_are_left_out_and_said():
    rows = [review(1, 5.0), review(2, 2.0), review(3, 9.0, site="Booking", scale_max=10.0), review(4, None, text="Hm")]
    row = measured(["review_rating", "review_sentiment"], reviews=rows)
    rating = row("review_rating", "mean")
    assert (rating.value, rating.n, rating.excluded) == (3.5, 2, 1)
    assert Caveat.MIXED_SCALES in rating.caveats
    assert row("review_rating", "sd").value == pytest.approx(statistics.stdev([5, 2]))
    assert (row("review_sentiment").numerator, row("review_sentiment").denominator) == (2, 3)


def test_sentiments_add_up_and_only_what_rates_has_one():
    rows = [review(n, rating) for n, rating in enumerate([5.0, 4.0, 3.0, 2.0, 1.0, 1.0, None])]
    ids = ["review_sentiment", "review_sentiment_neutral", "review_sentiment_negative"]
    row = measured(ids, reviews=rows)
    assert [row(name).numerator for name in ids] == [2, 1, 3]
    assert sum(row(name).value for name in ids) == pytest.approx(1)
    low = wilson_interval(3, 6)
    assert (row(ids[2]).low, row(ids[2]).high) == (pytest.approx(low.low), pytest.approx(low.high))


def test_answers_to_reviews_decided_undecided_and_late():
    rows = [
        review(1, 1.0, replied_at="2026-07-06T12:00Z"),
        review(2, 1.0, replied_at="2026-07-08T12:00Z"),
        review(3, 2.0),
        review(4, 5.0, replied_at="2026-07-06T11:00Z"),
        review(5, 1.0, posted_at="2026-08-19T10:00Z"),
    ]
    only = ["review_answer_rate", "review_answer_time", "negative_reviews_answered_in_target"]
    july, august = measured(only, reviews=rows), measured(only, period="2026-08", reviews=rows)
    assert (july("review_answer_rate").numerator, july("review_answer_rate").denominator) == (3, 4)
    hours = [july("review_answer_time", name).value / 3600 for name in ("median", "mean")]
    assert hours == [2, pytest.approx(53 / 3)]
    assert july("review_answer_time", "median").undecided == 1
    in_time = july("negative_reviews_answered_in_target")
    assert (in_time.numerator, in_time.denominator, in_time.undecided) == (1, 3, 0)
    waits = august("negative_reviews_answered_in_target")
    assert waits.value is None
    assert waits.undecided == 1
    assert (waits.reason, august("review_answer_rate").undecided) == (Absent.NOT_DECIDED, 1)


def test_a_duplicate_is_left_out_of_every_figure():
    words = "My parcel came a week late."
    rows = [review(1, 1.0, text=words), review(2, 1.0, text=words, site="Opineo"), review(3, 5.0)]
    only = ["review_rating", "review_sentiment", "review_answer_rate"]
    row = measured(only, reviews=rows)
    assert [(row(name, "mean" if name == "review_rating" else "value").n) for name in only] == [2, 2, 2]
    assert row("review_answer_rate").excluded == 1
