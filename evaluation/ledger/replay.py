"""One ticket played event by event: what was asked and answered, and in which state it was when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from evaluation.fields import ACTORS
from evaluation.ledger.stories import Story

LIFE = ("new", "open", "pending", "on_hold", "solved", "closed", "deleted", "merged", "solved for good")
"""States in the order of a ticket's life. `solved for good` says the ticket's own row; no message reopens it."""

LIVE, DONE, REMOVED = frozenset(LIFE[:4]), frozenset({"solved", "closed", "solved for good"}), frozenset(LIFE[6:8])
RANKS = ("created", "requester_message", "bot_handoff", "public_reply", "status", "row_status", "merged")
"""What happens first at one instant."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may change a ticket, from an event or from its row."""

    at: datetime
    kind: str
    status: str | None = None
    opens: bool = False
    is_quiet: bool = False
    answers: bool = False
    actor_kind: str | None = None
    actor_id: str | None = None

    def order(self) -> tuple[object, ...]:
        """Instant, kind, state later in life, message that needs no reply, actor."""
        actor = ACTORS.index(self.actor_kind) + 1 if self.actor_kind else 0
        life = LIFE.index(self.status) if self.status else 0
        return (self.at, RANKS.index(self.kind), life, self.is_quiet, actor, self.actor_id or "")


@dataclass(frozen=True, slots=True)
class Wait:
    """From a message that needs a reply, or the hand-off after it, to the reply; None while nobody replied."""

    since: datetime
    replied_at: datetime | None
    author: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """A state of the ticket.

    Attributes:
        at: Its first instant.
        until: The first instant after it; None for the last.
        state: One of `LIFE`.
        cause: The act that led to it.
    """

    at: datetime
    until: datetime | None
    state: str
    cause: Act


@dataclass
class Played:
    """A ticket after its last known event.

    Attributes:
        waits: Every turn in which the requester waited, in order.
        replies: Every public human reply.
        spans: States that lasted.
        solved_at: The last solve, when the ticket is solved and it is known when.
        ended_at: When the ticket was solved or removed for the last time; None while it is open.
    """

    story: Story
    waits: list[Wait] = field(default_factory=list)
    replies: list[Act] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    solved_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_solved(self) -> bool:
        """Whether it is solved or closed in the end."""
        return self.spans[-1].state in DONE

    @property
    def is_decidable(self) -> bool:
        """Whether the source tells when the ticket was solved."""
        return bool(self.story.row["tells_statuses"] and not self.story.row["is_untimed_solve"])


def play(story: Story) -> Played:
    """Play a ticket to its end, its merge or the cut."""
    played = Played(story)
    acts = list(_up_to_the_merge(sorted(_acts(story), key=Act.order)))
    _play_messages(played, acts)
    changes = list(_changes(acts))
    ends = [at for at, _, _ in changes[1:]]
    played.spans = [
        Span(at, until, state, cause)
        for (at, state, cause), until in zip(changes, [*ends, None], strict=True)
        if until is None or until > at
    ]
    played.ended_at = _ended_at(changes)
    if played.is_solved and not story.row["is_untimed_solve"]:
        played.solved_at = played.ended_at
    return played


def _acts(story: Story) -> Iterator[Act]:
    row, created = story.row, story.created_at
    yield Act(created, "created", "new", opens=row["opening_is_implied"])
    for event in story.events:
        if not event.is_visible:
            continue
        act = Act(event.at, event.kind, actor_kind=event.actor_kind, actor_id=event.actor_id)
        if event.is_message:
            yield replace(act, opens=not event.is_quiet, is_quiet=event.is_quiet)
        elif event.kind == "bot_handoff":
            yield act
        elif event.is_human_reply:
            yield replace(act, answers=event.at != row["agent_opening_at"])
        elif event.kind in ("status", "merged"):
            state = event.to_value if event.kind == "status" else "merged"
            yield replace(act, at=max(event.at, created), status=state)
    if row["row_reply_at"]:
        yield Act(row["row_reply_at"], "public_reply", answers=True)
    if row["row_solved_at"]:
        yield Act(row["row_solved_at"], "status", "solved for good" if row["row_is_done"] else "solved")
    if row["row_closed_at"]:
        yield Act(row["row_closed_at"], "status", "closed")
    if row["row_status"] and row["row_status"] != "new":
        final = "solved for good" if row["row_status"] == "solved" else row["row_status"]
        yield Act(row["last_known_at"], "row_status", final)
    if row["row_merged_at"]:
        yield Act(row["row_merged_at"], "merged", "merged")


def _up_to_the_merge(acts: list[Act]) -> Iterator[Act]:
    for act in acts:
        yield act
        if act.status == "merged":
            return


def _play_messages(played: Played, acts: list[Act]) -> None:
    asked: Act | None = None
    handed: Act | None = None
    for act in acts:
        if act.opens and asked is None:
            asked = act
        elif act.kind == "bot_handoff" and asked is not None and handed is None:
            handed = act
        elif act.answers:
            if asked is not None:
                played.waits.append(_wait(asked, handed, act))
            played.replies.append(act)
            asked = handed = None
    if asked is not None:
        played.waits.append(_wait(asked, handed, None))


def _wait(asked: Act, handed: Act | None, reply: Act | None) -> Wait:
    start = handed if handed is not None and handed.at > asked.at else asked
    return Wait(start.at, reply.at if reply else None, reply.actor_id if reply else None, start.kind)


def _changes(acts: list[Act]) -> Iterator[tuple[datetime, str, Act]]:
    """Every change of state: when, to what, by what."""
    state: str | None = None
    told: str | None = None
    is_answered = False
    for act in acts:
        is_answered = is_answered or act.answers
        before = state
        if act.status is not None:
            state = told = act.status
            if act.kind == "created" and is_answered:
                state = "open"
        elif (act.opens and told == "solved") or (act.answers and told == "new"):
            state = "open"
        if state is not None and state != before:
            yield act.at, state, act


def _ended_at(changes: list[tuple[datetime, str, Act]]) -> datetime | None:
    """The last time the ticket went from elsewhere into the group of states that it is in, if that is an end."""
    group = next((group for group in (DONE, REMOVED) if changes[-1][1] in group), frozenset())
    ended: datetime | None = None
    before: str | None = None
    for at, state, _ in changes:
        if state in group and before not in group:
            ended = at
        before = state
    return ended
