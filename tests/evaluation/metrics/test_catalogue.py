"""The catalogue: what is registered, what may be chosen, and what is said about a wrong choice."""

import dataclasses
from types import SimpleNamespace

import pytest

from evaluation.errors import ConfigError
from evaluation.fields import TABLES
from evaluation.metric import Credit
from evaluation.metrics.catalogue import DEFINITIONS, catalogue, chosen, selected, variants_by_id
from evaluation.metrics.documentation import who_is_credited

REGISTERED = """
answered_share availability share higher none value
opening_coverage availability share higher none value
out_of_hours_answered_share availability share higher none value
load_by_hour workload ratio neutral none value
first_response_time responsiveness s lower business median
next_reply_time responsiveness s lower business median
first_wait_time responsiveness s lower business median
requester_wait_time responsiveness s lower business median
first_resolution_time responsiveness s lower business median
full_resolution_time responsiveness s lower business median
first_response_time_calendar responsiveness s lower calendar median
next_reply_time_calendar responsiveness s lower calendar median
first_wait_time_calendar responsiveness s lower calendar median
requester_wait_time_calendar responsiveness s lower calendar median
first_resolution_time_calendar responsiveness s lower calendar median
full_resolution_time_calendar responsiveness s lower calendar median
sla_attainment responsiveness share higher business value
first_response_sla responsiveness share higher business value
next_reply_sla responsiveness share higher business value
periodic_update_sla responsiveness share higher business value
resolution_sla responsiveness share higher business value
sla_overdue_now responsiveness count lower none value
sla_overdue_time responsiveness s lower calendar median
awaiting_first_response responsiveness count lower none value
service_level responsiveness share higher calendar value
average_speed_of_answer responsiveness s lower calendar mean
abandonment_rate responsiveness share lower none value
abandonment_rate_all responsiveness share lower none value
calls_offered workload count neutral none value
handle_time quality s neutral calendar mean
one_touch_rate quality share higher none value
reopen_rate quality share lower none value
correction_rate quality share neutral none value
replies_per_solved quality ratio lower none mean
contact_reasons workload count neutral none value
first_contact_resolution quality share higher none value
repeat_contact_share quality share lower none value
repeat_contact_share_same_topic quality share lower none value
complaint_rate quality ratio lower none value
complaint_rate_customers quality ratio lower none value
return_rate quality ratio lower none value
return_rate_customers quality ratio lower none value
transfer_rate quality share lower none value
escalation_rate quality share lower none value
audit_score quality share higher none mean
correspondence_audit_score quality share higher none mean
call_audit_score quality share higher none mean
auditor_agreement quality ratio higher none alpha
mystery_score quality share higher none mean
mystery_score_third_party quality share higher none mean
csat satisfaction share higher none value
csat_mean satisfaction points higher none mean
ces satisfaction points higher none mean
ces_top_box satisfaction share higher none value
dissatisfaction_reasons satisfaction share lower none value
response_rate satisfaction share higher calendar value
review_rating satisfaction points higher none mean
review_sentiment satisfaction share higher none value
review_sentiment_neutral satisfaction share neutral none value
review_sentiment_negative satisfaction share lower none value
review_answer_rate satisfaction share higher none value
review_answer_time satisfaction s lower calendar median
review_answer_time_business satisfaction s lower business median
negative_reviews_answered_in_target satisfaction share higher none value
nps loyalty nps higher none value
nps_interaction loyalty nps higher none value
retention_rate loyalty share higher none value
churn_rate loyalty share lower none value
tickets_created workload count neutral none value
tickets_solved workload count neutral none value
clearance_rate workload ratio higher none value
backlog workload count lower none value
tickets_per_requester workload ratio lower none mean
top_requesters_share workload share neutral none value
"""


def test_the_registered_metrics_are_exactly_these():
    listed = {
        f"{m.id} {m.pillar} {m.unit} {m.better} {m.clock} {m.statistic}"
        for m in catalogue(SimpleNamespace(metrics={})).values()
    }
    assert listed == set(REGISTERED.strip().splitlines())


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.metric.id}-{d.metric.variant}")
def test_every_meaning_is_said(definition):
    metric = definition.metric
    for field in dataclasses.fields(metric):
        if field.name not in ("variant", "minimum_sample"):
            assert getattr(metric, field.name), f"{metric.id} has no {field.name}"
    assert metric.statistic in definition.statistics
    assert metric.definition.endswith(".")
    assert metric.population.endswith(".")
    is_rate = getattr(definition, "per", 1) > 1
    assert metric.minimum_sample == (30 if is_rate or metric.kind in ("share", "mean", "quantile", "nps") else 1)
    for column in metric.requires:
        table, name = column.split(".")
        assert name in TABLES[table].columns, f"{metric.id} rests on {column}, which is not canonical"


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.metric.id}-{d.metric.variant}")
def test_every_metric_says_who_is_credited(definition):
    for surveys in ("assignee", "most_replies"):
        credits = who_is_credited(definition, surveys)
        assert len(credits) in (1, 2)
        assert all(isinstance(credit, Credit) for credit in credits)
        assert Credit.NOBODY not in credits or credits == (Credit.NOBODY,)


@pytest.mark.parametrize(
    ("metric_id", "surveys", "credits"),
    [
        ("first_response_time", "assignee", (Credit.FIRST_REPLY,)),
        ("next_reply_time", "assignee", (Credit.REPLY,)),
        ("full_resolution_time", "assignee", (Credit.SOLUTION,)),
        ("sla_attainment", "assignee", (Credit.TARGET,)),
        ("csat", "assignee", (Credit.RATING,)),
        ("csat", "most_replies", (Credit.MOST_REPLIES,)),
        ("response_rate", "most_replies", (Credit.MOST_REPLIES,)),
        ("handle_time", "most_replies", (Credit.LEG,)),
        ("service_level", "assignee", (Credit.CALL,)),
        ("audit_score", "assignee", (Credit.AUDIT,)),
        ("backlog", "assignee", (Credit.TICKET,)),
        ("clearance_rate", "assignee", (Credit.SOLUTION, Credit.TICKET)),
        ("load_by_hour", "assignee", (Credit.CONTACT,)),
        ("complaint_rate_customers", "assignee", (Credit.NOBODY,)),
        ("retention_rate", "assignee", (Credit.NOBODY,)),
    ],
)
def test_who_is_credited(metric_id, surveys, credits):
    assert who_is_credited(chosen({})[metric_id], surveys) == credits


def test_the_chosen_variant_takes_the_id_and_the_other_clock_stays_beside_it(bench):
    picked = chosen({"first_response_time": bench.options(variant="calendar"), "csat": bench.options(variant="mean")})
    assert picked["first_response_time"].metric.clock == "calendar"
    assert picked["first_response_time_business"].metric.clock == "business"
    assert "first_response_time_calendar" not in picked
    assert (picked["csat"].metric.variant, picked["csat"].metric.statistic) == ("mean", "mean")
    assert picked["ces"].metric.variant == "mean"
    assert picked["csat_top_box"].metric.statistic == "value"
    assert "csat_mean" not in picked
    assert picked["ces_top_box"].metric.statistic == "value"
    assert picked["nps"].metric.variant == "relation"
    assert picked["nps_interaction"].metric.variant == "interaction"


def test_an_organisations_own_label_and_sample_are_kept(bench):
    metric = chosen({"nps": bench.options(label="Recommendation", minimum_sample=50)})["nps"].metric
    assert (metric.label, metric.minimum_sample) == ("Recommendation", 50)


@pytest.mark.parametrize(
    ("metric_id", "variant", "found", "where", "remedy"),
    [
        ("first_responce_time", None, "there is no metric 'first_responce_time'", "metrics.first_responce_time",
         "first_response_time"),
        ("csat", "topbox", "csat has no variant 'topbox'", "metrics.csat.variant", "write one of: top_box"),
        ("nps", "mean", "nps has no variant 'mean'", "metrics.nps.variant", "write one of: relation"),
        ("reopen_rate", "mean", "reopen_rate has no variant 'mean'", "metrics.reopen_rate.variant",
         "remove the variant"),
        ("first_response_time", "weekly", "first_response_time has no variant 'weekly'",
         "metrics.first_response_time.variant", "business, calendar"),
    ],
)  # fmt: skip
def test_a_wrong_choice_is_told_with_what_is_near(bench, metric_id, variant, found, where, remedy):
    with pytest.raises(ConfigError) as caught:
        chosen({metric_id: bench.options(variant=variant)})
    assert caught.value.found == found
    assert caught.value.where == where
    assert remedy in caught.value.remedy


def test_metrics_measured_alone_must_exist():
    everything = chosen({})
    assert list(selected(everything, ["nps", "csat"])) == ["csat", "nps"]
    assert selected(everything, None) == everything
    with pytest.raises(ConfigError, match="there is no metric 'npss'"):
        selected(everything, ["npss"])


def test_variants_of_one_metric_have_names_of_their_own():
    for metric_id, definitions in variants_by_id().items():
        names = [definition.metric.variant for definition in definitions]
        assert len(set(names)) == len(names), metric_id
        assert len({definition.metric.label for definition in definitions}) == 1
