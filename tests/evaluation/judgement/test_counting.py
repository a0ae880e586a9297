"""How much there was of everything: tickets without an SLA."""

from datetime import UTC, datetime

import pandas as pd

from evaluation.facts.deriving import derive
from evaluation.judgement.counting import counts_of
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables


def test_tickets_that_no_policy_covers_are_counted():
    settings = Settings.model_validate(
        {"organisation": {"name": "Northwind Care", "time_zone": "UTC"},
         "sla": [{"id": "letters", "where": {"channel": "email"}, "targets": {"first_response": "1h"}}]}
    )  # fmt: skip
    rows = [
        ("d:1", "2026-07-01T10:00Z", "email", False),
        ("d:2", "2026-07-02T10:00Z", "chat", False),
        ("d:3", "2026-07-03T10:00Z", "chat", True),  # spam
        ("d:4", "2026-08-01T00:00Z", "chat", False),  # of August
    ]
    tickets = pd.DataFrame(rows, columns=["ticket_id", "created_at", "channel_code", "is_spam"])
    tables = Tables.from_frames({"tickets": tickets.assign(created_at=pd.to_datetime(tickets["created_at"], utc=True))})
    facts = derive(tables, settings, datetime(2026, 8, 10, tzinfo=UTC))
    counts = counts_of(facts, tables, Period.parse("2026-07", zone="UTC"))
    assert (counts["tickets"], counts["without_policy"]) == (2, 1)
