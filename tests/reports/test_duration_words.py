"""The typical ticket and the open ones in words: each sentence where its rule holds, and only there."""

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from evaluation.breakdowns.time_to_solve import COLUMNS
from evaluation.statistics.shift import Shift
from evaluation.verdict import Against, Change, LookedAt
from reports.duration_words import typical_note, typical_sentence
from reports.language import Language
from reports.sections.responsiveness.open_ones import open_ones

EN = Language.named("en")
FIRST, FULL = "first_response_time", "full_resolution_time"


def judged(assessment, shift, verdict, metric_id=FIRST):
    looked_at = LookedAt(
        differences=1, survived=1, verdicts={(metric_id, "median", Against.BEFORE, None, None): verdict}
    )
    return replace(assessment, shifts={metric_id: shift}, looked_at=looked_at)


def shift(value, low, high, superiority=0.5, p_value=0.01):
    return Shift(value, low, high, p_value, superiority=superiority)


SENTENCES = [
    (shift(-720, -1200, -240, 0.4), Change.BETTER, "12 min faster than in Q2 2026 (95% interval 4 min – 20 min)."),
    (shift(720, 240, 1200, 0.6), Change.WORSE, "12 min slower than in Q2 2026 (95% interval 4 min – 20 min)."),
    (shift(-720, -1200, -240, 0.4), Change.MOVED, "12 min faster than in Q2 2026 (95% interval 4 min – 20 min)."),
    (shift(0, 0, 0, 0.4), Change.BETTER, "most tickets took as long as in Q2 2026; of the others more were faster "
                                         "than slower."),
    (shift(0, 0, 0, 0.6), Change.WORSE, "most tickets took as long as in Q2 2026; of the others more were slower "
                                        "than faster."),
    (shift(60, -180, 300), Change.WITHIN_NOISE, "no change beyond noise, between 3 min faster and 5 min slower than "
                                                "in Q2 2026."),
    (shift(0, 0, 0), Change.WITHIN_NOISE, "as long as in Q2 2026."),
    (shift(-60, -120, -5, 0.49), Change.WITHIN_NOISE, "no difference from that in Q2 2026 beyond chance among all that "
                                                      "was compared (95% interval of the change: \u22122 min to "
                                                      "\u22125 s)."),
    (shift(60, 5, 120, 0.51), Change.WITHIN_NOISE, "no difference from that in Q2 2026 beyond chance among all that "
                                                   "was compared (95% interval of the change: +5 s to +2 min)."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "verdict", "said"), SENTENCES)
def test_each_verdict_has_its_sentence(assessment, found, verdict, said):
    text = typical_sentence(judged(assessment, found, verdict), FIRST, EN).replace("\u00a0", " ")
    assert text == f"First response time: {said}"


@pytest.mark.parametrize("verdict", [Change.CANNOT_TELL, Change.NOT_COMPARED, Change.NOT_JUDGED])
def test_what_was_not_judged_has_none(assessment, verdict):
    assert typical_sentence(judged(assessment, shift(-720, -1200, -240), verdict), FIRST, EN) == ""


def test_without_a_shift_there_is_no_remark(assessment):
    few = Shift(None, None, None, None, "fewer than 5 values on a side")
    assert typical_note(judged(assessment, few, Change.BETTER), (FIRST, FULL), EN) is None
    assert typical_note(replace(assessment, shifts={}), (FIRST, FULL), EN) is None
    assert typical_sentence(judged(assessment, shift(1, 1, 1), Change.WORSE, "unknown"), "unknown", EN) == ""


def test_the_remark_has_a_line_for_each_wait(assessment):
    note = typical_note(judged(assessment, shift(-720, -1200, -240, 0.4), Change.BETTER, FULL), (FIRST, FULL), EN)
    assert note.title == "The typical ticket"
    assert [line.partition(":")[0] for line in note.text] == ["Full resolution time"]


def with_cells(assessment, *cells):
    rows = [dict.fromkeys(COLUMNS) | {"dimension": "all", "member": "all", **cell} for cell in cells]
    made = Breakdown(
        id="time_to_solve", metric_id=FULL, frame=pd.DataFrame(rows, columns=list(COLUMNS)), columns=COLUMNS
    )
    return replace(assessment, breakdowns={**assessment.breakdowns, "time_to_solve": made})


def cell(metric_id, period_id, n, still_open, done, *all_of_them):
    names = ("median", "median_low", "median_high", "p90")
    return {"metric_id": metric_id, "period_id": period_id, "n": n, "done": n - still_open, "open": still_open,
            "median_of_done": done, **dict(zip(names, all_of_them, strict=True))}  # fmt: skip


def printed(table):
    return [[one.text.replace("\u00a0", " ") for one in row] for row in table.rows]


def test_open_tickets_are_counted_beside_the_finished(assessment):
    table = open_ones(
        with_cells(
            assessment,
            cell(FULL, "2026-Q3", 400, 90, 7200.0, 10_800.0, 9000.0, None, None),
            cell(FULL, "2026-Q2", 380, 0, 7200.0, 7200.0, 6000.0, 8400.0, 36_000.0),
            cell(FIRST, "2026-Q3", 12, 12, None, None, None, None, None),
        ),
        EN,
    )
    assert printed(table) == [
        ["First response time, Q3", "12", "12", "–", "not reached*", "–", "not reached"],
        ["Full resolution time, Q3", "400", "90", "2 h", "3 h", "2 h 30 min or longer", "not reached"],
        ["Full resolution time, Q2", "380", "0", "2 h", "2 h", "1 h 40 min – 2 h 20 min", "10 h"],
    ]
    assert "small sample" in table.after
    assert "Not reached: too many of these tickets were still open" in table.after


def test_without_open_tickets_or_a_breakdown_there_is_no_table(assessment):
    closed = with_cells(assessment, cell(FULL, "2026-Q3", 400, 0, 7200.0, 7200.0, 6000.0, 8400.0, 36_000.0),
                        cell(FULL, "2026-Q2", 380, 5, 7200.0, 7200.0, 6000.0, 8400.0, 36_000.0))  # fmt: skip
    assert open_ones(closed, EN) is None
    assert open_ones(replace(assessment, breakdowns={}), EN) is None


def test_what_is_reached_is_not_explained(assessment):
    table = open_ones(
        with_cells(assessment, cell(FULL, "2026-Q3", 400, 9, 7200.0, 7200.0, 6000.0, 8400.0, 36_000.0)), EN
    )
    assert "Not reached" not in table.after
