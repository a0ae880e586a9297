"""The facts of contacts: whoever turned to the service, by ticket or by telephone, and whether they came back.

A ticket with all its calls is one contact, and so is an inbound call without a ticket. A call about a ticket that an
agent opened is a contact of its own: there the customer did turn to the service. What follows in the thread of a ticket
is no new contact, nor is a ticket that was merged into another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_FLAG, NO_INSTANT, NO_TEXT, instant

if TYPE_CHECKING:
    from datetime import datetime

    from ibis.expr import types as ir

    from evaluation.facts.derivation import Derivation

REACHED = ("answered", "voicemail", "callback")
"""Outcomes of calls that brought a word across; who hung up in the queue or was cut off has yet to say what for."""

_DAY = 86_400_000_000


def contact_facts(given: Derivation) -> Mapping[str, ir.Table]:
    """`contacts`, when there are tickets or calls."""
    tickets, calls = given.kept.get("tickets"), given.kept.get("calls")
    if calls is not None:
        calls = calls.mutate(is_reached=calls.outcome.isin(REACHED).fill_null(False))
    parts = []
    if tickets is not None:
        parts.append(_of_tickets(tickets, given.tables["tickets"], calls))
    if calls is not None:
        parts.append(_of_calls(calls, tickets))
    if not parts:
        return {}
    said = ibis.literal(given.tables.has("tickets", "is_complaint"))
    base = parts[0] if len(parts) == 1 else ibis.union(*parts)
    base = base.mutate(is_complaint=ibis.ifelse(said, base.is_complaint, NO_FLAG))
    base = given.bench.step("contacts", base)
    return {"contacts": ComingBack(given.settings.contacts.repeat_within_days, given.cut).told(base)}


def _of_tickets(tickets: ir.Table, rows: ir.Table, calls: ir.Table | None) -> ir.Table:
    """One row per ticket; it began with the earliest of its calls, when one came before it was opened."""
    complaints = rows.select(row_id="ticket_id", is_complaint="is_complaint")
    table = tickets.left_join(complaints, tickets.ticket_id == complaints.row_id).drop("row_id")
    if calls is None:
        table = table.mutate(called_at=NO_INSTANT, caller=NO_TEXT)
    else:
        linked = calls.filter(calls.ticket_id.notnull() & calls.is_reached).group_by(called_id="ticket_id")
        first = linked.agg(called_at=ibis._.arrived_at.min(), caller=ibis._.requester_id.min())
        table = table.left_join(first, table.ticket_id == first.called_id).drop("called_id")
    called_first = (table.called_at < table.created_at).fill_null(False) & table.exclusion.isnull()
    return table.select(
        contact_id=table.ticket_id,
        kind=ibis.literal("ticket"),
        ticket_id=table.ticket_id,
        requester_id=ibis.coalesce(table.requester_id, table.caller),
        at=ibis.ifelse(called_first, table.called_at, table.created_at),
        is_reached=ibis.literal(True),
        is_complaint=table.is_complaint.fill_null(False),
        solved_at=table.solved_at,
        solved_agent=table.solved_agent,
        is_solved=table.is_solved,
        is_one_touch=table.is_one_touch,
        reply_count=table.reply_count,
        has_events=table.has_events,
        **{name: table[name] for name in (*DIMENSION_COLUMNS, "exclusion")},
    )


def _of_calls(calls: ir.Table, tickets: ir.Table | None) -> ir.Table:
    """One row per inbound call that belongs to no ticket which a requester opened."""
    if tickets is not None:
        by_agents = tickets.filter(tickets.exclusion == "agent_started")
        called = calls.semi_join(by_agents, "ticket_id")
        order = ibis.window(group_by=called.ticket_id, order_by=[~called.is_reached, called.arrived_at, called.call_id])
        first = called.mutate(number=ibis.row_number().over(order)).filter(ibis._.number == 0).drop("number")
        calls = ibis.union(calls.anti_join(tickets, "ticket_id"), first)
    return calls.select(
        contact_id=calls.call_id,
        kind=ibis.literal("call"),
        ticket_id=NO_TEXT,
        requester_id=calls.requester_id,
        at=calls.arrived_at,
        is_reached=calls.is_reached,
        is_complaint=ibis.literal(False),
        solved_at=NO_INSTANT,
        solved_agent=NO_TEXT,
        is_solved=ibis.literal(False),
        is_one_touch=NO_FLAG,
        reply_count=ibis.null("int64"),
        has_events=ibis.literal(False),
        **{name: calls[name] for name in (*DIMENSION_COLUMNS, "exclusion")},
    )


@dataclass(frozen=True)
class ComingBack:
    """Who came back within so many days, as far as it was known at `cut`.

    Attributes:
        within_days: The window: a contact less than so many days after another, or after a solve, is a return.
        cut: The moment the data were taken.
    """

    within_days: float
    cut: datetime

    def told(self, base: ir.Table) -> ir.Table:
        """The contacts with the contact before each of them and the one after its solve, of the same requester.

        Of contacts in the first days of the records nothing is said of what came before.
        """
        marks = _marks(base)
        before = _before(marks.filter(~marks.is_solve))
        after = _after(marks).filter(ibis._.is_solve).drop("is_solve")
        table = base.mutate(began_at=base["at"].min())
        table = table.left_join(before, table.contact_id == before.before_id).drop("before_id")
        table = table.left_join(after, table.contact_id == after.after_id).drop("after_id")
        tells = table.requester_id.notnull() & table.exclusion.isnull() & table.is_reached
        looked_back = tells & ~self._near(table.began_at, table["at"])
        came = self._near(table.previous_at, table["at"])
        followed = self._near(table.solved_at, table.next_at)
        return table.mutate(
            is_repeat_any_topic=ibis.ifelse(looked_back, came, NO_FLAG),
            is_repeat_same_topic=ibis.ifelse(
                looked_back,
                _on_topic(
                    table.topic, came,
                    self._near(table.previous_same_topic_at, table["at"]),
                    self._near(table.previous_untagged_at, table["at"]),
                ),
                NO_FLAG,
            ),
            was_followed=ibis.ifelse(
                tells & table.solved_at.notnull(),
                _on_topic(
                    table.topic, followed,
                    self._near(table.solved_at, table.next_same_topic_at),
                    self._near(table.solved_at, table.next_untagged_at),
                ),
                NO_FLAG,
            ),
            is_window_over=~self._near(table.solved_at, instant(self.cut)),
        )  # fmt: skip

    def _near(self, earlier: ir.Value, later: ir.Value) -> ir.BooleanValue:
        """Whether two instants are less than the window apart; false when there is none."""
        return (later.delta(earlier, unit="microsecond") < round(self.within_days * _DAY)).fill_null(False)


def _on_topic(topic: ir.Value, any_topic: ir.Value, same_topic: ir.Value, untagged: ir.Value) -> ir.Value:
    """Whether there was one on the same topic; null when that hangs on a contact whose topic nobody recorded."""
    unclear = any_topic & (topic.isnull() | untagged)
    return ibis.cases((same_topic, ibis.literal(True)), (unclear, NO_FLAG), else_=ibis.literal(False))


def _marks(base: ir.Table) -> ir.Table:
    """One row per contact and one per solve, of known requesters, to be looked at in the order of time."""
    counted = base.filter(base.requester_id.notnull() & base.exclusion.isnull() & base.is_reached)
    solved = counted.filter(counted.solved_at.notnull())
    columns = ("contact_id", "requester_id", "topic")
    return ibis.union(
        counted.select(*columns, at=counted["at"], contact_at=counted["at"], is_solve=ibis.literal(False)),
        solved.select(*columns, at=solved.solved_at, contact_at=NO_INSTANT, is_solve=ibis.literal(True)),
    )


def _before(marks: ir.Table) -> ir.Table:
    """The contact before each contact: on any topic, on the same topic, without a topic."""
    order = [marks["at"], marks.contact_id]
    own = ibis.window(group_by=marks.requester_id, order_by=order, preceding=(None, 1))
    same = ibis.window(group_by=[marks.requester_id, marks.topic], order_by=order, preceding=(None, 1))
    untagged_at = ibis.ifelse(marks.topic.isnull(), marks.contact_at, NO_INSTANT)
    return marks.select(
        before_id=marks.contact_id,
        previous_at=marks.contact_at.max().over(own),
        previous_same_topic_at=ibis.ifelse(marks.topic.notnull(), marks.contact_at.max().over(same), NO_INSTANT),
        previous_untagged_at=untagged_at.max().over(own),
    )


def _after(marks: ir.Table) -> ir.Table:
    """The contact after each solve; a contact at the very instant of the solve is not after it."""
    order = [marks["at"], marks.is_solve, marks.contact_id]
    own = ibis.window(group_by=marks.requester_id, order_by=order, following=(1, None))
    same = ibis.window(group_by=[marks.requester_id, marks.topic], order_by=order, following=(1, None))
    untagged_at = ibis.ifelse(marks.topic.isnull(), marks.contact_at, NO_INSTANT)
    return marks.select(
        "is_solve",
        after_id=marks.contact_id,
        next_at=marks.contact_at.min().over(own),
        next_same_topic_at=ibis.ifelse(marks.topic.notnull(), marks.contact_at.min().over(same), NO_INSTANT),
        next_untagged_at=untagged_at.min().over(own),
    )
