"""Contacts worked out by hand: what is one contact, who came back, and what cannot be told."""

from dataclasses import dataclass, field

import pandas as pd
import pytest

from evaluation.contacts import ContactOptions
from evaluation.facts import derive
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = pd.Timestamp("2026-07-31 12:00", tz="UTC").to_pydatetime()
SETTINGS = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})


@dataclass(frozen=True)
class Case:
    """Contacts of one requester, `r<number>`; days of July as `10` or `10.5`; what one of them says."""

    name: str
    tickets: dict
    says: dict
    calls: dict = field(default_factory=dict)
    about: str = "b"
    anonymous: bool = False


def day(number):
    return pd.Timestamp("2026-07-01", tz="UTC") + pd.Timedelta(days=number - 1)


def ticket(at, topic="Delivery", solved=None, **more):
    return {"created_at": at, "topic": topic, "solved_at": solved, **more}


def call(at, outcome="answered", topic="Delivery", **more):
    return {"started_at": at, "outcome": outcome, "topic": topic, "direction": "inbound", **more}


REPEATED, FIRST = {"is_repeat_any_topic": True}, {"is_repeat_any_topic": False, "is_repeat_same_topic": False}
CASES = [
    # who came back: before
    Case("a week less a moment later is a repeat", {"a": ticket(10), "b": ticket(16.99)},
         {"is_repeat_any_topic": True, "is_repeat_same_topic": True, "previous_at": day(10)}),
    Case("exactly a week later is none", {"a": ticket(10), "b": ticket(17)}, FIRST | {"previous_at": day(10)}),
    Case("on another topic", {"a": ticket(10), "b": ticket(12, "Invoice")},
         {"is_repeat_any_topic": True, "is_repeat_same_topic": False}),
    Case("the one before last was on the topic",
         {"a": ticket(10), "c": ticket(11, "Invoice"), "b": ticket(12)},
         {"is_repeat_same_topic": True, "previous_at": day(11), "previous_same_topic_at": day(10)}),
    Case("across channels: a ticket after a call", {"b": ticket(12)}, REPEATED | {"is_repeat_same_topic": True},
         {"k": call(11)}),
    Case("across channels: a call after a ticket", {"a": ticket(11)}, REPEATED | {"kind": "call", "channel": "phone"},
         {"b": call(12)}),
    Case("two at one instant: one of them came after", {"a": ticket(11), "b": ticket(11)}, REPEATED),
    Case("an abandoned call is no contact yet", {"b": ticket(12)}, FIRST, {"k": call(11, "abandoned")}),
    Case("nor is one that failed", {"b": ticket(12)}, FIRST, {"k": call(11, "failed")}),
    Case("a voicemail is one", {"b": ticket(12)}, REPEATED, {"k": call(11, "voicemail")}),
    Case("an outbound call is ours, not theirs", {"b": ticket(12)}, FIRST, {"k": call(11, direction="outbound")}),
    Case("the same topic cannot be told of one without", {"a": ticket(10), "b": ticket(12, None)},
         {"is_repeat_any_topic": True, "is_repeat_same_topic": None}),
    Case("nor after one without", {"a": ticket(10, None), "b": ticket(12)},
         {"is_repeat_any_topic": True, "is_repeat_same_topic": None}),
    Case("unless another settles it", {"a": ticket(10, None), "c": ticket(11), "b": ticket(12)},
         {"is_repeat_same_topic": True}),
    Case("without a topic and alone: no repeat", {"b": ticket(12, None)}, FIRST),
    Case("spam of the same requester is no contact", {"a": ticket(10, is_spam=True), "b": ticket(12)}, FIRST),
    Case("a merged ticket belongs to the other thread", {"a": ticket(10), "b": ticket(12), "c": ticket(11, merged="b")},
         {"previous_at": day(10)}),
    Case("of a merged ticket nothing is said", {"a": ticket(10), "b": ticket(12, merged="a")},
         {"exclusion": "merged", "is_repeat_any_topic": None, "was_followed": None}),
    Case("anonymous contacts cannot be told", {"a": ticket(10), "b": ticket(12)},
         {"is_repeat_any_topic": None, "is_repeat_same_topic": None}, anonymous=True),
    Case("in the first days of the records nobody knows", {"b": ticket(7.9)},
         {"is_repeat_any_topic": None, "is_repeat_same_topic": None}),
    Case("a week after the first record it is known", {"b": ticket(8)}, FIRST),
    # one contact
    Case("a ticket and its call are one, from the call on", {"b": ticket(12)},
         FIRST | {"at": day(11.9), "kind": "ticket"}, {"k": call(11.9, of="b")}),
    Case("a call about the thread later is no new contact", {"a": ticket(11), "b": ticket(13)},
         {"previous_at": day(11), "at": day(13)}, {"k": call(12, of="a"), "l": call(14, of="b")}),
    Case("the legs of one call are one contact", {"a": ticket(11)}, REPEATED | {"previous_at": day(11)},
         {"b": call(12, leg="x"), "k": call(12.01, leg="x")}),
    Case("a call about an unknown ticket is a contact of its own", {"a": ticket(11)}, {"kind": "call"} | REPEATED,
         {"b": call(12, of="?")}),
    Case("a call about a ticket that an agent opened is the contact", {"a": ticket(12, is_proactive=True)},
         FIRST | {"kind": "call", "exclusion": None, "at": day(11.9)},
         {"b": call(11.9, of="a"), "c": call(13, of="a")}),
    Case("the caller tells who asked", {"b": ticket(12, requester=None)}, {"requester_id": "caller"},
         {"k": call(12, of="b", requester="caller")}),
    # who came back: after the solve
    Case("a contact within a week after the solve", {"b": ticket(10, solved=11), "c": ticket(17.99)},
         {"was_followed": True, "next_at": day(17.99), "is_window_over": True}),
    Case("exactly a week after the solve", {"b": ticket(10, solved=11), "c": ticket(18)}, {"was_followed": False}),
    Case("on another topic it is no return", {"b": ticket(10, solved=11), "c": ticket(12, "Invoice")},
         {"was_followed": False, "next_at": day(12), "next_same_topic_at": None}),
    Case("before the solve it is no return", {"b": ticket(10, solved=13), "c": ticket(12)}, {"was_followed": False}),
    Case("at the very solve it is not after it", {"b": ticket(10, solved=12), "c": ticket(12)},
         {"was_followed": False}),
    Case("a call is a return too", {"b": ticket(10, solved=11)}, {"was_followed": True}, {"k": call(12)}),
    Case("a call about the same ticket is none", {"b": ticket(10, solved=11)}, {"was_followed": False},
         {"k": call(12, of="b")}),
    Case("a return without a topic: cannot be told", {"b": ticket(10, solved=11), "c": ticket(12, None)},
         {"was_followed": None}),
    Case("nobody knows the topic that was solved", {"b": ticket(10, None, solved=11), "c": ticket(12)},
         {"was_followed": None}),
    Case("solved without a topic, and nobody came", {"b": ticket(10, None, solved=11)}, {"was_followed": False}),
    Case("not solved", {"b": ticket(10), "c": ticket(12)}, {"was_followed": None}),
    Case("the window ends at the cut: over", {"b": ticket(10, solved=24.5)}, {"is_window_over": True}),
    Case("a moment later it is not", {"b": ticket(10, solved=24.51)}, {"is_window_over": False, "was_followed": False}),
    Case("a return after the cut has not happened", {"b": ticket(24, solved=25), "c": ticket(31.6)},
         {"was_followed": False, "next_at": None}),
    Case("calls are not solved", {}, {"solved_at": None, "is_one_touch": None, "is_solved": False}, {"b": call(12)}),
]  # fmt: skip


def tables_of(cases):
    tickets, calls = [{"ticket_id": "first", "created_at": day(1), "channel_code": "email"}], []
    for number, case in enumerate(cases):
        who = None if case.anonymous else f"r{number}"
        for name, row in case.tickets.items():
            merged = row.get("merged")
            tickets.append({
                "ticket_id": f"{number}{name}", "channel_code": "email", "topic": row["topic"],
                "created_at": day(row["created_at"]),
                "solved_at": day(row["solved_at"]) if row["solved_at"] else None,
                "status_code": "solved" if row["solved_at"] else "open", "reply_count": 1, "reopen_count": 0,
                "requester_id": row.get("requester", who), "is_spam": row.get("is_spam", False),
                "is_proactive": row.get("is_proactive", False), "merged_into_id": merged and f"{number}{merged}",
            })  # fmt: skip
        for name, row in case.calls.items():
            calls.append({
                "call_id": f"{number}{name}", "started_at": day(row["started_at"]), "topic": row["topic"],
                "direction": row["direction"], "outcome": row["outcome"], "requester_id": row.get("requester", who),
                "ticket_id": f"{number}{row['of']}" if "of" in row else None,
                "contact_id": f"{number}{row['leg']}" if "leg" in row else None,
            })  # fmt: skip
    frames = {"tickets": pd.DataFrame(tickets), "calls": pd.DataFrame(calls)}
    for frame in frames.values():
        for column in frame:
            if column.endswith("_at"):
                frame[column] = pd.to_datetime(frame[column], utc=True)
    return Tables.from_frames(frames)


def contacts_of(tables, settings=SETTINGS):
    frame = derive(tables, settings, CUT)["contacts"].execute().astype(object)
    rows = frame.where(frame.notna(), None).to_dict("records")
    return {row["contact_id"]: row for row in rows}


@pytest.fixture(scope="module")
def told():
    return contacts_of(tables_of(CASES))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_a_contact_says(told, number):
    case = CASES[number]
    row = told[f"{number}{case.about}"]
    assert {name: row[name] for name in case.says} == case.says


def test_calls_that_belong_to_a_ticket_are_no_rows_and_all_others_are_one(told):
    numbers = {case.name: number for number, case in enumerate(CASES)}
    own = numbers["a ticket and its call are one, from the call on"]
    assert {name for name in told if name.startswith(f"{own}")} == {f"{own}b"}
    agents = numbers["a call about a ticket that an agent opened is the contact"]
    assert {name for name in told if name.startswith(f"{agents}")} == {f"{agents}a", f"{agents}b"}
    abandoned = numbers["an abandoned call is no contact yet"]
    assert told[f"{abandoned}k"]["is_reached"] is False
    outbound = numbers["an outbound call is ours, not theirs"]
    assert f"{outbound}k" not in told


def test_the_window_is_the_organisations_and_complaints_are_unknown_unless_given(told):
    assert {row["is_complaint"] for row in told.values()} == {None}
    cases = [
        Case("within two weeks", {"a": ticket(10), "b": ticket(22)}, {}),
        Case("solved", {"b": ticket(9, solved=10), "c": ticket(20)}, {}, {"k": call(12, "failed", of="?", leg="x")}),
    ]
    options = SETTINGS.model_copy(update={"contacts": ContactOptions(repeat_within_days=14)})
    rows = contacts_of(tables_of(cases), options)
    assert (rows["0b"]["is_repeat_any_topic"], rows["1b"]["was_followed"]) == (True, True)
