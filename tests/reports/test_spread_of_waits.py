"""The histogram of waits on the page of responsiveness: what it tells, and when it has no shape."""

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from reports.language import Language
from reports.section import Material
from reports.sections.responsiveness.build import build
from reports.sections.responsiveness.spread import spread_picture

EN = Language.named("en")
EDGES = [0, 60, 300, 900, 1800, None]


def spread(assessment, *counts, metric_id="first_response_time"):
    whole = sum(counts)
    rows = [
        {"metric_id": metric_id, "from_seconds": low, "until_seconds": high, "n": n, "share": n / whole if whole else 0}
        for low, high, n in zip(EDGES, EDGES[1:], counts, strict=False)
    ]
    frame = pd.DataFrame(rows).astype({"until_seconds": "Int64"})
    made = Breakdown(id="waits_distribution", metric_id=metric_id, frame=frame, columns=dict.fromkeys(frame, ""))
    return replace(assessment, breakdowns={"waits_distribution": made})


def test_the_fullest_span_is_told_with_what_lies_before_and_behind_it(assessment):
    picture = spread_picture(spread(assessment, 0, 20, 50, 20, 10), "first_response_time", EN)
    told = picture.chart.alt.replace("\u00a0", " ")
    assert told.endswith("The fullest span holds 50%: 5 min to 15 min; 20% were shorter, 30% longer.")
    assert "half: " in picture.chart.svg.decode()
    open_ended = spread_picture(spread(assessment, 10, 10, 10, 10, 60), "first_response_time", EN)
    assert open_ended.chart.alt.replace("\u00a0", " ").endswith("60%: 30 min or longer; 40% were shorter.")


@pytest.mark.parametrize(
    ("counts", "is_drawn"),
    [((10, 10, 10, 0, 0), True), ((10, 10, 9, 0, 0), False), ((50, 50, 0, 0, 0), False), ((50, 0, 50, 0, 0), True),
     ((0, 0, 0, 0, 0), False)],
)  # fmt: skip
def test_few_cases_or_spans_have_no_shape(assessment, counts, is_drawn):
    assert (spread_picture(spread(assessment, *counts), "first_response_time", EN) is not None) is is_drawn


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
def test_the_page_shows_the_waits_that_were_spread(assessment, code):
    page = build(Material(assessment=spread(assessment, 5, 20, 50, 20, 10), language=Language.named(code)))
    assert "spread_first" in page.blocks
    assert "spread_resolution" not in page.blocks
    assert any("spread_first" in names for row in page.rows for names in row.columns)
