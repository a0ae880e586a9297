"""Every sentence is chosen by a rule from the evidence; each rule is tried on both sides, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

import evaluation.cycle
import evaluation.findings
import evaluation.judgement.decisions
from evaluation.assessment import Change, CycleStep, Decision, Finding, GoalStatus, Target
from evaluation.errors import RenderError
from evaluation.facts.shapes import EXCLUSIONS
from evaluation.measurement import Absent, Caveat
from evaluation.metric import Unit
from evaluation.statistics.effect import Effect
from evaluation.validation import Validation
from reports import conclusions, decisions, evidence, findings, remarks, wording
from reports.chart import Shape
from reports.findings import weak_member
from reports.language import Language
from reports.sections.cycle import build as cycle_page
from reports.sections.data_quality import build as data_quality
from reports.sections.goals import build as goals_page
from reports.sections.responsiveness.build import responsiveness_title
from reports.sections.satisfaction.build import satisfaction_title
from reports.sections.service_level.build import service_level_title
from reports.sections.workload.build import workload_title

CODES = ("en", "ru", "pl")
EN = Language.named("en")


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        (wording.CHANGE, Change),
        (wording.STATUS, GoalStatus),
        (wording.ABSENT, Absent),
        (wording.CAVEAT, Caveat),
    ],
)
def test_every_word_of_a_closed_list_has_words(table, kinds):
    assert set(table) == set(kinds)


def test_rules_of_the_domain_have_sentences():
    assert set(findings.SENTENCES) == set(evaluation.findings.RULES)
    assert set(decisions.RULES) == set(evaluation.judgement.decisions.RULES)
    assert set(cycle_page.STEPS) == set(evaluation.cycle.STEPS)
    assert set(data_quality.EXCLUSION_WORDS) == set(EXCLUSIONS)


def test_an_entry_without_words_stops_the_report(assessment):
    with pytest.raises(RenderError, match="no words for 'shiny'"):
        wording.said(wording.GOAL_REASON, "shiny", EN)
    with pytest.raises(RenderError, match="the decision 'shiny'"):
        decisions.wanted(Decision(rule="shiny", subject="x", owner=None, due=None), assessment, EN)
    with pytest.raises(RenderError, match="the count 'dreams'"):
        cycle_page.evidence_of(CycleStep(number=1, id="calls", state="done", evidence={"dreams": 1}), EN)
    finding = Finding(rule="shiny", figure=assessment.figures[0], dimension=None, member=None, weight=1)
    with pytest.raises(RenderError, match="the finding 'shiny'"):
        findings.finding_sentence(finding, assessment, EN)


SAID = {
    Change.BETTER: ("an improvement", "улучшение", "poprawa"),
    Change.WORSE: ("a deterioration", "ухудшение", "pogorszenie"),
    Change.MOVED: ("a real difference", "неслучайное изменение", "rzeczywista różnica"),
    Change.WITHIN_NOISE: ("within noise", "в пределах шума", "w granicach wahań"),
    Change.CANNOT_TELL: ("too few cases", "случаев мало", "za mało przypadków"),
    Change.NOT_COMPARED: ("no earlier value", "сравнить с прежним не с чем", "brak wcześniejszej wartości"),
}


@pytest.mark.parametrize("verdict", list(Change))
@pytest.mark.parametrize("code", CODES)
def test_a_figure_is_said_to_have_changed_only_as_the_verdict_says(assessment, verdict, code):
    figure = replace(assessment.figures[0], verdict=verdict)
    text = conclusions.figure_sentence(figure, "2026-Q2", Language.named(code))
    for other, words in SAID.items():
        assert (words[CODES.index(code)] in text) == (other is verdict), text


def test_periods_that_are_not_whole_are_told_side_by_side_without_a_verdict(assessment):
    figure = replace(assessment.figures[0], verdict=Change.NOT_WHOLE)
    text = conclusions.figure_sentence(figure, "2026-Q2", EN)
    assert text.endswith("; one of the two periods is not whole.")
    assert not any(words[0] in text for words in SAID.values())


def test_an_absent_figure_gives_its_reason_and_no_number(assessment):
    figure = replace(assessment.figures[0], value=None, reason=Absent.NO_POLICY, caveats=())
    assert conclusions.figure_sentence(figure, "2026-Q2", EN) == (
        "Promises kept: no value (no service-level promise applies)."
    )


def headline_of(assessment, verdicts, statuses, code="en"):
    figures = tuple(
        replace(figure, verdict=verdict) for figure, verdict in zip(assessment.figures, verdicts, strict=False)
    )
    goals = tuple(
        replace(goal, status=status, is_final=status in (GoalStatus.REACHED, GoalStatus.MISSED))
        for goal, status in zip(assessment.goals, statuses, strict=False)
    )
    return conclusions.headline(replace(assessment, figures=figures, goals=goals), Language.named(code))


R, M, C = GoalStatus.REACHED, GoalStatus.MISSED, GoalStatus.ON_COURSE
B, W, N = Change.BETTER, Change.WORSE, Change.WITHIN_NOISE


@pytest.mark.parametrize(
    ("verdicts", "statuses", "expected"),
    [
        ((B, W), (R, M), "1 of 2 goals met; promises kept improved, customer satisfaction worsened"),
        ((B, B), (R, R), "Both goals are met; promises kept improved from 89.0% to 92.7%"),
        ((W,), (M, M), "None of 2 goals is met; promises kept worsened from 89.0% to 92.7%"),
        ((N, N), (R, M), "1 of 2 goals met; customer satisfaction missed its goal of 88%, at 86.1%"),
        ((N, N), (R,), "Promises kept met its goal of 92%, at 92.7%; no main figure moved beyond noise"),
        ((N, N), (M, C), "Promises kept missed its goal of 92%, at 92.7%; no main figure moved beyond noise"),
        ((W,), (C,), "Promises kept worsened from 89.0% to 92.7%"),
        ((Change.MOVED,), (), "Promises kept rose from 89.0% to 92.7%"),
        ((Change.NOT_COMPARED,), (), "A first measurement: there is nothing to compare it with yet"),
        ((), (), "No main figures are chosen for this review"),
    ],
)
def test_the_headline_follows_goals_and_verdicts(assessment, verdicts, statuses, expected):
    assert headline_of(assessment, verdicts, statuses) == expected


@pytest.mark.parametrize("code", CODES)
def test_the_headline_never_says_better_when_nothing_is(assessment, code):
    words = ("improved", "лучше", "lepiej")
    assert words[CODES.index(code)] not in headline_of(assessment, (W, W, W), (M,), code).lower()
    assert words[CODES.index(code)] in headline_of(assessment, (B, B, B), (R,), code).lower()


def test_without_any_value_the_headline_says_why(assessment, empty_assessment):
    assert conclusions.headline(empty_assessment, EN) == "Nothing could be measured in Q3 2026"
    assert conclusions.headline(empty_assessment, Language.named("ru")) == (
        "В III квартале 2026 года измерить ничего не удалось"
    )
    hidden = tuple(replace(figure, reason=Absent.WITHHELD) for figure in empty_assessment.figures)
    assert "withheld" in conclusions.headline(replace(empty_assessment, figures=hidden), EN)


def test_a_headline_that_is_too_long_keeps_its_gravest_half(assessment):
    long = replace(
        assessment.figures[0].metric,
        label="Promises of every kind that were kept on every day of the week in every channel that we have",
    )
    first, second = assessment.figures[:2]
    figures = (replace(first, metric=long, verdict=B), replace(second, metric=long, verdict=W))
    title = conclusions.headline(replace(assessment, figures=figures), EN)
    assert title == "2 of 3 goals met; first response time missed its goal of 30\u00a0min, at 32\u00a0min"
    for label, end in (
        ("Promises of every kind kept", "kept improved, promises of every kind kept worsened"),
        ("Promises of every kind in every channel", "channel worsened from 82.6% to 86.1%"),
        ("Promises of every kind kept in every channel that we have", "in every channel that we have worsened"),
    ):
        figures = tuple(replace(figure, metric=replace(long, label=label)) for figure in figures)
        title = conclusions.headline(replace(assessment, figures=figures), EN)
        assert title.endswith(end)


@pytest.mark.parametrize(
    ("value", "status", "expected"),
    [
        (0.93, R, "93.0%, the target ≥\u00a092% is met"),
        (0.91, M, "91.0%, the target ≥\u00a092% is not met"),
        (0.91999, M, "91.999%, the target ≥\u00a092% is not met"),
        (0.91, C, "91.0%, on course to the target ≥\u00a092%"),
        (0.93, C, "93.0%, the target ≥\u00a092% is met"),
        (0.91, GoalStatus.CANNOT_TELL, "91.0%, too few cases to judge by the target ≥\u00a092%"),
        (None, GoalStatus.CANNOT_TELL, ""),
    ],
)
def test_a_promise_is_said_to_be_kept_only_when_it_is(assessment, value, status, expected):
    figure = replace(assessment.figures[0], value=value, status=status, target=Target(at_least=0.92))
    assert conclusions.promise_kept(figure, EN) == expected


def test_a_weak_member_is_named_only_when_it_is_a_finding(assessment):
    assert weak_member(assessment, "sla_attainment", "channel").member == "form"
    assert weak_member(assessment, "sla_attainment", "topic") is None, "no topic is among the findings"
    better = tuple(replace(one, rule=one.rule.replace("worse", "better")) for one in assessment.findings)
    assert weak_member(replace(assessment, findings=better), "sla_attainment", "channel") is None
    expected = tuple(replace(one, rule=one.rule.replace("rest", "expected")) for one in assessment.findings)
    assert weak_member(replace(assessment, findings=expected), "sla_attainment", "team").member == "Claims"


def test_the_title_and_the_findings_name_the_same_weak_channel(assessment):
    assert "clearly below that: web form" in service_level_title(assessment, EN)
    assert "clearly below" not in service_level_title(replace(assessment, findings=()), EN), "screened: chance"


@pytest.mark.parametrize(
    ("half", "tenth", "title"),
    [
        (7200.0, 7200.0, "Nine of ten first replies come within 2 h"),
        (7200.0, 7200.4, "Nine of ten first replies come within 2 h"),
        (7200.0, 14400.0, "Half of the first replies come within 2 h; one in ten takes longer than 4 h"),
        (7200.0, 7260.0, "Half of the first replies come within 2 h; one in ten takes longer than 2 h 1 min"),
    ],
)
def test_equal_waits_have_no_slower_tenth(assessment, half, tenth, title):
    frame = assessment.measurements.frame.copy()
    whole = (frame["metric_id"] == "first_response_time") & (frame["dimension"] == "all")
    for statistic, value in (("median", half), ("p90", tenth)):
        frame.loc[whole & (frame["statistic"] == statistic), "value"] = value
    given = replace(assessment, measurements=type(assessment.measurements)(frame))
    assert responsiveness_title(given, EN).replace("\u00a0", " ") == title


def test_titles_of_pages(assessment):
    assert workload_title(assessment, EN) == "More came in than was solved: 16,800 created, 16,650 solved"
    assert responsiveness_title(assessment, EN).startswith("Half of the first replies come within 32")
    assert "is not met" in satisfaction_title(assessment, "csat", EN)


def measured_as(assessment, **values):
    frame = assessment.measurements.frame.copy()
    for metric, value in values.items():
        frame.loc[(frame.metric_id == metric) & (frame.period_id == "2026-Q3"), "value"] = float(value)
    return replace(assessment, measurements=type(assessment.measurements)(frame))


@pytest.mark.parametrize(
    ("created", "solved", "expected"),
    [
        (10, 12, "More was solved than came in: 12 solved, 10 created"),
        (12, 10, "More came in than was solved: 12 created, 10 solved"),
        (12, 12, "As much was solved as came in: 12 tickets"),
    ],
)
def test_the_workload_title_takes_the_right_side(assessment, created, solved, expected):
    changed = measured_as(assessment, tickets_created=created, tickets_solved=solved)
    assert workload_title(changed, EN) == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((R, R, R, R), "All 4 goals are met"),
        ((R, M, C, C), "1 of 2 goals met; 2 running goals are on course"),
        ((R, M, GoalStatus.AT_RISK, C), "1 of 2 goals met; 1 running goal is at risk"),
        ((C, GoalStatus.OFF_COURSE, C, C), "1 running goal is at risk"),
        ((GoalStatus.CANNOT_TELL,) * 4, "4 goals cannot be judged yet"),
    ],
)
def test_the_title_of_the_goals_page(assessment, statuses, expected):
    goals = tuple(
        replace(goal, status=status, is_final=status in (R, M))
        for goal, status in zip(assessment.goals, statuses, strict=True)
    )
    assert goals_page.goals_title(goals, EN) == expected


@pytest.mark.parametrize(("days", "shape"), [(0, Shape.IN_PROGRESS), (1, Shape.MISSED)])
def test_an_open_follow_up_is_late_only_after_its_date(assessment, days, shape):
    item = replace(assessment.follow_ups[0], overdue_days=days)
    assert goals_page.follow_up_mark(item, EN).shape is shape


EFFECTS = [
    ({}, "Helped", "−23% (95%: −31% to −15%) against the rest of the service; 2 months after it"),
    ({"is_net": False}, "Helped", "−23% (95%: −31% to −15%) against before; 2 months after it"),
    ({"word": Effect.NO_SIGN, "change": 0.02, "low": -0.04, "high": 0.08, "months_after": ("2026-09",)},
     "No sign of an effect", "+2% (95%: −4% to +8%) against the rest of the service; 1 month after it"),
    ({"word": Effect.WORSE, "change": 0.23, "low": 0.15, "high": 0.31, "together_with": ("other",)}, "Worse since",
     "+23% (95%: +15% to +31%) against the rest of the service; 2 months after it; "
     "together with another follow-up on this figure"),
    ({"word": Effect.TOO_EARLY, "reason": "no_whole_month", "change": None, "low": None, "high": None},
     "Too early to tell", "no whole month has passed since"),
    ({"word": Effect.CANNOT_TELL, "reason": "few_before", "change": None, "low": None, "high": None}, "Cannot tell",
     "too few cases before"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "word", "small"), EFFECTS)
def test_what_came_of_a_follow_up_is_a_word_with_its_change(assessment, changes, word, small):
    done = next(item for item in assessment.follow_ups if item.effect)
    item = replace(done, effect=replace(done.effect, **changes))
    cell = goals_page.effect_cell(item, {item.metric_id: Unit.SECONDS}, EN)
    assert (cell.mark.word, cell.small) == (word, small)


def test_a_change_in_the_unit_of_its_figure(assessment):
    done = next(item for item in assessment.follow_ups if item.effect)
    effect = replace(done.effect, is_factor=False, change=0.031, low=0.012, high=0.05)
    cell = goals_page.effect_cell(replace(done, effect=effect), {done.metric_id: Unit.SHARE}, EN)
    assert cell.small.startswith("+3.1\u00a0pp (95%: +1.2\u00a0pp to +5.0\u00a0pp) against the rest")


def test_without_effects_the_table_has_no_column_for_them(assessment):
    plain = tuple(replace(item, effect=None) for item in assessment.follow_ups)
    without, with_it = (goals_page._follow_ups(items, {"first_response_time": Unit.SECONDS}, EN)
                        for items in (plain, assessment.follow_ups))  # fmt: skip
    assert [len(table.columns) for table in (without, with_it)] == [4, 5]
    assert all(sum(column.width_mm for column in table.columns) == 174 for table in (without, with_it))


def test_the_title_of_follow_ups_counts_the_late_ones(assessment):
    late = assessment.follow_ups
    in_time = tuple(replace(item, overdue_days=0) for item in late)
    assert goals_page.follow_ups_title(late, EN) == "Follow-ups: 1 of 5 done, 2 overdue"
    assert goals_page.follow_ups_title(in_time, EN) == "Follow-ups: 1 of 5 done, none overdue"


def test_the_title_of_data_quality_takes_the_right_side(assessment):
    good = tuple(check for check in assessment.validation.checks if check.passed)
    clean = replace(assessment, validation=Validation(good))
    hidden = replace(assessment, withheld={"csat": "surveys.ticket_id.refers_to"})
    assert data_quality.data_quality_title(clean, EN) == "All 4 checks held"
    assert data_quality.data_quality_title(assessment, EN) == "2 of 6 checks failed; no figure is withheld"
    assert data_quality.data_quality_title(hidden, EN) == "2 of 6 checks failed; 1 figure is withheld"
    unchecked = replace(assessment, validation=Validation(()))
    assert data_quality.data_quality_title(unchecked, EN).startswith("No check ran")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("member_worse_than_rest", "E-mail: worse than the rest of the service"),
        ("member_better_than_rest", "E-mail: better than the rest of the service"),
        ("member_worse_than_expected", "E-mail: worse than its own kind of cases leads to expect"),
        ("member_better_than_expected", "E-mail: better than its own kind of cases leads to expect"),
        ("member_worse_than_before", "E-mail: worse than before"),
        ("member_better_than_before", "E-mail: better than before"),
        ("worse_than_before", "is worse than before"),
        ("better_than_before", "is better than before"),
    ],
)
def test_findings_take_the_side_of_their_rule(assessment, rule, words):
    finding = Finding(rule=rule, figure=assessment.figures[0], dimension="channel", member="email", weight=2)
    assert words in findings.finding_sentence(finding, assessment, EN)


def test_what_stands_out_is_said_only_about_the_metrics_of_the_page(assessment):
    finding = Finding(
        rule="member_worse_than_rest", figure=assessment.figures[0], dimension="channel", member="form", weight=2
    )
    found = replace(assessment, findings=(finding,))
    assert "Web form" in findings.stands_out(found, ["sla_attainment"], EN).text[0]
    assert "No part of the service" in findings.stands_out(found, ["csat"], EN).text[0]
    assert findings.stands_out(found, ["never_measured"], EN) is None


def test_decisions_say_whose_they_are_and_when(assessment):
    first, second, third = (decisions.wanted(one, assessment, EN) for one in assessment.decisions)
    assert first.title == "Missed: Half of first replies within 30 minutes"
    assert first.who == "belov.d · by 15 Oct 2026"
    assert second.text == "51 days overdue, carried over 1 time."
    assert third.who == "no owner yet"
    withheld = replace(assessment, withheld={"csat": "surveys.ticket_id.refers_to"})
    repair = Decision(rule="data_withheld", subject="surveys.ticket_id.refers_to", owner=None, due=date(2026, 10, 1))
    said = decisions.wanted(repair, withheld, EN)
    assert (said.title, said.text) == (
        "Repair the data: Surveys belong to known tickets",
        "Withheld until then: Customer satisfaction.",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("channel_code is not given", "channel_code: не заполнено"),
        ("role is third_party", "role: third_party"),
        ("role is not agent", "role: не agent"),
        ("identical row", "повтор той же строки"),
        ("our own reason", "our own reason"),
        ("score_1 is above {0}", "score_1: больше {0}"),
    ],
)
def test_reasons_of_sources_are_translated_where_they_are_known(text, expected):
    assert remarks.remark(text, Language.named("ru")) == expected


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in remarks.PHRASES])
def test_every_phrase_of_a_source_is_reached(pattern):
    """A broader phrase before a narrower one would hide it."""
    example = re.sub(r"\(\?P<\w+>(.+?)\)", "x", pattern)
    assert next(one for one, _ in remarks.PHRASES if re.fullmatch(one, example)) == pattern


def test_a_finding_about_another_metric_names_it(assessment):
    told = findings.stands_out(assessment, ["csat", "sla_attainment"], EN).text
    assert any(line.startswith("Promises kept: Web form: worse") for line in told)
    assert not any(
        "Promises kept: Web form" in line for line in findings.stands_out(assessment, ["sla_attainment"], EN).text
    )


def test_a_first_period_says_once_that_there_is_nothing_before(assessment):
    figures = tuple(replace(figure, verdict=Change.NOT_COMPARED) for figure in assessment.figures)
    text = conclusions.lead(replace(assessment, figures=figures), EN)
    assert text.endswith("There is no earlier period to compare with.")
    assert text.count("compare") == 1
    assert "compare" not in conclusions.lead(replace(assessment, figures=()), EN)


@pytest.mark.parametrize(("metric", "words"), [("first_response_time", "small sample"), ("backlog", "")])
def test_a_small_count_is_no_small_sample(assessment, metric, words):
    whole = assessment.measurements.get(metric, "2026-Q3", statistic=assessment.catalogue[metric].statistic)
    cell = evidence.value_cell(replace(whole, caveats=(Caveat.SMALL_SAMPLE,)), assessment.catalogue[metric], EN)
    assert cell.small == words
