"""The pages on quality, and on reputation and loyalty, of small services that are assessed from their rows."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from evaluation import assess
from evaluation.breakdown import Breakdown
from evaluation.breakdowns.audit_criteria import COLUMNS as CRITERIA
from evaluation.facts.audits import PROBLEMS
from evaluation.fields import FIELDS
from evaluation.judgement.audit_parts import part_differences
from evaluation.judgement.control import looked_at, standing
from evaluation.measurement import Absent, Caveat
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.worked_stories.audits import AUDITS
from evaluation.metrics.worked_stories.reviews import REVIEWS
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.validation import Validation
from reports import compose, render_report
from reports.document import Missing, Notes, Picture, Table
from reports.heights import PAGE_MM
from reports.language import Language
from reports.section import Material
from reports.sections.effectiveness.build import further_figures
from reports.sections.quality.agreement import agreement_note, alpha, verdict
from reports.sections.quality.build import build as quality
from reports.sections.quality.left_out import REASONS, left_out_text
from reports.sections.quality.parts import Part, criteria_table, lowest_part, parts_block
from reports.sections.reputation.build import build as reputation
from reports.sections.reputation.outside import MATCHES

EN = Language.named("en")
GOLDEN = Path(__file__).parent / "golden" / "stories"
CUT = datetime(2026, 8, 20, tzinfo=UTC)
BENCHMARKS = [
    {"metric_id": "review_rating", "who": "Shops in Poland", "period": "2026-07", "value": 4.1, "source": "A panel",
     "definition_match": "similar", "published_on": "2026-08-01T00:00Z"},
    {"metric_id": "review_rating", "who": "Shops in Europe", "period": "2025", "value": 4.3, "source": "A yearbook",
     "definition_match": "same", "published_on": None},
    {"metric_id": "review_answer_rate", "who": "A competitor", "period": "2026-07", "value": 0.4, "source": "Own count",
     "definition_match": "not_comparable", "published_on": None},
    {"metric_id": "stars_in_the_app", "who": "A competitor", "period": "2026-07", "value": 4.0, "source": "Own count",
     "definition_match": None, "published_on": None},
]  # fmt: skip


def assessed(tables, settings=None):
    frames = {name: pd.DataFrame(list(rows)) for name, rows in tables.items()}
    for frame in frames.values():
        for column in frame.columns:
            if FIELDS[column].dtype == "instant":
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
    told = {
        "organisation": {"name": "Northwind Care", "time_zone": "UTC"},
        "calendars": {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}},
        **(settings or {}),
    }
    return assess(
        Tables.from_frames(frames), Settings.model_validate(told), Period.parse("2026-07", zone="UTC"), CUT,
        validation=Validation((), {}), intake=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def audited():
    return assessed(AUDITS.tables, AUDITS.settings)


@pytest.fixture(scope="module")
def reviewed():
    return assessed({**REVIEWS.tables, "benchmarks": BENCHMARKS}, REVIEWS.settings)


@pytest.fixture(scope="module")
def both():
    tables = {**AUDITS.tables, **REVIEWS.tables, "benchmarks": BENCHMARKS}
    return assessed(tables, {**AUDITS.settings, **REVIEWS.settings})


def lines(part):
    told = [part.kicker.upper(), f"# {part.title}"]
    for name, block in part.blocks.items():
        told += [f"[{name}]", *_block(block)]
    return "\n".join(line.replace("\u00a0", "~") for line in told) + "\n"


def _block(block):
    if isinstance(block, Notes):
        return [f"{note.title}: {' '.join(note.text)}" for note in block.items]
    if isinstance(block, Picture):
        return [text for text in (block.title, block.sub, f"<{block.chart.alt}>", block.after) if text]
    rows = [" | ".join(f"{cell.text}{' / ' + cell.small if cell.small else ''}" for cell in row) for row in block.rows]
    heads = " | ".join(column.title for column in block.columns)
    return [text for text in (block.title, block.sub, heads, *rows, block.after) if text]


def check(part, name):
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(lines(part), encoding="utf-8")
    assert lines(part) == path.read_text(encoding="utf-8")


def test_quality_of_a_small_service(audited):
    part = quality(Material(assessment=audited, language=EN))
    check(part, "quality")
    assert part.pages == 1
    assert part.used_mm < 200


def test_reputation_of_a_small_service(reviewed):
    part = reputation(Material(assessment=reviewed, language=EN))
    check(part, "reputation")
    assert part.pages == 1
    assert part.may_follow


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
def test_the_pages_pass_the_gate_and_leave_no_page_nearly_empty(both, code):
    document = compose(both, language=code)
    parts = {part.id: part for part in document.sections}
    assert {"quality", "reputation"} <= set(parts)
    assert all(parts[name].used_mm > 0.35 * PAGE_MM for name in ("quality", "reputation"))
    assert not render_report(document).warnings


@pytest.mark.parametrize(("build", "other"), [(quality, "reviewed"), (reputation, "audited")])
def test_a_section_without_data_takes_no_page(build, other, request):
    part = build(Material(assessment=request.getfixturevalue(other), language=EN))
    assert isinstance(part, Missing)
    assert part.reason == "no source delivers it"


def test_nobody_is_named_on_the_page_of_quality(audited):
    part = quality(Material(assessment=audited, language=EN))
    assert not any(name in lines(part) for name in ("Anna", "Boris", "Quentin", "Rosa"))


def test_what_has_a_page_is_not_printed_twice(audited, reviewed):
    assert not {"audit_score", "mystery_score", "auditor_agreement"} & set(further_figures(audited))
    assert not any(name.startswith(("review_", "negative_")) for name in further_figures(reviewed))


def test_the_cycle_counts_what_was_scored(audited, reviewed):
    steps = {step.id: (step.state, dict(step.evidence)) for step in audited.cycle}
    assert steps["correspondence"] == ("done", {"audits": 3, "left_out": 1})
    assert steps["calls"] == ("partly", {"calls": 0, "audits": 1})
    assert steps["mystery"] == ("done", {"visits": 2})
    assert steps["reviews"][0] == "no_data"
    told = {step.id: (step.state, dict(step.evidence)) for step in reviewed.cycle}
    assert told["reviews"] == ("done", {"reviews": 7, "answered": 6})
    assert told["mystery"] == ("no_data", {"visits": 0})


def test_audits_that_could_not_be_scored_are_told(audited):
    rows = [row for row in AUDITS.tables["audits"] if row["audit_id"] in ("q:3", "q:4")]
    lost = assessed({"audits": [dict(row) | {"scorecard_id": "lost"} for row in rows]}, AUDITS.settings)
    part = quality(Material(assessment=lost, language=EN))
    assert part == Missing("quality", "Quality", "2 audits were left out, none could be scored")
    states = {step.id: step.state for step in lost.cycle}
    assert (states["correspondence"], states["calls"]) == ("partly", "partly")


def test_auditors_in_training_have_their_agreement_alone(audited):
    rows = [dict(row) | {"is_calibration": True} for row in AUDITS.tables["audits"]]
    part = quality(Material(assessment=assessed({"audits": rows}, AUDITS.settings), language=EN))
    assert part.title == "Agreement of auditors: 0.83"
    assert [note.title for note in part["notes"].items] == ["How far auditors agree", "Audits that count in no score"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], ""),
        ([("calibration", 4, "a1")], "4 audits count in no score: done to calibrate auditors (4)."),
        (
            [("calibration", 1, "a1"), ("off_scale", 2, "a3"), ("off_scale", 1, "a2")],
            "4 audits count in no score: a mark is outside its scale (3, for example a2), done to calibrate "
            "auditors (1).",
        ),
        ([("spam", 1, "<b>")], "1 audit counts in no score: its ticket is spam (1)."),
    ],
)
def test_what_is_left_out_in_words(audited, rows, text):
    frame = pd.DataFrame(rows, columns=["reason", "audits", "example"])
    given = Breakdown(
        id="audits_left_out", metric_id="audit_score", frame=frame, columns=dict.fromkeys(frame.columns, "x"),
        reason=None if rows else "no_cases",
    )  # fmt: skip
    assert left_out_text(replace(audited, breakdowns={"audits_left_out": given}), EN) == text


@pytest.mark.parametrize(
    ("value", "words", "printed"),
    [
        (1.0, "relied upon", "1.00"),
        (0.8, "relied upon", "0.80"),
        (0.7999, "tentative", "0.7999"),
        (0.667, "tentative", "0.67"),
        (0.6669, "not be relied", "0.6669"),
        (-0.2, "not be relied", "\u22120.20"),
    ],
)
def test_agreement_in_words(value, words, printed):
    assert words in verdict(value)
    assert alpha(SimpleNamespace(value=value), EN) == printed


def with_agreement(assessment, **changes):
    """The assessment with another agreement of its auditors."""
    frame = assessment.measurements.frame.copy()
    is_it = (frame["metric_id"] == "auditor_agreement") & (frame["dimension"] == "all")
    for name, value in changes.items():
        frame.loc[is_it & (frame["statistic"] == "alpha"), name] = value
    return replace(assessment, measurements=type(assessment.measurements)(frame))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n": 40, "value": 0.9, "caveats": ""}, "The marks may be relied upon. Scale of K. Krippendorff"),
        ({"n": 40, "value": 0.5, "caveats": ""}, "train the auditors on the same cases first"),
        ({"n": 3, "value": 0.9, "caveats": str(Caveat.SMALL_SAMPLE)}, "too few to say"),
        ({"n": 40, "value": None, "reason": str(Absent.UNDEFINED), "caveats": ""}, "all marks are the same"),
        ({"n": 0, "value": None, "reason": str(Absent.NO_CASES), "caveats": ""}, "No contact was marked by two"),
    ],
)
def test_the_note_on_agreement(audited, changes, said):
    text = " ".join(agreement_note(with_agreement(audited, **changes), EN).text)
    assert said in text


def part(label, mean, half=0.05, audits=100, kind="touchpoint", failed=0):
    return Part(kind, label.casefold(), label, audits, mean, mean - half, mean + half, failed)


@pytest.mark.parametrize(
    ("marks", "lowest"),
    [
        ({"greeting": 0.9, "solution": 0.7}, "Solution"),
        ({"greeting": 0.9, "solution": 0.88}, None),
        ({"greeting": 0.9}, None),
        ({"greeting": 0.9, "solution": 0.7, "farewell": 0.72}, "Solution"),
        ({}, None),
    ],
)
def test_the_lowest_part_is_named_only_when_it_stands(assessment, marks, lowest):
    """By the marks of a breakdown, through the control that judges them."""
    rows = [{"metric_id": "audit_score", "part": "touchpoint", "member": name, "audits": 100, "mean": mean,
             "low": mean - 0.05, "high": mean + 0.05, "failed": 0} for name, mean in marks.items()]  # fmt: skip
    made = Breakdown(
        id="audit_criteria", metric_id="audit_score", frame=pd.DataFrame(rows, columns=list(CRITERIA)),
        columns=CRITERIA, reason=None if rows else "no_cases",
    )  # fmt: skip
    catalogue = {name: one.metric for name, one in chosen({}).items()}
    compared = part_differences(made, catalogue, "2026-Q3")
    judged = replace(assessment, looked_at=looked_at(compared, standing(compared)))
    parts = tuple(part(name.capitalize(), mean) for name, mean in marks.items())
    found = lowest_part(judged, "audit_score", parts)
    assert (found.label if found else None) == lowest


def test_criteria_that_are_the_touchpoints_again_are_not_printed():
    parts = (part("Greeting", 0.9), part("Solution", 0.7, audits=90))
    same = tuple(replace(one, kind="criterion") for one in reversed(parts))
    assert criteria_table(same, parts, 30, EN) is None
    more = criteria_table((*same, part("Spelling", 0.8, failed=4)), parts, 30, EN)
    assert more.columns[-1].title == "Critical failures"
    assert more.rows[-1][-1].text == "4"


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ((), type(None)),
        ((part("A", 0.5),), type(None)),
        ((part("A", 0.5), part("B", 0.6)), Table),
        ((part("A", 0.5), part("B", 0.6), part("C", 0.6, audits=3)), Table),
        (tuple(part(name * 60, 0.6) for name in "ABCDEFGH"), Picture),
    ],
)
def test_parts_are_a_picture_only_with_enough_audits(parts, kind):
    assert isinstance(parts_block(parts, 30, EN), kind)


def test_long_names_of_sites_and_outsiders_are_cut(reviewed):
    long = "A very long name of a site " * 20
    sites = reviewed.breakdowns["reviews_by_site"]
    outside = reviewed.breakdowns["benchmark"]
    crowded = replace(
        reviewed,
        breakdowns={
            "reviews_by_site": replace(sites, frame=sites.frame.assign(site=long)),
            "benchmark": replace(outside, frame=outside.frame.assign(who=long, source=f"<b>{long}</b>")),
        },
    )
    found = reputation(Material(assessment=crowded, language=EN))
    texts = [cell.text for row in found["outside"].rows for cell in row]
    assert max(len(text) for text in texts) <= 90
    assert found.pages <= 2


def test_sites_beyond_the_twelfth_are_counted(reviewed):
    sites = reviewed.breakdowns["reviews_by_site"]
    frame = pd.concat([sites.frame.head(1).assign(site=f"Site {index:02}", n=20 + index) for index in range(15)])
    many = replace(reviewed, breakdowns={"reviews_by_site": replace(sites, frame=frame.reset_index(drop=True))})
    found = reputation(Material(assessment=many, language=EN))
    assert [row[0].text for row in found["sites"].rows] == [f"Site {index:02}" for index in range(3, 15)]
    assert "3 more are left out" in found["sites"].after


def test_words_for_every_reason_of_the_data():
    assert set(PROBLEMS) | {"calibration", "nothing_applied", "spam", "test"} == set(REASONS)
    assert set(FIELDS["definition_match"].allowed) == set(MATCHES)


def test_outside_values_alone_have_a_page(audited):
    outside = pd.DataFrame(
        [{"metric_id": "csat", "statistic": "value", "who": "Others", "period": "2026-07", "value": 0.8, "source": "S",
          "published_on": None, "definition_match": "same", "ours": None, "ours_period": "2026-07", "difference": None,
          "reason": "no_source"}]
    )  # fmt: skip
    given = Breakdown(id="benchmark", metric_id="benchmark", frame=outside, columns=dict.fromkeys(outside.columns, "x"))
    found = reputation(Material(assessment=replace(audited, breakdowns={"benchmark": given}), language=EN))
    assert found.title == "1 outside value to compare with"
    assert [cell.text for cell in found["outside"].rows[0]][2:5] == ["80.0%", "–", "–"]
    assert found["outside"].rows[0][4].small == "no source delivers it"
