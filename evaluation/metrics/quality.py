"""Quality: solved at once, solved for good, and how many messages it took."""

from __future__ import annotations

from evaluation.metric import Better, Clock, Kind, Metric, Pillar, Unit
from evaluation.metrics.cases import SOLVES, standing
from evaluation.metrics.definition import AnyDefinition, Definition, Summary

ONE_TOUCH_RATE = Metric(
    id="one_touch_rate",
    label="One-touch rate",
    pillar=Pillar.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    population="Solved tickets with at least one public reply by a human agent; tickets handled by a bot alone are "
    "left out.",
    anchor="the last solve",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Solved tickets that took exactly one public message by an agent and no reopening that needed another. "
    "Messages sent in one sitting are one message.",
    source="Zendesk: one-touch tickets; HDI: first contact resolution, ticket form",
    requires=("ticket_events.at", "ticket_events.kind", "ticket_events.actor_kind", "tickets.reply_count"),
)

REOPEN_RATE = Metric(
    id="reopen_rate",
    label="Reopen rate",
    pillar=Pillar.QUALITY,
    unit=Unit.SHARE,
    better=Better.LOWER,
    population="Tickets that were solved or closed when the data were taken. Tickets reopened and still open are "
    "undecided.",
    anchor="the last solve",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Solved tickets that the customer had reopened after an earlier solve, as a share of the tickets solved "
    "in the period. Corrections by an agent are not reopenings.",
    source="HDI: reopen rate; ITIL 4, incident management",
    requires=("ticket_events.at", "ticket_events.kind", "ticket_events.actor_kind", "tickets.reopen_count"),
)

CORRECTION_RATE = Metric(
    id="correction_rate",
    label="Correction rate",
    pillar=Pillar.QUALITY,
    unit=Unit.SHARE,
    better=Better.NEUTRAL,
    population="Tickets that were solved or closed when the data were taken. Tickets corrected and still open are "
    "undecided; where it is not recorded who opened a ticket again, it is counted apart.",
    anchor="the last solve",
    clock=Clock.NONE,
    kind=Kind.SHARE,
    statistic="value",
    minimum_sample=30,
    definition="Solved tickets that an agent had opened again after an earlier solve without the customer asking, as a "
    "share of the tickets solved in the period. Neither good nor bad: solved too early, but noticed before the "
    "customer did.",
    source="The agents' side of the reopen rate (HDI)",
    requires=("ticket_events.at", "ticket_events.kind", "ticket_events.actor_kind"),
)

REPLIES_PER_SOLVED = Metric(
    id="replies_per_solved",
    label="Replies per solved ticket",
    pillar=Pillar.QUALITY,
    unit=Unit.RATIO,
    better=Better.LOWER,
    population="Tickets that were solved or closed when the data were taken, those without a reply included.",
    anchor="the last solve",
    clock=Clock.NONE,
    kind=Kind.MEAN,
    statistic="mean",
    minimum_sample=30,
    definition="How many public messages by agents a solved ticket took, on average. Messages sent in one sitting are "
    "one message.",
    source="Zendesk: agent replies per ticket",
    requires=("ticket_events.at", "ticket_events.kind", "ticket_events.actor_kind", "tickets.reply_count"),
)

DEFINITIONS: tuple[AnyDefinition, ...] = (
    Definition(
        metric=ONE_TOUCH_RATE,
        cases=SOLVES,
        standing=standing(
            left_out=lambda table: table.is_solved & table.solved_at.notnull() & (table.reply_count == 0),
            decided=lambda table: table.is_solved & table.solved_at.notnull() & table.is_one_touch.notnull(),
            unknown=lambda table: table.is_solved,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.is_one_touch,
    ),
    Definition(
        metric=REOPEN_RATE,
        cases=SOLVES,
        standing=standing(
            decided=lambda table: table.is_solved & table.solved_at.notnull() & table.reopen_count.notnull(),
            unknown=lambda table: table.is_solved,
            undecided=lambda table: table.reopen_count > 0,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.reopen_count > 0,
    ),
    Definition(
        metric=CORRECTION_RATE,
        cases=SOLVES,
        standing=standing(
            decided=lambda table: table.is_solved & table.solved_at.notnull() & table.correction_count.notnull(),
            unknown=lambda table: table.is_solved,
            undecided=lambda table: table.correction_count > 0,
        ),
        summary=Summary.SHARE,
        amount=lambda table: table.correction_count > 0,
    ),
    Definition(
        metric=REPLIES_PER_SOLVED,
        cases=SOLVES,
        standing=standing(
            decided=lambda table: table.is_solved & table.solved_at.notnull() & table.reply_count.notnull(),
            unknown=lambda table: table.is_solved,
        ),
        summary=Summary.MEAN,
        amount=lambda table: table.reply_count,
    ),
)
"""The quality metrics."""
