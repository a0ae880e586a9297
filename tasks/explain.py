"""The step that explains one ticket: everything that is known of it, from canonical Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import ConfigError

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.shapes import Facts
    from evaluation.ledger.shapes import TargetLedger
    from evaluation.participation import Participation
    from evaluation.settings import Settings
    from evaluation.tables import Tables
    from tasks.validate import Validated

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One ticket, explained.

    Attributes:
        ticket: Its canonical row.
        events: Its canonical events, in order; those after `cut` too.
        cut: Nothing after it is known.
        facts: Its row of the fact table of tickets; None when it is quarantined or was created after the cut.
        calendar: Name of its calendar.
        replies: Its rows of that fact table, in order.
        pauses: The same.
        surveys: The same, of surveys about it.
        ledgers: Its targets.
        participation: Its cases in the metrics.
        quarantined: Why rows of it were taken out: table, check and how many.
        withheld: Metrics that are not printed, with the check that forbids it.
    """

    ticket: Row
    events: tuple[Row, ...]
    cut: datetime
    facts: Row | None
    calendar: str
    replies: tuple[Row, ...]
    pauses: tuple[Row, ...]
    surveys: tuple[Row, ...]
    ledgers: tuple[TargetLedger, ...]
    participation: tuple[Participation, ...]
    quarantined: tuple[tuple[str, str, int], ...]
    withheld: Mapping[str, str]


def explain(
    collected: Mapping[str, Path],
    validated: Validated,
    settings: Settings,
    ticket: str,
    *,
    as_of: datetime | None,
    run_at: datetime,
) -> Explanation:
    """Everything known of a ticket.

    Args:
        collected: Canonical tables as they came, quarantined rows included.
        validated: The same after validation.
        settings: What the organisation agreed.
        ticket: Its id, with or without the prefix of its source.
        as_of: The moment of knowledge; the newest stamp in the data when left out.
        run_at: The moment of the run.

    Raises:
        ConfigError: There is no such ticket, or several sources have one.
    """
    from evaluation.assessing import withheld_metrics
    from evaluation.facts import derive
    from evaluation.ledger import ledger
    from evaluation.metrics.catalogue import catalogue
    from evaluation.participation import participation
    from tasks.evaluate import newest_stamp, open_tables

    everything = open_tables(collected)
    ticket_id = find_ticket(everything, ticket)
    tables = open_tables(validated.tables)
    cut = as_of or newest_stamp(tables, run_at) or run_at
    facts = derive(tables, settings, cut)
    surveys = _about(tables, "surveys", ticket_id)
    survey_ids = [row["survey_id"] for row in surveys]
    row = next(iter(_about(everything, "tickets", ticket_id)))
    return Explanation(
        ticket=row, events=_in_order(_about(everything, "ticket_events", ticket_id)), cut=cut,
        facts=next(iter(_facts_of(facts, "tickets", ticket_id, "created_at")), None),
        calendar=_calendar(row, settings),
        replies=_facts_of(facts, "replies", ticket_id, "waiting_since"),
        pauses=_facts_of(facts, "pauses", ticket_id, "paused_at"), surveys=surveys,
        ledgers=ledger(tables, settings, cut, [ticket_id]),
        participation=participation(facts, settings, ticket_id, survey_ids),
        quarantined=tuple(_quarantined(validated.quarantine, ticket_id)),
        withheld=withheld_metrics(catalogue(settings), validated.validation),
    )  # fmt: skip


def find_ticket(tables: Tables, ticket: str) -> str:
    """The whole id of the ticket that is meant.

    Raises:
        ConfigError: There is none, or several sources have one.
    """
    if "tickets" not in tables:
        raise ConfigError("no source gives tickets", where="sources", remedy="map the table `tickets` in review.yaml")
    ids = tables["tickets"].select("ticket_id")
    bare = ids.ticket_id.substr(ids.ticket_id.find(":") + 1)
    matching = ids.filter((ids.ticket_id == ticket) | (bare == ticket)).distinct().order_by("ticket_id")
    found = [record["ticket_id"] for record in _records(matching)]
    if ticket in found:
        return ticket
    if len(found) > 1:
        raise ConfigError(
            f"several sources have a ticket {ticket!r}", where="TICKET", remedy=f"write one of: {', '.join(found)}"
        )
    if not found:
        raise ConfigError(f"there is no ticket {ticket!r}", where="TICKET", remedy=_near(ids, ticket))
    return str(found[0])


def _near(ids: ir.Table, ticket: str) -> str:
    import ibis

    bare = ids.ticket_id.substr(ids.ticket_id.find(":") + 1)
    wanted = ibis.literal(ticket)
    distance = ibis.least(ids.ticket_id.levenshtein(wanted), bare.levenshtein(wanted))
    near = ids.mutate(distance=distance).order_by("distance", "ticket_id").limit(3)
    names = [record["ticket_id"] for record in _records(near)]
    return f"did you mean: {', '.join(names)}?" if names else "there are no tickets at all"


def _calendar(row: Row, settings: Settings) -> str:
    from evaluation.ledger.promises import calendar_of

    owner = {"team": row["team_id"], "branch": row["branch_id"], "channel": row["channel_code"]}
    return calendar_of(owner, settings.calendar_for)


def _about(tables: Tables, name: str, ticket_id: str) -> tuple[Row, ...]:
    if name not in tables:
        return ()
    table = tables[name]
    return tuple(_records(table.filter(table.ticket_id == ticket_id)))


def _in_order(events: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(sorted(events, key=lambda event: (event["at"], event["kind"], event["to_value"] or "")))


def _facts_of(facts: Facts, name: str, ticket_id: str, order: str) -> tuple[Row, ...]:
    if name not in facts:
        return ()
    table = facts[name]
    return tuple(_records(table.filter(table.ticket_id == ticket_id).order_by(order)))


def _quarantined(files: Mapping[str, Path], ticket_id: str) -> list[tuple[str, str, int]]:
    import pandas as pd

    found = []
    for name, path in files.items():
        rows = pd.read_parquet(path)
        if "ticket_id" in rows:
            own = rows.loc[rows["ticket_id"] == ticket_id, "quarantine_reason"]
            found += [(name, str(reason), int(count)) for reason, count in own.value_counts().sort_index().items()]
    return found


def _records(table: ir.Table) -> list[dict[str, Any]]:
    return [
        {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in record.items()}
        for record in table.to_pyarrow().to_pylist()
    ]
