"""Numbers as people of each language write them, and what rounding may never do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.assessment import Target
from evaluation.metric import Unit
from reports import formats
from reports.formats import MINUS, NBSP
from reports.language import Language

EN, RU, PL = (Language.named(code) for code in ("en", "ru", "pl"))


def plain(text: str) -> str:
    return text.replace(NBSP, "~")


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1234567.891, 3, ("1,234,567.891", "1~234~567,891", "1~234~567,891")),
        (12345, 0, ("12,345", "12~345", "12~345")),
        (0, 0, ("0", "0", "0")),
        (-0.04, 1, ("0.0", "0,0", "0,0")),
        (-3.25, 2, (MINUS + "3.25", MINUS + "3,25", MINUS + "3,25")),
    ],
)
def test_numbers(value, digits, expected):
    assert tuple(plain(formats.number(value, language, digits)) for language in (EN, RU, PL)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.927, ("92.7%", "92,7~%", "92,7%")),
        (1.0, ("100.0%", "100,0~%", "100,0%")),
        (0.99996, (">~99.9%", ">~99,9~%", ">~99,9%")),
        (0.00001, ("<~0.1%", "<~0,1~%", "<~0,1%")),
        (0.0, ("0.0%", "0,0~%", "0,0%")),
    ],
)
def test_shares(value, expected):
    assert tuple(plain(formats.share(value, language)) for language in (EN, RU, PL)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, ("0~s", "0~с", "0~s")),
        (45, ("45~s", "45~с", "45~s")),
        (59.7, ("1~min", "1~мин", "1~min")),
        (150, ("2~min~30~s", "2~мин~30~с", "2~min~30~s")),
        (1950, ("32~min", "32~мин", "32~min")),
        (3599, ("1~h", "1~ч", "1~h")),
        (15000, ("4~h~10~min", "4~ч~10~мин", "4~h~10~min")),
        (187200, ("52~h", "52~ч", "52~h")),
        (-90, (MINUS + "1~min~30~s", MINUS + "1~мин~30~с", MINUS + "1~min~30~s")),
    ],
)
def test_durations(seconds, expected):
    assert tuple(plain(formats.duration(seconds, language)) for language in (EN, RU, PL)) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.051, Unit.SHARE, ("↑~5.1~pp", "↑~5,1~п. п.", "↑~5,1~p.p.")),
        (-0.003, Unit.SHARE, ("↓~0.3~pp", "↓~0,3~п. п.", "↓~0,3~p.p.")),
        (0.0001, Unit.SHARE, ("unchanged", "без изменений", "bez zmian")),
        (-360.0, Unit.SECONDS, ("↓~6~min", "↓~6~мин", "↓~6~min")),
        (3.0, Unit.NPS_POINTS, ("↑~3.0", "↑~3,0", "↑~3,0")),
        (1200.0, Unit.COUNT, ("↑~1,200", "↑~1~200", "↑~1~200")),
    ],
)
def test_changes(value, unit, expected):
    assert tuple(plain(formats.change(value, unit, language)) for language in (EN, RU, PL)) == expected


@pytest.mark.parametrize(
    ("period", "name", "when"),
    [
        ("2026-Q3", ("Q3 2026", "III квартал 2026 года", "III kwartał 2026 r."),
         ("in Q3 2026", "в III квартале 2026 года", "w III kwartale 2026 r.")),
        ("2026-Q2", ("Q2 2026", "II квартал 2026 года", "II kwartał 2026 r."),
         ("in Q2 2026", "во II квартале 2026 года", "w II kwartale 2026 r.")),
        ("2026-09", ("September 2026", "сентябрь 2026 года", "wrzesień 2026 r."),
         ("in September 2026", "в сентябре 2026 года", "we wrześniu 2026 r.")),
        ("2026-H2", ("H2 2026", "II полугодие 2026 года", "II półrocze 2026 r."),
         ("in H2 2026", "во II полугодии 2026 года", "w II półroczu 2026 r.")),
        ("2026", ("2026", "2026 год", "2026 r."), ("in 2026", "в 2026 году", "w 2026 r.")),
        ("FY2026-Q1", ("Q1 FY2026", "I квартал 2026 финансового года", "I kwartał roku obrotowego 2026"), None),
        ("FY2026", ("FY2026", "2026 финансовый год", "rok obrotowy 2026"), None),
    ],
)  # fmt: skip
def test_periods(period, name, when):
    assert tuple(formats.period(period, language) for language in (EN, RU, PL)) == name
    if when:
        assert tuple(formats.in_period(period, language) for language in (EN, RU, PL)) == when


def test_every_month_has_its_locative():
    names = [formats.in_period(f"2026-{month:02}", RU) for month in range(1, 13)]
    assert [name.split()[1][-1] for name in names] == ["е"] * 12
    assert len(set(names)) == 12
    assert all(formats.in_period(f"2026-{month:02}", PL).startswith(("w ", "we ")) for month in range(1, 13))


def test_dates_and_moments():
    at = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
    assert [formats.day(date(2026, 5, 3), language) for language in (EN, RU, PL)] == [
        "3 May 2026", "03.05.2026", "03.05.2026",
    ]  # fmt: skip
    assert formats.moment(at, "Europe/Warsaw", EN) == "30 Sep 2026, 23:59"


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        (0.91996, Target(at_least=0.92), "91.996%"),
        (0.9197, Target(at_least=0.92), "91.97%"),
        (0.92, Target(at_least=0.92), "92.0%"),
        (0.9204, Target(at_least=0.92), "92.04%"),
        (7201.0, Target(at_most=7200.0), "2~h~1~s"),
        (7199.6, Target(at_most=7200.0), "1~h~59~min~59~s"),
        (7200.0, Target(at_most=7200.0), "2~h"),
    ],
)
def test_rounding_does_not_hide_on_which_side_of_the_target_a_value_lies(value, target, expected):
    unit = Unit.SECONDS if value > 1 else Unit.SHARE
    assert plain(formats.amount(value, unit, EN, against=target).text) == expected


@given(st.floats(0, 1), st.integers(1, 99))
@settings(max_examples=200, deadline=None)
def test_a_printed_share_never_meets_a_target_that_the_value_misses(value, percent):
    target = Target(at_least=percent / 100)
    printed = formats.amount(value, Unit.SHARE, EN, against=target).text
    if value < percent / 100 - 1e-5 and printed[0].isdigit():
        assert float(printed.rstrip("%")) < percent


@pytest.mark.parametrize(
    ("target", "unit", "expected"),
    [
        (Target(at_least=0.92), Unit.SHARE, ("≥~92%", "≥~92~%", "≥~92%")),
        (Target(at_most=0.085), Unit.SHARE, ("≤~8.5%", "≤~8,5~%", "≤~8,5%")),
        (Target(at_least=0.8, at_most=0.9), Unit.SHARE, ("80%–90%", "80~%–90~%", "80%–90%")),
        (Target(at_most=7200), Unit.SECONDS, ("≤~2~h", "≤~2~ч", "≤~2~h")),
        (Target(at_least=4.5), Unit.POINTS, ("≥~4.5", "≥~4,5", "≥~4,5")),
    ],
)
def test_targets(target, unit, expected):
    assert tuple(plain(formats.target(target, unit, language)) for language in (EN, RU, PL)) == expected


def test_an_interval_without_bounds_is_a_dash():
    assert formats.interval(None, 0.5, Unit.SHARE, EN) == "–"
    assert plain(formats.interval(0.919, 0.934, Unit.SHARE, RU)) == "91,9–93,4~%"
    assert plain(formats.interval(1680, 2160, Unit.SECONDS, EN)) == "28~min – 36~min"
    assert plain(formats.interval(-12.0, 5.0, Unit.NPS_POINTS, EN)) == f"{MINUS}12 … 5"
