"""A folder that is incomplete or mistaken fails with the place of its fault."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluation.errors import ConfigError

SETTINGS = Path(__file__).parent / "settings"
GIVEN = """\
why: The rule that this scenario guards.
settings: office-warsaw
cut: Mon 2026-08-31 12:00
tickets:
  mail: {created_at: Fri 2026-07-03 16:30}
events:
  mail:
    - [Mon 2026-07-06 09:15, public_reply, agent anna]
"""
EXPECT = "tickets:\n  mail: {first_response_business_seconds: 45 min}\n"


@pytest.fixture
def read(tmp_path, read_scenario):
    """`read(given, expect)`: the scenario of two texts; None leaves a file out."""

    def reading(given=GIVEN, expect=EXPECT):
        folder = tmp_path / "told"
        folder.mkdir()
        for name, text in (("given.yaml", given), ("expect.yaml", expect)):
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
        return read_scenario(folder, SETTINGS)

    return reading


def test_a_whole_scenario(read):
    scenario = read()
    assert scenario.cut == datetime(2026, 8, 31, 10, tzinfo=UTC)
    assert scenario.rows[0]["ticket_id"] == "told:mail"
    assert scenario.events[0]["at"] == datetime(2026, 7, 6, 7, 15, tzinfo=UTC)
    assert scenario.expected == [("tickets", "mail", None, [{"first_response_business_seconds": 2700.0}])]


@pytest.mark.parametrize(
    ("given", "expect", "says"),
    [
        (None, EXPECT, "there is no file 'given.yaml'"),
        (GIVEN, None, "there is no file 'expect.yaml'"),
        (GIVEN, "", "empty"),
        (GIVEN, "tickets: {}\n", "nothing is expected"),
        (GIVEN, EXPECT + "facts: {}\n", "expect.yaml:3:1: Extra inputs"),
        (GIVEN + "policy: standard\n", EXPECT, "given.yaml:9:1: Extra inputs"),
        (GIVEN.replace("why: The rule that this scenario guards.\n", ""), EXPECT, "why"),
        (GIVEN.replace("office-warsaw", "office-krakow"), EXPECT, "there is no file 'office-krakow.yaml'"),
        (GIVEN.replace("office-warsaw", "{organisation: {name: N, zone: UTC}}"), EXPECT,
         "given.yaml:2:36: Extra inputs"),
        (GIVEN.replace("Fri 2026", "Thu 2026"), EXPECT, "given.yaml:5:10: 2026-07-03 16:30 is a Fri, not a Thu"),
        (GIVEN.replace("Mon 2026-07-06 09:15", "2026-07-06"), EXPECT, "is not a moment"),
        (GIVEN.replace("Mon 2026-08-31 12:00", "Sun 2026-10-25 02:30"), EXPECT, "write its offset"),
        (GIVEN.replace("Mon 2026-08-31 12:00", "Sun 2026-03-29 02:30"), EXPECT, "no single moment"),
        (GIVEN.replace("created_at", "opened_at"), EXPECT, "'opened_at' is no column of tickets"),
        (GIVEN.replace("  mail:\n", "  letter:\n"), EXPECT, "given.yaml:7:3: there is no ticket 'letter'"),
        (GIVEN.replace("agent anna", "clerk anna"), EXPECT, "'clerk' is no kind of actor"),
        (GIVEN.replace("events:", "  chat: {created_at: Fri 2026-07-03 16:30}\nevents:"), EXPECT,
         "nothing is expected of ticket 'chat'"),
        (GIVEN, EXPECT.replace("mail", "letter"), "expect.yaml:2:3: there is no ticket 'letter' in given.yaml"),
        (GIVEN, EXPECT.replace("first_response_business_seconds", "first_reply"), "'first_reply' is no column"),
        (GIVEN, EXPECT.replace("45 min", "45 minutes"), "is not a duration"),
        (GIVEN, EXPECT + "measurements: [{metric: speed, period: 2026-07}]\n", "a measurement needs `metric`"),
        (GIVEN, EXPECT + "measurements: [{metric: backlog, period: 2026-07, median: 1}]\n", "'median' is no statistic"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(read, given, expect, says):
    with pytest.raises(ConfigError) as caught:
        read(given, expect)
    assert says in str(caught.value)


@pytest.mark.parametrize(("offset", "hour"), [("+02:00", 0), ("+01:00", 1)])
def test_a_repeated_hour_is_told_by_its_offset(read, offset, hour):
    scenario = read(GIVEN.replace("Mon 2026-08-31 12:00", f"Sun 2026-10-25 02:30 {offset}"))
    assert scenario.cut == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_an_offset_that_is_not_of_the_zone(read):
    with pytest.raises(ConfigError, match="no single moment"):
        read(GIVEN.replace("Mon 2026-08-31 12:00", "Mon 2026-08-31 12:00 +05:00"))
