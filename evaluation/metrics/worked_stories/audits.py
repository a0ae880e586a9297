"""A few audits of July 2026: a critical mark, a dispute, a bonus, one ticket audited twice, and two mystery visits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluation.metrics.worked_example import Example
from evaluation.metrics.worked_story import Story

_SCALE = {"min": 1, "max": 5}


def _card(name: str) -> Mapping[str, object]:
    return {
        "id": name,
        "scale": _SCALE,
        "criteria": [
            {"id": "greeting", "touchpoint": "greeting"},
            {"id": "solution", "touchpoint": "solution", "weight": 3, "critical": True, "line": 2},
            {"id": "farewell", "touchpoint": "farewell"},
            {"id": "extra", "bonus": True, "scale": {"min": 0, "max": 1}},
        ],
    }


def _audit(
    number: int, kind: str, at: str, auditor: str, marks: Mapping[str, float | None], **more: object
) -> tuple[Mapping[str, object], ...]:
    audit = {
        "audit_id": f"q:{number}", "kind": kind, "scorecard_id": "mystery" if kind == "mystery" else "contact",
        "scorecard_version": "1", "audited_at": at, "auditor_id": auditor, "is_calibration": False, "ticket_id": None,
        "call_id": None, "agent_id": None, "dispute_outcome": None, "dispute_mark": None,
    }  # fmt: skip
    replaced: object = more.pop("replaced", {})
    rows = []
    for criterion, mark in marks.items():
        row = audit | more | {"criterion_id": criterion, "mark": mark, "is_not_applicable": mark is None}
        if isinstance(replaced, Mapping) and criterion in replaced:
            row |= {"dispute_outcome": "accepted", "dispute_mark": replaced[criterion]}
        rows.append(MappingProxyType(row))
    return tuple(rows)


AUDITS = Story(
    id="audits",
    introduction="Four contacts were audited in July and one of them a second time, to calibrate the auditors; a "
    "colleague and an agency each visited once. The scorecard goes from 1 to 5, counts the solution three times, makes "
    "an audit 0 when the solution is marked below 2, and gives a bonus of weight 1.",
    settings={"scorecards": [_card("contact"), _card("mystery")], "audits": {"third_party": ["agency-*"]}},
    tables={
        "audits": (
            *_audit(1, "correspondence", "2026-07-06T10:00Z", "Quentin", {"greeting": 5, "solution": 4, "farewell": 3},
                    ticket_id="t:1", agent_id="Anna"),
            *_audit(2, "correspondence", "2026-07-07T10:00Z", "Quentin", {"greeting": 5, "solution": 1, "farewell": 5},
                    ticket_id="t:2", agent_id="Boris"),
            *_audit(3, "correspondence", "2026-07-08T10:00Z", "Rosa", {"greeting": None, "solution": 5, "farewell": 3},
                    ticket_id="t:3", agent_id="Boris", replaced={"farewell": 5}),
            *_audit(4, "call", "2026-07-09T10:00Z", "Rosa", {"greeting": None, "solution": 3, "extra": 1},
                    call_id="c:1", agent_id="Anna"),
            *_audit(5, "correspondence", "2026-07-10T10:00Z", "Rosa", {"greeting": 5, "solution": 3, "farewell": 3},
                    ticket_id="t:1", agent_id="Anna", is_calibration=True),
            *_audit(6, "mystery", "2026-07-13T10:00Z", "Quentin", {"greeting": 3, "solution": 5}),
            *_audit(7, "mystery", "2026-07-14T10:00Z", "agency-7", {"greeting": 4, "solution": 4}),
        ),
    },
    examples={
        ("audit_score", None): Example("mean", (1.75 + 5 / 6) / 4, 4, "Audit 1: (1 + 3 x 0.75 + 0.5) / 5 = 75 %. "
            "Audit 2: 0, because the solution was marked 1. Audit 3: 100 %, because the greeting did not apply and the "
            "disputed 3 became a 5. Audit 4: (3 x 0.5 + 1) / 3 = 83.3 %, the bonus adds above the line only. The audit "
            "done to calibrate is left out."),
        ("correspondence_audit_score", None): Example("mean", 1.75 / 3, 3, "Audits 1, 2 and 3: 75 %, 0 and 100 %."),
        ("call_audit_score", None): Example("mean", 5 / 6, 1, "Audit 4."),
        ("auditor_agreement", None): Example("alpha", 24 / 29, 1, "Ticket 1 was marked 5, 4, 3 and 5, 3, 3, which is "
            "1, 0.75, 0.5 and 1, 0.5, 0.5 on the scale from 0 to 1. The squared differences within the criteria are "
            "0.02083 on average, those between any two of the six marks 0.12083: 1 - 0.02083 / 0.12083."),
        ("mystery_score", None): Example("mean", 0.875, 1, "Visit 6: (0.5 + 3) / 4."),
        ("mystery_score_third_party", None): Example("mean", 0.75, 1, "Visit 7, by the agency: (0.75 + 3 x 0.75) / 4."),
    },
)  # fmt: skip
