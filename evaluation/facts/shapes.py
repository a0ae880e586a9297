"""The fact tables and their columns: what metrics may read.

Every duration has both clocks (`_business_seconds`, `_calendar_seconds`). Instants are UTC. Every table carries the
dimensions of its own cases (`channel`, `team`, `branch`, `topic`, `priority`, `agent`; null = unassigned) so that a
metric never joins, and `exclusion` (null, or the first reason of `EXCLUSIONS` that applies): excluded rows stay in the
table so that they can be counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr import types as ir

EXCLUSIONS = (
    "spam", "test", "merged", "deleted", "agent_started", "quarantined", "correction", "outside_population",
    "duplicate",
)  # fmt: skip
"""Reasons for leaving a case out of the figures, in the order in which they are given; only reviews are duplicates."""

DIMENSION_COLUMNS = ("channel", "team", "branch", "topic", "priority", "agent")

FACT_COLUMNS: MappingProxyType[str, MappingProxyType[str, str]] = MappingProxyType(
    {
        "tickets": MappingProxyType(
            {
                "ticket_id": "key",
                "requester_id": "who asked; null = anonymous",
                "created_at": "when the ticket was created",
                "clock_started_at": "first requester message, or the bot's hand-off; the response clock starts here",
                "first_response_at": "first public reply by a human agent before cut",
                "first_response_agent": "its author (null when only finished facts were given)",
                "first_response_due_at": "when the promised first response fell or falls due; null = none was promised",
                "ended_unanswered_at": "solved, closed or removed without a first response; null = it was not",
                "first_response_state": "responded | pending | not_applicable (ended unanswered); null = not recorded",
                "first_response_business_seconds": "null unless responded",
                "first_response_calendar_seconds": "null unless responded",
                "first_wait_business_seconds": "from the very first requester message, bots or not, to the reply",
                "first_wait_calendar_seconds": "the same round the clock",
                "requester_wait_business_seconds": "in new, open and on-hold until solved or merged; so far when open",
                "requester_wait_calendar_seconds": "the same round the clock",
                "first_solved_at": "first solve before cut",
                "first_solved_agent": "assignee at the first solve",
                "solved_at": "last solve before cut, null when reopened and open at cut",
                "solved_agent": "assignee at the last solve; the metric's `agent`, when credited by resolution",
                "is_solved": "solved or closed at cut",
                "first_resolution_business_seconds": "creation to first solve",
                "first_resolution_calendar_seconds": "creation to first solve",
                "full_resolution_business_seconds": "creation to last solve, when solved at cut",
                "full_resolution_calendar_seconds": "creation to last solve, when solved at cut",
                "reply_count": "public human messages, one sitting (30 min, same author) once; null = not recorded",
                "requester_message_count": "messages by the requester",
                "reopen_count": "reopens by the requester after a solve; null = not recorded",
                "correction_count": "reopens by an agent of one's own accord; null = not recorded, or not by whom",
                "is_one_touch": "solved at cut with reply_count = 1 and no reopen followed by another reply",
                "has_events": "derived by replay; false = finished facts handed over by the source",
                "policy": "SLA policy in force when it was created; null = none",
                "paused_business_seconds": "time in statuses that pause, before the last solve or cut",
                "transfer_count": "changes of holder after the first, up to the last solve; null = not recorded",
                "was_escalated": "priority raised, or handed over to an escalation team, by then; null = not recorded",
            }
        ),
        "replies": MappingProxyType(
            {
                "ticket_id": "the ticket",
                "waiting_since": "oldest requester message not yet answered",
                "replied_at": "the public human reply that answered it",
                "wait_business_seconds": "next-reply wait",
                "wait_calendar_seconds": "next-reply wait",
                "is_first": "the ticket's first response",
            }
        ),
        "targets": MappingProxyType(
            {
                "ticket_id": "the ticket",
                "policy": "SLA policy in force when the target was applied; null = none matched",
                "target": "first_response | next_reply | periodic_update | resolution",
                "applied_at": "when the clock of the target started",
                "target_seconds": "promised seconds, on the policy's clock",
                "due_at": "instant at which it falls due, pauses included",
                "fulfilled_at": "instant at which it was fulfilled; null = not yet",
                "ended_at": "instant at which the ticket ended without it; null = it did not, or it was fulfilled",
                "decided_at": "the anchor: fulfilled or fell due, whichever came first; null = undecided at cut",
                "state": "met | missed | undecided | not_applicable",
                "standing": "met | missed | past_due (missed, still open) | active (undecided) | not_applicable",
                "overdue_business_seconds": "how far past due at cut, for open missed targets",
            }
        ),
        "states": MappingProxyType(
            {
                "ticket_id": "the ticket",
                "at": "first instant of the state",
                "until": "first instant after it; null = still so at cut",
                "state": "new | open | pending | on_hold | solved | closed | removed (merged, deleted)",
                "is_open": "counts into the backlog (new, open, pending, on_hold)",
                "turn": "agent | requester | third_party: whose turn it is",
            }
        ),
        "pauses": MappingProxyType(
            {
                "ticket_id": "the ticket; `agent` is who set the pause, else the ticket's",
                "policy": "SLA policy of the ticket's resolution, which says what pauses",
                "status": "pending | on_hold",
                "paused_at": "first instant of the pause",
                "resumed_at": "first instant after it; null = still paused at cut",
                "business_seconds": "how long it lasted, to cut when it still lasts",
                "left_seconds": "seconds of the promised solution left when it began; null = past due, not promised",
                "is_last_minute": "it began with no more left than the policy's `late_pause`",
                "written_at": "the requester's first message during it that did not resume the clock; null = none",
            }
        ),
        "contacts": MappingProxyType(
            {
                "contact_id": "the ticket, with all its calls, or the inbound call without one",
                "kind": "ticket | call",
                "ticket_id": "the ticket; null for calls",
                "requester_id": "who turned to the service; null = anonymous",
                "at": "when: the ticket's creation, or its first call when that came before",
                "is_reached": "false for calls that were abandoned or failed: they are no contact yet",
                "is_complaint": "the requester complains; null = the source does not say",
                "solved_at": "last solve of the ticket before cut; null for calls",
                "solved_agent": "assignee at the solve",
                "is_solved": "solved or closed at cut",
                "is_one_touch": "as in tickets; null for calls",
                "reply_count": "as in tickets; null for calls",
                "has_events": "as in tickets; false for calls",
                "previous_at": "the contact before, of the same requester",
                "previous_same_topic_at": "the one before on the same topic",
                "is_repeat_any_topic": "the one before is nearer than the window; null = cannot be told",
                "is_repeat_same_topic": "the same on its own topic; null = cannot be told",
                "next_at": "the first contact of the same requester after the solve",
                "next_same_topic_at": "the first on the same topic after the solve",
                "was_followed": "one on the same topic came within the window after the solve; null = cannot be told",
                "is_window_over": "the window after the solve had ended at cut",
            }
        ),
        "customers": MappingProxyType(
            {
                "customer_id": "whose stay; spells that touch are one stay",
                "started_at": "first instant of the stay",
                "ended_at": "first instant after it; null = still a customer at cut",
                "segment": "as in the last spell",
            }
        ),
        "returns": MappingProxyType(
            {
                "return_id": "key",
                "at": "when it came back",
                "customer_id": "whose return",
                "ticket_id": "the ticket about it; its dimensions are the return's",
                "reason": "in the source's words",
                "amount": "currency",
            }
        ),
        "calls": MappingProxyType(
            {
                "call_id": "key: the inbound call, of a transferred one its first leg",
                "ticket_id": "the ticket that it is about",
                "requester_id": "who called; null = unknown",
                "arrived_at": "when the caller entered the queue; of one who never did, when the call began",
                "answered_at": "when the first agent answered",
                "outcome": "answered | abandoned | short_abandoned | voicemail | callback | failed | before_queue; "
                "null = not over at cut",
                "was_queued": "entered the queue: offered to the agents",
                "is_inside_hours": "its calendar was open when it arrived",
                "is_counted": "enters the figures of the queue: inside hours, or the others count as well",
                "wait_seconds": "in the queue, until answered, given up or ended; null = not known",
                "talk_seconds": "of all answered legs",
                "hold_seconds": "of all answered legs; not recorded = part of the talk",
                "wrap_seconds": "work after all answered legs, no longer than the cap each",
                "handle_seconds": "talk, hold and wrap; null = not answered, or one of them not known",
                "is_wrap_capped": "the work after a leg had no end or was longer than the cap",
                "leg_count": "1, or more when it was transferred",
                "service_level_seconds": "threshold in force when it arrived",
                "short_abandon_seconds": "longest wait of a caller who hardly waited, in force when it arrived",
            }
        ),
        "call_legs": MappingProxyType(
            {
                "call_id": "key: one answered leg; `agent` is who answered it",
                "whole_call_id": "the call that it is part of",
                "arrived_at": "when the whole call arrived",
                "answered_at": "when this leg was answered",
                "talk_seconds": "of this leg",
                "hold_seconds": "of this leg",
                "wrap_seconds": "of this leg",
                "handle_seconds": "of this leg",
                "is_wrap_capped": "the work after this leg had no end or was longer than the cap",
            }
        ),
        "arrivals": MappingProxyType(
            {
                "arrival_id": "the ticket or the call; a telephone ticket with an inbound call is that call",
                "kind": "ticket | call",
                "arrived_at": "when the ticket was created, or the caller entered the queue",
                "is_inside_hours": "its own calendar was open then",
                "is_in_service_hours": "the default calendar was open then",
                "was_answered": "by a human agent, at any time before cut; null = not decided",
                "is_answer_known": "whether the source says what became of it",
            }
        ),
        "open_hours": MappingProxyType({"at": "when a whole hour of the default calendar's open time began"}),
        "surveys": MappingProxyType(
            {
                "survey_id": "key",
                "kind": "csat | nps | ces | form",
                "asked_at": "when sent; equals answered_at when the source does not say",
                "answered_at": "when the survey was answered; null = not before cut; of a re-rated one the latest "
                "with a score",
                "first_answered_at": "of a re-rated survey the first",
                "is_asking_known": "whether the source says when it was sent",
                "score": "answer, turned when the item is reversed; null = no answer",
                "first_score": "of a re-rated survey the first answer; the same as `score` when it was rated once",
                "scale_min": "lowest point",
                "scale_max": "highest point",
                "weight": "respondents it stands for; 1 when the survey has none",
                "has_weight": "whether the source gave weights",
                "comment": "free comment",
                "requester_id": "who answered; unless the source says so, who called or wrote; null = unknown",
                "ticket_id": "the ticket that it is about, or that of its call; null = none",
                "is_linked": "asked about one ticket or call; false = about the relation as a whole",
                "is_suppressed": "due and not sent",
            }
        ),
        "reviews": MappingProxyType(
            {
                "review_id": "key",
                "site": "where it was posted",
                "posted_at": "when it was first posted",
                "rating": "stars or points of its latest version; null = words only",
                "scale_min": "lowest point of its scale: 1 unless the source says otherwise, 0 on a scale up to 1",
                "scale_max": "highest point of its scale; null = not known",
                "sentiment": "positive | neutral | negative, by the rating's place on its scale; null = not rated",
                "replied_at": "first public answer to any of its versions; null = not answered before cut",
                "answer_business_seconds": "from the first posting to the first answer; null = not answered, or before",
                "answer_calendar_seconds": "the same round the clock",
                "target_seconds": "promised time to the answer when it was posted",
                "target_clock": "business | calendar: whose seconds were promised",
                "answer_state": "in_time | late | past_due | undecided; null = answered before it was posted",
                "is_edited": "came in more than one version",
                "has_text": "has words beside the rating",
            }
        ),
        "audits": MappingProxyType(
            {
                "audit_id": "key",
                "kind": "correspondence | call | mystery",
                "subject_id": "what was audited: `ticket …` or `call …`; null = a visit without either",
                "scorecard_id": "by which it was marked",
                "scorecard_version": "its version in the data",
                "audited_at": "when its last criterion was marked",
                "auditor_id": "who marked it; null = not said",
                "is_calibration": "done to calibrate auditors: no score of the service",
                "is_blind": "done without knowing the other auditor's marks",
                "is_third_party": "a mystery visit by somebody who is no staff",
                "is_double": "an auditor's first audit of a subject that another one audited too",
                "score": "0 to 1; null = nothing applied, or there is a problem",
                "criterion_count": "criteria that applied",
                "is_failed": "a critical criterion was below its line: the score is 0",
                "problem": "unknown_scorecard | unknown_version | unknown_criterion | off_scale | unmarked; or null",
            }
        ),
        "audit_marks": MappingProxyType(
            {
                "audit_id": "the audit",
                "criterion_id": "the criterion; key together with audit_id",
                "kind": "correspondence | call | mystery",
                "audited_at": "when the audit's last criterion was marked",
                "is_calibration": "of the audit",
                "is_third_party": "of the audit",
                "touchpoint": "greeting | solution | farewell; null = none",
                "attribute": "attention | attitude | availability | adaptability | appreciation; null = none",
                "weight": "of the criterion in its scorecard",
                "is_bonus": "adds above the line only",
                "is_critical": "below its line it makes the audit 0",
                "is_failed": "it is below its line",
                "mark": "points that count, an accepted dispute's included; null = does not apply",
                "value": "the mark on 0 to 1",
                "is_replaced": "an accepted dispute replaced or withdrew it",
            }
        ),
        "double_marks": MappingProxyType(
            {
                "subject_id": "what two or more auditors audited; the dimensions are those of its first audit",
                "kind": "correspondence | call | mystery",
                "scorecard_id": "by which all of them marked it",
                "criterion_id": "the criterion",
                "auditor_id": "who gave this mark",
                "value": "the auditor's own mark on 0 to 1, before disputes; null = does not apply",
                "doubled_at": "when the second auditor had marked the subject",
            }
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """The fact tables of a run, on the engine of the canonical tables.

    Attributes:
        expressions: Table expressions by name (`tickets`, `replies`, `targets`, `states`, `pauses`, `surveys`); a table
            whose source is missing is absent.
        cut: The moment the data were taken; nothing after it is known.
    """

    expressions: Mapping[str, ir.Table]
    cut: datetime

    def __contains__(self, name: str) -> bool:
        return name in self.expressions

    def __getitem__(self, name: str) -> ir.Table:
        return self.expressions[name]
