"""The week by hour and the days of the period: when contacts come in, who was there, and what stayed open."""

from __future__ import annotations

from datetime import date, timedelta

from evaluation.assessment import Assessment
from reports.broken_down import facts_of, rows_of
from reports.charts.heat_map import Marks, heat_map
from reports.charts.line_with_target import line_with_target
from reports.document import Cell, Column, Note, Notes, Picture, Table
from reports.evidence import by_name, count_cell, measured, members, name_cell, right, value_cell
from reports.formats import day, number, share
from reports.language import Language
from reports.member_tables import with_footnotes

COVERAGE, OUTSIDE = "opening_coverage", "out_of_hours_answered_share"
_MONDAY = date(2024, 1, 1)


def weekday(number_of_day: int, language: Language) -> str:
    """Short name of a weekday, 1 Monday to 7 Sunday."""
    from babel.dates import format_date

    return format_date(_MONDAY + timedelta(days=number_of_day - 1), "ccc", locale=language.code)


def hours_picture(assessment: Assessment, language: Language) -> Picture | None:
    """Contacts of each hour of the week; None when nothing came in."""
    rows = rows_of(assessment, "load_by_hour")
    if not rows:
        return None
    cells = {(row["weekday"] - 1, row["hour"]): row for row in rows}
    grid = [[_contacts(cells.get((line, hour))) for hour in range(24)] for line in range(7)]
    closed = frozenset(place for place, row in cells.items() if not row["is_open"])
    facts = facts_of(assessment, "load_by_hour")
    place = (int(facts["busiest_weekday"]) - 1, int(facts["busiest_hour"]))
    busiest = language.gettext(
        "Busiest hour: {weekday}, {hour}:00, with {contacts} contacts on average.",
        weekday=weekday(place[0] + 1, language),
        hour=place[1],
        contacts=number(grid[place[0]][place[1]] or 0.0, language, 1),
    )
    title = language.gettext("Contacts by weekday and hour")
    chart = heat_map(
        grid,
        name="load-by-hour",
        alt=f"{title}. {busiest}",
        rows=[weekday(line, language) for line in range(1, 8)],
        columns=[str(hour) for hour in range(24)],
        format=lambda value: number(value, language, 1),
        marks=Marks(closed, language.gettext("closed"), language.gettext("no contacts"), language.gettext("no data")),
        width_mm=174.0,
    )
    sub = language.gettext("tickets and calls per hour, local time; in opening hours per opening hour")
    return Picture(title=title, sub=sub, chart=chart, after=busiest)


def _contacts(row: object) -> float | None:
    return None if row is None else row["tickets_per_hour"] + row["calls_per_hour"]  # type: ignore[index]


def staffing_note(assessment: Assessment, language: Language) -> Note | None:
    """In how many hours fewer agents were seen than the calls need; None when it cannot be said."""
    facts = facts_of(assessment, "load_by_hour")
    judged = int(facts.get("hours_judged", 0))
    if not judged:
        return None
    first = language.ngettext(
        "In {short} of {n} opening hour of the week fewer agents were seen than Erlang C needs for the calls.",
        "In {short} of {n} opening hours of the week fewer agents were seen than Erlang C needs for the calls.",
        judged,
        short=number(int(facts["hours_short"]), language),
    )
    goal = share(float(facts["goal"]), language, 0)
    model = language.gettext(
        "Estimated, for {goal} in time: arrivals at random, equal agents, nobody gives up.", goal=goal
    )
    seen = language.gettext(
        "Agents seen are those who worked in that hour, not a roster: a lower bound of those who were there."
    )
    return Note(language.gettext("Staffing"), (first, model, seen))


def backlog_picture(assessment: Assessment, language: Language) -> Picture | None:
    """Open tickets at the end of each day; None with fewer than two days."""
    rows = rows_of(assessment, "backlog_curve")
    if len(rows) < 2:
        return None
    days, values = [date.fromisoformat(row["day"]) for row in rows], [float(row["closing"]) for row in rows]
    title = language.gettext("Backlog day by day")
    least, most = min(values), max(values)
    alt = language.gettext(
        "{title}: {first} at the first day\u2019s end, {last} at the last; lowest {low}, highest {high}.",
        title=title, first=number(values[0], language), last=number(values[-1], language),
        low=number(least, language), high=number(most, language),
    )  # fmt: skip
    chart = line_with_target(
        values,
        name="backlog-days",
        alt=alt,
        labels=[day(one, language) if index % 14 == 0 else "" for index, one in enumerate(days)],
        format=lambda value: number(value, language),
        last_label=number(values[-1], language),
        from_zero=True,
        height_mm=44.0,
    )
    sub = language.gettext("open tickets at the end of each day; the axis starts at zero")
    return Picture(title=title, sub=sub, chart=chart, after=balance(assessment, language))


def balance(assessment: Assessment, language: Language) -> str:
    """How the backlog at the end follows from that at the start, with its figures."""
    rows = rows_of(assessment, "backlog_curve")
    flows = ("created", "reopened", "solved", "removed")
    sums = {name: number(sum(row[name] for row in rows), language) for name in flows}
    return language.gettext(
        "{opening} opening + {created} created + {reopened} reopened \u2212 {solved} solved \u2212 {removed} removed "
        "= {closing} closing. A ticket that is solved again counts again.",
        opening=number(rows[0]["opening"], language),
        closing=number(rows[-1]["closing"], language),
        **sums,
    )


def coverage_table(assessment: Assessment, language: Language) -> Table | None:
    """By channel, the share of contacts in opening hours, and of the others that was answered; None for one channel."""
    if COVERAGE not in assessment.catalogue or OUTSIDE not in assessment.catalogue:
        return None
    rows = by_name(members(assessment, COVERAGE, "channel"), "channel", language)
    if len(rows) < 2:  # one channel is the whole service, which has its note
        return None
    columns = (
        Column(language.gettext("Channel"), 26),
        right(language.gettext("Contacts"), 16),
        right(language.gettext("In opening hours"), 20),
        right(language.gettext("Answered of the others"), 22),
    )
    cells = tuple(
        (
            name_cell("channel", row.member, language),
            count_cell(row.n, language),
            value_cell(row, assessment.catalogue[COVERAGE], language),
            _answered(assessment, row.member, language),
        )
        for row in rows
    )
    return with_footnotes(Table(title=language.gettext("In and out of opening hours"), columns=columns, rows=cells))


def coverage_note(assessment: Assessment, language: Language) -> Note | None:
    """The share of all contacts in opening hours, and of the others that was answered; None when it is not known."""
    inside, outside = measured(assessment, COVERAGE), measured(assessment, OUTSIDE)
    if inside is None or inside.value is None:
        return None
    told = value_cell(inside, assessment.catalogue[COVERAGE], language).text
    lines = [
        language.ngettext(
            "{share} of {n} contact came in opening hours.", "{share} of {n} contacts came in opening hours.", inside.n,
            share=told,
        )
    ]  # fmt: skip
    if outside is not None and outside.value is not None:
        told = value_cell(outside, assessment.catalogue[OUTSIDE], language).text
        lines.append(language.gettext("Of the others {share} were answered.", share=told))
    return Note(language.gettext("In and out of opening hours"), tuple(lines))


def _answered(assessment: Assessment, member: str, language: Language) -> Cell:
    found = measured(assessment, OUTSIDE, dimension="channel", member=member)
    return value_cell(found, assessment.catalogue[OUTSIDE], language)


def backlog_notes(assessment: Assessment, language: Language) -> Notes | None:
    """What stands beside the backlog: staffing."""
    note = staffing_note(assessment, language)
    return Notes((note,)) if note else None
