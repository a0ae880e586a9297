"""Northwind Care through the product: planted faults are counted, planted facts are seen, figures agree with SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.assessment import Assessment, GoalStatus
from evaluation.period import Period
from tasks.evaluate import cut_of, evaluate, open_tables
from tasks.validate import Validated, validate_files

if TYPE_CHECKING:
    from conftest import Example

FOLDER = Path(__file__).parents[2] / "examples" / "northwind-care"
RUN_AT = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
QUARTER = Period.parse("2026-Q3", zone="Europe/Warsaw")
INSIDE = "{} >= TIMESTAMPTZ '2026-06-30 22:00:00Z' AND {} < TIMESTAMPTZ '2026-09-30 22:00:00Z'"

# The stories of sound tickets, told again in plain SQL from the frames of the generator.
SOUND = """
CREATE TABLE sound AS SELECT DISTINCT * FROM tickets
    WHERE channel_code IS NOT NULL AND created_at < '2026-11-01' AND coalesce(solved_at >= created_at, TRUE)
    AND NOT is_spam AND NOT is_test AND NOT is_proactive AND merged_into_id IS NULL AND status_code <> 'deleted';
CREATE TABLE asked AS SELECT ticket_id, min("at") AS asked_at FROM ticket_events
    WHERE kind = 'requester_message' GROUP BY 1;
CREATE TABLE human AS SELECT ticket_id, min("at") AS replied_at, arg_min(actor_id, "at") AS author FROM ticket_events
    WHERE kind = 'public_reply' AND actor_kind = 'agent' AND actor_id <> 'auto-receipt' GROUP BY 1;
CREATE TABLE handed AS SELECT ticket_id, min("at") AS handed_at FROM ticket_events
    WHERE kind = 'bot_handoff' GROUP BY 1;
CREATE TABLE responses AS
    SELECT sound.*, replied_at, author, coalesce(greatest(asked_at, handed_at), asked_at) AS clock_at
    FROM sound JOIN asked USING (ticket_id) JOIN human USING (ticket_id) LEFT JOIN handed USING (ticket_id);
"""


@dataclass(frozen=True)
class Run:
    """Everything one run knows."""

    story: Any
    example: Example
    validated: Validated
    assessment: Assessment
    sql: duckdb.DuckDBPyConnection

    def value(self, metric: str, period: str, statistic: str = "value", **scope: str) -> float | None:
        dimension, member = next(iter(scope.items()), ("all", "all"))
        rows = self.assessment.measurements
        return rows.get(metric, period, statistic=statistic, dimension=dimension, member=member).value

    def rows(self, text: str) -> list[tuple]:
        return self.sql.execute(text).fetchall()


@pytest.fixture(scope="module")
def run(northwind: ModuleType, bring_in: Callable[[Path], Example], tmp_path_factory: pytest.TempPathFactory) -> Run:
    return reviewed(northwind, bring_in, tmp_path_factory.mktemp("northwind"), 2000)


def reviewed(northwind: ModuleType, bring_in: Callable[[Path], Example], folder: Path, size: int) -> Run:
    """A story of a size, as a run on its files sees it."""
    story = northwind.story.generate(size)
    northwind.files.write(story, folder / "data")
    (folder / "review.yaml").write_text((FOLDER / "review.yaml").read_text())
    example = bring_in(folder / "review.yaml")
    validated = validate_files(example.collected.tables, RUN_AT, folder / "run")
    assessment = evaluate(
        validated.tables, example.review.settings, QUARTER, validation=validated.validation,
        intake=example.collected.intake, as_of=None, run_at=RUN_AT,
    )  # fmt: skip
    sql = duckdb.connect()
    sql.execute("SET TimeZone = 'UTC'")
    for name, frame in story.tables.items():
        sql.register(name, frame.convert_dtypes(dtype_backend="pyarrow"))
    sql.execute(SOUND)
    return Run(story, example, validated, assessment, sql)


def test_faults_that_the_sources_leave_out(run: Run) -> None:
    faults = run.story.planted.faults
    account = run.example.account
    assert dict(account("desk", "tickets").excluded) == {
        "identical row": faults["tickets"]["identical rows twice"],
        "channel_code is not given": faults["tickets"]["no channel"],
    }
    assert dict(account("log", "ticket_events").excluded) == {
        "identical row": faults["ticket_events"]["identical rows twice"]
    }
    assert dict(account("shop", "returns").excluded) == {"at is not given": faults["returns"]["no date"]}
    clean = ("calls", "surveys", "reviews", "audits", "customers", "agents", "benchmarks", "corrections")
    by_table = {one.table: one for one in run.example.collected.intake}
    assert {name: dict(by_table[name].excluded) for name in clean} == {name: {} for name in clean}


def test_faults_that_validation_quarantines(run: Run) -> None:
    # an answer older than the review is none of them: an edited review carries the later date
    faults, found = run.story.planted.faults, dict(run.validated.validation.quarantined)
    (of_strangers,) = run.rows("""
        SELECT count(*) FROM (SELECT DISTINCT * FROM ticket_events) WHERE ticket_id NOT IN
        (SELECT ticket_id FROM tickets WHERE channel_code IS NOT NULL)""")
    (of_quarantined,) = run.rows("""
        SELECT count(*) FROM (SELECT DISTINCT * FROM ticket_events) JOIN (SELECT DISTINCT ticket_id FROM tickets
        WHERE channel_code IS NOT NULL AND (solved_at < created_at OR created_at > '2026-11-01')) USING (ticket_id)""")
    assert of_strangers[0] > faults["ticket_events"]["unknown ticket"]
    assert found == {
        "tickets.created_at.not_in_future": faults["tickets"]["created in the future"],
        "tickets.solved_at+created_at.not_before": faults["tickets"]["solved before created"],
        "ticket_events.ticket_id.refers_to": of_strangers[0],
        "ticket_events.ticket_id.ticket_quarantined": of_quarantined[0],
        "calls.talk_seconds.between": faults["calls"]["negative talk time"],
        "calls.answered_at+started_at.not_before": faults["calls"]["answered before started"],
        "surveys.score+scale_min+scale_max.within_scale": faults["surveys"]["score outside the scale"],
        "surveys.answered_at+asked_at.not_before": faults["surveys"]["answered before asked"],
        "customers.ended_at+started_at.not_before": faults["customers"]["ended before started"],
    }


def test_tickets_that_are_no_service_leave_by_their_reason(run: Run) -> None:
    from evaluation.facts import derive

    tables = open_tables(run.validated.tables)
    facts = derive(tables, run.example.review.settings, cut_of(tables, QUARTER, None, RUN_AT))
    reasons = facts["tickets"].exclusion.to_pandas().value_counts().to_dict()
    assert reasons == run.story.planted.excluded


def test_counts_of_the_quarter(run: Run) -> None:
    for channel, count in run.rows(
        f"SELECT channel_code, count(*) FROM sound WHERE {INSIDE.format('created_at', 'created_at')} GROUP BY 1"
    ):
        assert run.value("tickets_created", "2026-Q3", channel=channel) == count, channel
    ended = "coalesce(solved_at, closed_at)"
    ((solved,),) = run.rows(f"SELECT count(*) FROM sound WHERE {INSIDE.format(ended, ended)}")
    assert run.value("tickets_solved", "2026-Q3") == solved


def test_first_responses_round_the_clock(run: Run) -> None:
    """Bots and the automatic author never stop the clock; the agents' clock starts at the hand-off."""
    rows = run.rows(f"""
        SELECT channel_code, median(epoch(replied_at) - epoch(clock_at)) FROM responses
        WHERE {INSIDE.format("replied_at", "replied_at")} GROUP BY 1""")
    assert len(rows) == 7
    for channel, median in rows:
        assert run.value("first_response_time_calendar", "2026-Q3", "median", channel=channel) == median, channel


@pytest.mark.parametrize("team", ["First line", "Technical", "Billing", "Logistics"])
def test_first_responses_in_opening_hours(run: Run, northwind: ModuleType, team: str) -> None:
    """By the generator's own working time, which shares nothing with the product's calendars."""
    from northwind.opening import OpeningHours

    opening = OpeningHours(date(2024, 9, 1), date(2027, 12, 31))
    rows = run.rows(f"""
        SELECT epoch(clock_at), epoch(replied_at) FROM responses
        WHERE team_id = '{team}' AND {INSIDE.format("replied_at", "replied_at")}""")
    starts, ends = np.array(rows).T
    seconds = opening.elapsed(ends) - opening.elapsed(starts)
    assert run.value("first_response_time", "2026-Q3", "median", team=team) == pytest.approx(np.median(seconds))
    assert run.value("first_response_time", "2026-Q3", "mean", team=team) == pytest.approx(np.mean(seconds))


@pytest.mark.parametrize("channel", ["email", "messenger"])
def test_shifts_of_first_responses(run: Run, channel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pairs of the two quarters, listed, with waits by the generator's own working time."""
    from northwind import opening
    from scipy.stats import mannwhitneyu

    usual = opening.OpeningHours(date(2024, 9, 1), date(2027, 12, 31))
    monkeypatch.setattr(opening, "HOURS", dict.fromkeys(range(5), (8, 16)))
    office = opening.OpeningHours(date(2024, 9, 1), date(2027, 12, 31))
    waits = []
    for inside in (INSIDE, "{} >= TIMESTAMPTZ '2026-03-31 22:00:00Z' AND {} < TIMESTAMPTZ '2026-06-30 22:00:00Z'"):
        rows = run.rows(f"""
            SELECT epoch(clock_at), epoch(replied_at), coalesce(team_id = 'Key accounts', FALSE) FROM responses
            WHERE channel_code = '{channel}' AND {inside.format("replied_at", "replied_at")}""")
        starts, ends, is_office = np.array(rows).T
        by_calendar = [hours.elapsed(ends) - hours.elapsed(starts) for hours in (usual, office)]
        waits.append(np.where(is_office, by_calendar[1], by_calendar[0]))
    (figure,) = [one for one in run.assessment.figures if one.where == {"channel": channel}]
    assert figure.shift is not None
    assert figure.shift.value == pytest.approx(np.median(np.subtract.outer(*waits)))
    assert figure.shift.p_value == pytest.approx(mannwhitneyu(*waits, method="asymptotic").pvalue)


def test_ratings_of_the_quarter(run: Run) -> None:
    sound = "score BETWEEN scale_min AND scale_max AND answered_at >= asked_at"
    inside = INSIDE.format("answered_at", "answered_at")
    ((good, every),) = run.rows(
        f"SELECT count(*) FILTER (score >= 4), count(*) FROM surveys WHERE kind = 'csat' AND {sound} AND {inside}"
    )
    row = run.assessment.measurements.get("csat", "2026-Q3", statistic="value")
    assert (row.numerator, row.denominator) == (good, every)
    ((ease,),) = run.rows(f"SELECT avg(score) FROM surveys WHERE kind = 'ces' AND {sound} AND {inside}")
    assert run.value("ces", "2026-Q3", "mean") == pytest.approx(ease)
    ((score,),) = run.rows(f"""
        SELECT 100.0 * (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / count(*) FROM surveys
        WHERE kind = 'nps' AND {sound} AND {inside}""")
    assert run.value("nps", "2026-Q3") == pytest.approx(score)


def test_public_reviews_of_the_quarter(run: Run) -> None:
    """By plain SQL, with the same words on another site shortly before left out."""
    inside = INSIDE.format("posted_at", "posted_at")
    ((n, mean, spread, positive, negative, answered),) = run.rows(f"""
        SELECT count(*), avg(rating), stddev_samp(rating), avg((rating >= 4)::int), avg((rating <= 2)::int),
            avg((replied_at IS NOT NULL)::int)
        FROM reviews AS r WHERE {inside} AND NOT EXISTS (
            SELECT * FROM reviews AS e WHERE e.site <> r.site AND e.rating = r.rating AND e.branch_id = r.branch_id
            AND lower(trim(e.text)) = lower(trim(r.text)) AND length(trim(r.text)) >= 20
            AND r.posted_at - e.posted_at BETWEEN INTERVAL 0 SECOND AND INTERVAL 3 DAY
            AND (r.posted_at > e.posted_at OR e.review_id < r.review_id))""")
    row = run.assessment.measurements.get("review_rating", "2026-Q3", statistic="mean")
    assert (row.n, row.value) == (n, pytest.approx(mean))
    assert run.value("review_rating", "2026-Q3", "sd") == pytest.approx(spread)
    assert run.value("review_sentiment", "2026-Q3") == pytest.approx(positive)
    assert run.value("review_sentiment_negative", "2026-Q3") == pytest.approx(negative)
    assert run.value("review_answer_rate", "2026-Q3") == pytest.approx(answered)


def test_the_slower_channel_is_seen(run: Run, northwind: ModuleType) -> None:
    before, after = (run.value("first_response_time", q, "median", channel="messenger") for q in ("2026-Q1", "2026-Q3"))
    assert before is not None
    assert after is not None
    assert after > 0.6 * northwind.planted.SLOW_FACTOR * before


def test_every_table_reaches_the_cycle(run: Run) -> None:
    evidence = {step.id: step.evidence for step in run.assessment.cycle}
    assert evidence["correspondence"]["audits"] > 0
    assert evidence["mystery"]["visits"] > 0
    assert evidence["calls"]["calls"] > 0
    assert evidence["performance"]["benchmarks"] == 5


def test_audits_and_mystery_visits(run: Run) -> None:
    run.sql.execute("""
        CREATE OR REPLACE TABLE marked AS SELECT *,
            CASE WHEN dispute_outcome = 'accepted' THEN dispute_mark WHEN NOT is_not_applicable THEN mark END AS final,
            CASE WHEN criterion_id = 'solution' AND scorecard_version = '2' THEN 3 ELSE 1 END AS weight FROM audits;
        CREATE OR REPLACE TABLE scored AS SELECT audit_id, any_value(kind) AS kind, any_value(auditor_id) AS auditor,
            max(audited_at) AS audited_at, CASE WHEN bool_or(weight = 3 AND final < 2) THEN 0 ELSE
            sum(weight * (final - 1) / 4) / sum(weight) FILTER (WHERE final IS NOT NULL) END AS score
            FROM marked WHERE NOT is_calibration GROUP BY audit_id""")
    populations = {
        "correspondence_audit_score": "kind = 'correspondence'",
        "call_audit_score": "kind = 'call'",
        "audit_score": "kind <> 'mystery'",
        "mystery_score": "kind = 'mystery' AND auditor NOT LIKE 'agency-%'",
        "mystery_score_third_party": "kind = 'mystery' AND auditor LIKE 'agency-%'",
    }
    for metric, population in populations.items():
        inside = INSIDE.format("audited_at", "audited_at")
        ((n, mean),) = run.rows(f"SELECT count(score), avg(score) FROM scored WHERE {population} AND {inside}")
        assert n > 0 or metric == "call_audit_score"  # so small a story has no call that was audited in the quarter
        assert run.value(metric, "2026-Q3", "mean") == (pytest.approx(mean) if n else None), metric


@pytest.fixture(scope="module")
def whole(northwind: ModuleType, bring_in: Any, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The whole organisation: what it takes 60,000 tickets to see."""
    return reviewed(northwind, bring_in, tmp_path_factory.mktemp("northwind-whole"), 60_000)


@pytest.mark.slow
def test_goals_end_as_planted(whole: Run) -> None:
    goals = {goal.id: (goal.status, goal.reason) for goal in whole.assessment.goals}
    assert goals["chat-satisfaction"] == (GoalStatus.REACHED, "reached_within_noise")
    assert goals["email-first-response"] == (GoalStatus.MISSED, "not_reached")
    assert goals["portal-first-response"][0] is GoalStatus.ON_COURSE
    assert goals["companies-recommend"] == (GoalStatus.CANNOT_TELL, "small_sample")


@pytest.mark.slow
def test_the_goal_within_noise_has_the_planted_answers(whole: Run) -> None:
    row = whole.assessment.measurements.get("csat", "2026-Q3", statistic="value", dimension="channel", member="chat")
    assert (row.numerator, row.denominator) == whole.story.planted.satisfied


@pytest.mark.slow
def test_follow_ups_are_done_overdue_and_in_progress(whole: Run) -> None:
    states = {one.id: (one.state.value, one.overdue_days > 0) for one in whole.assessment.follow_ups}
    assert states["morning-shift"] == ("done", False)
    assert states["template-review"] == ("open", True)
    assert states["messenger-cover"] == ("in_progress", False)


@pytest.mark.slow
def test_the_slower_channel_is_the_one_that_got_worse(whole: Run) -> None:
    verdicts = {dict(f.where).get("channel"): f.verdict.value for f in whole.assessment.figures if f.where}
    assert verdicts == {"email": "within_noise", "messenger": "worse"}
    months = {m: whole.value("first_response_time", m, "median", channel="messenger") for m in ("2026-04", "2026-06")}
    assert months["2026-06"] == pytest.approx(2.5 * months["2026-04"], rel=0.2)
    shifts = {dict(f.where).get("channel"): f.shift for f in whole.assessment.figures if f.where}
    assert shifts["messenger"].low > 0
    assert shifts["email"].low < 0 < shifts["email"].high
    (portal,) = [goal.figure for goal in whole.assessment.goals if goal.id == "portal-first-response"]
    assert portal.shift is not None
    assert portal.shift.high < 0
    for other in ("chat", "form", "email"):
        pair = [whole.value("first_response_time", q, "median", channel=other) for q in ("2026-Q1", "2026-Q3")]
        assert pair[1] == pytest.approx(pair[0], rel=0.15), other


@pytest.mark.slow
def test_the_agent_clearly_below_has_no_equal(whole: Run, northwind: ModuleType) -> None:
    rows = whole.assessment.measurements.members("csat", "2026-Q3", "agent", statistic="value")
    known = [row for row in rows if row.n >= 30]
    weakest = min(known, key=lambda row: row.value or 0)
    assert weakest.member == northwind.planted.WEAK_AGENT
    house = whole.value("csat", "2026-Q3")
    assert weakest.high is not None
    assert weakest.high < house


@pytest.mark.slow
def test_the_growing_topic_grew(whole: Run) -> None:
    now, then = (whole.value("tickets_created", q, topic="Parcel locker") for q in ("2026-Q3", "2026-Q1"))
    assert now > 2.2 * then
    others = {
        topic: whole.value("tickets_created", "2026-Q3", topic=topic)
        / whole.value("tickets_created", "2025-Q3", topic=topic)
        for topic in ("Login", "Warranty", "Invoice", "Order status")
    }
    assert all(0.85 < growth < 1.35 for growth in others.values()), others


@pytest.mark.slow
def test_agents_of_the_table_are_those_of_the_figures(whole: Run) -> None:
    agents = pd.read_parquet(whole.validated.tables["agents"])
    rows = whole.assessment.measurements.members("first_response_time", "2026-Q3", "agent", statistic="median")
    measured = {row.member for row in rows if row.n}
    assert measured == set(agents["agent_id"]) - {"a09"}
