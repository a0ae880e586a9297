"""Northwind Care's agents side by side: the planted weak one is found, and of the others hardly anybody is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from evaluation.breakdowns import Ground
from evaluation.breakdowns.member_comparison import COLUMNS, member_comparison
from evaluation.measurement import COLUMNS as MEASURED
from evaluation.measurement import Measurements
from evaluation.statistics.funnel import Group
from tasks.evaluate import open_tables

if TYPE_CHECKING:
    from conftest import Example

FOLDER = Path(__file__).parents[2] / "examples" / "northwind-care"


@pytest.fixture(scope="module")
def ground(
    northwind: ModuleType, bring_in: Callable[[Path], Example], tmp_path_factory: pytest.TempPathFactory
) -> Ground:
    folder = tmp_path_factory.mktemp("northwind-members")
    northwind.files.write(northwind.story.generate(60_000), folder / "data")
    (folder / "review.yaml").write_text((FOLDER / "review.yaml").read_text())
    example = bring_in(folder / "review.yaml")
    period = example.period("2026-Q3")
    nothing = Measurements(pd.DataFrame([], columns=list(MEASURED)))
    return Ground(
        facts=example.facts(period), tables=open_tables(example.collected.tables), settings=example.review.settings,
        period=period, measurements=nothing,
    )  # fmt: skip


@pytest.mark.slow
def test_the_weak_agent_is_found_and_hardly_anybody_else(ground: Ground, northwind: ModuleType) -> None:
    weak = northwind.planted.WEAK_AGENT
    by_agent = {one.metric.id: one for one in ground.comparisons if one.dimension == "agent"}
    found = {name: {row.member: row for row in one.clear} for name, one in by_agent.items()}
    bad = {"csat": Group.CLEARLY_BELOW, "sla_attainment": Group.CLEARLY_BELOW, "reopen_rate": Group.CLEARLY_ABOVE,
           "first_response_time": Group.CLEARLY_ABOVE}  # fmt: skip
    assert {name: found[name][weak].group for name in bad} == bad
    assert not any(found[name][weak].is_good for name in bad)
    others = [(name, member) for name, rows in found.items() for member in rows if member != weak]
    assert len(others) <= 1
    slow = found["first_response_time"][weak]
    assert slow.value is not None
    assert slow.value / (slow.expected or 1) == pytest.approx(northwind.planted.WEAK_AGENT_FACTOR, rel=0.15)


@pytest.mark.slow
def test_who_works_on_topics_of_their_own_is_not_compared(ground: Ground, northwind: ModuleType) -> None:
    teams = [one for one in ground.comparisons if one.dimension == "team" and one.metric.id == "sla_attainment"]
    assert [one.undefined_because is not None for one in teams] == [True]
    branches = [one for one in ground.comparisons if one.dimension == "branch"]
    assert all("4 of 4" in (one.undefined_because or "") for one in branches)


@pytest.mark.slow
def test_the_table_behind_the_page_holds_every_comparison(ground: Ground) -> None:
    frame = member_comparison(ground).frame
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == sum(len(one.rows) for one in ground.comparisons)
    assert not frame.duplicated(["metric_id", "dimension", "member"]).any()
    agents = frame[(frame["dimension"] == "agent") & (frame["metric_id"] == "csat")]
    assert agents["member"].is_monotonic_increasing
    assert set(agents["group"]) <= {group.value for group in Group}
    assert agents.loc[agents["group"] != "too_little_data", list(COLUMNS)[7:18]].notna().all(axis=None)
    assert agents.loc[agents["group"] == "too_little_data", "lack"].notna().all()
