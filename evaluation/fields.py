"""The dictionary of canonical columns and tables: type, unit, meaning and allowed values, each written once.

A table lists column names only; everything about a column is said in `FIELDS`. The Great Expectations suites, the
mapping checks of the sources, the workbook's notes and `docs/columns.md` are made from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Dtype = Literal["string", "instant", "date", "integer", "number", "boolean", "string_list"]


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical column.

    Attributes:
        dtype: `string`, `instant` (UTC, microseconds), `date`, `integer`, `number`, `boolean` or `string_list`.
        unit: Unit of the values, or None where there is none.
        meaning: What one value says, in a sentence.
        allowed: The closed list of values; empty when any value of the type is allowed.
        lowest: Smallest allowed value, or None.
        highest: Largest allowed value, or None.
    """

    dtype: Dtype
    unit: str | None
    meaning: str
    allowed: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class TableShape:
    """One canonical table: what a row is, its key, and which columns it must and may have."""

    row: str
    key: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Required, then optional columns."""
        return self.required + self.optional


CHANNELS = ("email", "chat", "messenger", "phone", "form", "portal", "sms", "social", "forum", "api", "other")
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed", "deleted")
PRIORITIES = ("low", "normal", "high", "urgent")
EVENT_KINDS = (
    "created", "public_reply", "internal_note", "requester_message", "status", "assigned", "merged", "topic",
    "priority", "rating_asked", "bot_handoff",
)  # fmt: skip
ACTORS = ("agent", "requester", "bot", "system")


def _id(meaning: str) -> Field:
    return Field("string", None, meaning)


def _text(meaning: str, allowed: tuple[str, ...] = ()) -> Field:
    return Field("string", None, meaning, allowed)


def _at(meaning: str) -> Field:
    return Field("instant", None, meaning)


def _flag(meaning: str) -> Field:
    return Field("boolean", None, meaning)


def _seconds(meaning: str) -> Field:
    return Field("number", "s", meaning, lowest=0)


FIELDS: MappingProxyType[str, Field] = MappingProxyType(
    {
        # keys and people
        "ticket_id": _id("Identifier of the ticket, prefixed with its source."),
        "call_id": _id("Identifier of the call, prefixed with its source."),
        "contact_id": _id("What the legs of one transferred call share; empty when the call has one leg."),
        "survey_id": _id("Identifier of the survey that was sent, prefixed with its source."),
        "review_id": _id("Identifier of the public review, prefixed with its source."),
        "audit_id": _id("Identifier of the audit; one audit has one row for each criterion."),
        "scorecard_id": _id("Scorecard by which the audit was marked."),
        "criterion_id": _id("Criterion of the scorecard."),
        "customer_id": _id("Identifier of the customer."),
        "return_id": _id("Identifier of the return or refund."),
        "requester_id": _id("Who asked; empty when anonymous."),
        "agent_id": _id("The human agent who is responsible or who acted."),
        "auditor_id": _id("Who marked the audit."),
        "manager_id": _id("The agent's manager."),
        "team_id": _id("Team that is responsible."),
        "branch_id": _id("Branch or location."),
        "actor_id": _id("Who did it."),
        "merged_into_id": _id("The ticket into which this one was merged."),
        "template_id": _id("The answer template that was used."),
        "metric_id": _id("A metric of the catalogue."),
        "id": _id("Identifier of the correction."),
        # instants and dates
        "created_at": _at("When the requester opened the ticket."),
        "first_response_at": _at("When a human agent first replied in public; given only when there are no events."),
        "solved_at": _at("When the ticket was last solved; given only when there are no events."),
        "closed_at": _at("When the ticket became final."),
        "at": _at("When it happened."),
        "started_at": _at("When it started."),
        "ended_at": _at("When it ended."),
        "queued_at": _at("When the caller entered the queue."),
        "answered_at": _at("When it was answered."),
        "asked_at": _at("When the survey was sent."),
        "posted_at": _at("When the review was published."),
        "replied_at": _at("When the review was answered in public."),
        "audited_at": _at("When the audit was marked."),
        "disputed_at": _at("When the mark was disputed."),
        "from_at": _at("First instant of the agent's spell in the team."),
        "until_at": _at("First instant after the agent's spell in the team."),
        "published_on": Field("date", None, "When the outside value was published."),
        # closed lists
        "channel_code": _text("How the contact came in.", CHANNELS),
        "status_code": _text("State of the ticket.", STATUSES),
        "priority_code": _text("Priority of the ticket.", PRIORITIES),
        "actor_kind": _text("Who did it: a human agent, the requester, a bot, or the system itself.", ACTORS),
        "direction": _text("Who called whom.", ("inbound", "outbound", "internal")),
        "outcome": _text("How the call ended.", ("answered", "abandoned", "voicemail", "callback", "failed")),
        "dispute_outcome": _text("What became of the dispute.", ("open", "accepted", "rejected")),
        "definition_match": _text("How near the outside definition is.", ("same", "similar", "not_comparable")),
        "action": _text("What the correction does.", ("exclude", "override", "flag")),
        "kind": _text("Kind of the row; each table has its own closed list (`KINDS`)."),
        # measures
        "reply_count": Field("integer", "replies", "Public replies by human agents.", lowest=0),
        "reopen_count": Field("integer", "reopens", "How many times the requester reopened the ticket.", lowest=0),
        "ivr_seconds": _seconds("Time in the voice menu."),
        "wait_seconds": _seconds("Time in the queue."),
        "talk_seconds": _seconds("Time of talking."),
        "hold_seconds": _seconds("Time on hold."),
        "wrap_seconds": _seconds("Work after the call."),
        "score": Field("number", "points", "Answer on the survey's own scale."),
        "scale_min": Field("number", "points", "Lowest point of the scale."),
        "scale_max": Field("number", "points", "Highest point of the scale."),
        "rating": Field("number", "points", "Stars or points of the review.", lowest=0),
        "mark": Field("number", "points", "Mark for the criterion."),
        "dispute_mark": Field("number", "points", "Mark after an accepted dispute."),
        "weight": Field("number", "respondents", "How many respondents this answer stands for.", lowest=0),
        "value": Field("number", None, "Value, in the unit of its metric or of the customer's account."),
        "amount": Field("number", "currency", "Amount of the return."),
        "worked_hours": Field("number", "h", "Hours worked in the period.", lowest=0),
        # flags
        "is_spam": _flag("Marked as spam: left out of every figure, counted."),
        "is_test": _flag("A test: left out of every figure, counted."),
        "is_complaint": _flag("The requester complains."),
        "is_proactive": _flag("Opened by an agent, not by a requester: left out of response figures, counted."),
        "is_reversed": _flag("A high score is a bad answer; the score is turned on import."),
        "is_not_applicable": _flag("The criterion did not apply."),
        "is_calibration": _flag("Audited for calibration: left out of scores."),
        "is_suppressed": _flag(
            "The survey was due and was not sent (asked too often, opted out): left out of the response rate, counted; "
            "`asked_at` is when it would have been sent."
        ),
        "is_blind": _flag("Audited blind, by a second auditor."),
        "was_recording_announced": _flag("The caller was told of the recording."),
        # words
        "name": _text("Name for people."),
        "email": _text("E-mail address of the agent."),
        "subject": _text("Subject line."),
        "topic": _text("Issue type."),
        "tags": Field("string_list", None, "Labels of the ticket."),
        "language": _text("Language of the contact, ISO 639-1."),
        "product": _text("Product or service."),
        "from_value": _text("Value before the event."),
        "to_value": _text("Value after the event."),
        "text": _text("What was written."),
        "title": _text("Title."),
        "comment": _text("Free comment."),
        "liked": _text("What the customer liked."),
        "disliked": _text("What the customer did not like."),
        "improve": _text("What the customer would improve."),
        "reply_text": _text("The public answer."),
        "site": _text("Review site."),
        "url": _text("Address of the review."),
        "recording_url": _text("Address of the recording."),
        "scorecard_version": _text("Version of the scorecard."),
        "root_cause": _text("Cause of the fault found."),
        "segment": _text("Customer segment."),
        "reason": _text("Reason, in the source's words."),
        "who": _text("Whose value it is."),
        "period": _text("Period of the value."),
        "source": _text("Where the value was published."),
        "match": _text("Which rows the correction is about."),
        "expect": _text("How many rows it should find."),
        "reported": _text("When the fault was reported."),
        "status": _text("State of the correction."),
    }
)

KINDS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "ticket_events": EVENT_KINDS,
        "surveys": ("csat", "nps", "ces", "form"),
        "audits": ("correspondence", "call", "mystery"),
    }
)
"""Allowed values of the column `kind`, by table."""

TABLES: MappingProxyType[str, TableShape] = MappingProxyType(
    {
        "tickets": TableShape(
            "a ticket", ("ticket_id",),
            ("ticket_id", "created_at", "channel_code"),
            ("requester_id", "subject", "topic", "tags", "priority_code", "team_id", "branch_id", "agent_id",
             "language", "product", "status_code", "is_spam", "is_test", "merged_into_id", "is_complaint",
             "is_proactive", "first_response_at", "solved_at", "closed_at", "reply_count", "reopen_count"),
        ),
        "ticket_events": TableShape(
            "something that happened to a ticket", (),
            ("ticket_id", "at", "kind"),
            ("actor_kind", "actor_id", "from_value", "to_value", "text", "template_id"),
        ),
        "calls": TableShape(
            "a call, or one leg of a transferred one", ("call_id",),
            ("call_id", "started_at", "direction", "outcome"),
            ("contact_id", "queued_at", "answered_at", "ended_at", "ivr_seconds", "wait_seconds", "talk_seconds",
             "hold_seconds", "wrap_seconds", "agent_id", "team_id", "requester_id", "ticket_id", "topic",
             "recording_url", "was_recording_announced"),
        ),
        "surveys": TableShape(
            "a survey sent", ("survey_id",),
            ("survey_id", "kind"),
            ("asked_at", "answered_at", "score", "scale_min", "scale_max", "is_reversed", "comment", "liked",
             "disliked", "improve", "ticket_id", "call_id", "requester_id", "agent_id", "team_id", "weight",
             "is_suppressed"),
        ),
        "reviews": TableShape(
            # an edited review comes again, with its new date
            "a public review, as it stood on a date", ("review_id", "posted_at"),
            ("review_id", "site", "posted_at"),
            ("rating", "scale_min", "scale_max", "title", "text", "language", "replied_at", "reply_text", "topic",
             "url", "branch_id"),
        ),
        "audits": TableShape(
            "one criterion's mark in one audit", ("audit_id", "criterion_id"),
            ("audit_id", "kind", "scorecard_id", "scorecard_version", "criterion_id", "audited_at"),
            ("mark", "is_not_applicable", "ticket_id", "call_id", "agent_id", "team_id", "branch_id", "auditor_id",
             "is_calibration", "is_blind", "root_cause", "comment", "disputed_at", "dispute_outcome",
             "dispute_mark"),
        ),
        "customers": TableShape(
            "a customer's spell", ("customer_id", "started_at"),
            ("customer_id", "started_at"), ("ended_at", "segment", "branch_id", "value"),
        ),
        "returns": TableShape(
            "a return or refund", ("return_id",),
            ("return_id", "at"), ("customer_id", "ticket_id", "reason", "amount"),
        ),
        "agents": TableShape(
            "an agent's spell in a team", (),
            ("agent_id", "name"),
            ("team_id", "from_at", "until_at", "manager_id", "email", "worked_hours"),
        ),
        "benchmarks": TableShape(
            "an outside value", ("metric_id", "who", "period"),
            ("metric_id", "who", "period", "value", "source"), ("definition_match", "published_on"),
        ),
        "corrections": TableShape(
            "a known fault of a source", ("id",),
            ("id", "reason", "match", "action", "expect"), ("reported", "status"),
        ),
    }
)  # fmt: skip
"""The canonical tables."""


def allowed_values(table: str, column: str) -> tuple[str, ...]:
    """The closed list of a column in a table; empty when it is open.

    Example:
        >>> allowed_values("surveys", "kind")
        ('csat', 'nps', 'ces', 'form')
    """
    return KINDS.get(table, ()) if column == "kind" else FIELDS[column].allowed
