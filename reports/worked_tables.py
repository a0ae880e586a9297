"""The worked examples of the metrics page: the ten tickets and the stories as small tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from evaluation.metrics.worked_example import TEN_TICKETS, StoryTicket
from evaluation.metrics.worked_stories import STORIES
from evaluation.metrics.worked_story import Story
from reports.language import Language

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.0+)?(?:Z|\+00:00)")


def ten_tickets(language: Language) -> str:
    """The ten tickets of which most examples speak."""
    head = [
        language.gettext("ticket"), language.gettext("requester"), language.gettext("channel"),
        language.gettext("created (UTC)"), language.gettext("first response"), language.gettext("solved"),
        language.gettext("replies"), "CSAT", "NPS", "CES", language.gettext("note"),
    ]  # fmt: skip
    told = language.gettext(
        "The service is open from Monday to Friday, 9:00 to 17:00. It promises the first reply within one hour, every "
        "further reply within two hours and the solution within eight, in opening hours. The period is July 2026; the "
        "data were taken on 20 August. Spans are minutes in opening hours / round the clock."
    )
    title = language.gettext("The ten tickets of the examples")
    rows = [_ticket_row(ticket, language) for ticket in TEN_TICKETS]
    return "\n".join([f"## {title}", "", told, "", *_markdown(head, rows), ""])


def story_sections(language: Language) -> Iterator[str]:
    """The stories of the metrics that the ten tickets do not tell, each with its rows by table."""
    if not STORIES:
        return
    title = language.gettext("Further stories")
    told = language.gettext(
        "The same opening hours and the same July; the rows are those of the canonical tables (columns.md), stamps are "
        "in UTC."
    )
    yield f"## {title}\n\n{told}\n"
    for story in STORIES:
        yield _story(story, language)


def _story(story: Story, language: Language) -> str:
    lines = [f"### `{story.id}`", "", language.gettext_or_same(story.introduction), ""]
    for name, rows in story.tables.items():
        columns = list(dict.fromkeys(column for row in rows for column, value in row.items() if value is not None))
        cells = [[_cell(row.get(column)) for column in columns] for row in rows]
        lines += [f"`{name}`", "", *_markdown([f"`{column}`" for column in columns], cells), ""]
    return "\n".join(lines)


def _cell(value: object) -> str:
    """A canonical value as it is read: a stamp to the minute, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_cell(item)}" for key, item in value.items())
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    stamp = _STAMP.fullmatch(str(value))
    text = f"{stamp[1]} {stamp[2]}{stamp[3] or ''}" if stamp else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    yield from (f"| {' | '.join(cells)} |" for cells in rows)


def _ticket_row(ticket: StoryTicket, language: Language) -> list[str]:
    return [
        str(ticket.number), ticket.requester or language.gettext("unknown"), ticket.channel,
        ticket.created.removesuffix("Z").replace("T", " "), _span(ticket.response), _span(ticket.solve),
        str(ticket.replies), *(_answer(score, language) for score in (ticket.csat, ticket.nps, ticket.ces)),
        "; ".join(_notes(ticket, language)),
    ]  # fmt: skip


def _notes(ticket: StoryTicket, language: Language) -> Iterator[str]:
    if ticket.exclusion == "spam":
        yield language.gettext("spam")
    if ticket.wait is not None:
        yield language.gettext("waited {minutes} with a bot first", minutes=ticket.wait[0])
    if ticket.first_solve is not None:
        yield language.gettext("first solved after {minutes}", minutes=ticket.first_solve[0])
    if ticket.later_turns:
        listed = ", ".join(str(minutes) for minutes in ticket.later_turns)
        yield language.gettext("later turns {minutes}", minutes=listed)


def _span(minutes: tuple[int, int] | None) -> str:
    return "" if minutes is None else f"{minutes[0]} / {minutes[1]}"


def _answer(score: int | None, language: Language) -> str:
    return "" if score is None else str(score) if score else language.gettext("no answer")
