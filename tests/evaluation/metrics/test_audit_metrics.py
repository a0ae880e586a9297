"""Audit scores, mystery scores and the agreement of auditors: every case of the specification, and a second way."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from evaluation.breakdowns import Ground
from evaluation.breakdowns.audit_criteria import audit_criteria
from evaluation.breakdowns.audits_left_out import audits_left_out
from evaluation.facts.deriving import derive
from evaluation.measurement import Absent, Caveat
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.statistics.clusters import clustered_mean_interval
from evaluation.tables import Tables

CUT = datetime(2026, 10, 15, tzinfo=UTC)
QUARTER = Period.parse("2026-Q3", zone="UTC")
METRICS = ("audit_score", "correspondence_audit_score", "call_audit_score", "auditor_agreement", "mystery_score",
           "mystery_score_third_party")  # fmt: skip
WEIGHTS = {"greeting": 1, "solution": 3, "farewell": 1}
CRITERIA = [
    {"id": "greeting", "touchpoint": "greeting", "attribute": "attitude"},
    {"id": "solution", "touchpoint": "solution", "weight": 3, "critical": True, "line": 2},
    {"id": "farewell", "touchpoint": "farewell", "attribute": "attitude"},
    {"id": "extra", "bonus": True, "scale": {"min": 0, "max": 1}},
]
SETTINGS = Settings.model_validate(
    {
        "organisation": {"name": "Northwind Care", "time_zone": "UTC"},
        "scorecards": [{"id": "contact", "scale": {"min": 1, "max": 5}, "criteria": CRITERIA}],
        "audits": {"third_party": ["agency-*"]},
    }
)


def audit(audit_id, marks, **more):
    """Rows of one audit; a mark of None does not apply."""
    head = {"audit_id": audit_id, "kind": "correspondence", "scorecard_id": "contact", "scorecard_version": "1",
            "audited_at": "2026-08-03T10:00Z", "auditor_id": "q1", "is_calibration": False, "ticket_id": None,
            "call_id": None, "agent_id": "anna", "team_id": None, "branch_id": None, "disputed_at": None,
            "dispute_outcome": None, "dispute_mark": None}  # fmt: skip
    return [
        head | {"criterion_id": name, "mark": mark, "is_not_applicable": mark is None} | more
        for name, mark in marks.items()
    ]


def three(*marks):
    return dict(zip(WEIGHTS, marks, strict=False))


def reviewed(rows):
    """Facts and measurements of the quarter."""
    table = pd.DataFrame(rows)
    for column in ("audited_at", "disputed_at"):
        table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601")
    texts = [name for name in table if name.endswith("_id") or name in ("kind", "scorecard_version", "dispute_outcome")]
    table = table.astype(dict.fromkeys(texts, "string") | {"mark": "float64", "dispute_mark": "float64"})
    facts = derive(Tables.from_frames({"audits": table}), SETTINGS, CUT)
    measurements = measure(facts, SETTINGS, QUARTER, only=list(METRICS))
    ground = Ground(facts=facts, tables=None, settings=SETTINGS, period=QUARTER, measurements=measurements)
    return SimpleNamespace(measurements=measurements, ground=ground, rows=table)


def double(team, subject, first, second, auditors=("q1", "q2")):
    """Two audits of one subject."""
    same = {"team_id": team, "ticket_id": subject}
    return [
        *audit(f"{subject} first", first, auditor_id=auditors[0], **same),
        *audit(f"{subject} second", second, auditor_id=auditors[1], is_calibration=True, **same),
    ]


SCENES = [
    *audit("c1", three(5, 5, 5), team_id="calibration"),
    *audit("c2", three(1, 2, 1), team_id="calibration", is_calibration=True),
    *audit("n1", three(None, None, None), team_id="nothing applied"),
    *audit("u1", three(5, 5, 5), team_id="unknown"),
    *audit("u2", three(5, 5, 5), team_id="unknown", scorecard_id="other"),
    *audit("u3", three(5, 5, 5) | {"spelling": 3}, team_id="unknown"),
    *audit("k1", three(5, 1, 5), team_id="critical"),
    *audit("d1", three(1), team_id="dispute", dispute_outcome="accepted", dispute_mark=5),
    *audit("d2", three(1), team_id="dispute", dispute_outcome="open", dispute_mark=5),
    *audit("d3", three(1), team_id="dispute", dispute_outcome="rejected", dispute_mark=5),
    *audit("b1", three(5, 4, 5) | {"extra": 1}, team_id="bonus"),
    *audit("o1", three(5, 5, 5), team_id="one agent"),
    *audit("o2", three(3, 3, 3), team_id="one agent"),
    *audit("t1", three(5, 5, 5), team_id="two agents"),
    *audit("t2", three(4, 4, 4), team_id="two agents"),
    *audit("t3", three(3, 3, 3), team_id="two agents", agent_id="boris"),
    *audit("m1", three(3, 3, 3), team_id="mixed"),
    *audit("m2", three(5, 5, 5), team_id="mixed", kind="call", call_id="p:1"),
    *audit("v1", three(5, 5, 5), team_id="visits", kind="mystery", agent_id=None, branch_id="Gdynia"),
    *audit("v2", three(3, 3, 3), team_id="visits", kind="mystery", agent_id=None, auditor_id="agency-7"),
    *double("same marks", "s:1", three(4, 4, 4), three(4, 4, 4)),
    *double("two auditors", "s:2", three(5, 4, 3), three(5, 3, 3)),
    *double("two auditors", "s:3", three(2, 4, None), three(3, 4, 5)),
    *double("three auditors", "s:4", three(5, 4, 3), three(4, 4, 3)),
    *double("three auditors", "s:5", three(5, 2, 3), three(4, 2, 2), auditors=("q2", "q3")),
    *double("nothing in common", "s:6", three(5, None), {"farewell": 3}),
]


@pytest.fixture(scope="module")
def scenes():
    return reviewed(SCENES)


def of_team(scenes, metric_id, team, statistic="mean"):
    return scenes.measurements.get(metric_id, "2026-Q3", statistic=statistic, dimension="team", member=team)


@pytest.mark.parametrize(
    ("metric_id", "team", "value", "n", "excluded"),
    [
        ("audit_score", "calibration", 1.0, 1, 1),
        ("audit_score", "nothing applied", None, 0, 1),
        ("audit_score", "unknown", 1.0, 1, 2),
        ("audit_score", "critical", 0.0, 1, 0),
        ("audit_score", "dispute", 1 / 3, 3, 0),
        ("audit_score", "bonus", 1.0, 1, 0),
        ("audit_score", "mixed", 0.75, 2, 0),
        ("correspondence_audit_score", "mixed", 0.5, 1, 0),
        ("call_audit_score", "mixed", 1.0, 1, 0),
        ("mystery_score", "visits", 1.0, 1, 0),
        ("mystery_score_third_party", "visits", 0.5, 1, 0),
        ("audit_score", "same marks", 0.75, 1, 1),
    ],
)
def test_each_case_of_the_scores(scenes, metric_id, team, value, n, excluded):
    row = of_team(scenes, metric_id, team)
    assert row.value == (None if value is None else pytest.approx(value))
    assert (row.n, row.excluded) == (n, excluded)
    assert row.reason is (Absent.NO_CASES if value is None else None)


def test_visits_are_in_no_audit_score(scenes):
    teams = {row.member for row in scenes.measurements.members("audit_score", "2026-Q3", "team", statistic="mean")}
    assert "visits" not in teams


def test_the_interval_is_by_agent_and_one_agent_has_none(scenes):
    one = of_team(scenes, "audit_score", "one agent")
    assert (one.value, one.low, one.high) == (0.75, None, None)
    two = of_team(scenes, "audit_score", "two agents")
    expected = clustered_mean_interval([1.0, 0.75, 0.5], ["anna", "anna", "boris"], lowest=0, highest=1)
    assert (two.low, two.high) == (expected.low, expected.high)


def test_few_audits_say_so(scenes):
    assert Caveat.SMALL_SAMPLE in of_team(scenes, "audit_score", "mixed").caveats


def test_no_variation_is_undefined_and_said_so(scenes):
    alpha = of_team(scenes, "auditor_agreement", "same marks", "alpha")
    assert (alpha.value, alpha.reason, alpha.n) == (None, Absent.UNDEFINED, 1)
    assert of_team(scenes, "auditor_agreement", "same marks", "percent_agreement").value == 1.0
    assert of_team(scenes, "auditor_agreement", "same marks", "kappa").reason is Absent.UNDEFINED


def test_two_auditors_have_kappa_and_n_is_the_subjects(scenes):
    one, two = [5, 4, 3, 2, 4], [5, 3, 3, 3, 4]  # the farewell of s:3 applied for one of them only
    kappa = of_team(scenes, "auditor_agreement", "two auditors", "kappa")
    assert kappa.value == pytest.approx(cohen_kappa_score(one, two, weights="quadratic", labels=[1, 2, 3, 4, 5]))
    assert of_team(scenes, "auditor_agreement", "two auditors", "percent_agreement").value == pytest.approx(3 / 5)
    assert (kappa.n, kappa.excluded) == (2, 0)


def test_three_auditors_have_alpha_and_no_kappa(scenes):
    assert of_team(scenes, "auditor_agreement", "three auditors", "alpha").value is not None
    kappa = of_team(scenes, "auditor_agreement", "three auditors", "kappa")
    assert (kappa.value, kappa.reason, kappa.n) == (None, Absent.UNDEFINED, 2)


def test_nothing_in_common_is_undefined(scenes):
    for statistic in ("alpha", "kappa", "percent_agreement"):
        row = of_team(scenes, "auditor_agreement", "nothing in common", statistic)
        assert (row.value, row.reason) == (None, Absent.UNDEFINED)


def test_a_quarter_without_double_audits_has_no_cases():
    found = reviewed(audit("x", three(5, 5, 5)))
    row = found.measurements.get("auditor_agreement", "2026-Q3", statistic="alpha")
    assert (row.value, row.n, row.reason) == (None, 0, Absent.NO_CASES)


def test_what_was_left_out_is_told(scenes):
    told = audits_left_out(scenes.ground).frame
    counted = told.groupby("reason")["audits"].sum().to_dict()
    doubles = 6
    assert counted == {"calibration": 1 + doubles, "nothing_applied": 1, "unknown_scorecard": 1, "unknown_criterion": 1}
    other = told[told["reason"] == "unknown_scorecard"].iloc[0]
    assert (other["scorecard_id"], other["example"]) == ("other", "u2")


def random_audits(seed=7, many=120):
    random = np.random.default_rng(seed)
    rows = []
    for number in range(many):
        marks = {name: None if random.uniform() < 0.1 else float(random.integers(1, 6)) for name in WEIGHTS}
        agent = f"agent {random.integers(1, 7)}"
        more = {"kind": str(random.choice(["correspondence", "call", "mystery"])), "agent_id": agent}
        key = "call_id" if more["kind"] == "call" else "ticket_id"
        at = pd.Timestamp("2026-06-20", tz="UTC") + pd.Timedelta(hours=int(random.integers(0, 24 * 100)))
        more |= {key: f"x:{number}", "auditor_id": f"q{random.integers(1, 4)}", "audited_at": at.isoformat()}
        one = audit(f"r{number:03}", marks, **more)
        for row in one:
            if random.uniform() < 0.15:
                row |= {"dispute_outcome": str(random.choice(["accepted", "open"])), "dispute_mark": 5.0}
        rows += one
        if random.uniform() < 0.4:
            near = {name: mark and float(np.clip(mark + random.integers(-1, 2), 1, 5)) for name, mark in marks.items()}
            later = {"audited_at": (at + pd.Timedelta(days=3)).isoformat(), "is_calibration": True, "auditor_id": "q9"}
            rows += audit(f"r{number:03} again", near, **(more | later))
    return rows


@pytest.fixture(scope="module")
def many():
    return reviewed(random_audits())


def scores_by_hand(rows):
    """One row per audit, in plain pandas."""
    final = rows["dispute_mark"].where(rows["dispute_outcome"].eq("accepted").fillna(False), rows["mark"])
    weight = rows["criterion_id"].map(WEIGHTS).where(final.notna(), 0.0)
    told = rows.assign(final=final, weight=weight, above=weight * (final.fillna(1) - 1) / 4)
    told["fails"] = told["criterion_id"].eq("solution") & (told["final"] < 2)
    heads = told.groupby("audit_id").agg(
        kind=("kind", "first"), agent=("agent_id", "first"), at=("audited_at", "max"), fails=("fails", "any"),
        calibration=("is_calibration", "first"), above=("above", "sum"), below=("weight", "sum"),
    )  # fmt: skip
    heads["score"] = (heads["above"] / heads["below"].where(heads["below"] > 0)).where(~heads["fails"], 0.0)
    inside = (heads["at"] >= pd.Timestamp("2026-07-01", tz="UTC")) & (
        heads["at"] < pd.Timestamp("2026-10-01", tz="UTC")
    )
    return heads[inside & ~heads["calibration"] & heads["score"].notna()]


def test_scores_a_second_way(many):
    by_hand = scores_by_hand(many.rows)
    kinds = {"audit_score": ["correspondence", "call"], "mystery_score": ["mystery"], "call_audit_score": ["call"]}
    for metric_id, wanted in kinds.items():
        own = by_hand[by_hand["kind"].isin(wanted)]
        row = many.measurements.get(metric_id, "2026-Q3", statistic="mean")
        assert (row.n, row.value) == (len(own), pytest.approx(own["score"].mean()))
        for member in many.measurements.members(metric_id, "2026-Q3", "agent", statistic="mean"):
            assert member.value == pytest.approx(own.loc[own["agent"] == member.member, "score"].mean())


def test_agreement_a_second_way(many):
    rows = many.rows[~many.rows["is_not_applicable"]].assign(
        subject=many.rows["kind"] + many.rows["ticket_id"].fillna(many.rows["call_id"])
    )
    second = many.rows[many.rows["is_calibration"]].drop_duplicates("audit_id")
    inside = second[(second["audited_at"] >= QUARTER.start) & (second["audited_at"] < QUARTER.end)]
    subjects = set(inside["kind"] + inside["ticket_id"].fillna(inside["call_id"]))
    own = rows[rows["subject"].isin(subjects)]
    units = [((group["mark"] - 1) / 4).tolist() for _, group in own.groupby(["subject", "criterion_id"])]
    units = [unit for unit in units if len(unit) == 2]
    values = [value for unit in units for value in unit]
    within = sum(2 * (a - b) ** 2 for a, b in units) / len(values)
    across = sum((a - b) ** 2 for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    alpha = many.measurements.get("auditor_agreement", "2026-Q3", statistic="alpha")
    assert (alpha.n, alpha.value) == (len(subjects), pytest.approx(1 - within / across))
    percent = many.measurements.get("auditor_agreement", "2026-Q3", statistic="percent_agreement")
    assert percent.value == pytest.approx(np.mean([a == b for unit in units for a, b in combinations(unit, 2)]))


def test_criteria_a_second_way(many):
    by_hand = scores_by_hand(many.rows)
    frame = audit_criteria(many.ground).frame.set_index(["metric_id", "part", "member"])
    final = many.rows["dispute_mark"].where(
        many.rows["dispute_outcome"].eq("accepted").fillna(False), many.rows["mark"]
    )
    marks = many.rows.assign(value=(final - 1) / 4)[lambda rows: rows["audit_id"].isin(by_hand.index)]
    marks = marks[marks["value"].notna()]
    for metric_id, kinds in {"audit_score": ["correspondence", "call"], "mystery_score": ["mystery"]}.items():
        own = marks[marks["kind"].isin(kinds)]
        for criterion, group in own.groupby("criterion_id"):
            row = frame.loc[metric_id, "criterion", criterion]
            assert (row["audits"], row["mean"]) == (len(group), pytest.approx(group["value"].mean()))
        attitude = own[own["criterion_id"].isin(["greeting", "farewell"])].groupby("audit_id")["value"].mean()
        row = frame.loc[metric_id, "attribute", "attitude"]
        assert (row["audits"], row["mean"]) == (len(attitude), pytest.approx(attitude.mean()))
        failed = own[own["criterion_id"].eq("solution") & (own["value"] < 0.25)]["audit_id"].nunique()
        assert frame.loc[metric_id, "touchpoint", "solution"]["failed"] == failed > 0
        assert audit_criteria(many.ground).facts[f"failed.{metric_id}"] == failed


def test_criteria_have_the_names_of_their_scorecard(scenes):
    named = [one | {"name": {"en": "The solution", "pl": "Rozwiązanie"}} if one["id"] == "solution" else one
             for one in CRITERIA]  # fmt: skip
    card = {"id": "contact", "scale": {"min": 1, "max": 5}, "criteria": named}
    settings = Settings.model_validate(SETTINGS.model_dump(by_alias=True) | {"scorecards": [card]})
    facts = audit_criteria(replace(scenes.ground, settings=settings)).facts
    names = {name: text for name, text in facts.items() if name.startswith("name.")}
    assert names["name.en.solution"] == "The solution"
    assert names["name.pl.solution"] == "Rozwiązanie"
    assert names["name.en.greeting"] == "greeting"
    assert "name.pl.greeting" not in names


def test_months_add_up_to_the_quarter(many):
    months = [many.measurements.get("audit_score", f"2026-0{month}", statistic="mean") for month in (7, 8, 9)]
    quarter = many.measurements.get("audit_score", "2026-Q3", statistic="mean")
    assert sum(row.n for row in months) == quarter.n
    assert sum(row.numerator for row in months) == pytest.approx(quarter.numerator)


def test_without_audits_there_is_no_source():
    surveys = pd.DataFrame({"survey_id": ["s:1"], "kind": ["csat"]}).astype("string")
    facts = derive(Tables.from_frames({"surveys": surveys}), SETTINGS, CUT)
    measurements = measure(facts, SETTINGS, QUARTER, only=list(METRICS))
    for metric_id in METRICS:
        statistic = chosen({})[metric_id].metric.statistic
        row = measurements.get(metric_id, "2026-Q3", statistic=statistic)
        assert (row.value, row.reason) == (None, Absent.NO_SOURCE)
    ground = Ground(facts=facts, tables=None, settings=SETTINGS, period=QUARTER, measurements=measurements)
    assert audit_criteria(ground).reason == audits_left_out(ground).reason == "no_source"
