"""Clocks that stand still: how many seconds ran in each state, and where the promised ones ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.facts.vocabulary import NO_INSTANT, NO_NUMBER, NO_TEXT, instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.targets import Promises

PLEDGE = ("ticket_id", "target", "applied_at", "policy", "target_seconds", "clock", "calendar", "fulfilled_at",
          "ended_at", "resumed_at", "left", "agent")  # fmt: skip
"""What is judged: a promise, when it was fulfilled or ended, and the seconds left of it at `resumed_at`."""


def measured(promises: Promises, bounded: ir.Table, name: str, keys: tuple[str, ...]) -> ir.Table:
    """Spans with `used` (seconds of their own clock that ran in them) and `used_before` (in earlier spans of `keys`).

    Args:
        promises: The run's promises.
        bounded: `keys`, `ticket_id`, `sequence`, `calendar`, `clock`, `since`, `ends`, `until`, `is_paused`, `runs`.
        name: Of the kept table.
        keys: What one clock is: a ticket, or a ticket and a turn.
    """
    live = bounded.filter(bounded.runs | bounded.is_paused)
    timed = promises.clock.with_durations(live, {"span": ("since", "ends")})
    own = ibis.ifelse(timed.clock == "calendar", timed.span_calendar_seconds, timed.span_business_seconds)
    used = timed.mutate(used=ibis.ifelse(timed.runs, own, 0.0))
    window = ibis.window(
        group_by=[used[key] for key in keys], order_by=used.sequence, preceding=None, following=0
    )  # fmt: skip
    return promises.clock.bench.step(name, used.mutate(used_before=used.used.sum().over(window) - used.used))


def running_time(spans: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """One row per clock: the seconds that ran in all, whether it ever ran, and whether it runs at cut."""
    runs_now = spans.runs & spans.until.isnull()
    ran = spans.runs & (spans.ends > spans.since)
    return spans.group_by(*keys).agg(
        used_in_all=spans.used.sum(), ran=(ran | runs_now).any(), runs_now=runs_now.any()
    )  # fmt: skip


def used_up(owed: ir.Table, spans: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """The span in which the promised seconds ran out, for the clocks in which they did."""
    within = spans.inner_join(owed.select(*keys, "target_seconds"), list(keys))
    ran_out = (within.used_before <= within.target_seconds) & (within.used_before + within.used > within.target_seconds)
    return within.filter(ran_out).select(*keys, used_up_since="since", used_until="used_before")


def pledged(promises: Promises, table: ir.Table) -> ir.Table:
    """The pledges of clocks that may stand still, from their promise, `running_time` and `used_up`.

    The due moment lies in the span in which the promised seconds were used up. While some are left it is when they
    would be, counted from `stopped_at` or from cut; a clock that stands still at cut has none yet.
    """
    left = table.target_seconds - table.used_until.fill_null(table.used_in_all.fill_null(0.0))
    resumes = ibis.coalesce(table.used_up_since, table.stopped_at, instant(promises.clock.cut))
    stands_still = table.used_up_since.isnull() & table.stopped_at.isnull() & ~table.runs_now.fill_null(False)
    pledges = table.mutate(
        policy=ibis.ifelse(table.is_decidable, table.policy, NO_TEXT),
        target_seconds=ibis.ifelse(table.is_decidable, table.target_seconds, NO_NUMBER),
        resumed_at=ibis.ifelse(table.is_decidable & ~stands_still, resumes, NO_INSTANT),
        left=left,
    )
    return pledges.select(*PLEDGE)
