"""A few surveys of July 2026: a relation apart from its contacts, a second rating, a survey that was not sent."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metrics.worked_example import Example
from evaluation.metrics.worked_story import Story


def _survey(
    number: int, kind: str, asked: str, answer: tuple[str, float] | None, **more: object
) -> Mapping[str, object]:
    scale = {"csat": (1.0, 5.0), "nps": (0.0, 10.0), "ces": (1.0, 7.0)}[kind]
    at, score = answer or (None, None)
    told = {
        "survey_id": f"s:{number}", "kind": kind, "asked_at": asked, "answered_at": at, "score": score,
        "scale_min": scale[0], "scale_max": scale[1], "ticket_id": None, "is_suppressed": False,
    }  # fmt: skip
    return MappingProxyType(told | more)


SURVEYS = Story(
    id="surveys",
    introduction="Four customers were asked in July whether they would recommend the company, two of them after one "
    "ticket; three were asked how satisfied they were, one of whom rated twice, and one more would have been asked but "
    "had been asked too recently.",
    tables={
        "surveys": (
            _survey(1, "nps", "2026-07-01T10:00Z", ("2026-07-02T10:00Z", 10.0)),
            _survey(2, "nps", "2026-07-01T10:00Z", ("2026-07-03T10:00Z", 8.0)),
            _survey(3, "nps", "2026-07-05T10:00Z", ("2026-07-05T11:00Z", 2.0), ticket_id="t:3"),
            _survey(4, "nps", "2026-07-06T10:00Z", ("2026-07-06T11:00Z", 9.0), ticket_id="t:4"),
            _survey(5, "csat", "2026-07-05T10:00Z", ("2026-07-05T12:00Z", 1.0), ticket_id="t:3"),
            _survey(6, "csat", "2026-07-05T10:00Z", ("2026-07-09T12:00Z", 4.0), ticket_id="t:3"),
            _survey(7, "csat", "2026-07-06T10:00Z", ("2026-07-06T12:00Z", 5.0), ticket_id="t:4"),
            _survey(8, "csat", "2026-07-07T10:00Z", None, ticket_id="t:5"),
            _survey(9, "csat", "2026-07-08T10:00Z", None, ticket_id="t:5", is_suppressed=True),
        ),
    },
    examples={
        ("nps", "relation"): Example("value", 50, 2, "Answers 10 and 8 to surveys that name no ticket: one promoter "
            "in two. The answers 2 and 9 about tickets are the other variant's."),
        ("nps", "interaction"): Example("value", 0, 2, "Answers 2 and 9 after tickets 3 and 4: one promoter, one "
            "detractor."),
        ("csat", "top_box"): Example("value", 1.0, 2, "Answers 4 and 5: of the survey that was rated twice, with 1 and "
            "then with 4, the second counts."),
        ("csat", "mean"): Example("mean", 4.5, 2, "Answers 4 and 5."),
        ("dissatisfaction_reasons", None): Example("value", 0.0, 2, "The 1 was taken back by the second rating."),
        ("response_rate", None): Example("value", 6 / 7, 7, "Seven surveys were sent, the one that was rated twice "
            "among them once; six were answered. The survey that was not sent is left out."),
    },
)  # fmt: skip
