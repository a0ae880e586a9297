"""States of tickets as intervals, and the solves and reopens between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.facts.playing import whose_turn
from evaluation.facts.vocabulary import DONE, LIVE, NO_TEXT, RADIX, REMOVED, in_order, label_of, so_far

if TYPE_CHECKING:
    from ibis.expr import types as ir


def intervals(played: ir.Table) -> ir.Table:
    """One row per span in which state and turn stay the same; `until` is null for the last.

    A state that lasted no time is not there: at its instant another one already held.
    """
    created = played.filter(played.state.notnull())
    said = created.mutate(whose=whose_turn(created))
    before = said.mutate(whose_before=said.whose.lag().over(in_order(said)))
    changed = before.filter(
        before.was.isnull()
        | (before.was != before.state)
        | (before.whose.fill_null("") != before.whose_before.fill_null(""))
    )
    spans = changed.mutate(until=changed["at"].lead().over(in_order(changed)))
    lasting = spans.filter(spans.until.isnull() | (spans.until > spans["at"]))
    return lasting.select(
        "ticket_id", "at", "until", "sequence",
        code=lasting.state,
        state=label_of(lasting.state),
        is_open=lasting.state.isin(LIVE),
        turn=lasting.whose,
    )  # fmt: skip


def turning_points(played: ir.Table) -> ir.Table:
    """One row per solve and reopen, in order.

    Closed after solved is no second solve. A reopen is the requester's when a message that needs a reply came since the
    solve, or when the requester changed the status and did not merely say thanks. Otherwise, by an agent's hand it is a
    correction, and a reopen of which it is not said by whom might be one.
    """
    is_done, was_done = played.state.isin(DONE).fill_null(False), played.was.isin(DONE).fill_null(False)
    turns = played.mutate(is_solve=is_done & ~was_done, is_reopen=was_done & played.state.isin(LIVE))
    turns = turns.filter(turns.is_solve | turns.is_reopen)
    last_solve = ibis.ifelse(turns.is_solve, turns.sequence, ibis.null("int64")).max().over(so_far(turns))
    known = turns.mutate(solve_sequence=last_solve)
    asked = (known.needed_sequence > known.solve_sequence).fill_null(False)
    thanked = (known.quiet_sequence > known.solve_sequence).fill_null(False)
    by_requester = (known.actor_kind == "requester").fill_null(False)
    is_requesters = known.is_reopen & (asked | (by_requester & ~thanked))
    others = known.is_reopen & ~is_requesters
    return known.mutate(
        is_requesters=is_requesters,
        is_correction=others & (known.actor_kind == "agent").fill_null(False),
        is_anybodys=others & known.actor_kind.isnull(),
    )


def endings(points: ir.Table, played: ir.Table) -> ir.Table:
    """One row per ticket that was ever solved: first and last solve, who was at each of them, and reopens."""
    solves = points.filter(points.is_solve)
    from_first, from_last = (
        ibis.row_number().over(ibis.window(group_by=solves.ticket_id, order_by=order))
        for order in (solves.sequence, solves.sequence.desc())
    )
    ranked = solves.mutate(is_first=from_first == 0, is_last=from_last == 0)
    outer = ranked.filter(ranked.is_first | ranked.is_last)
    answers = played.filter(played.answers == 1).select("ticket_id", answer_sequence="sequence", replier="actor_id")
    named = outer.left_join(answers, ["ticket_id", "answer_sequence"])
    solver = ibis.ifelse(named.actor_kind == "agent", named.actor_id, NO_TEXT)
    ends = named.group_by("ticket_id").agg(
        last_solved_at=named["at"].max(),
        first_replier=named.replier.max(where=named.is_first),
        first_solver=solver.max(where=named.is_first),
        replier=named.replier.max(where=named.is_last),
        solver=solver.max(where=named.is_last),
    )
    counted = points.group_by("ticket_id").agg(
        first_solved_at=points["at"].min(where=points.is_solve),
        solves=points.is_solve.sum().cast("int64"),
        reopens=points.is_requesters.sum().cast("int64"),
        corrections=points.is_correction.sum().cast("int64"),
        anybodys_reopens=points.is_anybodys.sum().cast("int64"),
        first_reopen=points.sequence.min(where=points.is_requesters),
    )
    return counted.inner_join(ends, "ticket_id")


def last_states(played: ir.Table) -> ir.Table:
    """One row per ticket: the number of its state at cut, and when it was last removed."""
    removed = played.state.isin(REMOVED) & ~played.was.isin(REMOVED).fill_null(False)
    return played.group_by("ticket_id").agg(
        code=(played.sequence * RADIX + played.state).max() % RADIX,
        removed_at=played["at"].max(where=removed),
    )
