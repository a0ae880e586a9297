"""The replay against a second, independent one: a state machine for a single ticket, counting minute by minute."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "mon2", "tue2", "wed2"]
CREATED = 10 * 60
CUT = 4 * 1440 + 15 * 60
ORDER = {"C": 1, "T": 1, "H": 2, "A": 3, "S": 4, "SC": 4, "SY": 4, "M": 6}
LADDER = ["new", "open", "pending", "on_hold", "solved", "closed", "deleted"]
LIVE, DONE = ("new", "open", "pending", "on_hold"), ("solved", "closed")
REPLY_TARGET, SOLUTION_TARGET, PAUSING = 7200, 28800, ("pending",)
ACTORS = {"S": 0, "SC": 1, "SY": 2}


def is_business(minute):
    day, clock = divmod(minute, 1440)
    return day % 7 < 5 and 540 <= clock < 1020


def business(start, end):
    return 60.0 * sum(is_business(minute) for minute in range(start, end))


def due_after(start, seconds):
    """The last minute by which no more than `seconds` business seconds have passed since `start`."""
    minute = start
    while seconds > 0 or not is_business(minute):
        seconds -= 60 if is_business(minute) else 0
        minute += 1
    return minute


class PlainReplay:
    """One ticket played event by event. Events are (minute, kind, word)."""

    def __init__(self, events):
        self.events = [event for event in events if event[0] <= CUT]
        self.tells_statuses = any(kind in ACTORS for _, kind, _ in self.events)
        self.state, self.told, self.answered = None, None, False
        self.asked = self.handed = None
        self.waits, self.answers, self.solves, self.path = [], [], [], []
        self.messages = self.reopens = self.corrections = 0
        self.first_reopen = self.last_solve = None
        self.needed_since = self.thanked_since = False
        self.removed_at = None
        self._opening()
        self._play()

    def _opening(self):
        written = [minute for minute, kind, _ in self.events if kind in ("C", "T")]
        replied = [minute for minute, kind, _ in self.events if kind == "A"]
        first_message, first_reply = min(written, default=9**9), min(replied, default=9**9)
        self.by_agent = first_reply <= CREATED and first_message > first_reply
        self.implied = not self.by_agent and first_message > CREATED
        self.skipped = first_reply if self.by_agent else None

    def _ordered(self):
        acts = [(CREATED, 0, 0, 0, 0, "", "created", None)]
        for minute, kind, word in self.events:
            is_status = kind in ACTORS
            if kind == "A" and minute == self.skipped or kind in ("B", "N", "G"):
                continue
            at = max(minute, CREATED) if is_status or kind == "M" else minute
            tie = LADDER.index(word) if is_status else 0
            acts.append((at, ORDER[kind], tie, kind == "T", ACTORS.get(kind, 0), word or "", kind, word))
        return sorted(acts)

    def _play(self):
        for number, (at, _, _, _, _, _, kind, word) in enumerate(self._ordered()):
            before = self.state
            getattr(self, f"_{'S' if kind in ACTORS else kind}")(at, number, word)
            self._turned(number, at, before, kind)
            if self.state is not None and self.state != before:
                self.path.append((at, self.state))
            if kind == "M":
                break

    def _created(self, at, number, _):
        self.state, self.told = ("open" if self.answered else "new"), "new"
        if self.implied:
            self.asked = at if self.asked is None else self.asked

    def _C(self, at, number, _):
        self.messages += 1
        self.needed_since = True
        self.asked = at if self.asked is None else self.asked
        if self.told == "solved":
            self.state = "open"

    def _T(self, at, number, _):
        self.messages += 1
        self.thanked_since = True

    def _H(self, at, number, _):
        if self.asked is not None and self.handed is None:
            self.handed = at

    def _A(self, at, number, author):
        if self.asked is not None:
            self.waits.append((self.asked, max(self.asked, self.handed or 0), at, author))
        self.asked = self.handed = None
        self.answered = True
        self.answers.append((number, at, author))
        if self.told == "new":
            self.state = "open"

    def _S(self, at, number, status):
        self.state = self.told = status

    def _M(self, at, number, _):
        self.state = "merged"

    def _turned(self, number, at, before, kind):
        if self.state in DONE and before not in DONE:
            self.solves.append(at)
            self.last_solve = number
            self.needed_since = self.thanked_since = False
        elif before in DONE and self.state in LIVE and self._is_requesters(kind):
            self.reopens += 1
            self.first_reopen = number if self.first_reopen is None else self.first_reopen
        elif before in DONE and self.state in LIVE:
            self.corrections += kind == "S"
        if self.state in ("deleted", "merged") and before not in ("deleted", "merged"):
            self.removed_at = at

    def _is_requesters(self, kind):
        return self.needed_since or (kind == "SC" and not self.thanked_since)

    def reply_count(self):
        last, count = {}, 0
        for _, at, author in self.answers:
            count += author not in last or at - last[author] >= 30
            last[author] = at
        return count

    def ended_at(self):
        if self.state in DONE:
            return self.solves[-1]
        return self.removed_at if self.state in ("deleted", "merged") else None

    def state_at(self, minute):
        return next((state for at, state in reversed(self.path) if at <= minute), None)

    def facts(self):
        is_solved = self.state in DONE
        first = self.waits[0] if self.waits else None
        opened = first or (
            (self.asked, max(self.asked, self.handed or 0), None, None) if self.asked is not None else None
        )
        unanswered = opened and not first
        count = self.reply_count()
        again = (
            self.first_reopen is not None
            and any(n < self.first_reopen for n, *_ in self.answers)
            and any(n > self.first_reopen for n, *_ in self.answers)
        )
        return {
            "first_response_state": "responded"
            if first
            else "pending"
            if unanswered and self.ended_at() is None
            else "not_applicable",
            "clock_started_at": opened[1] if opened else None,
            "first_response_at": first[2] if first else None,
            "first_response_agent": first[3] if first else None,
            "first_response_due_at": due_after(opened[1], REPLY_TARGET) if opened else None,
            "ended_unanswered_at": None if first else self.ended_at(),
            "first_response_business_seconds": business(first[1], first[2]) if first else None,
            "first_wait_business_seconds": business(first[0], first[2]) if first else None,
            "requester_wait_business_seconds": 60.0
            * sum(is_business(m) and self.state_at(m) in ("new", "open", "on_hold") for m in range(CREATED, CUT)),
            "first_solved_at": self.solves[0] if self.solves else None,
            "solved_at": self.solves[-1] if is_solved else None,
            "is_solved": is_solved,
            "first_resolution_business_seconds": business(CREATED, self.solves[0]) if self.solves else None,
            "full_resolution_business_seconds": business(CREATED, self.solves[-1]) if is_solved else None,
            "full_resolution_calendar_seconds": 60.0 * (self.solves[-1] - CREATED) if is_solved else None,
            "reply_count": count,
            "reopen_count": self.reopens,
            "correction_count": self.corrections if self.tells_statuses else None,
            "is_one_touch": is_solved and count == 1 and not again,
            "paused_business_seconds": 60.0
            * sum(is_business(m) and self.state_at(m) in PAUSING for m in range(CREATED, CUT)),
            "exclusion": "merged"
            if self.state == "merged"
            else "deleted"
            if self.state == "deleted"
            else "agent_started"
            if self.by_agent
            else None,
        }

    def reply_targets(self):
        waits = list(self.waits)
        if self.asked is not None:
            waits.append((self.asked, max(self.asked, self.handed or 0), None, None))
        targets = []
        for number, (_, since, replied, _) in enumerate(waits):
            due = due_after(since, REPLY_TARGET)
            stop = replied if replied is not None else self.ended_at()
            state = self._judged(due, stop, replied is not None)
            targets.append(("next_reply" if number else "first_response", since, due, state))
        return targets

    def _judged(self, due, stop, fulfilled):
        if due < (CUT if stop is None else stop):
            return "missed"
        return "undecided" if stop is None else "met" if fulfilled else "not_applicable"

    def resolution(self):
        used, end = 0, self.ended_at()
        stop = CUT if end is None else end
        for minute in range(CREATED, stop):
            if is_business(minute) and self.state_at(minute) in LIVE and self.state_at(minute) not in PAUSING:
                if used == SOLUTION_TARGET:
                    return ("missed", minute)
                used += 60
        if end is None and self.state in PAUSING:
            return ("undecided", None)
        due = due_after(stop, SOLUTION_TARGET - used)
        return (self._judged(due, end, self.state in DONE), due)


EVENTS = st.one_of(
    st.tuples(st.sampled_from(["C", "C", "T", "H", "B", "N"]), st.none()),
    st.tuples(st.just("A"), st.sampled_from(["ann", "ben"])),
    st.tuples(st.just("A"), st.sampled_from(["ann", "ben"])),
    st.tuples(st.sampled_from(["S", "SC", "SY"]), st.sampled_from([*LADDER, "solved", "solved", "open", "pending"])),
    st.tuples(st.just("M"), st.just("d:999")),
)
MINUTES = st.one_of(
    st.integers(CREATED - 90, CREATED + 120),
    st.integers(CREATED, CUT + 600),
    st.integers(0, 60).map(lambda quarter: CREATED + 15 * quarter),
)
STORY = st.lists(st.tuples(MINUTES, EVENTS).map(lambda pair: (pair[0], *pair[1])), max_size=9)


def line(event):
    minute, kind, word = event
    day, clock = divmod(minute, 1440)
    stamp = f"{DAY_NAMES[day]} {clock // 60:02}:{clock % 60:02}"
    return f"{stamp} C = Thanks!" if kind == "T" else f"{stamp} {kind} {word}" if word else f"{stamp} {kind}"


def numbered(stories):
    """Stories by ticket, with one that shows that the source records messages and statuses."""
    shown = [(CREATED, "C", None), (CREATED + 5, "S", "open")]
    return {f"d:{number}": story for number, story in enumerate([shown, *stories])}


def told_to(tell, stories, cut="fri 15:00"):
    return tell({key: [line(event) for event in story] for key, story in stories.items()}, cut=cut)


def in_minutes(at, value):
    return None if value is None else (value - at("mon 00:00")) // timedelta(minutes=1)


PLAYED = settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@PLAYED
@given(st.lists(STORY, min_size=60, max_size=60))
def test_the_engine_and_the_state_machine_agree(tell, at, stories):
    stories = numbered(stories)
    told = told_to(tell, stories)
    targets = {key: [] for key in stories}
    for row in told.rows("targets"):
        due = in_minutes(at, row["due_at"])
        targets[row["ticket_id"]].append((row["target"], in_minutes(at, row["applied_at"]), due, row["state"]))
    rows = {row["ticket_id"]: row for row in told.rows("tickets")}
    states = {key: [] for key in stories}
    for row in told.rows("states"):
        states[row["ticket_id"]].append((in_minutes(at, row["at"]), row["state"]))
    for key, story in stories.items():
        plain = PlainReplay(story)
        expected = plain.facts()
        found = {
            name: in_minutes(at, rows[key][name]) if name.endswith("_at") else rows[key][name] for name in expected
        }
        assert found == expected, [line(event) for event in story]
        solution, due = plain.resolution()
        expected_targets = sorted([*plain.reply_targets(), ("resolution", CREATED, due, solution)], key=str)
        assert sorted(targets[key], key=str) == expected_targets, [line(event) for event in story]
        for minute in range(CREATED, CUT, 97):
            state = next((state for begin, state in reversed(states[key]) if begin <= minute), None)
            plain_state = plain.state_at(minute)
            assert state == ("removed" if plain_state in ("deleted", "merged") else plain_state)


@pytest.fixture(scope="module")
def some_stories():
    chance = random.Random(7)
    kinds = [
        ("C", None),
        ("T", None),
        ("H", None),
        ("B", None),
        ("A", "ann"),
        ("A", "ben"),
        ("S", "solved"),
        ("S", "pending"),
        ("SC", "open"),
        ("SY", "closed"),
        ("G", "ann"),
        ("G", "cid"),
    ]
    return numbered(
        [
            sorted((CREATED + 15 * chance.randrange(450), *chance.choice(kinds)) for _ in range(chance.randrange(9)))
            for _ in range(80)
        ]
    )


def test_the_order_of_rows_changes_nothing(tell, some_stories):
    chance = random.Random(8)
    shuffled = {key: chance.sample(story, len(story)) for key, story in chance.sample(sorted(some_stories.items()), 81)}
    one, two = told_to(tell, some_stories), told_to(tell, shuffled)
    for table in one.facts.expressions:
        assert sorted(one.rows(table), key=str) == sorted(two.rows(table), key=str)


def test_what_happens_after_cut_is_invisible(tell, some_stories):
    later = {key: [event for event in story if event[0] <= 2 * 1440] for key, story in some_stories.items()}
    one, two = told_to(tell, later, "wed 00:00"), told_to(tell, some_stories, "wed 00:00")
    for table in one.facts.expressions:
        assert one.rows(table) == two.rows(table), table
