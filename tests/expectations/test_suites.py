"""Every rule of every suite: a good frame passes it, and a frame broken in just that way trips it."""

import subprocess
import sys
from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.fields import FIELDS, TABLES, allowed_values
from evaluation.validation import Severity
from expectations.judge import Judge
from expectations.quarantine import split
from expectations.suite import suites
from expectations.validate import validate

RUN_AT = datetime(2026, 10, 2, tzinfo=UTC)
EARLY, LATE = pd.Timestamp("2026-09-01", tz="UTC"), pd.Timestamp("2026-09-02", tz="UTC")
ROWS = 40
LATER_INSTANTS = frozenset(
    {"answered_at", "ended_at", "replied_at", "until_at", "solved_at", "closed_at", "first_response_at"}
)


def good_value(table, column, row):
    field = FIELDS[column]
    if column in TABLES[table].key or (table, column) == ("agents", "agent_id"):
        return LATE if field.dtype == "instant" else f"{table}:{row}"
    if allowed := allowed_values(table, column):
        return allowed[0]
    if column == "ticket_id":
        return f"tickets:{row}"
    if column == "call_id":
        return f"calls:{row}"
    scales = {"score": 3.0, "scale_min": 1.0, "scale_max": 5.0}
    by_type = {
        "instant": LATE if column in LATER_INSTANTS else EARLY, "date": EARLY.date(), "integer": 1,
        "number": scales.get(column, 1.0), "boolean": False, "string": "word", "string_list": ["word"],
    }  # fmt: skip
    return by_type[field.dtype]


def good_frame(table):
    return pd.DataFrame({c: [good_value(table, c, row) for row in range(ROWS)] for c in TABLES[table].columns})


GOOD = {table: good_frame(table) for table in TABLES}
BOTH_LATE = GOOD["customers"].assign(ended_at=LATE + pd.Timedelta("1D"))
GOOD["customers"] = BOTH_LATE
KNOWN = {table: frame[TABLES[table].key[0]] for table, frame in GOOD.items() if len(TABLES[table].key) == 1}
RULES = [
    rule
    for suite in suites().values()
    for rule in suite.rules(frozenset(TABLES[suite.table].columns), frozenset(TABLES))
]


def broken(rule, rows):
    """The good frame of the rule's table with its first `rows` rows broken in just that way."""
    frame = GOOD[rule.table].copy()
    column = rule.columns[0] if rule.columns else ""
    if rule.rule == "row_count":
        return frame.iloc[:0]
    if rule.rule == "unique":
        return pd.concat([frame, frame.iloc[:rows]])
    bad = {
        "not_null": None, "one_of": "nonsense", "refers_to": "tickets:nobody", "within_scale": 99.0,
        "not_in_future": pd.Timestamp("2031-01-01", tz="UTC"), "not_before": pd.Timestamp("2020-01-01", tz="UTC"),
        "between": -5,
    }[rule.rule]  # fmt: skip
    frame[column] = [bad if row < rows else value for row, value in enumerate(frame[column])]
    return frame


def outcome_of(table, frame):
    return validate({"ticket_events": GOOD["ticket_events"], table: frame}, RUN_AT)


@pytest.fixture(scope="module")
def all_good():
    return validate(GOOD, RUN_AT)


def test_good_tables_pass_every_rule_and_lose_nothing(all_good):
    assert [check.id for check in all_good.validation.failed] == []
    assert len(all_good.validation.checks) == len(RULES)
    assert all_good.quarantine == {}


@pytest.fixture(scope="module")
def judge():
    return Judge(RUN_AT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_frame_broken_in_just_that_way_trips_the_rule(rule, judge):
    frame = broken(rule, 1).reset_index(drop=True)
    [(check, rows)] = judge.judge(rule.table, frame, [rule], KNOWN)
    assert not check.passed
    assert check.unexpected >= 1
    kept, gone = split(frame, [(rule, check, rows)])
    assert len(kept) + len(gone) == len(frame)
    assert list(gone["quarantine_reason"]) == ([rule.id] if rule.quarantines else [])


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.critical_above is not None], ids=lambda rule: rule.id)
def test_a_row_rule_turns_critical_when_many_rows_break_it(rule):
    assert rule.severity_of(1, ROWS) is Severity.WARNING
    assert rule.severity_of(ROWS, ROWS) is Severity.CRITICAL


def test_an_empty_batch_is_a_critical_failure():
    outcome = outcome_of("tickets", GOOD["tickets"].iloc[:0])
    assert outcome.validation.critical("tickets", ("created_at",)).rule == "row_count"


def test_many_solved_before_created_are_critical_for_what_rests_on_them():
    tickets = GOOD["tickets"].assign(solved_at=pd.Timestamp("2020-01-01", tz="UTC"))
    validation = outcome_of("tickets", tickets).validation
    assert validation.critical("tickets", ("solved_at",)).rule == "not_before"
    assert validation.critical("tickets", ("topic",)) is None


def test_the_events_of_a_quarantined_ticket_leave_with_it():
    tickets = broken(next(r for r in RULES if r.id == "tickets.channel_code.one_of"), 1)
    outcome = outcome_of("tickets", tickets)
    assert outcome.validation.quarantined == {
        "ticket_events.ticket_id.ticket_quarantined": 1, "tickets.channel_code.one_of": 1,
    }  # fmt: skip


def test_a_row_that_breaks_two_rules_leaves_once():
    tickets = GOOD["tickets"].copy()
    tickets.loc[0, ["channel_code", "priority_code"]] = "nonsense"
    outcome = outcome_of("tickets", tickets)
    assert len(outcome.quarantine["tickets"]) == 1
    assert len([check for check in outcome.validation.failed if check.table == "tickets"]) == 2


def test_samples_of_personal_columns_are_not_shown():
    surveys = GOOD["surveys"].copy()
    surveys.loc[0, "score"] = 99.0
    check = next(check for check in outcome_of("surveys", surveys).validation.failed)
    assert check.sample == ("99.0 / 1.0 / 5.0",)


def test_an_answer_without_a_day_is_broken_and_a_survey_without_an_answer_is_not():
    surveys = GOOD["surveys"].copy()
    surveys.loc[:1, "answered_at"] = pd.NaT
    surveys.loc[1, "score"] = None
    outcome = outcome_of("surveys", surveys)
    assert outcome.validation.quarantined == {"surveys.answered_at.not_null": 1}
    assert list(outcome.quarantine["surveys"]["survey_id"]) == ["surveys:0"]


def test_great_expectations_is_silent_and_leaves_spark_alone():
    code = "import sys; from expectations.judge import warm_up; warm_up(); print('pyspark' in sys.modules)"
    asked = [sys.executable, "-W", "error::FutureWarning", "-c", code]
    heard = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    assert (heard.returncode, heard.stdout.strip(), "Warning" in heard.stderr) == (0, "False", False)


def test_spark_that_is_in_use_stays_in_use():
    pytest.importorskip("pyspark")
    code = (
        "import sys, pyspark; from expectations.judge import warm_up; warm_up(); "
        "import pyspark as again; print(again is pyspark, 'pyspark.sql' in sys.modules)"
    )
    heard = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (heard.returncode, heard.stdout.strip()) == (0, "True True")
