"""The page of weak points and strengths: each sentence on both sides, and no word without its figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.assessment import Evidence, Finding
from evaluation.explanation import Cause, Contribution, Explanation
from evaluation.findings import COMMITMENTS, DIFFERENCES
from evaluation.judgement.next_steps import STEPS
from evaluation.metric import Better
from evaluation.verdict import Change, LookedAt
from reports import explanations, next_steps, observations
from reports.chart import Shape
from reports.document import Missing, Notes, Observation, Prose, Table
from reports.language import Language
from reports.observations import evidence_line, figures_of, observation, observation_title, strengths, weak_points
from reports.section import Material
from reports.sections.weak_points.build import build, weak_points_title

EN = Language.named("en")
SIDES = [f"member_{way}_than_{other}" for way in ("worse", "better") for other in ("before", "rest", "expected")]
HOSTILE = "<b>\u202eevil {member} {0}</b>"


def found(assessment, rule, metric="sla_attainment", dimension=None, member=None, weight=1.0, **more):
    base = next(figure for figure in assessment.figures if figure.metric.id == metric)
    where = {dimension: member} if dimension else {}
    figure = replace(base, where=where, target=None, goal_id=None, status=None)
    other = assessment.measurements.get(metric, "2026-Q2", statistic=base.statistic)
    return Finding(
        rule=rule, figure=figure, dimension=dimension, member=member, weight=weight, against=other, requesters=812,
        has_requesters=True,
        **more,
    )  # fmt: skip


def page_of(assessment, *told):
    looked_at = LookedAt(differences=1200, survived=len(told))
    return build(Material(assessment=replace(assessment, findings=tuple(told), looked_at=looked_at), language=EN))


def test_every_rule_and_every_step_has_words():
    assert set(observations.TITLES) == set(DIFFERENCES)
    assert set(next_steps.STEPS) == {"", *STEPS}


TITLES = [
    ("worse_than_before", None, "Promises kept worse than before"),
    ("better_than_before", None, "Promises kept better than before"),
    ("moved", None, "Promises kept not as before"),
    ("member_worse_than_before", "chat", "Chat: promises kept worse than before"),
    ("member_better_than_before", "chat", "Chat: promises kept better than before"),
    ("member_worse_than_rest", "chat", "Chat: promises kept worse than elsewhere"),
    ("member_better_than_rest", "chat", "Chat: promises kept better than elsewhere"),
    ("member_worse_than_expected", "chat", "Chat: promises kept worse than its cases lead to expect"),
    ("member_better_than_expected", "chat", "Chat: promises kept better than its cases lead to expect"),
]


@pytest.mark.parametrize(("rule", "member", "title"), TITLES)
def test_titles_take_the_side_of_their_rule(assessment, rule, member, title):
    finding = found(assessment, rule, dimension="channel" if member else None, member=member)
    assert observation_title(finding, EN) == title


def test_names_from_the_data_stay_text(assessment):
    member = Contribution(member=HOSTILE, cause=Cause.RATE, amount=-0.05, has_grown=True)
    explanation = Explanation(dimension="topic", statistic="value", change=-0.06, mix=0.0, rate=-0.06,
                              largest=(member,), others=-0.01, is_even=False)  # fmt: skip
    finding = found(assessment, "member_worse_than_before", dimension="topic", member=HOSTILE, explanation=explanation)
    page = page_of(assessment, finding)
    text = str(page)
    assert "\u202e" not in text
    assert "evil {member} {0}" in text, "braces in a name are no place to fill in"


def even(**changes):
    base = {"dimension": "channel", "statistic": "value", "change": -0.06, "mix": -0.01, "rate": -0.05, "largest": (),
            "others": -0.06, "is_even": True}  # fmt: skip
    return Explanation(**(base | changes))


def part(amount, cause=Cause.RATE, member="email", *, has_grown=True):
    return Contribution(member=member, cause=cause, amount=amount, has_grown=has_grown)


EXPLAINED = [
    ("csat", even(is_even=False, largest=(part(-0.05),), others=-0.01),
     "Mostly because E-mail itself became worse: \u22125.0 pp of \u22126.0 pp."),
    ("csat", even(is_even=False, change=0.06, largest=(part(0.05),), others=0.01),
     "Mostly because E-mail itself became better: +5.0 pp of +6.0 pp."),
    ("csat", even(is_even=False, largest=(part(-0.02), part(-0.01, Cause.MIX)), others=-0.03),
     "Most of all because E-mail itself became worse: \u22122.0 pp of \u22126.0 pp. "
     "Then: more of the cases came by E-mail (\u22121.0 pp)."),
    ("csat", even(is_even=False, largest=(part(-0.06, Cause.MIX, has_grown=False),), others=0.0),
     "Mostly because fewer of the cases came by E-mail: \u22126.0 pp of \u22126.0 pp."),
    ("csat", even(), "No channel, team, topic or priority stands out: of \u22126.0 pp, \u22125.0 pp comes from their "
                     "own figures and \u22121.0 pp from another mix of cases."),
    ("first_response_time", even(is_even=False, statistic="mean", change=360.0, largest=(part(300.0),), others=60.0),
     "Mostly because E-mail itself became slower: +5 min of +6 min. "
     "The mean was taken apart (+6 min), because medians do not add up."),
    ("first_response_time", even(is_even=False, statistic="mean", change=-360.0, largest=(part(-300.0),), others=-60.0),
     "Mostly because E-mail itself became faster: \u22125 min of \u22126 min. "
     "The mean was taken apart (\u22126 min), because medians do not add up."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "explanation", "text"), EXPLAINED)
def test_explanations_take_the_side_of_their_numbers(assessment, name, explanation, text):
    told = explanations.explained(explanation, assessment.catalogue[name], EN)
    assert told.replace("\u00a0", " ") == text


@pytest.mark.parametrize(("dimension", "has_grown"), list(explanations.MIXES))
def test_another_mix_has_words_for_every_dimension(assessment, dimension, has_grown):
    one = part(-0.01, Cause.MIX, "x", has_grown=has_grown)
    text = explanations.cause_of(one, dimension, assessment.catalogue["csat"], EN)
    assert text.startswith("more" if has_grown else "fewer")


@pytest.mark.parametrize(("amount", "word"), [(3.0, "rose"), (-3.0, "fell")])
def test_what_has_no_good_direction_rises_or_falls(assessment, amount, word):
    neutral = replace(assessment.catalogue["tickets_created"], better=Better.NEUTRAL)
    assert explanations.cause_of(part(amount), "channel", neutral, EN) == f"E-mail itself {word}"


def test_the_bars_and_the_words_are_the_same_addends(assessment):
    explanation = even(is_even=False, largest=(part(-0.05), part(-0.02, member="chat")), others=0.01)
    metric = assessment.catalogue["csat"]
    chart = explanations.addends_chart(explanation, metric, "x", EN, 84.0)
    for amount in ("\u22125.0", "\u22122.0", "+1.0", "\u22126.0"):
        assert amount in chart.alt
    assert chart.width_mm == 84.0


@pytest.mark.parametrize(
    ("dimension", "order"), [("topic", ["Zeta", "Beta", "Alpha"]), ("team", ["Alpha", "Beta", "Zeta"])]
)
def test_addends_of_teams_stand_in_alphabetical_order(assessment, dimension, order):
    parts = (part(-0.05, member="Zeta"), part(-0.02, member="Beta"), part(-0.01, member="Alpha"))
    explanation = replace(even(is_even=False, largest=parts, others=0.01), dimension=dimension)
    chart = explanations.addends_chart(explanation, assessment.catalogue["csat"], "x", EN, 84.0)
    assert sorted(order, key=chart.alt.index) == order
    then = explanations.explained(explanation, assessment.catalogue["csat"], EN).partition("Then: ")[2]
    assert sorted({"Alpha", "Beta"}, key=then.index) == [name for name in order if name != "Zeta"]


def kinds(section):
    return [type(section[name]) for row in section.rows for column in row.columns for name in column]


def test_a_page_of_weak_points_and_strengths(assessment):
    weak = [found(assessment, "worse_than_before", weight=9, explanation=even(), step="shift_plan"),
            found(assessment, "member_worse_than_rest", dimension="channel", member="form", weight=5)]  # fmt: skip
    page = page_of(assessment, *weak, found(assessment, "better_than_before", "csat", weight=3))
    assert kinds(page) == [Observation, Notes, Observation, Table]
    first = page["weak_1"]
    assert (first.mark.shape, first.title) == (Shape.AT_RISK, "Promises kept worse than before")
    assert [name for name, _ in first.items] == ["Now", "Before", "Why", "Next step"]
    assert "812 customers" in dict(first.items)["Now"]
    assert [name for name, _ in page["weak_2"].items] == ["Now", "Elsewhere"]
    assert page["strengths"].rows[0][0].text == "Customer satisfaction better than before"
    said = " ".join(line for note in page["notes"].items for line in note.text)
    assert "1,200 differences were looked at; 3 of them stand" in said
    assert "10%" in said.replace("\u00a0", "")
    assert page.metrics == ("sla_attainment", "csat")


def test_customers_are_told_only_where_they_are_known(assessment):
    known = found(assessment, "worse_than_before")
    assert "812 customers" in dict(figures_of(known, assessment, EN))["Now"]
    assert "customer" not in dict(figures_of(replace(known, has_requesters=False), assessment, EN))["Now"]


def test_a_strength_that_comes_from_the_mix_says_so(assessment):
    mixed = even(is_even=False, change=0.06, largest=(part(0.05, Cause.MIX, has_grown=False),), others=0.01)
    cells = [page_of(assessment, found(assessment, "better_than_before", explanation=told))["strengths"].rows[0][0]
             for told in (mixed, even(change=0.06), None)]  # fmt: skip
    assert cells[0].small.startswith("Mostly because fewer of the cases came by E-mail")
    assert [cell.small for cell in cells[1:]] == ["", ""]


def test_when_nothing_stands_the_page_says_so_plainly(assessment):
    page = page_of(assessment)
    assert page.title.startswith("Nothing differs beyond chance")
    assert "no difference is larger than chance explains" in page["nothing"].paragraphs[0]
    strong = page_of(assessment, found(assessment, "better_than_before"))
    assert isinstance(strong["nothing"], Prose)
    assert strong.title.startswith("Promises kept better than before")
    assert "nothing is worse" in strong["nothing"].paragraphs[0]


def test_without_anything_to_compare_there_is_no_page(assessment):
    made = build(Material(assessment=replace(assessment, looked_at=LookedAt()), language=EN))
    assert isinstance(made, Missing)


def test_the_title_names_the_weightiest_of_both_sides_with_their_figures(assessment):
    weak, strong = [found(assessment, "worse_than_before", "nps")], [found(assessment, "better_than_before", "csat")]
    short = replace(strong[0].figure.metric, label="CSAT")
    strong = [replace(strong[0], figure=replace(strong[0].figure, metric=short))]
    title = weak_points_title(weak, strong, EN)
    assert title.startswith("NPS worse than before, 34 against ")
    assert "; CSAT better than before" in title
    assert "better" not in weak_points_title(weak, [], EN)
    assert "worse" not in weak_points_title([], strong, EN)
    long = replace(
        weak[0].figure.metric, label="Recommendation by everybody who ever wrote to any of our many channels"
    )
    wide = replace(weak[0], figure=replace(weak[0].figure, metric=long))
    assert weak_points_title([wide], strong, EN).endswith("channels worse than before"), "without what does not fit"


def test_promises_have_their_own_pages(assessment):
    told = [found(assessment, rule) for rule in COMMITMENTS]
    assert weak_points(told) == strengths(told) == ()


def test_a_part_of_the_service_is_told_once_by_its_weightiest_finding(assessment):
    always = found(assessment, "member_worse_than_rest", dimension="channel", member="chat", weight=90)
    changed = found(assessment, "member_worse_than_before", dimension="channel", member="chat", weight=10)
    other = found(assessment, "member_worse_than_rest", dimension="channel", member="form", weight=50)
    assert weak_points([always, other, changed]) == (always, other)
    assert weak_points([other, replace(always, weight=10), changed]) == (other, changed), "of equal ones what changed"


@pytest.mark.parametrize("seed", range(20))
def test_the_printed_order_is_the_printed_rule(assessment, seed):
    """By size, times customers, times what it is about: whatever is found, the weights of what is printed fall."""
    random = np.random.default_rng(seed)
    base = found(assessment, "worse_than_before")
    told = [
        replace(base, rule=str(random.choice(SIDES)), dimension="topic", member=f"t{random.integers(8)}",
                weight=float(random.integers(1, 30)))
        for _ in range(40)
    ]  # fmt: skip
    for printed in (weak_points(told), strengths(told)):
        weights = [one.weight for one in printed]
        assert weights == sorted(weights, reverse=True)
        assert len({one.member for one in printed}) == len(printed)
        for one in printed:
            side = "worse" if "worse" in one.rule else "better"
            assert one.weight == max(f.weight for f in told if f.member == one.member and side in f.rule)


def test_half_of_the_places_go_to_changes(assessment):
    lasting = [found(assessment, "member_worse_than_rest", dimension="topic", member=f"t{n}", weight=100 - n)
               for n in range(9)]  # fmt: skip
    changes = [found(assessment, "member_worse_than_before", dimension="team", member=f"m{n}", weight=9 - n)
               for n in range(5)]  # fmt: skip
    told = weak_points([*lasting, *changes])
    assert told == (*lasting[:3], *changes[:3])
    assert weak_points(lasting) == tuple(lasting[:6])


def test_a_topic_that_grew_tells_its_share(assessment):
    topic = found(assessment, "topic_grew", "tickets_created", dimension="topic", member="Delivery")
    seen = replace(topic, figure=replace(topic.figure, value=6100.0))
    pairs = dict(figures_of(seen, assessment, EN))
    whole = assessment.measurements.get("tickets_created", "2026-Q3", statistic="value").value
    assert pairs["Now"] == f"6,100 tickets, {6100 / whole:.1%} of all"
    made = observation(seen, assessment, "x", EN, width_mm=84.0)
    assert (made.mark.shape, made.mark.word) == (Shape.IN_PROGRESS, "Growing")


VERDICTS = [
    (Change.WORSE, Change.WITHIN_NOISE, ", worse than before."),
    (Change.BETTER, Change.WORSE, ", better than before, worse than elsewhere."),
    (Change.WITHIN_NOISE, Change.BETTER, ", better than elsewhere."),
    (Change.CANNOT_TELL, Change.NOT_COMPARED, "; none of it differs beyond chance."),
]


@pytest.mark.parametrize(("before", "rest", "end"), VERDICTS)
def test_evidence_says_what_stands_and_no_more(assessment, before, rest, end):
    one = Evidence(metric=assessment.catalogue["csat"], value=0.86, n=120, before=before, rest=rest, table="surveys")
    assert evidence_line([one], EN).replace("\u00a0", " ") == f"customer satisfaction 86.0% (n = 120){end}"


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
def test_the_page_is_written_in_every_language(assessment, code):
    language = Language.named(code)
    told = [found(assessment, rule, dimension="channel", member="chat") for rule in observations.TITLES]
    for finding in told:
        assert observation_title(finding, language)
    assert weak_points_title([], [], language)
