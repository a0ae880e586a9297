"""What `scorecards:` and `audits:` take, and what they refuse in a full sentence."""

import pytest
from pydantic import ValidationError

from evaluation.scorecard import ScorecardConfig
from evaluation.settings import Settings

SCALE = {"min": 1, "max": 5}


def settings(*scorecards, **audits):
    return Settings.model_validate(
        {"organisation": {"name": "Northwind Care", "time_zone": "UTC"}, "scorecards": list(scorecards),
         "audits": audits}
    )  # fmt: skip


def card(*criteria, **more):
    return {"id": "letter", "scale": SCALE, "criteria": list(criteria) or [{"id": "greeting"}]} | more


@pytest.mark.parametrize(
    ("scorecard", "found"),
    [
        (card({"id": "a"}, {"id": "a"}), "has the criterion 'a' twice"),
        (card({"id": "a"}, scale=None), "has no scale; give either one"),
        (card({"id": "a"}, scale={"min": 5, "max": 1}), "a scale from 5 to 1 has no length"),
        (card({"id": "a", "critical": True}), "is critical without a line"),
        (card({"id": "a", "line": 3}), "has a line but is not critical"),
        (card({"id": "a", "critical": True, "bonus": True, "line": 3}), "is critical and a bonus"),
        (card({"id": "a", "critical": True, "line": 1}), "can never decide anything"),
        (card({"id": "a", "critical": True, "line": 6}), "can never decide anything"),
        (card({"id": "a", "weight": 0}), "has nothing to score"),
        (card({"id": "a", "bonus": True}), "has nothing to score"),
        (card({"id": "a", "weight": -1}), "greater than or equal to 0"),
        (card({"id": "a", "touchpoint": "middle"}), "'greeting', 'solution' or 'farewell'"),
        (card({"id": "a", "attribute": "patience"}), "'attention'"),
        (card({"id": "a", "wieght": 2}), "wieght"),
        (card(**{"from": "2026-02-01", "until": "2026-02-01"}), "no day at all"),
        (card(criteria=[]), "at least 1 item"),
    ],
)
def test_a_scorecard_that_cannot_score_is_refused(scorecard, found):
    with pytest.raises(ValidationError, match=found):
        settings(scorecard)


@pytest.mark.parametrize(
    ("earlier", "later", "is_hidden"),
    [
        ({}, {}, True),
        ({}, {"version": "2"}, True),  # one without a version takes every version
        ({"version": "1"}, {"version": "2"}, False),
        ({"version": "1"}, {}, False),
        ({"version": "1"}, {"version": "1"}, True),
        ({"until": "2026-01-01"}, {"from": "2026-01-01"}, False),
        ({"from": "2026-01-01"}, {"from": "2026-03-01"}, True),
        ({"from": "2026-01-01"}, {"until": "2026-03-01"}, False),
        ({}, {"id": "call"}, False),
    ],
)
def test_an_entry_that_an_earlier_one_hides_is_refused(earlier, later, is_hidden):
    both = card(**earlier), card(**later)
    if is_hidden:
        with pytest.raises(ValidationError, match="stands twice for the same audits"):
            settings(*both)
    else:
        assert len(settings(*both).scorecards) == 2


def test_a_criterion_has_its_own_scale_or_the_scorecards():
    found = ScorecardConfig.model_validate(card({"id": "a"}, {"id": "b", "scale": {"min": 0, "max": 1}}))
    assert [found.scale_of(criterion).max for criterion in found.criteria] == [5, 1]


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        (None, {"en": "a", "pl": "a"}),
        ("Greeting", {"en": "Greeting", "pl": "Greeting"}),
        ({"en": "Greeting", "pl": "Powitanie"}, {"en": "Greeting", "pl": "Powitanie", "ru": "Greeting"}),
        ({"pl": "Powitanie"}, {"en": "Powitanie"}),
        ({}, {"en": "a"}),
    ],
)
def test_what_a_criterion_is_called(name, languages):
    criterion = ScorecardConfig.model_validate(card({"id": "a", "name": name})).criteria[0]
    assert {language: criterion.called(language) for language in languages} == languages


def test_without_anything_there_are_no_scorecards_and_no_default():
    found = settings()
    assert (found.scorecards, found.audits.default_scale, found.audits.third_party) == ([], None, [])
