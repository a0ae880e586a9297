"""The page on contact reasons, and what stands behind the scores: answers point by point and low ratings."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from evaluation.breakdowns.contact_reasons import COLUMNS
from evaluation.breakdowns.dissatisfaction_reasons import COLUMNS as LOW
from evaluation.breakdowns.estimated_sentiment import COLUMNS as SENTIMENT
from evaluation.breakdowns.estimated_topics import COLUMNS as ESTIMATED
from evaluation.breakdowns.recurring_questions import COLUMNS as CANDIDATES
from evaluation.breakdowns.score_distribution import COLUMNS as POINTS
from evaluation.measurement import UNASSIGNED, Absent
from evaluation.metric import Unit
from evaluation.verdict import Against, Change, LookedAt
from reports import compose
from reports.document import Missing, Picture, Table
from reports.findings import above_the_rest
from reports.language import Language
from reports.section import Material
from reports.sections.contact_reasons.build import build as contact_reasons
from reports.sections.contact_reasons.build import reasons_title
from reports.sections.contact_reasons.growth import growth
from reports.sections.effectiveness.build import build as effectiveness
from reports.sections.satisfaction.build import build as satisfaction
from reports.sections.satisfaction.low_ratings import low_note, sentiment_table, templates_table, topics_table
from reports.sections.satisfaction.scores import answers_picture, scores_table

EN = Language.named("en")
GOLDEN = Path(__file__).parent / "golden" / "en" / "contact_reasons.txt"


def breakdown(name, rows, columns, *, facts=None, reason=None):
    frame = pd.DataFrame([{**dict.fromkeys(columns), **row} for row in rows], columns=list(columns))
    return Breakdown(id=name, metric_id="csat", frame=frame, columns=columns, facts=facts or {}, reason=reason)


def reason(name, now, before, *, real=False, year=None, year_real=False, repeats=0.05):
    return {
        "reason": name, "contacts": now, "share": now / 1000, "contacts_previous": before,
        "growth_previous": now / before - 1 if before else None, "is_real_previous": real,
        "contacts_last_year": year, "growth_last_year": now / year - 1 if year else None,
        "is_real_last_year": year_real, "repeat_share": repeats, "complaint_share": 0.01,
    }  # fmt: skip


def asking(assessment, reasons, **others):
    made = {"contact_reasons": breakdown("contact_reasons", reasons, COLUMNS), **others}
    return replace(assessment, breakdowns=made)


def page_of(build, assessment):
    return build(Material(assessment=assessment, language=EN))


def plain(text):
    return text.replace("\u00a0", " ")


QUIET = [reason("Delivery", 600, 590), reason("Refund", 300, 310), reason(UNASSIGNED, 100, 90)]


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (QUIET, "Most asked: Delivery, 60%"),
        ([*QUIET, reason("Lockers", 80, 20, real=True)],
         "Lockers: 80 contacts, 300% more than in the period before; most asked: Delivery, 60%"),
        ([*QUIET, reason("Lockers", 80, 70, year=40, year_real=True)],
         "Lockers: 80 contacts, 100% more than a year before; most asked: Delivery, 60%"),
        ([*QUIET, reason("Lockers", 80, 0, real=True)],
         "Lockers: 80 contacts, none in the period before; most asked: Delivery, 60%"),
        ([*QUIET, reason("Lockers", 20, 80, real=True)], "Most asked: Delivery, 60%"),
        ([*QUIET, reason(UNASSIGNED, 300, 80, real=True)], "Most asked: Delivery, 60%"),
    ],
)  # fmt: skip
def test_the_title_says_what_grew_beyond_chance_else_what_is_asked_most(assessment, reasons, said):
    assert plain(reasons_title(asking(assessment, reasons), reasons, EN)) == said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (reason("a", 120, 100, real=True), "↑ 20%"),
        (reason("a", 120, 100), "(↑ 20%)"),
        (reason("a", 80, 100, real=True), "↓ 20%"),
        (reason("a", 100, 100), "(unchanged)"),
        (reason("a", 9, 0, real=True), "new"),
        (reason("a", 0, 0), "–"),
        (reason("a", 9, None), "–"),
    ],
)
def test_a_change_within_noise_stands_in_brackets(row, said):
    assert plain(growth({**row, "growth_previous": row["growth_previous"]}, "previous", EN)) == said


def test_without_topics_there_is_no_page_and_with_estimates_there_is(assessment, empty_assessment):
    assert page_of(contact_reasons, empty_assessment).reason == "no contacts were counted in the period"
    bare = asking(assessment, [reason(UNASSIGNED, 1000, 900)])
    assert page_of(contact_reasons, bare).reason == "no contact carries a topic"
    read = asking(assessment, [reason(UNASSIGNED, 1000, 900)], estimated_topics=estimates())
    page = page_of(contact_reasons, read)
    assert "read from their words" in page.title
    assert "reasons" not in page


def estimates():
    rows = [
        {"way": "own_topic", "topic": "Delivery", "tickets": 60, "share": 0.6, "previous": 50, "is_estimated": True},
        {"way": "group", "words": "locker, code", "tickets": 20, "share": 0.2, "previous": 4, "silhouette": 0.31,
         "is_estimated": True},
        {"way": "wording", "words": "other", "tickets": 12, "share": 0.12, "previous": 9, "is_estimated": False},
        {"way": "unclear", "tickets": 8, "share": 0.08, "previous": 8, "is_estimated": True},
    ]  # fmt: skip
    facts = {"untagged": 100, "accuracy": 0.84}
    return breakdown("estimated_topics", rows, ESTIMATED, facts=facts)


def test_estimates_are_marked_in_words_with_how_far_they_can_be_trusted(assessment):
    page = page_of(contact_reasons, asking(assessment, QUIET, estimated_topics=estimates()))
    assert page["reasons"].columns[-1].title == "Estimated besides"
    assert [row[-1].text for row in page["reasons"].rows] == ["60", "0", ""]
    assert "84% were right" in page["reasons"].after
    told = {row[0].text: row[1].text for row in page["estimated"].rows}
    assert told == {
        "“locker, code”": "estimated group; separation 0.31 of 1",
        "“other”": "the same words, counted",
        "Cannot be told from the words": "–",
    }


def test_untagged_tickets_of_which_nothing_could_be_read_are_told(assessment):
    nothing = breakdown("estimated_topics", [], ESTIMATED, facts={"untagged": 80}, reason="not_enough")
    page = page_of(contact_reasons, asking(assessment, QUIET, estimated_topics=nothing))
    assert any("80 tickets carry no topic" in text for note in page["notes"].items for text in note.text)


def candidates():
    same = {"expected_share": 0.1, "is_estimated": False, "requesters": 90}
    rows = [
        {"kind": "training", "subject": "topic", "name": "Refund", "cases": 400, "events": 120, "share": 0.3,
         "agents": "kim.e, orlow.v", **same},
        {"kind": "article", "subject": "topic", "name": "locker, code", "cases": 90, "events": 27, "share": 0.3,
         "agents": "", **same, "is_estimated": True},
        {"kind": "template", "subject": "answer_template", "name": "t-1", "cases": 50, "events": 20, "share": 0.4,
         "agents": "", **same},
    ]  # fmt: skip
    return breakdown("recurring_questions", rows, CANDIDATES)


def test_candidates_tell_their_evidence_and_name_nobody(assessment):
    page = page_of(contact_reasons, asking(assessment, QUIET, recurring_questions=candidates()))
    rows = [[plain(cell.text) for cell in row] for row in page["candidates"].rows]
    assert rows == [
        ["Training", "Refund", "120 of 400 contacts came back: 30.0%, on other topics 10.0%", "2 agents"],
        ["Article", "locker, code (estimated topic)", "27 of 90 contacts came back: 30.0%, on other topics 10.0%",
         "customers"],
        ["Template", "answer template t-1", "20 of 50 ratings low: 40.0%, its topics explain 10.0%", "all agents"],
    ]  # fmt: skip
    assert "kim.e" not in str(page)


def test_topics_from_the_data_stay_harmless(assessment):
    hostile = [reason("\u202eevil {0} " + "x" * 500, 600, 590), reason("<b>", 300, 200, real=True)]
    page = page_of(contact_reasons, asking(assessment, hostile))
    assert "\u202e" not in str(page)
    assert all(len(row[0].text.replace("\u200b", "")) <= 81 for row in page["reasons"].rows)
    assert isinstance(page_of(contact_reasons, asking(assessment, hostile[:1])).title, str)


@pytest.mark.parametrize(("change", "is_named"), [(Change.BETTER, True), (Change.WORSE, False), (None, False)])
def test_only_a_topic_above_the_rest_beyond_chance_is_named(assessment, change, is_named):
    key = ("one_touch_rate", "value", Against.REST, "topic", "Refund")
    verdicts = {} if change is None else {key: change}
    found = above_the_rest(replace(assessment, looked_at=LookedAt(verdicts=verdicts)), "one_touch_rate", "topic")
    assert (found is not None and found.member == "Refund") is is_named
    assert above_the_rest(assessment, "never_measured", "topic") is None


def scale(kind, variant, low, high, counts):
    total = sum(counts)
    return [
        {"kind": kind, "variant": variant, "scale_min": low, "scale_max": high, "score": low + place, "n": count,
         "share": count / total}
        for place, count in enumerate(counts)
    ]  # fmt: skip


def answered(assessment, *scales):
    rows = [row for one in scales for row in one]
    return replace(assessment, breakdowns={"score_distribution": breakdown("score_distribution", rows, POINTS)})


@pytest.mark.parametrize(
    ("points", "bad", "good"),
    [
        (scale("csat", None, 1.0, 5.0, [10, 10, 20, 30, 30]), "20%", "60%"),
        (scale("csat", None, 0.0, 1.0, [25, 75]), "25%", "75%"),
        (scale("ces", None, 1.0, 7.0, [5, 5, 10, 20, 20, 20, 20]), "20%", "60%"),
        (scale("nps", "relation", 0.0, 10.0, [1] * 7 + [10, 10, 13, 60]), "7%", "73%"),
    ],
)
def test_points_are_good_and_bad_as_in_the_metrics(assessment, points, bad, good):
    picture = answers_picture(answered(assessment, points), EN)
    svg = picture.chart.svg.decode()
    assert f">{bad}<" in svg
    assert f">{good}<" in svg


def test_relation_and_interaction_are_rows_apart(assessment):
    both = [scale("nps", variant, 0.0, 10.0, [5] * 11) for variant in ("interaction", "relation")]
    alt = plain(answers_picture(answered(assessment, *both), EN).chart.alt)
    assert "NPS, after a contact, 0–10: 0 – 9%" in alt
    assert "NPS, relation, 0–10" in alt
    assert answers_picture(answered(assessment, scale("nps", "relation", 0.0, 100.0, [1, 2])), EN) is None


def rating(by, member, n, low, bounds):
    return {"by": by, "member": member, "n": n, "low": low, "share": low / n, "share_low": bounds[0],
            "share_high": bounds[1], "comments": ()}  # fmt: skip


@pytest.fixture
def rated(assessment):
    """The invented quarter with 10 % of low ratings."""
    known = assessment.catalogue["csat"]
    metric = replace(known, id="dissatisfaction_reasons")
    frame = assessment.measurements.frame
    own = frame[(frame.metric_id == "csat") & (frame.dimension == "all")]
    low = own.assign(metric_id=metric.id, value=0.1)
    return lambda rows: replace(
        assessment,
        catalogue={**assessment.catalogue, metric.id: metric},
        measurements=type(assessment.measurements)(pd.concat([frame, low])),
        breakdowns={metric.id: breakdown(metric.id, rows, LOW)},
    )


@pytest.mark.parametrize(
    ("bounds", "said"),
    [((0.15, 0.3), "Clearly more often: Refund."), ((0.09, 0.3), "No topic and no template clearly more often.")],
)
def test_low_ratings_are_named_only_beyond_their_interval(rated, bounds, said):
    rows = [rating("topic", "Refund", 100, 20, bounds), rating("topic", "Delivery", 500, 30, (0.04, 0.09))]
    note = low_note(rated(rows), EN)
    assert note.text == (f"10.0% of the ratings are low. {said}",)
    table = topics_table(rated(rows), (), EN)
    assert [row[0].text for row in table.rows] == ["Refund", "Delivery"]
    assert plain(table.rows[0][3].text) == "20.0%"


def test_templates_are_told_apart_from_answers_without_one(rated):
    rows = [rating("template", "t-1", 40, 8, (0.1, 0.35)), rating("template", UNASSIGNED, 60, 6, (0.05, 0.2))]
    table = templates_table(rated(rows), (), EN)
    assert [row[0].text for row in table.rows] == ["t-1", "Without a template"]
    assert templates_table(rated(rows[1:]), (), EN) is None
    assert isinstance(page_of(satisfaction, rated(rows))["templates"], Table)


def test_estimated_sentiment_stands_beside_the_rated_with_its_accuracy(assessment):
    rows = [
        {"source": "survey", "sentiment": word, "comments": n, "share": share, "corrected_share": better,
         "is_estimated": better is not None}
        for word, n, share, better in (
            ("positive", 60, 0.6, None), ("negative", 40, 0.4, None), ("positive", 7, 0.7, 0.65),
            ("negative", 3, 0.3, 0.35),
        )
    ] + [{"source": "review", "sentiment": "positive", "comments": 9, "share": 1.0, "is_estimated": False}]  # fmt: skip
    facts = {"rated_positive": 60, "rated_negative": 40, "balanced_accuracy": 0.81}
    made = breakdown("estimated_sentiment", rows, SENTIMENT, facts=facts)
    table = sentiment_table(replace(assessment, breakdowns={"estimated_sentiment": made}), EN)
    assert [[plain(cell.text) for cell in row] for row in table.rows] == [
        ["Survey comments, as rated", "100", "60%", "40%"],
        ["Survey comments without a rating, estimated", "10", "65%", "35%"],
    ]
    assert "81% right" in table.after
    nothing = breakdown("estimated_sentiment", [], SENTIMENT, reason=Absent.NO_CASES.value)
    assert sentiment_table(replace(assessment, breakdowns={"estimated_sentiment": nothing}), EN) is None


def test_both_readings_stand_in_the_table_of_scores(assessment):
    known = assessment.catalogue["csat"]
    mean = replace(known, id="csat_mean", label="Customer satisfaction, mean", unit=Unit.POINTS, statistic="mean")
    frame = assessment.measurements.frame
    own = frame[(frame.metric_id == "csat") & (frame.dimension == "all")]
    extra = [own.assign(metric_id="csat_mean", statistic=word, value=value) for word, value in
             (("mean", 4.31), ("sd", 0.92))]  # fmt: skip
    known = replace(
        assessment,
        catalogue={**assessment.catalogue, "csat_mean": mean},
        measurements=type(assessment.measurements)(pd.concat([frame, *extra])),
    )
    table = scores_table(known, "", EN)
    assert table.columns[-1].title == "Standard deviation"
    told = {row[0].text: (row[2].text, row[-1].text) for row in table.rows}
    assert told["Customer satisfaction, mean"] == ("4.31", "0.92")
    assert told["Customer satisfaction"] == ("86.1%", "")


def test_effectiveness_groups_its_figures(assessment):
    more = {name: replace(assessment.catalogue["one_touch_rate"], id=name, label=name)
            for name in ("reopen_rate", "own_metric")}  # fmt: skip
    frame = assessment.measurements.frame
    own = frame[(frame.metric_id == "one_touch_rate") & (frame.dimension == "all")]
    found = type(assessment.measurements)(pd.concat([frame, *(own.assign(metric_id=name) for name in more)]))
    known = replace(assessment, catalogue={**assessment.catalogue, **more}, measurements=found)
    names = [row[0].text for row in page_of(effectiveness, known)["figures"].rows]
    assert names == ["Solved at once", "One-touch rate", "Customers who come back", "reopen_rate", "Others",
                     "own_metric"]  # fmt: skip
    assert len(page_of(effectiveness, assessment)["figures"].rows) == 1


def test_golden_text_and_whole_document(assessment):
    full = asking(
        assessment,
        [*QUIET, reason("Lockers", 80, 20, real=True, year=40)],
        estimated_topics=estimates(),
        recurring_questions=candidates(),
    )
    page = page_of(contact_reasons, full)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(told(page), encoding="utf-8")
    assert told(page) == GOLDEN.read_text(encoding="utf-8")
    ids = [part.id for part in compose(full, language="en").sections]
    assert ids.index("effectiveness") < ids.index("contact_reasons") < ids.index("satisfaction")
    assert isinstance(page_of(contact_reasons, assessment), Missing)


def told(page):
    lines = [f"# {page.title}"]
    for name, block in page.blocks.items():
        lines.append(f"[{name}]")
        if isinstance(block, Picture):
            lines += [block.title, block.sub, f"<{block.chart.alt}>"]
        elif isinstance(block, Table):
            rows = [" | ".join(cell.text for cell in row) for row in block.rows]
            lines += [block.title, block.sub, " | ".join(c.title for c in block.columns), *rows, block.after]
        else:
            lines += [f"{note.title}: {' '.join(note.text)}" for note in block.items]
    return "\n".join(line.replace("\u00a0", "~") for line in lines if line) + "\n"
