"""Numbers, shares, durations, dates and periods as people of a language write them.

Fractions stay fractions until here. The minus is U+2212, the space between a number and its unit U+00A0. An absent
value is an en dash; the caller puts the reason beside it. How many digits are printed never turns a comparison round:
91.96 % against a target of 92 % is printed with as many digits as it takes to stay below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evaluation.metric import Unit
from reports.language import pN_

if TYPE_CHECKING:
    from evaluation.assessment import Target
    from reports.language import Language

ABSENT = "–"
MINUS = "\u2212"
NBSP = "\u00a0"
_ROMAN = ("", "I", "II", "III", "IV")
_DIGITS = {Unit.SHARE: 1, Unit.COUNT: 0, Unit.RATIO: 2, Unit.POINTS: 2, Unit.NPS_POINTS: 0}
_MOST_DIGITS = 4
_PERIOD = re.compile(r"(?P<fiscal>FY)?(?P<year>\d{4})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>[1-4])|H(?P<half>[12])))?")


@dataclass(frozen=True, slots=True)
class Value:
    """A printed value as (figure, unit) pairs, so that a tile can set the unit smaller; the unit may be empty.

    Attributes:
        parts: Figures with their units.
        prefix: What stands before them: `< ` or `> `, or nothing.
        gap: What stands between a figure and its unit.
    """

    parts: tuple[tuple[str, str], ...]
    prefix: str = ""
    gap: str = NBSP

    @property
    def text(self) -> str:
        """The value in one piece, for example `4 h 10 min` with no-break spaces."""
        pieces = (f"{figure}{self.gap if unit else ''}{unit}" for figure, unit in self.parts)
        return self.prefix + NBSP.join(pieces)


def number(value: float, language: Language, digits: int = 0) -> str:
    """A plain number: `1 234,5` in Russian and Polish, `1,234.5` in English."""
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(round(value, digits) + 0.0, format=pattern, locale=language.code)
    return MINUS + text[1:] if text.startswith("-") else text.replace("\u202f", NBSP)


def share(value: float, language: Language, digits: int = 1) -> str:
    """A fraction as percent: `92,7 %` in Russian, `92,7%` in Polish, `92.7%` in English.

    A share below one is never rounded up to 100 %, nor one above zero down to 0 %.
    """
    return _share(value, language, digits).text


def duration(seconds: float, language: Language) -> str:
    """A duration in the largest units that keep it readable: `45 s`, `2 min 30 s`, `32 min`, `4 h 10 min`, `52 h`."""
    return _duration(seconds, language).text


def amount(value: float, unit: Unit, language: Language, *, against: Target | None = None) -> Value:
    """A value in its metric's unit, with more digits than usual where rounding would turn `against` round."""
    if unit is Unit.SECONDS:
        return _against_duration(value, language, against)
    digits = _DIGITS[unit]
    bounds = [b for b in (against.at_least, against.at_most) if b is not None] if against else []
    factor = 100 if unit is Unit.SHARE else 1
    while digits < _MOST_DIGITS and any(_turned(value * factor, bound * factor, digits) for bound in bounds):
        digits += 1
    if unit is Unit.SHARE:
        return _share(value, language, digits)
    return Value(((number(value, language, digits), ""),))


def bound(value: float, unit: Unit, language: Language) -> str:
    """A target's bound, without digits that say nothing: `92%`, `4.5`, `2 h`."""
    if unit is Unit.SECONDS:
        return duration(value, language)
    scaled = value * 100 if unit is Unit.SHARE else value
    digits = next((d for d in range(3) if abs(round(scaled, d) - scaled) < 1e-9), 2)
    return (
        _percent(number(scaled, language, digits), language).text
        if unit is Unit.SHARE
        else number(scaled, language, digits)
    )


def target(bounds: Target, unit: Unit, language: Language) -> str:
    """A target as people write it: `≥ 92%`, `≤ 2 h`, `80%–90%`."""
    if bounds.at_least is not None and bounds.at_most is not None:
        return f"{bound(bounds.at_least, unit, language)}–{bound(bounds.at_most, unit, language)}"
    if bounds.at_least is not None:
        return f"≥{NBSP}{bound(bounds.at_least, unit, language)}"
    if bounds.at_most is not None:
        return f"≤{NBSP}{bound(bounds.at_most, unit, language)}"
    return ABSENT


def difference(value: float, unit: Unit, language: Language) -> str:
    """The size of a change, without sign: `5.1 pp` for shares, `6 min` for durations; empty when it rounds to none."""
    size = abs(value)
    if unit is Unit.SECONDS:
        return duration(size, language) if round(size) else ""
    scaled = size * 100 if unit is Unit.SHARE else size
    digits = max(_DIGITS[unit], 1) if unit is Unit.NPS_POINTS else _DIGITS[unit]
    if not round(scaled, digits):
        return ""
    text = number(scaled, language, digits)
    return f"{text}{NBSP}{language.pgettext('difference of shares', 'pp')}" if unit is Unit.SHARE else text


def change(value: float, unit: Unit, language: Language) -> str:
    """A change with its direction: `↑ 5.1 pp`, `↓ 6 min`; `unchanged` when the difference rounds to nothing."""
    size = difference(value, unit, language)
    if not size:
        return language.gettext("unchanged")
    return f"{'↑' if value > 0 else '↓'}{NBSP}{size}"


def interval(low: float | None, high: float | None, unit: Unit, language: Language) -> str:
    """A 95 % interval: `91.9–93.4%`, `28 min – 36 min`; an en dash when there is none."""
    if low is None or high is None:
        return ABSENT
    left, right = amount(low, unit, language), amount(high, unit, language)
    if unit is Unit.SECONDS:
        return left.text if left == right else f"{left.text} – {right.text}"
    if len(left.parts) == 1 and not left.prefix and not right.prefix:
        glue = "–" if low >= 0 else " … "
        return f"{left.parts[0][0]}{glue}{right.text}"
    return f"{left.text} – {right.text}"


def day(value: date, language: Language) -> str:
    """A date in short: `30 Sep 2026`, `30.09.2026`."""
    return _date(value, language.pgettext("date pattern", "d MMM y"), language)


def moment(value: datetime, zone: str, language: Language) -> str:
    """An instant in the reporting zone, to the minute: `30 Sep 2026, 23:59`."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), language)}, {local:%H:%M}"


def month_short(period_id: str, language: Language) -> str:
    """A month on an axis: `Sep`, `сент`, `wrz`."""
    year, month = int(period_id[:4]), int(period_id[5:7])
    return _date(date(year, month, 1), "LLL", language).rstrip(".")


def period(period_id: str, language: Language) -> str:
    """A period's name: `Q3 2026`, `III квартал 2026 года`, `wrzesień 2026 r.`, as it stands on a cover."""
    kind, year, count = _read(period_id)
    if kind == "month":
        name = _date(date(year, count, 1), "LLLL", language)
        return language.pgettext("period", "{month} {year}", month=name, year=year)
    if kind == "quarter":
        return language.pgettext("period", "Q{number} {year}", number=count, roman=_ROMAN[count], year=year)
    if kind == "half":
        return language.pgettext("period", "H{number} {year}", number=count, roman=_ROMAN[count], year=year)
    if kind == "year":
        return language.pgettext("period", "{year}", year=year)
    return _fiscal(kind, year, count, language)


def period_short(period_id: str, language: Language) -> str:
    """A period's name where there is little room: `Q3`, `III квартал`, `wrz`; the year stands elsewhere."""
    kind, year, count = _read(period_id)
    if kind == "month":
        return month_short(period_id, language)
    if kind.endswith("quarter"):
        return language.pgettext("period, short", "Q{number}", number=count, roman=_ROMAN[count])
    if kind.endswith("half"):
        return language.pgettext("period, short", "H{number}", number=count, roman=_ROMAN[count])
    return period(period_id, language)


def in_period(period_id: str, language: Language) -> str:
    """When something happened: `in Q2 2026`, `во II квартале 2026 года`, `w maju 2026 r.`."""
    kind, year, count = _read(period_id)
    forms = {"month": _IN_MONTH, "quarter": _IN_QUARTER, "half": _IN_HALF}
    if kind in forms:
        return language.pgettext("when", forms[kind][count - 1], year=year)
    if kind == "year":
        return language.pgettext("when", "in {year}", year=year)
    return language.pgettext("when", "in the period {period}", period=period(period_id, language))


def plain_digits(digits: str) -> str:
    """A checksum in groups of eight, so that it can be read aloud and wrapped."""
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))


def _share(value: float, language: Language, digits: int) -> Value:
    percent = value * 100
    edge = 10.0**-digits
    if 0 < percent < edge / 2:
        return _percent(number(edge, language, digits), language, f"<{NBSP}")
    if 100 > percent > 100 - edge / 2:
        return _percent(number(100 - edge, language, digits), language, f">{NBSP}")
    return _percent(number(percent, language, digits), language)


def _percent(figure: str, language: Language, prefix: str = "") -> Value:
    gap = language.pgettext("percent", "{figure}%", figure="").removesuffix("%")
    return Value(((figure, "%"),), prefix, gap)


def _duration(seconds: float, language: Language) -> Value:
    sign = MINUS if round(seconds) < 0 else ""
    whole = round(abs(seconds))
    second, minute, hour = (language.pgettext("unit", word) for word in _UNITS)
    if whole < 60:
        return Value(((sign + number(whole, language), second),))
    if whole < 600 and whole % 60:
        return Value(((sign + number(whole // 60, language), minute), (number(whole % 60, language), second)))
    minutes = round(whole / 60)
    if minutes < 60:
        return Value(((sign + number(minutes, language), minute),))
    if minutes < 1440 and minutes % 60:
        return Value(((sign + number(minutes // 60, language), hour), (number(minutes % 60, language), minute)))
    return Value(((sign + number(round(minutes / 60), language), hour),))


def _against_duration(seconds: float, language: Language, against: Target | None) -> Value:
    printed = _duration(seconds, language)
    bounds = [b for b in (against.at_least, against.at_most) if b is not None] if against else []
    if not any(seconds != bound and printed == _duration(bound, language) for bound in bounds):
        return printed
    second, minute, hour = (language.pgettext("unit", word) for word in _UNITS)
    whole = int(seconds) if any(seconds < bound for bound in bounds) else -int(-seconds // 1)
    pieces = ((whole // 3600, hour), (whole % 3600 // 60, minute), (whole % 60, second))
    return Value(
        tuple((number(count, language), unit) for count, unit in pieces if count) or ((number(0, language), second),)
    )


def _turned(value: float, bound: float, digits: int) -> bool:
    """Whether rounding hides on which side of the bound the value lies."""
    return value != bound and round(value, digits) == round(bound, digits) and abs(value - bound) > 1e-9


def _date(value: date, pattern: str, language: Language) -> str:
    from babel.dates import format_date

    return format_date(value, pattern, locale=language.code)


def _read(period_id: str) -> tuple[str, int, int]:
    match = _PERIOD.fullmatch(period_id)
    if match is None:
        raise ValueError(f"{period_id!r} is not a period; it comes from evaluation.period.Period")
    kind = next((name for name in ("month", "quarter", "half") if match[name]), "year")
    count = int(match[kind]) if kind != "year" else 0
    return ("fiscal " + kind if match["fiscal"] else kind), int(match["year"]), count


def _fiscal(kind: str, year: int, count: int, language: Language) -> str:
    if kind == "fiscal quarter":
        return language.pgettext("period", "Q{number} FY{year}", number=count, roman=_ROMAN[count], year=year)
    if kind == "fiscal half":
        return language.pgettext("period", "H{number} FY{year}", number=count, roman=_ROMAN[count], year=year)
    return language.pgettext("period", "FY{year}", year=year)


_UNITS = (pN_("unit", "s"), pN_("unit", "min"), pN_("unit", "h"))
_IN_MONTH = (
    pN_("when", "in January {year}"),
    pN_("when", "in February {year}"),
    pN_("when", "in March {year}"),
    pN_("when", "in April {year}"),
    pN_("when", "in May {year}"),
    pN_("when", "in June {year}"),
    pN_("when", "in July {year}"),
    pN_("when", "in August {year}"),
    pN_("when", "in September {year}"),
    pN_("when", "in October {year}"),
    pN_("when", "in November {year}"),
    pN_("when", "in December {year}"),
)
_IN_QUARTER = (
    pN_("when", "in Q1 {year}"),
    pN_("when", "in Q2 {year}"),
    pN_("when", "in Q3 {year}"),
    pN_("when", "in Q4 {year}"),
)
_IN_HALF = (pN_("when", "in H1 {year}"), pN_("when", "in H2 {year}"))
