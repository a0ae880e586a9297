"""Titles that name their figures, checks said for people, footnotes, and the pictures that need a course of months."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from evaluation.assessment import Change, GoalStatus, Target
from evaluation.fields import TABLES
from evaluation.judgement.process import processes
from evaluation.measurement import Caveat
from evaluation.validation import CheckResult, Severity
from reports import checks, conclusions
from reports.document import Cell, Column, Entry, Table
from reports.language import CATALOGUES, Language
from reports.member_tables import SIGNS, with_footnotes
from reports.multiple_pictures import multiples_picture
from reports.process_pictures import course_picture
from reports.sections.definitions.build import said_once, usual_minimum
from reports.sections.goals.build import goals_title
from reports.sections.responsiveness import build as responsiveness

CODES = ("en", "ru", "pl")
EN = Language.named("en")


@pytest.mark.parametrize(
    ("status", "value", "words"),
    [
        (
            GoalStatus.REACHED,
            0.93,
            ("met its goal of 92%, at 93.0%", "цель в 92\u00a0% достигнута", "cel 92% osiągnięto"),
        ),
        (
            GoalStatus.MISSED,
            0.91,
            ("missed its goal of 92%, at 91.0%", "цель в 92\u00a0% не достигнута", "celu 92% nie osiągnięto"),
        ),
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_a_single_goal_is_named_with_its_figure(assessment, status, value, words, code):
    goal = replace(assessment.goals[0], status=status, figure=replace(assessment.goals[0].figure, value=value))
    text = conclusions.goal_sentence(goal, Language.named(code))
    assert words[CODES.index(code)].casefold() in text.casefold()
    assert text[0].isupper()
    other = words[CODES.index(code)].replace("met", "missed") if status is GoalStatus.REACHED else "met its goal"
    assert other not in text


def test_a_goal_between_two_bounds_and_one_without_a_value(assessment):
    goal = replace(assessment.goals[0], target=Target(at_least=0.9, at_most=0.95))
    assert "its goal of 90%–95%" in conclusions.goal_sentence(goal, EN)
    assert conclusions.goal_sentence(replace(goal, target=None), EN) == ""
    nothing = replace(goal, figure=replace(goal.figure, value=None))
    assert conclusions.goal_sentence(nothing, EN) == ""
    assert conclusions.reached_of([nothing], EN) == "The goal of the period is met"


@pytest.mark.parametrize(
    ("verdict", "previous", "words"),
    [
        (Change.BETTER, 0.5, ("improved from 50.0% to 92.7%", "лучше прежнего", "lepiej niż poprzednio")),
        (Change.WORSE, 0.99, ("worsened from 99.0% to 92.7%", "хуже прежнего", "gorzej niż poprzednio")),
        (Change.MOVED, 0.5, ("rose from 50.0% to 92.7%", "рост —", "wzrost —")),
        (Change.MOVED, 0.99, ("fell from 99.0% to 92.7%", "снижение —", "spadek —")),
        (Change.WITHIN_NOISE, 0.5, ("", "", "")),
        (Change.BETTER, None, ("", "", "")),
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_a_movement_takes_the_side_of_its_verdict_and_its_sign(assessment, verdict, previous, words, code):
    figure = replace(assessment.figures[0], verdict=verdict, previous=previous, target=None)
    text = conclusions.movement(figure, Language.named(code))
    wanted = words[CODES.index(code)]
    assert (wanted in text) if wanted else text == ""


def test_the_goals_page_says_where_the_running_goals_stand_even_when_a_name_is_long(assessment):
    first, running = assessment.goals[0], replace(assessment.goals[1], status=GoalStatus.AT_RISK, is_final=False)
    label = "Promises of every kind that were kept on every day of the week in every channel"
    long = replace(first, figure=replace(first.figure, metric=replace(first.figure.metric, label=label)))
    assert goals_title((long, running), EN) == "The goal of the period is met; 1 running goal is at risk"
    assert goals_title((first, running), EN).startswith("Promises kept met its goal of 92%, at 92.7%; 1 running")


def check(id: str, **more) -> CheckResult:
    table, columns, rule = id.split(".")
    plain = {"severity": Severity.WARNING, "passed": False, "rows": 10, "unexpected": 1, "parameters": {}}
    return CheckResult(id=id, table=table, columns=tuple(columns.split("+")), rule=rule, **{**plain, **more})


@pytest.mark.parametrize("id", list(checks.KNOWN))
def test_checks_with_their_own_sentence_are_about_columns_that_exist(id):
    found = check(id)
    assert set(found.columns) <= {*TABLES[found.table].columns}
    assert checks.check_sentence(found, EN) == checks.KNOWN[id]


@pytest.mark.parametrize(
    ("id", "parameters", "expected"),
    [
        ("tickets.ticket_id.unique", {}, "Tickets appear once only"),
        ("tickets.created_at.not_null", {}, "Tickets have all required fields"),
        ("tickets.created_at.not_in_future", {}, "Tickets carry no date in the future"),
        ("calls.outcome.one_of", {}, "Calls use agreed codes only"),
        ("calls.talk_seconds.between", {}, "Calls have values within bounds"),
        ("surveys.ticket_id.refers_to", {"table": "tickets"}, "Surveys belong to known tickets"),
        ("surveys.score+scale_min.within_scale", {}, "Surveys have scores on their own scale"),
        ("reviews.posted_at+replied_at.not_before", {}, "Reviews have dates in the right order"),
        ("tickets.table.row_count", {"at_least": 1}, "Tickets are delivered: at least 1"),
        ("tickets.ticket_id.own_rule", {}, "tickets: ticket_id: own rule"),
    ],
)
def test_a_check_is_a_sentence_without_column_names(id, parameters, expected):
    assert checks.check_sentence(check(id, parameters=parameters), EN) == expected


@pytest.mark.parametrize("code", CODES)
def test_no_sentence_of_a_check_shows_a_column(code):
    for id in [*checks.KNOWN, *(f"tickets.created_at.{rule}" for rule in checks.RULES)]:
        assert "_" not in checks.check_sentence(check(id), Language.named(code))


def test_remarks_on_figures_stand_once_under_the_table():
    row = (Cell(text="A"), Cell(text="90%", small="small sample"), Cell(text="–", small="no cases"))
    other = (Cell(text="B", small="a name's own line"), Cell(text="80%", small="small sample"), Cell(text="1"))
    columns = (Column("", 10), Column("", 10), Column("", 10))
    made = with_footnotes(Table(columns=columns, rows=(row, other), after="More elsewhere."))
    assert [[cell.text for cell in cells] for cells in made.rows] == [["A", "90%*", "–**"], ["B", "80%*", "1"]]
    assert made.after == "*\u00a0small sample · **\u00a0no cases · More elsewhere."
    assert made.rows[1][0].small == "a name's own line"


def test_too_many_different_remarks_stay_where_they_are():
    rows = tuple((Cell(text="A"), Cell(text="1", small=f"remark {number}")) for number in range(len(SIGNS) + 1))
    table = Table(columns=(Column("", 10), Column("", 10)), rows=rows)
    assert with_footnotes(table) is table


def with_months(assessment, metric_id: str, dimension: str, members: dict[str, int]):
    """The assessment with a value and so many cases for each member in each of its months."""
    frame = assessment.measurements.frame
    months = frame[
        (frame.metric_id == metric_id) & (frame.dimension == "all") & frame.period_id.str.fullmatch(r"\d{4}-\d\d")
    ]
    more = [months.assign(dimension=dimension, member=member, n=n) for member, n in members.items()]
    return replace(assessment, measurements=type(assessment.measurements)(pd.concat([frame, *more])))


def test_small_multiples_need_three_members_with_enough_cases(assessment):
    assert multiples_picture(assessment, "sla_attainment", "channel", "a", EN) is None, "no months of channels"
    few = with_months(assessment, "sla_attainment", "channel", {"chat": 900, "email": 900, "form": 3})
    assert multiples_picture(few, "sla_attainment", "channel", "a", EN) is None, "three cases a month are chance"
    enough = with_months(assessment, "sla_attainment", "channel", {"chat": 900, "email": 900, "form": 900})
    picture = multiples_picture(enough, "sla_attainment", "channel", "a", EN)
    assert picture.title == "Promises kept by channel, month by month"
    assert picture.chart.alt.startswith("Promises kept by channel, month by month: Chat 9")
    assert "dashed: target ≥\u00a092%" in picture.sub
    assert picture.after == "1 with fewer cases is not drawn."


def test_a_member_that_misses_the_target_is_marked_unless_its_sample_is_small(assessment):
    enough = with_months(assessment, "sla_attainment", "channel", {"chat": 900, "email": 900, "form": 900})
    marked = multiples_picture(enough, "sla_attainment", "channel", "a", EN).chart.svg
    assert b"#B5401A" in marked, "web form is below the target"
    frame = enough.measurements.frame.copy()
    frame.loc[(frame.dimension == "channel") & (frame.period_id == "2026-Q3"), "caveats"] = Caveat.SMALL_SAMPLE.value
    small = replace(enough, measurements=type(enough.measurements)(frame))
    assert b"#B5401A" not in multiples_picture(small, "sla_attainment", "channel", "a", EN).chart.svg


def course_of(assessment, values, n=5300):
    """The one-touch rate, which has no target, by month."""
    frame = assessment.measurements.frame.copy()
    months = [month.id for month in assessment.period.months()[-1].series(13)]
    for month, value in zip(months, values, strict=True):
        frame.loc[
            (frame.metric_id == "one_touch_rate") & (frame.period_id == month) & (frame.dimension == "all"),
            ["value", "n"],
        ] = [value, n]
    found = type(assessment.measurements)(frame)
    read = processes(found, assessment.catalogue, assessment.period, (), cut=assessment.cut)
    return course_picture(replace(assessment, measurements=found, processes=read), "one_touch_rate", "a", EN)


STEADY = [0.70, 0.72, 0.71, 0.69, 0.72, 0.70, 0.71, 0.69, 0.72, 0.70, 0.71, 0.70, 0.71]


def test_a_steady_figure_without_a_target_is_a_control_chart(assessment):
    picture = course_of(assessment, STEADY)
    assert picture.after.startswith("Band: how far the months vary")
    assert "diamond" not in picture.after
    assert "provisional" not in picture.after
    assert "Natural limits: mean 70.6%" in picture.chart.alt
    assert "No month has a special cause" in picture.chart.alt


def test_a_month_outside_its_limits_is_marked_and_said(assessment):
    picture = course_of(assessment, [*STEADY[:-1], 0.64])
    assert "A diamond has a special cause" in picture.after
    assert "1 month has a special cause" in picture.chart.alt
    assert b"below the limit" in picture.chart.svg


@pytest.mark.parametrize("metric", ["sla_attainment", "first_response_time"])
def test_a_figure_with_a_target_is_drawn_against_it(assessment, metric):
    assert "Natural limits" not in course_picture(assessment, metric, "a", EN).chart.alt


def test_a_figure_on_the_move_shows_since_when(assessment):
    chart = course_of(assessment, [0.5 + number / 50 for number in range(13)]).chart
    assert b"13 rising" in chart.svg
    assert "13 months have a special cause" in chart.alt


def test_months_of_too_few_cases_are_no_points(assessment):
    assert "Natural limits" not in course_of(assessment, STEADY, n=12).chart.alt


@pytest.mark.parametrize("code", CODES)
def test_the_other_clock_is_a_column_only_when_it_says_something_else(assessment, code):
    def with_companion(factor: float):
        metric = assessment.catalogue["first_response_time"]
        name = "first_response_time_calendar"
        frame = assessment.measurements.frame
        rows = frame[frame.metric_id == metric.id]
        more = rows.assign(metric_id=name, value=rows.value * factor)
        return replace(
            assessment,
            catalogue={**assessment.catalogue, name: replace(metric, id=name, clock=type(metric.clock)("calendar"))},
            measurements=type(assessment.measurements)(pd.concat([frame, more])),
        )

    def columns(found) -> int:
        shown = ("first_response_time", "next_reply_time")
        return len(responsiveness._waits(found, shown, Language.named(code)).columns)

    assert columns(with_companion(1.0)) == columns(assessment) == 6
    assert columns(with_companion(3.0)) == 7


def test_a_definition_does_not_repeat_another_one_word_for_word():
    shared = "A target is judged by the policy in force when its clock started."
    one = Entry("One", f"The first share of all. {shared}", (("Date", "when it was met or fell due at last"),))
    two = Entry(
        "Two", f"Another share of some. {shared}", (("Date", "when it was met or fell due at last"), ("Cases", "n = 3"))
    )
    three = Entry("Three", "Nothing in common with them.", (("Cases", "n = 3"),))
    told = said_once([one, two, three], EN)
    assert told[0] == one
    assert told[1].text == "Another share of some. For the rest see “One”."
    assert told[1].items == (("Cases", "n = 3"),)
    assert told[2] == three


def test_the_usual_minimum_is_what_most_metrics_ask_for(assessment):
    metrics = list(assessment.catalogue.values())
    assert usual_minimum(metrics) == 30
    assert usual_minimum([replace(metric, minimum_sample=1) for metric in metrics]) == 1


@pytest.mark.parametrize(("code", "foreign"), [("pl", r"[А-Яа-яЁё]"), ("ru", r"[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")])
def test_no_catalogue_holds_letters_of_another_language(code, foreign):
    text = (CATALOGUES / f"{code}.po").read_text(encoding="utf-8")
    assert not re.findall(foreign, text)
