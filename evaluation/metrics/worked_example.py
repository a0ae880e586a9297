"""Ten tickets of July 2026, and what every metric says about them; printed in `docs/metrics.md`, computed by a test.

The service is open from Monday to Friday, 9:00 to 17:00 UTC. It promises the first reply within one hour, every further
reply within two hours, an update every eight hours and the solution within eight hours, all in opening hours. The data
were taken on 20 August.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTicket:
    """One ticket of the story; spans are minutes (opening hours, round the clock), None where it did not happen.

    Attributes:
        number: 1 to 10.
        requester: Who asked; None when anonymous.
        channel: How it came in.
        created: UTC, ISO 8601.
        response: From the first message, or the bot's hand-off, to the first human reply.
        wait: From the first message to the first human reply, when a bot came first.
        waited: In new, open and on hold, when that is less than from creation to the last solve.
        first_solve: From creation to the first solve, when the ticket was solved twice.
        solve: From creation to the last solve.
        replies: Public human messages.
        later_turns: Waits for the second, third … reply.
        exclusion: Why it is left out of everything.
        csat, nps, ces: Answers; 0 when asked without an answer, None when not asked.
    """

    number: int
    requester: str | None
    channel: str
    created: str
    response: tuple[int, int] | None = None
    wait: tuple[int, int] | None = None
    waited: tuple[int, int] | None = None
    first_solve: tuple[int, int] | None = None
    solve: tuple[int, int] | None = None
    replies: int = 0
    later_turns: tuple[int, ...] = ()
    exclusion: str | None = None
    csat: int | None = None
    nps: int | None = None
    ces: int | None = None


TEN_TICKETS = (
    StoryTicket(number=1, requester="Anna", channel="email", created="2026-07-01T09:00Z", response=(30, 30),
                solve=(120, 120), replies=1, csat=5, nps=10, ces=6),
    StoryTicket(number=2, requester="Boris", channel="email", created="2026-07-01T16:30Z", response=(45, 1005),
                solve=(210, 1170), replies=2, later_turns=(40,), csat=4, nps=9, ces=5),
    StoryTicket(number=3, requester="Anna", channel="chat", created="2026-07-02T10:00Z", response=(5, 5),
                wait=(12, 12), solve=(30, 30), replies=1, csat=2, nps=3, ces=3),
    StoryTicket(number=4, requester=None, channel="form", created="2026-07-03T09:00Z", response=(120, 120),
                first_solve=(420, 420), solve=(600, 4440), waited=(540, 540),
                replies=3, later_turns=(30, 150), csat=0, nps=7, ces=0),
    StoryTicket(number=5, requester="Clara", channel="email", created="2026-07-06T09:30Z", response=(15, 15),
                replies=1),
    StoryTicket(number=6, requester="Anna", channel="email", created="2026-07-07T12:00Z", response=(60, 60),
                solve=(180, 180), replies=1, csat=5, nps=10),
    StoryTicket(number=7, requester="Boris", channel="chat", created="2026-07-08T10:00Z", solve=(120, 120), csat=0),
    StoryTicket(number=8, requester="Dora", channel="email", created="2026-07-09T09:00Z", exclusion="spam"),
    StoryTicket(number=9, requester="Clara", channel="email", created="2026-07-10T16:00Z", response=(90, 3930),
                solve=(120, 3960), replies=1, csat=3, nps=5),
    StoryTicket(number=10, requester="Emil", channel="email", created="2026-07-31T16:45Z", response=(25, 3865),
                solve=(75, 3915), replies=1),
)  # fmt: skip
"""The story."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a metric says about the story in July.

    Attributes:
        statistic: The statistic that is worked out.
        value: Its value in the metric's unit.
        n: Cases that count.
        because: How it comes about, in a sentence or two.
    """

    statistic: str
    value: float
    n: int
    because: str


_MINUTE = 60

EXAMPLES: MappingProxyType[tuple[str, str | None], Example] = MappingProxyType(
    {
        ("answered_share", None): Example("value", 8 / 9, 9, "Nine tickets, all but the spam, asked something in "
            "July; only ticket 7 ended without a reply. Ticket 10 was answered in August, before the data were taken."),
        ("first_response_time", "business"): Example("median", 45 * _MINUTE, 7, "Replies given in July came after 5, "
            "15, 30, 45, 60, 90 and 120 minutes of opening hours; the middle one is 45. Ticket 10 came in August."),
        ("first_response_time", "calendar"): Example("median", 60 * _MINUTE, 7, "The same replies round the clock: 5, "
            "15, 30, 60, 120, 1005 and 3930 minutes."),
        ("next_reply_time", "business"): Example("median", 42.5 * _MINUTE, 10, "The seven first replies and the later "
            "turns of 30, 40 and 150 minutes; the median lies half-way between 40 and 45."),
        ("next_reply_time", "calendar"): Example("median", 50 * _MINUTE, 10, "The later turns lay inside opening "
            "hours; the median lies half-way between 40 and 60."),
        ("first_wait_time", "business"): Example("median", 45 * _MINUTE, 7, "As the first response time, but "
            "ticket 3 waited 12 minutes from its first message, 7 of them with a bot."),
        ("first_wait_time", "calendar"): Example("median", 60 * _MINUTE, 7, "The same round the clock."),
        ("requester_wait_time", "business"): Example("mean", 1320 / 7 * _MINUTE, 7, "30, 120, 120, 120, 180, 210 and "
            "540 minutes: ticket 4 was solved for an hour of its 600, until the customer reopened it on Monday at 9."),
        ("requester_wait_time", "calendar"): Example("median", 180 * _MINUTE, 7, "30, 120, 120, 180, 540, 1170 and "
            "3960 minutes; the weekend of ticket 4 was after its first solve."),
        ("first_resolution_time", "business"): Example("mean", 1200 / 7 * _MINUTE, 7, "30, 120, 120, 120, 180, 210 and "
            "420 minutes to the first solve; ticket 5 is undecided."),
        ("first_resolution_time", "calendar"): Example("median", 180 * _MINUTE, 7, "30, 120, 120, 180, 420, 1170 and "
            "3960 minutes to the first solve."),
        ("full_resolution_time", "business"): Example("median", 120 * _MINUTE, 7, "30, 120, 120, 120, 180, 210 and 600 "
            "minutes to the last solve: ticket 4 was reopened."),
        ("full_resolution_time", "calendar"): Example("median", 180 * _MINUTE, 7, "30, 120, 120, 180, 1170, 3960 and "
            "4440 minutes to the last solve."),
        ("sla_attainment", None): Example("value", 16 / 22, 22, "5 of 7 first-response, 2 of 3 next-reply, 3 of 4 "
            "periodic-update and 6 of 8 resolution targets: numerators and denominators are added, shares never "
            "averaged."),
        ("first_response_sla", None): Example("value", 5 / 7, 7, "Replies after 90 and 120 minutes missed the hour; "
            "the one after exactly 60 minutes met it. Ticket 7 needed none in the end."),
        ("next_reply_sla", None): Example("value", 2 / 3, 3, "Of the later turns of 30, 40 and 150 minutes the last "
            "missed its two hours."),
        ("periodic_update_sla", None): Example("value", 3 / 4, 4, "Replies followed replies after 30, 40 and 150 "
            "minutes; ticket 5 was open for eight hours after its only reply and heard nothing more. Tickets that were "
            "solved before another update fell due are left out."),
        ("resolution_sla", None): Example("value", 6 / 8, 8, "Ticket 4 took 600 minutes of opening hours and ticket 5 "
            "is not solved at all: both fell due in July and were missed."),
        ("sla_overdue_now", None): Example("value", 2, 2, "Ticket 5 should have been solved by 7 July, 9:30, and "
            "its requester should have heard from us by 9:45."),
        ("sla_overdue_time", None): Example("median", (24 * 24 + 14.375) * 60 * _MINUTE, 2, "From 7 July, 9:30 and "
            "9:45, to the end of 31 July: 24 days and 14 hours and a half, or a quarter of an hour less."),
        ("awaiting_first_response", None): Example("value", 1, 1, "Ticket 10 came at 16:45 on 31 July and was answered "
            "in August; its hour ended on 3 August, so it was not past due. Ticket 7 was solved without a reply."),
        ("one_touch_rate", None): Example("value", 4 / 6, 6, "Tickets 1, 3, 6 and 9, out of the six that were solved "
            "in July with a reply; ticket 7 had none."),
        ("reopen_rate", None): Example("value", 1 / 7, 7, "Ticket 4, out of seven solved."),
        ("replies_per_solved", None): Example("mean", 9 / 7, 7, "Nine replies in seven solved tickets."),
        ("csat", "top_box"): Example("value", 3 / 5, 5, "Answers 5, 4, 2, 5 and 3: three of them are 4 or 5."),
        ("csat", "mean"): Example("mean", 3.8, 5, "Answers 5, 4, 2, 5 and 3."),
        ("ces", "mean"): Example("mean", 14 / 3, 3, "Answers 6, 5 and 3 on a scale of 1 to 7."),
        ("ces", "top_box"): Example("value", 2 / 3, 3, "Answers 6, 5 and 3: two of them are 5 or more."),
        ("response_rate", None): Example("value", 14 / 17, 17, "17 surveys were sent, 14 answered within 14 days."),
        ("dissatisfaction_reasons", None): Example("value", 1 / 5, 5, "Answers 5, 4, 2, 5 and 3: one of them is 1 or "
            "2."),
        ("nps", "interaction"): Example("value", 100 * (3 - 2) / 6, 6, "Answers 10, 9, 3, 7, 10 and 5: three "
            "promoters, two detractors, one passive."),
        ("tickets_created", None): Example("value", 9, 9, "Ten, less the spam."),
        ("tickets_solved", None): Example("value", 7, 7, "Tickets 1 to 4, 6, 7 and 9."),
        ("clearance_rate", None): Example("value", 7 / 9, 9, "Seven solved for nine created."),
        ("backlog", None): Example("value", 2, 2, "Tickets 5 and 10 were open at the end of July."),
        ("tickets_per_requester", None): Example("mean", 2, 4, "Anna three, Boris two, Clara two, Emil one; ticket 4 "
            "is anonymous and left out."),
        ("top_requesters_share", None): Example("value", 1, 8, "All eight tickets of known requesters come from four "
            "people, fewer than five."),
    }
)  # fmt: skip
"""One worked example for each metric and variant."""
