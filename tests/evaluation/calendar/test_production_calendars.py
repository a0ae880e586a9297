"""Public holidays and moved working days against the production calendars that were published.

Sources of the norms of a 40-hour, five-day week: Russia 2026 by month, glavaudit.org/situations/k518956; Russia by year
and 2024 by month, the production calendars of those years (government decrees on the transfer of days off); Poland
2026, kadry.infor.pl "Czas pracy 2026" (Labour Code, art. 130); Belarus 2025, gb.by "Proizvodstvennyi kalendar 2025".
"""

import warnings
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evaluation.calendar import UnpublishedYear, WorkingCalendar
from evaluation.errors import DataError

WEEK = {"mon-fri": ["09:00-13:00", "14:00-18:00"]}
RUSSIA = {
    "time_zone": "Europe/Moscow",
    "hours": WEEK,
    "holidays": {"country": "RU", "minutes_shorter_before_holiday": 60},
}
POLAND = {"time_zone": "Europe/Warsaw", "hours": WEEK, "holidays": {"country": "PL"}}
BELARUS = {"time_zone": "Europe/Minsk", "hours": WEEK, "holidays": {"country": "BY"}}


def hours(config, first, until):
    calendar = WorkingCalendar.from_config(config)
    start, end = (datetime(*day, tzinfo=calendar.zone) for day in (first, until))
    return calendar.open_seconds(start, end) / 3600


def hours_of_day(config, day):
    following = date(*day) + timedelta(days=1)
    return hours(config, day, (following.year, following.month, following.day))


def by_month(config, year):
    return [hours(config, (year, month, 1), (year + month // 12, month % 12 + 1, 1)) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("year", "published"),
    [
        (2026, [120, 152, 168, 175, 151, 167, 184, 168, 176, 176, 159, 176]),
        (2024, [136, 159, 159, 168, 159, 151, 184, 176, 168, 184, 167, 168]),
    ],
)
def test_russian_months(year, published):
    assert by_month(RUSSIA, year) == published


@pytest.mark.parametrize(
    ("year", "published"),
    [(2015, 1971), (2016, 1974), (2017, 1973), (2018, 1970), (2019, 1970), (2020, 1979), (2021, 1972), (2022, 1973),
     (2023, 1973), (2024, 1979), (2025, 1972), (2026, 1972)],
)  # fmt: skip
def test_russian_years(year, published):
    assert hours(RUSSIA, (year, 1, 1), (year + 1, 1, 1)) == published


@pytest.mark.parametrize(
    ("day", "worked", "rule"),
    [
        ((2024, 4, 27), 8, "a worked Saturday, for Monday 29 April"),
        ((2024, 4, 29), 0, "the Monday that is off instead"),
        ((2024, 11, 2), 7, "a worked Saturday as long as Tuesday 30 April, the day before a holiday"),
        ((2024, 12, 28), 8, "a worked Saturday"),
        ((2018, 12, 29), 7, "a worked Saturday for 31 December, the day before a holiday of the next year"),
        ((2025, 11, 1), 7, "a worked Saturday for the Monday before Unity Day"),
        ((2026, 1, 9), 0, "a day off moved from Saturday 3 January"),
        ((2026, 12, 31), 0, "a day off moved from Sunday 4 January"),
        ((2026, 12, 30), 8, "the day before a moved day off is not shorter, only the day before a holiday"),
        ((2026, 4, 30), 7, "the day before Spring and Labour Day"),
        ((2026, 3, 6), 8, "a Friday before a holiday on Sunday is not just before it"),
        ((2026, 6, 13), 0, "an ordinary Saturday"),
    ],
)
def test_russian_days(day, worked, rule):
    assert hours_of_day(RUSSIA, day) == worked, rule


def test_moved_working_days_can_be_left_out_and_the_days_off_stay():
    unmoved = RUSSIA | {"holidays": {"country": "RU", "moved_working_days": False}}
    assert hours(unmoved, (2024, 4, 27), (2024, 4, 28)) == 0
    assert hours(unmoved, (2024, 4, 29), (2024, 4, 30)) == 0
    assert hours(unmoved, (2024, 4, 26), (2024, 4, 27)) == 8


def test_a_worked_saturday_has_the_hours_of_the_weekday_that_is_off_also_where_saturday_has_its_own():
    week = {"hours": {"mon": ["09:00-15:00"], "tue-fri": ["09:00-17:00"], "sat": ["10:00-12:00"]}}
    assert hours(RUSSIA | week, (2024, 4, 27), (2024, 4, 28)) == 6
    assert hours(RUSSIA | week, (2024, 4, 20), (2024, 4, 21)) == 2
    assert hours(RUSSIA | week | {"exceptions": {"2024-04-27": []}}, (2024, 4, 27), (2024, 4, 28)) == 0


def test_polish_months_once_the_employer_has_chosen_the_days_off_for_holidays_on_saturdays():
    published = [160, 160, 176, 168, 160, 168, 184, 160, 176, 176, 160, 160]
    ours = by_month(POLAND, 2026)
    saturdays = {month + 1: mine - norm for month, (mine, norm) in enumerate(zip(ours, published, strict=True))}
    assert {month: over for month, over in saturdays.items() if over} == {8: 8, 12: 8}  # 15 August, 26 December
    chosen = POLAND | {"closures": ["2026-08-14", "2026-12-28"]}
    assert by_month(chosen, 2026) == published


def test_poland_moves_no_day():
    assert hours(POLAND, (2026, 8, 15), (2026, 8, 18)) == 8
    assert hours(POLAND, (2018, 11, 12), (2018, 11, 13)) == 0  # the one day off of the centenary


def test_belarusian_working_days():
    days = [month / 8 for month in by_month(BELARUS, 2025)]
    assert days == [20, 20, 21, 21, 20, 21, 22, 21, 22, 23, 19, 22]
    assert sum(days) == 252


def test_holidays_of_a_region_and_by_date():
    germany = {"time_zone": "Europe/Berlin", "hours": WEEK, "holidays": {"country": "DE", "region": "BY"}}
    assert hours(germany, (2026, 1, 6), (2026, 1, 7)) == 0  # Epiphany in Bavaria
    assert hours(germany | {"holidays": {"country": "DE"}}, (2026, 1, 6), (2026, 1, 7)) == 8
    kept = {"country": "DE", "region": "BY", "extra": ["2026-01-07"], "without": ["2026-01-06"]}
    assert hours(germany | {"holidays": kept}, (2026, 1, 6), (2026, 1, 7)) == 8
    assert hours(germany | {"holidays": kept}, (2026, 1, 7), (2026, 1, 8)) == 0


def test_a_holiday_added_by_date_makes_the_day_before_shorter():
    tatarstan = {"country": "RU", "minutes_shorter_before_holiday": 60, "extra": ["2026-11-06"]}
    assert hours(RUSSIA | {"holidays": tatarstan}, (2026, 11, 5), (2026, 11, 6)) == 7


def test_a_year_that_is_not_published_is_said_once_and_named():
    calendar = WorkingCalendar.from_config(RUSSIA)
    moscow = ZoneInfo("Europe/Moscow")
    first, last = datetime(2090, 5, 4, tzinfo=moscow), datetime(2090, 5, 5, tzinfo=moscow)
    with pytest.warns(UnpublishedYear, match="of 2090 are not published"):
        calendar.open_seconds(first, last)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calendar.open_seconds(first, last)
        calendar.open_seconds(datetime(2026, 12, 1, tzinfo=moscow), datetime(2027, 1, 1, tzinfo=moscow))
    assert calendar.unpublished_years(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)) == ()
    assert calendar.unpublished_years(datetime(2089, 7, 1, tzinfo=UTC), last) == (2089, 2090)
    with pytest.warns(UnpublishedYear, match="of 2091"):
        calendar.add(last, 300 * 8 * 3600)


def test_a_year_that_is_not_published_can_be_refused():
    strict = {"holidays": {"country": "RU", "unpublished_years": "refuse"}}
    with pytest.raises(DataError, match="of 2090 are not published"):
        hours(RUSSIA | strict, (2090, 5, 4), (2090, 5, 5))
    assert hours(RUSSIA | strict, (2026, 5, 4), (2026, 5, 5)) == 8
    assert (
        hours(POLAND | {"holidays": {"country": "PL", "unpublished_years": "refuse"}}, (2090, 5, 4), (2090, 5, 5)) == 8
    )
