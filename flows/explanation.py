"""An explained ticket as lines for a terminal of 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.explanation_words import (
    EXCLUSIONS,
    KINDS,
    NOTHING,
    OUTCOMES,
    REASONS,
    STANDINGS,
    TARGETS,
    clock,
    moment,
    span,
    why_missed,
)

if TYPE_CHECKING:
    from evaluation.calendar import WorkingCalendar
    from evaluation.ledger.shapes import Entry, TargetLedger
    from evaluation.participation import Participation
    from evaluation.settings import Settings
    from tasks.explain import Explanation, Row

WIDTH = 100


def lines(explanation: Explanation, settings: Settings) -> Iterator[str]:
    """The whole explanation: who and what, timeline, promises, facts, pauses in doubt, figures."""
    yield from _heading(explanation, settings)
    yield from _timeline(explanation, settings)
    if explanation.facts is None:
        return
    yield from _promises(explanation, settings)
    yield from _derived(explanation, settings)
    yield from _doubtful_pauses(explanation, settings)
    yield from _figures(explanation, settings)


def _heading(explanation: Explanation, settings: Settings) -> Iterator[str]:
    ticket, zone = explanation.ticket, settings.organisation.zone
    yield f"Ticket {ticket['ticket_id']}"
    parts = (
        ("channel", "channel_code"), ("priority", "priority_code"), ("topic", "topic"), ("team", "team_id"),
        ("branch", "branch_id"), ("agent", "agent_id"), ("language", "language"), ("product", "product"),
        ("requester", "requester_id"), ("status", "status_code"),
    )  # fmt: skip
    yield from _folded(", ".join(f"{name} {ticket[column]}" for name, column in parts if ticket[column]))
    yield f"  as of {moment(explanation.cut, zone)} {zone.key}, calendar {explanation.calendar}"
    for table, check, count in explanation.quarantined:
        yield f"  QUARANTINED: {count} of its rows in {table}, by the check {check}"
    if explanation.facts is None and not explanation.quarantined:
        yield "  it had not been opened yet: there is nothing to derive"


def _timeline(explanation: Explanation, settings: Settings) -> Iterator[str]:
    zone, calendar = settings.organisation.zone, _calendar(explanation, settings)
    yield from _title(f"Timeline, {zone.key}; open and all: time since the line before")
    yield f"  {'when':<24}{'open':>11}{'all':>11}  what"
    told = [(explanation.ticket["created_at"], "opened", "", "")] if not _says_created(explanation) else []
    told += [(event["at"], *_event(event)) for event in explanation.events]
    before: datetime | None = None
    for at, what, detail, who in sorted(told, key=lambda line: line[0]):
        gaps = (None, None) if before is None else (calendar.open_seconds(before, at), (at - before).total_seconds())
        later = "  (after the data end)" if at > explanation.cut else ""
        text = f"{what}{detail}{', ' + who if who else ''}{later}"
        yield f"  {moment(at, zone):<24}{clock(gaps[0]):>11}{clock(gaps[1]):>11}  {text}".rstrip()
        before = at
    for name in ("first_response_at", "solved_at", "closed_at"):
        if explanation.ticket[name]:
            yield f"  its row says: {name} {moment(explanation.ticket[name], zone)}"


def _says_created(explanation: Explanation) -> bool:
    return any(event["kind"] == "created" for event in explanation.events)


def _event(event: Row) -> tuple[str, str, str]:
    change = event["to_value"] or ""
    if event["from_value"] and change:
        change = f"{event['from_value']} → {change}"
    who = " ".join(part for part in (event["actor_kind"], event["actor_id"]) if part)
    return KINDS.get(event["kind"], event["kind"]), f" {change}" if change else "", who


def _promises(explanation: Explanation, settings: Settings) -> Iterator[str]:
    zone = settings.organisation.zone
    if not explanation.ledgers:
        yield from _title("Promises")
        yield "  none: " + (
            "no SLA policy is defined" if not settings.sla else "nothing was promised, or nothing asked"
        )
    for ledger in explanation.ledgers:
        yield from _title(_promise(ledger))
        if ledger.policy is None:
            yield "  no policy matched when its clock started, or the source does not record its outcome"
        else:
            yield f"  {'when':<24}{'its clock':<11}{'because':<33}{'used':>11}{'left':>12}"
        for entry in ledger.entries:
            yield _entry(entry, ledger, zone)
        if ledger.why is not None:
            yield from _folded(f"why: {why_missed(ledger)}")


def _promise(ledger: TargetLedger) -> str:
    if ledger.policy is None:
        return f"{TARGETS[ledger.target]}: not judged"
    counted = f"calendar {ledger.calendar}" if ledger.clock == "business" else "round the clock"
    promised = f"{span(ledger.target_seconds)}, {counted}, policy {ledger.policy}"
    return f"{TARGETS[ledger.target]} within {promised}: {STANDINGS[ledger.standing]}"


def _entry(entry: Entry, ledger: TargetLedger, zone: Any) -> str:
    is_idle = entry.step == "due" and ledger.standing not in ("missed", "past_due")
    counted = "" if is_idle else f"{clock(entry.used_seconds):>11}{clock(entry.left_seconds):>12}"
    return f"  {moment(entry.at, zone):<24}{entry.step:<11}{_reason(entry, ledger, is_idle):<33}{counted}".rstrip()


def _reason(entry: Entry, ledger: TargetLedger, is_idle: bool) -> str:
    if is_idle:
        return "if its clock runs on" if ledger.standing == "active" else "it would have been"
    if entry.reason == "calendar":
        return "outside opening hours" if entry.step == "paused" else "opening hours begin"
    return REASONS.get(entry.reason, entry.reason)


def _derived(explanation: Explanation, settings: Settings) -> Iterator[str]:
    facts, zone = explanation.facts or {}, settings.organisation.zone
    yield from _title("Facts")
    yield f"  {'':<20}{'open':>13}{'all':>13}  until"
    for label, name, at in _DURATIONS:
        yield _clocks(label, facts, name, facts[at], zone)
    for reply in explanation.replies[1:]:
        yield _clocks("later wait", reply, "wait", reply["replied_at"], zone)
    counts = (("replies", "reply_count"), ("messages", "requester_message_count"), ("reopens", "reopen_count"))
    said = [f"{name} {NOTHING if facts[column] is None else facts[column]}" for name, column in counts]
    one_touch = {True: "yes", False: "no", None: NOTHING}[facts["is_one_touch"]]
    yield f"  {'counts':<20}{', '.join(said)}, one touch {one_touch}"
    yield f"  {'paused':<20}{span(facts['paused_business_seconds'])} in opening hours"
    yield f"  {'credited':<20}{facts['agent'] or 'nobody'}; first response {facts['first_response_agent'] or 'nobody'}"
    if facts["exclusion"]:
        yield f"  {'left out':<20}of every figure: {EXCLUSIONS.get(facts['exclusion'], facts['exclusion'])}"


_DURATIONS = (
    ("first response", "first_response", "first_response_at"),
    ("first human", "first_wait", "first_response_at"),
    ("requester waited", "requester_wait", "solved_at"),
    ("first resolution", "first_resolution", "first_solved_at"),
    ("full resolution", "full_resolution", "solved_at"),
)


def _clocks(label: str, row: Row, name: str, at: datetime | None, zone: Any) -> str:
    spans = "".join(f"{clock(row[f'{name}_{kind}_seconds']):>13}" for kind in ("business", "calendar"))
    return f"  {label:<20}{spans}" + (f"  {moment(at, zone)}" if at else "")


def _doubtful_pauses(explanation: Explanation, settings: Settings) -> Iterator[str]:
    zone = settings.organisation.zone
    doubtful = [pause for pause in explanation.pauses if pause["is_last_minute"] or pause["written_at"]]
    if not doubtful:
        return
    yield from _title("Pauses in doubt")
    for pause in doubtful:
        since, until = moment(pause["paused_at"], zone), moment(pause["resumed_at"], zone)
        said = [
            f"{pause['status'].replace('_', ' ')} from {since} to {until}, credited to {pause['agent'] or 'nobody'}"
        ]
        if pause["written_at"]:
            said.append(f"the requester wrote at {moment(pause['written_at'], zone)} and the clock stood still")
        if pause["is_last_minute"]:
            said.append(f"it began with {span(pause['left_seconds'])} left")
        yield from _folded("; ".join(said))


def _figures(explanation: Explanation, settings: Settings) -> Iterator[str]:
    zone = settings.organisation.zone
    passing = [case for case in explanation.participation if _is_passing(case, explanation.cut, zone)]
    counted = [case for case in explanation.participation if case.outcome == "counted" and case not in passing]
    others = [case for case in explanation.participation if case.outcome != "counted" or case in passing]
    yield from _title("Figures that it entered")
    for case in counted:
        yield _figure(case, explanation, settings)
    if not counted:
        yield "  none"
    if others:
        yield from _title("Figures that it was left out of")
    for case in others:
        if case.reason is None:
            yield f"  {case.metric_id:<32}{case.case:<18}{_period(case, settings):<10}{OUTCOMES[case.outcome]}"
    for reason in dict.fromkeys(case.reason for case in others if case.reason):
        metrics = dict.fromkeys(case.metric_id for case in others if case.reason == reason)
        yield from _folded(f"{EXCLUSIONS.get(reason, reason)}: {', '.join(metrics)}")
    yield from _no_case(explanation, settings)


def _figure(case: Participation, explanation: Explanation, settings: Settings) -> str:
    withheld = explanation.withheld.get(case.metric_id)
    note = f"withheld: {withheld}" if withheld else _amount(case, explanation, settings)
    return f"  {case.metric_id:<32}{case.case:<18}{_period(case, settings):<10}{note}".rstrip()


def _period(case: Participation, settings: Settings) -> str:
    return f"{case.at.astimezone(settings.organisation.zone):%Y-%m}" if case.at else NOTHING


def _amount(case: Participation, explanation: Explanation, settings: Settings) -> str:
    from evaluation.metric import Unit
    from evaluation.metrics.catalogue import catalogue

    if case.is_stock:
        return _in_stock(case, explanation, settings.organisation.zone)
    metric = catalogue(settings)[case.metric_id]
    if case.amount is None:
        return "counts as one"
    if metric.unit is Unit.SECONDS:
        return span(case.amount)
    return {1.0: "yes", 0.0: "no"}[case.amount] if metric.unit is Unit.SHARE else f"{case.amount:g}"


def _in_stock(case: Participation, explanation: Explanation, zone: Any) -> str:
    """From when to when, and at the end of which months: only then it counts."""
    months = _months_ended(case, explanation.cut, zone)
    return f"there at the end of {months[0] if len(months) == 1 else f'{months[0]} … {months[-1]}'}"


def _is_passing(case: Participation, cut: datetime, zone: Any) -> bool:
    """Whether a stock held the case only between the ends of two months, so that no figure counts it."""
    return case.is_stock and not case.reason and not _months_ended(case, cut, zone)


def _months_ended(case: Participation, cut: datetime, zone: Any) -> list[str]:
    if case.at is None:
        return []
    local, months = case.at.astimezone(zone), []
    year, month = local.year, local.month
    while True:
        following = (year + month // 12, month % 12 + 1)
        end = datetime(*following, 1, tzinfo=zone)
        if end > cut or (case.until is not None and case.until < end):
            return months
        months.append(f"{year}-{month:02}")
        year, month = following


def _no_case(explanation: Explanation, settings: Settings) -> Iterator[str]:
    from evaluation.metrics.catalogue import catalogue

    present = {case.metric_id for case in explanation.participation}
    absent = [metric_id for metric_id in catalogue(settings) if metric_id not in present]
    if absent:
        yield from _title("Figures in which it has no case")
        yield from _folded(", ".join(absent))


def _calendar(explanation: Explanation, settings: Settings) -> WorkingCalendar:
    from evaluation.calendar import WorkingCalendar

    config = settings.calendars.get(explanation.calendar)
    if config is None:
        return WorkingCalendar.always()
    return WorkingCalendar.from_config(config, time_zone=settings.organisation.time_zone)


def _title(text: str) -> Iterator[str]:
    yield ""
    yield text


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
