"""The table behind the comparison of members: every number, documented, and a reason when there is none."""

from __future__ import annotations

from types import SimpleNamespace

from evaluation.breakdowns import MAKERS
from evaluation.breakdowns.member_comparison import COLUMNS, member_comparison
from evaluation.member_comparison import ComparedMember, Lack, MemberComparison
from evaluation.metrics.catalogue import chosen
from evaluation.statistics.funnel import Group, Scale

CSAT = chosen({})["csat"].metric


def comparison(*rows, **changes):
    return MemberComparison(
        metric=CSAT, statistic="value", dimension="agent", scale=Scale.ARCSINE, rows=rows,
        **{"centre": 0.8, "dispersion": 1.1, "between": 0.001, "minimum_cases": 30, **changes},
    )  # fmt: skip


def test_rows_carry_the_member_and_the_comparison():
    low = ComparedMember(
        member="a", n=90, requesters=80, value=0.5, expected=0.8, adjusted=0.5, z=-4.0, p_value=0.0001,
        group=Group.CLEARLY_BELOW, is_good=False,
    )  # fmt: skip
    few = ComparedMember(member="b", n=9, requesters=9, value=1.0, lack=Lack.FEW_CASES)
    found = member_comparison(SimpleNamespace(comparisons=(comparison(low, few),)))
    assert found.metric_id == "csat"
    first, second = found.frame.to_dict("records")
    assert (first["metric_id"], first["dimension"], first["member"], first["group"]) == (
        "csat", "agent", "a", "clearly_below",
    )  # fmt: skip
    assert (first["z"], first["is_good"], first["centre"], first["scale"]) == (-4.0, False, 0.8, "arcsine")
    assert (second["lack"], second["group"], second["n"]) == ("few_cases", "too_little_data", 9)
    assert found.frame["z"].isna().tolist() == [False, True]


def test_words_are_plain_texts_so_that_every_format_can_write_them():
    found = member_comparison(
        SimpleNamespace(comparisons=(comparison(ComparedMember(member="a", n=1, requesters=1, value=1.0)),))
    )
    row = found.frame.iloc[0]
    assert type(row["group"]) is type(row["scale"]) is str


def test_without_members_there_is_a_reason():
    found = member_comparison(SimpleNamespace(comparisons=()))
    assert (found.reason, len(found.frame)) == ("no_cases", 0)


def test_every_number_of_a_member_is_in_the_table():
    assert set(ComparedMember.__slots__) <= set(COLUMNS)
    assert MAKERS["member_comparison"] is member_comparison
