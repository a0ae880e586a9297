"""Axes of shares end at 100 %, whichever picture draws them."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from evaluation.judgement.process import processes
from reports.language import Language
from reports.member_pictures import members_picture
from reports.pictures import months_picture
from reports.process_pictures import course_picture

EN = Language.named("en")


def nearly_all(assessment, metric_id):
    """Shares between 97 and 100 %, with intervals up to 100 %."""
    frame = assessment.measurements.frame.copy()
    rows = frame["metric_id"] == metric_id
    values = [0.97 + 0.03 * (index % 7) / 6 for index in range(int(rows.sum()))]
    frame.loc[rows, "value"] = values
    frame.loc[rows, "low"] = [value - 0.02 for value in values]
    frame.loc[rows, "high"] = [min(1.0, value + 0.02) for value in values]
    found = type(assessment.measurements)(frame)
    read = processes(found, assessment.catalogue, assessment.period, (), cut=assessment.cut)
    return replace(assessment, measurements=found, processes=read)


PICTURES = [
    ("sla_attainment", lambda given, metric: months_picture(given, metric, "x", EN)),
    ("one_touch_rate", lambda given, metric: months_picture(given, metric, "x", EN)),
    ("one_touch_rate", lambda given, metric: course_picture(given, metric, "x", EN)),
    ("sla_attainment", lambda given, metric: members_picture(given, metric, "channel", "x", EN)),
]


@pytest.mark.parametrize(("metric_id", "draw"), PICTURES, ids=["target", "plain", "control chart", "members"])
def test_no_mark_of_an_axis_lies_beyond_100_percent(assessment, metric_id, draw):
    picture = draw(nearly_all(assessment, metric_id), metric_id)
    texts = ["".join(text.itertext()) for text in ElementTree.fromstring(picture.chart.svg).iter()
             if text.tag.endswith("text")]  # fmt: skip
    marks = [float(text) for text in texts if text.replace(".", "").isdigit()]
    assert len(marks) > 1
    assert max(marks) == 100
