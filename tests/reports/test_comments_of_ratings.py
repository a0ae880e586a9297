"""Comments beside ratings in the report: both sides, in the report's words, and never in a public one."""

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from evaluation.text.masking import Detail
from reports.language import Language
from reports.section import Material
from reports.sections.satisfaction.build import build
from reports.sections.satisfaction.comments import comments_table, in_words

EN = Language.named("en")
COMMENTS = [("low", "Nobody answered [email] \x00<b>", 1.0, 5.0, "Delivery"), ("high", "Thank you, [name]!", 5.0, 5.0,
            "(unassigned)")]  # fmt: skip


@pytest.fixture
def commented(assessment):
    frame = pd.DataFrame(COMMENTS, columns=["side", "comment", "score", "scale_max", "topic"])
    made = Breakdown(id="rated_comments", metric_id="csat", frame=frame, columns=dict.fromkeys(frame, ""))
    return replace(assessment, breakdowns={**assessment.breakdowns, "rated_comments": made})


def test_both_sides_stand_under_their_heads(commented):
    table = comments_table(Material(assessment=commented, language=EN))
    texts = [[cell.text.replace("\u00a0", " ") for cell in row] for row in table.rows]
    assert texts == [
        ["With low ratings", "", ""], ["Nobody answered [e-mail] <b>", "1 / 5", "Delivery"],
        ["With high ratings", "", ""], ["Thank you, [name]!", "5 / 5", "Unassigned"],
    ]  # fmt: skip
    assert "comments" in build(Material(assessment=commented, language=EN)).blocks


def test_a_public_report_quotes_nobody_and_without_comments_there_is_no_table(commented, assessment):
    public = Material(assessment=commented, language=EN, options={"confidentiality": "public"})
    assert comments_table(public) is None
    assert "comments" not in build(public).blocks
    assert comments_table(Material(assessment=assessment, language=EN)) is None


@pytest.mark.parametrize("detail", list(Detail))
def test_every_kind_of_detail_has_a_word(detail):
    shown = in_words(f"x {detail.sign} y", EN)
    assert shown.startswith("x [")
    assert (detail.sign in shown) == (detail is not Detail.EMAIL)
