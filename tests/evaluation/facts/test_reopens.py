"""What counts as a reopening by the requester: thanks, corrections, merges."""

import pytest

SOLVED = "tue 12:00 S solved"
CASES = [
    ("asked again", ["mon 11:00 A ann", "mon 12:00 S solved", "tue 10:00 C", "tue 11:00 A ann", SOLVED], 1, None),
    ("asked again twice", ["mon 12:00 S solved", "tue 10:00 C", SOLVED, "wed 10:00 C", "thu 12:00 S solved"], 2, None),
    ("thanks only", ["mon 11:00 A ann", "mon 12:00 S solved", "tue 10:00 C = Thanks!"], 0, None),
    ("thanks that the help desk reopened", ["mon 12:00 S solved", "tue 10:00 C = Thanks!", "tue 10:00 SY open",
                                            "tue 12:00 S solved"], 0, None),
    ("thanks, and then a question", ["mon 12:00 S solved", "tue 10:00 C = Thanks!", "tue 10:30 C = but where is it?",
                                     "tue 12:00 S solved"], 1, None),
    ("the agent's own correction", ["mon 12:00 S solved", "mon 12:05 S open", "mon 13:00 S solved"], 0, None),
    ("the requester's own click", ["mon 12:00 S solved", "mon 12:05 SC open", "mon 13:00 S solved"], 1, None),
    ("merged after it was reopened", ["mon 12:00 S solved", "tue 10:00 C", "tue 11:00 M >d:0"], 1, "merged"),
    ("solved, then merged", ["mon 12:00 S solved", "tue 11:00 M >d:0"], 0, "merged"),
    ("another was merged into it", ["mon 12:00 S solved", "tue 11:00 M >self"], 0, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def told(tell):
    return tell({f"d:{number}": case[1] for number, case in enumerate(CASES)})


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[0] for case in CASES])
def test_a_reopening(told, number):
    row = told.ticket(f"d:{number}")
    assert (row["reopen_count"], row["exclusion"]) == CASES[number][2:]
