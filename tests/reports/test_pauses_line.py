"""The line on pauses that deserve a question, on the page on data quality."""

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.breakdown import Breakdown
from reports.language import Language
from reports.sections.data_quality.pauses import doubtful_line

EN = Language.named("en")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("B", "ann", 5, 1, 2), ("A", "ben", 4, 0, 1), ("B", "cat", 3, 0, 0)],
         "paused 12 times: 1 with a message of the customer during the pause, 3 begun with little of the promised time "
         "left. By team, in alphabetical order: A (1), B (3)."),
        ([("B", "ann", 5, 0, 0)], None),
        ([], None),
    ],
)  # fmt: skip
def test_pauses_in_doubt_are_told_of_teams_and_never_of_agents(assessment, rows, told):
    columns = ["team", "agent", "pauses", "written", "last_minute"]
    frame = pd.DataFrame(rows, columns=columns)
    made = Breakdown(id="pauses_in_doubt", metric_id="resolution_sla", frame=frame, columns=dict.fromkeys(columns, ""),
                     reason=None if rows else "no_cases")  # fmt: skip
    block = doubtful_line(replace(assessment, breakdowns={"pauses_in_doubt": made}), EN)
    if told is None:
        assert block is None
    else:
        assert told in block.paragraphs[0].replace("\u00a0", " ")
        assert "ann" not in block.paragraphs[0]


def test_with_many_teams_those_with_most_pauses_are_named_and_not_those_with_most_doubts(assessment):
    columns = ["team", "agent", "pauses", "written", "last_minute"]
    rows = [(f"team {number}", "ann", 10 - number, number, 0) for number in range(1, 9)]
    made = Breakdown(id="pauses_in_doubt", metric_id="resolution_sla", frame=pd.DataFrame(rows, columns=columns),
                     columns=dict.fromkeys(columns, ""), reason=None)  # fmt: skip
    block = doubtful_line(replace(assessment, breakdowns={"pauses_in_doubt": made}), EN)
    named = ", ".join(f"team {number} ({number})" for number in range(1, 7))
    assert f"in alphabetical order: {named}. That" in block.paragraphs[0]
