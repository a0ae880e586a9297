"""Eleven calls and three tickets of July 2026: every outcome, a transfer, a forgotten wrap, closed hours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metrics.worked_example import Example
from evaluation.metrics.worked_story import Story


def _call(number: int, queued: str | None, outcome: str, wait: float | None, **more: object) -> Mapping[str, object]:
    told = {
        "call_id": f"c:{number}", "contact_id": None, "started_at": queued, "queued_at": queued,
        "direction": "inbound", "outcome": outcome, "wait_seconds": wait, "talk_seconds": None, "hold_seconds": None,
        "wrap_seconds": None, "agent_id": None, "ticket_id": None,
    }  # fmt: skip
    return MappingProxyType(told | more)


def _answered(
    number: int, queued: str, wait: float, agent: str, seconds: tuple[float, float, float], **more: object
) -> Mapping[str, object]:
    talk, hold, wrap = seconds
    return _call(number, queued, "answered", wait, agent_id=agent, talk_seconds=talk, hold_seconds=hold,
                 wrap_seconds=wrap, **more)  # fmt: skip


TELEPHONE = Story(
    id="telephone",
    introduction="Callers should be answered within 20 seconds, from 15 July on within 30. Eight calls enter the queue "
    "in opening hours: call 1 is answered after 15 seconds, call 2 after 25, call 3 after 25 on 16 July and "
    "transferred once, call 11 after 10; calls 4, 5 and 6 are given up after 3, 12 and 90 seconds; call 7 asks to be "
    "called back. Call 8 hangs up in the menu. Call 9 is given up on a Saturday, call 10 leaves a message in the "
    "evening. Of three tickets one is about call 1, one comes on a Saturday; both others are answered.",
    settings={"telephone": {"service_level": {"seconds": 20, "versions": [{"from": "2026-07-15", "seconds": 30}]}}},
    tables={
        "calls": (
            _answered(1, "2026-07-06T10:00Z", 15, "anna", (180, 20, 40), ticket_id="t:3"),
            _answered(2, "2026-07-07T11:00Z", 25, "ben", (100, 0, 20)),
            _answered(3, "2026-07-16T10:00Z", 25, "ben", (300, 0, 60)),
            _answered(31, "2026-07-16T10:06Z", 5, "anna", (120, 0, 20), contact_id="c:3"),
            _call(4, "2026-07-08T09:30Z", "abandoned", 3),
            _call(5, "2026-07-08T09:40Z", "abandoned", 12),
            _call(6, "2026-07-09T09:30Z", "abandoned", 90),
            _call(7, "2026-07-10T09:30Z", "callback", 60),
            _call(8, None, "abandoned", None, started_at="2026-07-10T09:45Z"),
            _call(9, "2026-07-11T10:00Z", "abandoned", 40),
            _call(10, "2026-07-13T20:00Z", "voicemail", 30),
            _answered(11, "2026-07-14T10:00Z", 10, "ben", (60, 0, 5000)),
        ),
        "tickets": (
            {"ticket_id": "t:1", "created_at": "2026-07-06T10:00Z", "channel_code": "email",
             "first_response_at": "2026-07-06T11:00Z"},
            {"ticket_id": "t:2", "created_at": "2026-07-04T10:00Z", "channel_code": "email",
             "first_response_at": "2026-07-06T09:30Z"},
            {"ticket_id": "t:3", "created_at": "2026-07-06T10:00Z", "channel_code": "phone",
             "first_response_at": "2026-07-06T10:01Z"},
        ),
    },
    examples={
        ("service_level", "abandoned_ignored"): Example("value", 3 / 6, 6, "Calls 1, 3 and 11 were answered in time; "
            "eight were offered, and calls 4 and 5, given up within 20 seconds, are left out."),
        ("service_level", "abandoned_missed"): Example("value", 3 / 8, 8, "Calls 1, 3 and 11, out of all eight."),
        ("service_level", "abandoned_met"): Example("value", 5 / 8, 8, "Calls 1, 3 and 11, and calls 4 and 5, given up "
            "within 20 seconds; out of all eight."),
        ("average_speed_of_answer", None): Example("mean", 18.75, 4, "15, 25, 25 and 10 seconds."),
        ("abandonment_rate", "without_short"): Example("value", 2 / 7, 7, "Calls 5 and 6; call 4 was given up after 3 "
            "seconds and is left out of the eight."),
        ("abandonment_rate", "all"): Example("value", 3 / 8, 8, "Calls 4, 5 and 6, out of all eight."),
        ("calls_offered", None): Example("value", 8, 8, "Calls 1 to 7 and 11; the two outside opening hours are left "
            "out, the hang-up in the menu is no call offered."),
        ("handle_time", None): Example("mean", 455, 4, "Calls 1 and 2 took 240 and 120 seconds, both legs of call 3 "
            "together 500, call 11 takes 60 and the work after it, 5,000 seconds, counts as 900."),
        ("opening_coverage", None): Example("value", 9 / 12, 12, "Eight calls and ticket 1 came in opening hours; "
            "calls 9 and 10 and ticket 2 did not. Ticket 3 is call 1, and call 8 never arrived."),
        ("out_of_hours_answered_share", None): Example("value", 1 / 3, 3, "Ticket 2 was answered on Monday, calls 9 "
            "and 10 were not."),
        ("load_by_hour", None): Example("value", 9 / 160, 160, "Nine contacts in the eight hours of twenty working "
            "days; the first contact came on 4 July."),
    },
)  # fmt: skip
"""The story of the telephone."""
