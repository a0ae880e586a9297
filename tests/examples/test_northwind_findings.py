"""What is planted in Northwind Care is found by the judgement alone, and without it no change is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from evaluation.assessment import Assessment, Finding
from evaluation.findings import COMMITMENTS
from evaluation.period import Period
from evaluation.process_reading import Behaviour, ProcessReading
from evaluation.statistics.funnel import Group
from tasks.evaluate import evaluate
from tasks.validate import validate_files

if TYPE_CHECKING:
    from conftest import Example

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "examples" / "northwind-care"
RUN_AT = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
TICKETS = 12_000
CHANGES = ("worse_than_before", "better_than_before", "moved", "topic_grew", "member_worse_than_before",
           "member_better_than_before")  # fmt: skip

Reviewed = Callable[[str], Assessment]


def reviewed(
    northwind: ModuleType, bring_in: Callable[[Path], Example], folder: Path, *, seed: int, has_effects: bool
) -> Reviewed:
    """Reviews of the periods of a story, from its files."""
    planted = northwind.planted
    story = northwind.story.generate(TICKETS, seed, planted.EVERYTHING if has_effects else planted.NOTHING)
    northwind.files.write(story, folder / "data")
    (folder / "review.yaml").write_text((FOLDER / "review.yaml").read_text())
    example = bring_in(folder / "review.yaml")
    validated = validate_files(example.collected.tables, RUN_AT, folder / "run")
    return lambda period: evaluate(
        validated.tables, example.review.settings, Period.parse(period, zone="Europe/Warsaw"),
        validation=validated.validation, intake=example.collected.intake, as_of=None, run_at=RUN_AT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def eventful(
    northwind: ModuleType, bring_in: Callable[[Path], Example], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Assessment]:
    """The second and third quarter with everything that is planted."""
    review = reviewed(northwind, bring_in, tmp_path_factory.mktemp("eventful"), seed=2026, has_effects=True)
    return {period: review(period) for period in ("2026-Q2", "2026-Q3")}


def found(assessment: Assessment) -> set[tuple[str, str, str | None]]:
    return {(one.rule, one.figure.metric.id, one.member) for one in assessment.findings}


def changes(findings: Iterable[Finding]) -> list[tuple[str, str, str | None]]:
    return [(one.rule, one.figure.metric.id, one.member) for one in findings if one.rule in CHANGES]


def process_of(assessment: Assessment, channel: str) -> ProcessReading:
    """The control chart of first responses on a channel, of a main figure or a goal."""
    figures = [*assessment.figures, *(goal.figure for goal in assessment.goals)]
    chosen = [one for one in figures if one.metric.id == "first_response_time" and one.where == {"channel": channel}]
    assert chosen[0].process is not None
    return chosen[0].process


def test_the_slow_channel_is_found_in_the_quarter_in_which_it_became_slow(
    eventful: dict[str, Assessment], northwind: ModuleType
) -> None:
    channel = northwind.planted.SLOW_CHANNEL
    assert ("worse_than_before", "first_response_time", channel) in found(eventful["2026-Q2"])
    assert ("worse_than_before", "first_response_time", channel) not in found(eventful["2026-Q3"])
    assert ("member_worse_than_rest", "first_response_sla", channel) in found(eventful["2026-Q3"])


def test_the_control_chart_dates_it(eventful: dict[str, Assessment], northwind: ModuleType) -> None:
    """The five slow months are special, all on the upper side, and none before them is."""
    reading = process_of(eventful["2026-Q3"], northwind.planted.SLOW_CHANNEL)
    upward = {cause.first for cause in reading.causes if cause.is_upward}
    assert upward
    assert min(upward) >= northwind.planted.SLOW_FROM[:7]
    assert reading.behaviour is not Behaviour.CANNOT_TELL


def test_the_improving_channel_is_never_said_to_be_worse(
    eventful: dict[str, Assessment], northwind: ModuleType
) -> None:
    """Thirty tickets a month are too few to date the improvement; that 60,000 show it is tested with the goals."""
    channel = northwind.planted.IMPROVING_CHANNEL
    for assessment in eventful.values():
        assert not [cause for cause in process_of(assessment, channel).causes if cause.is_upward and cause.is_current]
        assert not [
            one for one in changes(assessment.findings) if one[0].endswith("worse_than_before") and one[2] == channel
        ]


def test_the_growing_topic_is_found_once_it_grew(eventful: dict[str, Assessment], northwind: ModuleType) -> None:
    grown = [one for one in eventful["2026-Q3"].findings if one.rule == "topic_grew"]
    assert [one.member for one in grown] == [northwind.planted.GROWING_TOPIC]


def test_the_weak_agent_is_clearly_below_and_in_no_finding(
    eventful: dict[str, Assessment], northwind: ModuleType
) -> None:
    weak = northwind.planted.WEAK_AGENT
    for assessment in eventful.values():
        groups = {
            one.metric.id: next(row.group for row in one.rows if row.member == weak)
            for one in assessment.comparisons
            if one.dimension == "agent" and any(row.member == weak for row in one.rows)
        }
        assert groups["first_response_time"] is Group.CLEARLY_ABOVE
        assert groups["reopen_rate"] is Group.CLEARLY_ABOVE
        assert groups["sla_attainment"] is Group.CLEARLY_BELOW
        assert weak not in {one.member for one in assessment.findings}


def test_the_small_team_is_not_judged_on_recommendation(eventful: dict[str, Assessment], northwind: ModuleType) -> None:
    of_team = [
        one.figure.metric.id
        for assessment in eventful.values()
        for one in assessment.findings
        if one.member == northwind.planted.SMALL_TEAM and one.rule not in COMMITMENTS
    ]
    assert "nps" not in of_team


@pytest.mark.parametrize("seed", [1, 2])
def test_without_effects_no_change_is_named(
    northwind: ModuleType, bring_in: Callable[[Path], Example], tmp_path: Path, seed: int
) -> None:
    """Nearly a thousand differences are looked at, several dozen of them would be named at 5 % each."""
    assessment = reviewed(northwind, bring_in, tmp_path, seed=seed, has_effects=False)("2026-Q3")
    assert assessment.looked_at.differences > 500
    assert changes(assessment.findings) == []
    weak = northwind.planted.WEAK_AGENT
    assert not [
        one.metric.id
        for one in assessment.comparisons
        for row in one.rows
        if one.dimension == "agent" and row.member == weak and row.group.value.startswith("clearly")
    ]
