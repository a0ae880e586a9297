"""The events of every ticket in their order, each with what had happened by then.

Order within a ticket: instant; then, at one instant, the kind of event in the order of `RANKS` (what describes a ticket
before what is said, a question before its answer, words before the status they lead to); then the status later in a
ticket's life; then the actor. Nothing else of an event can change a fact, so the order of rows in a file cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from evaluation.facts.vocabulary import (
    FINALLY_SOLVED,
    LIVE,
    MERGED,
    NO_TEXT,
    RADIX,
    STATE,
    code_of,
    flag,
    later,
    so_far,
    until_then,
)
from evaluation.fields import ACTORS

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.workbench import Workbench

RANKS = {
    "created": 0,
    "requester_message": 1,
    "bot_handoff": 2,
    "public_reply": 3,
    "status": 4,
    "row_status": 5,
    "merged": 6,
}
"""Order of events at one instant. A `row_status` is the status in the ticket's own row, known only at the end."""


def play(bench: Workbench, events: ir.Table, story: ir.Table) -> ir.Table:
    """The played events of all tickets, without those after a merge.

    Columns: `ticket_id`, `at`, `sequence` (1, 2, … in the ticket), `opens` (a message that waits for a reply),
    `is_message`, `is_quiet`, `hands_off`, `answers` (a human's public reply), `actor_kind`, `actor_id`; `turn` (how
    many replies before it), `needed_sequence` and `quiet_sequence` (the last message that needs a reply, and that needs
    none), `answer_sequence` (the last reply), `state` and `signal_sequence` (the state after it, and the event that set
    it), `was` (the state before it), `is_waiting` (a message waits for a reply after it).
    """
    acts = ibis.union(_from_events(events, story), *_from_rows(story))
    order = [acts["at"], acts.key, acts.actor_id.fill_null("")]
    number = ibis.row_number().over(group_by=acts.ticket_id, order_by=order)
    numbered = bench.step("numbered", acts.mutate(sequence=number.cast("int64") + 1).drop("key"))
    return bench.step("played", _with_state(bench.step("running", _with_running(numbered))))


def _from_events(events: ir.Table, story: ir.Table) -> ir.Table:
    kinds = ("requester_message", "bot_handoff", "status", "merged")
    told = events.filter(events.is_visible & (events.kind.isin(kinds) | events.is_human_reply))
    known = told.inner_join(story.select("ticket_id", "created_at", "agent_opening_at"), "ticket_id")
    opening = known.is_human_reply & (known["at"] == known.agent_opening_at).fill_null(False)
    code = ibis.cases((known.kind == "status", code_of(known.to_value)), (known.kind == "merged", MERGED))
    return _act(
        known,
        at=ibis.ifelse(code.notnull(), later(known["at"], known.created_at), known["at"]),
        rank=ibis.cases(*[(known.kind == kind, rank) for kind, rank in RANKS.items()]),
        code=code,
        opens=flag(known.is_message & ~known.is_quiet),
        is_message=flag(known.is_message),
        is_quiet=flag(known.is_quiet),
        hands_off=flag(known.kind == "bot_handoff"),
        answers=flag(known.is_human_reply & ~opening),
        actor=ibis.cases(*[(known.actor_kind == name, number) for number, name in enumerate(ACTORS, 1)], else_=0),
        actor_kind=known.actor_kind,
        actor_id=known.actor_id,
    )


def _from_rows(story: ir.Table) -> list[ir.Table]:
    replied = story.filter(story.row_reply_at.notnull())
    solved = story.filter(story.row_solved_at.notnull())
    closed = story.filter(story.row_closed_at.notnull())
    merged = story.filter(story.row_merged_at.notnull())
    ended = story.filter(story.row_status.notnull() & (story.row_status != "new"))
    for_good = ibis.ifelse(solved.row_is_done, FINALLY_SOLVED, STATE["solved"])
    last_code = ibis.ifelse(ended.row_status == "solved", FINALLY_SOLVED, code_of(ended.row_status))
    return [
        _act(story, at=story.created_at, rank=0, code=STATE["new"], opens=flag(story.opening_is_implied)),
        _act(replied, at=replied.row_reply_at, rank=RANKS["public_reply"], answers=1),
        _act(solved, at=solved.row_solved_at, rank=RANKS["status"], code=for_good),
        _act(closed, at=closed.row_closed_at, rank=RANKS["status"], code=STATE["closed"]),
        _act(ended, at=ended.last_known_at, rank=RANKS["row_status"], code=last_code),
        _act(merged, at=merged.row_merged_at, rank=RANKS["merged"], code=MERGED),
    ]


_NUMBERS = ("rank", "code", "opens", "is_message", "is_quiet", "hands_off", "answers")


def _act(table: ir.Table, *, at: ir.TimestampColumn, **columns: Any) -> ir.Table:
    """One event in the common shape; what is not said is nothing."""
    nothing = ibis.null("int64")
    said = {name: columns.get(name, nothing if name == "code" else 0) for name in _NUMBERS}
    numbers = {name: ibis.literal(value) if isinstance(value, int) else value for name, value in said.items()}
    key = (numbers["rank"] * RADIX + numbers["code"].fill_null(0)) * 2 + numbers["is_quiet"]
    return table.select(
        table.ticket_id,
        at=at,
        actor_kind=columns.get("actor_kind", NO_TEXT),
        actor_id=columns.get("actor_id", NO_TEXT),
        key=(key * RADIX + columns.get("actor", 0)).cast("int64"),
        **{name: value.cast("int64") for name, value in numbers.items()},
    )


def _with_running(acts: ir.Table) -> ir.Table:
    """What had happened by each event; events after the merge are gone."""
    window = so_far(acts)
    here = acts.sequence
    running = acts.mutate(
        turn=(acts.answers.sum().over(window) - acts.answers).cast("int64"),
        merges_before=(flag(acts.code == MERGED).sum().over(window) - flag(acts.code == MERGED)).cast("int64"),
        told_state=(here * RADIX + acts.code).max().over(window),
        needed_sequence=ibis.ifelse(acts.opens == 1, here, ibis.null("int64")).max().over(window),
        quiet_sequence=ibis.ifelse(acts.is_quiet == 1, here, ibis.null("int64")).max().over(window),
        answer_sequence=ibis.ifelse(acts.answers == 1, here, ibis.null("int64")).max().over(window),
    )
    return running.filter(running.merges_before == 0).drop("merges_before")


def _with_state(running: ir.Table) -> ir.Table:
    """The state after each event.

    Besides what statuses say: a message that needs a reply reopens a solved ticket (not a closed one), and the first
    human reply opens a new one. Before its creation a ticket has no state, whatever was said by then.
    """
    told = running.told_state % RADIX
    answered_before = (running.rank == RANKS["created"]) & running.answer_sequence.notnull()
    signal = ibis.cases(
        (answered_before, STATE["open"]),
        (running.code.notnull(), running.code),
        ((running.opens == 1) & (told == STATE["solved"]), STATE["open"]),
        ((running.answers == 1) & (told == STATE["new"]), STATE["open"]),
        else_=ibis.null("int64"),
    )
    signals = (running.sequence * RADIX + signal.cast("int64")).max()
    # the state before as a second frame of one window: the state of the row before would sort all events once more
    stated = running.mutate(last=signals.over(so_far(running)), before=signals.over(until_then(running)))
    state = (stated["last"] % RADIX).cast("int64")
    signalled = stated.mutate(
        state=state,
        signal_sequence=(stated["last"] - stated["last"] % RADIX) // RADIX,
        is_waiting=stated.needed_sequence.notnull() & (stated.needed_sequence > stated.answer_sequence.fill_null(0)),
        was=(stated.before % RADIX).cast("int64"),
    )
    return signalled.drop("last", "before", "told_state")


def whose_turn(played: ir.Table) -> ir.StringColumn:
    """Whose turn it is after each event; nobody's once the ticket is done or removed.

    Pending waits for the requester and on hold for a third party, as the help desk says. New and open wait for an agent
    while a message waits or when `open` was set after the last reply; otherwise the agent had the last word.
    """
    reset = (played.state == STATE["open"]) & (played.signal_sequence > played.answer_sequence.fill_null(0))
    return ibis.cases(
        (played.state == STATE["pending"], "requester"),
        (played.state == STATE["on_hold"], "third_party"),
        (played.state.isin(LIVE) & (played.is_waiting | reset), "agent"),
        (played.state.isin(LIVE), "requester"),
        else_=NO_TEXT,
    )
