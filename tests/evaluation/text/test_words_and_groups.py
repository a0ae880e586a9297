"""Words, groups of requests and their descriptions."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.text.clustering import FEWEST_CASES, grouped
from evaluation.text.topics import estimated
from evaluation.text.words import Wordings, folded, is_kin, written

SPEC = importlib.util.spec_from_file_location("planted_requests", Path(__file__).with_name("planted_requests.py"))
planting = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(planting)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return planting.requests()


@pytest.fixture(scope="module")
def estimates(truth: pd.DataFrame):
    return estimated(truth)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  4711 — 12.07.2026 !!! ", ()),
        ("Write to ann@shop.example or see www.shop.example/a?b=1", ("Write", "to", "or", "see")),
        ("@TeamYouTube my #channel [link] &amp; <b>video</b>", ("my", "video")),
        ("Где посылка №123? Код AB12", ("Где", "посылка", "Код")),
        ("don’t", ("don't",)),
        ("x" * 31, ()),
    ],
)
def test_words_as_written(text: str, words: tuple[str, ...]):
    assert written(text) == words


@pytest.mark.parametrize(
    ("one", "two", "kin"),
    [("faktura", "faktury", True), ("посылка", "посылку", True), ("refund", "refunds", True), ("log", "login", True),
     ("order", "orange", False), ("парол", "порог", False), ("password", "passport", False)],
)  # fmt: skip
def test_forms_of_one_word(one: str, two: str, kin: bool):
    assert is_kin(one, two) == kin == is_kin(two, one)


@given(st.lists(st.text(max_size=40), max_size=12), st.randoms(use_true_random=False))
def test_wordings_do_not_depend_on_order(texts: list[str], shuffler):
    before = Wordings.of(texts)
    mixed = list(texts)
    shuffler.shuffle(mixed)
    after = Wordings.of(mixed)
    assert (before.texts, before.counts, before.forms) == (after.texts, after.counts, after.forms)
    assert sum(before.counts) == sum(place >= 0 for place in before.place)
    assert all(
        before.texts[place] == folded(text) for text, place in zip(texts, before.place, strict=True) if place >= 0
    )


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
def test_planted_topics_are_found_again(truth, estimates, language: str):
    from sklearn.metrics import adjusted_rand_score

    both = estimates.tickets.merge(truth[["ticket_id", "planted"]], on="ticket_id")
    own = both[both["language"] == language]
    assert adjusted_rand_score(own["planted"], own["estimate"].fillna("none")) > 0.9
    grouping = estimates.groupings[language]
    assert grouping.number == len(grouping.groups) == 3
    assert grouping.silhouette > 0.15


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
def test_words_describe_the_planted_topic_and_were_written(truth, estimates, language: str):
    both = estimates.tickets.merge(truth[["ticket_id", "planted", "text"]], on="ticket_id")
    for number, group in enumerate(estimates.groupings[language].groups):
        part = both[both["estimate"] == f"{language}:{number}"]
        stems = planting.STEMS[language][part["planted"].mode()[0]]
        spoken = {word for text in part["text"] for word in written(text)}
        assert len(group.words) == 3
        assert set(group.words) <= spoken
        assert sum(word.casefold().startswith(stems) for word in group.words) >= 2, group.words
        assert not any(
            is_kin(one.casefold(), two.casefold()) for one in group.words for two in group.words if one != two
        )


def test_rows_in_another_order_and_another_run_say_the_same(truth, estimates):
    mixed = estimated(truth.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(mixed.tickets, estimates.tickets)
    assert mixed.groupings == estimates.groupings


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([], "too_few_texts"),
        (["", None, "123", "  "] * 200, "too_few_texts"),
        (["Where is my order"] * 500, "too_few_texts"),
        ([f"Where is my parcel {word}" for word in "abcdefgh"] * 2, "too_few_texts"),
    ],
    ids=["none", "empty", "all equal", "few"],
)
def test_too_little_to_group(texts: list, reason: str):
    found = grouped(Wordings.of(texts))
    assert (found.reason, found.groups) == (reason, ())


def test_random_words_have_no_groups():
    draw = np.random.default_rng(11)
    words = ["".join(draw.choice(list("abcdefghijklmnoprstuwz"), 6)) for _ in range(200)]
    found = grouped(Wordings.of([" ".join(draw.choice(words, 10)) for _ in range(400)]))
    assert found.reason in {"not_separated", "not_stable"}
    assert found.number >= 2


def test_few_wordings_of_many_cases_are_counted_and_not_estimated():
    choices = ["Order status", "Return and refund", "Invoice copy", "Other question"]
    found = grouped(Wordings.of([text for text in choices for _ in range(FEWEST_CASES)]))
    assert found.is_of_wordings
    assert (len(found.groups), found.silhouette, found.cover) == (4, None, 1.0)
    assert found.groups[0].words == ("Invoice", "copy")
