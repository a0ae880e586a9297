"""Waits for a reply: from the oldest unanswered message to the next public reply by a human."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.facts.vocabulary import later

if TYPE_CHECKING:
    from ibis.expr import types as ir


def waits(played: ir.Table) -> ir.Table:
    """One row per wait, answered or not.

    Several messages in a row are one wait, an agent's message with nothing waiting is none. The agents' clock
    (`waiting_since`) starts at the oldest message, or at the first hand-off by the bot after it (one before it had
    nothing to hand over); the requester's own wait (`asked_at`) starts at the message either way.
    """
    said = played.filter((played.opens == 1) | (played.hands_off == 1) | (played.answers == 1))
    turns = said.group_by("ticket_id", "turn").agg(
        asked_at=said["at"].min(where=said.opens == 1),
        handed_off_at=said["at"].min(where=(said.hands_off == 1) & said.is_waiting),
        replied_at=said["at"].max(where=said.answers == 1),
        author=said.actor_id.max(where=said.answers == 1),
    )
    asked = turns.filter(turns.asked_at.notnull())
    return asked.mutate(
        waiting_since=later(asked.asked_at, asked.handed_off_at),
        is_first=asked.turn == asked.turn.min().over(ibis.window(group_by=asked.ticket_id)),
    ).drop("handed_off_at")


def replies_sent(played: ir.Table, sitting_minutes: float) -> ir.Table:
    """One row per ticket with human replies: how many, bubbles of one sitting counted once.

    A sitting is one author's messages each less than `sitting_minutes` after the one before; what others write between
    does not end it.
    """
    answers = sittings(played, sitting_minutes)
    return answers.group_by("ticket_id").agg(
        replies=answers.begins.sum().cast("int64"),
        first_answer=answers.sequence.min(),
        last_answer=answers.sequence.max(),
    )


def sittings(played: ir.Table, sitting_minutes: float) -> ir.Table:
    """The human replies; `begins` is false for those that go on with a sitting of their author."""
    answers = played.filter(played.answers == 1)
    own = ibis.window(group_by=[answers.ticket_id, answers.actor_id.fill_null("")], order_by=answers.sequence)
    spaced = answers.mutate(gap=answers["at"].delta(answers["at"].lag().over(own), unit="microsecond"))
    return spaced.mutate(begins=(spaced.gap >= round(sitting_minutes * 60_000_000)).fill_null(True)).drop("gap")


def messages_received(played: ir.Table) -> ir.Table:
    """One row per ticket with messages by the requester that are events: how many, and the first."""
    messages = played.filter(played.is_message == 1)
    return messages.group_by("ticket_id").agg(
        messages=messages.count().cast("int64"), first_message=messages.sequence.min()
    )
