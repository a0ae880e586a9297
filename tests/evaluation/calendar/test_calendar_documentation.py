"""The examples of docs/calendars.md run, and its piece of review.yaml is one that is accepted."""

import doctest
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from evaluation.calendar import CalendarConfig, WorkingCalendar

PAGE = Path(__file__).parents[3] / "docs" / "calendars.md"


@pytest.mark.filterwarnings("ignore::evaluation.calendar.UnpublishedYear")
def test_the_examples_of_the_page_run():
    outcome = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.failed == 0
    assert outcome.attempted > 20


def test_the_configuration_of_the_page_is_accepted():
    text = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    written = YAML(typ="safe").load(text)
    assert list(written["calendars"]) == ["default", "night", "always"]
    for config in written["calendars"].values():
        assert WorkingCalendar.from_config(config, time_zone="Europe/Warsaw").config == CalendarConfig.model_validate(
            config
        )
    assert set(written["calendar_for"]["by_channel"].values()) <= set(written["calendars"])


def test_the_page_names_every_part_of_a_calendar():
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{field}`" in page for field in CalendarConfig.model_fields)
