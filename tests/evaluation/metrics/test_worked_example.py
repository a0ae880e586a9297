"""The ten tickets of the documentation give exactly the figures that the documentation prints."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from evaluation.metrics.catalogue import catalogue, variants_by_id
from evaluation.metrics.documentation import example_of, is_companion, measured_beside
from evaluation.metrics.worked_example import EXAMPLES, TEN_TICKETS

CUT = datetime(2026, 8, 20, tzinfo=UTC)
DEFAULTS = SimpleNamespace(metrics={})
PROMISED = {"first_response": 60, "next_reply": 120, "periodic_update": 480, "resolution": 480}


def spans(name, minutes):
    if minutes is None:
        return {}
    return {f"{name}_business_seconds": minutes[0] * 60.0, f"{name}_calendar_seconds": minutes[1] * 60.0}


def open_minutes_after(start, minutes):
    """The instant at which so many minutes of opening hours (Mon-Fri, 9-17 UTC) have passed, minute by minute."""
    at = start
    while minutes > 0:
        if at.weekday() < 5 and 9 <= at.hour < 17:
            minutes -= 1
        at += timedelta(minutes=1)
    return at


def open_minutes_between(start, end):
    steps = (start + timedelta(minutes=step) for step in range(int((end - start).total_seconds() // 60)))
    return sum(at.weekday() < 5 and 9 <= at.hour < 17 for at in steps)


def after(ticket, minutes):
    return None if minutes is None else datetime.fromisoformat(ticket.created) + timedelta(minutes=minutes[1])


def ticket_facts(ticket):
    created = datetime.fromisoformat(ticket.created)
    responded, solved = after(ticket, ticket.wait or ticket.response), after(ticket, ticket.solve)
    state = "responded" if responded else "not_applicable" if solved else "pending"
    return {
        "ticket_id": f"t:{ticket.number}", "requester_id": ticket.requester, "channel": ticket.channel,
        "created_at": created, "clock_started_at": created, "first_response_at": responded,
        "first_response_state": state, **spans("first_response", ticket.response),
        "first_response_due_at": open_minutes_after(created, PROMISED["first_response"]),
        "ended_unanswered_at": None if responded else solved,
        **spans("first_wait", ticket.wait or ticket.response),
        **spans("requester_wait", ticket.waited or ticket.solve), "is_solved": solved is not None,
        "first_solved_at": after(ticket, ticket.first_solve or ticket.solve), "solved_at": solved,
        **spans("first_resolution", ticket.first_solve or ticket.solve), **spans("full_resolution", ticket.solve),
        "reply_count": ticket.replies, "reopen_count": int(ticket.first_solve is not None),
        "is_one_touch": solved is not None and ticket.replies == 1, "exclusion": ticket.exclusion,
    }  # fmt: skip


def target(ticket, name, applied, fulfilled, taken):
    due = open_minutes_after(applied, PROMISED[name])
    met = taken is not None and taken <= PROMISED[name]
    ended = fulfilled is None and (name == "first_response" or (name == "periodic_update" and ticket.solve is not None))
    return {
        "ticket_id": f"t:{ticket.number}", "target": name, "applied_at": applied, "due_at": due,
        "fulfilled_at": fulfilled, "state": "not_applicable" if ended else "met" if met else "missed",
        "decided_at": fulfilled if met else after(ticket, ticket.solve) if ended else due,
        "overdue_business_seconds": 1.0 if not ended and fulfilled is None else None, "exclusion": ticket.exclusion,
    }  # fmt: skip


def targets(ticket):
    created, response = datetime.fromisoformat(ticket.created), after(ticket, ticket.response)
    rows = [target(ticket, "first_response", created, response, ticket.response and ticket.response[0])]
    rows.append(target(ticket, "resolution", created, after(ticket, ticket.solve), ticket.solve and ticket.solve[0]))
    for turn in turns(ticket)[1:]:
        minutes = turn["wait_business_seconds"] / 60
        rows.append(target(ticket, "next_reply", turn["waiting_since"], turn["replied_at"], minutes))
    replies = [turn["replied_at"] for turn in turns(ticket)]
    for since, replied in zip(replies, [*replies[1:], None], strict=False):
        taken = None if replied is None else open_minutes_between(since, replied)
        rows.append(target(ticket, "periodic_update", since, replied, taken))
    return rows


def turns(ticket):
    if ticket.response is None:
        return []
    first = {"waiting_since": datetime.fromisoformat(ticket.created), "replied_at": after(ticket, ticket.response)}
    rows = [{**first, **spans("wait", ticket.response), "is_first": True}]
    for minutes in ticket.later_turns:
        since = rows[-1]["replied_at"]
        replied = since + timedelta(minutes=minutes)
        rows.append({"waiting_since": since, "replied_at": replied, **spans("wait", (minutes, minutes))})
    return [{"ticket_id": f"t:{ticket.number}", "exclusion": ticket.exclusion, **row} for row in rows]


def states(ticket):
    created, solved = datetime.fromisoformat(ticket.created), after(ticket, ticket.solve)
    rows = [{"at": created, "until": solved, "state": "open", "is_open": True}]
    if solved:
        rows.append({"at": solved, "until": None, "state": "solved", "is_open": False})
    return [{"ticket_id": f"t:{ticket.number}", "exclusion": ticket.exclusion, **row} for row in rows]


def surveys(ticket):
    scales = {"csat": (1.0, 5.0), "nps": (0.0, 10.0), "ces": (1.0, 7.0)}
    asked = [(kind, getattr(ticket, kind)) for kind in scales if getattr(ticket, kind) is not None]
    sent = after(ticket, ticket.solve)
    return [
        {"survey_id": f"{kind}:{ticket.number}", "kind": kind, "asked_at": sent,
         "score": float(score) if score else None, "answered_at": sent + timedelta(hours=3) if score else None,
         "scale_min": scales[kind][0], "scale_max": scales[kind][1], "is_linked": True}
        for kind, score in asked
    ]  # fmt: skip


@pytest.fixture(scope="module")
def story(bench):
    rows = {"tickets": [ticket_facts(ticket) for ticket in TEN_TICKETS]}
    for name, made in {"replies": turns, "targets": targets, "states": states, "surveys": surveys}.items():
        rows[name] = [row for ticket in TEN_TICKETS for row in made(ticket)]
    return bench.facts(cut=CUT, **rows)


@pytest.mark.parametrize("ticket", TEN_TICKETS, ids=lambda ticket: str(ticket.number))
def test_the_spans_of_the_story_are_true_to_its_opening_hours(ticket):
    created = datetime.fromisoformat(ticket.created)
    for minutes in (ticket.response, ticket.wait, ticket.first_solve, ticket.solve):
        if minutes is not None:
            assert open_minutes_between(created, created + timedelta(minutes=minutes[1])) == minutes[0]


@pytest.fixture(scope="module")
def measured(bench, story):
    variants = {metric_id: [d.metric.variant for d in all_of] for metric_id, all_of in variants_by_id().items()}
    second = {metric_id: bench.options(variant=names[1]) for metric_id, names in variants.items() if len(names) > 1}
    first = bench.measure(story, "2026-07")
    other = bench.measure(story, "2026-07", metrics=second)
    return {
        (metric_id, names[number] if len(names) > 1 else None): run
        for number, run in enumerate((first, other))
        for metric_id, names in variants.items()
        if number < len(names)
    }


@pytest.mark.parametrize("key", EXAMPLES, ids=lambda key: "-".join(filter(None, key)))
def test_every_example_is_what_is_measured(measured, key):
    example = EXAMPLES[key]
    found = measured[key].get(key[0], "2026-07", statistic=example.statistic)
    assert found.value == pytest.approx(example.value, rel=1e-12)
    assert found.n == example.n


def test_every_metric_and_variant_has_an_example():
    for metric_id, variants in variants_by_id().items():
        for definition in variants if not is_companion(variants[0].metric) else ():
            variant = definition.metric.variant if len(variants) > 1 else None
            assert example_of(metric_id, variant) is not None, (metric_id, variant)


def test_an_example_is_found_by_metric_and_variant():
    assert example_of("csat", "mean") is EXAMPLES["csat", "mean"]
    assert example_of("csat", "median") is None
    assert measured_beside(catalogue(DEFAULTS)["first_response_time"]) == ("first_response_time_calendar",)
    assert measured_beside(catalogue(DEFAULTS)["tickets_created"]) == ()
