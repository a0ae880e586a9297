"""What docs/goals.md shows is what the code does."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from evaluation.goal import GoalConfig, TargetConfig
from evaluation.judgement.checks import goal_faults
from evaluation.judgement.status import judge
from evaluation.metric import Unit
from evaluation.quantity import changed_by, level_in, parse_quantity
from evaluation.settings import Settings

TEXT = (Path(__file__).parents[3] / "docs" / "goals.md").read_text(encoding="utf-8")
UNITS = {
    "time": Unit.SECONDS, "per cent (a share)": Unit.SHARE, "points of a survey's scale": Unit.POINTS,
    "NPS": Unit.NPS_POINTS, "a count": Unit.COUNT, "a ratio": Unit.RATIO,
}  # fmt: skip


def rows_under(heading):
    """The cells of the first table after a heading row."""
    lines = TEXT[TEXT.index(heading) :].splitlines()[2:]
    table = []
    for line in lines:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def test_the_example_loads_and_has_no_faults(catalogue):
    written = YAML(typ="safe").load(re.search(r"```yaml\n(.*?)```", TEXT, re.S)[1])
    settings = Settings.model_validate({"organisation": {"name": "N", "time_zone": "UTC"}} | written)
    assert len(settings.goals) == 2
    assert goal_faults(settings.goals, settings.follow_ups, catalogue) == ()


def test_the_sentence_about_a_missing_letter_is_the_real_one():
    with pytest.raises(ValidationError) as caught:
        GoalConfig.model_validate({"metric": "csat"})
    sentences = {line["msg"] for line in caught.value.errors()}
    assert re.search(r"^    (the goal is not Achievable.*)$", TEXT, re.M)[1] in sentences


@pytest.mark.parametrize("row", rows_under("| target | means |"))
def test_every_form_of_target_loads(row):
    assert TargetConfig.model_validate(YAML(typ="safe").load(row[0].strip("`")))


@pytest.mark.parametrize("row", rows_under("| the metric is in |"))
def test_every_amount_fits_its_unit(row):
    unit = UNITS[row[0]]
    for level in re.findall(r"`([^`]+)`", row[1]):
        assert level_in(parse_quantity(level), unit) > 0
    for change in re.findall(r"`([^`]+)`", row[2]):
        assert changed_by(1.0, parse_quantity(change), unit) != 1.0


def test_the_decision_table_is_that_of_the_code():
    shown = [" | ".join(row) for row in rows_under("| when | status | reason |")]
    coded = [line.strip().strip("|").strip() for line in judge.__doc__.splitlines() if line.strip().startswith("|")]
    assert shown == coded[2:]
