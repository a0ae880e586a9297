"""Which metrics are compared, how much a difference matters, in which order it is told, and what is to be done."""

import pytest

from evaluation.explanation import Cause, Explanation
from evaluation.findings import COMMITMENTS, DIFFERENCES, RULES, findings
from evaluation.judgement.consequence import PILLAR_WEIGHT, consequence, effect_of_shares
from evaluation.judgement.families import SAYS_THE_SAME_AS, compared_metrics, family_of, is_alike_everywhere
from evaluation.judgement.next_steps import BY_METRIC, BY_PILLAR, STEPS, main_cause, next_step
from evaluation.metric import Better, Pillar
from evaluation.metrics.catalogue import chosen

CATALOGUE = {name: one.metric for name, one in chosen({}).items()}


def test_one_of_each_family_is_compared_and_it_has_a_direction():
    compared = compared_metrics(CATALOGUE)
    families = [family_of(metric, CATALOGUE) for metric in compared]
    assert len(families) == len(set(families))
    assert all(metric.better is not Better.NEUTRAL for metric in compared)
    assert {metric.pillar for metric in compared} == set(Pillar)
    every = {family_of(m, CATALOGUE) for m in CATALOGUE.values() if m.better is not Better.NEUTRAL}
    assert every == set(families), "no family is left out"


FAMILIES = [
    ("first_response_time_calendar", "first_response_time"), ("csat_mean", "csat"), ("ces_top_box", "ces"),
    ("abandonment_rate_all", "abandonment_rate"), ("churn_rate", "retention_rate"), ("csat", "csat"),
    ("next_reply_time", "next_reply_time"), ("reopen_rate", "reopen_rate"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "family"), FAMILIES)
def test_families(name, family):
    assert family_of(CATALOGUE[name], CATALOGUE) == family


def test_families_name_metrics_that_exist():
    assert set(SAYS_THE_SAME_AS) | set(SAYS_THE_SAME_AS.values()) <= set(CATALOGUE)
    assert set(BY_METRIC) <= set(CATALOGUE)


@pytest.mark.parametrize(("wanted", "speaker"), [((), "csat"), (("csat_mean",), "csat_mean"), (("nps",), "csat")])
def test_the_organisations_own_choice_speaks_for_its_family(wanted, speaker):
    compared = {metric.id for metric in compared_metrics(CATALOGUE, wanted)}
    assert {"csat", "csat_mean"} & compared == {speaker}


ALIKE = [
    ("sla_attainment", "channel", True), ("csat", "topic", True), ("first_response_time", "channel", False),
    ("full_resolution_time", "topic", False), ("csat", "team", False), ("csat", "branch", False),
    ("one_touch_rate", "channel", False), ("one_touch_rate", "topic", True), ("backlog", "topic", False),
    ("opening_coverage", "channel", False), ("review_answer_rate", "topic", True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "dimension", "is_alike"), ALIKE)
def test_what_ought_to_be_alike_everywhere(name, dimension, is_alike):
    assert is_alike_everywhere(CATALOGUE[name], dimension) is is_alike


def test_every_pillar_has_a_weight_and_each_factor_counts():
    assert set(PILLAR_WEIGHT) == set(Pillar)
    base = consequence(0.3, 100, Pillar.QUALITY)
    assert consequence(0.6, 100, Pillar.QUALITY) == consequence(0.3, 200, Pillar.QUALITY) == 2 * base
    assert consequence(0.3, 100, Pillar.SATISFACTION) > base > consequence(0.3, 100, Pillar.WORKLOAD) > 0
    assert effect_of_shares(0.2, 0.2) == 0


def test_a_small_change_for_many_comes_before_a_large_one_for_few(metrics, measured, named):
    def told(reach):
        rows = []
        for name, now in (("few", 6000), ("many", 5000)):
            for period, value in (("2026-Q3", now), ("2026-Q2", 4000)):
                scope = {"dimension": "team", "member": name, "noise": 50, "n": reach[name]}
                rows.append(("first_response_time", period, value, scope))
        return [one.member for one in findings([], [], measured(*rows), named("2026-Q3"), metrics)]

    assert told({"few": 100, "many": 2000}) == ["many", "few"]
    assert told({"few": 100, "many": 100}) == ["few", "many"]


def test_ties_are_told_in_an_order_of_names_alone(metrics, measured, named):
    rows = [
        ("first_response_time", period, value, {"dimension": "team", "member": name, "noise": 50, "n": n})
        for name, n in (("b", 201), ("a", 201), ("c", 201))
        for period, value in (("2026-Q3", 6000 + ord(name) / 1e9), ("2026-Q2", 4000 + ord(name) / 1e9))
    ]
    orders = {
        tuple(one.member for one in findings([], [], measured(*order), named("2026-Q3"), metrics))
        for order in (rows, rows[::-1], rows[3:] + rows[:3], sorted(rows, key=lambda row: row[2]))
    }
    assert len(orders) == 1


def explanation(mix, rate, *, is_even=False):
    return Explanation(
        dimension="channel", statistic="value", change=mix + rate, mix=mix, rate=rate, largest=(), others=mix + rate,
        is_even=is_even,
    )  # fmt: skip


STEP = [
    ("withheld", "csat", None, None, None, "repair_data"),
    ("goal_missed", "csat", None, None, None, "review_goal"),
    ("goal_off_course", "csat", None, None, None, "review_goal"),
    ("goal_at_risk", "csat", None, None, None, "review_goal"),
    ("goal_reached", "csat", None, None, None, "keep_going"),
    ("better_than_before", "reopen_rate", None, None, None, "keep_going"),
    ("member_better_than_rest", "reopen_rate", "channel", "chat", None, "keep_going"),
    ("topic_grew", "tickets_created", "topic", "Locker", None, "write_article"),
    ("worse_than_before", "csat", None, None, explanation(-0.08, -0.02), "plan_for_mix"),
    ("worse_than_before", "csat", None, None, explanation(-0.02, -0.08), "read_comments"),
    ("worse_than_before", "csat", None, None, explanation(-0.08, -0.02, is_even=True), "read_comments"),
    ("worse_than_before", "first_response_time", None, None, explanation(0.2, -0.1), "plan_for_mix"),
    ("member_worse_than_before", "sla_attainment", "channel", "phone", None, "cover_calls"),
    ("member_worse_than_before", "sla_attainment", "channel", "email", None, "shift_plan"),
    ("member_worse_than_before", "sla_attainment", "topic", "phone", None, "shift_plan"),
    ("worse_than_before", "service_level", None, None, None, "cover_calls"),
    ("worse_than_before", "backlog", None, None, None, "clear_backlog"),
    ("worse_than_before", "answered_share", None, None, None, "opening_hours"),
    ("worse_than_before", "review_answer_rate", None, None, None, "answer_reviews"),
    ("worse_than_before", "reopen_rate", None, None, None, "answer_templates"),
    ("worse_than_before", "repeat_contact_share", None, None, None, "write_article"),
    ("worse_than_before", "transfer_rate", None, None, None, "routing_rules"),
    ("worse_than_before", "complaint_rate", None, None, None, "read_complaints"),
    ("worse_than_before", "return_rate", None, None, None, "read_returns"),
    ("worse_than_before", "audit_score", None, None, None, "talk_audits_through"),
    ("worse_than_before", "auditor_agreement", None, None, None, "calibrate"),
    ("worse_than_before", "nps", None, None, None, "read_comments"),
    ("worse_than_before", "response_rate", None, None, None, "ask_sooner"),
    ("worse_than_before", "retention_rate", None, None, None, "ask_leavers"),
    ("moved", "handle_time", None, None, None, "look_at_cases"),
]


@pytest.mark.parametrize(("rule", "name", "dimension", "member", "told", "step"), STEP)
def test_next_steps(rule, name, dimension, member, told, step):
    metric = CATALOGUE[name]
    assert next_step(rule, metric, family_of(metric, CATALOGUE), dimension, member, told) == step


def test_every_step_is_reached_and_every_rule_leads_to_one():
    assert {row[-1] for row in STEP} == set(STEPS)
    assert {*BY_METRIC.values(), *BY_PILLAR.values()} <= set(STEPS)
    assert set(BY_PILLAR) == set(Pillar)
    assert {*COMMITMENTS, *DIFFERENCES} == RULES
    assert all(next_step(rule, CATALOGUE["csat"], "csat", None, None, None) in STEPS for rule in RULES)


@pytest.mark.parametrize(("mix", "rate", "cause"), [(-3, -1, Cause.MIX), (-1, -3, Cause.RATE), (4, -1, Cause.MIX),
                                                    (-1, 4, Cause.RATE)])  # fmt: skip
def test_the_main_cause_is_the_one_that_points_the_way_of_the_change(mix, rate, cause):
    assert main_cause(explanation(mix, rate)) is cause
