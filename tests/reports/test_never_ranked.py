"""Parts of the service that are people stand in alphabetical order, and no picture says who is first or last."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from evaluation.assessment import Target
from reports.language import Language
from reports.pictures import NEVER_RANKED, shares_picture

EN = Language.named("en")
METRIC = "sla_attainment"


def drawn(chart, names):
    """Names in the order in which the drawing has them, from top to bottom."""
    places = {}
    for text in ElementTree.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}text"):
        places.setdefault("".join(text.itertext()), float(text.get("y")))
    return sorted(names, key=lambda name: places[name])


def with_dimension(assessment, dimension):
    """The teams of the measurements as members of another dimension, with values against the alphabet."""
    frame = assessment.measurements.frame.copy()
    rows = (frame["metric_id"] == METRIC) & (frame["dimension"] == "team")
    names = sorted(frame.loc[rows, "member"].unique())
    values = {name: 0.9 - 0.01 * index for index, name in enumerate(names)}
    frame.loc[rows, "value"] = frame.loc[rows, "member"].map(values)
    frame.loc[rows, "dimension"] = dimension
    return replace(assessment, measurements=type(assessment.measurements)(frame))


@pytest.mark.parametrize("dimension", NEVER_RANKED)
def test_shares_of_people_are_alphabetical_and_their_alt_text_names_nobody(assessment, dimension):
    given = with_dimension(assessment, dimension)
    picture = shares_picture(given, METRIC, dimension, "on-time", EN)
    names = drawn(picture.chart, ["Claims", "Front line", "Payments", "Unassigned"])
    assert names == ["Claims", "Front line", "Payments", "Unassigned"]
    assert not any(name in picture.chart.alt for name in names)
    assert "lowest" not in picture.chart.alt
    assert "highest" not in picture.chart.alt
    assert "in alphabetical order: between 8" in picture.chart.alt


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (Target(at_least=0.895), "3 of 4 are below the target."),
        (Target(at_least=0.875), "1 of 4 is below the target."),
        (Target(at_least=0.5), "0 of 4 are below the target."),
    ],
)
def test_the_alt_text_counts_the_teams_below_the_target(assessment, target, told):
    given = with_dimension(assessment, "team")
    goals = tuple(replace(goal, figure=replace(goal.figure, target=None)) for goal in given.goals)
    figures = tuple(replace(one, target=target if one.metric.id == METRIC else one.target) for one in given.figures)
    picture = shares_picture(replace(given, goals=goals, figures=figures), METRIC, "team", "on-time", EN)
    assert picture.chart.alt.endswith(told)


def test_channels_may_stand_by_value(assessment):
    picture = shares_picture(assessment, METRIC, "channel", "on-time", EN)
    assert drawn(picture.chart, ["Chat", "E-mail", "Messenger", "Web form"]) == [
        "Web form", "Messenger", "Chat", "E-mail"]  # fmt: skip
    assert "lowest Web form" in picture.chart.alt
