"""Small tickets with facts worked out by hand: office hours Monday to Friday 09:00-17:00 UTC, created Monday 10:00."""

from dataclasses import dataclass, field

import pytest

H = 3600.0


@dataclass(frozen=True)
class Story:
    name: str
    events: list
    expect: dict
    row: dict = field(default_factory=dict)


def answered(business, **more):
    return {"first_response_state": "responded", "first_response_business_seconds": business} | more


STORIES = [
    # first response
    Story(
        "answered within hours",
        ["mon 12:30 A anna"],
        answered(2.5 * H, first_response_calendar_seconds=2.5 * H, first_response_agent="anna", reply_count=1),
    ),
    Story("answered the next day", ["tue 09:30 A anna"], answered(7.5 * H, first_response_calendar_seconds=23.5 * H)),
    Story(
        "created out of hours: the clock starts at the next opening",
        ["mon 09:45 A anna"],
        answered(0.75 * H, first_response_calendar_seconds=3.75 * H),
        {"created_at": "mon 06:00"},
    ),
    Story(
        "a reply before opening took no business time",
        ["mon 07:30 A anna"],
        answered(0.0, first_response_calendar_seconds=1.5 * H),
        {"created_at": "mon 06:00"},
    ),
    Story("over the weekend", ["mon2 09:15 A anna"], answered(0.25 * H), {"created_at": "sat 11:00"}),
    Story("a private note is no reply", ["mon 10:05 N anna", "mon 11:00 A anna"], answered(H, reply_count=1)),
    Story(
        "an automatic reply is none",
        ["mon 10:00 B bot", "mon 10:01 Y mailer", "mon 11:00 A anna"],
        answered(H, reply_count=1),
    ),
    Story(
        "an author named automatic is a bot, whatever the source says",
        ["mon 10:01 A robo", "mon 11:00 A anna"],
        answered(H, first_response_agent="anna", reply_count=1),
    ),
    Story("a reply without actor kind is an agent's", ["mon 11:00 R anna"], answered(H, first_response_agent="anna")),
    Story(
        "a public reply by the requester is a message",
        ["mon 10:30 Q r", "mon 11:00 A anna"],
        answered(H, reply_count=1, requester_message_count=1),
    ),
    Story(
        "hand-off by the bot starts the agents' clock",
        ["mon 10:00 C", "mon 10:01 B bot", "mon 12:00 H", "mon 12:30 A anna"],
        answered(0.5 * H, first_wait_business_seconds=2.5 * H, first_wait_calendar_seconds=2.5 * H),
    ),
    Story(
        "the first hand-off counts",
        ["mon 11:00 H", "mon 12:00 H", "mon 12:30 A anna"],
        answered(1.5 * H, first_wait_business_seconds=2.5 * H),
    ),
    Story(
        "a hand-off while nothing waits does not hide the one after the next message",
        ["mon 11:00 A anna", "mon 12:00 H", "mon 13:00 C", "mon 15:00 H", "mon 15:30 A anna"],
        answered(H, reply_count=2),
    ),
    Story(
        "without a hand-off the clock runs from the message",
        ["mon 10:00 C", "mon 10:01 B bot", "mon 12:30 A anna"],
        answered(2.5 * H, first_wait_business_seconds=2.5 * H),
    ),
    Story(
        "the opening message is not counted twice",
        ["mon 10:00 C", "mon 11:00 A anna"],
        answered(H, requester_message_count=1),
    ),
    Story(
        "a message before the ticket was noticed starts the clock",
        ["mon 09:30 C", "mon 10:30 A anna"],
        answered(H, requester_message_count=1),
    ),
    Story(
        "several messages before the reply are one wait",
        ["mon 10:00 C", "mon 10:30 C", "mon 11:00 A anna"],
        answered(H, requester_message_count=2),
    ),
    Story(
        "no reply yet is pending",
        ["mon 10:00 C"],
        {"first_response_state": "pending", "first_response_business_seconds": None, "reply_count": 0},
    ),
    Story(
        "solved without a reply: not applicable",
        ["mon 10:00 C", "mon 12:00 S solved"],
        {"first_response_state": "not_applicable", "is_solved": True, "is_one_touch": False, "reply_count": 0},
    ),
    Story(
        "a reopened ticket keeps its first response",
        ["mon 11:00 A anna", "mon 12:00 S solved anna", "tue 10:00 C", "tue 11:00 A ben"],
        answered(H, first_response_agent="anna", reply_count=2),
    ),
    # opened by an agent
    Story(
        "an agent's opening message is no reply",
        ["mon 10:00 A anna", "mon 12:00 C", "mon 13:00 A anna"],
        answered(H, exclusion="agent_started", reply_count=1),
    ),
    Story(
        "the source says that an agent opened it",
        ["mon 10:05 A anna"],
        {"first_response_state": "not_applicable", "exclusion": "agent_started", "reply_count": 0},
        {"is_proactive": True},
    ),
    Story(
        "created by an agent",
        ["mon 10:00 KA anna", "mon 10:05 A anna", "mon 12:00 C"],
        {"first_response_state": "pending", "exclusion": "agent_started", "reply_count": 0},
    ),
    Story(
        "an agent who writes a requester's call down opened nothing",
        ["mon 10:00 KA anna", "mon 10:00 C", "mon 11:00 A anna"],
        answered(H, exclusion=None),
    ),
    # bubbles, one touch
    Story(
        "bubbles of one sitting are one reply",
        ["mon 11:00 A anna", "mon 11:10 C", "mon 11:20 A anna", "mon 11:45 A anna", "mon 12:00 S solved"],
        {"reply_count": 1, "is_one_touch": True},
    ),
    Story(
        "half an hour apart is another reply",
        ["mon 11:00 A anna", "mon 11:30 A anna", "mon 12:00 S solved"],
        {"reply_count": 2, "is_one_touch": False},
    ),
    Story(
        "two agents are two replies",
        ["mon 11:00 A anna", "mon 11:05 A ben", "mon 12:00 S solved"],
        {"reply_count": 2, "is_one_touch": False},
    ),
    Story(
        "a reopen with another reply in the same sitting is no one touch",
        ["mon 11:00 A anna", "mon 11:01 S solved", "mon 11:05 C", "mon 11:10 A anna", "mon 11:11 S solved"],
        {"reply_count": 1, "reopen_count": 1, "is_one_touch": False},
    ),
    Story(
        "bot only is no touch",
        ["mon 10:00 C", "mon 10:01 B bot", "mon 10:02 SY solved"],
        {"reply_count": 0, "is_one_touch": False, "is_solved": True},
    ),
    # resolution
    Story(
        "first and last solve",
        ["mon 11:00 A a", "mon 12:00 S solved", "tue 10:00 C", "tue 10:00 SC open", "wed 10:00 S solved"],
        {
            "first_resolution_business_seconds": 2 * H,
            "full_resolution_business_seconds": 16 * H,
            "full_resolution_calendar_seconds": 48 * H,
            "reopen_count": 1,
            "is_solved": True,
        },
    ),
    Story(
        "auto-close after days: the end is the last solve",
        ["mon 12:00 S solved", "fri 12:00 SY closed"],
        {"full_resolution_business_seconds": 2 * H, "is_solved": True, "reopen_count": 0},
    ),
    Story(
        "closed when never solved",
        ["mon 13:00 S closed"],
        {"first_resolution_business_seconds": 3 * H, "full_resolution_business_seconds": 3 * H, "is_solved": True},
    ),
    Story(
        "solved three times is one ticket",
        [
            "mon 11:00 S solved",
            "mon 11:05 S solved",
            "mon 12:00 C",
            "mon 13:00 S solved",
            "mon 14:00 C",
            "mon 15:00 S solved",
        ],
        {"first_resolution_business_seconds": H, "full_resolution_business_seconds": 5 * H, "reopen_count": 2},
    ),
    Story(
        "open again at cut",
        ["mon 12:00 S solved", "tue 10:00 C"],
        {
            "is_solved": False,
            "solved_at": None,
            "full_resolution_business_seconds": None,
            "first_resolution_business_seconds": 2 * H,
            "reopen_count": 1,
        },
    ),
    Story(
        "thanks reopens nothing",
        ["mon 11:00 A anna", "mon 12:00 S solved", "mon 13:00 C = Thank you!!"],
        {"is_solved": True, "reopen_count": 0, "is_one_touch": True, "requester_message_count": 2},
    ),
    Story(
        "thanks that the help desk reopened is no reopen of the requester",
        ["mon 12:00 S solved", "mon 13:00 C = СПАСИБО)", "mon 13:00 SC open", "mon 13:05 S solved"],
        {"is_solved": True, "reopen_count": 0, "full_resolution_business_seconds": 3 * H + 300},
    ),
    Story(
        "an agent's own correction is no reopen of the requester",
        ["mon 12:00 S solved", "mon 12:05 S open", "mon 13:00 S solved"],
        {"reopen_count": 0, "correction_count": 1, "full_resolution_business_seconds": 3 * H},
    ),
    Story(
        "a message after closing does not reopen",
        ["mon 12:00 S closed", "tue 10:00 C"],
        {"is_solved": True, "reopen_count": 0},
    ),
    # ends of another kind
    Story(
        "merged stops at the merge",
        ["mon 10:00 C", "mon 12:00 M d:9", "mon 13:00 A anna", "mon 14:00 S solved"],
        {"exclusion": "merged", "first_response_state": "not_applicable", "is_solved": False, "reply_count": 0},
    ),
    Story("the survivor of a merge goes on", ["mon 12:00 M self", "mon 13:00 A anna"], answered(3 * H, exclusion=None)),
    Story("deleted", ["mon 12:00 S deleted"], {"exclusion": "deleted", "is_solved": False}),
    Story("spam goes before deleted", ["mon 12:00 S deleted"], {"exclusion": "spam"}, {"is_spam": True}),
    Story("a test", [], {"exclusion": "test"}, {"is_test": True}),
    Story("merged by its row", ["mon 11:00 A a"], {"exclusion": "merged"}, {"merged_into_id": "d:2"}),
    # credit
    Story(
        "the solve is the assignee's",
        ["mon 10:05 G anna", "mon 11:00 A ben", "mon 12:00 S solved cora", "mon 13:00 G dan"],
        {"solved_agent": "anna", "agent": "anna", "first_response_agent": "ben"},
    ),
    Story("assigned in the instant of the solve", ["mon 12:00 S solved", "mon 12:00 G anna"], {"solved_agent": "anna"}),
    Story(
        "without assignment it is the row's agent",
        ["mon 11:00 A ben", "mon 12:00 S solved cora"],
        {"solved_agent": "dan", "agent": "dan"},
        {"agent_id": "dan"},
    ),
    Story(
        "without any assignee the last replier before the solve",
        ["mon 11:00 A ben", "mon 11:30 A eva", "mon 12:00 S solved cora", "mon 13:00 A fay"],
        {"solved_agent": "eva"},
    ),
    Story(
        "without a reply the agent who solved it",
        ["mon 12:00 S solved cora"],
        {"solved_agent": "cora", "agent": "cora"},
    ),
    Story(
        "the first solve is the assignee's at it, reopened or not",
        ["mon 10:05 G anna", "mon 12:00 S solved cora", "mon 13:00 C", "mon 13:05 G anna>ben"],
        {"first_solved_agent": "anna", "solved_agent": None, "agent": "ben"},
    ),
    Story(
        "without any assignee the first solve is the last replier's before it",
        ["mon 11:00 A ben", "mon 12:00 S solved cora", "mon 13:00 C", "mon 14:00 A eva", "mon 15:00 S solved cora"],
        {"first_solved_agent": "ben", "solved_agent": "eva"},
    ),
    Story(
        "without a reply the first solve is the agent's who solved it",
        ["mon 12:00 S solved cora", "mon 13:00 C", "mon 14:00 A eva", "mon 15:00 S solved"],
        {"first_solved_agent": "cora", "solved_agent": "eva"},
    ),
    Story("a system solves for nobody", ["mon 12:00 SY solved robot"], {"solved_agent": None, "agent": None}),
    Story(
        "an open ticket is its assignee's",
        ["mon 11:00 G anna", "mon 12:00 G anna>ben"],
        {"solved_agent": None, "agent": "ben"},
        {"agent_id": "zoe"},
    ),
    Story(
        "topic and priority at cut",
        ["mon 11:00 P normal>high", "mon 12:00 T billing>refund"],
        {"priority": "high", "topic": "refund"},
        {"priority_code": "urgent", "topic": "other"},
    ),
    # pauses
    Story(
        "pauses are counted in business time, once",
        ["mon 12:00 S pending", "mon 13:00 S pending", "tue 10:00 S open", "tue 12:00 S solved"],
        {"paused_business_seconds": 6 * H, "full_resolution_business_seconds": 10 * H},
    ),
]


@pytest.fixture(scope="module")
def told(tell):
    return tell(
        {f"d:{n}": story.events for n, story in enumerate(STORIES, 1)},
        {f"d:{n}": story.row for n, story in enumerate(STORIES, 1)},
    )


@pytest.mark.parametrize("number", range(1, len(STORIES) + 1), ids=[story.name for story in STORIES])
def test_facts_of_a_story(told, number):
    story = STORIES[number - 1]
    row = told.ticket(f"d:{number}")
    assert {name: row[name] for name in story.expect} == story.expect


def test_a_story_alone_gives_what_it_gives_in_company(tell, told):
    for number in (11,):
        story = STORIES[number - 1]
        alone = tell({f"d:{number}": story.events}, {f"d:{number}": story.row})
        # whether a log records handovers at all is known from its other tickets
        of_the_log = {"transfer_count", "was_escalated"}
        both = (alone.ticket(f"d:{number}"), told.ticket(f"d:{number}"))
        rows = [{name: row[name] for name in row.keys() - of_the_log} for row in both]
        assert rows[0] == rows[1]
