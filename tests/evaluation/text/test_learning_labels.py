"""Topics and sentiment learnt from the organisation's own labels, and the refusal to say more than was learnt."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from evaluation.text import sentiment
from evaluation.text.classifying import Labelled, tried
from evaluation.text.topics import estimated, learnt_topics
from evaluation.text.words import folded

SPEC = importlib.util.spec_from_file_location("planted_requests", Path(__file__).with_name("planted_requests.py"))
planting = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(planting)

PLEASED = {
    "en": ("friendly", "quick answer", "really helpful", "solved at once", "clear explanation", "kind agent"),
    "pl": ("szybko", "bardzo miło", "jasna odpowiedź", "pomogli od razu", "uprzejma konsultantka", "polecam"),
}
CROSS = {
    "en": ("rude", "waited for weeks", "nobody answered", "copied answer", "still not solved", "a waste of time"),
    "pl": (
        "niemiło",
        "czekałam tygodniami",
        "nikt nie odpowiedział",
        "gotowa odpowiedź",
        "nadal nie działa",
        "strata czasu",
    ),
}
ASIDE = ("the order", "my account", "w sprawie zwrotu", "on the phone", "na czacie", "about the invoice", "by mail")


def comments(size: int, seed: int) -> list[tuple[str, str]]:
    """Comments with their sentiment, three fifths of them positive, in two languages."""
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(size):
        is_pleased, language = draw.random() < 0.6, draw.choice(["en", "pl"])
        bank = (PLEASED if is_pleased else CROSS)[language]
        said = [*draw.choice(bank, 2, replace=False), *draw.choice(ASIDE, 2, replace=False)]
        found.append((folded(" ".join(draw.permutation(said))), "positive" if is_pleased else "negative"))
    return found


def test_own_topics_are_preferred_and_right():
    asked = planting.requests(tagged=0.5)
    found = estimated(asked)
    both = found.tickets.merge(asked[["ticket_id", "planted"]], on="ticket_id")
    assert set(both["way"]) == {"own_topic"}
    assert (both["estimate"] == both["planted"]).mean() > 0.95
    assert found.learnt.accuracy == pytest.approx((both["estimate"] == both["planted"]).mean(), abs=0.05)


def test_tags_without_meaning_are_not_learnt_and_groups_are_made():
    asked = planting.requests(tagged=0.5)
    tagged = asked["topic"].notna()
    asked.loc[tagged, "topic"] = np.random.default_rng(2).permutation(asked.loc[tagged, "topic"])
    found = estimated(asked)
    assert found.learnt.reason == "not_accurate"
    assert set(found.tickets["way"]) <= {"group", "unclear"}


@pytest.mark.parametrize(
    ("tagged", "untagged", "reason"),
    [
        ([], ["where is it"], "no_tagged"),
        ([("late parcel", "Delivery")] * 50, ["late parcel"], "too_few_tagged"),
        ([("late parcel", "Delivery")] * 500, ["late parcel"], "too_few_tagged"),
        ([("late parcel", "Delivery"), ("no invoice", "Invoice")] * 500, [""], "no_tagged"),
    ],
    ids=["no tags", "few", "one topic", "nothing to assign"],
)
def test_too_little_to_learn(tagged: list, untagged: list, reason: str):
    found = learnt_topics([text for text, _ in tagged], [topic for _, topic in tagged], untagged)
    assert (found.reason, set(found.guesses)) == (reason, {None})


def test_known_wordings_keep_their_tag_and_new_ones_get_none_when_there_are_too_few_wordings():
    pairs = [("late parcel", "Delivery"), ("no invoice", "Invoice"), ("cannot log in", "Login")] * 100
    found = learnt_topics([text for text, _ in pairs], [topic for _, topic in pairs], ["no invoice", "blue shelf"])
    assert [guess and guess.label for guess in found.guesses] == ["Invoice", None]
    assert found.accuracy == 1.0


def test_a_held_back_case_of_a_known_wording_is_judged_without_itself():
    trial = tried(Labelled.of([("same words", "a")] * 3 + [("same words", "b")]))
    assert trial.right(is_known=True) == (3, 4)
    assert trial.right(is_known=True, label="b") == (0, 1)
    assert trial.right(is_known=False) == (0, 4)


def test_planted_sentiment_is_found():
    rated, unrated = comments(600, 1), comments(300, 2)
    found = sentiment.estimated(rated, [text for text, _ in unrated])
    truth = [label for _, label in unrated]
    right = np.mean([label == said for label, said in zip(truth, found.labels, strict=True)])
    assert found.reason is None
    assert found.balanced_accuracy > 0.9
    assert found.accuracy > found.majority
    assert right == pytest.approx(found.accuracy, abs=0.05)


def test_shuffled_sentiment_is_not_learnt():
    rated = comments(600, 1)
    labels = np.random.default_rng(4).permutation([label for _, label in rated])
    found = sentiment.estimated([(text, str(label)) for (text, _), label in zip(rated, labels, strict=True)], ["good"])
    assert (found.reason, found.labels) == ("not_accurate", ())
    assert 0.35 < found.balanced_accuracy < 0.65


def test_few_rated_comments_teach_nothing():
    found = sentiment.estimated(comments(90, 1), ["good"])
    assert (found.reason, found.balanced_accuracy) == ("too_few_rated", None)


def test_order_of_rated_comments_does_not_matter():
    rated, unrated = comments(300, 1), [text for text, _ in comments(50, 2)]
    assert sentiment.estimated(rated, unrated) == sentiment.estimated(rated[::-1], unrated)


@pytest.mark.parametrize(
    ("share", "found", "corrected"),
    [(0.5, (1.0, 1.0), 0.5), (0.66, (0.9, 0.9), 0.7), (0.05, (0.9, 0.9), 0.0), (0.95, (0.9, 0.9), 1.0)],
)
def test_known_errors_are_taken_out(share: float, found: tuple[float, float], corrected: float):
    """By hand: with 90 % of both found, a true share of 0.7 shows as 0.7 * 0.9 + 0.3 * 0.1 = 0.66."""
    said = sentiment.Sentiments((), *found, None, None, (0, 0), None)
    assert said.corrected(share) == pytest.approx(corrected)
