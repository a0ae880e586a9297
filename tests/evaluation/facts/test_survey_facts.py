import pandas as pd
import pytest

from evaluation.errors import DataError
from evaluation.facts import derive
from evaluation.settings import Settings
from evaluation.survey_credit import SurveyCredit
from evaluation.tables import Tables

SETTINGS = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})


def survey(survey_id, at, answered, score=None, **more):
    return {
        "survey_id": survey_id,
        "kind": "csat",
        "asked_at": at("mon 12:00"),
        "score": score,
        "answered_at": None if answered is None else at(answered),
        "scale_min": 1.0,
        "scale_max": 5.0,
    } | more


def instants(frame):
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in frame if name.endswith("_at")})


@pytest.fixture
def told(at):
    def derived(surveys, events=(), cut="fri 12:00", credited="assignee", **tables):
        frames = {"surveys": pd.DataFrame(surveys)} | {name: pd.DataFrame(rows) for name, rows in tables.items()}
        if events:
            frames["ticket_events"] = pd.DataFrame(events)
        made = Tables.from_frames({name: instants(frame) for name, frame in frames.items()})
        settings = SETTINGS.model_copy(update={"surveys": SurveyCredit(credited=credited)})
        frame = derive(made, settings, at(cut))["surveys"].execute().astype(object)
        return {
            row["survey_id"]: {k: None if v != v else v for k, v in row.items()} for row in frame.to_dict("records")
        }

    return derived


def test_only_surveys_need_no_tickets(told, at):
    rows = told([survey("s:1", at, "tue 09:00", 4.0, requester_id="r", team_id="first", agent_id="ann")])
    row = rows["s:1"]
    assert (row["score"], row["weight"], row["has_weight"], row["team"], row["agent"], row["channel"]) == (
        4.0,
        1.0,
        False,
        "first",
        "ann",
        None,
    )


def test_answers_after_cut_are_not_there_yet(told, at):
    rows = told(
        [
            survey("s:before", at, "fri 12:00", 4.0),
            survey("s:after", at, "fri 12:01", 4.0),
            survey("s:asked_later", at, "sat 12:00", 4.0, asked_at=at("fri 13:00")),
            survey("s:only_answered_later", at, "sat 12:00", 4.0, asked_at=None),
            survey("s:only_answered", at, "thu 12:00", 2.0, asked_at=None),
        ]
    )
    assert {key: row["score"] for key, row in rows.items()} == {
        "s:before": 4.0,
        "s:after": None,
        "s:only_answered": 2.0,
    }
    assert rows["s:only_answered"]["asked_at"] == at("thu 12:00")
    assert [key for key, row in rows.items() if not row["is_asking_known"]] == ["s:only_answered"]


def test_reversed_items_are_turned(told, at):
    assert told([survey("s:1", at, "tue 09:00", 2.0, is_reversed=True)])["s:1"]["score"] == 4.0


def test_a_reversed_item_without_a_scale_is_refused(told, at):
    with pytest.raises(DataError, match="1 reversed answers have no scale, for example survey s:1"):
        told([survey("s:1", at, "tue 09:00", 2.0, is_reversed=True, scale_max=float("nan"))])


def test_re_rated_the_latest_answer_counts(told, at):
    tickets = [{"ticket_id": "d:1", "created_at": at("mon 10:00"), "channel_code": "email"}]
    rows = told(
        [
            survey("s:1", at, "tue 09:00", 1.0, ticket_id="d:1"),
            survey("s:2", at, "wed 09:00", 5.0, ticket_id="d:1"),
            survey("s:3", at, "wed 09:00", 3.0, ticket_id="d:1"),
            survey("s:4", at, "thu 09:00", 2.0, ticket_id="d:1", kind="ces"),
            survey("s:5", at, "thu 09:00", 2.0, ticket_id="d:1", asked_at=at("wed 12:00")),
            survey("s:6", at, None, ticket_id="d:1", asked_at=at("thu 12:00")),
        ],
        tickets=tickets,
    )
    assert sorted(rows) == ["s:2", "s:3", "s:4", "s:5", "s:6"]
    assert [rows[key]["first_answered_at"] for key in ("s:2", "s:4", "s:6")] == [at("tue 09:00"), at("thu 09:00"), None]
    later = told([survey("s:1", at, "tue 09:00", 1.0), survey("s:1", at, "wed 09:00", 5.0)])
    assert (later["s:1"]["score"], later["s:1"]["first_answered_at"]) == (5.0, at("tue 09:00"))
    earlier = told([survey("s:1", at, "tue 09:00", 1.0), survey("s:1", at, "wed 09:00", 5.0)], cut="tue 10:00")
    assert earlier["s:1"]["score"] == 1.0


@pytest.mark.parametrize(
    ("first", "again", "cut", "kept"),
    [
        ("tue 09:00", "thu 09:00", "fri 12:00", ["s:again"]),
        ("tue 09:00", "thu 09:00", "wed 12:00", ["s:first"]),
        ("tue 09:00", None, "fri 12:00", ["s:first"]),
        ("tue 09:00", "thu 09:00", "mon 13:00", ["s:again", "s:first"]),
    ],
)
def test_a_rating_after_cut_is_no_further_survey_sent(told, at, first, again, cut, kept):
    tickets = [{"ticket_id": "d:1", "created_at": at("mon 10:00"), "channel_code": "email"}]
    rated = [
        survey("s:first", at, first, 1.0, ticket_id="d:1"),
        survey("s:again", at, again, 5.0 if again else None, ticket_id="d:1"),
    ]
    assert sorted(told(rated, cut=cut, tickets=tickets)) == kept


@pytest.mark.parametrize(
    ("blank", "first_at"),
    [
        ({}, "thu 09:00"),
        ({"comment": "slow"}, "tue 09:00"),
        ({"kind": "form"}, "tue 09:00"),
    ],
)
def test_a_blank_answer_is_not_the_first(told, at, blank, first_at):
    tickets = [{"ticket_id": "d:1", "created_at": at("mon 10:00"), "channel_code": "email"}]
    again = {"kind": "form"} if "kind" in blank else {}
    rows = told(
        [
            survey("s:1", at, "tue 09:00", ticket_id="d:1", **blank),
            survey("s:2", at, "thu 09:00", 4.0, ticket_id="d:1", **again),
        ],
        tickets=tickets,
    )
    assert {key: row["first_answered_at"] for key, row in rows.items()} == {"s:2": at(first_at)}


RATED_TWICE = {
    "score, blank": ((5.0, None), (None, None), (5.0, None, 5.0, "tue 09:00")),
    "score, comment only": ((5.0, None), (None, "thanks"), (5.0, "thanks", 5.0, "tue 09:00")),
    "score with comment, comment only": ((5.0, "good"), (None, "thanks"), (5.0, "good / thanks", 5.0, "tue 09:00")),
    "score with comment, the same": ((5.0, "good"), (None, "good"), (5.0, "good", 5.0, "tue 09:00")),
    "score with comment, blank": ((5.0, "good"), (None, None), (5.0, "good", 5.0, "tue 09:00")),
    "blank, score": ((None, None), (2.0, None), (2.0, None, 2.0, "thu 09:00")),
    "comment only, score": ((None, "hm"), (2.0, None), (2.0, None, 2.0, "tue 09:00")),
    "two scores": ((5.0, "good"), (2.0, None), (2.0, None, 5.0, "tue 09:00")),
    "comment only, blank": ((None, "hm"), (None, None), (None, "hm", None, "tue 09:00")),
    "blank, blank": ((None, None), (None, None), (None, None, None, None)),
}
"""What was answered on Tuesday and on Thursday; then score, comment, first score and first answer of the survey."""


@pytest.mark.parametrize("turned", [1, -1])
def test_a_later_row_without_a_score_displaces_none(told, at, turned):
    tickets, rows, expected = [], [], {}
    for number, (first, second, kept) in enumerate(RATED_TWICE.values()):
        for kind, ids in (("one id", ("a", "a")), ("two ids", ("a", "b"))):
            ticket_id = f"{kind}:{number}"
            tickets.append({"ticket_id": ticket_id, "created_at": at("mon 10:00"), "channel_code": "email"})
            for name, answered, (score, comment) in zip(ids, ("tue 09:00", "thu 09:00"), (first, second), strict=True):
                of_ticket = {"ticket_id": ticket_id, "requester_id": "r", "comment": comment}
                rows.append(survey(f"{ticket_id}:{name}", at, answered, score, **of_ticket))
            expected[ticket_id] = (*kept[:3], at(kept[3]) if kept[3] else None)
    found = told(rows[::turned], tickets=tickets).values()
    assert len(found) == len(expected)
    columns = ("score", "comment", "first_score", "first_answered_at")
    assert {row["ticket_id"]: tuple(row[name] for name in columns) for row in found} == expected


def test_a_score_after_cut_is_not_known_beside_a_comment_before_it(told, at):
    rows = [survey("s:1", at, "tue 09:00", comment="hm"), survey("s:1", at, "thu 09:00", 2.0, comment="bad")]
    row = told(rows, cut="wed 12:00")["s:1"]
    assert (row["score"], row["first_score"], row["comment"], row["answered_at"]) == (None, None, "hm", at("tue 09:00"))


def test_dimensions_of_the_ticket_and_the_assignee_at_the_rating(told, at):
    tickets = [
        {
            "ticket_id": "d:1",
            "created_at": at("mon 10:00"),
            "channel_code": "chat",
            "team_id": "t",
            "branch_id": "b",
            "topic": "refund",
            "priority_code": "high",
            "is_spam": False,
        },
        {
            "ticket_id": "d:2",
            "created_at": at("mon 10:00"),
            "channel_code": "chat",
            "team_id": "t",
            "branch_id": "b",
            "topic": "refund",
            "priority_code": "high",
            "is_spam": True,
        },
    ]
    events = [
        {"ticket_id": "d:1", "at": at("mon 10:05"), "kind": "assigned", "to_value": "ann"},
        {"ticket_id": "d:1", "at": at("wed 10:00"), "kind": "assigned", "to_value": "ben"},
        {"ticket_id": "d:1", "at": at("thu 10:00"), "kind": "status", "to_value": "deleted"},
    ]
    rows = told(
        [
            survey("s:1", at, "tue 09:00", 4.0, ticket_id="d:1"),
            survey("s:2", at, "wed 10:00", 4.0, ticket_id="d:1", team_id="own", kind="nps"),
            survey("s:3", at, "wed 11:00", 4.0, ticket_id="d:1", agent_id="own", kind="ces"),
            survey("s:4", at, "wed 11:00", 4.0, ticket_id="d:2"),
            survey("s:5", at, "wed 11:00", 4.0, ticket_id="d:404"),
        ],
        events,
        tickets=tickets,
    )
    assert [rows[f"s:{n}"]["agent"] for n in range(1, 6)] == ["ann", "ben", "own", None, None]
    assert [rows[f"s:{n}"]["team"] for n in range(1, 6)] == ["t", "own", "t", "t", None]
    assert [rows[f"s:{n}"]["exclusion"] for n in range(1, 6)] == [None, None, None, "spam", None]
    found = [rows["s:1"][name] for name in ("channel", "branch", "topic", "priority")]
    assert found == ["chat", "b", "refund", "high"]


def reply(ticket_id, at, moment, author, kind="public_reply", actor="agent"):
    return {"ticket_id": ticket_id, "at": at(moment), "kind": kind, "actor_kind": actor, "actor_id": author}


@pytest.mark.parametrize(
    ("credited", "agents"),
    [
        ("assignee", ["zoe", "zoe", "zoe", "zoe", "zoe", "own", "zoe", "vic", None]),
        ("most_replies", ["ann", "ben", "ben", "ann", "ann", "ben", "zoe", "ann", None]),
    ],
)
def test_the_assignee_is_credited_or_the_author_of_most_replies(told, at, credited, agents):
    replies = {
        "d:most": ["mon 11:00 ann", "mon 12:00 ann", "mon 13:00 ben"],
        "d:later": ["mon 11:00 ann", "mon 12:00 ben"],
        "d:after the rating": ["mon 11:00 ben", "tue 10:00 ann", "tue 11:00 ann"],
        "d:name": ["mon 11:00 ben", "mon 11:00 ann"],
        "d:sitting": ["mon 11:00 ben", "mon 11:01 ben", "mon 11:02 ben", "mon 12:00 ann", "mon 13:00 ann"],
        "d:own": ["mon 11:00 ben"],
        "d:none": [],
        "d:call": ["mon 11:00 ann"],
    }
    tickets = [
        {"ticket_id": name, "created_at": at("mon 10:00"), "channel_code": "email"} for name in (*replies, "d:nobody")
    ]
    events = [
        reply(name, at, line.rpartition(" ")[0], line.rpartition(" ")[2])
        for name, lines in replies.items() for line in lines
    ]  # fmt: skip
    assigned = {"at": at("mon 10:05"), "kind": "assigned", "to_value": "zoe"}
    events += [assigned | {"ticket_id": name} for name in replies if name != "d:call"]
    events += [
        reply("d:most", at, f"mon 14:0{minute}", author, kind, actor)
        for minute in range(4)
        for author, kind, actor in (("ben", "internal_note", "agent"), ("robot", "public_reply", "bot"))
    ]
    calls = [
        {"call_id": "c:1", "started_at": at("mon 11:00"), "direction": "inbound", "outcome": "answered",
         "agent_id": "vic", "ticket_id": "d:call"}
    ]  # fmt: skip
    surveys = [
        survey(name, at, "tue 09:00", 4.0, ticket_id=name, agent_id="own" if name == "d:own" else None)
        for name in (*replies, "d:nobody")
    ]
    surveys[-2] |= {"ticket_id": None, "call_id": "c:1"}
    rows = told(surveys, events, credited=credited, tickets=tickets, calls=calls)
    assert {name: row["agent"] for name, row in rows.items()} == dict(zip((*replies, "d:nobody"), agents, strict=True))


def test_without_replies_most_replies_credits_as_ever(told, at):
    tickets = [{"ticket_id": "d:1", "created_at": at("mon 10:00"), "channel_code": "email", "agent_id": "ann"}]
    rows = told([survey("s:1", at, "tue 09:00", 4.0, ticket_id="d:1")], credited="most_replies", tickets=tickets)
    assert rows["s:1"]["agent"] == "ann"
    alone = told([survey("s:1", at, "tue 09:00", 4.0, agent_id="ben")], credited="most_replies")
    assert alone["s:1"]["agent"] == "ben"


def test_a_survey_after_a_call_has_the_calls_dimensions(told, at):
    calls = [
        {
            "call_id": "p:1",
            "started_at": at("mon 09:00"),
            "direction": "inbound",
            "outcome": "answered",
            "agent_id": "ann",
            "team_id": "voice",
            "topic": "billing",
        }
    ]
    row = told([survey("s:1", at, "mon 13:00", 5.0, call_id="p:1")], calls=calls)["s:1"]
    assert [row[name] for name in ("channel", "team", "topic", "agent")] == ["phone", "voice", "billing", "ann"]


REQUESTERS = [
    ({"requester_id": "own", "ticket_id": "d:1", "call_id": "c:1"}, "own"),
    ({"ticket_id": "d:1"}, "wrote"),
    ({"call_id": "c:1"}, "called"),
    ({"ticket_id": "d:1", "call_id": "c:1"}, "called"),
    ({"call_id": "c:2"}, "wrote"),
    ({"ticket_id": "d:unknown"}, None),
    ({}, None),
]
"""What a survey says of whom and what it is about, and who is taken to have answered."""


@pytest.mark.parametrize(("said", "requester"), REQUESTERS)
def test_who_answered_is_whoever_wrote_or_called_unless_the_survey_says_so(told, at, said, requester):
    tickets = [{"ticket_id": "d:1", "created_at": at("mon 09:00"), "requester_id": "wrote", "channel_code": "email"}]
    call = {"started_at": at("mon 09:00"), "direction": "inbound", "outcome": "answered"}
    calls = [call | {"call_id": "c:1", "requester_id": "called"}, call | {"call_id": "c:2", "ticket_id": "d:1"}]
    rows = told([survey("s:1", at, "tue 09:00", 4.0, **said)], tickets=tickets, calls=calls)
    assert rows["s:1"]["requester_id"] == requester


def test_weights_are_kept(told, at):
    rows = told([survey("s:1", at, "mon 13:00", 5.0, weight=2.5), survey("s:2", at, "mon 13:00", 5.0, weight=None)])
    found = {key: (row["weight"], row["has_weight"]) for key, row in rows.items()}
    assert found == {"s:1": (2.5, True), "s:2": (1.0, False)}


def test_what_was_said_first_is_kept(told, at):
    rows = told(
        [
            survey("s:1", at, "tue 09:00", 1.0, ticket_id="d:1"),
            survey("s:2", at, "wed 09:00", 5.0, ticket_id="d:1"),
            survey("s:3", at, "tue 09:00", 2.0),
            survey("s:3", at, "wed 09:00", 4.0, is_reversed=True),
            survey("s:4", at, "tue 09:00", 2.0, is_reversed=True),
            survey("s:5", at, None),
        ]
    )
    found = {key: (row["score"], row["first_score"]) for key, row in rows.items()}
    assert found == {"s:2": (5.0, 1.0), "s:3": (2.0, 4.0), "s:4": (4.0, 4.0), "s:5": (None, None)}


def test_a_survey_that_names_a_ticket_or_a_call_is_about_it_whether_or_not_it_is_known(told, at):
    rows = told(
        [
            survey("s:1", at, "tue 09:00", 4.0, ticket_id="d:404", call_id=None),
            survey("s:2", at, "tue 09:00", 4.0, ticket_id=None, call_id="p:404"),
            survey("s:3", at, "tue 09:00", 4.0, ticket_id=None, call_id=None, agent_id="ann", team_id="first"),
        ]
    )
    assert {key: row["is_linked"] for key, row in rows.items()} == {"s:1": True, "s:2": True, "s:3": False}


def test_suppressed_surveys_stay_in_the_table(told, at):
    rows = told([survey("s:1", at, None, 0.0, is_suppressed=True), survey("s:2", at, None)])
    assert {key: row["is_suppressed"] for key, row in rows.items()} == {"s:1": True, "s:2": False}
