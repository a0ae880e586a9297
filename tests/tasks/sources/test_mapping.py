"""The mapping's configuration: short forms, and refusals that say what to do."""

import re

import pytest
from pydantic import ValidationError

from tasks.sources.filters import reason_of
from tasks.sources.mapping import ColumnMapping, Filter
from tasks.sources.source import KINDS

TICKETS = {"ticket_id": "id", "created_at": "created", "channel_code": "channel"}
EVENTS = {"ticket_id": "id", "at": "at", "kind": {"constant": "created"}}


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Created", {"from": ["Created"]}),
        (["A", "B"], {"from": ["A", "B"]}),
        ({"from": "a", "format": "iso"}, {"from": ["a"], "format": ["iso"]}),
        ({"from": "a", "missing": 0}, {"from": "a", "missing": ["0"]}),
        ({"from": "a", "values": {True: "x", 2: "y"}}, {"from": "a", "values": {"true": "x", "2": "y"}}),
    ],
)
def test_short_forms_of_a_column(short, long):
    assert ColumnMapping.model_validate(short) == ColumnMapping.model_validate(long)


@pytest.mark.parametrize(
    ("short", "reason"),
    [
        ("agent", "role is not agent"),
        (["agent", "bot"], "role is not agent, bot"),
        ({"not_in": [11, ""]}, "role is 11, empty"),
        ({"at_least": 3}, "role is below 3"),
        ({"is_missing": False}, "role is not given"),
        ({"equals": True}, "role is not true"),
        ({"in": ["a"], "reason": "not ours"}, "not ours"),
        ({"not_in": list("abcdef")}, "role is a, b, c, d, …"),
    ],
)
def test_a_filter_says_its_reason(short, reason):
    assert reason_of("role", Filter.model_validate(short)) == reason


REFUSED = {
    "table that is none": ({}, {"table": "ticket"}, "'ticket' is not a canonical table; did you mean 'tickets'?"),
    "column that is none": ({"chanel_code": "x"}, {}, "no column 'chanel_code'; did you mean 'channel_code'?"),
    "required column not mapped": (None, {"columns": {"ticket_id": "id"}}, "needs created_at, channel_code; map them"),
    "survey without a moment": (
        None,
        {"table": "surveys", "columns": {"survey_id": "a", "kind": {"constant": "nps"}}},
        "needs asked_at or answered_at",
    ),
    "score without a day": (
        None,
        {
            "table": "surveys",
            "columns": {
                "survey_id": "a",
                "kind": {"constant": "nps"},
                "asked_at": "b",
                "score": "c",
                "scale_min": {"constant": 0},
                "scale_max": {"constant": 10},
            },
        },
        "score without answered_at, so that no answer could be counted; map it",
    ),
    "score without a scale": (
        None,
        {
            "table": "surveys",
            "columns": {"survey_id": "a", "kind": {"constant": "nps"}, "answered_at": "b", "score": "c"},
        },
        "score without scale_min, scale_max, so that .* map them",
    ),
    "two origins": ({"topic": {"from": "a", "constant": "b"}}, {}, "exactly one of `from`, `constant` and `template`"),
    "no origin": ({"topic": {"format": "iso"}}, {}, "exactly one of"),
    "number as a column": ({"topic": 5}, {}, r"write \{constant: 5\}"),
    "unknown key": ({"topic": {"form": "a"}}, {}, "Extra inputs are not permitted"),
    "constant outside the list": (
        {"channel_code": {"constant": "emial"}},
        {},
        "constant 'emial' is not one of .* mean 'email'",
    ),
    "target outside the list": (
        {"channel_code": {"from": "a", "values": {"x": "mail"}}},
        {},
        "values 'mail' is not one of",
    ),
    "flag target": ({"is_spam": {"from": "a", "values": {"Y": "spam"}}}, {}, "neither true nor false; write"),
    "number constant": ({"reply_count": {"constant": "many"}}, {}, "'many' is not a number"),
    "stamp constant": ({"solved_at": {"constant": "soon"}}, {}, "is not an ISO stamp"),
    "stamp default without a zone": ({"solved_at": {"from": "s", "default": "2026-07-01"}}, {}, "has no time zone"),
    "format of a word": ({"topic": {"from": "a", "format": "iso"}}, {}, "`format` is for stamps"),
    "unknown format": ({"solved_at": {"from": "a", "format": "ISO"}}, {}, "is not a format; use iso"),
    "day and month both first": (
        {"solved_at": {"from": "a", "format": ["%d/%m/%Y", "%m/%d/%Y"]}},
        {},
        "keep one of them",
    ),
    "take without one_per": ({"topic": {"from": "a", "take": "last"}}, {}, "works with `one_per` only"),
    "otherwise without values": ({"topic": {"from": "a", "otherwise": "b"}}, {}, "add `values`"),
    "decimal of a word": ({"topic": {"from": "a", "decimal": ","}}, {}, "are for numbers"),
    "one mark for both": ({"reply_count": {"from": "a", "decimal": ",", "thousands": ","}}, {}, "cannot be both"),
    "key that may be missing": ({"ticket_id": {"from": "a", "on_error": "missing"}}, {}, "cannot be missing"),
    "of_source of a person": ({"agent_id": {"from": "a", "of_source": "b"}}, {}, "not a key with a source in front"),
    "template without a column": ({"topic": {"template": "x"}}, {}, "names no source column"),
    "template with a lonely brace": ({"topic": {"template": "{x"}}, {}, "cannot be read"),
    "empty key of values": ({"topic": {"from": "a", "values": {None: "x"}}}, {}, "write `default:`"),
    "values of a list": ({"tags": {"from": "a", "values": {"x": "y"}}}, {}, "is a list"),
    "empty filter": ({}, {"where": {"a": {}}}, "a filter needs one of"),
    "enclosing record without each": ({"topic": "../a"}, {}, "only in a table with `each`"),
    "one_per with each": ({}, {"one_per": "id", "each": "m"}, "cannot be used together"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_mapping_that_cannot_work_is_refused(kind, configure):
    columns, mapping, message = REFUSED[kind]
    with pytest.raises(ValidationError) as caught:
        configure(columns or {}, mapping=mapping, time_zone=None)
    assert re.search(message, str(caught.value)), caught.value


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "ftp"}, "'file', 'sql'"),
        ({"id": "a:b"}, "use letters, digits"),
        ({"time_zone": "Warsaw"}, "IANA name"),
        ({"encoding": "utf-9"}, "is not an encoding"),
        ({"delimiter": ";;"}, "must be one character"),
        ({"files": []}, "at least 1"),
        ({"format": "csv", "sheet": "A"}, "`sheet` means nothing for format csv"),
        ({"colour": 1}, "Extra inputs"),
        ({"tables": []}, "at least 1"),
        ({"limits": {"rows": 0}}, "greater than or equal to 1"),
        ({"kind": "sql", "files": None}, "exactly one of|Extra inputs"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message, configure):
    with pytest.raises(ValidationError, match=message):
        configure(**settings)


def test_every_key_of_the_settings_is_described():
    def undescribed(schema, path):
        for name, one in schema.get("properties", {}).items():
            if "description" not in one:
                yield f"{path}.{name}"
        for name, one in schema.get("$defs", {}).items():
            yield from undescribed(one, name)

    for name, kind in KINDS.items():
        assert list(undescribed(kind.config.model_json_schema(), name)) == []


def test_the_kinds_of_sources_are_these():
    assert sorted(KINDS) == ["audit_worksheet", "file", "sql"]


def test_a_folder_that_breaks_on_import_is_an_error(tmp_path, monkeypatch):
    import tasks.sources.source as source

    broken = tmp_path / "gopher"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('half a source')\n")
    monkeypatch.setattr(source, "__file__", str(tmp_path / "source.py"))
    with pytest.raises(ModuleNotFoundError, match="tasks.sources.gopher"):
        source._kinds()
