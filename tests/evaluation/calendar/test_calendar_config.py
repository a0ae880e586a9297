"""What a calendar in review.yaml may say, and the sentence that refuses everything else."""

import json
from datetime import UTC, date, datetime

import pytest

from evaluation.calendar import CalendarConfig, WorkingCalendar
from evaluation.calendar.weekly_hours import parse_hours, shortened
from evaluation.errors import ConfigError

OFFICE = {"time_zone": "Europe/Warsaw", "hours": {"mon-fri": ["09:00-17:00"]}}
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


@pytest.mark.parametrize(
    ("hours", "day", "intervals"),
    [
        ("always", SUN, ((0, 1440),)),
        ({"mon-fri": ["09:00-13:00", "14:00-18:00"]}, WED, ((540, 780), (840, 1080))),
        ({"mon-fri": ["14:00-18:00", "09:00-13:00"]}, WED, ((540, 780), (840, 1080))),
        ({"mon-fri": ["09:00-17:00"]}, SAT, ()),
        ({"sat-mon": "10:00-12:00"}, SUN, ((600, 720),)),
        ({"sat-mon": "10:00-12:00"}, TUE, ()),
        ({"mon, wed": "10:00-12:00"}, WED, ((600, 720),)),
        ({"Monday": "9:00-17:00"}, MON, ((540, 1020),)),
        ({"fri": ["22:00-06:00"]}, FRI, ((1320, 1800),)),
        ({"fri": ["22:00-24:00"]}, FRI, ((1320, 1440),)),
        ({"fri": ["22:00-00:00"]}, FRI, ((1320, 1440),)),
        ({"fri": "always"}, FRI, ((0, 1440),)),
        ({"fri": ["09:00-12:00", "12:00-15:00"]}, FRI, ((540, 720), (720, 900))),
        ({"fri": []}, FRI, ()),
        ({}, FRI, ()),
        ({"mon-sun": ["20:00-08:00"]}, SUN, ((1200, 1920),)),
        ({"mon": ["22:00-06:00"], "tue": ["06:00-14:00"]}, TUE, ((360, 840),)),
    ],
)
def test_hours_are_read(hours, day, intervals):
    assert parse_hours(hours)[day] == intervals


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hours": "sometimes"}, "hours 'sometimes' are not understood; write `always`"),
        ({"hours": ["09:00-17:00"]}, "are not understood; write `always`, or intervals by day"),
        ({"hours": {"moon": ["09:00-17:00"]}}, "'moon' in 'moon' is not a day of the week"),
        ({"hours": {"mon-fry": ["09:00-17:00"]}}, "'fry' in 'mon-fry' is not a day of the week"),
        ({"hours": {"mon-fri": "9:00-17:00", "wed": "10:00-11:00"}}, "wednesday has hours twice"),
        ({"hours": {"mon": ["09:00-13:00", "12:00-18:00"]}}, "two intervals of mon overlap: one closes at 13:00"),
        ({"hours": {"mon": ["22:00-06:00", "23:00-23:30"]}}, "two intervals of mon overlap"),
        ({"hours": {"mon": ["09:00-09:00"]}}, "opens and closes at once; write 00:00-24:00 for the whole day"),
        ({"hours": {"mon": ["24:00-06:00"]}}, "opens at 24:00; write 00:00 on the next day"),
        ({"hours": {"mon": ["09:00-25:00"]}}, "'25:00' of mon is not a time of day"),
        ({"hours": {"mon": ["09:60-17:00"]}}, "'09:60' of mon is not a time of day"),
        ({"hours": {"mon": ["9-17"]}}, "'9' of mon is not a time of day"),
        ({"hours": {"mon": ["09:00"]}}, "is not an interval; write opening and closing"),
        ({"hours": {"mon": [900]}}, "contain 900; write an interval in quotes"),
        ({"hours": {"mon": 900}}, "the hours 900 of mon are not understood; write a list"),
        ({"hours": {"mon": ["18:00-10:00"], "tue": ["09:00-17:00"]}},
         "past midnight at 10:00 overlaps the opening of tuesday"),
        ({"hours": {"sun": ["22:00-06:00"], "mon": ["05:00-09:00"]}},
         "starts on sunday at 22:00.* overlaps the opening of monday"),
        ({"hours": {"mon": ["09:00-12:00", "14:00-10:00"]}},
         "shift of mon that closes at 10:00 on the next day lasts longer than 24"),
        ({"time_zone": "Warsaw"}, "'Warsaw' is not a time zone; write an IANA name"),
        ({"time_zone": "Europe"}, "'Europe' is not a time zone"),
        ({"holidays": {"country": "XX"}}, "'XX' is not a country with known holidays"),
        ({"holidays": {"country": "Poland"}}, "'Poland' is not a country with known holidays"),
        ({"holidays": {"country": "DE", "region": "Bavaria?"}},
         "not a region of DE with holidays of its own; write one of: BB,"),
        ({"holidays": {"country": "RU", "region": "MOW"}},
         "not a region of RU with holidays of its own; leave `region` out"),
        ({"holidays": {"country": "PL", "categories": ["bank"]}},
         "PL has no holidays of category 'bank'; write one of: public"),
        ({"holidays": {"country": "DK", "categories": ["half_day"]}},
         "not whole days off; write them under `exceptions`"),
        ({"holidays": {"country": "PL", "extra": ["2026-05-02"], "without": ["2026-05-02"]}}, "2026-05-02 is both"),
        ({"holidays": {"country": "PL", "moved": True}}, "holidays.moved"),
        ({"closures": [{"from": "2026-08-08", "until": "2026-08-08"}]},
         "are none, .* for one day write until: 2026-08-09"),
        ({"closures": ["2026-08-32"]}, r"closures\.0"),
        ({"closures": [{"from": "2026-08-08"}]}, "until"),
        ({"exceptions": {"2026-12-31": ["09:00-13:00", "12:00-14:00"]}}, "two intervals of 2026-12-31 overlap"),
        ({"exceptions": {"2026-13-31": []}}, r"exceptions\.2026-13-31"),
        ({"versions": [{"from": "2026-03-01", "until": "2026-02-01", "hours": "always"}]},
         "ends before it begins; swap"),
        ({"versions": [{"from": "2026-03-01"}]}, "a version changes nothing"),
        ({"versions": [{"from": "2026-03-01", "hours": None}]}, "a version has empty hours"),
        ({"versions": [{"until": "2026-03-01", "hours": "always"}, {"from": "2026-02-01", "hours": {}}]},
         "overlaps the one from"),
        ({"versions": [{"from": "2026-03-01", "hours": "always"}, {"from": "2026-03-01", "hours": {}}]},
         "two versions begin at"),
        ({"open": "always"}, "open is not right"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_a_sentence(change, says):
    with pytest.raises(ConfigError, match=says):
        WorkingCalendar.from_config(OFFICE | change)


def test_hours_are_required():
    with pytest.raises(ConfigError, match="hours"):
        WorkingCalendar.from_config({"time_zone": "UTC"})


def test_the_organisation_gives_the_zone_that_a_calendar_leaves_out():
    hours = {"hours": {"mon-fri": ["09:00-17:00"]}}
    assert WorkingCalendar.from_config(hours, time_zone="Asia/Kolkata").zone.key == "Asia/Kolkata"
    assert WorkingCalendar.from_config(OFFICE, time_zone="Asia/Kolkata").zone.key == "Europe/Warsaw"
    with pytest.raises(ConfigError, match="no time zone"):
        WorkingCalendar.from_config(hours)
    with pytest.raises(ConfigError, match="'Kolkata' is not a time zone"):
        WorkingCalendar.from_config(hours, time_zone="Kolkata")


def test_dates_may_be_text_or_dates_and_the_parsed_configuration_gives_the_same_calendar():
    text = OFFICE | {
        "closures": ["2026-12-24", {"from": "2026-08-01", "until": "2026-08-08"}],
        "exceptions": {"2026-12-31": []},
    }
    dates = OFFICE | {
        "closures": [date(2026, 12, 24), {"from": date(2026, 8, 1), "until": date(2026, 8, 8)}],
        "exceptions": {date(2026, 12, 31): []},
    }
    parsed = CalendarConfig.model_validate(text)
    assert parsed == CalendarConfig.model_validate(dates)
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    year = [WorkingCalendar.from_config(config).open_seconds(start, end) for config in (text, dates, parsed)]
    assert (
        year == [(261 - 1 - 5 - 1) * 8 * 3600.0] * 3
    )  # 261 working days in 2026, less 24 and 31 December and a week of August


def test_the_schema_can_be_exported():
    schema = CalendarConfig.model_json_schema(by_alias=True)
    assert set(schema["properties"]) == {"time_zone", "hours", "holidays", "closures", "exceptions", "versions"}
    assert json.loads(json.dumps(schema))["$defs"]["DateRange"]["required"] == ["from", "until"]


@pytest.mark.parametrize(
    ("day", "minutes", "left"),
    [([(540, 1020)], 60, ((540, 960),)), ([(540, 780), (840, 1080)], 60, ((540, 780), (840, 1020))),
     ([(540, 780), (840, 870)], 60, ((540, 750),)), ([(540, 570)], 60, ()), ([], 60, ()),
     ([(1320, 1800)], 60, ((1320, 1740),))],
)  # fmt: skip
def test_a_shorter_day_closes_earlier(day, minutes, left):
    assert shortened(day, minutes) == left
