"""The page on the telephone, the week by hour, and the line on figures that must agree."""

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from evaluation.identity import Identity
from reports.charts.heat_map import Marks, heat_map
from reports.document import Missing
from reports.language import Language
from reports.section import Material
from reports.sections.data_quality.build import build as data_quality
from reports.sections.telephone.build import build as telephone
from reports.sections.telephone.build import telephone_title
from reports.sections.workload.hours import balance, hours_picture

FACTS = {"offered": 1000, "within_seconds": 20.0, "goal": 0.8, "short_abandon_seconds": 5.0, "since": "",
         "counts_out_of_hours": 0}  # fmt: skip


@pytest.fixture
def called(assessment):
    """The invented quarter with a share of calls in time, of 1000 calls."""

    def made(level):
        known = assessment.catalogue["sla_attainment"]
        metric = replace(known, id="service_level", variant="abandoned_ignored")
        whole = assessment.measurements.frame
        row = whole[(whole.metric_id == "sla_attainment") & (whole.period_id == assessment.period.id)]
        half = 1.96 * (level * (1 - level) / 1000) ** 0.5
        row = row[row.dimension == "all"].assign(
            metric_id="service_level", value=level, n=1000, numerator=level * 1000, denominator=1000.0,
            low=level - half, high=level + half,
        )  # fmt: skip
        frame = pd.DataFrame([{"outcome": "answered", "calls": 1000, "out_of_hours": 0, "share": 1.0}])
        ended = Breakdown(id="call_outcomes", metric_id="calls_offered", frame=frame,
                          columns=dict.fromkeys(frame, ""), facts=FACTS)  # fmt: skip
        return replace(assessment, catalogue={**assessment.catalogue, metric.id: metric},
                       measurements=type(assessment.measurements)(row),
                       breakdowns={"call_outcomes": ended})  # fmt: skip

    return made


@pytest.mark.parametrize(
    ("level", "verdict"), [(0.9, "is met"), (0.6, "is missed"), (0.79, "lies within its interval")]
)
def test_the_title_never_contradicts_the_figure(called, level, verdict):
    title = telephone_title(called(level), Language.named("en")).replace("\u00a0", " ")
    assert title.endswith(f"the goal of 80% {verdict}")
    assert "within 20 s" in title


def test_without_calls_there_is_no_page(empty_assessment):
    assert isinstance(telephone(Material(assessment=empty_assessment, language=Language.named("en"))), Missing)
    assert hours_picture(empty_assessment, Language.named("en")) is None


def test_closed_nothing_and_unknown_have_marks_of_their_own():
    marks = Marks(frozenset({(0, 0)}), "closed", "no contacts", "no data")
    plain = {"name": "h", "alt": "Load", "rows": ["Mon"], "columns": ["8", "9", "10"], "format": str}
    svg = heat_map([[1.0, 0.0, None]], marks=marks, width_mm=174.0, **plain).svg.decode()
    assert (svg.count("<circle"), svg.count("<line")) == (2, 4)  # each once in the grid and once in the key
    assert all(word in svg for word in ("closed", "no contacts", "no data"))


def test_the_balance_prints_its_figures(assessment):
    frame = pd.DataFrame(
        [("2026-07-01", 5, 3, 1, 2, 0, 7), ("2026-07-02", 7, 1, 0, 4, 1, 3)],
        columns=["day", "opening", "created", "reopened", "solved", "removed", "closing"],
    )
    curve = Breakdown(id="backlog_curve", metric_id="backlog", frame=frame, columns=dict.fromkeys(frame, ""))
    known = replace(assessment, breakdowns={"backlog_curve": curve})
    told = balance(known, Language.named("en")).replace("\u00a0", " ")
    assert told.startswith("5 opening + 4 created + 1 reopened \u2212 6 solved \u2212 1 removed = 3 closing.")


@pytest.mark.parametrize(("holds", "said"), [(True, "7 equations"), (False, "1 of the rules")])
def test_identities_are_told_as_they_are(assessment, holds, said):
    one = Identity(id="members_add_up", subject="csat", holds=holds, left=1.0, right=1.0, checked=7)
    page = data_quality(Material(assessment=replace(assessment, identities=(one,)), language=Language.named("en")))
    text = page["identities"].paragraphs[0].replace("\u00a0", " ")
    assert text.startswith(said)
    assert ("all hold" in text) is holds
