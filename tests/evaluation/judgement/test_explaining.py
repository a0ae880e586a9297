"""What moved a figure: parts that add up exactly, the dimension that tells most, and silence where nothing is told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.explanation import Cause
from evaluation.judgement.explaining import EXPLAINING, explain, explain_part
from evaluation.measurement import UNASSIGNED

NOW, BEFORE = "2026-Q3", "2026-Q2"


def rows(name, period, dimension, cases, *, scale=1.0, statistic="value"):
    """Measurements of a dimension and of the whole: member -> (cases, what they amount to)."""
    sums = {"all": tuple(sum(side) for side in zip(*cases.values(), strict=True))}
    return [
        (name, period, scale * total / n, {"dimension": of, "member": member, "n": int(n), "numerator": total,
                                           "denominator": n, "statistic": statistic})
        for of, found in (("all", sums), (dimension, cases))
        for member, (n, total) in found.items()
        if n
    ]  # fmt: skip


def both(name, dimension, before, now, **extra):
    return [*rows(name, BEFORE, dimension, before, **extra), *rows(name, NOW, dimension, now, **extra)]


def merged(*found):
    """Rows of several dimensions; the whole once."""
    return list(
        {(row[0], row[1], row[3]["dimension"], row[3]["member"]): row for part in found for row in part}.values()
    )


EMAIL_ITSELF = (
    {"email": (500, 450), "chat": (500, 450)}, {"email": (500, 300), "chat": (500, 450)}, "email", Cause.RATE, False,
)  # fmt: skip
MORE_EMAIL = (
    {"email": (200, 100), "chat": (800, 720)}, {"email": (700, 350), "chat": (300, 270)}, "email", Cause.MIX, False,
)  # fmt: skip
ALL_ALIKE = (
    {"email": (500, 450), "chat": (500, 450)}, {"email": (500, 400), "chat": (500, 400)}, "email", Cause.RATE, True,
)  # fmt: skip


@pytest.mark.parametrize(("before", "now", "member", "cause", "is_even"), [EMAIL_ITSELF, MORE_EMAIL, ALL_ALIKE])
def test_mix_and_rate_are_told_apart(metrics, measured, named, before, now, member, cause, is_even):
    found = explain(metrics["csat"], "value", measured(*both("csat", "channel", before, now)), named(NOW), change=-0.1)
    members = {part.member for part in found.largest if part.cause is cause}
    assert (found.dimension, found.is_even) == ("channel", is_even)
    assert member in members
    assert (abs(found.rate) > abs(found.mix)) is (cause is Cause.RATE)


def test_the_dimension_is_the_one_of_which_a_part_stands_out(metrics, measured, named):
    """Chat and e-mail fell alike; of the topics one fell and the others did not."""
    channel = both(
        "csat", "channel", {"email": (500, 450), "chat": (500, 450)}, {"email": (500, 400), "chat": (500, 400)}
    )
    topics = both(
        "csat", "topic", {"a": (300, 270), "b": (300, 270), "c": (400, 360)},
        {"a": (300, 170), "b": (300, 270), "c": (400, 360)},
    )  # fmt: skip
    found = explain(metrics["csat"], "value", measured(*merged(channel, topics)), named(NOW), change=-0.1)
    assert (found.dimension, found.largest[0].member, found.largest[0].cause) == ("topic", "a", Cause.RATE)
    assert found.largest[0].amount == pytest.approx(-0.1)


counts = st.integers(1, 400)


@st.composite
def periods(draw):
    members = draw(st.lists(st.sampled_from(["a", "b", "c", "d", UNASSIGNED]), min_size=2, max_size=5, unique=True))
    made = []
    for _ in range(2):
        sizes = {name: draw(counts) for name in members}
        made.append({name: (n, draw(st.integers(0, n))) for name, n in sizes.items()})
    return made


@given(periods(), st.sampled_from([("csat", 1.0), ("nps", 100.0), ("clearance_rate", 100.0)]))
@settings(max_examples=40, deadline=None)
def test_the_addends_make_the_change_exactly(metrics, measured, named, made, kind):
    name, scale = kind
    before, now = made
    found = measured(*both(name, "channel", before, now, scale=scale))
    values = [scale * sum(t for _, t in one.values()) / sum(n for n, _ in one.values()) for one in (before, now)]
    change = values[1] - values[0]
    told = explain(metrics[name], "value", found, named(NOW), change=change)
    if told is None:
        assert change == pytest.approx(0)
        return
    assert told.change == pytest.approx(change)
    assert told.mix + told.rate == pytest.approx(change)
    assert sum(part.amount for part in told.largest) + told.others == pytest.approx(change, rel=1e-12)
    assert len(told.largest) <= 3
    assert all(part.amount * change > 0 for part in told.largest)


def test_of_a_median_the_mean_is_taken_apart_unless_it_went_the_other_way(metrics, measured, named):
    slower = both(
        "first_response_time", "channel", {"email": (100, 100_000), "chat": (100, 10_000)},
        {"email": (100, 200_000), "chat": (100, 10_000)}, statistic="mean",
    )  # fmt: skip
    metric = metrics["first_response_time"]
    found = explain(metric, "median", measured(*slower), named(NOW), change=60.0)
    assert (found.statistic, found.change, found.largest[0].member) == ("mean", 500.0, "email")
    assert explain(metric, "median", measured(*slower), named(NOW), change=-60.0) is None


NOTHING = [
    {"only": ((500, 450), (500, 400))},
    {"a": ((500, 450), (500, 450)), "b": ((500, 450), (500, 450))},
]


@pytest.mark.parametrize("members", NOTHING, ids=["one member", "no change"])
def test_nothing_is_explained_by_a_single_part_or_without_a_change(metrics, measured, named, members):
    before, now = ({name: sides[place] for name, sides in members.items()} for place in (0, 1))
    found = measured(*both("csat", "team", before, now))
    assert explain(metrics["csat"], "value", found, named(NOW), change=-0.1) is None


def test_parts_that_are_not_the_whole_explain_nothing(metrics, measured, named):
    short = [row for row in both("csat", "channel", *EMAIL_ITSELF[:2]) if row[3]["member"] != "chat"]
    others = [("csat", period, 0.5, {"dimension": "channel", "member": "sms", "n": 9, "numerator": 4, "denominator": 9})
              for period in (BEFORE, NOW)]  # fmt: skip
    assert explain(metrics["csat"], "value", measured(*short, *others), named(NOW), change=-0.1) is None


def cases(before, now):
    """Outcomes of a part, all of them of one channel, by topic: topic -> (cases, successes)."""
    told = []
    for period, found in ((BEFORE, before), (NOW, now)):
        for topic, (n, met) in found.items():
            told += [(period, float(place < met), topic) for place in range(n)]
    frame = pd.DataFrame(told, columns=["period_id", "outcome", "topic"])
    return frame.assign(weight=1.0, channel="chat", team="t", branch=UNASSIGNED, priority="normal")


def test_a_part_is_explained_as_the_whole_is(metrics, measured, named):
    """A second way: the same cases as measurements of the whole."""
    before, now = {"a": (40, 30), "b": (60, 50)}, {"a": (70, 35), "b": (50, 40)}
    change = 75 / 120 - 80 / 100
    part = explain_part(metrics["csat"], "value", cases(before, now), named(NOW), dimension="channel", change=change)
    whole = explain(metrics["csat"], "value", measured(*both("csat", "topic", before, now)), named(NOW), change=change)
    assert part.dimension == whole.dimension == "topic"
    assert part.change == pytest.approx(change)
    for own, other in zip(part.largest, whole.largest, strict=True):
        assert (own.member, own.cause) == (other.member, other.cause)
        assert own.amount == pytest.approx(other.amount)


def test_a_part_is_not_explained_by_itself_and_unknown_amounts_are_left_out(metrics, named):
    frame = cases({"a": (40, 30), "b": (60, 50)}, {"a": (70, 35), "b": (50, 40)})
    assert explain_part(metrics["csat"], "value", frame, named(NOW), dimension="topic", change=-0.1) is None
    unknown = frame.assign(outcome=np.nan)
    holes = pd.concat([frame, unknown])
    args = {"dimension": "channel", "change": -0.1}
    assert explain_part(metrics["csat"], "value", holes, named(NOW), **args) == explain_part(
        metrics["csat"], "value", frame, named(NOW), **args
    )
    assert explain_part(metrics["csat"], "value", unknown, named(NOW), **args) is None


def test_points_of_recommendation_keep_their_unit(metrics, named):
    before, now = {"a": (50, 25), "b": (50, 25)}, {"a": (50, 5), "b": (50, 25)}
    found = explain_part(metrics["nps"], "value", cases(before, now), named(NOW), dimension="team", change=-20)
    assert found.change == pytest.approx(-20)


def test_people_explain_nothing():
    assert "agent" not in EXPLAINING
