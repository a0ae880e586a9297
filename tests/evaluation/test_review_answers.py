import pytest
from pydantic import ValidationError

from evaluation.review_answers import ReviewAnswers


def test_a_day_round_the_clock_unless_said_otherwise():
    assert ReviewAnswers().terms("UTC") == ((None, 86_400, "calendar"),)


def test_changes_begin_at_midnight_of_the_organisations_zone_and_keep_what_they_do_not_name():
    promise = ReviewAnswers.model_validate(
        {"answer_within": "8h", "clock": "business", "versions": [{"from": "2026-07-01", "clock": "calendar"},
                                                                  {"from": "2026-08-01", "answer_within": "4h"}]}
    )  # fmt: skip
    assert [(str(since), seconds, clock) for since, seconds, clock in promise.terms("Europe/Warsaw")] == [
        ("None", 28_800, "business"),
        ("2026-06-30 22:00:00+00:00", 28_800, "calendar"),
        ("2026-07-31 22:00:00+00:00", 14_400, "calendar"),
    ]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"answer_within": "1 day"}, "counts days"),
        ({"answer_within": 24}, "unit is missing"),
        ({"clock": "weekly"}, "business"),
        ({"versions": [{"from": "2026-08-01"}, {"from": "2026-07-01"}]}, "not in the order of their days"),
        ({"within": "8h"}, "within"),
    ],
)
def test_mistakes_are_told(given, found):
    with pytest.raises(ValidationError, match=found):
        ReviewAnswers.model_validate(given)
