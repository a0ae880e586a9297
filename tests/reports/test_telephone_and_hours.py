"""The page on the telephone, the week by hour, and the line on figures that must agree."""

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from evaluation.identity import Identity
from reports.charts.heat_map import Marks, heat_map
from reports.document import Cell, Column, Missing, Prose, Section, Table
from reports.language import Language
from reports.section import Material
from reports.sections.data_quality.build import build as data_quality
from reports.sections.effectiveness.build import further_figures
from reports.sections.telephone.build import _with_teams as with_teams_placed
from reports.sections.telephone.build import build as telephone
from reports.sections.telephone.build import telephone_title
from reports.sections.workload.build import build as workload
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


@pytest.fixture
def with_teams(assessment):
    """The invented quarter, whose teams take as many calls as they have promises."""
    known, frame = assessment.catalogue["sla_attainment"], assessment.measurements.frame
    rows = frame[frame["metric_id"] == "sla_attainment"]
    taken = ("service_level", "calls_offered")
    return replace(
        assessment,
        catalogue={**assessment.catalogue, **{name: replace(known, id=name) for name in taken}},
        measurements=type(assessment.measurements)(
            pd.concat([frame, *(rows.assign(metric_id=name) for name in taken)], ignore_index=True)
        ),
    )


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
def test_the_teams_stand_in_a_column_when_that_saves_a_page(with_teams, code):
    material = Material(assessment=with_teams, language=Language.named(code))
    widths = set()
    for rows in range(20, 40):
        cells = tuple((Cell(text=str(row)),) for row in range(rows))
        figures = Table(columns=(Column("", 174),), rows=cells)
        rule = Prose("Rule", ("One line.",))
        blocks = {"figures": figures, "outcomes": rule, "rule": rule}
        section = Section(id="telephone", kicker="x", title="A title", blocks=blocks,
                          metrics=("service_level", "calls_offered"))  # fmt: skip
        planned = with_teams_placed(section, material)
        names = [row.columns for row in planned.rows]
        assert any("teams" in column for columns in names for column in columns)
        widths.add((planned.pages, sum(column.width_mm for column in planned["teams"].columns)))
    assert {(1, 108.0), (1, 70.0)} <= widths  # without `abandonment_rate`, `average_speed_of_answer` and `handle_time`
    assert {width for pages, width in widths if pages == 2} == {108.0}


def paced(assessment, before):
    known, frame = assessment.catalogue, assessment.measurements.frame
    whole = frame[(frame["metric_id"] == "sla_attainment") & (frame["dimension"] == "all")]
    wanted = [assessment.period.id, *([assessment.period.previous().id] if before else [])]
    names = {"clearance_rate": 0.98, "opening_coverage": 0.75, "out_of_hours_answered_share": 0.5}
    rows = [whole[whole["period_id"].isin(wanted)].assign(metric_id=name, value=value) for name, value in names.items()]
    return replace(
        assessment,
        catalogue={**known, **{name: replace(known["sla_attainment"], id=name, label=name) for name in names}},
        measurements=type(assessment.measurements)(pd.concat([frame, *rows], ignore_index=True)),
    )


@pytest.mark.parametrize(
    ("before", "told"), [(True, "clearance_rate: 98.0%; period before: 98.0%."), (False, "clearance_rate: 98.0%.")]
)
def test_the_pace_and_the_opening_hours_of_one_channel_stand_beside_the_flow(assessment, before, told):
    page = workload(Material(assessment=paced(assessment, before), language=Language.named("en")))
    notes = {note.title: note.text for note in page["notes"].items}
    assert notes["Pace"] == (told,)
    inside, outside = notes["In and out of opening hours"]
    assert inside.startswith("75.0% of ")
    assert outside == "Of the others 50.0% were answered."
    assert {"clearance_rate", "opening_coverage"} <= set(page.metrics)
    assert "coverage" not in page.blocks  # a table needs two channels


def test_what_has_a_place_under_workload_is_no_further_figure_of_effectiveness(assessment):
    known = paced(assessment, before=True)
    assert not {"clearance_rate", "opening_coverage"} & set(further_figures(known))
