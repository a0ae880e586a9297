"""Writing the ledger of chosen tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from evaluation.calendar import WorkingCalendar
from evaluation.ledger.clocks import Meter, Stretch, TargetClock
from evaluation.ledger.promises import calendar_of, policy_at
from evaluation.ledger.reasons import Miss, why
from evaluation.ledger.replay import LIVE, Act, Played, play
from evaluation.ledger.shapes import Entry, Standing, TargetLedger
from evaluation.ledger.stories import read_stories
from evaluation.sla import TARGETS, Promise, SlaPolicyConfig, TargetName

if TYPE_CHECKING:
    from evaluation.settings import Settings
    from evaluation.tables import Tables


def ledger(tables: Tables, settings: Settings, cut: datetime, ticket_ids: Sequence[str]) -> tuple[TargetLedger, ...]:
    """Every target of chosen tickets, with the ledger of its clock.

    Args:
        tables: The canonical tables.
        settings: Calendars, SLA policies and choices of the replay.
        cut: The moment the data were taken.
        ticket_ids: Which tickets; one that is not there, or was created after `cut`, has no targets.

    Returns:
        Targets by ticket, then by when their clock started. The same targets as in the facts, with the same outcome.

    Raises:
        DataError: A status, event kind or actor kind outside the dictionary.
    """
    if not settings.sla or "tickets" not in tables:
        return ()
    zone = settings.organisation.time_zone
    calendars = {
        name: WorkingCalendar.from_config(config, time_zone=zone) for name, config in settings.calendars.items()
    } or {settings.calendar_for.default: WorkingCalendar.always()}
    stories = read_stories(tables, settings, cut, ticket_ids)
    scenes = [_Scene(play(story), settings, calendars, cut) for story in stories]
    written = [_written(target, scene) for scene in scenes for target in _targets(scene)]
    return tuple(sorted(written, key=lambda one: (one.ticket_id, one.applied_at, TARGETS.index(one.target))))


@dataclass(frozen=True)
class _Scene:
    """A played ticket and what its targets are judged by."""

    played: Played
    settings: Settings
    calendars: Mapping[str, WorkingCalendar]
    cut: datetime


@dataclass(frozen=True)
class _Target:
    """A target before it is judged."""

    target: TargetName
    policy: SlaPolicyConfig | None
    applied_at: datetime
    started_by: str
    fulfilled_at: datetime | None
    ended_at: datetime | None
    stretches: Sequence[Stretch] = field(default_factory=tuple)

    @property
    def stopped_at(self) -> datetime | None:
        return self.fulfilled_at or self.ended_at

    @property
    def promise(self) -> Promise | None:
        return self.policy.targets.promised().get(self.target) if self.policy else None


def _targets(scene: _Scene) -> Iterator[_Target]:
    """What the ticket was promised; without a policy it is there to be counted."""
    kinds = {target for policy in scene.settings.sla for target in policy.targets.promised()}
    owed = [*_reply_targets(scene), _resolution_target(scene)]
    if "periodic_update" in kinds:
        owed += _update_targets(scene)
    yield from (target for target in owed if target.policy is None or target.promise is not None)


def _reply_targets(scene: _Scene) -> Iterator[_Target]:
    played = scene.played
    if not played.story.row["tells_replies"]:
        return
    for number, wait in enumerate(played.waits):
        ended_at = None if wait.replied_at else played.ended_at
        policy = policy_at(played.story, scene.settings, wait.since)
        stop = wait.replied_at or ended_at
        until = None if stop is None else max(stop, wait.since)
        yield _Target(
            "next_reply" if number else "first_response", policy, wait.since, wait.reason, wait.replied_at, ended_at,
            (Stretch(wait.since, until, True, wait.reason),),
        )  # fmt: skip


def _resolution_target(scene: _Scene) -> _Target:
    played = scene.played
    created = played.story.created_at
    policy = policy_at(played.story, scene.settings, created)
    ended_at = None if played.is_solved else played.ended_at
    return _Target(
        "resolution", policy, created, "created", played.solved_at, ended_at,
        _stretches(played, policy, created, played.ended_at),
    )  # fmt: skip


def _update_targets(scene: _Scene) -> Iterator[_Target]:
    """From each reply to the next; not where the clock never ran, nor for bubbles of one sitting that were in time."""
    played = scene.played
    created = played.story.created_at
    if played.story.row["row_reply_at"]:
        return
    followers = [*played.replies[1:], None]
    for reply, follower in zip(played.replies, followers, strict=False):
        since = max(reply.at, created)
        fulfilled_at = max(follower.at, since) if follower else None
        ended_at = max(played.ended_at, since) if played.ended_at and not follower else None
        policy = policy_at(played.story, scene.settings, since)
        stretches = _stretches(played, policy, since, fulfilled_at or ended_at)
        target = _Target("periodic_update", policy, since, "public_reply", fulfilled_at, ended_at, stretches)
        ran = any(one.runs and (one.until is None or one.until > one.since) for one in stretches)
        if ran and not (follower and _goes_on(scene, follower) and _is_in_time(scene, target)):
            yield target


def _goes_on(scene: _Scene, reply: Act) -> bool:
    """Whether a reply goes on with a sitting of its author."""
    own = [one for one in scene.played.replies if (one.actor_id or "") == (reply.actor_id or "")]
    number = own.index(reply)
    sitting = timedelta(minutes=scene.settings.replay.sitting_minutes)
    return number > 0 and reply.at - own[number - 1].at < sitting


def _is_in_time(scene: _Scene, target: _Target) -> bool:
    if target.promise is None or target.fulfilled_at is None:
        return True
    due_at = _clock(scene, target, target.promise).due_at()
    return due_at is None or target.fulfilled_at <= due_at


def _stretches(
    played: Played, policy: SlaPolicyConfig | None, since: datetime, stop: datetime | None
) -> tuple[Stretch, ...]:
    """When a clock ran between its start and its end: in live states that the policy does not pause."""
    pauses = policy.pauses if policy else []
    found = []
    for span in played.spans:
        if (span.until is not None and span.until <= since) or (stop is not None and span.at >= stop):
            continue
        ends = span.until if stop is None else min(span.until or stop, stop)
        is_pause = span.state in pauses
        runs = span.state in LIVE and not is_pause
        reason = span.cause.kind if runs and span.cause.status is None else span.state
        found.append(Stretch(max(span.at, since), ends, runs, reason, is_pause))
    return tuple(found) or (Stretch(since, stop, True, "ended at once"),)


def _written(target: _Target, scene: _Scene) -> TargetLedger:
    story = scene.played.story
    is_known = target.target in ("first_response", "next_reply") or scene.played.is_decidable
    promise, policy = (target.promise, target.policy) if is_known else (None, None)
    clock = None if promise is None else _clock(scene, target, promise)
    due_at = clock.due_at() if clock else None
    standing = _standing(target, promise, due_at, scene.cut)
    is_missed = standing in ("missed", "past_due")
    reason = None
    if clock is not None and due_at is not None and is_missed:
        reason = why(Miss(story, target.target, clock, due_at, target.fulfilled_at, target.ended_at, scene.cut))
    return TargetLedger(
        ticket_id=story.ticket_id, target=target.target, policy=policy.id if policy else None,
        clock=promise.clock if promise else None, calendar=calendar_of(story.row, scene.settings.calendar_for),
        target_seconds=float(promise.within) if promise else None, applied_at=target.applied_at, due_at=due_at,
        fulfilled_at=target.fulfilled_at, ended_at=target.ended_at,
        decided_at=due_at if is_missed else target.stopped_at, standing=standing,
        entries=_entries(target, scene.played, clock, due_at, is_missed) if clock else (), why=reason,
    )  # fmt: skip


def _clock(scene: _Scene, target: _Target, promise: Promise) -> TargetClock:
    calendar = scene.calendars[calendar_of(scene.played.story.row, scene.settings.calendar_for)]
    meter = Meter(calendar if promise.clock == "business" else None)
    return TargetClock(meter, target.stretches, float(promise.within), target.stopped_at, scene.cut)


def _standing(target: _Target, promise: Promise | None, due_at: datetime | None, cut: datetime) -> Standing:
    if promise is None:
        return "not_applicable"
    if due_at is not None and due_at < (target.stopped_at or cut):
        return "missed" if target.stopped_at else "past_due"
    if target.fulfilled_at is not None:
        return "met"
    return "active" if target.ended_at is None else "not_applicable"


def _entries(
    target: _Target, played: Played, clock: TargetClock, due_at: datetime | None, is_missed: bool
) -> tuple[Entry, ...]:
    """The ledger: movements of the clock, the due moment and the breach, and how it ended, in order of time."""
    lines = [(entry.at, 1, entry) for entry in clock.movements(target.started_by)]
    if due_at is not None:
        lines.append((due_at, 2, clock.entry(due_at, "due", "promise")))
        if is_missed:
            lines.append((due_at, 3, clock.entry(due_at, "breached", "promise")))
    if target.fulfilled_at is not None:
        reason = "solved" if target.target == "resolution" else "public_reply"
        lines.append((target.fulfilled_at, 4, clock.entry(target.fulfilled_at, "fulfilled", reason)))
    elif target.ended_at is not None:
        stop = max(target.ended_at, target.applied_at)
        lines.append((stop, 4, clock.entry(stop, "stopped", played.spans[-1].state)))
    return tuple(entry for _, _, entry in sorted(lines, key=lambda line: line[:2]))
