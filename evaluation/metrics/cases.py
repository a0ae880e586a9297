"""The case sets: rows that several metrics share, their anchor dates and who is credited.

An anchor falls back to the instant at which the case began, so that a case without outcome is undecided in the period
in which it began, and every row lies in exactly one period: decided + undecided + left out = all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metric import Credit
from evaluation.metrics.definition import CaseSet, Expression, Standing

if TYPE_CHECKING:
    from ibis.expr import types as ir


def standing(**conditions: Expression) -> Expression:
    """A `Standing` column from named conditions, the first that holds wins; rows where none holds are no cases.

    Args:
        **conditions: `decided`, `undecided`, `left_out`, `unknown`: conditions on the fact table, null counts as false.
            Their order is that of writing.
    """

    def column(table: ir.Table) -> ir.Value:
        import ibis

        branches = [
            (condition(table), ibis.literal(Standing[name.upper()].value, "int8"))
            for name, condition in conditions.items()
        ]
        return ibis.cases(*branches, else_=ibis.literal(Standing.NO_CASE.value, "int8"))

    return column


def always(table: ir.Table) -> ir.Value:
    """Every row."""
    import ibis

    return ibis.literal(True)


def credited(column: str, when: Expression) -> Expression:
    """Who is credited: `column` when the case is decided by events, else the assignee.

    Finished facts do not say who replied or solved; there the assignee is the nearest that is known.
    """

    def agent(table: ir.Table) -> ir.Value:
        import ibis

        from_events = table.has_events.fill_null(False) & when(table).fill_null(False)
        return ibis.ifelse(from_events, table[column], table.agent)

    return agent


def _assignee(table: ir.Table) -> ir.Value:
    return table.agent


def _first_of(*columns: str) -> Expression:
    def anchor(table: ir.Table) -> ir.Value:
        import ibis

        return ibis.coalesce(*(table[column] for column in columns))

    return anchor


CREATED = CaseSet(id="created", table="tickets", anchor=_first_of("created_at"), agent=_assignee, credit=Credit.TICKET)

FIRST_CONTACTS = CaseSet(
    id="first_contacts",
    table="tickets",
    anchor=_first_of("clock_started_at", "created_at"),
    agent=_assignee,
    credit=Credit.TICKET,
)

FIRST_RESPONSES = CaseSet(
    id="first_responses",
    table="tickets",
    anchor=_first_of("first_response_at", "clock_started_at", "created_at"),
    agent=credited("first_response_agent", lambda table: table.first_response_state == "responded"),
    credit=Credit.FIRST_REPLY,
)

SOLVES = CaseSet(
    id="solves",
    table="tickets",
    anchor=_first_of("solved_at", "created_at"),
    agent=credited("solved_agent", lambda table: table.solved_at.notnull()),
    credit=Credit.SOLUTION,
)

FIRST_SOLVES = CaseSet(
    id="first_solves",
    table="tickets",
    anchor=_first_of("first_solved_at", "created_at"),
    agent=credited("first_solved_agent", lambda table: table.first_solved_at.notnull()),
    credit=Credit.SOLUTION,
)

REPLIES = CaseSet(
    id="replies", table="replies", anchor=_first_of("replied_at", "waiting_since"), agent=_assignee, credit=Credit.REPLY
)

TARGETS = CaseSet(
    id="targets", table="targets", anchor=_first_of("decided_at", "applied_at"), agent=_assignee, credit=Credit.TARGET
)

ANSWERS = CaseSet(id="answers", table="surveys", anchor=_first_of("answered_at"), agent=_assignee, credit=Credit.RATING)

ASKED = CaseSet(id="asked", table="surveys", anchor=_first_of("asked_at"), agent=_assignee, credit=Credit.RATING)

CONTACTS = CaseSet(id="contacts", table="contacts", anchor=_first_of("at"), agent=_assignee, credit=Credit.CONTACT)

CONTACT_SOLVES = CaseSet(
    id="contact_solves",
    table="contacts",
    anchor=_first_of("solved_at", "at"),
    agent=credited("solved_agent", lambda table: table.solved_at.notnull()),
    credit=Credit.SOLUTION,
)

RETURNS = CaseSet(id="returns", table="returns", anchor=_first_of("at"), agent=_assignee, credit=Credit.TICKET)
