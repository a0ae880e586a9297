"""Candidates for articles, templates and training: found where planted, and none where not."""

import numpy as np
import pandas as pd
import pytest

from evaluation.text.recurring import agents_above, disliked_templates, recurring_topics


def contacts(
    repeats: dict[str, float], *, one_touch: float = 0.7, size: int = 400, weak: str | None = None
) -> pd.DataFrame:
    """Contacts on topics with a share of repeats each; after `weak` people come back on the first topic."""
    draw = np.random.default_rng(9)
    parts = []
    for topic, share in repeats.items():
        agents = draw.choice(["ann", "bob", "eve", "joe"], size)
        followed = draw.random(size) < np.where((agents == weak) & (topic == next(iter(repeats))), 0.6, 0.1)
        parts.append(pd.DataFrame({
            "topic": topic, "requester_id": draw.integers(0, 200, size).astype(str), "agent": agents,
            "is_repeat": draw.random(size) < share, "was_followed": followed,
            "is_one_touch": draw.random(size) < one_touch, "is_estimated": False,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


EVEN = {"Order": 0.1, "Login": 0.1, "Invoice": 0.1, "Return": 0.1}


@pytest.mark.parametrize(
    ("one_touch", "weak", "kind", "agents"),
    [(0.7, None, "article", ()), (0.2, None, "template", ()), (0.7, "eve", "training", ("eve",))],
)
def test_planted_topic_is_found_with_what_would_help(one_touch, weak, kind, agents):
    found = recurring_topics(contacts(EVEN | {"Order": 0.3}, one_touch=one_touch, weak=weak))
    assert [(one.name, one.kind, one.agents) for one in found] == [("Order", kind, agents)]
    assert found[0].share == pytest.approx(0.3, abs=0.07)
    assert found[0].expected_share == pytest.approx(0.1, abs=0.03)


def test_nothing_where_nothing_was_planted():
    assert recurring_topics(contacts(EVEN)) == []


def test_small_counts_are_not_listed():
    assert recurring_topics(contacts(EVEN | {"Order": 0.3}, size=40)) == []


def test_one_busy_requester_is_not_everybody():
    frame = contacts(EVEN | {"Order": 0.3})
    frame.loc[frame["is_repeat"] & (frame["topic"] == "Order"), "requester_id"] = "7"
    assert recurring_topics(frame) == []


def test_estimated_topics_stand_beside_recorded_ones_of_the_same_name():
    frame = contacts(EVEN | {"Order": 0.3})
    found = recurring_topics(pd.concat([frame, frame.assign(is_estimated=True)]))
    assert [(one.name, one.is_estimated) for one in found] == [("Order", False), ("Order", True)]


def test_order_of_contacts_does_not_matter():
    frame = contacts(EVEN | {"Order": 0.3}, weak="bob")
    assert recurring_topics(frame) == recurring_topics(frame.sample(frac=1, random_state=1))


def test_no_contacts():
    assert recurring_topics(contacts(EVEN).iloc[:0]) == []


def ratings(low: dict[str, float], *, size: int = 200, weak: str | None = None) -> pd.DataFrame:
    """Ratings with a share of low ones by template."""
    draw = np.random.default_rng(4)
    parts = []
    for template, share in low.items():
        agents = draw.choice(["ann", "bob", "eve", "joe"], size)
        chance = np.where(agents == weak, 0.9, share)
        parts.append(pd.DataFrame({
            "survey_id": [f"{template}-{number}" for number in range(size)], "template_id": template,
            "topic": draw.choice(["Order", "Return"], size), "agent": agents, "is_low": draw.random(size) < chance,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize(
    ("low", "weak", "expected"),
    [
        ({"t1": 0.5, "t2": 0.2, "t3": 0.2}, None, [("t1", "template", ())]),
        ({"t1": 0.2, "t2": 0.2, "t3": 0.2}, None, []),
    ],
)
def test_disliked_template(low, weak, expected):
    assert [(one.name, one.kind, one.agents) for one in disliked_templates(ratings(low, weak=weak))] == expected


def test_low_ratings_of_one_agent_are_no_fault_of_the_template():
    frame = ratings({"t1": 0.25, "t2": 0.2, "t3": 0.2})
    low = frame["template_id"].eq("t1") & frame["agent"].eq("joe")
    frame.loc[low, "is_low"] = True
    found = disliked_templates(frame)
    assert [(one.name, one.kind, one.agents) for one in found] == [("t1", "training", ("joe",))]


def test_a_template_of_a_bad_topic_is_explained_by_the_topic():
    frame = ratings({"apology": 0.5, "steps": 0.1, "none": 0.0})
    frame["topic"] = np.where(frame["template_id"] == "apology", "Broken", "Other")
    others = frame[frame["template_id"] == "apology"].assign(
        template_id=None, survey_id=lambda rows: "x" + rows["survey_id"]
    )
    assert [one.name for one in disliked_templates(pd.concat([frame, others]))] == []
    assert "apology" in [one.name for one in disliked_templates(frame)]


def test_agents_above_needs_colleagues():
    frame = pd.DataFrame({"agent": ["ann"] * 100, "is_low": [True] * 60 + [False] * 40})
    assert agents_above(frame, "is_low") == ()
