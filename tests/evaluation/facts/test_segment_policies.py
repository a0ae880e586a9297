"""Policies by segment, language and product: whose spell counts, and at which moment."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from evaluation.facts import derive
from evaluation.settings import Settings
from evaluation.tables import Tables

POLICIES = [
    {"id": "vip", "where": {"segment": "vip"}, "targets": {"first_response": "1h"}},
    {"id": "polish", "where": {"language": "pl", "product": ["card", "loan"]}, "targets": {"first_response": "2h"}},
    {"id": "everybody", "targets": {"first_response": "4h"}},
]
CREATED = "2026-07-06 10:00"
EVER = "2020-01-01"
CASES = {
    "the whole id": ({"requester_id": "crm:7"}, [("crm:7", EVER, None, "vip")], "vip"),
    "the id without its source": ({"requester_id": "7"}, [("crm:7", EVER, None, "vip")], "vip"),
    "a colon inside the id": ({"requester_id": "7:8"}, [("crm:7:8", EVER, None, "vip")], "vip"),
    "somebody else": ({"requester_id": "8"}, [("crm:7", EVER, None, "vip")], "everybody"),
    "nobody": ({"requester_id": None}, [("crm:7", EVER, None, "vip")], "everybody"),
    "another segment": ({"requester_id": "7"}, [("crm:7", EVER, None, "standard")], "everybody"),
    "the spell had ended": ({"requester_id": "7"}, [("crm:7", EVER, CREATED, "vip")], "everybody"),
    "the spell had not begun": ({"requester_id": "7"}, [("crm:7", "2026-07-06 10:01", None, "vip")], "everybody"),
    "the spell begins at the moment": ({"requester_id": "7"}, [("crm:7", CREATED, None, "vip")], "vip"),
    "the spell in force, not today's": (
        {"requester_id": "7"},
        [("crm:7", EVER, "2026-07-07", "vip"), ("crm:7", "2026-07-07", None, "standard")],
        "vip",
    ),
    "spells that overlap: the later": (
        {"requester_id": "7"}, [("crm:7", EVER, None, "vip"), ("crm:7", "2026-01-01", None, "standard")], "everybody",
    ),
    "a spell without a segment is not asked": (
        {"requester_id": "7"}, [("crm:7", EVER, None, "vip"), ("crm:7", "2026-01-01", None, None)], "vip",
    ),
    "the whole id before the bare one": (
        {"requester_id": "crm:7"}, [("crm:7", EVER, None, "vip"), ("x:crm:7", "2026-01-01", None, "standard")], "vip",
    ),
    "the ticket's own source before others": (
        {"requester_id": "7"}, [("d:7", EVER, None, "vip"), ("crm:7", "2026-01-01", None, "standard")], "vip",
    ),
    "by language and product": ({"language": "pl", "product": "loan"}, [], "polish"),
    "another product": ({"language": "pl", "product": "phone"}, [], "everybody"),
    "no product": ({"language": "pl", "product": None}, [], "everybody"),
}  # fmt: skip


def facts_of(cases, *, with_customers=True):
    """The policy of each case's ticket; the ids of a case get its number, so that all are told together."""
    rows, customers = [], []
    for number, (ticket, spells, _) in enumerate(cases):
        row = {"requester_id": None, "language": None, "product": None} | ticket
        row["requester_id"] = row["requester_id"] and f"{row['requester_id']}-{number}"
        rows.append({"ticket_id": f"d:{number}", "created_at": CREATED, "channel_code": "email"} | row)
        customers += [(f"{customer_id}-{number}", *spell) for customer_id, *spell in spells]
    tickets = pd.DataFrame(rows).astype({"requester_id": "string", "language": "string", "product": "string"})
    tickets["created_at"] = pd.to_datetime(tickets["created_at"], utc=True)
    tickets["first_response_at"] = tickets["created_at"]
    frames = {"tickets": tickets}
    if with_customers:
        known = pd.DataFrame(customers, columns=["customer_id", "started_at", "ended_at", "segment"])
        for name in ("started_at", "ended_at"):
            known[name] = pd.to_datetime(known[name], utc=True, format="mixed")
        frames["customers"] = known.astype({"customer_id": "string", "segment": "string"})
    settings = Settings.model_validate({"organisation": {"name": "Northwind", "time_zone": "UTC"}, "sla": POLICIES})
    facts = derive(Tables.from_frames(frames), settings, datetime(2026, 8, 1, tzinfo=UTC))
    found = facts["targets"].execute().set_index("ticket_id")["policy"]
    assert len(found) == len(cases)
    return [found[f"d:{number}"] for number in range(len(cases))]


@pytest.fixture(scope="module")
def policies():
    return dict(zip(CASES, facts_of(CASES.values()), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_policy_in_force(policies, name):
    assert policies[name] == CASES[name][2]


def test_without_customers_nobody_has_a_segment():
    cases = [CASES["the whole id"], CASES["by language and product"]]
    assert facts_of(cases, with_customers=False) == ["everybody", "polish"]
