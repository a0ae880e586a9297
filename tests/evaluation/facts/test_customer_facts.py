"""Stays of customers and returns, worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.facts import derive
from evaluation.facts.customers import stays
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = pd.Timestamp("2026-08-20", tz="UTC").to_pydatetime()
SETTINGS = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})


def day(number):
    return None if number is None else pd.Timestamp("2026-07-01", tz="UTC") + pd.Timedelta(days=number - 1)


SPELLS = [
    ("one spell that still runs", [(1, None)], [(1, None)]),
    ("spells that touch are one stay", [(1, 5), (5, 9)], [(1, 9)]),
    ("spells that overlap too", [(1, 6), (5, 9)], [(1, 9)]),
    ("one inside another", [(1, 9), (3, 5)], [(1, 9)]),
    ("a gap makes two", [(1, 5), (6, 9)], [(1, 5), (6, 9)]),
    ("renewed without an end", [(1, 5), (5, None)], [(1, None)]),
    ("begun inside one that runs on", [(1, None), (5, 9)], [(1, None)]),
    ("given in any order", [(6, 9), (1, 6)], [(1, 9)]),
    ("three in a row and a fourth apart", [(1, 2), (2, 3), (3, 4), (8, None)], [(1, 4), (8, None)]),
    ("an end after the cut is not known yet", [(1, 60)], [(1, None)]),
    ("a start after the cut neither", [(1, 5), (60, None)], [(1, 5)]),
    ("a spell that ends before it starts was never one", [(5, 3), (1, 2)], [(1, 2), (5, 3)]),
]


def frame_of(cases):
    rows = [
        {"customer_id": f"c{number}", "started_at": day(start), "ended_at": day(end), "branch_id": f"b{start}"}
        for number, (_, spells, _) in enumerate(cases)
        for start, end in spells
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("started_at", "ended_at")})


@pytest.fixture(scope="module")
def told():
    return derive(Tables.from_frames({"customers": frame_of(SPELLS)}), SETTINGS, CUT)["customers"].execute()


@pytest.mark.parametrize("number", range(len(SPELLS)), ids=[name for name, _, _ in SPELLS])
def test_spells_become_stays(told, number):
    own = told[told["customer_id"] == f"c{number}"].sort_values("started_at")
    found = [
        (start, None if pd.isna(end) else end) for start, end in zip(own["started_at"], own["ended_at"], strict=True)
    ]
    assert found == [(day(start), day(end)) for start, end in SPELLS[number][2]]


def test_a_stay_has_the_branch_of_its_last_spell_and_a_backward_one_is_excluded(told):
    own = told.set_index(["customer_id", "started_at"])
    assert own.loc[("c1", day(1)), "branch"] == "b5"
    assert own.loc[("c11", day(5)), "exclusion"] == "quarantined"
    assert told["exclusion"].notna().sum() == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 12)), min_size=1, max_size=8))
def test_a_stay_holds_exactly_the_days_of_its_spells(spans):
    spells = [(start, start + length) for start, length in spans]
    tables = Tables.from_frames({"customers": frame_of([("", sorted(set(spells)), None)])})
    found = stays(tables["customers"], CUT).execute().sort_values("started_at")
    days = {number for start, end in spells for number in range(start, end)}
    held = [
        (start - day(1)).days + 1 + step
        for start, end in zip(found["started_at"], found["ended_at"], strict=True)
        for step in range((end - start).days)
    ]
    assert sorted(held) == sorted(days)
    assert all(one < two for one, two in zip(found["ended_at"], found["started_at"].iloc[1:], strict=False))


def test_returns_have_the_dimensions_of_their_ticket_and_the_branch_of_their_customer():
    at = pd.to_datetime(["2026-07-05", "2026-07-06", "2026-07-07", "2026-09-01"], utc=True)
    returns = pd.DataFrame({"return_id": list("wxyz"), "at": at, "customer_id": ["c", "c", None, "c"],
                            "ticket_id": ["t", None, "?", "t"]})  # fmt: skip
    tickets = pd.DataFrame({"ticket_id": ["t"], "created_at": at[:1], "channel_code": ["email"], "branch_id": ["north"],
                            "topic": ["Delivery"]})  # fmt: skip
    started, ended = (
        pd.to_datetime(["2020-01-01", "2024-01-01"], utc=True),
        pd.to_datetime(["2021-01-01", None], utc=True),
    )
    customers = pd.DataFrame({"customer_id": ["c", "c"], "started_at": started, "ended_at": ended})
    customers["branch_id"] = ["west", "south"]
    tables = Tables.from_frames({"returns": returns, "tickets": tickets, "customers": customers})
    found = derive(tables, SETTINGS, CUT)["returns"].execute().astype(object).set_index("return_id")
    told = found.where(found.notna(), None)[["channel", "branch", "topic"]].T.to_dict("list")
    assert told == {"w": ["email", "north", "Delivery"], "x": [None, "south", None], "y": [None, None, None]}
    alone = derive(Tables.from_frames({"returns": returns}), SETTINGS, CUT)["returns"].execute()
    assert sorted(alone["return_id"]) == ["w", "x", "y"]
