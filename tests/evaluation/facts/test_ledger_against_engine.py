"""The ledger of each ticket, played in plain Python, against the targets that the engine derives for all at once."""

import random
from collections import defaultdict

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

TARGETS = {"first_response": "2h", "next_reply": "90 min", "periodic_update": "3h", "resolution": "8h"}
ROUND_THE_CLOCK = {name: {"within": within, "clock": "calendar"} for name, within in TARGETS.items()}
SLA = [
    {"id": "vip", "where": {"priority": ["high", "urgent"]}, "targets": TARGETS | {"resolution": "4h"}},
    {"id": "bills", "where": {"topic": "bill", "channel": "email"}, "targets": ROUND_THE_CLOCK, "pauses": ["pending"]},
    {"id": "early", "until": "2026-07-07", "targets": {"periodic_update": "2h"}, "pauses": ["pending", "on_hold"]},
    {"id": "chat", "where": {"channel": "chat"}, "targets": TARGETS, "pauses": ["pending", "on_hold"]},
    {"id": "rest", "where": {"language": "pl"}, "targets": TARGETS, "pauses": ["pending"]},
]
CALENDARS = {
    "default": {"time_zone": "UTC", "hours": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}},
    "late": {"time_zone": "UTC", "hours": {"mon-sun": ["12:00-20:00"]}},
    "always": {"hours": "always", "time_zone": "UTC"},
}
CHOICE = {"default": "default", "by_team": {"night": "late"}, "by_channel": {"chat": "always"}}
DAYS = ["mon", "tue", "wed", "thu", "fri"]
SAID = ["C", "C", "C = Thanks", "H", "B bot", "N ann", "K", "A ann", "A ann", "A ben", "R cid", "A robo"]
STATUSES = ["new", "open", "open", "pending", "pending", "on_hold", "solved", "solved", "closed", "deleted"]
CHANGED = ["G ann", "G ann>ben", "G >", "P low>high", "P high>low", "T bill>card", "T bill", "M d:999"]
SOMETIMES = {
    "team_id": ["day", "night"],
    "priority_code": ["low", "high"],
    "topic": ["bill", "card"],
    "status_code": ["new", "open", "pending", "solved", "closed", "deleted"],
    "merged_into_id": ["d:999"],
    "agent_id": ["eve"],
}
MOVES = ("paused", "stopped", "resumed")
COMPARED = (
    "target",
    "applied_at",
    "policy",
    "target_seconds",
    "due_at",
    "fulfilled_at",
    "decided_at",
    "standing",
)


def stamp(minute):
    day, clock = divmod(minute, 1440)
    return f"{DAYS[day]} {clock // 60:02}:{clock % 60:02}"


def told_to(tell, stories, rows, cut):
    written = {key: [f"{stamp(minute)} {kind}" for minute, kind in story] for key, story in stories.items()}
    given = {
        key: {name: stamp(value) if isinstance(value, int) else value for name, value in row.items()}
        for key, row in rows.items()
    }
    return tell(written, given, cut, sla=SLA, calendars=CALENDARS, calendar_for=CHOICE)


def by_ticket(rows):
    found = defaultdict(list)
    for row in rows:
        found[row["ticket_id"]].append(tuple(row.get(name) for name in COMPARED))
    return {key: sorted(targets, key=lambda one: one[:2]) for key, targets in found.items()}


def a_moment(chance):
    """Any minute of the week, or one of the quarters of an hour on which things coincide."""
    return chance.choice([chance.randrange(480, 5 * 1440 - 60), 600 + 15 * chance.randrange(120)])


def an_event(chance):
    status = f"{chance.choice(['S', 'S', 'SC', 'SY'])} {chance.choice(STATUSES)}"
    return a_moment(chance), chance.choice([chance.choice(SAID), chance.choice(SAID), status, chance.choice(CHANGED)])


def a_row(chance):
    row = {"channel_code": chance.choice(["email", "chat"]), "language": chance.choice(["pl", "pl", "en"])}
    row |= {name: chance.choice(values) for name, values in SOMETIMES.items() if chance.random() < 0.25}
    stamps = ("first_response_at", "solved_at", "closed_at")
    return row | {name: a_moment(chance) for name in stamps if chance.random() < 0.15}


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.sampled_from(["wed 15:00", "fri 20:00"]))
def test_both_ways_agree_on_every_target(tell, seed, cut):
    chance = random.Random(seed)
    stories = {
        f"{'de'[number % 2]}:{number}": [an_event(chance) for _ in range(chance.randrange(11))] for number in range(150)
    }
    rows = {key: a_row(chance) for key in stories}
    told = told_to(tell, stories, rows, cut)
    ledgers = told.ledger(*stories)
    expected = by_ticket(told.rows("targets"))
    found = by_ticket(
        [{"ticket_id": one.ticket_id} | {name: getattr(one, name) for name in COMPARED} for one in ledgers]
    )
    for key, story in stories.items():
        assert found.get(key) == expected.get(key), (key, [f"{stamp(m)} {kind}" for m, kind in story], rows[key])
    for one in ledgers:
        check_entries(one)


def check_entries(one):
    """What holds of every ledger: order, a start, one end at most, seconds that add up and never run backwards."""
    entries = one.entries
    assert bool(entries) == (one.policy is not None)
    if not entries:
        return
    steps = [entry.step for entry in entries]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert (steps[0], entries[0].at, entries[0].used_seconds) == ("started", one.applied_at, 0)
    assert steps.count("started") == 1
    assert steps.count("fulfilled") <= 1
    assert ("fulfilled" in steps) == (one.fulfilled_at is not None)
    assert ("breached" in steps) == (one.standing in ("missed", "past_due")) == (one.why is not None)
    assert ("due" in steps) == (one.due_at is not None)
    used = [entry.used_seconds for entry in entries]
    assert used == sorted(used)
    assert all(abs(entry.used_seconds + entry.left_seconds - one.target_seconds) < 1e-6 for entry in entries)
    for entry in entries:
        if entry.step == "breached":
            assert (entry.at, round(entry.left_seconds, 6)) == (one.due_at, 0)
    # closing hours aside, the clock is stopped only while it runs, and resumed only while it stands still
    moves = [entry.step == "resumed" for entry in entries if entry.step in MOVES and entry.reason != "calendar"]
    ends_by_itself = one.fulfilled_at is None and one.ended_at is not None
    moves = moves[:-1] if ends_by_itself else moves
    assert moves == [bool(number % 2) for number in range(len(moves))]
