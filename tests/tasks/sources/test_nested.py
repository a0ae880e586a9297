"""Nested records, cases, filters, templates and keys of other sources."""

import json

import pytest

from evaluation.errors import SourceError
from tasks.collect import collect

TALKS = [
    {
        "id": 1,
        "team": {"name": "north"},
        "opened": "2026-07-01T08:00:00Z",
        "messages": [
            {"who": "client", "at": 1782900000, "text": "hello"},
            {"who": "agent", "at": 1782900600, "text": None},
            {"who": "spy", "at": 1782900700, "text": "x"},
        ],
    },
    {"id": 2, "team": None, "opened": "2026-07-02T08:00:00Z", "messages": []},
    {
        "id": 3,
        "team": {"name": "south"},
        "opened": "2026-07-03T08:00:00Z",
        "messages": [{"who": "client", "at": 1782990000, "text": "", "tags": ["a", "b"]}],
    },
]
EVENTS = {
    "table": "ticket_events",
    "each": "messages",
    "where": {"who": {"not_in": ["spy"]}},
    "columns": {
        "ticket_id": "../id",
        "at": {"from": "at", "format": "epoch_seconds"},
        "kind": {"from": "who", "values": {"client": "requester_message", "agent": "public_reply"}},
        "actor_id": "../team.name",
        "text": "text",
    },
}


def lines(records) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_each_makes_a_row_of_every_element_and_reaches_the_record_around_it(pull, configure):
    pull.write(a__ndjson=lines(TALKS))
    intake = pull(configure(mapping=EVENTS)).intake[0]
    frame = pull.frame("ticket_events")
    assert frame["ticket_id"].tolist() == ["desk:1", "desk:1", "desk:3"]
    assert frame["actor_id"].tolist() == ["north", "north", "south"]
    assert frame["text"].fillna("-").tolist() == ["hello", "-", "-"]
    assert (intake.rows_in, intake.rows_out, intake.excluded) == (4, 3, {"who is spy": 1})


def test_a_fault_in_an_element_names_the_line_and_the_element(pull, configure):
    pull.write(
        a__ndjson=lines([*TALKS, {**TALKS[0], "id": 4, "messages": [TALKS[0]["messages"][0], {"who": "x", "at": 1}]}])
    )
    with pytest.raises(SourceError) as caught:
        pull(configure(mapping=EVENTS))
    assert caught.value.where == "a.ndjson, line 4, messages.1, column 'who'"


def test_a_nested_list_in_parquet_and_json_text_in_a_table_are_followed(pull, configure):
    import pandas as pd

    frame = pd.DataFrame(
        {"id": [1, 2], "messages": [[{"at": "2026-07-01T00:00:00Z"}], []], "extra": ['{"a": {"b": "deep"}}', None]}
    )
    frame.to_parquet(pull.root / "a.parquet")
    columns = {"ticket_id": "../id", "at": "at", "kind": {"constant": "created"}, "text": "../extra"}
    pull(configure(mapping={"table": "ticket_events", "each": "messages", "columns": columns}))
    assert pull.frame("ticket_events")["ticket_id"].tolist() == ["desk:1"]
    pull(
        configure(
            {
                "created_at": {"constant": "2026-07-01T00:00:00Z"},
                "channel_code": {"constant": "chat"},
                "topic": "extra.a.b",
            }
        )
    )
    assert pull.frame()["topic"].fillna("-").tolist() == ["deep", "-"]


LOG = """case,at,who,state
B,2026-07-02 10:00,ann,open
A,2026-07-01 12:00,bob,open
A,2026-07-01 09:00,,closed
B,2026-07-05 10:00,eve,closed
"""


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ("first", {"desk:A": "2026-07-01 12:00", "desk:B": "2026-07-02 10:00"}),
        ("last", {"desk:A": "2026-07-01 09:00", "desk:B": "2026-07-05 10:00"}),
        ("min", {"desk:A": "2026-07-01 09:00", "desk:B": "2026-07-02 10:00"}),
        ("max", {"desk:A": "2026-07-01 12:00", "desk:B": "2026-07-05 10:00"}),
    ],
)
def test_one_per_case_takes_what_is_asked_in_file_order(take, expected, pull, configure):
    pull.write(a__csv=LOG)
    columns = {
        "ticket_id": "case",
        "created_at": {"from": "at", "take": take, "time_zone": "UTC"},
        "channel_code": {"constant": "portal"},
        "agent_id": {"from": "who", "take": "last"},
        "topic": "state",
    }
    intake = pull(configure(columns, mapping={"one_per": "case"})).intake[0]
    frame = pull.frame()
    assert frame["ticket_id"].tolist() == ["desk:B", "desk:A"]
    assert dict(zip(frame["ticket_id"], frame["created_at"].dt.strftime("%Y-%m-%d %H:%M"), strict=True)) == expected
    assert frame["agent_id"].tolist() == ["eve", "bob"]
    assert intake.excluded == {"another row of the same case": 2}
    assert intake.notes == {"topic: differs within a case, the first is taken": 2}


def test_a_case_without_a_required_value_is_refused(pull, configure):
    pull.write(a__csv="case,at\nA,2026-07-01\nB,\nB,\n")
    columns = {"ticket_id": "case", "created_at": "at", "channel_code": {"constant": "portal"}}
    with pytest.raises(SourceError, match="created_at is not given in any row of case 'B'") as caught:
        pull(configure(columns, mapping={"one_per": "case"}))
    assert caught.value.where == "a.csv, line 3"


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ({"n": 2}, [2]),
        ({"n": ["1", 3]}, [1, 3]),
        ({"n": {"not_in": [1]}}, [2, 3, 4]),
        ({"n": {"at_least": 2}}, [2, 3]),
        ({"n": {"at_least": 2, "at_most": 2.5}}, [2]),
        ({"n": {"is_missing": True}}, [4]),
        ({"n": {"is_missing": False}}, [1, 2, 3]),
        ({"d": {"at_least": "2026-07-02"}}, [2, 3, 4]),
        ({"d": {"at_most": "2026-07-01"}, "n": {"not_in": ["9"]}}, [1]),
    ],
)
def test_filters_take_what_they_say(condition, kept, pull, configure):
    pull.write(a__csv="id,n,d\n1,1,2026-07-01\n2,2,2026-07-02\n3,3,2026-07-03\n4,,2026-07-04\n")
    columns = {"created_at": "d", "channel_code": {"constant": "chat"}}
    intake = pull(configure(columns, mapping={"where": condition})).intake[0]
    assert pull.frame()["ticket_id"].tolist() == [f"desk:{one}" for one in kept]
    assert sum(intake.excluded.values()) == 4 - len(kept)


def test_a_template_with_a_part_that_is_not_given_is_not_given(pull, configure):
    pull.write(a__csv="id,day,month\n1,5,7\n2,,7\n")
    columns = {
        "created_at": {"template": "2026-{month}-{day}", "format": "%Y-%m-%d", "on_error": "exclude"},
        "channel_code": {"constant": "form"},
    }
    intake = pull(configure(columns)).intake[0]
    assert intake.excluded == {"created_at is not given": 1}


def test_keys_get_their_source_and_people_do_not(pull, configure):
    pull.write(a__csv="id,t,who,at\n7,55,ann,2026-07-01\n")
    columns = {
        "survey_id": "id",
        "kind": {"constant": "csat"},
        "answered_at": "at",
        "agent_id": "who",
        "ticket_id": {"from": "t", "of_source": "desk"},
        "call_id": "t",
    }
    (pull.root / "b.csv").write_text("id,created,channel\n55,2026-07-01,email\n")
    sources = [configure(files=["b.csv"]), configure(columns, table="surveys", id="forms", files=["a.csv"])]
    pull.collected = collect(sources, pull.root, pull.workdir)
    row = pull.frame("surveys").iloc[0]
    assert (row["survey_id"], row["ticket_id"], row["call_id"], row["agent_id"]) == (
        "forms:7",
        "desk:55",
        "forms:55",
        "ann",
    )
